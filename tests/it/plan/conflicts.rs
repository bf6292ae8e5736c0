//! Conflicts on a machine that is made up of files below a root: each is named with what to do, and none where there is none.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use mailsetup::{
    host::Disk,
    mail::profile::ClientCert,
    plan::{Order, Scope, TargetChoice, plan},
    presets::{Catalog, Lang, Text},
};
use tempfile::TempDir;

use crate::{consumers::setup::order, targets::below};

/// A machine with a person who runs a web server, on which nothing is in the way.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        fs::set_permissions(machine.0.path(), fs::Permissions::from_mode(0o755)).unwrap();
        machine
            .file("etc/passwd", "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/sh\n")
            .file("etc/group", "root:x:0:\nwww-data:x:33:\nmsmtp:x:111:www-data\n")
            .file("usr/bin/msmtp", "")
            .link("../bin/msmtp", "usr/sbin/sendmail")
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn link(self, to: &str, at: &str) -> Self {
        let at = self.0.path().join(at);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&at);
        symlink(to, at).unwrap();
        self
    }

    fn mode(self, path: &str, mode: u32) -> Self {
        fs::set_permissions(self.0.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    /// Postfix in msmtp's place, running as process 42.
    fn with_postfix(self) -> Self {
        fs::remove_file(self.0.path().join("usr/sbin/sendmail")).unwrap();
        self.file("usr/sbin/sendmail", "")
            .file("usr/sbin/postfix", "")
            .file("etc/postfix/main.cf", "")
            .file("var/spool/postfix/pid/master.pid", "              42\n")
            .file("proc/42/comm", "master\n")
    }

    /// Debian's profile of msmtp, as far as it matters, enforced.
    fn with_apparmor(self) -> Self {
        self.file("sys/module/apparmor/parameters/enabled", "Y\n")
            .file("etc/apparmor.d/usr.bin.msmtp", "profile msmtp /usr/bin/msmtp {\n  profile helpers {\n  }\n}\n")
    }

    /// The conflicts' ids, when these targets are written, each said in every language.
    fn conflicts(&self, targets: &[&str], change: impl Fn(&mut Order)) -> Vec<(&'static str, Vec<String>)> {
        let mut order = order("one");
        // Of which msmtp has no setting.
        order.profile.sender.name = None;
        order.scope = Scope::System;
        order.targets = targets.iter().map(|target| TargetChoice::parse(target)).collect();
        // A machine of a few files lacks what an image has to have.
        order.is_unproven = true;
        change(&mut order);
        let places = below(self.0.path(), Scope::System);
        let os_release = fs::read_to_string(self.0.path().join("etc/os-release")).unwrap_or_default();
        let plan = plan(&order, &Catalog::builtin().on(&os_release), &places, &Disk::new(&places)).unwrap();
        let said = |note: &mailsetup::plan::Note| Lang::builtin().map(|lang| Text::new(lang).say(&note.phrase)).collect();
        let conflicts = plan.notes.iter().filter(|note| note.phrase.id.starts_with("conflict-"));
        conflicts.map(|note| (note.phrase.id, said(note))).collect()
    }

    /// The only conflict.
    fn conflict(&self, targets: &[&str], change: impl Fn(&mut Order)) -> (&'static str, Vec<String>) {
        let mut conflicts = self.conflicts(targets, change);
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        conflicts.remove(0)
    }
}

fn unchanged(_: &mut Order) {}

fn for_the_web(order: &mut Order) {
    order.profile.run_as = "www-data".parse().unwrap();
}

#[track_caller]
fn says(conflict: &(&str, Vec<String>), id: &str, words: &[&str]) {
    assert_eq!(conflict.0, id, "{conflict:?}");
    for said in &conflict.1 {
        for word in words {
            assert!(said.contains(word), "{word} in {said}");
        }
        assert!(!said.contains(conflict.0), "{said}");
    }
}

#[test]
fn a_clean_machine_has_none() {
    assert_eq!(Machine::new().conflicts(&["msmtp", "dotenv"], for_the_web), []);
    assert_eq!(Machine::new().with_postfix().conflicts(&["postfix"], for_the_web), []);
    // Who opens connections of their own does not care who is sendmail.
    assert_eq!(Machine::new().with_postfix().conflicts(&["dotenv"], unchanged), []);
}

#[test]
fn what_is_not_there_is_named_with_what_installs_it() {
    for (os_release, command) in [
        ("ID=debian\n", "apt install msmtp-mta"),
        ("ID=rocky\nID_LIKE=\"rhel centos fedora\"\n", "dnf install msmtp && alternatives --config mta"),
        ("ID=alpine\n", "apk add msmtp && ln -sf /usr/bin/msmtp /usr/sbin/sendmail"),
        ("ID=arch\n", "pacman -S msmtp-mta"),
        ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", "zypper install msmtp-mta"),
        ("ID=\"void\"\n", "xbps-install -S msmtp && ln -sf msmtp /usr/bin/sendmail"),
    ] {
        let bare = Machine(tempfile::tempdir().unwrap()).file("etc/os-release", os_release);
        says(&bare.conflict(&["msmtp"], unchanged), "conflict-not-installed", &["msmtp", command]);
    }
    // Of an unknown system: what it is on each.
    let unknown = Machine(tempfile::tempdir().unwrap()).conflict(&["msmtp"], unchanged);
    says(&unknown, "conflict-not-installed", &["apt install msmtp-mta (Debian, Ubuntu)", "apk add msmtp", "(Void)"]);
}

#[test]
fn busyboxs_sendmail_is_none() {
    let alpine = Machine::new().file("etc/os-release", "ID=alpine\n").file("bin/busybox", "");
    let conflict = alpine.link("/bin/busybox", "usr/sbin/sendmail").conflict(&["msmtp"], unchanged);
    says(&conflict, "conflict-sendmail-busybox", &["busybox", ": ln -sf /usr/bin/msmtp /usr/sbin/sendmail"]);
    assert!(!conflict.1[0].contains("apk add"), "{conflict:?}");
}

#[test]
fn sendmail_is_another_program() {
    let machine = Machine::new().with_postfix();
    let conflicts = machine.conflicts(&["msmtp"], unchanged);
    let ids: Vec<&str> = conflicts.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, ["conflict-sendmail-other", "conflict-queue"]);
    says(&conflicts[0], ids[0], &["Postfix", "--target postfix", "msmtp-mta"]);

    let alternatives = Machine::new()
        .link("/etc/alternatives/mta", "usr/sbin/sendmail")
        .link("/usr/sbin/sendmail.courier", "etc/alternatives/mta")
        .file("usr/sbin/sendmail.courier", "");
    let unknown = alternatives.conflict(&["msmtp"], unchanged);
    says(&unknown, "conflict-sendmail-unknown", &["/usr/sbin/sendmail.courier", "msmtp-mta"]);
    let ours = alternatives.link("/usr/bin/msmtp", "etc/alternatives/mta");
    assert_eq!(ours.conflicts(&["msmtp"], unchanged), []);

    // A link that leads nowhere is nobody.
    let nobody = Machine::new().link("/usr/sbin/exim4", "usr/sbin/sendmail").conflict(&["msmtp"], unchanged);
    says(&nobody, "conflict-sendmail-nobody", &["msmtp-mta", "cron"]);
}

