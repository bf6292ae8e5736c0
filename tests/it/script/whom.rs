//! Whom a secret belongs to: it goes to the server and login that it was given for, and to nobody else.

use std::process::Command;

use super::*;
use crate::support::bed::left_out;

#[test]
fn programs_get_the_secret_for_its_own_host_alone() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let password = format!("{}\n", house.demo.password());
    assert!(house.sandbox.read("home/.msmtprc").contains(" secret default --scope user --for localhost"));
    assert_eq!(house.run(&["secret", "default", "--for", "localhost"]).code(0).stdout, password);
    assert_eq!(house.run(&["secret"]).code(0).stdout, password);
    let other = house.run(&["secret", "default", "--for", "smtp.corp.test"]).code(77);
    assert!(other.stdout.is_empty() && other.stderr.lines().count() == 1, "{}", other.stderr);
    // A profile that was led elsewhere does not lead its secret there.
    let path = "home/.config/mailsetup/profiles/default.toml";
    let led = house.sandbox.read(path).replace("\"localhost\"", "\"smtp.corp.test\"");
    house.sandbox.write(path, &led);
    for words in [&["secret"][..], &["secret", "--for", "smtp.corp.test"], &["check"], &["export", "dotenv"]] {
        let refused = house.run(words).code(77);
        assert!(!refused.stdout.contains(password.trim()) && refused.stderr.contains("localhost"), "{}", refused.stderr);
    }
    // One of an older version belongs to the profile's server as it is.
    fs::remove_file(house.sandbox.path("home/.config/mailsetup/profiles/default.for")).unwrap();
    assert_eq!(house.run(&["secret", "--for", "smtp.corp.test"]).code(0).stdout, password);
}

#[test]
fn git_gets_the_password_of_its_host_and_user_alone() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let user = house.demo.user();
    let ask = |host: &str, user: &str| {
        let words = ["secret", "default", "--for", "localhost", "--git-credential"];
        let request = format!("protocol=smtp\nhost={host}\nusername={user}\n\n");
        house.sandbox.mailsetup(words).stdin(request).run()
    };
    let own = format!("localhost:{}", house.demo.tls_port());
    assert_eq!(ask(&own, user).code(0).stdout, format!("{}\n", house.demo.password()));
    assert!(ask("localhost:1", user).code(77).stdout.is_empty());
    assert!(ask("smtp.corp.test:465", user).code(77).stdout.is_empty());
    assert!(ask(&own, "somebody@else.test").code(77).stdout.is_empty());
}

#[test]
fn a_second_set_up_does_not_take_a_profiles_place_unasked() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let before = house.written();
    let other =
        ["me@gmail.com", "--provider", "gmail", "--target", "git", "--password-file", "pw", "--yes", "--test", "none"];
    let refused = house.run(&other).code(64);
    assert!(
        refused.stderr.contains("--profile gmail") && refused.stderr.contains("--profile default"),
        "{}",
        refused.stderr
    );
    assert_eq!(house.written(), before);
    house.run(&[&other[..], &["--profile", "gmail"]].concat()).code(0);
    assert_eq!(house.run(&["secret", "--for", "localhost"]).code(0).stdout, format!("{}\n", house.demo.password()));
    // The same once more is a change of the same profile.
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
}

#[test]
fn a_known_password_goes_elsewhere_by_a_word_alone() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    let edit = |more: &[&str]| house.run(&[&["edit", "default", "--yes", "--json", "--test", "none"], more].concat());
    for more in [&["--host", "127.0.0.1"][..], &["--username", "ops"], &["--provider", "gmail", "--username", "ops"]] {
        let refused = edit(more).code(64);
        assert!(refused.stderr.contains("--reuse-secret"), "{}", refused.stderr);
        assert!(!refused.stderr.contains(house.demo.password()));
    }
    // Another port of the same server is no other server.
    edit(&["--port", "2465"]).code(0);
    edit(&["--host", "127.0.0.1", "--reuse-secret"]).code(0);
    assert_eq!(house.run(&["secret", "--for", "127.0.0.1"]).code(0).stdout, format!("{}\n", house.demo.password()));
    house.run(&["secret", "--for", "localhost"]).code(77);
}

