//! Machines of each distribution, in memory: what is written names what is there, and is where its programs read it.

use super::*;

const POSTFIX: &str = "/etc/postfix/main.cf";

/// A machine with Postfix that says what it is.
fn machine(os_release: &str) -> Memory {
    Memory::default().with("/etc/os-release", os_release).with(POSTFIX, "").with("/usr/sbin/postfix", "")
}

fn plan_on(os_release: &str, targets: &[&str], files: &Memory) -> Plan {
    let targets = targets.iter().map(|key| TargetChoice { inline_secret: true, ..TargetChoice::new(*key) }).collect();
    let order = Order { targets, scope: Scope::System, ..order(PASSWORD) };
    let catalog = Catalog::builtin().on(os_release);
    plan(&order, &catalog, &places(Scope::System), files).unwrap()
}

/// A note's words in English.
fn note(plan: &Plan, id: &str) -> Option<String> {
    let note = plan.notes.iter().find(|note| note.phrase.id == id)?;
    for lang in Lang::builtin() {
        assert!(!Text::new(lang).say(&note.phrase).contains(['{', '}']), "{id} in {lang}");
    }
    Some(Text::new(Lang::EN).say(&note.phrase))
}

fn after(plan: &Plan, path: &str) -> String {
    let change = plan.changes.iter().find(|change| change.path == std::path::Path::new(path));
    String::from_utf8(change.unwrap_or_else(|| panic!("{path} in {plan:?}")).after.clone().unwrap()).unwrap()
}

const DISTRIBUTIONS: [(&str, &str, &str, &str); 7] = [
    ("ID=debian\nVERSION_ID=12\n", "/etc/ssl/certs/ca-certificates.crt", "ca-certificates", "apt install libsasl2-modules"),
    ("ID=debian\nVERSION_ID=13\n", "/etc/ssl/certs/ca-certificates.crt", "ca-certificates", "apt install libsasl2-modules"),
    ("ID=fedora\n", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "ca-certificates", "dnf install cyrus-sasl-plain"),
    ("ID=alpine\n", "/etc/ssl/cert.pem", "ca-certificates", "apk add cyrus-sasl cyrus-sasl-login"),
    ("ID=arch\n", "/etc/ssl/certs/ca-certificates.crt", "ca-certificates", "pacman -S cyrus-sasl"),
    (
        "ID=opensuse-leap\nID_LIKE='suse opensuse'\n",
        "/etc/ssl/ca-bundle.pem",
        "ca-certificates-mozilla",
        "zypper install cyrus-sasl-plain",
    ),
    ("ID=void\n", "/etc/ssl/certs/ca-certificates.crt", "ca-certificates", "xbps-install -S cyrus-sasl-modules"),
];

#[test]
fn the_bundle_that_is_there_is_written_and_none_is_said_with_its_package() {
    for (os_release, bundle, package, sasl) in DISTRIBUTIONS {
        // Nothing is there: the place that the package will fill.
        let bare = plan_on(os_release, &["postfix"], &machine(os_release));
        assert!(after(&bare, POSTFIX).contains(&format!("smtp_tls_CAfile = {bundle}\n")), "{os_release}");
        let missing = note(&bare, "plan-note-no-authorities").unwrap();
        assert!(missing.contains(bundle) && missing.ends_with(package), "{missing}");
        assert!(note(&bare, "plan-note-login-needs").unwrap().ends_with(sasl), "{os_release}");

        let whole = machine(os_release).with(bundle, "").with("/usr/lib/x86_64-linux-gnu/sasl2/libplain.so", "");
        let whole = plan_on(os_release, &["postfix"], &whole);
        assert!(after(&whole, POSTFIX).contains(&format!("smtp_tls_CAfile = {bundle}\n")), "{os_release}");
        assert_eq!((note(&whole, "plan-note-no-authorities"), note(&whole, "plan-note-login-needs")), (None, None));

        // Where the usual one is missing, another that is there.
        let other = "/etc/pki/tls/certs/ca-bundle.crt";
        let other_there = plan_on(os_release, &["postfix"], &machine(os_release).with(other, ""));
        assert!(after(&other_there, POSTFIX).contains(&format!("smtp_tls_CAfile = {other}\n")), "{os_release}");
    }
}

