//! What stands on a machine beside the settings of its mail programs: other layouts, other logins, rules that come first.

use mailsetup::{
    mail::{Security, Setting},
    plan::{Order, Plan, Refusal, Scope, compare, plan, read_back},
    presets::{Catalog, Lang, Text},
};

use super::{ordered, samples};
use crate::{consumers::setup::Memory, support::setup::places};

const PASSWORD: &str = "p@ss:word";

fn planned(order: &Order, files: &Memory) -> Result<Plan, Refusal> {
    plan(order, &Catalog::builtin(), &places(Scope::System), files)
}

fn order(target: &str) -> Order {
    let mut order = ordered(Catalog::builtin().target(target).unwrap(), PASSWORD);
    order.profile.smtp.host = "smtp.example.com".parse().unwrap();
    order
}

/// Plans and applies.
fn settle(order: &Order, files: &mut Memory) {
    files.apply(&planned(order, files).unwrap());
}

fn text(files: &Memory, path: &str) -> String {
    String::from_utf8(files.files[std::path::Path::new(path)].bytes.clone()).unwrap()
}

/// What the target's program would understand otherwise than it was meant.
fn mismatches(order: &Order, files: &Memory) -> Vec<Setting> {
    let catalog = Catalog::builtin();
    let choice = &order.targets[0];
    let target = catalog.target(&choice.key).unwrap();
    let places = places(Scope::System);
    let read = read_back(target, choice, &order.name, &places, files).unwrap();
    compare(order, &places, &read)
}

/// A refusal for what a person has on the machine: never called our fault, and said in both languages.
fn refused(order: &Order, files: &Memory) -> Refusal {
    let refusal = planned(order, files).unwrap_err();
    assert_eq!(refusal.exit().code(), 78, "{refusal:?}");
    let hint = refusal.hint().unwrap();
    for phrase in [refusal.phrase(), hint] {
        for lang in Lang::builtin() {
            let sentence = Text::new(lang).say(&phrase);
            assert!(!sentence.contains(['{', '}']), "{sentence}");
        }
    }
    refusal
}

const EXIM: &str = "/etc/exim4/update-exim4.conf.conf";
const MACROS: [&str; 2] = ["/etc/exim4/exim4.conf.localmacros", "/etc/exim4/conf.d/main/000_localmacros"];

#[test]
fn exim_checks_certificates_in_both_of_debians_layouts() {
    for split in ["true", "false", "TRUE", ""] {
        let conf = format!("dc_eximconfig_configtype='internet'\ndc_use_split_config='{split}'\n");
        let own = "# mine\nMAIN_TLS_ENABLE = yes\nREMOTE_SMTP_SMARTHOST_HOSTS_AVOID_TLS = *\n";
        let mut files = Memory::default().with(EXIM, &conf).with(MACROS[0], own);
        let order = order("exim4");
        settle(&order, &mut files);
        assert_eq!(mismatches(&order, &files), [], "{split}");
        assert!(text(&files, EXIM).contains("configtype='smarthost'\n"));
        let macros = MACROS.map(|path| text(&files, path));
        assert!(macros[0].starts_with("# mine\nMAIN_TLS_ENABLE = yes\nREMOTE_SMTP_HELO_DATA = web1.example.com\n"));
        assert!(macros[0].ends_with(&macros[1]) && macros[1].contains("_TLS_VERIFY_HOSTS = *\n"));

        // The other layout, later on.
        let other = if split.eq_ignore_ascii_case("true") { "false" } else { "true" };
        let conf = text(&files, EXIM).replace(&format!("split_config='{split}'"), &format!("split_config='{other}'"));
        let files = files.with(EXIM, &conf);
        assert_eq!(mismatches(&order, &files), [], "{split} -> {other}");
        // The macros of the layout that is in use are those that count.
        let (used, unused) = if other == "true" { (MACROS[1], MACROS[0]) } else { (MACROS[0], MACROS[1]) };
        let without = |path| text(&files, path).replace("REMOTE_SMTP_SMARTHOST_TLS_VERIFY_HOSTS = *\n", "");
        let (broken, fine) = (without(used), without(unused));
        let files = files.with(unused, &fine);
        assert_eq!(mismatches(&order, &files), []);
        assert_eq!(mismatches(&order, &files.with(used, &broken)), [Setting::Security]);
    }
}

