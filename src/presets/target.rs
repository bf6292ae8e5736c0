//! A consumer of the settings: which files it reads, where they are, how ours is merged and quoted. One file each in
//! `presets/targets`.

mod commands;
mod log_pattern;
mod merge;
mod mode;
mod overrule;
mod read;
mod system;
mod template;
mod token;

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Deserializer};

pub use commands::{ReaderKind, RunPurpose, SendInput, TargetAsk, TargetQueue, TargetRun, TargetSend};
pub use log_pattern::LogPattern;
pub use merge::MergeKind;
pub use mode::FileMode;
pub use overrule::{Overrule, OverruleEffect};
pub use read::{ReadKey, TargetImport, TargetRead};
pub use system::{AppArmor, Daemon, Feature, LoginNeeds, Mta};
pub use template::Template;
pub use token::{TokenSource, TokenUse};

use super::{
    Lang, PresetSource,
    by_lang::{ByLang, Wording, fill, with_words},
};
pub use crate::format::Format;
use crate::mail::{Security, Setting, Settings, StoreKind, proxy::ProxyKind};

/// A target's preset. Its key is the file's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Target {
    /// The key; filled in from the file's name.
    #[serde(skip)]
    pub key: String,
    /// Where it was read from; filled in when it is.
    #[serde(skip)]
    pub source: PresetSource,
    /// The name that people know.
    pub name: String,
    /// Year and month in which the facts were last checked.
    pub checked: String,
    /// Its place in lists: lower ranks first, then by name.
    pub rank: Option<u32>,
    /// The consumer's own documentation.
    pub docs: String,
    /// Whether the consumer checks certificates as we write its settings.
    pub checks_certificates: bool,
    /// Security modes it can do.
    pub security: Vec<Security>,
    /// Without TLS it sends, but does not log in.
    #[serde(default)]
    pub login_needs_tls: bool,
    /// Mechanisms it can do, as words; mailsetup does not speak all of them. Empty: any.
    #[serde(default)]
    pub auth: Vec<String>,
    /// The consumer fetches the secret itself by running `mailsetup secret` (passwordeval and the like), or is given it.
    #[serde(default)]
    pub fetches_secret: bool,
    /// It takes the blanks at both ends off what that command prints.
    #[serde(default)]
    pub trims_secret: bool,
    /// How it comes by a fresh access token. Absent: it cannot, and a login by token is refused.
    pub token: Option<TokenUse>,
    /// The only store that it can be given the secret from.
    pub store: Option<StoreKind>,
    /// The target whose program it sends through, and whose file has the settings.
    pub through: Option<String>,
    /// From which version of what it runs on it refuses a certificate that does not name its issuer's key (RFC 5280, 4.2.1.1).
    pub strict_since: Option<String>,
    /// It can trust one authority from a PEM file.
    #[serde(default)]
    pub ca_file: bool,
    /// It can trust one certificate by its SHA-256.
    #[serde(default)]
    pub pin: bool,
    /// It can show a client certificate, from PEM files that it reads itself.
    #[serde(default)]
    pub client_cert: bool,
    /// That certificate and its key come from one file.
    #[serde(default)]
    pub client_cert_one_file: bool,
    /// The proxies that it can send through.
    #[serde(default)]
    pub proxy: Vec<ProxyKind>,
    /// The consumer's program: where it is installed, the target is proposed.
    pub program: Option<String>,
    /// Whether that is reason enough to propose it: `false` for a person's own program or a service, rather than the
    /// machine's way of sending.
    #[serde(default = "yes")]
    pub propose: bool,
    /// Only root can write it.
    #[serde(default)]
    pub system_only: bool,
    /// Characters that a value must not have, by setting (`username = ":"`), beyond what the quoting rule knows.
    #[serde(default)]
    pub cannot: Settings<String>,
    /// The most bytes that a value may have, by setting, beyond what the quoting rule knows.
    #[serde(default)]
    pub max_length: Settings<usize>,
    /// Settings that the consumer sends in ASCII alone.
    #[serde(default)]
    pub ascii: Vec<Setting>,
    /// Where the consumer takes the mode from the port: the only ports on which it does a mode, by mode; none: it does on all.
    #[serde(default)]
    pub ports: BTreeMap<Security, Vec<u16>>,
    /// Files that make the consumer ignore the target's: where one of them exists, nothing is planned.
    #[serde(default)]
    pub overruled_by: Vec<String>,
    /// Programs that read these files with these keys, each with what shows it.
    #[serde(default)]
    pub used_by: Vec<UsedBy>,
    /// Other words by which people look for it.
    #[serde(default)]
    pub search: Vec<String>,
    /// The targets for files of another kind, by what ends their names.
    #[serde(default)]
    pub by_ending: BTreeMap<String, String>,
    /// A minijinja expression over its files as they are: where it holds, this version of the consumer reads other settings.
    pub outgrown: Option<Template>,
    /// The target that carries a password that this one cannot.
    pub instead: Option<String>,
    /// What its program knows from some version on.
    #[serde(default, rename = "feature")]
    pub features: Vec<Feature>,
    /// It has one sender for all: where those of the domain may leave, it leaves the others out as well.
    #[serde(default)]
    pub one_sender: bool,
    /// It has room for several profiles: the first has all mail, another that of its own senders. `read.sender` finds the sender
    /// of such another one, and is `none` for the first.
    #[serde(default)]
    pub several: bool,
    /// Settings that a person may have made in its files, and that go before ours.
    #[serde(default, rename = "overrule")]
    pub overrules: Vec<Overrule>,
    /// It runs as the user who sends, who has to be named: as root it would do more than it should.
    #[serde(default)]
    pub needs_run_as: bool,
    /// Its files are read by its own user (a daemon's, a setgid program's), no matter who sends.
    #[serde(default)]
    pub own_user: bool,
    /// Its own user, where that one reads the client certificate and the key itself, and root does not.
    pub daemon: Option<String>,
    /// What is needed for a login beside its program.
    pub login_needs: Option<LoginNeeds>,
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
    /// How a program other than mailsetup shows what is in its files; absent: our reader of their format reads them back alone.
    pub ask: Option<TargetAsk>,
    /// How the consumer itself sends the test message.
    pub send: Option<TargetSend>,
    /// The command by which the consumer itself checks its files, as a template.
    pub check: Option<Template>,
    /// The command that shows a person that it works, as a template.
    pub try_it: Option<Template>,
    /// Words, by language.
    #[serde(skip)]
    pub words: ByLang<TargetWords>,
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let (target, words) = with_words(source, |fields| Self::deserialize(fields))?;
        Ok(Self { words, ..target })
    }
}

