//! Set-ups that sign in by OAuth 2.0, against the built-in server and endpoints that play a script.

use mailsetup::demo::Demo;

use super::{KEPT, kept, now};
use crate::support::{
    sandbox::Sandbox,
    web::{Asked, Reply, Web},
};

/// The demo's server takes its own password for a token: here it is the access token that the endpoint gives.
struct House {
    sandbox: Sandbox,
    demo: Demo,
    web: Web,
}

impl House {
    fn new(mut script: impl FnMut(&Asked) -> Option<Reply> + Send + 'static) -> Self {
        let sandbox = Sandbox::new().env("MAILSETUP_EHLO", "web1.example.com");
        let demo = Demo::start().unwrap();
        sandbox.write("home/ca.pem", demo.ca_pem());
        let token = demo.access_token().to_owned();
        let web = Web::start(move |asked| {
            script(asked).unwrap_or_else(|| {
                let answer = serde_json::json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600,
                                                "refresh_token": "canary-refresh-1"});
                Reply::Json(200, answer.to_string())
            })
        });
        Self { sandbox, demo, web }
    }

    fn words(&self, more: &[&str]) -> Vec<String> {
        let (port, token, auth, device) =
            (self.demo.tls_port().to_string(), self.web.url("/token"), self.web.url("/auth"), self.web.url("/device"));
        let mut words: Vec<String> = [self.demo.user(), "--host", "localhost", "--ca-file", "ca.pem", "--port", &port]
            .into_iter()
            .chain(["--oauth-token-url", &token, "--oauth-client-id", "client", "--oauth-scope", "mail"])
            .chain(more.iter().copied())
            .map(str::to_owned)
            .collect();
        if more.contains(&"redirect") {
            words.extend(["--oauth-auth-url".to_owned(), auth]);
        }
        if more.contains(&"device") {
            words.extend(["--oauth-device-url".to_owned(), device]);
        }
        words
    }
}

#[test]
fn an_application_signs_in_and_a_program_fetches_its_tokens() {
    let house = House::new(|_| None);
    house.sandbox.write("home/cs", "canary-client-secret\n");
    let more = ["--oauth-grant", "client", "--password-file", "cs", "--target", "msmtp", "--yes", "--json"];
    let out = house.sandbox.mailsetup(house.words(&more)).run().code(0);
    let document = out.json();
    assert_eq!(document["smtp"]["auth"], "xoauth2");
    assert!(!format!("{}{}", out.stdout, out.stderr).contains("canary"), "{}", out.stdout);
    assert_eq!(house.web.asked().len(), 1);
    assert_eq!(house.web.asked()[0].form["client_secret"], "canary-client-secret");
    let profile = house.sandbox.read("home/.config/mailsetup/profiles/default.toml");
    assert!(profile.contains("[oauth]\ngrant = \"client\"\nclient_id = \"client\"\n"), "{profile}");
    assert!(!profile.contains("canary"), "{profile}");
    let printed = house.sandbox.mailsetup(["secret", "--for", "localhost"]).run().code(0);
    assert_eq!(printed.stdout.trim_end(), house.demo.access_token());
    assert!(!house.sandbox.path("home/.config/mailsetup/grant.pending").exists());
    house.sandbox.mailsetup(["check"]).run().code(0);
    // What it was asked with is in the grant: nothing is given again.
    house.sandbox.mailsetup(["edit", "default", "--name", "Web", "--yes"]).run().code(0);
    assert_eq!(house.web.asked().len(), 1);
    // Another secret is another grant.
    house.sandbox.write("home/cs2", "canary-client-secret-2\n");
    house.sandbox.mailsetup(["edit", "default", "--password-file", "cs2", "--yes"]).run().code(0);
    assert_eq!(house.web.asked()[1].form["client_secret"], "canary-client-secret-2");
    house.sandbox.mailsetup(["remove", "default", "--purge"]).run().code(0);
    assert!(!house.sandbox.path(KEPT).exists());
}

#[test]
fn a_renewed_grant_is_undone_and_removed_like_a_password() {
    let house = House::new(|_| None);
    house.sandbox.write("home/cs", "canary-client-secret\n");
    let more = ["--oauth-grant", "client", "--password-file", "cs", "--yes"];
    house.sandbox.mailsetup(house.words(&more)).run().code(0);
    house.sandbox.mailsetup(["token", "renew"]).run().code(0);
    house.sandbox.mailsetup(["edit", "default", "--name", "Web", "--yes"]).run().code(0);
    house.sandbox.mailsetup(["token", "renew"]).run().code(0);
    house.sandbox.mailsetup(["undo"]).run().code(0);
    assert_eq!(kept(&house.sandbox).client_id, "client");
    house.sandbox.mailsetup(["secret"]).run().code(0);
    house.sandbox.mailsetup(["remove", "default"]).run().code(0);
    assert!(!house.sandbox.path(KEPT).exists());
}

#[test]
fn a_refusal_stops_the_script_and_names_what_was_said() {
    let refusal = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}"#;
    let house = House::new(move |_| Some(Reply::Json(401, refusal.into())));
    house.sandbox.write("home/cs", "canary-client-secret\n");
    let more = ["--oauth-grant", "client", "--password-file", "cs", "--yes"];
    let out = house.sandbox.mailsetup(house.words(&more)).run().code(77);
    assert!(out.stderr.contains("AADSTS7000215") && !out.stderr.contains("canary"), "{}", out.stderr);
    assert!(!house.sandbox.path(KEPT).exists());
}

