//! `edit`: a saved profile as answers.

use std::fmt::Display;

use super::{super::context::Context, bad_answer};
use crate::{
    error::Error,
    host,
    mail::{Profile, SecretPlace, Security, profile::Written, store::StoreFilling},
    setup::{Field, Given, Setup, Source},
};

/// Starts from a saved profile. What was given anew is left out, with what hangs on it.
pub(super) fn load(context: &Context, setup: &mut Setup, name: &str) -> Result<(), Error> {
    let places = context.places()?;
    let profile = host::profiles::load(name, &places)?;
    let mut give = |field: Field, value: &str| {
        setup.give(field, value, Source::Profile).map_err(|invalid| bad_answer(&invalid, Source::File, context))
    };
    for (field, value) in answers_of(&profile, name) {
        if !is_replaced(field, &profile, context) {
            give(field, &value)?;
        }
    }
    setup.remember(profile.check.as_ref().and_then(|check| check.secured.clone()));
    if let Some(place) = &profile.secret {
        // A secret that cannot be read is asked again.
        if let Ok(secret) = host::secrets::read(name, place, &context.places_for(Some(place))?) {
            setup.give_secret(Given { secret, flag: None });
        }
    }
    Ok(())
}

/// Whether a saved answer makes way for what was given anew.
fn is_replaced(field: Field, profile: &Profile, context: &Context) -> bool {
    let has = |name: &str| context.inputs.get(name).is_some();
    let (smtp, another) = (&profile.smtp, has("provider"));
    match field {
        // Port and mode follow each other where they were each other's usual ones.
        Field::Port => another || (has("security") && smtp.port == smtp.security.smtp_port()),
        Field::Security => another || (has("port") && Security::of_smtp_port(smtp.port.get()) == Some(smtp.security)),
        Field::Host
        | Field::Plaintext
        | Field::CaFile
        | Field::Pin
        | Field::Auth
        | Field::Imap
        | Field::ImapHost
        | Field::ImapSecurity
        | Field::ImapPort
        | Field::ImapUsername => another,
        Field::Username => {
            another || (has("address") && smtp.username.as_deref() == Some(profile.sender.address.to_string().as_str()))
        }
        // A store that is filled takes another password; a variable and a command keep their own.
        Field::SecretEnv | Field::SecretCommand => context.inputs.has_password(),
        Field::SecretStore => {
            let is_own = |place: &SecretPlace| place.store().filling() == StoreFilling::Person;
            let keeps_its_own = profile.secret.as_ref().is_some_and(is_own);
            context.inputs.has_password() && (keeps_its_own || has("password-env") || has("password-command"))
        }
        _ => false,
    }
}

/// A profile's settings as answers.
pub(in super::super) fn answers_of(profile: &Profile, name: &str) -> Vec<(Field, String)> {
    let smtp = &profile.smtp;
    let mut answers = vec![
        (Field::Address, profile.sender.address.to_string()),
        (Field::Name, shown(profile.sender.name.as_ref())),
        (Field::ReplyTo, shown(profile.sender.reply_to.as_ref())),
        (Field::Provider, smtp.provider.clone().unwrap_or_else(|| "custom".into())),
        (Field::Host, smtp.host.to_string()),
        (Field::Security, smtp.security.to_string()),
        (Field::Port, smtp.port.to_string()),
        (Field::Ehlo, smtp.ehlo.to_string()),
        (Field::Auth, smtp.auth.to_string()),
        (Field::Imap, if profile.imap.is_some() { "yes" } else { "no" }.to_owned()),
        (Field::Profile, name.to_owned()),
        (Field::Targets, targets_of(profile)),
    ];
    if smtp.allow_plaintext {
        answers.push((Field::Plaintext, "yes".into()));
    }
    let mut maybe = |field: Field, value: Option<String>| answers.extend(value.map(|value| (field, value)));
    maybe(Field::Username, smtp.username.clone().map(String::from));
    maybe(Field::CaFile, smtp.tls.ca_file.as_ref().map(|path| path.display().to_string()));
    maybe(Field::Pin, smtp.tls.pin_sha256.clone().map(String::from));
    if let Some(imap) = &profile.imap {
        maybe(Field::ImapHost, Some(imap.host.to_string()));
        maybe(Field::ImapSecurity, Some(imap.security.to_string()));
        maybe(Field::ImapPort, Some(imap.port.to_string()));
        maybe(Field::ImapUsername, imap.username.clone().map(String::from));
    }
    maybe(Field::RunAs, profile.run_as.clone().map(String::from));
    maybe(Field::RootMail, profile.root_mail.as_ref().map(ToString::to_string));
    if let Some(place) = &profile.secret {
        maybe(Field::SecretStore, Some(place.store().to_string()));
        if let Some(detail) = place.store().detail() {
            maybe(Field::of_detail(detail), place.locator().map(str::to_owned));
        }
    }
    answers
}

/// An answer that may be left empty.
fn shown(value: Option<&impl Display>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// A profile's targets as `--target` takes them, joined by commas.
fn targets_of(profile: &Profile) -> String {
    let word = |target: &Written| match &target.path {
        Some(path) => format!("{}={}", target.name, path.display()),
        None => target.name.clone(),
    };
    profile.targets.iter().map(word).collect::<Vec<_>>().join(",")
}
