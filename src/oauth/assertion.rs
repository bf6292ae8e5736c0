//! Signed assertions (RFC 7523): a JWT (RFC 7519) by RS256, in place of a secret.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rustls::{
    SignatureScheme,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{kept::KeptSecret, service_key::ServiceKey};
use crate::{
    mail::{HttpsUrl, Secret},
    phrase,
    presets::Phrase,
    probe::{CertificateFacts, ClientFault, ClientIdentity},
};

/// How long an assertion is good for, in seconds: what Microsoft takes at most, and well below Google's hour.
const LIFE: u64 = 600;
/// How far the server's clock may be behind, in seconds.
const SKEW: u64 = 60;

/// The certificate by which an application signs in, with its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientCertificate {
    /// The certificate, PEM.
    pub certificate: String,
    /// Its private key, PEM.
    pub key: KeptSecret,
}

/// Why nothing can be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssertionFault {
    /// The certificate or its key cannot be used.
    Certificate(ClientFault),
    /// The key is no RSA key, which RS256 needs.
    NotRsa,
}

impl AssertionFault {
    /// What is wrong, for a person.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Certificate(fault) => phrase!("oauth-certificate", why = fault),
            Self::NotRsa => phrase!("oauth-key-not-rsa"),
        }
    }
}

impl fmt::Display for AssertionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl ClientCertificate {
    /// Reads the PEM text of a certificate and its private key, in one file.
    ///
    /// # Errors
    /// One of them is missing, does not fit the other, or has expired.
    pub fn of_pem(text: &Secret) -> Result<Self, AssertionFault> {
        let pem = text.expose();
        ClientIdentity::of_pem(pem.as_bytes(), pem.as_bytes()).map_err(AssertionFault::Certificate)?;
        let part = |from: &str, to: &str| {
            let start = pem.find(from)?;
            let end = start + pem[start..].find(to)? + to.len();
            Some(format!("{}\n", &pem[start..end]))
        };
        let certificate = part("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
            .ok_or(AssertionFault::Certificate(ClientFault::NoCertificate))?;
        let key = ["PRIVATE KEY-----", "RSA PRIVATE KEY-----"]
            .into_iter()
            .find_map(|kind| part(&format!("-----BEGIN {kind}"), &format!("-----END {kind}")))
            .ok_or(AssertionFault::Certificate(ClientFault::NoKey))?;
        let found = Self { certificate, key: Secret::new(key).into() };
        signed(&json!({}), &json!({}), &found.key).map(|_| found)
    }

    /// Days until it ends; `None` where it cannot be read.
    pub fn days_left(&self) -> Option<i64> {
        Some(CertificateFacts::of(&self.der()?).days_left)
    }

    fn der(&self) -> Option<CertificateDer<'static>> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).ok()
    }

    /// What an application shows instead of a secret (RFC 7523, 2.2).
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &HttpsUrl,
        (now, id): (u64, &str),
    ) -> Result<Secret, AssertionFault> {
        let der = self.der().ok_or(AssertionFault::Certificate(ClientFault::NoCertificate))?;
        let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(&der));
        let header = json!({"alg": "RS256", "typ": "JWT", "x5t#S256": thumbprint});
        let times = (now.saturating_sub(SKEW), now + LIFE - SKEW);
        let claims = json!({"iss": client_id, "sub": client_id, "aud": audience.as_str(), "jti": id,
                            "iat": times.0, "nbf": times.0, "exp": times.1});
        signed(&header, &claims, &self.key)
    }
}

impl ServiceKey {
    /// What a service account shows to act for a mailbox (RFC 7523, 2.1).
    pub(super) fn assertion(
        &self,
        mailbox: &str,
        scope: &str,
        (audience, now): (&HttpsUrl, u64),
    ) -> Result<Secret, AssertionFault> {
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": self.id});
        let claims = json!({"iss": self.email, "sub": mailbox, "scope": scope, "aud": audience.as_str(),
                            "iat": now.saturating_sub(SKEW), "exp": now + LIFE - SKEW});
        signed(&header, &claims, &self.key)
    }
}

/// A JWT in its compact form (RFC 7515, 7.1).
fn signed(header: &Value, claims: &Value, key: &Secret) -> Result<Secret, AssertionFault> {
    let no_key = || AssertionFault::Certificate(ClientFault::NoKey);
    let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes()).map_err(|_| no_key())?;
    let key = ring::default_provider().key_provider.load_private_key(key).map_err(|_| no_key())?;
    let signer = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).ok_or(AssertionFault::NotRsa)?;
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = signer.sign(text.as_bytes()).map_err(|_| no_key())?;
    Ok(Secret::new(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))))
}
