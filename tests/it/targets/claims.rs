//! What targets claim: that the programs named read what is written, that certificates are checked, that ours counts, and that a
//! file is theirs.

use std::{collections::BTreeSet, fs, path::PathBuf};

use mailsetup::{
    plan::{FaultKind, Order, Plan, Refusal, plan},
    presets::{Catalog, Target, target::UsedBy},
};

use super::{below, ordered, scope};
use crate::consumers::setup::Memory;

const PASSWORD: &str = "p@ss:word1";

/// What planning makes of a file of a target, at a path within the current folder.
fn planned_at(target: &str, path: Option<&str>, text: &str, change: impl Fn(&mut Order)) -> Result<(Plan, String), Refusal> {
    let catalog = Catalog::builtin();
    let target = catalog.target(target).unwrap();
    let places = crate::support::setup::places(scope(target));
    let mut order = ordered(target, PASSWORD);
    // What a target does by the port is another test's.
    change(&mut order);
    if let Some(path) = path {
        order.targets[0].path = Some(path.into());
    }
    let first = mailsetup::plan::first_path(target, &order.targets[0], &places).unwrap();
    let files = Memory::default().with(&first.display().to_string(), text);
    let plan = plan(&order, &catalog, &places, &files)?;
    let after = plan.changes.iter().find(|change| change.path == first).and_then(|change| change.after.clone());
    Ok((plan, String::from_utf8(after.unwrap()).unwrap()))
}

fn planned(target: &str, text: &str) -> Result<(Plan, String), Refusal> {
    planned_at(target, None, text, |_| {})
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.notes.iter().map(|note| note.phrase.id).collect()
}

/// The settings of an environment file or of an INI file, `section.key` in this.
fn settings(text: &str) -> Vec<(String, String)> {
    let mut section = String::new();
    let mut found = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}.");
        } else if let Some((key, value)) = line.split_once('=') {
            found.push((format!("{section}{}", key.trim()), value.trim().to_owned()));
        }
    }
    found
}

fn claims(catalog: &Catalog) -> Vec<(&Target, &UsedBy)> {
    catalog.targets().flat_map(|target| target.used_by.iter().map(move |program| (target, program))).collect()
}

