//! Where the secret is kept.

use std::{collections::BTreeMap, str::FromStr};

use crate::{
    mail::{
        KeySlot, PassEntry, Profile, SecretPlace, StoreKind, TextLine, VariableName,
        store::{StoreDetail, StoreFilling},
    },
    phrase,
    setup::{
        answers::Answers,
        authorization::is_persons,
        columns::{always, by_value, default, never, nothing, parsed, read, unsaved, unwritten, with_login},
        field::{
            Field, FieldShape,
            FieldTrait::{Kept, Listed, Optional, Remembered},
        },
        question::Choice,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::{AnswerValue, ValueKind},
    },
};

pub(super) static STORE: Spec = Spec {
    key: "secret_store",
    flag: "secret-store",
    value: StoreKind::USAGE,
    shape: FieldShape::Choice,
    step: SetupStep::Write,
    traits: &[Remembered, Listed],
    applies: with_login,
    asked: |setup| setup.stores.result().is_some_and(|stores| stores.barred.contains_key(setup.answers.store().as_str())),
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<StoreKind>,
    follows: |answers| default(usual_store(answers)),
    read: |profile, _| profile.secret.as_ref().map(|place| place.store().into()),
    write: |answers, profile| profile.secret = place(answers),
    wording: FieldWording { choices: store_choices, ..FieldWording::PLAIN },
};

pub(super) static VAULT_LOCK: Spec = Spec {
    key: "vault_lock",
    flag: "vault-lock",
    value: KeySlot::USAGE,
    shape: FieldShape::Choice,
    step: SetupStep::Write,
    traits: &[Remembered, Listed],
    applies: makes_vault,
    asked: always,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<KeySlot>,
    follows: |answers| default(answers.facts.key_slot),
    read: unsaved,
    write: unwritten,
    wording: FieldWording { choices: slot_choices, ..FieldWording::PLAIN },
};

pub(super) static PASS_ENTRY: Spec = Spec {
    key: "pass_entry",
    flag: "pass-entry",
    value: "NAME",
    shape: FieldShape::Text,
    step: SetupStep::Write,
    traits: &[Remembered, Listed, Kept],
    applies: |setup| needs(setup, StoreDetail::Entry),
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<PassEntry>,
    follows: |answers| default(format!("mailsetup/{}", answers.text(Field::Profile)).parse::<PassEntry>().ok()?),
    read: |profile, _| located::<PassEntry>(profile, StoreDetail::Entry),
    write: unwritten,
    wording: FieldWording::PLAIN,
};

pub(super) static VARIABLE: Spec = Spec {
    key: "password_env",
    flag: "password-env",
    value: "NAME",
    shape: FieldShape::Text,
    step: SetupStep::Write,
    traits: &[Remembered, Listed],
    applies: |setup| needs(setup, StoreDetail::Variable),
    asked: |setup| setup.answers.derived(Field::SecretEnv).is_none(),
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<VariableName>,
    follows: nothing,
    read: |profile, _| located::<VariableName>(profile, StoreDetail::Variable),
    write: unwritten,
    wording: FieldWording::PLAIN,
};

pub(super) static COMMAND: Spec = Spec {
    key: "password_command",
    flag: "password-command",
    value: "CMD",
    shape: FieldShape::Text,
    step: SetupStep::Write,
    traits: &[Remembered, Listed],
    applies: |setup| needs(setup, StoreDetail::Command),
    asked: |setup| setup.answers.derived(Field::SecretCommand).is_none(),
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<TextLine>,
    follows: nothing,
    read: |profile, _| located::<TextLine>(profile, StoreDetail::Command),
    write: unwritten,
    wording: FieldWording::PLAIN,
};

pub(super) static COMMAND_PATH: Spec = Spec {
    key: "secret_command_path",
    flag: "secret-command-path",
    value: "PATH",
    shape: FieldShape::Text,
    step: SetupStep::Write,
    traits: &[Optional, Remembered, Kept],
    applies: with_login,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<TextLine>,
    follows: nothing,
    read: |profile, _| read::<TextLine>(&profile.secret_command_path.as_ref()?.display().to_string()),
    // Programs run it from every folder.
    write: |answers, profile| {
        let path = answers.get::<TextLine>(Field::SecretCommandPath);
        profile.secret_command_path = path.map(|path| answers.facts.cwd.join(path.as_str()));
    },
    wording: FieldWording::PLAIN,
};

/// The field that says what a store has to be told.
const fn field_of(detail: StoreDetail) -> Field {
    match detail {
        StoreDetail::Entry => Field::PassEntry,
        StoreDetail::Variable => Field::SecretEnv,
        StoreDetail::Command => Field::SecretCommand,
    }
}

/// Whether the chosen store has to be told this.
fn needs(setup: &Setup, detail: StoreDetail) -> bool {
    setup.answers.logs_in() && setup.answers.store().detail() == Some(detail)
}

/// Whether a vault has to be made.
fn makes_vault(setup: &Setup) -> bool {
    let has_vault = setup.stores.result().is_some_and(|stores| stores.has_vault);
    setup.answers.logs_in() && setup.answers.store() == StoreKind::Vault && !has_vault
}

/// The store that goes with how the secret came in.
fn usual_store(answers: &Answers) -> StoreKind {
    // They give the client's secret; a grant renews itself in a store that can be written.
    if answers.grant_kind().is_some() {
        StoreKind::File
    } else if answers.given.contains_key(&Field::SecretCommand) {
        StoreKind::Command
    } else if answers.given.contains_key(&Field::SecretEnv) {
        StoreKind::Env
    } else {
        kept_store(answers).unwrap_or(StoreKind::File)
    }
}

/// The store of the profile that is written anew. One that a person fills takes no other password.
fn kept_store(answers: &Answers) -> Option<StoreKind> {
    let store = answers.replaced()?.secret.as_ref()?.store();
    (store.filling() != StoreFilling::Person).then_some(store)
}

/// The place as a profile keeps it.
fn place(answers: &Answers) -> Option<SecretPlace> {
    let told = |detail| answers.filled(field_of(detail));
    SecretPlace::of(answers.store(), answers.scope().as_str(), &answers.text(Field::Profile), told)
}

/// What a profile's store was told, if it is this.
fn located<T: ValueKind + FromStr>(profile: &Profile, detail: StoreDetail) -> Option<AnswerValue>
where
    AnswerValue: From<T>,
{
    read::<T>(profile.secret.as_ref().filter(|place| place.store().detail() == Some(detail))?.locator()?)
}

fn store_choices(setup: &Setup) -> Vec<Choice> {
    let barred = setup.stores.result().map(|stores| &stores.barred);
    let mut choices = barring(setup.words("store", StoreKind::WORDS), barred);
    if setup.answers.grant_kind().is_some() {
        for choice in choices.iter_mut().filter(|choice| choice.value.parse().is_ok_and(is_persons)) {
            choice.barred = Some(setup.text.say(&phrase!("store-grant", store = choice.value)));
        }
    }
    choices
}

fn slot_choices(setup: &Setup) -> Vec<Choice> {
    let barred = setup.stores.result().map(|stores| &stores.locks);
    barring(setup.words("lock", KeySlot::WORDS), barred)
}

/// The choices, with the reason why one cannot be chosen here.
fn barring(mut choices: Vec<Choice>, barred: Option<&BTreeMap<&'static str, String>>) -> Vec<Choice> {
    for choice in &mut choices {
        choice.barred = barred.and_then(|barred| barred.get(choice.value.as_str()).cloned());
    }
    choices
}
