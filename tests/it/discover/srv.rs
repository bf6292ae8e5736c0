//! SRV records (RFC 6186, RFC 8314).

use mailsetup::{
    discover::{Consent, LoginName, Origin},
    mail::Security,
    presets::provider::UsernameForm,
};

use super::world::{Mail, World};

const HOST: &str = "mail.example.test";

#[test]
fn hosts_of_the_domain_are_confirmed_tls_first() {
    let world = World::new("srv").mail("tls", HOST, Mail::Tls).mail("starttls", HOST, Mail::Starttls);
    let found = world.answer_after(4).search("jane@example.test");
    found
        .is(&["srv _submissions._tcp.example.test: tls mail.example.test passed, starttls mail.example.test passed"])
        .notes(&[]);
    let best = found.best();
    let imap: Vec<_> = best.imap.iter().map(|server| (server.authority(), server.security)).collect();
    let expected = [("mail.example.test:993", Security::Tls), ("mail.example.test:143", Security::Starttls)];
    assert_eq!(imap, expected.map(|(authority, security)| (authority.to_owned(), security)));
    assert_eq!(best.username, LoginName::Form(UsernameForm::Address));
}

#[test]
fn priority_and_weight_order_the_servers() {
    let world = World::new("srv-order").mail("tls", HOST, Mail::Tls).mail("first", HOST, Mail::Starttls).mail(
        "second",
        HOST,
        Mail::Closed,
    );
    let found = world.answer_after(3).search("jane@example.test");
    found
        .is(&["srv _submission._tcp.example.test: starttls mail.example.test passed, starttls mail.example.test refused, \
                tls mail.example.test passed"]);
    assert_eq!(found.best().best().unwrap().endpoint, found.best().smtp[0].endpoint);
}

#[test]
fn a_server_that_fails_keeps_its_place_and_is_not_the_one_to_take() {
    let world = World::new("srv").mail("tls", HOST, Mail::WrongName).mail("starttls", HOST, Mail::Starttls);
    let found = world.search("jane@example.test");
    found.is(&[
        "srv _submissions._tcp.example.test: tls mail.example.test cert_wrong_name, starttls mail.example.test passed",
    ]);
    assert_eq!(found.best().best().unwrap().endpoint.security, Security::Starttls);
}

#[test]
fn a_foreign_host_needs_a_person() {
    let found = World::new("srv-foreign").mail("tls", "smtp.foreign.test", Mail::Tls).search("jane@example.test");
    found.is(&["srv _submissions._tcp.example.test: tls smtp.foreign.test passed !foreign_host"]);
    assert_eq!(found.best().consents, [Consent::ForeignHost]);
}

#[test]
fn what_needs_no_person_comes_first_though_it_is_only_guessed() {
    let world = World::new("srv-foreign")
        .mail("tls", "smtp.foreign.test", Mail::Tls)
        .mail("own", HOST, Mail::Tls)
        .guess("own", Security::Tls);
    world.search("jane@example.test").is(&[
        "guess mail.example.test: tls mail.example.test passed",
        "srv _submissions._tcp.example.test: tls smtp.foreign.test passed !foreign_host",
    ]);
}

#[test]
fn the_root_says_that_nothing_is_offered() {
    let world = World::new("srv-none").mail("own", HOST, Mail::Starttls).guess("own", Security::Starttls);
    world.search("jane@example.test").is(&["guess mail.example.test: starttls mail.example.test passed"]);
}

#[test]
fn records_that_lead_nowhere_come_behind_a_guess_that_answers() {
    let world = World::new("srv-lost").mail("own", HOST, Mail::Tls).guess("own", Security::Tls);
    let found = world.search("jane@example.test");
    found.is(&[
        "guess mail.example.test: tls mail.example.test passed",
        "srv _submissions._tcp.example.test: tls lost.example.test dns_not_found",
    ]);
    assert_eq!(found.best().origin, Origin::Guess);
}
