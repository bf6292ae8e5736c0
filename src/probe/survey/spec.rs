//! What a survey is asked to do.

use std::time::Duration;

use super::super::ServerTrust;
use crate::mail::{Proxy, Security};

/// What a survey is asked to do.
#[derive(Debug, Clone)]
pub struct SurveySpec {
    /// Host name or address.
    pub host: String,
    /// The ports, in the order in which the result has them.
    pub ports: Vec<PortSpec>,
    /// The EHLO name.
    pub ehlo: String,
    /// What is trusted instead of the system's authorities.
    pub trust: ServerTrust,
    /// The proxy that leads to the server, and looks its name up.
    pub proxy: Option<Proxy>,
    /// Longest time for the whole survey.
    pub timeout: Duration,
}

/// A port, and the mode to try first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortSpec {
    /// TCP port.
    pub number: u16,
    /// TLS or STARTTLS first, the other only when this one looks wrong; `None`: both at once.
    pub first: Option<Security>,
}

impl PortSpec {
    /// The ports on which servers take mail (RFC 8314, RFC 6409, RFC 5321, and what relays offer beside them).
    pub const STANDARD: [Self; 4] = [
        Self { number: 465, first: Some(Security::Tls) },
        Self { number: 587, first: Some(Security::Starttls) },
        Self { number: 25, first: Some(Security::Starttls) },
        Self { number: 2525, first: Some(Security::Starttls) },
    ];

    /// A port about which nothing else is known. On port 25 only the server may speak first: bytes before its greeting mark a
    /// spammer (Postfix's postscreen(8), "pregreet test").
    pub fn alone(number: u16) -> Self {
        Self { number, first: (number == 25).then_some(Security::Starttls) }
    }
}
