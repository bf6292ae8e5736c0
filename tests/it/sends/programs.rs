//! The programs of a machine as they really are: Debian's cron daemon, three `mail`, fail2ban, smartd, PHP as www-data, programs with
//! a From of their own, without a sender, and of a user without a name. What was called done arrives, and what cannot is called so.

use std::thread;

use serde_json::{Value, json};

use super::{
    CONSUMERS,
    senders::Relay,
    ways::{run, ways},
};

/// Subjects of the real programs, and the way by which mailsetup tried what each of them does.
const PROGRAMS: [(&str, &str); 10] = [
    ("way bsd-mailx", "mail"),
    ("way mailutils", "mail"),
    ("way s-nail", "mail"),
    ("way own", "mail"),
    ("way empty", "empty"),
    ("way php", "test"),
    ("[Fail2Ban] bed: started", "daemon"),
    ("[Fail2Ban] bed: banned 192.0.2.1", "daemon"),
    ("SMART error (EmailTest)", "mail"),
    ("Cron <root@host> echo way-cron", "cron"),
];

/// A mailer, set up with `--senders` before a relay, and then the programs: the document, what could not be handed over, and the
/// relay. `None` where it cannot run here.
fn sent(mailer: &str, senders: &str, is_strict: bool) -> Option<(Value, String, Relay)> {
    let relay = Relay::start(is_strict);
    let script = format!("set_up \"$@\"; {CONSUMERS}/programs bob@example.net >&2");
    let words = ["--root-mail", "bob@example.net", "--senders", senders];
    let out = run(&relay, mailer, &script, &words, "BED_PROGRAMS=1")?;
    let document = serde_json::from_str(out.stdout.lines().next().unwrap_or_default());
    Some((document.unwrap_or_else(|_| panic!("{mailer}: {}{}", out.stdout, out.stderr)), out.stderr, relay))
}

fn has_come(relay: &Relay, subject: &str) -> bool {
    relay.taken.lock().unwrap().iter().any(|taken| taken.field("Subject").starts_with(subject))
}

/// Cron's table is read at the full minute: all mailers wait for the same one.
fn side_by_side<T: Sync>(cases: &[T], of_each: impl Fn(&T) + Sync) {
    thread::scope(|scope| {
        for case in cases {
            scope.spawn(|| of_each(case));
        }
    });
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn what_was_called_done_arrives_from_every_program() {
    let strict = ["postfix", "exim4", "msmtp"].map(|mailer| (mailer, "one", true));
    let lax = ["nullmailer", "dma"].map(|mailer| (mailer, "any", false));
    side_by_side(&[&strict[..], &lax].concat(), |(mailer, senders, is_strict)| {
        let Some((document, said, relay)) = sent(mailer, senders, *is_strict) else { return };
        assert_eq!(document["ok"], true, "{mailer}: {document}\n{said}");
        for (subject, _) in PROGRAMS {
            assert!(has_come(&relay, subject), "{mailer}: nothing of {subject:?}\n{said}");
        }
        // A user without a name: these mailers look it up and say so.
        let has_words = said.contains("number: ");
        assert_eq!(has_come(&relay, "way number"), !has_words, "{mailer}: {said}");
    });
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn what_cannot_arrive_was_called_so() {
    side_by_side(&["nullmailer", "dma"], |mailer| {
        let Some((document, said, relay)) = sent(mailer, "any", true) else { return };
        assert_eq!(document["ok"], false, "{mailer}: {document}");
        let ways = ways(&document);
        for (subject, way) in PROGRAMS.iter().filter(|(_, way)| ["cron", "daemon"].contains(way)) {
            let was_sent = ways.iter().any(|(name, sent)| name == way && **sent == json!(true));
            assert_eq!(has_come(&relay, subject), was_sent, "{mailer}: {subject} by {way}\n{said}");
        }
    });
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn each_of_several_users_sends_by_a_file_that_their_group_reads() {
    let relay = Relay::start(true);
    let login = ["--auth", "plain", "--username", super::senders::ADDRESS, "--password-file", "/run/bed/pw"];
    let users = ["--run-as", "www-data", "--run-as", "games", "--run-as-group", "mailsenders", "--senders", "one"];
    let more = [&login[..], &users].concat();
    let script = "echo pw >/run/bed/pw; set_up \"$@\"; stat -c '%a %U %G' /etc/msmtprc >&2; grep mailsenders /etc/group >&2
        for user in www-data games; do
            printf 'Subject: by %s\\n\\nx\\n' $user | setpriv --reuid=$user --regid=$user --init-groups sendmail -i -- bob@example.net
        done";
    let Some(out) = run(&relay, "msmtp", script, &more, "BED_PROGRAMS=1") else { return };
    let out = out.code(0);
    let document: Value = serde_json::from_str(out.stdout.lines().next().unwrap()).unwrap();
    let users: Vec<&str> = document["proofs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["way"] == "user" && it["sent"] == true)
        .filter_map(|it| it["as"].as_str())
        .collect();
    assert_eq!(users, ["www-data", "games"], "{document}\n{}", out.stderr);
    assert!(out.stderr.contains("640 root mailsenders") && out.stderr.contains(":www-data,games"), "{}", out.stderr);
    assert!(has_come(&relay, "by www-data") && has_come(&relay, "by games"), "{}", out.stderr);
}
