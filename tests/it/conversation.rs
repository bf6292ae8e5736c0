//! The conversation alone: its order, its way back, and that nothing stale survives a changed answer.

use std::time::Duration;

use mailsetup::{
    mail::{Endpoint, Secret},
    plan::Plan,
    presets::{Catalog, Lang},
    probe::{Capabilities, Evidence, Learned, ProbeFault, Report, Stage, StageReport, StageState, Transcript},
    setup::{
        AnswerSource, Effect, Field, GivenSecret, Msg, Outcome, Setup, SetupFacts, SetupOptions, Status, UsableStores, Work,
    },
};
use proptest::prelude::*;

mod counts;
mod home;
mod system;

use crate::support::setup::{conversation, facts};

fn setup(options: SetupOptions) -> Setup {
    conversation(facts(), options)
}

fn wizard() -> Setup {
    setup(SetupOptions::default())
}

fn asked(setup: &Setup) -> Option<Field> {
    match setup.status() {
        Status::Ask(question) => Some(question.field),
        _ => None,
    }
}

fn answer(setup: &mut Setup, field: Field, typed: &str) {
    assert_eq!(asked(setup), Some(field));
    setup.update(Msg::Answer(field, typed.into())).unwrap();
}

fn secret(typed: &str) -> GivenSecret {
    GivenSecret { secret: Secret::new(typed.into()), flag: None }
}

fn passed() -> Report {
    Report {
        steps: vec![],
        round_trips: 7,
        elapsed: Duration::from_millis(3),
        evidence: None,
        arrival: None,
        refused: vec![],
        transcript: Transcript::default(),
    }
}

fn failed(fault: ProbeFault) -> Report {
    let endpoint = Endpoint { host: "mail.example.com".into(), port: 465, security: mailsetup::mail::Security::Tls };
    let evidence = Evidence { ehlo: "web1.example.com".into(), ..Evidence::new(Stage::Connect, endpoint, fault) };
    Report { evidence: Some(evidence), ..passed() }
}

fn empty_plan() -> Plan {
    Plan {
        group: None,
        name: "default".into(),
        changes: vec![],
        runs: vec![],
        keep: None,
        former: None,
        orphaned: vec![],
        dropped: vec![],
        lacks: vec![],
        notes: vec![],
    }
}

/// Answers the running effect; returns what it was.
fn run(setup: &mut Setup, report: Report) -> &'static str {
    let Status::Run(effect) = setup.status() else { panic!("no effect wanted: {:?}", setup.status()) };
    let (name, outcome) = match effect.work {
        Work::Test(_) => ("test", Outcome::Tested(report, "2026-11-21T00:00:00Z".into())),
        Work::Plan(_) => ("plan", Outcome::Planned(Ok(empty_plan()))),
        other => panic!("unexpected {other:?}"),
    };
    setup.update(Msg::Finished(effect.generation, outcome)).unwrap();
    name
}

/// A custom server, answered up to the test.
fn up_to_the_test() -> Setup {
    let mut setup = wizard();
    answer(&mut setup, Field::Address, "ops@example.com");
    answer(&mut setup, Field::Provider, "custom");
    answer(&mut setup, Field::Host, "mail.example.com");
    answer(&mut setup, Field::Security, "tls");
    answer(&mut setup, Field::Port, "465");
    assert_eq!(asked(&setup), Some(Field::Password));
    setup.update(Msg::Secret(secret("pw"))).unwrap();
    setup
}

#[test]
fn a_custom_server_is_asked_in_order_and_ends_at_the_review() {
    let mut setup = up_to_the_test();
    assert_eq!(run(&mut setup, passed()), "test");
    answer(&mut setup, Field::Targets, "");
    assert_eq!(run(&mut setup, passed()), "plan");
    assert_eq!(asked(&setup), Some(Field::Apply));
    let profile = setup.profile().unwrap();
    assert_eq!((profile.smtp.host.as_str(), profile.smtp.port.get()), ("mail.example.com", 465));
    answer(&mut setup, Field::Apply, "yes");
    let Status::Run(Effect { work: Work::Apply(write), .. }) = setup.status() else { panic!("nothing is written") };
    assert_eq!(write.check.unwrap().result, "ok");
}

