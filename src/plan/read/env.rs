//! Environment files by one reader's own rules each, where `dotenv` is what they have in common.

use super::{Entry, Fault, FaultKind, lines, next_line};

/// `docker run --env-file` (`opts/file.go`): raw to the end of the line, quotes and blanks included.
pub(in crate::plan) fn docker(text: &str) -> Vec<Entry> {
    let entry = |(_, bare, _): (usize, std::ops::Range<usize>, _)| {
        let line = text[bare.clone()].trim_start();
        let (key, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        Some(Entry::flat(key, value.to_owned(), bare.end - line.len()..bare.end))
    };
    lines(text).filter_map(entry).collect()
}

/// systemd's `EnvironmentFile=` (systemd.exec(5); `parse_env_file_internal`): quotes count everywhere in a value, and may go
/// on over lines; in double quotes a backslash escapes `"`, `\`, a backtick and `$`; outside it escapes any character.
pub(in crate::plan) fn systemd(text: &str) -> Result<Vec<Entry>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line = &text[at..next_line(text, at)];
        let content = line.trim_start();
        let start = at + line.len() - content.len();
        let equals = content.find('=').filter(|_| !content.starts_with(['#', ';']));
        let Some(equals) = equals else {
            at += line.len();
            continue;
        };
        let from = start + equals + 1;
        let (value, length) =
            systemd_value(&text[from..]).ok_or_else(|| Fault::within(text, start, FaultKind::OpenQuote))?;
        found.push(Entry::flat(content[..equals].trim(), value, start..from + length));
        at = next_line(text, from + length);
    }
    Ok(found)
}

/// A value and how many bytes it takes.
fn systemd_value(text: &str) -> Option<(String, usize)> {
    let (mut value, mut kept, mut length, mut quote) = (String::new(), 0, 0, None);
    let mut characters = text.char_indices();
    while let Some((_, character)) = characters.next() {
        let is_blank = matches!(character, ' ' | '\t' | '\r');
        match (character, quote) {
            ('\n', None) => break,
            (_, Some(open)) if character == open => quote = None,
            ('\'' | '"', None) => quote = Some(character),
            ('\\', Some('"')) => match characters.next()?.1 {
                escaped @ ('"' | '\\' | '`' | '$') => value.push(escaped),
                '\n' => {}
                other => value.extend(['\\', other]),
            },
            ('\\', None) => value.extend(characters.next().map(|(_, escaped)| escaped).filter(|it| *it != '\n')),
            // Blanks around an unquoted value go.
            _ if quote.is_none() && is_blank && value.is_empty() => {}
            _ => value.push(character),
        }
        if quote.is_some() || !is_blank {
            kept = value.len();
            length = characters.offset();
        }
    }
    value.truncate(kept);
    quote.is_none().then_some((value, length))
}

/// The key of the line `KEY=`, perhaps with `export` in front; where it begins, and where what stands behind the sign does.
fn assignment(text: &str, at: usize) -> Option<(&str, usize, usize)> {
    let line = &text[at..next_line(text, at)];
    let content = line.trim_start();
    let start = at + line.len() - content.len();
    let equals = content.find('=').filter(|_| !content.starts_with('#'))?;
    let key = content[..equals].trim_end();
    let bare = key.strip_prefix("export ").map_or(key, str::trim_start);
    Some((bare, start + key.len() - bare.len(), start + equals + 1))
}

/// Every assignment of a file. `value` is given what stands behind the equals sign, without the blanks in front, and where the
/// key and that side of the sign begin; it returns the value, and how many bytes it takes.
pub(super) fn assignments<'a>(
    text: &'a str,
    mut value: impl FnMut(&'a str, usize, usize) -> Result<(String, usize), Fault>,
) -> Result<Vec<Entry>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let assignment = assignment(text, at);
        at = next_line(text, at);
        let Some((bare, start, from)) = assignment else { continue };
        let raw = text[from..].trim_start_matches([' ', '\t']);
        let (value, length) = value(raw, start, from)?;
        let end = text.len() - raw.len() + length;
        found.push(Entry::flat(bare, value, start..end));
        at = next_line(text, end);
    }
    Ok(found)
}

