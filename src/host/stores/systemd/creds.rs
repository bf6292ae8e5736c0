//! The program `systemd-creds` (systemd-creds(1)), asked with a time limit. What it encrypts can only be decrypted on this
//! machine, by root and in units that load it.

use std::{fmt, process::Command, time::Duration};

use zeroize::Zeroizing;

use crate::{
    error::Exit,
    host::{
        environment::personal,
        process::{self, CommandFault},
        stores::fault::StoreFault,
    },
    mail::reply::escape,
    phrase,
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
pub(in crate::host::stores) fn encrypt(name: &str, plain: &[u8]) -> Result<Vec<u8>, SystemdFault> {
    let mut command = personal("systemd-creds");
    command.arg("encrypt").arg(format!("--name={name}")).args(["-", "-"]);
    run(command, Some(plain)).map(|sealed| sealed.to_vec())
}

/// Decrypts what [`encrypt`] made.
pub(in crate::host::stores) fn decrypt(name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SystemdFault> {
    let mut command = personal("systemd-creds");
    command.arg("decrypt").arg(format!("--name={name}")).args(["--newline=no", "-", "-"]);
    run(command, Some(sealed))
}

/// Encrypts, and proves that it comes back.
pub(in crate::host::stores) fn seal(name: &str, plain: &[u8]) -> Result<Vec<u8>, SystemdFault> {
    let sealed = encrypt(name, plain)?;
    if decrypt(name, &sealed)?.as_slice() == plain {
        Ok(sealed)
    } else {
        Err(SystemdFault::Failed(CommandFault::Large(MOST)))
    }
}

fn run(command: Command, input: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>, SystemdFault> {
    let root = rustix::process::geteuid().is_root();
    process::run(command, input, LIMIT, MOST).map_err(|fault| match fault {
        CommandFault::Start(error) if error.kind() == std::io::ErrorKind::NotFound => SystemdFault::NotInstalled,
        CommandFault::Failed(..) if !root => SystemdFault::NotRoot,
        fault => SystemdFault::Failed(fault),
    })
}
