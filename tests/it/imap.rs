//! IMAP against servers that behave in every way that servers do: the message is found wherever it lies, or it is said why not, and
//! nothing is changed.

mod scripts;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mailsetup::{
    discover::{Net, try_imap},
    mail::{Auth, Endpoint, Protocol, Secret, Security},
    probe::{
        Attempt, Cancel, Goal, Login, MailFolder, MessageSearch, ProbeFault, ServerTrust, Sighting, Stage, StageState,
        imap::{LookReport, look, test},
    },
};

use crate::{
    probe::{Table, basic_attempt},
    support::{
        imap::{Drawer, Letter, Oddity, PASSWORD, Post, PostOffice, USERNAME, Visit},
        pki::{self, HOST},
    },
};

const TOKEN: &str = "K7QWERTY23456ABC";
const USUAL: &str = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN";
const INSIDE: &str = "IMAP4rev1 SASL-IR SPECIAL-USE LIST-EXTENDED UIDPLUS SEARCHRES IDLE";

pub(super) fn imap_attempt(port: u16) -> Attempt {
    Attempt {
        protocol: Protocol::Imap,
        goal: Goal::Login,
        message: None,
        login: Some(Login { auth: Auth::Auto, username: USERNAME.into(), secret: Secret::new(PASSWORD.into()) }),
        ..basic_attempt(port)
    }
}

fn wanted(wait_ms: u64) -> MessageSearch {
    MessageSearch {
        token: TOKEN.into(),
        since: "2026-11-29".into(),
        accepted: Instant::now(),
        wait: Duration::from_millis(wait_ms),
        delete: false,
    }
}

/// The test message as a server delivered it.
fn ours() -> String {
    format!(
        "Received: from a by b; Mon, 30 Nov 2026 10:00:00 +0000\r\nSubject: Test of web1\r\n ({TOKEN})\r\nX-Mailsetup-Test: {TOKEN}\r\nFrom: ops@example.test\r\n\r\nHello\r\n"
    )
}

/// Somebody else's.
fn foreign(subject: &str) -> String {
    format!("Received: from c by b\r\nSubject: {subject}\r\n\r\nprivate {TOKEN}\r\n")
}

/// A server's report that has our message in it.
fn bounce() -> String {
    format!(
        "Received: from d by b\r\nReturn-Path: <>\r\nFrom: MAILER-DAEMON@b.test\r\nSubject: Undelivered\r\nContent-Type: multipart/report;\r\n report-type=delivery-status; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--x\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Test ({TOKEN})\r\n\r\n--x--\r\n"
    )
}

fn post(drawers: Vec<Drawer>) -> Post {
    Post {
        greeting: format!("[CAPABILITY {USUAL}] ready"),
        capabilities: USUAL.into(),
        after_login: Some(INSIDE.into()),
        drawers,
        oddities: Vec::new(),
    }
}

fn odd(oddity: Oddity, drawers: Vec<Drawer>) -> Post {
    Post { oddities: vec![oddity], ..post(drawers) }
}

fn inbox() -> Drawer {
    Drawer::new("INBOX", "\\HasNoChildren")
}

/// Looks, and makes sure that nothing was changed and nobody else's text was read.
fn look_at(post: Post, wait_ms: u64) -> (LookReport, Visit) {
    look_by(post, &wanted(wait_ms))
}

fn look_by(post: Post, search: &MessageSearch) -> (LookReport, Visit) {
    let office = PostOffice::open(post);
    let attempt = imap_attempt(office.address.port());
    let found = look(&attempt, search, &Table, &Cancel::default(), &mut |_| {});
    let visit = office.close();
    if !search.delete {
        assert_eq!(visit.changes, [""; 0], "{:?}", visit.commands);
    }
    let said = format!("{:?}", found.report.transcript);
    assert!(!said.contains("s3cret") && !said.contains("private"), "{said}");
    (found, visit)
}

/// Where it was seen, by what the mailbox is for and by its name.
fn place(found: &LookReport) -> (MailFolder, &str) {
    match &found.sighting {
        Some(Sighting::Seen { folder, mailbox, header, .. }) => {
            assert!(String::from_utf8_lossy(header).contains("X-Mailsetup-Test"));
            (*folder, mailbox)
        }
        other => panic!("{other:?} {:?} {:?}", found.report.evidence, found.report.transcript),
    }
}