#[test]
fn what_is_understood_is_taken() {
    let mut setup = wizard();
    answer(&mut setup, Field::Address, " Ops Team <ops@example.com> ");
    assert_eq!(setup.value(Field::Address).as_deref(), Some("ops@example.com"));
    assert_eq!(setup.value(Field::Name).as_deref(), Some("Ops Team"));
    answer(&mut setup, Field::Provider, "custom");
    answer(&mut setup, Field::Host, "smtp://mail.example.com:587");
    assert_eq!(setup.value(Field::Host).as_deref(), Some("mail.example.com"));
    assert_eq!(
        (setup.value(Field::Port).as_deref(), setup.value(Field::Security).as_deref()),
        (Some("587"), Some("starttls"))
    );
    setup.give(Field::Host, "smtps://mail.example.com", AnswerSource::Flag).unwrap();
    assert_eq!(setup.value(Field::Security).as_deref(), Some("tls"));
}

#[test]
fn a_flag_is_already_answered() {
    let mut setup = wizard();
    setup.give(Field::Address, "ops@example.com", AnswerSource::Flag).unwrap();
    setup.give(Field::Provider, "localhost", AnswerSource::Flag).unwrap();
    assert!(
        matches!(setup.status(), Status::Run(Effect { work: Work::Test(_), .. })),
        "nothing is left to ask before the test"
    );
    let provider = setup.all().into_iter().find(|row| row.field == Field::Provider).unwrap();
    assert_eq!(provider.source, Some(AnswerSource::Flag));
}

#[test]
fn port_and_mode_follow_each_other_until_overridden() {
    let mut setup = wizard();
    setup.give(Field::Provider, "custom", AnswerSource::Flag).unwrap();
    setup.give(Field::Port, "587", AnswerSource::Flag).unwrap();
    assert_eq!(setup.value(Field::Security).as_deref(), Some("starttls"));
    setup.update(Msg::Clear(Field::Port)).unwrap();
    setup.give(Field::Security, "starttls", AnswerSource::Flag).unwrap();
    assert_eq!(setup.value(Field::Port).as_deref(), Some("587"));
    setup.give(Field::Port, "2465", AnswerSource::Flag).unwrap();
    assert_eq!(setup.value(Field::Security).as_deref(), Some("starttls"));
}

#[test]
fn a_changed_answer_forgets_the_test_and_the_plan() {
    let mut setup = up_to_the_test();
    run(&mut setup, passed());
    answer(&mut setup, Field::Targets, "");
    run(&mut setup, passed());
    assert!(setup.plan().is_some());
    setup.update(Msg::Go(Field::Host)).unwrap();
    answer(&mut setup, Field::Host, "other.example.com");
    assert!(setup.plan().is_none());
    assert!(setup.test().unwrap().report.is_none());
    assert_eq!(run(&mut setup, passed()), "test");
    assert_eq!(run(&mut setup, passed()), "plan");
    assert_eq!(asked(&setup), Some(Field::Apply));
}

#[test]
fn a_late_result_is_dropped() {
    let mut setup = up_to_the_test();
    let Status::Run(effect) = setup.status() else { panic!() };
    setup.update(Msg::Go(Field::Host)).unwrap();
    answer(&mut setup, Field::Host, "other.example.com");
    setup.update(Msg::Finished(effect.generation, Outcome::Tested(passed(), String::new()))).unwrap();
    assert!(setup.test().unwrap().report.is_none());
}

#[test]
fn a_failed_test_asks_what_to_do_and_keeps_every_answer() {
    let mut setup = up_to_the_test();
    run(&mut setup, failed(ProbeFault::Connect(std::io::ErrorKind::ConnectionRefused)));
    assert_eq!(asked(&setup), Some(Field::Recover));
    setup.update(Msg::Retry).unwrap();
    run(&mut setup, failed(ProbeFault::Connect(std::io::ErrorKind::ConnectionRefused)));
    answer(&mut setup, Field::Recover, "force");
    assert_eq!(asked(&setup), Some(Field::Targets));
    assert_eq!(setup.value(Field::Host).as_deref(), Some("mail.example.com"));
}

