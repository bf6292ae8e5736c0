//! What a failed stage leaves for the diagnosis, as received.

use std::io;

use super::{Capabilities, CertificateFacts, DnsFault, Egress, Stage, TunnelFault};
use crate::mail::{Endpoint, Mechanism, Protocol, Proxy, Reply, proxy::ProxyVariable};

/// Everything that is known about a failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Where it failed.
    pub stage: Stage,
    /// What was spoken with the server.
    pub protocol: Protocol,
    /// The provider's key.
    pub provider: Option<String>,
    /// The server.
    pub endpoint: Endpoint,
    /// What went wrong.
    pub fault: ProbeFault,
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
    /// Which ports answer, if the server did not and they were tried.
    pub egress: Option<Egress>,
    /// The proxy that was to lead to the server.
    pub proxy: Option<Proxy>,
    /// The variable that names a proxy for this server, which was not used.
    pub unused_proxy: Option<ProxyVariable>,
}

impl Evidence {
    /// A fault at a stage, with nothing else known.
    pub const fn new(stage: Stage, endpoint: Endpoint, fault: ProbeFault) -> Self {
        Self {
            stage,
            protocol: Protocol::Smtp,
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
            proxy: None,
            unused_proxy: None,
        }
    }

    /// Whether nothing came back from the server: trying other ports and another server tells why.
    pub const fn is_silence(&self) -> bool {
        use io::ErrorKind::{HostUnreachable, NetworkUnreachable, TimedOut};
        matches!(self.fault, ProbeFault::Connect(TimedOut | NetworkUnreachable | HostUnreachable))
    }

    /// The reply, if that is the fault.
    pub const fn reply(&self) -> Option<&Reply> {
        match &self.fault {
            ProbeFault::Reply(reply) => Some(reply),
            _ => None,
        }
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum ProbeFault {
    /// The server said no.
    Reply(Reply),
    /// The name has no address.
    Dns(DnsFault),
    /// No address could be connected to; the kind of the last error, `TimedOut` when all were silent.
    Connect(io::ErrorKind),
    /// The proxy did not lead to the server.
    Proxy(TunnelFault),
    /// Nothing came in time.
    TimedOut,
    /// The server closed the connection.
    Closed,
    /// Some other I/O error.
    Io(io::ErrorKind),
    /// The handshake failed.
    Tls {
        /// The alert or error, as rustls words it.
        text: String,
        /// The peer does not speak TLS: a plain-text port.
        not_tls: bool,
    },
    /// The certificate is not acceptable.
    Certificate(CertFault),
    /// The server wants a client certificate, and none was shown.
    ClientCertWanted,
    /// The server does not take the client certificate: its alert, as rustls words it.
    ClientCertRefused(String),
    /// EHLO does not offer STARTTLS.
    NoStarttls,
    /// EHLO does not offer STARTTLS, though the server is known to have it: something on the way strips it.
    StarttlsGone,
    /// The login would leave this machine in clear text, and nobody agreed to that.
    ClearLogin,
    /// The server spoke before it was asked, or in clear text after its reply to STARTTLS.
    Injected,
    /// The server did not prove that it knows the password, though the login was one in which it has to (SCRAM).
    Unproven,
    /// EHLO offers no AUTH.
    NoAuth,
    /// EHLO offers AUTH, but no mechanism that the choice allows.
    NoCommonMechanism,
    /// Not an SMTP reply: its first bytes, safe for a terminal.
    NotSmtp(String),
    /// Not an IMAP response: its first bytes, safe for a terminal.
    NotImap(String),
    /// An endless line or reply.
    TooLong,
    /// The message has an address that only SMTPUTF8 carries, and the server does not have it (RFC 6531).
    NoSmtputf8,
    /// The server took the message, and yet something is wrong with its arrival.
    Arrival(ArrivalFault),
    /// An obstacle on this machine, such as an unreadable file: what and why, safe for a terminal.
    Local(String),
    /// The attempt was cancelled.
    Cancelled,
}

impl ProbeFault {
    /// Its name in causes.
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
            Self::Proxy(fault) => fault.kind.name(),
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
            Self::ClientCertWanted => "client_cert_wanted",
            Self::ClientCertRefused(_) => "client_cert_refused",
            Self::NoStarttls => "no_starttls",
            Self::StarttlsGone => "starttls_gone",
            Self::ClearLogin => "clear_login",
            Self::Injected => "injected",
            Self::Unproven => "unproven",
            Self::NoAuth => "no_auth",
            Self::NoCommonMechanism => "no_common_mechanism",
            Self::NotSmtp(_) => "not_smtp",
            Self::NotImap(_) => "not_imap",
            Self::TooLong => "too_long",
            Self::NoSmtputf8 => "no_smtputf8",
            Self::Arrival(fault) => fault.name(),
            Self::Local(_) => "local",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What is wrong with a message's arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArrivalFault {
    /// It is in the mailbox for spam, or a filter marked it so.
    Junk,
    /// It is neither in the inbox nor among spam.
    Elsewhere,
    /// Neither SPF nor DKIM passes for the domain of From.
    Unaligned,
    /// It has not been seen yet.
    NotYet,
    /// It came back; the report, as it came.
    Bounced(Vec<u8>),
    /// It took long.
    Late,
    /// The receiver does not say whether it believes the sender.
    NoVerdict,
}

impl ArrivalFault {
    /// Its name in causes.
    const fn name(&self) -> &'static str {
        match self {
            Self::Junk => "landed_in_spam",
            Self::Elsewhere => "landed_elsewhere",
            Self::Unaligned => "unaligned",
            Self::NotYet => "not_arrived",
            Self::Bounced(_) => "bounced",
            Self::Late => "arrived_late",
            Self::NoVerdict => "no_verdict",
        }
    }
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertFault {
    /// It has expired.
    Expired,
    /// It is not valid yet, or this machine's clock is wrong.
    NotYetValid,
    /// It is self-signed.
    SelfSigned,
    /// It is not signed by a trusted authority.
    UnknownIssuer,
    /// It is for other names.
    WrongName,
    /// It is not the pinned one.
    WrongPin,
    /// A form that is not accepted: an authority used as the server's own certificate, X.509 version 1.
    Unsupported,
}
