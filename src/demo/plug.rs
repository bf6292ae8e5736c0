//! A port that swallows connections, as a firewall does that drops packets.
//!
//! A listener whose queue is full does not answer a SYN, so the client's attempt times out (tcp(7), listen(2)). This needs
//! neither a packet filter nor root.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use socket2::{Domain, SockRef, Socket, Type};

/// Queue length of a listener that accepts connections.
const BACKLOG: i32 = 128;
/// More connections than the shortest queue holds on any system.
const FILLERS: usize = 4;

/// A listener kept full by our own connections until it is dropped.
pub(super) struct Plug<'a> {
    listener: &'a TcpListener,
    fillers: Vec<Socket>,
}

impl<'a> Plug<'a> {
    /// Fills the listener's queue. It must not be accepted from meanwhile.
    pub(super) fn new(listener: &'a TcpListener) -> io::Result<Self> {
        let address: SocketAddr = listener.local_addr()?;
        SockRef::from(listener).listen(0)?;
        let mut plug = Self { listener, fillers: Vec::with_capacity(FILLERS) };
        for _ in 0..FILLERS {
            let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
            if plug.fillers.is_empty() {
                // A time-out means that another connection already fills the queue, which is just as good.
                let _ = socket.connect_timeout(&address.into(), Duration::from_millis(250));
            } else {
                // Most of these hang, which is what they are for.
                socket.set_nonblocking(true)?;
                let _ = socket.connect(&address.into());
            }
            plug.fillers.push(socket);
        }
        Ok(plug)
    }
}

impl Drop for Plug<'_> {
    fn drop(&mut self) {
        self.fillers.clear();
        if self.listener.set_nonblocking(true).is_ok() {
            while self.listener.accept().is_ok() {}
            let _ = self.listener.set_nonblocking(false);
        }
        let _ = SockRef::from(self.listener).listen(BACKLOG);
    }
}
