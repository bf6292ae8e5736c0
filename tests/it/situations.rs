//! What people with a machine whose mail does not leave bring along, in our words: each is named, with what mends it. What a log
//! says is explained; what stands in files is dealt with, or named, before anything is written.

use mailsetup::plan::{Plan, Refusal, Scope, plan};

use crate::{
    consumers::setup::Memory,
    support::{
        sandbox::Sandbox,
        setup::{catalog, places},
    },
    targets::ordered,
};

/// What is given, the cause, and words of its title or steps.
const LOGS: [(&str, &str, &[&str]); 33] = [
    // Postfix as the installer left it: nothing leaves the machine.
    (
        "postfix/error[9]: 9A1F2: to=<ann@example.net>, relay=none, dsn=5.0.0, status=bounced (example.net)",
        "local_only",
        &["mailsetup", "default_transport"],
    ),
    // A relay that knows machines by their certificates.
    ("relay handshake: received fatal alert: CertificateRequired", "client_cert_required", &["--client-cert"]),
    ("tls: SSL alert number 116", "client_cert_required", &["--client-key"]),
    // A container's root is nobody's address.
    (
        "status=bounced (host smtp.example.net[192.0.2.9] said: 553 5.7.1 <root@4f9c>: Sender address rejected: not owned by user ops@example.com (in reply to MAIL FROM command))",
        "sender_not_allowed",
        &["--senders"],
    ),
    ("450 4.1.8 <root@4f9c.localdomain>: Sender address rejected: Domain not found", "sender_domain_invalid", &[]),
    // A relay without a login, and a program that logs in all the same.
    (
        "SMTP error: response error: No compatible authentication mechanism was found",
        "auth_mechanism_unsupported",
        &["login"],
    ),
    // Mail to root, which only this machine knows.
    ("msmtp: recipient address root not accepted by the server", "address_syntax", &["--root-mail"]),
    ("550 5.1.1 <root>: Recipient address rejected: User unknown", "address_syntax", &["/etc/aliases"]),
    ("554 Transaction failed: Missing final '@domain'", "address_syntax", &["root"]),
    // One login, senders of several domains.
    ("550 5.7.1 <shop@second.example>: Sender not allowed for this login", "sender_not_allowed", &[]),
    ("550 5.7.1 Sender address info@b.example is not allowed for account a@a.example", "sender_not_allowed", &[]),
    // Cron's mail, at a provider that takes the login's address.
    (
        "sendmail: envelope from address root@web1.example.com not accepted by the server",
        "sender_not_allowed",
        &["--senders"],
    ),
    (
        "nullmailer-send[11]: smtp: Failed: 553 Relaying disallowed as root@web1.example.org",
        "sender_not_allowed",
        &["--senders"],
    ),
    (
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender (root@localhost.localdomain)",
        "sender_not_allowed",
        &["--senders"],
    ),
    (
        "550-5.7.1 Messages missing a valid address in From: header are not accepted. 550 5.7.1 From: root (Cron Daemon)",
        "message_malformed",
        &[],
    ),
    // Bounces and cronie: no sender at all.
    ("msmtp: envelope from address <> not accepted by the server", "sender_not_allowed", &[]),
    ("553 5.1.8 MAIL FROM:<> null sender is not allowed", "sender_not_allowed", &[]),
    // IPv6 without a route.
    (
        "postfix/smtp[991]: connect to smtp.example.net[2001:db8::25]:587: Network is unreachable",
        "network_unreachable",
        &["IPv"],
    ),
    // A unit that gives nobody another group.
    ("sendmail: fatal: web(1001): postdrop: Permission denied", "file_not_readable", &["NoNewPrivileges"]),
    (
        "postfix/postdrop[44]: warning: mail_queue_enter: create file maildrop/5511.44: Permission denied",
        "file_not_readable",
        &["NoNewPrivileges"],
    ),
    // A relay of one's own, with its own certificate.
    ("Error: self-signed certificate code: 'ESOCKET'", "cert_self_signed", &[]),
    ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "basic_auth_retired", &[]),
    // Implicit TLS.
    (
        "H=smtp.example.net [192.0.2.5]:465 Remote host closed connection in response to initial connection",
        "wrong_tls_mode",
        &["REMOTE_SMTP_SMARTHOST_PROTOCOL"],
    ),
    (
        "relay=smtp.example.net[192.0.2.5]:465, delay=300, status=deferred (lost connection with smtp.example.net[192.0.2.5] while receiving the initial server greeting)",
        "wrong_tls_mode",
        &["smtp_tls_wrappermode"],
    ),
    ("msmtp: the server sent an empty reply", "connection_dropped", &["port"]),
    // Mechanisms that are not to be had.
    ("msmtp: the server does not support authentication method NTLM", "auth_mechanism_unsupported", &[]),
    ("server offers: NTLM; no supported authentication method", "auth_mechanism_unsupported", &[]),
    // No sendmail.
    ("sh: 1: /usr/sbin/sendmail: not found", "no_mailer", &["msmtp"]),
    ("WARNING: No /usr/bin/mail or /usr/sbin/sendmail, can not send mail", "no_mailer", &["msmtp"]),
    // A program that glues its host to an address.
    ("501 5.1.7 Bad sender address syntax: MAIL FROM:<cloud@example.com@localhost>", "address_syntax", &[]),
    ("msmtp: account default: host not set", "mailer_not_configured", &[]),
    // A number without a name.
    ("sendmail: fatal: no login name found for user ID 54321", "mailer_failed", &["useradd"]),
    ("2026-11-30 05:15:14 Failed to get user name for uid 54321", "mailer_failed", &["useradd"]),
];

