//! What an attempt needs of a connection: a socket, or a stand-in for tests.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    time::Duration,
};

/// A connection with time limits for reading and writing. Errors of kind `WouldBlock` or `TimedOut` mean that the time is up.
pub trait Stream: Send {
    /// Prepares the connection; the returned function ends every wait, from another thread.
    ///
    /// # Errors
    /// The connection cannot be used.
    fn begin(&mut self) -> io::Result<Box<dyn Fn() + Send>>;

    /// Waits for bytes, at most for `most`; zero bytes mean the end.
    ///
    /// # Errors
    /// Nothing came in time, or the connection broke.
    fn read(&mut self, buffer: &mut [u8], most: Duration) -> io::Result<usize>;

    /// Takes bytes that have arrived, without waiting; `WouldBlock` when there are none, as for a stream that cannot tell.
    ///
    /// # Errors
    /// Nothing has arrived, or the connection broke.
    fn read_arrived(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// Sends as many bytes as possible at once, waiting at most for `most`.
    ///
    /// # Errors
    /// Nothing was taken in time, or the connection broke.
    fn write(&mut self, bytes: &[u8], most: Duration) -> io::Result<usize>;

    /// Announces that nothing more will be sent.
    fn close(&mut self);

    /// Whether the other end is this machine.
    fn is_local(&self) -> bool;
}

impl Stream for TcpStream {
    fn begin(&mut self) -> io::Result<Box<dyn Fn() + Send>> {
        self.set_nodelay(true)?;
        let handle = self.try_clone()?;
        Ok(Box::new(move || drop(handle.shutdown(Shutdown::Both))))
    }

    fn read(&mut self, buffer: &mut [u8], most: Duration) -> io::Result<usize> {
        self.set_read_timeout(Some(most))?;
        acknowledge_at_once(self);
        Read::read(self, buffer)
    }

    fn read_arrived(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.set_nonblocking(true)?;
        let arrived = Read::read(self, buffer);
        self.set_nonblocking(false)?;
        arrived
    }

    fn write(&mut self, bytes: &[u8], most: Duration) -> io::Result<usize> {
        self.set_write_timeout(Some(most))?;
        Write::write(self, bytes)
    }

    fn close(&mut self) {
        // The connection may be gone already; ignore the error.
        let _ = self.shutdown(Shutdown::Write);
    }

    fn is_local(&self) -> bool {
        self.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback())
    }
}

/// A server that sends session tickets and then a reply holds the reply back until the tickets are acknowledged (RFC 896).
/// Linux delays that by 40 ms, and `TCP_QUICKACK` is not permanent (tcp(7)), so it is set before every read.
fn acknowledge_at_once(socket: &TcpStream) {
    #[cfg(target_os = "linux")]
    // Only speed depends on it.
    let _ = socket2::SockRef::from(socket).set_tcp_quickack(true);
    #[cfg(not(target_os = "linux"))]
    let _ = socket;
}
