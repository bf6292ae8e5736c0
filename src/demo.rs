//! The built-in mail server for trying things out: `mailsetup --demo` sets up against it, and nothing leaves this machine.
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
mod clients;
mod command;
mod control;
mod domain;
mod envelope;
mod fault;
mod identity;
mod listen;
mod mailbox;
mod plug;
mod sandbox;
mod session;
mod subject;
mod transaction;
mod wire;

pub use domain::DemoDns;
pub use fault::DemoFault;
pub use mailbox::Arrived;

use sandbox::{PASSWORD, Sandbox, TOKEN, USER};

/// How long to wait for threads to follow an order.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running demo server; dropping it ends its threads and closes its ports.
pub struct Demo {
    sandbox: Arc<Sandbox>,
    tls_port: u16,
    starttls_port: u16,
    plain_port: u16,
    /// What each listener's thread needs to be woken and joined.
    listeners: Vec<(SocketAddr, JoinHandle<()>)>,
    provider: Provider,
}

impl Demo {
    /// Starts the server on ports that the kernel assigns.
    ///
    /// # Errors
    /// A port, a thread or a key cannot be created.
    pub fn start() -> io::Result<Self> {
        let (tls_port, tls) = listen::open()?;
        let (starttls_port, starttls) = listen::open()?;
        let (plain_port, plain) = listen::open()?;
        let mut provider: Provider =
            presets::parse("demo.toml", include_str!("../presets/demo.toml")).map_err(io::Error::other)?;
        "demo".clone_into(&mut provider.key);
        let endpoint = |port, security| Endpoint { host: "localhost".into(), port, security };
        provider.smtp = vec![endpoint(tls_port, Security::Tls), endpoint(starttls_port, Security::Starttls)];
        let sandbox = Sandbox {
            control: control::Control::default(),
            mailbox: mailbox::Mailbox::default(),
            clients: Arc::default(),
            identity: identity::Identity::new()?,
        };
        let mut demo =
            Self { sandbox: Arc::new(sandbox), tls_port, starttls_port, plain_port, listeners: Vec::new(), provider };
        for (security, group) in [(Security::Tls, tls), (Security::Starttls, starttls), (Security::None, plain)] {
            for listener in group {
                let address = listener.local_addr()?;
                let sandbox = Arc::clone(&demo.sandbox);
                let thread = thread::Builder::new()
                    .name("demo-listener".into())
                    .spawn(move || listen::listen(&listener, security, &sandbox))?;
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

    /// The port that [`DemoFault::BlockedPort`] blocks: the one with implicit TLS, as a hoster's firewall does.
    pub const fn blocked_port(&self) -> u16 {
        self.tls_port
    }

    /// The throw-away authority's certificate, to be trusted only in this demo.
    pub fn ca_pem(&self) -> Vec<u8> {
        self.sandbox.identity.ca_pem.clone()
    }

    /// An address to try it with; every other one, and every user name, has the same password.
    pub const fn user(&self) -> &'static str {
        USER
    }

    /// The password, which is no secret.
    pub const fn password(&self) -> &'static str {
        PASSWORD
    }

    /// The access token that it takes in place of the password; no secret either.
    pub const fn access_token(&self) -> &'static str {
        TOKEN
    }

    /// A sentence that gives the password away, for the screen that asks for it.
    pub fn password_hint(&self) -> Phrase {
        phrase!("demo-password-hint", password = PASSWORD)
    }

    /// The messages that arrived, in order.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.sandbox.mailbox.all()
    }

    /// Waits until that many messages arrived and returns the last of them; `None` when the deadline comes first.
    pub fn wait_arrival(&self, number: usize, deadline: Instant) -> Option<Arrived> {
        self.sandbox.mailbox.wait(number, deadline)
    }

    /// The fault that is set.
    pub fn fault(&self) -> DemoFault {
        self.sandbox.control.fault()
    }

    /// Sets the fault that connections made from now on see. Returns once ports are blocked, or open again.
    pub fn set_fault(&self, fault: DemoFault) {
        self.sandbox.control.set_fault(fault);
        let blocked: Vec<_> = self
            .listeners
            .iter()
            .filter(|(address, _)| fault == DemoFault::BlockedPort && address.port() == self.blocked_port())
            .map(|(address, _)| listen::nudge(*address))
            .collect();
        self.sandbox.control.wait_plugged(fault, blocked.len(), PATIENCE);
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.sandbox.control.stop();
        for (address, thread) in self.listeners.drain(..) {
            let nudge = listen::nudge(address);
            let _ = thread.join();
            drop(nudge);
        }
        self.sandbox.clients.expel(PATIENCE);
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
