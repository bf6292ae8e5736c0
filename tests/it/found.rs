//! What is found out about an address, in the conversation: what it proposes, what it never takes by itself, and that nothing
//! stale survives another address.

use mailsetup::{
    discover::{Consent, Discovery, DomainFault, LoginName, Origin, Proposal, Reach, Server, ServerCheck},
    mail::{Endpoint, Security},
    presets::provider::UsernameForm,
    probe::{Capabilities, Evidence, ProbeFault, Stage},
    setup::{
        AnswerSource, Effect, Field, FieldShape, Msg, Outcome, Question, Setup, SetupFacts, SetupOptions, Status, Work,
    },
};

use crate::support::setup::conversation;

fn setup(options: SetupOptions) -> Setup {
    let facts = SetupFacts { host_name: "web1".into(), command: vec!["mailsetup".into()], ..SetupFacts::default() };
    conversation(facts, options)
}

fn online(brief: bool) -> Setup {
    setup(SetupOptions { brief, reach: Reach::Domain, ..SetupOptions::default() })
}

fn address(setup: &mut Setup, address: &str) {
    setup.give(Field::Address, address, AnswerSource::Flag).unwrap();
}

fn search(setup: &Setup) -> Option<Effect> {
    setup.background().into_iter().find(|effect| matches!(effect.work, Work::Discover(_)))
}

fn endpoint(host: &str, port: u16, security: Security) -> Endpoint {
    Endpoint { host: host.into(), port, security }
}

fn proposal(origin: Origin, servers: Vec<Server>) -> Proposal {
    Proposal {
        origin,
        found_at: Some("_submissions._tcp.example.org".into()),
        provider: None,
        smtp: servers,
        imap: vec![endpoint("imap.example.org", 993, Security::Tls)],
        username: LoginName::Form(UsernameForm::Local),
        consents: vec![],
        warnings: vec![],
    }
}

fn passed(host: &str, port: u16, security: Security) -> Server {
    Server { endpoint: endpoint(host, port, security), check: ServerCheck::Passed(Capabilities::default()) }
}

fn failed(host: &str, port: u16, security: Security) -> Server {
    let server = endpoint(host, port, security);
    let fault = ProbeFault::Connect(std::io::ErrorKind::TimedOut);
    Server { check: ServerCheck::Failed(Box::new(Evidence::new(Stage::Connect, server.clone(), fault))), endpoint: server }
}

fn found(proposals: Vec<Proposal>) -> Discovery {
    Discovery { proposals, finished: true, ..Discovery::default() }
}

fn tell(setup: &mut Setup, generation: u64, discovery: Discovery) {
    setup.update(Msg::Finished(generation, Outcome::Discovered(discovery))).unwrap();
}

fn provider(setup: &Setup) -> Question {
    setup.ask(Field::Provider)
}

fn value(setup: &Setup, field: Field) -> (String, Option<AnswerSource>) {
    let row = setup.all().into_iter().find(|row| row.field == field).unwrap();
    (setup.value(field).unwrap_or_default(), row.source)
}

#[test]
fn only_what_nothing_is_known_of_is_looked_for() {
    let wants = |mut setup: Setup, typed: &str| {
        address(&mut setup, typed);
        search(&setup).is_some()
    };
    assert!(wants(online(false), "ops@example.org"));
    assert!(!wants(online(false), "ops@gmail.com"), "a preset knows it");
    assert!(!wants(online(false), "ops@a1.net"), "the table knows it");
    assert!(!wants(setup(SetupOptions::default()), "ops@example.org"), "offline");
    for (field, typed) in [(Field::Provider, "ovh"), (Field::Host, "mail.example.org")] {
        let mut said = online(false);
        said.give(field, typed, AnswerSource::Flag).unwrap();
        assert!(!wants(said, "ops@example.org"), "{field} was given");
    }
}

