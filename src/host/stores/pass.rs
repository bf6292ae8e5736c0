//! `pass`, the standard Unix password manager: asked with a time limit, the secret on standard input.
//!
//! By its convention (pass(1), "Simple examples") the first line of an entry is the password; what a person wrote below it
//! stays, but for the line of ours that says whom it was given for.

use std::{fmt, path::PathBuf, time::Duration};

use zeroize::Zeroizing;

use super::{
    error::StoreError,
    fault::StoreFault,
    port::{AtRest, Store, StoreEntry, owner_alone},
};
use crate::{
    error::Exit,
    host::{
        environment::{on_path, personal},
        files::error::shown,
        process::{self, CommandFault},
    },
    mail::{BoundSecret, Secret, SecretBinding},
    phrase,
    plan::Places,
    presets::Phrase,
};

/// How long it may take: a person may have to unlock the key.
const LIMIT: Duration = Duration::from_secs(60);

/// How long it may take without a person.
const TRIAL_LIMIT: Duration = Duration::from_secs(10);

/// What the line begins with that says whom the secret was given for.
const FOR: &[u8] = b"mailsetup-for: ";

/// The largest entry that is taken, in bytes.
const MOST: usize = 256 * 1024;

/// Why `pass` does not do it.
#[derive(Debug)]
pub enum PassFault {
    /// It is not installed.
    NotInstalled,
    /// There is no password store; where one is looked for.
    NoStore(PathBuf),
    /// A secret of several lines cannot be an entry.
    Lines,
    /// What it has is not text.
    NotText,
    /// It failed.
    Failed(CommandFault),
}

impl StoreFault for PassFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::NotInstalled => phrase!("pass-not-installed"),
            Self::NoStore(path) => phrase!("pass-no-store", path = shown(path)),
            Self::Lines => phrase!("pass-lines"),
            Self::NotText => phrase!("pass-not-text"),
            Self::Failed(CommandFault::Failed(_, said)) if !said.is_empty() => phrase!("pass-said", said = said),
            Self::Failed(CommandFault::Slow(limit)) => phrase!("pass-slow", seconds = limit.as_secs()),
            Self::Failed(_) => phrase!("pass-failed"),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Lines | Self::NotText => Exit::Data,
            Self::Failed(CommandFault::Slow(_)) => Exit::TempFail,
            Self::NotInstalled | Self::NoStore(_) | Self::Failed(_) => Exit::Unavailable,
        }
    }
}

impl fmt::Display for PassFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for PassFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(fault) => Some(fault),
            Self::NotInstalled | Self::NoStore(_) | Self::Lines | Self::NotText => None,
        }
    }
}

/// The store `pass`: encrypted by the user's `GnuPG` key.
pub(super) struct PassStore;

impl Store for PassStore {
    fn at_rest(&self, _: &Places) -> AtRest {
        AtRest::Machine
    }

    fn barred(&self, run_as: Option<&str>, places: &Places) -> Option<Phrase> {
        owner_alone(run_as, places).and_then(|()| pass_available().map_err(|fault| fault.phrase())).err()
    }

    fn ready(&self, _: &Places) -> Result<(), StoreError> {
        Ok(pass_available()?)
    }

    fn keep(&self, entry: &StoreEntry<'_>, secret: &BoundSecret) -> Result<(), StoreError> {
        Ok(insert(&entry.name(), secret)?)
    }

    fn read(&self, entry: &StoreEntry<'_>) -> Result<BoundSecret, StoreError> {
        let name = entry.name();
        let text = show(&name, LIMIT)?.ok_or(StoreError::NoEntry(name))?;
        let mut lines = text.split(|byte| *byte == b'\n');
        let line = std::str::from_utf8(lines.next().unwrap_or_default()).map_err(|_| PassFault::NotText)?;
        let bound = lines.find_map(|line| str::from_utf8(line.strip_prefix(FOR)?).ok()).map(SecretBinding::of_text);
        // What cannot be understood is for nobody.
        Ok(BoundSecret { secret: Secret::new(line.to_owned()), bound: bound.map(Option::unwrap_or_default) })
    }

    fn forget(&self, entry: &StoreEntry<'_>) -> Result<(), StoreError> {
        let name = entry.name();
        if is_there(&name) {
            run(&["rm", "--force", "--", &name], None, LIMIT)?;
        }
        Ok(())
    }
}

/// Whether `pass` is installed and has a store. Nothing is decrypted: that may ask a person.
///
/// # Errors
/// Why not.
pub fn pass_available() -> Result<(), PassFault> {
    if !on_path("pass") {
        return Err(PassFault::NotInstalled);
    }
    let folder = folder().unwrap_or_default();
    if folder.join(".gpg-id").is_file() { Ok(()) } else { Err(PassFault::NoStore(folder)) }
}

/// The store's folder.
fn folder() -> Option<PathBuf> {
    let own = std::env::var_os("PASSWORD_STORE_DIR").filter(|folder| !folder.is_empty());
    own.map(PathBuf::from).or_else(|| Some(directories::BaseDirs::new()?.home_dir().join(".password-store")))
}

fn file(entry: &str) -> Option<PathBuf> {
    Some(folder()?.join(format!("{entry}.gpg")))
}

/// Makes or changes an entry, and proves that it comes back without a person.
fn insert(entry: &str, bound: &BoundSecret) -> Result<(), PassFault> {
    let secret = bound.secret.expose();
    if secret.contains('\n') {
        return Err(PassFault::Lines);
    }
    let former = show(entry, LIMIT)?;
    let below = former.as_ref().and_then(|text| Some(&text[text.iter().position(|byte| *byte == b'\n')? + 1..]));
    let below = below.unwrap_or_default();
    let whom = bound.bound.as_ref().map(SecretBinding::to_text);
    // Allocated at once: growing would leave copies of the secret in memory.
    let room = secret.len() + below.len() + FOR.len() + whom.as_ref().map_or(0, String::len) + 3;
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    text.extend_from_slice(secret.as_bytes());
    text.push(b'\n');
    let theirs = below.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.starts_with(FOR));
    theirs.for_each(|line| text.extend_from_slice(line));
    if let Some(whom) = whom {
        if !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        text.extend_from_slice(FOR);
        text.extend_from_slice(whom.as_bytes());
        text.push(b'\n');
    }
    run(&["insert", "--multiline", "--force", "--", entry], Some(&text), LIMIT)?;
    let kept = show(entry, TRIAL_LIMIT)?;
    if kept.is_some_and(|kept| kept.as_slice() == text.as_slice()) { Ok(()) } else { Err(PassFault::NotText) }
}

fn is_there(entry: &str) -> bool {
    file(entry).is_some_and(|file| file.is_file())
}

fn show(entry: &str, limit: Duration) -> Result<Option<Zeroizing<Vec<u8>>>, PassFault> {
    pass_available()?;
    if is_there(entry) { run(&["show", "--", entry], None, limit).map(Some) } else { Ok(None) }
}

fn run(words: &[&str], input: Option<&[u8]>, limit: Duration) -> Result<Zeroizing<Vec<u8>>, PassFault> {
    let mut command = personal("pass");
    command.args(words);
    process::run(command, input, limit, MOST).map_err(|fault| match fault {
        CommandFault::Start(error) if error.kind() == std::io::ErrorKind::NotFound => PassFault::NotInstalled,
        fault => PassFault::Failed(fault),
    })
}
