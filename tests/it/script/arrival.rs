//! What the receiver said of a message, as a script and a person see it.

use serde_json::json;

use super::super::support::sandbox::{Output, Sandbox};

/// The receiver's line, above the hop by which it took the message.
const PASSES: &str = "mx.b.test; spf=pass smtp.mailfrom=ops@a.test; dkim=pass header.d=a.test header.s=s1; dmarc=pass (p=reject) header.from=a.test";

/// A message of which the receiver says this, with these headers more.
fn message(results: &str, more: &str) -> String {
    format!(
        "Return-Path: <ops@a.test>\r\n\
         Received: from mx.b.test ([10.0.0.1]) by imap.b.test with LMTP id 1; Mon, 30 Nov 2026 06:12:09 +0000\r\n\
         Authentication-Results: {results}\r\n\
         Received: from web1.a.test (unknown [203.0.113.5])\r\n\t(using TLSv1.3 with cipher X) by mx.b.test (Postfix) with ESMTPS id 2;\r\n\tMon, 30 Nov 2026 06:12:08 +0000\r\n\
         {more}From: Shop <ops@a.test>\r\nSubject: private\r\nDate: Mon, 30 Nov 2026 06:12:03 +0000\r\n\r\nAuthentication-Results: body\r\n"
    )
}

fn read(message: &str, words: &[&str]) -> Output {
    Sandbox::new().mailsetup([&["arrival", "--eml", "-"], words].concat()).stdin(message).run()
}

#[test]
fn the_document_of_a_message() {
    let forged = "Authentication-Results: mx.b.test; dmarc=fail\r\nReceived: from php by web1.a.test with ESMTP; Mon, 30 Nov 2026 06:12:04 +0000\r\n";
    let said = read(&message(PASSES, forged), &["--json"]).code(0).json();
    for (key, value) in [
        ("ok", json!(true)),
        ("outcome", json!("passed")),
        ("receiver", json!("mx.b.test")),
        ("folder", json!(null)),
        ("ms", json!(5000)),
        ("from", json!("a.test")),
        ("envelope", json!("a.test")),
        ("spf", json!("pass")),
        ("spf_aligned", json!(true)),
        ("dkim", json!([{"result": "pass", "domain": "a.test", "selector": "s1", "aligned": true, "alignment": "strict"}])),
        ("dmarc", json!("pass")),
        ("policy", json!("reject")),
        ("forged", json!([{"receiver": "mx.b.test", "claims": ["dmarc=fail"]}])),
        ("advice", json!([])),
    ] {
        assert_eq!(said[key], value, "{key}");
    }
    let hop = json!({
        "from": "web1.a.test", "address": "203.0.113.5", "by": "mx.b.test", "with": "ESMTPS", "tls": "1.3",
        "time": "2026-11-30T06:12:08Z", "ms": 4000, "told_by": "receiver",
    });
    assert_eq!((&said["hops"][1], said["hops"].as_array().unwrap().len()), (&hop, 3));
    assert_eq!(said["hops"][0]["told_by"], "sender");
    assert!(!said.to_string().contains("private") && !said.to_string().contains("ops@"), "{said}");
}

#[test]
fn the_exit_status_says_what_it_comes_to() {
    for (results, more, code, outcome, advice) in [
        (PASSES, "", 0, "passed", &[][..]),
        (PASSES, "X-Spam-Flag: YES\r\n", 1, "junk", &["landed_in_spam"]),
        ("mx.b.test; spf=fail smtp.mailfrom=a.test; dmarc=fail", "", 1, "failing", &["spf_fail", "dkim_none"]),
        ("mx.b.test; dkim=pass header.d=relay.test; dmarc=fail", "", 1, "failing", &["dmarc_unaligned"]),
        ("mx.b.test; none", "", 75, "unsaid", &["no_verdict"]),
    ] {
        let said = read(&message(results, more), &["--json"]).code(code).json();
        assert_eq!((&said["outcome"], &said["ok"]), (&json!(outcome), &json!(code == 0)), "{results}");
        let codes: Vec<&str> = said["advice"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(codes, advice, "{said}");
    }
}

#[test]
fn a_person_reads_what_to_change_in_their_language() {
    let failing = message("mx.b.test; spf=fail smtp.mailfrom=a.test; dkim=none; dmarc=fail (p=none)", "");
    for (lang, words) in [
        ("en", ["does not prove to be from a.test", "fail, the domain of From", "Add ip4:203.0.113.5", "TLS 1.3"]),
        ("fr", ["rien ne prouve", "fail, le domaine de From", "Ajoutez-y ip4:203.0.113.5", "TLS 1.3"]),
        ("de", ["nicht erwiesen", "fail, die Domain von From", "ip4:203.0.113.5", "TLS 1.3"]),
    ] {
        let said = read(&failing, &["--lang", lang]).code(1).stdout;
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(flat.contains(word), "{word} in {said}");
        }
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    }
    let all_well = read(&message(PASSES, ""), &[]).code(0).stdout;
    assert!(
        all_well.starts_with("What the receiver checked passes for a.test") && !all_well.contains("What to do"),
        "{all_well}"
    );
}

#[test]
fn a_file_is_read_and_what_is_none_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("home/mail.eml", message(PASSES, ""));
    sandbox.write("home/notes.txt", "hello\n");
    let run = |words: &[&str]| sandbox.mailsetup([&["arrival"], words].concat()).run();
    run(&["--eml", "mail.eml"]).code(0);
    assert_eq!(sandbox.mailsetup(["arrival", "--json"]).env("MAILSETUP_EML", "mail.eml").run().code(0).json()["ok"], true);
    assert!(run(&["--eml", "none.eml"]).code(66).stderr.contains("none.eml"));
    assert!(run(&["--eml", "."]).code(66).stderr.contains('.'));
    let none = run(&["--eml", "notes.txt", "--json"]).code(65);
    assert_eq!(none.json()["error"]["code"], "bad_data");
    assert!(none.stderr.contains(".eml"), "{}", none.stderr);
    assert!(run(&[]).code(64).stderr.contains("--eml"));
    // What stands behind the headers is taken from a pipe and not read.
    let long = message(PASSES, "") + &"x".repeat(3 << 20);
    read(&long, &["--json"]).code(0);
}

#[test]
fn foreign_words_are_text() {
    let evil = "\u{1b}[31mevil\u{7}\u{202e}";
    let more = format!("DKIM-Signature: d=a.test; s={evil}; b=x\r\nX-Spam-Status: No, score=1 required={evil}\r\n");
    let results =
        format!("mx.b.test; spf={evil} smtp.mailfrom={evil}; dkim=fail header.d=a.test header.s={evil}; {evil}=pass");
    for words in [&[][..], &["--json"]] {
        let out = read(&message(&results, &more), words);
        let said = format!("{}{}", out.stdout, out.stderr);
        assert!(said.contains("evil") && !said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{}", said.escape_debug());
    }
}
