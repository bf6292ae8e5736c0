//! Which port to use, and why; if none is safe, which failure came closest to success.

use super::{
    super::Evidence,
    report::{Best, PortReport, PortState, Reason},
};
use crate::mail::{Protocol, Security};

/// The best of several ports, by reason, then by port number.
pub(super) fn choose(ports: &[PortReport]) -> Option<Best> {
    let best = |(index, port): (usize, &PortReport)| {
        let (reason, security) = judge(port)?;
        Some((reason, port_rank(port), Best { port: index, security, reason }))
    };
    let ranked = ports.iter().enumerate().filter_map(best);
    ranked.min_by_key(|(reason, port, _)| (*reason, *port)).map(|(_, _, best)| best)
}

fn judge(port: &PortReport) -> Option<(Reason, Security)> {
    if port.state != PortState::Open || port.protocol != Protocol::Smtp {
        return None;
    }
    let security = port.endpoint.security;
    if port.is_trusted() {
        let reason = match (security, port.endpoint.port) {
            (Security::Tls, _) => Reason::ImplicitTls,
            (_, 587) => Reason::Submission,
            (_, 25) => Reason::Relay,
            _ => Reason::Alternative,
        };
        return Some((reason, security));
    }
    if port.is_plain_here() {
        return Some((Reason::ThisMachine, Security::None));
    }
    (security != Security::None).then_some((Reason::BadCertificate, security))
}

/// Submission ports in order of preference (RFC 8314, RFC 6409), then what relays offer besides, then the relay port.
const fn port_rank(port: &PortReport) -> u8 {
    match (port.endpoint.security, port.endpoint.port) {
        (_, 465) => 0,
        (Security::Tls, _) => 1,
        (_, 587) => 2,
        (_, 25) => 4,
        _ => 3,
    }
}

/// Why no port is safe; `None` when one is.
pub(super) fn failure(ports: &[PortReport]) -> Option<&Evidence> {
    if ports.iter().any(PortReport::is_safe) {
        return None;
    }
    let nearness = |port: &PortReport| match (port.state, port.endpoint.security) {
        (PortState::Open, Security::Tls | Security::Starttls) => 0,
        (PortState::Open, Security::None) => 1,
        (PortState::Failed, _) => 2,
        (PortState::Silent, _) => 3,
        (PortState::Refused, _) => 4,
        (PortState::Unreachable, _) => 5,
    };
    ports.iter().min_by_key(|port| (nearness(port), port_rank(port))).and_then(|port| port.evidence.as_ref())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        mail::Endpoint,
        probe::{Capabilities, CertFault, CertificateFacts, ProbeFault, Stage, survey::PortTls},
    };

    fn port(port: u16, security: Security, fault: Option<CertFault>) -> PortReport {
        let endpoint = Endpoint { host: "mail.test".into(), port, security };
        let fault = fault.map(ProbeFault::Certificate).or((security == Security::None).then_some(ProbeFault::NoStarttls));
        let name = fault.as_ref().map(ProbeFault::name);
        let tls =
            PortTls { versions: Vec::new(), version: None, certificate: Some(CertificateFacts::default()), fault: name };
        PortReport {
            protocol: Protocol::Smtp,
            state: PortState::Open,
            greeting: None,
            tls: (security != Security::None).then_some(tls),
            in_clear: (security != Security::Tls).then(Capabilities::default),
            in_tls: None,
            evidence: fault.map(|fault| Evidence::new(Stage::Tls, endpoint.clone(), fault)),
            elapsed: Duration::ZERO,
            endpoint,
        }
    }

    fn chosen(ports: &[PortReport]) -> Option<(u16, Security, Reason)> {
        choose(ports).map(|best| (ports[best.port].endpoint.port, best.security, best.reason))
    }

    #[test]
    fn the_order_of_good_ports() {
        let mut ports = vec![
            port(25, Security::Starttls, None),
            port(2525, Security::Starttls, None),
            port(587, Security::Starttls, None),
            port(465, Security::Tls, None),
        ];
        let order = [
            (465, Security::Tls, Reason::ImplicitTls),
            (587, Security::Starttls, Reason::Submission),
            (2525, Security::Starttls, Reason::Alternative),
            (25, Security::Starttls, Reason::Relay),
        ];
        for best in order {
            assert_eq!(chosen(&ports), Some(best));
            assert_eq!(failure(&ports), None);
            ports.pop();
        }
        assert_eq!(chosen(&ports), None);
    }

    #[test]
    fn a_bad_certificate_never_stands_before_a_good_one() {
        let bad = port(465, Security::Tls, Some(CertFault::Expired));
        let ports = [bad.clone(), port(25, Security::Starttls, None)];
        assert_eq!(chosen(&ports), Some((25, Security::Starttls, Reason::Relay)));
        let ports = [port(587, Security::Starttls, Some(CertFault::WrongName)), bad];
        assert_eq!(chosen(&ports), Some((465, Security::Tls, Reason::BadCertificate)));
        assert_eq!(failure(&ports).unwrap().fault, ProbeFault::Certificate(CertFault::Expired));
    }

    #[test]
    fn without_tls_only_on_this_machine() {
        let mut plain = port(25, Security::None, None);
        assert_eq!(chosen(std::slice::from_ref(&plain)), None);
        assert_eq!(failure(std::slice::from_ref(&plain)).unwrap().fault, ProbeFault::NoStarttls);
        plain.endpoint.host = "localhost".into();
        assert_eq!(chosen(std::slice::from_ref(&plain)), Some((25, Security::None, Reason::ThisMachine)));
        let mut bad = port(587, Security::Starttls, Some(CertFault::SelfSigned));
        bad.endpoint.host = "127.0.0.1".into();
        assert_eq!(chosen(std::slice::from_ref(&bad)), Some((587, Security::None, Reason::ThisMachine)));
        bad.in_tls = Some(Capabilities { auth: Some(Vec::new()), ..Capabilities::default() });
        assert_eq!(chosen(&[bad]), Some((587, Security::Starttls, Reason::BadCertificate)), "no login without TLS");
    }
}
