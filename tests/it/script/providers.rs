//! `providers`: a list, a search, one in full; a person's own files over the built-in ones.

use serde_json::{Value, json};

use super::{
    super::support::sandbox::{Output, Sandbox},
    json_lines,
};

/// A preset of a person's own.
const OWN: &str = "name = 'Lab'\ncategory = 'hosting'\nchecked = '2019-01'\ndomains = ['lab.test']\nmx = ['mx.lab.test']\n\
                   smtp = [{ host = 'smtp.lab.test', port = 465, security = 'tls' }]\nunverified = ['smtp.465']\n\
                   [en]\nsummary = 'our own server'\n[fr]\nsummary = 'notre serveur'\n";

fn keys(out: &Output) -> Vec<String> {
    json_lines(out).iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect()
}

/// Fails for a line that is too long, links left out.
fn fits(out: &Output) {
    for line in out.stdout.lines() {
        assert!(line.chars().count() <= 80 || line.contains("://") || line.contains(" /"), "{line}");
    }
}

#[test]
fn the_list_fits_a_terminal_in_every_language() {
    let sandbox = Sandbox::new();
    for lang in ["en", "fr"] {
        let list = sandbox.mailsetup(["providers", "--lang", lang]).run().code(0);
        fits(&list);
        assert!(list.stderr.contains("mailsetup providers"), "{}", list.stderr);
        for key in keys(&sandbox.mailsetup(["providers", "--json"]).run().code(0)) {
            assert!(list.stdout.lines().any(|line| line.split_whitespace().next() == Some(&key)), "{key}");
            let one = sandbox.mailsetup(["providers", &key, "--lang", lang]).run().code(0);
            fits(&one);
            assert_eq!(one.stdout.lines().next(), Some(key.as_str()));
        }
    }
}

#[test]
fn a_name_a_domain_a_host_or_a_word_finds_it() {
    let sandbox = Sandbox::new();
    let find = |query: &str| keys(&sandbox.mailsetup(["providers", query, "--json"]).run().code(0));
    for query in ["gmail", "GMAIL", "googlemail.com", "ops@gmail.com", "gmail-smtp-in.l.google.com"] {
        assert_eq!(find(query), ["gmail"], "{query}");
    }
    assert!(find("smtp.gmail.com").contains(&"gmail".to_owned()));
    assert!(find("ovh").contains(&"ovh".to_owned()) && find("OVHcloud").contains(&"ovh".to_owned()));
    assert!(find("zoho").len() > 1);
    assert!(find("relais").contains(&"brevo".to_owned()), "in the other language as well");
    assert!(sandbox.mailsetup(["providers", "no such thing"]).run().code(66).stderr.contains("no such thing"));
}

#[test]
fn one_in_full_says_what_its_file_says() {
    let sandbox = Sandbox::new();
    let gmail = sandbox.mailsetup(["providers", "gmail"]).run().code(0).stdout;
    for said in [
        "smtp.gmail.com:465, implicit TLS",
        "smtp.gmail.com:587, STARTTLS",
        "imap.gmail.com:993",
        "app password",
        "https://myaccount.google.com/apppasswords",
        "500 messages a day",
        "the whole address",
        "aliases (login)",
        "XOAUTH2",
        "limits.recipients",
        "https://support.google.com/accounts/answer/185833",
        "2026-11",
        "built in",
    ] {
        assert!(gmail.contains(said), "{said} in\n{gmail}");
    }
    assert!(!gmail.contains("{url}"), "{gmail}");
    let brevo = sandbox.mailsetup(["providers", "brevo", "--lang", "fr"]).run().code(0).stdout;
    for said in ["include:spf.brevo.com", "brevo1._domainkey CNAME", "300 messages par jour", "clé SMTP", "Limites"] {
        assert_eq!(brevo.contains(said), said != "Limites", "{said} in\n{brevo}");
    }
}

#[test]
fn a_script_gets_every_key() {
    let sandbox = Sandbox::new();
    for line in json_lines(&sandbox.mailsetup(["providers", "--json"]).run().code(0)) {
        for key in [
            "key",
            "name",
            "category",
            "smtp",
            "imap",
            "domains",
            "mx",
            "username",
            "sender",
            "password",
            "oauth",
            "limits",
            "free_tier",
            "docs",
            "checked",
            "confidence",
            "unverified",
            "source",
            "stale",
            "no_smtp",
        ] {
            assert!(line.get(key).is_some(), "{key} in {line}");
        }
        assert_eq!((&line["source"], &line["stale"]), (&json!("built-in"), &json!(false)), "{line}");
        assert!(line["sender"]["rule"].is_null() || line["sender"]["rule"].is_string(), "{line}");
        assert_eq!(line["no_smtp"], json!(line["smtp"].as_array().unwrap().is_empty()), "{line}");
    }
    let gmail = sandbox.mailsetup(["providers", "gmail", "--json"]).run().code(0).json();
    assert_eq!(
        gmail["password"],
        json!({"special": "always", "url": "https://myaccount.google.com/apppasswords", "label": "app password"})
    );
    assert_eq!((&gmail["username"]["form"], &gmail["oauth"]), (&json!("address"), &json!(true)));
    assert_eq!(gmail["sender"], json!({"rule": "login"}));
    assert_eq!(gmail["limits"], json!({"per_day": 500, "recipients": 100, "recipients_per_day": 500}));
}

