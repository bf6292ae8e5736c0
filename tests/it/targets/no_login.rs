//! A relay that wants no login, by every target: written over a file that had one, nothing of the login is left, and what names it
//! stays empty only where the program takes that for none. Or it is refused with the reason.

use std::collections::BTreeSet;

use mailsetup::{
    mail::{Security, Setting},
    plan::{Change, Refusal, Scope, compare, plan, read_back},
    presets::{Catalog, Target},
};

use super::{needs_its_place, ordered, samples, scope};
use crate::{
    consumers::setup::Memory,
    support::setup::{catalog, places},
};

const PASSWORD: &str = "p@ssword1";
const USERNAME: &str = "relay-login";

/// Lines that name a login and stay without one: they switch it off, or the program says that it then does not log in.
const EMPTY: [(&str, &[&str]); 37] = [
    ("msmtp", &["auth off"]),
    ("postfix", &["smtp_sasl_auth_enable = no"]),
    ("s-nail", &["set smtp-auth=none"]),
    ("git", &["smtpAuth = none"]),
    ("phpmailer", &["'SMTPAuth' => false,"]),
    // lib/private/Mail/Mailer.php: `if ($config->getSystemValueBool('mail_smtpauth'))`.
    ("nextcloud", &["'mail_smtpauth' => false,", "'mail_smtppassword' => '', 'loglevel' => 2"]),
    ("nextcloud-occ", &["\"mail_smtpauth\": false,", "\"mail_smtppassword\": \"\","]),
    // nextcloud/docker, smtp.config.php: it logs in with a name and a password alone.
    ("nextcloud-env", &["SMTP_PASSWORD="]),
    // nodemailer, smtp-transport: getAuth of an object without keys is false.
    ("ghost", &["\"auth\": {  }"]),
    // DefaultEmailSenderProvider: `if (auth)`.
    ("keycloak", &["\"auth\": \"false\",", "\"authType\": \"basic\",", "\"password\": \"\",", "\"user\": \"\","]),
    // nodemailer, as Ghost's.
    ("nodemailer", &["\"auth\": {  }"]),
    // community.general.mail: `if username and password`.
    ("ansible", &["mailsetup_smtp_username: !unsafe ''", "mailsetup_smtp_password: !unsafe ''"]),
    // config/mail.php: `null` becomes none (Env::get), and Symfony's EsmtpTransport logs in with a name alone.
    ("bookstack", &["MAIL_USERNAME=null", "MAIL_PASSWORD=null"]),
    ("firefly-iii", &["MAIL_USERNAME=null", "MAIL_PASSWORD=null"]),
    ("laravel", &["MAIL_USERNAME=null", "MAIL_PASSWORD=null"]),
    ("monica", &["MAIL_USERNAME=null", "MAIL_PASSWORD=null"]),
    ("snipe-it", &["MAIL_USERNAME=null", "MAIL_PASSWORD=null"]),
    // Variables of our own naming: their reader is told in the target's words.
    ("compose-env", OWN),
    ("docker-env", OWN),
    ("dotenv", OWN),
    ("dotenv-sh", OWN),
    ("dotenvy", OWN),
    ("node-env", OWN),
    ("python-dotenv", OWN),
    ("systemd-env", OWN),
    ("json", &["\"username\": \"\",", "\"password\": \"\","]),
    ("kubernetes", &["SMTP_USERNAME: ''", "SMTP_PASSWORD: ''"]),
    ("toml", &["username = ''", "password = ''"]),
    ("yaml", &["username: ''", "password: ''"]),
    // django/core/mail/backends/smtp.py: `if self.username and self.password`.
    ("django", &["EMAIL_HOST_USER = ''", "EMAIL_HOST_PASSWORD = ''"]),
    // flask_mail.py: `if self.mail.username and self.mail.password`.
    ("flask-mail", &["MAIL_USERNAME = None", "MAIL_PASSWORD = None"]),
    // services/mailer: `if len(opts.User) > 0`.
    ("gitea", &["USER =", "PASSWD ="]),
    // pkg/services/notifications: gomail's dialer logs in with a user alone.
    ("grafana", &["user =", "password ="]),
    // config/environments/production.rb: none is nil.
    ("mastodon", &["SMTP_AUTH_METHOD=none"]),
    // JavaMailSenderImpl.connectTransport: "" is null.
    ("spring", &["spring.mail.username=", "spring.mail.password=", "spring.mail.properties.mail.smtp.auth=false"]),
    ("spring-yaml", &["username: ''", "password: ''", "auth: false"]),
    // WP Mail SMTP asks for a login where WPMS_SMTP_AUTH is true alone.
    (
        "wordpress",
        &["define( 'WPMS_SMTP_AUTH', false );", "define( 'WPMS_SMTP_USER', '' );", "define( 'WPMS_SMTP_PASS', '' );"],
    ),
];

const OWN: &[&str] = &["SMTP_USERNAME=", "SMTP_PASSWORD="];

