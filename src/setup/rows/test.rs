//! The live test.

use crate::{
    mail::{Address, TestDepth, value::shown},
    phrase,
    presets::Phrase,
    setup::{
        columns::{always, by_value, default, never, no_default, nothing, parsed, unsaved, unsettled, unwritten, yes_or_no},
        field::{
            Field, FieldShape,
            FieldTrait::{Listed, Optional, Remembered},
        },
        parsing::Parsing,
        question::Choice,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::{AnswerValue, Recovery},
    },
};

pub(super) static TEST: Spec = Spec {
    key: "test",
    flag: "test",
    value: TestDepth::USAGE,
    shape: FieldShape::Choice,
    step: SetupStep::Test,
    traits: &[Remembered, Listed],
    applies: always,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<TestDepth>,
    follows: |_| default(TestDepth::Send),
    read: unsaved,
    write: unwritten,
    wording: FieldWording { choices: |setup| setup.words("test", TestDepth::WORDS), ..FieldWording::PLAIN },
};

pub(super) static TEST_TO: Spec = Spec {
    key: "test_to",
    flag: "test-to",
    value: "ADDRESS",
    shape: FieldShape::Text,
    step: SetupStep::Test,
    traits: &[Remembered, Listed],
    applies: |setup| matches!(setup.answers.test_depth(), TestDepth::Send | TestDepth::Changed),
    asked: |setup| setup.answers.derived(Field::TestTo).is_none(),
    settled: by_value,
    awaits: Some(Field::Address),
    imported: None,
    parse: parsed::<Address>,
    follows: |answers| default(answers.explicit::<Address>(Field::ArrivalTo).or_else(|| answers.address())?),
    read: unsaved,
    write: unwritten,
    wording: FieldWording::PLAIN,
};

pub(super) static ARRIVAL_TO: Spec = Spec {
    key: "arrival_to",
    flag: "arrival-to",
    value: "ADDRESS",
    shape: FieldShape::Text,
    step: SetupStep::Test,
    traits: &[Optional],
    applies: Setup::may_follow,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<Address>,
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording::PLAIN,
};

pub(super) static ARRIVAL: Spec = Spec {
    key: "arrival",
    flag: "arrival",
    value: "",
    shape: FieldShape::Confirm,
    step: SetupStep::Test,
    // Consent to read a mailbox belongs to its moment.
    traits: &[Listed],
    applies: Setup::offers_look,
    // A line among the answers: whoever wants it goes to it.
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: yes_or_no,
    follows: |_| default(false),
    read: unsaved,
    write: unwritten,
    wording: FieldWording { help: Setup::look_help, ..FieldWording::PLAIN },
};

pub(super) static RECOVER: Spec = Spec {
    key: "force",
    flag: "force",
    value: "",
    shape: FieldShape::Choice,
    step: SetupStep::Test,
    traits: &[],
    applies: Setup::test_failed,
    asked: always,
    settled: unsettled,
    awaits: None,
    imported: None,
    parse: recovery,
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording { default: no_default, help: |_| Some(String::new()), choices: ways_out, ..FieldWording::PLAIN },
};

fn recovery(typed: &str, _: &Parsing<'_>) -> Result<AnswerValue, Phrase> {
    let word = typed.trim().to_lowercase();
    let known = Recovery::ALL.into_iter().find(|way| way.as_str() == word);
    known.map(AnswerValue::from).ok_or_else(|| {
        let choices = Recovery::ALL.map(Recovery::as_str).join(", ");
        phrase!("invalid-choice", typed = shown(typed.trim()), choices = choices)
    })
}

/// The diagnosis's own fix first, where it has one; last and with the whole fingerprint where a person has to look at it.
fn ways_out(setup: &Setup) -> Vec<Choice> {
    let diagnosis = setup.test.result().and_then(|tested| tested.diagnosis.as_ref());
    let diagnosis = diagnosis.filter(|diagnosis| !diagnosis.change.is_empty());
    let (trust, fix): (Vec<_>, Vec<_>) = diagnosis.into_iter().partition(|diagnosis| diagnosis.needs_person);
    let choice =
        |way: Recovery, label: String| Choice { value: way.as_str().to_owned(), label, hint: String::new(), barred: None };
    let at_fault = setup.label(setup.field_at_fault());
    let edit = choice(Recovery::Edit, setup.text.say(&phrase!("choice-recover-edit", field = at_fault)));
    let others = setup.words("recover", [Recovery::Retry.as_str(), Recovery::Force.as_str()]);
    let fix = fix.into_iter().filter_map(|diagnosis| Some(choice(Recovery::Fix, diagnosis.fix.clone()?)));
    let trust = trust.into_iter().filter_map(|diagnosis| {
        let pin = diagnosis.change.get(Field::Pin.key())?;
        Some(Choice { hint: format!("SHA-256 {pin}"), ..choice(Recovery::Trust, diagnosis.fix.clone()?) })
    });
    fix.chain([edit]).chain(others).chain(trust).collect()
}
