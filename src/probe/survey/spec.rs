//! What a survey is asked to do.

use std::time::Duration;

use super::super::ServerTrust;
use crate::mail::{Protocol, Proxy, Security};

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
    /// What is spoken there.
    pub protocol: Protocol,
    /// TLS or STARTTLS first, the other only when this one looks wrong; `None`: both at once.
    pub first: Option<Security>,
}

impl PortSpec {
    /// The ports on which servers take mail (RFC 8314, RFC 6409, RFC 5321, and what relays offer beside them).
    pub const STANDARD: [Self; 4] = [
        Self { number: 465, protocol: Protocol::Smtp, first: Some(Security::Tls) },
        Self { number: 587, protocol: Protocol::Smtp, first: Some(Security::Starttls) },
        Self { number: 25, protocol: Protocol::Smtp, first: Some(Security::Starttls) },
        Self { number: 2525, protocol: Protocol::Smtp, first: Some(Security::Starttls) },
    ];

    /// A port about which nothing else is known: its number tells IMAP. On port 25 only the server may speak first: bytes before its greeting mark a
    /// spammer (Postfix's postscreen(8), "pregreet test").
    pub fn alone(number: u16) -> Self {
        match Security::of_imap_port(number) {
            Some(mode) => Self { number, protocol: Protocol::Imap, first: Some(mode) },
            None => Self { number, protocol: Protocol::Smtp, first: (number == 25).then_some(Security::Starttls) },
        }
    }
}
