//! monit's control file (monit(1), "SETTING A MAIL SERVER" and "MESSAGE FORMAT"; `src/l.l`, `src/p.y`): the first `set
//! mailserver HOST [port N] [username X] [password Y] [using tls] ...` is asked first, by way of `mailserver`; the last `set
//! mail-format { from: X ... }` alone counts, by way of `mail-format`. Keywords have no case, noise words may be between
//! them.
//!
//! A value is written in the kind of quotes that it does not have. monit takes every blank and quote off both ends
//! (`Str_unquote`), decodes some escapes (`Util_handleEscapes`) and takes what begins with a slash for a path (`l.l`).

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    text::{Fault, FaultKind, Unfit, first_used_line, next_line},
};

/// monit's control file: the first mail server is `mailserver`.
pub(crate) struct Monit;

impl FileFormat for Monit {
    fn word(&self) -> &'static str {
        "monit"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text).map(FileDoc::flat)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }

    /// Above the first statement, since the first mail server is asked first.
    fn block_at(&self, before: &str, comment: &str, is_there: bool) -> Result<usize, Fault> {
        Ok(if is_there { before.len() } else { first_used_line(before, comment) })
    }

    /// `format_taken`: the messages have a format, which counts as a whole.
    fn surroundings(&self, before: &str, after: &str) -> BTreeMap<&'static str, bool> {
        BTreeMap::from([("format_taken", [before, after].into_iter().any(sets_format))])
    }
}

/// Words without a meaning in a mail server's settings.
const NOISE: [&str; 14] = [
    "using",
    "use",
    "with",
    "within",
    "and",
    "the",
    "option",
    "options",
    "for",
    "on",
    "second",
    "seconds",
    "certificate",
    "sum",
];

/// Settings of a mail server with a value after them.
const VALUED: [&str; 11] = [
    "port",
    "username",
    "password",
    "verify",
    "selfsigned",
    "cacertificatefile",
    "cacertificatepath",
    "checksum",
    "certmd5",
    "timeout",
    "hostname",
];

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let words = words(text)?;
    let mut found = Vec::new();
    let mut put = |group: &str, name: &str, value: &str| {
        let path = vec![group.to_owned(), name.to_owned()];
        found.push(FileEntry { path, ..FileEntry::flat(name, value.to_owned(), 0..0) });
    };
    if let Some(server) = statements(&words, "mailserver").next() {
        let mut server = server.iter();
        put("mailserver", "host", server.next().map_or("", |word| &word.text));
        while let Some(word) = server.next().filter(|word| !word.is_quoted) {
            match word.text.to_ascii_lowercase() {
                name if VALUED.contains(&name.as_str()) => {
                    let value = server.next().filter(|value| name.starts_with("cacertificate") || !value.is_path());
                    put("mailserver", &name, value.map_or("", |value| &value.text));
                }
                name if name.starts_with("tls") || name.starts_with("ssl") => put("mailserver", "tls", "yes"),
                name if NOISE.contains(&name.as_str()) => {}
                // The next server.
                _ => break,
            }
        }
    }
    if let Some(format) = statements(&words, "mail-format").last() {
        let from = format.iter().find(|word| word.field == Some("from"));
        put("mail-format", "from", from.map_or("", |word| &word.text));
    }
    Ok(found)
}

/// Whether a text sets the format of messages, which then counts as a whole.
fn sets_format(text: &str) -> bool {
    words(text).is_ok_and(|words| statements(&words, "mail-format").next().is_some())
}

/// What follows each `set NAME`, up to the next statement.
fn statements<'a, 't>(words: &'a [MonitWord<'t>], name: &'a str) -> impl Iterator<Item = &'a [MonitWord<'t>]> {
    let starts = (1..words.len()).filter(move |at| words[at - 1].is("set") && words[*at].is(name));
    starts.map(|at| {
        let behind = &words[at + 1..];
        let end = behind.iter().position(|word| ["set", "check", "include"].iter().any(|next| word.is(next)));
        &behind[..end.unwrap_or(behind.len())]
    })
}

/// A word of the file.
struct MonitWord<'a> {
    is_quoted: bool,
    /// It is a field of a message's format, with all of its text.
    field: Option<&'static str>,
    text: Cow<'a, str>,
}

impl MonitWord<'_> {
    fn is(&self, keyword: &str) -> bool {
        !self.is_quoted && self.field.is_none() && self.text.eq_ignore_ascii_case(keyword)
    }

    /// A path is no word, where one is wanted.
    fn is_path(&self) -> bool {
        self.is_quoted && self.text.starts_with('/')
    }
}

/// The words; commas, colons and braces are blanks.
fn words(text: &str) -> Result<Vec<MonitWord<'_>>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        if let Some((field, value)) = field(rest) {
            let text = value.trim();
            let text = if field == "from" { address(text) } else { text };
            found.push(MonitWord { is_quoted: false, field: Some(field), text: text.into() });
            at += field.len() + 1 + value.len();
            continue;
        }
        match character {
            '#' => at = next_line(text, at),
            '\'' | '"' => {
                let length = rest[1..].find(character).ok_or_else(|| Fault::within(text, at, FaultKind::OpenQuote))?;
                found.push(MonitWord { is_quoted: true, field: None, text: unquoted(&rest[1..=length]).into() });
                at += length + 2;
            }
            _ if character.is_whitespace() || matches!(character, ',' | ':' | '{' | '}' | ';' | '(' | ')') => {
                at += character.len_utf8();
            }
            _ => {
                let is_end =
                    |next: char| next.is_whitespace() || matches!(next, ',' | '{' | '}' | ';' | '(' | ')' | '\'' | '"');
                let length = rest.find(is_end).unwrap_or(rest.len());
                let word = rest[..length].trim_end_matches(':');
                found.push(MonitWord { is_quoted: false, field: None, text: word.into() });
                at += length;
            }
        }
    }
    Ok(found)
}

