//! An import in the conversation: what it proposes, what it gives way to, and that its password goes to its server alone.

use std::collections::BTreeMap;

use mailsetup::{
    mail::{Secret, Setting},
    phrase,
    plan::{ReadBack, ReadSecret},
    presets::Catalog,
    setup::{
        AnswerSource, Field, GivenSecret, Import, Msg, Outcome, SavedConversation, Setup, SetupFacts, SetupOptions, Status,
        Work,
    },
};

use crate::support::setup::{conversation, facts};

fn setup(brief: bool) -> Setup {
    let facts = SetupFacts { suggested_targets: vec!["dotenv".into()], ..facts() };
    let options = SetupOptions { brief, ..SetupOptions::default() };
    conversation(facts, options)
}

fn settings(host: &str, port: &str, security: &str, password: impl Into<Option<ReadSecret>>) -> ReadBack {
    let settings = [
        (Setting::Host, host),
        (Setting::Port, port),
        (Setting::Security, security),
        (Setting::Username, "jane@example.org"),
        (Setting::Name, "Jane"),
    ];
    let settings = settings.map(|(setting, value)| (setting, value.to_owned()));
    ReadBack { settings: settings.into(), password: password.into() }
}

fn import(word: &str, read: ReadBack) -> Import {
    Import::new(word.into(), "msmtp".into(), "~/.msmtprc".into(), read, &Catalog::builtin()).unwrap()
}

fn inline(password: &str) -> ReadSecret {
    ReadSecret::Inline(Secret::new(password.into()))
}

fn command(command: &str) -> ReadSecret {
    ReadSecret::Command(command.into())
}

/// A conversation that started from these settings.
fn started(read: ReadBack) -> Setup {
    let mut setup = setup(false);
    setup.offer_imports(vec![import("msmtp", read)]);
    answer(&mut setup, Field::Import, "msmtp");
    setup
}

/// Whether the live test is next.
fn is_tested(setup: &Setup) -> bool {
    matches!(setup.status(), Status::Run(effect) if matches!(effect.work, Work::Test(_)))
}

fn asked(setup: &Setup) -> Field {
    match setup.status() {
        Status::Ask(question) => question.field,
        other => panic!("nothing is asked: {other:?}"),
    }
}

#[track_caller]
fn answer(setup: &mut Setup, field: Field, typed: &str) {
    assert_eq!(asked(setup), field);
    setup.update(Msg::Answer(field, typed.into())).unwrap();
}

fn row(setup: &Setup, field: Field) -> (String, Option<AnswerSource>) {
    let row = setup.all().into_iter().find(|row| row.field == field);
    row.map(|row| (row.value, row.source)).unwrap_or_default()
}

fn fetch(setup: &Setup) -> Option<(u64, String)> {
    setup.background().into_iter().find_map(|effect| match effect.work {
        Work::Fetch(command) => Some((effect.generation, command)),
        _ => None,
    })
}

fn fetched(setup: &mut Setup, printed: &str) {
    let (generation, _) = fetch(setup).unwrap();
    let outcome = Outcome::Fetched(Ok(Secret::new(printed.into())));
    setup.update(Msg::Finished(generation, outcome)).unwrap();
}

#[test]
fn every_answer_is_taken_and_can_be_changed() {
    let mut setup = started(settings("mail.example.org", "2465", "tls", inline("pw")));
    assert!(is_tested(&setup), "nothing is left to ask");
    assert_eq!(row(&setup, Field::Address), ("jane@example.org".into(), Some(AnswerSource::Imported)));
    for field in [Field::Name, Field::Host, Field::Port, Field::Username, Field::Targets] {
        assert_eq!(row(&setup, field).1, Some(AnswerSource::Imported), "{field}");
    }
    assert_eq!(row(&setup, Field::Targets).0, "msmtp", "what was imported from is written again");
    assert_eq!(row(&setup, Field::Password).1, Some(AnswerSource::Imported));
    assert_ne!(row(&setup, Field::Password).0, "pw");
    setup.update(Msg::Go(Field::Host)).unwrap();
    answer(&mut setup, Field::Host, "smtp.example.org");
    assert!(is_tested(&setup));
    let profile = setup.profile().unwrap();
    assert_eq!((profile.smtp.host.as_str(), profile.smtp.port.get()), ("smtp.example.org", 2465));
    assert_eq!(profile.smtp.username.as_deref(), Some("jane@example.org"));
    let command = setup.equivalent().join(" ");
    assert!(command.contains("--port 2465") && command.contains("--password-stdin"), "{command}");
    assert!(!command.contains("import") && !command.contains("pw "), "{command}");
}