/// A file of `nobody`'s, where `nobody` can write.
fn of_nobody(house: &House, name: &str, text: &str, mode: u32) -> String {
    let path = house.sandbox.write(name, text);
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    let id = Command::new("id").args(["-u", "nobody"]).output().unwrap();
    let nobody = String::from_utf8(id.stdout).unwrap().trim().parse().unwrap();
    std::os::unix::fs::chown(&path, Some(nobody), None).unwrap();
    path.display().to_string()
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn a_command_of_a_file_that_others_can_change_is_not_run() {
    if !is_root() {
        left_out("needs root");
        return;
    }
    let house = House::new();
    let ran = house.sandbox.path("ran").display().to_string();
    let rc = format!(
        "defaults\ntls on\ntls_starttls off\naccount x\nhost localhost\nport {}\nauth on\nuser {}\nfrom {}\n\
         passwordeval touch {ran}; cat {}\naccount default : x\n",
        house.demo.tls_port(),
        house.demo.user(),
        house.demo.user(),
        house.sandbox.path("home/pw").display(),
    );
    let foreign = of_nobody(&house, "foreign/msmtprc", &rc, 0o600);
    let import = |path: &str, more: &[&str]| {
        let word = format!("msmtp={path}");
        let words = [&["--import", &word, "--test", "none"][..], more].concat();
        house.run(&words)
    };
    let refused = import(&foreign, &["--yes"]).code(64);
    assert!(refused.stderr.contains("others can change") && refused.stderr.contains("--password"), "{}", refused.stderr);
    assert!(!Path::new(&ran).exists());
    // What is ours is run, but not before the answers are right.
    let own = house.sandbox.write("own/msmtprc", &rc);
    fs::set_permissions(&own, fs::Permissions::from_mode(0o600)).unwrap();
    import(own.to_str().unwrap(), &[]).code(64);
    assert!(!Path::new(&ran).exists(), "no consent to write yet");
    import(own.to_str().unwrap(), &["--yes"]).code(0);
    assert!(Path::new(&ran).exists());
}

#[test]
fn a_password_command_runs_as_the_user_who_sends_and_root_runs_no_program_that_others_can_change() {
    if !is_root() {
        left_out("needs root");
        return;
    }
    let house = House::new();
    let who = house.sandbox.path("who");
    fs::create_dir(&who).unwrap();
    for (path, mode) in [(who.as_path(), 0o777), (house.sandbox.path("").as_path(), 0o755)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let command = format!("id -un >> {}/is; echo {}", who.display(), "hunter2-of-nobody");
    let image = ["--test", "none", "--scope", "system", "--secret-store", "command", "--password-command", &command];
    house.set_up(&[&image[..], &["--run-as", "nobody", "--yes", "--dry-run"]].concat()).run().code(0);
    let users = fs::read_to_string(who.join("is")).unwrap();
    assert!(!users.is_empty() && users.lines().all(|user| user == "nobody"), "{users}");
    let theirs = of_nobody(&house, "theirs/get", "#!/bin/sh\necho hunter2\n", 0o755);
    for command in [theirs.clone(), format!("sh {theirs}"), format!("true; {theirs}")] {
        let refused = house.set_up(&["--password-command", &command, "--test", "none", "--yes"]).run().code(77);
        assert!(refused.stderr.contains("theirs/get") && refused.stderr.contains("--run-as"), "{}", refused.stderr);
    }
}

#[test]
fn what_is_damaged_is_said_to_be_damaged() {
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "login"]).code(0);
    house.sandbox.write("home/.config/mailsetup/profiles/default.for", "{not whole");
    let refused = house.run(&["check"]).code(77);
    assert!(refused.stderr.contains("damaged") && refused.stderr.contains("mailsetup edit"), "{}", refused.stderr);
}

