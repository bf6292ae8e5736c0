//! Every page, at the sizes that people have, in both languages.

use super::support::*;
use crate::presets::Lang;
use crossterm::event::KeyCode;

#[test]
fn look() {
    let mut wizard = Wizard::new(Lang::En, 80, 24);
    wizard.show("first");
    wizard.type_in("ops").enter();
    wizard.show("error");
    wizard.type_in("@gmail.com").enter().show("name");
    wizard.type_in("Ops Team").enter().show("provider");
    wizard.type_in("ovh").show("provider filter");
    wizard.press(KeyCode::Backspace).press(KeyCode::Backspace).press(KeyCode::Backspace);
    wizard.enter().show("server");
    wizard.enter().show("password");
    wizard.probed(connected()).show("password probed");
    wizard.paste("abcd efgh ijkl\nmnop\n").show("pasted");
    wizard.enter().show("spaces");
    wizard.enter().show("test");
    wizard.enter().show("test to");
    wizard.enter().show("testing");
    let all = steps();
    wizard.climbs(all[0].clone()).climbs(all[1].clone());
    let mut running = all[2].clone();
    running.state = crate::probe::State::Running;
    running.elapsed = None;
    running.learned = None;
    wizard.climbs(running).show("climbing");
    wizard.tested(refused).show("failed");
    wizard.press(KeyCode::Char('t')).show("transcript");
    wizard.press(KeyCode::Esc).press(KeyCode::Char('?')).show("help");
    wizard.press(KeyCode::Esc).press(KeyCode::Char('e')).show("answers");
    wizard.press(KeyCode::Esc).press(KeyCode::Char('r')).show("again");
    wizard.tested(|_| passed()).show("passed");
    wizard.enter().show("write");
}

#[test]
fn look2() {
    let mut wizard = Wizard::new(Lang::En, 80, 24);
    wizard.to_review().show("review");
}