/// What is proposed unless its preset says otherwise.
const fn yes() -> bool {
    true
}

impl Target {
    /// The key of the target for a file of this name: its own, unless the name's ending shows another kind of file.
    pub fn for_file(&self, path: Option<&Path>) -> &str {
        let ending = path.and_then(Path::extension).and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        ending.and_then(|ending| self.by_ending.get(&ending)).unwrap_or(&self.key)
    }

    /// What people call the programs that read it, and other words by which they look for it.
    pub fn known_as(&self) -> impl Iterator<Item = &str> {
        self.used_by.iter().map(|program| program.name.as_str()).chain(self.search.iter().map(String::as_str))
    }

    /// Whether its mail goes out through such a proxy: by itself, or as that of the target that it sends through. Who is given the
    /// password alone connects by settings of their own.
    pub fn goes_through(&self, kind: ProxyKind) -> bool {
        self.through.is_some() || !self.read.has(Setting::Host) || self.proxy.contains(&kind)
    }

    /// Its service has another name on this distribution.
    pub(super) fn call_service(&mut self, name: &str) {
        for service in self.runs.iter_mut().filter_map(|run| run.service.as_mut()) {
            *service = service.saying(name);
        }
        if let Some(daemon) = self.mta.as_mut().and_then(|mta| mta.daemon.as_mut()) {
            name.clone_into(&mut daemon.service);
        }
    }

    /// Whether it takes the mail of the whole machine and cannot put one sender in place of those that programs use.
    pub fn keeps_senders(&self) -> bool {
        self.mta.is_some() && !self.read.has(Setting::Senders)
    }

    /// The words in a language.
    pub fn words(&self, lang: Lang) -> &TargetWords {
        self.words.get(lang)
    }
}

/// A program that reads a target's files: a claim.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsedBy {
    /// What people call it.
    pub name: String,
    /// Year and month in which it was last checked.
    pub checked: String,
    /// Where it is seen which keys the program reads.
    pub source: String,
    /// The keys that it reads, of those that may be written.
    pub reads: Vec<String>,
    /// The keys that are written for other programs, or for its other versions, and that it passes over.
    #[serde(default)]
    pub passes_over: Vec<String>,
}

/// One file of a target.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// Its name within the target; the first one takes `--target NAME=PATH`.
    pub id: String,
    /// Where it is for one user; `~/` is the home folder, `./` the current one. Absent: not for one user.
    pub user: Option<String>,
    /// Where it is for the whole system. Absent: not for the system. In the first file's path, a `*` in a step is
    /// anything in the name of a folder that exists, and the file is written in each.
    pub system: Option<String>,
    /// Where it is too, of the first file: further paths with steps `*`.
    #[serde(default)]
    pub elsewhere: Vec<String>,
    /// It is beside the first file, also where that is not at its usual place.
    #[serde(default)]
    pub beside: bool,
    /// What a path for it looks like, where it has no usual one and a person has to give it.
    pub example: Option<String>,
    /// Its mode, in octal, when it is created; an existing file that is more open and gets a secret is closed to this.
    pub mode: FileMode,
    /// Its mode where there is no login, and so nothing in it that is secret, when the scope is system.
    pub mode_without_login: Option<FileMode>,
    /// The group that may read it when the scope is system; that of the user who sends where this one does not exist.
    pub group: Option<String>,
    /// A minijinja expression over the settings: where it does not hold, the file is left alone. A file that has one may be
    /// for one scope alone.
    pub when: Option<Template>,
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
    pub template: Template,
    /// With `keys`: a template of keys that must not stay, one a line, with dots between the steps of their way; in .properties
    /// the key as it is.
    pub remove: Option<Template>,
    /// With `keys`: keys that the consumer's file never has, each with the target for the program that has it; empty: none.
    #[serde(default)]
    pub foreign: BTreeMap<String, String>,
    /// With `keys`: a template of keys that are only added, one a line as in `remove`: what is there stays.
    pub keep: Option<Template>,
}

impl TargetFile {
    /// Its templates of text and of keys.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        std::iter::once(&self.template).chain(&self.remove).chain(&self.keep)
    }

    /// What begins a comment line of ours.
    pub fn comment_sign(&self) -> &str {
        self.comment.as_deref().unwrap_or(self.format.comment())
    }
}

/// A target's words in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetWords {
    /// One line: what it is and who reads it.
    #[serde(default)]
    pub summary: String,
    /// What to know before relying on it.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// How it can be made to trust a certificate, where that is not in its files.
    pub certificates: Option<String>,
}

impl Wording for TargetWords {
    fn missing(&self) -> Option<&'static str> {
        self.summary.is_empty().then_some("summary")
    }

    fn fill(&mut self, from: &Self) {
        fill(&mut self.summary, &from.summary);
        fill(&mut self.warnings, &from.warnings);
        fill(&mut self.certificates, &from.certificates);
    }
}
