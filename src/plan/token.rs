//! Whether a consumer can log in with an access token, and renew it: one that stands in a file is dead within the hour.

use std::path::Path;

use super::{
    Files, Order, Places, Refusal, Scope, TargetChoice,
    locate::{in_root, matching},
    refusal::TokenLoginFault,
};
use crate::{
    mail::{Auth, Mechanism, Secret, initial_response::token_fits_command},
    presets::{
        Catalog, Target,
        target::{TokenSource, TokenUse},
    },
};

/// Checks a login by token against what the consumer can do.
pub(super) fn check(
    order: &Order,
    (target, choice): (&Target, &TargetChoice),
    catalog: &Catalog,
    places: &Places,
    files: &dyn Files,
) -> Result<(), Refusal> {
    let Auth::Only(mechanism) = order.profile.smtp.auth else { return Ok(()) };
    let why = match &target.token {
        _ if !mechanism.takes_token() => None,
        None if has_token_login(target) => Some(TokenLoginFault::Stale),
        None => Some(TokenLoginFault::PasswordsOnly),
        Some(_) if choice.inline_secret => Some(TokenLoginFault::Stale),
        Some(token) => others_renew(order, token)
            .or_else(|| lacking(token, places, files))
            .or_else(|| too_long(order, token, mechanism)),
    };
    let Some(why) = why else { return Ok(()) };
    // A long one is taken by XOAUTH2 alone.
    let wanted = if why == TokenLoginFault::TooLong { Mechanism::Xoauth2 } else { mechanism };
    let can = |other: &&Target| {
        let limits = other.token.as_ref().filter(|token| token.by == TokenSource::Command && token.needs.is_none());
        limits.is_some_and(|token| too_long(order, token, wanted).is_none()) && has(other, wanted)
    };
    let instead: Vec<&str> = catalog.targets().filter(can).map(|other| other.key.as_str()).collect();
    Err(Refusal::Token { target: target.key.clone(), mechanism, why, instead: instead.join(", ") })
}

fn has(target: &Target, mechanism: Mechanism) -> bool {
    target.auth.is_empty() || target.auth.iter().any(|word| word == mechanism.as_str())
}

/// Whether the consumer has any mechanism that takes a token.
fn has_token_login(target: &Target) -> bool {
    Mechanism::ALL.into_iter().any(|mechanism| mechanism.takes_token() && has(target, mechanism))
}

/// Whether the consumer asks for tokens as a user who cannot renew them: the system's grants are root's to change.
fn others_renew(order: &Order, token: &TokenUse) -> Option<TokenLoginFault> {
    let is_grant = order.scope == Scope::System && token.by == TokenSource::Command && order.profile.oauth.is_some();
    let users = order.profile.run_as.clone().beside_root();
    (is_grant && !users.is_empty()).then_some(TokenLoginFault::OthersRenew(users))
}

/// What of the consumer is not installed.
fn lacking(token: &TokenUse, places: &Places, files: &dyn Files) -> Option<TokenLoginFault> {
    let needs = token.needs.as_ref()?;
    let mut paths = needs.files.iter().flat_map(|path| matching(&in_root(Path::new(path), places), files));
    (!paths.any(|path| files.find(&path).is_some())).then(|| TokenLoginFault::Lacks(needs.name.clone()))
}

/// Whether this token is too long for how the consumer sends it. One that is not known yet is not.
fn too_long(order: &Order, token: &TokenUse, mechanism: Mechanism) -> Option<TokenLoginFault> {
    let smtp = &order.profile.smtp;
    let (secret, username) = order.secret.as_ref().map(Secret::expose).zip(smtp.username.as_ref())?;
    let fits = token_fits_command(mechanism, username, secret, &smtp.host, smtp.port.get());
    (token.initial.contains(&mechanism) && !fits).then_some(TokenLoginFault::TooLong)
}
