//! Why a vault stays closed.

use std::{fmt, io, path::PathBuf};

use crate::{
    error::Exit,
    host::{
        files::error::{read_exit, shown, unreadable},
        stores::{fault::StoreFault, systemd::creds::SystemdFault},
    },
    phrase,
    presets::Phrase,
};

/// Why a vault stays closed.
#[derive(Debug)]
pub enum VaultFault {
    /// There is no vault here.
    Missing(PathBuf),
    /// The vault or a key cannot be read.
    Read(PathBuf, io::Error),
    /// Everyone may read the vault or a key; carries its mode.
    Open(PathBuf, u32),
    /// Its bytes are not those that were written.
    Damaged(PathBuf),
    /// A newer mailsetup wrote it.
    Newer(PathBuf),
    /// Its passphrase was not given.
    NeedsPassphrase,
    /// The passphrase is wrong; the vault itself is intact.
    WrongPassphrase,
    /// The key file is too short; carries the least number of bytes.
    ShortKey(PathBuf, usize),
    /// The key file is wrong; the vault itself is intact.
    WrongKey(PathBuf),
    /// Its key slot is another machine's, or this one's key was replaced; the vault itself is intact.
    WrongMachine,
    /// A machine's key slot cannot be used in an image.
    Image,
    /// This system was not started yet: its machine ID is made when it is.
    Unbooted,
    /// No key file was named for a new key slot.
    NoKeyFile,
    /// The system's credentials fail.
    Systemd(SystemdFault),
    /// The system gives no random numbers.
    Random,
    /// Keys or secrets are more than a vault takes.
    Full,
}

impl VaultFault {
    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Missing(path) => phrase!("vault-missing", path = shown(path)),
            Self::Read(path, error) => unreadable(path, error),
            Self::Open(path, mode) => phrase!("vault-open", path = shown(path), mode = format!("{mode:04o}")),
            Self::Damaged(path) => phrase!("vault-damaged", path = shown(path)),
            Self::Newer(path) => phrase!("vault-newer", path = shown(path)),
            Self::NeedsPassphrase => phrase!("vault-needs-passphrase"),
            Self::WrongPassphrase => phrase!("vault-wrong-passphrase"),
            Self::ShortKey(path, least) => phrase!("vault-short-key", path = shown(path), least = least),
            Self::WrongKey(path) => phrase!("vault-wrong-key", path = shown(path)),
            Self::WrongMachine => phrase!("vault-wrong-machine"),
            Self::Image => phrase!("vault-image"),
            Self::Unbooted => phrase!("vault-unbooted"),
            Self::NoKeyFile => phrase!("vault-no-key-file"),
            Self::Systemd(fault) => fault.phrase(),
            Self::Random => phrase!("vault-random"),
            Self::Full => phrase!("vault-full"),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::Missing(_) => Some(phrase!("host-secret-missing-hint")),
            Self::Open(path, mode) => {
                Some(phrase!("host-secret-open-hint", mode = format!("{:o}", mode & 0o770), path = shown(path)))
            }
            Self::Damaged(path) => Some(phrase!("vault-damaged-hint", path = shown(path))),
            Self::Newer(_) => Some(phrase!("host-newer-schema-hint")),
            Self::NeedsPassphrase => Some(phrase!("vault-needs-passphrase-hint")),
            Self::WrongPassphrase => Some(phrase!("vault-wrong-passphrase-hint")),
            Self::WrongKey(_) => Some(phrase!("vault-wrong-key-hint")),
            Self::Read(_, error) if error.kind() == io::ErrorKind::NotFound => Some(phrase!("vault-wrong-key-hint")),
            Self::WrongMachine => Some(phrase!("vault-wrong-machine-hint")),
            Self::Image | Self::Unbooted => Some(phrase!("vault-image-hint")),
            _ => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Missing(_) => Exit::NoInput,
            Self::Read(_, error) => read_exit(error),
            Self::Damaged(_) => Exit::Data,
            Self::Open(..) | Self::NeedsPassphrase | Self::WrongPassphrase | Self::WrongKey(_) | Self::WrongMachine => {
                Exit::NoPerm
            }
            Self::Newer(_) | Self::ShortKey(..) | Self::Full => Exit::Config,
            Self::Image | Self::Unbooted | Self::NoKeyFile => Exit::Usage,
            Self::Systemd(fault) => fault.exit(),
            Self::Random => Exit::Software,
        }
    }
}

impl From<SystemdFault> for VaultFault {
    fn from(fault: SystemdFault) -> Self {
        Self::Systemd(fault)
    }
}

impl fmt::Display for VaultFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for VaultFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(_, error) => Some(error),
            Self::Systemd(fault) => Some(fault),
            _ => None,
        }
    }
}
