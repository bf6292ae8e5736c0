//! Grants that are kept: who renews them, and that none is lost.

use std::{
    process::{Child, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use super::{CLIENT_SECRET, REFRESH, consented, kept, now, refresh_token, with_profile};
use crate::support::web::{Asked, Reply, Web};

/// An endpoint that gives a new refresh token with each access token, and takes none twice.
fn rotating(life: u64) -> Web {
    let mut number = 0;
    Web::start(move |asked| {
        let valid = format!("canary-refresh-{number}");
        if asked.form.get("refresh_token") != Some(&valid) {
            return Reply::Json(400, r#"{"error":"invalid_grant","error_description":"used before"}"#.into());
        }
        number += 1;
        Reply::Json(200, token(number, life))
    })
}

fn token(number: u32, life: u64) -> String {
    format!(
        r#"{{"access_token":"access-{number}","token_type":"Bearer","expires_in":{life},"refresh_token":"canary-refresh-{number}"}}"#
    )
}

#[test]
fn a_token_with_time_left_is_printed_and_nobody_asked() {
    let web = rotating(3600);
    let sandbox = with_profile(&consented(&web.url("/token"), 700));
    let out = sandbox.mailsetup(["secret", "--for", "mail.example.com"]).run().code(0);
    assert_eq!((out.stdout.as_str(), out.stderr.as_str()), ("canary-access-0\n", ""));
    assert!(web.asked().is_empty());
    sandbox.mailsetup(["secret", "--for", "mail.example.org"]).run().code(77);
}

#[test]
fn a_token_that_ends_is_renewed_and_the_new_grant_is_kept_first() {
    let web = rotating(3600);
    let sandbox = with_profile(&consented(&web.url("/token"), 599));
    let out = sandbox.mailsetup(["secret"]).run().code(0);
    assert_eq!(out.stdout, "access-1\n");
    let grant = kept(&sandbox);
    assert_eq!(refresh_token(&grant), "canary-refresh-1");
    assert!(grant.access.unwrap().expires >= now() + 3500);
    let form = web.asked().remove(0).form;
    let field = |name: &str| form.get(name).map(String::as_str);
    assert_eq!(field("grant_type"), Some("refresh_token"));
    assert_eq!((field("client_id"), field("client_secret")), (Some("client"), Some(CLIENT_SECRET)));
    assert_eq!(field("refresh_token"), Some(REFRESH));
    // It is good now: the next mail asks nobody.
    assert_eq!(sandbox.mailsetup(["secret"]).run().code(0).stdout, "access-1\n");
    assert_eq!(web.asked().len(), 1);
    let renewed = sandbox.mailsetup(["token", "renew", "--json"]).run().code(0);
    assert_eq!(renewed.json()["grant"]["account"], "ops@example.com");
    assert_eq!(sandbox.mailsetup(["secret"]).run().code(0).stdout, "access-2\n");
}

#[test]
fn fifty_at_once_renew_once() {
    for life in [3600, 60] {
        let web = rotating(life);
        let sandbox = with_profile(&consented(&web.url("/token"), 1));
        let start = |_| {
            let mut command = sandbox.mailsetup(["secret"]).command();
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let all: Vec<Child> = (0..50).map(start).collect();
        for child in all {
            let out = child.wait_with_output().unwrap();
            assert_eq!(String::from_utf8_lossy(&out.stdout), "access-1\n", "{}", String::from_utf8_lossy(&out.stderr));
        }
        assert_eq!(web.asked().len(), 1, "{life}");
    }
}

/// A server that rotates and keeps the former token good until the new one was used, as Microsoft does at least: whatever
/// moment a kill comes at, what is kept is good.
#[test]
fn a_kill_at_any_moment_loses_no_grant() {
    let good = Arc::new(Mutex::new(vec![REFRESH.to_owned()]));
    let number = Arc::new(AtomicUsize::new(0));
    let (known, counter) = (Arc::clone(&good), Arc::clone(&number));
    let web = Web::start(move |asked: &Asked| {
        let mut good = known.lock().unwrap();
        let said = asked.form.get("refresh_token").cloned().unwrap_or_default();
        let Some(place) = good.iter().position(|token| *token == said) else {
            return Reply::Json(400, r#"{"error":"invalid_grant"}"#.into());
        };
        good.drain(..place);
        let next = counter.fetch_add(1, Ordering::SeqCst) + 1;
        good.push(format!("canary-refresh-{next}"));
        Reply::Json(200, token(u32::try_from(next).unwrap(), 1))
    });
    let sandbox = with_profile(&consented(&web.url("/token"), 0));
    for delay in 0..40 {
        let mut child = sandbox.mailsetup(["token", "renew"]).command();
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::park_timeout(Duration::from_millis(delay));
        let _ = child.kill();
        child.wait().unwrap();
        let token = refresh_token(&kept(&sandbox));
        assert!(good.lock().unwrap().contains(&token), "{token} after {delay} ms");
    }
    sandbox.mailsetup(["token", "renew"]).run().code(0);
    let folder = sandbox.path("home/.config/mailsetup/profiles");
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn who_calls_learns_whether_to_try_later_on_one_line_without_a_secret() {
    for (reply, code) in [
        (
            Reply::Json(400, r#"{"error":"invalid_grant","error_description":"canary-refresh-0 AADSTS700082: old"}"#.into()),
            77,
        ),
        (Reply::Json(401, r#"{"error":"invalid_client"}"#.into()), 77),
        (Reply::Json(503, r#"{"error":"temporarily_unavailable"}"#.into()), 75),
        (Reply::Json(429, "slow".into()), 75),
        (Reply::Json(400, r#"{"error":"x","error_codes":[90055]}"#.into()), 75),
        (Reply::Closed, 75),
        (Reply::Json(200, "<html>sign in</html>".into()), 76),
        (Reply::With(302, "Location: https://evil.test/t?refresh_token=canary-refresh-0".into(), Vec::new()), 76),
        (Reply::Json(200, format!(r#"{{"access_token":"{}"}}"#, "x".repeat(70_000))), 76),
    ] {
        let said = reply.clone();
        let web = Web::start(move |_| said.clone());
        let sandbox = with_profile(&consented(&web.url("/token"), 0));
        let out = sandbox.mailsetup(["secret"]).run().code(code);
        assert_eq!((out.stdout.as_str(), out.stderr.lines().count()), ("", 1), "{reply:?}: {}", out.stderr);
        assert!(!out.stderr.contains("canary"), "{}", out.stderr);
        assert_eq!(web.asked().len(), 1, "{reply:?}");
        assert_eq!(refresh_token(&kept(&sandbox)), REFRESH);
    }
}

#[test]
fn a_token_that_has_ended_is_not_handed_out() {
    let web = Web::start(|_| {
        Reply::Json(200, r#"{"access_token":"a","expires_in":-5,"refresh_token":"canary-refresh-1"}"#.to_owned())
    });
    let sandbox = with_profile(&consented(&web.url("/token"), 0));
    let out = sandbox.mailsetup(["secret"]).run().code(76);
    assert!(out.stdout.is_empty() && out.stderr.contains("expires_in"), "{}", out.stderr);
    assert_eq!(refresh_token(&kept(&sandbox)), "canary-refresh-1");
}

#[test]
fn without_the_endpoint_a_token_that_still_lasts_is_given() {
    let web = Web::start(|_| Reply::Closed);
    let sandbox = with_profile(&consented(&web.url("/token"), 300));
    assert_eq!(sandbox.mailsetup(["secret"]).run().code(0).stdout, "canary-access-0\n");
    sandbox.mailsetup(["token", "renew"]).run().code(75);
}

#[test]
fn what_is_shown_of_a_grant_is_no_secret() {
    let web = rotating(3600);
    let sandbox = with_profile(&consented(&web.url("/token"), 3000));
    let words = [&["token", "status"][..], &["token", "status", "--json"], &["token", "renew"], &["show"], &["list"]];
    for words in words {
        let out = sandbox.mailsetup(words).run().code(0);
        assert!(!format!("{}{}", out.stdout, out.stderr).contains("canary"), "{words:?} {}", out.stdout);
    }
    let status = sandbox.mailsetup(["token", "status", "--json"]).run().code(0).json();
    assert_eq!(status["grant"]["kind"], "device");
    assert_eq!(status["grant"]["token_url"], web.url("/token"));
}

#[test]
fn access_is_taken_back_at_its_server_and_here() {
    let web = Web::start(|_| Reply::Json(200, String::new()));
    let mut grant = consented(&web.url("/token"), 3000);
    grant.revoke_url = Some(web.url("/revoke").parse().unwrap());
    let sandbox = with_profile(&grant);
    let out = sandbox.mailsetup(["token", "revoke", "--json"]).run().code(0);
    assert_eq!(out.json()["revoked"], true);
    let asked = web.asked().remove(0);
    assert_eq!((asked.path.as_str(), asked.form["token"].as_str()), ("/revoke", REFRESH));
    sandbox.mailsetup(["secret"]).run().code(66);
    assert!(!sandbox.path(super::KEPT).exists());
}

#[test]
fn a_kept_password_is_no_token_and_a_kept_token_no_password() {
    let sandbox = with_profile(&consented("https://login.test/token", 3000));
    let kept = sandbox.write(super::KEPT, "canary-kept");
    std::fs::set_permissions(kept, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let path = "home/.config/mailsetup/profiles/default.toml";
    let profile = sandbox.read(path);
    for (auth, other) in [("plain", "xoauth2"), ("xoauth2", "plain"), ("auto", "oauthbearer")] {
        sandbox.write(path, profile.replace("\"xoauth2\"", &format!("{auth:?}")));
        let edit = |words: &[&str]| {
            let given = ["edit", "default", "--test", "none", "--dry-run", "--auth"];
            sandbox.mailsetup(given.iter().chain(words)).run()
        };
        let out = edit(&[other]).code(64);
        assert!(out.stderr.contains("--password-file"), "{auth}: {}", out.stderr);
        edit(&[auth]).code(0);
    }
}
