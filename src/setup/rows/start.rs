//! What a conversation starts from: one that was cut off, or the settings of a program here.

use crate::{
    mail::{reply::escape, value::shown},
    phrase,
    plan::TargetChoice,
    presets::Phrase,
    setup::{
        columns::{always, by_value, nothing, unsaved, unsettled, unwritten, yes_by_default, yes_or_no},
        field::{Field, FieldShape, FieldTrait::Remembered},
        parsing::Parsing,
        source::AnswerSource,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::{AnswerValue, ImportChoice},
    },
};

pub(super) static RESUME: Spec = Spec {
    key: "resume",
    flag: "",
    value: "",
    shape: FieldShape::Confirm,
    step: SetupStep::Sender,
    traits: &[],
    applies: |setup| setup.offered.is_some(),
    asked: always,
    settled: unsettled,
    awaits: None,
    imported: None,
    parse: yes_or_no,
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording { default: yes_by_default, help: resume_help, ..FieldWording::PLAIN },
};

pub(super) static IMPORT: Spec = Spec {
    key: "import",
    flag: "import",
    value: "TARGET[=PATH]",
    shape: FieldShape::Choice,
    step: SetupStep::Sender,
    traits: &[Remembered],
    applies: |setup| !setup.answers.imports.is_empty(),
    asked: always,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: import,
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording {
        default: first_import,
        help: Setup::import_help,
        choices: Setup::import_choices,
        ..FieldWording::PLAIN
    },
};

fn resume_help(setup: &Setup) -> Option<String> {
    let memory = setup.offered.as_ref()?;
    let said = |value: Option<&str>| escape(value.unwrap_or("…"));
    let (address, profile) = (memory.value(Field::Address), memory.value(Field::Profile).or(Some("default")));
    let when = escape(&memory.when);
    let help = phrase!("field-resume-help", address = said(address), profile = said(profile), when = when);
    Some(setup.text.say(&help))
}

/// `none`, or a target whose files can be read, `NAME[=PATH]`.
fn import(typed: &str, parsing: &Parsing<'_>) -> Result<AnswerValue, Phrase> {
    let word = typed.trim();
    if word == ImportChoice::NONE {
        return Ok(ImportChoice::None.into());
    }
    let (name, path) = word.split_once('=').unwrap_or((word, ""));
    let readable = parsing.catalog.targets().filter(|target| target.import.is_some());
    let known: Vec<&str> = readable.map(|target| target.key.as_str()).collect();
    if !known.contains(&name) {
        return Err(phrase!("invalid-import", typed = shown(word), targets = known.join(", ")));
    }
    Ok(ImportChoice::Target(TargetChoice::parse(if path.is_empty() { name } else { word })).into())
}

/// The answer, else the first file that was found.
fn first_import(setup: &Setup, field: Field) -> Option<(AnswerValue, AnswerSource)> {
    let first = || {
        let import = setup.answers.imports.first()?;
        Some((ImportChoice::Target(TargetChoice::parse(&import.word)).into(), AnswerSource::Default))
    };
    setup.answers.value(field).or_else(first)
}
