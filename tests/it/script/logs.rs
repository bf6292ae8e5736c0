//! `explain` of whole logs.

use std::fs;

use serde_json::Value;

use super::{super::support::sandbox::Sandbox, json_lines};

pub(super) const LOG: &str = "\
2026-11-29T03:11:12+00:00 web1 postfix/smtpd[9]: NOQUEUE: reject: RCPT from unknown[192.0.2.66]: 554 5.7.1 <x@y.test>: Relay access denied; from=<a@z.test> to=<x@y.test> proto=ESMTP helo=<z>
2026-11-29T03:11:13+00:00 web1 postfix/cleanup[7]: 4F1A2C0: message-id=<1.4F1A2C0@web1>
2026-11-29T03:11:13+00:00 web1 postfix/smtp[12]: 4F1A2C0: to=<ops@example.org>, relay=smtp.example.org[192.0.2.1]:587, dsn=2.0.0, status=sent (250 2.0.0 Ok)
2026-11-30T05:00:01+00:00 web1 postfix/smtp[13]: 4F1A2C2: to=<a@example.org>, relay=none, dsn=4.4.1, status=deferred (connect to smtp.example.org[192.0.2.1]:587: Connection refused)
2026-11-30T05:10:01+00:00 web1 postfix/smtp[14]: 4F1A2C3: to=<b@example.org>, relay=none, dsn=4.4.1, status=deferred (connect to smtp.example.org[192.0.2.1]:587: Connection refused)
";

fn causes(groups: &[Value]) -> Vec<(&str, u64, bool)> {
    let of = |group: &'_ Value| (group["count"].as_u64().unwrap(), group["ours"].as_bool().unwrap());
    groups.iter().map(|group| (group["cause"].as_str().unwrap(), of(group).0, of(group).1)).collect()
}

#[test]
fn a_log_is_explained_by_cause() {
    let sandbox = Sandbox::new();
    let file = sandbox.path("mail.log");
    fs::write(&file, LOG).unwrap();
    let file = file.to_str().unwrap();
    let expected = [("connection_refused", 2, true), ("relay_denied", 1, false)];
    for words in [&["explain", "--json", "-f", file][..], &["explain", "--json", file], &["explain", "--json", "-"]] {
        let out = sandbox.mailsetup(words).stdin(LOG).run().code(0);
        let groups = json_lines(&out);
        assert_eq!(causes(&groups), expected, "{words:?}");
        assert_eq!(groups[0]["first"], "2026-11-30T05:00:01Z");
        assert_eq!(groups[0]["last"], "2026-11-30T05:10:01Z");
        assert_eq!(groups[0]["messages"], serde_json::json!(["4F1A2C2", "4F1A2C3"]));
        assert_eq!(groups[0]["recipients"], serde_json::json!(["a@example.org", "b@example.org"]));
        assert!(groups[0]["line"].as_str().unwrap().contains("4F1A2C3") && groups[0]["steps"].is_array());
    }
    let since = ["explain", "--json", "-f", file, "--since", "2026-11-30T05:05:00Z"];
    assert_eq!(causes(&json_lines(&sandbox.mailsetup(since).run().code(0))), [("connection_refused", 1, true)]);
    let said = sandbox.mailsetup(["explain", "-f", file]).run().code(0);
    assert!(said.stdout.starts_with("2 × ") && said.stdout.contains("4F1A2C2, 4F1A2C3"), "{}", said.stdout);
    assert!(said.stderr.contains("5 lines read"), "{}", said.stderr);
}