#[test]
fn exim_logs_in_without_tls_only_where_that_was_asked_for() {
    let mut files = Memory::default().with(EXIM, "dc_use_split_config='false'\n");
    let mut order = order("exim4");
    let mut macros = Vec::new();
    for security in [Security::None, Security::Starttls, Security::Tls, Security::None] {
        order.profile.smtp.security = security;
        settle(&order, &mut files);
        assert_eq!(mismatches(&order, &files), [], "{security:?}");
        let text = text(&files, MACROS[0]);
        let has = |name: &str| text.contains(name);
        macros.push((has("ALLOW_NOTLS_PASSWORDS"), has("REQUIRE_TLS"), has("= smtps")));
    }
    let plain = (true, false, false);
    assert_eq!(macros, [plain, (false, true, false), (false, true, true), plain]);
}

#[test]
fn exim_stays_a_satellite_and_its_old_logins_stay_below_ours() {
    let logins = "# host:user:password\n\n*.example.com:old:pw\nother.test:a:b\n";
    let satellite = &samples("exim4").iter().find(|sample| sample.name == "satellite-split").unwrap().text.clone();
    let mut files = Memory::default().with(EXIM, satellite).with("/etc/exim4/passwd.client", logins);
    let mut order = order("exim4");
    settle(&order, &mut files);
    assert!(text(&files, EXIM).contains("dc_eximconfig_configtype='satellite'\n"));
    assert!(text(&files, EXIM).contains("dc_readhost=example.net   # where root's mail goes\n"));
    let ours =
        "# host:user:password\n\n# BEGIN mailsetup: default\n*:ops@example.com:p@ss:word\n# END mailsetup: default\n\n*.ex";
    assert!(text(&files, "/etc/exim4/passwd.client").starts_with(ours));
    assert_eq!(planned(&order, &files).unwrap().runs[0].command, ["update-exim4.conf"]);

    // Without a login, a login that fits the host would be given all the same.
    order.profile.smtp.auth = "none".parse().unwrap();
    let files = Memory::default().with(EXIM, satellite).with("/etc/exim4/passwd.client", logins);
    assert_eq!(refused(&order, &files).field(), Some(Setting::Username));
    let files = Memory::default().with(EXIM, satellite).with("/etc/exim4/passwd.client", "other.test:a:b\n");
    assert!(planned(&order, &files).is_ok());
}

#[test]
fn exim_with_a_file_of_a_persons_own_reads_nothing_else() {
    let files = Memory::default().with(EXIM, "").with("/etc/exim4/exim4.conf", "primary_hostname = x\n");
    assert!(matches!(refused(&order("exim4"), &files), Refusal::Overruled { path, .. } if path.ends_with("exim4.conf")));
}

#[test]
fn hosts_and_logins_that_colons_would_cut() {
    for target in ["exim4", "ssmtp"] {
        let mut order = order(target);
        order.profile.smtp.host = "::1".parse().unwrap();
        assert_eq!(planned(&order, &Memory::default()).unwrap_err().field(), Some(Setting::Host), "{target}");
    }
    for target in ["exim4", "opensmtpd"] {
        let mut order = order(target);
        order.profile.smtp.username = Some("a:b".parse().unwrap());
        assert_eq!(planned(&order, &Memory::default()).unwrap_err().field(), Some(Setting::Username), "{target}");
    }
}

const SMTPD: &str = "/etc/smtpd.conf";

