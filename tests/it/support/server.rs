//! A server that plays a fixture's script to one client on a loopback port and keeps what it saw.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{
    fixture::{Fixture, Mode, Step},
    pki::Identity,
    scram::Scram,
};

/// How long a client may be silent before the server gives it up.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the server saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Lines of the client, message lines left out.
    pub(crate) lines: Vec<String>,
    /// The message, without the dots that DATA adds.
    pub(crate) message: Option<Vec<u8>>,
    /// How often the client spoke after the server, or first.
    pub(crate) flights: u32,
    /// Where the client left the script.
    pub(crate) unexpected: Option<String>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) fingerprint: [u8; 32],
    scenes: usize,
    thread: JoinHandle<Vec<Seen>>,
}

impl Server {
    pub(crate) fn start(fixture: &Fixture) -> Self {
        let identity = Identity::new(fixture.certificate);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::play(listener, &identity, fixture.tls.as_deref(), vec![(fixture.mode, fixture.script.clone())])
    }

    /// Plays one scene to each client, in order.
    pub(crate) fn play(
        listener: TcpListener,
        identity: &Identity,
        tls: Option<&str>,
        scenes: Vec<(Mode, Vec<Step>)>,
    ) -> Self {
        let config = identity.config(tls);
        let address = listener.local_addr().unwrap();
        let (rest, fingerprint) = (scenes.len(), identity.fingerprint());
        let thread = thread::spawn(move || {
            let play = |(mode, script): (Mode, Vec<Step>)| {
                let (socket, _) = listener.accept().unwrap();
                let mut player = Player::new(socket, Arc::clone(&config), fingerprint);
                let played = player.play(mode, &script);
                let mut seen = player.seen;
                seen.flights = player.stream.socket().flights;
                seen.unexpected = played.err();
                seen
            };
            scenes.into_iter().map(play).collect()
        });
        Self { address, fingerprint, scenes: rest, thread }
    }

    /// Waits until the client of the only scene is gone.
    pub(crate) fn finish(self) -> Seen {
        self.finish_all().remove(0)
    }

    /// Waits until the clients are gone. A server that too few clients have found is woken.
    pub(crate) fn finish_all(self) -> Vec<Seen> {
        for _ in 0..self.scenes {
            drop(TcpStream::connect(self.address));
        }
        self.thread.join().unwrap()
    }
}

/// A server that plays the same scene to every client, to all at once, until it is dropped.
pub(crate) struct Crowd {
    pub(crate) address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Crowd {
    pub(crate) fn start(identity: &Identity, tls: Option<&str>, mode: Mode, script: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (config, fingerprint) = (identity.config(tls), identity.fingerprint());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (config, script) = (Arc::clone(&config), script.clone());
                // Some clients try the other mode and leave the script.
                thread::spawn(move || drop(Player::new(socket, config, fingerprint).play(mode, &script)));
            }
        });
        Self { address, stop }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

/// A socket that counts how often the other side spoke.
struct Counted {
    socket: TcpStream,
    flights: u32,
    answered: bool,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.socket.read(buffer)?;
        if length > 0 {
            self.flights += u32::from(std::mem::take(&mut self.answered));
        }
        Ok(length)
    }
}

impl Write for Counted {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.answered = true;
        self.socket.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

enum Stream {
    Plain(Counted),
    Tls(Box<StreamOwned<ServerConnection, Counted>>),
    Moving,
}

impl Stream {
    fn socket(&self) -> &Counted {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &stream.sock,
            Self::Moving => unreachable!("only while TLS begins"),
        }
    }