#[test]
fn the_table_gives_server_login_and_where_they_come_from() {
    let mut setup = setup(SetupOptions::default());
    address(&mut setup, "jane@mail.wind.ne.jp");
    setup.update(Msg::Answer(Field::Provider, "custom".into())).unwrap();
    assert_eq!(value(&setup, Field::Host), ("mail.wind.ne.jp".into(), Some(AnswerSource::Discovered)));
    assert_eq!(value(&setup, Field::Port).0, "587");
    assert_eq!(value(&setup, Field::Security).0, "none");
    assert_eq!(value(&setup, Field::Username), ("jane".into(), Some(AnswerSource::Discovered)));
    assert!(provider(&setup).notes.iter().any(|note| note.contains("without TLS")), "{:?}", provider(&setup).notes);
}

#[test]
fn a_result_proposes_the_server_that_answers() {
    let mut setup = online(false);
    address(&mut setup, "jane@example.org");
    let effect = search(&setup).unwrap();
    assert!(setup.is_searching() && provider(&setup).notes[0].contains("Looking"), "{:?}", provider(&setup).notes);
    let servers = vec![failed("mail.example.org", 465, Security::Tls), passed("mail.example.org", 587, Security::Starttls)];
    tell(&mut setup, effect.generation, found(vec![proposal(Origin::Srv, servers)]));
    assert!(!setup.is_searching());
    let question = provider(&setup);
    assert_eq!(question.default.as_deref(), Some("custom"));
    assert_eq!((question.choices[0].value.as_str(), question.choices[0].hint.as_str()), ("custom", "mail.example.org:587"));
    assert!(question.notes[0].contains("mail.example.org:587") && question.notes[0].contains("SRV"), "{:?}", question.notes);
    setup.update(Msg::Answer(Field::Provider, "custom".into())).unwrap();
    assert_eq!(value(&setup, Field::Port), ("587".into(), Some(AnswerSource::Discovered)));
    assert_eq!(value(&setup, Field::Security), ("starttls".into(), Some(AnswerSource::Discovered)));
    assert_eq!(value(&setup, Field::Username), ("jane".into(), Some(AnswerSource::Discovered)));
    assert_eq!(value(&setup, Field::ImapHost), ("imap.example.org".into(), Some(AnswerSource::Discovered)));
    let command = setup.equivalent().join(" ");
    assert!(command.contains("--host mail.example.org --security starttls --port 587"), "{command}");
    // A host of the person's own takes nothing from what was found for another one.
    setup.update(Msg::Answer(Field::Host, "other.example.org".into())).unwrap();
    assert_eq!(value(&setup, Field::Port), ("465".into(), Some(AnswerSource::Default)));
}

#[test]
fn a_hoster_that_mx_shows_is_proposed_by_its_preset() {
    let mut setup = online(false);
    address(&mut setup, "ops@example.org");
    let effect = search(&setup).unwrap();
    let servers = vec![passed("ssl0.ovh.net", 465, Security::Tls)];
    let hoster = Proposal {
        provider: Some("ovh".into()),
        found_at: Some("mx1.mail.ovh.net".into()),
        username: LoginName::Form(UsernameForm::Address),
        ..proposal(Origin::Mx, servers)
    };
    tell(&mut setup, effect.generation, found(vec![hoster]));
    assert_eq!(provider(&setup).default.as_deref(), Some("ovh"));
    assert!(provider(&setup).notes[0].contains("mx1.mail.ovh.net"), "{:?}", provider(&setup).notes);
    assert_eq!(value(&setup, Field::Host), ("ssl0.ovh.net".into(), Some(AnswerSource::Preset)));
}

#[test]
fn what_came_so_far_is_shown_and_what_came_too_late_is_dropped() {
    let mut setup = online(false);
    address(&mut setup, "ops@example.org");
    let first = search(&setup).unwrap();
    let so_far = Discovery {
        finished: false,
        ..found(vec![proposal(Origin::Guess, vec![passed("mail.example.org", 465, Security::Tls)])])
    };
    tell(&mut setup, first.generation, so_far.clone());
    assert!(setup.is_searching() && provider(&setup).default.is_some());
    assert_eq!(search(&setup), Some(first.clone()), "the search goes on");
    address(&mut setup, "ops@example.net");
    assert_eq!(provider(&setup).default, None, "another address, and nothing is known of it");
    tell(&mut setup, first.generation, Discovery { finished: true, ..so_far });
    assert_eq!(provider(&setup).default, None);
    assert!(setup.is_searching());
}

