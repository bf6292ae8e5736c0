//! `pass`, the standard Unix password manager: asked with a time limit, the secret by standard input.
//!
//! By its custom the first line of an entry is the password; what a person wrote below it stays.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use zeroize::Zeroizing;

use crate::{
    error::Exit,
    host::command::{self, CommandFault, on_path, personal},
    mail::{Secret, reply::escape},
    phrase,
    presets::Phrase,
};

/// How long it may take: a person may have to unlock the key.
const LIMIT: Duration = Duration::from_secs(60);

/// How long it may take where nobody can be asked.
const TRIAL_LIMIT: Duration = Duration::from_secs(10);

/// The largest entry that is taken, in bytes.
const MOST: usize = 256 * 1024;

/// Why `pass` does not do it.
#[derive(Debug)]
pub enum PassFault {
    /// It is not installed.
    NotInstalled,
    /// There is no password store; where one is looked for.
    NoStore(PathBuf),
    /// A secret of several lines is none of its entries.
    Lines,
    /// What it has is not text.
    NotText,
    /// It failed.
    Failed(CommandFault),
}

impl PassFault {
    /// Why not, in one line.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::NotInstalled => phrase!("pass-not-installed"),
            Self::NoStore(path) => phrase!("pass-no-store", path = escape(&path.to_string_lossy())),
            Self::Lines => phrase!("pass-lines"),
            Self::NotText => phrase!("pass-not-text"),
            Self::Failed(CommandFault::Failed(_, said)) if !said.is_empty() => phrase!("pass-said", said = said),
            Self::Failed(CommandFault::Slow(limit)) => phrase!("pass-slow", seconds = limit.as_secs()),
            Self::Failed(_) => phrase!("pass-failed"),
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Lines | Self::NotText => Exit::Data,
            Self::Failed(CommandFault::Slow(_)) => Exit::TempFail,
            Self::NotInstalled | Self::NoStore(_) | Self::Failed(_) => Exit::Unavailable,
        }
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
    let folder = store().unwrap_or_default();
    if folder.join(".gpg-id").is_file() { Ok(()) } else { Err(PassFault::NoStore(folder)) }
}

/// The store's folder.
fn store() -> Option<PathBuf> {
    let own = std::env::var_os("PASSWORD_STORE_DIR").filter(|folder| !folder.is_empty());
    own.map(PathBuf::from).or_else(|| Some(directories::BaseDirs::new()?.home_dir().join(".password-store")))
}

fn file(entry: &str) -> Option<PathBuf> {
    Some(store()?.join(format!("{entry}.gpg")))
}

/// The secret of an entry; `None` when there is no such entry.
pub(super) fn get(entry: &str) -> Result<Option<Secret>, PassFault> {
    let Some(text) = show(entry, LIMIT)? else { return Ok(None) };
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| PassFault::NotText)?;
    Ok(Some(Secret::new(line.to_owned())))
}

/// Makes or changes an entry, and proves that it comes back without a person.
pub(super) fn set(entry: &str, secret: &Secret) -> Result<(), PassFault> {
    if secret.expose().contains('\n') {
        return Err(PassFault::Lines);
    }
    let former = show(entry, LIMIT)?;
    let below = former.as_ref().and_then(|text| Some(&text[text.iter().position(|byte| *byte == b'\n')?..]));
    let below = below.unwrap_or(b"\n");
    let mut text = Zeroizing::new(Vec::with_capacity(secret.expose().len() + below.len()));
    text.extend_from_slice(secret.expose().as_bytes());
    text.extend_from_slice(below);
    run(&["insert", "--multiline", "--force", "--", entry], Some(&text), LIMIT)?;
    let kept = show(entry, TRIAL_LIMIT)?;
    if kept.is_some_and(|kept| kept.as_slice() == text.as_slice()) { Ok(()) } else { Err(PassFault::NotText) }
}

/// Takes an entry out; one that is not there is no error.
pub(super) fn delete(entry: &str) -> Result<(), PassFault> {
    if is_there(entry) {
        run(&["rm", "--force", "--", entry], None, LIMIT)?;
    }
    Ok(())
}

fn is_there(entry: &str) -> bool {
    file(entry).is_some_and(|file| Path::new(&file).is_file())
}

fn show(entry: &str, limit: Duration) -> Result<Option<Zeroizing<Vec<u8>>>, PassFault> {
    pass_available()?;
    if is_there(entry) { run(&["show", "--", entry], None, limit).map(Some) } else { Ok(None) }
}

fn run(words: &[&str], input: Option<&[u8]>, limit: Duration) -> Result<Zeroizing<Vec<u8>>, PassFault> {
    let mut command = personal("pass");
    command.args(words);
    command::run(command, input, limit, MOST).map_err(|fault| match fault {
        CommandFault::Start(error) if error.kind() == std::io::ErrorKind::NotFound => PassFault::NotInstalled,
        fault => PassFault::Failed(fault),
    })
}
