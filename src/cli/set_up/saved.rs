//! `edit`: a saved profile as answers.

use super::{
    super::context::Context,
    conversation::{Conversation, bad_answer},
};
use crate::{
    error::Error,
    host::{self, HostError},
    mail::{Profile, SecretPlace, Security, store::StoreFilling},
    phrase, plan,
    setup::{AnswerSource, Field, FieldTrait, GivenSecret, SavedProfile, Setup, saved_answers},
};

/// Starts from a saved profile, `with_secret` also with its password or grant. What was given anew is left out, with what depends on it.
pub(super) fn load(context: &Context, setup: &mut Setup, name: &str, with_secret: bool) -> Result<(), Error> {
    let places = context.places()?;
    let profile = plan::on_disk(&host::profiles::load(name, &places)?, &places);
    let mut give = |field: Field, value: &str| {
        setup.give(field, value, AnswerSource::Profile).map_err(|invalid| bad_answer(&invalid, AnswerSource::File, context))
    };
    for (field, value) in saved_answers(&profile, name) {
        if !is_replaced(field, &profile, context) {
            give(field, &value.to_string())?;
        }
    }
    setup.remember(host::checks::of(name, &profile, &places).unwrap_or_default().secured);
    if let Some(place) = profile.secret.as_ref().filter(|_| with_secret) {
        match context.own_secret(name, &(&profile).into(), place, &context.places_for(Some(place))?) {
            Ok(kept) => {
                let given = GivenSecret { secret: kept.secret, flag: None };
                setup.give_kept_secret(given, kept.bound, profile.smtp.auth);
            }
            // It is asked again.
            Err(_) if context.inputs.has_password() => {}
            Err(error) => context.say_phrase(&phrase!("edit-secret-unread").with_phrase("why", error.phrase)),
        }
    }
    Ok(())
}

/// Tells the conversation which profiles there are.
pub(super) fn know(conversation: &mut Conversation) -> Result<(), Error> {
    let places = (conversation.runner.places)(conversation.setup.scope())?;
    // A folder that cannot be read is told when it is written.
    let listed = host::profiles::list(&places).unwrap_or_default();
    // One of a newer mailsetup is refused as that.
    let listed = listed.into_iter().filter(|(_, profile)| !matches!(profile, Err(HostError::NewerSchema(..))));
    let saved = listed.map(|(name, profile)| SavedProfile { name, profile: profile.ok() });
    let saved: Vec<SavedProfile> = saved.collect();
    for SavedProfile { name, profile } in &saved {
        let checked = profile.as_ref().and_then(|profile| host::checks::of(name, profile, &places).ok());
        conversation.setup.remember(checked.and_then(|checked| checked.secured));
    }
    let with_paths = |saved: SavedProfile| SavedProfile {
        profile: saved.profile.map(|profile| plan::on_disk(&profile, &places)),
        ..saved
    };
    conversation.setup.know_profiles(saved.into_iter().map(with_paths).collect());
    Ok(())
}

/// Whether a saved answer makes way for what was given anew.
fn is_replaced(field: Field, profile: &Profile, context: &Context) -> bool {
    let has = |name: &str| context.inputs.get(name).is_some();
    let smtp = &profile.smtp;
    if field.spec().has(FieldTrait::OfProvider) && has("provider") {
        return true;
    }
    match field {
        // Port and mode follow each other where they were each other's usual ones.
        Field::Port => has("security") && smtp.port == smtp.security.smtp_port(),
        Field::Security => has("port") && Security::of_smtp_port(smtp.port.get()) == Some(smtp.security),
        Field::Username => has("address") && smtp.username.as_deref() == Some(profile.sender.address.to_string().as_str()),
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
