//! Addresses that secrets are sent to: https, or this machine.

use std::str::FromStr;

use super::{
    endpoint::is_loopback,
    host::parse_host,
    value::{ValueFault, shown, text_value},
};
use crate::{phrase, phrase::Phrase};

/// The URL of an endpoint that gets secrets: https, or http on this machine's loopback. No login, no fragment (RFC 6749, 3.1 and 3.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HttpsUrl(String);

text_value!(HttpsUrl, "https address");

/// Why a text is no such URL; it is repeated unless it holds a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpsUrlFault {
    /// It is no URL of the web.
    NoUrl(String),
    /// It is http to another machine.
    Plain(String),
    /// It holds a login.
    Login,
}

impl ValueFault for HttpsUrlFault {
    fn phrase(&self) -> Phrase {
        match self {
            Self::NoUrl(typed) => phrase!("invalid-https-url", typed = shown(typed)),
            Self::Plain(typed) => phrase!("invalid-https-url-plain", typed = shown(typed)),
            Self::Login => phrase!("invalid-https-url-login"),
        }
    }
}

impl HttpsUrl {
    /// Its host, without brackets and port.
    pub fn host(&self) -> String {
        split(&self.0).map(|(_, host, _)| host).unwrap_or_default()
    }

    /// Whether it is http, which is not encrypted.
    pub fn is_plain(&self) -> bool {
        split(&self.0).is_some_and(|(scheme, ..)| scheme == "http")
    }

    /// Whether it belongs to this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host())
    }
}

/// Scheme, host without brackets, and port.
fn split(url: &str) -> Option<(String, String, Option<u16>)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (authority, None),
    };
    Some((scheme.to_ascii_lowercase(), parse_host(host).ok()?, port))
}

impl FromStr for HttpsUrl {
    type Err = HttpsUrlFault;

    fn from_str(typed: &str) -> Result<Self, HttpsUrlFault> {
        let url = typed.trim();
        let no_url = || HttpsUrlFault::NoUrl(url.to_owned());
        let authority = url.split_once("://").ok_or_else(no_url)?.1.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(HttpsUrlFault::Login);
        }
        let is_clean =
            url.len() <= 2000 && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte));
        let (scheme, host, _) = split(url).filter(|_| is_clean).ok_or_else(no_url)?;
        match scheme.as_str() {
            "https" => Ok(Self(url.to_owned())),
            "http" if is_loopback(&host) => Ok(Self(url.to_owned())),
            "http" => Err(HttpsUrlFault::Plain(url.to_owned())),
            _ => Err(no_url()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_by_https_or_stay_on_this_machine() {
        for (typed, id) in [
            ("http://login.example.com/token", "invalid-https-url-plain"),
            ("ftp://login.example.com/token", "invalid-https-url"),
            ("login.example.com/token", "invalid-https-url"),
            ("https://", "invalid-https-url"),
            ("https://a b.test/", "invalid-https-url"),
            ("https://login.test/{tenant}/token", "invalid-https-url"),
            ("https://login.test/token#x", "invalid-https-url"),
            ("https://login.test:port/token", "invalid-https-url"),
            ("https://ops:s3cret@login.test/token", "invalid-https-url-login"),
            ("https://login.test@evil.test/token", "invalid-https-url-login"),
        ] {
            let phrase = typed.parse::<HttpsUrl>().unwrap_err().phrase();
            assert_eq!(phrase.id, id, "{typed}");
            assert!(!phrase.to_string().contains("s3cret"));
        }
        for (typed, host) in [
            ("https://Login.Example.com/t?x=1", "login.example.com"),
            ("http://127.0.0.1:8080/token", "127.0.0.1"),
            ("http://[::1]:8080/token", "::1"),
            ("http://localhost/token", "localhost"),
        ] {
            assert_eq!(typed.parse::<HttpsUrl>().unwrap().host(), host);
        }
    }
}
