//! TCP with IPv6 and IPv4 raced (RFC 8305).

use std::{
    collections::VecDeque,
    io::ErrorKind,
    net::{IpAddr, SocketAddr, TcpStream},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use super::{Cancel, ProbeFault};

/// How long an attempt runs alone before the next one joins (RFC 8305, 5).
const STAGGER: Duration = Duration::from_millis(250);

/// The attempt that won.
pub(super) struct Winner {
    pub(super) socket: TcpStream,
    pub(super) peer: SocketAddr,
    /// Attempts that had failed by then.
    pub(super) failed: usize,
}

enum RaceEvent {
    Connected(SocketAddr, TcpStream),
    Failed(SocketAddr, ErrorKind),
    Cancelled,
}

/// Connects to the first address that answers. Losers end on their own threads and are dropped there.
pub(super) fn connect(
    addresses: &[IpAddr],
    port: u16,
    until: Instant,
    cancel: &Cancel,
    mut failed: impl FnMut(SocketAddr, ErrorKind),
) -> Result<Winner, ProbeFault> {
    let (sender, events) = mpsc::channel();
    let wake = sender.clone();
    let _watch = cancel.watch(move || drop(wake.send(RaceEvent::Cancelled)));
    let mut waiting: VecDeque<SocketAddr> =
        interleave(addresses).into_iter().map(|address| SocketAddr::new(address, port)).collect();
    let mut failures = Failures::default();
    let mut running = 0_usize;
    let mut next_start = Instant::now();
    loop {
        if cancel.is_cancelled() {
            return Err(ProbeFault::Cancelled);
        }
        let now = Instant::now();
        if now >= until {
            failures.note(ErrorKind::TimedOut);
            return Err(ProbeFault::Connect(failures.kind()));
        }
        if now >= next_start || running == 0 {
            if let Some(peer) = waiting.pop_front() {
                attempt(peer, until - now, sender.clone());
                running += 1;
                next_start = now + STAGGER;
            } else if running == 0 {
                return Err(ProbeFault::Connect(failures.kind()));
            }
        }
        let wait = if waiting.is_empty() { until } else { next_start.min(until) };
        match events.recv_timeout(wait.saturating_duration_since(now)) {
            Ok(RaceEvent::Connected(peer, socket)) => return Ok(Winner { socket, peer, failed: failures.count }),
            Ok(RaceEvent::Failed(peer, kind)) => {
                running -= 1;
                failures.count += 1;
                failures.note(kind);
                failed(peer, kind);
                next_start = Instant::now();
            }
            Ok(RaceEvent::Cancelled) => return Err(ProbeFault::Cancelled),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

fn attempt(peer: SocketAddr, timeout: Duration, sender: mpsc::Sender<RaceEvent>) {
    let refused = sender.clone();
    let spawned = thread::Builder::new().name("connect".into()).spawn(move || {
        let event = match TcpStream::connect_timeout(&peer, timeout) {
            Ok(socket) => RaceEvent::Connected(peer, socket),
            Err(error) => RaceEvent::Failed(peer, error.kind()),
        };
        drop(sender.send(event));
    });
    if let Err(error) = spawned {
        drop(refused.send(RaceEvent::Failed(peer, error.kind())));
    }
}

/// Families in turn, IPv6 first, the resolver's order kept within each (RFC 8305, 4).
fn interleave(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let (six, four): (Vec<IpAddr>, Vec<IpAddr>) = addresses.iter().copied().partition(IpAddr::is_ipv6);
    let mut order = Vec::with_capacity(addresses.len());
    let (mut six, mut four) = (six.into_iter(), four.into_iter());
    loop {
        let pair = [six.next(), four.next()];
        if pair == [None, None] {
            return order;
        }
        order.extend(pair.into_iter().flatten());
    }
}

/// Counts failures and keeps the one that says most: the last, except that a missing route (often IPv6) never hides another.
#[derive(Default)]
struct Failures {
    count: usize,
    last: Option<ErrorKind>,
}

impl Failures {
    fn note(&mut self, kind: ErrorKind) {
        let no_route =
            |kind| matches!(kind, ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::AddrNotAvailable);
        if self.last.is_none_or(|last| no_route(last) || !no_route(kind)) {
            self.last = Some(kind);
        }
    }

    fn kind(&self) -> ErrorKind {
        self.last.unwrap_or(ErrorKind::TimedOut)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use socket2::{Domain, SockAddr, Socket, Type};

    use super::*;

    #[test]
    fn families_take_turns() {
        let parse = |list: &[&str]| list.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        let mixed = parse(&["192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2"]);
        let order = parse(&["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"]);
        assert_eq!(interleave(&mixed), order);
    }

    #[test]
    fn the_address_that_listens_wins() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let addresses = ["127.0.0.2".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        let mut refused = Vec::new();
        let until = Instant::now() + Duration::from_secs(5);
        let winner =
            connect(&addresses, port, until, &Cancel::default(), |peer, kind| refused.push((peer.ip(), kind))).unwrap();
        assert_eq!((winner.peer.ip(), winner.failed), (addresses[1], 1));
        assert_eq!(refused, [(addresses[0], ErrorKind::ConnectionRefused)]);
    }

    /// A port whose queue is full drops what comes: silence, as behind a firewall.
    fn silent(port: u16) -> (Socket, Vec<Socket>) {
        let address = SockAddr::from(SocketAddr::from(([127, 0, 0, 2], port)));
        let socket = || Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let listener = socket();
        listener.bind(&address).unwrap();
        listener.listen(0).unwrap();
        let fill = |_| {
            let filler = socket();
            filler.set_nonblocking(true).unwrap();
            // It goes on in the background.
            let _ = filler.connect(&address);
            filler
        };
        (listener, (0..4).map(fill).collect())
    }

    #[test]
    fn a_silent_address_is_overtaken_and_then_timed_out() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let _full = silent(port);
        let addresses = ["127.0.0.2".parse().unwrap(), "127.0.0.1".parse().unwrap()];
        let race = |addresses: &[IpAddr], limit: u64| {
            let until = Instant::now() + Duration::from_millis(limit);
            connect(addresses, port, until, &Cancel::default(), |_, _| {})
        };
        let begin = Instant::now();
        assert_eq!(race(&addresses, 20_000).map(|winner| winner.peer.ip()), Ok(addresses[1]));
        assert!((STAGGER..Duration::from_secs(5)).contains(&begin.elapsed()), "{:?}", begin.elapsed());
        let silence = race(&addresses[..1], 300).map(|winner| winner.peer);
        assert_eq!(silence, Err(ProbeFault::Connect(ErrorKind::TimedOut)));
    }

    #[test]
    fn a_missing_route_hides_nothing() {
        let kind = |notes: &[ErrorKind]| {
            let mut failures = Failures::default();
            for kind in notes {
                failures.note(*kind);
            }
            failures.kind()
        };
        assert_eq!(kind(&[]), ErrorKind::TimedOut);
        assert_eq!(kind(&[ErrorKind::NetworkUnreachable]), ErrorKind::NetworkUnreachable);
        assert_eq!(kind(&[ErrorKind::ConnectionRefused, ErrorKind::NetworkUnreachable]), ErrorKind::ConnectionRefused);
        assert_eq!(kind(&[ErrorKind::NetworkUnreachable, ErrorKind::TimedOut]), ErrorKind::TimedOut);
    }
}
