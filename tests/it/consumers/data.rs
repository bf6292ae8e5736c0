//! YAML, JSON and TOML, by parsers of other languages, and Alertmanager by its own tool.

use super::*;

/// The passwords that a script reads from one file each, the target's first, second ..., as a JSON list.
pub(super) fn read_by(program: &str, script: &[&str], target: &str, file: usize) {
    let carried = carried(target, |_| ());
    let folder = tempfile::tempdir().unwrap();
    let paths = write_all(folder.path(), carried.iter().map(|(_, files)| files[file].clone()));
    let read: Vec<String> = serde_json::from_str(&output(Command::new(program).args(script).args(&paths))).unwrap();
    assert_eq!(read.len(), carried.len());
    for (read, (password, _)) in read.iter().zip(&carried) {
        assert_eq!(read, password, "{target} {program}");
    }
}

#[test]
fn other_parsers_read_what_was_written() {
    let python = [
        ("json", "import json as p", "p.load(open(f, encoding='utf-8'))"),
        ("toml", "import tomllib as p", "p.load(open(f, 'rb'))"),
        ("yaml", "import yaml as p", "p.safe_load(open(f, encoding='utf-8'))"),
    ];
    for (target, import, load) in python {
        if is_installed(PYTHON, &["-c", import]) {
            let script =
                format!("{import}\nimport sys, json\nprint(json.dumps([{load}['smtp']['password'] for f in sys.argv[1:]]))");
            read_by(PYTHON, &["-c", &script], target, 0);
        }
    }
    if is_installed("ruby", &["-e", "require 'yaml'; require 'json'"]) {
        let script = "require 'yaml'; require 'json'; puts JSON.generate(ARGV.map { |f| YAML.safe_load(File.read(f, encoding: 'UTF-8'))['smtp']['password'] })";
        read_by("ruby", &["-e", script], "yaml", 0);
    }
}

#[test]
fn alertmanager_takes_what_was_written() {
    if !is_installed("amtool", &["--version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (main, secret) = (folder.path().join("alertmanager.yml"), folder.path().join("mailsetup-smtp-password"));
    let places = mailsetup::plan::Places { cwd: folder.path().to_owned(), ..places(Scope::User) };
    for (security, port) in [(Security::Tls, 465), (Security::Starttls, 587), (Security::None, 25)] {
        for sample in targets::samples("alertmanager") {
            let mut order = order("p@ss \"w\\ord#1");
            (order.profile.smtp.security, order.profile.smtp.port) = (security, port.to_string().parse().unwrap());
            order.targets = vec![TargetChoice::new("alertmanager")];
            let mut files = Memory::default();
            files.put(&main, sample.text.as_bytes(), 0o644);
            let plan = plan(&order, &Catalog::builtin(), &places, &files).unwrap();
            for change in plan.changes.iter().filter(|change| change.owner == "alertmanager") {
                fs::write(&change.path, change.after.as_ref().unwrap()).unwrap();
            }
            let said = output(Command::new("amtool").arg("check-config").arg(&main));
            assert!(said.contains("SUCCESS") && said.contains("global config"), "{}: {said}", sample.name);
            assert_eq!(fs::read_to_string(&secret).unwrap(), "p@ss \"w\\ord#1");
        }
    }
    let wrong = written("alertmanager", "x", |order| order.profile.smtp.port = "4650".parse().unwrap());
    assert!(matches!(wrong, Err(Refusal::Port { port: 4650, ports, .. }) if ports == [465]));
}
