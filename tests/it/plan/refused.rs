//! What is refused: the file, the line and the answer are named, and no password.

use super::*;

#[test]
fn refusals_name_the_file_the_line_and_the_answer() {
    let user = places(Scope::User);
    let said = |order: &Order, places: &Places, files: &Memory| {
        let refusal = planned(order, places, files).unwrap_err();
        for lang in Lang::builtin() {
            let text = Text::new(lang);
            for phrase in [Some(refusal.phrase()), refusal.hint()].into_iter().flatten() {
                let sentence = text.say(&phrase);
                assert!(text.has(phrase.id) && !sentence.contains('{') && !sentence.contains(PASSWORD), "{sentence}");
            }
        }
        (Text::new(Lang::EN).say(&refusal.phrase()), refusal)
    };
    let empty = Memory::default();
    let (sentence, refusal) = said(&ordered("msmpt"), &user, &empty);
    assert_eq!(sentence, "There is no target “msmpt”.");
    assert!(matches!(refusal, Refusal::UnknownTarget { nearest: Some(nearest), .. } if nearest == "msmtp"));
    assert!(matches!(said(&ordered("postfix"), &user, &empty).1, Refusal::Scope { .. }));
    assert!(matches!(said(&ordered("postfix"), &places(Scope::System), &empty).1, Refusal::NotInstalled { .. }));

    let mut order = ordered("postfix");
    order.profile.smtp.auth = "xoauth2".parse().unwrap();
    assert_eq!(said(&order, &places(Scope::System), &empty).1.field(), Some(Setting::Auth));
    let mut order = ordered("dotenv");
    order.profile.smtp.tls.pin_sha256 = Some("0a".repeat(32).parse().unwrap());
    assert_eq!(said(&order, &user, &empty).1.field(), Some(Setting::PinSha256));
    let mut order = ordered("dotenv");
    order.secret = None;
    assert_eq!(said(&order, &user, &empty).1, Refusal::NoSecret { target: "dotenv".into() });
    let mut order = ordered("dotenv");
    order.secret = Some(Secret::new("it's $5".into()));
    let (sentence, refusal) = said(&order, &user, &empty);
    assert_eq!(
        sentence,
        "dotenv cannot carry this password: there is no way to write ' $ in it so that every reader understands it."
    );
    assert!(matches!(refusal, Refusal::CannotCarry { instead: Some(instead), .. } if instead == "dotenv-sh"));
    let mut order = ordered("msmtp");
    order.secret = Some(Secret::new("a\nb".into()));
    assert_eq!(said(&order, &user, &empty).1.field(), Some(Setting::Password));
    let mut order = ordered("dotenv");
    order.targets.push(TargetChoice::new("dotenv-sh"));
    assert!(matches!(said(&order, &user, &empty).1, Refusal::SamePath { .. }));

    let files = Memory::default().with("/home/ops/.msmtprc", "x\n# END mailsetup: default\n");
    let (sentence, _) = said(&ordered("msmtp"), &user, &files);
    assert_eq!(sentence, "/home/ops/.msmtprc, line 2: “END mailsetup” has no “BEGIN mailsetup”.");
    let mut files = Memory::default();
    files.put("/srv/app/.env", b"A=1\nB=\xff\n", 0o600);
    let (sentence, _) = said(&ordered("dotenv"), &user, &files);
    assert_eq!(sentence, "/srv/app/.env is not UTF-8 text: line 2.");
    let files = Memory::default().with("/home/ops/.msmtprc", "defaults\nauto_from on\n");
    let refusal = said(&ordered("msmtp"), &user, &files).1;
    assert!(matches!(&refusal, Refusal::Lost { .. }) && refusal.field() == Some(Setting::Sender));
    let files =
        Memory::default().with("/home/ops/.config/mailsetup/profiles/default.toml", &format!("schema = {}\n", SCHEMA + 1));
    let refusal = said(&ordered("msmtp"), &user, &files).1;
    assert!(matches!(refusal, Refusal::NewerSchema { schema, .. } if schema == u64::from(SCHEMA) + 1));
}

