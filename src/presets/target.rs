//! A consumer of the settings: which files, where, how merged, how quoted. One file each in `presets/targets`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Lang;
pub use super::format::{Format, MergeKind};

/// A target's preset. Its key is the file's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The key; filled in from the file's name.
    #[serde(skip)]
    pub key: String,
    /// The name that people know.
    pub name: String,
    /// Year and month in which the facts were last checked.
    pub checked: String,
    /// The consumer's own documentation.
    pub docs: String,
    /// Whether the consumer checks certificates as we write its settings.
    pub checks_certificates: bool,
    /// Security modes it can do, as words.
    pub security: Vec<String>,
    /// Mechanisms it can do, as words; empty: any.
    #[serde(default)]
    pub auth: Vec<String>,
    /// The consumer fetches the secret itself by running `mailsetup secret` (passwordeval and the like), or is given it.
    #[serde(default)]
    pub fetches_secret: bool,
    /// It takes the blanks at both ends off what that command prints.
    #[serde(default)]
    pub trims_secret: bool,
    /// The only store that it can be given the secret from, as a word.
    pub store: Option<String>,
    /// The target whose program it sends through, and in whose file the settings stand.
    pub through: Option<String>,
    /// It can trust one authority from a PEM file.
    #[serde(default)]
    pub ca_file: bool,
    /// It can trust one certificate by its SHA-256.
    #[serde(default)]
    pub pin: bool,
    /// The consumer's program: where it is installed, the target is proposed.
    pub program: Option<String>,
    /// Whether that is reason enough to propose it: `false` for what is a person's own or a service's, rather than the
    /// machine's way of sending.
    #[serde(default = "yes")]
    pub propose: bool,
    /// Only root can write it.
    #[serde(default)]
    pub system_only: bool,
    /// Characters that a value must not have, by setting (`username = ":"`), beyond what the quoting rule knows.
    #[serde(default)]
    pub cannot: BTreeMap<String, String>,
    /// The most bytes that a value may have, by setting, beyond what the quoting rule knows.
    #[serde(default)]
    pub max_length: BTreeMap<String, usize>,
    /// Settings that the consumer sends in ASCII alone.
    #[serde(default)]
    pub ascii: Vec<String>,
    /// Where the consumer takes the mode from the port: the only ports on which it does a mode, by mode; none: it does on all.
    #[serde(default)]
    pub ports: BTreeMap<String, Vec<u16>>,
    /// Files that make the consumer pass over the target's: where one of them is there, nothing is planned.
    #[serde(default)]
    pub overruled_by: Vec<String>,
    /// Programs that read these files, as people call them: what a search finds.
    #[serde(default)]
    pub used_by: Vec<String>,
    /// The target that carries a password that this one cannot.
    pub instead: Option<String>,
    /// Its files are read by a user of its own (a daemon's, a setgid program's), whoever sends.
    #[serde(default)]
    pub own_user: bool,
    /// What it is when it takes the mail of the whole machine.
    pub mta: Option<Mta>,
    /// The AppArmor profile that distributions confine it with.
    pub apparmor: Option<AppArmor>,
    /// Its files, in the order in which they are written.
    #[serde(rename = "file")]
    pub files: Vec<TargetFile>,
    /// How the settings are found again in what the consumer reads.
    pub read: TargetRead,
    /// How settings that a person made there are understood; absent: nothing is imported from it.
    pub import: Option<TargetImport>,
    /// Commands to run after writing, in order.
    #[serde(default, rename = "run")]
    pub runs: Vec<TargetRun>,
    /// How the consumer itself sends the test message.
    pub send: Option<TargetSend>,
    /// The command by which the consumer itself checks its files, as a template.
    pub check: Option<String>,
    /// The command that shows a person that it works, as a template.
    pub try_it: Option<String>,
    /// Words in English.
    pub en: TargetWords,
    /// Words in French.
    pub fr: TargetWords,
}

/// What is proposed unless its preset says otherwise.
const fn yes() -> bool {
    true
}

impl TargetFile {
    /// What begins a comment line of ours.
    pub fn comment_sign(&self) -> &str {
        self.comment.as_deref().unwrap_or(self.format.comment())
    }
}

impl Target {
    /// The words in a language.
    pub const fn words(&self, lang: Lang) -> &TargetWords {
        match lang {
            Lang::En => &self.en,
            Lang::Fr => &self.fr,
        }
    }
}

/// A program that can be the machine's own way of sending, `/usr/sbin/sendmail`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mta {
    /// File names of which `/usr/sbin/sendmail` leads to one when it is this program.
    pub sendmail: Vec<String>,
    /// The package that makes it `/usr/sbin/sendmail`, by Debian's name.
    pub package: String,
    /// Where it is seen that it runs.
    pub daemon: Option<Daemon>,
}