#[test]
fn a_script_waits_for_the_search_and_goes_on_with_it() {
    let mut setup = online(true);
    address(&mut setup, "ops@example.org");
    let Status::Run(Effect { generation, work: Work::Discover(order) }) = setup.status() else {
        panic!("{:?}", setup.status())
    };
    assert_eq!(order.address.domain(), "example.org");
    tell(&mut setup, generation, found(vec![proposal(Origin::Srv, vec![passed("mail.example.org", 465, Security::Tls)])]));
    assert_eq!(setup.missing(), [Field::Password]);
}

#[test]
fn a_script_never_takes_what_needs_a_persons_yes() {
    for consent in [Consent::ForeignHost, Consent::PlainHttp] {
        let mut setup = online(true);
        address(&mut setup, "ops@example.org");
        let Status::Run(effect) = setup.status() else { panic!("{:?}", setup.status()) };
        let foreign = Proposal {
            consents: vec![consent],
            ..proposal(Origin::Srv, vec![passed("mail.elsewhere.net", 465, Security::Tls)])
        };
        tell(&mut setup, effect.generation, found(vec![foreign.clone()]));
        assert!(setup.missing().contains(&Field::Provider), "{consent:?}");
        assert!(setup.search_hint().join(" ").contains("mail.elsewhere.net"), "{:?}", setup.search_hint());
        // A person sees it, and is told to look.
        let mut setup = online(false);
        address(&mut setup, "ops@example.org");
        let generation = search(&setup).unwrap().generation;
        tell(&mut setup, generation, found(vec![foreign]));
        assert_eq!(provider(&setup).choices[0].hint, "mail.elsewhere.net:465");
        assert_eq!(provider(&setup).default, None, "{consent:?}");
        assert!(provider(&setup).notes.iter().any(|note| note.contains("Choose it only") || note.contains("Check that")));
    }
}

#[test]
fn a_strangers_server_is_nobodys_default_until_a_person_names_it() {
    let mut setup = online(false);
    address(&mut setup, "ops@example.org");
    let generation = search(&setup).unwrap().generation;
    let foreign = Proposal {
        consents: vec![Consent::ForeignHost],
        ..proposal(Origin::Srv, vec![passed("mail.elsewhere.net", 2465, Security::Tls)])
    };
    tell(&mut setup, generation, found(vec![foreign]));
    setup.update(Msg::Answer(Field::Provider, "custom".into())).unwrap();
    let Status::Ask(question) = setup.status() else { panic!("{:?}", setup.status()) };
    assert_eq!((question.field, question.default), (Field::Host, None));
    assert!(question.notes.join(" ").contains("mail.elsewhere.net"), "{:?}", question.notes);
    assert_eq!(setup.ask(Field::Port).default, None);
    setup.update(Msg::Answer(Field::Host, "mail.elsewhere.net".into())).unwrap();
    assert_eq!(value(&setup, Field::Port), ("2465".into(), Some(AnswerSource::Discovered)));
}

#[test]
fn nothing_of_a_mistyped_domain_is_looked_up_before_it_is_asked_about() {
    let mut setup = online(false);
    setup.update(Msg::Answer(Field::Address, "ops@gmial.com".into())).unwrap();
    assert!(search(&setup).is_none());
    let Status::Ask(question) = setup.status() else { panic!("{:?}", setup.status()) };
    assert_eq!((question.field, question.default.as_deref()), (Field::ThisDomain, Some("no")));
    assert!(question.help.contains("gmail.com"), "{question:?}");
    setup.update(Msg::Answer(Field::ThisDomain, "no".into())).unwrap();
    let Status::Ask(question) = setup.status() else { panic!("{:?}", setup.status()) };
    assert_eq!((question.field, question.default.as_deref()), (Field::Address, Some("ops@gmail.com")));
    setup.update(Msg::Answer(Field::Address, "ops@gmial.com".into())).unwrap();
    setup.update(Msg::Answer(Field::ThisDomain, "yes".into())).unwrap();
    assert!(search(&setup).is_some());
    // It is said of this domain alone.
    setup.update(Msg::Answer(Field::Address, "ops@hotmial.com".into())).unwrap();
    assert!(search(&setup).is_none());
    let Status::Ask(question) = setup.status() else { panic!("{:?}", setup.status()) };
    assert_eq!(question.field, Field::ThisDomain);
}