#[test]
fn what_a_log_says_is_named_with_what_mends_it() {
    let sandbox = Sandbox::new();
    let mut wrong = Vec::new();
    for (given, cause, named) in LOGS {
        let found = sandbox.mailsetup(["explain", "--json", "-"]).stdin(given).run();
        let line = found.stdout.lines().next().unwrap_or_default().to_owned();
        let found: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        let missing: Vec<_> = named.iter().filter(|word| !line.contains(**word)).collect();
        if found["cause"] != cause || !missing.is_empty() {
            wrong.push(format!("{given}\n    {} in place of {cause}, without {missing:?}", found["cause"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), LOGS.len(), wrong.join("\n"));
}

const MAIN: &str = "/etc/postfix/main.cf";

/// What is planned for a target of the system over a file as it is, without a login where `login` is false.
fn planned(target: &str, login: bool, there: &[(&str, &str)]) -> Result<(Plan, String), Refusal> {
    let catalog = catalog();
    let mut order = ordered(catalog.target(target).unwrap(), "p@ss");
    (order.scope, order.targets[0].path) = (Scope::System, None);
    if !login {
        order.profile.smtp.auth = "none".parse().unwrap();
        (order.profile.smtp.username, order.profile.secret, order.secret) = (None, None, None);
    }
    let files = there.iter().fold(Memory::default(), |files, (path, text)| files.with(path, text));
    let plan = plan(&order, &catalog, &places(Scope::System), &files)?;
    let ours = plan.changes.iter().filter(|change| change.owner == target);
    let text = ours.map(|change| String::from_utf8_lossy(change.after.as_deref().unwrap_or_default()).into_owned());
    let text = text.collect();
    Ok((plan, text))
}

#[test]
fn postfix_that_was_local_only_sends_and_says_what_it_took_out() {
    let (plan, text) = planned("postfix", true, &[(MAIN, "default_transport = error\nrelay_transport = error\n")]).unwrap();
    assert!(!text.contains("= error"), "{text}");
    let notes: String = plan.notes.iter().map(|note| format!("{:?}", note.phrase)).collect();
    assert!(notes.contains("default_transport"), "{notes}");
}

#[test]
fn a_map_by_sender_that_goes_first_is_named() {
    let map = "sender_dependent_relayhost_maps = texthash:/etc/postfix/by_sender\n";
    match planned("postfix", true, &[(MAIN, map), ("/etc/postfix/by_sender", "@other.test [relay.other.test]:587\n")]) {
        Ok((plan, _)) => {
            let notes: String = plan.notes.iter().map(|note| format!("{:?}", note.phrase)).collect();
            assert!(notes.contains("sender_dependent_relayhost_maps"), "{notes}");
        }
        Err(refusal) => assert!(refusal.to_string().contains("sender_dependent_relayhost_maps"), "{refusal}"),
    }
}

#[test]
fn implicit_tls_is_written_as_each_program_wants_it() {
    let exim =
        [("/etc/exim4/update-exim4.conf.conf", "dc_use_split_config='false'\n"), ("/etc/exim4/exim4.conf.template", "")];
    for (target, there, wanted) in [
        ("postfix", &[(MAIN, "compatibility_level = 3.6\n")][..], "smtp_tls_wrappermode = yes"),
        ("exim4", &exim[..], "REMOTE_SMTP_SMARTHOST_PROTOCOL = smtps"),
        ("msmtp", &[], "tls_starttls off"),
    ] {
        let (_, text) = planned(target, true, there).unwrap();
        assert!(text.contains(wanted), "{target}: {text}");
    }
}

#[test]
fn a_relay_without_a_login_gets_no_name_and_no_password() {
    let old = "SMTP_HOST=old.test\nSMTP_USERNAME=me\nSMTP_PASSWORD=pw\n";
    let (_, text) = planned("vaultwarden", false, &[("/etc/vaultwarden.env", old)]).unwrap();
    assert!(!text.contains("SMTP_USERNAME") && !text.contains("SMTP_PASSWORD"), "{text}");
}
