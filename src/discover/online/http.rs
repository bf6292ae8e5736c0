//! Fetches small documents from the web: bounded in size, time and redirects.

use std::time::{Duration, Instant};

use ureq::{
    Agent,
    http::{Response, StatusCode, Uri, header::LOCATION, uri::Scheme},
};

use super::Net;
use crate::{mail::Proxy, probe};

/// Longest document, in bytes.
const LONGEST: u64 = 256 * 1024;

/// Most redirects that are followed.
const REDIRECTS: usize = 3;

/// A document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WebDocument {
    /// Its URL after redirects.
    pub(super) url: String,
    /// Its content.
    pub(super) body: Vec<u8>,
}

/// Why there is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// No such host, no answer, no such page, not in time.
    Absent,
    /// The host redirects to a place that cannot be trusted, or in a loop.
    Redirect,
    /// It is too long, or breaks off.
    Broken,
}

/// The web as one search sees it.
pub(super) struct Web(Agent);

impl Web {
    pub(super) fn new(net: &Net, proxy: Option<&Proxy>) -> Self {
        let way = probe::WebWay {
            trust: &net.web_trust,
            proxy,
            resolver: &net.resolver,
            https: net.https,
            http: net.http,
            plain: probe::PlainReach::Anywhere,
        };
        Self(way.agent())
    }

    /// Fetches a document. Redirects lead from https to https only, and from http to the same host only.
    pub(super) fn fetch(&self, url: &str, until: Instant) -> Result<WebDocument, Miss> {
        let mut uri: Uri = url.parse().map_err(|_| Miss::Absent)?;
        for _ in 0..=REDIRECTS {
            let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            let request = self.0.get(&uri).config().timeout_global(Some(left)).build();
            let mut response = request.call().map_err(|_| Miss::Absent)?;
            match response.status() {
                StatusCode::OK => {
                    let body = response.body_mut().with_config().limit(LONGEST).read_to_vec();
                    return body.map(|body| WebDocument { url: uri.to_string(), body }).map_err(|_| Miss::Broken);
                }
                status if status.is_redirection() => uri = next(&uri, &response).ok_or(Miss::Redirect)?,
                _ => return Err(Miss::Absent),
            }
        }
        Err(Miss::Redirect)
    }
}

/// The target of a redirect, if it may be followed.
fn next<Body>(from: &Uri, response: &Response<Body>) -> Option<Uri> {
    let place = response.headers().get(LOCATION)?.to_str().ok()?;
    let (scheme, authority) = (from.scheme()?, from.authority()?);
    let place = match place {
        _ if place.starts_with("//") => format!("{scheme}:{place}"),
        _ if place.starts_with('/') => format!("{scheme}://{authority}{place}"),
        _ => place.to_owned(),
    };
    let to: Uri = place.split('#').next()?.parse().ok()?;
    let same_host = to.host()?.eq_ignore_ascii_case(from.host()?);
    let is_https = |uri: &Uri| uri.scheme() == Some(&Scheme::HTTPS);
    // No user name or password in the link.
    let plain =
        !to.authority()?.as_str().contains('@') && to.scheme().is_some_and(|to| *to == Scheme::HTTP || *to == Scheme::HTTPS);
    (plain && if is_https(from) { is_https(&to) } else { same_host }).then_some(to)
}
