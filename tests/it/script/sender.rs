//! `--run-as`: what is written system-wide can be read by the user who sends, by no other, and that is proven.

use std::process::Command;

use crate::support::setup::places_at_home;
use mailsetup::{
    host::{stores, vault},
    mail::{StoreKind, store::StoreFilling},
};
use serde_json::json;

use super::House;
use crate::support::{bed::left_out, sandbox::Run};

/// Runs a script as root where `/etc` and `/var/lib` are copies that nobody else sees; `None` where that cannot be done.
pub(super) fn apart(house: &House, script: &str) -> Option<Run> {
    let may = Command::new("unshare").args(["-m", "true"]).status().is_ok_and(|status| status.success());
    if !may || !rustix::process::geteuid().is_root() {
        left_out("needs root and namespaces");
        return None;
    }
    // The program stands where everyone may run it, wherever it was built.
    let prepare = "set -e; mount --make-rprivate /; cp -a /etc etc; rm -rf etc/mailsetup etc/msmtprc; mount --bind etc /etc; mount -t tmpfs none /var/lib
         mkdir /var/lib/bin; cp \"$(command -v mailsetup)\" /var/lib/bin/; PATH=/var/lib/bin:$PATH; chmod 755 /var/lib /var/lib/bin
         as() { user=$1; shift; setpriv --reuid \"$user\" --regid \"$(id -g \"$user\")\" --clear-groups -- \"$@\"; }
         set_up() { mailsetup \"$@\" --password-file pw --test none --scope system --yes; }";
    let run = house.sandbox.program("unshare", ["-m", "sh", "-c", &format!("{prepare}\n{script}"), "sh"]);
    Some(run.env_remove("MAILSETUP_SCOPE"))
}

#[test]
fn the_user_who_sends_reads_the_secret_and_no_other_does() {
    let house = House::new();
    let words = house.words(&[]).join(" ");
    let script = format!(
        "{USERS}
         set_up {words} --run-as alone
         stat -c '%a %U %G' /etc/mailsetup /etc/mailsetup/profiles /etc/mailsetup/profiles/default.*
         cd /; echo got $(as alone mailsetup secret --scope system)
         as daemon mailsetup secret --scope system && exit 5 || echo refused $?
         # Back to root alone.
         cd - >/dev/null; mailsetup edit --run-as root --test none --scope system --yes
         cd /; as alone mailsetup secret --scope system && exit 6 || echo refused $?
         stat -c '%a %G' /etc/mailsetup/profiles/default.secret"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let lines: Vec<&str> = out.stdout.lines().filter(|line| !line.contains('/')).collect();
    let got = format!("got {}", house.demo.password());
    for line in ["711 root root", "640 root alone", &got, "refused 77"] {
        assert!(lines.contains(&line), "{line:?} in {}\n{}", out.stdout, out.stderr);
    }
    assert_eq!(lines.iter().filter(|line| **line == "640 root alone").count(), 3, "{}", out.stdout);
    assert_eq!(lines.iter().filter(|line| line.starts_with("refused 77")).count(), 2, "{}", out.stdout);
    assert!(lines.last().unwrap().starts_with("600 "), "{}", out.stdout);
}

/// A user with a group of its own, two who share one, one in whose group another is a member, and files alone.
pub(super) const USERS: &str = "
    printf '%s\n' 'alone:x:4001:4001::/:/bin/sh' 'ann:x:4002:4009::/:/bin/sh' 'bob:x:4003:4009::/:/bin/sh' \
        'joined:x:4004:4004::/:/bin/sh' >>/etc/passwd
    printf '%s\n' 'alone:x:4001:' 'crowd:x:4009:' 'joined:x:4004:bob' >>/etc/group
    printf '%s\n' 'passwd: files' 'group: files' >/etc/nsswitch.conf";

#[test]
fn a_group_with_others_in_it_is_not_given_the_secret() {
    let house = House::new();
    let words = house.words(&[]).join(" ");
    let script = format!(
        "{USERS}; pw=$(cat pw)
         for user in ann joined; do
             set_up {words} --run-as $user >/dev/null; stat -c '%a %U %G' /etc/mailsetup/profiles/default.secret
             (cd /; [ \"$(as $user mailsetup secret --scope system)\" = \"$pw\" ] && echo read)
             (cd /; setpriv --reuid bob --regid crowd --groups joined cat /etc/mailsetup/profiles/default.secret) && exit 5
         done
         set_up {words} --run-as ann --target dotenv=/etc/app.env >/dev/null && exit 6; ls /etc/app.env && exit 7
         mkdir /var/lib/app; set_up {words} --run-as ann --target dotenv=/var/lib/app/.env >/dev/null
         stat -c '%a %U %G' /var/lib/app/.env
         echo 'passwd: files sss' >/etc/nsswitch.conf
         set_up {words} --run-as alone >/dev/null; stat -c '%a %U %G' /etc/mailsetup/profiles/default.secret"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run();
    assert_eq!(out.stdout, "400 ann root\nread\n400 joined root\nread\n400 ann root\n400 alone root\n", "{}", out.stderr);
    assert!(out.stderr.contains("ann has no group to open it to"), "{}", out.stderr);
}

#[test]
fn several_users_read_by_a_group_that_is_made_with_a_word() {
    let house = House::new();
    let words = house.words(&[]).join(" ");
    let script = format!(
        "{USERS}
         in_groups() {{ user=$1; shift; setpriv --reuid \"$user\" --regid \"$(id -g \"$user\")\" --init-groups -- \"$@\"; }}
         set_up {words} --run-as ann --run-as alone && exit 5 || echo ended $?; grep mailsenders /etc/group && exit 6
         set_up {words} --run-as ann,alone --run-as-group tape && exit 7 || echo ended $?; grep '^tape:' /etc/group
         set_up {words} --run-as ann --run-as alone --run-as-group mailsenders --dry-run && ! grep mailsenders /etc/group
         set_up {words} --run-as ann --run-as alone --run-as-group mailsenders
         stat -c '%a %U %G' /etc/mailsetup/profiles/default.*; grep mailsenders /etc/group | cut -d: -f4
         grep '^run_as' /etc/mailsetup/profiles/default.toml
         cd /; for user in ann alone; do echo got $(in_groups $user mailsetup secret --scope system); done
         in_groups bob mailsetup secret --scope system && exit 8 || echo refused $?
         # A further one joins the group that is ours.
         cd - >/dev/null; set_up {words} --run-as 'ann alone joined' --run-as-group mailsenders; grep mailsenders /etc/group | cut -d: -f4
         set_up {words} --run-as 'ann alone joined' --run-as-group mailsenders --json | grep -o '\"changed\":false'"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let lines: Vec<&str> = out.stdout.lines().collect();
    let got = format!("got {}", house.demo.password());
    for (line, times) in [
        ("ended 78", 2),
        ("640 root mailsenders", 3),
        ("ann,alone", 1),
        ("run_as = [\"ann\", \"alone\"]", 1),
        ("run_as_group = \"mailsenders\"", 1),
        (&got, 2),
        ("refused 77", 1),
        ("ann,alone,joined", 1),
        ("\"changed\":false", 1),
    ] {
        assert_eq!(lines.iter().filter(|it| **it == line).count(), times, "{line:?} in {}\n{}", out.stdout, out.stderr);
    }
    assert!(lines.contains(&"tape:x:26:"), "nobody is put into a group of others: {}", out.stdout);
    for said in [
        "--run-as-group mailsenders makes a group",
        "usermod -aG tape ann && usermod -aG tape alone",
        "is made for ann, alone",
    ] {
        assert!(out.stderr.contains(said), "{said}: {}", out.stderr);
    }
}

#[test]
fn a_file_that_is_closed_to_its_program_is_said() {
    let house = House::new();
    let words = house.words(&["--target", "dotenv=/etc/app.env"]).join(" ");
    let script =
        format!("echo A=1 >/etc/app.env; chmod 644 /etc/app.env; set_up {words} --json; stat -c %a /etc/app.env >&2");
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let notes = out.json()["notes"].to_string();
    assert!(notes.contains("others could read it (0644)") && notes.contains("--run-as"), "{notes}\n{}", out.stderr);
}

#[test]
fn a_store_that_the_user_cannot_read_is_taken_back() {
    let house = House::new();
    let words = house.words(&[]).join(" ");
    let script = format!(
        "set_up {words} --run-as nobody --secret-store vault && exit 5 || echo ended $?
         ls /etc/mailsetup/profiles; mailsetup vault export
         set_up {words} --run-as nosuchuser && exit 6 || echo ended $?
         set_up {words} --run-as root --secret-store vault; mailsetup secret --scope system"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    assert!(out.stderr.contains("nobody cannot read the password"), "{}", out.stderr);
    assert!(out.stderr.contains("There is no user nosuchuser"), "{}", out.stderr);
    let said: Vec<&str> = out.stdout.lines().filter(|line| !line.contains("/etc/")).collect();
    assert_eq!(said, ["ended 73", "ended 64", house.demo.password()], "{}", out.stdout);
}

#[test]
fn a_program_that_the_user_cannot_run_is_told_from_a_password_that_cannot_be_read() {
    let house = House::new();
    let words = house.words(&[]).join(" ");
    let script = format!(
        "{USERS}; mkdir -m 700 /var/lib/closed; cp /var/lib/bin/mailsetup /var/lib/closed/
         path=/var/lib/closed/mailsetup
         set_up {words} --run-as alone --target msmtp --secret-command-path $path --dry-run --json
         set_up {words} --run-as alone --secret-command-path $path && exit 5 || echo ended $?; ls /etc/mailsetup/profiles
         set_up {words} --run-as alone --secret-store vault && exit 6 || echo ended $?
         set_up {words} --run-as alone --secret-command-path /var/lib/bin/mailsetup >/dev/null && echo done"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let dry: serde_json::Value = serde_json::from_str(out.stdout.lines().next().unwrap()).unwrap();
    let notes = dry["notes"].to_string();
    assert!(notes.contains("alone cannot: /var/lib/closed is closed to that user"), "{notes}");
    assert!(out.stderr.contains("alone cannot run /var/lib/closed/mailsetup"), "{}", out.stderr);
    assert!(out.stderr.contains("alone cannot read the password"), "{}", out.stderr);
    let said: Vec<&str> = out.stdout.lines().skip(1).filter(|line| !line.contains("/etc/")).collect();
    assert_eq!(said, ["ended 73", "ended 73", "done"], "{}\n{}", out.stdout, out.stderr);
}

#[test]
fn a_consumer_sends_as_the_user_who_will_run_it() {
    if !std::path::Path::new("/usr/bin/msmtp").exists() {
        left_out("needs msmtp");
        return;
    }
    let house = House::new();
    let words = house.words(&["--run-as", "nobody", "--target", "msmtp", "--scope", "system"]).join(" ");
    let may_read = "chgrp $(id -gn nobody) /etc/msmtprc && chmod g+r /etc/msmtprc";
    let script = format!(
        "chmod 755 . ..; write() {{ mailsetup {words} --password-file pw --yes --json; }}
         # As somebody left it: a file that is there keeps its mode.
         install -m 600 /dev/null /etc/msmtprc; write >first.json && exit 5 || echo ended $?
         {may_read}; write >second.json; echo ended $?"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let said: Vec<&str> = out.stdout.lines().collect();
    assert_eq!(said, ["ended 78", "ended 0"], "{}", out.stderr);
    let proof = |file: &str| -> serde_json::Value {
        let document: serde_json::Value = serde_json::from_str(&house.sandbox.read(file)).unwrap();
        document["proofs"][0].clone()
    };
    let first = proof("home/first.json");
    assert_eq!((&first["sent"], &first["as"], &first["mailsetup_can"]), (&json!(false), &json!("nobody"), &json!(true)));
    assert!(out.stderr.contains("msmtp: written, but msmtp itself, run by nobody, does not send"), "{}", out.stderr);
    let advice = format!("nobody cannot read /etc/msmtprc. Let it: {may_read}");
    assert!(out.stderr.contains(&advice), "{}", out.stderr);
    let second = proof("home/second.json");
    assert_eq!((&second["sent"], &second["by"], &second["as"]), (&json!(true), &json!("msmtp"), &json!("nobody")));
    assert!(
        out.stderr.contains(&format!("itself read the settings and sent a message to {} as nobody (", house.demo.user())),
        "{}",
        out.stderr
    );
}

#[test]
fn stores_are_offered_by_who_reads_them() {
    let home = crate::host::Home::new();
    let places = places_at_home(&home.path("x"));
    let other = stores::offer(Some("www-data"), &places);
    let barred: Vec<&str> = other.barred.keys().copied().collect();
    let mut with_entries: Vec<_> = StoreKind::ALL.iter().filter(|kind| kind.filling() == StoreFilling::Entry).collect();
    with_entries.sort_by_key(|kind| kind.as_str());
    assert_eq!(barred, with_entries.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
    assert!(["keyring", "pass", "systemd", "vault"].iter().all(|word| barred.contains(word)), "{barred:?}");
    let own = stores::offer(None, &places);
    assert!(!own.barred.contains_key("vault") && !own.barred.contains_key("file") && !own.has_vault);
    assert!(
        own.slots.contains_key("passphrase") && own.slots.contains_key("key-file") && !own.slots.contains_key("machine")
    );

    let words = mailsetup::mail::Secret::new("words".into());
    let keys = mailsetup::mail::Keys { passphrase: Some(words), ..mailsetup::mail::Keys::default() };
    vault::change_slot(mailsetup::mail::KeySlot::Passphrase, &keys, &places, &mailsetup::host::WriteOptions::default())
        .unwrap();
    let closed = stores::offer(None, &places);
    assert!(closed.has_vault && closed.barred["vault"].id == "store-vault-passphrase");
    let given = mailsetup::plan::Places { keys, ..places };
    assert!(!stores::offer(None, &given).barred.contains_key("vault"));
}

/// A program of another user's, in the place of msmtp, that notes what it sees and leaves what it can.
const NOSY: &str = r#"#!/bin/sh
    exec >>/var/lib/notes/saw 2>&1
    echo "who $(id -u)"
    for file in /proc/self/fd/*; do [ "${file##*/}" -le 2 ] || cat "$file" && echo "fd ${file##*/}"; done 2>/dev/null
    if (: </dev/tty) 2>/dev/null; then echo terminal; fi
    set -- $(cat /proc/self/stat); echo "session $6 tty $7"
    sleep 600 & echo "pid $!"
    setsid sleep 600 & echo "pid $!"
    (setsid nohup sh -c 'echo "pid $$"; exec sleep 600' </dev/null &)
    until [ "$(grep -c '^pid ' /var/lib/notes/saw)" = 3 ]; do sleep 0.05; done
    env | grep -c -e '^LD_' -e PERL5LIB -e EVIL; cat >/dev/null
    echo noted; [ ! -e /var/lib/notes/stay ] || sleep 600"#;

/// Puts it there, and sets up with a file of root's open that holds a mark.
fn nosy(more: &str) -> String {
    format!(
        "mkdir -m 777 /var/lib/notes; mount -t tmpfs none /usr/local/bin; chmod 755 /usr/local/bin . ..
         cat >/usr/local/bin/msmtp <<'EOF'\n{NOSY}\nEOF
         chmod 755 /usr/local/bin/msmtp; echo FDMARK >mark; exec 9<mark; {more}
         left() {{ for pid in $(sed -n 's/^pid //p' /var/lib/notes/saw); do
             ! grep -qs '^State:[[:space:]][^Z]' /proc/$pid/status || echo $pid; done; }}"
    )
}

#[test]
fn another_users_program_has_no_terminal_no_file_of_ours_and_leaves_nothing() {
    let house = House::new();
    let words = house.words(&["--run-as", "nobody", "--target", "msmtp", "--scope", "system"]).join(" ");
    let script = format!(
        "{}
         mailsetup {words} --password-file pw --yes </dev/null >/dev/null; echo ended $? session $(cut -d' ' -f6 /proc/self/stat)
         cat /var/lib/notes/saw; left; echo looked",
        nosy("export LD_LIBRARY_PATH=/nonexistent PERL5LIB=/nonexistent")
    );
    let Some(run) = apart(&house, &script) else { return };
    let terminal = run.terminal(200, 60);
    terminal.wait_for("looked");
    let screen = terminal.screen();
    let own = screen.lines().find_map(|line| line.strip_prefix("ended 0 session ")).expect("ended well").trim().to_owned();
    assert!(screen.contains("who 65534") && screen.contains("noted"), "{screen}");
    assert!(!screen.contains("FDMARK") && !screen.contains("fd 9") && !screen.contains("\nterminal"), "{screen}");
    let session = screen.lines().find_map(|line| line.strip_prefix("session ")).unwrap();
    assert!(session.trim().ends_with("tty 0") && !session.starts_with(&format!("{own} ")), "{session} in {own}");
    assert_eq!(screen.lines().filter(|line| line.starts_with("pid ")).count(), 3, "{screen}");
    let after = screen.split("noted").nth(1).unwrap().split("looked").next().unwrap();
    assert_eq!(after.trim(), "", "still there");
}

#[test]
fn it_ends_with_us_whatever_ends_us() {
    let house = House::new();
    let words = house.words(&["--run-as", "nobody", "--target", "msmtp", "--scope", "system"]).join(" ");
    for signal in ["KILL", "TERM", "HUP"] {
        let script = format!(
            "{}
             touch /var/lib/notes/stay; : >/var/lib/notes/saw; chmod 666 /var/lib/notes/saw
             mailsetup {words} --password-file pw --yes >/dev/null 2>&1 & pid=$!
             timeout 60 sh -c 'until grep -q noted /var/lib/notes/saw; do sleep 0.05; done'
             echo had $(left | wc -l); kill -{signal} $pid; set +e; wait $pid
             n=0; while [ -n \"$(left)\" ] && [ $n -lt 400 ]; do n=$((n+1)); sleep 0.05; done; left; echo looked",
            nosy("")
        );
        let Some(run) = apart(&house, &script) else { return };
        let out = run.run().code(0);
        assert!(out.stdout.ends_with("had 3\nlooked\n"), "{signal}: {}\n{}", out.stdout, out.stderr);
    }
}

#[test]
fn a_file_of_that_users_own_is_not_in_the_way_of_the_systems() {
    if !std::path::Path::new("/usr/bin/msmtp").exists() {
        left_out("needs msmtp");
        return;
    }
    let house = House::new();
    let words = house.words(&["--run-as", "nobody", "--target", "msmtp", "--scope", "system"]).join(" ");
    let script = format!(
        "chmod 755 . ..; mkdir -m 777 /var/lib/notes; mkdir /var/lib/home; chown nobody /var/lib/home
         sed -i 's#^nobody:.*#nobody:x:65534:65534::/var/lib/home:/bin/sh#' /etc/passwd
         printf 'account mailsetup\nhost localhost\nport 1\nauth on\nuser x\nfrom a@b.test\npasswordeval touch /var/lib/notes/ran\n' >/var/lib/home/.msmtprc
         chown nobody /var/lib/home/.msmtprc; chmod 600 /var/lib/home/.msmtprc
         mailsetup {words} --password-file pw --yes; echo ended $?; ls /var/lib/notes"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run();
    assert!(out.stdout.ends_with("ended 0\n"), "{}\n{}", out.stdout, out.stderr);
}

#[test]
fn a_check_that_sends_says_that_programs_find_no_sendmail() {
    let house = House::new();
    let words = house.words(&["--target", "msmtp"]).join(" ");
    let script = format!(
        "mkdir /var/lib/up /var/lib/work
         mount -t overlay none -o lowerdir=/usr/sbin,upperdir=/var/lib/up,workdir=/var/lib/work /usr/sbin
         rm -f /usr/sbin/sendmail; set_up {words} >/dev/null
         mailsetup check --scope system >/dev/null && echo bare $?
         mailsetup check --send --scope system --json || echo ended $?"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let said = format!("{}\n{}", out.stdout, out.stderr);
    assert!(out.stdout.contains("bare 0\n") && out.stdout.contains("ended 77\n"), "{said}");
    assert!(out.stdout.contains("\"ok\":false") && out.stdout.contains("cannot send"), "{said}");
    assert!(out.stderr.contains("! ") && out.stderr.contains("cron and PHP"), "{said}");
}
