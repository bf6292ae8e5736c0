//! Servers that are hostile before the login, or refuse it: each is named, and no password leaves in clear text.

use std::{net::TcpListener, time::Duration};

use mailsetup::{
    mail::{Auth, Mechanism, Secret, Security},
    probe::{Attempt, Cancel, Evidence, Goal, Login, ProbeFault, Report, Stage, imap::test},
};

use super::imap_attempt;
use crate::{
    probe::Table,
    support::{
        fixture::{Mode, Step},
        pki::{Identity, Kind},
        server::{Seen, Server},
    },
};

fn play(mode: Mode, script: Vec<Step>, change: impl FnOnce(&mut Attempt)) -> (Report, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::play(listener, &Identity::new(Kind::Good), None, vec![(mode, script)]);
    let mut attempt = imap_attempt(server.address.port());
    attempt.timeout = Duration::from_millis(2500);
    if mode == Mode::Plain {
        attempt.endpoint.security = Security::Starttls;
    }
    change(&mut attempt);
    let report = test(&attempt, &Table, &Cancel::default(), &mut |_| {});
    let seen = server.finish();
    assert!(!format!("{report:?}").contains("s3cret"), "{report:?}");
    (report, seen)
}

fn failed(mode: Mode, script: Vec<Step>) -> Evidence {
    play(mode, script, |_| {}).0.evidence.unwrap()
}

fn send(text: &str) -> Step {
    Step::Send(text.into())
}

fn expect(text: &str) -> Step {
    Step::Expect(text.into())
}

#[test]
fn starttls_is_an_honest_upgrade_or_none() {
    let begin = || vec![send("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] hi\r\n"), expect("A1 STARTTLS")];
    let inside = [
        send("A1 OK go\r\n"),
        Step::Starttls,
        expect("A2 CAPABILITY"),
        send("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\nA2 OK done\r\n"),
        expect("A3 AUTHENTICATE PLAIN "),
        send("A3 OK [CAPABILITY IMAP4rev1] in\r\n"),
        expect("A4 EXAMINE \"INBOX\""),
        send("* 3 EXISTS\r\nA4 OK [READ-ONLY] done\r\n"),
        expect("A5 LOGOUT"),
    ];
    let (report, seen) = play(Mode::Plain, [begin(), inside.to_vec()].concat(), |_| {});
    assert!(report.passed(), "{report:?} {seen:?}");
    assert_eq!(seen.unexpected, None);

    let injected = [begin(), vec![send("A1 OK go\r\n* CAPABILITY IMAP4rev1\r\nA2 OK done\r\n"), Step::Starttls]].concat();
    let evidence = failed(Mode::Plain, injected);
    assert_eq!((evidence.stage, evidence.fault), (Stage::Starttls, ProbeFault::Injected));

    let (report, _) = play(Mode::Plain, vec![send("* PREAUTH welcome back\r\n"), Step::Silence], |_| {});
    assert_eq!(report.evidence.unwrap().fault, ProbeFault::Injected);

    let stripped = || vec![send("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n"), Step::Silence];
    assert_eq!(failed(Mode::Plain, stripped()).fault, ProbeFault::NoStarttls);
    let (report, seen) = play(Mode::Plain, stripped(), |attempt| attempt.had_starttls = true);
    assert_eq!(report.evidence.unwrap().fault, ProbeFault::StarttlsGone);
    assert!(!seen.lines.iter().any(|line| line.contains("AUTHENTICATE")), "{:?}", seen.lines);

    let refused = [begin(), vec![send("A1 NO not now\r\n"), Step::Silence]].concat();
    assert!(matches!(failed(Mode::Plain, refused).fault, ProbeFault::Reply(_)));
}

#[test]
fn other_servers_and_those_that_send_nonsense() {
    for (text, name) in [
        ("220 mail.test ESMTP\r\n", "not_imap"),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", "not_imap"),
        ("+OK POP3 ready\r\n", "not_imap"),
        ("* 12 EXISTS\r\n", "not_imap"),
        ("* BYE too many connections\r\n", "reply"),
        ("A1 OK early\r\n", "not_imap"),
    ] {
        let evidence = failed(Mode::Implicit, vec![send(text), Step::Silence]);
        assert_eq!((evidence.stage, evidence.fault.name()), (Stage::Greeting, name), "{text}");
    }
    let endless = failed(Mode::Implicit, vec![Step::Endless("* OK still ".into())]);
    assert_eq!((endless.stage, endless.fault), (Stage::Greeting, ProbeFault::TooLong));
    let silent = failed(Mode::Implicit, vec![Step::Silence]);
    assert_eq!((silent.stage, silent.fault), (Stage::Greeting, ProbeFault::TimedOut));
    let gone = failed(Mode::Implicit, vec![send("* OK hi\r\n"), expect("A1 CAPABILITY"), Step::Close]);
    assert_eq!((gone.stage, gone.fault), (Stage::Capability, ProbeFault::Closed));
    let asked = vec![send("* OK hi\r\n"), expect("A1 CAPABILITY"), send("+ more?\r\n"), Step::Silence];
    assert_eq!(failed(Mode::Implicit, asked).fault.name(), "not_imap");
}

