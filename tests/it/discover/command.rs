//! `mailsetup detect`, without a network.

use serde_json::{Value, json};

use crate::support::sandbox::{Output, Sandbox};

fn detect(arguments: &[&str]) -> Output {
    Sandbox::new().mailsetup(["detect", "--offline"].iter().chain(arguments)).run()
}

fn documents(out: &Output) -> Vec<Value> {
    out.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_document_has_every_field_of_the_contract_and_more() {
    let document = detect(&["--json", "jane@gmail.com"]).code(0).json();
    let mut keys: Vec<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let expected = [
        "address", "consents", "fault", "found_at", "gateway", "imap", "notes", "others", "provider", "smtp", "source",
        "username", "warnings",
    ];
    assert_eq!(keys, expected);
    assert_eq!((&document["source"], &document["username"]), (&json!("preset"), &json!("address")));
    assert_eq!(document["imap"], json!([{"host": "imap.gmail.com", "port": 993, "security": "tls"}]));
    for key in ["consents", "notes", "others"] {
        assert_eq!(document[key], json!([]), "{key}");
    }
}

#[test]
fn the_end_that_has_to_be_mended_first_counts() {
    detect(&["jane@gmail.com", "jane@nobody-knows-it.test"]).code(69);
    detect(&["jane@nobody-knows-it.test", "nobody", "jane@gmail.com"]).code(65);
    detect(&["jane@gmail.com", "jane@126.com"]).code(0);
    let both = Sandbox::new().mailsetup(["detect", "--offline", "--database", "jane@gmail.com"]).run().code(64);
    assert!(both.stderr.contains("--database") || both.stderr.contains("--offline"), "{}", both.stderr);
    Sandbox::new().mailsetup(["detect", "--timeout", "soon", "jane@gmail.com"]).run().code(64);
}

#[test]
fn a_person_reads_servers_login_consents_and_warnings() {
    let out = detect(&["jane@gmail.com"]).code(0).stdout;
    for part in
        ["jane@gmail.com  Gmail\n", "smtp.gmail.com:465", "starttls\n", "imap.gmail.com:993", "login    jane@gmail.com\n"]
    {
        assert!(out.contains(part), "{part:?} is not in\n{out}");
    }
    let out = detect(&["--lang", "fr", "jane@bb-niigata.jp"]).code(0).stdout;
    for part in ["liste de domaines", "pop.bb-niigata.jp:25", "login    jane\n", "? À confirmer\u{a0}: pop.bb-niigata.jp"] {
        assert!(out.contains(part), "{part:?} is not in\n{out}");
    }
    let out = detect(&["jane@nobody-knows-it.test"]).code(69).stdout;
    assert!(out.contains("--provider custom"), "{out}");
}

#[test]
fn a_provider_without_smtp_says_so() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "home/.config/mailsetup/providers/closed.toml",
        "name = 'Closed Mail'\ncategory = 'none'\nchecked = '2026-11'\ndomains = ['closed.test']\n\
         [en]\nsummary = 'x'\nwarnings = ['Use its own program.']\n[fr]\nsummary = 'x'\nwarnings = ['x']\n",
    );
    let out = sandbox.mailsetup(["detect", "--offline", "jane@closed.test"]).run().code(0).stdout;
    assert!(out.contains("Closed Mail has no SMTP") && out.contains("! Use its own program."), "{out}");
    let document = sandbox.mailsetup(["detect", "--offline", "--json", "jane@closed.test"]).run().code(0).json();
    assert_eq!((&document["provider"], &document["smtp"]), (&json!("closed"), &json!([])));
    assert_eq!(document["warnings"], json!(["Use its own program."]));
}