    fn as_io(&mut self) -> &mut dyn ReadWrite {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.as_mut(),
            Self::Moving => unreachable!("only while TLS begins"),
        }
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

struct Player {
    stream: Stream,
    config: Arc<ServerConfig>,
    fingerprint: [u8; 32],
    inbox: Vec<u8>,
    seen: Seen,
}

impl Player {
    fn new(socket: TcpStream, config: Arc<ServerConfig>, fingerprint: [u8; 32]) -> Self {
        socket.set_nodelay(true).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        let stream = Stream::Plain(Counted { socket, flights: 0, answered: true });
        Self { stream, config, fingerprint, inbox: Vec::new(), seen: Seen::default() }
    }

    fn play(&mut self, mode: Mode, script: &[Step]) -> Result<(), String> {
        // A client that refuses the certificate ends the script here, as it should.
        if mode == Mode::Implicit && !self.start_tls() {
            return Ok(());
        }
        for step in script {
            match step {
                Step::Send(text) => self.send(text.as_bytes()),
                Step::SendHex(digits) => self.send(&unhex(digits)),
                Step::Expect(begin) => {
                    let line = self.line()?;
                    if !line.starts_with(begin.as_str()) || (begin.is_empty() && !line.is_empty()) {
                        return Err(format!("got {line:?}, expected {begin:?}"));
                    }
                }
                Step::Hello => self.receive()?,
                Step::Starttls => {
                    if !self.start_tls() {
                        return Ok(());
                    }
                }
                Step::Drip { text, every_ms } => self.drip(text, Duration::from_millis(*every_ms)),
                Step::Endless(text) => while self.stream.as_io().write_all(text.as_bytes()).is_ok() {},
                Step::EndlessHex(digits) => {
                    let bytes = unhex(digits);
                    while self.stream.as_io().write_all(&bytes).is_ok() {}
                }
                Step::Repeat { text, times } => {
                    let io = self.stream.as_io();
                    let _ = (0..*times).try_for_each(|_| io.write_all(text.as_bytes()));
                }
                Step::KeyUpdates => self.key_updates(),
                Step::Listen => {
                    self.receive()?;
                    self.inbox.clear();
                }
                Step::Silence => {
                    self.rest();
                    return Ok(());
                }
                Step::Close => return Ok(()),
                Step::Body => self.body()?,
                Step::Bdat => self.bdat()?,
                Step::CramMd5 { username, password } => self.cram_md5(username, password)?,
                Step::Scram { name, username, password, lies, silent } => {
                    let line = self.line()?;
                    let first = line.strip_prefix(&format!("AUTH {name} ")).ok_or(format!("{line:?} is no AUTH {name}"))?;
                    let exchange = Scram::begin(name, first, username, password, &self.binding(name))?;
                    self.send(format!("334 {}\r\n", STANDARD.encode(&exchange.server_first)).as_bytes());
                    let last = self.line()?;
                    let Some(signature) = exchange.signature(&last)? else {
                        self.send(b"535 5.7.8 no\r\n");
                        continue;
                    };
                    if !*silent {
                        let signature = if *lies { "AAAA".to_owned() } else { signature };
                        self.send(format!("334 {}\r\n", STANDARD.encode(format!("v={signature}"))).as_bytes());
                        if *lies {
                            continue;
                        }
                        if !self.line()?.is_empty() {
                            return Err("no empty answer to the proof".into());
                        }
                    }
                    self.send(b"235 2.7.0 ok\r\n");
                }
            }
        }
        self.rest();
        Ok(())
    }

    fn start_tls(&mut self) -> bool {
        let Stream::Plain(mut socket) = std::mem::replace(&mut self.stream, Stream::Moving) else {
            panic!("TLS begins once");
        };
        let mut connection = ServerConnection::new(Arc::clone(&self.config)).unwrap();
        let mut ok = true;
        while ok && connection.is_handshaking() {
            ok = connection.complete_io(&mut socket).is_ok();
        }
        self.stream = Stream::Tls(Box::new(StreamOwned::new(connection, socket)));
        ok
    }

    fn key_updates(&mut self) {
        let Stream::Tls(stream) = &mut self.stream else { panic!("keys are changed inside TLS") };
        while stream.conn.refresh_traffic_keys().is_ok() && stream.flush().is_ok() {}
    }

