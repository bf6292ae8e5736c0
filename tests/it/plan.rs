//! Plans over files that people have: only our part changes, and planning again changes nothing.

mod conflicts;
mod distributions;
mod former;
mod led;
mod once;
mod refused;
mod shown;

use mailsetup::{
    mail::{GrantKind, ProfileOauth, RunAs, Secret, Security, Setting, profile::Trust, schema::SCHEMA},
    plan::{
        Envelope, Files as _, Order, Places, Plan, ReadSecret, Refusal, Scope, TargetChoice, check_target, compare, diff,
        plan, read_back, sending, try_it,
    },
    presets::{
        Catalog, Lang, Text,
        target::{MergeKind, ReadKey},
    },
};

use crate::{
    consumers::setup::{Memory, order},
    support::setup::places,
};

const PASSWORD: &str = "p@ss \"w\\ord#1";

fn ordered(target: &str) -> Order {
    Order { targets: vec![TargetChoice::new(target)], ..order(PASSWORD) }
}

fn planned(order: &Order, places: &Places, files: &Memory) -> Result<Plan, Refusal> {
    plan(order, &Catalog::builtin(), places, files)
}

/// Plans, applies, and holds that planning again changes nothing; returns the file's text.
fn settled(order: &Order, scope: Scope, files: &mut Memory, path: &str) -> String {
    let places = places(scope);
    let plan = planned(order, &places, files).unwrap();
    assert!(plan.changes.iter().any(mailsetup::plan::Change::is_needed));
    files.apply(&plan);
    let again = planned(order, &places, files).unwrap();
    let changed: Vec<_> = again.changes.iter().filter(|change| change.is_needed()).collect();
    assert!(changed.is_empty(), "{changed:?}");
    let catalog = Catalog::builtin();
    for choice in &order.targets {
        let target = catalog.target(&choice.key).unwrap();
        let read = read_back(target, choice, &order.name, &places, files).unwrap();
        assert_eq!(compare(order, &places, &read), []);
        assert!(try_it(order, target, choice, &places, files).unwrap().is_some());
    }
    text(files, path)
}

fn text(files: &Memory, path: &str) -> String {
    String::from_utf8(files.read(path.as_ref()).unwrap().unwrap().into_bytes()).unwrap()
}

#[test]
fn every_built_in_target_reads_and_has_words() {
    let catalog = Catalog::builtin();
    assert!(catalog.targets().count() >= 4, "{:?}", catalog.faults());
    for target in catalog.targets() {
        for lang in Lang::builtin() {
            assert!(!target.words(lang).summary.is_empty());
        }
        assert_eq!(check_target(target), []);
        let english = target.words(Lang::EN);
        assert!(target.words.iter().any(|(lang, _)| lang.as_str() == "fr"), "{} has no French", target.key);
        for (lang, words) in target.words.iter() {
            let at = format!("{} in {lang}", target.key);
            assert_eq!(words.warnings.len(), english.warnings.len(), "{at}");
            assert_eq!(words.certificates.is_some(), english.certificates.is_some(), "{at}");
        }
        let key = &target.key;
        let server = [Setting::Host, Setting::Port, Setting::Security, Setting::Username];
        let is_given = target.read.get(ReadKey::Credential).is_some();
        assert!(is_given || server.into_iter().all(|it| target.read.has(it)), "{key} reads no server");
        assert!(target.through.iter().all(|through| catalog.target(through).is_some()), "{key}");
        let only_reads = target.through.is_some() || target.outgrown.is_some();
        assert_eq!(only_reads, target.files.iter().any(|file| file.merge == MergeKind::Read), "{key}");
        // Its name says that the whole file is a password.
        for file in target.files.iter().filter(|file| file.merge == MergeKind::Exact) {
            for path in [&file.user, &file.system].into_iter().flatten() {
                assert!(path.ends_with("/mailsetup-smtp-password"), "{path}");
            }
        }
    }
}

