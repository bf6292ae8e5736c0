//! A record with one include more.

use super::record::{Mechanism, SpfRecord, SpfTerm};

/// The record with `include:NAME` in front of `all` and of `redirect=`, else at its end. Every term is kept, in its order.
pub fn with_include(record: &SpfRecord, name: &str) -> String {
    let ends = |(_, term): &(String, SpfTerm)| {
        matches!(term, SpfTerm::Directive(_, Mechanism::All) | SpfTerm::Redirect(_) | SpfTerm::Exp(_))
    };
    let at = record.terms.iter().position(ends).unwrap_or(record.terms.len());
    let mut words: Vec<String> = record.terms.iter().map(|(word, _)| word.clone()).collect();
    words.insert(at, format!("include:{name}"));
    words.insert(0, "v=spf1".to_owned());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_kept_in_its_order() {
        let merged = |text: &str| with_include(&SpfRecord::parse(text.as_bytes()).unwrap(), "x.example");
        assert_eq!(merged("v=spf1 a  mx:b.example ~all"), "v=spf1 a mx:b.example include:x.example ~all");
        assert_eq!(merged("V=SPF1 ip4:192.0.2.1"), "v=spf1 ip4:192.0.2.1 include:x.example");
        assert_eq!(merged("v=spf1 redirect=b.example foo=bar"), "v=spf1 include:x.example redirect=b.example foo=bar");
        assert_eq!(merged("v=spf1"), "v=spf1 include:x.example");
    }
}
