//! What a script takes of what a search has found: what the ladder confirmed and nothing foreign.

use mailsetup::{
    discover::Origin,
    frontend::script::missing_error,
    setup::{Field, Setup},
};

use super::world::{Mail, World};
use crate::support::pki::ca_pem;

const HOST: &str = "mail.example.test";

/// Host, port and mode as the conversation has them.
fn server(setup: &Setup) -> Vec<Option<String>> {
    [Field::Provider, Field::Host, Field::Security].map(|field| setup.value(field)).into()
}

fn is_missing(setup: &Setup, says: &[&str]) {
    let missing = setup.missing();
    assert!(missing.contains(&Field::Provider), "{missing:?}");
    assert!(!setup.proposed().unwrap().is_taken);
    let hint = missing_error(setup, &missing).hint.unwrap();
    let hint = mailsetup::presets::Text::new(mailsetup::presets::Lang::EN).say(&hint);
    assert!(says.iter().all(|part| hint.contains(part)), "{says:?} in {hint}");
}

#[test]
fn a_server_of_the_domain_that_answers_is_taken() {
    let setup =
        World::new("srv").mail("tls", HOST, Mail::Tls).mail("starttls", HOST, Mail::Starttls).script("ops@example.test");
    assert_eq!(server(&setup), [Some("custom".into()), Some(HOST.into()), Some("tls".into())]);
    let found = setup.proposed().unwrap();
    assert_eq!((found.origin, found.at), (Origin::Srv, Some("_submissions._tcp.example.test")));
    assert!(found.is_taken && found.is_confirmed);
    assert!(!setup.missing().contains(&Field::Provider), "{:?}", setup.missing());
}

#[test]
fn a_server_is_confirmed_by_the_authority_that_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let (own, other) = (folder.path().join("own.pem"), folder.path().join("other.pem"));
    std::fs::write(&own, ca_pem()).unwrap();
    std::fs::write(&other, mailsetup::demo::Demo::start().unwrap().ca_pem()).unwrap();
    let world = || World::new("srv").mail("tls", HOST, Mail::Tls).mail("starttls", HOST, Mail::Closed);
    let setup = world().ca_file(&own).script("ops@example.test");
    assert!(setup.proposed().unwrap().is_taken, "{:?}", setup.proposed());
    assert_eq!(server(&setup), [Some("custom".into()), Some(HOST.into()), Some("tls".into())]);
    for file in [other, folder.path().join("none.pem")] {
        is_missing(&world().ca_file(file).script("ops@example.test"), &["Nothing confirms mail.example.test"]);
    }
}

#[test]
fn a_hosters_preset_is_taken_when_its_server_answers() {
    let lab = "mx = ['lab.test']\nsmtp = [{ host = 'smtp.lab.test', port = {tls}, security = 'tls' }]";
    let setup = World::new("lab").mail("tls", "smtp.lab.test", Mail::Tls).provider("lab", lab).script("ops@example.test");
    assert_eq!(server(&setup), [Some("lab".into()), Some("smtp.lab.test".into()), Some("tls".into())]);
    let dead = "mx = ['lab.test']\nsmtp = [{ host = 'smtp.lab.test', port = 1, security = 'tls' }]";
    let setup = World::new("lab").provider("lab", dead).script("ops@example.test");
    is_missing(&setup, &["--provider lab", "Nothing confirms smtp.lab.test:1"]);
}

#[test]
fn a_strangers_server_is_proposed_alone() {
    let setup = World::new("srv-foreign").mail("tls", "smtp.foreign.test", Mail::Tls).script("ops@example.test");
    is_missing(&setup, &["smtp.foreign.test", "outside the domain", "--host smtp.foreign.test --port", "--security tls"]);
}

#[test]
fn a_server_that_shows_another_certificate_is_proposed_alone() {
    let world = World::new("srv").mail("tls", HOST, Mail::WrongName).mail("starttls", HOST, Mail::Closed);
    is_missing(&world.script("ops@example.test"), &["Nothing confirms mail.example.test", "--host mail.example.test"]);
}

#[test]
fn a_page_without_tls_is_proposed_alone() {
    let world = World::new("own").mail("tls", HOST, Mail::Tls);
    let world = world.document("http://autoconfig.example.test/mail/config-v1.1.xml", "good");
    let setup = world.script("ops@example.test");
    is_missing(&setup, &["can be forged", "--host mail.example.test"]);
}

#[test]
fn where_nothing_was_found_that_is_said() {
    let setup = World::new("bare").script("ops@example.test");
    let missing = setup.missing();
    assert!(missing.contains(&Field::Provider) && setup.proposed().is_none());
    let hint = missing_error(&setup, &missing).hint.unwrap();
    assert_eq!(hint.id, "script-missing-provider-found");
}