#[test]
fn none_and_a_way_back_begin_with_nothing() {
    for msg in [Msg::Answer(Field::Import, "none".into()), Msg::Back] {
        let mut setup = setup(false);
        setup.offer_imports(vec![import("msmtp", settings("mail.example.org", "465", "tls", inline("pw")))]);
        assert_eq!(asked(&setup), Field::Import);
        setup.update(msg).unwrap();
        assert_eq!(asked(&setup), Field::Address);
        assert_eq!(row(&setup, Field::Address), Default::default());
        assert_eq!(row(&setup, Field::Targets).0, ".env");
        assert_eq!(row(&setup, Field::Password).1, None);
    }
    let mut setup = started(settings("mail.example.org", "465", "tls", None));
    setup.update(Msg::Back).unwrap();
    answer(&mut setup, Field::Import, "none");
    assert_eq!(row(&setup, Field::Host), Default::default(), "nothing of it stays");
}

#[test]
fn another_provider_gets_neither_server_nor_password() {
    let mut setup = started(settings("mail.example.org", "465", "tls", inline("pw")));
    setup.update(Msg::Go(Field::Provider)).unwrap();
    answer(&mut setup, Field::Provider, "gandi");
    assert_eq!(row(&setup, Field::Host).0, "mail.gandi.net");
    assert_eq!(row(&setup, Field::Password).1, None);
    assert_eq!(asked(&setup), Field::Password);
    setup.update(Msg::Go(Field::Provider)).unwrap();
    answer(&mut setup, Field::Provider, "custom");
    assert_eq!(row(&setup, Field::Host), ("mail.example.org".into(), Some(AnswerSource::Imported)));
    assert_eq!(row(&setup, Field::Password).1, Some(AnswerSource::Imported));
}

#[test]
fn a_known_server_brings_its_provider_and_the_mode_its_port() {
    let mut setup = started(settings("smtp.gmail.com", "587", "starttls", inline("abcd efgh ijkl mnop")));
    // The address's domain is the customer's own.
    assert_eq!(setup.value(Field::Provider).as_deref(), Some("google-workspace"));
    setup.update(Msg::Go(Field::Security)).unwrap();
    assert_eq!(setup.ask(Field::Security).default.as_deref(), Some("starttls"));
    answer(&mut setup, Field::Security, "tls");
    assert_eq!(row(&setup, Field::Port).0, "465");
    // The groups of an app password are asked about as if it had been typed.
    answer(&mut setup, Field::Spaces, "yes");
    assert!(is_tested(&setup));
    let odd = started(settings("smtp.gmail.com", "2525", "starttls", None));
    assert_eq!(odd.value(Field::Provider).as_deref(), Some("custom"), "the preset has no such server");
}

#[test]
fn a_login_in_clear_text_is_not_proposed_but_on_this_machine() {
    let far = started(settings("mail.example.org", "587", "none", inline("pw")));
    assert_eq!(far.value(Field::Security).as_deref(), Some("starttls"));
    let near = started(settings("127.0.0.1", "2500", "none", inline("pw")));
    assert_eq!(near.value(Field::Security).as_deref(), Some("none"));
}

#[test]
fn what_cannot_be_an_answer_is_left_out() {
    let mut read = settings("mail.example.org", "25O", "sometimes", command("cat pw\u{1b}"));
    read.settings.extend([
        (Setting::Username, "jane\u{202e}@example.org".into()),
        (Setting::Auth, "gssapi".into()),
        (Setting::Sender, "nobody".into()),
        (Setting::Ehlo, "$myhostname".into()),
        (Setting::PinSha256, "0a0b".into()),
    ]);
    let import = import("msmtp=a,b", read.clone());
    let texts: BTreeMap<&str, String> =
        import.answers.iter().map(|(field, value)| (field.key(), value.to_string())).collect();
    let answers: BTreeMap<&str, &str> = texts.iter().map(|(key, value)| (*key, value.as_str())).collect();
    assert_eq!(answers, BTreeMap::from([("host", "mail.example.org"), ("name", "Jane"), ("provider", "custom")]));
    assert_eq!((import.secret, import.command), (None, None));
    for host in ["", "/usr/bin/msmtp", "${HOST}", "a b", "\u{1b}[31m"] {
        read.settings.insert(Setting::Host, host.into());
        assert_eq!(
            Import::new("msmtp".into(), "msmtp".into(), "x".into(), read.clone(), &Catalog::builtin()),
            None,
            "{host}"
        );
    }
}

