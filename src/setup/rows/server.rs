//! The server, and how the connection to it is protected.

use crate::{
    mail::{
        HeloName, Host, Pin, Port, Profile, Security, Setting, TextLine,
        endpoint::{is_full_name, is_loopback},
        profile::Trust,
    },
    phrase,
    presets::Phrase,
    setup::{
        answers::Answers,
        columns::{
            always, by_value, default, never, no_by_default, nothing, parsed, read, required, unwritten, when_custom,
            yes_or_no,
        },
        discovery::has_gap,
        field::{
            Field, FieldShape,
            FieldTrait::{KeptWithServer, Listed, OfProvider, Optional, Remembered},
        },
        question::Choice,
        source::AnswerSource,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::AnswerValue,
    },
};

pub(super) static HOST: Spec = Spec {
    key: "host",
    flag: "host",
    value: "HOST",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[OfProvider, Remembered, Listed],
    applies: always,
    asked: |setup| when_unknown(setup) || setup.answers.derived(Field::Host).is_none(),
    settled: by_value,
    awaits: Some(Field::Provider),
    imported: Some(Setting::Host),
    parse: parsed::<Host>,
    follows: known_host,
    read: |profile, _| Some(profile.smtp.host.clone().into()),
    write: required,
    wording: FieldWording {
        choices: regions,
        notes: |setup| note_on_pattern(setup).into_iter().chain(setup.notes_on_stranger()).collect(),
        ..FieldWording::PLAIN
    },
};

pub(super) static SECURITY: Spec = Spec {
    key: "security",
    flag: "security",
    value: Security::USAGE,
    shape: FieldShape::Choice,
    step: SetupStep::Server,
    traits: &[OfProvider, Remembered, Listed],
    applies: always,
    asked: when_unknown,
    settled: by_value,
    awaits: Some(Field::Provider),
    imported: Some(Setting::Security),
    parse: parsed::<Security>,
    follows: |answers| match answers.known_endpoint() {
        Some((endpoint, source)) => Some((endpoint.security.into(), source)),
        None => default(answers.custom_security()?),
    },
    read: |profile, _| Some(profile.smtp.security.into()),
    // What is trusted is kept without TLS too: it counts again as soon as there is TLS again.
    write: |answers, profile| profile.smtp.tls = trust(answers),
    wording: FieldWording { choices: mode_choices, ..FieldWording::PLAIN },
};

pub(super) static PORT: Spec = Spec {
    key: "port",
    flag: "port",
    value: "PORT",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[OfProvider, Remembered, Listed],
    applies: always,
    asked: when_unknown,
    settled: by_value,
    awaits: Some(Field::Provider),
    imported: Some(Setting::Port),
    parse: parsed::<Port>,
    follows: |answers| match answers.known_endpoint() {
        Some((endpoint, source)) => Some((Port::new(endpoint.port)?.into(), source)),
        None => default(Port::new(answers.security()?.smtp_port())?),
    },
    read: |profile, _| Some(profile.smtp.port.into()),
    write: required,
    wording: FieldWording { notes: |setup| note_on_port(setup).into_iter().collect(), ..FieldWording::PLAIN },
};

pub(super) static PLAINTEXT: Spec = Spec {
    key: "allow_plaintext",
    flag: "allow-plaintext",
    value: "",
    shape: FieldShape::Confirm,
    step: SetupStep::Server,
    traits: &[OfProvider, Remembered],
    applies: |setup| {
        let answers = &setup.answers;
        answers.security() == Some(Security::None)
            && answers
                .get::<Host>(Field::Host)
                .is_some_and(|host| !is_loopback(&host) || answers.filled(Field::Proxy).is_some())
    },
    asked: always,
    settled: |setup, field| setup.answers.is_yes(field),
    awaits: None,
    imported: None,
    parse: yes_or_no,
    follows: nothing,
    read: |profile, _| profile.smtp.allow_plaintext.then_some(true.into()),
    write: |answers, profile| profile.smtp.allow_plaintext = answers.is_yes(Field::Plaintext),
    wording: FieldWording {
        default: no_by_default,
        help: |setup| {
            let host = setup.answers.text(Field::Host);
            Some(setup.text.say(&phrase!("field-allow-plaintext-help", host = host)))
        },
        ..FieldWording::PLAIN
    },
};

/// A file for TLS that a person names only when they go to it.
pub(super) const fn tls_file(
    key: &'static str,
    flag: &'static str,
    setting: Setting,
    read: fn(&Profile, &str) -> Option<AnswerValue>,
) -> Spec {
    Spec {
        key,
        flag,
        value: "FILE",
        shape: FieldShape::Text,
        step: SetupStep::Server,
        traits: &[Optional, OfProvider, Remembered, Listed, KeptWithServer],
        applies: with_tls,
        asked: never,
        settled: by_value,
        awaits: None,
        imported: Some(setting),
        parse: parsed::<TextLine>,
        follows: nothing,
        read,
        write: unwritten,
        wording: FieldWording::PLAIN,
    }
}

pub(super) static CA_FILE: Spec = tls_file("ca_file", "ca-file", Setting::CaFile, |profile, _| {
    read::<TextLine>(&profile.smtp.tls.ca_file.as_ref()?.display().to_string())
});

