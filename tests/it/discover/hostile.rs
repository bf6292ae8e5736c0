//! Web servers that mean no good, or are broken: nothing of theirs is taken, and nobody waits for them.

use std::time::Duration;

use mailsetup::mail::Security;

use super::{
    pages::Page,
    world::{Found, LONG, Mail, World},
};

const OWN: &str = "https://autoconfig.example.test/mail/config-v1.1.xml";
const KNOWN: &str = "https://example.test/.well-known/autoconfig/mail/config-v1.1.xml";
const HOST: &str = "mail.example.test";
const GUESS: &str = "guess mail.example.test: tls mail.example.test passed";

/// A domain whose mail server is found by guessing, whatever its web server does.
fn world() -> World {
    World::new("own").mail("tls", HOST, Mail::Tls).guess("tls", Security::Tls)
}

#[track_caller]
fn nothing_taken(found: &Found, notes: &[&str]) {
    found.is(&[GUESS]).notes(notes);
    assert!(found.elapsed < LONG, "{:?}", found.elapsed);
}

#[test]
fn entities_are_no_part_of_it() {
    for document in ["bomb", "entity"] {
        nothing_taken(&world().document(OWN, document).search("jane@example.test"), &["unreadable"]);
    }
}

#[test]
fn depth_and_number_of_elements_are_bounded() {
    for document in ["deep", "wide"] {
        nothing_taken(&world().document(OWN, document).search("jane@example.test"), &["unreadable"]);
    }
}

#[test]
fn a_body_without_end_is_left() {
    nothing_taken(&world().page(OWN, Page::Endless).search("jane@example.test"), &["unreadable"]);
}

#[test]
fn a_body_that_is_cut_off_is_not_taken() {
    nothing_taken(&world().page(OWN, Page::CutOff).search("jane@example.test"), &["unreadable"]);
}

#[test]
fn redirects_in_a_circle_end() {
    let found = world().page(OWN, Page::Elsewhere(OWN.to_owned())).search("jane@example.test");
    nothing_taken(&found, &["unreadable"]);
    assert_eq!(found.asked.iter().filter(|link| link.starts_with(OWN)).count(), 4);
}

#[test]
fn https_never_leads_to_http() {
    let plain = "http://autoconfig.example.test/else.xml";
    let found = world().page(OWN, Page::Elsewhere(plain.to_owned())).document(plain, "good").search("jane@example.test");
    nothing_taken(&found, &["unreadable"]);
    assert!(!found.asked.contains(&plain.to_owned()), "{:?}", found.asked);
}

#[test]
fn http_leads_to_no_other_host() {
    let (plain, there) = (OWN.replace("https", "http"), "http://autoconfig.hoster.test/x.xml");
    let found = world().page(&plain, Page::Elsewhere(there.to_owned())).document(there, "good").search("jane@example.test");
    nothing_taken(&found, &[]);
    assert!(!found.asked.contains(&there.to_owned()), "{:?}", found.asked);
}

#[test]
fn http_that_leads_on_at_its_own_host_is_still_http() {
    let plain = OWN.replace("https", "http");
    let world = World::new("own")
        .mail("tls", HOST, Mail::Tls)
        .page(&plain, Page::Elsewhere("/else.xml".to_owned()))
        .document("http://autoconfig.example.test/else.xml", "good");
    world.search("jane@example.test").is(&[&format!("autoconfig {plain}: tls mail.example.test passed !plain_http")]);
}

#[test]
fn odd_places_to_go_to_are_not_gone_to() {
    for place in ["ftp://autoconfig.example.test/x", "https://a@b.test/", "", "\u{e9}", "else.xml", "https://[::1", "//"] {
        let found = world().page(OWN, Page::Elsewhere(place.to_owned())).search("jane@example.test");
        nothing_taken(&found, &["unreadable"]);
    }
}

#[test]
fn a_website_that_answers_on_every_path_is_no_configuration() {
    let found = world().document(OWN, "page").document(KNOWN, "page").search("jane@example.test");
    nothing_taken(&found, &[]);
    nothing_taken(&world().document(OWN, "empty").search("jane@example.test"), &[]);
}

#[test]
fn a_web_server_that_hangs_costs_its_time_and_no_more() {
    let found = world().page(OWN, Page::Silence).timeout(Duration::from_secs(2)).search("jane@example.test");
    found.is(&[GUESS]);
    assert!(found.elapsed < Duration::from_secs(6), "{:?}", found.elapsed);
}

#[test]
fn https_that_hangs_leaves_time_for_http() {
    let plain = OWN.replace("https", "http");
    let world = World::new("own")
        .mail("tls", HOST, Mail::Tls)
        .page(OWN, Page::Silence)
        .document(&plain, "good")
        .timeout(Duration::from_secs(6));
    world.search("jane@example.test").is(&[&format!("autoconfig {plain}: tls mail.example.test passed !plain_http")]);
}