#[test]
fn where_a_person_is_needed_a_script_says_so() {
    let house = House::new(|_| None);
    for grant in ["device", "redirect"] {
        let out = house.sandbox.mailsetup(house.words(&["--oauth-grant", grant, "--yes"])).run().code(64);
        assert!(out.stderr.contains("--oauth-grant client"), "{}", out.stderr);
    }
    assert!(house.web.asked().is_empty());
    let out = house.sandbox.mailsetup(house.words(&["--oauth-grant", "client", "--yes"])).run().code(64);
    assert!(out.stderr.contains("--password-file"), "{}", out.stderr);
    let more = ["--oauth-grant", "client", "--password-env", "X", "--secret-store", "env", "--yes"];
    let out = house.sandbox.mailsetup(house.words(&more)).env("X", "cs").run().code(64);
    assert!(out.stderr.contains("renews itself"), "{}", out.stderr);
}

#[test]
fn a_code_is_shown_by_prompts_and_polled_for() {
    let mut polls = 0;
    let house = House::new(move |asked| {
        if asked.path == "/device" {
            let code = r#"{"device_code":"canary-device","user_code":"ABCD-EFGH","verification_uri":"https://x.test/d","expires_in":900,"interval":1}"#;
            return Some(Reply::Json(200, code.into()));
        }
        polls += 1;
        (polls < 2).then(|| Reply::Json(400, r#"{"error":"authorization_pending"}"#.into()))
    });
    let words = house.words(&[
        "--oauth-grant",
        "device",
        "--plain",
        "--name",
        "Ops",
        "--provider",
        "custom",
        "--security",
        "tls",
        "--test",
        "login",
        "--target",
        "msmtp",
    ]);
    let terminal = house.sandbox.mailsetup(words).env("TERM", "dumb").terminal(100, 40);
    terminal.wait_for("ABCD-EFGH");
    terminal.wait_for("https://x.test/d");
    // The grant is kept before the next question, which nobody answers.
    let pending = house.sandbox.path("home/.config/mailsetup/grant.pending");
    assert!(crate::support::wait::until(|| pending.exists().then_some(())).is_some());
    drop(terminal);
    assert_eq!(house.web.asked().iter().filter(|asked| asked.path == "/device").count(), 1);
    // The next set-up takes it, though nobody can be asked.
    let words = house.words(&["--oauth-grant", "device", "--yes", "--target", "msmtp"]);
    house.sandbox.mailsetup(words).run().code(0);
    assert_eq!(house.web.asked().iter().filter(|asked| asked.path == "/device").count(), 1);
    assert!(!pending.exists());
    assert_eq!(super::refresh_token(&kept(&house.sandbox)), "canary-refresh-1");
    assert!(kept(&house.sandbox).access.unwrap().expires > now() + 3000);
}

#[test]
fn moving_over_rewrites_all_or_nothing() {
    let house = House::new(|_| None);
    house.sandbox.write("home/pw", house.demo.password());
    house.sandbox.write("home/cs", "canary-client-secret\n");
    let port = house.demo.tls_port().to_string();
    let words = [house.demo.user(), "--host", "localhost", "--ca-file", "ca.pem", "--port", &port, "--password-file", "pw"];
    let words = words.into_iter().chain(["--target", "msmtp", "--target", "dotenv=/tmp/none/.env", "--yes"]);
    let env = house.sandbox.path("home/app/.env");
    std::fs::create_dir_all(env.parent().unwrap()).unwrap();
    let target = format!("dotenv={}", env.display());
    let words: Vec<String> =
        words.map(|word| if word.starts_with("dotenv") { target.clone() } else { word.to_owned() }).collect();
    house.sandbox.mailsetup(words).run().code(0);
    let before = (house.sandbox.read("home/app/.env"), house.sandbox.read("home/.msmtprc"));
    let token = house.web.url("/token");
    let over = [
        "edit",
        "default",
        "--auth",
        "xoauth2",
        "--oauth-grant",
        "client",
        "--oauth-client-id",
        "client",
        "--oauth-token-url",
        &token,
        "--password-file",
        "cs",
        "--yes",
    ];
    // The program that knows passwords alone is named, and nothing is changed.
    let out = house.sandbox.mailsetup(over).run();
    assert_ne!(out.code, Some(0));
    assert!(out.stderr.contains("dotenv"), "{}", out.stderr);
    assert_eq!(before, (house.sandbox.read("home/app/.env"), house.sandbox.read("home/.msmtprc")));
    assert_eq!(house.sandbox.read(KEPT), house.demo.password());
    let over: Vec<&str> = over.into_iter().chain(["--target", "msmtp"]).collect();
    house.sandbox.mailsetup(over).run().code(0);
    assert!(house.sandbox.read("home/.msmtprc").contains("xoauth2"));
    assert_eq!(kept(&house.sandbox).account, house.demo.user());
    house.sandbox.mailsetup(["undo"]).run().code(0);
    assert_eq!(house.sandbox.read(KEPT), house.demo.password());
}
