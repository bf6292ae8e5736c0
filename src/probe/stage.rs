//! Stages of the ladder and their states.

use std::{net::SocketAddr, time::Duration};

use super::{Capabilities, CertificateFacts};
use crate::mail::{Mechanism, Reply};

/// A stage of the ladder, in the order of a STARTTLS climb; with implicit TLS, TLS comes before the greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Name resolution.
    Dns,
    /// TCP, IPv6 and IPv4 raced (RFC 8305).
    Connect,
    /// The server's first reply.
    Greeting,
    /// EHLO, or HELO where the server knows no other.
    Ehlo,
    /// The STARTTLS command (RFC 3207).
    Starttls,
    /// The handshake and the certificate.
    Tls,
    /// AUTH (RFC 4954).
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA or BDAT, up to the server's word that it took the message.
    Data,
    /// The message was seen to arrive.
    Arrival,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 11] = [
        Self::Dns,
        Self::Connect,
        Self::Greeting,
        Self::Ehlo,
        Self::Starttls,
        Self::Tls,
        Self::Auth,
        Self::Mail,
        Self::Rcpt,
        Self::Data,
        Self::Arrival,
    ];

    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Greeting => "greeting",
            Self::Ehlo => "ehlo",
            Self::Starttls => "starttls",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Arrival => "arrival",
        }
    }
}

/// The life of a stage: `Pending -> Running -> Passed | Warned | Failed | Skipped`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Not yet reached.
    Pending,
    /// Under way.
    Running,
    /// Good.
    Passed,
    /// Good, with something that a person should know.
    Warned,
    /// The climb ends here.
    Failed,
    /// Not needed for this climb.
    Skipped,
}

impl State {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One rung of the ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Which stage.
    pub stage: Stage,
    /// How it stands.
    pub state: State,
    /// How long it took, once it is over.
    pub elapsed: Option<Duration>,
    /// What it learned.
    pub learned: Option<Learned>,
    /// The reply that decided it, where there was one.
    pub reply: Option<Reply>,
}

impl Step {
    /// A stage that is not yet reached.
    pub const fn pending(stage: Stage) -> Self {
        Self { stage, state: State::Pending, elapsed: None, learned: None, reply: None }
    }

    /// Whether it ended: the second EHLO of STARTTLS runs once more after it has learned something.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, State::Passed | State::Warned | State::Failed)
    }
}

/// What a stage learned, as data: `render` makes a sentence of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Learned {
    /// The host's addresses.
    Addresses(Vec<std::net::IpAddr>),
    /// The address that answered first, and how many others failed before or beside it.
    Connected {
        /// The winner.
        peer: SocketAddr,
        /// Attempts that failed.
        failed: usize,
    },
    /// The greeting's text, safe for a terminal.
    Greeting(String),
    /// What EHLO offered; `helo` when the server knows only HELO.
    Offered {
        /// The keywords.
        capabilities: Capabilities,
        /// Only HELO was understood.
        helo: bool,
    },
    /// Protocol and certificate.
    Secured {
        /// `1.2` or `1.3`.
        version: &'static str,
        /// The server's own certificate.
        certificate: Box<CertificateFacts>,
        /// It was accepted because of its pinned fingerprint alone.
        pinned: bool,
    },
    /// The login was accepted.
    LoggedIn(Mechanism),
    /// The address was accepted: sender or recipient.
    Accepted(String),
    /// The server took the message; its own words, safe for a terminal.
    Queued(String),
}