/// Every target says whether a token can work there: it fetches it, or is refused for what would happen with it.
#[test]
fn a_token_is_written_only_where_it_is_renewed() {
    let catalog = Catalog::builtin();
    let refused = |key: &str, auth: &str, token: &str, files: &Memory| {
        let target = catalog.target(key).unwrap();
        let mut order = ordered(key);
        order.profile.smtp.auth = auth.parse().unwrap();
        order.secret = Some(Secret::new(token.to_owned()));
        order.targets[0].path = target.files[0].example.as_ref().map(Into::into);
        let scope = if target.system_only || target.files[0].user.is_none() { Scope::System } else { Scope::User };
        match planned(&order, &places(scope), files) {
            Err(refusal @ Refusal::Token { .. }) => {
                assert_eq!(
                    (refusal.field(), refusal.exit()),
                    (Some(Setting::Auth), mailsetup::error::Exit::Config),
                    "{key}"
                );
                let hint = Text::new(Lang::EN).say(&refusal.hint().unwrap());
                assert!(hint.contains("msmtp"), "{hint}");
                Some(Text::new(Lang::EN).say(&refusal.phrase()))
            }
            _ => None,
        }
    };
    let empty = Memory::default();
    for target in catalog.targets() {
        let said = refused(&target.key, "xoauth2", "short", &empty);
        assert_eq!(
            said.is_none(),
            target.token.as_ref().is_some_and(|token| token.needs.is_none()),
            "{}: {said:?}",
            target.key
        );
    }
    let said = |key: &str, auth: &str, token: &str| refused(key, auth, token, &empty).unwrap_or_default();
    let long = "x".repeat(1500);
    assert!(said("spring", "xoauth2", "short").contains("within an hour"));
    assert!(said("dotenv", "oauthbearer", "short").contains("within an hour"));
    assert!(said("grafana", "xoauth2", "short").contains("passwords only"));
    assert!(said("git", "xoauth2", "short").contains("Authen::SASL 2.1800"));
    assert!(said("msmtp", "oauthbearer", &long).contains("longer"));
    assert_eq!(said("msmtp", "xoauth2", &long), "");
    let perl = Memory::default().with("/usr/share/perl5/Authen/SASL/Perl/XOAUTH2.pm", "1;");
    assert_eq!(refused("git", "xoauth2", "short", &perl), None);
    assert!(refused("git", "xoauth2", &long, &perl).unwrap().contains("longer"));
}

/// Root keeps the system's grants: a program of another user could read the token, and not renew it.
#[test]
fn a_grant_is_written_only_for_whoever_renews_it() {
    let refused = |key: &str, user: &str, scope: Scope, grant: Option<GrantKind>| {
        let mut order = Order { scope, ..ordered(key) };
        order.profile.smtp.auth = "xoauth2".parse().unwrap();
        order.profile.run_as = user.parse::<RunAs>().unwrap().beside_root();
        order.profile.oauth = grant.map(ProfileOauth::new);
        match planned(&order, &places(scope), &Memory::default()) {
            Err(refusal @ Refusal::Token { .. }) => {
                assert_eq!(refusal.exit(), mailsetup::error::Exit::Config);
                let hint = Text::new(Lang::EN).say(&refusal.hint().unwrap());
                assert!(hint.contains("Leave --run-as out") && hint.contains("--through msmtpd"), "{hint}");
                Some(Text::new(Lang::EN).say(&refusal.phrase()))
            }
            _ => None,
        }
    };
    let grant = Some(GrantKind::Device);
    for key in ["msmtp", "msmtpd", "php"] {
        let said = refused(key, "ops", Scope::System, grant).unwrap();
        assert!(said.starts_with(&format!("{key} runs as ops here")) && said.contains("within an hour"), "{said}");
    }
    assert_eq!(refused("msmtp", "root", Scope::System, grant), None);
    assert_eq!(refused("msmtp", "ops", Scope::User, grant), None);
    assert_eq!(refused("msmtp", "ops", Scope::System, None), None, "a command of that user's own prints tokens");
}