    /// A client may be gone already; what it did is seen elsewhere.
    fn send(&mut self, bytes: &[u8]) {
        let io = self.stream.as_io();
        let _ = io.write_all(bytes).and_then(|()| io.flush());
    }

    fn drip(&mut self, text: &str, pause: Duration) {
        // Nobody sends here: the wait for a message is the pause.
        let (_keep, never) = mpsc::channel::<()>();
        for byte in text.bytes() {
            let io = self.stream.as_io();
            if io.write_all(&[byte]).and_then(|()| io.flush()).is_err() {
                return;
            }
            let _ = never.recv_timeout(pause);
        }
    }

    fn receive(&mut self) -> Result<(), String> {
        let mut chunk = [0; 16 * 1024];
        match self.stream.as_io().read(&mut chunk) {
            Ok(0) => Err("the client left".into()),
            Ok(length) => {
                self.inbox.extend_from_slice(&chunk[..length]);
                Ok(())
            }
            Err(error) => Err(format!("the client left: {error}")),
        }
    }

    fn raw_line(&mut self) -> Result<Vec<u8>, String> {
        loop {
            if let Some(end) = self.inbox.iter().position(|byte| *byte == b'\n') {
                return Ok(self.inbox.drain(..=end).collect());
            }
            self.receive()?;
        }
    }

    fn line(&mut self) -> Result<String, String> {
        let line = String::from_utf8_lossy(&self.raw_line()?).into_owned();
        let line = line.strip_suffix("\r\n").ok_or("a line without CRLF")?.to_owned();
        self.seen.lines.push(line.clone());
        Ok(line)
    }

    fn body(&mut self) -> Result<(), String> {
        let mut message = Vec::new();
        loop {
            let line = self.raw_line()?;
            if line == b".\r\n" {
                self.seen.message = Some(message);
                return Ok(());
            }
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    fn bdat(&mut self) -> Result<(), String> {
        let line = self.line()?;
        let size = line.strip_prefix("BDAT ").and_then(|rest| rest.strip_suffix(" LAST"));
        let size: usize = size.and_then(|size| size.parse().ok()).ok_or(format!("{line:?} is no BDAT"))?;
        while self.inbox.len() < size {
            self.receive()?;
        }
        self.seen.message = Some(self.inbox.drain(..size).collect());
        Ok(())
    }

    fn cram_md5(&mut self, username: &str, password: &str) -> Result<(), String> {
        let challenge = "<4711.42@mail.test>";
        self.send(format!("334 {}\r\n", STANDARD.encode(challenge)).as_bytes());
        let mac = Hmac::<Md5>::new_from_slice(password.as_bytes()).unwrap().chain_update(challenge);
        let digest: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let good = self.line()? == STANDARD.encode(format!("{username} {digest}"));
        self.send(if good { b"235 2.7.0 ok\r\n" } else { b"535 5.7.8 no\r\n" });
        Ok(())
    }

    /// What ties the login to this connection, as the client has to name and send it; empty without `-PLUS`.
    fn binding(&self, name: &str) -> Vec<u8> {
        let Stream::Tls(stream) = &self.stream else { return Vec::new() };
        if !name.ends_with("-PLUS") {
            return Vec::new();
        }
        if stream.conn.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3) {
            let data = stream.conn.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(b"")).unwrap();
            return [&b"p=tls-exporter,,"[..], &data].concat();
        }
        [&b"p=tls-server-end-point,,"[..], &self.fingerprint].concat()
    }

    /// Reads until the client is gone.
    fn rest(&mut self) {
        while self.receive().is_ok() {}
        let rest = String::from_utf8_lossy(&std::mem::take(&mut self.inbox)).into_owned();
        self.seen.lines.extend(rest.lines().map(str::to_owned));
    }
}

fn unhex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