#[test]
fn a_program_reads_every_key_that_is_written_for_it_and_no_placeholder_stays() {
    let catalog = Catalog::builtin();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/claims");
    let mut unused: BTreeSet<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    for (target, program) in claims(&catalog) {
        let name = program.name.to_lowercase().replace(' ', "-");
        unused.remove(&name);
        let sample = fs::read_to_string(folder.join(&name)).unwrap_or_else(|_| panic!("{name} has no sample"));
        assert!(program.source.starts_with("https://"), "{name}");
        let reply_to = |order: &mut Order| order.profile.sender.reply_to = Some("answers@corp.test".parse().unwrap());
        let alone = planned_at(&target.key, None, if sample.contains('[') { "[x]\na = 1\n" } else { "A=1\n" }, reply_to);
        for (key, _) in settings(&alone.unwrap().1).iter().filter(|(key, _)| !["A", "x.a"].contains(&key.as_str())) {
            let is_known = program.reads.contains(key) || program.passes_over.contains(key);
            assert!(is_known, "{name} reads no {key}");
        }
        let (_, after) = planned(&target.key, &sample).unwrap();
        let before: BTreeSet<_> = settings(&sample).into_iter().collect();
        for (key, value) in settings(&after).into_iter().filter(|it| before.contains(it)) {
            let is_mail = ["MAIL", "SMTP", "mailer."].iter().any(|word| key.contains(word));
            let is_placeholder = ["@example", "null://", "=log", "YOUR", "mailtrap"].iter().any(|word| value.contains(word));
            assert!(!is_mail || !is_placeholder, "{name}: {key}={value} stays");
        }
    }
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn names_of_their_own_for_the_sender_are_written_where_the_file_shows_them() {
    let text = "MAIL_FROM=a@example.net\nMAIL_FROM_ADDR=b@example.net\nMAIL_REPLYTO_ADDR=c@example.net\n\
                MAIL_REPLY_TO_ADDRESS=d@example.net\n";
    let (_, after) = planned("laravel", text).unwrap();
    assert!(!after.contains("example.net"), "{after}");
    // Without a name an application keeps its own.
    for target in ["laravel", "bookstack", "snipe-it", "monica"] {
        let nameless = |order: &mut Order| order.profile.sender.name = None;
        let (_, after) = planned_at(target, None, "MAIL_FROM_NAME='Its own'\n", nameless).unwrap();
        assert!(after.contains("Its own"), "{target}: {after}");
    }
    let refused = planned("symfony", "MAILER_URL=null://null\n").unwrap_err();
    assert!(matches!(&refused, Refusal::OtherProgram { instead: Some(other), .. } if other == "kimai"), "{refused:?}");
}

#[test]
fn what_switches_checks_off_or_wins_goes_and_is_said() {
    for (target, text, gone) in [
        ("laravel", "MAIL_TLS_VERIFY_PEER=false\n", "VERIFY_PEER"),
        ("laravel", "MAIL_VERIFY_SSL=false\n", "VERIFY_SSL"),
        ("laravel", "MAIL_VERIFY_PEER=false\nMAIL_ALLOW_SELF_SIGNED=true\n", "=true"),
        ("bookstack", "MAIL_VERIFY_SSL=false\n", "VERIFY_SSL"),
        ("snipe-it", "MAIL_TLS_VERIFY_PEER=false\n", "VERIFY_PEER"),
        ("firefly-iii", "MAIL_VERIFY_PEER_NAME=false\n", "VERIFY_PEER"),
        ("alertmanager", "global:\n  smtp_tls_config:\n    insecure_skip_verify: true\nroute: {}\n", "skip_verify"),
        ("alertmanager", "global:\n  smtp_force_implicit_tls: false\n  smtp_auth_secret_file: /x\n", "smtp_force"),
        ("ghost", "{\"mail\": {\"options\": {\"secureConnection\": false}}}\n", "secureConnection"),
        ("ghost", "{\"mail\": {\"options\": {\"tls\": {\"rejectUnauthorized\": false}}}}\n", "rejectUnauthorized"),
        ("spring", "spring.mail.properties[mail.smtp.ssl.trust]=*\n", "trust"),
        ("spring", "spring.mail.properties.[mail.smtp.ssl.trust]=*\n", "trust"),
        ("spring", "spring.mail.ssl.enabled=false\n", "ssl.enabled"),
        ("spring-yaml", "spring:\n  mail:\n    ssl:\n      enabled: false\n", "enabled"),
        (
            "nextcloud",
            "<?php\n$CONFIG = ['mail_smtpstreamoptions' => ['ssl' => ['verify_peer' => false]]];\n",
            "verify_peer",
        ),
        ("phpmailer", "<?php\nreturn ['SMTPOptions' => ['ssl' => ['allow_self_signed' => true]]];\n", "allow_self"),
        ("smtp-url", "NODE_TLS_REJECT_UNAUTHORIZED=0\n", "REJECT"),
        ("wordpress", "<?php\ndefine( 'WPMS_DO_NOT_SEND', true );\n", "DO_NOT_SEND"),
        ("flask-mail", "MAIL_SUPPRESS_SEND = True\n", "SUPPRESS"),
    ] {
        let (plan, after) = planned(target, text).unwrap_or_else(|refusal| panic!("{target} {text}: {refusal}"));
        assert!(!after.contains(gone), "{target}: {after}");
        assert!(ids(&plan).contains(&"plan-note-removed"), "{target} {text}");
    }
}

#[test]
fn what_counts_more_than_ours_and_is_not_changed_is_refused() {
    for (target, text, line) in [
        (
            "alertmanager",
            "route: {}\nreceivers:\n- name: x\n  email_configs:\n  - to: a@b.test\n    tls_config:\n      insecure_skip_verify: true\n",
            "insecure_skip_verify",
        ),
        ("wordpress", "<?php\nconst WPMS_SMTP_HOST = 'old';\n", "const"),
        ("nextcloud", "<?php\n$CONFIG = ['a' => 1];\n$CONFIG['mail_smtphost'] = 'old';\n", "$CONFIG['mail"),
        ("nextcloud", "<?php\n$CONFIG = ['a' => 1];\n$CONFIG = array_merge($CONFIG, ['b' => 2]);\n", "array_merge"),
        ("django", "EMAIL_HOST = 'a'\nif True:\n    EMAIL_HOST = 'b'\n", "    EMAIL_HOST"),
        ("django", "MAILERS = {'default': {}}\nMAILERS['default'] = {'BACKEND': 'x'}\n", "MAILERS['default']"),
        ("gitlab", "gitlab_rails['smtp_address'] = 'a'\ngitlab_rails[:smtp_address] = 'b'\n", "[:smtp"),
        ("spring", "a=1\n#---\nspring.mail.host=dev\n", "spring.mail.host=dev"),
        ("spring-yaml", "spring:\n  mail.host: old\n", "mail.host"),
        ("spring-yaml", "spring:\n  mail:\n    properties:\n      '[mail.smtp.ssl.trust]': '*'\n", "trust"),
    ] {
        let refusal = planned(target, text).map(|(_, after)| after).unwrap_err();
        let Refusal::Unparseable { fault, .. } = &refusal else { panic!("{target} {text}: {refusal:?}") };
        assert_eq!(fault.kind, FaultKind::Rival, "{target} {text}");
        let said = text.lines().nth(fault.line - 1).unwrap_or_default();
        assert!(said.contains(line), "{target}: line {} of {text}", fault.line);
    }
    // One that comes before ours does not count.
    assert!(planned("django", "if DEBUG:\n    EMAIL_HOST = 'b'\n").is_ok());
}

#[test]
fn nothing_goes_where_it_does_not_count_or_everybody_sees_it() {
    let (_, after) = planned("gitlab", "external_url 'https://a.test'\n__END__\nnotes\n").unwrap();
    assert!(after.find("smtp_address").unwrap() < after.find("__END__").unwrap(), "{after}");
    let (_, after) =
        planned("wordpress", "<?php\nDEFINE( 'WPMS_SMTP_HOST', 'old' );\nrequire 'wp-settings.php';\n").unwrap();
    assert!(!after.contains("old") && after.matches("WPMS_SMTP_HOST").count() == 1, "{after}");
    let refusal = planned("wordpress", "<?php require 'wp-settings.php';\n").unwrap_err();
    assert!(matches!(refusal, Refusal::Unparseable { .. }), "{refusal:?}");
    let (_, after) = planned("spring", "a=1\n#---\nspring.config.activate.on-profile=dev\nb=2\n").unwrap();
    assert!(after.find("spring.mail.host").unwrap() < after.find("#---").unwrap(), "{after}");
}

#[test]
fn a_file_of_another_kind_or_program_is_refused_as_it_is() {
    let compose = "services:\n  web:\n    image: nginx\n";
    let helm = "replicaCount: 1\nimage:\n  repository: nginx\n";
    for (target, path, text) in [
        ("spring", Some("/srv/x/application.yml"), "spring:\n  application:\n    name: a\n"),
        ("spring", Some("/srv/x/application.conf"), "spring:\n  application:\n    name: a\n"),
        ("spring", Some("/srv/x/pom.xml"), "<project/>\n"),
        ("laravel", Some("/srv/x/docker-compose.yml"), compose),
        ("dotenv", Some("/srv/x/values"), helm),
        ("dotenv", Some("/srv/x/x.toml"), "a = 1\n"),
        ("dotenv", Some("/srv/x/config.json"), "{}\n"),
        ("django", Some("/srv/x/mailer.yaml"), "framework:\n    mailer:\n        dsn: x\n"),
        ("django", Some("/srv/x/settings.toml"), "a = 1\n"),
        ("flask-mail", Some("/srv/x/config"), compose),
        ("gitlab", Some("/srv/x/gitlab.yml"), "production:\n  gitlab:\n    host: a\n"),
        ("gitea", Some("/srv/x/app.yaml"), helm),
        ("grafana", Some("/srv/x/grafana.toml"), "a = 1\n"),
        ("nextcloud", Some("/srv/x/config.json"), "{}\n"),
        ("nextcloud", None, "<?php\nreturn ['default' => 'smtp', 'mailers' => []];\n"),
        ("wordpress", Some("/srv/x/wp-config.yml"), "a:\n  b: c\n"),
        ("alertmanager", None, compose),
        ("alertmanager", None, "global:\n  scrape_interval: 1m\nscrape_configs: []\n"),
        ("home-assistant", None, compose),
        ("yaml", None, compose),
        ("yaml", None, "apiVersion: v1\nkind: Secret\n"),
        ("discourse", None, compose),
        ("ghost", None, "{\"name\": \"x\", \"dependencies\": {}}\n"),
        ("json", Some("/srv/x/x.yaml"), "a: b\n"),
        ("toml", None, "[package]\nname = 'x'\n"),
    ] {
        let refusal = planned_at(target, path, text, |_| {}).map(|(_, after)| after).unwrap_err();
        assert!(
            matches!(refusal, Refusal::OtherKind { .. } | Refusal::OtherProgram { .. }),
            "{target} {path:?}: {refusal:?}"
        );
    }
}

#[test]
fn the_files_of_targets_are_of_their_kind() {
    // What their own paths and samples show is planned by other tests; here, that the ending leads to the right target.
    let catalog = Catalog::builtin();
    let spring = catalog.target("spring").unwrap();
    let at = |path: &str| spring.for_file(Some(path.as_ref()));
    assert_eq!(
        [at("a/application.yml"), at("application.YAML"), at("application.properties")],
        ["spring-yaml", "spring-yaml", "spring"]
    );
    assert_eq!(spring.for_file(None), "spring");
}

#[test]
fn django_has_its_mailers_where_the_file_shows_them() {
    let new = "MAILERS = {\n    \"default\": {\n        \"BACKEND\": \"django.core.mail.backends.console.EmailBackend\",\n    },\n}\n";
    for text in [new, "MAILERS = {}\n", "EMAIL_HOST = 'old'\nMAILERS = {'other': {'BACKEND': 'x'}}\n"] {
        let (_, after) = planned("django", text).unwrap_or_else(|refusal| panic!("{text}: {refusal}"));
        assert!(!after.contains("EMAIL_HOST") && !after.contains("EMAIL_BACKEND"), "{after}");
        assert!(after.contains("'use_ssl': True") && after.contains("smtp.EmailBackend"), "{after}");
        assert_eq!(after.matches("MAILERS").count(), 1, "{after}");
    }
    let (_, after) = planned("django", "DEBUG = False\n").unwrap();
    assert!(after.contains("EMAIL_HOST = ") && !after.contains("MAILERS"), "{after}");
    assert!(planned("django", "MAILERS = mailers()\n").is_err());
}

#[test]
fn a_version_that_reads_other_settings_is_refused() {
    let catalog = Catalog::builtin();
    let target = catalog.target("home-assistant").unwrap();
    for (version, is_outgrown) in [("2026.11.3", false), ("2027.1.0\n", true), ("2031.2.0b1", true), ("dev", false)] {
        let folder = tempfile::tempdir().unwrap();
        let places = below(folder.path(), scope(target));
        fs::create_dir_all(&places.cwd).unwrap();
        fs::write(places.cwd.join("configuration.yaml"), "default_config:\n").unwrap();
        fs::write(places.cwd.join(".HA_VERSION"), version).unwrap();
        let found = plan(&ordered(target, PASSWORD), &catalog, &places, &mailsetup::host::Disk::new(&places));
        assert_eq!(matches!(found, Err(Refusal::Outgrown { .. })), is_outgrown, "{version}: {found:?}");
    }
}

#[test]
fn a_name_or_an_address_for_answers_is_written_or_said() {
    let catalog = Catalog::builtin();
    for target in catalog.targets().filter(|target| target.through.is_none() && target.store.is_none()) {
        let places = crate::support::setup::places(scope(target));
        let mut order = ordered(target, "one:two");
        order.profile.sender.reply_to = Some("answers@corp.test".parse().unwrap());
        let sample = super::samples(&target.key).into_iter().find(|sample| !sample.name.ends_with("-refused"));
        let path = mailsetup::plan::first_path(target, &order.targets[0], &places).unwrap();
        let files = Memory::default().with(&path.display().to_string(), &sample.map(|it| it.text).unwrap_or_default());
        let Ok(plan) = plan(&order, &catalog, &places, &files) else { continue };
        let said = ids(&plan).iter().filter(|id| **id == "plan-note-unwritten").count();
        let written = plan.changes.iter().filter(|change| change.owner == target.key).filter_map(|it| it.after.clone());
        let written = written.map(|text| String::from_utf8_lossy(&text).into_owned()).collect::<String>();
        // Some write letters beyond ASCII in their own way.
        let has_name = written.contains("Ops ") || written.contains("Ops%20");
        let has_answers = written.contains("answers@corp.test") || written.contains("answers%40corp.test");
        assert!(usize::from(has_name) + usize::from(has_answers) + said >= 2, "{}: {said} {written}", target.key);
    }
}
