//! What a diff shows: our values, and of every other line no more than its key, whatever the file is called.

use super::*;

/// Part of every value that is not ours.
const THEIRS: &str = "geheim";

/// The lines of a target's first file, planned into what is there.
fn shown(target: &str, path: &str, before: &str) -> String {
    shown_with(target, path, before, PASSWORD)
}

fn shown_with(target: &str, path: &str, before: &str, password: &str) -> String {
    let catalog = Catalog::builtin();
    let file = &catalog.target(target).unwrap().files[0];
    let scope = if file.user.is_some() { Scope::User } else { Scope::System };
    let choice = TargetChoice { path: Some(path.into()), ..TargetChoice::new(target) };
    let order = Order { targets: vec![choice], ..order(password) };
    let files = Memory::default().with(path, before);
    let plan = planned(&order, &places(scope), &files).unwrap_or_else(|refusal| panic!("{target}: {refusal:?}"));
    let change = plan.changes.iter().find(|change| change.path == std::path::Path::new(path)).unwrap();
    let lines: Vec<_> = diff(change, order.secret.as_ref()).iter().map(mailsetup::plan::DiffLine::marked).collect();
    let shown = lines.join("\n");
    assert!(!shown.is_empty() && !shown.contains(THEIRS), "{target} {path}:\n{shown}");
    assert!(!shown.contains(password), "{target} {path}:\n{shown}");
    shown
}

#[test]
fn secrets_of_others_in_environment_files() {
    let before = "# admin:geheim\nMYSQL_PW=geheim\nAPP_PWD=geheim\nAUTH_SALT='geheim'\nSMTP_HOST=old.test # geheim\n\
                  BASIC_AUTH=u:geheim\nSLACK=xoxb-geheim\nKEY=\"-----BEGIN\ngeheim=\n-----END\"\nSMTP_PASSWORD='geheim'\nA='geheim'\n";
    for target in ["dotenv", "dotenv-sh", "systemd-env", "compose-env", "node-env", "dotenvy"] {
        // There it is a part of the value.
        let before = if target == "systemd-env" { before.replace(" # geheim", "") } else { before.to_owned() };
        for path in ["/srv/app/.env", "/srv/app/production", "/srv/app/mon.conf", "/srv/app/passwd.client"] {
            let shown = shown_with(target, path, &before, "p@ss w#1");
            for line in [
                "  MYSQL_PW ...",
                "  APP_PWD ...",
                "  AUTH_SALT ...",
                "- SMTP_HOST ...",
                "  BASIC_AUTH ...",
                "  SLACK ...",
                "+ SMTP_PASSWORD=••••••",
                "  A ...",
            ] {
                assert!(shown.lines().any(|shown| shown == line), "{target}: {line}\n{shown}");
            }
        }
    }
    let laravel = shown("laravel", "/srv/app/x", "APP_KEY=base64:geheim\nMAIL_HOST=old.test\nREDIS_PW=\"geheim\"\n");
    assert!(laravel.contains("  APP_KEY ...\n- MAIL_HOST ...\n") && laravel.contains("  REDIS_PW ..."), "{laravel}");
}

