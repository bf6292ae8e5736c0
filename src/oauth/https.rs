//! The way to an authorization server by https; by http to this machine alone.

use std::{sync::Arc, time::Duration};

use ureq::{
    Error,
    http::{Response, Uri, header},
};
use zeroize::Zeroizing;

use super::{fault::OauthFault, form::OauthForm, http_answer::HttpAnswer, server::TokenServer};
use crate::{
    mail::{HttpsUrl, proxy::ProxyVariable, reply::escape},
    probe::{PlainReach, Resolve, ServerTrust, WebWay},
};

/// The longest answer, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The way to authorization servers that these authorities vouch for.
pub(super) struct HttpsServer {
    /// Which authorities to trust.
    pub(super) trust: ServerTrust,
    /// The proxy that a variable names for this machine.
    pub(super) proxy: Option<ProxyVariable>,
    /// Where names come from.
    pub(super) resolver: Arc<dyn Resolve>,
    /// How long a request may take.
    pub(super) timeout: Duration,
}

impl TokenServer for HttpsServer {
    fn post(&self, url: &HttpsUrl, form: &OauthForm) -> Result<HttpAnswer, OauthFault> {
        let host = url.host();
        let proxy = self.proxy.as_ref().filter(|proxy| proxy.is_for(&host) && !url.is_plain());
        let proxy = proxy.and_then(|it| it.proxy.as_ref());
        let way =
            WebWay { trust: &self.trust, proxy, resolver: &self.resolver, https: 443, http: 80, plain: PlainReach::Here };
        let request = way.agent().post(url.as_str()).config().timeout_global(Some(self.timeout)).build();
        let request = request.content_type("application/x-www-form-urlencoded").header(header::ACCEPT, "application/json");
        let mut response = request.send(form.expose()).map_err(|error| unreachable(&host, &error))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(OauthFault::Redirected { to: redirect_host(&response).unwrap_or_else(|| host.clone()), host });
        }
        let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        match response.body_mut().with_config().limit(LONGEST).read_to_vec() {
            Ok(body) => Ok(HttpAnswer { status: status.as_u16(), retry_after, body: Zeroizing::new(body) }),
            Err(Error::BodyExceedsLimit(_)) => Err(OauthFault::Long { host }),
            Err(error) => Err(unreachable(&host, &error)),
        }
    }
}

/// The host that an answer redirects to, safe for a terminal; `None` where it names none, but a path of its own.
fn redirect_host<Body>(response: &Response<Body>) -> Option<String> {
    let target: Uri = response.headers().get(header::LOCATION)?.to_str().ok()?.parse().ok()?;
    target.host().map(escape)
}

fn unreachable(host: &str, error: &Error) -> OauthFault {
    if matches!(error, Error::RequireHttpsOnly(_)) {
        return OauthFault::Plain { host: host.to_owned() };
    }
    OauthFault::Unreachable { host: host.to_owned(), why: escape(&error.to_string()) }
}
