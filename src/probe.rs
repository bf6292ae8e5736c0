//! The ladder: a live test as a list of stages, climbed on blocking sockets and rustls.
//!
//! What a climb is asked to do ([`Climb`]), how it goes on ([`Step`]) and what it found ([`Report`]) are plain data in
//! [`stage`], [`evidence`] and [`report`]. Sockets are opened in `race` and `egress` alone and used through [`stream`] by `wire`
//! alone; `session` speaks the commands, `auth` the logins, `envelope` the message; `climb` puts them in order.
//! [`survey`](mod@survey) climbs several ports side by side.

pub mod egress;
pub mod evidence;
pub mod message;
pub mod report;
pub mod stage;
pub mod stream;
pub mod survey;

mod auth;
mod cancel;
mod certificate;
mod climb;
mod envelope;
mod keywords;
mod net;
mod parse;
mod pin;
mod race;
mod record;
mod session;
mod tls;
mod transcript;
mod wire;

pub use cancel::Cancel;
pub use certificate::sha256_of_hex;
pub use climb::{climb, climb_over, not_begun};
pub use egress::{Egress, egress};
pub use evidence::{CertFault, CertificateFacts, DnsFault, Evidence, Fault};
pub use message::{MessageFault, MessageSpec, test_message};
pub use net::SystemResolver;
pub use report::{Capabilities, Report, Transcript};
pub use stage::{Learned, Stage, State, Step};
pub use stream::Stream;
pub use survey::survey;
pub use tls::{TlsVersion, authorities, check_ca};

use std::{net::IpAddr, time::Duration};

use crate::mail::{Address, Auth, Endpoint, Secret};

/// How far a climb goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// Up to TLS and the EHLO inside it: no login.
    Connect,
    /// Up to a verified login.
    Login,
    /// The envelope is offered and taken back (RSET): no message is sent.
    Rehearse,
    /// Up to a message that the server took.
    Send,
}

/// What a climb is asked to do.
#[derive(Debug, Clone)]
pub struct Climb {
    /// The server.
    pub endpoint: Endpoint,
    /// The provider's key, for the evidence.
    pub provider: Option<String>,
    /// How far to go.
    pub goal: Goal,
    /// The name that EHLO gives.
    pub ehlo: String,
    /// The login: mechanism choice, user name and secret. `None` climbs without a login.
    pub login: Option<Login>,
    /// The message, for [`Goal::Rehearse`] and [`Goal::Send`].
    pub message: Option<Outgoing>,
    /// What is trusted instead of the system's authorities.
    pub trust: Trust,
    /// This server had STARTTLS before: that it is missing now is no plain lack of it.
    pub had_starttls: bool,
    /// A person agreed that the login goes in clear text beyond this machine.
    pub allow_plaintext: bool,
    /// How long one stage may take.
    pub timeout: Duration,
}

/// The login of a climb.
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
    /// The whole message, lines ended by CRLF, not yet dot-stuffed.
    pub bytes: Vec<u8>,
}

/// What is trusted instead of the system's authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// PEM text of the authorities to trust in place of the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// SHA-256 of the one certificate to trust: it is compared and nothing else is checked.
    pub pin: Option<[u8; 32]>,
}

/// Where names come from: the system's resolver, or a table in tests.
pub trait Resolve: Send + Sync {
    /// The addresses of a host, in the resolver's order.
    ///
    /// # Errors
    /// Why there are none.
    fn resolve(&self, host: &str, timeout: Duration) -> Result<Vec<IpAddr>, DnsFault>;

    /// The same, given up as soon as `cancel` says so. A resolver that cannot be interrupted leaves this as it is.
    ///
    /// # Errors
    /// Why there are none; `Unavailable` when it was given up.
    fn resolve_until(&self, host: &str, timeout: Duration, cancel: &Cancel) -> Result<Vec<IpAddr>, DnsFault> {
        if cancel.is_cancelled() { Err(DnsFault::Unavailable) } else { self.resolve(host, timeout) }
    }
}
