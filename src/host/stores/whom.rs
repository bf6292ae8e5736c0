//! A secret goes to whom it was given for, and to nobody else.

use super::{
    error::{ForeignSecret, StoreError},
    port::SecretKey,
    read,
};
use crate::{
    mail::{BoundSecret, ProfileSecret, SecretBinding, SecretPlace, UserName, store::StoreFilling},
    plan::Places,
};

/// What a program says when it asks for a secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SecretRequest<'a> {
    /// The server that it will give it to; `None` where an older version wrote what calls.
    pub host: Option<&'a str>,
    /// The login name, if it says one.
    pub username: Option<&'a str>,
}

/// The secret of a profile for the profile's own server and login, with whom it was given for: where nobody said that, it is
/// they.
///
/// # Errors
/// The store does not give it, or it was given for somebody else.
pub fn read_own(
    name: &str,
    profile: &ProfileSecret,
    place: &SecretPlace,
    places: &Places,
) -> Result<BoundSecret, StoreError> {
    let own = profile.smtp.binding();
    let kept = kept(name, profile, place, places)?;
    match &kept.bound {
        Some(bound) if !bound.covers(&own) => Err(foreign(bound.clone(), own)),
        _ => Ok(BoundSecret { bound: kept.bound.or(Some(own)), ..kept }),
    }
}

/// The secret of a profile for a program that asks for it: for the very host that it was given for.
///
/// # Errors
/// The store does not give it, or it was given for somebody else.
pub fn read_asked(
    name: &str,
    profile: &ProfileSecret,
    place: &SecretPlace,
    asked: SecretRequest<'_>,
    places: &Places,
) -> Result<BoundSecret, StoreError> {
    let Some(host) = asked.host else { return read_own(name, profile, place, places) };
    let kept = kept(name, profile, place, places)?;
    let bound = kept.bound.clone().unwrap_or_else(|| profile.smtp.binding());
    if bound.allows(host, asked.username) {
        return Ok(kept);
    }
    let named = |host: &str| host.parse().ok().map(|host| vec![host]).unwrap_or_default();
    let username = asked.username.and_then(|name| name.parse().ok()).or_else(|| bound.username.clone());
    Err(foreign(bound, SecretBinding { hosts: named(host), username, provider: None }))
}

/// Whom the secret of a profile is for, as its store says; the store of a person is not asked.
///
/// # Errors
/// The store does not give it.
pub fn given_for(
    name: &str,
    profile: &ProfileSecret,
    place: &SecretPlace,
    places: &Places,
) -> Result<SecretBinding, StoreError> {
    let is_persons = place.store().filling() == StoreFilling::Person;
    let bound = if is_persons { profile.secret_for.clone() } else { kept(name, profile, place, places)?.bound };
    Ok(bound.unwrap_or_else(|| profile.smtp.binding()))
}

fn foreign(bound: SecretBinding, asked: SecretBinding) -> StoreError {
    StoreError::Foreign(Box::new(ForeignSecret { bound, asked }))
}

/// What the store gives, with what the profile knows of it.
fn kept(name: &str, profile: &ProfileSecret, place: &SecretPlace, places: &Places) -> Result<BoundSecret, StoreError> {
    let key = SecretKey { sender: profile.run_as.first().map(UserName::as_str), ..name.into() };
    let kept = read(key, place, places)?;
    Ok(BoundSecret { bound: kept.bound.or_else(|| profile.secret_for.clone()), ..kept })
}
