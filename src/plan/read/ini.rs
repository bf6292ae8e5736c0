//! INI as go-ini reads it (its `parser.go`, 1.67; Gitea, Forgejo, Gogs, Grafana): `[section]`, `key = value` or `key: value`,
//! comments with `#` and `;`, also behind a value; backticks and `"""` keep a value as it is, up to the last of them on the
//! line; one pair of quotes around a value is taken off.

use std::ops::Range;

use super::{Doc, Entry, Fault, FaultKind, Group, Shape, lines};

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) enum Dialect {
    /// As Gitea loads it: no continuation lines.
    Plain,
    /// As go-ini does it where nobody says otherwise (aerc): a backslash at the end of a line continues it.
    Continued,
    /// As Grafana loads it: the same, and values are expanded.
    Grafana,
}

/// Where `$__file{PATH}` stands in place of a value, its path.
fn file_of(value: &str) -> Option<&str> {
    value.strip_prefix("$__file{")?.strip_suffix('}').filter(|path| !path.is_empty() && !path.contains('}'))
}

pub(in crate::plan) fn doc(text: &str, dialect: Dialect) -> Result<Doc, Fault> {
    let mut doc = Doc::default();
    doc.groups.push(Group { path: Vec::new(), head: 0..0, end: text.len(), shape: Shape::Section });
    let mut rows = lines(text).peekable();
    while let Some((number, bare, whole)) = rows.next() {
        let line = &text[bare.clone()];
        let start = bare.start + line.len() - line.trim_start().len();
        let content = line.trim();
        match content.chars().next() {
            None | Some('#' | ';') => continue,
            Some('[') => {
                let close = content.rfind(']').ok_or(Fault::at(number, FaultKind::Syntax))?;
                section(&mut doc, vec![content[1..close].to_owned()], whole);
                continue;
            }
            Some(_) => {}
        }
        let (key, rest) = key(content).ok_or(Fault::at(number, FaultKind::NoEquals))?;
        let at = start + rest + (content[rest..].len() - content[rest..].trim_start().len());
        let raw = &text[at.min(bare.end)..bare.end];
        let mut continued = Vec::new();
        let (value, end) = match quote_of(raw) {
            Some(quote) => match raw[quote.len()..].rfind(quote) {
                Some(length) => (raw[quote.len()..][..length].to_owned(), at + length + 2 * quote.len()),
                None => (multiline(text, raw, quote, number, &mut rows, &mut continued)?, bare.end),
            },
            None if dialect != Dialect::Plain && raw.trim_end().ends_with('\\') => {
                (continuation(text, raw, &mut rows, &mut continued), bare.end)
            }
            None => {
                let value = raw.split(['#', ';']).next().unwrap_or_default().trim_end();
                (unquoted(value).to_owned(), at + value.len())
            }
        };
        let mut path: Vec<String> = doc.groups.last().map(|group| group.path.clone()).unwrap_or_default();
        path.push(key.to_owned());
        let file = file_of(&value).filter(|_| dialect == Dialect::Grafana).map(str::to_owned);
        let from = file.is_some().then_some("file");
        doc.entries.push(Entry { path, value: Some(file.unwrap_or(value)), from, body: start..end, continued });
    }
    Ok(doc)
}

/// Ends the section before, and opens one.
pub(super) fn section(doc: &mut Doc, path: Vec<String>, head: Range<usize>) {
    let end = doc.groups.last().map_or(0, |group| group.end);
    if let Some(last) = doc.groups.last_mut() {
        last.end = head.start;
    }
    doc.groups.push(Group { path, head, end, shape: Shape::Section });
}

