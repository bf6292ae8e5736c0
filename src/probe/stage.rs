//! The stages of an attempt and their states.

use std::{net::SocketAddr, time::Duration};

use super::{Capabilities, CertificateFacts, sighting::Sighting};
use crate::mail::{Mechanism, Proxy, Reply};

/// A stage of an attempt, in the order of STARTTLS; with implicit TLS, TLS comes before the greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Name resolution.
    Dns,
    /// TCP, IPv6 and IPv4 raced (RFC 8305).
    Connect,
    /// The server's first reply.
    Greeting,
    /// EHLO, or HELO if the server does not know EHLO.
    Ehlo,
    /// CAPABILITY, in IMAP (RFC 3501, 6.1.1).
    Capability,
    /// The STARTTLS command (RFC 3207).
    Starttls,
    /// The handshake and the certificate.
    Tls,
    /// AUTH (RFC 4954).
    Auth,
    /// A mailbox is opened for reading, in IMAP.
    Mailbox,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// DATA or BDAT, until the server accepts the message.
    Data,
    /// The message has been seen to arrive.
    Arrival,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 13] = [
        Self::Dns,
        Self::Connect,
        Self::Greeting,
        Self::Ehlo,
        Self::Capability,
        Self::Starttls,
        Self::Tls,
        Self::Auth,
        Self::Mailbox,
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
            Self::Capability => "capability",
            Self::Starttls => "starttls",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::Mailbox => "mailbox",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Arrival => "arrival",
        }
    }
}

/// The life of a stage: `Pending -> Running -> Passed | Warned | Failed | Skipped`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StageState {
    /// Not yet reached.
    Pending,
    /// In progress.
    Running,
    /// Good.
    Passed,
    /// Good, with something that a person should know.
    Warned,
    /// The attempt ends here.
    Failed,
    /// Not needed for this attempt.
    Skipped,
}

impl StageState {
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

/// A stage: its state and what it learned.
#[derive(Debug, Clone, PartialEq)]
pub struct StageReport {
    /// Which stage.
    pub stage: Stage,
    /// Its state.
    pub state: StageState,
    /// Its time, once it has ended.
    pub elapsed: Option<Duration>,
    /// What it learned.
    pub learned: Option<Learned>,
    /// The reply that decided it, if any.
    pub reply: Option<Reply>,
}

impl StageReport {
    /// A stage not yet reached.
    pub const fn pending(stage: Stage) -> Self {
        Self { stage, state: StageState::Pending, elapsed: None, learned: None, reply: None }
    }

    /// Whether it has ended. EHLO runs a second time after STARTTLS, so having learned something is not enough.
    pub const fn is_over(&self) -> bool {
        matches!(self.state, StageState::Passed | StageState::Warned | StageState::Failed)
    }
}

/// What a stage learned; `render` puts it into words.
#[derive(Debug, Clone, PartialEq)]
pub enum Learned {
    /// The host's addresses.
    Addresses(Vec<std::net::IpAddr>),
    /// The address that answered first, and how many others had failed by then.
    Connected {
        /// The winner.
        peer: SocketAddr,
        /// Attempts that failed.
        failed: usize,
    },
    /// The host's name is looked up by the proxy.
    LeftToProxy,
    /// The proxy led to the server.
    ByProxy(Proxy),
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
        /// It was accepted only because of its pinned fingerprint.
        pinned: bool,
    },
    /// The login was accepted.
    LoggedIn(Mechanism),
    /// The address was accepted: sender or recipient.
    Accepted(String),
    /// Where the message went.
    Sighted(Box<Sighting>),
    /// The server accepted the message; its text, safe for a terminal.
    Queued(String),
}
