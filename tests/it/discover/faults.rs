//! Domains and resolvers with something wrong, told apart; and searches that are stopped.

use std::{
    thread,
    time::{Duration, Instant},
};

use mailsetup::{
    discover::{DomainFault, Reach},
    probe::Cancel,
};

use super::{
    names::NameServer,
    world::{Found, Mail, World},
};

#[track_caller]
fn faulty(found: &Found, fault: DomainFault) {
    found.is(&[]);
    assert_eq!(found.discovery.fault, Some(fault));
}

#[test]
fn a_domain_that_does_not_exist_ends_the_search() {
    let found = World::new("own").search("jane@nowhere.test");
    faulty(&found, DomainFault::NotFound);
    found.notes(&[]);
    assert!(found.elapsed < Duration::from_secs(10), "{:?}", found.elapsed);
}

#[test]
fn a_slip_of_the_finger_is_pointed_out() {
    let found = World::new("own").search("jane@gmial.com");
    faulty(&found, DomainFault::NotFound);
    found.notes(&["nearest"]);
    let note = &found.discovery.notes[0];
    assert_eq!(note.args, [("domain", "gmial.com".to_owned()), ("near", "gmail.com".to_owned())]);
}

#[test]
fn a_broken_zone_is_no_missing_domain() {
    let found = World::new("own").name_server(NameServer::failing(2)).search("jane@example.test");
    faulty(&found, DomainFault::Broken);
}

#[test]
fn a_resolver_that_refuses_is_no_resolver() {
    let found = World::new("own").name_server(NameServer::failing(5)).search("jane@example.test");
    faulty(&found, DomainFault::NoResolver);
}

#[test]
fn a_silent_resolver_is_given_up_in_time() {
    let world = World::new("own").name_server(NameServer::silent()).timeout(Duration::from_secs(2));
    let found = world.search("jane@example.test");
    faulty(&found, DomainFault::NoResolver);
    assert!(found.elapsed < Duration::from_secs(5), "{:?}", found.elapsed);
}

#[test]
fn a_domain_with_nothing_has_no_fault() {
    let found = World::new("empty").search("jane@example.test");
    found.is(&[]).notes(&["no-mx"]);
    assert_eq!(found.discovery.fault, None);
}

#[test]
fn without_network_nothing_is_asked() {
    let world = World::new("own").name_server(NameServer::silent()).reach(Reach::Offline);
    let found = world.search("jane@example.test");
    found.is(&[]);
    assert_eq!((found.discovery.fault, found.asked.len(), found.told.len()), (None, 0, 0));
    assert!(found.elapsed < Duration::from_secs(2), "{:?}", found.elapsed);
}

#[test]
fn a_cancelled_search_ends_at_once() {
    for server in [NameServer::silent(), NameServer::failing(2)] {
        let cancel = Cancel::default();
        let stop = cancel.clone();
        let world = World::new("own").name_server(server).timeout(Duration::from_secs(60));
        let stopper = thread::spawn(move || stop.cancel());
        let found = world.search_until("jane@example.test", &cancel);
        stopper.join().unwrap();
        assert!(found.discovery.finished && found.elapsed < Duration::from_secs(10), "{:?}", found.elapsed);
    }
}

#[test]
fn a_search_is_cancelled_while_a_server_is_tried() {
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let begin = Instant::now();
    let world = World::new("srv")
        .mail("tls", "mail.example.test", Mail::Silent)
        .mail("starttls", "mail.example.test", Mail::Silent)
        .timeout(Duration::from_secs(60));
    let stopper = thread::spawn(move || {
        thread::park_timeout(Duration::from_millis(500));
        stop.cancel();
    });
    let found = world.search_until("jane@example.test", &cancel);
    stopper.join().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    assert_eq!(found.discovery.fault, None, "who stopped it knows why");
}
