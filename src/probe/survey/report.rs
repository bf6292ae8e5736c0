//! What a survey found: plain data.

use std::{net::IpAddr, time::Duration};

use super::super::{Capabilities, CertificateFacts, Evidence, TlsVersion};
use crate::mail::{Endpoint, Protocol, Security};

/// What a server offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// The host, as it was asked for.
    pub host: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its ports, in the order in which they were asked for; none when the name gave no address.
    pub ports: Vec<PortReport>,
    /// The one to use.
    pub best: Option<Best>,
    /// Why none can be used safely: the failure that came closest to success.
    pub evidence: Option<Evidence>,
}

/// A port and what was found there.
#[derive(Debug, Clone, PartialEq)]
pub struct PortReport {
    /// What was spoken there.
    pub protocol: Protocol,
    /// Host, port and the mode that it speaks: `none` where TLS is not offered.
    pub endpoint: Endpoint,
    /// Its state.
    pub state: PortState,
    /// The greeting's text, safe for a terminal.
    pub greeting: Option<String>,
    /// TLS, if the conversation got that far.
    pub tls: Option<PortTls>,
    /// What EHLO offered in clear text.
    pub in_clear: Option<Capabilities>,
    /// What EHLO offered inside TLS.
    pub in_tls: Option<Capabilities>,
    /// What is wrong with it.
    pub evidence: Option<Evidence>,
    /// How long the attempt took.
    pub elapsed: Duration,
}

/// The state of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortState {
    /// A mail server answers, up to EHLO; its certificate may still be bad.
    Open,
    /// The connection is refused.
    Refused,
    /// Nothing comes back: no connection, or a connection without a greeting.
    Silent,
    /// This machine's network has no route there, or forbids it.
    Unreachable,
    /// Something answers, and the conversation fails.
    Failed,
}

impl PortState {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Unreachable => "unreachable",
            Self::Failed => "failed",
        }
    }
}

/// A port's TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortTls {
    /// The versions that a handshake succeeded with, oldest first.
    pub versions: Vec<TlsVersion>,
    /// The version negotiated without restrictions.
    pub version: Option<&'static str>,
    /// The server's own certificate.
    pub certificate: Option<CertificateFacts>,
    /// What is wrong with certificate or handshake, as a fault's name; `tls_version` when only older versions are spoken.
    pub fault: Option<&'static str>,
}

impl PortReport {
    /// Whether its certificate is good for the host.
    pub fn is_trusted(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.certificate.is_some() && tls.fault.is_none())
    }

    /// Whether a password is safe there: TLS with a good certificate, or traffic that stays on this machine.
    pub fn is_safe(&self) -> bool {
        self.state == PortState::Open && (self.is_trusted() || self.is_plain_here())
    }

    /// Whether it can be used without TLS because it is on this machine: where a login is offered only inside TLS, only port
    /// 25 works without one.
    pub(super) fn is_plain_here(&self) -> bool {
        let has_login = |offer: &Option<Capabilities>| offer.as_ref().is_some_and(|offer| offer.auth.is_some());
        let needs_tls = has_login(&self.in_tls) && !has_login(&self.in_clear) && self.endpoint.port != 25;
        self.endpoint.is_loopback() && self.in_clear.is_some() && !needs_tls
    }

    /// What EHLO offered, inside TLS where it has it.
    pub fn offered(&self) -> Option<&Capabilities> {
        self.in_tls.as_ref().or(self.in_clear.as_ref())
    }
}

/// What a survey reports while it runs.
#[derive(Debug, Clone, Copy)]
pub enum SurveyEvent<'a> {
    /// The host, as it was asked for, and its addresses.
    Addresses(&'a str, &'a [IpAddr]),
    /// A port, once everything about it is known.
    Port(&'a PortReport),
}

/// The port to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Best {
    /// Its index among the ports.
    pub port: usize,
    /// The mode to use there.
    pub security: Security,
    /// Why.
    pub reason: Reason,
}

/// Why a port is the best one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// TLS from the first byte, and a good certificate (RFC 8314).
    ImplicitTls,
    /// STARTTLS on the submission port, and a good certificate (RFC 6409).
    Submission,
    /// STARTTLS on another port, and a good certificate.
    Alternative,
    /// STARTTLS on the port for traffic between servers, and a good certificate.
    Relay,
    /// No good TLS, but the traffic stays on this machine.
    ThisMachine,
    /// TLS with a bad certificate; no other port has a better one.
    BadCertificate,
}
