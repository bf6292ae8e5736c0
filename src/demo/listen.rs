//! Listening: ports from the kernel, one thread per listener and one per client.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use socket2::{Domain, Socket, Type};

use super::{DemoFault, clients::Ticket, plug::Plug, sandbox::Sandbox, session::ServerSession};
use crate::mail::Security;

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
            // Another program has the port on ::1, and `localhost` could lead there.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(_) => return Ok((port, vec![v4])),
        }
    }
    Err(last)
}

/// Wakes the thread of the listener at `address`; keep the connection until it has woken.
pub(super) fn nudge(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    // "In progress" is not an error here, and a listener that is gone needs no nudge.
    let _ = socket.connect(&address.into());
    Ok(socket)
}

/// Accepts clients until the demo stops; swallows connections while the fault says so.
pub(super) fn listen(listener: &TcpListener, security: Security, sandbox: &Arc<Sandbox>) {
    let is_blocked = || security == Security::Tls && sandbox.control.fault() == DemoFault::BlockedPort;
    while !sandbox.control.is_stopping() {
        if is_blocked() {
            // Without a plug the port connects and then stays silent, which is close enough.
            let plug = Plug::new(listener);
            sandbox.control.stay_plugged();
            drop(plug);
            sandbox.control.unplugged();
            continue;
        }
        match listener.accept() {
            Ok((socket, _)) if !is_blocked() && !sandbox.control.is_stopping() => admit(socket, security, sandbox),
            // The nudge, or a client that connected between two faults.
            Ok(_) => {}
            // Out of descriptors: other sessions have to end first.
            Err(_) => sandbox.control.pause(Duration::from_millis(100)),
        }
    }
}

fn admit(mut socket: TcpStream, security: Security, sandbox: &Arc<Sandbox>) {
    let Some(ticket) = Ticket::new(&sandbox.clients, &socket) else {
        if security != Security::Tls {
            let _ = io::Write::write_all(&mut socket, b"421 4.7.0 Too many connections\r\n");
        }
        return;
    };
    // If the thread cannot start, dropping the closure closes the connection.
    let sandbox = Arc::clone(sandbox);
    let _ = thread::Builder::new().name("demo-session".into()).spawn(move || {
        ServerSession::serve(socket, security, sandbox);
        drop(ticket);
    });
}