#[test]
fn in_the_inbox_in_five_round_trips() {
    let (found, visit) = look_at(post(vec![inbox().with(1, foreign("a")).with(2, ours())]), 5000);
    assert_eq!(place(&found), (MailFolder::Inbox, "INBOX"));
    assert!(found.report.passed());
    assert_eq!((found.report.round_trips, visit.bodies), (5, vec![]));
    let stages: Vec<Stage> = found.report.steps.iter().map(|step| step.stage).collect();
    let ladder = [Stage::Dns, Stage::Connect, Stage::Tls, Stage::Greeting, Stage::Capability, Stage::Auth, Stage::Mailbox];
    assert_eq!(stages, ladder);
    assert!(found.report.steps.iter().all(|step| step.state == StageState::Passed));
}

#[test]
fn in_spam_by_special_use_in_six_round_trips() {
    let junk = Drawer::new("Quarantaine X", "\\HasNoChildren \\Junk").with(9, ours());
    let (found, _) = look_at(post(vec![inbox().with(1, foreign("a")), junk]), 5000);
    assert_eq!(place(&found), (MailFolder::Junk, "Quarantaine X"));
    assert_eq!(found.report.round_trips, 6);
}

#[test]
fn a_server_that_keeps_no_results_takes_a_round_trip_more() {
    let plain = Post { after_login: Some("IMAP4rev1".into()), ..post(vec![inbox().with(1, ours())]) };
    let (found, _) = look_at(plain, 5000);
    assert_eq!((place(&found).0, found.report.round_trips), (MailFolder::Inbox, 6));
}

#[test]
fn in_spam_by_name_in_every_language() {
    for (name, shown) in [
        ("INBOX/Spam", "INBOX/Spam"),
        ("Courrier ind&AOk-sirable", "Courrier indésirable"),
        ("Unerw&APw-nscht", "Unerwünscht"),
        ("Bulk Mail", "Bulk Mail"),
        ("Junk E-Mail", "Junk E-Mail"),
        ("&BCEEPwQwBDw-", "Спам"),
    ] {
        let drawers = vec![inbox(), Drawer::new(name, "").with(4, ours())];
        let (found, _) = look_at(Post { after_login: Some("IMAP4rev1".into()), ..post(drawers) }, 5000);
        assert_eq!(place(&found), (MailFolder::Junk, shown));
    }
}

#[test]
fn in_all_mail_and_in_a_mailbox_of_ones_own() {
    let all = Drawer::new("[Gmail]/All Mail", "\\All").with(7, ours());
    let (found, _) = look_at(post(vec![inbox(), Drawer::new("[Gmail]", "\\Noselect"), all]), 5000);
    assert_eq!(place(&found), (MailFolder::All, "[Gmail]/All Mail"));
    let own = Drawer::new("Rechnungen", "").with(7, ours());
    let (found, _) = look_at(post(vec![inbox(), Drawer::new("x", "\\Noselect"), own]), 5000);
    assert_eq!(place(&found), (MailFolder::Other, "Rechnungen"));
}

#[test]
fn the_copy_of_what_was_sent_is_no_arrival() {
    let copy = ours().replace("Received: from a by b; Mon, 30 Nov 2026 10:00:00 +0000\r\n", "");
    let sent = Drawer::new("Sent", "\\Sent").with(5, ours());
    let all = Drawer::new("All", "\\All").with(5, copy);
    let (found, visit) = look_at(post(vec![inbox(), sent, all]), 0);
    assert!(matches!(found.sighting, Some(Sighting::Unseen { .. })), "{found:?}");
    assert!(!visit.commands.iter().any(|command| command.contains("Sent")), "{:?}", visit.commands);
}

#[test]
fn what_comes_late_is_waited_for() {
    let mut late = inbox();
    late.letters.push(Letter { uid: 3, text: ours(), from: 4 });
    let (found, _) = look_at(post(vec![late, Drawer::new("Junk", "\\Junk")]), 8000);
    assert_eq!(place(&found).0, MailFolder::Inbox);
}

#[test]
fn an_index_that_lags_and_servers_that_cannot_search() {
    let drawers = || vec![inbox().with(1, foreign("a")).with(2, ours()), Drawer::new("Junk", "\\Junk")];
    for (oddity, words) in [(Oddity::SearchLags, INSIDE), (Oddity::NoSearch, INSIDE), (Oddity::NoSearch, "IMAP4rev1")] {
        let post = Post { after_login: Some(words.into()), ..odd(oddity, drawers()) };
        assert_eq!(place(&look_at(post, 5000).0), (MailFolder::Inbox, "INBOX"), "{oddity:?} {words}");
    }
    let post = Post { oddities: vec![Oddity::SearchLags, Oddity::NoUidnext], ..post(drawers()) };
    assert_eq!(place(&look_at(post, 5000).0).0, MailFolder::Inbox);
}

