//! The proxy that leads to the server.

use crate::{
    mail::{Proxy, Setting},
    setup::{
        columns::{always, by_value, never, nothing, parsed},
        field::{
            Field, FieldShape,
            FieldTrait::{KeptWithServer, Listed, Optional, Remembered},
        },
        search::proxy_found,
        spec::{FieldWording, Spec},
        step::SetupStep,
        value::AnswerValue,
    },
};

pub(super) static PROXY: Spec = Spec {
    key: "proxy",
    flag: "proxy",
    value: "URL|none",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[Optional, Remembered, Listed, KeptWithServer],
    applies: always,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: Some(Setting::Proxy),
    parse: |typed, parsing| {
        let is_none = typed.trim().eq_ignore_ascii_case(Proxy::NONE);
        if is_none { Ok(AnswerValue::Empty) } else { parsed::<Proxy>(typed, parsing) }
    },
    // A proxy that a variable names is proposed, and never taken by itself.
    follows: nothing,
    read: |profile, _| Some(profile.smtp.proxy.clone()?.into()),
    write: |answers, profile| profile.smtp.proxy = answers.get(Field::Proxy),
    wording: FieldWording { notes: |setup| proxy_found(setup).into_iter().collect(), ..FieldWording::PLAIN },
};
