//! A Laravel application's .env: first as phpdotenv reads it (vlucas/phpdotenv, `src/Parser/EntryParser.php`), then as
//! `env()` hands it on (laravel/framework, `src/Illuminate/Support/Env.php`): it takes words such as `null` for other things
//! than text, and one more pair of quotes off what is left. A pair of our own keeps such a value as it is.

use super::{
    doc::FileEntry,
    env_lines::{EnvFile, assignments},
    text::{Fault, FaultKind, is_plain, next_line},
};

/// A Laravel application's .env.
pub(crate) const LARAVEL_ENV: EnvFile = EnvFile { word: "laravel-env", entries, quote: |value| Ok(quote(value)) };

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    assignments(text, |raw, start, _| {
        let (value, length) = match raw.chars().next() {
            Some('\'') => single_quoted(raw),
            Some('"') => double_quoted(raw),
            _ => Ok(unquoted(raw)),
        }
        .map_err(|kind| Fault::within(text, start, kind))?;
        let behind = raw[length..next_line(raw, length)].trim();
        if !behind.is_empty() && !behind.starts_with('#') {
            return Err(Fault::within(text, start, FaultKind::Syntax));
        }
        Ok((handed_on(value), length))
    })
}

/// What is in single quotes, raw, and the bytes with both; it ends on its line.
fn single_quoted(raw: &str) -> Result<(String, usize), FaultKind> {
    let line = raw.split('\n').next().unwrap_or_default();
    let length = line[1..].find('\'').ok_or(FaultKind::OpenQuote)?;
    Ok((line[1..=length].to_owned(), length + 2))
}

/// What is in double quotes, perhaps over lines, and the bytes with both; an escape that is not known is an error.
fn double_quoted(raw: &str) -> Result<(String, usize), FaultKind> {
    let mut value = String::new();
    let mut characters = raw.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((value, at + 1)),
            '\\' => value.push(match characters.next().map(|(_, escaped)| escaped) {
                Some(escaped @ ('"' | '\\' | '$')) => escaped,
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('f') => '\u{c}',
                Some('v') => '\u{b}',
                _ => return Err(FaultKind::Syntax),
            }),
            _ => value.push(character),
        }
    }
    Err(FaultKind::OpenQuote)
}

/// Up to a blank or a comment.
fn unquoted(raw: &str) -> (String, usize) {
    let end = raw.find(|character: char| character.is_whitespace() || character == '#').unwrap_or(raw.len());
    (raw[..end].to_owned(), end)
}

/// What `env()` makes of a value.
fn handed_on(value: String) -> String {
    let bare = value.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(&value);
    let is = |names: &[&str]| names.iter().any(|name| bare.eq_ignore_ascii_case(name));
    if is(&["null", "empty"]) {
        return String::new();
    }
    if is(&["true", "false"]) {
        return bare.to_ascii_lowercase();
    }
    let inner = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).map(str::to_owned);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

const WORDS: [&str; 8] = ["true", "false", "null", "empty", "(true)", "(false)", "(null)", "(empty)"];

fn quote(value: &str) -> String {
    let is_wrapped = |quote: char| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    if WORDS.iter().any(|word| word.eq_ignore_ascii_case(value)) || is_wrapped('"') || is_wrapped('\'') {
        return escaped(&format!("\"{value}\""));
    }
    if value.is_empty() || is_plain(value) { value.to_owned() } else { escaped(value) }
}

fn escaped(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', r"\\").replace('"', "\\\"").replace('$', r"\$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_laravel_reads() {
        let text = "# c\nexport A = x#c\r\nB='a\\' # c\nC=\"a\\\"\\\\\\$\\n\nb\"\nD=null\nE=\"'q'\"\nF=(TRUE)\nG=\nH=\"\"\n";
        let found = entries(text).unwrap();
        let pairs: Vec<_> = found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect();
        let expected =
            [("A", "x"), ("B", "a\\"), ("C", "a\"\\$\n\nb"), ("D", ""), ("E", "q"), ("F", "true"), ("G", ""), ("H", "")];
        assert_eq!(pairs, expected);
        assert_eq!(&text[found[1].body.clone()], "B='a\\'");
    }

    #[test]
    fn what_it_does_not_take() {
        let fault = |text: &str| entries(text).unwrap_err();
        assert_eq!(fault("A=1\nB='x\n'\n"), Fault { line: 2, kind: FaultKind::OpenQuote });
        assert_eq!(fault("A=\"x\n"), Fault { line: 1, kind: FaultKind::OpenQuote });
        assert_eq!(fault("A=1\nB=my shop\n"), Fault { line: 2, kind: FaultKind::Syntax });
        assert_eq!(fault("A=\"\\x\"\n").kind, FaultKind::Syntax);
    }

    #[test]
    fn twice_where_laravel_would_change_it() {
        assert_eq!(quote("smtp.example.com"), "smtp.example.com");
        assert_eq!(quote("it's \"$5\\ #"), "\"it's \\\"\\$5\\\\ #\"");
        assert_eq!(quote("Null"), "\"\\\"Null\\\"\"");
        assert_eq!(quote("'quoted'"), "\"\\\"'quoted'\\\"\"");
        assert_eq!(quote("'"), "\"'\"");
    }
}
