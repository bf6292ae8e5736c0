//! Keys and what they lead to: back and forth, paste, resize, leaving.

use crossterm::event::{Event, KeyCode};

use super::support::{Wizard, passed, refused, written};
use crate::{
    presets::Lang,
    setup::{Field, SetupStep, Status, Work},
};

fn wizard() -> Wizard {
    Wizard::new(Lang::EN, 80, 24)
}

fn asked(wizard: &Wizard) -> Option<Field> {
    wizard.app.question().map(|question| question.field)
}

#[test]
fn enter_accepts_and_an_answer_that_is_not_taken_stays_to_be_mended() {
    let mut wizard = wizard();
    wizard.type_in("ops").enter();
    assert_eq!(asked(&wizard), Some(Field::Address));
    assert!(wizard.screen().contains("✗ “ops” has no @."));
    wizard.type_in("@gmail.com");
    assert!(!wizard.screen().contains("has no @"), "what is mended is not blamed");
    wizard.enter();
    assert_eq!(asked(&wizard), Some(Field::Password));
}

#[test]
fn tab_takes_what_was_typed_and_walks_around_the_page() {
    let mut wizard = wizard();
    let page: Vec<Field> = wizard.app.setup.fields(SetupStep::Sender).collect();
    assert_eq!(page[..3], [Field::Address, Field::Name, Field::ReplyTo]);
    wizard.type_in("ops@gmail.com");
    for field in page[1..].iter().chain(&page[..1]) {
        wizard.press(KeyCode::Tab);
        assert_eq!(asked(&wizard), Some(*field));
    }
    wizard.press(KeyCode::BackTab);
    assert_eq!(asked(&wizard), page.last().copied());
    for field in page[1..page.len() - 1].iter().rev() {
        wizard.press(KeyCode::Up);
        assert_eq!(asked(&wizard), Some(*field));
    }
    assert!(wizard.screen().contains("Sender address    ops@gmail.com\n"));
    wizard.press(KeyCode::Up).type_in("x y").press(KeyCode::Tab);
    assert_eq!(asked(&wizard), Some(Field::Address), "what cannot be taken keeps the focus");
}

#[test]
fn walking_through_a_list_chooses_nothing() {
    let mut wizard = Wizard::new(Lang::EN, 80, 32);
    wizard.up_to_password().go(Field::Security);
    assert_eq!(asked(&wizard), Some(Field::Security));
    wizard.press(KeyCode::Down).press(KeyCode::Down).press(KeyCode::Down);
    assert_eq!(wizard.app.setup.value(Field::Security).as_deref(), Some("tls"));
    assert_ne!(asked(&wizard), Some(Field::Security), "below the last item comes the next field");
    let mut wizard = Wizard::new(Lang::EN, 80, 32);
    wizard.up_to_password().go(Field::Security).press(KeyCode::Down).enter();
    assert_eq!(wizard.app.setup.value(Field::Security).as_deref(), Some("starttls"));
}

#[test]
fn a_closed_list_turns_left_and_right() {
    let mut wizard = Wizard::new(Lang::EN, 60, 20);
    wizard.up_to_password().go(Field::Security);
    assert!(wizard.screen().contains("‹ Implicit TLS ›"), "{}", wizard.screen());
    wizard.press(KeyCode::Right).press(KeyCode::Tab);
    assert_eq!(wizard.app.setup.value(Field::Security).as_deref(), Some("starttls"));
}

#[test]
fn a_pasted_line_break_never_presses_enter() {
    let mut wizard = wizard();
    wizard.paste("ops@gmail.com\r\n");
    assert_eq!(asked(&wizard), Some(Field::Address));
    assert!(wizard.screen().contains("! Only the first line of what you pasted was taken."));
    wizard.enter();
    assert_eq!(wizard.app.setup.value(Field::Address).as_deref(), Some("ops@gmail.com"));
    let mut wizard = Wizard::new(Lang::EN, 80, 24);
    wizard.up_to_password().paste("abcdefghijklmnop\n");
    assert_eq!(asked(&wizard), Some(Field::Password));
    wizard.enter();
    assert!(wizard.effect(|work| matches!(work, Work::Test(_))).is_some());
}

#[test]
fn letters_are_typed_and_are_keys_only_where_nothing_is_typed() {
    let mut wizard = wizard();
    wizard.press(KeyCode::Char('?'));
    assert!(wizard.screen().contains("\n Keys\n"));
    wizard.press(KeyCode::Esc).type_in("a?q");
    assert!(wizard.screen().contains("▸ Sender address    a?q\n"));
    wizard.press(KeyCode::F(1));
    assert!(wizard.screen().contains("\n Keys\n"));
}

#[test]
fn escape_goes_back_and_what_was_entered_comes_back_too() {
    let mut wizard = wizard();
    wizard.press(KeyCode::Esc);
    assert!(wizard.screen().contains("! This is the first question."));
    wizard.type_in("ops@example.com").enter().type_in("Op").press(KeyCode::Esc);
    assert_eq!(asked(&wizard), Some(Field::Address));
    wizard.enter();
    assert_eq!(asked(&wizard), Some(Field::Provider));
    assert!(wizard.screen().contains("Op\n"), "{}", wizard.screen());
}

#[test]
fn a_list_is_searched_by_typing() {
    let mut wizard = wizard();
    wizard.up_to_provider().type_in("zoho");
    let screen = wizard.screen();
    assert!(screen.contains("Zoho") && !screen.contains("Gmail"), "{screen}");
    wizard.type_in("zzz");
    assert!(wizard.screen().contains("Nothing matches."));
    wizard.ctrl('u').enter();
    assert_ne!(asked(&wizard), Some(Field::Provider));
}

