//! The web through a proxy, which looks names up itself.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    sync::Arc,
};

use ureq::{
    Error, Timeout,
    unversioned::transport::{Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport},
};

use crate::{
    mail::Proxy,
    probe::{Cancel, ProbeFault, Resolve, tunnel::tunnel},
};

/// Connects through a proxy; without one it leaves that to the next in the chain.
pub(super) struct ByProxy {
    pub(super) proxy: Option<Proxy>,
    /// Finds the proxy.
    pub(super) resolver: Arc<dyn Resolve>,
}

impl std::fmt::Debug for ByProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ByProxy").field("proxy", &self.proxy).finish_non_exhaustive()
    }
}

impl<In: Transport> Connector<In> for ByProxy {
    type Out = Either<In, Tunnel>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let Some(proxy) = &self.proxy else { return Ok(chained.map(Either::A)) };
        let host = details.uri.host().ok_or(Error::HostNotFound)?.trim_matches(['[', ']']);
        // The resolver puts the port there.
        let port = details.addrs.first().map_or(0, std::net::SocketAddr::port);
        let socket = tunnel(proxy, (host, port), *details.timeout.after, &*self.resolver, &Cancel::default());
        let socket = socket.map_err(|fault| match fault {
            ProbeFault::Proxy(fault) => std::io::Error::other(fault.said).into(),
            _ => Error::ConnectionFailed,
        })?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(Tunnel { socket, buffers })))
    }
}

/// A connection that a proxy made.
#[derive(Debug)]
pub(super) struct Tunnel {
    socket: TcpStream,
    buffers: LazyBuffers,
}

impl Transport for Tunnel {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.socket.set_write_timeout(Some(*timeout.after))?;
        self.socket.write_all(&self.buffers.output()[..amount]).map_err(|error| in_time(error, timeout.reason))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.socket.set_read_timeout(Some(*timeout.after))?;
        let length = self.socket.read(self.buffers.input_append_buf()).map_err(|error| in_time(error, timeout.reason))?;
        self.buffers.input_appended(length);
        Ok(length > 0)
    }

    fn is_open(&mut self) -> bool {
        false
    }
}

/// A socket's own time limit shows as `WouldBlock` on Unix.
fn in_time(error: std::io::Error, reason: Timeout) -> Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Error::Timeout(reason),
        _ => error.into(),
    }
}
