//! Every way in which a message that was accepted does not arrive as it should.

use mailsetup::{
    diagnose::{Doctor, arrival_fault},
    mail::{Endpoint, Protocol, Security},
    presets::{Catalog, Lang},
    probe::{Evidence, ProbeFault, Stage},
};

use super::words;
use crate::support::arrivals::arrivals;

#[test]
fn every_arrival_is_judged_in_every_language() {
    let catalog = Catalog::builtin();
    let doctors: Vec<_> = Lang::builtin().map(|lang| Doctor::new(&catalog, lang)).collect();
    for arrival in arrivals() {
        let fault = arrival_fault(&arrival.sighting(), arrival.is_own).map(ProbeFault::Arrival);
        let Some(fault) = fault else {
            assert_eq!(arrival.cause, "ok", "{}", arrival.about);
            continue;
        };
        let endpoint = Endpoint { host: "imap.example.test".into(), port: 993, security: Security::Tls };
        let evidence = Evidence {
            protocol: Protocol::Imap,
            sender: Some("ops@example.test".into()),
            ..Evidence::new(Stage::Arrival, endpoint, fault)
        };
        for doctor in &doctors {
            let diagnosis = doctor.diagnose(&evidence);
            assert_eq!(diagnosis.cause, arrival.cause, "{}", arrival.about);
            assert!(diagnosis.is_certain() && !diagnosis.steps.is_empty(), "{diagnosis:?}");
            assert!(!words(&diagnosis).contains(['{', '}']), "{diagnosis:?}");
        }
    }
}
