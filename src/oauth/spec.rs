//! What is known before access is given.

use super::{
    assertion::ClientCertificate,
    grant::{Grant, GrantProof},
    service_key::ServiceKey,
};
use crate::mail::{GrantKind, HttpsUrl, Secret};

/// Whom access is asked of, for what, and as which client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationSpec {
    /// The way.
    pub kind: GrantKind,
    /// The client's ID, as it was registered.
    pub client_id: String,
    /// The organization's directory, where the provider has several.
    pub tenant: Option<String>,
    /// What access is for.
    pub scope: String,
    /// The token endpoint.
    pub token_url: HttpsUrl,
    /// The authorization endpoint, where a person signs in.
    pub auth_url: Option<HttpsUrl>,
    /// The device authorization endpoint.
    pub device_url: Option<HttpsUrl>,
    /// The revocation endpoint.
    pub revoke_url: Option<HttpsUrl>,
    /// Where the browser ends, as it was registered.
    pub redirect_url: String,
    /// What the provider wants in the link beside what the RFC asks for: `access_type=offline`.
    pub parameters: Vec<(String, String)>,
    /// The mailbox.
    pub account: String,
    /// The client's secret; for a service account its key file.
    pub client_secret: Option<Secret>,
    /// The application's certificate.
    pub certificate: Option<ClientCertificate>,
    /// PEM text of the authorities that vouch for the endpoints in place of the system's.
    pub ca_pem: Option<String>,
}

impl AuthorizationSpec {
    /// Whether a grant is what this asks for: it is never taken for another endpoint, client, mailbox or purpose, nor with another
    /// secret than the one that was given.
    pub fn fits(&self, grant: &Grant) -> bool {
        let is_client = self.kind == GrantKind::Service || grant.client_id == self.client_id;
        let is_whom = grant.kind == self.kind && grant.token_url == self.token_url && grant.account == self.account;
        is_client && is_whom && grant.scope == self.scope && grant.tenant == self.tenant && self.has_proof(&grant.proof)
    }

    fn has_proof(&self, proof: &GrantProof) -> bool {
        let is_given = |known: Option<&Secret>| self.client_secret.as_ref().is_none_or(|given| known == Some(given));
        let is_shown =
            |known: Option<&ClientCertificate>| self.certificate.as_ref().is_none_or(|given| known == Some(given));
        match proof {
            GrantProof::Refresh { client_secret, .. } => is_given(client_secret.as_deref()),
            GrantProof::ClientSecret(secret) => is_given(Some(secret)) && is_shown(None),
            GrantProof::Certificate(certificate) => is_given(None) && is_shown(Some(certificate)),
            GrantProof::ServiceKey(key) => {
                let given = self.client_secret.as_ref();
                given.is_none_or(|given| ServiceKey::of_file(given).is_some_and(|(given, _)| given == *key))
            }
        }
    }

    /// The grant that comes of it.
    pub(super) fn grant(&self, proof: GrantProof, now: u64) -> Grant {
        let whom = (self.token_url.clone(), self.client_id.clone(), self.scope.clone());
        Grant {
            revoke_url: self.revoke_url.clone(),
            tenant: self.tenant.clone(),
            account: self.account.clone(),
            given: now,
            ca_pem: self.ca_pem.clone(),
            ..Grant::new(self.kind, whom, proof)
        }
    }
}
