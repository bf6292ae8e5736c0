//! What stands beside failures, and what went well.

use super::{super::*, CLIENTS, Case, LOCAL, SHARED, cases};

/// What stands beside failures in what people paste, and says nothing of them.
const BESIDE: [&str; 20] = [
    "Nov 30 03:11:13 web1 postfix/cleanup[12]: 4F1A2C0: message-id=<20261130031113.4F1A2C0@web1.example.org>",
    "Nov 30 03:11:13 web1 postfix/qmgr[9]: 4F1A2C0: from=<root@web1.example.org>, size=512, nrcpt=1 (queue active)",
    "Nov 30 03:11:13 web1 postfix/pickup[8]: 4F1A2C0: uid=0 from=<root>",
    "Nov 30 03:11:13 web1 postfix/qmgr[9]: 4F1A2C0: removed",
    "Nov 30 03:11:13 web1 postfix/smtp[7]: 1B2C3D4: to=<b@example.org>, relay=mx.example.org[192.0.2.9]:25, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 99)",
    "Nov 30 03:11:13 web1 postfix/smtpd[3]: connect from unknown[192.0.2.77]",
    "Nov 30 03:11:13 web1 postfix/smtpd[3]: lost connection after AUTH from unknown[192.0.2.77]",
    "Nov 30 03:11:13 web1 postfix/smtpd[3]: disconnect from unknown[192.0.2.77] ehlo=1 auth=0/1 commands=1/2",
    "Nov 30 03:11:13 web1 postfix/smtpd[3]: warning: hostname scan.example.net does not resolve to address 192.0.2.77",
    "Nov 30 03:11:13 web1 postfix/smtp[7]: Untrusted TLS connection established to mx.example.org[192.0.2.9]:25: TLSv1.3",
    "Nov 30 03:11:13 web1 postfix/smtp[7]: connect to mx.example.org[2001:db8::9]:25: Network is unreachable",
    "Nov 30 03:11:13 web1 postfix/cleanup[5]: warning: connect to Milter service inet:localhost:8891: Connection refused",
    "verify error:num=18:self-signed certificate",
    "Verify return code: 18 (self-signed certificate)",
    "2026-11-30 05:11:43 1rXyZa-0001Ab-Cd <= root@web1.example.org U=root P=local S=512",
    "2026-11-30 05:11:43 1rXyZa-0001Ab-Cd => b@example.org R=smarthost T=remote_smtp_smarthost H=mx.example.org [192.0.2.9]",
    "Message-ID: <20261130031113.4F1A2C0@web1.example.org>",
    "Received: from web1.example.org (unknown [192.0.2.5])\n\tby mx.example.org (Postfix) with ESMTPS id 4F1A2C0",
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit",
    "Date: Mon, 30 Nov 2026 03:11:13 +0000\nFrom: root@web1.example.org\nSubject: Cron <root@web1> backup: failed",
];

#[test]
fn what_stands_beside_a_failure_does_not_decide() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let cases: Vec<Case> = [SHARED, LOCAL, CLIENTS].into_iter().flat_map(cases).collect();
    let (mut tried, mut lost) = (0, Vec::new());
    for case in &cases {
        let right = |reply: String| {
            let cause = doctor.explain(&Explain { reply: reply.into_bytes(), ..case.input() }).cause;
            cause == case.cause || case.also.contains(&cause)
        };
        for beside in BESIDE {
            let said = &case.reply;
            for text in [format!("{beside}\n{said}"), format!("{said}\n{beside}"), format!("{beside}\n{said}\n{beside}")] {
                tried += 1;
                if !right(text) {
                    lost.push(format!("{} with {beside}", case.id));
                }
            }
        }
    }
    assert!(lost.len() * 100 <= tried, "{} of {tried}:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn deliveries_that_went_well_are_no_failure() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let lines: Vec<&str> = [0, 1, 2, 3, 4, 9, 14, 15].into_iter().filter_map(|place| BESIDE.get(place).copied()).collect();
    let log = format!("{}\n", lines.join("\n")).repeat(2500);
    for said in [log.as_str(), "250 2.0.0 Ok: queued as 4F1", BESIDE[0]] {
        let diagnosis = doctor.explain(&Explain::new(said));
        assert_eq!((diagnosis.cause.as_str(), diagnosis.sure), (UNKNOWN, Certainty::Guess));
        assert_eq!(diagnosis.title, "No failure in this text");
    }
}
