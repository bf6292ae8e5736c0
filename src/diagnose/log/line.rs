//! A log line taken apart: the program that wrote it, its number, and what it says.

/// What stands behind the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogLine<'a> {
    /// The program, as syslog names it: `postfix/smtp`; empty in a file of a program's own.
    pub(super) program: &'a str,
    /// What it has in brackets: its process's number, dma's message.
    pub(super) number: &'a str,
    /// What it says.
    pub(super) text: &'a str,
}

impl<'a> LogLine<'a> {
    /// Takes apart what stands behind the time: `web1 postfix/smtp[12]: text` (RFC 3164, section 4.1), or the text alone.
    pub(super) fn of(rest: &'a str) -> Self {
        let (host, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        let tagged = if is_tag(host) && host.contains('[') {
            Some((host, behind))
        } else {
            let is_host = !host.is_empty() && !host.contains([':', '=', '[', '<', '(', '"']);
            behind.split_once(' ').filter(|(tag, _)| is_host && is_tag(tag))
        };
        let Some((tag, text)) = tagged else { return Self { program: "", number: "", text: rest } };
        let tag = tag.trim_end_matches(':');
        let (program, number) = tag.split_once('[').map_or((tag, ""), |(name, number)| (name, number.trim_end_matches(']')));
        Self { program, number, text }
    }

    /// The name of a message at the beginning, as Postfix and sendmail write it, and the text behind it.
    pub(super) fn message(&self) -> (Option<&'a str>, &'a str) {
        let is_name = |word: &str| {
            word.len() >= 6 && word != "NOQUEUE" && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) && has_digit(word)
        };
        match self.text.split_once(": ") {
            Some((name, text)) if is_name(name) => (Some(name), text),
            _ => (None, self.text),
        }
    }
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// `postfix/smtp[12]:`, `msmtp:`
fn is_tag(word: &str) -> bool {
    word.strip_suffix(':').is_some_and(|name| {
        let name = name.split('[').next().unwrap_or_default();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
    })
}

/// Whether a word is the name of a message in Exim: `1rXyZa-0001Ab-Cd`, and longer since 4.97.
pub(in crate::diagnose) fn is_exims(word: &str) -> bool {
    let mut parts = word.split('-');
    let mut is_part = |least: usize| {
        parts.next().is_some_and(|part| part.len() >= least && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    is_part(6) && is_part(6) && is_part(2) && parts.next().is_none()
}

/// What stands between two marks, the first of each.
pub(super) fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, behind) = text.split_once(from)?;
    behind.split_once(to).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let of = |rest: &'static str| {
            let LogLine { program, number, text } = LogLine::of(rest);
            (program, number, text)
        };
        assert_eq!(of("web1 postfix/smtp[12]: 4F1A2C0: to=<a@b>"), ("postfix/smtp", "12", "4F1A2C0: to=<a@b>"));
        assert_eq!(of("web1 msmtp: host=a"), ("msmtp", "", "host=a"));
        assert_eq!(of("dma[1d.55]: no recipients"), ("dma", "1d.55", "no recipients"));
        for own in [
            "1rXyZa-0001Ab-Cd ** a@b R=nonlocal: no",
            "host=smtp.example.org tls=on: x",
            "Error: SMTP: refused",
            "H=(x) [192.0.2.1]: rejected",
        ] {
            assert_eq!(of(own), ("", "", own));
        }
    }

    #[test]
    fn names_of_messages() {
        let message = |text| LogLine { program: "postfix/smtp", number: "1", text }.message();
        assert_eq!(message("4F1A2C0: to=<a@b>"), (Some("4F1A2C0"), "to=<a@b>"));
        for none in ["NOQUEUE: reject: x", "warning: x", "fatal: x", "connect to a"] {
            assert_eq!(message(none), (None, none));
        }
        assert!(is_exims("1rXyZa-0001Ab-Cd") && is_exims("1rXyZa-00000001AbC-1xYz"));
        assert!(!is_exims("2026-11-30") && !is_exims("remote-smtp-smarthost-x"));
    }
}