#[test]
fn secrets_of_others_in_files_of_mail_programs() {
    let before =
        "set httpd port 2812\n    allow admin:geheim\n    allow @geheim\nset mailserver old.test password \"geheim\"\n";
    for path in ["/etc/monit/monitrc", "/etc/monit/conf.d/mon.conf"] {
        let shown = shown_with("monit", path, before, "p@ss w#1");
        assert!(shown.contains("password \"••••••\""), "{shown}");
    }
    let before = "defaults\npassword geheim\naccount old\nhost geheim\n# geheim\npassword \"geheim\"\n";
    let msmtp = shown("msmtp", "/home/ops/odd", before);
    assert!(msmtp.contains("  host ...\n  ...\n  password ...\n"), "{msmtp}");
    let main_cf = "# geheim\nmynetworks = 10.0.0.0/8\n  geheim\nrelayhost = [old.test]:25\nx = geheim\n";
    let postfix = shown("postfix", "/srv/m", main_cf);
    assert!(postfix.contains("- relayhost ...\n+ relayhost = ") && postfix.contains("  x ..."), "{postfix}");
    let mutt = shown("mutt", "/srv/rc", "set imap_pass='geheim'\nalias x geheim@example.test\naccount-hook geheim 'x'\n");
    assert!(mutt.contains("  set imap_pass ...\n  alias ...\n"), "{mutt}");
    shown("s-nail", "/srv/rc", "set password-x=geheim\naccount a {\n set mta=smtp://u:geheim@h\n}\n");
    shown("opensmtpd", "/etc/smtpd.conf", "table t { \"l\" = \"u:geheim\" }\nlisten on lo\n");
    shown("dma", "/etc/dma/x", "SMARTHOST old.test\nAUTHPATH /geheim\nFINGERPRINT geheim\n");
}

#[test]
fn secrets_of_others_in_settings_of_programs() {
    let git = "[url \"https://oauth2:geheim@h/\"]\n\tinsteadOf = geheim\n[sendemail]\n\tfrom = old@example.test\n\tsmtpPass = geheim\n";
    let git = shown("git", "/srv/c", git);
    assert!(git.contains("  [url ...\n      insteadOf ...\n"), "{git}");
    assert!(git.contains("-     from ...\n"), "{git}");
    let yaml = "# geheim\nglobal:\n  smtp_from: old@example.test # geheim\n  slack_api_url: 'https://h/geheim'\n  smtp_auth_password: geheim\n  text: |\n    geheim\n    geheim: x\nroute:\n  receiver: x\n";
    let yaml = shown("alertmanager", "/srv/a", yaml);
    assert!(yaml.contains("  global ...\n") && yaml.contains("-   smtp_from ...\n"), "{yaml}");
    assert!(yaml.contains("-   smtp_auth_password ...\n") && yaml.contains("    slack_api_url ...\n"), "{yaml}");
    let json = "{\"smtp\": {\"host\":\"old.test\", \"pw\": \"geheim\"}, \"b\": \"geheim\"}\n";
    let json = shown("json", "/srv/j", json);
    assert!(!json.contains("old.test") && json.contains("\"password\": \"••••••\""), "{json}");
    let toml = "[db]\npw = \"geheim\" # geheim\nt = \"\"\"\ngeheim\n\"\"\"\n";
    let toml = shown("toml", "/srv/t", toml);
    assert!(toml.contains("password = '••••••'"), "{toml}");
    let ini =
        "[database]\nPASSWD = `geheim`\n[mailer]\nSMTP_ADDR = old.test ; geheim\nPASSWD = geheim\n; geheim\nX = geheim\n";
    let ini = shown("gitea", "/srv/i", ini);
    assert!(ini.contains("  [mailer]\n") && ini.contains("- SMTP_ADDR ...\n"), "{ini}");
    let php = "<?php\n$CONFIG = array (\n  'dbpassword' => 'geheim',\n  'secret' => 'geheim\ngeheim',\n  'mail_smtphost' => 'old.test', // geheim\n  'x' => 'geheim',\n);\n";
    let php = shown("nextcloud", "/srv/p", php);
    assert!(php.contains("    'dbpassword' ...\n") || php.contains("    'secret' ...\n"), "{php}");
    assert!(php.contains("-   'mail_smtphost' ...") && php.contains("    'x' ..."), "{php}");
    let java = "a.b = geheim\\\n  geheim\nspring.mail.host = old.test\nc=geheim\n";
    let java = shown("spring", "/srv/s", java);
    assert!(java.contains("  a.b ...\n  ...\n- spring.mail.host ...\n"), "{java}");
    shown("wordpress", "/srv/w", "<?php\ndefine('AUTH_SALT', 'geheim');\ndefine( 'DB_PASSWORD', 'geheim' ); // geheim\n");
    shown("gitlab", "/srv/g", "gitlab_rails['db_password'] = 'geheim' # geheim\ngitlab_rails['smtp_password'] = 'geheim'\n");
    shown("django", "/srv/d", "SECRET_KEY = 'geheim'\nX = \"\"\"\ngeheim\n\"\"\"\nEMAIL_HOST_PASSWORD = 'geheim'\n");
}

