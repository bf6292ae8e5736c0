//! Name resolution, within a deadline.

use std::{
    io,
    net::{IpAddr, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::Duration,
};

use super::Cancel;

/// Where names come from: the system's resolver, or a table in tests.
pub trait Resolve: Send + Sync {
    /// The addresses of a host, in the resolver's order.
    ///
    /// # Errors
    /// Why there are none.
    fn resolve(&self, host: &str, timeout: Duration) -> Result<Vec<IpAddr>, DnsFault>;

    /// The same, until cancelled. A resolver that cannot be interrupted keeps this default.
    ///
    /// # Errors
    /// Why there are none; `Unavailable` when cancelled.
    fn resolve_until(&self, host: &str, timeout: Duration, cancel: &Cancel) -> Result<Vec<IpAddr>, DnsFault> {
        if cancel.is_cancelled() { Err(DnsFault::Unavailable) } else { self.resolve(host, timeout) }
    }
}

/// Why a name has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DnsFault {
    /// The name does not exist.
    NotFound,
    /// The name exists and has no address.
    NoAddress,
    /// The resolver did not answer.
    Unavailable,
}

/// The system's resolver (`getaddrinfo`): the hosts file, DNS and whatever else this machine uses.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: &str, timeout: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        self.resolve_until(host, timeout, &Cancel::default())
    }

    /// Asks on its own thread, because `getaddrinfo` has no time-out; a late answer is dropped.
    fn resolve_until(&self, host: &str, timeout: Duration, cancel: &Cancel) -> Result<Vec<IpAddr>, DnsFault> {
        let (sender, answer) = mpsc::channel();
        let wake = sender.clone();
        let _watch = cancel.watch(move || drop(wake.send(None)));
        let name = ascii_host(host).ok_or(DnsFault::NotFound)?;
        thread::Builder::new()
            .name("resolve".into())
            .spawn(move || drop(sender.send(Some((name.as_str(), 0).to_socket_addrs()))))
            .map_err(|_| DnsFault::Unavailable)?;
        match answer.recv_timeout(timeout) {
            Ok(Some(Ok(found))) => {
                let mut addresses: Vec<IpAddr> = Vec::new();
                for address in found.map(|address| address.ip()) {
                    if !addresses.contains(&address) {
                        addresses.push(address);
                    }
                }
                if addresses.is_empty() { Err(DnsFault::NoAddress) } else { Ok(addresses) }
            }
            Ok(Some(Err(error))) => Err(classify(&error)),
            Ok(None) | Err(_) => Err(DnsFault::Unavailable),
        }
    }
}

/// A host in ASCII form, as DNS, certificates and envelopes have it: international names as `xn--` (RFC 5890).
pub(super) fn ascii_host(host: &str) -> Option<String> {
    if host.is_ascii() {
        return Some(host.to_owned());
    }
    idna::domain_to_ascii(host).ok().filter(|ascii| !ascii.is_empty())
}

/// `std` passes on only `gai_strerror`'s text of the error code: that of glibc (`sysdeps/posix/gai_strerror-strs.h`), musl
/// (`src/network/gai_strerror.c`) or macOS (`gai_strerror.c`).
fn classify(error: &io::Error) -> DnsFault {
    let text = error.to_string().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["no address associated", "no usable address"]) {
        DnsFault::NoAddress
    } else if says(&["not known", "does not resolve", "no such host", "invalid"]) {
        DnsFault::NotFound
    } else {
        DnsFault::Unavailable
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn the_systems_words() {
        let fault = |text: &str| classify(&io::Error::other(format!("failed to lookup address information: {text}")));
        assert_eq!(fault("Name or service not known"), DnsFault::NotFound);
        assert_eq!(fault("Name does not resolve"), DnsFault::NotFound);
        assert_eq!(fault("nodename nor servname provided, or not known"), DnsFault::NotFound);
        assert_eq!(fault("No address associated with hostname"), DnsFault::NoAddress);
        assert_eq!(fault("Temporary failure in name resolution"), DnsFault::Unavailable);
        assert_eq!(fault("Try again"), DnsFault::Unavailable);
    }

    #[test]
    fn loopback_by_name() {
        let found = SystemResolver.resolve("localhost", Duration::from_secs(5)).unwrap();
        assert!(found.iter().all(IpAddr::is_loopback), "{found:?}");
    }

    #[test]
    fn a_cancelled_lookup_ends_at_once() {
        let cancel = Cancel::default();
        cancel.cancel();
        let begin = Instant::now();
        let answer = SystemResolver.resolve_until("mail.invalid", Duration::from_secs(20), &cancel);
        assert_eq!(answer, Err(DnsFault::Unavailable));
        assert!(begin.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn international_names() {
        assert_eq!(ascii_host("mail.test").as_deref(), Some("mail.test"));
        assert_eq!(ascii_host("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
    }
}
