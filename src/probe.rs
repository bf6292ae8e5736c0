//! The ladder: a live test as a list of stages, climbed on blocking sockets and rustls.
//!
//! What a climb is asked to do ([`Climb`]), how it goes on ([`Step`]) and what it found ([`Report`]) are plain data in
//! [`stage`], [`evidence`] and [`report`]; sockets are opened in `net` alone, bytes are exchanged in `session`.

pub mod evidence;
pub mod report;
pub mod stage;

pub use evidence::{CertFault, CertificateFacts, DnsFault, Evidence, Fault};
pub use report::{Capabilities, Report, Transcript};
pub use stage::{Learned, Stage, State, Step};

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

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

/// Stops a climb from another thread: sockets that are open are shut down, nothing new is opened.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<CancelState>);

#[derive(Debug, Default)]
struct CancelState {
    cancelled: AtomicBool,
    sockets: Mutex<Vec<std::net::TcpStream>>,
}

impl Cancel {
    /// Stops the climb at once.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        if let Ok(sockets) = self.0.sockets.lock() {
            for socket in sockets.iter() {
                let _ = socket.shutdown(std::net::Shutdown::Both);
            }
        }
    }

    /// Whether the climb was stopped.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }
}

/// Where names come from: the system's resolver, or a table in tests.
pub trait Resolve: Send + Sync {
    /// The addresses of a host, in the resolver's order.
    ///
    /// # Errors
    /// Why there are none.
    fn resolve(&self, host: &str, timeout: Duration) -> Result<Vec<IpAddr>, DnsFault>;
}
