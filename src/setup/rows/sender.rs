//! Who the mail comes from.

use crate::{
    mail::{Address, Setting, TextLine, reply::escape},
    phrase,
    setup::{
        columns::{
            always, by_value, default, never, no_by_default, nothing, parsed, read_optional, required, unsaved, unwritten,
            yes_or_no,
        },
        field::{
            Field, FieldShape,
            FieldTrait::{Kept, Listed, Optional, Remembered},
        },
        spec::{FieldWording, Spec},
        step::SetupStep,
    },
};

pub(super) static ADDRESS: Spec = Spec {
    key: "address",
    flag: "address",
    value: "ADDRESS",
    shape: FieldShape::Text,
    step: SetupStep::Sender,
    traits: &[Remembered, Listed],
    applies: always,
    asked: always,
    settled: by_value,
    awaits: None,
    imported: Some(Setting::Sender),
    parse: parsed::<Address>,
    follows: |answers| default(answers.facts.suggested_address.as_deref()?.parse::<Address>().ok()?),
    read: |profile, _| Some(profile.sender.address.clone().into()),
    write: required,
    wording: FieldWording::PLAIN,
};

pub(super) static THIS_DOMAIN: Spec = Spec {
    key: "this_domain",
    flag: "this-domain",
    value: "",
    shape: FieldShape::Confirm,
    step: SetupStep::Sender,
    traits: &[Remembered],
    applies: |setup| setup.answers.slip().is_some(),
    asked: always,
    settled: |setup, field| setup.answers.is_yes(field),
    awaits: Some(Field::Address),
    imported: None,
    parse: yes_or_no,
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording {
        default: no_by_default,
        label: |setup| {
            let (domain, _) = setup.answers.slip()?;
            Some(setup.text.say(&phrase!("field-this-domain-is", domain = escape(&domain))))
        },
        help: |setup| {
            let (domain, meant) = setup.answers.slip()?;
            Some(setup.text.say(&phrase!("field-this-domain-meant", domain = escape(&domain), meant = meant)))
        },
        ..FieldWording::PLAIN
    },
};

pub(super) static NAME: Spec = Spec {
    key: "name",
    flag: "name",
    value: "NAME",
    shape: FieldShape::Text,
    step: SetupStep::Sender,
    traits: &[Optional, Remembered, Listed, Kept],
    applies: always,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: Some(Setting::Name),
    parse: parsed::<TextLine>,
    follows: nothing,
    read: |profile, _| read_optional(profile.sender.name.as_ref()),
    write: |answers, profile| profile.sender.name = answers.get(Field::Name),
    wording: FieldWording::PLAIN,
};

pub(super) static REPLY_TO: Spec = Spec {
    key: "reply_to",
    flag: "reply-to",
    value: "ADDRESS",
    shape: FieldShape::Text,
    step: SetupStep::Sender,
    traits: &[Optional, Remembered, Listed, Kept],
    applies: always,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: Some(Setting::ReplyTo),
    parse: parsed::<Address>,
    follows: nothing,
    read: |profile, _| read_optional(profile.sender.reply_to.as_ref()),
    write: |answers, profile| profile.sender.reply_to = answers.get(Field::ReplyTo),
    wording: FieldWording::PLAIN,
};
