//! A port that swallows connections, as behind a firewall that drops packets: a listener whose queue is full.

use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use socket2::{Domain, SockRef, Socket, Type};

/// More connections than a queue of the least length holds.
const FILLERS: usize = 4;

/// A listener that is kept full until it is dropped.
pub(crate) struct Plug {
    _listener: TcpListener,
    _fillers: Vec<Socket>,
}

impl Plug {
    pub(crate) fn new(listener: TcpListener) -> Self {
        let address: SocketAddr = listener.local_addr().unwrap();
        SockRef::from(&listener).listen(0).unwrap();
        let filler = |place: usize| {
            let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
            if place == 0 {
                let _ = socket.connect_timeout(&address.into(), Duration::from_millis(250));
            } else {
                // These hang, which is what they are for.
                socket.set_nonblocking(true).unwrap();
                let _ = socket.connect(&address.into());
            }
            socket
        };
        Self { _fillers: (0..FILLERS).map(filler).collect(), _listener: listener }
    }
}
