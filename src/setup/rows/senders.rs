//! Which senders leave by the machine's mailer.

use crate::{
    mail::{Host, Senders, TextLine, profile::Written},
    phrase,
    plan::TargetChoice,
    presets::{Phrase, SenderRule},
    setup::{
        answers::Answers,
        columns::{by_value, default, never, nothing, parsed, read},
        field::{
            Field, FieldShape,
            FieldTrait::{Kept, Listed, OfProvider, Optional, Remembered},
        },
        source::AnswerSource,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::AnswerValue,
    },
};

pub(super) static SENDERS: Spec = Spec {
    key: "senders",
    flag: "senders",
    value: Senders::USAGE,
    shape: FieldShape::Choice,
    step: SetupStep::Write,
    traits: &[OfProvider, Remembered, Listed],
    applies: writes_mailer,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<Senders>,
    follows: |answers| kept(answers).or_else(|| demanded(answers)).or_else(|| default(Senders::Any)),
    read: |profile, _| Some(profile.sender.senders.into()),
    write: |answers, profile| profile.sender.senders = answers.get(Field::Senders).unwrap_or_default(),
    wording: FieldWording { choices: |setup| setup.words("senders", Senders::WORDS), notes: rule, ..FieldWording::PLAIN },
};

pub(super) static SENDER_MAP: Spec = Spec {
    key: "sender_map",
    flag: "sender-map",
    value: "FILE",
    shape: FieldShape::Text,
    step: SetupStep::Write,
    traits: &[Optional, Remembered, Listed, Kept],
    applies: writes_mailer,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<TextLine>,
    follows: nothing,
    read: |profile, _| read::<TextLine>(&profile.sender.sender_map.as_ref()?.display().to_string()),
    // It is named by a path that is found from every folder.
    write: |answers, profile| {
        let path = answers.get::<TextLine>(Field::SenderMap);
        profile.sender.sender_map = path.map(|path| answers.facts.cwd.join(path.as_str()));
    },
    wording: FieldWording::PLAIN,
};

/// Only a mailer sends what other programs hand it.
fn writes_mailer(setup: &Setup) -> bool {
    let answers = &setup.answers;
    let is_mailer = |choice: &TargetChoice| answers.catalog.target(&choice.key).is_some_and(|target| target.mta.is_some());
    answers.targets().iter().any(is_mailer)
}

/// What the profile of this name has that is written anew. That every sender leaves counts only where it was written for a mailer,
/// and the server is the same.
fn kept(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    let profile = answers.replaced()?;
    let is_mailer = |written: &Written| answers.catalog.target(&written.name).is_some_and(|target| target.mta.is_some());
    let is_same = || answers.get::<Host>(Field::Host).as_ref() == Some(&profile.smtp.host);
    let senders = profile.sender.senders;
    let is_kept = !senders.is_any() || (profile.targets.iter().any(is_mailer) && is_same());
    is_kept.then(|| (senders.into(), AnswerSource::Profile))
}

/// What the provider demands. Of several verified addresses or domains, only this one's domain is known: others that are
/// verified as well have to be named, those of the machine itself would be refused.
fn demanded(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    let senders = match answers.provider()?.sender_rule()? {
        SenderRule::Login => Senders::One,
        SenderRule::Domain | SenderRule::Verified => Senders::Domain,
        SenderRule::Any => Senders::Any,
    };
    Some((senders.into(), AnswerSource::Preset))
}

/// What the provider demands, in its own preset's words.
fn rule(setup: &Setup) -> Vec<Phrase> {
    let provider = setup.answers.provider().filter(|_| !setup.options.brief);
    let rule = provider.and_then(|provider| {
        let said = provider.guidance(setup.text.lang()).sender.clone()?;
        Some(phrase!("note-senders-rule", provider = provider.name, rule = said))
    });
    rule.into_iter().collect()
}
