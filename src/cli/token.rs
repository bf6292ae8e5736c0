//! `token`: status, renew, revoke, login: what became of access that was given to a profile.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ArgMatches;
use serde_json::{Value, json};

use super::{commands::chosen, context::Context, set_up};
use crate::{
    error::{Error, Exit},
    host::{
        self, clock,
        tokens::{self, AccessFault, KeptGrant, Renewal},
    },
    mail::{ProfileSecret, SecretPlace, reply::escape},
    oauth::{Grant, GrantProof, revoked},
    phrase,
    plan::Places,
};

/// Runs a command about tokens.
pub(super) fn run(context: &Context, matches: &ArgMatches) -> Result<Exit, Error> {
    let (command, inner) = matches.subcommand().unwrap_or(("status", matches));
    let named = inner.try_get_one::<String>("PROFILE").ok().flatten().map(String::as_str);
    let (name, profile) = chosen(context, named)?;
    if command == "login" {
        return set_up::run(context, Some(&name), set_up::Start::SignIn);
    }
    let profile = ProfileSecret::from(&profile);
    let none = || {
        Error::new(Exit::NoInput, phrase!("token-no-grant", profile = escape(&name))).hint(phrase!("token-no-grant-hint"))
    };
    let place = profile.secret.as_ref().ok_or_else(none)?;
    let places = context.places_for(Some(place))?;
    let saved = SavedGrant { name: &name, profile: &profile, place, places: &places };
    let grant = saved.read()?.ok_or_else(none)?;
    match command {
        "renew" => saved.renew(context),
        "revoke" => saved.revoke(context, &grant),
        _ => shown(context, &name, &grant),
    }
}

/// A profile whose secret may be a grant.
struct SavedGrant<'a> {
    name: &'a str,
    profile: &'a ProfileSecret,
    place: &'a SecretPlace,
    places: &'a Places,
}

impl SavedGrant<'_> {
    /// The grant; `None` for a password.
    fn read(&self) -> Result<Option<Grant>, Error> {
        let kept = host::stores::read_own(self.name, self.profile, self.place, self.places)?;
        if !kept.secret.is_grant() {
            return Ok(None);
        }
        Ok(Some(Grant::of_secret(&kept.secret).ok_or_else(|| AccessFault::Damaged(self.name.to_owned()))?))
    }

    /// Asks for a new access token now, whatever the present one has left.
    fn renew(&self, context: &Context) -> Result<Exit, Error> {
        let Self { name, profile, place, places } = *self;
        let kept = host::stores::read_own(name, profile, place, places)?;
        let fresh = KeptGrant { name, profile, place, places }.fresh(kept, &context.oauth_way(), Renewal::Now)?;
        let grant = Grant::of_secret(&fresh.secret).ok_or_else(|| AccessFault::Damaged(name.to_owned()))?;
        shown(context, name, &grant)
    }

    /// Takes the grant back at its server, and out of its store.
    fn revoke(&self, context: &Context, grant: &Grant) -> Result<Exit, Error> {
        let name = self.name;
        let _lock = tokens::hold(name, self.places)?;
        let server = context.oauth_way().server(grant.ca_pem.as_deref());
        let is_told = revoked(grant, &*server).map_err(|fault| AccessFault::Oauth { profile: name.to_owned(), fault })?;
        host::stores::forget(name, self.place, self.places)?;
        if context.json {
            context.out(&json!({"ok": true, "changed": true, "profile": name, "revoked": is_told}).to_string())?;
        }
        let host = grant.token_url.host();
        context.say_phrase(&if is_told {
            phrase!("token-revoked", profile = escape(name), host = host)
        } else {
            phrase!("token-forgotten", profile = escape(name), host = host)
        });
        context.say_phrase(&phrase!("token-login-hint", profile = escape(name)));
        Ok(Exit::Ok)
    }
}

/// What is known of a grant; never a secret.
pub(super) fn document(grant: &Grant) -> Value {
    let access = grant.access.as_ref().map(|access| access.expires);
    json!({
        "kind": grant.kind, "account": grant.account, "client_id": grant.client_id, "tenant": grant.tenant,
        "scope": grant.scope, "token_url": grant.token_url, "given": stamp(grant.given),
        "access_expires": access.map(stamp), "certificate_days": certificate_days(grant),
    })
}

/// Days until the certificate of a grant ends; `None` without one.
pub(super) fn certificate_days(grant: &Grant) -> Option<i64> {
    match &grant.proof {
        GrantProof::Certificate(certificate) => certificate.days_left(),
        _ => None,
    }
}

/// The same for people, a line each.
pub(super) fn lines(context: &Context, grant: &Grant) -> Vec<String> {
    let host = grant.token_url.host();
    let given = phrase!("token-given", account = escape(&grant.account), host = host, when = stamp(grant.given));
    let kind = context.text.get(&format!("choice-oauth-grant-{}", grant.kind));
    let access = match &grant.access {
        Some(access) if access.expires > clock::seconds(SystemTime::now()) => {
            phrase!("token-until", when = stamp(access.expires))
        }
        _ => phrase!("token-over"),
    };
    let certificate = certificate_days(grant).map(|days| phrase!("token-certificate", days = days));
    let said = [Some(given.with("kind", kind)), Some(access), certificate];
    said.iter().flatten().map(|phrase| context.text.say(phrase)).collect()
}

fn shown(context: &Context, name: &str, grant: &Grant) -> Result<Exit, Error> {
    if context.json {
        context.out(&json!({"ok": true, "profile": name, "grant": document(grant)}).to_string())?;
    } else {
        lines(context, grant).iter().try_for_each(|line| context.out(line))?;
    }
    Ok(Exit::Ok)
}

/// A point in time, RFC 3339.
fn stamp(seconds: u64) -> String {
    clock::rfc3339(UNIX_EPOCH + Duration::from_secs(seconds))
}