#[test]
fn git_itself_is_given_nothing_for_the_former_host_or_another_user() {
    let house = House::new();
    house.write(&["--target", "git", "--test", "login"]).code(0);
    let (port, user) = (house.demo.tls_port(), house.demo.user().to_owned());
    let fill = |user: &str| {
        let request = format!("protocol=smtp\nhost=localhost:{port}\nusername={user}\n\n");
        let run = house.sandbox.program("git", ["credential", "fill"]).env("GIT_TERMINAL_PROMPT", "0");
        run.env("GIT_CONFIG_NOSYSTEM", "1").stdin(request).run()
    };
    let given = fill(&user).code(0).stdout;
    assert!(given.contains(&format!("password={}\n", house.demo.password())), "{given}");
    let other = fill("somebody@else.test");
    assert!(!other.stdout.contains("password=") && other.code != Some(0), "{}", other.stdout);
    house.sandbox.write("home/pw2", "abcd efgh ijkl mnop\n");
    let gmail =
        ["me@gmail.com", "--provider", "gmail", "--target", "msmtp", "--profile", "default", "--password-file", "pw2"];
    house.run(&[&gmail[..], &["--test", "none", "--yes"]].concat()).code(0);
    assert!(house.run(&["secret", "--for", "smtp.gmail.com"]).code(0).stdout.starts_with("abcd"));
    for user in [user.as_str(), "me@gmail.com"] {
        let after = fill(user);
        assert!(!after.stdout.contains("password=") && after.code != Some(0), "{}", after.stdout);
    }
}

#[test]
fn the_program_that_gives_others_the_password_is_named() {
    let house = House::new();
    let msmtp = ["--target", "msmtp", "--test", "none"];
    // The tests' own program is where it was built.
    let notes = house.write(&msmtp).code(0).json()["notes"].to_string();
    assert!(notes.contains("is a build folder") && notes.contains("--secret-command-path"), "{notes}");
    let missing = house.write(&[&msmtp[..], &["--secret-command-path", "/nonexistent/mailsetup"]].concat()).code(66);
    assert!(missing.stderr.contains("/nonexistent/mailsetup") && missing.stderr.contains("--secret-command-path"));
    let program = house.sandbox.write("bin/ours", format!("#!/bin/sh\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_mailsetup")));
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let program = program.display().to_string();
    let named = [&msmtp[..], &["--secret-command-path", &program]].concat();
    let dry = house.write(&[&named[..], &["--dry-run"]].concat()).code(0).json()["notes"].to_string();
    assert!(dry.contains("anybody can write in /tmp") && !dry.contains("build folder"), "{dry}");
    let out = house.write(&named).code(0);
    assert!(out.json()["equivalent"].as_str().unwrap().contains("--secret-command-path"), "{}", out.stdout);
    let call = format!("{program} secret default --scope user --for localhost");
    assert!(house.sandbox.read("home/.msmtprc").contains(&call));
    // It stays, and nothing has drifted.
    house.run(&["edit", "default", "--yes", "--json", "--test", "none", "--name", "Ops"]).code(0);
    assert!(house.sandbox.read("home/.msmtprc").contains(&call));
    house.run(&["check"]).code(0);
    assert_eq!(house.run(&["export", "msmtp", "--json"]).code(0).json()["changed"], false);
    let fetched = house.sandbox.program("sh", ["-c", &call]).run().code(0);
    assert_eq!(fetched.stdout, format!("{}\n", house.demo.password()));
}

