//! The way through a proxy, by SOCKS5 (RFC 1928) or CONNECT (RFC 9110, 9.3.6). The proxy looks the server's name up.

use std::{
    io::{ErrorKind, Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use super::{
    Cancel, DnsFault, ProbeFault, Resolve, TunnelFault, TunnelFaultKind,
    parse::first_bytes,
    race::{self, Winner},
    resolve::ascii_host,
};
use crate::mail::{Proxy, endpoint::authority, proxy::ProxyKind, reply::printable};

/// The longest answer to CONNECT, in bytes.
const LONGEST: usize = 16 * 1024;
/// How much of an answer is repeated, in bytes.
const SHOWN: usize = 160;

fn fault(kind: TunnelFaultKind, said: impl Into<String>) -> ProbeFault {
    ProbeFault::Proxy(TunnelFault { kind, said: said.into() })
}

/// A connection through a proxy to a server, whose name the proxy looks up.
///
/// # Errors
/// The proxy cannot be reached, or does not lead to the server in time.
pub fn tunnel(
    proxy: &Proxy,
    (host, port): (&str, u16),
    timeout: Duration,
    resolver: &dyn Resolve,
    cancel: &Cancel,
) -> Result<TcpStream, ProbeFault> {
    let until = Instant::now() + timeout;
    let addresses = addresses(proxy, resolver, timeout, cancel)?;
    let mut winner = reach(proxy, &addresses, until, cancel, |_, _| {})?;
    pass(&mut winner.socket, proxy, (host, port), until, cancel)?;
    Ok(winner.socket)
}

/// The addresses of a proxy.
pub(super) fn addresses(
    proxy: &Proxy,
    resolver: &dyn Resolve,
    timeout: Duration,
    cancel: &Cancel,
) -> Result<Vec<IpAddr>, ProbeFault> {
    if let Ok(address) = proxy.host.parse() {
        return Ok(vec![address]);
    }
    let answer = resolver.resolve_until(&proxy.host, timeout, cancel);
    if cancel.is_cancelled() {
        return Err(ProbeFault::Cancelled);
    }
    let unknown = |fault: DnsFault| match fault {
        DnsFault::NotFound => "name not found",
        DnsFault::NoAddress => "name without address",
        DnsFault::Unavailable => "no answer from DNS",
    };
    match answer {
        Ok(addresses) if !addresses.is_empty() => Ok(addresses),
        Ok(_) => Err(fault(TunnelFaultKind::Unreachable, unknown(DnsFault::NoAddress))),
        Err(why) => Err(fault(TunnelFaultKind::Unreachable, unknown(why))),
    }
}

/// Connects to the proxy itself.
pub(super) fn reach(
    proxy: &Proxy,
    addresses: &[IpAddr],
    until: Instant,
    cancel: &Cancel,
    failed: impl FnMut(SocketAddr, ErrorKind),
) -> Result<Winner, ProbeFault> {
    race::connect(addresses, proxy.port.get(), until, cancel, failed).map_err(|error| match error {
        ProbeFault::Connect(kind) => fault(TunnelFaultKind::Unreachable, kind.to_string()),
        other => other,
    })
}

/// Has the proxy connect to a server; returns the round trips.
pub(super) fn pass(
    socket: &mut TcpStream,
    proxy: &Proxy,
    (host, port): (&str, u16),
    until: Instant,
    cancel: &Cancel,
) -> Result<u32, ProbeFault> {
    let host = ascii_host(host).unwrap_or_else(|| host.to_owned());
    let handle = socket.try_clone().map_err(|error| ProbeFault::Io(error.kind()))?;
    let _watch = cancel.watch(move || drop(handle.shutdown(std::net::Shutdown::Both)));
    let mut talk = Talk { socket, until, cancel };
    match proxy.kind {
        ProxyKind::Socks5 => talk.socks(&host, port),
        ProxyKind::Http => talk.connect(&host, port),
    }
}

/// What is said to the proxy and what it answers, byte by byte: what follows is the server's.
struct Talk<'a> {
    socket: &'a mut TcpStream,
    until: Instant,
    cancel: &'a Cancel,
}

impl Talk<'_> {
    fn socks(&mut self, host: &str, port: u16) -> Result<u32, ProbeFault> {
        // Version 5, one method: no login.
        self.send(&[5, 1, 0])?;
        let method: [u8; 2] = self.bytes(TunnelFaultKind::Garbled)?;
        match method {
            [5, 0] => {}
            [5, 0xff] => return Err(fault(TunnelFaultKind::Login, "SOCKS5: no acceptable method")),
            other => return Err(fault(TunnelFaultKind::Garbled, first_bytes(&other))),
        }
        // Version 5, CONNECT, reserved; then the address.
        let mut request = vec![5, 1, 0];
        match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => {
                request.push(1);
                request.extend(address.octets());
            }
            Ok(IpAddr::V6(address)) => {
                request.push(4);
                request.extend(address.octets());
            }
            Err(_) => {
                let length = u8::try_from(host.len()).map_err(|_| ProbeFault::Dns(DnsFault::NotFound))?;
                request.extend([3, length]);
                request.extend(host.as_bytes());
            }
        }
        request.extend(port.to_be_bytes());
        self.send(&request)?;
        let [version, reply, _, kind]: [u8; 4] = self.bytes(TunnelFaultKind::Onward)?;
        if version != 5 {
            return Err(fault(TunnelFaultKind::Garbled, first_bytes(&[version, reply])));
        }
        refused(reply).map_or(Ok(()), Err)?;
        let rest = match kind {
            1 => 4,
            4 => 16,
            3 => {
                let [length]: [u8; 1] = self.bytes(TunnelFaultKind::Garbled)?;
                usize::from(length)
            }
            other => return Err(fault(TunnelFaultKind::Garbled, format!("SOCKS5: address type {other}"))),
        };
        self.read(&mut vec![0; rest + 2], TunnelFaultKind::Garbled)?;
        Ok(2)
    }

    fn connect(&mut self, host: &str, port: u16) -> Result<u32, ProbeFault> {
        let server = authority(host, port);
        self.send(format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n\r\n").as_bytes())?;
        // Any number of interim answers may come before the final one (RFC 9110, 15.2).
        loop {
            let (code, said) = self.answer()?;
            let kind = match code {
                Some(100 | 102..200) => continue,
                Some(200..300) => return Ok(1),
                Some(401 | 407) => TunnelFaultKind::Login,
                // Servers of the web and proxies without CONNECT answer with 400, 405 and 501.
                Some(400 | 403 | 405 | 501) => TunnelFaultKind::Forbidden,
                Some(_) => TunnelFaultKind::Onward,
                None => TunnelFaultKind::Garbled,
            };
            return Err(fault(kind, said));
        }
    }

    /// One answer to CONNECT: its code, if it has one, and its first line.
    fn answer(&mut self) -> Result<(Option<u16>, String), ProbeFault> {
        let mut answer: Vec<u8> = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") && !answer.ends_with(b"\n\n") {
            let [byte]: [u8; 1] = self.bytes(TunnelFaultKind::Onward)?;
            answer.push(byte);
            if !b"HTTP/".iter().zip(&answer).all(|(wanted, found)| wanted == found) || answer.len() > LONGEST {
                return Err(fault(TunnelFaultKind::Garbled, first_bytes(&answer)));
            }
        }
        let line = answer.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
        let said = printable(&line[..line.len().min(SHOWN)]);
        Ok((said.split(' ').nth(1).and_then(|code| code.parse().ok()), said))
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), ProbeFault> {
        let left = self.left(TunnelFaultKind::Garbled)?;
        let sent = self.socket.set_write_timeout(Some(left)).and_then(|()| self.socket.write_all(bytes));
        sent.map_err(|error| self.broken(error.kind(), TunnelFaultKind::Garbled))
    }

    fn bytes<const N: usize>(&mut self, silent: TunnelFaultKind) -> Result<[u8; N], ProbeFault> {
        let mut bytes = [0; N];
        self.read(&mut bytes, silent)?;
        Ok(bytes)
    }

    /// Reads as much as this; silence is this fault.
    fn read(&mut self, mut bytes: &mut [u8], silent: TunnelFaultKind) -> Result<(), ProbeFault> {
        while !bytes.is_empty() {
            let left = self.left(silent)?;
            match self.socket.set_read_timeout(Some(left)).and_then(|()| self.socket.read(bytes)) {
                Ok(0) => return Err(self.broken(ErrorKind::UnexpectedEof, silent)),
                Ok(length) => bytes = &mut bytes[length..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.broken(error.kind(), silent)),
            }
        }
        Ok(())
    }

    fn left(&self, silent: TunnelFaultKind) -> Result<Duration, ProbeFault> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(self.broken(ErrorKind::TimedOut, silent)) } else { Ok(left) }
    }

    fn broken(&self, kind: ErrorKind, silent: TunnelFaultKind) -> ProbeFault {
        if self.cancel.is_cancelled() {
            return ProbeFault::Cancelled;
        }
        match kind {
            // A socket's own time limit shows as WouldBlock on Unix.
            ErrorKind::WouldBlock | ErrorKind::TimedOut => fault(silent, "no answer in time"),
            _ => fault(silent, "the proxy closed the connection"),
        }
    }
}

/// What a reply of SOCKS5 refuses (RFC 1928, 6); `None` for success.
fn refused(reply: u8) -> Option<ProbeFault> {
    let (kind, words) = match reply {
        0 => return None,
        1 => (TunnelFaultKind::Onward, "general SOCKS server failure"),
        2 => (TunnelFaultKind::Forbidden, "connection not allowed by ruleset"),
        3 => (TunnelFaultKind::Onward, "network unreachable"),
        4 => (TunnelFaultKind::Onward, "host unreachable"),
        5 => (TunnelFaultKind::Onward, "connection refused"),
        6 => (TunnelFaultKind::Onward, "TTL expired"),
        7 => (TunnelFaultKind::Forbidden, "command not supported"),
        8 => (TunnelFaultKind::Onward, "address type not supported"),
        _ => (TunnelFaultKind::Onward, "unassigned"),
    };
    Some(fault(kind, format!("SOCKS5 reply {reply}: {words}")))
}
