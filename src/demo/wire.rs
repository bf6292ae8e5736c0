//! The bytes of one session, in plain text or inside TLS: bounded lines, and replies held back until the client waits for them.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How long a client may take for one command, or for one step of the handshake.
pub(super) const IDLE: Duration = Duration::from_secs(60);
/// The longest line, with a base64 answer of AUTH in mind (RFC 4954, section 4).
pub(super) const MAX_LINE: usize = 12_288;
/// How long, and for how many bytes, to read from a client after the final reply: closing with unread bytes sends a reset,
/// which can overtake that reply (RFC 1122, 4.2.2.13).
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 256 * 1024;

/// Why a session cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    /// The client is gone, or the server has said goodbye.
    Closed,
    /// The client said nothing for too long.
    TimedOut,
    /// A line or a message had no end.
    TooLong,
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::TimedOut,
            _ => Self::Closed,
        }
    }
}

enum ServerStream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

/// One client's connection.
pub(super) struct ServerWire {
    stream: ServerStream,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl ServerWire {
    /// A connection in plain text.
    pub(super) fn new(socket: TcpStream) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_write_timeout(Some(IDLE))?;
        Ok(Self { stream: ServerStream::Plain(socket), input: Vec::new(), output: Vec::new() })
    }

    /// Performs the handshake and continues inside TLS.
    pub(super) fn secure(&mut self, config: Arc<ServerConfig>) -> Result<(), Halt> {
        let mut socket = self.socket().try_clone()?;
        let mut connection = ServerConnection::new(config).map_err(|_| Halt::Closed)?;
        let deadline = Instant::now() + IDLE;
        while connection.is_handshaking() {
            if connection.wants_write() {
                connection.write_tls(&mut socket)?;
                continue;
            }
            socket.set_read_timeout(Some(left(deadline)?))?;
            if connection.read_tls(&mut socket)? == 0 {
                return Err(Halt::Closed);
            }
            if connection.process_new_packets().is_err() {
                // The alert says why.
                let _ = connection.write_tls(&mut socket);
                return Err(Halt::Closed);
            }
        }
        self.stream = ServerStream::Tls(Box::new(StreamOwned::new(connection, socket)));
        Ok(())
    }

    /// Whether the bytes are inside TLS.
    pub(super) const fn is_encrypted(&self) -> bool {
        matches!(self.stream, ServerStream::Tls(_))
    }

    /// Whether a reply is held back.
    pub(super) const fn has_output(&self) -> bool {
        !self.output.is_empty()
    }

    /// Whether there is input that the session has not read yet.
    pub(super) const fn has_input(&self) -> bool {
        !self.input.is_empty()
    }

    /// Whether a whole line has been received.
    pub(super) fn has_line(&self) -> bool {
        self.input.contains(&b'\n')
    }

    /// Holds a reply back until [`Self::flush`].
    pub(super) fn say(&mut self, reply: &str) {
        self.output.extend_from_slice(reply.as_bytes());
    }

    /// Sends what was held back.
    pub(super) fn flush(&mut self) -> Result<(), Halt> {
        let output = std::mem::take(&mut self.output);
        match &mut self.stream {
            ServerStream::Plain(socket) => socket.write_all(&output)?,
            ServerStream::Tls(stream) => {
                stream.write_all(&output)?;
                stream.flush()?;
            }
        }
        Ok(())
    }

    /// The next line with its line break.
    pub(super) fn line(&mut self, max: usize, deadline: Instant) -> Result<Vec<u8>, Halt> {
        let mut seen = 0;
        loop {
            if let Some(end) = self.input[seen..].iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.input.drain(..=seen + end).collect();
                return if line.len() > max { Err(Halt::TooLong) } else { Ok(line) };
            }
            seen = self.input.len();
            if seen > max {
                return Err(Halt::TooLong);
            }
            self.fill(deadline)?;
        }
    }

    /// The next bytes, at least one and at most `max`.
    pub(super) fn some(&mut self, max: usize, deadline: Instant) -> Result<Vec<u8>, Halt> {
        if self.input.is_empty() {
            self.fill(deadline)?;
        }
        Ok(self.input.drain(..max.min(self.input.len())).collect())
    }

    fn fill(&mut self, deadline: Instant) -> Result<(), Halt> {
        let mut buffer = [0; 16 * 1024];
        loop {
            self.socket().set_read_timeout(Some(left(deadline)?))?;
            let read = match &mut self.stream {
                ServerStream::Plain(socket) => socket.read(&mut buffer),
                ServerStream::Tls(stream) => stream.read(&mut buffer),
            };
            match read {
                Ok(0) => return Err(Halt::Closed),
                Ok(count) => {
                    self.input.extend_from_slice(&buffer[..count]);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sends what was held back and closes in order.
    pub(super) fn close(mut self) {
        if self.flush().is_err() {
            return;
        }
        if let ServerStream::Tls(stream) = &mut self.stream {
            stream.conn.send_close_notify();
            let _ = stream.conn.write_tls(&mut stream.sock);
        }
        let mut socket = self.socket();
        let deadline = Instant::now() + LINGER;
        let mut buffer = [0; 4096];
        let mut bytes = 0;
        let _ = socket.shutdown(Shutdown::Write);
        while bytes < LINGER_BYTES
            && let Ok(left) = left(deadline)
            && socket.set_read_timeout(Some(left)).is_ok()
            && let Ok(count @ 1..) = socket.read(&mut buffer)
        {
            bytes += count;
        }
    }

    fn socket(&self) -> &TcpStream {
        match &self.stream {
            ServerStream::Plain(socket) => socket,
            ServerStream::Tls(stream) => &stream.sock,
        }
    }
}

fn left(deadline: Instant) -> Result<Duration, Halt> {
    deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()).ok_or(Halt::TimedOut)
}
