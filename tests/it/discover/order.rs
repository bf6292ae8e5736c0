//! Who counts more, what ends a search early, and what is told on the way.

use std::time::Duration;

use mailsetup::discover::{Origin, ServerCheck};

use super::{
    names::NameServer,
    pages::Page,
    world::{Mail, World},
};

const OWN: &str = "https://autoconfig.example.test/mail/config-v1.1.xml";
const HOST: &str = "mail.example.test";

#[test]
fn a_providers_own_domain_ends_the_search() {
    let lines = "domains = ['example.test']\nsmtp = [{ host = 'smtp.lab.test', port = {tls}, security = 'tls' }]";
    let world = World::new("srv")
        .mail("tls", "smtp.lab.test", Mail::Tls)
        .mail("starttls", HOST, Mail::Starttls)
        .document(OWN, "good")
        .provider("lab", lines);
    let found = world.search("jane@example.test");
    found.is(&["preset -: tls smtp.lab.test passed"]).notes(&[]);
    assert!(found.asked.is_empty(), "{:?}", found.asked);
    // The preset was told before its server had answered.
    assert_eq!(found.told[0].proposals[0].smtp[0].check, ServerCheck::Unchecked);
    assert!(matches!(found.told.last().unwrap().proposals[0].smtp[0].check, ServerCheck::Passed(_)));
}

#[test]
fn a_providers_own_domain_needs_no_resolver_but_for_its_servers() {
    let lines = "domains = ['example.test']\nsmtp = [{ host = '127.0.0.1', port = {closed}, security = 'tls' }]";
    let world =
        World::new("own").mail("closed", "127.0.0.1", Mail::Closed).provider("lab", lines).name_server(NameServer::silent());
    let found = world.search("jane@example.test");
    found.is(&["preset -: tls 127.0.0.1 refused"]);
    assert_eq!(found.discovery.fault, None);
}

#[test]
fn a_providers_own_domain_may_keep_a_place_for_the_mx() {
    let lines = "domains = ['example.test']\nsmtp = [{ host = '{mx}', port = {tls}, security = 'tls' }]";
    let world = World::new("own").mail("tls", HOST, Mail::Tls).provider("lab", lines);
    let found = world.search("jane@example.test");
    found.is(&["preset -: tls mail.example.test passed"]).notes(&[]);
    assert!(found.asked.is_empty(), "{:?}", found.asked);
}

#[test]
fn the_table_comes_first_and_others_are_heard() {
    let found = World::new("own").timeout(Duration::from_secs(5)).search("jane@arubapec.it");
    // In this world the domain does not exist: the table's proposal stays.
    let best = found.best();
    assert_eq!((best.origin, best.smtp[0].endpoint.host.as_str()), (Origin::Table, "smtps.pec.aruba.it"));
}

#[test]
fn what_is_confirmed_stands_before_what_failed() {
    let world = World::new("srv").mail("tls", HOST, Mail::Closed).mail("starttls", HOST, Mail::Closed).mail(
        "web",
        "smtp.hoster.test",
        Mail::Tls,
    );
    let world = world.page(
        OWN,
        Page::Document(
            b"<clientConfig><emailProvider><outgoingServer type='smtp'><hostname>smtp.hoster.test</hostname>\
              <port>465</port><socketType>SSL</socketType></outgoingServer></emailProvider></clientConfig>"
                .to_vec(),
        ),
    );
    // Port 465 of loopback is closed as well: by origin, then.
    let lines = world.search("jane@example.test");
    let origins: Vec<_> = lines.discovery.proposals.iter().map(|proposal| proposal.origin).collect();
    assert_eq!(origins, [Origin::Srv, Origin::Autoconfig]);

    let world = World::new("srv").mail("starttls", HOST, Mail::Closed).mail("tls", HOST, Mail::WrongName).mail(
        "web",
        "smtp.hoster.test",
        Mail::Tls,
    );
    let document = world.document(OWN, "web");
    document.search("jane@example.test").is(&[
        &format!("autoconfig {OWN}: tls smtp.hoster.test passed"),
        "srv _submissions._tcp.example.test: tls mail.example.test cert_wrong_name, starttls mail.example.test refused",
    ]);
}

#[test]
fn what_did_not_end_in_time_is_unchecked_or_says_why() {
    let world =
        World::new("srv").mail("tls", HOST, Mail::Tls).mail("starttls", HOST, Mail::Silent).timeout(Duration::from_secs(2));
    let found = world.search("jane@example.test");
    let checks: Vec<_> = found.best().smtp.iter().map(|server| server.check.as_str()).collect();
    assert_eq!(checks[0], "passed");
    assert!(checks[1] != "passed" && found.elapsed < Duration::from_secs(6), "{checks:?} {:?}", found.elapsed);
}

#[test]
fn an_answer_that_is_certain_waits_for_the_others_a_quarter_of_the_time() {
    let world = World::new("srv")
        .mail("tls", HOST, Mail::Tls)
        .mail("starttls", HOST, Mail::Starttls)
        .page(OWN, Page::Silence)
        .timeout(Duration::from_secs(24));
    let found = world.search("jane@example.test");
    assert!(found.best().is_confirmed() && found.elapsed < Duration::from_secs(11), "{:?}", found.elapsed);
}

#[test]
fn a_black_hole_is_told_from_what_was_not_tried() {
    let world = World::new("srv")
        .mail("tls", HOST, Mail::Silent)
        .mail("starttls", HOST, Mail::Silent)
        .timeout(Duration::from_secs(4));
    let found = world.search("jane@example.test");
    found.is(&["srv _submissions._tcp.example.test: tls mail.example.test connect_timed_out, \
                starttls mail.example.test connect_timed_out"]);
    assert!(found.elapsed < Duration::from_secs(9), "{:?}", found.elapsed);
}
