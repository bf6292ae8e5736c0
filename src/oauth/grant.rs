//! A grant: a secret that renews itself.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{assertion::ClientCertificate, kept::KeptSecret, service_key::ServiceKey};
use crate::mail::{GrantKind, HttpsUrl, Secret};

/// What a store keeps of access that was given: everything that the next access token is asked with, and whom it is asked of.
///
/// Its secrets go to its own token endpoint alone. It is kept as one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Format; it comes first, by which a kept grant is told from a password.
    #[serde(rename = "mailsetup_grant")]
    pub format: u32,
    /// How it was given.
    pub kind: GrantKind,
    /// The token endpoint.
    pub token_url: HttpsUrl,
    /// The revocation endpoint (RFC 7009), where the server has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_url: Option<HttpsUrl>,
    /// The client's ID; for a service account its address.
    pub client_id: String,
    /// The organization's directory, where the provider has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// What it is for, words with a space between each two.
    pub scope: String,
    /// The mailbox that it was given for.
    pub account: String,
    /// When it was given, in seconds since 1970.
    pub given: u64,
    /// PEM text of the authorities that vouch for the endpoint in place of the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
    /// What the next access token is asked with.
    pub proof: GrantProof,
    /// The last access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessToken>,
}

/// What an access token is asked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum GrantProof {
    /// A person's consent.
    Refresh {
        /// The refresh token; a server may give a new one with each access token.
        token: KeptSecret,
        /// The client's secret, where the provider wants one beside it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_secret: Option<KeptSecret>,
    },
    /// The application's own secret.
    ClientSecret(KeptSecret),
    /// The application's certificate.
    Certificate(ClientCertificate),
    /// The key of a service account.
    ServiceKey(ServiceKey),
}

/// An access token, and how long it is good for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessToken {
    /// The token.
    pub token: KeptSecret,
    /// When it was given, in seconds since 1970.
    pub given: u64,
    /// When it ends, in seconds since 1970.
    pub expires: u64,
}

impl AccessToken {
    /// Whether it has this many seconds left now, or, if it never had twice as many, half of what it had.
    pub fn lasts(&self, reserve: u64, now: u64) -> bool {
        let whole = self.expires.saturating_sub(self.given);
        now >= self.given.saturating_sub(reserve) && self.expires.saturating_sub(now) >= reserve.min(whole / 2).max(1)
    }
}

/// The format that this version writes, and the newest that it reads.
const FORMAT: u32 = 1;

impl Grant {
    /// A grant without an access token yet.
    pub fn new(kind: GrantKind, (token_url, client_id, scope): (HttpsUrl, String, String), proof: GrantProof) -> Self {
        Self {
            format: FORMAT,
            kind,
            token_url,
            revoke_url: None,
            client_id,
            tenant: None,
            scope,
            account: String::new(),
            given: 0,
            ca_pem: None,
            proof,
            access: None,
        }
    }

    /// The grant in a secret; `None` for a password, and for a grant that cannot be read.
    pub fn of_secret(secret: &Secret) -> Option<Self> {
        if !secret.is_grant() {
            return None;
        }
        serde_json::from_str::<Self>(secret.expose()).ok().filter(|grant| grant.format <= FORMAT)
    }

    /// As a store keeps it: one line.
    pub fn to_secret(&self) -> Secret {
        // Room for the largest grant, so that growing leaves no copy of it in memory.
        let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
        let written = serde_json::to_writer(&mut *bytes, self);
        let text = written.ok().and_then(|()| std::str::from_utf8(&bytes).ok()).unwrap_or_default();
        Secret::new(text.to_owned())
    }

    /// Whether both came of the same consent: each may be newer than the other.
    pub fn is_same(&self, other: &Self) -> bool {
        let whom = |grant: &Self| {
            (grant.kind, grant.token_url.clone(), grant.client_id.clone(), grant.account.clone(), grant.given)
        };
        whom(self) == whom(other)
    }

    /// Everything in it that must not be shown.
    pub fn secrets(&self) -> Vec<&Secret> {
        let own: Vec<&Secret> = match &self.proof {
            GrantProof::Refresh { token, client_secret } => {
                std::iter::once(&**token).chain(client_secret.as_deref()).collect()
            }
            GrantProof::ClientSecret(secret) => vec![secret],
            GrantProof::Certificate(certificate) => vec![&certificate.key],
            GrantProof::ServiceKey(key) => vec![&key.key],
        };
        own.into_iter().chain(self.access.as_ref().map(|access| &*access.token)).collect()
    }
}

/// What a login takes: the access token of a grant, `None` where it has none; any other secret as it is.
pub fn login_secret(secret: &Secret) -> Option<Secret> {
    if !secret.is_grant() {
        return Some(secret.clone());
    }
    Grant::of_secret(secret)?.access.map(|access| (*access.token).clone())
}

/// A secret with everything in it that must not be shown.
pub fn parts(secret: &Secret) -> Vec<Secret> {
    let grant = Grant::of_secret(secret);
    let inner = grant.iter().flat_map(Grant::secrets).cloned();
    std::iter::once(secret.clone()).chain(inner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        let proof = GrantProof::Refresh { token: Secret::new("refresh-canary".into()).into(), client_secret: None };
        let whom = ("https://login.test/token".parse().unwrap(), "id".to_owned(), "mail".to_owned());
        Grant::new(GrantKind::Device, whom, proof)
    }

    #[test]
    fn a_grant_is_kept_as_one_line_and_told_from_a_password() {
        let secret = grant().to_secret();
        assert!(secret.is_grant() && !secret.expose().contains('\n'));
        assert_eq!(Grant::of_secret(&secret), Some(grant()));
        for other in ["hunter2", "{}", "{\"mailsetup\":1}", "{\"mailsetup_grant\":1}", "{\"mailsetup_grant\":2,"] {
            assert_eq!(Grant::of_secret(&Secret::new(other.into())), None);
        }
        assert!(!format!("{:?}", grant()).contains("canary"));
    }

    #[test]
    fn a_token_is_used_while_it_has_the_reserve_or_half_of_a_short_life() {
        let token = |given, expires| AccessToken { token: Secret::new("t".into()).into(), given, expires };
        let long = token(1000, 4600);
        assert!(long.lasts(600, 1000) && long.lasts(600, 4000) && !long.lasts(600, 4001));
        let short = token(1000, 1300);
        assert!(short.lasts(600, 1150) && !short.lasts(600, 1151));
        // A clock that was set back far says nothing about the end.
        assert!(long.lasts(600, 900) && !long.lasts(600, 100));
        assert!(!token(1000, 1000).lasts(600, 1000));
    }
}