#[test]
fn opensmtpd_gets_its_rule_above_the_one_that_would_win() {
    for (sample, before, after) in [
        ("debian", "match for local action \"local\"\n", "match from local for any action \"relay\"\n"),
        ("dkim", "match tag DKIM_OUT from local for any action \"out\"\n", "   match from local for any action \"dkim\""),
    ] {
        let there = &samples("opensmtpd").iter().find(|it| it.name == sample).unwrap().text.clone();
        let mut files = Memory::default().with(SMTPD, there);
        let first = order("opensmtpd");
        settle(&first, &mut files);
        let second = Order { name: "alerts".into(), ..order("opensmtpd") };
        settle(&second, &mut files);
        let both = text(&files, SMTPD);
        let (above, below) = there.split_once(after).unwrap();
        assert!(above.ends_with(before) && both.starts_with(above) && both.ends_with(&format!("{after}{below}")), "{both}");
        // Whoever came last sends; neither block is in the other.
        let marks: Vec<&str> = both.lines().filter(|line| line.contains(" mailsetup: ")).collect();
        assert_eq!(
            marks,
            [
                "# BEGIN mailsetup: alerts",
                "# END mailsetup: alerts",
                "# BEGIN mailsetup: default",
                "# END mailsetup: default"
            ]
        );
        assert_eq!(mismatches(&second, &files), []);
        assert_eq!(text(&files, "/etc/smtpd.secrets").lines().count(), 2);
        // A rule that somebody puts on top since.
        let files = files.with(SMTPD, &format!("action \"x\" relay\nmatch from any for any action \"x\"\n{both}"));
        assert!(mismatches(&second, &files).contains(&Setting::Host));
        assert!(matches!(refused(&second, &files), Refusal::Unparseable { fault, .. } if fault.line == 2));
    }
}

const MONIT: &str = "/etc/monit/monitrc";

#[test]
fn monit_has_one_format_of_messages() {
    let format = "set mail-format { from: Ops <ops@example.com>\n  subject: it's $SERVICE }\n";
    let mut files = Memory::default().with(MONIT, format);
    let order = order("monit");
    settle(&order, &mut files);
    assert_eq!(text(&files, MONIT).matches("mail-format").count(), 1);
    assert_eq!(mismatches(&order, &files), []);
    for other in [format.replace("ops@", "monit@"), "set mail-format { subject: x }\n".to_owned()] {
        assert_eq!(refused(&order, &Memory::default().with(MONIT, &other)).field(), Some(Setting::Sender));
    }
}

#[test]
fn monit_takes_the_mode_from_the_port() {
    let files = Memory::default().with(MONIT, "set daemon 30\n");
    let mut order = order("monit");
    for (security, port, can) in [
        (Security::Tls, 465, true),
        (Security::Tls, 587, false),
        (Security::Starttls, 587, true),
        (Security::Starttls, 465, false),
        (Security::None, 25, true),
        (Security::None, 1025, true),
    ] {
        (order.profile.smtp.security, order.profile.smtp.port) = (security, port.to_string().parse().unwrap());
        match planned(&order, &files) {
            Ok(_) => assert!(can, "{security:?} {port}"),
            Err(refusal) => assert!(!can && matches!(refusal, Refusal::Port { .. }), "{refusal:?}"),
        }
    }
}

#[test]
fn ssmtp_ends_its_last_line_and_has_one_port() {
    let mut files = Memory::default().with("/etc/ssmtp/ssmtp.conf", "MailHub=old:25\nRemotePort=26\nAuthPass=old");
    let mut order = order("ssmtp");
    settle(&order, &mut files);
    let ours = "mailhub=smtp.example.com:465\nAuthPass=p@ss:word\nFromLineOverride=YES\nUseTLS=YES\nUseSTARTTLS=NO\n\
                AuthUser=ops@example.com\nAuthMethod=LOGIN\n";
    assert_eq!(text(&files, "/etc/ssmtp/ssmtp.conf"), ours);
    order.profile.smtp.auth = "none".parse().unwrap();
    let mut files = files.with("/etc/ssmtp/ssmtp.conf", ours.trim_end());
    settle(&order, &mut files);
    assert!(text(&files, "/etc/ssmtp/ssmtp.conf").ends_with("UseSTARTTLS=NO\n"));
}

#[test]
fn nullmailer_asks_ours_in_place_of_the_first() {
    let mut files = Memory::default().with("/etc/nullmailer/remotes", "# c\nmail.example.test\nbackup.test smtp\n");
    let order = order("nullmailer");
    settle(&order, &mut files);
    let ours = "smtp.example.com smtp --port=465 --ssl --user='ops@example.com' --pass='p@ss:word'";
    assert_eq!(text(&files, "/etc/nullmailer/remotes"), format!("# c\n{ours}\nbackup.test smtp\n"));
    // Debian's package takes colons for line ends when it is updated.
    assert_eq!(text(&files, "/etc/nullmailer/remotes").matches("mailsetup").count(), 0);
}
