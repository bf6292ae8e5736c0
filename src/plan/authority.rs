//! Host and port as one word, as URLs and many settings have them (RFC 3986, 3.2): an IPv6 address is in brackets.

/// The word.
pub(super) fn of(host: &str, port: &str) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// The host, without brackets.
pub(super) fn host(authority: &str) -> &str {
    if let Some((host, _)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return host;
    }
    authority.split_once(':').map_or(authority, |(host, _)| host)
}

/// The port; empty when there is none.
pub(super) fn port(authority: &str) -> &str {
    let rest = authority.rsplit_once(']').map_or(authority, |(_, rest)| rest);
    rest.rsplit_once(':').map(|(_, port)| port).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (host, port, word) in [("mail.test", "25", "mail.test:25"), ("::1", "465", "[::1]:465")] {
            assert_eq!(of(host, port), word);
            assert_eq!((super::host(word), super::port(word)), (host, port));
        }
        assert_eq!((super::host("mail.test"), super::port("mail.test")), ("mail.test", ""));
    }
}
