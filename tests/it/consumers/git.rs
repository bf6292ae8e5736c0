//! git: the password from its configuration, and from mailsetup by a credential helper.

use super::*;

/// git with one configuration file and no other.
fn git(config: &Path) -> Command {
    let mut command = Command::new("git");
    command.env_clear().env("PATH", "/usr/bin:/bin").env("GIT_CONFIG_GLOBAL", config).env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_TERMINAL_PROMPT", "0").current_dir(config.parent().unwrap());
    command
}

#[test]
fn git_reads_what_was_written() {
    if !is_installed("git", &["--version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("gitconfig");
    // One file for all, each password in a section of its own.
    let carried = carried("git", |_| ());
    let section = |(index, (_, files)): (usize, &(String, Vec<String>))| {
        files[0].replace("[sendemail]", &format!("[sendemail \"{index}\"]"))
    };
    fs::write(&config, carried.iter().enumerate().map(section).collect::<String>()).unwrap();
    let found = output(git(&config).args(["config", "-z", "--get-regexp", r"^sendemail\..*\.smtppass$"]));
    let found: Vec<&str> = found.split_terminator('\0').map(|row| row.split_once('\n').unwrap().1).collect();
    let meant: Vec<&str> = carried.iter().map(|(password, _)| password.as_str()).collect();
    assert_eq!(found, meant);
}

#[test]
fn git_asks_for_the_password() {
    if !is_installed("git", &["--version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (config, stored, program) =
        (folder.path().join("gitconfig"), folder.path().join("secret"), folder.path().join("mail setup"));
    fs::write(&program, format!("#!/bin/sh\ncat '{}'\n", stored.display())).unwrap();
    private(&program, 0o700);
    for (password, host) in passwords().into_iter().step_by(9).zip(["mail.test", "::1"].into_iter().cycle()) {
        let files = written("git", &password, |order| {
            order.profile.smtp.host = host.parse().unwrap();
            order.program = vec![program.display().to_string()];
            order.targets[0].inline_secret = false;
        });
        // A helper of the person's own would store the password in the clear.
        let others = format!("[credential]\n\thelper = store --file {}\n", folder.path().join("stored").display());
        fs::write(&config, format!("{others}{}", files.unwrap()[0])).unwrap();
        fs::write(&stored, format!("{password}\n")).unwrap();
        let authority = if host.contains(':') { format!("[{host}]:465") } else { format!("{host}:465") };
        let question = format!("protocol=smtp\nhost={authority}\nusername=ops@example.com\n");
        let ask = |verb: &str, question: &str| {
            let mut child =
                git(&config).args(["credential", verb]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(question.as_bytes()).unwrap();
            String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
        };
        let answer = ask("fill", &question);
        assert!(answer.contains(&format!("\npassword={password}\n")), "{password:?}: {answer}");
        ask("approve", &format!("{question}password={password}\n"));
        assert!(!folder.path().join("stored").exists());
    }
}

#[test]
fn git_send_email_logs_in() {
    // The command is a package of its own, and its way of logging in another one.
    if !Path::new("/usr/lib/git-core/git-send-email").exists()
        || !is_installed("perl", &["-MAuthen::SASL", "-MMail::Address", "-e", ""])
    {
        left_out("git send-email is not here");
        return;
    }
    let relay = relay::Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("gitconfig");
    let patch = folder.path().join("0001.patch");
    fs::write(&patch, "From: Ops <ops@example.com>\nSubject: [PATCH] x\nTo: root@example.com\n\nx\n").unwrap();
    for password in ["p@ss \"w\\ord#1", " both ; ", "пароль%(x)s"] {
        let files = written("git", password, |order| {
            order.profile.smtp.port = relay.port.to_string().parse().unwrap();
            order.profile.smtp.security = Security::None;
            order.profile.smtp.auth = "plain".parse().unwrap();
        });
        fs::write(&config, &files.unwrap()[0]).unwrap();
        let mut command = git(&config);
        command.args(["send-email", "--confirm=never", "--suppress-cc=all", "--to=root@example.com"]).arg(&patch);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ops").env(format!("GIT_{who}_EMAIL"), "ops@example.com");
        }
        output(command.env("HOME", folder.path()));
        let login = relay.login();
        assert_eq!((login.password.as_str(), login.username.as_str()), (password, "ops@example.com"));
        assert_eq!((login.sender.as_str(), login.ehlo.as_str()), ("ops@example.com", "web1.example.com"));
    }
}