/// A line's key, and where what is behind its `=` begins.
fn key(content: &str) -> Option<(&str, usize)> {
    let quote = ["\"\"\"", "\"", "`"].into_iter().find(|quote| content.starts_with(quote));
    if let Some(quote) = quote {
        let close = content[quote.len()..].find(quote)? + quote.len();
        let behind = close + quote.len();
        return Some((content[quote.len()..close].trim(), behind + content[behind..].find(['=', ':'])? + 1));
    }
    let end = content.find(['=', ':'])?;
    Some((content[..end].trim(), end + 1))
}

/// The quote that keeps a value as it is.
fn quote_of(raw: &str) -> Option<&'static str> {
    if raw.len() > 3 && raw.starts_with("\"\"\"") {
        return Some("\"\"\"");
    }
    raw.starts_with('`').then_some("`")
}

fn multiline(
    text: &str,
    raw: &str,
    quote: &str,
    number: usize,
    rows: &mut impl Iterator<Item = (usize, Range<usize>, Range<usize>)>,
    continued: &mut Vec<Range<usize>>,
) -> Result<String, Fault> {
    let mut value = format!("{}\n", &raw[quote.len()..]);
    for (_, _, whole) in rows {
        continued.push(whole.clone());
        let line = &text[whole];
        if let Some(end) = line.rfind(quote) {
            value.push_str(&line[..end]);
            return Ok(value);
        }
        value.push_str(line);
    }
    Err(Fault::at(number, FaultKind::OpenQuote))
}

fn continuation(
    text: &str,
    raw: &str,
    rows: &mut impl Iterator<Item = (usize, Range<usize>, Range<usize>)>,
    continued: &mut Vec<Range<usize>>,
) -> String {
    let mut value = raw.trim_end().to_owned();
    while value.ends_with('\\') {
        value.pop();
        let Some((_, bare, whole)) = rows.next() else { break };
        continued.push(whole);
        value.push_str(text[bare].trim());
    }
    value
}

/// One pair of quotes is taken off where there are no others of its kind within.
fn unquoted(value: &str) -> &str {
    ['\'', '"']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote).filter(|inner| !inner.contains(quote)))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str, dialect: Dialect) -> Vec<(String, String)> {
        doc(text, dialect).unwrap().entries.into_iter().map(|it| (it.path.join("/"), it.value.unwrap())).collect()
    }

    #[test]
    fn as_go_ini_reads() {
        let text = "; c\nAPP_NAME = Git: with a cup ; tea\r\n[mailer]\nPASSWD = `a`b#` ; `\nUSER=\"me\"\nX: 'y'\n\
                    E =\nM = \"\"\"a\nb\"\"\"\n  I = a'b'\n[a.b]\n# x\nk = v\\\n  w\n";
        let expected = [
            ("APP_NAME", "Git: with a cup"),
            ("mailer/PASSWD", "a`b#` ; "),
            ("mailer/USER", "me"),
            ("mailer/X", "y"),
            ("mailer/E", ""),
            ("mailer/M", "a\nb"),
            ("mailer/I", "a'b'"),
            ("a.b/k", "vw"),
        ];
        assert_eq!(pairs(text, Dialect::Continued), expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(pairs(text, Dialect::Grafana), expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let fault = doc("[a]\nnonsense\n", Dialect::Plain).unwrap_err();
        assert_eq!(fault, Fault { line: 2, kind: FaultKind::NoEquals });
        assert_eq!(doc("a = `x\n", Dialect::Plain).unwrap_err(), Fault { line: 1, kind: FaultKind::OpenQuote });
        assert_eq!(doc("\n[a\n", Dialect::Plain).unwrap_err(), Fault { line: 2, kind: FaultKind::Syntax });
    }

    #[test]
    fn files_in_place_of_values() {
        let found = doc("[smtp]\npassword = $__file{/x y}\n", Dialect::Grafana).unwrap().entries.remove(0);
        assert_eq!((found.value.as_deref(), found.from), (Some("/x y"), Some("file")));
        assert_eq!(pairs("p = $__file{/x}\n", Dialect::Plain), [("p".into(), "$__file{/x}".into())]);
    }
}