pub(super) static PIN: Spec = Spec {
    key: "pin_sha256",
    flag: "pin-sha256",
    value: "HEX",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[Optional, OfProvider, Remembered, Listed, KeptWithServer],
    applies: with_tls,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: Some(Setting::PinSha256),
    parse: parsed::<Pin>,
    follows: nothing,
    read: |profile, _| Some(profile.smtp.tls.pin_sha256.clone()?.into()),
    write: unwritten,
    wording: FieldWording::PLAIN,
};

pub(super) static EHLO: Spec = Spec {
    key: "ehlo",
    flag: "ehlo",
    value: "NAME",
    shape: FieldShape::Text,
    step: SetupStep::Server,
    traits: &[Remembered, Listed, KeptWithServer],
    applies: always,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: Some(Setting::Ehlo),
    parse: parsed::<HeloName>,
    follows: own_name,
    read: |profile, _| Some(profile.smtp.ehlo.clone().into()),
    write: required,
    wording: FieldWording { notes: |setup| note_on_ehlo(setup).into_iter().collect(), ..FieldWording::PLAIN },
};

/// When the server is nobody's of whom anything is known.
fn when_unknown(setup: &Setup) -> bool {
    when_custom(setup) && !setup.answers.knows_server()
}

pub(super) fn with_tls(setup: &Setup) -> bool {
    setup.answers.security() != Some(Security::None)
}

/// The known server's host, unless only the account shows it.
fn known_host(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    let (endpoint, source) = answers.known_endpoint().or_else(|| answers.servers().into_iter().next())?;
    if has_gap(&endpoint.host) {
        return None;
    }
    Some((endpoint.host.parse::<Host>().ok()?.into(), source))
}

/// What is trusted. The CA file is named by a path that consumers find from every folder.
fn trust(answers: &Answers) -> Trust {
    let ca_file = answers.get::<TextLine>(Field::CaFile).map(|path| answers.facts.cwd.join(path.as_str()));
    Trust { ca_file, pin_sha256: answers.get(Field::Pin) }
}

/// The machine's full name, else its short one; a machine without a usable name is `localhost`.
fn own_name(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    let facts = &answers.facts;
    let mut names = facts.full_name.as_deref().into_iter().chain([facts.host_name.as_str(), "localhost"]);
    names.find_map(|name| name.parse::<HeloName>().ok()).and_then(default)
}

/// The hosts of a provider that has one for each region; none for the others.
fn regions(setup: &Setup) -> Vec<Choice> {
    let Some(provider) = setup.answers.provider() else { return Vec::new() };
    let Some(server) = provider.smtp.first() else { return Vec::new() };
    let host = |region: &String| server.host.replace("{region}", region);
    let choice = |region: &String| Choice { value: host(region), label: region.clone(), hint: host(region), barred: None };
    provider.regions.iter().map(choice).collect()
}

/// The modes that can be chosen with their ports: the preset's own, else all.
fn modes(setup: &Setup) -> Vec<(Security, u16)> {
    if when_custom(setup) {
        return Security::ALL.into_iter().map(|mode| (mode, mode.smtp_port())).collect();
    }
    let mut modes: Vec<(Security, u16)> = Vec::new();
    for (server, _) in setup.answers.servers() {
        if !modes.iter().any(|(mode, _)| *mode == server.security) {
            modes.push((server.security, server.port));
        }
    }
    modes
}

fn mode_choices(setup: &Setup) -> Vec<Choice> {
    modes(setup).into_iter().map(|(mode, port)| setup.mode_choice("smtp", mode, port)).collect()
}

/// The form of a host that only the account shows.
fn note_on_pattern(setup: &Setup) -> Option<Phrase> {
    let provider = setup.answers.provider().filter(|_| setup.answers.derived(Field::Host).is_none())?;
    let server = provider.smtp.first().filter(|server| has_gap(&server.host) && provider.regions.is_empty())?;
    let shape = server.host.split(['{', '}']).fold(String::new(), |said, part| {
        let gap = matches!(part, "server" | "mx" | "region" | "domain");
        if gap { said + &part.to_uppercase() } else { said + part }
    });
    Some(phrase!("note-host-pattern", provider = provider.name, host = shape))
}

/// The port usually speaks another mode than the one that was chosen for it.
fn note_on_port(setup: &Setup) -> Option<Phrase> {
    let answers = &setup.answers;
    let port: Port = answers.get(Field::Port)?;
    let mode = answers.security().filter(|mode| *mode != Security::None)?;
    let usual = Security::of_smtp_port(port.get()).filter(|usual| *usual != Security::None && *usual != mode);
    if answers.known_endpoint().is_some() || usual.is_none() {
        return None;
    }
    Some(phrase!("note-port-mode", port = port).with("mode", mode))
}

/// A short name: some servers refuse it.
fn note_on_ehlo(setup: &Setup) -> Option<Phrase> {
    let name = setup.answers.text(Field::Ehlo);
    (!is_full_name(&name)).then(|| phrase!("note-ehlo", name = name))
}
