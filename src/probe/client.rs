//! The certificate by which this machine shows who it is to a server that asks for one (RFC 8446, 4.3.2).

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustls::{
    AlertDescription, Error, SignatureScheme,
    client::ResolvesClientCert,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};

use super::{CertificateFacts, ProbeFault};

/// A certificate with its private key, checked. Its key is never shown.
#[derive(Clone)]
pub struct ClientIdentity(Arc<CertifiedKey>);

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIdentity").finish_non_exhaustive()
    }
}

/// Why a certificate and a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientFault {
    /// There is no certificate in the file, or one that cannot be read.
    NoCertificate,
    /// There is no private key in the file, or of a kind that cannot be used.
    NoKey,
    /// The key needs a passphrase, which nobody types when mail is sent.
    Passphrase,
    /// The key is another certificate's.
    OtherKey,
    /// The certificate has expired, on this day.
    Expired(String),
    /// The certificate is valid from this day on.
    NotYetValid(String),
}

impl fmt::Display for ClientFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("no client certificate in it"),
            Self::NoKey => f.write_str("no private key in it that can be used"),
            Self::Passphrase => f.write_str("the private key needs a passphrase"),
            Self::OtherKey => f.write_str("the private key belongs to another certificate"),
            Self::Expired(day) => write!(f, "the client certificate expired on {day}"),
            Self::NotYetValid(day) => write!(f, "the client certificate is valid from {day} on"),
        }
    }
}

impl std::error::Error for ClientFault {}

impl ClientIdentity {
    /// Reads the PEM text of a certificate with its chain, and of its private key.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn of_pem(certificate: &[u8], key: &[u8]) -> Result<Self, ClientFault> {
        let chain: Vec<_> =
            CertificateDer::pem_slice_iter(certificate).collect::<Result<_, _>>().map_err(|_| ClientFault::NoCertificate)?;
        let facts = CertificateFacts::of(chain.first().ok_or(ClientFault::NoCertificate)?);
        if is_locked(key) {
            return Err(ClientFault::Passphrase);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| ClientFault::NoKey)?;
        let key = ring::default_provider().key_provider.load_private_key(key).map_err(|_| ClientFault::NoKey)?;
        let certified = CertifiedKey::new(chain, key);
        certified.keys_match().map_err(|_| ClientFault::OtherKey)?;
        if facts.days_left < 0 {
            return Err(ClientFault::Expired(facts.not_after));
        }
        if facts.is_to_come {
            return Err(ClientFault::NotYetValid(facts.not_before));
        }
        Ok(Self(Arc::new(certified)))
    }
}

/// Whether a key is encrypted: PKCS #8 (RFC 5958) or the older form of OpenSSL (RFC 1421, 4.6.1.1).
fn is_locked(key: &[u8]) -> bool {
    let text = String::from_utf8_lossy(key);
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")
}

/// What is shown to a server that asks, and whether it has asked.
#[derive(Debug, Clone, Default)]
pub(super) struct ShownClient {
    identity: Option<ClientIdentity>,
    asked: Arc<AtomicBool>,
}

impl ShownClient {
    pub(super) fn new(identity: Option<ClientIdentity>) -> Self {
        Self { identity, asked: Arc::default() }
    }

    /// Whether the server asked for a certificate, and none was there.
    pub(super) fn is_missed(&self) -> bool {
        self.identity.is_none() && self.asked.load(Ordering::Relaxed)
    }

    /// What an alert of a server that has asked means: it says no to the certificate, or to there being none. An alert for
    /// other reasons means nothing here: TLS 1.2 has no word of its own for a missing certificate (RFC 5246, 7.2.2).
    pub(super) fn fault(&self, error: &Error) -> Option<ProbeFault> {
        use AlertDescription as A;
        let Error::AlertReceived(alert) = error else { return None };
        if *alert == A::CertificateRequired {
            return Some(ProbeFault::ClientCertWanted);
        }
        let is_asked = self.asked.load(Ordering::Relaxed);
        let is_about_it = matches!(
            alert,
            A::HandshakeFailure
                | A::NoCertificate
                | A::BadCertificate
                | A::UnsupportedCertificate
                | A::CertificateRevoked
                | A::CertificateExpired
                | A::CertificateUnknown
                | A::UnknownCA
                | A::AccessDenied
        );
        match (is_asked && is_about_it, &self.identity) {
            (false, _) => None,
            (true, None) => Some(ProbeFault::ClientCertWanted),
            (true, Some(_)) => Some(ProbeFault::ClientCertRefused(format!("{alert:?}"))),
        }
    }
}

impl ResolvesClientCert for ShownClient {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.identity.as_ref().map(|identity| Arc::clone(&identity.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
