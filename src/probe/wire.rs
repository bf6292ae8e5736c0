//! Bytes to and from the server, plain or inside TLS: every wait ends at the stage's deadline, every round trip is counted.

use std::{
    io::{self, ErrorKind, Read, Write},
    time::{Duration, Instant},
};

use rustls::ClientConnection;

use super::{
    Cancel, ProbeFault, Stream, cancel::Watch, certificate::end_point_hash, client::ShownClient, parse::Parser,
    scram::ChannelBinding,
};
use crate::mail::{Reply, reply::escape};

/// Bytes per read.
const CHUNK: usize = 16 * 1024;
/// Most bytes that a server may send altogether: more than any session needs, including TLS and certificates.
const SESSION: usize = 4 * 1024 * 1024;
/// Needs no answer: held back and sent with the next flight (RFC 8446, D.4).
const CHANGE_CIPHER_SPEC: [u8; 6] = [20, 3, 3, 0, 1, 1];
/// Time limit for saying goodbye.
const GOODBYE: Duration = Duration::from_millis(200);

/// A connection.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    tls: Option<Box<ClientConnection>>,
    /// What this machine shows of itself inside TLS.
    client: ShownClient,
    parser: Parser,
    inbox: Vec<u8>,
    received: usize,
    /// The server has answered inside TLS.
    heard: bool,
    until: Instant,
    round_trips: u32,
    /// Something was sent since the last bytes were received.
    asked: bool,
    cancel: Cancel,
    _watch: Watch,
}

/// Why a handshake failed.
pub(super) enum HandshakeFault {
    /// Below TLS.
    Wire(ProbeFault),
    /// In rustls; `first` holds the server's first bytes.
    Tls { error: rustls::Error, first: Vec<u8> },
}

impl From<ProbeFault> for HandshakeFault {
    fn from(fault: ProbeFault) -> Self {
        Self::Wire(fault)
    }
}

impl Wire {
    /// Takes over a connected stream. Connecting cost one round trip and asks for the greeting.
    pub(super) fn new(mut stream: Box<dyn Stream>, until: Instant, cancel: &Cancel) -> Result<Self, ProbeFault> {
        let stop = stream.begin().map_err(|error| ProbeFault::Io(error.kind()))?;
        let watch = cancel.watch(stop);
        Ok(Self {
            stream,
            tls: None,
            client: ShownClient::default(),
            parser: Parser::default(),
            inbox: Vec::new(),
            received: 0,
            heard: false,
            until,
            round_trips: 1,
            asked: true,
            cancel: cancel.clone(),
            _watch: watch,
        })
    }

    /// The same, after a proxy took so many more round trips.
    pub(super) const fn behind(mut self, round_trips: u32) -> Self {
        self.round_trips += round_trips;
        self
    }

    /// Sets the deadline of the current stage.
    pub(super) const fn set_deadline(&mut self, until: Instant) {
        self.until = until;
    }

    /// Round trips so far, that of TCP included.
    pub(super) const fn round_trips(&self) -> u32 {
        self.round_trips
    }

    /// Received but unread bytes.
    pub(super) fn unread(&self) -> &[u8] {
        &self.inbox
    }

    /// Whether there are received but unread bytes.
    pub(super) const fn has_unread(&self) -> bool {
        !self.inbox.is_empty()
    }

    /// Whether the server has said something that nobody asked for: called when no answer is owed. Saying goodbye (421) is
    /// always allowed (RFC 5321, 3.8), and it claims no success.
    pub(super) fn has_spoken_early(&mut self) -> bool {
        self.take_arrived();
        self.has_unread() && !self.inbox.starts_with(b"421")
    }

    /// Whether a line that begins with this byte has come before it was asked for: called when no answer with such a tag is owed.
    pub(super) fn has_tagged(&mut self, first: u8) -> bool {
        self.take_arrived();
        let begins = |line: &[u8]| line.first() == Some(&first);
        self.inbox.split_inclusive(|byte| *byte == b'\n').any(begins)
    }

    /// Waits for further bytes, which are then unread.
    pub(super) fn wait(&mut self) -> Result<(), ProbeFault> {
        self.receive()
    }

    /// Takes the first unread bytes.
    pub(super) fn take(&mut self, length: usize) -> Vec<u8> {
        self.heard = self.tls.is_some();
        self.inbox.drain(..length.min(self.inbox.len())).collect()
    }

    /// Takes what has arrived without waiting. That the connection broke is found out by what is read or written next.
    fn take_arrived(&mut self) {
        let mut chunk = vec![0; CHUNK];
        let Ok(length) = self.stream.read_arrived(&mut chunk) else { return };
        self.received += length;
        match &mut self.tls {
            Some(tls) => drop(absorb(tls, &chunk[..length], &mut self.inbox)),
            None => self.inbox.extend_from_slice(&chunk[..length]),
        }
    }

    /// What ties a login to this TLS connection, with the name of its kind: `tls-exporter` in TLS 1.3 (RFC 9266), in TLS 1.2
    /// `tls-server-end-point` (RFC 5929, 4).
    pub(super) fn channel_binding(&self) -> Option<ChannelBinding> {
        let tls = self.tls.as_ref()?;
        if tls.protocol_version()? == rustls::ProtocolVersion::TLSv1_3 {
            let data = tls.export_keying_material(vec![0; 32], b"EXPORTER-Channel-Binding", Some(b"")).ok()?;
            return Some(ChannelBinding { kind: "tls-exporter", data });
        }
        let data = end_point_hash(tls.peer_certificates()?.first()?)?;
        Some(ChannelBinding { kind: "tls-server-end-point", data })
    }