#[test]
fn two_want_to_be_sendmail() {
    let machine = Machine::new().file("etc/dma/dma.conf", "");
    says(&machine.conflict(&["dma", "msmtp"], unchanged), "conflict-sendmail-several", &["dma, msmtp", "msmtp."]);
    fs::remove_file(machine.0.path().join("usr/sbin/sendmail")).unwrap();
    let nobody = machine.conflict(&["dma", "msmtp"], unchanged);
    says(&nobody, "conflict-sendmail-several", &["dma, msmtp"]);
    assert!(nobody.1[0].contains("None of them is"), "{nobody:?}");
}

#[test]
fn another_queue_is_running() {
    let stops = |machine: Machine, stop: &str| {
        let conflicts = machine.conflicts(&["msmtp"], unchanged);
        says(&conflicts[1], "conflict-queue", &["Postfix", "postqueue -p", stop]);
        machine
    };
    let machine = stops(Machine::new().with_postfix(), "kill \"$(cat /var/spool/postfix/pid/master.pid)\"");
    let machine = stops(machine.file("etc/os-release", "ID=alpine\n"), "rc-service postfix stop && rc-update del postfix");
    let machine = stops(machine.file("run/runit/runsvdir/x", ""), "sv down postfix && rm /var/service/postfix");
    let machine = stops(machine.file("run/systemd/system/x", ""), "systemctl disable --now postfix");
    // The file of the number is left over, and another process has it by now.
    let machine = machine.file("proc/42/comm", "bash\n");
    assert_eq!(machine.conflict(&["msmtp"], unchanged).0, "conflict-sendmail-other");
}

