//! The Public Suffix List, with its private part: `presets/public_suffix_list.dat`, as its source has it.

use crate::packed::Packed;

/// What it is called.
pub const NAME: &str = "public_suffix_list";

/// Where it comes from.
pub const SOURCE: &str = "https://publicsuffix.org/list/public_suffix_list.dat";

/// Its rules, a line each, in the order of their bytes, and one that has its date: `VERSION`, a tab, `2026-10-22_08-36-41_UTC`.
static RULES: Packed = Packed::new(include_bytes!(concat!(env!("OUT_DIR"), "/public_suffixes")));

/// Year and month of the list, as `2026-10`.
pub fn month() -> &'static str {
    RULES.line_of("VERSION").and_then(|date| date.get(..7)).unwrap_or_default()
}

/// The registrable domain that a name is or is below: the public suffix with one label more; `None` for a public suffix. The name is
/// in lower case, as people write it and not as DNS takes it.
///
/// A top-level domain that the list does not have is a public suffix (<https://publicsuffix.org/list/>, "Formal Algorithm").
pub(super) fn registrable_domain(name: &str) -> Option<&str> {
    let mut shorter = None;
    let mut rest = Some(name);
    while let Some(suffix) = rest {
        let parent = suffix.split_once('.').map(|(_, parent)| parent);
        let is_rule = |rule: &str| RULES.line_of(rule).is_some();
        if is_rule(&format!("!{suffix}")) {
            return Some(suffix);
        }
        if is_rule(suffix) || parent.is_none_or(|parent| is_rule(&format!("*.{parent}"))) {
            return shorter;
        }
        (shorter, rest) = (Some(suffix), parent);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of <https://raw.githubusercontent.com/publicsuffix/list/main/tests/test_psl.txt>.
    #[test]
    fn as_the_lists_own_tests_say() {
        for (name, domain) in [
            ("com", None),
            ("example.com", Some("example.com")),
            ("a.b.example.com", Some("example.com")),
            ("uk.com", None),
            ("a.b.example.uk.com", Some("example.uk.com")),
            ("test.ac", Some("test.ac")),
            ("example", None),
            ("a.b.example.example", Some("example.example")),
            ("c.mm", None),
            ("a.b.c.mm", Some("b.c.mm")),
            ("ac.jp", None),
            ("b.kobe.jp", None),
            ("a.b.c.kobe.jp", Some("b.c.kobe.jp")),
            ("city.kobe.jp", Some("city.kobe.jp")),
            ("www.city.kobe.jp", Some("city.kobe.jp")),
            ("b.ck", None),
            ("www.www.ck", Some("www.ck")),
            ("ide.kyoto.jp", None),
            ("test.k12.ak.us", Some("test.k12.ak.us")),
            ("www.\u{98df}\u{72ee}.\u{516c}\u{53f8}.cn", Some("\u{98df}\u{72ee}.\u{516c}\u{53f8}.cn")),
            ("\u{4e2d}\u{56fd}", None),
        ] {
            assert_eq!(registrable_domain(name), domain, "{name}");
        }
    }

    #[test]
    fn every_rule_is_found() {
        let file = include_str!("../../presets/public_suffix_list.dat");
        let rules = file.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
        let missing: Vec<&str> = rules.clone().filter(|rule| RULES.line_of(rule) != Some("")).collect();
        assert!(missing.is_empty() && rules.count() > 10_000, "{missing:?}");
        assert!(file.contains(&format!("// VERSION: {}-", month())) && month().len() == 7);
    }
}
