//! Common names, each of them tried.

use std::time::Duration;

use mailsetup::{
    discover::{LoginName, Origin, Proposal},
    mail::Security,
    presets::provider::UsernameForm,
};

use super::world::{Mail, World};

const HOST: &str = "mail.example.test";

#[test]
fn only_what_answers_is_offered() {
    let world = World::new("smtp")
        .mail("tls", HOST, Mail::Closed)
        .mail("starttls", HOST, Mail::Starttls)
        .guess("tls", Security::Tls)
        .guess("starttls", Security::Starttls);
    let found = world.search("jane@example.test");
    found.is(&["guess mail.example.test: starttls mail.example.test passed"]).notes(&[]);
    let best = found.best();
    assert_eq!((best.username.clone(), best.imap.len()), (LoginName::Form(UsernameForm::Address), 0));
    // On the way it was never offered unconfirmed.
    let told = found.told.iter().flat_map(|told| &told.proposals);
    assert!(told.clone().count() > 0 && told.clone().all(Proposal::is_confirmed));
}

#[test]
fn smtp_comes_before_mail_and_tls_before_starttls() {
    let world = World::new("smtp")
        .mail("tls", "smtp.example.test", Mail::Tls)
        .mail("starttls", "smtp.example.test", Mail::Starttls)
        .guess("tls", Security::Tls)
        .guess("starttls", Security::Starttls);
    world
        .search("jane@example.test")
        .is(&["guess smtp.example.test: tls smtp.example.test passed, starttls smtp.example.test passed"]);
}

#[test]
fn the_domain_itself_may_be_the_server() {
    let world = World::new("own").mail("tls", "example.test", Mail::Tls).guess("tls", Security::Tls);
    world.search("jane@example.test").is(&["guess example.test: tls example.test passed"]);
}

#[test]
fn nothing_is_offered_when_nothing_answers() {
    let world = World::new("own").mail("tls", HOST, Mail::Closed).guess("tls", Security::Tls);
    let found = world.search("jane@example.test");
    found.is(&[]).notes(&[]);
    assert_eq!(found.discovery.fault, None);
}

#[test]
fn where_every_name_has_an_address_a_certificate_decides() {
    let world = World::new("wildcard").mail("tls", HOST, Mail::Tls).guess("tls", Security::Tls);
    world.search("jane@example.test").is(&["guess mail.example.test: tls mail.example.test passed"]).notes(&["wildcard"]);
    let world = World::new("wildcard").mail("tls", "hosting.test", Mail::Tls).guess("tls", Security::Tls);
    world.search("jane@example.test").is(&[]).notes(&["wildcard"]);
    let world = World::new("wildcard").mail("plain", HOST, Mail::Plain).guess("plain", Security::None);
    world.search("jane@example.test").is(&[]).notes(&["wildcard"]);
}

#[test]
fn a_black_hole_costs_no_more_than_the_time() {
    let world = World::new("own")
        .mail("hole", HOST, Mail::Silent)
        .mail("starttls", HOST, Mail::Starttls)
        .guess("hole", Security::Tls)
        .guess("starttls", Security::Starttls)
        .timeout(Duration::from_secs(3));
    let found = world.search("jane@example.test");
    found.is(&["guess mail.example.test: starttls mail.example.test passed"]);
    assert!(found.elapsed < Duration::from_secs(8), "{:?}", found.elapsed);
    assert!(found.told.iter().any(|told| !told.proposals.is_empty()), "what answers is told before the end");
}

#[test]
fn nobody_guesses_where_a_record_says_it() {
    let world =
        World::new("srv").mail("tls", HOST, Mail::Tls).mail("starttls", HOST, Mail::Starttls).guess("tls", Security::Tls);
    let found = world.search("jane@example.test");
    assert!(found.discovery.proposals.iter().all(|proposal| proposal.origin == Origin::Srv));
}
