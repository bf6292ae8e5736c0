//! How often a person presses Enter, with everything in that is offered.

use mailsetup::{
    discover::{Discovery, LoginName, Origin, Proposal, Reach, Server, ServerCheck},
    mail::Security,
    plan::{ReadBack, ReadSecret},
    presets::provider::UsernameForm,
    setup::Import,
};

use super::*;

/// Takes whatever is proposed; returns what was asked, up to writing.
fn asked_of(setup: &mut Setup) -> Vec<Field> {
    let mut asked = Vec::new();
    while asked.last() != Some(&Field::Apply) {
        match setup.status() {
            Status::Ask(question) if question.field == Field::Password => {
                setup.update(Msg::Secret(secret("abcdefghijklmnop"))).unwrap();
                asked.push(question.field);
            }
            Status::Ask(question) => {
                let default = question.default.clone().unwrap_or_default();
                assert!(question.optional || !default.is_empty(), "{question:?}");
                setup.update(Msg::Answer(question.field, default)).unwrap();
                asked.push(question.field);
            }
            Status::Run(Effect { generation, work: Work::Discover(_) }) => {
                setup.update(Msg::Finished(generation, Outcome::Discovered(found()))).unwrap();
            }
            Status::Run(_) => drop(run(setup, passed())),
            other => panic!("{other:?}"),
        }
    }
    asked
}

/// A server below the address's domain, which answered with its certificate.
fn found() -> Discovery {
    let endpoint = Endpoint { host: "mail.example.com".into(), port: 465, security: Security::Tls };
    let proposal = Proposal {
        origin: Origin::Srv,
        found_at: Some("_submissions._tcp.example.com".into()),
        provider: None,
        smtp: vec![Server { endpoint, check: ServerCheck::Passed(Capabilities::default()) }],
        imap: vec![],
        username: LoginName::Form(UsernameForm::Address),
        consents: vec![],
        warnings: vec![],
    };
    Discovery { proposals: vec![proposal], finished: true, ..Discovery::default() }
}

fn of(address: &str, is_root: bool) -> Setup {
    let facts = SetupFacts { is_root, suggested_targets: vec!["msmtp".into(), "git".into()], ..facts() };
    let mut setup = conversation(facts, SetupOptions { reach: Reach::Domain, ..SetupOptions::default() });
    setup.give(Field::Address, address, AnswerSource::Flag).unwrap();
    setup
}

#[test]
fn a_recognised_provider_takes_three() {
    assert_eq!(asked_of(&mut of("me@gmail.com", false)), [Field::Password, Field::Targets, Field::Apply]);
}

#[test]
fn root_a_found_server_and_an_import_take_five_at_most() {
    let root = [Field::Password, Field::Targets, Field::RunAs, Field::RootMail, Field::Apply];
    assert_eq!(asked_of(&mut of("me@gmail.com", true)), root);
    assert_eq!(asked_of(&mut of("ops@example.com", false)), [Field::Password, Field::Targets, Field::Apply]);
    assert_eq!(asked_of(&mut of("ops@example.com", true)), root);
    let read = ReadBack {
        settings: [
            (mailsetup::mail::Setting::Host, "smtp.gmail.com".to_owned()),
            (mailsetup::mail::Setting::Port, "465".to_owned()),
            (mailsetup::mail::Setting::Security, "tls".to_owned()),
            (mailsetup::mail::Setting::Username, "me@gmail.com".to_owned()),
        ]
        .into(),
        password: Some(ReadSecret::Inline(Secret::new("abcdefghijklmnop".into()))),
    };
    let import = Import::new("msmtp".into(), "msmtp".into(), "~/.msmtprc".into(), read, &Catalog::builtin()).unwrap();
    for (is_root, most) in [(false, 2), (true, 4)] {
        let mut setup = conversation(SetupFacts { is_root, ..facts() }, SetupOptions::default());
        setup.offer_imports(vec![import.clone()]);
        let asked = asked_of(&mut setup);
        assert!(asked.len() <= most && asked[0] == Field::Import, "{asked:?}");
    }
}

#[test]
fn what_plain_dns_alone_names_stays_a_question_without_a_default() {
    let mut setup = of("ops@example.com", false);
    let Status::Run(effect) = setup.status() else { panic!("{:?}", setup.status()) };
    let mut foreign = found();
    foreign.proposals[0].smtp[0].endpoint.host = "mail.elsewhere.test".into();
    foreign.proposals[0].consents = vec![mailsetup::discover::Consent::ForeignHost];
    setup.update(Msg::Finished(effect.generation, Outcome::Discovered(foreign))).unwrap();
    let Status::Ask(question) = setup.status() else { panic!("{:?}", setup.status()) };
    assert_eq!((question.field, question.default), (Field::Provider, None));
}

#[test]
fn a_search_can_be_left_for_a_choice_of_ones_own() {
    let mut setup = of("ops@example.com", false);
    let Status::Run(effect) = setup.status() else { panic!("{:?}", setup.status()) };
    setup.update(Msg::Stop).unwrap();
    assert_eq!(asked(&setup), Some(Field::Provider));
    assert!(setup.background().contains(&effect), "the search goes on");
    setup.update(Msg::Answer(Field::Provider, "gmail".into())).unwrap();
    assert_eq!(asked(&setup), Some(Field::Password));
}

#[test]
fn a_known_host_brings_its_preset_whoever_names_it() {
    for (host, provider) in [("smtp.gmail.com", "google-workspace"), ("mail.example.com", "custom"), ("localhost", "custom")]
    {
        let mut setup = of("ops@example.com", false);
        setup.give(Field::Host, host, AnswerSource::Flag).unwrap();
        assert_eq!(setup.value(Field::Provider).as_deref(), Some(provider), "{host}");
        assert_ne!(asked(&setup), Some(Field::Provider), "{host}");
    }
    // Another port than any that it has is another server.
    let mut setup = of("ops@example.com", false);
    setup.give(Field::Host, "smtp.gmail.com", AnswerSource::Flag).unwrap();
    setup.give(Field::Port, "2525", AnswerSource::Flag).unwrap();
    assert_eq!(setup.value(Field::Provider).as_deref(), Some("custom"));
}
