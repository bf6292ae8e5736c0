//! A POSIX shell: single quotes keep everything but the single quote itself, which is written `'\''`
//! (POSIX.1-2024, XCU 2.2.2).

use super::is_plain;

pub(super) fn quote(value: &str) -> String {
    if is_plain(value) || value.is_empty() { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_quotes() {
        assert_eq!(quote("smtp.example.com"), "smtp.example.com");
        assert_eq!(quote(""), "");
        assert_eq!(quote("~"), "'~'");
        assert_eq!(quote(r"it's $HOME `\"), r"'it'\''s $HOME `\'");
    }
}
