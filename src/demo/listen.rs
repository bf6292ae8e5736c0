//! Ports from the kernel, one thread for each listener and one for each client.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use socket2::{Domain, Socket, Type};

use super::{
    Fault, House,
    control::{lock, wait_until},
    plug::Plug,
    session::Session,
};
use crate::mail::Security;

/// Clients that are served at the same time.
const MAX_SESSIONS: usize = 32;
/// Ports tried until one is free for both IPv4 and IPv6.
const ATTEMPTS: usize = 16;

/// Opens one port on `127.0.0.1`, and the same on `::1` where that exists: `localhost` may be either.
pub(super) fn open() -> io::Result<(u16, Vec<TcpListener>)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = v4.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(v6) => return Ok((port, vec![v4, v6])),
            // A stranger has the port on ::1, and `localhost` could lead there.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(_) => return Ok((port, vec![v4])),
        }
    }
    Err(last)
}

/// Makes the thread of the listener at `address` look up from waiting; it has to, as long as the connection is kept.
pub(super) fn nudge(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    // "In progress" is no error here, and a listener that is gone needs no nudge.
    let _ = socket.connect(&address.into());
    Ok(socket)
}

/// Takes clients until the demo stops; swallows them while the fault says so.
pub(super) fn listen(listener: &TcpListener, security: Security, house: &Arc<House>) {
    let is_blocked = || security == Security::Tls && house.control.fault() == Fault::BlockedPort;
    while !house.control.is_stopping() {
        if is_blocked() {
            // A plug that cannot be made leaves a port that connects and then says nothing, which is near enough.
            let plug = Plug::new(listener);
            house.control.stay_plugged();
            drop(plug);
            house.control.unplugged();
            continue;
        }
        match listener.accept() {
            Ok((socket, _)) if !is_blocked() && !house.control.is_stopping() => admit(socket, security, house),
            // The nudge, or a client that came between two faults.
            Ok(_) => {}
            // No descriptor is free: others have to end first.
            Err(_) => house.control.pause(Duration::from_millis(100)),
        }
    }
}

fn admit(mut socket: TcpStream, security: Security, house: &Arc<House>) {
    let Some(ticket) = Ticket::new(house, &socket) else {
        if security != Security::Tls {
            let _ = io::Write::write_all(&mut socket, b"421 4.7.0 Too many connections\r\n");
        }
        return;
    };
    // Where no thread can be had, the connection closes with the closure.
    let _ = thread::Builder::new().name("demo-session".into()).spawn(move || {
        Session::serve(socket, security, Arc::clone(&ticket.house));
    });
}

/// The clients that are being served.
#[derive(Default)]
pub(super) struct Clients {
    present: Mutex<Present>,
    changed: Condvar,
}

#[derive(Default)]
struct Present {
    sockets: HashMap<u64, TcpStream>,
    tickets: u64,
}

/// A client's place in the house, given back on drop.
struct Ticket {
    house: Arc<House>,
    number: u64,
}

impl Ticket {
    /// Takes a client in; `None` when the house is full.
    fn new(house: &Arc<House>, socket: &TcpStream) -> Option<Self> {
        let socket = socket.try_clone().ok()?;
        let mut present = lock(&house.clients.present);
        if present.sockets.len() >= MAX_SESSIONS {
            return None;
        }
        present.tickets += 1;
        let number = present.tickets;
        present.sockets.insert(number, socket);
        Some(Self { house: Arc::clone(house), number })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        lock(&self.house.clients.present).sockets.remove(&self.number);
        self.house.clients.changed.notify_all();
    }
}

impl Clients {
    /// Cuts every connection and waits until all sessions, or `limit`, are over.
    pub(super) fn expel(&self, limit: Duration) {
        let present = lock(&self.present);
        for socket in present.sockets.values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
        let _ = wait_until(present, &self.changed, Instant::now() + limit, |present| present.sockets.is_empty());
    }
}