#[test]
fn what_consumers_send_by_is_whole_and_holds_no_secret() {
    let catalog = Catalog::builtin();
    let envelope = Envelope {
        to: "bob@example.com".into(),
        subject: "Essai d\u{2019}envoi".into(),
        message_id: "1.2@example.com".into(),
    };
    let files = Memory::default();
    let mut senders = 0;
    for target in catalog.targets().filter(|target| target.send.is_some()) {
        let scope = if target.files[0].user.is_some() { Scope::User } else { Scope::System };
        for inline_secret in [false, true] {
            let choice = TargetChoice { inline_secret, ..TargetChoice::new(&target.key) };
            let order = Order { targets: vec![choice.clone()], ..order(PASSWORD) };
            let found = sending(&order, target, &choice, &envelope, &places(scope), &files).unwrap().unwrap();
            let queue = found.queue.iter().flat_map(|it| {
                let patterns = it.taken.iter().chain(&it.failed).flat_map(|pattern| &pattern.parts);
                it.list.iter().chain([&it.ours]).chain(patterns)
            });
            let words: Vec<&String> = found.command.iter().chain(queue).collect();
            assert!(words.iter().all(|word| !word.is_empty() && !word.contains("{{")), "{words:?}");
            assert!(words.iter().any(|word| word.contains("bob@example.com")) || target.key == "himalaya", "{words:?}");
            assert!(!format!("{found:?}").contains("p@ss"), "{found:?}");
            assert!(!found.program.is_empty() && found.program != "env" && !found.files.is_empty(), "{found:?}");
        }
        senders += 1;
    }
    assert!(senders >= 9, "{senders}");

    // A file that msmtp would not read is nothing that it could send by; nor is an address a command for S-nail.
    let elsewhere = TargetChoice { path: Some("/srv/msmtprc".into()), ..TargetChoice::new("msmtp") };
    let order = order(PASSWORD);
    let of = |key: &str, choice: &TargetChoice, scope: Scope, to: &str| {
        let envelope = Envelope { to: to.into(), ..envelope.clone() };
        sending(&order, catalog.target(key).unwrap(), choice, &envelope, &places(scope), &files).unwrap()
    };
    assert!(of("msmtp", &elsewhere, Scope::System, "a@b.test").is_none());
    let found = of("msmtp", &elsewhere, Scope::User, "a@b.test").unwrap();
    assert_eq!(found.command, ["msmtp", "--file=/srv/msmtprc", "-a", "mailsetup", "--", "a@b.test"]);
    let found = of("msmtp", &TargetChoice::new("msmtp"), Scope::System, "a@b.test").unwrap();
    assert_eq!(found.command, ["msmtp", "--file=/dev/null", "-a", "mailsetup", "--", "a@b.test"]);
    assert!(of("s-nail", &TargetChoice::new("s-nail"), Scope::User, "|x@b.test").is_none());
    assert!(of("dotenv", &TargetChoice::new("dotenv"), Scope::User, "a@b.test").is_none());
}

#[test]
fn secret_profile_targets_in_this_order() {
    let mut order = ordered("dotenv");
    order.targets.push(TargetChoice::parse("dotenv-sh=conf/mail.env"));
    order.targets.push(TargetChoice::new("msmtp"));
    let plan = planned(&order, &places(Scope::User), &Memory::default()).unwrap();
    let list: Vec<_> =
        plan.changes.iter().map(|change| (change.owner.as_str(), change.path.to_str().unwrap(), change.mode)).collect();
    let profiles = "/home/ops/.config/mailsetup/profiles";
    assert_eq!(
        list,
        [
            ("secret", format!("{profiles}/default.for").as_str(), 0o600),
            ("secret", &format!("{profiles}/default.secret"), 0o600),
            ("profile", &format!("{profiles}/default.toml"), 0o600),
            ("dotenv", "/srv/app/.env", 0o600),
            ("dotenv-sh", "/srv/app/conf/mail.env", 0o600),
            ("msmtp", "/home/ops/.msmtprc", 0o600),
        ]
    );
    assert_eq!(plan.changes[1].after.as_deref(), Some(PASSWORD.as_bytes()));
    let profile: mailsetup::mail::Profile =
        toml::from_str(std::str::from_utf8(plan.changes[2].after.as_ref().unwrap()).unwrap()).unwrap();
    let written: Vec<_> = profile
        .targets
        .iter()
        .map(|target| (target.name.as_str(), target.path.as_ref().and_then(|path| path.to_str())))
        .collect();
    assert_eq!(written, [("dotenv", Some("/srv/app/.env")), ("dotenv-sh", Some("/srv/app/conf/mail.env")), ("msmtp", None)]);
    assert!(!format!("{plan:?}").contains("w\\ord"));
}

