//! YAML: in single quotes nothing has a meaning but the single quote itself, which is doubled (YAML 1.2.2, 7.3.2), and
//! nothing in them is taken for a number or a switch.

use super::Unfit;

pub(super) fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// Discourse's app.yml: what is below `env` goes through the launcher's `read`, which eats backslashes and blanks at the ends and
/// fills in `{{config}}`, then in single quotes through an ERB template, and comes out of it as a number or a switch where it
/// looks like one (`launcher`, `copy-env` in `web.template.yml`, `GlobalSetting`).
pub(super) fn quote_for_discourse(value: &str) -> Result<String, Unfit> {
    if let Some(found) = ["'", "\\", "<%", "{{config}}"].into_iter().find(|found| value.contains(found)) {
        return Err(Unfit::Characters(found.into()));
    }
    if value.trim() != value {
        return Err(Unfit::EdgeBlank);
    }
    let digits = value.strip_prefix('-').unwrap_or(value);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && (value == "-0" || (digits.starts_with('0') && digits != "0")) {
        return Err(Unfit::Characters("0".into()));
    }
    if value == "false" { Err(Unfit::Characters(value.into())) } else { Ok(quote(value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_quotes() {
        assert_eq!(quote("it's \\ \"#1\": {x}"), "'it''s \\ \"#1\": {x}'");
        assert_eq!(quote("no"), "'no'");
    }

    #[test]
    fn what_discourse_would_change() {
        assert_eq!(quote_for_discourse("a #\"$x").as_deref(), Ok("'a #\"$x'"));
        for value in ["it's", "a\\b", "<%x", "007", "false", "{{config}}"] {
            assert!(matches!(quote_for_discourse(value), Err(Unfit::Characters(_))), "{value}");
        }
        assert_eq!(quote_for_discourse(" a"), Err(Unfit::EdgeBlank));
        for value in ["0", "42", "-7", "a0", "0x1f", "<"] {
            assert!(quote_for_discourse(value).is_ok(), "{value}");
        }
    }
}
