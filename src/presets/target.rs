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
    /// The consumer fetches the secret itself by running `mailsetup secret` (passwordeval and the like).
    #[serde(default)]
    pub fetches_secret: bool,
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
    /// Where the consumer takes the mode from the port: the only ports on which it does a mode, by mode.
    #[serde(default)]
    pub ports: BTreeMap<String, Vec<u16>>,
    /// Programs that read these files, as people call them: what a search finds.
    #[serde(default)]
    pub used_by: Vec<String>,
    /// The target that carries a password that this one cannot.
    pub instead: Option<String>,
    /// Its files, in the order in which they are written.
    #[serde(rename = "file")]
    pub files: Vec<TargetFile>,
    /// How the settings are found again in what the consumer reads.
    pub read: TargetRead,
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

/// How the settings are found again: minijinja expressions over the files as the consumer reads them, by `id`,
/// `account`, `base`, and `ca_bundles` (where systems keep their authorities). The filters `before(x)` and `after(x)` cut at
/// the first `x`, `host_of` and `port_of` take `host:port` apart, `with_port(x)` makes it, `unpercent` decodes a part of a
/// URL. What a target has no setting for is left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRead {
    /// What the other expressions name as `base`.
    pub base: Option<String>,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: String,
    /// `tls`, `starttls` or `none`; any other word when the consumer would not check the certificate.
    pub security: String,
    /// `auto`, `none` or a mechanism.
    pub auth: Option<String>,
    /// Login name; empty without a login.
    pub username: String,
    /// The password, where it stands in the file.
    pub password: Option<String>,
    /// The command that fetches the password.
    pub secret_command: Option<String>,
    /// The sender's address.
    pub sender: Option<String>,
    /// The sender's name.
    pub sender_name: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The name that EHLO gives.
    pub ehlo: Option<String>,
    /// The PEM file of the one authority that is trusted; empty for the system's.
    pub ca_file: Option<String>,
    /// The SHA-256 of the one certificate that is trusted; colons and case do not matter.
    pub pin_sha256: Option<String>,
}

/// One file of a target.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// Its name within the target; the first one takes `--target NAME=PATH`.
    pub id: String,
    /// Where it is for one user; `~/` is the home folder, `./` the current one. Absent: not for one user.
    pub user: Option<String>,
    /// Where it is for the whole system. Absent: not for the system.
    pub system: Option<String>,
    /// Its mode, in octal, when it is created; an existing file that is more open and gets a secret is closed to this.
    pub mode: String,
    /// The group that may read it, when that group exists and the scope is system.
    pub group: Option<String>,
    /// A minijinja expression over the settings: where it does not hold, the file is left alone.
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
}

/// A command to run after writing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRun {
    /// Program and arguments; each argument is a template over the settings and `files.ID`.
    pub command: Vec<String>,
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
