//! Which lines of a pasted text tell of a failure.

/// What a line is worth as evidence, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// It is the frame of a message: a header, a sentence of every bounce.
    Frame,
    /// It tells that all is well.
    Fine,
    /// It stands beside failures of every kind, and counts where nothing else does.
    Aside,
    /// It tells of a failure that mail gets over mostly: a stranger who was turned away, a machine without IPv6.
    Perhaps,
    /// It may tell of the failure.
    Said,
}

/// Sentences that bounces of every kind have.
const FRAME: &[&str] = &[
    "this is a mime",
    "this message is in mime format",
    "this multi-part mime message",
    "message may not be legible",
    "may not be able to understand mime",
    "(see rfc 2045",
    "technical details of temporary failure",
    "technical details of permanent failure",
    " hours on the queue",
    "this is a multi-part message",
    "message headers follow",
    "delivery to the following recipient",
    "automatically generated delivery status notification",
    "this message was created automatically by mail delivery software",
    "a message that you sent could not be delivered",
    "i'm sorry to have to inform you",
    "your message could not be delivered to one or more",
    "i'm not going to try again",
    "you do not need to resend your message",
    "this is a permanent error",
    "does not like recipient.",
    "giving up on ",
];

/// What mailers log of mail that goes its way.
const FINE: &[&str] = &[
    // Postfix
    ": message-id=",
    ": resent-message-id=",
    " (queue active)",
    "status=sent (",
    ": client=",
    "]: connect from ",
    "]: disconnect from ",
    "tls connection established ",
    "]: statistics: ",
    ": uid=",
    "daemon started -- ",
    "reload -- version ",
    "starting the postfix mail system",
    "refreshing the postfix mail system",
    "mail queue is empty",
    // Exim
    "start queue run: ",
    "end queue run: ",
    "daemon started: ",
    // dma, nullmailer, msmtp, OpenSMTPD
    ": trying delivery",
    ": delivery successful",
    ": using smarthost (",
    ": using smtp authentication for user ",
    "ssl initialization successful",
    ": trying remote delivery to ",
    ": new mail from user=",
    "> queued as ",
    "delivery complete, ",
    "rescanning queue.",
    "starting delivery, ",
    "smtp: succeeded",
    "exitcode=ex_ok",
    "result=\"ok\"",
    // Dovecot
    "-login: login: user=",
    ": logged out in=",
];

/// What stands beside failures that it did not cause.
const ASIDE: &[&str] = &[
    " milter service ",
    ": warning: milter ",
    "]: lost connection after ",
    "]: timeout after ",
    "]: improper command pipelining after ",
    "]: warning: hostname ",
    "]: warning: non-smtp command from ",
    "]: ssl_accept error from ",
    " does not resolve to address ",
    // s_client's notes on a chain that it does not hold against the server
    "verify error:num=",
    "verification error: ",
    "verify return code: ",
    "verify return:",
    "depth=0 ",
    "depth=1 ",
    "depth=2 ",
    "no host name found for ip address",
    // filters and mailboxes that log beside the mailer
    "opendkim[",
    "opendmarc[",
    "spamd[",
    "]: (passed",
    "imap-login: ",
    "pop3-login: ",
];

/// Names of headers that messages and bounces carry, beside those that begin with `X-`, `ARC-` and `List-`.
const HEADERS: &[&str] = &[
    "authentication-results",
    "auto-submitted",
    "bcc",
    "cc",
    "content-description",
    "content-disposition",
    "content-language",
    "content-transfer-encoding",
    "content-type",
    "date",
    "delivered-to",
    "dkim-signature",
    "domainkey-signature",
    "feedback-id",
    "from",
    "importance",
    "in-reply-to",
    "message-id",
    "mime-version",
    "precedence",
    "received",
    "received-spf",
    "references",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "thread-index",
    "thread-topic",
    "to",
    "user-agent",
];

/// Tells lines apart, in their order: a header goes on in the lines behind it.
#[derive(Debug, Default)]
pub(super) struct Noise {
    in_header: bool,
}

impl Noise {
    /// What the next line is worth.
    pub(super) fn worth(&mut self, line: &str) -> Worth {
        self.in_header = is_header(line) || self.in_header && line.starts_with([' ', '\t']) && !line.trim().is_empty();
        let lower = line.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|words| lower.contains(words));
        if self.in_header || has(FRAME) {
            return Worth::Frame;
        }
        if is_of_ipv6(&lower) || lower.contains(": noqueue: reject: ") {
            return Worth::Perhaps;
        }
        if has(ASIDE) {
            return Worth::Aside;
        }
        if has(FINE) || lower.trim_end().ends_with(": removed") || is_exims(line) { Worth::Fine } else { Worth::Said }
    }
}

