//! What the fuzz targets do with their bytes, and what has to hold whatever the bytes are.
//!
//! Each function panics when something does not hold. `tests/it/fuzz.rs` includes this file and runs it over the corpus.

mod memory;

use std::{cell::OnceCell, rc::Rc, sync::LazyLock, time::Duration};

use mailsetup::{
    arrival::{Arrival, advice},
    cli::answers,
    diagnose::{Diagnosis, Doctor, Explain},
    discover::autoconfig::{self, AutoconfigDocument},
    host::profiles,
    mail::{Auth, Endpoint, Keys, Protocol, Secret, Security, host::parse_host},
    plan::{self, Places, Refusal, Scope, TargetChoice, plan, read_back},
    presets::{self, Catalog, Cause, EgressFacts, Lang, Provider, Target, Text},
    probe::{Attempt, Cancel, CertificateFacts, Goal, Login, Outgoing, Report, ServerTrust, attempt_over, check_ca},
    render,
    setup::{AnswerSource, Field, Import, Msg, Setup, SetupFacts, SetupOptions},
};

use memory::{Disk, Wire};

const PASSWORD: &str = "s3cret pass";
/// What PLAIN says with it, in base64.
const LOGIN: &str = "AG9wc0BleGFtcGxlLnRlc3QAczNjcmV0IHBhc3M=";

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);

thread_local! {
    static DOCTOR: OnceCell<Doctor<'static>> = const { OnceCell::new() };
    static TEXT: Rc<Text> = Rc::new(Text::new(Lang::EN));
}

fn with_doctor(judge: impl FnOnce(&Doctor<'static>) -> Diagnosis) -> Diagnosis {
    DOCTOR.with(|doctor| judge(doctor.get_or_init(|| Doctor::new(&CATALOG, Lang::EN))))
}

/// Fails when a terminal would do something else with a text than to show it.
#[track_caller]
fn is_safe(text: &str) {
    let unsafe_character =
        |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line = text.lines().find(|line| line.contains(unsafe_character));
    assert!(line.is_none(), "not safe for a terminal: {line:?}");
}

fn has_words(diagnosis: &Diagnosis) {
    assert!(!diagnosis.title.is_empty() && !diagnosis.steps.is_empty());
    TEXT.with(|text| render::diagnosis(text, diagnosis).iter().for_each(|line| is_safe(line)));
    is_safe(&diagnosis.to_json().to_string());
}

/// Headers that a person pastes.
pub fn arrival(data: &[u8]) {
    let Ok(arrival) = Arrival::read(data) else { return };
    assert_eq!(arrival.delays().len(), arrival.hops.len());
    assert!(arrival.edge.is_none_or(|edge| edge < arrival.hops.len()));
    TEXT.with(|text| {
        let block = render::arrival::block(text, &arrival);
        is_safe(&block.title);
        assert!(block.rows.iter().all(|(label, lines)| !label.is_empty() && !lines.is_empty()));
        for line in render::arrival::advice(text, &advice(&arrival)) {
            is_safe(&line);
        }
    });
}

/// Bytes that a person pastes, and that a server sends up to EHLO.
pub fn reply(data: &[u8]) {
    has_words(&with_doctor(|doctor| doctor.explain(&Explain::new(data))));
    let attempt = Attempt { goal: Goal::Connect, login: None, message: None, ..attempt(Security::None, Auth::None) };
    climbed(&attempt, Wire::new(data));
}

/// A document of Mozilla's autoconfig, from whoever answers at the domain.
pub fn autoconfig(data: &[u8]) {
    let Ok(address) = "ops@example.test".parse() else { return };
    let AutoconfigDocument::Settings(found) = autoconfig::read(data, &address) else { return };
    assert!(!found.smtp.is_empty() && found.smtp.len() + found.imap.len() <= 16);
    for server in found.smtp.iter().chain(&found.imap) {
        assert_eq!(parse_host(&server.host).as_ref(), Ok(&server.host));
        assert!(server.port > 0);
    }
    let has_tls = found.smtp.iter().any(|server| server.security != Security::None);
    assert_eq!(found.plaintext, !has_tls, "what has no TLS needs a person's yes");
    is_safe(&found.username.of(&address).unwrap_or_default());
    TEXT.with(|text| found.warnings.iter().for_each(|warning| is_safe(&text.say(warning))));
}

/// A whole attempt, whose first byte chooses what is asked for; a byte 255 ends what the server sends at once.
pub fn session(data: &[u8]) {
    let Some((choice, script)) = data.split_first() else { return };
    let security = [Security::None, Security::None, Security::Starttls, Security::Tls][usize::from(choice & 3)];
    let auth = ["auto", "login", "cram-md5", "xoauth2"][usize::from(choice >> 2 & 3)].parse().unwrap_or_default();
    let goal = [Goal::Send, Goal::Rehearse, Goal::Login, Goal::Send][usize::from(choice >> 4 & 3)];
    let consent = choice & 64 == 0;
    let attempt = Attempt { goal, allow_plaintext: consent, ..attempt(security, auth) };
    let wire = Wire::new(script);
    let sent = wire.sent();
    climbed(&attempt, wire);
    let sent = sent.lock().map(|sent| sent.clone()).unwrap_or_default();
    if !consent || security != Security::None {
        let has = |secret: &str| sent.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!has(LOGIN) && !has("AUTH "), "a login in clear text: {:?}", String::from_utf8_lossy(&sent));
    }
    assert!(sent.len() < 64 * 1024, "a server decided how much is sent: {}", sent.len());
}