#[test]
fn apparmor_confines_msmtp() {
    let machine = Machine::new().with_apparmor();
    let run = machine.conflict(&["msmtp"], unchanged);
    let profile = "/etc/apparmor.d/usr.bin.msmtp";
    says(
        &run,
        "conflict-apparmor-run",
        &["/usr/bin/mailsetup PUx,", "profile helpers {", &format!("apparmor_parser -r {profile}")],
    );
    // Nothing is run where nobody logs in, or where the password stands in the file.
    let silent: [fn(&mut Order); 2] =
        [|order| order.profile.smtp.username = None, |order| order.targets[0].inline_secret = true];
    for change in silent {
        assert_eq!(machine.conflicts(&["msmtp"], change), []);
    }
    let elsewhere = |order: &mut Order| {
        order.targets[0].inline_secret = true;
        order.profile.smtp.tls.ca_file = Some("/srv/ca.pem".into());
    };
    let read = machine.conflict(&["msmtp"], elsewhere);
    says(
        &read,
        "conflict-apparmor-read",
        &["“/srv/ca.pem r,”", "/etc/apparmor.d/local/usr.bin.msmtp"].map(|it| it.trim_matches(['“', '”'])),
    );
    let known = |order: &mut Order| {
        elsewhere(order);
        order.profile.smtp.tls.ca_file = Some("/usr/local/share/ca-certificates/own.crt".into());
    };
    assert_eq!(machine.conflicts(&["msmtp"], known), []);

    // As it says, or switched off as Debian does when it is asked.
    let mended = Machine::new()
        .with_apparmor()
        .file("etc/apparmor.d/usr.bin.msmtp", "  profile helpers {\n    /usr/bin/mailsetup PUx,\n")
        .file("etc/apparmor.d/local/usr.bin.msmtp", "/srv/ca.pem r,\n");
    assert_eq!(mended.conflicts(&["msmtp"], |order| order.profile.smtp.tls.ca_file = Some("/srv/ca.pem".into())), []);
    let off = Machine::new().with_apparmor().link(profile, "etc/apparmor.d/disable/usr.bin.msmtp");
    assert_eq!(off.conflicts(&["msmtp"], unchanged), []);
    let no_kernel = Machine::new().with_apparmor().file("sys/module/apparmor/parameters/enabled", "N\n");
    assert_eq!(no_kernel.conflicts(&["msmtp"], unchanged), []);
}

