//! The desktop's keyring (Secret Service over D-Bus), asked on a thread of its own: a silent bus hangs for ever.

use std::{sync::mpsc, thread, time::Duration};

use keyring_core::{Entry, Error, api::CredentialStoreApi};
use zbus_secret_service_keyring_store::Store;

use crate::{
    mail::{Secret, reply::escape},
    phrase,
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

impl KeyringFault {
    /// Why not, in one line.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::NoBus => phrase!("host-keyring-no-bus"),
            Self::NoService => phrase!("host-keyring-no-service"),
            Self::Silent => phrase!("host-keyring-silent"),
            Self::Locked => phrase!("host-keyring-locked"),
            Self::Ambiguous => phrase!("host-keyring-ambiguous"),
            Self::Other(error) => phrase!("host-keyring-other", error = error),
        }
    }
}

/// Whether a keyring answers, within two seconds.
///
/// Where there is a display, a locked one counts too: the desktop asks to unlock it when it is needed, and is not made to
/// ask here. Where there is none nobody can unlock it, so an entry is made and taken out again.
///
/// # Errors
/// Why there is none.
pub fn keyring_available() -> Result<(), KeyringFault> {
    let has_display =
        ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|it| !it.is_empty()));
    ask(ASK_LIMIT, move |store| {
        let trial = entry(&store, "trial/none")?;
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

/// The secret of an entry; `None` when there is no such entry.
pub(crate) fn get(name: &str) -> Result<Option<Secret>, KeyringFault> {
    let name = name.to_owned();
    ask(ENTRY_LIMIT, move |store| match entry(&store, &name)?.get_password() {
        Ok(text) => Ok(Some(Secret::new(text))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
}

/// Makes or changes an entry.
pub(crate) fn set(name: &str, secret: &Secret) -> Result<(), KeyringFault> {
    let (name, secret) = (name.to_owned(), secret.clone());
    ask(ENTRY_LIMIT, move |store| entry(&store, &name)?.set_password(secret.expose()))
}

/// Takes an entry out; one that is not there is no error.
pub(crate) fn delete(name: &str) -> Result<(), KeyringFault> {
    let name = name.to_owned();
    ask(ENTRY_LIMIT, move |store| match entry(&store, &name)?.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        done => done,
    })
}

fn entry(store: &Store, name: &str) -> Result<Entry, Error> {
    store.build(SERVICE, name, None)
}

fn ask<T: Send + 'static>(
    limit: Duration,
    question: impl FnOnce(std::sync::Arc<Store>) -> Result<T, Error> + Send + 'static,
) -> Result<T, KeyringFault> {
    let (answer, inbox) = mpsc::channel();
    // A thread that never gets its answer is left behind; it holds nothing that anyone waits for.
    thread::spawn(move || {
        let done = match Store::new() {
            Ok(store) => question(store).map_err(|error| fault(&error, false)),
            Err(error) => Err(fault(&error, true)),
        };
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

/// By its words: zbus hides the cause of some failures to connect.
fn is_io(error: &(dyn std::error::Error + 'static)) -> bool {
    let text = chain(error);
    ["I/O error", "os error", "address"].iter().any(|word| text.contains(word))
}
