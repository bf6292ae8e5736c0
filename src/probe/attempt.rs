//! An attempt: which server to try, how far to go, and with which login and message.

use std::time::{Duration, Instant};

use super::ClientIdentity;
use crate::mail::{Address, Auth, Endpoint, Protocol, Proxy, Secret};

/// How far an attempt goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// Up to TLS and the EHLO inside it: no login.
    Connect,
    /// Up to a verified login.
    Login,
    /// The envelope is offered and reset (RSET): no message is sent.
    Rehearse,
    /// Up to a message that the server accepted.
    Send,
}

/// A live test of one server.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The server.
    pub endpoint: Endpoint,
    /// What is spoken with it.
    pub protocol: Protocol,
    /// The provider's key, for the evidence.
    pub provider: Option<String>,
    /// How far to go.
    pub goal: Goal,
    /// The EHLO name.
    pub ehlo: String,
    /// The login: mechanism choice, user name and secret. `None` makes an attempt without a login.
    pub login: Option<Login>,
    /// The message, for [`Goal::Rehearse`] and [`Goal::Send`].
    pub message: Option<Outgoing>,
    /// Addresses that other programs send from, to be offered once the message has gone well.
    pub others: Vec<OtherSender>,
    /// What to trust instead of the system's authorities.
    pub trust: ServerTrust,
    /// The certificate that this machine shows when the server asks for one.
    pub client: Option<ClientIdentity>,
    /// The proxy that leads to the server, and looks its name up.
    pub proxy: Option<Proxy>,
    /// This server had STARTTLS before: if it is missing now, something strips it.
    pub had_starttls: bool,
    /// A person agreed to a login in clear text beyond this machine.
    pub allow_plaintext: bool,
    /// Longest time for one stage.
    pub timeout: Duration,
}

/// The login of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Mechanism choice.
    pub auth: Auth,
    /// User name.
    pub username: String,
    /// Password or access token.
    pub secret: Secret,
}

/// A message and its envelope.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Envelope sender.
    pub from: Address,
    /// Envelope recipient.
    pub to: Address,
    /// What it is found by.
    pub token: String,
    /// The whole message, lines ended by CRLF, not yet dot-stuffed.
    pub bytes: Vec<u8>,
}

/// An address that a program of the machine sends from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherSender {
    /// The program, as people know it.
    pub program: String,
    /// The address.
    pub from: Address,
    /// To whom, when not to the message's recipient.
    pub to: Option<Address>,
    /// It is on the envelope of what the program sends.
    pub own_envelope: bool,
}

/// What to trust instead of the system's authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerTrust {
    /// PEM text of the authorities to trust in place of the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// SHA-256 of the one certificate to trust; nothing else is checked.
    pub pin: Option<[u8; 32]>,
}

/// A supported TLS version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2, RFC 5246.
    V12,
    /// TLS 1.3, RFC 8446.
    V13,
}

impl TlsVersion {
    /// Every version, oldest first.
    pub const ALL: [Self; 2] = [Self::V12, Self::V13];

    /// The number that JSON and people use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V12 => "1.2",
            Self::V13 => "1.3",
        }
    }
}

/// Further bounds of an attempt.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    /// When the whole attempt has to be over.
    pub(super) until: Option<Instant>,
    /// The only TLS version to offer.
    pub(super) version: Option<TlsVersion>,
}