#[test]
fn a_server_a_provider_or_a_profile_shows_that_a_domain_is_right() {
    for (field, typed) in [(Field::Provider, "brevo"), (Field::Host, "mail.gmial.com"), (Field::ThisDomain, "yes")] {
        let mut setup = online(true);
        address(&mut setup, "ops@gmial.com");
        assert!(setup.missing().contains(&Field::ThisDomain));
        setup.give(field, typed, AnswerSource::Flag).unwrap();
        assert!(!setup.missing().contains(&Field::ThisDomain), "{field}");
    }
    let facts = SetupFacts { known_domains: vec!["gmial.com".into()], ..SetupFacts::default() };
    let mut setup = conversation(facts, SetupOptions { brief: true, ..SetupOptions::default() });
    address(&mut setup, "ops@gmial.com");
    assert!(!setup.missing().contains(&Field::ThisDomain));
}

#[test]
fn why_nothing_was_found_is_said() {
    for (fault, word) in [
        (Some(DomainFault::NotFound), "does not exist"),
        (Some(DomainFault::Broken), "SERVFAIL"),
        (Some(DomainFault::NoResolver), "resolv.conf"),
        (Some(DomainFault::NullMx), "takes no mail"),
        (None, "Nothing was found"),
    ] {
        let mut setup = online(false);
        address(&mut setup, "ops@example.org");
        let generation = search(&setup).unwrap().generation;
        tell(&mut setup, generation, Discovery { fault, ..found(vec![]) });
        assert!(provider(&setup).notes.join(" ").contains(word), "{fault:?}: {:?}", provider(&setup).notes);
    }
}

#[test]
fn a_host_that_only_the_account_shows_is_asked() {
    let mut setup = setup(SetupOptions::default());
    address(&mut setup, "ops@example.org");
    setup.update(Msg::Answer(Field::Provider, "mxroute".into())).unwrap();
    let Status::Ask(question) = setup.status() else { panic!("{:?}", setup.status()) };
    assert_eq!((question.field, question.shape, question.default), (Field::Host, FieldShape::Text, None));
    assert!(question.notes[0].contains("SERVER.mxrouting.net"), "{:?}", question.notes);
    setup.update(Msg::Answer(Field::Host, "blizzard.mxrouting.net".into())).unwrap();
    assert_eq!(value(&setup, Field::Port), ("465".into(), Some(AnswerSource::Preset)));
    // A region is chosen from a list.
    setup.update(Msg::Answer(Field::Provider, "ses".into())).unwrap();
    let Status::Ask(question) = setup.status() else { panic!("{:?}", setup.status()) };
    assert_eq!((question.field, question.shape), (Field::Host, FieldShape::Choice));
    assert!(question.choices.iter().any(|choice| choice.value == "email-smtp.eu-west-3.amazonaws.com"));
}

#[test]
fn a_provider_without_smtp_cannot_be_chosen_and_says_what_works() {
    let mut setup = setup(SetupOptions::default());
    address(&mut setup, "jane@tuta.com");
    let question = provider(&setup);
    assert_eq!(question.default, None);
    assert!(question.notes[0].contains("Tuta"), "{:?}", question.notes);
    assert!(question.choices.iter().find(|choice| choice.value == "tuta").unwrap().barred.is_some());
    let refused = setup.update(Msg::Answer(Field::Provider, "tuta".into())).unwrap_err();
    assert_eq!(refused.phrase.id, "invalid-provider-no-smtp");
}
