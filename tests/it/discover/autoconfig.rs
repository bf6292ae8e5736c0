//! Mozilla's autoconfig, with the oddities of real documents.

use mailsetup::{
    discover::{Consent, LoginName, Reach},
    mail::Address,
    presets::provider::UsernameForm,
};

use super::world::{Found, Mail, World};
use crate::support::proxy::{Manner, Proxy};

const OWN: &str = "https://autoconfig.example.test/mail/config-v1.1.xml";
const KNOWN: &str = "https://example.test/.well-known/autoconfig/mail/config-v1.1.xml";
const HOST: &str = "mail.example.test";

/// Searches where the domain's own document is this one.
fn with(document: &str) -> Found {
    World::new("own")
        .mail("tls", HOST, Mail::Tls)
        .mail("starttls", HOST, Mail::Starttls)
        .mail("plain", HOST, Mail::Plain)
        .document(OWN, document)
        .search("jane.doe@example.test")
}

/// The only proposal has these servers, and needs nobody.
#[track_caller]
fn gives(document: &str, servers: &str) -> Found {
    let found = with(document);
    found.is(&[&format!("autoconfig {OWN}: {servers}")]).notes(&[]);
    found
}

const TLS: &str = "tls mail.example.test passed";

#[test]
fn the_domains_own_document() {
    let found = gives("good", TLS);
    assert_eq!(found.best().imap[0].authority(), "mail.example.test:993");
    assert!(found.asked.contains(&format!("{OWN}?emailaddress=jane.doe%40example.test")), "{:?}", found.asked);
    assert!(found.asked.iter().all(|link| link.starts_with("https://autoconfig.") || !link.contains("jane")));
}

#[test]
fn the_well_known_place_when_the_other_one_is_empty() {
    let world = World::new("own").mail("tls", HOST, Mail::Tls).document(KNOWN, "good");
    world.search("jane@example.test").is(&[&format!("autoconfig {KNOWN}: {TLS}")]);
}

#[test]
fn the_same_document_in_both_places_is_one_proposal() {
    let world = World::new("own").mail("tls", HOST, Mail::Tls).document(OWN, "good").document(KNOWN, "good");
    world.search("jane@example.test").is(&[&format!("autoconfig {OWN}: {TLS}")]);
}

#[test]
fn plain_http_is_marked_and_never_learns_the_address() {
    let plain = OWN.replace("https", "http");
    let world = World::new("own").mail("tls", HOST, Mail::Tls).document(&plain, "good");
    let found = world.search("jane@example.test");
    found.is(&[&format!("autoconfig {plain}: {TLS} !plain_http")]);
    let by_http = found.asked.iter().filter(|link| link.starts_with("http:")).collect::<Vec<_>>();
    assert!(!by_http.is_empty() && by_http.iter().all(|link| !link.contains("jane")), "{by_http:?}");
}

#[test]
fn plain_http_and_a_foreign_host_need_a_person_twice() {
    let plain = OWN.replace("https", "http");
    let world = World::new("own").mail("tls", "smtp.hoster.test", Mail::Tls).document(&plain, "hosted");
    world
        .search("jane@example.test")
        .is(&[&format!("autoconfig {plain}: tls smtp.hoster.test passed !foreign_host !plain_http")]);
}

#[test]
fn the_document_that_needs_no_person_counts() {
    let plain = OWN.replace("https", "http");
    let world = World::new("own").mail("tls", HOST, Mail::Tls).document(&plain, "good").document(KNOWN, "good");
    world.search("jane@example.test").is(&[&format!("autoconfig {KNOWN}: {TLS}")]);
}

#[test]
fn the_database_is_asked_when_a_person_said_so_and_learns_the_domain_alone() {
    let link = "https://autoconfig.thunderbird.net/v1.1/example.test";
    let world = || World::new("own").mail("tls", HOST, Mail::Tls).document(link, "good");
    let found = world().reach(Reach::Database).search("jane@example.test");
    found.is(&[&format!("autoconfig {link}: {TLS}")]);
    assert!(found.asked.contains(&link.to_owned()), "{:?}", found.asked);
    let found = world().search("jane@example.test");
    found.is(&[]);
    assert!(found.asked.iter().all(|link| !link.contains("thunderbird")), "{:?}", found.asked);
}

#[test]
fn a_document_whose_server_has_no_address_is_out_of_date() {
    let found = World::new("own").document(OWN, "lost").search("jane@example.test");
    found.is(&[&format!("autoconfig {OWN}: tls lost.example.test dns_not_found")]).notes(&["stale-server"]);
}