/// `node --env-file` (`node_dotenv.cc`): a value in single, double or backquotes is raw up to the same quote, but for `\n` in
/// double quotes; without quotes it ends before a `#`.
pub(in crate::plan) fn node(text: &str) -> Result<Vec<Entry>, Fault> {
    assignments(text, |raw, _, from| {
        let quote = raw.chars().next().filter(|first| matches!(first, '\'' | '"' | '`'));
        let closed = quote.and_then(|quote| raw[1..].find(quote).map(|length| (quote, &raw[1..=length])));
        Ok(match (quote, closed) {
            (_, Some(('"', inner))) => (inner.replace("\\n", "\n"), inner.len() + 2),
            (_, Some((_, inner))) => (inner.to_owned(), inner.len() + 2),
            (Some(_), None) => return Err(Fault::within(text, from, FaultKind::OpenQuote)),
            (None, None) => {
                let value = raw.split(['#', '\n']).next().unwrap_or_default().trim_end();
                (value.to_owned(), value.len())
            }
        })
    })
}

/// python-dotenv (`parser.py`): in single quotes `\\\\` and `\\'` are escapes; a quoted value ends at the first quote that no
/// backslash stands before, even an escaped one; `${NAME}` is expanded in all values but is left to the consumer here.
pub(in crate::plan) fn python(text: &str) -> Result<Vec<Entry>, Fault> {
    assignments(text, |raw, _, from| {
        let quote = raw.chars().next().filter(|first| matches!(first, '\'' | '"'));
        if let Some(quote) = quote {
            return python_quoted(raw, quote).ok_or_else(|| Fault::within(text, from, FaultKind::OpenQuote));
        }
        let line = raw.split('\n').next().unwrap_or_default();
        let comment = line.match_indices('#').map(|(at, _)| at).find(|at| line[..*at].ends_with([' ', '\t']));
        let value = line[..comment.unwrap_or(line.len())].trim_end();
        Ok((value.to_owned(), value.len()))
    })
}

/// What stands between a pair of quotes, and the bytes with both.
fn python_quoted(raw: &str, quote: char) -> Option<(String, usize)> {
    let is_end = |at: &usize| !raw[..*at].ends_with('\\');
    let end = raw.match_indices(quote).map(|(at, _)| at).skip(1).find(is_end)?;
    let mut value = String::new();
    let mut characters = raw[1..end].chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        match next.filter(|_| character == '\\') {
            Some(escaped @ ('\\' | '\'')) => value.push(escaped),
            Some('"') if quote == '"' => value.push('"'),
            Some('n') if quote == '"' => value.push('\n'),
            Some('t') if quote == '"' => value.push('\t'),
            _ => {
                value.push(character);
                continue;
            }
        }
        characters.next();
    }
    Some((value, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(entries: &[Entry]) -> Vec<(&str, &str)> {
        entries.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect()
    }

    #[test]
    fn docker_takes_all() {
        let text = "# c\nA=\"x\" # y \r\n  B= z\nC\n";
        assert_eq!(pairs(&docker(text)), [("A", "\"x\" # y "), ("B", " z")]);
    }

    #[test]
    fn systemd_has_quotes() {
        let text = "; c\nA = x y \nB=\"a \\\"\\\\\\$ \\n\"\nC='q\\'\\''w'\nD=a\\ b\\\nc\nE=\nF=\"x\ny\"\n";
        let found = systemd(text).unwrap();
        let expected = [("A", "x y"), ("B", "a \"\\$ \\n"), ("C", "q\\'w"), ("D", "a bc"), ("E", ""), ("F", "x\ny")];
        assert_eq!(pairs(&found), expected);
        assert_eq!(&text[found[0].body.clone()], "A = x y");
        assert_eq!(systemd("A='x\n").unwrap_err(), Fault { line: 1, kind: FaultKind::OpenQuote });
    }

    #[test]
    fn python_has_escapes() {
        let text = "A='it\\'s \\\\ \\n' # c\nexport B = x # y\nC=\"a\\n\"\nD=\n";
        assert_eq!(pairs(&python(text).unwrap()), [("A", "it's \\ \\n"), ("B", "x"), ("C", "a\n"), ("D", "")]);
        assert_eq!(python("A=1\nB='x\n").unwrap_err(), Fault { line: 2, kind: FaultKind::OpenQuote });
    }

    #[test]
    fn node_has_three_quotes() {
        let text = "# c\nexport A = 'x\\' # c\nB=`\"'`\nC=a#b\nD=\"\\\\n\"\nE=\n";
        assert_eq!(pairs(&node(text).unwrap()), [("A", "x\\"), ("B", "\"'"), ("C", "a"), ("D", "\\\n"), ("E", "")]);
    }
}
