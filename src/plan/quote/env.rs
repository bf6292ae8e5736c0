//! Environment files for one reader each (`read::env`).

use super::{Unfit, is_plain};

/// `docker run --env-file`: raw to the end of the line.
pub(super) fn docker(value: &str) -> String {
    value.to_owned()
}

/// systemd: double quotes, with the escapes that every version takes; in single quotes they differ about the backslash.
pub(super) fn systemd(value: &str) -> String {
    if is_plain(value) || value.is_empty() {
        return value.to_owned();
    }
    let escape = |character: char| matches!(character, '"' | '\\' | '`' | '$').then_some('\\');
    let escaped: String = value.chars().flat_map(|character| escape(character).into_iter().chain([character])).collect();
    format!("\"{escaped}\"")
}

/// node: the first of its three quotes that the value does not have; in double quotes `\\n` would be a line break.
pub(super) fn node(value: &str) -> Result<String, Unfit> {
    if is_plain(value) || value.is_empty() {
        return Ok(value.to_owned());
    }
    let fits = |quote: &char| !value.contains(*quote) && (*quote != '"' || !value.contains("\\n"));
    match ['\'', '"', '`'].into_iter().find(fits) {
        Some(quote) => Ok(format!("{quote}{value}{quote}")),
        None => Err(Unfit::Characters(['\'', '"', '`', '\\'].into_iter().filter(|sign| value.contains(*sign)).collect())),
    }
}

/// python-dotenv: single quotes with `\\\\` and `\\'`. A backslash at the end would hide the closing quote, and `${NAME}` is
/// expanded.
pub(super) fn python(value: &str) -> Result<String, Unfit> {
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

/// dotenvy and Compose: single quotes keep all but their own kind and a backslash at the end; in double quotes both take the
/// same three escapes.
pub(super) fn dotenvy_or_compose(value: &str) -> String {
    if is_plain(value) || value.is_empty() {
        return value.to_owned();
    }
    if !value.contains('\'') && !value.ends_with('\\') {
        return format!("'{value}'");
    }
    let escape = |character: char| matches!(character, '"' | '\\' | '$').then_some('\\');
    let escaped: String = value.chars().flat_map(|character| escape(character).into_iter().chain([character])).collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_its_own() {
        assert_eq!(docker(" \"a' "), " \"a' ");
        assert_eq!(systemd("it's \"$x`\\"), "\"it's \\\"\\$x\\`\\\\\"");
        assert_eq!(node("it's").as_deref(), Ok("\"it's\""));
        assert_eq!(node("'\"$\\n").as_deref(), Ok("`'\"$\\n`"));
        assert_eq!(node("'\"`"), Err(Unfit::Characters("'\"`".into())));
        assert_eq!(python("it's \\n").as_deref(), Ok("'it\\'s \\\\n'"));
        assert_eq!(python("a\\"), Err(Unfit::Characters("\\".into())));
        assert_eq!(python("${x}"), Err(Unfit::Characters("${".into())));
        assert_eq!(dotenvy_or_compose("a\\$`\"#"), "'a\\$`\"#'");
        assert_eq!(dotenvy_or_compose("it's \"$x`\\"), "\"it's \\\"\\$x`\\\\\"");
    }
}
