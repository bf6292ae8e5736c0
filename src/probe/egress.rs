//! Which mail ports answer at all: those of the chosen server and of a well-known one, at once, within one time-out.
//!
//! Connections are opened and dropped without a word, so nothing but names and SYNs leaves the machine.

use std::{
    io::ErrorKind,
    net::{IpAddr, SocketAddr, TcpStream},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use super::{Cancel, Resolve};

/// Most ports that are tried on one host.
const MOST_PORTS: usize = 8;

/// A host and the ports to try on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Host name or address.
    pub host: String,
    /// Ports; those beyond the eighth are left out.
    pub ports: Vec<u16>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Egress {
    /// The chosen server.
    pub chosen: Tried,
    /// The well-known one, when one was tried.
    pub second: Option<Tried>,
    /// The hoster of this machine, if the machine tells.
    pub hoster: Option<String>,
}

/// A host that was tried.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    /// The host.
    pub host: String,
    /// Each port over each family, in order.
    pub attempts: Vec<PortAttempt>,
}

/// One port over one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortAttempt {
    /// The port.
    pub port: u16,
    /// IPv6 or IPv4.
    pub family: AddressFamily,
    /// The outcome.
    pub reach: PortReach,
}

/// A family of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFamily {
    /// IPv6.
    V6,
    /// IPv4.
    V4,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortReach {
    /// It connected.
    Open,
    /// Refused: the host is there, and nothing listens.
    Refused,
    /// Nothing came within the time.
    Silent,
    /// This machine's network has no route there, or forbids it.
    Unreachable,
    /// The host has no address of this family.
    NoAddress,
}

impl PortReach {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Unreachable => "unreachable",
            Self::NoAddress => "no_address",
        }
    }

    const fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::TimedOut => Self::Silent,
            _ => Self::Unreachable,
        }
    }
}

impl AddressFamily {
    /// Both, in the order in which they are tried.
    pub const ALL: [Self; 2] = [Self::V6, Self::V4];

    /// The name that JSON and people use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V6 => "IPv6",
            Self::V4 => "IPv4",
        }
    }

    const fn of(address: &IpAddr) -> Self {
        match address {
            IpAddr::V6(_) => Self::V6,
            IpAddr::V4(_) => Self::V4,
        }
    }
}

impl Tried {
    /// Whether a port connected, over any family.
    pub fn is_open(&self, port: u16) -> bool {
        self.attempts.iter().any(|attempt| attempt.port == port && attempt.reach == PortReach::Open)
    }

    /// Whether anything came back from a port, even a refusal.
    pub fn answers(&self, port: u16) -> bool {
        self.on(port).any(|reach| matches!(reach, PortReach::Open | PortReach::Refused))
    }

    /// Whether a port was silent and no family got through.
    pub fn is_silent(&self, port: u16) -> bool {
        self.on(port).any(|reach| reach == PortReach::Silent) && !self.answers(port)
    }

    /// Whether anything came back from any port.
    pub fn is_there(&self) -> bool {
        self.attempts.iter().any(|attempt| matches!(attempt.reach, PortReach::Open | PortReach::Refused))
    }

    /// The ports that connected, in order.
    pub fn open(&self) -> Vec<u16> {
        let mut open: Vec<u16> = Vec::new();
        for attempt in self.attempts.iter().filter(|attempt| attempt.reach == PortReach::Open) {
            if !open.contains(&attempt.port) {
                open.push(attempt.port);
            }
        }
        open
    }

    fn on(&self, port: u16) -> impl Iterator<Item = PortReach> {
        self.attempts.iter().filter(move |attempt| attempt.port == port).map(|attempt| attempt.reach)
    }
}

/// What the threads report: which host, which port, which family.
enum EgressEvent {
    Resolved(usize, Vec<IpAddr>),
    Tried(usize, PortAttempt),
    Cancelled,
}