fn attempt(security: Security, auth: Auth) -> Attempt {
    let address = || "ops@example.test".parse().unwrap_or_else(|_| unreachable!("it is an address"));
    Attempt {
        endpoint: Endpoint { host: "mail.test".into(), port: 587, security },
        protocol: Protocol::Smtp,
        provider: None,
        goal: Goal::Send,
        ehlo: "web1.example.test".into(),
        login: Some(Login { auth, username: "ops@example.test".into(), secret: Secret::new(PASSWORD.into()) }),
        message: Some(Outgoing {
            from: address(),
            to: address(),
            token: String::new(),
            bytes: b"Subject: x\r\n\r\n.x\r\n".to_vec(),
        }),
        trust: ServerTrust { ca_pem: None, pin: Some([7; 32]) },
        client: None,
        proxy: None,
        had_starttls: false,
        allow_plaintext: true,
        others: Vec::new(),
        timeout: Duration::from_secs(5),
    }
}

/// What holds for every attempt.
fn climbed(attempt: &Attempt, wire: Wire) {
    let report: Report = attempt_over(attempt, Box::new(wire), &Cancel::default(), &mut |_| {});
    let debug = format!("{report:?}");
    assert!(!debug.contains(PASSWORD) && !debug.contains(LOGIN), "the secret shows: {debug}");
    report.transcript.0.iter().for_each(|line| is_safe(&line.text));
    let size: usize = report.transcript.0.iter().map(|line| line.text.len()).sum();
    assert!(size < 160 * 1024, "a transcript of {size} bytes");
    assert_eq!(report.passed(), report.failed_stage().is_none());
    TEXT.with(|text| {
        report.steps.iter().for_each(|step| is_safe(&render::stages::line(text, step)));
        if let Some(evidence) = &report.evidence {
            for line in render::stages::fault(text, evidence) {
                is_safe(&line);
            }
            let diagnosis = with_doctor(|doctor| doctor.diagnose(evidence));
            has_words(&diagnosis);
            assert_ne!(diagnosis.change.get("security").map(String::as_str), Some("none"));
        }
    });
}

/// A preset, whose first byte says of which kind it is.
pub fn preset(data: &[u8]) {
    let Some((kind, source)) = data.split_first() else { return };
    let Ok(source) = std::str::from_utf8(source) else { return };
    let fault = match kind & 3 {
        0 => presets::parse::<Provider>("x.toml", source).map(drop).err(),
        1 => presets::parse::<Target>("x.toml", source).map(drop).err(),
        2 => presets::parse::<Cause>("x.toml", source).map(drop).err(),
        _ => presets::parse::<EgressFacts>("x.toml", source).map(drop).err(),
    };
    if let Some(fault) = fault {
        assert!(fault.line.is_none_or(|line| line <= source.lines().count() + 1), "{fault}");
    }
}

/// A saved profile: what can be read comes back the same from what is written.
pub fn profile(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    match mailsetup::mail::Profile::parse(source) {
        Ok(profile) => {
            let text = profiles::render(&profile).unwrap_or_else(|error| panic!("{error:?}"));
            let again = mailsetup::mail::Profile::parse(&text).unwrap_or_else(|error| panic!("{error:?} in {text}"));
            // The last check is read from older profiles and not written again.
            assert_eq!(again, mailsetup::mail::Profile { check: None, ..profile });
        }
        Err(error) => is_safe(&TEXT.with(|text| text.say(&error.phrase("x.toml")))),
    }
}

