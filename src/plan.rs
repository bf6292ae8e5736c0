//! A target never writes: it plans.
//!
//! [`Plan`] is a list of changes with before and after: the same plan is the diff on screen, the dry run, the JSON and what
//! is applied. All of it is pure; files are seen through [`Files`].
//!
//! A target's file goes render -> merge -> read back by the consumer's own rules -> compare; what does not come back as it
//! was meant is a [`Refusal`] and is never written.

mod abilities;
mod answers;
mod asking;
mod authority;
mod check;
mod conflicts;
mod context;
mod credential;
mod diff;
mod disclose;
mod disclosure;
mod engine;
mod existing;
mod former;
mod group_change;
mod image;
mod import;
mod kept;
mod locate;
mod look_over;
mod meant;
mod merge;
mod needs;
mod omitted;
mod overrules;
mod planned_files;
mod profile_files;
mod read_back;
mod reader;
mod refusal;
mod refusal_subject;
mod refusal_words;
mod render;
mod rival;
mod sample;
mod secret_program;
mod security_word;
mod senders;
mod sending;
mod services;
mod several;
mod shared_group;
mod system_cause;
mod target_choice;
mod token;
mod values;
mod whose;

#[cfg(test)]
mod hostile;

pub use answers::{MachineAnswers, NotedFiles};
pub use asking::{ReaderQuery, asking};
pub use check::check_target;
pub use conflicts::{SENDMAIL, closed, has_sendmail, is_sendmail, opened_to};
pub use credential::{credential_name, drop_in};
pub use diff::{DiffKind, DiffLine, MASK, diff};
pub use disclosure::Disclosure;
pub use engine::plan;
pub use existing::Existing;
pub use group_change::GroupChange;
pub use import::{FoundSettings, import};
pub use kept::leads_elsewhere;
pub use locate::{expand, first_path, on_disk, without_dots};
pub use planned_files::PlannedFiles;
pub use read_back::{ReadBack, ReadSecret, compare, is_older_call, read_back};
pub use refusal::Refusal;
pub use rival::rival;
pub use secret_program::secret_runner;
pub use sending::{Envelope, SendEnd, SendFault, Sending, Sent, sending, try_it};
pub use several::has_part;
pub use shared_group::{SENDERS_GROUP, outsiders_note};
pub use system_cause::SystemCause;
pub use target_choice::TargetChoice;

pub use crate::mail::Scope;

use std::{
    io,
    path::{Path, PathBuf},
};

use zeroize::Zeroize;

pub use crate::format::{Fault, FaultKind, Unfit, root_mail};
use crate::{
    mail::{BoundSecret, KeySlot, Keys, Profile, Secret, SecretPlace, profile::Written},
    presets::{Phrase, target::RunPurpose},
};

/// Where things are, resolved once at the edge. `root` is already in front of every path but `cwd`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// For whom.
    pub scope: Scope,
    /// The image's root, when it is not this machine's.
    pub root: Option<PathBuf>,
    /// The person's home folder.
    pub home: PathBuf,
    /// mailsetup's configuration folder: `$XDG_CONFIG_HOME/mailsetup` or `/etc/mailsetup`.
    pub config: PathBuf,
    /// mailsetup's state folder: `$XDG_STATE_HOME/mailsetup` or `/var/lib/mailsetup`.
    pub state: PathBuf,
    /// The current folder.
    pub cwd: PathBuf,
    /// What opens the vault, as far as it was given beforehand.
    pub keys: Keys,
}

impl Places {
    /// The profile's file.
    pub fn profile(&self, name: &str) -> PathBuf {
        self.config.join("profiles").join(format!("{name}.toml"))
    }

    /// The secret's file, when the store is `file`.
    pub fn secret(&self, name: &str) -> PathBuf {
        self.config.join("profiles").join(format!("{name}.secret"))
    }

    /// The secret's file, when the store is `systemd`.
    pub fn credential(&self, name: &str) -> PathBuf {
        self.config.join("profiles").join(format!("{name}.cred"))
    }

    /// Whom the secret was given for, when the store is `file`: that file is the secret alone.
    pub fn bound(&self, name: &str) -> PathBuf {
        self.config.join("profiles").join(format!("{name}.for"))
    }

    /// The same, when the store is `systemd`.
    pub fn credential_bound(&self, name: &str) -> PathBuf {
        self.config.join("profiles").join(format!("{name}.cred-for"))
    }

    /// The authority that a profile trusts, in an image: it has no other file of ours for it.
    pub fn authority(&self, name: &str) -> PathBuf {
        self.config.join("profiles").join(format!("{name}.ca.pem"))
    }

    /// The name of the group that is being made for users who send; there is none once all of them are in it.
    pub fn group_under_way(&self) -> PathBuf {
        self.state.join("group")
    }

    /// The scope's vault.
    pub fn vault(&self) -> PathBuf {
        self.config.join("vault")
    }
}

/// What is planned from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The profile's name.
    pub name: String,
    /// For whom it is written.
    pub scope: Scope,
    /// The settings; its `target` list is filled in by the plan.
    pub profile: Profile,
    /// The secret, when there is a login.
    pub secret: Option<Secret>,
    /// The targets.
    pub targets: Vec<TargetChoice>,
    /// mailsetup's own absolute path, with the words that go before its arguments: what consumers run to fetch the secret, unless the
    /// profile names another.
    pub program: Vec<String>,
    /// What a vault is locked with, when one has to be made.
    pub key_slot: KeySlot,
    /// These targets are all that the profile is to have: others that it has are taken back. Else they are written along.
    pub is_whole: bool,
    /// A file may be taken from another profile.
    pub takes_over: bool,
    /// What only run time can show is not waited for: an image may lack what it needs by then.
    pub is_unproven: bool,
    /// The authority to trust, where it is put beside the profile in an image.
    pub ca_pem: Option<Vec<u8>>,
    /// The profiles that are saved, by name; the one that is ordered may be among them.
    pub others: Vec<(String, Profile)>,
}

