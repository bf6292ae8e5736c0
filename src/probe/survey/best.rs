//! Which door to use, and why; and of none that is safe, which failure is the nearest to a success.

use super::{Door, DoorState, Evidence};
use crate::mail::Security;

/// The door to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Best {
    /// Its place among the doors.
    pub door: usize,
    /// The mode to use there.
    pub security: Security,
    /// Why.
    pub reason: Reason,
}

/// Why a door is the best one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// TLS from the first byte, and a good certificate (RFC 8314).
    ImplicitTls,
    /// STARTTLS on the submission port, and a good certificate (RFC 6409).
    Submission,
    /// STARTTLS on another port, and a good certificate.
    Alternative,
    /// STARTTLS on the port that servers use among themselves, and a good certificate.
    Relay,
    /// No TLS that is good, but it stays on this machine.
    ThisMachine,
    /// It has TLS, and its certificate is not good; no other has a better one.
    BadCertificate,
}

/// The best of several doors, first by its reason, then by its port.
pub(super) fn choose(doors: &[Door]) -> Option<Best> {
    let best = |(place, door): (usize, &Door)| {
        let (reason, security) = judge(door)?;
        Some((reason, port_rank(door), Best { door: place, security, reason }))
    };
    let ranked = doors.iter().enumerate().filter_map(best);
    ranked.min_by_key(|(reason, port, _)| (*reason, *port)).map(|(_, _, best)| best)
}

fn judge(door: &Door) -> Option<(Reason, Security)> {
    if door.state != DoorState::Open {
        return None;
    }
    let security = door.endpoint.security;
    if door.is_trusted() {
        let reason = match (security, door.endpoint.port) {
            (Security::Tls, _) => Reason::ImplicitTls,
            (_, 587) => Reason::Submission,
            (_, 25) => Reason::Relay,
            _ => Reason::Alternative,
        };
        return Some((reason, security));
    }
    if door.is_plain_here() {
        return Some((Reason::ThisMachine, Security::None));
    }
    (security != Security::None).then_some((Reason::BadCertificate, security))
}

/// Submission ports in order of preference (RFC 8314, RFC 6409), then what relays offer beside them, then the relay port.
const fn port_rank(door: &Door) -> u8 {
    match (door.endpoint.security, door.endpoint.port) {
        (_, 465) => 0,
        (Security::Tls, _) => 1,
        (_, 587) => 2,
        (_, 25) => 4,
        _ => 3,
    }
}

/// Why no door is safe; `None` when one is.
pub(super) fn failure(doors: &[Door]) -> Option<&Evidence> {
    if doors.iter().any(Door::is_safe) {
        return None;
    }
    let nearness = |door: &Door| match (door.state, door.endpoint.security) {
        (DoorState::Open, Security::Tls | Security::Starttls) => 0,
        (DoorState::Open, Security::None) => 1,
        (DoorState::Failed, _) => 2,
        (DoorState::Silent, _) => 3,
        (DoorState::Refused, _) => 4,
        (DoorState::Unreachable, _) => 5,
    };
    doors.iter().min_by_key(|door| (nearness(door), port_rank(door))).and_then(|door| door.evidence.as_ref())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        mail::Endpoint,
        probe::{Capabilities, CertFault, CertificateFacts, Fault, Stage, survey::DoorTls},
    };

    fn door(port: u16, security: Security, fault: Option<CertFault>) -> Door {
        let endpoint = Endpoint { host: "mail.test".into(), port, security };
        let fault = fault.map(Fault::Certificate).or((security == Security::None).then_some(Fault::NoStarttls));
        let name = fault.as_ref().map(Fault::name);
        let tls =
            DoorTls { versions: Vec::new(), version: None, certificate: Some(CertificateFacts::default()), fault: name };
        Door {
            state: DoorState::Open,
            greeting: None,
            tls: (security != Security::None).then_some(tls),
            in_clear: (security != Security::Tls).then(Capabilities::default),
            in_tls: None,
            evidence: fault.map(|fault| Evidence::new(Stage::Tls, endpoint.clone(), fault)),
            elapsed: Duration::ZERO,
            endpoint,
        }
    }

    fn chosen(doors: &[Door]) -> Option<(u16, Security, Reason)> {
        choose(doors).map(|best| (doors[best.door].endpoint.port, best.security, best.reason))
    }

    #[test]
    fn the_order_of_good_doors() {
        let mut doors = vec![
            door(25, Security::Starttls, None),
            door(2525, Security::Starttls, None),
            door(587, Security::Starttls, None),
            door(465, Security::Tls, None),
        ];
        let order = [
            (465, Security::Tls, Reason::ImplicitTls),
            (587, Security::Starttls, Reason::Submission),
            (2525, Security::Starttls, Reason::Alternative),
            (25, Security::Starttls, Reason::Relay),
        ];
        for best in order {
            assert_eq!(chosen(&doors), Some(best));
            assert_eq!(failure(&doors), None);
            doors.pop();
        }
        assert_eq!(chosen(&doors), None);
    }

    #[test]
    fn a_bad_certificate_never_stands_before_a_good_one() {
        let bad = door(465, Security::Tls, Some(CertFault::Expired));
        let doors = [bad.clone(), door(25, Security::Starttls, None)];
        assert_eq!(chosen(&doors), Some((25, Security::Starttls, Reason::Relay)));
        let doors = [door(587, Security::Starttls, Some(CertFault::WrongName)), bad];
        assert_eq!(chosen(&doors), Some((465, Security::Tls, Reason::BadCertificate)));
        assert_eq!(failure(&doors).unwrap().fault, Fault::Certificate(CertFault::Expired));
    }

    #[test]
    fn without_tls_only_on_this_machine() {
        let mut plain = door(25, Security::None, None);
        assert_eq!(chosen(std::slice::from_ref(&plain)), None);
        assert_eq!(failure(std::slice::from_ref(&plain)).unwrap().fault, Fault::NoStarttls);
        plain.endpoint.host = "localhost".into();
        assert_eq!(chosen(std::slice::from_ref(&plain)), Some((25, Security::None, Reason::ThisMachine)));
        let mut bad = door(587, Security::Starttls, Some(CertFault::SelfSigned));
        bad.endpoint.host = "127.0.0.1".into();
        assert_eq!(chosen(std::slice::from_ref(&bad)), Some((587, Security::None, Reason::ThisMachine)));
        bad.in_tls = Some(Capabilities { auth: Some(Vec::new()), ..Capabilities::default() });
        assert_eq!(chosen(&[bad]), Some((587, Security::Starttls, Reason::BadCertificate)), "no login without TLS");
    }
}