#[test]
fn show_says_whom_the_password_is_for() {
    let user = House::new().demo.user().to_owned();
    let password = |store: &'static str| match store {
        "command" => ["--password-command", "cat pw"],
        "env" => ["--password-env", "RELAY_PW"],
        _ => ["--password-file", "pw"],
    };
    let mut stores = vec!["file", "vault", "command", "env"];
    if rustix::process::geteuid().is_root() && Path::new("/usr/bin/systemd-creds").exists() {
        stores.push("systemd");
    } else {
        crate::support::bed::left_out("systemd-creds needs root here");
    }
    for store in stores {
        let house = House::new();
        let more = [&password(store)[..], &["--secret-store", store, "--test", "none", "--yes"]].concat();
        house.set_up(&more).env("RELAY_PW", house.demo.password()).run().code(0);
        let shown = house.run(&["show"]).code(0).stdout;
        assert!(shown.contains(&format!("# password for localhost, as {user}\n")), "{store}: {shown}");
        let document = house.run(&["show", "--json"]).code(0).json();
        assert_eq!(document["secret_for"]["hosts"][0], "localhost", "{store}: {document}");
        assert!(!shown.contains(house.demo.password()));
    }
}

#[test]
fn root_in_the_home_of_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        crate::support::bed::left_out("needs root");
        return;
    }
    // As `sudo -E` leaves it: root's rights, the variables and the folders of somebody else.
    let house = House::new();
    house.write(&["--target", "msmtp", "--test", "none"]).code(0);
    let before = house.written();
    let folders = ["home", "home/.config", "home/.config/mailsetup", "home/.local/state", "home/.local/state/mailsetup"];
    for folder in folders {
        let path = house.sandbox.path(folder);
        std::os::unix::fs::chown(&path, Some(65534), Some(65534)).unwrap();
        let set_up = house.words(&["--target", "git", "--password-file", "pw", "--yes", "--test", "none"]);
        let set_up: Vec<&str> = set_up.iter().map(String::as_str).collect();
        for words in [&["list"][..], &["check"], &["secret"], &["undo"], &["remove", "default"], &["show"], &set_up] {
            let refused = house.run(words);
            let at = format!("{folder}, {words:?}: {}", refused.stderr);
            assert!(![Some(0), None].contains(&refused.code), "{at}");
            assert!(refused.stdout.is_empty() && refused.stderr.contains("nobody"), "{at}");
            assert!(refused.stderr.contains(&path.display().to_string()), "{at}");
        }
        std::os::unix::fs::chown(&path, Some(0), Some(0)).unwrap();
        assert_eq!(house.written(), before, "{folder}");
    }
}

/// How many runs at once.
const MANY: usize = 20;

#[test]
fn many_runs_at_once_are_all_done() {
    let house = House::new();
    let runs: Vec<_> = (0..MANY)
        .map(|number| {
            let name = format!("Ops {number}");
            let words =
                ["--password-file", "pw", "--yes", "--json", "--test", "login", "--target", "msmtp", "--name", &name];
            let mut command = house.set_up(&[&words[..], &["--lock-timeout", "300"]].concat()).command();
            command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
            command.stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for run in runs {
        let out = run.wait_with_output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    let secret = house.run(&["secret", "--for", "localhost"]).code(0).stdout;
    assert_eq!(secret, format!("{}\n", house.demo.password()));
    house.run(&["check"]).code(0);
}

#[test]
fn the_vaults_own_commands_wait_for_another_run() {
    let house = House::new();
    house.write(&["--secret-store", "vault", "--test", "none"]).code(0);
    let lock = fs::File::options().write(true).open(house.sandbox.path("home/.local/state/mailsetup/lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    house.run(&["vault", "rotate", "--lock-timeout", "0"]).code(75);
    let mut waits = house.sandbox.mailsetup(["vault", "rotate", "--lock-timeout", "300"]).command();
    let mut waits = waits.stderr(std::process::Stdio::null()).stdout(std::process::Stdio::null()).spawn().unwrap();
    house.run(&["vault", "lock-with", "machine", "--lock-timeout", "0.2"]).code(75);
    assert!(waits.try_wait().unwrap().is_none());
    drop(lock);
    assert!(waits.wait().unwrap().success());
    assert_eq!(house.run(&["secret"]).code(0).stdout, format!("{}\n", house.demo.password()));
}