#[test]
fn among_a_million_messages() {
    let mut full = inbox().with(2_000_001, ours());
    full.crowd = 1_000_000;
    let (found, visit) = look_at(odd(Oddity::SearchLags, vec![full.clone()]), 5000);
    assert_eq!(place(&found).0, MailFolder::Inbox);
    assert!(visit.commands.iter().all(|command| !command.contains("1:*")), "{:?}", visit.commands);
    let post = Post { oddities: vec![Oddity::SearchLags, Oddity::NoUidnext], ..post(vec![full]) };
    assert_eq!(place(&look_at(post, 5000).0).0, MailFolder::Inbox);
}

#[test]
fn uids_that_are_others_or_nobodys() {
    let drawers = vec![inbox().with(1, foreign("a")).with(2, foreign("b")).with(3, ours())];
    let (found, visit) = look_at(odd(Oddity::SearchFinds(&[1, 2, 77, 4_294_967_295]), drawers), 5000);
    assert_eq!(place(&found).0, MailFolder::Inbox);
    assert_eq!(visit.bodies, [0; 0]);
}

#[test]
fn what_nobody_asked_for_and_another_order() {
    for oddity in [Oddity::Chatty, Oddity::BodyFirst] {
        let (found, _) = look_at(odd(oddity, vec![inbox().with(2, ours())]), 5000);
        assert_eq!(place(&found).0, MailFolder::Inbox, "{oddity:?}");
    }
}

#[test]
fn names_that_are_literals_or_nasty() {
    let literal = Drawer { listed: "{9}\r\na \"b\" \\c)".into(), ..Drawer::new("a \"b\" \\c)", "\\Junk") }.with(2, ours());
    let (found, _) = look_at(post(vec![inbox(), literal]), 5000);
    assert_eq!(place(&found), (MailFolder::Junk, "a \"b\" \\c)"));
    let nasty = Drawer::new("\x1b[2J&IC4-", "\\Junk").with(2, ours());
    let (found, _) = look_at(post(vec![inbox(), nasty]), 5000);
    assert_eq!(place(&found), (MailFolder::Junk, "\\u{1b}[2J\\u{202e}"));
    let broken = Drawer { listed: "{4}\r\na\r\nb".into(), ..Drawer::new("a\r\nb", "\\Junk") };
    let (found, visit) = look_at(post(vec![inbox().with(1, ours()), broken]), 0);
    assert_eq!(place(&found).0, MailFolder::Inbox);
    assert!(!visit.commands.iter().any(|command| command.starts_with('b')), "{:?}", visit.commands);
}

#[test]
fn a_mailbox_that_does_not_open_is_passed_over() {
    let junk = Drawer::new("Junk", "\\Junk").with(2, ours());
    let (found, _) = look_at(odd(Oddity::Closed("INBOX"), vec![inbox(), junk]), 5000);
    assert_eq!(place(&found).0, MailFolder::Junk);
}

#[test]
fn a_bounce_is_found_by_the_same_token() {
    let of_others = bounce().replace(TOKEN, "OTHERTOKEN");
    let drawers = || vec![inbox().with(1, foreign("a")).with(2, of_others.clone()).with(3, bounce())];
    for oddities in [vec![], vec![Oddity::SearchLags]] {
        let (found, visit) = look_at(Post { oddities, ..post(drawers()) }, 5000);
        match &found.sighting {
            Some(Sighting::Bounced { report, .. }) => assert!(String::from_utf8_lossy(report).contains("Status: 5.1.1")),
            other => panic!("{other:?}"),
        }
        assert!(!visit.bodies.contains(&1), "{:?}", visit.bodies);
    }
}

#[test]
fn what_does_not_come_is_not_lost() {
    let (found, _) = look_at(post(vec![inbox().with(1, foreign("a")), Drawer::new("Archive", "")]), 300);
    assert!(found.report.passed());
    assert!(matches!(found.sighting, Some(Sighting::Unseen { waited }) if waited >= Duration::from_millis(300)));
}

#[test]
fn only_this_one_message_is_taken_away_and_only_where_that_is_possible() {
    let search = MessageSearch { delete: true, ..wanted(5000) };
    let drawers = || vec![inbox().with(1, foreign("a")).with(2, ours()).with(3, foreign("b"))];
    let (found, visit) = look_by(post(drawers()), &search);
    assert!(matches!(found.sighting, Some(Sighting::Seen { deleted: Some(true), .. })), "{found:?}");
    assert_eq!(visit.expunged, [2]);
    assert_eq!(visit.changes, ["SELECT \"INBOX\"", "UID STORE 2 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 2"]);
    // EXPUNGE alone would take away what others marked.
    let (found, visit) = look_by(Post { after_login: Some("IMAP4rev1".into()), ..post(drawers()) }, &search);
    assert!(matches!(found.sighting, Some(Sighting::Seen { deleted: Some(false), .. })));
    assert_eq!(visit.changes, [""; 0]);
}

