//! What a log line tells of: an attempt that failed, one that went well, or words beside them; by the mailer that wrote it.

use super::line::{LogLine, between, is_exims};
use crate::diagnose::Explain;

/// Programs that log beside mailers, and whose failures are none of mail that goes out.
const STRANGE: [&str; 14] = [
    "amavis",
    "anvil",
    "clamd",
    "cron",
    "dovecot",
    "fail2ban",
    "freshclam",
    "kernel",
    "opendkim",
    "opendmarc",
    "rspamd",
    "spamd",
    "sshd",
    "systemd",
];

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogOutcome {
    /// The message is on its way.
    Delivered,
    /// It is not, for the reason that is said.
    Failed,
    /// It is not, for what was said before in the same thread.
    FailedAsSaid,
    /// Something was said that may be a failure.
    Said,
}

/// What a line tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogEvent<'a> {
    pub(super) outcome: LogOutcome,
    /// It is about mail that this machine sends, and not about somebody who came to it.
    pub(super) ours: bool,
    /// What lines of one attempt have in common; none where a line stands alone.
    pub(super) thread: Option<String>,
    /// The mailer's name for the message.
    pub(super) message: Option<&'a str>,
    pub(super) recipients: Vec<&'a str>,
    /// The server's host.
    pub(super) host: Option<&'a str>,
    /// Why, in the words of the log.
    pub(super) reason: &'a str,
}

impl<'a> LogEvent<'a> {
    pub(super) fn said(reason: &'a str) -> Self {
        Self {
            outcome: LogOutcome::Said,
            ours: true,
            thread: None,
            message: None,
            recipients: Vec::new(),
            host: None,
            reason,
        }
    }

    /// What the reason is explained by, with what is known beside the log.
    pub(super) fn evidence(&self, about: &Explain) -> Explain {
        let host = about.host.clone().or_else(|| self.host.map(str::to_owned));
        Explain { reply: self.reason.as_bytes().to_vec(), host, ..about.clone() }
    }
}

/// What a line tells of; nothing, where it is known to be about something else.
pub(super) fn event<'a>(line: &LogLine<'a>) -> Option<LogEvent<'a>> {
    let LogLine { program, text, .. } = *line;
    let name = program.split('/').next().unwrap_or_default();
    match name {
        "" if text.starts_with("host=") && text.contains(" exitcode=") => Some(msmtp(text)),
        "" => exim(text),
        "msmtp" => Some(msmtp(text)),
        "dma" => dma(line),
        "smtpd" => Some(opensmtpd(text)),
        _ if name.starts_with("postfix") => postfix(line),
        _ if name.starts_with("exim") => exim(text),
        _ if name.starts_with("sendmail") || name.starts_with("sm-m") => Some(sendmail(line)),
        _ if name.starts_with("nullmailer") => Some(nullmailer(text)),
        _ if STRANGE.iter().any(|strange| name.eq_ignore_ascii_case(strange)) => None,
        _ => is_about_mail(name, text).then(|| LogEvent::said(text)),
    }
}

/// Another program's line, which a log of everything has many of.
fn is_about_mail(name: &str, text: &str) -> bool {
    let has = |text: &str| text.contains("mail") || text.contains("smtp") || text.contains("Mail") || text.contains("SMTP");
    has(name) || has(text)
}

/// Postfix (`status=` of postfix-3 bounce(8) and the delivery agents).
fn postfix<'a>(line: &LogLine<'a>) -> Option<LogEvent<'a>> {
    let (message, text) = line.message();
    let service = line.program.rsplit('/').next().unwrap_or_default();
    let recipients: Vec<&str> = between(text, "to=<", ">").into_iter().collect();
    let delivers = ["smtp", "lmtp", "local", "virtual", "pipe", "error", "qmgr", "discard"].contains(&service);
    let event = LogEvent { message, recipients, ..LogEvent::said(text) };
    if !delivers {
        // Who came to this machine: its own programs, somebody with a login, a stranger.
        let ours = !text.contains('[') || is_from_here(text) || text.contains("sasl_username=");
        return Some(LogEvent { ours, ..event });
    }
    let event = LogEvent { thread: Some(format!("{}[{}]", line.program, line.number)), ..event };
    let Some((_, status)) = text.split_once(" status=") else { return Some(event) };
    let (word, reason) = status.split_once(' ').unwrap_or((status, ""));
    let outcome = match word {
        "sent" | "deliverable" => LogOutcome::Delivered,
        // The attempts before have said why.
        "expired," => return None,
        _ => LogOutcome::Failed,
    };
    let reason = reason.strip_prefix('(').unwrap_or(reason);
    Some(LogEvent { outcome, reason: reason.strip_suffix(')').unwrap_or(reason), ..event })
}

