//! A proxy on loopback, SOCKS5 (RFC 1928) and HTTP CONNECT on one port, with names that only it knows.

use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It leads to whatever it is asked for.
    Through,
    /// The same, with an interim answer first.
    Interim,
    /// It wants a login.
    Login,
    /// It lets nothing through.
    Forbidden,
    /// It says that it is through, and closes.
    Hollow,
    /// It answers without end.
    Endless,
    /// It answers something else.
    Garbage,
    /// It never answers.
    Silent,
}

/// A proxy at work until the tests end.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// One that knows these names, all of this machine.
    pub(crate) fn start(manner: Manner, names: &[&str]) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), manner, names)
    }

    /// The same on this socket.
    pub(crate) fn on(listener: TcpListener, manner: Manner, names: &[&str]) -> Self {
        let address = listener.local_addr().unwrap();
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        let names: BTreeMap<String, IpAddr> = names.iter().map(|name| ((*name).to_owned(), here)).collect();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&asked);
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (names, told) = (names.clone(), Arc::clone(&told));
                // Who asks may go away at any time.
                thread::spawn(move || drop(serve(socket, manner, &names, &told)));
            }
        });
        Self { address, asked }
    }

    /// Its URL, of this kind.
    pub(crate) fn url(&self, kind: &str) -> String {
        format!("{kind}://{}", self.address)
    }

    /// What it was asked for so far, as `HOST:PORT`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    mut client: TcpStream,
    manner: Manner,
    names: &BTreeMap<String, IpAddr>,
    told: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let [first]: [u8; 1] = read(&mut client)?;
    match manner {
        // Until the client gives up.
        Manner::Silent => return io::copy(&mut client, &mut io::sink()).map(drop),
        Manner::Garbage => return client.write_all(b"220 mail.test ESMTP ready\r\n"),
        Manner::Endless => {
            let begin: &[u8] = if first == 5 { b"" } else { b"HTTP/1.1 200 OK\r\n" };
            client.write_all(begin)?;
            loop {
                client.write_all(&[b'x'; 4096])?;
            }
        }
        _ => {}
    }
    if first == 5 { socks(client, manner, names, told) } else { connect(client, manner, names, told) }
}

fn socks(
    mut client: TcpStream,
    manner: Manner,
    names: &BTreeMap<String, IpAddr>,
    told: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let [methods]: [u8; 1] = read(&mut client)?;
    let mut offered = vec![0; usize::from(methods)];
    client.read_exact(&mut offered)?;
    if manner == Manner::Login || !offered.contains(&0) {
        return client.write_all(&[5, 0xff]);
    }
    client.write_all(&[5, 0])?;
    let [5, 1, 0, kind]: [u8; 4] = read(&mut client)? else { return Ok(()) };
    let host = match kind {
        1 => IpAddr::from(read::<4>(&mut client)?).to_string(),
        4 => IpAddr::from(read::<16>(&mut client)?).to_string(),
        _ => {
            let [length]: [u8; 1] = read(&mut client)?;
            let mut name = vec![0; usize::from(length)];
            client.read_exact(&mut name)?;
            String::from_utf8_lossy(&name).into_owned()
        }
    };
    let port = u16::from_be_bytes(read(&mut client)?);
    let reply = |code: u8| [5, code, 0, 1, 0, 0, 0, 0, 0, 0];
    match onward(&host, port, manner, names, told) {
        Ok(server) => {
            // A bound name, as some have it.
            client.write_all(b"\x05\x00\x00\x03\x05there\x00\x00")?;
            relay(client, server)
        }
        Err(code) => client.write_all(&reply(code)),
    }
}

fn connect(
    mut client: TcpStream,
    manner: Manner,
    names: &BTreeMap<String, IpAddr>,
    told: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut request = b"C".to_vec();
    while !request.ends_with(b"\r\n\r\n") {
        request.extend(read::<1>(&mut client)?);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let (host, port) = request.split(' ').nth(1).unwrap().rsplit_once(':').unwrap();
    if manner == Manner::Login {
        return client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
    }
    match onward(host.trim_matches(['[', ']']), port.parse().unwrap(), manner, names, told) {
        Ok(server) => {
            if manner == Manner::Interim {
                client.write_all(b"HTTP/1.1 100 Continue\r\nVia: 1.1 proxy\r\n\r\n")?;
            }
            client.write_all(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n")?;
            relay(client, server)
        }
        Err(2) => client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
        Err(_) => client.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
    }
}

/// Connects to what was asked for; a hollow one connects to nothing. The code is that of SOCKS5.
fn onward(
    host: &str,
    port: u16,
    manner: Manner,
    names: &BTreeMap<String, IpAddr>,
    told: &Mutex<Vec<String>>,
) -> Result<Option<TcpStream>, u8> {
    told.lock().unwrap().push(format!("{host}:{port}"));
    let address = host.parse().ok().or_else(|| names.get(host).copied()).ok_or(4)?;
    match manner {
        Manner::Forbidden => Err(2),
        Manner::Hollow => Ok(None),
        _ => TcpStream::connect((address, port)).map(Some).map_err(|_| 5),
    }
}

/// Carries bytes both ways until both have ended.
fn relay(mut client: TcpStream, server: Option<TcpStream>) -> io::Result<()> {
    let Some(mut server) = server else { return Ok(()) };
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    let up = thread::spawn(move || {
        drop(io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Write));
    });
    drop(io::copy(&mut server, &mut client));
    drop(client.shutdown(Shutdown::Write));
    drop(up.join());
    Ok(())
}

fn read<const N: usize>(client: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    client.read_exact(&mut bytes)?;
    Ok(bytes)
}