/// A program that runs all the time and has a queue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Daemon {
    /// The file with the number of its process. It may be left over: the process has to be there, by this name.
    pub pid: String,
    /// The name of that process, as `/proc/N/comm` has it.
    pub process: String,
    /// The command that shows its queue.
    pub queue: String,
    /// The command that ends it for good.
    pub stop: String,
}

/// How AppArmor confines a consumer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppArmor {
    /// The profile's file in `/etc/apparmor.d`.
    pub profile: String,
    /// The line of the profile below which a rule lets it run one more program for the password.
    pub runs_below: String,
    /// What it may read, of what can be chosen here, by the beginning of the path; `~/` is the home folder.
    pub reads: Vec<String>,
}

/// How the settings are found again: minijinja expressions over the files as the consumer reads them, by `id`,
/// `profile`, `account`, `base`, and `ca_bundles` (where systems keep their authorities). The filters `before(x)` and `after(x)` cut at
/// the first `x`, `host_of` and `port_of` take `host:port` apart, `with_port(x)` makes it, `unpercent` decodes a part of a
/// URL. What a target has no setting for is left out: host, port, security and username by a target that gives the secret alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRead {
    /// What the other expressions name as `base`.
    pub base: Option<String>,
    /// Host name or address.
    pub host: Option<String>,
    /// Port.
    pub port: Option<String>,
    /// `tls`, `starttls` or `none`; any other word when the consumer would not check the certificate.
    pub security: Option<String>,
    /// `auto`, `none` or a mechanism.
    pub auth: Option<String>,
    /// Login name; empty without a login.
    pub username: Option<String>,
    /// The password, where it stands in the file.
    pub password: Option<String>,
    /// The command that fetches the password.
    pub secret_command: Option<String>,
    /// The credential by which systemd gives the password, as `NAME:PATH`.
    pub credential: Option<String>,
    /// The sender's address.
    pub sender: Option<String>,
    /// The sender's name.
    pub sender_name: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Where root's mail goes; a target that has it can lead it there.
    pub root_mail: Option<String>,
    /// The name that EHLO gives.
    pub ehlo: Option<String>,
    /// The PEM file of the one authority that is trusted; empty for the system's.
    pub ca_file: Option<String>,
    /// The SHA-256 of the one certificate that is trusted; colons and case do not matter.
    pub pin_sha256: Option<String>,
}

/// How settings that mailsetup did not write are understood, where that is another way than [`TargetRead`]'s: an expression
/// that is given here stands in for the one there. `mode(port)` is one more filter: it knows the usual words for security.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetImport {
    /// Further places of the first file for one user, in the order in which they are looked at.
    #[serde(default)]
    pub user: Vec<String>,
    /// Further places of the first file for the whole system.
    #[serde(default)]
    pub system: Vec<String>,
    /// Where another file is, by `id`, as an expression over the files before it; empty for the usual place.
    #[serde(default)]
    pub path: BTreeMap<String, String>,
    /// What the other expressions name as `base`.
    pub base: Option<String>,
    /// Host name or address; empty where there are no settings.
    pub host: Option<String>,
    /// Port, or the name of its service.
    pub port: Option<String>,
    /// `tls`, `starttls` or `none`, whether certificates are checked or not; empty where nothing says it.
    pub security: Option<String>,
    /// `auto`, `none` or a mechanism.
    pub auth: Option<String>,
    /// Login name.
    pub username: Option<String>,
    /// The password, where it stands in the file.
    pub password: Option<String>,
    /// The command that fetches the password.
    pub secret_command: Option<String>,
    /// The sender's address, perhaps with a name.
    pub sender: Option<String>,
    /// The sender's name.
    pub sender_name: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The name that EHLO gives.
    pub ehlo: Option<String>,
    /// The PEM file of the one authority that is trusted; empty for the system's.
    pub ca_file: Option<String>,
    /// The SHA-256 of the one certificate that is trusted.
    pub pin_sha256: Option<String>,
}

impl TargetImport {
    /// The expressions, with those of `read` where there are none of its own.
    pub fn over(&self, read: &TargetRead) -> TargetRead {
        let either = |own: &Option<String>, other: &Option<String>| own.as_ref().or(other.as_ref()).cloned();
        TargetRead {
            base: either(&self.base, &read.base),
            host: either(&self.host, &read.host),
            port: either(&self.port, &read.port),
            security: either(&self.security, &read.security),
            auth: either(&self.auth, &read.auth),
            username: either(&self.username, &read.username),
            password: either(&self.password, &read.password),
            secret_command: either(&self.secret_command, &read.secret_command),
            sender: either(&self.sender, &read.sender),
            sender_name: either(&self.sender_name, &read.sender_name),
            reply_to: either(&self.reply_to, &read.reply_to),
            ehlo: either(&self.ehlo, &read.ehlo),
            ca_file: either(&self.ca_file, &read.ca_file),
            pin_sha256: either(&self.pin_sha256, &read.pin_sha256),
            credential: read.credential.clone(),
            root_mail: read.root_mail.clone(),
        }
    }
}