#[test]
fn a_mistyped_domain_is_a_warning() {
    let sandbox = Sandbox::new();
    let document = sandbox.mailsetup(["detect", "--offline", "--json", "jane@gmial.com"]).run().code(69).json();
    assert!(document["warnings"][0].as_str().unwrap().contains("gmail.com"), "{document}");
    let out = sandbox.mailsetup(["detect", "--offline", "jane@gmial.com"]).run().code(69);
    assert!(out.stderr.contains("gmail.com"), "{}", out.stderr);
    // Online as well nothing of it is looked up: not even that there is no network is found out.
    for typed in ["jane@gmial.com", "jane@xn--gmal-nza.com", "jane@\u{261}mail.com"] {
        let document = sandbox.mailsetup(["detect", "--json", typed]).env_remove("MAILSETUP_OFFLINE").run().code(69).json();
        assert_eq!((&document["fault"], &document["smtp"], &document["notes"]), (&json!(null), &json!([]), &json!([])));
        assert!(document["warnings"][0].as_str().unwrap().contains("--this-domain"), "{document}");
    }
    for host in ["smtp.gmial.com", "smtp.gma\u{131}l.com"] {
        let document = sandbox.mailsetup(["probe", "--json", host]).run().code(69).json();
        assert_eq!((&document["addresses"], &document["doors"]), (&json!([]), &json!([])), "{document}");
        assert!(document["warnings"][0].as_str().unwrap().contains("gmail.com"), "{document}");
    }
    let said = sandbox.mailsetup(["detect", "--offline", "--this-domain", "--json", "jane@gmial.com"]).run().code(69).json();
    assert_eq!(said["warnings"], json!([]));
}

#[test]
fn international_domains_find_their_preset() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "home/.config/mailsetup/providers/buch.toml",
        "name = 'Buch'\ncategory = 'mailbox'\nchecked = '2026-11'\ndomains = ['xn--bcher-kva.test']\n\
         smtp = [{ host = 'smtp.{domain}', port = 465, security = 'tls' }]\n\
         [en]\nsummary = 'x'\n[fr]\nsummary = 'x'\n",
    );
    let document = sandbox.mailsetup(["detect", "--offline", "--json", "jane@Bücher.test"]).run().code(0).json();
    assert_eq!((&document["provider"], &document["smtp"][0]["host"]), (&json!("buch"), &json!("smtp.xn--bcher-kva.test")));
}

#[test]
fn standard_input_gives_one_line_an_address_in_order() {
    let count = 3000;
    let domains = ["gmail.com", "126.com", "nobody-knows-it.test", "bb-niigata.jp"];
    let mut lines: Vec<String> = (0..count).map(|at| format!("user{at}@{}", domains[at % domains.len()])).collect();
    // Blank lines are none; a line without end is no address, and the next one is read.
    lines.insert(7, String::new());
    lines.insert(9, format!("{}@gmail.com", "x".repeat(300_000)));
    let sandbox = Sandbox::new();
    let out = sandbox.mailsetup(["detect", "--offline", "--json", "-"]).stdin(lines.join("\r\n")).run().code(65);
    let documents = documents(&out);
    let address = |document: &Value| document["address"].as_str().unwrap().to_owned();
    let (long, others): (Vec<&Value>, Vec<&Value>) = documents.iter().partition(|document| address(document).len() > 100);
    assert!(long.len() == 1 && address(long[0]).len() < 5000, "nothing without end is kept");
    assert_eq!(address(&documents[8]), address(long[0]), "its place is kept");
    assert_eq!(others.len(), count);
    for (at, document) in others.iter().enumerate() {
        assert_eq!(address(document), format!("user{at}@{}", domains[at % domains.len()]));
    }
}

#[test]
fn whoever_reads_may_stop_reading() {
    let sandbox = Sandbox::new();
    let addresses = "jane@gmail.com\n".repeat(20_000);
    let script = "mailsetup detect --offline --json - | head -n 1";
    let out = sandbox.program("sh", ["-c", script]).stdin(addresses).run().code(0);
    assert_eq!((out.stdout.lines().count(), out.stderr.as_str()), (1, ""));
}

#[test]
fn foreign_text_does_not_reach_the_terminal() {
    let out = detect(&["jane\u{1b}[31m@gmail.com", "a\u{202e}b@x.test"]).code(65);
    assert!(!out.stderr.contains('\u{1b}') && !out.stdout.contains('\u{1b}'), "{out:?}");
    assert!(!out.stderr.contains('\u{202e}') && !out.stdout.contains('\u{202e}'), "{out:?}");
}
