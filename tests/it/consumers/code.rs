//! Settings that are program text, run by the language itself: PHP for Nextcloud, Python for Django.

use super::*;

#[test]
fn php_reads_what_was_written() {
    if !is_installed("php", &["-v"]) {
        return;
    }
    let carried = carried("nextcloud", |_| ());
    let folder = tempfile::tempdir().unwrap();
    let paths = write_all(folder.path(), carried.iter().map(|(_, files)| files[0].clone()));
    let script = "$out = []; foreach (array_slice($argv, 1) as $f) { $CONFIG = []; include $f; \
                  $out[] = [$CONFIG['mail_smtppassword'], $CONFIG['mail_smtpport'], $CONFIG['mail_smtpauth'], $CONFIG['passwordsalt'] ?? '']; } \
                  echo json_encode($out);";
    let read: Vec<(String, u16, bool, String)> =
        serde_json::from_str(&output(Command::new("php").args(["-n", "-r", script, "--"]).args(&paths))).unwrap();
    for ((read, port, auth, other), (password, _)) in read.iter().zip(&carried) {
        assert_eq!((read, *port, *auth), (password, 465, true));
        assert!(other.is_empty() || other == "a'b\\c\"d$e", "{other}");
    }
    assert_eq!(read.len(), carried.len());
}

#[test]
fn python_reads_what_was_written() {
    if !is_installed(PYTHON, &["-c", "import runpy"]) {
        return;
    }
    let carried = carried("django", |_| ());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("base.py"), "DEBUG = False\n").unwrap();
    let paths = write_all(folder.path(), carried.iter().map(|(_, files)| files[0].replace("from .base", "from base")));
    let script = "import sys, json, runpy\n\
                  print(json.dumps([runpy.run_path(f)['EMAIL_HOST_PASSWORD'] for f in sys.argv[1:]]))";
    let mut command = Command::new(PYTHON);
    command.args(["-c", script]).args(&paths).env("PYTHONPATH", folder.path());
    let read: Vec<String> = serde_json::from_str(&output(&mut command)).unwrap();
    for (read, (password, _)) in read.iter().zip(&carried) {
        assert_eq!(read, password);
    }
}

#[test]
fn django_logs_in_with_what_was_written() {
    if !is_installed(PYTHON, &["-c", "import django"]) {
        return;
    }
    let relay = relay::Relay::start();
    let folder = tempfile::tempdir().unwrap();
    let script = "import django\nfrom django.core.mail import send_mail\ndjango.setup()\n\
                  send_mail('test', 'x', None, ['root@example.com'])";
    for password in ["p@ss \"w\\ord#1", "it's {x} %s"] {
        let files = written("django", password, |order| {
            order.profile.smtp.port = relay.port.to_string().parse().unwrap();
            order.profile.smtp.security = Security::None;
        });
        fs::write(folder.path().join("settings.py"), files.unwrap()[0].replace("from .base import *\n", "DEBUG = False\n"))
            .unwrap();
        let mut command = Command::new(PYTHON);
        command.args(["-c", script]).env("PYTHONPATH", folder.path()).env("DJANGO_SETTINGS_MODULE", "settings");
        output(&mut command);
        let login = relay.login();
        assert_eq!((login.password.as_str(), login.sender.as_str()), (password, "ops@example.com"));
    }
}
