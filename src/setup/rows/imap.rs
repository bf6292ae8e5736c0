//! The mailbox's reading side.

use crate::{
    mail::{Host, Port, Security, TextLine, profile::Imap},
    setup::{
        answers::Answers,
        columns::{always, by_value, default, never, parsed, unwritten, yes_or_no},
        field::{
            Field, FieldShape,
            FieldTrait::{Listed, OfProvider, Remembered},
        },
        question::Choice,
        source::AnswerSource,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::AnswerValue,
    },
};

pub(super) static IMAP: Spec = Spec {
    key: "imap",
    flag: "imap",
    value: "",
    shape: FieldShape::Confirm,
    step: SetupStep::Server,
    traits: &[OfProvider, Remembered, Listed],
    applies: always,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: yes_or_no,
    follows: |answers| {
        let host: Option<Host> = answers.explicit(Field::ImapHost);
        default(host.is_some() || answers.imap_server().is_some())
    },
    read: |profile, _| Some(profile.imap.is_some().into()),
    write: |answers, profile| profile.imap = imap(answers),
    wording: FieldWording::PLAIN,
};

pub(super) static HOST: Spec = Spec {
    key: "imap_host",
    flag: "imap-host",
    value: "HOST",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[OfProvider, Remembered, Listed],
    applies: with_imap,
    asked: |setup| setup.answers.derived(Field::ImapHost).is_none(),
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<Host>,
    follows: |answers| {
        let (server, source) = answers.imap_server()?;
        Some((server.host.parse::<Host>().ok()?.into(), source))
    },
    read: |profile, _| Some(profile.imap.as_ref()?.host.clone().into()),
    write: unwritten,
    wording: FieldWording::PLAIN,
};

pub(super) static SECURITY: Spec = Spec {
    key: "imap_security",
    flag: "imap-security",
    value: Security::USAGE,
    shape: FieldShape::Choice,
    step: SetupStep::Server,
    traits: &[OfProvider, Remembered, Listed],
    applies: with_imap,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<Security>,
    follows: |answers| match (answers.explicit::<Port>(Field::ImapPort), answers.imap_server()) {
        (Some(port), _) => default(Security::of_imap_port(port.get()).unwrap_or(Security::Tls)),
        (None, Some((server, source))) => Some((server.security.into(), source)),
        (None, None) => default(Security::Tls),
    },
    read: |profile, _| Some(profile.imap.as_ref()?.security.into()),
    write: unwritten,
    wording: FieldWording { choices: mode_choices, ..FieldWording::PLAIN },
};

pub(super) static PORT: Spec = Spec {
    key: "imap_port",
    flag: "imap-port",
    value: "PORT",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[OfProvider, Remembered, Listed],
    applies: with_imap,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<Port>,
    follows: port,
    read: |profile, _| Some(profile.imap.as_ref()?.port.into()),
    write: unwritten,
    wording: FieldWording::PLAIN,
};

pub(super) static USERNAME: Spec = Spec {
    key: "imap_username",
    flag: "imap-username",
    value: "NAME",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[OfProvider, Remembered, Listed],
    applies: with_imap,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<TextLine>,
    follows: |answers| {
        let name = answers.filled(Field::Username).or_else(|| answers.filled(Field::Address))?;
        default(name.parse::<TextLine>().ok()?)
    },
    read: |profile, _| Some(profile.imap.as_ref()?.username.clone()?.into()),
    write: unwritten,
    wording: FieldWording::PLAIN,
};

fn with_imap(setup: &Setup) -> bool {
    setup.answers.is_yes(Field::Imap)
}

fn mode_choices(setup: &Setup) -> Vec<Choice> {
    Security::ALL.into_iter().map(|mode| setup.mode_choice("imap", mode, mode.imap_port())).collect()
}

/// The usual port of a mode that was answered, else the known server's.
fn port(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    let (number, source) = match (answers.explicit::<Security>(Field::ImapSecurity), answers.imap_server()) {
        (Some(security), _) => (security.imap_port(), AnswerSource::Default),
        (None, Some((server, source))) => (server.port, source),
        (None, None) => (Security::Tls.imap_port(), AnswerSource::Default),
    };
    Some((Port::new(number)?.into(), source))
}

/// The server as a profile keeps it.
fn imap(answers: &Answers) -> Option<Imap> {
    if !answers.is_yes(Field::Imap) {
        return None;
    }
    Some(Imap {
        host: answers.get(Field::ImapHost)?,
        port: answers.get(Field::ImapPort)?,
        security: answers.get(Field::ImapSecurity)?,
        username: answers.get(Field::ImapUsername),
    })
}