#[test]
fn back_goes_back_and_forth_again() {
    let mut setup = up_to_the_test();
    run(&mut setup, passed());
    assert_eq!(asked(&setup), Some(Field::Targets));
    for field in [Field::Password, Field::Port] {
        setup.update(Msg::Back).unwrap();
        assert_eq!(asked(&setup), Some(field));
    }
    answer(&mut setup, Field::Port, "465");
    setup.update(Msg::Secret(secret("pw"))).unwrap();
    // The same answers: the test still stands.
    assert_eq!(asked(&setup), Some(Field::Targets));
}

#[test]
fn another_provider_sets_aside_what_hung_on_the_former_one() {
    let mut setup = up_to_the_test();
    setup.update(Msg::Go(Field::Provider)).unwrap();
    answer(&mut setup, Field::Provider, "localhost");
    assert_eq!(setup.value(Field::Host).as_deref(), Some("localhost"));
    setup.update(Msg::Go(Field::Provider)).unwrap();
    answer(&mut setup, Field::Provider, "custom");
    assert_eq!(setup.value(Field::Host).as_deref(), Some("mail.example.com"));
}

#[test]
fn plain_text_beyond_this_machine_needs_a_word() {
    let mut setup = wizard();
    setup.give(Field::Address, "ops@example.com", AnswerSource::Flag).unwrap();
    setup.give(Field::Name, "", AnswerSource::Flag).unwrap();
    setup.give(Field::Host, "mail.example.com", AnswerSource::Flag).unwrap();
    setup.give(Field::Provider, "custom", AnswerSource::Flag).unwrap();
    setup.give(Field::Security, "none", AnswerSource::Flag).unwrap();
    setup.give(Field::Port, "25", AnswerSource::Flag).unwrap();
    assert_eq!(asked(&setup), Some(Field::Plaintext));
    answer(&mut setup, Field::Plaintext, "no");
    assert_eq!(asked(&setup), Some(Field::Security));
    setup.give(Field::Host, "127.0.0.1", AnswerSource::Flag).unwrap();
    answer(&mut setup, Field::Security, "none");
    assert_eq!(asked(&setup), Some(Field::Password));
}

#[test]
fn the_command_to_run_next_pins_nothing() {
    for host in ["mail.example.com", "10.1.2.3", "127.0.0.1"] {
        let mut setup = setup(SetupOptions { brief: true, ..SetupOptions::default() });
        setup.give(Field::Address, "ops@example.com", AnswerSource::Flag).unwrap();
        setup.give(Field::Host, host, AnswerSource::Flag).unwrap();
        let endpoint = Endpoint { host: host.into(), port: 465, security: mailsetup::mail::Security::Tls };
        let fault = ProbeFault::Certificate(mailsetup::probe::CertFault::UnknownIssuer);
        let certificate = Some(mailsetup::probe::CertificateFacts::of(b"any"));
        let evidence = Evidence { certificate, ..Evidence::new(Stage::Tls, endpoint, fault) };
        let diagnosis = mailsetup::diagnose::diagnose(&evidence, &Catalog::builtin(), Lang::EN);
        assert!(diagnosis.change.contains_key("pin_sha256"), "a person is offered it");
        assert_eq!(setup.mended_command(&diagnosis), None, "{host}");
    }
}

#[test]
fn a_script_names_what_is_missing() {
    let mut setup = setup(SetupOptions { brief: true, ..SetupOptions::default() });
    assert_eq!(setup.missing(), vec![Field::Address, Field::Provider, Field::Password]);
    setup.give(Field::Address, "ops@localhost", AnswerSource::Flag).unwrap();
    assert_eq!(setup.missing(), Vec::<Field>::new());
}

#[test]
fn a_slip_changes_nothing() {
    let mut setup = up_to_the_test();
    setup.update(Msg::Go(Field::Port)).unwrap();
    let invalid = setup.update(Msg::Answer(Field::Port, "70000".into())).unwrap_err();
    assert_eq!((invalid.field, invalid.phrase.id), (Field::Port, "invalid-port"));
    assert_eq!(asked(&setup), Some(Field::Port));
    assert_eq!(setup.value(Field::Port).as_deref(), Some("465"));
}

