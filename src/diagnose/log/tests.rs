//! Logs of every mailer.

use super::*;
use crate::presets::{Catalog, Lang};

const CLOCK: LogClock = LogClock { now: 1_796_040_000, offset: 0 };

fn report_since(log: &str, since: Option<i64>) -> LogReport {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let mut reader = LogReader::new(&doctor, Explain::default(), CLOCK, since);
    log.lines().for_each(|line| reader.line(line.as_bytes(), false));
    reader.finish()
}

/// Each group's cause, count and side.
fn groups(log: &str) -> Vec<(String, u64, bool)> {
    report_since(log, None).groups.into_iter().map(|group| (group.diagnosis.cause, group.count, group.ours)).collect()
}

fn group(cause: &str, count: u64, ours: bool) -> (String, u64, bool) {
    (cause.to_owned(), count, ours)
}

const POSTFIX: &str = "\
Nov 30 03:11:12 web1 postfix/smtpd[9]: connect from unknown[192.0.2.66]
Nov 30 03:11:12 web1 postfix/smtpd[9]: warning: unknown[192.0.2.66]: SASL LOGIN authentication failed: UGFzc3dvcmQ6
Nov 30 03:11:12 web1 postfix/smtpd[9]: lost connection after AUTH from unknown[192.0.2.66]
Nov 30 03:11:12 web1 postfix/smtpd[9]: NOQUEUE: reject: RCPT from unknown[192.0.2.66]: 554 5.7.1 <x@y.example>: Relay access denied; from=<a@z.example> to=<x@y.example> proto=ESMTP helo=<z>
Nov 30 03:11:13 web1 postfix/pickup[8]: 4F1A2C0: uid=0 from=<root>
Nov 30 03:11:13 web1 postfix/cleanup[7]: 4F1A2C0: message-id=<1.4F1A2C0@web1>
Nov 30 03:11:13 web1 postfix/smtp[12]: 4F1A2C0: to=<ops@example.org>, relay=smtp.example.org[192.0.2.1]:587, delay=0.1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 1)
Nov 30 04:11:13 web1 postfix/smtp[12]: warning: SASL authentication failure: No worthy mechs found
Nov 30 04:11:13 web1 postfix/smtp[12]: 4F1A2C1: SASL authentication failed; cannot authenticate to server smtp.example.org[192.0.2.1]: no mechanism available
Nov 30 04:11:13 web1 postfix/smtp[12]: 4F1A2C1: to=<ops@example.org>, relay=smtp.example.org[192.0.2.1]:587, delay=1, dsn=4.7.0, status=deferred (SASL authentication failed; cannot authenticate to server smtp.example.org[192.0.2.1]: no mechanism available)
Nov 30 05:00:01 web1 postfix/smtp[13]: connect to smtp.example.org[192.0.2.1]:587: Connection refused
Nov 30 05:00:01 web1 postfix/smtp[13]: 4F1A2C2: to=<a@example.org>, relay=none, delay=1, dsn=4.4.1, status=deferred (connect to smtp.example.org[192.0.2.1]:587: Connection refused)
Nov 30 05:10:01 web1 postfix/smtp[14]: 4F1A2C3: to=<b@example.org>, relay=none, delay=1, dsn=4.4.1, status=deferred (connect to smtp.example.org[192.0.2.1]:587: Connection refused)
Nov 30 05:11:01 web1 postfix/smtp[15]: connect to mx1.example.org[192.0.2.1]:25: Connection timed out
Nov 30 05:11:02 web1 postfix/smtp[15]: 4F1A2C4: to=<b@example.org>, relay=mx2.example.org[192.0.2.2]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 2)
";

#[test]
fn a_failure_counts_once_by_cause_and_strangers_stand_apart() {
    let expected = [
        group("connection_refused", 2, true),
        group("auth_mechanism_unsupported", 1, true),
        group("bad_credentials", 1, false),
        group("relay_denied", 1, false),
    ];
    assert_eq!(groups(POSTFIX), expected);
}

#[test]
fn a_group_names_its_messages_its_recipients_and_its_times() {
    let refused = report_since(POSTFIX, None).groups.remove(0);
    assert_eq!((refused.messages, refused.recipients.len()), (vec!["4F1A2C2".to_owned(), "4F1A2C3".to_owned()], 2));
    let times = (refused.first.unwrap().to_string(), refused.last.unwrap().to_string());
    assert_eq!(times, ("2026-11-30T05:00:01".to_owned(), "2026-11-30T05:10:01".to_owned()));
    assert!(refused.line.starts_with("Nov 30 05:10:01 web1 postfix/smtp[14]: 4F1A2C3"), "{}", refused.line);
}

