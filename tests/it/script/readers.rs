//! Who can read what is written for the users who send: they, and nobody who came into their group; `check` tries it.

use super::{
    House,
    sender::{USERS, apart},
};

#[test]
fn a_group_in_which_others_are_is_refused_with_their_names() {
    let house = House::new();
    let words = house.words(&[]).join(" ");
    let script = format!(
        "{USERS}; echo 'crew:x:4020:ann,alone,bob' >>/etc/group
         set_up {words} --run-as ann,alone --run-as-group crew && exit 5 || echo ended $?
         set_up {words} --run-as ann,alone --run-as-group crowd && exit 6 || echo ended $?
         ls /etc/mailsetup/profiles && exit 7
         # Those who are in it alone may use it.
         set_up {words} --run-as ann,bob --run-as-group crowd --dry-run
         set_up {words} --run-as ann,alone --run-as-group mailsenders; echo set up >&2
         usermod -aG mailsenders joined; mailsetup check --drift; echo check $? >&2
         mailsetup edit default --run-as alone --test none --yes"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    assert_eq!(out.stdout.lines().filter(|line| *line == "ended 78").count(), 2, "{}\n{}", out.stdout, out.stderr);
    for said in [
        "In the group crew there are others (bob)",
        "In the group crowd there are others (bob)",
        "--run-as-group mailsenders makes a group",
    ] {
        assert!(out.stderr.contains(said), "{said}: {}", out.stderr);
    }
    let (set_up, later) = out.stderr.split_once("set up\n").unwrap();
    assert!(!set_up.contains("mailsenders too"), "{set_up}");
    let (checked, edited) = later.split_once("check 0\n").unwrap();
    assert!(checked.contains("joined: in the group mailsenders too") && checked.contains("gpasswd -d joined"), "{checked}");
    assert!(edited.contains("ann, joined: in the group mailsenders too"), "{edited}");
}

#[test]
fn check_tries_what_each_user_who_sends_reads() {
    let house = House::new();
    let words = house.words(&["--target", "msmtp"]).join(" ");
    let script = format!(
        "{USERS}; secret=/etc/mailsetup/profiles/default.secret
         set_up {words} --run-as alone >/dev/null; mailsetup check >/dev/null; echo right $?
         chgrp root $secret; chmod 600 $secret
         mailsetup check >/dev/null && exit 5 || echo check $?; mailsetup check --drift && exit 6 || echo drift $?
         mailsetup apply default >/dev/null; stat -c '%a %G' $secret; mailsetup check --drift >/dev/null; echo right $?
         # The mode is right, and the group is not.
         chgrp root $secret; mailsetup apply default >/dev/null; stat -c '%a %G' $secret
         chgrp root /etc/msmtprc; chmod 600 /etc/msmtprc
         mailsetup check >/dev/null && exit 7 || echo check $?; mailsetup check --drift && exit 8 || echo drift $?
         chgrp alone /etc/msmtprc; chmod 640 /etc/msmtprc; mailsetup check >/dev/null; echo right $?
         sed -i '/^alone:/d' /etc/passwd; mailsetup check >/dev/null && exit 9 || echo check $?
         mailsetup check --drift && exit 10 || echo drift $?"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let wanted =
        "right 0\ncheck 78\ndrift 1\n640 alone\nright 0\n640 alone\ncheck 78\ndrift 1\nright 0\ncheck 78\ndrift 1\n";
    assert_eq!(out.stdout, wanted, "{}", out.stderr);
    for said in ["alone cannot read the password", "chgrp alone /etc/msmtprc", "There is no user alone"] {
        assert_eq!(out.stderr.matches(said).count(), 2, "{said}: {}", out.stderr);
    }
}

#[test]
fn a_group_that_a_killed_run_was_making_is_gone_on_with() {
    let house = House::new();
    let words = house.words(&[]).join(" ");
    let script = format!(
        "{USERS}; printf '#!/bin/sh\nkill -9 $PPID\n' >/var/lib/kills; chmod 755 /var/lib/kills; usermod=$(command -v usermod)
         mount --bind /var/lib/kills $usermod
         set_up {words} --run-as ann,alone --run-as-group mailsenders && exit 5 || echo ended $?
         grep '^mailsenders:' /etc/group | cut -d: -f4; cat /var/lib/mailsetup/group; echo; umount $usermod
         set_up {words} --run-as ann,alone --run-as-group mailsenders >/dev/null; echo ended $?
         grep '^mailsenders:' /etc/group | cut -d: -f4; ls /var/lib/mailsetup/group && exit 6
         stat -c '%a %G' /etc/mailsetup/profiles/default.secret"
    );
    let Some(run) = apart(&house, &script) else { return };
    let out = run.run().code(0);
    let wanted = "ended 137\n\nmailsenders\nended 0\nann,alone\n640 mailsenders\n";
    assert_eq!(out.stdout, wanted, "{}", out.stderr);
}

#[test]
fn a_group_without_users_who_send_is_refused() {
    let house = House::new();
    for more in [&[][..], &["--run-as", "root"]] {
        let words =
            [&["--scope", "system", "--run-as-group", "mailsenders", "--test", "none", "--dry-run"][..], more].concat();
        let refused = house.set_up(&[&words[..], &["--password-file", "pw"]].concat()).run().code(64);
        assert!(refused.stderr.contains("--run-as-group needs users who send"), "{}", refused.stderr);
    }
}