#[test]
fn escape_stops_a_test_at_once_and_its_late_result_is_dropped() {
    let mut wizard = wizard();
    wizard.up_to_test();
    let stopped = wizard.cancels.borrow().last().cloned().unwrap();
    assert!(!stopped.is_cancelled());
    wizard.press(KeyCode::Esc);
    assert!(stopped.is_cancelled());
    assert_eq!(asked(&wizard), Some(Field::Test));
    wizard.tested(|_| passed());
    assert_eq!(asked(&wizard), Some(Field::Test), "a late result says nothing");
}

#[test]
fn an_effect_is_started_once() {
    let mut wizard = wizard();
    wizard.up_to_test();
    wizard.app.turn();
    wizard.app.resize(wizard.size);
    let tests = wizard.effects.borrow().iter().filter(|effect| matches!(effect.work, Work::Test(_))).count();
    assert_eq!(tests, 1);
}

#[test]
fn a_failed_test_leads_to_another_password() {
    let mut wizard = wizard();
    wizard.up_to_test().tested(refused).press(KeyCode::Char('p'));
    assert_eq!(asked(&wizard), Some(Field::Password));
    wizard.enter();
    assert_ne!(asked(&wizard), Some(Field::Password), "no new one keeps the one that is known");
    let mut wizard = Wizard::new(Lang::EN, 80, 24);
    wizard.up_to_test().tested(refused).press(KeyCode::Char('r'));
    assert!(matches!(&wizard.app.status, Status::Run(effect) if matches!(effect.work, Work::Test(_))));
}

#[test]
fn any_answer_can_be_edited_from_the_list() {
    let mut wizard = wizard();
    wizard.up_to_review().press(KeyCode::Char('e')).press(KeyCode::Down).enter();
    assert_eq!(asked(&wizard), Some(Field::Name));
    assert!(wizard.app.over.is_none());
}

#[test]
fn nothing_is_written_without_a_yes() {
    let mut wizard = wizard();
    wizard.up_to_review();
    for code in [KeyCode::Char(' '), KeyCode::Down, KeyCode::PageDown, KeyCode::Tab, KeyCode::Char('x')] {
        wizard.press(code);
    }
    wizard.paste("y\n");
    assert!(wizard.effect(|work| matches!(work, Work::Apply(_))).is_none());
    wizard.press(KeyCode::Char('y'));
    assert!(wizard.effect(|work| matches!(work, Work::Apply(_))).is_some());
}

#[test]
fn leaving_while_files_are_written_waits_for_the_end_of_the_write() {
    let mut wizard = wizard();
    wizard.up_to_review().enter().ctrl('c');
    assert!(!wizard.app.has_ended());
    wizard.applied(Ok(written()));
    assert!(wizard.app.has_ended());
    assert_eq!(wizard.app.into_setup().status(), Status::Done);
}

#[test]
fn leaving_works_on_every_page() {
    let ways: [fn(&mut Wizard); 5] = [
        |_| {},
        |wizard| {
            wizard.up_to_password().press(KeyCode::F(3));
        },
        |wizard| {
            wizard.up_to_test();
        },
        |wizard| {
            wizard.up_to_test().tested(refused).press(KeyCode::Char('t'));
        },
        |wizard| {
            wizard.up_to_review();
        },
    ];
    for way in ways {
        let mut wizard = wizard();
        way(&mut wizard);
        wizard.ctrl('c');
        assert!(wizard.app.has_ended());
        assert!(wizard.cancels.borrow().iter().all(crate::probe::Cancel::is_cancelled));
        assert_eq!(wizard.app.into_setup().status(), Status::Cancelled);
    }
}

#[test]
fn a_page_that_is_too_long_scrolls_and_a_resize_loses_nothing() {
    let mut wizard = Wizard::new(Lang::EN, 60, 16);
    wizard.up_to_review();
    let before = wizard.screen();
    assert!(before.contains('▼'), "{before}");
    wizard.press(KeyCode::PageDown).press(KeyCode::End);
    let after = wizard.screen();
    assert!(after.contains("+account default") && after.contains('▲') && !after.contains('▼'), "{after}");
    wizard.press(KeyCode::Home);
    assert_eq!(wizard.screen(), before);
    wizard.size = ratatui::layout::Size::new(100, 40);
    wizard.app.handle(&Event::Resize(100, 40));
    assert!(wizard.screen().contains("+account default"));
}

#[test]
fn what_the_domain_lacks_is_filled_in_and_moves_nothing() {
    let mut wizard = Wizard::new(Lang::EN, 80, 60);
    let place = |screen: &str, words: &str| screen.lines().position(|line| line.contains(words));
    let before = wizard.up_to_review().screen();
    let after = wizard.looked_at().screen();
    assert_eq!(place(&before, "are being looked at"), place(&after, "lacks records in DNS"), "{before}{after}");
    assert!(place(&before, "are being looked at").is_some());
    assert_eq!(place(&before, "/.msmtprc"), place(&after, "/.msmtprc"));
    let end = wizard.press(KeyCode::End).screen();
    for words in ["kas.all-inkl.com", "_dmarc", "v=DMARC1; p=none"] {
        assert!(end.contains(words), "{words} in {end}");
    }
    // It waits for nobody: Enter writes, also where nothing was heard.
    let mut wizard = Wizard::new(Lang::EN, 80, 24);
    assert!(wizard.up_to_review().enter().effect(|work| matches!(work, Work::Apply(_))).is_some());
}