impl Order {
    /// The other profiles that are saved and in force.
    fn others(&self) -> impl Iterator<Item = (&String, &Profile)> {
        let others = self.others.iter().filter(|(name, profile)| *name != self.name && profile.enabled);
        others.map(|(name, profile)| (name, profile))
    }

    /// The program that consumers run to fetch the secret, with the words that go before its own arguments: the one that the
    /// profile names, else the one that is at work.
    pub fn secret_program(&self) -> Vec<String> {
        match &self.profile.secret_command_path {
            Some(path) => vec![path.display().to_string()],
            None => self.program.clone(),
        }
    }
}

/// How the plan sees files.
pub trait Files {
    /// The file at `path`; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &Path) -> io::Result<Option<Existing>>;

    /// The names of the folders in a folder, in order; none where it cannot be read.
    fn folders(&self, parent: &Path) -> Vec<String>;

    /// Whether a group of this name exists.
    fn has_group(&self, group: &str) -> bool;

    /// The names of a user's groups, their own first; `None` when there is no such user.
    fn groups_of(&self, user: &str) -> Option<Vec<String>>;

    /// A user's own group, where nobody else is known to be in it: what is opened to it is open to that user alone.
    fn own_group(&self, user: &str) -> Option<String> {
        self.groups_of(user)?.into_iter().next()
    }

    /// Everybody who is known to be in a group, by name and in order.
    fn members(&self, _group: &str) -> Vec<String> {
        Vec::new()
    }

    /// What is at `path` in the end, links followed as the machine itself would; `None` when there is nothing, or nothing that
    /// can be looked at.
    fn find(&self, path: &Path) -> Option<Node>;
}

/// A file, folder or anything else that is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Node {
    /// Where it is, without links and without the image's root.
    pub path: PathBuf,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner's name, else number.
    pub user: String,
    /// Its group's name, else number.
    pub group: String,
}

/// What will be done.
#[derive(Clone, PartialEq, Eq)]
pub struct Plan {
    /// The profile's name.
    pub name: String,
    /// The files, in the order in which they are written: secret, profile, targets.
    pub changes: Vec<Change>,
    /// Commands to run afterwards.
    pub runs: Vec<Run>,
    /// A secret to put into a store that is not a file, with whom it was given for.
    pub keep: Option<(SecretPlace, BoundSecret)>,
    /// Where the profile's secret was kept until now, when that is a store with entries: the entry is taken out.
    pub former: Option<SecretPlace>,
    /// A group that is made, or joined, before anything is written.
    pub group: Option<GroupChange>,
    /// Targets of the profile whose file is gone or says something else by now: they stay as they are.
    pub orphaned: Vec<Written>,
    /// Targets that the profile no longer has: what was written for them is taken back.
    pub dropped: Vec<Written>,
    /// What an image has to have before it can send, and has not.
    pub lacks: Vec<String>,
    /// What a person should know about this plan.
    pub notes: Vec<Note>,
}

impl Plan {
    /// A plan that does nothing, for the profile of this name.
    pub const fn new(name: String) -> Self {
        Self {
            name,
            changes: Vec::new(),
            runs: Vec::new(),
            keep: None,
            former: None,
            group: None,
            orphaned: Vec::new(),
            dropped: Vec::new(),
            lacks: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// Something to know about a plan that does not stop it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The target's key.
    pub owner: String,
    /// The sentence.
    pub phrase: Phrase,
}

/// One file that will be written.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// What it belongs to: a target's key, or `profile`, or `secret`.
    pub owner: String,
    /// The file.
    pub path: PathBuf,
    /// Its content now; `None` when there is no file.
    pub before: Option<Vec<u8>>,
    /// Its content afterwards; `None` takes it away.
    pub after: Option<Vec<u8>>,
    /// Permission bits now.
    pub mode_before: Option<u32>,
    /// Permission bits afterwards, from the first byte.
    pub mode: u32,
    /// Owner afterwards, by name, with our own group; `None` keeps the owner that it has, or takes us.
    pub user: Option<String>,
    /// Group afterwards, by name; `None` keeps the group that it has, or takes that of the process.
    pub group: Option<String>,
    /// What of it may be shown.
    pub disclosure: Disclosure,
}

impl Change {
    /// Whether applying it would change anything.
    pub fn is_needed(&self) -> bool {
        self.before != self.after || (self.after.is_some() && self.mode_before != Some(self.mode))
    }

    /// Whether the password stands in what is written.
    pub fn holds(&self, secret: &Secret) -> bool {
        let secret = secret.expose().as_bytes();
        let is_plain = |text: &[u8]| !secret.is_empty() && text.windows(secret.len()).any(|part| part == secret);
        self.disclosure.hides() || self.after.as_deref().is_some_and(is_plain)
    }
}

/// A command to run after writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The target's key.
    pub owner: String,
    /// Program and arguments. Never holds a secret. Paths are as the consumer sees them, without [`Places::root`]: for an
    /// image, who applies the plan runs it inside the image or not at all.
    pub command: Vec<String>,
    /// A file that it creates, removed again by an undo; with the root in front.
    pub creates: Option<PathBuf>,
    /// What it is for.
    pub purpose: RunPurpose,
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Contents may hold the secret.
        write!(f, "Change({}, {}, {:o})", self.owner, self.path.display(), self.mode)
    }
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("name", &self.name)
            .field("changes", &self.changes)
            .field("runs", &self.runs)
            .finish_non_exhaustive()
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        // It may hold the secret.
        self.before.zeroize();
        self.after.zeroize();
    }
}
