//! The mail server built in for trying: `mailsetup --demo` sets up against it, and nothing leaves this machine.
//!
//! A submission server (RFC 6409) on loopback with three ports, a throw-away authority that only the demo trusts, one
//! account, and faults that a person can switch on while it runs.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    mail::{Endpoint, Security},
    phrase,
    presets::{self, Phrase, Provider},
};

mod auth;
mod command;
mod control;
mod fault;
mod identity;
mod listen;
mod mailbox;
mod plug;
mod session;
mod subject;
mod transaction;
mod wire;

pub use fault::Fault;
pub use mailbox::Arrived;

/// The one account.
const USER: &str = "demo@mailsetup.example";
/// Its password: blanks and a `#` are what configuration files stumble over.
const PASSWORD: &str = "open sesame #1";
/// How long threads may take to do as they are told.
const PATIENCE: Duration = Duration::from_secs(5);

/// What all threads of a demo share.
struct House {
    control: control::Control,
    mailbox: mailbox::Mailbox,
    clients: listen::Clients,
    identity: identity::Identity,
}

/// A running demo server; dropping it ends its threads and closes its ports.
pub struct Demo {
    house: Arc<House>,
    tls_port: u16,
    starttls_port: u16,
    plain_port: u16,
    /// What each listener's thread needs to be woken and joined.
    listeners: Vec<(SocketAddr, JoinHandle<()>)>,
    provider: Provider,
}

impl Demo {
    /// Starts the server on ports that the kernel gives.
    ///
    /// # Errors
    /// No port, no thread or no key could be had.
    pub fn start() -> io::Result<Self> {
        let (tls_port, tls) = listen::open()?;
        let (starttls_port, starttls) = listen::open()?;
        let (plain_port, plain) = listen::open()?;
        let mut provider: Provider =
            presets::parse("demo.toml", include_str!("../presets/demo.toml")).map_err(io::Error::other)?;
        "demo".clone_into(&mut provider.key);
        let endpoint = |port, security| Endpoint { host: "localhost".into(), port, security };
        provider.smtp = vec![endpoint(tls_port, Security::Tls), endpoint(starttls_port, Security::Starttls)];
        let house = House {
            control: control::Control::default(),
            mailbox: mailbox::Mailbox::default(),
            clients: listen::Clients::default(),
            identity: identity::Identity::new()?,
        };
        let mut demo = Self { house: Arc::new(house), tls_port, starttls_port, plain_port, listeners: Vec::new(), provider };
        for (security, group) in [(Security::Tls, tls), (Security::Starttls, starttls), (Security::None, plain)] {
            for listener in group {
                let address = listener.local_addr()?;
                let house = Arc::clone(&demo.house);
                let thread = thread::Builder::new()
                    .name("demo-listener".into())
                    .spawn(move || listen::listen(&listener, security, &house))?;
                demo.listeners.push((address, thread));
            }
        }
        Ok(demo)
    }

    /// The port with TLS from the first byte.
    pub const fn tls_port(&self) -> u16 {
        self.tls_port
    }

    /// The port that begins in plain text and offers STARTTLS.
    pub const fn starttls_port(&self) -> u16 {
        self.starttls_port
    }

    /// The port without TLS.
    pub const fn plain_port(&self) -> u16 {
        self.plain_port
    }

    /// The port that [`Fault::BlockedPort`] blocks: the one with implicit TLS, as a hoster's firewall does.
    pub const fn blocked_port(&self) -> u16 {
        self.tls_port
    }

    /// The throw-away authority's certificate, to be trusted in this demo and nowhere else.
    pub fn ca_pem(&self) -> Vec<u8> {
        self.house.identity.ca_pem.clone()
    }

    /// The address of the one account, which is also its user name and the sender that it may use.
    pub const fn user(&self) -> &'static str {
        USER
    }

    /// The password, which is no secret.
    pub const fn password(&self) -> &'static str {
        PASSWORD
    }

    /// A sentence that gives the password away, for the screen that asks for it.
    pub fn password_hint(&self) -> Phrase {
        phrase!("demo-password-hint", password = PASSWORD)
    }

    /// The messages that arrived, in order.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.house.mailbox.all()
    }

    /// Waits until that many messages arrived and returns the last of them; `None` when the deadline comes first.
    pub fn wait_arrival(&self, number: usize, deadline: Instant) -> Option<Arrived> {
        self.house.mailbox.wait(number, deadline)
    }

    /// The fault that is set.
    pub fn fault(&self) -> Fault {
        self.house.control.fault()
    }

    /// Sets the fault that connections made from now on see. Returns once ports are blocked, or open again.
    pub fn set_fault(&self, fault: Fault) {
        self.house.control.set_fault(fault);
        let blocked: Vec<_> = self
            .listeners
            .iter()
            .filter(|(address, _)| fault == Fault::BlockedPort && address.port() == self.blocked_port())
            .map(|(address, _)| listen::nudge(*address))
            .collect();
        self.house.control.wait_plugged(fault, blocked.len(), PATIENCE);
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.house.control.stop();
        for (address, thread) in self.listeners.drain(..) {
            let nudge = listen::nudge(address);
            let _ = thread.join();
            drop(nudge);
        }
        self.house.clients.expel(PATIENCE);
    }
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Demo({}, {}, {})", self.tls_port, self.starttls_port, self.plain_port)
    }
}

/// The demo as a provider: guidance as for a provider with app passwords, and the endpoints in order of preference.
pub fn provider(demo: &Demo) -> Provider {
    demo.provider.clone()
}
