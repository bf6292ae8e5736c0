//! The home page and the answers of a saved profile: what they lead to, and the way back.

use mailsetup::{
    phrase,
    setup::{Errand, HomeAction, HomeProfile},
};

use super::*;

fn at_home(options: SetupOptions) -> Setup {
    let mut setup = setup(options);
    let row = |name: &str| HomeProfile {
        name: name.parse().unwrap(),
        whose: Some(("ops@example.com".to_owned(), "mail.example.com:465".to_owned())),
        programs: vec!["msmtp".to_owned()],
        checked: phrase!("home-unchecked"),
    };
    setup.offer_home(vec![row("default"), row("relay")]);
    setup
}

#[test]
fn a_profile_and_what_is_done_with_it_end_the_conversation() {
    for (word, action) in [("test", HomeAction::Test), ("edit", HomeAction::Edit), ("add", HomeAction::Add)] {
        let mut setup = at_home(SetupOptions::default());
        answer(&mut setup, Field::Home, "relay");
        answer(&mut setup, Field::HomeAction, word);
        assert_eq!(setup.status(), Status::Cancelled);
        assert_eq!(setup.errand(), Some(&Errand::With("relay".parse().unwrap(), action)));
    }
}

#[test]
fn what_takes_away_is_asked_about_and_no_leads_back() {
    for way in [vec![(Field::Home, ":undo")], vec![(Field::Home, "relay"), (Field::HomeAction, "remove")]] {
        let mut setup = at_home(SetupOptions::default());
        for said in ["no", "yes"] {
            for (field, word) in &way {
                answer(&mut setup, *field, word);
            }
            assert_eq!((setup.errand(), setup.ask(Field::HomeSure).default.as_deref()), (None, Some("no")));
            answer(&mut setup, Field::HomeSure, said);
        }
        assert!(setup.errand().is_some() && setup.status() == Status::Cancelled);
    }
    let mut setup = at_home(SetupOptions::default());
    answer(&mut setup, Field::Home, "relay");
    setup.update(Msg::Back).unwrap();
    assert_eq!(asked(&setup), Some(Field::Home));
}

#[test]
fn a_new_one_begins_and_a_script_never_sees_it() {
    let mut setup = at_home(SetupOptions::default());
    answer(&mut setup, Field::Home, ":new");
    assert_eq!((asked(&setup), setup.errand()), (Some(Field::Address), None));
    let script = at_home(SetupOptions { brief: true, ..SetupOptions::default() });
    assert_eq!(asked(&script), Some(Field::Address));
    assert!(script.missing().contains(&Field::Address));
}

#[test]
fn an_edited_profile_is_looked_at_before_it_is_tested() {
    let mut setup = setup(SetupOptions { edits: true, ..SetupOptions::default() });
    for (field, value) in [(Field::Address, "ops@gmail.com"), (Field::Profile, "relay"), (Field::Targets, "msmtp")] {
        setup.give(field, value, AnswerSource::Profile).unwrap();
    }
    setup.give_secret(secret("abcdefghijklmnop"));
    let Status::Ask(question) = setup.status() else { panic!("{:?}", setup.status()) };
    assert!(question.field == Field::Change && question.label.starts_with("relay"), "{question:?}");
    answer(&mut setup, Field::Change, "name");
    answer(&mut setup, Field::Name, "Ops");
    let default = setup.ask(Field::Change).default.unwrap();
    answer(&mut setup, Field::Change, &default);
    assert!(matches!(setup.status(), Status::Run(Effect { work: Work::Test(_), .. })), "{:?}", setup.status());
}