/// Whether a line begins with a header's name.
fn is_header(line: &str) -> bool {
    line.trim_start().split_once(':').is_some_and(|(name, _)| {
        let name = name.to_ascii_lowercase();
        let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let is_marked = ["x-", "arc-", "list-"].iter().any(|front| name.starts_with(front) && name.len() > 4);
        is_word && (is_marked || HEADERS.contains(&name.as_str()))
    })
}

/// Whether Exim tells of a message that came in or went out: the sign behind the date, the time and the message's name.
fn is_exims(line: &str) -> bool {
    let mut words = line.split(' ').skip(2).skip_while(|word| word.starts_with('['));
    let id = words.next().unwrap_or_default();
    let parts: Vec<&str> = id.split('-').collect();
    let is_id = matches!(parts.as_slice(), [first, _, last] if first.len() >= 6 && last.len() >= 2);
    is_id && words.next().is_some_and(|sign| matches!(sign.trim_end(), "<=" | "=>" | "->" | ">>" | "*>" | "Completed"))
}

/// Whether a line says that IPv6 leads nowhere, which is so on many machines whose mail goes out by IPv4.
fn is_of_ipv6(lower: &str) -> bool {
    let is_silent = [
        "network is unreachable",
        "network unreachable",
        "no route to host",
        "cannot assign requested address",
        "enetunreach",
    ];
    is_silent.iter().any(|words| lower.contains(words))
        && (lower.contains("ipv6") || lower.split(|c: char| !(c.is_ascii_hexdigit() || c == ':')).any(is_ipv6))
}

fn is_ipv6(word: &str) -> bool {
    let word = word.trim_end_matches(':');
    word.matches(':').count() >= 2 && word.parse::<std::net::Ipv6Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        let of = |line: &str| Noise::default().worth(line);
        for fine in [
            "Nov 30 03:11:13 web1 postfix/cleanup[12]: 4F1A2C0: message-id=<20261130.4F1A2C0@web1>",
            "Nov 30 03:11:13 web1 postfix/smtp[12]: 4F1A2C0: to=<a@example.org>, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 1)",
            "2026-11-30 05:11:43 1rXyZa-0001Ab-Cd <= root@web1 U=root P=local S=512",
            "2026-11-30 05:11:43 1rXyZa-0001Ab-Cd => a@example.org R=smarthost T=remote_smtp_smarthost",
        ] {
            assert_eq!(of(fine), Worth::Fine, "{fine}");
        }
        for aside in [
            "warning: connect to Milter service inet:localhost:8891: Connection refused",
            "verify error:num=18:self-signed certificate",
        ] {
            assert_eq!(of(aside), Worth::Aside, "{aside}");
        }
        let stranger = "postfix/smtpd[3]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 Relay access denied";
        for perhaps in ["postfix/smtp[1]: connect to mx.example.org[2001:db8::1]:25: Network is unreachable", stranger] {
            assert_eq!(of(perhaps), Worth::Perhaps, "{perhaps}");
        }
        for frame in ["Message-ID: <1@example.org>", "From:<a@example.org>", "This is a MIME-encapsulated message."] {
            assert_eq!(of(frame), Worth::Frame, "{frame}");
        }
        for said in [
            "550 5.7.1 From: header is missing",
            "2026-11-30 05:11:43 1rXyZa-0001Ab-Cd ** a@example.org R=nonlocal: Mailing to remote domains not supported",
            "connect to smtp.example.org[192.0.2.1]:587: Network is unreachable",
            "Error: 535 5.7.8 Username and Password not accepted",
        ] {
            assert_eq!(of(said), Worth::Said, "{said}");
        }
    }

    #[test]
    fn a_header_goes_on_in_the_lines_behind_it() {
        let mut noise = Noise::default();
        let lines = ["Received: from a", "\tby b with SMTP id 550", "550 5.1.1 no such user", "  and more"];
        let worths = lines.map(|line| noise.worth(line));
        assert_eq!(worths, [Worth::Frame, Worth::Frame, Worth::Said, Worth::Said]);
    }
}
