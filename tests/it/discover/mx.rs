//! MX records: hosters that presets know, filters in front of them, and documents that they contradict.

use mailsetup::{
    discover::{DomainFault, ServerCheck},
    mail::Security,
};

use super::{
    pages::Page,
    world::{Mail, World},
};

const HOST: &str = "smtp.lab.test";
const OWN: &str = "https://autoconfig.example.test/mail/config-v1.1.xml";
const LAB: &str = "mx = ['lab.test']\nsmtp = [{ host = 'smtp.lab.test', port = {tls}, security = 'tls' }]";

#[test]
fn googles_and_microsofts_mx_show_their_presets() {
    for (zone, host, key) in [
        ("google", "aspmx.l.google.com", "google-workspace"),
        ("microsoft", "example-test.mail.protection.outlook.com", "microsoft365"),
    ] {
        let found = World::new(zone).search("jane@example.test");
        let best = found.best();
        assert_eq!((best.origin.as_str(), best.found_at.as_deref()), ("mx", Some(host)));
        assert_eq!(best.provider.as_deref(), Some(key));
        // Their servers do not exist in this world.
        assert!(best.smtp.iter().all(|server| matches!(server.check, ServerCheck::Failed(_))), "{:?}", best.smtp);
        found.notes(&[]);
    }
}

#[test]
fn a_hosters_servers_are_confirmed() {
    let found = World::new("lab").mail("tls", HOST, Mail::Tls).provider("lab", LAB).search("jane@example.test");
    found.is(&["mx mx1.lab.test: tls smtp.lab.test passed"]).notes(&[]);
    assert_eq!(found.best().provider.as_deref(), Some("lab"));
}

#[test]
fn places_in_a_preset_are_filled_with_the_mx_host_or_left_alone() {
    let lines = "mx = ['lab.test']\nsmtp = [{ host = '{mx}', port = {tls}, security = 'tls' }, \
                 { host = 's{server}.lab.test', port = 465, security = 'tls' }]\n\
                 imap = { host = '{mx}', port = 993, security = 'tls' }";
    let world = World::new("lab").mail("tls", "mx1.lab.test", Mail::Tls).provider("lab", lines);
    let found = world.search("jane@example.test");
    found.is(&["mx mx1.lab.test: tls mx1.lab.test passed, tls s{server}.lab.test unchecked"]);
    assert_eq!(found.best().imap[0].host, "mx1.lab.test");
}

#[test]
fn the_mx_wins_over_a_document_that_names_another_host() {
    // The old server still answers, and the hoster's does not.
    let world = World::new("lab")
        .mail("tls", "mail.example.test", Mail::Tls)
        .provider("lab", "mx = ['lab.test']\nsmtp = [{ host = 'smtp.lab.test', port = 1, security = 'tls' }]")
        .document(OWN, "good");
    let found = world.search("jane@example.test");
    found.is(&["mx mx1.lab.test: tls smtp.lab.test refused", &format!("autoconfig {OWN}: tls mail.example.test passed")]);
    found.notes(&["stale-hoster"]);
}

#[test]
fn a_document_that_names_the_hoster_is_not_out_of_date() {
    let world = World::new("lab").mail("tls", HOST, Mail::Tls).provider("lab", LAB).document(OWN, "lab");
    let found = world.answer_after(2).search("jane@example.test");
    found
        .is(&["mx mx1.lab.test: tls smtp.lab.test passed", &format!("autoconfig {OWN}: tls smtp.lab.test passed")])
        .notes(&[]);
    assert_eq!(found.discovery.proposals[1].provider.as_deref(), Some("lab"));
}

#[test]
fn srv_records_to_the_hoster_still_need_a_person() {
    let world = World::new("lab-srv").mail("tls", HOST, Mail::Tls).provider("lab", LAB);
    world.answer_after(2).search("jane@example.test").is(&[
        "mx mx1.lab.test: tls smtp.lab.test passed",
        "srv _submissions._tcp.example.test: tls smtp.lab.test passed !foreign_host",
    ]);
}

#[test]
fn a_filter_is_named_and_not_taken_for_the_host() {
    let world = World::new("gateway").mail("own", "mail.example.test", Mail::Starttls).guess("own", Security::Starttls);
    let found = world.search("jane@example.test");
    found.is(&["guess mail.example.test: starttls mail.example.test passed"]).notes(&["gateway"]);
    assert_eq!(found.discovery.gateway.as_deref(), Some("Mimecast"));
    assert!(found.asked.iter().all(|link| !link.contains("mimecast")), "{:?}", found.asked);
}

#[test]
fn a_hoster_behind_a_filter_is_found_by_its_last_mx() {
    let found = World::new("gateway-lab").mail("tls", HOST, Mail::Tls).provider("lab", LAB).search("jane@example.test");
    found.is(&["mx mx1.lab.test: tls smtp.lab.test passed"]).notes(&["gateway"]);
    assert_eq!(found.discovery.gateway.as_deref(), Some("Proofpoint"));
}

#[test]
fn an_unknown_hosters_document_is_asked_for_without_the_address() {
    let link = "https://autoconfig.hoster.test/mail/config-v1.1.xml";
    let world = World::new("hoster").mail("tls", "smtp.hoster.test", Mail::Tls).document(link, "hosted");
    let found = world.search("jane@example.test");
    found.is(&[&format!("autoconfig {link}: tls smtp.hoster.test passed !foreign_host")]);
    assert!(found.asked.contains(&link.to_owned()), "{:?}", found.asked);
    let foreign = found.asked.iter().filter(|asked| !asked.contains("example.test"));
    assert!(foreign.clone().count() > 0 && foreign.clone().all(|asked| !asked.contains("jane")), "{:?}", found.asked);
}

#[test]
fn a_domain_that_takes_no_mail_says_so() {
    let found = World::new("null").search("jane@example.test");
    found.is(&[]).notes(&[]);
    assert_eq!(found.discovery.fault, Some(DomainFault::NullMx));
}

#[test]
fn a_domain_that_takes_no_mail_may_send_it() {
    let found = World::new("null")
        .mail("tls", "smtp.hoster.test", Mail::Tls)
        .document("https://example.test/.well-known/autoconfig/mail/config-v1.1.xml", "hosted")
        .search("jane@example.test");
    assert_eq!((found.discovery.fault, found.discovery.proposals.len()), (Some(DomainFault::NullMx), 1));
    assert!(found.best().is_confirmed());
}

#[test]
fn a_domain_without_mx_is_noted_and_guessed() {
    let world = World::new("bare").mail("own", "mail.example.test", Mail::Tls).guess("own", Security::Tls);
    let found = world.search("jane@example.test");
    found.is(&["guess mail.example.test: tls mail.example.test passed"]).notes(&["no-mx"]);
}

#[test]
fn a_page_that_leads_to_the_hoster_is_believed_where_tls_signs_it() {
    let there = "https://autoconfig.hoster.test/mail/config-v1.1.xml";
    let world = World::new("own")
        .mail("tls", "smtp.hoster.test", Mail::Tls)
        .page(OWN, Page::Elsewhere(there.to_owned()))
        .document(there, "hosted");
    world.search("jane@example.test").is(&[&format!("autoconfig {OWN}: tls smtp.hoster.test passed")]);
}
