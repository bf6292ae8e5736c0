//! Targets of a person's own: what is wrong in one is said with its file and line, before any other file is read.

use std::fs;

use mailsetup::{
    plan::check_target,
    presets::{Catalog, PresetFault, target::Target},
};
use tempfile::TempDir;

use crate::support::sandbox::Sandbox;

/// A whole target, as a person may write one.
const OWN: &str = r#"name = "Lab"
checked = "2026-11"
docs = "https://lab.test/"
checks_certificates = true
security = ["tls"]
cannot = { sender = "%" }
try_it = "lab {{ files.env | quote }}"

[[file]]
id = "env"
user = "./lab.env"
mode = "0600"
when = "host is not none"
merge = "keys"
format = "dotenv"
template = """
LAB_HOST={{ host | quote }}
LAB_NAME={{ sender.name | quote }}
"""

[[run]]
command = ["lab", "{{ files.env }}"]
purpose = "build"

[read]
host = "env.LAB_HOST"
port = "'465'"
security = "'tls'"
username = "''"
sender_name = "env.LAB_NAME"

[import]
user = ["./old.env"]
base = "env.LAB or ''"
host = "base | host_of"

[en]
summary = "x"

[fr]
summary = "x"
"#;

/// What is wrong with the target when a part of it is another.
fn faults(part: &str, other: &str) -> Vec<PresetFault> {
    assert!(OWN.contains(part), "{part}");
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("targets")).unwrap();
    fs::write(folder.path().join("targets/lab.toml"), OWN.replacen(part, other, 1)).unwrap();
    let catalog = Catalog::with_overrides(&[folder.path()], "2026-11-30");
    let faults = catalog.own_faults().iter().map(|own| own.fault.clone());
    faults.chain(catalog.own_targets().flat_map(check_target)).collect()
}

#[test]
fn each_fault_has_its_line_and_the_nearest_word() {
    assert_eq!(faults("Lab", "Lab"), []);
    for (part, other, line, cause, nearest) in [
        ("[\"tls\"]", "[\"tsl\"]", 5, "unknown variant `tsl`", Some("tls")),
        ("{ sender =", "{ sendr =", 6, "unknown field `sendr`", Some("sender")),
        ("\"0600\"", "\"0699\"", 12, "`0699` is no mode", None),
        ("| quote }}\"\n", "| quotes }}\"\n", 7, "unknown filter `quotes`", None),
        ("host is not none", "hots is not none", 13, "unknown variable `hots`", Some("host")),
        ("host is not none", "host is not", 13, "syntax error", None),
        ("{{ sender.name", "{{ sender.nam", 18, "unknown variable `sender.nam`", Some("sender.name")),
        ("{{ host | quote }}", "{% if host %}", 18, "syntax error", None),
        ("\"{{ files.env }}", "\"{{ files.en }}", 22, "unknown variable `files.en`", Some("files.env")),
        ("\"{{ files.env }}", "\"{{ there.x is nil }}", 22, "unknown test `nil`", None),
        ("env.LAB_HOST", "evn.LAB_HOST", 26, "unknown variable `evn`", Some("env")),
        ("env.LAB_HOST", "base.LAB_HOST", 26, "unknown variable `base`", None),
        ("sender_name =", "nmae =", 30, "unknown field `nmae`", Some("name")),
        ("env.LAB or", "evn.LAB or", 34, "unknown variable `evn`", Some("env")),
        ("| host_of", "| hostof", 35, "unknown filter `hostof`", None),
        ("user = [\"./old", "usr = [\"./old", 33, "unknown field `usr`", Some("user")),
    ] {
        let found = faults(part, other);
        let [fault] = found.as_slice() else { panic!("{other}: {found:?}") };
        assert!(
            fault.file.ends_with("targets/lab.toml") && fault.cause.to_string().starts_with(cause),
            "{other}: {fault:?}"
        );
        assert_eq!((fault.line, fault.nearest.as_deref()), (Some(line), nearest), "{other}: {fault:?}");
    }
}

/// What only rendering and reading back shows is the preset's fault too, never a person's file's.
#[test]
fn what_made_up_settings_show_has_its_line() {
    for (part, other, line, cause) in [
        ("{{ host | quote }}", "{{ port + host }}", 17, "invalid operation"),
        ("LAB_HOST={{ host | quote }}", "LAB_HOTS={{ host | quote }}", 26, "`host` is written and not found again"),
        ("env.LAB_HOST", "env.LAB_HSOT", 26, "`host` is written and not found again"),
        ("env.LAB_NAME", "env.LAB_HOST", 30, "`name` is written and not found again"),
        ("\"{{ files.env }}", "\"{{ port / profile }}", 22, "invalid operation"),
        ("lab {{ files.env | quote }}", "lab {{ port / profile }}", 7, "invalid operation"),
    ] {
        let found = faults(part, other);
        let [fault] = found.as_slice() else { panic!("{other}: {found:?}") };
        assert!(fault.file.ends_with("targets/lab.toml"), "{other}: {fault:?}");
        assert!(fault.line == Some(line) && fault.cause.to_string().contains(cause), "{other}: {fault:?}");
    }
}

#[test]
fn a_wrong_target_is_named_and_nothing_else() {
    let sandbox = Sandbox::new();
    let own = "home/.config/mailsetup/targets/lab.toml";
    sandbox.write(own, OWN.replace("host is not none", "hots is not none"));
    let out = sandbox.mailsetup(["targets", "lab"]).run().code(0);
    assert!(!out.stdout.contains("lab.env"), "{}", out.stdout);
    for said in ["lab.toml:13: unknown variable `hots`", "Did you mean host?"] {
        assert!(out.stderr.contains(said), "{}", out.stderr);
    }
    sandbox.write(own, OWN);
    assert!(sandbox.mailsetup(["targets", "lab"]).run().code(0).stdout.contains("lab.env"));
}

#[test]
fn settings_have_one_word() {
    let target: Target = mailsetup::presets::parse("lab.toml", OWN).unwrap();
    let words: Vec<_> = target.read.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(words, ["host", "port", "security", "username", "name"]);
}
