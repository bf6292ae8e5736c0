//! After writing, mail leaves as the programs of the machine send it, or what does not is named: mailers at work, before a relay
//! that takes only the login's address and before one that takes all.

use std::{env, fs, os::unix::fs::PermissionsExt as _, process::Stdio};

use serde_json::{Value, json};

use super::{
    CONSUMERS,
    senders::{ADDRESS, Relay},
};
use crate::support::{
    bed::{as_root, left_out},
    sandbox::{Output, Sandbox},
};

/// A cron, and a `mail` that is S-nail.
const PROGRAMS: &str = "ln -sf /bin/true /usr/sbin/cron; ln -sf /usr/bin/s-nail /usr/bin/mail";

/// Sets a mailer up on a machine where it is at work, by `script`, in which `set_up` is mailsetup with its words; `None` where it
/// cannot run here.
fn on_machine(relay: &Relay, mailer: &str, script: &str, more: &[&str]) -> Option<Output> {
    run(relay, mailer, &format!("{PROGRAMS}\n{script}"), more, "")
}

/// The same, with a word for the test bed and with the programs that the machine has.
pub(super) fn run(relay: &Relay, mailer: &str, script: &str, more: &[&str], bed: &str) -> Option<Output> {
    let sandbox = Sandbox::new();
    fs::set_permissions(sandbox.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = as_root("env");
    command.args(env::var("MAILSETUP_BED_CACHE").ok().map(|cache| format!("MAILSETUP_BED_CACHE={cache}")));
    command.args(Some(bed).filter(|word| !word.is_empty()));
    let script = format!(
        "unset MAILSETUP_BED_CACHE; export MAILSETUP_OFFLINE=yes; set_up() {{ {} \"$@\"; }}\n{script}",
        env!("CARGO_BIN_EXE_mailsetup")
    );
    let port = relay.port.to_string();
    command.args([format!("{CONSUMERS}/running").as_str(), mailer, "bash", "-c", &script, "bash"]);
    command.args([ADDRESS, "--provider", "custom", "--host", "127.0.0.1", "--port", &port, "--security", "none"]);
    command.args(["--scope", "system", "--target", mailer, "--yes", "--json", "--timeout", "10"]);
    command.args(if more.contains(&"--auth") { &[][..] } else { &["--auth", "none"] }).args(more);
    let out = command.current_dir(sandbox.path("home")).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let out = Output { code: out.status.code(), stdout: text(&out.stdout), stderr: text(&out.stderr) };
    if out.code == Some(75) && out.stdout.is_empty() {
        left_out(format_args!("{mailer}: {}", out.stderr.trim()));
        return None;
    }
    Some(out)
}

/// The ways of a document's proofs, with whether each went out.
pub(super) fn ways(document: &Value) -> Vec<(&str, &Value)> {
    let proofs = document["proofs"].as_array().unwrap();
    proofs.iter().map(|proof| (proof["way"].as_str().unwrap(), &proof["sent"])).collect()
}

const LED: [&str; 4] = ["--root-mail", "bob@example.net", "--senders", "one"];

#[test]
#[ignore = "needs mailers, see tests/run"]
fn every_way_of_programs_goes_out_where_one_sender_leaves() {
    for mailer in ["postfix", "exim4", "msmtp"] {
        let relay = Relay::start(true);
        let as_user = ["--auth", "plain", "--username", ADDRESS, "--password-file", "/run/bed/pw", "--run-as", "www-data"];
        let more = if mailer == "msmtp" { [&LED[..], &as_user].concat() } else { LED.to_vec() };
        let Some(out) = on_machine(&relay, mailer, "echo pw >/run/bed/pw; set_up \"$@\"", &more) else { continue };
        let out = out.code(0);
        let document = out.json();
        let yes = json!(true);
        let mut expected = vec![("test", &yes), ("cron", &yes), ("mail", &yes)];
        expected.extend((mailer == "msmtp").then_some(("user", &yes)));
        expected.push(("empty", &yes));
        assert_eq!(ways(&document), expected, "{mailer}: {document}\n{}", out.stderr);
        let cron = &document["proofs"][1];
        assert_eq!((&cron["to"], &cron["by"]), (&json!("bob@example.net"), &json!(mailer)));
        // Root's mail has left for its address, and everything under the one sender.
        let taken = relay.taken.lock().unwrap();
        let of_cron = taken.iter().find(|it| it.field("Subject").ends_with("sent by cron")).unwrap();
        assert_eq!((of_cron.to.as_str(), of_cron.envelope.as_str()), ("bob@example.net", ADDRESS), "{mailer}");
        assert!(of_cron.field("From").contains(ADDRESS), "{mailer}: {of_cron:?}");
    }
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn cron_s_mail_that_a_provider_refuses_is_named_and_done_is_not_said() {
    for mailer in ["postfix", "exim4", "msmtp", "nullmailer", "dma", "ssmtp"] {
        let relay = Relay::start(true);
        let more = ["--root-mail", "bob@example.net", "--senders", "any"];
        let Some(out) = on_machine(&relay, mailer, "set_up \"$@\"", &more) else { continue };
        let out = out.code(77);
        let document = out.json();
        assert_eq!((&document["ok"], &document["changed"]), (&json!(false), &json!(true)), "{mailer}");
        let proofs = document["proofs"].as_array().unwrap();
        assert_eq!((&proofs[0]["way"], &proofs[0]["sent"]), (&json!("test"), &json!(true)), "{mailer}: {}", out.stderr);
        let cron = proofs.iter().find(|proof| proof["way"] == "cron").unwrap();
        assert_eq!((&cron["sent"], &cron["mailsetup_can"]), (&json!(false), &json!(true)), "{mailer}: {cron}");
        let said = cron["said"].as_str().unwrap();
        assert!(said.contains("5.7.1"), "{mailer}: {said}");
        let fix = if ["nullmailer", "dma", "ssmtp"].contains(&mailer) {
            "choose one of them as the target"
        } else {
            "--senders one"
        };
        assert!(
            out.stderr.contains(fix) && out.stderr.contains("(from root, to bob@example.net)"),
            "{mailer}: {}",
            out.stderr
        );
        assert!(!out.stderr.contains("This machine can send mail"), "{mailer}: {}", out.stderr);
    }
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn a_to_without_a_domain_is_completed_or_named() {
    for (mailer, completes) in
        [("postfix", true), ("exim4", true), ("nullmailer", true), ("msmtp", false), ("dma", false), ("ssmtp", false)]
    {
        let relay = Relay::of_whole_addresses();
        let more = ["--root-mail", "bob@example.net", "--senders", "any"];
        let Some(out) = on_machine(&relay, mailer, "set_up \"$@\"", &more) else { continue };
        let document = out.code(if completes { 0 } else { 77 }).json();
        let cron = document["proofs"].as_array().unwrap().iter().find(|proof| proof["way"] == "cron").unwrap();
        assert_eq!(cron["sent"], completes, "{mailer}: {cron}");
        if completes {
            let taken = relay.taken.lock().unwrap();
            let of_cron = taken.iter().find(|it| it.field("Subject").ends_with("sent by cron")).unwrap();
            assert_eq!(
                (of_cron.to.as_str(), of_cron.field("To")),
                ("bob@example.net", "root@host.example.test"),
                "{mailer}"
            );
        } else {
            assert_eq!(cron["diagnosis"]["cause"], "address_syntax", "{mailer}: {cron}");
            let steps = cron["diagnosis"]["steps"].to_string();
            assert!(steps.contains("--target postfix"), "{mailer}: {steps}");
        }
    }
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn msmtp_leads_the_mail_of_every_user_without_a_mailbox() {
    let relay = Relay::of_whole_addresses();
    let script = "set_up \"$@\" --test none >/dev/null && chmod 644 /etc/msmtprc && \
                  printf 'Subject: of www-data\\n\\ntext\\n' | sendmail -i www-data";
    let Some(out) = on_machine(&relay, "msmtp", script, &LED) else { return };
    out.code(0);
    let taken = relay.taken.lock().unwrap();
    assert_eq!(taken.iter().find(|it| it.field("Subject") == "of www-data").unwrap().to, "bob@example.net");
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn an_unchanged_run_and_a_check_send_cron_s_mail_alone() {
    let relay = Relay::start(false);
    let script = "set_up \"$@\" >/dev/null 2>&1 || exit 9; set_up \"$@\"; set_up check --send --scope system --json";
    let Some(out) = on_machine(&relay, "postfix", script, &LED) else { return };
    let out = out.code(0);
    let documents: Vec<Value> = out.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let yes = json!(true);
    assert_eq!(documents[0]["changed"], false);
    assert_eq!(ways(&documents[0]), [("test", &yes), ("cron", &yes)], "{}", out.stderr);
    assert_eq!(ways(&documents[1]), [("cron", &yes)], "{}", out.stderr);
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn a_recipient_who_is_the_sender_is_no_failure_of_exim_s() {
    let relay = Relay::start(false);
    let Some(out) = on_machine(&relay, "exim4", "set_up \"$@\"", &["--test-to", ADDRESS]) else { return };
    let document = out.code(0).json();
    let yes = json!(true);
    assert!(ways(&document).iter().all(|(_, sent)| *sent == &yes), "{document}");
}

/// A daemon with an address of its own.
const FAIL2BAN: &str = "mkdir -p /etc/fail2ban; printf '[DEFAULT]\\nsender = guard@other.test\\n' >/etc/fail2ban/jail.local";

#[test]
#[ignore = "needs mailers, see tests/run"]
fn addresses_that_the_server_refuses_are_named_before_anything_is_written() {
    let relay = Relay::start(true);
    let script = format!("{FAIL2BAN}; set_up \"$@\" --dry-run; ls /etc/mailsetup");
    let more = ["--root-mail", "bob@example.net", "--senders", "any"];
    let Some(out) = on_machine(&relay, "postfix", &script, &more) else { return };
    let document: Value = serde_json::from_str(out.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(document["ok"], true, "{}", out.stderr);
    let notes = document["notes"].to_string();
    assert!(notes.contains("fail2ban here sends as guard@other.test, and 127.0.0.1 refuses that: 553 5.7.1"), "{notes}");
    assert!(notes.contains("cron here sends as root@") && notes.contains("--senders one"), "{notes}");
    assert!(relay.taken.lock().unwrap().is_empty(), "a dry run sends nothing");
    // Under one sender it does not matter what they use, and nothing is tried.
    let script = format!("{FAIL2BAN}; set_up \"$@\"");
    let Some(out) = on_machine(&relay, "postfix", &script, &LED) else { return };
    let document = out.code(0).json();
    assert!(!document["notes"].to_string().contains("refuses"), "{document}");
    let daemon = document["proofs"].as_array().unwrap().iter().find(|proof| proof["way"] == "daemon").unwrap();
    assert_eq!((&daemon["sent"], &daemon["to"]), (&json!(true), &json!("bob@example.net")), "{daemon}");
}

#[test]
#[ignore = "needs mailers, see tests/run"]
fn a_refused_address_counts_where_no_program_that_uses_it_is_here() {
    let bare = "rm -f /usr/sbin/cron /usr/sbin/crond /usr/bin/mail; set_up \"$@\"; echo ended $?; \
                set_up check --send --scope system --json; echo ended $?";
    for mailer in ["postfix", "msmtp"] {
        let relay = Relay::start(true);
        let Some(out) = run(&relay, mailer, bare, &["--root-mail", "bob@example.net", "--senders", "any"], "") else {
            continue;
        };
        let lines: Vec<&str> = out.stdout.lines().collect();
        assert_eq!((lines[1], lines[3]), ("ended 77", "ended 77"), "{mailer}: {}\n{}", out.stdout, out.stderr);
        for line in [lines[0], lines[2]] {
            let document: Value = serde_json::from_str(line).unwrap();
            assert_eq!(document["ok"], false, "{mailer}: {document}");
            let proofs = document["proofs"].as_array().unwrap();
            let cron = proofs.iter().find(|proof| proof["way"] == "cron").unwrap();
            assert_eq!((&cron["sent"], &cron["by"]), (&json!(false), &Value::Null), "{mailer}: {cron}");
            assert!(cron["said"].as_str().unwrap().contains("553 5.7.1"), "{mailer}: {cron}");
        }
        let said = &out.stderr;
        assert_eq!(said.matches("cron’s mail (from root@").count(), 2, "{mailer}: {said}");
        assert_eq!(said.matches("run mailsetup again with --senders one").count(), 2, "{mailer}: {said}");
        assert!(!said.contains("can send mail") && !said.contains("mail goes out"), "{mailer}: {said}");
    }
    // What the server takes, and what leaves under one address, is nothing to name.
    for (is_strict, senders) in [(false, "any"), (true, "one")] {
        let relay = Relay::start(is_strict);
        let more = ["--root-mail", "bob@example.net", "--senders", senders];
        let Some(out) = run(&relay, "postfix", bare, &more, "") else { continue };
        assert_eq!(out.stdout.matches("ended 0").count(), 2, "{senders}: {}\n{}", out.stdout, out.stderr);
    }
}

/// A machine whose name service knows a user who is in no file, as of a directory: systemd's, which reads these.
const DIRECTORY: &str = r#"
mkdir -p /etc/userdb
sed -i 's/^passwd:.*/passwd: files systemd/; s/^group:.*/group: files systemd/' /etc/nsswitch.conf
echo '{"userName":"svc@corp.test","uid":60123,"gid":60123,"homeDirectory":"/","disposition":"regular"}' >/etc/userdb/svc@corp.test.user
getent passwd svc@corp.test >&2 || exit 75
echo pw >/run/bed/pw
"#;

#[test]
#[ignore = "needs mailers, see tests/run"]
fn a_user_of_a_directory_sends() {
    let relay = Relay::start(true);
    let login = ["--auth", "plain", "--username", ADDRESS, "--password-file", "/run/bed/pw"];
    let more = [&LED[..], &login, &["--run-as", "svc@corp.test"]].concat();
    let script = format!("{DIRECTORY}set_up \"$@\"; echo; stat -c '%u %a' /etc/mailsetup/profiles/default.secret");
    let Some(out) = on_machine(&relay, "msmtp", &script, &more) else { return };
    let out = out.code(0);
    let (document, file) = out.stdout.trim_end().rsplit_once('\n').unwrap();
    let document: Value = serde_json::from_str(document.trim()).unwrap();
    let user = document["proofs"].as_array().unwrap().iter().find(|proof| proof["way"] == "user").unwrap();
    assert_eq!((&user["sent"], &user["as"]), (&json!(true), &json!("svc@corp.test")), "{document}\n{}", out.stderr);
    // Nobody can say who else is in the user's group: the secret is the user’s alone.
    assert_eq!(file, "60123 400", "{}", out.stderr);
}
