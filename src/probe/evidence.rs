//! What a failed stage leaves behind: enough for a diagnosis, as it came.

use std::io;

use super::{Capabilities, Egress, Stage};
use crate::mail::{Endpoint, Mechanism, Reply};

/// Everything that is known about a failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Where it failed.
    pub stage: Stage,
    /// The provider's key.
    pub provider: Option<String>,
    /// The server.
    pub endpoint: Endpoint,
    /// What went wrong.
    pub fault: Fault,
    /// What EHLO offered last, before or inside TLS.
    pub offered: Option<Capabilities>,
    /// The mechanism that the login used.
    pub mechanism: Option<Mechanism>,
    /// The server's certificate, when the handshake got that far.
    pub certificate: Option<CertificateFacts>,
    /// The decoded JSON of a refused XOAUTH2 (the text of its 334), safe for a terminal.
    pub challenge: Option<String>,
    /// The EHLO name that was given.
    pub ehlo: String,
    /// The user name of the login.
    pub username: Option<String>,
    /// The envelope sender.
    pub sender: Option<String>,
    /// Which ports answer, when the server did not and that was looked into.
    pub egress: Option<Egress>,
}

impl Evidence {
    /// What failed where, with nothing known beside it.
    pub const fn new(stage: Stage, endpoint: Endpoint, fault: Fault) -> Self {
        Self {
            stage,
            provider: None,
            endpoint,
            fault,
            offered: None,
            mechanism: None,
            certificate: None,
            challenge: None,
            ehlo: String::new(),
            username: None,
            sender: None,
            egress: None,
        }
    }

    /// Whether nothing came back from the server: other ports and another server tell why.
    pub const fn is_silence(&self) -> bool {
        use io::ErrorKind::{HostUnreachable, NetworkUnreachable, TimedOut};
        matches!(self.fault, Fault::Connect(TimedOut | NetworkUnreachable | HostUnreachable))
    }

    /// The reply, when a reply was the fault.
    pub const fn reply(&self) -> Option<&Reply> {
        match &self.fault {
            Fault::Reply(reply) => Some(reply),
            _ => None,
        }
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The server said no.
    Reply(Reply),
    /// The name gave no address.
    Dns(DnsFault),
    /// No address could be connected to; the kind of the last error, `TimedOut` when all were silent.
    Connect(io::ErrorKind),
    /// Nothing came within the time.
    TimedOut,
    /// The server closed the connection.
    Closed,
    /// Some other I/O error.
    Io(io::ErrorKind),
    /// The handshake failed: rustls's words, and whether the peer did not speak TLS at all.
    Tls {
        /// The alert or error, in rustls's words.
        text: String,
        /// What came was no TLS: a plain-text port.
        not_tls: bool,
    },
    /// The certificate is not acceptable.
    Certificate(CertFault),
    /// EHLO does not offer STARTTLS.
    NoStarttls,
    /// EHLO does not offer STARTTLS, though the server is known to have it: somebody on the way takes it out.
    StarttlsGone,
    /// The login would go in clear text beyond this machine, and nobody agreed to that.
    ClearLogin,
    /// Bytes came in clear text behind the reply to STARTTLS.
    Injected,
    /// EHLO offers no AUTH.
    NoAuth,
    /// EHLO offers AUTH, but no mechanism that the choice allows.
    NoCommonMechanism,
    /// What came is no SMTP reply: its first bytes, safe for a terminal.
    NotSmtp(String),
    /// A line or a reply without end.
    TooLong,
    /// The message has an address that only SMTPUTF8 carries, and the server does not have it (RFC 6531).
    NoSmtputf8,
    /// Something on this machine stands in the way: a file that cannot be read. Its name and why, safe for a terminal.
    Local(String),
    /// The climb was stopped.
    Cancelled,
}

impl Fault {
    /// The word by which causes name it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reply(_) => "reply",
            Self::Dns(DnsFault::NotFound) => "dns_not_found",
            Self::Dns(DnsFault::NoAddress) => "dns_no_address",
            Self::Dns(DnsFault::Unavailable) => "dns_unavailable",
            Self::Connect(io::ErrorKind::ConnectionRefused) => "refused",
            Self::Connect(io::ErrorKind::TimedOut) => "connect_timed_out",
            Self::Connect(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => "unreachable",
            Self::Connect(_) => "connect",
            Self::TimedOut => "timed_out",
            Self::Closed => "closed",
            Self::Io(_) => "io",
            Self::Tls { not_tls: true, .. } => "not_tls",
            Self::Tls { .. } => "tls",
            Self::Certificate(CertFault::Expired) => "cert_expired",
            Self::Certificate(CertFault::NotYetValid) => "cert_not_yet_valid",
            Self::Certificate(CertFault::SelfSigned) => "cert_self_signed",
            Self::Certificate(CertFault::UnknownIssuer) => "cert_unknown_issuer",
            Self::Certificate(CertFault::WrongName) => "cert_wrong_name",
            Self::Certificate(CertFault::WrongPin) => "cert_wrong_pin",
            Self::Certificate(CertFault::Unsupported) => "cert_unsupported",
            Self::NoStarttls => "no_starttls",
            Self::StarttlsGone => "starttls_gone",
            Self::ClearLogin => "clear_login",
            Self::Injected => "injected",
            Self::NoAuth => "no_auth",
            Self::NoCommonMechanism => "no_common_mechanism",
            Self::NotSmtp(_) => "not_smtp",
            Self::TooLong => "too_long",
            Self::NoSmtputf8 => "no_smtputf8",
            Self::Local(_) => "local",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why a name gave no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DnsFault {
    /// The name does not exist.
    NotFound,
    /// The name exists and has no address.
    NoAddress,
    /// The resolver did not answer.
    Unavailable,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertFault {
    /// Its time is over.
    Expired,
    /// Its time has not come, or this machine's clock is wrong.
    NotYetValid,
    /// It signed itself.
    SelfSigned,
    /// No trusted authority signed it.
    UnknownIssuer,
    /// It is for other names.
    WrongName,
    /// It is not the pinned one.
    WrongPin,
    /// A form that is not accepted: an authority used as the server's own certificate, X.509 version 1.
    Unsupported,
}

/// What a certificate says of itself. All text is foreign and already safe for a terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Subject, common name or whole.
    pub subject: String,
    /// Issuer: organization, else common name.
    pub issuer: String,
    /// DNS names and addresses that it covers.
    pub names: Vec<String>,
    /// Begin of validity, `2026-01-18`.
    pub not_before: String,
    /// End of validity, `2027-01-18`.
    pub not_after: String,
    /// Days until the end of validity; negative when it is over.
    pub days_left: i64,
    /// SHA-256 of the certificate, 64 lower-case hex digits.
    pub sha256: String,
}
