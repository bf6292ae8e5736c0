//! The desktop's keyring (Secret Service over D-Bus), asked on its own thread: a silent bus hangs for ever.
//!
//! An entry's service is `mailsetup`, its user name `SCOPE/PROFILE`, so that one keyring can hold the same profile name for
//! both scopes: `secret-tool lookup service mailsetup username user/default` finds it.

use std::{fmt, sync::mpsc, thread, time::Duration};

use keyring_core::{Entry, Error, api::CredentialStoreApi};
use zbus_secret_service_keyring_store::Store as SecretService;

use super::{
    error::StoreError,
    fault::StoreFault,
    port::{AtRest, SecretContent, Store, StoreEntry, owner_alone},
};
use crate::{
    mail::{Secret, reply::escape},
    phrase,
    plan::Places,
    presets::Phrase,
};

/// The service of every entry of ours.
const SERVICE: &str = "mailsetup";

/// How long a keyring may take to say that it is there.
const ASK_LIMIT: Duration = Duration::from_secs(2);

/// How long an entry may take: a person may have to unlock the keyring.
const ENTRY_LIMIT: Duration = Duration::from_secs(60);

/// Why there is no keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyringFault {
    /// No session bus runs, as usual without a desktop.
    NoBus,
    /// The bus runs, and no keyring service on it.
    NoService,
    /// It did not answer in time.
    Silent,
    /// It is locked, and was not unlocked.
    Locked,
    /// The entry exists more than once.
    Ambiguous,
    /// What it says, safe to show.
    Other(String),
}

impl StoreFault for KeyringFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::NoBus => phrase!("host-keyring-no-bus"),
            Self::NoService => phrase!("host-keyring-no-service"),
            Self::Silent => phrase!("host-keyring-silent"),
            Self::Locked => phrase!("host-keyring-locked"),
            Self::Ambiguous => phrase!("host-keyring-ambiguous"),
            Self::Other(error) => phrase!("host-keyring-other", error = error),
        }
    }

    fn hint(&self) -> Option<Phrase> {
        Some(phrase!("host-keyring-hint"))
    }
}

impl fmt::Display for KeyringFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for KeyringFault {}

/// The store `keyring`.
pub(super) struct KeyringStore;

impl Store for KeyringStore {
    fn at_rest(&self, _: &Places) -> AtRest {
        AtRest::Machine
    }

    fn barred(&self, run_as: Option<&str>, places: &Places) -> Option<Phrase> {
        owner_alone(run_as, places).and_then(|()| keyring_available().map_err(|fault| fault.phrase())).err()
    }

    fn keep(&self, entry: &StoreEntry<'_>, content: &SecretContent) -> Result<(), StoreError> {
        let (name, secret) = (entry.name(), content.stored().clone());
        Ok(ask(ENTRY_LIMIT, move |service| entry_of(&service, &name)?.set_password(secret.expose()))?)
    }

    fn read(&self, entry: &StoreEntry<'_>) -> Result<SecretContent, StoreError> {
        let name = entry.name();
        let read = ask(ENTRY_LIMIT, move |service| match entry_of(&service, &name)?.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        });
        read?.map(SecretContent::of_stored).ok_or_else(|| StoreError::NoEntry(entry.name()))
    }

    fn forget(&self, entry: &StoreEntry<'_>) -> Result<(), StoreError> {
        let name = entry.name();
        let forgotten = ask(ENTRY_LIMIT, move |service| match entry_of(&service, &name)?.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            done => done,
        });
        Ok(forgotten?)
    }
}

/// Whether a keyring answers, within two seconds.
///
/// With a display a locked keyring counts too: the desktop asks to unlock it when it is needed, and not here. Without one
/// nobody can unlock it, so an entry is made and removed again.
///
/// # Errors
/// Why there is none.
pub fn keyring_available() -> Result<(), KeyringFault> {
    let has_display =
        ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|it| !it.is_empty()));
    ask(ASK_LIMIT, move |service| {
        let trial = entry_of(&service, "trial/none")?;
        if !has_display {
            trial.set_password("trial")?;
            return trial.delete_credential();
        }
        match trial.get_secret() {
            Ok(_) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        }
    })
}

fn entry_of(service: &SecretService, name: &str) -> Result<Entry, Error> {
    service.build(SERVICE, name, None)
}

fn ask<T: Send + 'static>(
    limit: Duration,
    question: impl FnOnce(std::sync::Arc<SecretService>) -> Result<T, Error> + Send + 'static,
) -> Result<T, KeyringFault> {
    let (answer, inbox) = mpsc::channel();
    // A thread that never gets its answer is abandoned; nothing waits for what it holds.
    thread::spawn(move || {
        let done = match SecretService::new() {
            Ok(service) => question(service).map_err(|error| fault(&error, false)),
            Err(error) => Err(fault(&error, true)),
        };
        // After the limit the receiver is gone; ignore the error.
        let _ = answer.send(done);
    });
    inbox.recv_timeout(limit).unwrap_or(Err(KeyringFault::Silent))
}

fn fault(error: &Error, connecting: bool) -> KeyringFault {
    match error {
        Error::NoStorageAccess(_) => KeyringFault::Locked,
        Error::Ambiguous(_) => KeyringFault::Ambiguous,
        Error::PlatformFailure(cause) => {
            let text = chain(cause.as_ref());
            if text.contains("ServiceUnknown") || text.contains("not provided by any .service") {
                KeyringFault::NoService
            } else if text.contains("IsLocked") {
                KeyringFault::Locked
            } else if connecting && is_io(cause.as_ref()) {
                KeyringFault::NoBus
            } else {
                KeyringFault::Other(escape(&text))
            }
        }
        // Its text would name the bytes.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => KeyringFault::Other("not UTF-8".into()),
        error => KeyringFault::Other(escape(&error.to_string())),
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Judged by its words: zbus hides the cause of some failures to connect.
fn is_io(error: &(dyn std::error::Error + 'static)) -> bool {
    let text = chain(error);
    ["I/O error", "os error", "address"].iter().any(|word| text.contains(word))
}