#[test]
fn every_mailers_failures_are_counted() {
    let exim = "\
        2026-11-30 05:11:43 1rXyZa-0001Ab-Cd <= root@web1 U=root P=local S=512\n\
        2026-11-30 05:11:43 1rXyZa-0001Ab-Cd H=smtp.example.org [192.0.2.1] Connection refused\n\
        2026-11-30 05:11:43 1rXyZa-0001Ab-Cd == a@example.org R=smarthost T=remote_smtp_smarthost defer (111): Connection refused\n\
        2026-11-30 05:12:00 H=(x) [192.0.2.7] F=<a@b.example> rejected RCPT <c@d.example>: relay not permitted\n\
        2026-11-30 05:13:00 1rXyZb-0001Ab-Cd ** a@example.org R=nonlocal: Mailing to remote domains not supported\n";
    let expected = [group("connection_refused", 1, true), group("local_only", 1, true), group("relay_denied", 1, false)];
    assert_eq!(groups(exim), expected);
    let msmtp = "\
        Nov 30 03:11:13 host=smtp.example.org tls=on auth=on user=u from=a@b.example recipients=c@d.example mailsize=10 smtpstatus=250 smtpmsg='250 ok' exitcode=EX_OK\n\
        Nov 30 03:12:13 host=smtp.example.org tls=on auth=on user=u from=a@b.example recipients=c@d.example,e@d.example smtpstatus=535 smtpmsg='535 5.7.8 Authentication failed' errormsg='authentication failed (method PLAIN)' exitcode=EX_NOPERM\n";
    let report = report_since(msmtp, None);
    assert_eq!(report.groups[0].recipients, ["c@d.example", "e@d.example"]);
    assert_eq!(groups(msmtp), [group("bad_credentials", 1, true)]);
    let others = "\
        Nov 30 03:11:13 web1 sm-mta[1]: 2BUx3AbC001234: to=<a@b.example>, delay=00:00:01, mailer=relay, dsn=4.0.0, stat=Deferred: Connection timed out with smtp.example.org.\n\
        Nov 30 03:11:14 web1 sm-mta[1]: 2BUx3AbC001235: to=<a@b.example>, mailer=relay, dsn=2.0.0, stat=Sent (Ok: queued as 550 5)\n\
        Nov 30 03:11:15 web1 dma[1d.55]: trying remote delivery to smtp.example.org [192.0.2.1] pref 0\n\
        Nov 30 03:11:15 web1 dma[1d.55]: remote delivery deferred: SMTP login failed: 535 5.7.8 authentication failed\n\
        Nov 30 03:11:15 web1 dma[1d.55]: delivery deferred, retrying in 300 s\n\
        Nov 30 03:11:16 web1 nullmailer-send[1]: smtp: Failed: 550 5.1.1 no such user here\n\
        Nov 30 03:11:16 web1 nullmailer-send[1]: Sending failed:  Permanent error in sending the message\n\
        Nov 30 03:11:17 web1 smtpd[1]: 1c2d3e mta delivery evpid=9a8b from=<a@b.example> to=<c@d.example> rcpt=<-> source=\"-\" relay=\"x\" delay=1s result=\"PermFail\" stat=\"550 5.1.1 no such user here\"\n\
        Nov 30 03:11:18 web1 sshd[1]: error: authentication failed for root@mail\n";
    let expected = [group("recipient_unknown", 2, true), group("port_blocked", 1, true), group("bad_credentials", 1, true)];
    assert_eq!(groups(others), expected);
}

#[test]
fn lines_that_follow_belong_to_the_line_with_the_time() {
    let log = "2026-11-30 03:11:12 INFO started\n2026-11-30 03:11:13 ERROR mailer: sending failed\nTraceback (most recent call last):\n  \
        File \"a.py\", line 1\nsmtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed')\n2026-11-30 03:11:14 INFO done\n";
    assert_eq!(groups(log), [group("bad_credentials", 1, true)]);
}

#[test]
fn failures_count_from_a_time_on() {
    let since = log_since("2026-11-30 05:05", CLOCK);
    let report = report_since(POSTFIX, since);
    let counts: Vec<u64> = report.groups.iter().map(|group| group.count).collect();
    assert_eq!((report.lines, counts), (15, vec![1]));
}

#[test]
fn what_went_well_is_no_failure() {
    let line = "Nov 30 03:11:13 web1 postfix/smtp[12]: 4F1A2C0: to=<errors@example.org>, relay=x, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n\
        Nov 30 03:11:13 web1 postfix/smtp[12]: Trusted TLS connection established to smtp.example.org[192.0.2.1]:587\n";
    assert!(groups(&line.repeat(1000)).is_empty());
}

#[test]
fn memory_is_bounded() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let mut reader = LogReader::new(&doctor, Explain::default(), CLOCK, None);
    for number in 0..2 * MOST_OPEN {
        let line = format!("Nov 30 03:11:13 web1 postfix/smtp[{number}]: connect to a[192.0.2.1]:25: Connection refused");
        reader.line(line.as_bytes(), false);
    }
    reader.line(b"Nov 30 03:11:13 web1 postfix/smtp[1]: fatal: error", false);
    let long = "x".repeat(LONGEST_RECORD);
    (0..10).for_each(|_| reader.line(long.as_bytes(), true));
    assert!(reader.open.len() <= MOST_OPEN && reader.record.len() <= LONGEST_RECORD);
    let report = reader.finish();
    assert_eq!((report.cut, report.groups[0].count), (1, 2 * MOST_OPEN as u64));
}

#[test]
fn logs_are_told_from_what_people_paste() {
    assert!(is_log(POSTFIX.as_bytes()));
    for paste in [
        "535 5.7.8 no\n535 5.7.8 way",
        "Nov 30 03:11:13 web1 postfix/smtp[12]: one line",
        "Return-Path: <>\nDate: Mon, 30 Nov 2026\n\nThe mail system",
        "",
    ] {
        assert!(!is_log(paste.as_bytes()), "{paste}");
    }
}