/// Exim, in its own file or by syslog (its specification, chapter 52).
fn exim(text: &str) -> Option<LogEvent<'_>> {
    // By syslog with a second time in front, and with its process's number by `log_selector = +pid`.
    let text = text.split_once("] ").filter(|(pid, _)| is_pid(pid)).map_or(text, |(_, behind)| behind);
    let (name, behind) = text.split_once(' ').unwrap_or((text, ""));
    let is_visitor =
        ["rejected", "authenticator failed", "SMTP connection", "TLS error on connection from", "Connection from"]
            .iter()
            .any(|words| text.contains(words));
    let ours = !is_visitor || is_from_here(text) || text.contains(" A=") || text.contains(" U=");
    if !is_exims(name) {
        return Some(LogEvent {
            ours,
            recipients: between(text, "RCPT <", ">").into_iter().collect(),
            ..LogEvent::said(text)
        });
    }
    let (sign, rest) = behind.split_once(' ').unwrap_or((behind, ""));
    let (recipient, _) = rest.split_once([' ', ':']).unwrap_or((rest, ""));
    // `the name <its address>` where an alias or a redirection led there.
    let recipient = between(rest.split(" R=").next().unwrap_or_default(), "<", ">").unwrap_or(recipient);
    let event = LogEvent { thread: Some(name.to_owned()), message: Some(name), ..LogEvent::said(behind) };
    match sign {
        "**" | "==" => Some(LogEvent {
            outcome: LogOutcome::Failed,
            recipients: vec![recipient],
            host: between(rest, " H=", " "),
            ..event
        }),
        "=>" | "->" | ">>" => Some(LogEvent { outcome: LogOutcome::Delivered, ..event }),
        "<=" | "*>" | "Completed" => None,
        _ if is_visitor => Some(LogEvent { thread: None, ours, ..event }),
        _ => Some(event),
    }
}

fn is_pid(word: &str) -> bool {
    word.strip_prefix('[').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// msmtp: one line an attempt (its manual, section "Logging").
fn msmtp(text: &str) -> LogEvent<'_> {
    let outcome = match between(&format!("{text} "), "exitcode=", " ") {
        Some("EX_OK") => LogOutcome::Delivered,
        Some(_) => LogOutcome::Failed,
        None => LogOutcome::Said,
    };
    let recipients = between(text, "recipients=", " ").unwrap_or_default();
    LogEvent {
        outcome,
        recipients: recipients.split(',').filter(|one| !one.is_empty()).collect(),
        host: between(text, "host=", " "),
        ..LogEvent::said(text)
    }
}

/// sendmail (`stat=`; its operations guide, section 2.1).
fn sendmail<'a>(line: &LogLine<'a>) -> LogEvent<'a> {
    let (message, text) = line.message();
    let event = LogEvent { message, thread: message.map(str::to_owned), ..LogEvent::said(text) };
    if text.starts_with("ruleset=") || text.contains(" reject=") {
        let reason = text.split_once(" reject=").map_or(text, |(_, reason)| reason);
        return LogEvent { thread: None, ours: is_from_here(text), reason, ..event };
    }
    let Some((front, reason)) = text.split_once(" stat=") else { return event };
    let to = between(front, "to=", ", ").unwrap_or_default().split(',');
    let recipients = to.map(|one| one.trim_matches(['<', '>'])).filter(|one| !one.is_empty()).collect();
    let is_fine = reason.starts_with("Sent") || reason.starts_with("queued");
    LogEvent { outcome: if is_fine { LogOutcome::Delivered } else { LogOutcome::Failed }, recipients, reason, ..event }
}

/// dma: its message's name stands in place of the process's number (dma.c, `setlogident`).
fn dma<'a>(line: &LogLine<'a>) -> Option<LogEvent<'a>> {
    let text = line.text;
    let message = Some(line.number).filter(|name| !name.is_empty());
    let outcome = if text.contains("delivery successful") {
        LogOutcome::Delivered
    } else if text.starts_with("remote delivery deferred: ") || text.starts_with("remote delivery failed: ") {
        LogOutcome::Failed
    } else if text.starts_with("delivery deferred") || text.starts_with("delivery failed") {
        return None;
    } else {
        LogOutcome::Said
    };
    let recipients = text.strip_prefix('<').and_then(|text| text.split_once('>')).map(|(one, _)| one).into_iter().collect();
    Some(LogEvent { outcome, message, recipients, thread: message.map(str::to_owned), ..LogEvent::said(text) })
}

/// nullmailer: the protocol's program says why, and then nullmailer-send that it failed.
fn nullmailer(text: &str) -> LogEvent<'_> {
    let outcome = if text.starts_with("Sending failed") {
        LogOutcome::FailedAsSaid
    } else if text.contains("smtp: Succeeded") || text.starts_with("Sent file") {
        LogOutcome::Delivered
    } else {
        LogOutcome::Said
    };
    LogEvent { outcome, thread: Some("nullmailer".to_owned()), ..LogEvent::said(text) }
}

