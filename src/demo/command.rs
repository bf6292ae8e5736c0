//! Commands as clients write them (RFC 5321, 4.1.1).

/// A command's verb, in upper case, and what follows it.
pub(super) fn split(line: &str) -> (String, &str) {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    (verb.to_ascii_uppercase(), rest.trim())
}

/// The path and the parameters of MAIL or RCPT.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path<'a> {
    /// The address without its brackets; empty for `<>`.
    pub(super) address: &'a str,
    /// Each parameter's name, in upper case, and value.
    pub(super) parameters: Vec<(String, &'a str)>,
}

/// Parses what follows MAIL (with `FROM:`) or RCPT (with `TO:`); `None` when it violates the grammar.
pub(super) fn path<'a>(rest: &'a str, keyword: &str) -> Option<Path<'a>> {
    let (found, after) = rest.split_at_checked(keyword.len())?;
    if !found.eq_ignore_ascii_case(keyword) {
        return None;
    }
    // A blank after the colon violates the grammar, and is common.
    let (address, parameters) = after.trim_start().strip_prefix('<')?.split_once('>')?;
    if !parameters.is_empty() && !parameters.starts_with(' ') {
        return None;
    }
    let parameters = parameters
        .split_ascii_whitespace()
        .map(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            (name.to_ascii_uppercase(), value)
        })
        .collect();
    Some(Path { address, parameters })
}

/// The size and the end mark of BDAT (RFC 3030); `None` when it violates the grammar.
pub(super) fn chunk(rest: &str) -> Option<(u64, bool)> {
    let mut words = rest.split_ascii_whitespace();
    let size = words.next()?.parse().ok()?;
    let last = match words.next() {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("LAST") => true,
        Some(_) => return None,
    };
    words.next().is_none().then_some((size, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let parsed = path("from:<a@b.test> size=10 SMTPUTF8", "FROM:").unwrap();
        assert_eq!(parsed.address, "a@b.test");
        assert_eq!(parsed.parameters, [("SIZE".to_owned(), "10"), ("SMTPUTF8".to_owned(), "")]);
        assert_eq!(path("TO: <>", "TO:").unwrap().address, "");
        for wrong in ["", "FROM:", "FROM:a@b.test", "FROM:<a@b.test", "FROM:<a@b.test>x", "TO:<a@b.test>", "FROMé<a>"] {
            assert_eq!(path(wrong, "FROM:"), None, "{wrong}");
        }
    }

    #[test]
    fn chunks() {
        assert_eq!(chunk("12 last"), Some((12, true)));
        assert_eq!(chunk("0"), Some((0, false)));
        for wrong in ["", "x", "-1", "1 FIRST", "1 LAST 2"] {
            assert_eq!(chunk(wrong), None, "{wrong}");
        }
    }
}
