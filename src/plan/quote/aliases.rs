//! Aliases (aliases(5)): an address stands as it is; there is no quoting that all of their readers take.

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    let leads = |letter: char| value.starts_with(letter) && matches!(letter, '/' | '|');
    let is_special = |letter: &char| letter.is_whitespace() || ",:;#\"\\()<>[]".contains(*letter) || leads(*letter);
    let found: String = value.chars().filter(is_special).collect();
    if found.is_empty() { Ok(value.to_owned()) } else { Err(Unfit::Characters(found)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_nothing_that_would_be_more() {
        assert_eq!(quote("ops+root/a|b@example.com").as_deref(), Ok("ops+root/a|b@example.com"));
        for (value, found) in [("a, b@x.test", ", "), ("|cat@x.test", "|"), ("/var@x.test", "/"), (":include:/x", "::")] {
            assert_eq!(quote(value), Err(Unfit::Characters(found.into())), "{value}");
        }
    }
}
