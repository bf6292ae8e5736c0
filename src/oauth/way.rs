//! How authorization servers are reached from here.

use std::{sync::Arc, time::Duration};

use super::server::TokenServer;
#[cfg(not(feature = "oauth"))]
use super::{fault::OauthFault, form::OauthForm, http_answer::HttpAnswer};
use crate::{mail::proxy::ProxyVariable, probe::Resolve};

/// How authorization servers are reached from here.
#[derive(Clone)]
pub struct OauthWay {
    /// The proxy that a variable names for the programs of this machine.
    pub proxy: Option<ProxyVariable>,
    /// Where names come from.
    pub resolver: Arc<dyn Resolve>,
    /// How long a request may take.
    pub timeout: Duration,
}

impl std::fmt::Debug for OauthWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OauthWay").field("proxy", &self.proxy).finish_non_exhaustive()
    }
}

impl OauthWay {
    /// How long a request may take where nobody says: within it a program that waits for its password is not given up.
    pub const TIMEOUT: Duration = Duration::from_secs(20);

    /// The way to a server that the system's authorities vouch for, or these.
    #[cfg(feature = "oauth")]
    pub fn server(&self, ca_pem: Option<&str>) -> Box<dyn TokenServer> {
        let trust = crate::probe::ServerTrust { ca_pem: ca_pem.map(|pem| pem.as_bytes().to_vec()), pin: None };
        Box::new(super::https::HttpsServer {
            trust,
            proxy: self.proxy.clone(),
            resolver: self.resolver.clone(),
            timeout: self.timeout,
        })
    }

    /// There is none in this build.
    #[cfg(not(feature = "oauth"))]
    pub fn server(&self, _ca_pem: Option<&str>) -> Box<dyn TokenServer> {
        Box::new(NoServer)
    }
}

/// What stands in its place.
#[cfg(not(feature = "oauth"))]
struct NoServer;

#[cfg(not(feature = "oauth"))]
impl TokenServer for NoServer {
    fn post(&self, _url: &crate::mail::HttpsUrl, _form: &OauthForm) -> Result<HttpAnswer, OauthFault> {
        Err(OauthFault::Unbuilt)
    }
}
