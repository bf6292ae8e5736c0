//! A web server that answers by a script, on loopback; it keeps what was asked.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use mailsetup::{oauth::OauthWay, probe::SystemResolver};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) form: BTreeMap<String, String>,
}

/// How it is answered.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Status and content.
    Json(u16, String),
    /// Status, a header line, content.
    With(u16, String, Vec<u8>),
    /// Never, as long as the client waits.
    Silent,
    /// The connection ends.
    Closed,
}

/// Answers each request; called for one request at a time.
type Script = dyn FnMut(&Asked) -> Reply + Send;

pub(crate) struct Web {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Web {
    pub(crate) fn start(script: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<Box<Script>>> = Arc::new(Mutex::new(Box::new(script)));
        let known = Arc::clone(&asked);
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (known, script) = (Arc::clone(&known), Arc::clone(&script));
                thread::spawn(move || answer(socket, &known, &script));
            }
        });
        Self { address, asked }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was asked until now.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(socket: TcpStream, known: &Mutex<Vec<Asked>>, script: &Mutex<Box<Script>>) -> Option<()> {
    let mut reader = BufReader::new(socket.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        length = header.strip_prefix("content-length:").map_or(length, |number| number.trim().parse().unwrap());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let form = String::from_utf8(body).ok()?;
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (decoded(name), decoded(value)));
    let asked = Asked { path, form: form.split('&').filter_map(pair).collect() };
    known.lock().unwrap().push(asked.clone());
    let reply = script.lock().unwrap()(&asked);
    let mut socket = socket;
    let mut send = |status: u16, header: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {status} X\r\n{header}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(body)).ok()
    };
    match reply {
        Reply::Json(status, body) => send(status, "Content-Type: application/json\r\n", body.as_bytes()),
        Reply::With(status, header, body) => send(status, &format!("{header}\r\n"), &body),
        Reply::Silent => socket.read(&mut [0]).ok().map(drop),
        Reply::Closed => None,
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(if *first == b'+' { b' ' } else { *first });
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The way to it, without a proxy.
pub(crate) fn oauth_way() -> OauthWay {
    OauthWay { proxy: None, resolver: Arc::new(SystemResolver), timeout: Duration::from_secs(30) }
}