/// Tries every port of both hosts over IPv6 and IPv4 at once: at most two look-ups and 32 connections, to the first address of
/// each family. What has not answered when the time is over or the search is cancelled counts as silent; threads that still
/// wait then end by themselves.
pub fn egress(
    chosen: &Gate,
    second: Option<&Gate>,
    resolver: &Arc<dyn Resolve>,
    timeout: Duration,
    cancel: &Cancel,
) -> Egress {
    let until = Instant::now() + timeout;
    let (sender, events) = mpsc::channel();
    let wake = sender.clone();
    let _watch = cancel.watch(move || drop(wake.send(EgressEvent::Cancelled)));
    let gates: Vec<&Gate> = std::iter::once(chosen).chain(second).collect();
    let mut tried: Vec<Tried> = gates.iter().map(|gate| blank(gate)).collect();
    let mut running = 0_usize;
    for (index, gate) in gates.iter().enumerate() {
        running += usize::from(resolve(index, gate.host.clone(), resolver, timeout, cancel, &sender));
    }
    while running > 0 && !cancel.is_cancelled() {
        let Ok(event) = events.recv_timeout(until.saturating_duration_since(Instant::now())) else { break };
        running -= 1;
        match event {
            EgressEvent::Cancelled => break,
            EgressEvent::Resolved(index, addresses) => {
                for attempt in &mut tried[index].attempts {
                    let address = addresses.iter().find(|address| AddressFamily::of(address) == attempt.family);
                    let left = until.saturating_duration_since(Instant::now());
                    attempt.reach = match address {
                        None => PortReach::NoAddress,
                        Some(_) if left.is_zero() => PortReach::Silent,
                        Some(address) => {
                            let peer = SocketAddr::new(*address, attempt.port);
                            running += usize::from(connect(index, *attempt, peer, left, &sender));
                            PortReach::Silent
                        }
                    };
                }
            }
            EgressEvent::Tried(index, done) => {
                let same = |known: &&mut PortAttempt| known.port == done.port && known.family == done.family;
                if let Some(attempt) = tried[index].attempts.iter_mut().find(same) {
                    *attempt = done;
                }
            }
        }
    }
    let mut tried = tried.into_iter();
    Egress { chosen: tried.next().unwrap_or_default(), second: tried.next(), hoster: None }
}

/// Every attempt before anything is known: without an address until the name resolves.
fn blank(gate: &Gate) -> Tried {
    let mut ports: Vec<u16> = Vec::new();
    for port in &gate.ports {
        if !ports.contains(port) && ports.len() < MOST_PORTS {
            ports.push(*port);
        }
    }
    let both = |port: u16| AddressFamily::ALL.map(|family| PortAttempt { port, family, reach: PortReach::NoAddress });
    Tried { host: gate.host.clone(), attempts: ports.into_iter().flat_map(both).collect() }
}

/// Looks a name up on its own thread; returns whether the thread started.
fn resolve(
    index: usize,
    host: String,
    resolver: &Arc<dyn Resolve>,
    timeout: Duration,
    cancel: &Cancel,
    sender: &mpsc::Sender<EgressEvent>,
) -> bool {
    let (resolver, cancel, sender) = (Arc::clone(resolver), cancel.clone(), sender.clone());
    let look_up = move || {
        let found = match host.parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_) => resolver.resolve_until(&host, timeout, &cancel).unwrap_or_default(),
        };
        drop(sender.send(EgressEvent::Resolved(index, found)));
    };
    thread::Builder::new().name("egress".into()).spawn(look_up).is_ok()
}

/// Connects on its own thread; returns whether the thread started.
fn connect(
    index: usize,
    attempt: PortAttempt,
    peer: SocketAddr,
    left: Duration,
    sender: &mpsc::Sender<EgressEvent>,
) -> bool {
    let sender = sender.clone();
    let attempt_connection = move || {
        let reach = match TcpStream::connect_timeout(&peer, left) {
            Ok(_) => PortReach::Open,
            Err(error) => PortReach::of(error.kind()),
        };
        drop(sender.send(EgressEvent::Tried(index, PortAttempt { reach, ..attempt })));
    };
    thread::Builder::new().name("egress".into()).spawn(attempt_connection).is_ok()
}

#[cfg(test)]
mod tests;