#[test]
fn opensmtpd_is_written_where_it_reads() {
    for (os_release, conf, service) in [
        ("ID=debian\n", "/etc/smtpd.conf", "opensmtpd"),
        ("ID=fedora\n", "/etc/opensmtpd/smtpd.conf", "opensmtpd"),
        ("ID=arch\n", "/etc/smtpd/smtpd.conf", "smtpd"),
        ("ID=alpine\n", "/etc/smtpd/smtpd.conf", "smtpd"),
        ("ID=void\n", "/etc/smtpd/smtpd.conf", "opensmtpd"),
    ] {
        let files = Memory::default().with(conf, "listen on localhost\n");
        let told = |files: Memory| {
            let plan = plan_on(os_release, &["opensmtpd"], &files);
            assert!(after(&plan, conf).contains("match from local for any action"), "{os_release}");
            let runs: Vec<String> = plan.runs.iter().map(|run| run.command.join(" ")).collect();
            assert_eq!(runs[0], format!("smtpd -n -f {conf}"));
            (runs.get(1).cloned(), note(&plan, "plan-note-no-init"))
        };
        let files = || Memory::default().joined(Memory { files: files.files.clone(), ..Memory::default() });
        let restart = |words: &str| (Some(format!("{words} {service}")), None);
        assert_eq!(told(files().with("/run/systemd/system", "")), restart("systemctl try-restart"));
        let openrc = format!("rc-service --ifexists --ifstarted {service} restart");
        assert_eq!(told(files().with("/run/openrc", "")), (Some(openrc), None));
        let runit = files().with("/run/runit", "");
        assert_eq!(told(files().with("/run/runit", "")), (None, None), "it is not switched on");
        assert_eq!(told(runit.with(&format!("/var/service/{service}"), "")), restart("sv try-restart"));
        // Nothing starts services: only what runs has to be seen to.
        assert_eq!(told(files()), (None, None));
        let (run, said) = told(files().with("/run/smtpd.pid", "42\n").with("/proc/42/comm", "smtpd\n"));
        assert!(run.is_none() && said.unwrap().contains(service), "{os_release}");
    }
}

#[test]
fn php_is_set_in_each_layout() {
    for (os_release, folders, runs) in [
        ("ID=debian\n", &["/etc/php/8.4/fpm/conf.d"][..], &["php8.4-fpm"][..]),
        ("ID=debian\n", &["/usr/local/etc/php/conf.d"], &["php-fpm"]),
        ("ID=alpine\n", &["/usr/local/etc/php/conf.d"], &["php-fpm"]),
        ("ID=fedora\n", &["/etc/php.d"], &["php-fpm"]),
        ("ID=alpine\n", &["/etc/php83/conf.d", "/etc/php84/conf.d"], &["php-fpm83", "php-fpm84"]),
        ("ID=void\n", &["/etc/php8.3/conf.d"], &["php-fpm8.3"]),
        ("ID=opensuse-leap\n", &["/etc/php8/conf.d"], &["php-fpm"]),
        ("ID=arch\n", &["/etc/php/conf.d"], &["php-fpm"]),
    ] {
        let files = folders.iter().fold(Memory::default().with("/run/systemd/system", ""), |files, folder| {
            files.with(&format!("{folder}/docker.ini"), ";\n")
        });
        let plan = plan_on(os_release, &["msmtp", "php"], &files);
        let written: Vec<String> =
            plan.changes.iter().filter(|it| it.owner == "php").map(|it| it.path.display().to_string()).collect();
        let expected: Vec<String> = folders.iter().map(|folder| format!("{folder}/90-mailsetup.ini")).collect();
        assert_eq!(written, expected, "{os_release}");
        let told: Vec<&str> = plan.runs.iter().filter_map(|run| run.command.last().map(String::as_str)).collect();
        assert_eq!(told, runs, "{os_release} {folders:?}");
    }
}

#[test]
fn a_machine_without_a_log_is_said_and_postfix_s_own_log_is_followed() {
    let said = |files: &Memory, target: &str| note(&plan_on("ID=alpine\n", &[target], files), "plan-note-no-log");
    let bare = machine("ID=alpine\n");
    assert!(said(&bare, "postfix").unwrap().contains("postconf maillog_file="));
    let nullmailer = Memory::default();
    assert!(said(&nullmailer, "nullmailer").unwrap().ends_with("apk add rsyslog"));
    assert_eq!(said(&Memory::default().with("/dev/log", ""), "nullmailer"), None);
    let own = machine("ID=alpine\n").with(POSTFIX, "maillog_file = /var/log/postfix.log\n");
    assert_eq!(said(&own, "postfix"), None);
    assert!(said(&machine("").with(POSTFIX, "maillog_file = /dev/stdout\n"), "postfix").is_some());

    let catalog = Catalog::builtin();
    let envelope = Envelope { to: "bob@example.test".into(), subject: "s".into(), message_id: "1@x".into() };
    let order = ordered("postfix");
    let log = |files: &Memory| {
        let target = catalog.target("postfix").unwrap();
        let sending = sending(&order, target, &order.targets[0], &envelope, &places(Scope::System), files);
        sending.unwrap().unwrap().queue.unwrap().log
    };
    assert_eq!((log(&own).as_deref(), log(&bare)), (Some("/var/log/postfix.log"), None));
}

#[test]
fn a_mailer_without_a_queue_says_so() {
    let said = |target: &str, files: &Memory| note(&plan_on("ID=debian\n", &[target], files), "plan-note-no-queue");
    let others = said("msmtp", &Memory::default()).unwrap();
    assert!(others.contains("Postfix") && others.contains("nullmailer") && !others.contains("sSMTP"), "{others}");
    assert_eq!(said("postfix", &machine("ID=debian\n")), None);
}

#[test]
fn the_name_in_ehlo_reaches_nullmailer() {
    let plan = plan_on("ID=debian\n", &["nullmailer"], &Memory::default());
    assert_eq!(after(&plan, "/etc/nullmailer/helohost"), "web1.example.com\n");
}
