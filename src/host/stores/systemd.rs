//! The system's credentials, `NAME.cred` beside the profile: `systemd-creds`, asked with a time limit. What it encrypts can
//! only be decrypted on this machine, by root and in units that load it (systemd-creds(1)).

use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use zeroize::Zeroizing;

use super::{
    error::{StoreError, StoreFault},
    file::{exactly, find},
    port::{AtRest, SecretContent, Store, StoreEntry, owner_alone},
};
use crate::{
    error::Exit,
    host::{
        environment::personal,
        files::own,
        process::{self, CommandFault},
    },
    mail::reply::escape,
    phrase,
    plan::{Places, credential_name},
    presets::Phrase,
};

/// How long it may take to say that it is there.
const ASK_LIMIT: Duration = Duration::from_secs(2);

/// How long it may take to encrypt or decrypt: a TPM is slow.
const LIMIT: Duration = Duration::from_secs(20);

/// The largest answer that is taken, in bytes.
const MOST: usize = 1024 * 1024;

/// The first version that encrypts.
const FIRST: u32 = 250;

/// Why the system's credentials do not do it.
#[derive(Debug)]
pub enum SystemdFault {
    /// `systemd-creds` is not installed.
    NotInstalled,
    /// It is too old to encrypt, or did not say its version in time.
    Old,
    /// Only root can use it.
    NotRoot,
    /// It failed.
    Failed(CommandFault),
}

impl StoreFault for SystemdFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::NotInstalled => phrase!("systemd-not-installed"),
            Self::Old => phrase!("systemd-old", first = FIRST),
            Self::NotRoot => phrase!("systemd-not-root"),
            Self::Failed(CommandFault::Failed(_, said)) if !said.is_empty() => phrase!("systemd-said", said = said),
            Self::Failed(CommandFault::Start(error)) => phrase!("systemd-said", said = escape(&error.to_string())),
            Self::Failed(_) => phrase!("systemd-failed"),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotRoot => Exit::NoPerm,
            Self::NotInstalled | Self::Old | Self::Failed(_) => Exit::Unavailable,
        }
    }
}

impl fmt::Display for SystemdFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for SystemdFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(fault) => Some(fault),
            Self::NotInstalled | Self::Old | Self::NotRoot => None,
        }
    }
}

/// The store `systemd`.
pub(super) struct SystemdStore;

impl Store for SystemdStore {
    fn at_rest(&self, _: &Places) -> AtRest {
        AtRest::Machine
    }

    fn barred(&self, run_as: Option<&str>, places: &Places) -> Option<Phrase> {
        match run_as {
            Some(user) => Some(phrase!("store-needs-unit", user = user)),
            None => owner_alone(None, places).and_then(|()| systemd_available().map_err(|fault| fault.phrase())).err(),
        }
    }

    fn is_read_here(&self, run_as: Option<&str>) -> bool {
        run_as.is_none()
    }

    fn ready(&self, _: &Places) -> Result<(), StoreError> {
        Ok(systemd_available()?)
    }

    fn keep(&self, entry: &StoreEntry<'_>, content: &SecretContent) -> Result<(), StoreError> {
        let (name, plain) = (credential_name(&entry.key.name()), content.stored().expose().as_bytes());
        let sealed = encrypt(&name, plain)?;
        // Proven to come back before it is kept.
        if decrypt(&name, &sealed)?.as_slice() != plain {
            return Err(SystemdFault::Failed(CommandFault::Large(MOST)).into());
        }
        Ok(own::write_file(&entry.places.credential(&entry.key.name()), &sealed)?)
    }

    /// The credential that the system has loaded for this process, else the one beside the profile, decrypted.
    fn read(&self, entry: &StoreEntry<'_>) -> Result<SecretContent, StoreError> {
        let name = credential_name(&entry.key.name());
        if let Some(path) = loaded(&name) {
            return Ok(SecretContent::of_stored(exactly(&find(&path)?.bytes)?));
        }
        let path = entry.places.credential(&entry.key.name());
        if !path.exists() {
            return Err(StoreError::NoEntry(name));
        }
        let plain = decrypt(&name, &find(&path)?.bytes)?;
        Ok(SecretContent::of_stored(exactly(&plain)?))
    }

    fn forget(&self, entry: &StoreEntry<'_>) -> Result<(), StoreError> {
        Ok(own::remove_file(&entry.places.credential(&entry.key.name()))?)
    }
}

/// Whether it can be used here, within two seconds. Nothing is encrypted: the first time, that would make a key of the system's.
///
/// # Errors
/// Why not.
pub fn systemd_available() -> Result<(), SystemdFault> {
    let mut asked = personal("systemd-creds");
    asked.arg("--version");
    let said = match process::run(asked, None, ASK_LIMIT, MOST) {
        Ok(said) => said,
        Err(CommandFault::Start(_)) => return Err(SystemdFault::NotInstalled),
        Err(_) => return Err(SystemdFault::Old),
    };
    let version = String::from_utf8_lossy(&said);
    let version =
        version.split_whitespace().nth(1).and_then(|word| word.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
    if version.is_none_or(|version: u32| version < FIRST) {
        return Err(SystemdFault::Old);
    }
    if rustix::process::geteuid().is_root() { Ok(()) } else { Err(SystemdFault::NotRoot) }
}

/// Encrypts for this machine, bound to a name; the secret goes to standard input.
pub(super) fn encrypt(name: &str, plain: &[u8]) -> Result<Vec<u8>, SystemdFault> {
    let mut command = personal("systemd-creds");
    command.arg("encrypt").arg(format!("--name={name}")).args(["-", "-"]);
    run(command, Some(plain)).map(|sealed| sealed.to_vec())
}

/// Decrypts what [`encrypt`] made.
pub(super) fn decrypt(name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SystemdFault> {
    let mut command = personal("systemd-creds");
    command.arg("decrypt").arg(format!("--name={name}")).args(["--newline=no", "-", "-"]);
    run(command, Some(sealed))
}

/// Where the system has put a credential for this process, if its unit loads it (systemd.exec(5)).
fn loaded(name: &str) -> Option<PathBuf> {
    let path = Path::new(&std::env::var_os("CREDENTIALS_DIRECTORY")?).join(name);
    path.is_file().then_some(path)
}

fn run(command: Command, input: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>, SystemdFault> {
    let root = rustix::process::geteuid().is_root();
    process::run(command, input, LIMIT, MOST).map_err(|fault| match fault {
        CommandFault::Start(error) if error.kind() == std::io::ErrorKind::NotFound => SystemdFault::NotInstalled,
        CommandFault::Failed(..) if !root => SystemdFault::NotRoot,
        fault => SystemdFault::Failed(fault),
    })
}
