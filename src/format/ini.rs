//! INI as go-ini reads it (gopkg.in/ini.v1 1.67, `parser.go`; Gitea, Forgejo, Gogs, Grafana): `[section]`, `key = value` or
//! `key: value`, comments with `#` and `;`, also after a value. Backticks and `"""` keep a value as it is, up to the last of
//! them on the line (`readValue`), so a backtick within does no harm; one pair of quotes around a value is taken off
//! (`hasSurroundedQuote`).
//!
//! `%(name)s` is looked up afterwards in any value (`transformValue` in `key.go`), and in Grafana `${NAME}`, `$__env{NAME}`
//! and `$__file{PATH}` are (`pkg/setting/expanders.go`); none of them can be written literally.

use std::ops::Range;

use super::{
    doc::{FileDoc, FileEntry, Group, Shape},
    file_format::FileFormat,
    kind::FileKind,
    place::{Edit, Gap, section},
    text::{Fault, FaultKind, Unfit, is_plain, lines},
};

/// INI as go-ini reads it; who loads it says how.
pub(crate) struct Ini {
    word: &'static str,
    comment: &'static str,
    dialect: IniDialect,
    quote: fn(&str) -> Result<String, Unfit>,
}

impl Ini {
    /// Gitea and Forgejo: sections, backticks, `%(name)s`.
    pub(crate) const PLAIN: Self = Self { word: "ini", comment: ";", dialect: IniDialect::Plain, quote };

    /// The same with Grafana's expansions: `${VAR}`, `$__env{VAR}`, `$__file{PATH}`.
    pub(crate) const GRAFANA: Self =
        Self { word: "ini-grafana", comment: ";", dialect: IniDialect::Grafana, quote: quote_for_grafana };

    /// As go-ini reads it by itself (aerc): with continued lines.
    pub(crate) const AERC: Self = Self { word: "ini-aerc", comment: "#", dialect: IniDialect::Continued, quote };
}

impl FileFormat for Ini {
    fn word(&self) -> &'static str {
        self.word
    }

    fn comment(&self) -> &'static str {
        self.comment
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        doc(text, self.dialect)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Ini])
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        (self.quote)(value)
    }

    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        Ok(section::place(gap))
    }
}

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IniDialect {
    /// As Gitea loads it: no continuation lines.
    Plain,
    /// As go-ini does it by default (aerc): a backslash at the end of a line continues it.
    Continued,
    /// As Grafana loads it: the same, and values are expanded.
    Grafana,
}

/// The path of a value that is `$__file{PATH}`.
fn file_of(value: &str) -> Option<&str> {
    value.strip_prefix("$__file{")?.strip_suffix('}').filter(|path| !path.is_empty() && !path.contains('}'))
}

fn doc(text: &str, dialect: IniDialect) -> Result<FileDoc, Fault> {
    let mut doc = FileDoc::default();
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
                doc.open_section(vec![content[1..close].to_owned()], whole);
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
            None if dialect != IniDialect::Plain && raw.trim_end().ends_with('\\') => {
                (continuation(text, raw, &mut rows, &mut continued), bare.end)
            }
            None => {
                let value = raw.split(['#', ';']).next().unwrap_or_default().trim_end();
                (unquoted(value).to_owned(), at + value.len())
            }
        };
        let path = doc.path_to(key.to_owned());
        let file = file_of(&value).filter(|_| dialect == IniDialect::Grafana).map(str::to_owned);
        let from = file.is_some().then_some("file");
        doc.entries.push(FileEntry { path, value: Some(file.unwrap_or(value)), from, body: start..end, continued });
    }
    Ok(doc)
}

/// A line's key, and where what follows its `=` begins.
fn key(content: &str) -> Option<(&str, usize)> {
    let quote = ["\"\"\"", "\"", "`"].into_iter().find(|quote| content.starts_with(quote));
    if let Some(quote) = quote {
        let close = content[quote.len()..].find(quote)? + quote.len();
        let behind = close + quote.len();
        return Some((content[quote.len()..close].trim(), behind + content[behind..].find(['=', ':'])? + 1));
    }
    let end = content.bytes().position(|byte| matches!(byte, b'=' | b':'))?;
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

fn quote(value: &str) -> Result<String, Unfit> {
    let is_looked_up = value.match_indices("%(").any(|(at, _)| {
        let name = &value[at + 2..];
        name.find(')').is_some_and(|end| end > 0 && name[end..].starts_with(")s"))
    });
    if is_looked_up {
        return Err(Unfit::Characters("%()".into()));
    }
    Ok(if is_plain(value) || value.is_empty() { value.to_owned() } else { format!("`{value}`") })
}

fn quote_for_grafana(value: &str) -> Result<String, Unfit> {
    let is_expanded = value.match_indices('$').any(|(at, _)| {
        let word = value[at + 1..].split('{').next().unwrap_or_default();
        let is_name = word
            .strip_prefix("__")
            .is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        let inner = value[at + 1 + word.len()..].strip_prefix('{');
        (word.is_empty() || is_name) && inner.is_some_and(|inner| inner.find('}').is_some_and(|end| end > 0))
    });
    if is_expanded { Err(Unfit::Characters("${}".into())) } else { quote(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str, dialect: IniDialect) -> Vec<(String, String)> {
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
        assert_eq!(pairs(text, IniDialect::Continued), expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(pairs(text, IniDialect::Grafana), expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        let fault = doc("[a]\nnonsense\n", IniDialect::Plain).unwrap_err();
        assert_eq!(fault, Fault { line: 2, kind: FaultKind::NoEquals });
        assert_eq!(doc("a = `x\n", IniDialect::Plain).unwrap_err(), Fault { line: 1, kind: FaultKind::OpenQuote });
        assert_eq!(doc("\n[a\n", IniDialect::Plain).unwrap_err(), Fault { line: 2, kind: FaultKind::Syntax });
    }

    #[test]
    fn files_in_place_of_values() {
        let found = doc("[smtp]\npassword = $__file{/x y}\n", IniDialect::Grafana).unwrap().entries.remove(0);
        assert_eq!((found.value.as_deref(), found.from), (Some("/x y"), Some("file")));
        assert_eq!(pairs("p = $__file{/x}\n", IniDialect::Plain), [("p".into(), "$__file{/x}".into())]);
    }

    #[test]
    fn backticks() {
        assert_eq!(quote("smtp.example.com").as_deref(), Ok("smtp.example.com"));
        assert_eq!(quote(" a`b\"#;$x ").as_deref(), Ok("` a`b\"#;$x `"));
        assert_eq!(quote("100%(x)").as_deref(), Ok("`100%(x)`"));
        assert_eq!(quote("a%(x)s"), Err(Unfit::Characters("%()".into())));
        assert_eq!(quote("${x}").as_deref(), Ok("`${x}`"));
    }

    #[test]
    fn grafana_expands() {
        for value in ["${x}", "a$__file{/x}b", "$__env{A}"] {
            assert_eq!(quote_for_grafana(value), Err(Unfit::Characters("${}".into())), "{value}");
        }
        for value in ["${}", "$x", "a${", "$__{x}", "$"] {
            assert!(quote_for_grafana(value).is_ok(), "{value}");
        }
    }
}