#[test]
fn a_file_of_ones_own_wins_adds_and_is_named() {
    let sandbox = Sandbox::new();
    let wins = sandbox.write(
        "home/.config/mailsetup/providers/gmail.toml",
        OWN.replace("Lab", "Our Gmail").replace("lab.test", "gmail.com"),
    );
    let adds = sandbox.write("home/.config/mailsetup/providers/lab.toml", OWN);
    let document = |query: &str| sandbox.mailsetup(["providers", query, "--json"]).run().code(0).json();
    let own = document("gmail");
    assert_eq!((&own["name"], &own["source"]), (&json!("Our Gmail"), &json!(wins)));
    assert_eq!(own["smtp"], json!([{"host": "smtp.gmail.com", "port": 465, "security": "tls"}]));
    let added = document("ops@lab.test");
    assert_eq!((&added["key"], &added["source"], &added["stale"]), (&json!("lab"), &json!(adds), &json!(true)));
    let text = sandbox.mailsetup(["providers", "lab"]).run().code(0).stdout;
    for said in ["home/.config/mailsetup/providers/lab.toml", "months ago", "smtp.465"] {
        assert!(text.contains(said), "{said} in\n{text}");
    }
    assert!(sandbox.mailsetup(["providers"]).run().code(0).stdout.contains("Lab: our own server"));
}

#[test]
fn an_unknown_key_is_named_with_file_line_and_the_nearest_and_passed_over() {
    let sandbox = Sandbox::new();
    sandbox.write("home/.config/mailsetup/providers/lab.toml", OWN.replace("domains =", "domain ="));
    let named = sandbox.mailsetup(["providers", "lab"]).run().code(0);
    assert!(named.stderr.contains("providers/lab.toml:4:"), "{}", named.stderr);
    assert!(named.stderr.contains("Did you mean domains?"), "{}", named.stderr);
    let document: Value = sandbox.mailsetup(["providers", "lab", "--json"]).run().code(0).json();
    assert_eq!((&document["key"], &document["domains"]), (&json!("lab"), &json!([])));
}

#[test]
fn mail_that_no_program_can_send_is_said_first() {
    let sandbox = Sandbox::new();
    let none = "name = 'Closed'\ncategory = 'none'\nchecked = '2026-11'\n[en]\nsummary = 'x'\n[fr]\nsummary = 'x'\n";
    sandbox.write("home/.config/mailsetup/providers/closed.toml", none);
    let text = sandbox.mailsetup(["providers", "closed"]).run().code(0).stdout;
    assert_eq!(text.lines().nth(1), Some("! No program can send through it: it has no SMTP."), "{text}");
    assert_eq!(sandbox.mailsetup(["providers", "closed", "--json"]).run().code(0).json()["no_smtp"], true);
    // What a file says cannot move the cursor.
    sandbox.write("home/.config/mailsetup/providers/closed.toml", none.replace("'x'", "\"\\u001b[2Jx\""));
    let text = sandbox.mailsetup(["providers", "closed"]).run().code(0).stdout;
    assert!(text.contains("\\u{1b}[2Jx"), "{text}");
}

#[test]
fn old_facts_are_listed_oldest_first() {
    let sandbox = Sandbox::new();
    let own = |key: &str, checked: &str| {
        sandbox.write(format!("home/.config/mailsetup/providers/{key}.toml"), OWN.replace("2019-01", checked));
    };
    own("lab", "2019-01");
    own("shed", "2014-07");
    let stale = sandbox.mailsetup(["providers", "--stale=60"]).run().code(0);
    let rows: Vec<&str> = stale.stdout.lines().collect();
    assert_eq!(rows, ["2014-07  shed: Lab", "2019-01  lab: Lab"]);
    assert_eq!(keys(&sandbox.mailsetup(["providers", "--stale=60", "--json"]).run().code(0)), ["shed", "lab"]);
    assert_eq!(keys(&sandbox.mailsetup(["providers", "shed", "--stale=60", "--json"]).run().code(0)), ["shed"]);
    let none = sandbox.mailsetup(["targets", "--stale=1000"]).run().code(0);
    assert!(none.stdout.is_empty() && none.stderr.contains("1000"), "{}", none.stderr);
    sandbox.mailsetup(["targets", "--stale", "--json"]).run().code(0);
    // A number behind the flag is its months, and what is no provider has its date too.
    assert_eq!(keys(&sandbox.mailsetup(["providers", "--stale", "60", "--json"]).run().code(0)), ["shed", "lab"]);
    sandbox.write("home/.config/mailsetup/families/flux.toml", "name = 'Flux'\nchecked = '2016-01'\nsources = ['here']\n");
    let words = "name = 'Flux'\nchecked = '2016-02'\nsources = ['here']\n[words]\nrefused = ['flux is closed']\n";
    sandbox.write("home/.config/mailsetup/words/flux.toml", words);
    let listed = |args: &[&str]| sandbox.mailsetup(args).run().code(0).stdout;
    assert_eq!(listed(&["providers", "flux", "--stale", "60"]), "2016-01  flux (family of providers)\n");
    assert_eq!(listed(&["targets", "--stale=60"]), "2016-02  flux (client words)\n");
    let document: Value = sandbox.mailsetup(["targets", "--stale=60", "--json"]).run().code(0).json();
    assert_eq!(document, json!({"kind": "words", "key": "flux", "checked": "2016-02", "sources": ["here"], "stale": true}));
    sandbox.mailsetup(["providers", "nosuch", "--stale"]).run().code(66);
    assert!(sandbox.mailsetup(["providers", "--stale=old"]).run().code(64).stderr.contains("--stale"));
}