    /// Whether the other end is this machine.
    pub(super) fn is_local(&self) -> bool {
        self.stream.is_local()
    }

    /// Sends bytes in one write. A connection closed by the server is not a fault yet: its final reply may still be readable.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), ProbeFault> {
        if self.cancel.is_cancelled() {
            return Err(ProbeFault::Cancelled);
        }
        let sent = if let Some(tls) = &mut self.tls {
            tls.writer().write_all(bytes).map_err(|error| ProbeFault::Io(error.kind()))?;
            self.flush_tls()
        } else {
            self.write_socket(bytes)
        };
        match sent {
            Err(ProbeFault::Closed) => Ok(()),
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
    pub(super) fn reply(&mut self) -> Result<Reply, ProbeFault> {
        loop {
            if let Some(reply) = self.parser.take(&mut self.inbox)? {
                self.heard = self.tls.is_some();
                return Ok(reply);
            }
            self.receive()?;
        }
    }

    /// Begins TLS. `early` is sent together with our last handshake message, once the certificate has been accepted.
    pub(super) fn handshake(
        &mut self,
        mut tls: ClientConnection,
        client: ShownClient,
        early: &[u8],
    ) -> Result<(), HandshakeFault> {
        self.client = client;
        if !early.is_empty() {
            tls.writer().write_all(early).map_err(|error| ProbeFault::Io(error.kind()))?;
        }
        tls.set_buffer_limit(None);
        let mut first = Vec::new();
        let mut tls = Box::new(tls);
        let mut outbox = Vec::new();
        loop {
            while tls.wants_write() {
                tls.write_tls(&mut outbox).map_err(|error| ProbeFault::Io(error.kind()))?;
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
                // Tell the server why; ignore whether the alert arrives.
                if tls.write_tls(&mut outbox).is_ok() {
                    let _ = self.write_socket(&outbox);
                }
                return Err(match self.client.fault(&error) {
                    Some(fault) => HandshakeFault::Wire(fault),
                    None => HandshakeFault::Tls { error, first },
                });
            }
            // `early` goes out with the next flight: what came before it does not answer it.
            if !early.is_empty() && self.has_unread() {
                return Err(ProbeFault::Injected.into());
            }
        }
    }

    /// Sends `last` and closes, without waiting for an answer.
    pub(super) fn close(mut self, last: &[u8]) {
        self.until = Instant::now() + GOODBYE;
        let _ = self.send(last);
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
            let _ = self.flush_tls();
        }
        self.stream.close();
    }

    /// Waits for bytes and appends them to the inbox.
    fn receive(&mut self) -> Result<(), ProbeFault> {
        let chunk = self.read_socket()?;
        let Some(tls) = &mut self.tls else {
            self.inbox.extend_from_slice(&chunk);
            return Ok(());
        };
        match absorb(tls, &chunk, &mut self.inbox) {
            Ok(More::Open) => self.flush_tls(),
            // What was received before the end still counts: parse it first.
            Ok(More::Ended) if self.inbox.is_empty() => Err(self.fault(&ErrorKind::UnexpectedEof.into())),
            Ok(More::Ended) => Ok(()),
            Err(error) => Err(self
                .client
                .fault(&error)
                .unwrap_or_else(|| ProbeFault::Tls { text: escape(&error.to_string()), not_tls: false })),
        }
    }

    fn read_socket(&mut self) -> Result<Vec<u8>, ProbeFault> {
        let mut chunk = vec![0; CHUNK];
        loop {
            match self.stream.read(&mut chunk, self.left()?) {
                Ok(0) => return Err(self.fault(&ErrorKind::UnexpectedEof.into())),
                Ok(length) => {
                    self.received += length;
                    if self.received > SESSION {
                        return Err(ProbeFault::TooLong);
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

    fn write_socket(&mut self, mut bytes: &[u8]) -> Result<(), ProbeFault> {
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

    fn flush_tls(&mut self) -> Result<(), ProbeFault> {
        let mut bytes = Vec::new();
        if let Some(tls) = &mut self.tls {
            while tls.wants_write() {
                tls.write_tls(&mut bytes).map_err(|error| ProbeFault::Io(error.kind()))?;
            }
        }
        if bytes.is_empty() { Ok(()) } else { self.write_socket(&bytes) }
    }

    /// The time that is left for this stage.
    fn left(&self) -> Result<Duration, ProbeFault> {
        if self.cancel.is_cancelled() {
            return Err(ProbeFault::Cancelled);
        }
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ProbeFault::TimedOut) } else { Ok(left) }
    }

    fn fault(&self, error: &io::Error) -> ProbeFault {
        if self.cancel.is_cancelled() {
            return ProbeFault::Cancelled;
        }
        match error.kind() {
            // A socket's own time limit shows as WouldBlock on Unix.
            ErrorKind::WouldBlock | ErrorKind::TimedOut => ProbeFault::TimedOut,
            // Some servers close without a word where others send an alert.
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
                if self.tls.is_some() && !self.heard && self.client.is_missed() =>
            {
                ProbeFault::ClientCertWanted
            }
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                ProbeFault::Closed
            }
            kind => ProbeFault::Io(kind),
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
