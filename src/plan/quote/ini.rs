//! go-ini: backticks keep a value as it is, up to the last backtick of the line, so that one within does no harm. Only
//! `%(name)s` is looked up afterwards, in any value (`key.go`, `transformValue`), and in Grafana `${NAME}`, `$__env{NAME}`
//! and `$__file{PATH}` (`expanders.go`); there is no way to write these.

use super::{Unfit, is_plain};

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    let is_looked_up = value.match_indices("%(").any(|(at, _)| {
        let name = &value[at + 2..];
        name.find(')').is_some_and(|end| end > 0 && name[end..].starts_with(")s"))
    });
    if is_looked_up {
        return Err(Unfit::Characters("%()".into()));
    }
    Ok(if is_plain(value) || value.is_empty() { value.to_owned() } else { format!("`{value}`") })
}

pub(super) fn quote_for_grafana(value: &str) -> Result<String, Unfit> {
    let is_expanded = value.match_indices('$').any(|(at, _)| {
        let word = value[at + 1..].split('{').next().unwrap_or_default();
        let is_name = word
            .strip_prefix("__")
            .is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        let inner = value[at + 1 + word.len()..].strip_prefix('{');
        (word.is_empty() || is_name) && inner.is_some_and(|inner| inner.find('}').is_some_and(|end| end > 0))
    });
    if is_expanded { Err(Unfit::Characters("${}".into())) } else { quote(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks() {
        assert_eq!(quote("smtp.example.com").as_deref(), Ok("smtp.example.com"));
        assert_eq!(quote(" a`b\"#;$x ").as_deref(), Ok("` a`b\"#;$x `"));
        assert_eq!(quote("100%(x)").as_deref(), Ok("`100%(x)`"));
        assert_eq!(quote("a%(x)s"), Err(Unfit::Characters("%()".into())));
        assert_eq!(quote("${x}").as_deref(), Ok("`${x}`"));
    }

    #[test]
    fn grafana_expands() {
        for value in ["${x}", "a$__file{/x}b", "$__env{A}"] {
            assert_eq!(quote_for_grafana(value), Err(Unfit::Characters("${}".into())), "{value}");
        }
        for value in ["${}", "$x", "a${", "$__{x}", "$"] {
            assert!(quote_for_grafana(value).is_ok(), "{value}");
        }
    }
}
