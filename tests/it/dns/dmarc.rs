//! The walk that finds the DMARC record that counts (RFC 9989, 4.10).

use std::cell::RefCell;

use mailsetup::dns::{DmarcPolicy, DmarcWalk, DnsKind, DnsLookup, DnsRecord, LookupFault};

use super::zone::zone;

/// The organization, where the record is, and the policy.
fn walked(domain: &str, lines: &str) -> (String, Option<String>, Option<DmarcPolicy>) {
    let walk = DmarcWalk::from(domain, &zone(lines)).unwrap();
    (walk.organization().to_owned(), walk.record().map(|(at, _)| at.to_owned()), walk.policy())
}

fn found(organization: &str, at: &str, policy: DmarcPolicy) -> (String, Option<String>, Option<DmarcPolicy>) {
    (organization.to_owned(), Some(at.to_owned()), Some(policy))
}

#[test]
fn the_domains_own_record_comes_first_and_the_highest_is_the_organizations() {
    let lines = "_dmarc.example.com TXT v=DMARC1; p=reject; sp=quarantine
                 _dmarc.a.example.com TXT v=DMARC1; p=none";
    assert_eq!(walked("a.example.com", lines), found("example.com", "a.example.com", DmarcPolicy::None));
    assert_eq!(walked("b.a.example.com", lines), found("example.com", "example.com", DmarcPolicy::Quarantine));
    assert_eq!(walked("example.com", lines), found("example.com", "example.com", DmarcPolicy::Reject));
    assert_eq!(walked("other.test", lines), ("other.test".to_owned(), None, None));
}

#[test]
fn a_suffix_is_no_organization_and_psd_n_ends_the_walk() {
    let lines = "_dmarc.gov.test TXT v=DMARC1; p=reject; psd=y
                 _dmarc.city.gov.test TXT v=DMARC1; p=quarantine
                 _dmarc.shop.example.com TXT v=DMARC1; p=reject; psd=n
                 _dmarc.example.com TXT v=DMARC1; p=none";
    assert_eq!(walked("web.city.gov.test", lines), found("city.gov.test", "city.gov.test", DmarcPolicy::Quarantine));
    assert_eq!(walked("town.gov.test", lines), found("town.gov.test", "gov.test", DmarcPolicy::Reject));
    assert_eq!(walked("a.shop.example.com", lines), found("shop.example.com", "shop.example.com", DmarcPolicy::Reject));
}

#[test]
fn a_long_name_is_asked_for_at_itself_and_then_from_seven_labels_on() {
    let lines = "_dmarc.c.d.e.f.g.mail.example.com TXT v=DMARC1; p=reject
                 _dmarc.e.f.g.mail.example.com TXT v=DMARC1; p=quarantine";
    let (organization, at, policy) = walked("a.b.c.d.e.f.g.mail.example.com", lines);
    assert_eq!((organization.as_str(), at.as_deref()), ("e.f.g.mail.example.com", Some("e.f.g.mail.example.com")));
    assert_eq!(policy, Some(DmarcPolicy::Quarantine));
}

#[test]
fn what_is_no_record_and_what_no_answer_is() {
    let none = ["p=none; v=DMARC1", "v=DMARC2; p=none", "v=dmarc1; p=none", "hello"];
    for text in none {
        assert_eq!(walked("a.test", &format!("_dmarc.a.test TXT {text}")).1, None, "{text}");
    }
    let several = "_dmarc.a.test TXT v=DMARC1; p=none\n_dmarc.a.test TXT v=DMARC1; p=reject";
    assert_eq!(walked("a.test", several).1, None);
    assert_eq!(walked("a.test", "_dmarc.a.test TXT v=DMARC1; rua=mailto:x@a.test").2, Some(DmarcPolicy::None));
    assert_eq!(DmarcWalk::from("a.test", &zone("_dmarc.a.test fails")), Err("_dmarc.a.test".to_owned()));
}

/// Notes what is asked, and knows nothing.
struct Asked(RefCell<Vec<String>>);

impl DnsLookup for Asked {
    fn records(&self, name: &str, _: DnsKind) -> Result<Vec<DnsRecord>, LookupFault> {
        self.0.borrow_mut().push(name.to_owned());
        Err(LookupFault::NoSuchName)
    }
}

#[test]
fn a_walk_asks_at_most_eight_questions() {
    let asked = |domain: &str| {
        let asked = Asked(RefCell::default());
        DmarcWalk::from(domain, &asked).unwrap();
        asked.0.into_inner()
    };
    // RFC 9989, 4.10: from ten labels in front of mail.example.com to seven at once.
    let names = ["a.b.c.d.e.f.g.h.i.j.mail", "g.h.i.j.mail", "h.i.j.mail", "i.j.mail", "j.mail", "mail"];
    let mut expected: Vec<String> = names.iter().map(|name| format!("_dmarc.{name}.example.com")).collect();
    expected.extend(["_dmarc.example.com".to_owned(), "_dmarc.com".to_owned()]);
    assert_eq!(asked("a.b.c.d.e.f.g.h.i.j.mail.example.com"), expected);
    assert_eq!(asked("example.com"), ["_dmarc.example.com", "_dmarc.com"]);
}
