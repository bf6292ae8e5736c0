//! An environment file for `node --env-file` (`src/node_dotenv.cc`).

use super::{
    doc::FileEntry,
    env_lines::{EnvFile, assignments},
    text::{Fault, FaultKind, Unfit, is_plain},
};

/// An environment file for `node --env-file`.
pub(crate) const NODE_ENV: EnvFile = EnvFile { word: "node-env", entries, quote };

/// `node --env-file` (`node_dotenv.cc`): a value in single, double or backquotes is raw up to the same quote, but for `\n` in
/// double quotes; without quotes it ends before a `#`.
fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
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

/// node: the first of its three quotes that the value does not have; in double quotes `\\n` would be a line break.
fn quote(value: &str) -> Result<String, Unfit> {
    if is_plain(value) || value.is_empty() {
        return Ok(value.to_owned());
    }
    let fits = |quote: &char| !value.contains(*quote) && (*quote != '"' || !value.contains("\\n"));
    match ['\'', '"', '`'].into_iter().find(fits) {
        Some(quote) => Ok(format!("{quote}{value}{quote}")),
        None => Err(Unfit::Characters(['\'', '"', '`', '\\'].into_iter().filter(|sign| value.contains(*sign)).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(entries: &[FileEntry]) -> Vec<(&str, &str)> {
        entries.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect()
    }

    #[test]
    fn node_has_three_quotes() {
        let text = "# c\nexport A = 'x\\' # c\nB=`\"'`\nC=a#b\nD=\"\\\\n\"\nE=\n";
        assert_eq!(pairs(&entries(text).unwrap()), [("A", "x\\"), ("B", "\"'"), ("C", "a"), ("D", "\\\n"), ("E", "")]);
    }

    #[test]
    fn the_first_quote_that_fits() {
        assert_eq!(quote("it's").as_deref(), Ok("\"it's\""));
        assert_eq!(quote("'\"$\\n").as_deref(), Ok("`'\"$\\n`"));
        assert_eq!(quote("'\"`"), Err(Unfit::Characters("'\"`".into())));
    }
}
