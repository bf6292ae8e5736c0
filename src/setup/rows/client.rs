//! The certificate by which this machine shows who it is.

use super::server::with_tls;
use crate::{
    mail::{Setting, TextLine, profile::ClientCert},
    setup::{
        answers::Answers,
        columns::{by_value, never, nothing, parsed, read, unwritten},
        field::{
            Field, FieldShape,
            FieldTrait::{Listed, OfProvider, Optional, Remembered},
        },
        source::AnswerSource,
        spec::{FieldWording, Spec},
        step::SetupStep,
        value::AnswerValue,
    },
};

pub(super) static CERT: Spec = Spec {
    key: "client_cert",
    flag: "client-cert",
    value: "FILE",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[Optional, OfProvider, Remembered, Listed],
    applies: with_tls,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: Some(Setting::ClientCert),
    parse: parsed::<TextLine>,
    follows: nothing,
    read: |profile, _| read::<TextLine>(&profile.smtp.client.as_ref()?.cert.display().to_string()),
    write: |answers, profile| profile.smtp.client = client(answers),
    wording: FieldWording::PLAIN,
};

pub(super) static KEY: Spec = Spec {
    key: "client_key",
    flag: "client-key",
    value: "FILE",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[Optional, OfProvider, Remembered, Listed],
    applies: |setup| with_tls(setup) && setup.answers.filled(Field::ClientCert).is_some(),
    asked: never,
    settled: by_value,
    awaits: None,
    imported: Some(Setting::ClientKey),
    parse: parsed::<TextLine>,
    follows: beside_the_certificate,
    read: |profile, _| read::<TextLine>(&profile.smtp.client.as_ref()?.key.display().to_string()),
    // The certificate writes both.
    write: unwritten,
    wording: FieldWording::PLAIN,
};

/// One file often holds both.
fn beside_the_certificate(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    Some((answers.get::<TextLine>(Field::ClientCert)?.into(), AnswerSource::Default))
}

/// Both files, by paths that consumers find from every folder.
fn client(answers: &Answers) -> Option<ClientCert> {
    let path = |field| Some(answers.facts.cwd.join(answers.get::<TextLine>(field)?.as_str()));
    Some(ClientCert { cert: path(Field::ClientCert)?, key: path(Field::ClientKey)? })
}
