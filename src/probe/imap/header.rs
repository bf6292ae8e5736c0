//! What the header of a message shows: whether it is the one that is looked for, or a report on it.

use super::super::message::TOKEN_FIELD;

/// The fields of a header, unfolded, with their names in lower case.
fn fields(header: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(header).replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let head = text.split("\n\n").next().unwrap_or_default();
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect()
}

/// Whether the header's own fields have the token.
pub(super) fn has_token(header: &[u8], token: &str) -> bool {
    let named = |name: &str| name == "subject" || name == TOKEN_FIELD.to_lowercase();
    fields(header).iter().any(|(name, value)| named(name) && value.contains(token))
}

/// Whether it is a report that is not itself the message: one that went out with an empty sender looks like a report, too.
pub(super) fn is_bounce(header: &[u8], token: &str) -> bool {
    let is_message = |(name, value): &(String, String)| *name == TOKEN_FIELD.to_lowercase() && value.contains(token);
    is_report(header) && !fields(header).iter().any(is_message)
}

/// Whether a server took it: the copy of what was sent has no such line.
pub(super) fn has_arrived(header: &[u8]) -> bool {
    fields(header).iter().any(|(name, _)| name == "received")
}

/// Whether it is a report of a mail server (RFC 3464), or an older one's words.
pub(super) fn is_report(header: &[u8]) -> bool {
    fields(header).iter().any(|(name, value)| match name.as_str() {
        "content-type" => value.to_lowercase().starts_with("multipart/report"),
        "from" | "return-path" => value.to_lowercase().contains("mailer-daemon@") || value == "<>",
        "x-failed-recipients" => true,
        _ => false,
    })
}

/// Whether these bytes have this word.
pub(super) fn contains(text: &[u8], word: &[u8]) -> bool {
    !word.is_empty() && text.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_message_it_is() {
        let ours = b"Received: from a\r\nSubject: Test\r\n ABCD\r\n\r\n";
        assert!(has_token(ours, "ABCD") && has_arrived(ours) && !is_report(ours));
        assert!(!has_token(b"X-Other: ABCD\r\n\r\nSubject: ABCD\r\n", "ABCD"));
        assert!(!has_arrived(b"Subject: ABCD\r\n\r\nReceived: x\r\n"));
        assert!(is_report(b"Content-Type: multipart/report;\r\n report-type=delivery-status\r\n\r\n"));
        assert!(is_report(b"Return-Path: <>\r\n\r\n") && !is_report(b"Return-Path: <a@b.test>\r\n\r\n"));
        let empty_sender = format!("Return-Path: <>\r\n{TOKEN_FIELD}: ABCD\r\n\r\n");
        assert!(is_bounce(b"Return-Path: <>\r\nSubject: Undelivered: ABCD\r\n\r\n", "ABCD"));
        assert!(!is_bounce(empty_sender.as_bytes(), "ABCD"));
    }
}