#[test]
fn msmtp_beside_other_accounts() {
    let samples = [
        "# mine\ndefaults\nauth on\ntls on\ntls_certcheck off\npassword inherited\n\naccount work\nhost mail.work.test\nuser me\n\
         account default : work\n",
        "defaults\r\n  logfile ~/.msmtp.log\r\n\r\naccount   home\r\nhost h.test\r\npassword \"x\" # not a comment\r\n",
        "host old.test\nfrom me@old.test\npasswordeval gpg -d x",
    ];
    for sample in samples {
        let mut files = Memory::default().with("/home/ops/.msmtprc", sample);
        let text = settled(&ordered("msmtp"), Scope::User, &mut files, "/home/ops/.msmtprc");
        let ours = text.strip_prefix(sample).unwrap();
        assert_eq!(ours.contains("\r\n"), sample.contains("\r\n"));
        let has_default = !sample.contains("home");
        assert_eq!(ours.contains("account default"), !has_default);
        assert_eq!(ours.contains("\npassword\n"), sample.contains("inherited"));
        let plan = planned(&ordered("msmtp"), &places(Scope::User), &files).unwrap();
        let is_said = plan.notes.iter().any(|note| note.phrase.id == "plan-note-default-taken");
        assert_eq!(is_said, has_default);
        assert!(!text.contains(PASSWORD));

        // Edited around, changed, and settled again: what is not ours is still there.
        let edited = format!("{text}\naccount late\nhost late.test\n");
        files = files.with("/home/ops/.msmtprc", &edited);
        let mut order = ordered("msmtp");
        order.targets[0].inline_secret = true;
        order.profile.smtp.tls = Trust { ca_file: None, pin_sha256: Some("0a".repeat(32).parse().unwrap()) };
        let changed = settled(&order, Scope::User, &mut files, "/home/ops/.msmtprc");
        assert!(changed.starts_with(sample) && changed.ends_with("\naccount late\nhost late.test\n"));
        assert!(changed.contains(&format!("password \"{PASSWORD}\"")));
        assert!(changed.contains("tls_fingerprint 0A:0A:"));
        // It now holds a password: others may not read it any more.
        assert_eq!(files.read("/home/ops/.msmtprc".as_ref()).unwrap().unwrap().mode, 0o600);
    }
}

#[test]
fn msmtp_for_the_system_is_for_its_group() {
    let mut files = Memory { groups: vec!["msmtp".into()], ..Memory::default() };
    let plan = planned(&ordered("msmtp"), &places(Scope::System), &files).unwrap();
    let change = plan.changes.last().unwrap();
    assert_eq!((change.mode, change.group.as_deref()), (0o640, Some("msmtp")));
    let text = settled(&ordered("msmtp"), Scope::System, &mut files, "/etc/msmtprc");
    assert!(text.contains("passwordeval \"/usr/bin/mailsetup secret default --scope system --for 127.0.0.1\"\n"), "{text}");
    // Where it has none, the user who sends reads it by a group of its own.
    let files = Memory { groups: vec!["www-data".into()], ..Memory::default() };
    let mut order = ordered("msmtp");
    order.profile.run_as = "www-data".parse().unwrap();
    let plan = planned(&order, &places(Scope::System), &files).unwrap();
    let change = plan.changes.last().unwrap();
    assert_eq!((change.mode, change.group.as_deref()), (0o640, Some("www-data")));
}

