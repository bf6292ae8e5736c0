//! The home page, and the answers of a profile that is edited.

use crate::{
    mail::{TextLine, reply::escape},
    phrase,
    presets::Phrase,
    setup::{
        columns::{always, default, no_by_default, nothing, parsed, unsaved, unsettled, unwritten, yes_or_no},
        errand::{HomeAction, HomeProfile, NEW, UNDO},
        field::{Field, FieldShape},
        question::Choice,
        source::AnswerSource,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::AnswerValue,
    },
};

pub(super) static HOME: Spec = Spec {
    key: "home",
    applies: |setup| setup.home.as_ref().is_some_and(|home| home.chosen.is_none() && home.errand.is_none()),
    wording: FieldWording { default: first_profile, choices: profiles, ..FieldWording::PLAIN },
    ..ROW
};

pub(super) static ACTION: Spec = Spec {
    key: "home_action",
    applies: |setup| setup.home.as_ref().is_some_and(|home| home.chosen.is_some() && home.errand.is_none()),
    wording: FieldWording {
        default: |_, _| default(HomeAction::Test.as_str().parse::<TextLine>().ok()?),
        label: |setup| {
            let chosen = setup.home.as_ref()?.chosen.as_ref()?;
            Some(setup.text.say(&phrase!("field-home-action-with", profile = escape(chosen))))
        },
        choices: |setup| setup.words("home", HomeAction::WORDS),
        ..FieldWording::PLAIN
    },
    ..ROW
};

pub(super) static SURE: Spec = Spec {
    key: "home_sure",
    shape: FieldShape::Confirm,
    applies: |setup| setup.home_question().is_some(),
    parse: yes_or_no,
    wording: FieldWording {
        default: no_by_default,
        label: |setup| Some(setup.text.say(&setup.home_question()?)),
        ..FieldWording::PLAIN
    },
    ..ROW
};

pub(super) static CHANGE: Spec = Spec {
    key: "change",
    applies: |setup| setup.options.edits && !setup.options.brief && !setup.is_changed,
    wording: FieldWording {
        default: |_, _| default(GO_ON.parse::<TextLine>().ok()?),
        label: |setup| {
            let profile = escape(&setup.answers.text(Field::Profile));
            Some(setup.text.say(&phrase!("field-change-of", profile = profile)))
        },
        choices: answers,
        ..FieldWording::PLAIN
    },
    ..ROW
};

/// The answer that changes nothing more. No field has such a key.
pub(in crate::setup) const GO_ON: &str = ":go";

/// A question that is no answer of the set-up.
const ROW: Spec = Spec {
    key: "",
    flag: "",
    value: "",
    shape: FieldShape::Choice,
    step: SetupStep::Sender,
    traits: &[],
    applies: always,
    asked: always,
    settled: unsettled,
    awaits: None,
    imported: None,
    parse: parsed::<TextLine>,
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording::PLAIN,
};

fn first_profile(setup: &Setup, _: Field) -> Option<(AnswerValue, AnswerSource)> {
    default(setup.home.as_ref()?.profiles.first()?.name.parse::<TextLine>().ok()?)
}

/// A row a profile, then what needs none.
fn profiles(setup: &Setup) -> Vec<Choice> {
    let choice = |value: &str, label: String, hint: &Phrase| Choice {
        value: value.to_owned(),
        label,
        hint: setup.text.say(hint),
        barred: None,
    };
    let row = |saved: &HomeProfile| {
        let hint = match &saved.whose {
            Some((address, server)) => phrase!(
                "home-row",
                address = escape(address),
                server = escape(server),
                programs = if saved.programs.is_empty() { "none".to_owned() } else { escape(&saved.programs.join(", ")) },
                checked = setup.text.say(&saved.checked)
            ),
            None => phrase!("home-row-damaged"),
        };
        choice(&saved.name, escape(&saved.name), &hint)
    };
    let saved = setup.home.iter().flat_map(|home| &home.profiles).map(row);
    let others = [(NEW, "new"), (UNDO, "undo")].map(|(value, word)| {
        let label = setup.text.get(&format!("choice-home-{word}"));
        choice(value, label, &Phrase::new(if word == "new" { "choice-home-new-hint" } else { "choice-home-undo-hint" }))
    });
    saved.chain(others).collect()
}

/// The way on, then every answer; first the programs, which change most often.
fn answers(setup: &Setup) -> Vec<Choice> {
    let on = Choice {
        value: GO_ON.to_owned(),
        label: setup.text.get("choice-change-go"),
        hint: setup.text.get("choice-change-go-hint"),
        barred: None,
    };
    let (programs, others): (Vec<_>, Vec<_>) = setup.all().into_iter().partition(|row| row.field == Field::Targets);
    let rows = programs.into_iter().chain(others).map(|row| Choice {
        value: row.field.key().to_owned(),
        label: row.label,
        hint: escape(&row.value),
        barred: None,
    });
    std::iter::once(on).chain(rows).collect()
}
