//! Plays a fixture: a scripted server, an attempt against it, and what must come of that.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::Mutex,
    thread,
    time::{Duration, Instant, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mailsetup::{
    diagnose::Doctor,
    mail::{Auth, Endpoint, Protocol, Secret, Security, profile::Sender},
    presets::{Catalog, Lang, Text},
    probe::{
        Attempt, Cancel, DnsFault, Goal, Login, MessageSpec, Report, Resolve, ServerTrust, Stage, StageReport, StageState,
        attempt, test_message,
    },
    render,
};

use crate::support::{
    fixture::{Fixture, Mode},
    pki::{self, HOST},
    server::{Seen, Server},
};

const USERNAME: &str = "alice";
const PASSWORD: &str = "s3cret pass";

/// A table of one name.
pub(crate) struct Table;

impl Resolve for Table {
    fn resolve(&self, host: &str, _timeout: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        if host == HOST { Ok(vec!["127.0.0.1".parse().unwrap()]) } else { Err(DnsFault::NotFound) }
    }
}

pub(crate) fn basic_attempt(port: u16) -> Attempt {
    let message = test_message(&MessageSpec {
        sender: Sender { name: "Ops".parse().ok(), ..Sender::new("ops@example.test".parse().unwrap()) },
        to: "dest@example.test".parse().unwrap(),
        host: "web1.example.test".into(),
        when: SystemTime::now(),
        subject: "Test".into(),
        token: "K7QWERTY23456ABC".into(),
        body: "One line\n.\n.and dots\n".into(),
    });
    Attempt {
        endpoint: Endpoint { host: HOST.into(), port, security: Security::Tls },
        protocol: Protocol::Smtp,
        provider: Some("test".into()),
        goal: Goal::Send,
        ehlo: "web1.example.test".into(),
        login: Some(Login { auth: Auth::Auto, username: USERNAME.into(), secret: Secret::new(PASSWORD.into()) }),
        message: Some(message.unwrap()),
        others: Vec::new(),
        trust: ServerTrust { ca_pem: Some(pki::ca_pem()), pin: None },
        client: None,
        proxy: None,
        had_starttls: false,
        allow_plaintext: false,
        timeout: Duration::from_secs(8),
    }
}

fn attempt_of(fixture: &Fixture, server: &Server) -> Attempt {
    let ask = &fixture.climb;
    let mut attempt = basic_attempt(server.address.port());
    attempt.endpoint.security = match (&ask.security, fixture.mode) {
        (Some(security), _) => security.parse().unwrap(),
        (None, Mode::Implicit) => Security::Tls,
        (None, Mode::Plain) => Security::None,
    };
    if let Some(host) = &ask.host {
        attempt.endpoint.host.clone_from(host);
    }
    attempt.goal = match ask.goal.as_deref() {
        Some("connect") => Goal::Connect,
        Some("login") => Goal::Login,
        Some("rehearse") => Goal::Rehearse,
        Some("send") | None => Goal::Send,
        Some(other) => panic!("no goal: {other}"),
    };
    if let (Some(auth), Some(login)) = (&ask.auth, &mut attempt.login) {
        login.auth = auth.parse().unwrap();
    }
    if ask.login == Some(false) {
        attempt.login = None;
    }
    if let (Some(from), Some(message)) = (&ask.from, &mut attempt.message) {
        message.from = from.parse().unwrap();
    }
    attempt.had_starttls = ask.had_starttls;
    attempt.allow_plaintext = ask.consent;
    if let Some(timeout) = ask.timeout_ms {
        attempt.timeout = Duration::from_millis(timeout);
    }
    attempt.trust.pin = match ask.pin.as_deref() {
        Some("leaf") => Some(server.fingerprint),
        Some("other") => Some([7; 32]),
        Some(other) => panic!("no pin: {other}"),
        None => None,
    };
    attempt
}

/// Plays one fixture; returns what is not as it should be.
fn play(fixture: &Fixture, doctor: &Doctor<'_>) -> Vec<String> {
    let server = Server::start(fixture);
    let attempt_data = attempt_of(fixture, &server);
    let mut told = Vec::new();
    let begin = Instant::now();
    let report = attempt(&attempt_data, &Table, &Cancel::default(), &mut |step| told.push(step.clone()));
    let elapsed = begin.elapsed();
    let seen = server.finish();
    let mut wrong = differences(fixture, &report, &seen);
    wrong.extend(broken_rules(&report, &told));
    if let Some(cause) = &fixture.expect.cause {
        wrong.extend(judged(cause, &report, doctor));
    }
    let limit = fixture.expect.within_ms.unwrap_or(5000);
    if elapsed > Duration::from_millis(limit) {
        wrong.push(format!("took {elapsed:?}, at most {limit} ms"));
    }
    let sent = attempt_data.message.map(|message| message.bytes);
    if fixture.expect.delivered && seen.message != sent {
        let message = seen.message.as_deref().map(String::from_utf8_lossy);
        wrong.push(format!("message: {message:?}"));
    }
    if !wrong.is_empty() {
        wrong.push(format!("server: {:?} {:?} flights: {}", seen.lines, seen.unexpected, seen.flights));
        wrong.push(format!("evidence: {:?}", report.evidence));
        wrong.extend(report.transcript.0.iter().map(|line| format!("  {:?} {}", line.who, line.text)));
    }
    wrong
}

/// What the fixture says and the report does not.
fn differences(fixture: &Fixture, report: &Report, seen: &Seen) -> Vec<String> {
    let expect = &fixture.expect;
    let mut wrong = Vec::new();
    let mut same = |what: &str, is: String, should: String| {
        if is != should {
            wrong.push(format!("{what} is {is}, should be {should}"));
        }
    };
    let evidence = report.evidence.as_ref();
    let reply = evidence.and_then(|evidence| evidence.reply());
    same("stage", debug(&evidence.map(|evidence| evidence.stage.as_str())), debug(&expect.stage));
    same("failed stage", debug(&report.failed_stage().map(Stage::as_str)), debug(&expect.stage));
    same("fault", debug(&evidence.map(|evidence| evidence.fault.name())), debug(&expect.fault));
    same("code", debug(&reply.map(|reply| reply.code)), debug(&expect.code));
    if expect.enhanced.is_some() {
        same("enhanced", debug(&reply.and_then(mailsetup::mail::Reply::enhanced)), debug(&expect.enhanced));
    }
    if expect.mechanism.is_some() {
        let mechanism = evidence.and_then(|evidence| evidence.mechanism);
        same("mechanism", debug(&mechanism.map(mailsetup::mail::Mechanism::as_str)), debug(&expect.mechanism));
    }
    if expect.challenge.is_some() {
        same("challenge", debug(&evidence.and_then(|evidence| evidence.challenge.clone())), debug(&expect.challenge));
    }
    if let Some(certificate) = expect.certificate {
        let is = evidence.is_some_and(|evidence| evidence.certificate.is_some());
        same("certificate", debug(&is), debug(&certificate));
    }
    if let Some(round_trips) = expect.round_trips {
        same("round trips", debug(&report.round_trips), debug(&round_trips));
    }
    if let Some(flights) = expect.flights {
        same("flights", debug(&seen.flights), debug(&flights));
    }
    if let Some(quit) = expect.quit {
        same("QUIT", debug(&seen.lines.iter().any(|line| line == "QUIT")), debug(&quit));
    }
    let step = |name: &str| report.steps.iter().find(|step| step.stage.as_str() == name);
    for (stage, state) in &expect.states {
        same(stage, debug(&step(stage).map(|step| step.state.as_str())), debug(&Some(state)));
    }
    same("leaving the script", debug(&seen.unexpected), debug(&None::<String>));
    let mut has = |what: &str, text: &str, part: &str| {
        if !text.contains(part) {
            wrong.push(format!("{what} lacks {part:?}: {text}"));
        }
    };
    for part in &expect.fault_has {
        has("fault", &debug(&evidence.map(|evidence| &evidence.fault)), part);
    }
    for (stage, part) in &expect.learned {
        has(stage, &debug(&step(stage).and_then(|step| step.learned.clone())), part);
    }
    for part in &expect.transcript {
        has("transcript", &report.transcript.0.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n"), part);
    }
    wrong
}

/// What is wrong with the diagnosis, and with what a person or a script sees of a hostile server's words.
fn judged(cause: &str, report: &Report, doctor: &Doctor<'_>) -> Vec<String> {
    let text = Text::new(Lang::EN);
    let mut shown: Vec<String> = report.steps.iter().map(|step| render::stages::line(&text, step)).collect();
    shown.extend(report.steps.iter().filter_map(|step| step.reply.as_ref()).map(mailsetup::mail::Reply::text));
    let mut named = "ok".to_owned();
    if let Some(evidence) = &report.evidence {
        let diagnosis = doctor.diagnose(evidence);
        shown.extend(render::stages::fault(&text, evidence));
        shown.extend(render::diagnosis(&text, &diagnosis));
        shown.push(diagnosis.to_json().to_string());
        named = diagnosis.cause;
    }
    let mut wrong = Vec::new();
    if named != cause {
        wrong.push(format!("cause is {named}, should be {cause}"));
    }
    let unsafe_line = shown.iter().flat_map(|shown| shown.lines()).find(|line| line.contains(is_unsafe));
    wrong.extend(unsafe_line.map(|line| format!("not safe for a terminal: {line:?}")));
    wrong
}

/// Whether a terminal would do something else with a character than to show it where it stands.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Rules that hold for every attempt.
fn broken_rules(report: &Report, told: &[StageReport]) -> Vec<String> {
    let mut wrong = Vec::new();
    let everything = format!("{report:?} {told:?}");
    let initial = STANDARD.encode(format!("\0{USERNAME}\0{PASSWORD}"));
    for secret in [PASSWORD, &initial, &STANDARD.encode(PASSWORD)] {
        if everything.contains(secret) {
            wrong.push(format!("the secret shows as {secret}: {everything}"));
        }
    }
    if report.transcript.0.iter().any(|line| line.text.contains(is_unsafe)) {
        wrong.push("a control character in the transcript".into());
    }
    let mut last: HashMap<Stage, &StageReport> = HashMap::new();
    for step in told {
        let before = last.insert(step.stage, step).map(|before| before.state);
        let legal = match step.state {
            // EHLO is asked again inside TLS.
            StageState::Running => before.is_none() || step.stage == Stage::Ehlo,
            StageState::Skipped => before.is_none(),
            StageState::Passed | StageState::Warned | StageState::Failed => before == Some(StageState::Running),
            StageState::Pending => false,
        };
        if !legal {
            wrong.push(format!("{:?} was told after {before:?}: {step:?}", step.state));
        }
    }
    let mut failed = false;
    for step in &report.steps {
        if step.state != StageState::Pending && last.get(&step.stage) != Some(&step) {
            wrong.push(format!("not told as it is: {step:?}"));
        }
        if matches!(step.state, StageState::Running) || (report.passed() && step.state == StageState::Pending) {
            wrong.push(format!("left behind: {step:?}"));
        }
        if step.elapsed.is_none() && matches!(step.state, StageState::Passed | StageState::Warned | StageState::Failed) {
            wrong.push(format!("no time: {step:?}"));
        }
        failed |= step.state == StageState::Failed;
    }
    if failed == report.passed() {
        wrong.push("steps and evidence disagree".into());
    }
    wrong
}

fn debug(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

/// Plays fixtures side by side; fails with everything that is not as it should be.
pub(super) fn play_all(fixtures: &[Fixture]) {
    let (queue, wrong) = (Mutex::new(fixtures.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let catalog = Catalog::builtin();
                let doctor = Doctor::new(&catalog, Lang::EN);
                loop {
                    let Some(fixture) = queue.lock().unwrap().next() else { return };
                    let differences = play(fixture, &doctor);
                    if !differences.is_empty() {
                        let text = differences.join("\n  ");
                        wrong.lock().unwrap().push(format!("{}: {}\n  {text}", fixture.name, fixture.about));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} fixtures\n\n{}", wrong.len(), fixtures.len(), wrong.join("\n\n"));
}