/// One file of a target.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// Its name within the target; the first one takes `--target NAME=PATH`.
    pub id: String,
    /// Where it is for one user; `~/` is the home folder, `./` the current one. Absent: not for one user.
    pub user: Option<String>,
    /// Where it is for the whole system. Absent: not for the system. In the first file's path, a step `*` stands for every
    /// folder that is there, and the file is written in each.
    pub system: Option<String>,
    /// It is beside the first file, also where that is not at its usual place.
    #[serde(default)]
    pub beside: bool,
    /// What a path for it looks like, where it has no usual one and a person has to give it.
    pub example: Option<String>,
    /// Its mode, in octal, when it is created; an existing file that is more open and gets a secret is closed to this.
    pub mode: String,
    /// The group that may read it when the scope is system; that of the user who sends where this one does not exist.
    pub group: Option<String>,
    /// A minijinja expression over the settings: where it does not hold, the file is left alone. A file that has one may be
    /// for one scope alone.
    pub when: Option<String>,
    /// The consumer's own file: without it the consumer is not installed, and nothing is written.
    #[serde(default)]
    pub must_exist: bool,
    /// How the text is merged into a file that exists.
    pub merge: MergeKind,
    /// The rules by which the consumer reads the file: the name of a reader and of its quoting.
    pub format: Format,
    /// What begins a comment line of ours, where it is not what the format's usually begin with.
    pub comment: Option<String>,
    /// The text, as a minijinja template over the settings; `| quote` applies the format's quoting rule.
    pub template: String,
    /// With `keys`: a template of keys that must not stay, one a line, with dots between the steps of their way; in .properties
    /// the key as it is.
    pub remove: Option<String>,
    /// With `keys`: a template of keys that are only added, one a line as in `remove`: what is there stays.
    pub keep: Option<String>,
}

/// A command to run after writing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRun {
    /// Program and arguments; each argument is a template over the settings and `files.ID`.
    pub command: Vec<String>,
    /// A minijinja expression over the settings and `files.ID`: where it does not hold, it is not run.
    pub when: Option<String>,
    /// A file that the command creates, as a template: removed again when the write is taken back.
    pub creates: Option<String>,
    /// What it is for: `build` belongs to the write, `reload` tells a running program and may fail where none runs.
    pub purpose: RunPurpose,
}

/// What a command after writing is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunPurpose {
    /// Builds a file that the consumer reads; its failure undoes the write.
    Build,
    /// Tells a running program; its failure is said, and no more.
    Reload,
}

/// How a consumer itself is made to send the test message. Its templates see the settings, `files.ID`, `to`, `subject` and
/// `message_id`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSend {
    /// Program and arguments, each a template; an empty one is left out. It ends with success when the message was taken.
    pub command: Vec<String>,
    /// What it reads on standard input.
    #[serde(default)]
    pub input: SendInput,
    /// A minijinja expression over the settings: where it does not hold, the consumer would not read what was written.
    pub when: Option<String>,
    /// What it says where the part of it that sends is not installed.
    pub missing: Option<String>,
    /// For a program that takes every message and sends it later: how to see what became of it.
    pub queue: Option<TargetQueue>,
}

/// What a program that sends reads on standard input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SendInput {
    /// The message with its header.
    #[default]
    Message,
    /// The text alone: the program makes the header.
    Body,
    /// The message as a file, `/dev/stdin`: for a program that reads it more than once.
    File,
}

/// How to see what became of a message that a program took into its queue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetQueue {
    /// The command that lists the queue; each argument is a template.
    pub list: Vec<String>,
    /// The program's own log file, where it does not write to the system's mail log.
    pub log: Option<String>,
    /// What the log says of our message first, as a template.
    pub ours: String,
    /// What the log says from there on when the server took it: templates, in which `*` stands for anything.
    pub taken: Vec<String>,
    /// What it says when the server did not, likewise.
    pub failed: Vec<String>,
    /// What it says before that of the reason, likewise.
    #[serde(default)]
    pub why: Vec<String>,
}

/// A target's words in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetWords {
    /// One line: what it is and who reads it.
    pub summary: String,
    /// What to know before relying on it.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// How it can be made to trust a certificate, where that is not in its files.
    pub certificates: Option<String>,
}
