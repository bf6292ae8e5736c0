//! Several profiles, several logins, one mailer: each mail goes out by the login of its sender, before a server that takes only
//! the login's address.

use std::{env, fs, os::unix::fs::PermissionsExt as _, process::Stdio};

use super::CONSUMERS;
use crate::support::{
    bed::{ALICE, BOB, BOB_PASSWORD, Bed, PASSWORD, as_root, left_out, unique},
    sandbox::{Output, Sandbox},
    wait::until,
};

/// In it `set_up` is mailsetup for Alice by STARTTLS, `set_up_bob` for Bob by implicit TLS, and `way NAME SENDER FROM` a program.
const SCRIPT: &str = r#"
unset MAILSETUP_BED_CACHE; export MAILSETUP_OFFLINE=yes
mailsetup=$1 alice=$2 bob=$3 starttls=$4 tls=$5 mark=$6 to=alice+$6@example.test
same="--provider custom --host localhost --scope system --yes --json --ehlo host.example.test"
set_up() { $mailsetup $alice $same --senders ${alices:-one} --port $starttls --security starttls --username $alice --password-file /run/bed/alice --target $target "$@"; }
set_up_bob() { $mailsetup $bob --profile bob $same --senders ${bobs:-one} --port $tls --security tls --username $bob --password-file /run/bed/bob --target $target "$@"; }
way() { printf 'From: %s\nTo: %s\nSubject: way %s %s\n\ntext\n' "$3" "$to" "$1" "$mark" | sendmail -i ${2:+-f "$2"} -- "$to"; }
sent() { timeout 60 bash -c 'until postqueue -p | grep -q "queue is empty"; do sleep 0.2; done' || { postqueue -p >&2; tail -20 /run/bed/log >&2; exit 1; }; }
"#;

/// What was done on a machine where this mailer is at work; `None` where it cannot run here.
fn on_machine(bed: &Bed, mailer: &str, script: &str, mark: &str) -> Option<Output> {
    let sandbox = Sandbox::new();
    fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let (one, other) = (sandbox.write("alice", PASSWORD), sandbox.write("bob", BOB_PASSWORD));
    let script = format!(
        "target={mailer}; cp {} /run/bed/alice; cp {} /run/bed/bob; chmod 600 /run/bed/alice /run/bed/bob\n{SCRIPT}{script}",
        one.display(),
        other.display()
    );
    let mut command = as_root("env");
    command.args(env::var("MAILSETUP_BED_CACHE").ok().map(|cache| format!("MAILSETUP_BED_CACHE={cache}")));
    command.arg(format!("BED_CA={}", bed.ca_pem_path.display()));
    command.args([format!("{CONSUMERS}/running").as_str(), mailer, "bash", "-c", &script, "bash"]);
    command.args([env!("CARGO_BIN_EXE_mailsetup"), ALICE, BOB, &bed.starttls_port.to_string(), &bed.tls_port.to_string()]);
    let out = command.arg(mark).current_dir(sandbox.path("home")).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let out = Output { code: out.status.code(), stdout: text(&out.stdout), stderr: text(&out.stderr) };
    if out.code == Some(75) && out.stdout.is_empty() {
        left_out(format_args!("{mailer}: {}", out.stderr.trim()));
        return None;
    }
    Some(out)
}

