//! Bytes to and from the server, plain or inside TLS: each wait ends at the stage's deadline, each round trip is counted.

use std::{
    io::{self, ErrorKind, Read, Write},
    time::{Duration, Instant},
};

use rustls::ClientConnection;

use super::{Cancel, Fault, Stream, cancel::Watch, parse::Parser};
use crate::mail::{Reply, reply::escape};

/// What is read at once.
const CHUNK: usize = 16 * 1024;
/// Most bytes that a server may send in all: more than any session needs, TLS and its certificates included.
const SESSION: usize = 4 * 1024 * 1024;
/// Asks for nothing: it is kept back until it leaves with the flight behind it (RFC 8446, D.4).
const CHANGE_CIPHER_SPEC: [u8; 6] = [20, 3, 3, 0, 1, 1];
/// How long a parting word may take.
const PARTING: Duration = Duration::from_millis(200);

/// A connection.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    tls: Option<Box<ClientConnection>>,
    parser: Parser,
    inbox: Vec<u8>,
    received: usize,
    until: Instant,
    round_trips: u32,
    /// Something was sent since the last bytes came.
    asked: bool,
    cancel: Cancel,
    _watch: Watch,
}

/// Why a handshake failed.
pub(super) enum HandshakeFault {
    /// Before TLS had a say.
    Wire(Fault),
    /// By rustls; `first` is how the server's bytes began.
    Tls { error: rustls::Error, first: Vec<u8> },
}

impl From<Fault> for HandshakeFault {
    fn from(fault: Fault) -> Self {
        Self::Wire(fault)
    }
}

impl Wire {
    /// Takes over a connected stream; connecting has cost one round trip, and the greeting is asked for by it.
    pub(super) fn new(mut stream: Box<dyn Stream>, until: Instant, cancel: &Cancel) -> Result<Self, Fault> {
        let stop = stream.begin().map_err(|error| Fault::Io(error.kind()))?;
        let watch = cancel.watch(stop);
        Ok(Self {
            stream,
            tls: None,
            parser: Parser::default(),
            inbox: Vec::new(),
            received: 0,
            until,
            round_trips: 1,
            asked: true,
            cancel: cancel.clone(),
            _watch: watch,
        })
    }

    /// Sets when the present stage has to be over.
    pub(super) const fn set_deadline(&mut self, until: Instant) {
        self.until = until;
    }

    /// Round trips so far, that of TCP included.
    pub(super) const fn round_trips(&self) -> u32 {
        self.round_trips
    }

    /// Bytes that have come and that nobody has read.
    pub(super) fn unread(&self) -> &[u8] {
        &self.inbox
    }

    /// Whether bytes have come that nobody has read.
    pub(super) const fn has_unread(&self) -> bool {
        !self.inbox.is_empty()
    }

    /// Whether the other end is this machine.
    pub(super) fn is_local(&self) -> bool {
        self.stream.is_local()
    }