#[test]
fn the_equivalent_command_has_no_secret() {
    let setup = up_to_the_test();
    let command = setup.equivalent().join(" ");
    assert_eq!(command, "mailsetup ops@example.com --provider custom --host mail.example.com --password-stdin --yes");
}

proptest! {
    /// Random walks of answers, steps back and jumps: nothing panics, and nothing is written without a yes.
    #[test]
    fn random_walks_never_write_without_a_yes(steps in prop::collection::vec((0u8..12, 0usize..30, any::<bool>()), 1..120)) {
        let mut setup = wizard();
        let words = ["ops@example.com", "custom", "localhost", "mail.example.com", "tls", "none", "587", "yes", "no", "", "send", "force"];
        let mut said_yes = false;
        for (word, field, flag) in steps {
            let field = Field::ALL[field];
            match setup.status() {
                Status::Ask(question) => {
                    let typed = words[usize::from(word)];
                    if flag && word < 3 {
                        let _ = setup.update(Msg::Back);
                    } else if flag && word < 5 {
                        let _ = setup.update(Msg::Go(field));
                    } else if question.field == Field::Password {
                        setup.update(Msg::Secret(secret("pw"))).unwrap();
                    } else {
                        let answer = question.default.filter(|_| flag).unwrap_or_else(|| typed.to_owned());
                        let taken = setup.update(Msg::Answer(question.field, answer.clone())).is_ok();
                        said_yes |= taken && question.field == Field::Apply && answer == "yes";
                    }
                }
                Status::Run(effect) => {
                    let outcome = match effect.work {
                        Work::Test(_) => Outcome::Tested(if flag { passed() } else { failed(ProbeFault::TimedOut) }, String::new()),
                        Work::Plan(_) => Outcome::Planned(Ok(empty_plan())),
                        Work::Apply(_) => {
                            prop_assert!(said_yes);
                            break;
                        }
                        _ => break,
                    };
                    setup.update(Msg::Finished(effect.generation, outcome)).unwrap();
                }
                Status::Done | Status::Cancelled => break,
            }
            let _ = (setup.rail(), setup.all(), setup.background(), setup.notes(), setup.equivalent());
        }
    }
}

/// A report whose EHLO offered this, inside TLS.
fn heard(offers: Option<&[&str]>) -> Report {
    let auth = offers.map(|offers| offers.iter().map(|name| (*name).to_owned()).collect());
    let capabilities = Capabilities { auth, ..Capabilities::default() };
    let mut ehlo = StageReport::pending(Stage::Ehlo);
    (ehlo.state, ehlo.learned) = (StageState::Passed, Some(Learned::Offered { capabilities, helo: false }));
    let mut tls = StageReport::pending(Stage::Tls);
    tls.state = StageState::Passed;
    Report { steps: vec![tls, ehlo], ..passed() }
}

fn probed(setup: &mut Setup, report: Report) {
    let effect = setup.background().into_iter().find(|effect| matches!(effect.work, Work::Probe(_))).unwrap();
    setup.update(Msg::Finished(effect.generation, Outcome::Probed(report))).unwrap();
}

#[test]
fn a_server_that_offers_no_login_is_asked_for_none_until_it_is_another_server() {
    let mut setup = up_to_the_test();
    setup.update(Msg::Go(Field::Username)).unwrap();
    assert_eq!(setup.value(Field::Auth).as_deref(), Some("auto"));
    probed(&mut setup, heard(None));
    assert_eq!(setup.value(Field::Auth).as_deref(), Some("none"));
    assert_eq!(asked(&setup), Some(Field::Auth));
    assert!(setup.ask(Field::Auth).notes[0].contains("offers no login"), "{:?}", setup.ask(Field::Auth).notes);
    answer(&mut setup, Field::Auth, "none");
    assert!(setup.equivalent().join(" ").contains("--auth none"), "{:?}", setup.equivalent());
    assert_eq!(setup.profile().unwrap().smtp.username, None);
    setup.update(Msg::Answer(Field::Host, "other.example.com".into())).unwrap();
    assert_eq!(setup.value(Field::Auth).as_deref(), Some("auto"));
    probed(&mut setup, heard(Some(&["PLAIN"])));
    assert_eq!(setup.value(Field::Auth).as_deref(), Some("auto"));
}