/// The envelope's sender and From of a message that arrived.
fn arrived(bed: &Bed, way: &str, mark: &str) -> (String, String) {
    let subject = format!("Subject: way {way} {mark}");
    let mailbox = bed.mailbox("alice");
    let message = until(|| mailbox.messages().into_iter().find(|message| message.contains(&subject)));
    let message = message.unwrap_or_else(|| panic!("{way} did not arrive"));
    let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    (field("Return-Path:").trim_matches(['<', '>']).to_owned(), field("From:"))
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn each_mail_goes_out_by_the_login_of_its_sender() {
    let bed = Bed::start();
    let mark = unique("logins");
    let script = "\
        set_up --test send --test-to $bob || exit 2; set_up_bob --test send --test-to $alice || exit 3
        way own $alice \"Alice <$alice>\"; way other $bob \"Bob <$bob>\"; way cron '' 'root (Cron Daemon)'
        way daemon fail2ban@host 'Fail2Ban <fail2ban@host>'; way empty '<>' root
        way mixed $bob 'root (Cron Daemon)'; way crossed root \"Bob <$bob>\"; sent
        set_up --test none >&2; $mailsetup check --drift --all --scope system >&2 || exit 4
        $mailsetup remove bob --scope system >&2 || exit 5; way after '' 'root'; sent
        $mailsetup check default --drift --scope system >&2 || exit 6
        ! grep -rl mailsetup-login /etc/postfix";
    let Some(out) = on_machine(bed, "postfix", script, &mark) else { return };
    let out = out.code(0);
    for document in out.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
        assert_eq!(document["proofs"][0]["sent"], true, "{document}\n{}", out.stderr);
        // What programs send goes out by the first's login: it proves nothing of the other's.
        let is_first = document["profile"] == "default";
        assert_eq!(document["proofs"].as_array().unwrap().len() > 1, is_first, "{document}");
    }
    for (way, sender) in [
        ("own", ALICE),
        ("other", BOB),
        ("cron", ALICE),
        ("daemon", ALICE),
        ("empty", ALICE),
        ("mixed", BOB),
        ("crossed", ALICE),
        ("after", ALICE),
    ] {
        let (envelope, from) = arrived(bed, way, &mark);
        assert_eq!(envelope, sender, "{way}");
        assert!(from.contains(sender) && from.matches('@').count() == 1, "{way}: {from}");
    }
    assert_eq!(arrived(bed, "other", &mark).1, format!("\"Bob\" <{BOB}>"));
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn the_other_s_from_stays_its_own_though_all_other_mail_leaves_as_the_first() {
    let bed = Bed::start();
    let mark = unique("own-from");
    let script = "\
        set_up --test none >&2 || exit 2; bobs=any set_up_bob --test send --test-to $alice || exit 3
        way own $bob \"Bob <$bob>\"; way bare $bob $bob; way quoted $bob \"\\\"Bob, B.\\\" <$bob>\"
        way cron '' 'root (Cron Daemon)'; sent
        alices=any set_up --test none >&2 || exit 4; $mailsetup apply bob --scope system >&2 || exit 5
        way plain $bob \"Bob <$bob>\"; sent
        ls /etc/postfix >&2; ! ls /etc/postfix/mailsetup_envelope /etc/postfix/mailsetup_header /etc/postfix/mailsetup_from_bob";
    let Some(out) = on_machine(bed, "postfix", script, &mark) else { return };
    out.code(0);
    for (way, name) in [("own", "\"Bob\" "), ("bare", "\"bob\" "), ("quoted", "\"Bob, B.\" "), ("plain", "Bob ")] {
        assert_eq!(arrived(bed, way, &mark), (BOB.to_owned(), format!("{name}<{BOB}>")), "{way}");
    }
    let (envelope, from) = arrived(bed, "cron", &mark);
    assert!(envelope == ALICE && from.contains(ALICE), "{envelope} {from}");
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn without_the_first_the_other_sends_on() {
    let bed = Bed::start();
    let mark = unique("alone");
    let script = "\
        set_up --test none >&2 || exit 2; set_up_bob --test none >&2 || exit 3
        $mailsetup remove default --scope system >&2 || exit 5
        way other $bob \"Bob <$bob>\"; sent; $mailsetup undo --scope system >&2 || exit 6
        way own '' root; sent";
    let Some(out) = on_machine(bed, "postfix", script, &mark) else { return };
    out.code(0);
    assert_eq!(arrived(bed, "other", &mark).0, BOB);
    assert_eq!(arrived(bed, "own", &mark).0, ALICE);
}
