//! Targets that lead to settings elsewhere: PHP by msmtp, a unit by systemd's credentials; and what goes to no consumer.

use mailsetup::{
    mail::SecretPlace,
    plan::{Unfit, drop_in, expand},
};

use super::*;

/// A machine with PHP in three places, and folders beside them.
fn php() -> Memory {
    [
        "8.2/cli/conf.d/10-opcache.ini",
        "8.2/fpm/conf.d/10-opcache.ini",
        "8.4/apache2/conf.d/x.ini",
        "8.2/mods-available/x.ini",
    ]
    .iter()
    .fold(Memory::default().with("/run/systemd/system", ""), |files, path| files.with(&format!("/etc/php/{path}"), ";\n"))
}

fn of(plan: &Plan, owner: &str) -> Vec<String> {
    plan.changes.iter().filter(|it| it.owner == owner).map(|it| it.path.display().to_string()).collect()
}

#[test]
fn php_is_set_wherever_it_is_and_goes_with_msmtp() {
    let system = places(Scope::System);
    let mut files = php();
    assert_eq!(
        planned(&ordered("php"), &system, &files).unwrap_err(),
        Refusal::Through { target: "php".into(), through: "msmtp".into() }
    );
    assert!(matches!(planned(&ordered("php"), &system, &Memory::default()), Err(Refusal::NotInstalled { .. })));
    assert!(matches!(planned(&ordered("php"), &places(Scope::User), &files), Err(Refusal::Scope { .. })));

    // In whichever order they are named.
    let both = Order { targets: vec![TargetChoice::new("php"), TargetChoice::new("msmtp")], ..order(PASSWORD) };
    let plan = planned(&both, &system, &files).unwrap();
    let expected = ["8.2/cli", "8.2/fpm", "8.4/apache2"].map(|place| format!("/etc/php/{place}/conf.d/90-mailsetup.ini"));
    assert_eq!(of(&plan, "php"), expected);
    let runs: Vec<String> = plan.runs.iter().map(|run| run.command.join(" ")).collect();
    assert_eq!(runs, ["systemctl try-reload-or-restart php8.2-fpm", "systemctl try-reload-or-restart apache2"]);
    files.apply(&plan);
    assert_eq!(text(&files, &expected[1]), "sendmail_path = \"/usr/bin/msmtp -a mailsetup -t\"\n");
    let profile = text(&files, "/etc/mailsetup/profiles/default.toml");
    assert!(profile.contains("name = \"php\"") && !profile.contains("path = "), "{profile}");

    // It is read back in each place, and what msmtp has by then is enough.
    let again = planned(&ordered("php"), &system, &files).unwrap();
    assert!(again.changes.iter().filter(|it| it.owner == "php").all(|it| !it.is_needed()));
    let files = files.with("/etc/php/8.5/cli/conf.d/x.ini", ";\n");
    let catalog = Catalog::builtin();
    let target = catalog.target("php").unwrap();
    let found = expand(target, &TargetChoice::new("php"), &system, &files).unwrap();
    let is_set = |site: &TargetChoice| {
        compare(&both, &system, &read_back(target, site, "default", &system, &files).unwrap()).is_empty()
    };
    assert_eq!(found.iter().map(is_set).collect::<Vec<_>>(), [true, true, true, false]);
    assert!(try_it(&both, target, &found[0], &system, &files).unwrap().unwrap().contains("ops@example.com"));
}

#[test]
fn a_unit_is_given_the_password_by_the_store_that_can() {
    let system = places(Scope::System);
    let path = "/etc/systemd/system/app.service.d/50-mailsetup.conf";
    let mut order = ordered("systemd-credential");
    let said = |refusal: Refusal| Text::new(Lang::EN).say(&refusal.phrase());
    let sentence = said(planned(&order, &system, &Memory::default()).unwrap_err());
    assert!(sentence.contains("--target systemd-credential=/etc/systemd/system/UNIT.service.d/"), "{sentence}");
    order.targets[0].path = Some(path.into());
    let sentence = said(planned(&order, &system, &Memory::default()).unwrap_err());
    assert!(sentence.ends_with("add --secret-store systemd"), "{sentence}");

    order.profile.secret = Some(SecretPlace::Systemd);
    let mut files = Memory::default().with(path, "[Service]\nUser=app\n");
    let merged = settled(&order, Scope::System, &mut files, path);
    assert!(merged.contains(&drop_in("default", &system)) && merged.starts_with("[Service]\nUser=app\n"), "{merged}");
    assert!(!merged.contains(PASSWORD));
    let plan = planned(&order, &system, &files).unwrap();
    assert_eq!(plan.runs[0].command, ["systemctl", "daemon-reload"]);
    // An image's unit sees the image's paths.
    let image = Places { root: Some("/img".into()), config: "/img/etc/mailsetup".into(), ..system.clone() };
    assert_eq!(drop_in("a", &image), "[Service]\nLoadCredentialEncrypted=mailsetup-a:/etc/mailsetup/profiles/a.cred\n");

    // Somebody takes it back further down.
    let files = Memory::default().with(path, &format!("{merged}[Service]\nLoadCredentialEncrypted=\n"));
    let catalog = Catalog::builtin();
    let read = read_back(catalog.target("systemd-credential").unwrap(), &order.targets[0], "default", &system, &files);
    let fields = compare(&order, &system, &read.unwrap());
    assert_eq!(fields, [Setting::Password]);

    order.profile.smtp.auth = "none".parse().unwrap();
    assert!(matches!(planned(&order, &system, &files), Err(Refusal::Auth { .. })));
}

#[test]
fn a_source_of_mail_stays_and_blanks_that_would_go_are_refused() {
    let path = "/home/ops/.config/aerc/accounts.conf";
    let mut order = ordered("aerc");
    let mut files = Memory::default();
    assert!(settled(&order, Scope::User, &mut files, path).contains("source = maildir://~/Maildir\n"));
    let own = text(&files, path).replace("maildir://~/Maildir", "imaps://me@imap.example.com");
    let mut files = Memory::default().with(path, &own);
    order.profile.smtp.port = "4650".parse().unwrap();
    let merged = settled(&order, Scope::User, &mut files, path);
    assert!(merged.contains("source = imaps://me@imap.example.com\n") && merged.contains(":4650\n"), "{merged}");
    order.secret = Some(Secret::new(" both ".into()));
    let refusal = planned(&order, &places(Scope::User), &files).unwrap_err();
    assert!(matches!(refusal, Refusal::CannotCarry { field: Some(Setting::Password), why: Unfit::EdgeBlank, .. }));
    order.targets[0].inline_secret = true;
    assert!(settled(&order, Scope::User, &mut files, path).contains(":%20both%20@"));
}

#[test]
fn letters_that_the_library_does_not_send_are_refused() {
    for target in ["apprise", "flask-mail", "django-environ"] {
        let mut order = ordered(target);
        order.secret = Some(Secret::new("pässwörd".into()));
        match planned(&order, &places(Scope::User), &Memory::default()).unwrap_err() {
            Refusal::CannotCarry { why: Unfit::Characters(found), .. } => assert_eq!(found, "äö", "{target}"),
            other => panic!("{target}: {other:?}"),
        }
    }
}
