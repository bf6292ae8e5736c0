//! OAuth 2.0 at a provider: its endpoints, and which ways of giving access it has.

use serde::Deserialize;

use crate::{
    mail::{Address, GrantKind, HttpsUrl},
    presets::by_lang::fill,
};

/// OAuth 2.0 endpoints (RFC 6749, RFC 8628).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oauth {
    /// Scopes that sending needs, where a person gives access.
    pub scope: Vec<String>,
    /// Scopes where an application signs in as itself, or a service account; absent where they are the same.
    #[serde(default)]
    pub client_scope: Vec<String>,
    /// Authorization endpoint. It and the other endpoints may hold `{tenant}`.
    pub auth_url: String,
    /// Token endpoint.
    pub token_url: String,
    /// Device authorization endpoint (RFC 8628); absent where the device flow does not give the scopes of sending.
    pub device_url: Option<String>,
    /// Revocation endpoint (RFC 7009).
    pub revoke_url: Option<String>,
    /// The ways of giving access, best first.
    #[serde(default)]
    pub grants: Vec<GrantKind>,
    /// What stands for `{tenant}`: a word, or `{domain}` for the address's domain.
    pub tenant: Option<String>,
    /// Where the browser ends after signing in; absent: at an address of this machine.
    pub redirect_url: Option<String>,
    /// What the link to sign in has beside what the RFC asks for, as `name=value`.
    #[serde(default)]
    pub parameters: Vec<String>,
    /// The client's secret is wanted where a person gives access, too.
    #[serde(default)]
    pub client_secret: bool,
    /// SASL names of the mechanisms that take the token.
    #[serde(default)]
    pub sasl: Vec<String>,
    /// The provider registers no new clients: a token has to come from elsewhere, a login of our own is not offered.
    #[serde(default)]
    pub closed: bool,
}

impl Oauth {
    /// The scopes of a way, with a blank between each two.
    pub fn scope_of(&self, kind: GrantKind) -> String {
        let own = if kind.needs_person() || self.client_scope.is_empty() { &self.scope } else { &self.client_scope };
        own.join(" ")
    }

    /// The tenant that goes with an address; `None` where the endpoints have none.
    pub fn tenant_of(&self, address: &Address) -> Option<String> {
        Some(self.tenant.as_ref()?.replace("{domain}", address.domain()))
    }

    /// An endpoint, with its tenant; `None` where that makes no address.
    pub fn endpoint(template: &str, tenant: Option<&str>) -> Option<HttpsUrl> {
        template.replace("{tenant}", tenant.unwrap_or_default()).parse().ok()
    }
}

/// How each way of giving access is prepared, in order: what to register, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantSteps {
    /// Before a person enters a code.
    #[serde(default)]
    pub device: Vec<String>,
    /// Before a person signs in and pastes the address.
    #[serde(default)]
    pub redirect: Vec<String>,
    /// Before an application signs in as itself.
    #[serde(default)]
    pub client: Vec<String>,
    /// Before a service account does.
    #[serde(default)]
    pub service: Vec<String>,
}

impl GrantSteps {
    /// Those of a way.
    pub fn of(&self, kind: GrantKind) -> &[String] {
        match kind {
            GrantKind::Device => &self.device,
            GrantKind::Redirect => &self.redirect,
            GrantKind::Client => &self.client,
            GrantKind::Service => &self.service,
        }
    }

    /// Takes what is missing from another language.
    pub(super) fn fill(&mut self, from: &Self) {
        fill(&mut self.device, &from.device);
        fill(&mut self.redirect, &from.redirect);
        fill(&mut self.client, &from.client);
        fill(&mut self.service, &from.service);
    }
}