#[test]
fn a_document_whose_server_shows_another_certificate_is_out_of_date() {
    let world = World::new("own").mail("tls", HOST, Mail::WrongName).document(OWN, "good");
    let found = world.search("jane@example.test");
    found.is(&[&format!("autoconfig {OWN}: tls mail.example.test cert_wrong_name")]).notes(&["stale-server"]);
}

#[test]
fn a_server_that_is_down_is_no_reason_to_call_its_document_old() {
    let world = World::new("own").mail("tls", HOST, Mail::Closed).document(OWN, "good");
    let found = world.search("jane@example.test");
    found.is(&[&format!("autoconfig {OWN}: tls mail.example.test refused")]).notes(&[]);
}

#[test]
fn oddity_upper_case_and_white_space() {
    let found = gives("upper-case", "starttls mail.example.test passed");
    assert_eq!(found.best().username, LoginName::Form(UsernameForm::Address));
}

#[test]
fn oddity_plain_text_before_tls() {
    gives("plain-first", "tls mail.example.test passed, starttls mail.example.test passed");
}

#[test]
fn oddity_plain_text_alone() {
    let found = with("plain-only");
    found.is(&[&format!("autoconfig {OWN}: none mail.example.test passed !plaintext")]);
    let best = found.best();
    assert_eq!((best.consents.as_slice(), best.warnings[0].id), (&[Consent::Plaintext][..], "discover-plaintext"));
    assert_eq!(best.username, LoginName::Form(UsernameForm::Local));
}

#[test]
fn oddity_placeholders_in_host_and_name() {
    let found = gives("placeholders", TLS);
    let address: Address = "jane.doe@example.test".parse().unwrap();
    assert_eq!(found.best().username.of(&address).as_deref(), Some("jane.doe.example.test"));
    assert_eq!(found.best().username, LoginName::LocalDomain);
}

#[test]
fn oddity_a_name_that_is_made() {
    assert_eq!(gives("made-name", TLS).best().username, LoginName::Is("web-jane.doe-1".into()));
}

#[test]
fn oddity_several_providers() {
    assert_eq!(gives("several-providers", TLS).best().username, LoginName::Form(UsernameForm::Local));
}

#[test]
fn oddity_unknown_elements_and_versions() {
    gives("unknown-elements", TLS);
}

#[test]
fn oddity_latin_1() {
    gives("latin1", TLS);
}

#[test]
fn oddity_ports_that_contradict_the_socket() {
    let found = with("contradiction");
    let servers: Vec<_> =
        found.best().smtp.iter().map(|server| (server.endpoint.security.as_str(), server.endpoint.port)).collect();
    assert_eq!(servers, [("tls", 465), ("tls", 587), ("starttls", 465), ("starttls", 587)]);
}

#[test]
fn oddity_no_port_and_no_name() {
    let found = with("no-port");
    assert_eq!(found.best().smtp[0].endpoint.port, 465);
    assert_eq!(found.best().username, LoginName::Form(UsernameForm::Address));
}

#[test]
fn oddity_several_logins_and_tokens_alone() {
    assert!(gives("several-logins", TLS).best().warnings.is_empty());
    assert_eq!(gives("token-only", TLS).best().warnings[0].id, "discover-oauth");
    assert_eq!(gives("no-login", TLS).best().username, LoginName::Form(UsernameForm::None));
}

#[test]
fn oddity_servers_of_no_use() {
    gives("useless-servers", TLS);
}

#[test]
fn oddity_nothing_to_send_by() {
    with("receiving-only").is(&[]).notes(&["unreadable"]);
}

#[test]
fn the_document_and_the_servers_by_a_proxy_that_alone_knows_their_names() {
    let hosts = ["autoconfig.example.test", HOST];
    for kind in ["socks5", "http"] {
        let proxy = Proxy::start(Manner::Through, &hosts);
        let world = World::new("own").mail("tls", HOST, Mail::Tls).document(OWN, "good");
        let found = world.proxy(proxy.url(kind).parse().unwrap()).search("jane@example.test");
        found.is(&[&format!("autoconfig {OWN}: {TLS}")]);
        for host in hosts {
            assert!(proxy.asked().iter().any(|asked| asked.starts_with(host)), "{kind}: {:?}", proxy.asked());
        }
    }
}
