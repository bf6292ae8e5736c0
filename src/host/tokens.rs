//! Access tokens of saved grants: renewed under a lock, and kept before they are used.
//!
//! A server may give a new refresh token with each access token, and take the former one no longer: two runs must not ask at once, and
//! nothing that came may be lost.

mod fault;

use std::{
    ffi::OsString,
    io::ErrorKind,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use super::{
    clock,
    error::HostError,
    files::{
        error::FileError,
        folder::Folder,
        found,
        lock::{FileLock, LockFault},
        own, owned,
        tree::FileTree,
        volume::System,
    },
    signals,
    stores::{self, port::SecretKey},
};
use crate::{
    mail::{BoundSecret, ProfileSecret, Secret, SecretPlace, UserName},
    oauth::{Grant, OauthFault, OauthWay, RESERVE, renewed},
    plan::Places,
};

pub use fault::AccessFault;

/// How long to wait for another run that renews: longer than its request may take.
const WAIT: Duration = Duration::from_secs(60);
/// Seconds that a token has left when it is handed out though no new one could be had.
const LEAST: u64 = 30;

/// Whose secret it is, and where it is kept.
#[derive(Debug, Clone, Copy)]
pub struct KeptGrant<'a> {
    /// The profile's name.
    pub name: &'a str,
    /// The part of the profile that finds the secret.
    pub profile: &'a ProfileSecret,
    /// Its place.
    pub place: &'a SecretPlace,
    /// Where our own files are.
    pub places: &'a Places,
}

/// When a token is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// Before it ends.
    AsNeeded,
    /// Now.
    Now,
}

impl KeptGrant<'_> {
    /// A secret that its store gave, as it can be used now: a grant with an access token that has time left, which was renewed and
    /// kept for that where it had to be. A password is left as it is.
    ///
    /// # Errors
    /// No token could be had, or the store does not keep it.
    pub fn fresh(&self, kept: BoundSecret, way: &OauthWay, renewal: Renewal) -> Result<BoundSecret, AccessFault> {
        if !kept.secret.is_grant() {
            return Ok(kept);
        }
        let seen = self.grant(&kept.secret)?;
        let must = renewal == Renewal::Now;
        // What an image names is asked for nothing.
        if self.places.root.is_some() || (!must && lasts(&seen, RESERVE)) {
            return Ok(kept);
        }
        let lock = match hold(self.name, self.places) {
            Ok(lock) => lock,
            Err(_) if !must && lasts(&seen, LEAST) => return Ok(kept),
            Err(fault) => return Err(fault),
        };
        let fresh = self.renew(&seen, way);
        drop(lock);
        match fresh {
            Err(AccessFault::Oauth { fault, .. }) if !must && fault.exit().is_temporary() && lasts(&seen, LEAST) => Ok(kept),
            fresh => fresh,
        }
    }

    /// Under the lock: another run may have renewed it meanwhile.
    fn renew(&self, seen: &Grant, way: &OauthWay) -> Result<BoundSecret, AccessFault> {
        let sender = self.profile.run_as.first().map(UserName::as_str);
        let key = SecretKey { sender, ..self.name.into() };
        let kept = stores::read(key, self.place, self.places)?;
        let grant = self.grant(&kept.secret)?;
        if grant.access != seen.access && lasts(&grant, LEAST) {
            return Ok(kept);
        }
        // A store that does not take it now would lose the next refresh token.
        stores::keep(key, self.place, &kept, self.places)?;
        // Nothing but the machine's end comes between the answer and the store.
        let _hold = signals::hold();
        let server = way.server(grant.ca_pem.as_deref());
        let grant = renewed(&grant, &*server, clock::seconds(SystemTime::now())).map_err(|fault| self.refused(fault))?;
        let next = BoundSecret { secret: grant.to_secret(), ..kept };
        stores::keep(key, self.place, &next, self.places)?;
        // Kept for its refresh token all the same.
        if !lasts(&grant, 1) {
            let host = grant.token_url.host();
            return Err(self.refused(OauthFault::Incomplete { host, field: "expires_in" }));
        }
        Ok(next)
    }

    fn grant(&self, secret: &Secret) -> Result<Grant, AccessFault> {
        Grant::of_secret(secret).ok_or_else(|| AccessFault::Damaged(self.name.to_owned()))
    }

    fn refused(&self, fault: OauthFault) -> AccessFault {
        AccessFault::Oauth { profile: self.name.to_owned(), fault }
    }
}

/// Whether the grant's access token has this many seconds left.
fn lasts(grant: &Grant, reserve: u64) -> bool {
    let now = clock::seconds(SystemTime::now());
    grant.access.as_ref().is_some_and(|access| access.lasts(reserve, now))
}

/// The right to change a profile's grant, until it is dropped.
#[derive(Debug)]
pub struct TokenLock(#[expect(dead_code, reason = "held, not read")] FileLock);

/// Waits for the right to change a profile's grant.
///
/// # Errors
/// Another run has it for too long, or this user may not write where it is.
pub fn hold(name: &str, places: &Places) -> Result<TokenLock, AccessFault> {
    let folder = places.state.join("tokens");
    let opened = own::make_folder(&folder)
        .and_then(|()| Folder::ours(&System, &folder, FileTree::of(places)))
        .and_then(|folder| folder.open_lock(&OsString::from(format!("{name}.lock"))));
    let file = match opened {
        Ok(file) => file,
        Err(FileError::Write(_, error) | FileError::Read(_, error)) if error.kind() == ErrorKind::PermissionDenied => {
            return Err(AccessFault::Closed(name.to_owned()));
        }
        Err(FileError::Foreign(..)) => return Err(AccessFault::Closed(name.to_owned())),
        Err(error) => return Err(AccessFault::File(error)),
    };
    FileLock::wait(file, WAIT).map(TokenLock).map_err(|refused| match refused {
        LockFault::Busy(_) => AccessFault::Busy(name.to_owned()),
        LockFault::Refused(error) => AccessFault::File(FileError::Write(folder, error)),
    })
}

/// Keeps a grant that was given and is in no profile yet: the set-up may be cut off.
///
/// # Errors
/// It cannot be written.
pub fn keep_pending(secret: &Secret, places: &Places) -> Result<(), HostError> {
    Ok(own::write_file(&pending_path(places), secret.expose().as_bytes(), FileTree::of(places))?)
}

/// The grant that was given and is in no profile yet.
pub fn pending(places: &Places) -> Option<Grant> {
    let (path, tree) = (pending_path(places), FileTree::of(places));
    owned::our_file(&path, tree).ok()?;
    let found = found::look_in(tree, &path).ok()??;
    Grant::of_secret(&Secret::new(String::from_utf8(found.into_bytes()).ok()?))
}

/// Removes it.
///
/// # Errors
/// It cannot be removed.
pub fn forget_pending(places: &Places) -> Result<(), HostError> {
    Ok(own::remove_file(&pending_path(places), FileTree::of(places))?)
}

fn pending_path(places: &Places) -> PathBuf {
    places.config.join("grant.pending")
}

/// What takes the place of a grant that is about to be written: the same grant as its store has it by now. Asked under the lock.
pub fn newest(name: &str, secret: &Secret, former: Option<&SecretPlace>, places: &Places) -> Option<Secret> {
    let wanted = Grant::of_secret(secret)?;
    let kept = stores::read(name, former?, places).ok()?.secret;
    let found = Grant::of_secret(&kept)?;
    let given = |grant: &Grant| grant.access.as_ref().map_or(grant.given, |access| access.given);
    (found.is_same(&wanted) && given(&found) > given(&wanted)).then_some(kept)
}