#[test]
fn what_belongs_together_stays_together() {
    for (target, first, beside) in [
        ("postfix", "/srv/relay/main.cf", "/srv/relay/sasl_passwd"),
        ("home-assistant", "/srv/ha/configuration.yaml", "/srv/ha/secrets.yaml"),
    ] {
        let mut order = ordered(target);
        order.targets[0].path = Some(first.into());
        let files = Memory::default().with(first, "# mine\n");
        let plan = planned(&order, &places(Scope::System), &files).unwrap();
        let paths: Vec<_> = plan.changes.iter().rev().take(2).map(|change| change.path.to_str().unwrap()).collect();
        assert_eq!(paths, [beside, first]);
    }
}

#[test]
fn two_profiles_in_one_msmtprc() {
    let mut files = Memory::default();
    let first = settled(&ordered("msmtp"), Scope::User, &mut files, "/home/ops/.msmtprc");
    let other = Order { name: "alerts".into(), ..ordered("msmtp") };
    let both = settled(&other, Scope::User, &mut files, "/home/ops/.msmtprc");
    assert!(both.starts_with(&first) && both.contains("account mailsetup-alerts\n"));
    assert!(both.contains("mailsetup secret alerts --scope user"));
    assert_eq!(settled_again(&ordered("msmtp"), &files, "/home/ops/.msmtprc"), both);
}

fn settled_again(order: &Order, files: &Memory, path: &str) -> String {
    let plan = planned(order, &places(Scope::User), files).unwrap();
    let change = plan.changes.iter().find(|change| change.path == std::path::Path::new(path)).unwrap();
    String::from_utf8(change.after.clone().unwrap()).unwrap()
}

#[test]
fn environment_files_that_people_have() {
    let samples = [
        ("# app\nDB_URL=postgres://u:p@h/db\nexport SMTP_HOST = old.test # relay\nNAME='it is'\n", 1),
        ("A=1\r\nSMTP_PASSWORD=old\r\nKEY=\"-----BEGIN\r\nSMTP_PORT=1\r\n-----END\"\r\nSMTP_PASSWORD='older'\r\n", 2),
        ("\n\n  # indented\n  SMTP_PORT=25\nLAST=no line break", 1),
    ];
    for (sample, replaced) in samples {
        let mut files = Memory::default().with("/srv/app/.env", sample);
        let text = settled(&ordered("dotenv"), Scope::User, &mut files, "/srv/app/.env");
        let kept = sample.lines().filter(|line| text.lines().any(|other| other == *line)).count();
        assert_eq!(kept + replaced, sample.lines().count(), "{text}");
        assert_eq!(text.matches("\r\n").count() > 0, sample.contains("\r\n"));
        assert!(text.contains("SMTP_PASSWORD='p@ss \"w\\ord#1'"));
        let change = files.read("/srv/app/.env".as_ref()).unwrap().unwrap();
        assert_eq!(change.mode, 0o600);
    }
}

#[test]
fn postfix_beside_other_settings() {
    let main = "# See /usr/share/postfix\nsmtpd_banner = $myhostname ESMTP\nmynetworks = 127.0.0.0/8\n  [::1]/128\n\
                relayhost = \n# comment\nsmtp_tls_security_level=may\ninet_interfaces = loopback-only\n";
    let table = "# others\n[mail.other.test]:587 a:b#c\n";
    let places = places(Scope::System);
    let mut files = Memory::default().with("/etc/postfix/main.cf", main).with("/etc/postfix/sasl_passwd", table);
    let mut order = ordered("postfix");
    order.profile.smtp.host = "smtp.example.com".parse().unwrap();
    let text = settled(&order, Scope::System, &mut files, "/etc/postfix/main.cf");
    for line in main.lines().filter(|line| !line.contains("relayhost") && !line.contains("level")) {
        assert!(text.contains(&format!("{line}\n")), "{line}");
    }
    assert!(text.contains("relayhost = [smtp.example.com]:465\n# comment\nsmtp_tls_security_level = secure\n"));
    assert!(text.contains("smtp_tls_wrappermode = yes\n"));
    let logins = self::text(&files, "/etc/postfix/sasl_passwd");
    assert_eq!(logins, format!("{table}[smtp.example.com]:465 ops@example.com:{PASSWORD}\n"));
    assert_eq!(files.read("/etc/postfix/sasl_passwd".as_ref()).unwrap().unwrap().mode, 0o600);
    assert_eq!(files.read("/etc/postfix/main.cf".as_ref()).unwrap().unwrap().mode, 0o644);
    let plan = planned(&order, &places, &files).unwrap();
    assert_eq!(plan.runs[0].command, ["postfix", "reload"]);

    // An authority of its own, then one certificate alone.
    order.profile.smtp.tls.ca_file = Some("/etc/ssl/own $1.pem".into());
    let text = settled(&order, Scope::System, &mut files, "/etc/postfix/main.cf");
    assert!(text.contains("smtp_tls_CAfile = /etc/ssl/own $$1.pem\n"));
    order.profile.smtp.tls.pin_sha256 = Some("0a".repeat(32).parse().unwrap());
    let text = settled(&order, Scope::System, &mut files, "/etc/postfix/main.cf");
    assert!(text.contains("smtp_tls_security_level = fingerprint\n") && text.contains("_cert_match = 0A:0A:"));

    // Without a login nothing of it stays in force.
    order.profile.smtp.auth = "none".parse().unwrap();
    order.profile.smtp.security = Security::Starttls;
    let text = settled(&order, Scope::System, &mut files, "/etc/postfix/main.cf");
    assert!(text.contains("smtp_sasl_auth_enable = no\n") && text.contains("smtp_tls_wrappermode = no\n"));
}

