//! Domains as people read them.

use crate::mail::reply::escape;

/// A domain in its own script, safe for a terminal.
pub fn shown(domain: &str) -> String {
    let (own, is_right) = idna::domain_to_unicode(domain);
    escape(if is_right.is_ok() { &own } else { domain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_in_its_own_script() {
        assert_eq!(shown("xn--bcher-kva.test"), "bücher.test");
        assert_eq!(shown("a.test"), "a.test");
        // What is no such form stays as it is.
        assert_eq!(shown("xn--a.test"), "xn--a.test");
    }
}
