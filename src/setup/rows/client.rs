//! The certificate by which this machine shows who it is.

use super::server::{tls_file, with_tls};
use crate::{
    mail::{Setting, TextLine, profile::ClientCert},
    setup::{answers::Answers, columns::read, field::Field, source::AnswerSource, spec::Spec, value::AnswerValue},
};

pub(super) static CERT: Spec = Spec {
    write: |answers, profile| profile.smtp.client = client(answers),
    ..tls_file("client_cert", "client-cert", Setting::ClientCert, |profile, _| {
        read::<TextLine>(&profile.smtp.client.as_ref()?.cert.display().to_string())
    })
};

// The certificate writes both.
pub(super) static KEY: Spec = Spec {
    applies: |setup| with_tls(setup) && setup.answers.filled(Field::ClientCert).is_some(),
    follows: beside_the_certificate,
    ..tls_file("client_key", "client-key", Setting::ClientKey, |profile, _| {
        read::<TextLine>(&profile.smtp.client.as_ref()?.key.display().to_string())
    })
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