/// The lines of our part that name a login: those that were not there before.
fn naming(before: &str, after: &str) -> BTreeSet<String> {
    let old: BTreeSet<&str> = before.lines().map(str::trim).collect();
    let is_naming = |line: &&str| {
        let line = line.to_lowercase().replace("authentik", "");
        ["user", "passw", "smtp_pass", "smtp_login", "auth"].iter().any(|word| line.contains(word))
    };
    let new = after.lines().map(str::trim).filter(|line| !old.contains(line) && !line.starts_with(['#', ';']));
    new.filter(is_naming).map(str::to_owned).collect()
}

/// What is left that names a login, in one mode.
fn left(catalog: &Catalog, target: &Target, security: Security) -> Result<BTreeSet<String>, Refusal> {
    let places = places(scope(target));
    let there = samples(&target.key).into_iter().next().map(|sample| sample.text).unwrap_or_default();
    let mut order = ordered(target, PASSWORD);
    order.profile.smtp.username = Some(USERNAME.parse().unwrap());
    order.profile.smtp.security = security;
    order.profile.smtp.allow_plaintext = security == Security::None;
    let ports = target.ports.get(&security).and_then(|ports| ports.first()).copied();
    order.profile.smtp.port = ports.unwrap_or(if security == Security::Tls { 465 } else { 25 }).to_string().parse().unwrap();
    let first = mailsetup::plan::first_path(target, &order.targets[0], &places).unwrap();
    let mut files = Memory::default();
    if needs_its_place(target) {
        files.put(first.clone(), there.as_bytes(), 0o640);
    }
    // First with a login, where that can be in this mode.
    let with_login = plan(&order, catalog, &places, &files);
    assert_eq!(with_login.is_err(), target.login_needs_tls && security == Security::None, "{} {security}", target.key);
    if let Ok(plan) = &with_login {
        files.apply(plan);
    }
    order.profile.smtp.auth = "none".parse().unwrap();
    (order.profile.smtp.username, order.profile.secret, order.secret) = (None, None, None);
    let made = plan(&order, catalog, &places, &files)?;
    files.apply(&made);
    assert!(!plan(&order, catalog, &places, &files).unwrap().changes.iter().any(Change::is_needed), "{}", target.key);
    for (path, file) in &files.files {
        let text = String::from_utf8_lossy(&file.bytes);
        assert!(
            !text.contains(PASSWORD) && !text.contains(USERNAME),
            "{} {security}: {}\n{text}",
            target.key,
            path.display()
        );
    }
    let read = read_back(target, &order.targets[0], &order.name, &places, &files).unwrap();
    assert_eq!(compare(&order, &places, &read), [], "{} {security}", target.key);
    assert!(read.get(Setting::Username).is_none_or(str::is_empty) && read.password.is_none(), "{}", target.key);
    let ours = made.changes.iter().filter(|change| change.owner == target.key);
    let text = |bytes: &Option<Vec<u8>>| String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned();
    Ok(ours.flat_map(|change| naming(&there, &text(&change.after))).collect())
}

#[test]
fn nothing_of_a_login_is_left_or_what_stays_is_taken_for_none() {
    let catalog = catalog();
    let (mut wrong, mut refused) = (Vec::new(), Vec::new());
    // Whose a file is, nobody says here: what a user of its own reads is tried on a machine (`sends::relay`).
    for target in catalog.targets().filter(|target| !target.needs_run_as) {
        for security in &target.security {
            let left = match left(&catalog, target, *security) {
                Ok(left) => left,
                Err(Refusal::Auth { .. }) => {
                    refused.push(target.key.as_str());
                    continue;
                }
                Err(refusal) => {
                    wrong.push(format!("{} {security}: {refusal}", target.key));
                    continue;
                }
            };
            let known = EMPTY.iter().find(|(key, _)| *key == target.key).map_or(&[][..], |(_, lines)| lines);
            let unknown: Vec<&String> = left.iter().filter(|line| !known.contains(&line.as_str())).collect();
            if !unknown.is_empty() {
                wrong.push(format!("{} {security}: {unknown:?}", target.key));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    refused.dedup();
    // It is the password's own place.
    assert_eq!(refused, ["systemd-credential"]);
}

#[test]
fn what_holds_no_password_is_open_to_whoever_sends_and_is_closed_again() {
    let catalog = catalog();
    let target = catalog.target("msmtp").unwrap();
    let places = places(Scope::System);
    let mut order = ordered(target, PASSWORD);
    (order.scope, order.targets[0].inline_secret) = (Scope::System, true);
    let mut files = Memory { groups: vec!["msmtp".to_owned()], ..Memory::default() };
    let rights = |order: &mailsetup::plan::Order, files: &mut Memory| {
        let made = plan(order, &catalog, &places, files).unwrap();
        files.apply(&made);
        let change = made.changes.iter().find(|change| change.path.ends_with("msmtprc")).unwrap();
        (change.mode, change.group.clone())
    };
    let with_login = order.clone();
    order.profile.smtp.auth = "none".parse().unwrap();
    (order.profile.smtp.username, order.profile.secret, order.secret) = (None, None, None);
    assert_eq!(rights(&order, &mut files), (0o644, None));
    assert_eq!(rights(&with_login, &mut files), (0o640, Some("msmtp".to_owned())));
}
