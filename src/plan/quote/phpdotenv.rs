//! A Laravel application's .env: double quotes with escapes. `env()` takes words such as `null` for other things than text,
//! and one more pair of quotes off what is left; a pair of our own keeps such a value as it is.

use super::is_plain;

const WORDS: [&str; 8] = ["true", "false", "null", "empty", "(true)", "(false)", "(null)", "(empty)"];

pub(super) fn quote(value: &str) -> String {
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
    fn twice_where_laravel_would_change_it() {
        assert_eq!(quote("smtp.example.com"), "smtp.example.com");
        assert_eq!(quote("it's \"$5\\ #"), "\"it's \\\"\\$5\\\\ #\"");
        assert_eq!(quote("Null"), "\"\\\"Null\\\"\"");
        assert_eq!(quote("'quoted'"), "\"\\\"'quoted'\\\"\"");
        assert_eq!(quote("'"), "\"'\"");
    }
}