#[test]
fn a_block_of_ours_shows_no_former_password() {
    for (target, path, file) in [
        (
            "msmtp",
            "/home/ops/x",
            "account mailsetup\nhost old.test\nuser u\npassword geheim\npasswordeval geheim\nodd geheim\n",
        ),
        ("s-nail", "/home/ops/x", "set from=old@example.test\nset mta=smtp://u:geheim@h\n"),
        ("mutt", "/home/ops/x", "set from='old@example.test'\nset smtp_pass=geheim\nset smtp_url=smtps://u:geheim@h/\n"),
    ] {
        let before = format!("# BEGIN mailsetup: default\n{file}# END mailsetup: default\n");
        let shown = shown(target, path, &before);
        assert!(shown.contains("- ") && !shown.contains("old"), "{target}:\n{shown}");
    }
    // A second setting on a line of ours, a command, an expression, a value that goes on.
    for (target, path, text) in [
        ("monit", "/etc/monit/x", "set mailserver a username b password \"geheim\"\n"),
        ("neomutt", "/home/ops/x", "set from=\"a\"; set imap_pass=\"geheim\"\nset from=a smtp_pass=\"geheim\"\n"),
        ("s-nail", "/home/ops/x", "set from=a password=\"geheim\"\n"),
    ] {
        shown(target, path, &format!("# BEGIN mailsetup: default\n{text}# END mailsetup: default\n"));
    }
    for (target, path, text) in [
        ("dotenv", "/srv/x", "SMTP_HOST=smtp://u:geheim@h\nSMTP_PORT=\"25\ngeheim\"\n"),
        ("django", "/srv/x", "EMAIL_HOST = config(\"H\", default=\"smtp://u:geheim@h\")\n"),
        ("spring", "/srv/x", "spring.mail.host = ${X:geheim}\nspring.mail.port = \\\n geheim\n"),
        ("gitea", "/srv/x", "[mailer]\nSMTP_ADDR = u:geheim@h\n"),
    ] {
        shown(target, path, text);
    }
}

#[test]
fn a_profile_that_is_not_text_shows_nothing_of_it() {
    let (before, after) = (b"schema = 1\n\xff\n[sender]\n".to_vec(), b"schema = 1\n".to_vec());
    let change = mailsetup::plan::Change {
        owner: "profile".into(),
        path: "/x".into(),
        disclosure: mailsetup::plan::Disclosure::all(Some(&before), &after),
        before: Some(before),
        after: Some(after),
        mode_before: None,
        mode: 0o600,
        user: None,
        group: None,
    };
    let lines: Vec<_> = diff(&change, None).iter().map(mailsetup::plan::DiffLine::marked).collect();
    assert_eq!(lines, ["  ...", "- ...", "- ..."]);
}

#[test]
fn short_passwords_are_hidden_where_they_are() {
    for (target, line) in [("dotenv", "+ SMTP_PASSWORD=••••••"), ("json", "+     \"password\": \"••••••\",")]
    {
        let choice = TargetChoice { path: Some("/srv/x".into()), ..TargetChoice::new(target) };
        let order = Order { targets: vec![choice], ..order("5") };
        let plan = planned(&order, &places(Scope::User), &Memory::default()).unwrap();
        let change = plan.changes.iter().find(|change| change.owner == target).unwrap();
        let lines: Vec<_> = diff(change, order.secret.as_ref()).iter().map(mailsetup::plan::DiffLine::marked).collect();
        assert!(lines.iter().any(|shown| shown == line), "{lines:?}");
    }
}
