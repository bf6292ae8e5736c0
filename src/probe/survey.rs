//! What a server offers, without a login: its ports side by side, each in the mode that it turns out to speak.
//!
//! `door` finds out about one port by several climbs at once, `attempt` is one of them on its thread, `best` chooses. The
//! result is plain data.

mod attempt;
mod best;
mod door;

use std::{
    net::IpAddr,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use super::{Cancel, Capabilities, CertificateFacts, DnsFault, Evidence, Fault, Resolve, Stage, TlsVersion, Trust};
use crate::mail::{Endpoint, Security};

pub use best::{Best, Reason};

/// How long after its deadline a survey waits for what is about to end.
const GRACE: Duration = Duration::from_secs(1);

/// What is to be found out.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Host name or address.
    pub host: String,
    /// The ports, in the order in which the result has them.
    pub ports: Vec<SurveyPort>,
    /// The name that EHLO gives.
    pub ehlo: String,
    /// What is trusted instead of the system's authorities.
    pub trust: Trust,
    /// How long the whole may take.
    pub timeout: Duration,
}

/// A port, and the mode that is tried on it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurveyPort {
    /// TCP port.
    pub number: u16,
    /// TLS or STARTTLS first and the other one only when this looks wrong; `None`: both at once.
    pub first: Option<Security>,
}

impl SurveyPort {
    /// The ports on which servers take mail (RFC 8314, RFC 6409, RFC 5321, and what relays offer beside them).
    pub const STANDARD: [Self; 4] = [
        Self { number: 465, first: Some(Security::Tls) },
        Self { number: 587, first: Some(Security::Starttls) },
        Self { number: 25, first: Some(Security::Starttls) },
        Self { number: 2525, first: Some(Security::Starttls) },
    ];

    /// A port of which nothing else is known. On port 25 nobody speaks first but the server: bytes before its greeting
    /// are taken for spam.
    pub fn alone(number: u16) -> Self {
        Self { number, first: (number == 25).then_some(Security::Starttls) }
    }
}

/// What a server offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// The host, as it was asked for.
    pub host: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its ports, in the order in which they were asked for; none when the name gave no address.
    pub doors: Vec<Door>,
    /// The one to use.
    pub best: Option<Best>,
    /// Why none can be used safely: of the failures the one that is nearest to a success.
    pub evidence: Option<Evidence>,
}

/// A port and what was found behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Door {
    /// Host, port and the mode that it speaks: `none` where TLS is not offered.
    pub endpoint: Endpoint,
    /// How it stands.
    pub state: DoorState,
    /// The greeting's text, safe for a terminal.
    pub greeting: Option<String>,
    /// TLS, where the conversation came to it.
    pub tls: Option<DoorTls>,
    /// What EHLO offered in clear text.
    pub in_clear: Option<Capabilities>,
    /// What EHLO offered inside TLS.
    pub in_tls: Option<Capabilities>,
    /// What is wrong with it.
    pub evidence: Option<Evidence>,
    /// How long the climb took.
    pub elapsed: Duration,
}

/// How a port stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorState {
    /// A mail server answers, up to EHLO; its certificate may be bad all the same.
    Open,
    /// The connection is refused.
    Refused,
    /// Nothing comes: no connection, or a connection and no word.
    Silent,
    /// This machine's network has no way there, or forbids it.
    Unreachable,
    /// Somebody answers, and the conversation fails.
    Failed,
}

impl DoorState {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Unreachable => "unreachable",
            Self::Failed => "failed",
        }
    }
}

/// A port's TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorTls {
    /// The versions that it takes, oldest first: those that a handshake has shown.
    pub versions: Vec<TlsVersion>,
    /// The one that is agreed on when both sides are free.
    pub version: Option<&'static str>,
    /// The server's own certificate.
    pub certificate: Option<CertificateFacts>,
    /// What is wrong with certificate or handshake, by the fault's word; `tls_version` when only older versions are spoken.
    pub fault: Option<&'static str>,
}

