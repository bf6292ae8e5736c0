//! Web servers on loopback: one with TLS, one without, with a page for each link and a memory of what was asked.

use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::pki::{Identity, Kind};

/// What a link leads to.
#[derive(Debug, Clone)]
pub(crate) enum Page {
    /// A document.
    Document(Vec<u8>),
    /// Another place.
    Elsewhere(String),
    /// A body without end.
    Endless,
    /// A body that ends before its length.
    CutOff,
    /// Nothing, ever.
    Silence,
}

/// Both servers.
pub(crate) struct Pages {
    pub(crate) https: u16,
    pub(crate) http: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Pages {
    /// Serves pages by link without a query. Hosts without a page over https have no certificate.
    pub(crate) fn start(pages: BTreeMap<String, Page>) -> Self {
        let hosts: Vec<&str> = pages.keys().filter_map(|link| link.strip_prefix("https://")?.split('/').next()).collect();
        let config = (!hosts.is_empty()).then(|| Identity::of_all(Kind::Good, &hosts).config(None));
        let pages = Arc::new(pages);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let begin = |scheme: &'static str, config: Option<Arc<ServerConfig>>| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            let (pages, asked) = (Arc::clone(&pages), Arc::clone(&asked));
            thread::spawn(move || {
                for socket in listener.incoming().flatten() {
                    let (pages, asked, config) = (Arc::clone(&pages), Arc::clone(&asked), config.clone());
                    // Whoever leaves early has a reason.
                    thread::spawn(move || drop(serve(socket, scheme, config, &pages, &asked)));
                }
            });
            port
        };
        Self { http: begin("http", None), https: if config.is_some() { begin("https", config) } else { closed() }, asked }
    }

    /// Every link that was asked for, with its query.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// A port on which nobody listens.
fn closed() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

fn serve(
    socket: TcpStream,
    scheme: &str,
    config: Option<Arc<ServerConfig>>,
    pages: &BTreeMap<String, Page>,
    asked: &Mutex<Vec<String>>,
) -> io::Result<()> {
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut stream: Box<dyn Stream> = match config {
        Some(config) => Box::new(StreamOwned::new(ServerConnection::new(config).unwrap(), socket)),
        None => Box::new(socket),
    };
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let host =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("host: ").map(str::to_owned)).unwrap_or_default();
    let host = host.split(':').next().unwrap();
    let link = format!("{scheme}://{host}{path}");
    asked.lock().unwrap().push(link.clone());
    let bare = link.split('?').next().unwrap();
    match pages.get(bare) {
        None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?,
        Some(Page::Document(body)) => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
            stream.write_all(body)?;
        }
        Some(Page::Elsewhere(place)) => {
            let head = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation:";
            write!(stream, "{head} {place}\r\n\r\n")?;
        }
        Some(Page::CutOff) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nConnection: close\r\n\r\n<clientConfig>")?;
        }
        Some(Page::Endless) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<clientConfig>")?;
            while stream.write_all(&[b' '; 4096]).is_ok() {}
        }
        Some(Page::Silence) => {
            // Nobody sends here: the wait is the silence.
            let (_keep, never) = mpsc::channel::<()>();
            let _ = never.recv_timeout(Duration::from_secs(30));
        }
    }
    stream.flush()
}