#[test]
fn logins_that_are_not_to_be_had() {
    let offer = |words: &str| vec![send(&format!("* OK [CAPABILITY IMAP4rev1 {words}] hi\r\n"))];
    let none = failed(Mode::Implicit, [offer("LOGINDISABLED"), vec![Step::Silence]].concat());
    assert_eq!((none.stage, none.fault), (Stage::Auth, ProbeFault::NoAuth));
    let others = failed(Mode::Implicit, [offer("LOGINDISABLED AUTH=GSSAPI"), vec![Step::Silence]].concat());
    assert_eq!((others.stage, others.fault), (Stage::Auth, ProbeFault::NoCommonMechanism));
}

#[test]
fn tokens_and_their_refusals() {
    for (mechanism, end) in [(Mechanism::Xoauth2, ""), (Mechanism::Oauthbearer, "AQ==")] {
        let name = mechanism.sasl_name();
        let script = vec![
            send(&format!("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH={name}] hi\r\n")),
            expect(&format!("A1 AUTHENTICATE {name} ")),
            // {"status":"invalid_token","scope":"mail"}
            send("+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJtYWlsIn0=\r\n"),
            expect(end),
            send("A1 NO [AUTHENTICATIONFAILED] Invalid credentials\r\n"),
            expect("A2 LOGOUT"),
        ];
        let (report, seen) = play(Mode::Implicit, script, |attempt| {
            let secret = Secret::new("s3cret-token".into());
            attempt.login = Some(Login { auth: Auth::Only(mechanism), username: "alice".into(), secret });
        });
        assert_eq!(seen.unexpected, None);
        let evidence = report.evidence.unwrap();
        assert_eq!(evidence.challenge.as_deref(), Some(r#"{"status":"invalid_token","scope":"mail"}"#));
        assert_eq!(evidence.mechanism, Some(mechanism));
    }
}

#[test]
fn passwords_of_every_kind_go_in_the_right_dress() {
    let play = |words: &str, password: &str, script: Vec<Step>| {
        let greeting = send(&format!("* OK [CAPABILITY IMAP4rev1 {words}] hi\r\n"));
        let end = [expect("A2 EXAMINE"), send("A2 OK done\r\n"), expect("A3 LOGOUT")];
        let script = [vec![greeting], script, end.to_vec()].concat();
        let (report, seen) = play(Mode::Implicit, script, |attempt| {
            let secret = Secret::new(password.into());
            attempt.login = Some(Login { auth: Auth::Auto, username: "al\"ice".into(), secret });
        });
        assert!(report.passed() && seen.unexpected.is_none(), "{report:?} {seen:?}");
    };
    play("", "s3cret\\", vec![expect("A1 LOGIN \"al\\\"ice\" \"s3cret\\\\\""), send("A1 OK in\r\n")]);
    let prompts = ["A1 AUTHENTICATE PLAIN", "AGFsImljZQBzM2NyZXTDvA=="];
    let [first, second] = prompts.map(expect);
    play("AUTH=PLAIN", "s3cret\u{fc}", vec![first, send("+ \r\n"), second, send("A1 OK in\r\n")]);
    let login = vec![
        expect("A1 AUTHENTICATE LOGIN"),
        send("+ VXNlcm5hbWU6\r\n"),
        expect("YWwiaWNl"),
        send("+ UGFzc3dvcmQ6\r\n"),
        expect("czNjcmV0"),
        send("A1 OK in\r\n"),
    ];
    play("AUTH=LOGIN LOGINDISABLED", "s3cret", login);
}

#[test]
fn without_a_login_it_ends_with_what_is_offered() {
    let script = vec![
        send("* OK hi\r\n"),
        expect("A1 CAPABILITY"),
        send("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nA1 OK\r\n"),
        expect("A2 LOGOUT"),
    ];
    let (report, seen) = play(Mode::Implicit, script, |attempt| {
        attempt.goal = Goal::Connect;
        attempt.login = None;
    });
    assert!(report.passed() && seen.unexpected.is_none(), "{report:?} {seen:?}");
    assert_eq!(report.steps.last().unwrap().stage, Stage::Capability);
}