#[test]
fn the_user_who_sends_cannot_read_the_file() {
    // In no group of the file's.
    let machine = Machine::new().file("etc/group", "root:x:0:\nwww-data:x:33:\nmsmtp:x:111:\n");
    let conflict = machine.conflict(&["msmtp"], for_the_web);
    says(&conflict, "conflict-unreadable", &["www-data", "/etc/msmtprc", "0640 root:msmtp", "usermod -aG msmtp www-data"]);
    // A user who comes to a profile that is written: its files would be closed, so nothing is, and the command comes first.
    let was = mailsetup::host::profiles::render(&order("one").profile).unwrap();
    let written = Machine::new().file("etc/group", "root:x:0:\nwww-data:x:33:\nmsmtp:x:111:\n");
    let written = written.file("etc/mailsetup/profiles/default.toml", &was).file("etc/mailsetup/profiles/one.toml", &was);
    let places = below(written.0.path(), Scope::System);
    let mut new = order("one");
    (new.scope, new.is_unproven, new.targets) = (Scope::System, true, vec![TargetChoice::parse("msmtp")]);
    new.profile.sender.name = None;
    for_the_web(&mut new);
    let refused = plan(&new, &Catalog::builtin(), &places, &Disk::new(&places)).unwrap_err().phrase();
    for lang in Lang::builtin() {
        let said = Text::new(lang).say(&refused);
        let late = ["Once it is written", "Une fois le fichier", "Sobald die Datei"];
        assert!(said.contains("usermod -aG msmtp www-data") && !late.iter().any(|late| said.contains(late)), "{said}");
    }
    // Root reads what it likes; and with the group, all is well.
    assert_eq!(machine.conflicts(&["msmtp"], unchanged), []);
    assert_eq!(Machine::new().conflicts(&["msmtp"], for_the_web), []);
    // A group that is another user's own opens all of that user's: one for both is advised.
    if rustix::process::geteuid().is_root() {
        let passwd = "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/sh\nua:x:1001:1001::/home/ua:/bin/sh\n";
        let machine = Machine::new().file("etc/passwd", passwd);
        let machine = machine.file("etc/group", "root:x:0:\nwww-data:x:33:\nua:x:1001:\n").file("etc/msmtprc", "");
        let machine = machine.mode("etc/msmtprc", 0o640);
        std::os::unix::fs::chown(machine.0.path().join("etc/msmtprc"), None, Some(1001)).unwrap();
        let conflict = machine.conflict(&["msmtp"], for_the_web);
        let commands = "groupadd -f mailsenders && usermod -aG mailsenders ua && usermod -aG mailsenders www-data && \
                        chgrp mailsenders /etc/msmtprc";
        says(&conflict, "conflict-unreadable", &["0640 root:ua", commands]);
    }
    // Without a group of its own, the file is for the user's; one that is there keeps what it has.
    let machine = Machine::new().file("etc/group", "root:x:0:\nwww-data:x:33:\n");
    assert_eq!(machine.conflicts(&["msmtp", "dotenv"], for_the_web), []);
    if !rustix::process::geteuid().is_root() {
        crate::support::bed::left_out("only root gives files away");
        return;
    }
    let machine = machine.file("etc/msmtprc", "").mode("etc/msmtprc", 0o600);
    let conflict = machine.conflict(&["msmtp"], for_the_web);
    says(&conflict, "conflict-unreadable", &["0600 root:root", "chgrp www-data /etc/msmtprc && chmod g+r /etc/msmtprc"]);
    std::os::unix::fs::chown(machine.0.path().join("etc/msmtprc"), None, Some(33)).unwrap();
    let mended = machine.mode("etc/msmtprc", 0o640);
    let with_password = |order: &mut Order| {
        for_the_web(order);
        order.targets[0].inline_secret = true;
    };
    assert_eq!(mended.conflicts(&["msmtp"], with_password), []);

    // A folder above it is closed.
    let closed = Machine::new().file("etc/ours/rc", "").mode("etc/ours", 0o700).mode("etc/ours/rc", 0o644);
    let conflict = closed.conflict(&["msmtp=/etc/ours/rc"], for_the_web);
    says(&conflict, "conflict-folder", &["/etc/ours", "/etc/ours/rc", "chmod o+x /etc/ours"]);
    let open = closed.mode("etc/ours", 0o711);
    assert_eq!(open.conflicts(&["msmtp=/etc/ours/rc"], for_the_web), []);
}

#[test]
fn a_mail_server_that_cannot_read_the_client_s_key_is_named() {
    let machine =
        Machine::new().file("etc/passwd", "root:x:0:0::/root:/bin/sh\nDebian-exim:x:108:113::/var/spool/exim4:/bin/false\n");
    let machine = machine
        .file("etc/group", "root:x:0:\nDebian-exim:x:113:\n")
        .file("etc/exim4/update-exim4.conf.conf", "")
        .file("etc/ssl/host.pem", "")
        .file("etc/ssl/host.key", "")
        .mode("etc/ssl/host.key", 0o600);
    let with_key = |order: &mut Order| {
        order.profile.smtp.client = Some(ClientCert { cert: "/etc/ssl/host.pem".into(), key: "/etc/ssl/host.key".into() });
    };
    let is_key = |conflict: &(&'static str, Vec<String>)| conflict.0 == "conflict-key";
    let found: Vec<_> = machine.conflicts(&["exim4"], with_key).into_iter().filter(is_key).collect();
    let command = "chgrp Debian-exim /etc/ssl/host.key && chmod g+r /etc/ssl/host.key";
    says(&found[0], "conflict-key", &["Debian-exim", "/etc/ssl/host.key", command]);
    assert!(!machine.conflicts(&["exim4"], unchanged).iter().any(is_key));
    let open = machine.mode("etc/ssl/host.key", 0o644);
    assert!(!open.conflicts(&["exim4"], with_key).iter().any(is_key));
}

#[test]
fn paths_of_an_image_are_said_as_its_programs_see_them() {
    let machine = Machine::new().with_postfix().with_apparmor().file("etc/group", "root:x:0:\nwww-data:x:33:\nmsmtp:x:1:\n");
    let conflicts = machine.conflicts(&["msmtp"], for_the_web);
    assert_eq!(conflicts.len(), 4, "{conflicts:?}");
    let image = machine.0.path().display().to_string();
    assert!(conflicts.iter().all(|(_, said)| said.iter().all(|said| !said.contains(&image))), "{conflicts:?}");
    assert!(Path::new(&image).is_absolute());
}
