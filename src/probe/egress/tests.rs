//! Against loopback alone: ports that listen, that refuse, and that swallow.

use std::net::{Ipv6Addr, TcpListener};

use socket2::{Domain, SockAddr, Socket, Type};

use super::*;
use crate::probe::DnsFault;

/// Names of loopback addresses; `slow.test` is never found in time.
struct Table;

impl Resolve for Table {
    fn resolve(&self, host: &str, timeout: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        match host {
            "both.test" => Ok(vec![Ipv6Addr::LOCALHOST.into(), [127, 0, 0, 1].into()]),
            "four.test" => Ok(vec![[127, 0, 0, 1].into(), [127, 0, 0, 9].into()]),
            "slow.test" => {
                let (_keep, never) = mpsc::channel::<()>();
                let _ = never.recv_timeout(timeout);
                Err(DnsFault::Unavailable)
            }
            _ => Err(DnsFault::NotFound),
        }
    }
}

fn table() -> Arc<dyn Resolve> {
    Arc::new(Table)
}

fn gate(host: &str, ports: &[u16]) -> Gate {
    Gate { host: host.into(), ports: ports.to_vec() }
}

fn listening() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A port on which nobody listens, kept from others by a socket that is bound and does not listen.
fn closed() -> (Socket, u16) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SockAddr::from(SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port)
}

/// A port whose queue is full: silence, as behind a firewall.
fn silent() -> (Vec<Socket>, u16) {
    let (listener, port) = closed();
    listener.listen(0).unwrap();
    let mut sockets = vec![listener];
    for _ in 0..4 {
        let filler = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        filler.set_nonblocking(true).unwrap();
        // It goes on in the background.
        let _ = filler.connect(&SockAddr::from(SocketAddr::from(([127, 0, 0, 1], port))));
        sockets.push(filler);
    }
    (sockets, port)
}

fn reach(tried: &Tried, port: u16, family: AddressFamily) -> PortReach {
    tried.attempts.iter().find(|attempt| attempt.port == port && attempt.family == family).unwrap().reach
}

#[test]
fn open_refused_silent_and_no_address_side_by_side() {
    let (_open, open) = listening();
    let (_closed, closed) = closed();
    let (_silent, silent) = silent();
    let limit = Duration::from_millis(600);
    let begin = Instant::now();
    let chosen = gate("four.test", &[open, closed, silent, silent]);
    let found = egress(&chosen, Some(&gate("slow.test", &[open])), &table(), limit, &Cancel::default());
    let elapsed = begin.elapsed();
    assert!(elapsed >= limit, "{elapsed:?}");
    let tried = &found.chosen;
    assert_eq!(tried.attempts.len(), 6, "each port once: {tried:?}");
    assert_eq!(reach(tried, open, AddressFamily::V4), PortReach::Open);
    assert_eq!(reach(tried, closed, AddressFamily::V4), PortReach::Refused);
    assert_eq!(reach(tried, silent, AddressFamily::V4), PortReach::Silent);
    assert_eq!(reach(tried, open, AddressFamily::V6), PortReach::NoAddress);
    assert_eq!(tried.open(), [open]);
    assert!(tried.is_there() && tried.answers(closed) && tried.is_silent(silent) && !tried.is_silent(open));
    let second = found.second.unwrap();
    assert_eq!((second.host.as_str(), second.is_there()), ("slow.test", false));
    assert_eq!(reach(&second, open, AddressFamily::V4), PortReach::NoAddress);
}

#[test]
fn it_ends_as_soon_as_all_is_known() {
    let (_open, open) = listening();
    let begin = Instant::now();
    let found = egress(&gate("both.test", &[open]), None, &table(), Duration::from_secs(20), &Cancel::default());
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert_eq!(reach(&found.chosen, open, AddressFamily::V4), PortReach::Open);
    // Without IPv6 on loopback it is unreachable; a stranger may listen there.
    assert_ne!(reach(&found.chosen, open, AddressFamily::V6), PortReach::NoAddress);
    assert!(found.second.is_none());
    let unknown = egress(&gate("none.test", &[open]), None, &table(), Duration::from_secs(20), &Cancel::default());
    assert!(unknown.chosen.attempts.iter().all(|attempt| attempt.reach == PortReach::NoAddress));
}

#[test]
fn it_is_bounded_and_can_be_stopped() {
    let ports: Vec<u16> = (1..=40).collect();
    assert_eq!(blank(&gate("x", &ports)).attempts.len(), 2 * MOST_PORTS);
    let (_silent, silent) = silent();
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let begin = Instant::now();
    let thread = thread::spawn(move || stop.cancel());
    let found = egress(&gate("127.0.0.1", &[silent]), None, &table(), Duration::from_secs(60), &cancel);
    thread.join().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert!(!found.chosen.is_there());
}