    /// Sends bytes in one write. A connection that the server has closed is no fault yet: its last words may still be read.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.cancel.is_cancelled() {
            return Err(Fault::Cancelled);
        }
        let sent = if let Some(tls) = &mut self.tls {
            tls.writer().write_all(bytes).map_err(|error| Fault::Io(error.kind()))?;
            self.flush_tls()
        } else {
            self.write_socket(bytes)
        };
        match sent {
            Err(Fault::Closed) => Ok(()),
            other => other,
        }
    }

    /// The TLS version in use.
    pub(super) fn tls_version(&self) -> Option<&'static str> {
        match self.tls.as_ref()?.protocol_version()? {
            rustls::ProtocolVersion::TLSv1_2 => Some("1.2"),
            rustls::ProtocolVersion::TLSv1_3 => Some("1.3"),
            _ => None,
        }
    }

    /// Waits for a reply.
    pub(super) fn reply(&mut self) -> Result<Reply, Fault> {
        loop {
            if let Some(reply) = self.parser.take(&mut self.inbox)? {
                return Ok(reply);
            }
            self.receive()?;
        }
    }

    /// Begins TLS. `early` leaves together with our last handshake message, once the certificate was found good.
    pub(super) fn handshake(&mut self, mut tls: ClientConnection, early: &[u8]) -> Result<(), HandshakeFault> {
        if !early.is_empty() {
            tls.writer().write_all(early).map_err(|error| Fault::Io(error.kind()))?;
        }
        tls.set_buffer_limit(None);
        let mut first = Vec::new();
        let mut tls = Box::new(tls);
        let mut outbox = Vec::new();
        loop {
            while tls.wants_write() {
                tls.write_tls(&mut outbox).map_err(|error| Fault::Io(error.kind()))?;
            }
            if !outbox.is_empty() && outbox != CHANGE_CIPHER_SPEC {
                self.write_socket(&outbox)?;
                outbox.clear();
            }
            if !tls.is_handshaking() {
                self.tls = Some(tls);
                return Ok(());
            }
            let chunk = self.read_socket()?;
            first.extend_from_slice(&chunk[..chunk.len().min(CHUNK.saturating_sub(first.len()))]);
            if let Err(error) = absorb(&mut tls, &chunk, &mut self.inbox) {
                // The alert tells the server why; whether it arrives does not matter.
                if tls.write_tls(&mut outbox).is_ok() {
                    let _ = self.write_socket(&outbox);
                }
                return Err(HandshakeFault::Tls { error, first });
            }
        }
    }

    /// Says something and closes, without waiting for an answer.
    pub(super) fn part(mut self, words: &[u8]) {
        self.until = Instant::now() + PARTING;
        let _ = self.send(words);
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
            let _ = self.flush_tls();
        }
        self.stream.close();
    }

    /// Waits for bytes and appends them to the inbox.
    fn receive(&mut self) -> Result<(), Fault> {
        let chunk = self.read_socket()?;
        let Some(tls) = &mut self.tls else {
            self.inbox.extend_from_slice(&chunk);
            return Ok(());
        };
        match absorb(tls, &chunk, &mut self.inbox) {
            Ok(More::Open) => self.flush_tls(),
            // What came before the end still counts: the parser has a look at it first.
            Ok(More::Ended) if self.inbox.is_empty() => Err(self.fault(&ErrorKind::UnexpectedEof.into())),
            Ok(More::Ended) => Ok(()),
            Err(error) => Err(Fault::Tls { text: escape(&error.to_string()), not_tls: false }),
        }
    }

    fn read_socket(&mut self) -> Result<Vec<u8>, Fault> {
        let mut chunk = vec![0; CHUNK];
        loop {
            match self.stream.read(&mut chunk, self.left()?) {
                Ok(0) => return Err(self.fault(&ErrorKind::UnexpectedEof.into())),
                Ok(length) => {
                    self.received += length;
                    if self.received > SESSION {
                        return Err(Fault::TooLong);
                    }
                    self.round_trips += u32::from(std::mem::take(&mut self.asked));
                    chunk.truncate(length);
                    return Ok(chunk);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.fault(&error)),
            }
        }
    }

    fn write_socket(&mut self, mut bytes: &[u8]) -> Result<(), Fault> {
        self.asked = true;
        while !bytes.is_empty() {
            match self.stream.write(bytes, self.left()?) {
                Ok(length) => bytes = &bytes[length..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.fault(&error)),
            }
        }
        Ok(())
    }

    fn flush_tls(&mut self) -> Result<(), Fault> {
        let mut bytes = Vec::new();
        if let Some(tls) = &mut self.tls {
            while tls.wants_write() {
                tls.write_tls(&mut bytes).map_err(|error| Fault::Io(error.kind()))?;
            }
        }
        if bytes.is_empty() { Ok(()) } else { self.write_socket(&bytes) }
    }

    /// The time that is left for this stage.
    fn left(&self) -> Result<Duration, Fault> {
        if self.cancel.is_cancelled() {
            return Err(Fault::Cancelled);
        }
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(Fault::TimedOut) } else { Ok(left) }
    }

    fn fault(&self, error: &io::Error) -> Fault {
        if self.cancel.is_cancelled() {
            return Fault::Cancelled;
        }
        match error.kind() {
            // A socket's own time limit shows as WouldBlock on Unix.
            ErrorKind::WouldBlock | ErrorKind::TimedOut => Fault::TimedOut,
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                Fault::Closed
            }
            kind => Fault::Io(kind),
        }
    }
}

/// Whether more can come.
enum More {
    Open,
    Ended,
}

/// Decrypts `bytes` and appends what they hold to `inbox`.
fn absorb(tls: &mut ClientConnection, mut bytes: &[u8], inbox: &mut Vec<u8>) -> Result<More, rustls::Error> {
    let mut more = More::Open;
    while !bytes.is_empty() {
        tls.read_tls(&mut bytes).map_err(|error| rustls::Error::General(error.to_string()))?;
        tls.process_new_packets()?;
        match tls.reader().read_to_end(inbox) {
            Ok(_) => {
                more = More::Ended;
                break;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(rustls::Error::General(error.to_string())),
        }
    }
    Ok(more)
}
