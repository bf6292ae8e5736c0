//! International addresses, and hosts with addresses of an inner network.

use super::world::{Mail, World};

const SRV: &str = "srv _submissions._tcp.example.test: tls mail.example.test passed";

#[test]
fn international_domains_are_asked_for_as_dns_knows_them() {
    let host = "mail.xn--bcher-kva.test";
    let found = World::new("own").mail("tls", host, Mail::Tls).search("jane@Bücher.test");
    found.is(&["srv _submissions._tcp.xn--bcher-kva.test: tls mail.xn--bcher-kva.test passed"]).notes(&[]);
}

#[test]
fn a_local_part_with_letters_that_the_server_does_not_take() {
    let world = |mail| World::new("srv").mail("tls", "mail.example.test", mail).mail("starttls", "x", Mail::Closed);
    let found = world(Mail::Tls).search("jürgen@example.test");
    assert_eq!(found.best().warnings[0].id, "discover-no-smtputf8");
    assert!(world(Mail::TlsUtf8).search("jürgen@example.test").best().warnings.is_empty());
    assert!(world(Mail::Tls).search("jurgen@example.test").best().warnings.is_empty());
}

#[test]
fn a_host_of_an_inner_network_is_noted() {
    let found = World::new("private").mail("tls", "mail.example.test", Mail::Tls).search("jane@example.test");
    found.is(&[SRV]).notes(&["private"]);
    let found = World::new("half-private").mail("tls", "mail.example.test", Mail::Tls).search("jane@example.test");
    found.is(&[SRV]).notes(&[]);
}

#[test]
fn a_domain_that_is_an_address_or_one_label_is_not_asked_for() {
    for address in ["root@localhost", "root@[127.0.0.1]", "root@intranet"] {
        let found = World::new("own").search(address);
        assert!(found.asked.is_empty() && found.discovery.fault.is_none(), "{address}: {:?}", found.discovery);
    }
}