/// OpenSMTPD (`result=` of its `mta_log` and of a session's failed commands).
fn opensmtpd(text: &str) -> LogEvent<'_> {
    let (session, said) = text.split_once(' ').unwrap_or((text, ""));
    let event = LogEvent { thread: Some(session.to_owned()), ..LogEvent::said(text) };
    if said.starts_with("smtp ") {
        let ours = said.contains("address=local") || is_from_here(said) || said.contains("host=localhost");
        return LogEvent { thread: None, ours, ..event };
    }
    let outcome = match between(said, "result=\"", "\"") {
        Some("Ok") => LogOutcome::Delivered,
        Some(_) => LogOutcome::Failed,
        None => LogOutcome::Said,
    };
    let reason = between(said, "stat=\"", "\"").unwrap_or(text);
    let recipients = between(said, " to=<", ">").into_iter().collect();
    LogEvent { outcome, message: between(said, "evpid=", " "), recipients, reason, ..event }
}

/// Whether who is named with an address in brackets is on this machine.
fn is_from_here(text: &str) -> bool {
    text.contains("[127.") || text.contains("[::1]") || text.contains("localhost[")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &'static str) -> LogEvent<'static> {
        event(&LogLine::of(line)).unwrap()
    }

    #[test]
    fn what_mailers_say_of_an_attempt() {
        let sent = of("web1 postfix/smtp[12]: 4F1A2C0: to=<a@b>, dsn=2.0.0, status=sent (250 2.0.0 Ok)");
        assert_eq!((sent.outcome, sent.message), (LogOutcome::Delivered, Some("4F1A2C0")));
        let deferred = of("web1 postfix/smtp[12]: 4F1A2C0: to=<a@b>, relay=none, status=deferred (connect to x: refused)");
        assert_eq!((deferred.outcome, deferred.reason), (LogOutcome::Failed, "connect to x: refused"));
        assert_eq!((deferred.recipients, deferred.thread), (vec!["a@b"], Some("postfix/smtp[12]".to_owned())));
        let exim =
            of("1rXyZa-0001Ab-Cd == c@d <a@b> R=smarthost T=remote H=mx.test [192.0.2.1] defer (111): Connection refused");
        assert_eq!((exim.outcome, exim.recipients, exim.host), (LogOutcome::Failed, vec!["a@b"], Some("mx.test")));
        let msmtp = of("host=mx.test tls=on recipients=a@b,c@d errormsg='no' exitcode=EX_NOPERM");
        assert_eq!((msmtp.outcome, msmtp.recipients, msmtp.host), (LogOutcome::Failed, vec!["a@b", "c@d"], Some("mx.test")));
        let sendmail = of("web1 sm-mta[1]: 2BUx3AbC001234: to=<a@b>,<c@d>, delay=0, dsn=5.1.1, stat=User unknown");
        assert_eq!(
            (sendmail.outcome, sendmail.recipients, sendmail.reason),
            (LogOutcome::Failed, vec!["a@b", "c@d"], "User unknown")
        );
        let dma = of("web1 dma[1d.55]: remote delivery deferred: SMTP login failed: 535 no");
        assert_eq!((dma.outcome, dma.message), (LogOutcome::Failed, Some("1d.55")));
        let smtpd =
            of("web1 smtpd[1]: 1c2d mta delivery evpid=9a from=<a@b> to=<c@d> relay=x result=\"PermFail\" stat=\"550 no\"");
        assert_eq!((smtpd.outcome, smtpd.message, smtpd.reason), (LogOutcome::Failed, Some("9a"), "550 no"));
        assert_eq!(of("web1 nullmailer-send[1]: Sending failed:  Permanent error").outcome, LogOutcome::FailedAsSaid);
    }

    #[test]
    fn strangers_are_told_apart() {
        for (line, ours) in [
            ("web1 postfix/smtpd[3]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 Relay access denied", false),
            ("web1 postfix/smtpd[3]: NOQUEUE: reject: RCPT from localhost[127.0.0.1]: 554 Relay access denied", true),
            ("web1 postfix/smtpd[3]: warning: unknown[192.0.2.7]: SASL LOGIN authentication failed", false),
            ("web1 postfix/smtp[3]: 4F1A2C0: host mx.test[192.0.2.7] said: 450 later", true),
            ("H=(x) [192.0.2.7] F=<a@b> rejected RCPT <c@d>: relay not permitted", false),
            ("H=localhost [127.0.0.1] F=<a@b> rejected RCPT <c@d>: relay not permitted", true),
            ("dovecot_login authenticator failed for (x) [192.0.2.7]: 535 Incorrect authentication data", false),
            (
                "web1 sm-mta[1]: 2BUx3AbC001234: ruleset=check_rcpt, relay=[192.0.2.7], reject=550 5.7.1 Relaying denied",
                false,
            ),
        ] {
            assert_eq!(of(line).ours, ours, "{line}");
        }
        for none in ["web1 sshd[1]: error: mail", "web1 web[1]: error: no such page", "1rXyZa-0001Ab-Cd <= a@b U=root"] {
            assert_eq!(event(&LogLine::of(none)), None, "{none}");
        }
    }
}
