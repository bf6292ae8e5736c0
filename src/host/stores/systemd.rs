//! The system's credentials: `NAME.cred` beside the profile, encrypted by `systemd-creds` for this machine alone.

use std::path::{Path, PathBuf};

use super::{
    error::StoreError,
    fault::StoreFault,
    file::{exactly, find},
    port::{AtRest, Store, StoreEntry, owner_alone},
    sidecar,
};
use crate::{
    host::files::{own, tree::FileTree},
    mail::BoundSecret,
    phrase,
    plan::{Places, credential_name},
    presets::Phrase,
};

pub(super) mod creds;

/// The store `systemd`.
pub(super) struct SystemdStore;

impl Store for SystemdStore {
    fn at_rest(&self, _: &Places) -> AtRest {
        AtRest::Machine
    }

    fn barred(&self, run_as: Option<&str>, places: &Places) -> Option<Phrase> {
        match run_as {
            Some(user) => Some(phrase!("store-needs-unit", user = user)),
            None => {
                owner_alone(None, places).and_then(|()| creds::systemd_available().map_err(|fault| fault.phrase())).err()
            }
        }
    }

    fn is_read_here(&self, run_as: Option<&str>) -> bool {
        run_as.is_none()
    }

    fn ready(&self, _: &Places) -> Result<(), StoreError> {
        Ok(creds::systemd_available()?)
    }

    fn keep(&self, entry: &StoreEntry<'_>, secret: &BoundSecret) -> Result<(), StoreError> {
        let (name, plain) = (credential_name(&entry.key.name()), secret.secret.expose().as_bytes());
        let sealed = creds::seal(&name, plain)?;
        let name = entry.key.name();
        let (path, file) = (entry.places.credential_bound(&name), entry.places.credential(&name));
        sidecar::replace((&path, &file), entry, &sealed, secret.bound.as_ref())
    }

    /// The credential that the system has loaded for this process, else the one beside the profile, decrypted.
    fn read(&self, entry: &StoreEntry<'_>) -> Result<BoundSecret, StoreError> {
        let name = credential_name(&entry.key.name());
        let path = entry.places.credential(&entry.key.name());
        let beside = entry.places.credential_bound(&entry.key.name());
        if let Some(loaded) = loaded(&name) {
            let secret = exactly(&find(&loaded, FileTree::HERE)?.bytes)?;
            // Its user may not read the credential at rest.
            let at_rest = if find(&path, FileTree::HERE).is_ok() { &path } else { &loaded };
            return Ok(BoundSecret {
                secret,
                bound: sidecar::read(&beside, entry, || Ok(find(at_rest, FileTree::HERE)?))?.1,
            });
        }
        if !path.exists() {
            return Err(StoreError::NoEntry(name));
        }
        let (sealed, bound) = sidecar::read(&beside, entry, || Ok(find(&path, FileTree::HERE)?))?;
        let plain = creds::decrypt(&name, &sealed.bytes)?;
        Ok(BoundSecret { secret: exactly(&plain)?, bound })
    }

    fn forget(&self, entry: &StoreEntry<'_>) -> Result<(), StoreError> {
        own::remove_file(&entry.places.credential(&entry.key.name()), FileTree::HERE)?;
        sidecar::forget(&entry.places.credential_bound(&entry.key.name()), entry)
    }
}

/// Where the system has put a credential for this process, if its unit loads it (systemd.exec(5)).
fn loaded(name: &str) -> Option<PathBuf> {
    let path = Path::new(&std::env::var_os("CREDENTIALS_DIRECTORY")?).join(name);
    path.is_file().then_some(path)
}