#[test]
fn a_log_without_failures_says_so() {
    let sandbox = Sandbox::new();
    let fine = LOG.lines().skip(1).take(2).collect::<Vec<_>>().join("\n") + "\n";
    for log in [fine.clone(), fine.repeat(1000)] {
        let said = sandbox.mailsetup(["explain", "-"]).stdin(&*log).run().code(0);
        assert!(said.stdout.starts_with("No failure"), "{}", said.stdout);
        assert_eq!(sandbox.mailsetup(["explain", "-", "--json"]).stdin(&*log).run().code(0).json()["cause"], "unknown");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let run = |words: &[&str]| Sandbox::new().mailsetup(words).run();
    assert!(run(&["explain", "-f", "/nonexistent/mail.log"]).code(66).stderr.contains("/nonexistent/mail.log"));
    assert!(run(&["explain", "--since", "soon", "-f", "/dev/null"]).code(64).stderr.contains("soon"));
    run(&["explain", "-f", "/dev/null", "some reply"]).code(64);
    let sandbox = Sandbox::new();
    let no_log = sandbox.mailsetup(["explain", "-", "--since", "2h"]).stdin("535 5.7.8 no").run().code(65);
    assert!(no_log.stderr.contains("--since"), "{}", no_log.stderr);
    // A line without an end, and bytes that are no text.
    let long = format!("{LOG}2026-11-30T05:11:01+00:00 web1 postfix/smtp[14]: error {}", "x\u{0}".repeat(100_000));
    let said = sandbox.mailsetup(["explain", "-", "--json"]).stdin(&*long).run().code(0);
    assert!(said.stderr.contains("16 KiB"), "{}", said.stderr);
    assert_eq!(json_lines(&said).len(), 2);
}

/// The log in a gzip file: one stored block (RFC 1951, 3.2.4).
fn packed() -> Vec<u8> {
    let length = u16::try_from(LOG.len()).unwrap();
    let block = [&[1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), LOG.as_bytes()].concat();
    [b"\x1f\x8b\x08\0\0\0\0\0\0\x03", block.as_slice(), &[0; 8]].concat()
}

#[test]
fn what_is_packed_is_read_and_other_files_are_named() {
    let sandbox = Sandbox::new();
    let file = sandbox.path("mail.log.2.gz");
    fs::write(&file, packed()).unwrap();
    let expected = [("connection_refused", 2, true), ("relay_denied", 1, false)];
    let of_file = sandbox.mailsetup(["explain", "--json", file.to_str().unwrap()]).run().code(0);
    assert_eq!(causes(&json_lines(&of_file)), expected);
    let piped = sandbox.mailsetup(["explain", "--json", "-"]).stdin(packed()).run().code(0);
    assert_eq!(causes(&json_lines(&piped)), expected);
    let cut = packed()[..60].to_vec();
    sandbox.mailsetup(["explain", "-"]).stdin(cut).run().code(74);
    let xz = sandbox.mailsetup(["explain", "-"]).stdin(&b"\xfd7zXZ\0\0\x04"[..]).run().code(65);
    assert!(xz.stderr.contains("xz -dc FILE | mailsetup explain"), "{}", xz.stderr);
    for missing in ["/nonexistent/mail.log", "no-such.eml"] {
        assert!(sandbox.mailsetup(["explain", missing]).run().code(66).stderr.contains(missing));
    }
}

#[test]
fn a_list_of_waiting_messages_is_explained_by_cause() {
    let list = "\
-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
4F1A2C0B12      612 Mon Nov 30 03:11:13  root@web1.example.org
(connect to smtp.example.org[192.0.2.1]:587: Connection refused)
                                         a@example.org

4F1A2C0B13      612 Mon Nov 30 03:11:14  root@web1.example.org
(connect to smtp.example.org[192.0.2.1]:587: Connection refused)
                                         b@example.org

4F1A2C0B14      612 Mon Nov 30 03:11:15  root@web1.example.org
(host mx.example.net[192.0.2.2] said: 451 4.7.1 Greylisting in action, please come back later (in reply to RCPT TO command))
                                         c@example.net

-- 2 Kbytes in 3 Requests.
";
    let sandbox = Sandbox::new();
    let groups = json_lines(&sandbox.mailsetup(["explain", "--json", "-"]).stdin(list).run().code(0));
    assert_eq!(causes(&groups), [("connection_refused", 2, true), ("greylisted", 1, true)]);
    assert_eq!(groups[0]["messages"], serde_json::json!(["4F1A2C0B12", "4F1A2C0B13"]));
    assert_eq!(groups[0]["recipients"], serde_json::json!(["a@example.org", "b@example.org"]));
    let exim = " 4h  1.2K 1rXyZa-0001Ab-Cd <root@web1.example.org>\n          a@example.org\n";
    let said = sandbox.mailsetup(["explain", "-"]).stdin(exim).run().code(0);
    assert!(said.stdout.contains("exim4 -Mvl 1rXyZa-0001Ab-Cd | mailsetup explain"), "{}", said.stdout);
    let challenge = sandbox.mailsetup(["explain", "334 VXNlcm5hbWU6"]).run().code(0);
    assert!(challenge.stdout.contains("Username"), "{}", challenge.stdout);
}

#[test]
fn a_provider_that_nobody_knows_is_named_with_the_nearest() {
    let run = |provider: &str| Sandbox::new().mailsetup(["explain", "--provider", provider, "535 no"]).run();
    assert!(run("gmial").code(64).stderr.contains("gmail"));
    for known in ["gmail", "google", "generic"] {
        run(known).code(0);
    }
}