#[test]
fn an_image_has_paths_of_its_own() {
    let places = Places { root: Some("/img".into()), config: "/img/etc/mailsetup".into(), ..places(Scope::System) };
    let files = Memory::default().with("/img/etc/postfix/main.cf", "").with("/img/etc/pki/tls/certs/ca-bundle.crt", "x");
    let plan = planned(&ordered("postfix"), &places, &files).unwrap();
    let main = plan.changes.iter().find(|change| change.owner == "postfix").unwrap();
    assert_eq!(main.path.to_str(), Some("/img/etc/postfix/main.cf"));
    let text = std::str::from_utf8(main.after.as_ref().unwrap()).unwrap();
    assert!(text.contains("texthash:/etc/postfix/sasl_passwd\n") && text.contains("= /etc/pki/tls/certs/ca-bundle.crt\n"));
}

#[test]
fn a_diff_hides_every_password() {
    let mut files = Memory::default().with("/srv/app/.env", "SMTP_PASSWORD='an older one'\nDB_PASSWORD=geheim\n");
    files.put("/home/ops/.config/mailsetup/profiles/default.secret", b"an older one", 0o600);
    let order = ordered("dotenv");
    let plan = planned(&order, &places(Scope::User), &files).unwrap();
    let mut shown = String::new();
    for change in &plan.changes {
        for line in diff(change, order.secret.as_ref()) {
            shown.push_str(&line.text);
            shown.push('\n');
        }
    }
    assert!(shown.contains("SMTP_HOST=127.0.0.1\n") && shown.contains("SMTP_PASSWORD=••••••\n"));
    for hidden in ["older", "geheim", "w\\ord"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn reading_back_says_what_the_consumer_would_do() {
    let text = "account mailsetup\nhost other.test\nport 2525\ntls on\ntls_certcheck off\nauth login\nuser u\npassword x\n";
    let files = Memory::default().with("/home/ops/.msmtprc", text);
    let catalog = Catalog::builtin();
    let choice = TargetChoice::new("msmtp");
    let places = places(Scope::User);
    let read = read_back(catalog.target("msmtp").unwrap(), &choice, "default", &places, &files).unwrap();
    let found = [Setting::Host, Setting::Port, Setting::Security].map(|setting| read.get(setting).unwrap());
    assert_eq!(found, ["other.test", "2525", "unchecked"]);
    assert_eq!(read.password, Some(ReadSecret::Inline(Secret::new("x".into()))));
    let fields = compare(&ordered("msmtp"), &places, &read);
    for field in [
        Setting::Host,
        Setting::Port,
        Setting::Security,
        Setting::Auth,
        Setting::Username,
        Setting::Password,
        Setting::Sender,
    ] {
        assert!(fields.contains(&field), "{field}");
    }
}
