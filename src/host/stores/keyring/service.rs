//! The Secret Service, by keyring-core and zbus.

use std::{
    collections::HashMap,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use keyring_core::{Entry, Error, api::CredentialStoreApi};
use zbus_secret_service_keyring_store::Store as SecretService;

use super::fault::KeyringFault;
use crate::mail::{BoundSecret, Secret, SecretBinding, kept_binding, reply::escape};

/// The service of every entry of ours.
const SERVICE: &str = "mailsetup";

/// The attribute that says whom a secret was given for.
const FOR: &str = "for";

/// How long a keyring may take to say that it is there.
const ASK_LIMIT: Duration = Duration::from_secs(2);

/// How long an entry may take: a person may have to unlock the keyring.
const ENTRY_LIMIT: Duration = Duration::from_secs(60);

/// Puts a secret into an entry.
///
/// # Errors
/// The keyring does not take it.
pub(super) fn set(name: String, secret: BoundSecret) -> Result<(), KeyringFault> {
    ask(ENTRY_LIMIT, move |service| {
        let entry = entry_of(&service, &name)?;
        let new = (secret.bound.as_ref(), secret.secret.expose().as_bytes());
        let put = |whom: &str| entry.update_attributes(&HashMap::from([(FOR, whom)]));
        match entry.get_password().map(Secret::new) {
            // Until it is changed, the older secret is its own receiver's.
            Ok(former) => {
                let former = former.expose().as_bytes();
                let was = whom(&entry, former)?;
                if was.as_ref() != new.0 {
                    put(&kept_binding::between(new, (was.as_ref(), former)))?;
                }
            }
            Err(Error::NoEntry) => {}
            Err(error) => return Err(error),
        }
        entry.set_password(secret.secret.expose())?;
        put(&secret.bound.as_ref().map(SecretBinding::to_text).unwrap_or_default())
    })
}

/// The secret of an entry; `None` where there is no such entry.
///
/// # Errors
/// The keyring does not give it.
pub(super) fn get(name: String) -> Result<Option<BoundSecret>, KeyringFault> {
    ask(ENTRY_LIMIT, move |service| {
        let entry = entry_of(&service, &name)?;
        let secret = match entry.get_password() {
            Ok(text) => Secret::new(text),
            Err(Error::NoEntry) => return Ok(None),
            Err(error) => return Err(error),
        };
        let bound = whom(&entry, secret.expose().as_bytes())?;
        Ok(Some(BoundSecret { secret, bound }))
    })
}

/// Whom an entry's secret was given for.
fn whom(entry: &Entry, secret: &[u8]) -> Result<Option<SecretBinding>, Error> {
    let attributes = entry.get_attributes()?;
    let text = attributes.get(FOR).filter(|text| !text.is_empty());
    Ok(text.and_then(|text| kept_binding::of(text, secret)))
}

/// Removes an entry, if there is one.
///
/// # Errors
/// The keyring does not remove it.
pub(super) fn delete(name: String) -> Result<(), KeyringFault> {
    ask(ENTRY_LIMIT, move |service| match entry_of(&service, &name)?.delete_credential() {
        Err(Error::NoEntry) => Ok(()),
        done => done,
    })
}

/// Whether a keyring answers, within two seconds.
///
/// With a display a locked keyring counts too: the desktop asks to unlock it when it is needed, and not here. Without one
/// nobody can unlock it, so an entry is made and removed again.
///
/// # Errors
/// Why there is none.
pub fn available() -> Result<(), KeyringFault> {
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
    question: impl FnOnce(Arc<SecretService>) -> Result<T, Error> + Send + 'static,
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
