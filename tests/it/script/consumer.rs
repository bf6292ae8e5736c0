//! After writing, the consumer itself sends: what it is given, what is made of its words, and that it ends with mailsetup.

use std::{fs, process::Stdio, time::Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::{Value, json};

use super::{
    super::support::{sandbox::Output, wait::until},
    House, keeps_quiet, obeys_the_contract,
    stores::shim,
};

/// A house in which msmtp is this script; everything else is where it always is.
fn house_with(script: &str) -> (House, String) {
    house_where("msmtp", script)
}

fn house_where(program: &str, script: &str) -> (House, String) {
    let house = House::new();
    let path = shim(&house.sandbox, program, script);
    (house, path)
}

fn set_up(house: &House, path: &str, more: &[&str]) -> Output {
    let words = [&["--password-file", "pw", "--yes", "--json", "--target", "msmtp"], more].concat();
    house.set_up(&words).env("PATH", path).run()
}

fn proof(out: &Output) -> Value {
    let document = out.json();
    obeys_the_contract(&document);
    document["proofs"][0].clone()
}

#[test]
fn it_is_given_the_message_and_what_a_person_has_but_no_secret() {
    let (house, path) = house_with("cd \"$HOME\"; pwd >cwd; env >env; printf '%s\\n' \"$@\" >args; cat >message");
    let words = ["--password-env", "RELAY_PW", "--secret-store", "file", "--yes", "--json", "--target", "msmtp"];
    let run = house
        .set_up(&[&words[..], &["--test-to", "bob@example.test"]].concat())
        .env("PATH", &path)
        .env("RELAY_PW", house.demo.password())
        .env("MINE", "1");
    let out = run.env("MAILSETUP_NAME", "Opérations").run().code(0);
    let proof = proof(&out);
    assert_eq!((&proof["by"], &proof["to"], &proof["sent"]), (&json!("msmtp"), &json!("bob@example.test"), &json!(true)));
    assert_eq!((&proof["said"], &proof["mailsetup_can"], &proof["as"]), (&Value::Null, &Value::Null, &Value::Null));
    assert!(
        out.stderr.contains("msmtp: msmtp itself read the settings and sent a message to bob@example.test"),
        "{}",
        out.stderr
    );
    // It has sent: no second message goes out for it.
    assert_eq!(house.demo.arrived().len(), 1);

    let home = house.sandbox.path("home").display().to_string();
    let args = house.sandbox.read("home/args");
    assert_eq!(args, format!("--file={home}/.msmtprc\n-a\nmailsetup\n--\nbob@example.test\n"));
    assert_eq!(house.sandbox.read("home/cwd"), format!("{home}\n"));
    let env = house.sandbox.read("home/env");
    assert!(
        env.contains("MINE=1\n") && env.contains("LC_ALL=C.UTF-8\n") && env.contains(&format!("HOME={home}\n")),
        "{env}"
    );
    assert!(!env.contains("RELAY_PW") && !env.contains("MAILSETUP_") && !env.contains(house.demo.password()), "{env}");
    let message = house.sandbox.read("home/message");
    let (head, body) = message.split_once("\n\n").unwrap();
    assert!(!message.contains('\r') && head.contains("\nTo: bob@example.test\n"), "{message}");
    assert!(head.contains("Subject: Test message from web1.example.com, sent by msmtp\n"), "{message}");
    assert!(head.contains("From: =?utf-8?b?") && body.contains(".msmtprc"), "{message}");
}

#[test]
fn its_own_words_and_whether_mailsetup_can_are_told() {
    let (house, path) = house_with(
        "echo 'msmtp: authentication failed (method PLAIN)' >&2
         echo 'msmtp: server message: 535 5.7.8 Error: authentication failed' >&2; exit 77",
    );
    let out = set_up(&house, &path, &["--report", "report.txt"]).code(77);
    let (document, proof) = (out.json(), proof(&out));
    assert_eq!((&document["ok"], &document["changed"], &proof["sent"]), (&json!(false), &json!(true), &json!(false)));
    assert_eq!((&proof["by"], &proof["mailsetup_can"]), (&json!("msmtp"), &json!(true)));
    assert!(proof["said"].as_str().unwrap().ends_with("server message: 535 5.7.8 Error: authentication failed"), "{proof}");
    assert_eq!(proof["diagnosis"]["cause"], "bad_credentials");
    for words in [
        "msmtp: written, but msmtp itself does not send to ",
        "    msmtp: server message: 535 5.7.8 Error: authentication failed\n",
        "It ended with status 77.",
        "mailsetup can send with the same settings: what is in the way is on this machine, with msmtp.",
        "What it says mostly means: The user name or password is refused",
    ] {
        assert!(out.stderr.contains(words), "{words}\n{}", out.stderr);
    }
    let report = house.sandbox.read("home/report.txt");
    let told = "\nMessages that the programs themselves sent\n  msmtp: written, but msmtp itself does not send to ";
    assert!(report.contains(told) && report.contains("      msmtp: server message: 535 5.7.8"), "{report}");
    assert_eq!(house.demo.arrived().len(), 2, "the live test, and mailsetup's own with what was read back");

    // One that says nothing has said nothing; what it says of a file of this machine is explained as that.
    for (script, words) in [
        ("exit 70", "It ended with status 70 and did not say why."),
        ("echo 'on standard output' ; exit 1", "    on standard output\n"),
        ("kill -KILL $$", "A signal ended it."),
    ] {
        let path = shim(&house.sandbox, "msmtp", script);
        let out = set_up(&house, &path, &[]);
        assert!(out.code != Some(0) && out.stderr.contains(words), "{script}: {}", out.stderr);
        assert!(proof_of(&out)["diagnosis"].is_null() && out.stderr.contains("AppArmor or SELinux"), "{}", out.stderr);
    }
    let path = shim(&house.sandbox, "msmtp", "echo 'msmtp: /etc/x: Permission denied' >&2; exit 78");
    let out = set_up(&house, &path, &[]).code(78);
    assert!(out.stderr.contains("    msmtp: /etc/x: Permission denied\n"), "{}", out.stderr);
    assert_eq!(proof_of(&out)["diagnosis"]["cause"], "file_not_readable");
    // Also when quiet.
    let quiet =
        house.set_up(&["--password-file", "pw", "--yes", "-q", "--target", "msmtp"]).env("PATH", &path).run().code(78);
    assert!(quiet.stderr.contains("msmtp: written, but msmtp itself does not send to "), "{}", quiet.stderr);
    // In French too.
    let path = shim(&house.sandbox, "msmtp", "exit 78");
    let out = set_up(&house, &path, &["--lang", "fr"]).code(78);
    assert!(out.stderr.contains("mailsetup peut envoyer avec les mêmes réglages"), "{}", out.stderr);
}

fn proof_of(out: &Output) -> Value {
    out.json()["proofs"][0].clone()
}

#[test]
fn its_words_cannot_touch_the_terminal_nor_give_the_password_away() {
    let (house, path) = house_with(
        r#"i=0; while [ $i -lt 20000 ]; do echo "filler $i" >&2; i=$((i+1)); done
           printf 'a \033]0;owned\007\033[2J \302\233 b %s\n' "$(cat pw)" >&2
           printf 'c %s\n' "$(printf %s "$(cat pw)" | base64)" >&2
           head -c 5000 /dev/zero | tr '\0' x >&2; exit 1"#,
    );
    let out = set_up(&house, &path, &[]).code(1);
    keeps_quiet(&out, house.demo.password());
    let said = proof(&out)["said"].as_str().unwrap().to_owned();
    assert!(said.contains("owned") && said.contains("b ***\nc ***\nxxx"), "{said}");
    assert!(said.lines().count() <= 6 && said.len() < 4000, "{}", said.len());
    assert!(!out.stderr.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{:?}", out.stderr);
}

#[test]
fn one_that_does_not_end_is_ended_with_all_that_it_started() {
    let (house, path) = house_with("echo $$ >pids; sleep 600 & echo $! >>pids; wait");
    let begun = Instant::now();
    let out = set_up(&house, &path, &["--timeout", "0.5"]).code(75);
    assert!(begun.elapsed().as_secs() < 15, "{:?}", begun.elapsed());
    assert!(out.stderr.contains("It did not end within 5 seconds, and was stopped."), "{}", out.stderr);
    all_gone(&house);

    let path = shim(&house.sandbox, "msmtp", "echo $$ >pids; exec yes");
    let out = set_up(&house, &path, &[]).code(1);
    assert!(out.stderr.contains("It printed without end, and was stopped."), "{}", out.stderr);
    all_gone(&house);
}

#[test]
fn one_that_is_at_work_ends_with_mailsetup() {
    let (house, path) = house_with("sleep 600 & echo $$ $! >pids.new; mv pids.new pids; wait");
    for signal in [Signal::INT, Signal::TERM] {
        let _ = fs::remove_file(house.sandbox.path("home/pids"));
        let words = house.words(&["--password-file", "pw", "--yes", "--target", "msmtp"]);
        let mut child = house
            .sandbox
            .mailsetup(words)
            .env("PATH", &path)
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        assert!(until(|| house.sandbox.path("home/pids").exists().then_some(())).is_some(), "it never began");
        kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), signal).unwrap();
        assert!(!child.wait().unwrap().success());
        all_gone(&house);
    }
}

