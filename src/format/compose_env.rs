//! An environment file for Docker Compose 2 (`env_file:` and `.env`; compose-go, `dotenv/parser.go`): `KEY=value` or `KEY:
//! value`, and a key alone for a variable that is set elsewhere (`locateKeyName`). In single quotes `\'` is an escape; in
//! double quotes those of the shell and of Go are (`expandEscapes`). Without quotes a value ends before ` #`
//! (`extractVarValue`). `$NAME` is left to the consumer here, except in single quotes, where it has no meaning.

use super::{
    doc::FileEntry,
    env_lines::{EnvFile, single_or_double},
    text::{Fault, FaultKind, next_line},
};

/// An environment file for Docker Compose.
pub(crate) const COMPOSE_ENV: EnvFile = EnvFile { word: "compose-env", entries, quote: |value| Ok(single_or_double(value)) };

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
        let rest = &text[at..];
        if rest.is_empty() {
            return Ok(found);
        }
        if rest.starts_with('#') {
            at = next_line(text, at);
            continue;
        }
        let start = at
            + rest.strip_prefix("export").map_or(0, |bare| {
                let blanks = bare.len() - bare.trim_start_matches(is_blank).len();
                if blanks == 0 { 0 } else { rest.len() - bare.len() + blanks }
            });
        let fault = |kind| Fault::within(text, at, kind);
        let length = text[start..].find(|character| !is_part(character) && !is_blank(character));
        let sign = length.map_or(text.len(), |length| start + length);
        let name = text[start..sign].trim_end_matches(is_blank);
        let from = match text[sign..].chars().next() {
            Some('=' | ':') if !name.contains(' ') => sign + 1,
            Some('\n') | None => {
                at = sign;
                continue;
            }
            Some(_) => return Err(fault(FaultKind::Syntax)),
        };
        let raw = text[from..].trim_start_matches(is_blank);
        let (value, length) = value(raw).ok_or_else(|| fault(FaultKind::OpenQuote))?;
        at = text.len() - raw.len() + length;
        found.push(FileEntry::flat(name, value, start..at));
    }
}

/// A blank that does not end the line.
fn is_blank(character: char) -> bool {
    character.is_whitespace() && character != '\n'
}

/// What a key is made of.
fn is_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '-' | '[' | ']')
}

/// A value and how many bytes it takes; `None` when a quote is never closed.
fn value(raw: &str) -> Option<(String, usize)> {
    let Some(quote) = raw.chars().next().filter(|first| matches!(first, '\'' | '"')) else {
        let line = raw.split('\n').next().unwrap_or_default();
        let value = line.split(" #").next().unwrap_or_default().trim_end();
        return Some((value.to_owned(), value.len()));
    };
    let mut value = String::new();
    let mut characters = raw.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            _ if character == quote => return Some((value, at + 1)),
            '\\' => match (characters.next()?.1, quote) {
                (escaped, _) if escaped == quote => value.push(quote),
                (escaped, '"') => value.extend(escape(escaped)),
                (other, _) => value.extend(['\\', other]),
            },
            _ => value.push(character),
        }
    }
    None
}

/// What a backslash before a character means in double quotes; octal codes are left as they are.
fn escape(character: char) -> impl Iterator<Item = char> {
    let single = match character {
        '\\' | '$' => Some(character),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'a' => Some('\u{7}'),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'v' => Some('\u{b}'),
        _ => None,
    };
    let both = if single.is_none() { Some(['\\', character]) } else { None };
    single.into_iter().chain(both.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_compose_reads() {
        let text = "# c\r\n\nexport A = 'x\\y\\'\\\\' # c\r\nB: \"it's \\\"\\$\\\\\\n\\q\"\nHERE\nC=a b#c # d\nD=\nE='1\n2'\nF=$x # c\nG";
        let found = entries(text).unwrap();
        let pairs: Vec<_> = found.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect();
        let expected = [("A", "x\\y'\\\\"), ("B", "it's \"$\\\n\\q"), ("C", "a b#c"), ("D", ""), ("E", "1\n2"), ("F", "$x")];
        assert_eq!(pairs, expected);
        assert_eq!(&text[found[0].body.clone()], "A = 'x\\y\\'\\\\'");
        assert_eq!(&text[found[2].body.clone()], "C=a b#c");
    }

    #[test]
    fn what_it_does_not_take() {
        for (text, kind) in [
            ("A=1\nB='x\n", FaultKind::OpenQuote),
            ("A=1\nB='x\\'\n", FaultKind::OpenQuote),
            ("A=1\nB C=2\n", FaultKind::Syntax),
            ("A=1\nB!=2\n", FaultKind::Syntax),
            ("A=1\nB='a'\"b\"\n", FaultKind::Syntax),
        ] {
            assert_eq!(entries(text).unwrap_err(), Fault { line: 2, kind }, "{text}");
        }
    }
}
