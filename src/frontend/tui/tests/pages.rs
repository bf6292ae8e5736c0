//! Every page, at the sizes that people have, in both languages.

use std::time::Duration;

use crossterm::event::KeyCode;

use super::support::{Wizard, connected, passed, refused, running, steps, written};
use crate::{
    error::Exit,
    frontend::{MenuItem, Sidecar},
    phrase,
    plan::{SendEnd, SendFault, Sent},
    presets::Lang,
    setup::{Field, Outcome, Proof, SendingProgram, Status, Work, WorkFault, WriteResult},
};

const HOME: (u16, u16) = (80, 24);
const SIZES: [(u16, u16); 6] = [HOME, (60, 20), (40, 12), (26, 8), (150, 45), (200, 60)];

fn wizard(lang: Lang, (width, height): (u16, u16)) -> Wizard {
    Wizard::new(lang, width, height)
}

/// A page by its name, and the way to it.
type Page = (&'static str, fn(&mut Wizard));

const PAGES: [Page; 19] = [
    ("sender", |_| {}),
    ("provider", |wizard| {
        wizard.up_to_provider();
    }),
    ("server", |wizard| {
        wizard.up_to_password().go(Field::Security);
    }),
    ("custom server", |wizard| {
        wizard.up_to_provider().press(KeyCode::End).enter();
    }),
    ("password", |wizard| {
        wizard.up_to_password();
    }),
    ("password, probed", |wizard| {
        wizard.up_to_password().probed(connected());
    }),
    ("link", |wizard| {
        wizard.up_to_password().press(KeyCode::F(3));
    }),
    ("test", |wizard| {
        wizard.up_to_password().go(Field::Test);
    }),
    ("testing", |wizard| {
        wizard.up_to_test();
        for step in steps().into_iter().take(3) {
            wizard.progress(step);
        }
        wizard.progress(running());
    }),
    ("failed", |wizard| {
        wizard.up_to_test().tested(refused);
    }),
    ("transcript", |wizard| {
        wizard.up_to_test().tested(refused).press(KeyCode::Char('t'));
    }),
    ("answers", |wizard| {
        wizard.up_to_test().tested(refused).press(KeyCode::Char('e'));
    }),
    ("write", |wizard| {
        wizard.up_to_test().tested(|_| passed());
    }),
    ("review", |wizard| {
        wizard.up_to_review();
    }),
    ("domain", |wizard| {
        wizard.up_to_review().looked_at().press(KeyCode::End);
    }),
    ("writing", |wizard| {
        wizard.up_to_review().enter();
    }),
    ("sending", |wizard| {
        let generation = wizard.up_to_review().enter().effect(|work| matches!(work, Work::Apply(_))).unwrap().generation;
        wizard.tell(generation, Outcome::Sending(own()));
    }),
    ("not sent", |wizard| {
        wizard.up_to_review().enter().applied(Ok(WriteResult { proofs: vec![unsent()], ..written() }));
    }),
    ("done", |wizard| {
        wizard.up_to_review().enter().applied(Ok(written()));
    }),
];

/// A plan that did not come about.
fn failed_plan() -> WorkFault {
    WorkFault { phrase: phrase!("invalid-empty"), hint: None, field: Some(Field::Targets), exit: Exit::Data }
}

fn own() -> SendingProgram {
    SendingProgram {
        name: "msmtp".into(),
        to: "ops@gmail.com".parse().unwrap(),
        user: Some("www-data".into()),
        elapsed: Duration::ZERO,
    }
}

/// msmtp cannot send, and mailsetup can.
fn unsent() -> Proof {
    let said = vec!["msmtp: server message: 535 5.7.8 no".to_owned()];
    let fault = SendFault { end: SendEnd::Status(Some(77)), said, unreadable: None };
    Proof { target: "msmtp".into(), own: Some((own(), Sent::Failed(fault))), report: Some(passed()), ..Proof::default() }
}

fn at(page: &str, lang: Lang, size: (u16, u16)) -> Wizard {
    let mut wizard = wizard(lang, size);
    let (_, way) = PAGES.iter().find(|(name, _)| *name == page).unwrap();
    way(&mut wizard);
    wizard
}

#[test]
fn every_page_can_be_seen_at_every_size() {
    for lang in Lang::builtin() {
        for size in SIZES {
            for (name, _) in PAGES {
                let wizard = at(name, lang, size);
                let (screen, cursor) = wizard.look();
                wizard.show(&format!("{name} {lang:?}"));
                let lines: Vec<&str> = screen.lines().collect();
                assert!(lines.iter().filter(|line| !line.is_empty()).count() >= 3, "{name} {size:?}\n{screen}");
                let typing = wizard.app.is_typing() && wizard.app.over.is_none();
                assert!(!typing || cursor.is_some(), "{name} {size:?} takes keys that nobody sees\n{screen}");
            }
        }
    }
}

#[test]
fn a_window_that_is_too_small_says_so_in_one_line() {
    let screen = wizard(Lang::EN, (25, 8)).screen();
    assert_eq!(screen.lines().next(), Some("Make this window 26×8 or…"));
    assert_eq!(screen.trim().lines().count(), 1);
}

#[test]
fn the_first_page_asks_for_the_address_and_nothing_else_is_needed() {
    let wizard = wizard(Lang::EN, HOME);
    let screen = wizard.screen();
    assert!(screen.starts_with(" mailsetup   Sender ●  Provider  Server  Password  Test  Write\n"), "{screen}");
    assert!(screen.contains("\n ▸ Sender address"), "{screen}");
    assert!(screen.contains("\n Enter next   Tab field"), "{screen}");
}

#[test]
fn the_guidance_stands_above_the_password() {
    for size in [HOME, (60, 20), (150, 45)] {
        let screen = at("password", Lang::EN, size).screen();
        let guidance = screen.find("Gmail never takes the account password").unwrap();
        let input = screen.find("▸ App password").unwrap();
        assert!(guidance < input, "{screen}");
        assert!(screen.contains("https://myaccount.google.com/apppasswords"), "{screen}");
    }
}

#[test]
fn the_password_is_never_on_the_screen() {
    let mut wizard = at("password", Lang::EN, HOME);
    for character in "abcdefghijklmnop".chars() {
        wizard.press(KeyCode::Char(character));
        assert!(!wizard.screen().contains("abc"));
    }
    assert!(wizard.screen().contains("▸ App password  ••••••••••••••••\n"));
    wizard.enter();
    for page in ["test", "failed", "answers", "review", "done"] {
        assert!(!at(page, Lang::EN, (200, 60)).screen().contains("abcdefgh"), "{page}");
    }
}

#[test]
fn the_climb_beside_the_questions_is_told_on_the_password_page() {
    let screen = at("password, probed", Lang::EN, (100, 30)).screen();
    assert!(
        screen.contains("✓ smtp.gmail.com:465 answers, TLS 1.3, signed by Google Trust Services, valid to 2027-01-18"),
        "{screen}"
    );
}

#[test]
fn a_failure_shows_the_servers_words_and_offers_what_to_do() {
    let screen = at("failed", Lang::EN, HOME).screen();
    assert!(screen.contains("   ✗ Login"), "{screen}");
    assert!(screen.contains(" Gmail wants an app password\n"), "{screen}");
    assert!(screen.contains("       534-5.7.9 Application-specific password required."), "{screen}");
    assert!(screen.contains("\\u{1b}[31m- gsmtp"), "escape sequences are shown, not sent\n{screen}");
    assert!(screen.contains("Test ✗"), "{screen}");
    let foot = screen.lines().last().unwrap();
    assert!(
        foot.contains("Enter new password")
            && foot.contains("t transcript")
            && foot.contains("Esc back")
            && foot.contains("F1 help"),
        "{foot}"
    );
}

#[test]
fn a_passed_test_leads_on_by_itself_and_is_told_on_the_next_pages() {
    let took = "✓ The server took the message for ops@gmail.com. 871 ms, 6 round trips.";
    let screen = at("write", Lang::EN, HOME).screen();
    assert!(screen.contains("What should use these settings?") && screen.contains(took), "{screen}");
    assert!(screen.lines().next().unwrap().ends_with("Test ✓  Write ●"), "{screen}");
    let screen = at("review", Lang::EN, HOME).screen();
    assert!(screen.contains(took), "{screen}");
}

#[test]
fn what_is_known_is_a_line_with_its_source_above_the_question_and_leads_to_its_answers() {
    let mut wizard = at("password", Lang::EN, (100, 40));
    let screen = wizard.screen();
    for (label, value, source) in [
        ("Provider", "Gmail", "preset"),
        ("Server", "smtp.gmail.com:465, Implicit TLS", "preset"),
        ("Send the test message to", "ops@gmail.com", "default"),
    ] {
        let line = screen.lines().find(|line| line.trim_start().starts_with(label) && line.contains(value));
        assert!(line.is_some_and(|line| line.ends_with(source)), "{label}\n{screen}");
    }
    // Up leads from the fields of the page onto the last line, and Down back to them.
    wizard.press(KeyCode::Up).press(KeyCode::Up).press(KeyCode::Up);
    assert!(wizard.screen().contains("▸ Send the test message to"), "{}", wizard.screen());
    wizard.press(KeyCode::Down);
    assert!(!wizard.screen().contains("▸ Send the test message to"), "{}", wizard.screen());
    wizard.press(KeyCode::Up).press(KeyCode::Up).enter();
    assert!(matches!(&wizard.app.status, Status::Ask(question) if question.field == Field::Host), "{}", wizard.screen());
}

#[test]
fn the_review_says_first_what_will_change_then_the_files_and_the_answers_in_a_line() {
    for size in [(80, 40), HOME, (60, 20)] {
        let screen = at("review", Lang::EN, size).screen();
        assert!(screen.contains("Write these files?"), "{screen}");
        let first = screen.find("2 files: 1 new, 1 changed.").unwrap();
        let answers = screen.find("ops@gmail.com · Gmail · smtp.gmail.com:465").unwrap();
        assert!(first < answers && screen.find("/home/ops/").is_none_or(|files| answers < files), "{screen}");
    }
    let screen = at("review", Lang::EN, (80, 40)).screen();
    assert!(screen.contains("/home/ops/.msmtprc") && screen.contains("   +account default"), "{screen}");
}

#[test]
fn a_trouble_with_the_plan_is_told_where_it_can_be_mended() {
    let mut wizard = wizard(Lang::EN, HOME);
    wizard.up_to_plan().planned(Err(failed_plan()));
    let screen = wizard.screen();
    assert!(screen.contains("This cannot be empty."), "{screen}");
    assert!(matches!(&wizard.app.status, Status::Ask(question) if question.field == Field::Targets));
}

#[test]
fn the_last_page_says_what_was_written_how_it_was_proven_and_how_to_try_it() {
    let screen = at("done", Lang::EN, HOME).screen();
    for words in [
        "Done. This machine can send mail.",
        "changed  /home/ops/.msmtprc",
        "before: /home/ops/.local/state/mailsetup/backup/msmtprc",
        "msmtp: read back by mailsetup, and mailsetup sent a message to ops@gmail.com",
        "  echo hello | msmtp ops@gmail.com",
        "mailsetup ops@gmail.com",
        "--password-stdin",
        "“mailsetup check default” tests it again",
    ] {
        assert!(screen.contains(words), "{words}\n{screen}");
    }
}

#[test]
fn who_sends_is_seen_and_what_it_says_when_it_cannot() {
    for size in [HOME, (40, 12)] {
        let screen = at("sending", Lang::EN, size).screen();
        assert!(screen.contains("msmtp sends a message"), "{screen}");
        let screen = at("not sent", Lang::EN, size).screen();
        for words in ["✗ msmtp: written, but msmtp itself,", "    msmtp: server message: 535"] {
            assert!(screen.contains(words), "{words}\n{screen}");
        }
    }
    let screen = at("not sent", Lang::of_tag("fr").unwrap(), HOME).screen();
    assert!(screen.contains("mailsetup peut envoyer avec les mêmes réglages"), "{screen}");
}

#[test]
fn links_stay_whole_where_they_fit() {
    for size in [HOME, (60, 20), (200, 60)] {
        let screen = at("link", Lang::of_tag("fr").unwrap(), size).screen();
        assert!(screen.contains("https://myaccount.google.com/apppasswords"), "{screen}");
    }
    assert!(at("link", Lang::EN, HOME).screen().contains("█▀▀▀▀▀█"), "there is room for the code");
    assert!(at("link", Lang::EN, (60, 20)).screen().contains("no room"));
}

#[test]
fn without_colour_and_glyphs_the_marks_are_ascii() {
    let mut wizard = wizard(Lang::EN, HOME).plain();
    wizard.up_to_test().tested(refused);
    let screen = wizard.screen();
    assert!(screen.contains("x Login") && screen.contains("Server +"), "{screen}");
    assert!(wizard.styles().iter().all(|style| style.fg.is_none() && style.bg.is_none()));
}

struct Demo {
    picked: bool,
}

impl Sidecar for Demo {
    fn hint(&self, field: Field) -> Option<String> {
        (field == Field::Password).then(|| "In this demo: open sesame".to_owned())
    }

    fn menu(&self) -> Vec<MenuItem> {
        vec![MenuItem { key: 'w', label: "the password is wrong".into(), active: self.picked }]
    }

    fn pick(&mut self, _: usize) {
        self.picked = !self.picked;
    }

    fn arrived(&self) -> Vec<String> {
        vec!["Subject: Test from web1".into()]
    }
}

#[test]
fn a_companion_hints_breaks_things_and_shows_what_arrived() {
    let mut wizard = Wizard::with(Lang::EN, 80, 24, Some(Box::new(Demo { picked: false })));
    wizard.up_to_password();
    assert!(wizard.screen().contains("▸ In this demo: open sesame"));
    // A pick closes the menu; opened again, it shows what is in force.
    wizard.press(KeyCode::F(5)).press(KeyCode::Char('w'));
    assert!(!wizard.screen().contains("the password is wrong"), "{}", wizard.screen());
    wizard.press(KeyCode::F(5));
    assert!(wizard.screen().contains("w  [✓] the password is wrong"), "{}", wizard.screen());
    wizard.enter().press(KeyCode::F(5));
    assert!(wizard.screen().contains("w  [ ] the password is wrong"));
    let mut wizard = Wizard::with(Lang::EN, 80, 24, Some(Box::new(Demo { picked: false })));
    wizard.up_to_test().tested(|_| passed());
    assert!(wizard.screen().contains(" Arrived:\n   Subject: Test from web1\n"), "{}", wizard.screen());
}

#[test]
fn one_key_saves_the_report_and_says_where_it_is() {
    let mut wizard = Wizard::new(Lang::EN, 80, 24);
    wizard.up_to_test().tested(refused).press(KeyCode::Char('s'));
    assert!(wizard.screen().contains("The report is in /tmp/report.txt."), "{}", wizard.screen());
    wizard.press(KeyCode::Esc);
    assert!(!wizard.screen().contains("report.txt"));
}
