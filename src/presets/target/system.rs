//! What a target's program is on its machine: the way of all mail, a daemon with a queue, confined by AppArmor.

use serde::Deserialize;

use crate::mail::Setting;

/// A program that can be the machine's `/usr/sbin/sendmail`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mta {
    /// File names of which `/usr/sbin/sendmail` leads to one when it is this program.
    pub sendmail: Vec<String>,
    /// It keeps no mail that cannot leave at once.
    #[serde(default)]
    pub no_queue: bool,
    /// Whether it keeps mail to users of the machine there, unless an alias leads it elsewhere.
    #[serde(default)]
    pub keeps_local: bool,
    /// Where it is seen that it runs.
    pub daemon: Option<Daemon>,
}

/// A program that runs all the time and has a queue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Daemon {
    /// The file with the number of its process. It may be stale: a process of this name has to exist.
    pub pid: String,
    /// The name of that process, as `/proc/N/comm` has it.
    pub process: String,
    /// The command that shows its queue.
    pub queue: String,
    /// What its service is called, by Debian's name.
    pub service: String,
}

/// What is needed for a login, in a package of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginNeeds {
    /// Its word in the distributions' packages.
    pub need: String,
    /// Files of which one is there where it is installed; a `*` in a step is anything in the name of a folder.
    pub files: Vec<String>,
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

/// A word that a target's program knows from some version on. It is looked for in the program's file, which is not run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// The word.
    pub word: String,
    /// The first version that knows it, where that is sure.
    pub since: Option<String>,
    /// The setting that is not whole without it.
    pub setting: Setting,
    /// Distributions in use have older versions: where the program is not there yet, it is not counted on.
    #[serde(default)]
    pub new: bool,
}