/// Fails unless every process that the script noted has ended.
#[track_caller]
fn all_gone(house: &House) {
    for pid in house.sandbox.read("home/pids").split_whitespace() {
        let pid = Pid::from_raw(pid.parse().unwrap()).unwrap();
        let is_gone = || {
            let status = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
            // Who has nobody to be waited for by stays as a shadow.
            (test_kill_process(pid).is_err() || status.contains(") Z ")).then_some(())
        };
        assert!(until(is_gone).is_some(), "{pid:?} is still there");
    }
}

#[test]
fn where_it_cannot_send_here_mailsetup_does() {
    // git is there, and what sends by it is another package.
    let (house, path) = house_where("git", "echo \"git: 'send-email' is not a git command. See 'git --help'.\" >&2; exit 1");
    let words = ["--password-file", "pw", "--yes", "--json", "--target", "git"];
    let out = house.set_up(&words).env("PATH", &path).run().code(0);
    assert_eq!((&proof(&out)["by"], &proof(&out)["sent"]), (&json!("mailsetup"), &json!(true)));
    assert!(out.stderr.contains("git: read back by mailsetup, and mailsetup sent a message to "), "{}", out.stderr);
    assert_eq!(house.demo.arrived().len(), 2);

    // Not installed; a variable that is set only where mail is sent; no message wanted; below another root.
    let house = House::new();
    let out = house.set_up(&["--password-file", "pw", "--yes", "--json", "--target", "msmtp"]);
    assert_eq!(proof(&out.env("PATH", "/nonexistent").run().code(0))["by"], "mailsetup");
    // What it reads may be asked; nothing is sent then.
    let marks = "case \" $* \" in *\" --pretend \"*) exit 1 ;; esac; touch \"$HOME/called\"";
    let path = shim(&house.sandbox, "msmtp", marks);
    let words = ["--password-env", "RELAY_PW", "--yes", "--json", "--target", "msmtp"];
    let out = house.set_up(&words).env("PATH", &path).env("RELAY_PW", house.demo.password()).run().code(0);
    assert_eq!(proof(&out)["by"], "mailsetup");
    let out = set_up(&house, &path, &["--test", "login"]).code(0);
    assert_eq!((&proof(&out)["by"], &proof(&out)["sent"]), (&Value::Null, &Value::Null));
    fs::create_dir_all(house.sandbox.path("home/image/etc")).unwrap();
    let out = set_up(&house, &path, &["--root", "image", "--scope", "system"]).code(0);
    assert_eq!(proof(&out)["by"], Value::Null);
    assert!(!house.sandbox.path("home/called").exists());
    set_up(&house, &path, &[]).code(0);
    assert!(house.sandbox.path("home/called").exists());
}

#[test]
fn a_perl_module_that_is_missing_is_named_with_its_package() {
    for (words, package) in [
        (
            "To use SSL please install IO::Socket::SSL with version>=2.007 at /usr/share/perl/5.36/Net/SMTP.pm line 268.",
            "libio-socket-ssl-perl",
        ),
        (
            "Need MIME::Base64 and Authen::SASL todo auth at /usr/lib/git-core/git-send-email line 1694.",
            "libauthen-sasl-perl",
        ),
    ] {
        let (house, path) = house_where("git", &format!("echo '{words}' >&2; exit 255"));
        let out = house.set_up(&["--password-file", "pw", "--yes", "--json", "--target", "git"]).env("PATH", &path).run();
        let proof = proof(&out);
        assert_eq!(proof["diagnosis"]["cause"], "perl_module_missing", "{proof}");
        assert!(proof["diagnosis"]["steps"].to_string().contains(package), "{proof}");
    }
}
