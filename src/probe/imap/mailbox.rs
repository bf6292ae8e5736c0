//! Mailboxes: their names in IMAP's UTF-7 (RFC 3501, 5.1.3), and what they are for, by special use (RFC 6154) or by name.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{super::sighting::MailFolder, response::ImapToken};
use crate::mail::reply::printable;

/// What people's servers and programs call the mailbox for spam, in lower case, where none is marked: Dovecot, Cyrus, Courier, cPanel,
/// Yahoo, Exchange and Outlook, GMX, Orange, Yandex, in their languages (2026-11).
const JUNK: [&str; 30] = [
    "junk",
    "spam",
    "junk e-mail",
    "junk email",
    "junk mail",
    "junk-e-mail",
    "bulk",
    "bulk mail",
    "quarantine",
    "courrier indésirable",
    "courrier indesirable",
    "indésirables",
    "pourriel",
    "unerwünscht",
    "unerwünschte werbung",
    "spamverdacht",
    "correo no deseado",
    "posta indesiderata",
    "lixo eletrônico",
    "lixo eletrónico",
    "ongewenste e-mail",
    "ongewenste mail",
    "skräppost",
    "søppelpost",
    "uønsket e-mail",
    "roskaposti",
    "niechciane",
    "спам",
    "垃圾邮件",
    "迷惑メール",
];

/// The same for copies of what was sent, and drafts.
const OWN: [&str; 14] = [
    "sent",
    "sent items",
    "sent mail",
    "sent messages",
    "drafts",
    "gesendet",
    "gesendete objekte",
    "gesendete elemente",
    "entwürfe",
    "envoyés",
    "éléments envoyés",
    "messages envoyés",
    "brouillons",
    "outbox",
];

/// A mailbox as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedMailbox {
    /// Its name, as the server wrote it.
    pub(super) name: Vec<u8>,
    /// What it is for.
    pub(super) folder: MailFolder,
}

impl ListedMailbox {
    /// The one that every account has.
    pub(super) fn inbox() -> Self {
        Self { name: b"INBOX".to_vec(), folder: MailFolder::Inbox }
    }

    /// Reads the data of a LIST; `None` for a mailbox that cannot be opened, and for a name that no command can carry.
    pub(super) fn of_list(tokens: &[ImapToken]) -> Option<Self> {
        let [ImapToken::List(flags), separator, name] = tokens.get(..3)? else { return None };
        let has = |flag: &str| flags.iter().any(|token| token.is(flag));
        let name = name.bytes()?;
        if has("\\Noselect") || has("\\NonExistent") || name.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return None;
        }
        let folder = match () {
            () if name.eq_ignore_ascii_case(b"INBOX") => MailFolder::Inbox,
            () if has("\\Junk") => MailFolder::Junk,
            () if has("\\All") => MailFolder::All,
            () if has("\\Sent") || has("\\Drafts") => MailFolder::Own,
            () if has("\\Trash") => MailFolder::Trash,
            () => by_name(&decode_name(name), separator.bytes().unwrap_or_default()),
        };
        Some(Self { name: name.to_vec(), folder })
    }

    /// Its name in a command: a quoted string.
    pub(super) fn quoted(&self) -> Vec<u8> {
        quoted(&self.name)
    }

    /// Its name for a person, safe for a terminal.
    pub(super) fn shown(&self) -> String {
        decode_name(&self.name)
    }
}

/// Text as a quoted string (RFC 3501, 4.3).
pub(super) fn quoted(text: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for byte in text {
        if matches!(byte, b'"' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(*byte);
    }
    quoted.push(b'"');
    quoted
}

/// What a name says: its last step counts, and that of a mailbox inside INBOX.
fn by_name(shown: &str, separator: &[u8]) -> MailFolder {
    let lower = shown.to_lowercase();
    let separators = separator.iter().map(|byte| char::from(*byte)).chain(['/']).collect::<Vec<_>>();
    let last = lower.rsplit(&separators[..]).next().unwrap_or(&lower).trim();
    if JUNK.contains(&last) {
        MailFolder::Junk
    } else if OWN.contains(&last) {
        MailFolder::Own
    } else {
        MailFolder::Other
    }
}

/// A mailbox's name for a person: IMAP's UTF-7 decoded, and safe for a terminal. What is not UTF-7 stays as it came.
pub fn decode_name(name: &[u8]) -> String {
    let alphabet = alphabet::IMAP_MUTF7;
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&alphabet, config);
    let mut decoded = Vec::new();
    let mut rest = name;
    while let Some(at) = rest.iter().position(|byte| *byte == b'&') {
        decoded.extend_from_slice(&rest[..at]);
        let behind = &rest[at + 1..];
        let Some(end) = behind.iter().position(|byte| *byte == b'-') else {
            decoded.push(b'&');
            rest = behind;
            continue;
        };
        let shifted = &behind[..end];
        let units = engine
            .decode(shifted)
            .ok()
            .filter(|bytes| bytes.len() % 2 == 0)
            .map(|bytes| bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect::<Vec<_>>());
        match units.and_then(|units| String::from_utf16(&units).ok()) {
            Some(_) if shifted.is_empty() => decoded.push(b'&'),
            Some(text) => decoded.extend_from_slice(text.as_bytes()),
            None => decoded.extend_from_slice(&rest[at..at + end + 2]),
        }
        rest = &behind[end + 1..];
    }
    decoded.extend_from_slice(rest);
    printable(&decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_utf_7() {
        for (name, shown) in [
            ("Courrier ind&AOk-sirable", "Courrier indésirable"),
            ("Unerw&APw-nscht", "Unerwünscht"),
            ("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"),
            ("A&-B", "A&B"),
            ("&2D3eAA-", "\u{1f600}"),
            ("R&D", "R&D"),
            ("x&!!-y", "x&!!-y"),
            ("a&AAo-b", "a\\nb"),
            ("a&IC4-b", "a\\u{202e}b"),
        ] {
            assert_eq!(decode_name(name.as_bytes()), shown, "{name}");
        }
        assert_eq!(decode_name("Entwürfe".as_bytes()), "Entwürfe");
    }

    #[test]
    fn what_mailboxes_are_for() {
        let list = |flags: &str, separator: &str, name: &str| {
            let line = format!("* LIST ({flags}) \"{separator}\" \"{name}\"\r\n");
            match super::super::response::parse(line.as_bytes()) {
                Some(super::super::response::Response::Data { tokens, .. }) => {
                    ListedMailbox::of_list(&tokens).map(|it| it.folder)
                }
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(list("\\Junk", "/", "Whatever"), Some(MailFolder::Junk));
        assert_eq!(list("", ".", "INBOX.Spam"), Some(MailFolder::Junk));
        assert_eq!(list("", "/", "Courrier ind&AOk-sirable"), Some(MailFolder::Junk));
        assert_eq!(list("", "/", "[Gmail]/Spam"), Some(MailFolder::Junk));
        assert_eq!(list("\\Noselect", "/", "[Gmail]"), None);
        assert_eq!(list("\\All", "/", "[Gmail]/All Mail"), Some(MailFolder::All));
        assert_eq!(list("\\Sent", "/", "Post"), Some(MailFolder::Own));
        assert_eq!(list("", "/", "Sent Items"), Some(MailFolder::Own));
        assert_eq!(list("", "/", "inbox"), Some(MailFolder::Inbox));
        assert_eq!(list("", "/", "Spam reports"), Some(MailFolder::Other));
        assert_eq!(ListedMailbox { name: b"a\"b\\".to_vec(), folder: MailFolder::Other }.quoted(), b"\"a\\\"b\\\\\"");
    }
}
