//! An environment file for Rust's dotenvy (0.15, `src/iter.rs` and `src/parse.rs`), which takes a file whole or not at all.
//! Quotes count everywhere in a value and may go on over lines; outside single quotes a backslash escapes `\`, `'`, `"`,
//! `$`, a blank and `n`, and nothing else may follow one; in single quotes one hides the closing quote when the line's end
//! is looked for. `$NAME` is left to the consumer here.

use super::{
    doc::FileEntry,
    env_lines::{EnvFile, single_or_double},
    text::{Fault, FaultKind, next_line},
};

/// An environment file for Rust's dotenvy.
pub(crate) const DOTENVY: EnvFile = EnvFile { word: "dotenvy", entries, quote: |value| Ok(single_or_double(value)) };

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line = &text[at..next_line(text, at)];
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            at += line.len();
            continue;
        }
        let fault = |kind| Fault::within(text, at, kind);
        let (name, behind) = key(content).ok_or_else(|| fault(FaultKind::NoEquals))?;
        let start = at + line.len() - content.len();
        let from = start + behind;
        let raw = text[from..].trim_start_matches([' ', '\t']);
        let (value, length) = value(raw).map_err(fault)?;
        let end = text.len() - raw.len() + length;
        found.push(FileEntry::flat(&content[name.clone()], value, start + name.start..end));
        at = next_line(text, end);
    }
    Ok(found)
}

/// Where the name of `NAME=` or `export NAME=` is, and where what follows its sign begins.
fn key(content: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let blanks = |at: usize| at + content[at..].len() - content[at..].trim_start_matches([' ', '\t']).len();
    let name = |from: usize| {
        let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.');
        let length = content[from..].find(|character| !is_part(character)).unwrap_or(content.len() - from);
        let is_name = content[from..].starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        is_name.then_some(from..from + length)
    };
    let mut found = name(0)?;
    if &content[found.clone()] == "export" && !content[blanks(found.end)..].starts_with('=') {
        found = name(blanks(found.end))?;
    }
    let equals = blanks(found.end);
    content[equals..].starts_with('=').then_some((found, equals + 1))
}

/// A value and how many bytes it takes.
fn value(raw: &str) -> Result<(String, usize), FaultKind> {
    let (mut value, mut length, mut quote) = (String::new(), 0, None);
    if raw.starts_with('#') {
        return Ok((value, length));
    }
    let mut characters = raw.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some('\''), '\\') => match characters.next() {
                Some((_, next)) if next != '\'' => value.extend(['\\', next]),
                _ => return Err(FaultKind::OpenQuote),
            },
            (Some('\''), _) => value.push(character),
            (_, '\\') => match characters.next() {
                Some((_, escaped @ ('\\' | '\'' | '"' | '$' | ' '))) => value.push(escaped),
                Some((_, 'n')) => value.push('\n'),
                _ => return Err(FaultKind::Syntax),
            },
            (None, '\n') => break,
            (None, '\'' | '"') => quote = Some(character),
            (None, ' ' | '\t' | '\r') => {
                let rest = raw[at..].split('\n').next().unwrap_or_default().trim();
                if rest.is_empty() || rest.starts_with('#') {
                    break;
                }
                return Err(FaultKind::Syntax);
            }
            _ => value.push(character),
        }
        length = characters.offset();
    }
    if quote.is_none() { Ok((value, length)) } else { Err(FaultKind::OpenQuote) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_dotenvy_reads() {
        let text =
            "# c\r\n\nexport A = 'x\\y' # c\r\nB=\"it's \\\"\\$\\\\\\n\"\nC=a\\ 'b c'd#e\nD=\nE=#x\nF='1\n2'\nexport=g";
        let found = entries(text).unwrap();
        let pairs: Vec<_> = found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect();
        let expected =
            [("A", "x\\y"), ("B", "it's \"$\\\n"), ("C", "a b cd#e"), ("D", ""), ("E", ""), ("F", "1\n2"), ("export", "g")];
        assert_eq!(pairs, expected);
        assert_eq!(&text[found[0].body.clone()], "A = 'x\\y'");
        // Its own parser says the same.
        let own: Vec<(String, String)> = dotenvy::from_read_iter(text.as_bytes()).map(Result::unwrap).collect();
        assert_eq!(own, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_it_does_not_take() {
        let broken = [
            ("A=1\nB='x\n", FaultKind::OpenQuote),
            ("A=1\nB='x\\'\n", FaultKind::OpenQuote),
            ("A=1\nB=\"\\x\"\n", FaultKind::Syntax),
            ("A=1\nB=x y\n", FaultKind::Syntax),
            ("A=1\nB\n", FaultKind::NoEquals),
            ("A=1\n1B=2\n", FaultKind::NoEquals),
        ];
        for (text, kind) in broken {
            assert_eq!(entries(text).unwrap_err(), Fault { line: 2, kind }, "{text}");
            assert!(dotenvy::from_read_iter(text.as_bytes()).any(|line| line.is_err()), "{text}");
        }
    }
}
