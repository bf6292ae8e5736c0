//! What the wizard can show, a script can say: every field has its flag, its variable, its key, and its words.

use mailsetup::{
    presets::{Lang, Text},
    setup::Field,
};

use crate::support::sandbox::Sandbox;

/// The password comes by flags of its own, and taking its spaces out is never done for a script. Whoever pastes an address is there.
fn is_spoken(field: Field) -> bool {
    let between =
        matches!(field, Field::Resume | Field::Home | Field::HomeAction | Field::HomeSure | Field::Change | Field::Spaces);
    !between && !matches!(field, Field::Password | Field::OauthAddress)
}

#[test]
fn every_field_has_a_flag_a_variable_and_a_key_of_one_name() {
    for field in Field::ALL.into_iter().filter(|field| is_spoken(*field)) {
        let spec = field.spec();
        assert_eq!(spec.flag.replace('-', "_"), spec.key);
        assert_eq!(field.variable(), format!("MAILSETUP_{}", spec.flag.to_uppercase().replace('-', "_")));
        assert_eq!(Field::of_key(spec.key), Some(field));
    }
}

#[test]
fn every_field_has_a_label_and_help_in_every_language() {
    for lang in Lang::builtin() {
        let text = Text::new(lang);
        for field in Field::ALL {
            let id = format!("field-{}", field.key().replace('_', "-"));
            assert!(text.has(&id) && text.has(&format!("{id}-help")), "{id} in {}", lang.as_str());
        }
        let help = Sandbox::new().mailsetup(["--help", "--lang", lang.as_str()]).run().code(0).stdout;
        for field in Field::ALL.into_iter().filter(|field| is_spoken(*field) && *field != Field::Address) {
            let flag = field.spec().flag;
            assert!(help.contains(&format!("--{flag}")), "--{flag} in {}", lang.as_str());
        }
        for flag in ["--password-stdin", "--password-file", "--password-fd", "--password-env", "--password-command"] {
            assert!(help.contains(flag), "{flag} in {}", lang.as_str());
        }
    }
}

#[test]
fn variables_and_an_answers_file_say_what_flags_say() {
    let pairs = [
        ("import", "none"),
        ("address", "ops@example.com"),
        ("name", "Ops"),
        ("reply_to", "help@example.com"),
        ("provider", "custom"),
        ("host", "mail.example.com"),
        ("security", "starttls"),
        ("port", "2525"),
        ("ehlo", "web1.example.com"),
        ("imap", "yes"),
        ("imap_host", "imap.example.com"),
        ("imap_security", "starttls"),
        ("imap_port", "1143"),
        ("imap_username", "mailbox"),
        ("auth", "login"),
        ("username", "ops"),
        ("test", "none"),
        ("target", "dotenv"),
        ("secret_store", "command"),
        ("password_command", "printf sesame"),
        ("profile", "relay"),
        ("yes", "yes"),
    ];
    let profile = |sandbox: &Sandbox| {
        let files = [".config/mailsetup/profiles/relay.toml", ".env"].map(|file| sandbox.read(format!("home/{file}")));
        files.join("\n").replace(&sandbox.path("").display().to_string(), "SANDBOX/")
    };
    let switches = ["imap", "yes"];

    let flags = Sandbox::new();
    let words = pairs.iter().filter(|(key, _)| *key != "address").flat_map(|(key, value)| {
        let flag = format!("--{}", key.replace('_', "-"));
        if switches.contains(key) { vec![flag] } else { vec![flag, (*value).to_owned()] }
    });
    flags.mailsetup(["ops@example.com".to_owned()].into_iter().chain(words)).run().code(0);

    let variables = Sandbox::new();
    let run = pairs
        .iter()
        .fold(variables.mailsetup([""; 0]), |run, (key, value)| run.env(format!("MAILSETUP_{}", key.to_uppercase()), value));
    run.run().code(0);

    let file = Sandbox::new();
    let answers: String = pairs.iter().map(|(key, value)| format!("{key} = \"{value}\"\n")).collect();
    file.write("home/answers.toml", answers);
    file.mailsetup(["--answers", "answers.toml"]).run().code(0);

    let expected = profile(&flags);
    assert!(expected.contains("reply_to = \"help@example.com\"") && expected.contains("port = 1143"), "{expected}");
    assert_eq!(profile(&variables), expected);
    assert_eq!(profile(&file), expected);
}