#[test]
fn capabilities_and_logins_as_they_are_offered() {
    let drawers = || vec![inbox().with(2, ours())];
    for (greeting, capabilities, login) in [
        ("hello", USUAL, "AUTHENTICATE PLAIN "),
        ("hello", "IMAP4rev1", "LOGIN \""),
        ("hello", "IMAP4rev1 AUTH=PLAIN LOGINDISABLED", "AUTHENTICATE PLAIN"),
    ] {
        let post =
            Post { greeting: greeting.into(), capabilities: capabilities.into(), after_login: None, ..post(drawers()) };
        let (found, visit) = look_at(post, 5000);
        assert_eq!(place(&found).0, MailFolder::Inbox, "{capabilities}");
        assert!(visit.commands.iter().any(|command| command.starts_with(login)), "{:?}", visit.commands);
    }
}

#[test]
fn a_search_tries_the_servers_that_it_proposes() {
    let office = PostOffice::open(post(vec![inbox()]));
    let trust = ServerTrust { ca_pem: Some(pki::ca_pem()), pin: None };
    let net = Net { resolver: Arc::new(Table), trust, ..Net::system() };
    let endpoint = |host: &str, port| Endpoint { host: host.into(), port, security: Security::Tls };
    let servers =
        [endpoint(HOST, office.address.port()), endpoint("nowhere.invalid", 993), endpoint("imap.{region}.test", 993)];
    let tried = try_imap(&servers, &net, None, Duration::from_secs(5));
    let words: Vec<&str> = tried.iter().map(|server| server.check.as_str()).collect();
    assert_eq!(words, ["passed", "failed", "unchecked"]);
    let visit = office.close();
    assert!(visit.commands.iter().all(|command| command == "LOGOUT"), "no login: {:?}", visit.commands);
}

#[test]
fn a_server_that_ends_it_all() {
    let fault = |oddity, wait| {
        let office = PostOffice::open(odd(oddity, vec![inbox()]));
        let attempt = Attempt { timeout: Duration::from_millis(1500), ..imap_attempt(office.address.port()) };
        let found = look(&attempt, &wanted(wait), &Table, &Cancel::default(), &mut |_| {});
        office.close();
        assert_eq!(found.sighting, None);
        let evidence = found.report.evidence.unwrap();
        assert_eq!(evidence.protocol, Protocol::Imap);
        (evidence.stage, evidence.fault)
    };
    match fault(Oddity::ByeAt("EXAMINE"), 5000) {
        (Stage::Mailbox, ProbeFault::Reply(reply)) => {
            assert_eq!(reply.text(), "BYE Autologout; idle\\u{1b}[31m for too long");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fault(Oddity::SilentAt("EXAMINE"), 5000), (Stage::Mailbox, ProbeFault::TimedOut));
    assert_eq!(fault(Oddity::EndlessAt("LIST"), 5000).1, ProbeFault::TooLong);
    // An answer to what was not asked yet.
    let early = Oddity::Says("LIST", "TAG OK listed\r\nA9 OK also done\r\n");
    assert_eq!(fault(early, 5000), (Stage::Mailbox, ProbeFault::Injected));
    let huge = Oddity::Says("LIST", "* LIST () \"/\" {99999999}\r\nx\r\n");
    assert_eq!(fault(huge, 5000).1, ProbeFault::TooLong);
    let endless = Box::leak(format!("* LIST () \"/\" {}\r\n", "x".repeat(70_000)).into_boxed_str());
    assert_eq!(fault(Oddity::Says("LIST", endless), 5000).1, ProbeFault::TooLong);
}

#[test]
fn a_wrong_password_is_tried_once_and_not_shown() {
    let office = PostOffice::open(post(vec![inbox()]));
    let mut attempt = imap_attempt(office.address.port());
    attempt.login = Some(Login { secret: Secret::new("s3cret \"pass\\ not".into()), ..attempt.login.unwrap() });
    let report = test(&attempt, &Table, &Cancel::default(), &mut |_| {});
    let visit = office.close();
    let evidence = report.evidence.unwrap();
    assert_eq!(evidence.stage, Stage::Auth);
    assert!(matches!(&evidence.fault, ProbeFault::Reply(reply) if reply.text().starts_with("NO [AUTHENTICATIONFAILED]")));
    assert_eq!(visit.commands.iter().filter(|command| command.starts_with("AUTHENTICATE")).count(), 1);
}
