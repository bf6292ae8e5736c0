//! Lists of more than a screen: searched by a part of a name in every front end.

use mailsetup::setup::Field;

use super::drive::{Front, Session};
use crate::support::pty::Key;

#[test]
fn plain_lines_search_a_long_list() {
    let session = Session::with(Front::Lines, mailsetup::presets::Lang::EN, (80, 24), &["--offline"], |run| run);
    let terminal = &session.terminal;
    session.expect(Field::Address);
    terminal.send("jane@example.org\r");
    terminal.wait_for("type a part of a name");
    assert!(!terminal.screen().contains("Infomaniak"), "the whole list is not read out");
    terminal.send("zoho.eu\r");
    terminal.wait_for("smtppro (zoho.eu)");
    terminal.send("no such provider\r");
    terminal.wait_for("Nothing matches");
    terminal.send("infoma\r");
    terminal.wait_for("Infomaniak");
    terminal.wait_for("-- Password --");
}

#[test]
fn a_region_is_found_by_typing_and_its_server_shown() {
    let session = Session::with(Front::Wizard, mailsetup::presets::Lang::EN, (80, 24), &["--provider", "ses"], |run| run);
    let terminal = &session.terminal;
    session.expect(Field::Address);
    terminal.send("jane@example.org");
    terminal.key(Key::Enter);
    terminal.wait_for("us-east-1");
    terminal.send("west-3");
    terminal.wait_gone("us-east-1");
    terminal.key(Key::Enter);
    terminal.wait_for("email-smtp.eu-west-3.amazonaws.com");
}
