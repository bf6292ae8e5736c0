//! mutt, NeoMutt and S-nail.

use super::*;

/// What mutt prints of a setting, without its quotes and escapes; of a long one it prints the first 200 bytes or so.
fn shown(text: &str) -> String {
    let (_, value) = text.split_once('=').unwrap_or_else(|| panic!("{text}"));
    let value = value.trim();
    let quoted = value.strip_prefix('"').unwrap_or_else(|| panic!("{text}"));
    let quoted = if quoted.len() > 200 { quoted.trim_end_matches(['"', '\\']) } else { quoted.strip_suffix('"').unwrap() };
    let mut plain = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next().unwrap() {
                't' => '\t',
                other => other,
            },
            other => other,
        });
    }
    plain
}

/// A mutt with one file of settings, asked for some of them.
fn ask(program: &str, rc: &Path, names: &[&str]) -> Vec<String> {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", rc.parent().unwrap()).env("LANG", "C.UTF-8");
    command.arg("-n").arg("-F").arg(rc).args(names.iter().flat_map(|name| ["-Q", name]));
    output(&mut command).lines().map(shown).collect()
}

#[test]
fn mutt_and_neomutt_read_what_was_written() {
    for program in ["mutt", "neomutt"] {
        if !is_installed(program, &["-v"]) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let rc = folder.path().join("rc");
        let (stored, command) = (folder.path().join("secret"), folder.path().join("mail setup"));
        fs::write(&command, format!("#!/bin/sh\ncat '{}'\n", stored.display())).unwrap();
        private(&command, 0o700);
        // NeoMutt takes its time to start, and reads as mutt does.
        let steps = if program == "mutt" { [1, 6] } else { [4, 24] };
        for (inline_secret, step) in [true, false].into_iter().zip(steps) {
            for password in passwords().into_iter().step_by(step) {
                let files = written(program, &password, |order| {
                    order.targets[0].inline_secret = inline_secret;
                    order.program = vec![command.display().to_string()];
                });
                fs::write(&rc, &files.unwrap()[0]).unwrap();
                fs::write(&stored, format!("{password}\n")).unwrap();
                let found = ask(program, &rc, &["smtp_pass"]).remove(0);
                let is_same = if found.len() > 150 { password.starts_with(&found) } else { password == found };
                assert!(is_same, "{program}, in the file: {inline_secret}: {password:?} {found:?}");
            }
        }
        for sample in targets::samples(program) {
            let real = if program == "mutt" { "realname" } else { "real_name" };
            let mut order = order("x");
            order.profile.sender.name = Some("Ops's \"Söhne\"".parse().unwrap());
            order.targets = vec![TargetChoice { inline_secret: true, ..TargetChoice::new(program) }];
            let path = if program == "mutt" { "/home/ops/.muttrc" } else { "/home/ops/.config/neomutt/neomuttrc" };
            // What it runs and reads besides is not here.
            let there: Vec<&str> = sample.text.split_inclusive('\n').filter(|line| !line.starts_with("source")).collect();
            let files = Memory::default().with(path, &there.concat());
            let plan = plan(&order, &Catalog::builtin(), &places(Scope::User), &files).unwrap();
            fs::write(&rc, plan.changes.last().unwrap().after.as_ref().unwrap()).unwrap();
            let found = ask(program, &rc, &["from", real, "smtp_url"]);
            assert_eq!(
                found,
                ["ops@example.com", "Ops's \"Söhne\"", "smtps://ops%40example.com@127.0.0.1:465/"],
                "{}",
                sample.name
            );
        }
    }
}

#[test]
fn s_nail_logs_in_with_what_was_written() {
    if !is_installed("s-nail", &["-#", "-X", "xit"]) {
        return;
    }
    let relay = relay::Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let rc = folder.path().join("mailrc");
    let plain = |order: &mut Order| {
        order.profile.smtp.port = relay.port.to_string().parse().unwrap();
        order.profile.smtp.security = Security::None;
        order.profile.smtp.auth = "plain".parse().unwrap();
    };
    let send = |text: &str| {
        fs::write(&rc, text).unwrap();
        let mut command = Command::new("s-nail");
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", folder.path()).env("LANG", "C.UTF-8");
        // Some of the files keep a copy of what is sent, beside whoever sends.
        command
            .current_dir(folder.path())
            .env("MAILRC", &rc)
            .args(["-:u", "-s", "test", "root@example.com"])
            .stdin(Stdio::null());
        let said = command.output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    };
    for (password, files) in carried("s-nail", plain) {
        send(&files[0]);
        let login = relay.login();
        assert_eq!((login.password, login.username.as_str()), (password, "ops@example.com"));
        assert_eq!(login.sender, "ops@example.com");
    }
    // Behind what people have.
    for sample in targets::samples("s-nail").iter().filter(|sample| !sample.name.ends_with("-refused")) {
        let mut order = order("p@ss \"w\\ord#1");
        plain(&mut order);
        order.targets = vec![TargetChoice { inline_secret: true, ..TargetChoice::new("s-nail") }];
        let files = Memory::default().with("/home/ops/.mailrc", &sample.text);
        let plan = plan(&order, &Catalog::builtin(), &places(Scope::User), &files).unwrap();
        send(std::str::from_utf8(plan.changes.last().unwrap().after.as_ref().unwrap()).unwrap());
        assert_eq!(relay.login().password, "p@ss \"w\\ord#1", "{}", sample.name);
    }
}
