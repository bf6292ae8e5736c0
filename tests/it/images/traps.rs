//! What an image may have in store.

use super::*;

pub(super) type Trap = (&'static str, fn(&Image));

/// The images. Each is built anew for each command.
pub(super) const IMAGES: &[Trap] = &[
    ("a journal whose target is this machine's", |image| {
        image.journal("000001-x", "begun", &image.host("victim"), "0.before", "");
    }),
    ("a done write whose target is this machine's", |image| {
        image.journal("000001-x", "done", &image.host("victim"), "0.before", "");
    }),
    ("a target with dots", |image| {
        let target = format!("{}/etc/../../host/victim", image.at("").display());
        image.journal("000001-x", "begun", &target, "0.before", "");
    }),
    ("a target that is relative", |image| image.journal("000001-x", "begun", "../host/victim", "0.before", "")),
    ("an id with a way out", |image| {
        image.journal("../../../../host/victim", "begun", &image.at("etc/x").display().to_string(), "0.before", "");
    }),
    ("a copy with a way out", |image| {
        image.put("etc/x", VICTIM);
        let copy = "../../../../../../host/shadow";
        image.journal("000001-x", "begun", &image.at("etc/x").display().to_string(), copy, "");
    }),
    ("a copy that is a link", |image| {
        image.put("etc/x", VICTIM);
        image.journal("000001-x", "begun", &image.at("etc/x").display().to_string(), "0.link", "");
        image.link(image.host("shadow"), "var/lib/mailsetup/backups/000001-x/0.link");
    }),
    ("folders of this machine", |image| {
        let more = format!(r#", "folders": ["{}"]"#, image.host("empty"));
        image.journal("000001-x", "begun", &image.at("etc/x").display().to_string(), "0.before", &more);
    }),
    ("a built file of this machine", |image| {
        let more = format!(
            r#", "runs": [{{"owner": "msmtp", "command": ["/bin/sh", "-c", "touch {}"], "creates": "{}", "build": true, "before": null}}]"#,
            image.host("ran"),
            image.host("victim")
        );
        image.journal("000001-x", "begun", &image.at("etc/x").display().to_string(), "0.before", &more);
    }),
    ("commands in the journal", |image| {
        let more = format!(
            r#", "runs": [{{"owner": "msmtp", "command": ["/bin/sh", "-c", "touch {}"], "creates": null, "build": false, "before": null}}]"#,
            image.host("ran")
        );
        image.put("etc/x", VICTIM);
        image.journal("000001-x", "done", &image.at("etc/x").display().to_string(), "0.before", &more);
    }),
    ("a target below a link that leads out", |image| {
        image.link(image.sandbox.path("host"), "srv");
        image.journal("000001-x", "begun", &image.at("srv/victim").display().to_string(), "0.before", "");
    }),
    ("a journal that is a link", |image| image.link(image.sandbox.path("host"), "var/lib/mailsetup/journal")),
    ("backups that are a link", |image| {
        image.put("var/lib/mailsetup/journal/x.txt", "");
        image.link(image.sandbox.path("host"), "var/lib/mailsetup/backups");
    }),
    ("a state folder that is a link", |image| image.link(image.sandbox.path("host"), "var/lib/mailsetup")),
    ("a link above the state folder", |image| {
        fs::remove_dir_all(image.at("var")).unwrap();
        image.link(image.sandbox.path("host"), "var");
    }),
    ("a link above the configuration", |image| {
        fs::remove_dir_all(image.at("etc")).unwrap();
        image.link(image.sandbox.path("host"), "etc");
    }),
    ("a link that climbs", |image| image.link("../../../../../../host/mailsetup", "etc/mailsetup")),
    ("profiles that are a link", |image| image.link(image.host("profiles"), "etc/mailsetup/profiles")),
    ("a profile that is a link", |image| {
        image.link(image.host("profiles/default.toml"), "etc/mailsetup/profiles/default.toml");
    }),
    ("a lock that is a link", |image| image.link(image.host("victim"), "var/lib/mailsetup/lock")),
    ("a lock that is a pipe", |image| image.special("mkfifo", "var/lib/mailsetup/lock", &[])),
    ("a lock that is a folder", |image| fs::create_dir_all(image.at("var/lib/mailsetup/lock")).unwrap()),
    ("a lock with a second name", |image| {
        fs::create_dir_all(image.at("var/lib/mailsetup")).unwrap();
        fs::hard_link(image.host("victim"), image.at("var/lib/mailsetup/lock")).unwrap();
    }),
    ("a command for the password", |image| {
        let store = format!("store = 'command'\ncommand = 'touch {}; echo x'", image.host("ran"));
        image.put("etc/mailsetup/profiles/default.toml", profile(&store));
    }),
    ("a variable for the password", |image| {
        image.put("etc/mailsetup/profiles/default.toml", profile("store = 'env'\nvariable = 'PATH'"));
    }),
    ("an entry of the host's pass", |image| {
        image.put("etc/mailsetup/profiles/default.toml", profile("store = 'pass'\nentry = 'host/bank'"));
    }),
    ("an entry of the host's keyring", |image| {
        image.put("etc/mailsetup/profiles/default.toml", profile("store = 'keyring'\nentry = 'user/default'"));
    }),
    ("a credential of the host's", |image| {
        image.put("etc/mailsetup/profiles/default.toml", profile("store = 'systemd'"));
        image.put("etc/mailsetup/profiles/default.cred", "x");
    }),
    ("a secret that is a link", |image| {
        image.put("etc/mailsetup/profiles/default.toml", profile("store = 'file'"));
        image.link(image.host("shadow"), "etc/mailsetup/profiles/default.secret");
    }),
    ("a secret that is a pipe", |image| {
        image.put("etc/mailsetup/profiles/default.toml", profile("store = 'file'"));
        image.special("mkfifo", "etc/mailsetup/profiles/default.secret", &[]);
    }),
    ("a profile that is a pipe", |image| image.special("mkfifo", "etc/mailsetup/profiles/default.toml", &[])),
    ("a profile of 20 MiB", |image| image.put("etc/mailsetup/profiles/default.toml", vec![b'#'; 20 << 20])),
    ("a journal of 20 MiB", |image| image.put("var/lib/mailsetup/journal/000001-x.json", vec![b' '; 20 << 20])),
    ("presets that redirect", |image| {
        image.put("etc/mailsetup/providers/gmail.toml", "key = 'gmail'\nname = 'EVIL'\n");
        image.put("etc/mailsetup/targets/msmtp.toml", "key = 'msmtp'\nname = 'EVIL'\n");
    }),
    ("texts that lie", |image| image.put("etc/mailsetup/text/en.ftl", "list-empty = EVIL\nusage-help = EVIL\n")),
    ("names that are not UTF-8", |image| {
        for folder in ["etc/mailsetup/profiles", "var/lib/mailsetup/journal", "var/lib/mailsetup/backups"] {
            fs::create_dir_all(image.at(folder)).unwrap();
            let name = std::ffi::OsStr::from_bytes(b"\xff\x1b[31m.json");
            fs::write(image.at(folder).join(name), "{}").unwrap();
            fs::write(image.at(folder).join(Path::new(name).with_extension("toml")), "").unwrap();
        }
    }),
    ("a target that is a link", |image| image.link(image.host("victim"), "etc/msmtprc")),
    ("a target that climbs", |image| image.link("../../host/victim", "etc/msmtprc")),
    ("users that are a pipe", |image| image.special("mkfifo", "etc/passwd", &[])),
    ("users that are a link", |image| image.link("/etc/passwd", "etc/passwd")),
    ("a vault with a key file of the host's", |image| {
        image.put("etc/mailsetup/profiles/default.toml", profile("store = 'vault'"));
        image.link(image.host("victim"), "etc/mailsetup/vault");
    }),
    ("answers of somebody else", |image| {
        let answers = "schema = 1\nwhen = '2026'\n[[answer]]\nkey = 'host'\nvalue = 'EVIL.example'\nsource = 'asked'\n";
        image.put("var/lib/mailsetup/resume.toml", answers);
    }),
    ("links in a circle", |image| {
        image.link("two", "etc/mailsetup");
        image.link("mailsetup", "etc/two");
    }),
    ("a state folder that everyone may write in", |image| {
        image.put("etc/x", VICTIM);
        image.journal("000001-x", "begun", &image.at("etc/x").display().to_string(), "0.before", "");
        fs::set_permissions(image.at("var/lib/mailsetup"), fs::Permissions::from_mode(0o777)).unwrap();
    }),
    ("a state folder of another user", |image| {
        image.put("etc/x", VICTIM);
        image.journal("000001-x", "begun", &image.at("etc/x").display().to_string(), "0.before", "");
        if rustix::process::geteuid().is_root() {
            chown(image.at("var/lib/mailsetup"), Some(12_345), Some(12_345)).unwrap();
        }
    }),
    ("a device for the secret", |image| {
        image.put("etc/mailsetup/profiles/default.toml", profile("store = 'file'"));
        if rustix::process::geteuid().is_root() {
            image.special("mknod", "etc/mailsetup/profiles/default.secret", &["c", "1", "5"]);
        }
    }),
];
