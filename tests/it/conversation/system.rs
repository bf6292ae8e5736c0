//! A set-up for the whole system: targets without a usual place, who sends, and where root's mail goes.

use super::*;

#[test]
fn a_target_without_a_usual_place_is_offered_by_its_path_alone() {
    let mut setup = setup(SetupOptions::default());
    setup.give(Field::Scope, "system", AnswerSource::Flag).unwrap();
    let choice = |setup: &Setup| {
        let choices = setup.ask(Field::Targets).choices;
        choices.into_iter().find(|choice| choice.value.starts_with("systemd-credential")).unwrap()
    };
    let barred = choice(&setup).barred.unwrap();
    assert!(barred.contains("--target systemd-credential=/etc/systemd/system/UNIT.service.d/"), "{barred}");
    let word = "systemd-credential=/etc/systemd/system/app.service.d/50-mailsetup.conf";
    setup.give(Field::Targets, word, AnswerSource::Flag).unwrap();
    assert_eq!((choice(&setup).value.as_str(), choice(&setup).barred), (word, None));
}

#[test]
fn who_sends_is_asked_system_wide_and_decides_on_the_stores() {
    let mut setup = setup(SetupOptions::default());
    let says = |setup: &Setup, field: Field| setup.page(field.spec().step).iter().any(|row| row.field == field);
    assert!(!says(&setup, Field::RunAs));
    setup.give(Field::Scope, "system", AnswerSource::Flag).unwrap();
    assert!(says(&setup, Field::RunAs));
    setup.update(Msg::Answer(Field::RunAs, "www-data".into())).unwrap();
    let asked: Vec<Effect> =
        setup.background().into_iter().filter(|effect| matches!(effect.work, Work::Stores(_))).collect();
    let [effect] = asked.as_slice() else { panic!("{asked:?}") };
    let Work::Stores(reading) = &effect.work else { panic!("{effect:?}") };
    assert_eq!(reading.run_as.listed().as_deref(), Some("www-data"));
    let stores = UsableStores { barred: [("vault", "not for www-data".to_owned())].into(), ..UsableStores::default() };
    setup.update(Msg::Finished(effect.generation, Outcome::Stores(stores))).unwrap();
    let barred = |setup: &Setup| {
        let choices = setup.ask(Field::SecretStore).choices;
        choices.into_iter().filter(|choice| choice.barred.is_some()).map(|choice| choice.value).collect::<Vec<_>>()
    };
    assert_eq!(barred(&setup), ["vault"]);
    // Another user is another question.
    setup.update(Msg::Answer(Field::RunAs, "root".into())).unwrap();
    assert_eq!(barred(&setup), Vec::<String>::new());
    assert_eq!(setup.update(Msg::Answer(Field::RunAs, "a:b".into())).unwrap_err().phrase.id, "invalid-user");
    // Several need a group, which a person takes with Enter.
    assert!(!says(&setup, Field::RunAsGroup));
    setup.update(Msg::Answer(Field::RunAs, "www-data, ann".into())).unwrap();
    assert!(says(&setup, Field::RunAsGroup));
    assert_eq!(setup.ask(Field::RunAsGroup).default.as_deref(), Some("mailsenders"));
    // A script that does the same has to say it.
    let command = setup.equivalent();
    assert!(command.windows(2).any(|words| words == ["--run-as-group", "mailsenders"]), "{command:?}");
    assert_eq!(setup.update(Msg::Answer(Field::RunAsGroup, "a b".into())).unwrap_err().phrase.id, "invalid-group");
    setup.update(Msg::Answer(Field::RunAs, "root".into())).unwrap();

    setup.update(Msg::Answer(Field::SecretStore, "vault".into())).unwrap();
    assert!(says(&setup, Field::VaultLock));
    let effect = setup.background().into_iter().find(|effect| matches!(effect.work, Work::Stores(_))).unwrap();
    let stores = UsableStores { has_vault: true, ..UsableStores::default() };
    setup.update(Msg::Finished(effect.generation, Outcome::Stores(stores))).unwrap();
    assert!(!says(&setup, Field::VaultLock), "a vault that is there has its lock");
}

/// A set-up of the whole system for msmtp, where this is in `/etc/aliases`.
fn for_the_system(options: SetupOptions, now: Option<&str>) -> Setup {
    let facts = SetupFacts { is_root: true, root_mail: now.map(str::to_owned), ..facts() };
    let mut setup = conversation(facts, options);
    let answers = [
        (Field::Address, "ops@example.com"),
        (Field::Provider, "custom"),
        (Field::Host, "mail.example.com"),
        (Field::Security, "tls"),
        (Field::Port, "465"),
        (Field::Username, "ops"),
        (Field::Test, "none"),
        (Field::Targets, "msmtp"),
    ];
    for (field, value) in answers {
        setup.give(field, value, AnswerSource::Flag).unwrap();
    }
    setup.give_secret(secret("sesame"));
    setup
}

#[test]
fn roots_mail_is_asked_where_a_target_leads_it_and_never_taken_for_granted() {
    // Where it goes now, when that is an address; else the sender.
    for (now, proposed, noted) in [
        (None, "ops@example.com", false),
        (Some("ann"), "ops@example.com", true),
        (Some("ann, |cat"), "ops@example.com", true),
        (Some("ann@example.org"), "ann@example.org", false),
    ] {
        let setup = for_the_system(SetupOptions::default(), now);
        let question = setup.ask(Field::RootMail);
        assert_eq!((question.default.as_deref(), question.optional), (Some(proposed), true));
        assert_eq!(question.notes.iter().any(|note| note.contains(now.unwrap_or("?"))), noted, "{:?}", question.notes);
    }
    let mut setup = for_the_system(SetupOptions::default(), None);
    answer(&mut setup, Field::RunAs, "root");
    answer(&mut setup, Field::RootMail, "ops@example.com");
    assert_eq!(setup.profile().unwrap().root_mail.as_ref().map(ToString::to_string).as_deref(), Some("ops@example.com"));
    // A script that does the same has to say it.
    assert!(
        setup.equivalent().windows(2).any(|words| words == ["--root-mail", "ops@example.com"]),
        "{:?}",
        setup.equivalent()
    );
    setup.update(Msg::Answer(Field::RootMail, String::new())).unwrap();
    assert_eq!(setup.profile().unwrap().root_mail, None);
    assert!(!setup.equivalent().contains(&"--root-mail".to_owned()));
    setup.update(Msg::Answer(Field::RootMail, "ops@example.com".into())).unwrap();
    setup.update(Msg::Answer(Field::Targets, "dotenv".into())).unwrap();
    assert_eq!(setup.profile().unwrap().root_mail, None);

    let brief = SetupOptions { brief: true, yes: true, ..SetupOptions::default() };
    assert_eq!(for_the_system(brief.clone(), Some("ann@example.org")).profile().unwrap().root_mail, None);
    let mut told = for_the_system(brief, None);
    told.give(Field::RootMail, "ops@example.com", AnswerSource::Flag).unwrap();
    assert_eq!(told.profile().unwrap().root_mail.as_ref().map(ToString::to_string).as_deref(), Some("ops@example.com"));
    assert!(told.give(Field::RootMail, "root", AnswerSource::Flag).is_err());
}