/// A field of a message's format at the beginning of a text, and its value up to the end of the line or the format.
fn field(text: &str) -> Option<(&'static str, &str)> {
    let is_next = |name: &&&str| {
        text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) && text[name.len()..].starts_with(':')
    };
    // Of most words the first letter is another.
    if !text.starts_with(|first: char| matches!(first.to_ascii_lowercase(), 'f' | 'r' | 's' | 'm')) {
        return None;
    }
    let name = ["from", "reply-to", "subject", "message"].iter().find(is_next)?;
    let value = &text[name.len() + 1..];
    let end = value.find(|next| next == '}' || (next == '\n' && *name != "message"));
    Some((name, &value[..end.unwrap_or(value.len())]))
}

/// The address alone of `Name <address>`.
fn address(text: &str) -> &str {
    text.split_once('<').map_or(text, |(_, address)| address.trim_end_matches('>'))
}

/// As monit takes the quotes off: with every blank and quote at either end, and its escapes (`Str_unquote`,
/// `Util_handleEscapes`).
fn unquoted(text: &str) -> String {
    let mut value = String::new();
    let mut characters =
        text.trim_matches(|edge: char| edge.is_ascii_whitespace() || matches!(edge, '\'' | '"')).chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = characters.next_if(|next| character == '\\' && matches!(next, 'n' | 't' | 'r' | ' ' | '\\'));
        value.push(match escaped {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some(other) => other,
            None => character,
        });
    }
    value
}

fn quote(value: &str) -> Result<String, Unfit> {
    let is_blank = |edge: char| edge.is_ascii_whitespace();
    if value.starts_with(is_blank) || value.ends_with(is_blank) {
        return Err(Unfit::EdgeBlank);
    }
    let lost = |sign: char| Err(Unfit::Characters(sign.into()));
    if let Some(edge) = ['\'', '"'].into_iter().find(|quote| value.starts_with(*quote) || value.ends_with(*quote)) {
        return lost(edge);
    }
    if value.starts_with('/') {
        return lost('/');
    }
    if [r"\n", r"\t", r"\r", r"\ ", r"\\", r"\0"].iter().any(|escape| value.contains(escape)) {
        return lost('\\');
    }
    match ['"', '\''].into_iter().find(|quote| !value.contains(*quote)) {
        Some(quote) => Ok(format!("{quote}{value}{quote}")),
        None => Err(Unfit::Characters("'\"".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let entries = entries(text).unwrap().into_iter();
        entries.map(|it| (it.path.join("."), it.value.unwrap())).collect()
    }

    #[test]
    fn the_first_server() {
        let text = "# set mailserver no\nset daemon 120 # c\nSET MailServer \"mail.test\" port 587\n  username \"a@b\" password 'p \"w\\#'\n  \
                    using tls with options { verify: enable, cacertificatefile: \"/x y\" }, other.test username u\nset mailserver other\n";
        let expected = [
            ("mailserver.host", "mail.test"),
            ("mailserver.port", "587"),
            ("mailserver.username", "a@b"),
            ("mailserver.password", "p \"w\\#"),
            ("mailserver.tls", "yes"),
            ("mailserver.verify", "enable"),
            ("mailserver.cacertificatefile", "/x y"),
        ];
        assert_eq!(read(text), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(read("set mailserver ::1 password '/p'")[1].1, "");
        assert_eq!(entries("set x\nset y 'z\n").err().unwrap(), Fault { line: 2, kind: FaultKind::OpenQuote });
    }

    #[test]
    fn the_last_format() {
        let text = "set mail-format { from: Ops <a@b>\n message: it's $EVENT, \"x\n set mailserver no }\nset mailserver m\nset mail-format {subject: it's}\n";
        let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read(text), [value("mailserver.host", "m"), value("mail-format.from", "")]);
        let first = text.split("set mailserver m").next().unwrap();
        assert_eq!(read(first), [value("mail-format.from", "a@b")]);
        assert!(sets_format(first) && !sets_format("# set mail-format {}\ncheck x with mail-format { from: a@b }"));
    }

    #[test]
    fn quotes_as_they_are_taken_off() {
        for (text, value) in [(" '\"a' b\" ", "a' b"), (r"a\nb\\c\d", "a\nb\\c\\d"), ("\\", "\\")] {
            assert_eq!(unquoted(text), value);
        }
    }

    #[test]
    fn one_of_two_quotes() {
        assert_eq!(quote("a\\#'b").as_deref(), Ok("\"a\\#'b\""));
        assert_eq!(quote("a\"b\\").as_deref(), Ok("'a\"b\\'"));
        assert_eq!(quote(" a"), Err(Unfit::EdgeBlank));
        for (value, signs) in [("a'b\"c", "'\""), ("a'", "'"), ("\"a", "\""), ("/a", "/"), (r"a\nb", "\\"), (r"\0x41", "\\")]
        {
            assert_eq!(quote(value), Err(Unfit::Characters(signs.into())), "{value}");
        }
    }
}
