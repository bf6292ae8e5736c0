//! What is looked for in a program's log.

use serde::{Deserialize, Deserializer};

use super::Template;

/// Texts that a line contains in this order, with anything between them. A preset has it as one text, in which `*` is anything
/// and `\*` a star; it is taken apart before anything is put in, so that a star in an address is a star.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPattern<T = String> {
    /// The texts, at least one.
    pub parts: Vec<T>,
}

impl<'de> Deserialize<'de> for LogPattern<Template> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Template::deserialize(deserializer).map(|template| Self { parts: template.parts() })
    }
}

impl LogPattern {
    /// The line, if it contains the parts in this order, whatever their case; of several parts, from the last one on.
    pub fn fit<'a>(&self, line: &'a str) -> Option<&'a str> {
        let lower = line.to_ascii_lowercase();
        let (mut from, mut rest) = (0, 0);
        for part in &self.parts {
            let at = rest + lower[rest..].find(&part.to_ascii_lowercase())?;
            if self.parts.len() > 1 {
                from = at;
            }
            rest = at + part.len();
        }
        Some(&line[from..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::toml_read;

    fn pattern(text: &str) -> LogPattern<Template> {
        #[derive(Deserialize)]
        struct One {
            one: LogPattern<Template>,
        }
        let One { one } = toml_read::from_str(&format!("one = '{text}'")).unwrap();
        one
    }

    #[test]
    fn a_star_in_a_preset_is_anything_and_one_with_a_backslash_a_star() {
        let parts = |text| pattern(text).parts.iter().map(|part| part.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(parts(r" => {{ to }} * C=250"), [" => {{ to }} ", " C=250"]);
        assert_eq!(parts(r" \*\* {{ to }} "), [" ** {{ to }} "]);
        assert_eq!(parts(r"a\b"), [r"a\b"]);
    }

    #[test]
    fn parts_are_found_in_their_order_and_in_any_case() {
        let fit = |parts: &[&str], line| LogPattern { parts: parts.iter().map(|it| (*it).to_owned()).collect() }.fit(line);
        assert_eq!(fit(&["to=<Bob@X.test>", "status="], "to=<bob@x.test>, status=sent"), Some("status=sent"));
        assert_eq!(fit(&["status=", "to="], "to=<bob@x.test>, status=sent"), None);
        // Exim's word for a failure, which an arrival from the same address does not have.
        let arrival = "1xWPUG-0001 <= ops@x.test U=root P=local S=400 id=1@x.test";
        assert_eq!((fit(&[" ** ops@x.test "], arrival), fit(&[" <= "], arrival)), (None, Some(arrival)));
        // An address may have a star.
        assert_eq!(fit(&["<a*b@x.test>"], "<acb@x.test>"), None);
        assert_eq!(fit(&["é", "à"], "é ü à"), Some("à"));
    }
}
