//! An environment file for python-dotenv (`src/dotenv/parser.py`).

use super::{
    doc::FileEntry,
    env_lines::{EnvFile, assignments},
    text::{Fault, FaultKind, Unfit, is_plain},
};

/// An environment file for python-dotenv.
pub(crate) const PYTHON_DOTENV: EnvFile = EnvFile { word: "python-dotenv", entries, quote };

/// python-dotenv (`parser.py`): in single quotes `\\\\` and `\\'` are escapes; a quoted value ends at the first quote that no
/// backslash is before, even an escaped one; `${NAME}` is expanded in all values but is left to the consumer here.
fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    assignments(text, |raw, _, from| {
        let quote = raw.chars().next().filter(|first| matches!(first, '\'' | '"'));
        if let Some(quote) = quote {
            return quoted(raw, quote).ok_or_else(|| Fault::within(text, from, FaultKind::OpenQuote));
        }
        let line = raw.split('\n').next().unwrap_or_default();
        let comment = line.match_indices('#').map(|(at, _)| at).find(|at| line[..*at].ends_with([' ', '\t']));
        let value = line[..comment.unwrap_or(line.len())].trim_end();
        Ok((value.to_owned(), value.len()))
    })
}

/// What is between a pair of quotes, and the bytes with both.
fn quoted(raw: &str, quote: char) -> Option<(String, usize)> {
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

/// python-dotenv: single quotes with `\\\\` and `\\'`. A backslash at the end would hide the closing quote, and `${NAME}` is
/// expanded.
fn quote(value: &str) -> Result<String, Unfit> {
    if is_plain(value) || value.is_empty() {
        return Ok(value.to_owned());
    }
    if value.contains("${") {
        return Err(Unfit::Characters("${".into()));
    }
    if value.ends_with('\\') {
        return Err(Unfit::Characters("\\".into()));
    }
    Ok(format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(entries: &[FileEntry]) -> Vec<(&str, &str)> {
        entries.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect()
    }

    #[test]
    fn python_has_escapes() {
        let text = "A='it\\'s \\\\ \\n' # c\nexport B = x # y\nC=\"a\\n\"\nD=\n";
        assert_eq!(pairs(&entries(text).unwrap()), [("A", "it's \\ \\n"), ("B", "x"), ("C", "a\n"), ("D", "")]);
        assert_eq!(entries("A=1\nB='x\n").unwrap_err(), Fault { line: 2, kind: FaultKind::OpenQuote });
    }

    #[test]
    fn single_quotes() {
        assert_eq!(quote("it's \\n").as_deref(), Ok("'it\\'s \\\\n'"));
        assert_eq!(quote("a\\"), Err(Unfit::Characters("\\".into())));
        assert_eq!(quote("${x}"), Err(Unfit::Characters("${".into())));
    }
}
