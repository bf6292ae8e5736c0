//! A file that is one value: raw; its reader takes blanks off at both ends (`strings.TrimSpace` in Alertmanager and Grafana).

use super::Unfit;

pub(super) fn quote(value: &str) -> Result<String, Unfit> {
    if value.trim() == value { Ok(value.to_owned()) } else { Err(Unfit::EdgeBlank) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_but_for_blanks_at_the_ends() {
        assert_eq!(quote("a b\"'").as_deref(), Ok("a b\"'"));
        assert_eq!(quote(" a"), Err(Unfit::EdgeBlank));
        assert_eq!(quote("a\u{a0}"), Err(Unfit::EdgeBlank));
    }
}