/// An answers file, and every answer in it given to a conversation.
pub fn answers(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let text = TEXT.with(Rc::clone);
    let given = match answers::parse("answers.toml", source) {
        Ok(given) => given,
        Err(error) => return is_safe(&text.say(&error.phrase)),
    };
    let facts = SetupFacts { host_name: "web1".into(), command: vec!["mailsetup".into()], ..SetupFacts::default() };
    let options = SetupOptions { brief: true, ..SetupOptions::default() };
    let mut setup = Setup::new(std::sync::Arc::new(Catalog::builtin()), Rc::clone(&text), facts, options);
    for (name, value) in given {
        let Some(field) = Field::of_key(&name.replace('-', "_")) else { continue };
        if let Err(invalid) = setup.give(field, &value, AnswerSource::File) {
            is_safe(&text.say(&invalid.phrase));
        }
    }
    setup.notes().iter().for_each(|note| is_safe(note));
    let _ = (setup.missing(), setup.status(), setup.equivalent(), setup.rehearsal());
}

/// A certificate, and a file of authorities.
pub fn certificate(data: &[u8]) {
    let facts = CertificateFacts::of(data);
    assert_eq!(facts.sha256.len(), 64);
    assert!(facts.names.len() <= 100);
    for text in [&facts.subject, &facts.issuer, &facts.not_before, &facts.not_after].into_iter().chain(&facts.names) {
        is_safe(text);
        assert!(text.len() < 4096);
    }
    if let Err(words) = check_ca(data) {
        is_safe(&words);
    }
}

/// A file as it is, in place of each file that a target merges into; the first byte chooses target and scope. The same plan
/// twice changes nothing the second time.
pub fn target(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let scope = if choice & 1 == 0 { Scope::User } else { Scope::System };
    let Some(target) = CATALOG.targets().nth(usize::from(choice >> 1) % CATALOG.targets().count()) else { return };
    let (places, choice, mut disk) = (places(scope), TargetChoice::new(&*target.key), Disk::new(data));
    let order = memory::order(scope, choice.clone());
    let read = read_back(target, &choice, "default", &places, &disk);
    let planned = plan(&order, &CATALOG, &places, &disk);
    for refusal in [read.err(), planned.as_ref().err().cloned()].into_iter().flatten() {
        is_safe(&TEXT.with(|text| text.say(&refusal.phrase())));
    }
    let Ok(planned) = planned else { return };
    disk.apply(&planned);
    let again = plan(&order, &CATALOG, &places, &disk).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", target.key));
    let changed = again.changes.iter().find(|change| change.is_needed());
    assert!(changed.is_none(), "{}: planned again, {changed:?}", target.key);
}

/// Files that somebody has, in place of each file that is imported from; the first byte chooses target and scope. What is made
/// of them can be shown, and can be answered.
pub fn import(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let scope = if choice & 1 == 0 { Scope::User } else { Scope::System };
    let known: Vec<&Target> = CATALOG.targets().filter(|target| target.import.is_some()).collect();
    let target = known[usize::from(choice >> 1) % known.len()];
    let found = match plan::import(target, &TargetChoice::new(&*target.key), &places(scope), &Disk::new(data)) {
        Ok(found) => found,
        Err(refusal) => {
            assert!(!matches!(refusal, Refusal::Template { .. }), "{}: {refusal:?}", target.key);
            return is_safe(&TEXT.with(|text| text.say(&refusal.phrase())));
        }
    };
    let import =
        found.and_then(|found| Import::new(target.key.clone(), target.name.clone(), "file".into(), found.read, &CATALOG));
    let Some(import) = import else { return };
    let facts = SetupFacts { host_name: "web1".into(), command: vec!["mailsetup".into()], ..SetupFacts::default() };
    let catalog = std::sync::Arc::new(Catalog::builtin());
    let mut setup = Setup::new(catalog, TEXT.with(Rc::clone), facts, SetupOptions::default());
    for (field, value) in &import.answers {
        assert!(setup.give(*field, &value.to_string(), AnswerSource::Flag).is_ok(), "{field}: {value:?}");
        assert!(setup.update(Msg::Clear(*field)).is_ok());
    }
    import.command.iter().for_each(|command| is_safe(command));
    setup.offer_imports(vec![import]);
    let question = setup.ask(Field::Import);
    is_safe(&question.help);
    question.choices.iter().for_each(|choice| is_safe(&choice.label));
    assert!(setup.update(Msg::Answer(Field::Import, target.key.clone())).is_ok());
    setup.all().iter().for_each(|row| is_safe(&row.value));
    setup.notes().iter().for_each(|note| is_safe(note));
    let _ = (setup.missing(), setup.status(), setup.equivalent(), setup.background());
}

fn places(scope: Scope) -> Places {
    let (home, config, state) = match scope {
        Scope::User => ("/home/ops", "/home/ops/.config/mailsetup", "/home/ops/.local/state/mailsetup"),
        Scope::System => ("/root", "/etc/mailsetup", "/var/lib/mailsetup"),
    };
    Places {
        scope,
        root: None,
        home: home.into(),
        config: config.into(),
        state: state.into(),
        cwd: "/srv/app".into(),
        keys: Keys::default(),
    }
}
