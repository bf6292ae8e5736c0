//! Logins by a grant, and grants that are written.

use super::fault_of;
use crate::{
    host::{
        profiles,
        tokens::{self, TokenLock},
    },
    mail::Secret,
    oauth,
    plan::{Order, Places},
    probe::{Login, ProbeFault},
    setup::WorkFault,
};

/// A login with what it takes: of a grant the access token.
pub(super) fn login(login: &Login) -> Result<Login, ProbeFault> {
    let secret = oauth::login_secret(&login.secret);
    let secret = secret.ok_or_else(|| ProbeFault::Local("the grant has no access token".to_owned()))?;
    Ok(Login { secret, ..login.clone() })
}

/// The right to change the grant of an order.
pub(super) fn hold(order: &Order, places: &Places) -> Result<Option<TokenLock>, WorkFault> {
    let is_grant = order.secret.as_ref().is_some_and(Secret::is_grant);
    let held = is_grant.then(|| tokens::hold(&order.name, places)).transpose();
    held.map_err(|fault| fault_of(fault.into()))
}

/// The order with its grant as the store has it by now.
pub(super) fn newest(order: &Order, places: &Places) -> Order {
    let former = profiles::load_secret(&order.name, places).ok().and_then(|profile| profile.secret);
    let newest = order.secret.as_ref().and_then(|secret| tokens::newest(&order.name, secret, former.as_ref(), places));
    Order { secret: newest.or_else(|| order.secret.clone()), ..order.clone() }
}

/// A grant that a profile has now waits for no set-up any more. One that cannot be removed is found again, and does no harm.
pub(super) fn written(order: &Order, places: &Places) {
    if order.secret.as_ref().is_some_and(Secret::is_grant) {
        let _ = tokens::forget_pending(places);
    }
}