#[test]
fn a_command_is_run_when_it_was_chosen_and_goes_on_fetching_the_password() {
    let mut setup = setup(false);
    let read = settings("mail.example.org", "465", "tls", command("pass show jane"));
    setup.offer_imports(vec![import("msmtp", read)]);
    assert_eq!(fetch(&setup), None, "nobody said so yet");
    answer(&mut setup, Field::Import, "msmtp");
    assert_eq!(fetch(&setup).unwrap().1, "pass show jane");
    assert!(matches!(setup.status(), Status::Run(effect) if matches!(effect.work, Work::Fetch(_))));
    fetched(&mut setup, "s3cret");
    assert!(is_tested(&setup));
    assert_eq!(row(&setup, Field::SecretStore).1, Some(AnswerSource::Imported));
    assert_eq!(row(&setup, Field::SecretCommand), ("pass show jane".into(), Some(AnswerSource::Imported)));
    let words = setup.equivalent().join(" ");
    assert!(words.contains("--password-command pass show jane") && !words.contains("--password-stdin"), "{words}");
    // Another password is not what the command prints.
    setup.update(Msg::Secret(GivenSecret { secret: Secret::new("other".into()), flag: None })).unwrap();
    assert_eq!(setup.value(Field::SecretStore).as_deref(), Some("file"));
}

#[test]
fn a_command_of_our_own_or_one_that_says_the_password_is_not_kept() {
    for line in ["/usr/bin/mailsetup secret --scope user", "env A=b mailsetup secret two", "echo s3cret"] {
        let mut setup = started(settings("mail.example.org", "465", "tls", command(line)));
        assert_eq!(row(&setup, Field::SecretCommand), Default::default(), "it may say the password");
        fetched(&mut setup, "s3cret");
        assert_eq!(setup.value(Field::SecretStore).as_deref(), Some("file"), "{line}");
        assert!(!setup.equivalent().join(" ").contains(line));
        assert_eq!(row(&setup, Field::Password).1, Some(AnswerSource::Imported));
    }
}

#[test]
fn a_command_that_fails_is_told_and_the_password_asked() {
    let mut setup = started(settings("mail.example.org", "465", "tls", command("pass show jane")));
    let (generation, _) = fetch(&setup).unwrap();
    let why = phrase!("host-input-empty");
    setup.update(Msg::Finished(generation, Outcome::Fetched(Err(why)))).unwrap();
    assert_eq!(asked(&setup), Field::Password);
    let notes = setup.ask(Field::Password).notes;
    assert!(notes.iter().any(|note| note.contains("~/.msmtprc")), "{notes:?}");
    setup.update(Msg::Secret(GivenSecret { secret: Secret::new("typed".into()), flag: None })).unwrap();
    assert_eq!(setup.value(Field::SecretStore).as_deref(), Some("file"));
}

#[test]
fn what_was_given_beforehand_wins_and_a_script_needs_nothing_more() {
    let mut setup = setup(true);
    setup.give(Field::Import, "msmtp", AnswerSource::Flag).unwrap();
    setup.give(Field::Port, "587", AnswerSource::Flag).unwrap();
    setup.offer_imports(vec![import("msmtp", settings("mail.example.org", "465", "tls", inline("pw")))]);
    assert_eq!(setup.missing(), []);
    assert_eq!(setup.value(Field::Security).as_deref(), Some("starttls"), "the mode follows the port");
    assert_eq!(setup.rehearsal().unwrap().targets[0].key, "msmtp");
    setup.give(Field::Provider, "gandi", AnswerSource::Flag).unwrap();
    assert_eq!(setup.missing(), [Field::Password], "its password is for another server");
}

#[test]
fn a_conversation_that_was_cut_off_goes_on_with_it() {
    let read = || settings("mail.example.org", "465", "tls", inline("pw"));
    let mut first = started(read());
    assert_eq!(first.remembered(), [], "a choice alone is nothing to go on from");
    first.update(Msg::Go(Field::ReplyTo)).unwrap();
    answer(&mut first, Field::ReplyTo, "help@example.org");
    let memory = SavedConversation { when: "2026-11-05T10:11:12Z".into(), answers: first.remembered() };
    for imports in [vec![import("msmtp", read())], Vec::new()] {
        let is_there = !imports.is_empty();
        let mut setup = setup(false);
        setup.offer_imports(imports);
        setup.offer(memory.clone());
        answer(&mut setup, Field::Resume, "yes");
        assert_eq!(is_tested(&setup), is_there, "without the file the password is asked for");
        assert_eq!(row(&setup, Field::Host), ("mail.example.org".into(), Some(AnswerSource::Imported)));
        assert_eq!(row(&setup, Field::Password).1.is_some(), is_there);
    }
}
