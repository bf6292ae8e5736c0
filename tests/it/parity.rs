//! One table of answers, three front ends: equal profiles, equal plans, equal files.

mod drivers;
mod fields;
mod walks;
mod world;

use mailsetup::{
    mail::{Secret, Setting},
    plan::{ReadBack, ReadSecret},
    presets::Catalog,
    setup::{Field, Import},
};

use world::{Case, Made, World};

/// Answers for the demo's own provider, some of which no front end asks by itself.
fn with_a_provider() -> Case {
    Case::new(&[
        (Field::Address, "demo@mailsetup.example"),
        (Field::Name, "Ops Team"),
        (Field::ReplyTo, "help@example.org"),
        (Field::Provider, "demo"),
        (Field::Ehlo, "web1.example.net"),
        (Field::Test, "send"),
        (Field::TestTo, "demo+reports@mailsetup.example"),
        (Field::Targets, "msmtp,dotenv"),
        (Field::Profile, "relay"),
    ])
}

/// Answers for a server of one's own, with everything that a person can know of it.
fn custom(world: &World) -> Case {
    let port = world.demo.starttls_port().to_string();
    Case::new(&[
        (Field::Address, "demo@mailsetup.example"),
        (Field::Name, ""),
        (Field::Provider, "custom"),
        (Field::Host, "localhost"),
        (Field::Security, "starttls"),
        (Field::Port, &port),
        (Field::Imap, "yes"),
        (Field::ImapHost, "imap.example.org"),
        (Field::ImapSecurity, "starttls"),
        (Field::ImapPort, "1143"),
        (Field::ImapUsername, "ops"),
        (Field::Auth, "login"),
        (Field::Username, "demo@mailsetup.example"),
        (Field::Test, "login"),
        (Field::Targets, "dotenv-sh"),
        (Field::SecretStore, "command"),
        (Field::SecretCommand, "printf '%s' 'open sesame #1'"),
    ])
}

/// Answers for a server on this machine that wants neither TLS nor a login.
fn local(world: &World) -> Case {
    let port = world.demo.plain_port().to_string();
    Case::new(&[
        (Field::Address, "root@example.org"),
        (Field::Name, "Cron"),
        (Field::Provider, "custom"),
        (Field::Host, "localhost"),
        (Field::Security, "none"),
        (Field::Port, &port),
        (Field::Auth, "none"),
        (Field::Test, "connect"),
        (Field::Targets, ""),
    ])
}

/// Settings for the demo's server that a program here has, and what is answered beside them.
fn imported(world: &mut World) -> Case {
    let read = ReadBack {
        settings: [
            (Setting::Host, "localhost".into()),
            (Setting::Port, world.demo.starttls_port().to_string()),
            (Setting::Security, "starttls".into()),
            (Setting::Username, world.demo.user().into()),
            (Setting::Auth, "plain".into()),
            (Setting::Name, "Cron".into()),
            (Setting::Ehlo, "web2.example.com".into()),
        ]
        .into(),
        password: Some(ReadSecret::Inline(Secret::new(world.demo.password().into()))),
    };
    let import = Import::new("dotenv".into(), ".env".into(), "./.env".into(), read, &Catalog::builtin());
    world.imports.extend(import);
    Case::new(&[(Field::Import, "dotenv"), (Field::ReplyTo, "help@example.org"), (Field::Test, "login")])
}

/// Answers for the whole system, with the way of root's mail.
fn for_the_system(root_mail: &str) -> Case {
    Case::new(&[
        (Field::Address, "demo@mailsetup.example"),
        (Field::Name, "Cron"),
        (Field::Provider, "demo"),
        (Field::Test, "login"),
        (Field::Targets, "msmtp"),
        (Field::Scope, "system"),
        (Field::RootMail, root_mail),
    ])
}

fn check(case: &Case, world: &World) -> Made {
    let script = drivers::by_script(world, case);
    let prompts = drivers::by_prompts(world, case);
    let wizard = drivers::by_wizard(world, case);
    for (name, made) in [("prompts", &prompts), ("wizard", &wizard)] {
        assert_eq!(made.profile, script.profile, "the profile by {name}");
        assert_eq!(made.plan, script.plan, "the plan by {name}");
        assert_eq!(made.files, script.files, "the files by {name}");
    }
    script
}

#[test]
fn a_provider_is_set_up_alike_by_script_prompts_and_wizard() {
    let world = World::new();
    let made = check(&with_a_provider(), &world);
    assert_eq!(made.profile.sender.name.as_deref(), Some("Ops Team"));
    assert_eq!(made.profile.sender.reply_to.as_ref().map(ToString::to_string).as_deref(), Some("help@example.org"));
    assert_eq!(made.profile.smtp.ehlo, "web1.example.net");
    let names: Vec<&str> = made.files.keys().map(String::as_str).collect();
    let profiles = [
        ".config/mailsetup/profiles/relay.for",
        ".config/mailsetup/profiles/relay.secret",
        ".config/mailsetup/profiles/relay.toml",
    ];
    assert_eq!(names, [profiles[0], profiles[1], profiles[2], ".env", ".msmtprc"]);
}

#[test]
fn a_custom_server_is_set_up_alike_by_script_prompts_and_wizard() {
    let world = World::new();
    let made = check(&custom(&world), &world);
    let imap = made.profile.imap.unwrap();
    assert_eq!((imap.host.as_str(), imap.port.get(), imap.username.as_deref()), ("imap.example.org", 1143, Some("ops")));
    assert_eq!((made.profile.smtp.auth.as_str(), made.profile.smtp.port.get()), ("login", world.demo.starttls_port()));
}

#[test]
fn a_system_is_set_up_alike_by_script_prompts_and_wizard() {
    let world = World::new();
    let made = check(&for_the_system("ops@example.org"), &world);
    assert_eq!(made.profile.root_mail.as_ref().map(ToString::to_string).as_deref(), Some("ops@example.org"));
    assert_eq!(made.files["etc/aliases"], "root: ops@example.org\ndefault: ops@example.org");
    assert!(made.files["etc/msmtprc"].contains("\naliases /etc/aliases\n"), "{:?}", made.files);
    // Nothing is an answer too.
    let made = check(&for_the_system(""), &world);
    assert_eq!((made.profile.root_mail, made.files.get("etc/aliases")), (None, None));
}

#[test]
fn a_local_server_is_set_up_alike_by_script_prompts_and_wizard() {
    let world = World::new();
    let made = check(&local(&world), &world);
    assert_eq!((made.profile.smtp.auth.as_str(), made.profile.smtp.username, made.profile.secret), ("none", None, None));
}

#[test]
fn settings_that_are_here_are_started_from_alike_by_script_prompts_and_wizard() {
    let mut world = World::new();
    let case = imported(&mut world);
    let made = check(&case, &world);
    let (sender, smtp) = (&made.profile.sender, &made.profile.smtp);
    assert_eq!(
        (sender.name.as_deref(), sender.reply_to.as_ref().map(ToString::to_string).as_deref()),
        (Some("Cron"), Some("help@example.org"))
    );
    assert_eq!(
        (smtp.port.get(), smtp.auth.as_str(), smtp.ehlo.as_str()),
        (world.demo.starttls_port(), "plain", "web2.example.com")
    );
    assert!(made.files[".env"].contains(world.demo.user()), "{:?}", made.files);
}