impl Door {
    /// Whether its certificate is good for the host.
    pub fn is_trusted(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.certificate.is_some() && tls.fault.is_none())
    }

    /// Whether a password is safe there: TLS with a good certificate, or traffic that stays on this machine.
    pub fn is_safe(&self) -> bool {
        self.state == DoorState::Open && (self.is_trusted() || self.is_plain_here())
    }

    /// Whether it can be used without TLS because it is on this machine: where a login is offered inside TLS alone, only
    /// port 25 is of use without one.
    fn is_plain_here(&self) -> bool {
        let has_login = |offer: &Option<Capabilities>| offer.as_ref().is_some_and(|offer| offer.auth.is_some());
        let needs_tls = has_login(&self.in_tls) && !has_login(&self.in_clear) && self.endpoint.port != 25;
        self.endpoint.is_loopback() && self.in_clear.is_some() && !needs_tls
    }

    /// What EHLO offered, inside TLS where it has it.
    pub fn offered(&self) -> Option<&Capabilities> {
        self.in_tls.as_ref().or(self.in_clear.as_ref())
    }
}

/// What a survey tells as it goes on.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// The host, as it was asked for, and its addresses.
    Addresses(&'a str, &'a [IpAddr]),
    /// A port, once everything about it is known.
    Door(&'a Door),
}

/// Looks at every port at once. What is found is told to `told` at once; all of it ends by the ask's time, counted
/// from the call, with whatever is known by then.
pub fn survey(ask: &Ask, resolver: &dyn Resolve, cancel: &Cancel, told: &mut dyn FnMut(Found<'_>)) -> Survey {
    let begin = Instant::now();
    let until = begin.checked_add(ask.timeout).unwrap_or(begin + Duration::from_secs(24 * 60 * 60));
    let (addresses, unresolved) = match resolve(ask, resolver, cancel) {
        Ok(addresses) => (addresses, None),
        Err(fault) => (Vec::new(), Some(unresolved(ask, fault))),
    };
    let doors = if unresolved.is_some() {
        Vec::new()
    } else {
        told(Found::Addresses(&ask.host, &addresses));
        knock_at_all(&Arc::new(ask.clone()), &addresses, until, cancel, told)
    };
    let evidence = unresolved.or_else(|| best::failure(&doors).cloned());
    Survey { host: ask.host.clone(), addresses, best: best::choose(&doors), evidence, doors }
}

fn resolve(ask: &Ask, resolver: &dyn Resolve, cancel: &Cancel) -> Result<Vec<IpAddr>, Fault> {
    if let Ok(address) = ask.host.parse() {
        return Ok(vec![address]);
    }
    let answer = resolver.resolve_until(&ask.host, ask.timeout, cancel);
    if cancel.is_cancelled() {
        return Err(Fault::Cancelled);
    }
    match answer {
        Ok(addresses) if addresses.is_empty() => Err(Fault::Dns(DnsFault::NoAddress)),
        Ok(addresses) => Ok(addresses),
        Err(fault) => Err(Fault::Dns(fault)),
    }
}

fn unresolved(ask: &Ask, fault: Fault) -> Evidence {
    let port = ask.ports.first().map_or(465, |port| port.number);
    let security = Security::of_smtp_port(port).unwrap_or(Security::Starttls);
    let endpoint = Endpoint { host: ask.host.clone(), port, security };
    Evidence { ehlo: ask.ehlo.clone(), ..Evidence::new(Stage::Dns, endpoint, fault) }
}

/// One thread a port; the doors in the order of the ports.
fn knock_at_all(
    ask: &Arc<Ask>,
    addresses: &[IpAddr],
    until: Instant,
    cancel: &Cancel,
    told: &mut dyn FnMut(Found<'_>),
) -> Vec<Door> {
    let (sender, doors) = mpsc::channel();
    for (place, port) in ask.ports.iter().copied().enumerate() {
        let knock = door::Knock::new(Arc::clone(ask), port, addresses.to_vec(), until, cancel.clone());
        let sender = sender.clone();
        // Without a thread there is no door, which is no worse than one that nobody opens.
        let _ = thread::Builder::new().name("door".into()).spawn(move || drop(sender.send((place, knock.run()))));
    }
    drop(sender);
    let mut found: Vec<(usize, Door)> = Vec::new();
    while let Ok((place, door)) = doors.recv_timeout((until + 2 * GRACE).saturating_duration_since(Instant::now())) {
        told(Found::Door(&door));
        found.push((place, door));
    }
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, door)| door).collect()
}
