//! TLS: which authorities to trust, what the server showed, and what a failed handshake means.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::{
    CertificateError, ClientConfig, ClientConnection, DEFAULT_VERSIONS, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    version::{TLS12, TLS13},
};

use super::{
    CertFault, ProbeFault, ServerTrust, TlsVersion,
    certificate::{fingerprint, is_self_issued},
    client::ShownClient,
    parse::first_bytes,
    pin,
    resolve::ascii_host,
};
use crate::mail::reply::escape;

/// The server's own certificate as it was shown, kept even if it was refused.
#[derive(Debug, Clone, Default)]
pub(super) struct ShownCertificate(Arc<Mutex<Option<CertificateDer<'static>>>>);

impl ShownCertificate {
    pub(super) fn certificate(&self) -> Option<CertificateDer<'static>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The client side of a handshake, with one TLS version or all. SNI is sent for names, not for addresses (RFC 6066, 3).
pub(super) fn connection(
    trust: &ServerTrust,
    client: ShownClient,
    host: &str,
    only: Option<TlsVersion>,
) -> Result<(ClientConnection, ShownCertificate), ProbeFault> {
    let failed = |text: String| ProbeFault::Tls { text, not_tls: false };
    let provider = Arc::new(ring::default_provider());
    let shown = ShownCertificate::default();
    let verifier = Verifier { trusted: trusted(trust, &provider)?, provider: Arc::clone(&provider), shown: shown.clone() };
    let (old, new) = ([&TLS12], [&TLS13]);
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(match only {
            Some(TlsVersion::V12) => &old,
            Some(TlsVersion::V13) => &new,
            None => DEFAULT_VERSIONS,
        })
        .map_err(|error| failed(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(Arc::new(client));
    config.resumption = Resumption::disabled();
    let name = ascii_host(host).and_then(|host| ServerName::try_from(host).ok());
    let name = name.ok_or_else(|| failed(format!("no server name: {host}")))?;
    let connection = ClientConnection::new(Arc::new(config), name).map_err(|error| failed(error.to_string()))?;
    Ok((connection, shown))
}

/// What decides about a certificate.
#[derive(Debug)]
enum Trusted {
    Authorities(Arc<WebPkiServerVerifier>),
    /// This machine knows no authority.
    Nobody,
    Pin([u8; 32]),
}

fn trusted(trust: &ServerTrust, provider: &Arc<CryptoProvider>) -> Result<Trusted, ProbeFault> {
    if let Some(pin) = trust.pin {
        return Ok(Trusted::Pin(pin));
    }
    let roots = match &trust.ca_pem {
        Some(pem) => Arc::new(roots_of(pem)?),
        None => system_roots(),
    };
    if roots.is_empty() {
        return Ok(Trusted::Nobody);
    }
    WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider))
        .build()
        .map(Trusted::Authorities)
        .map_err(|error| ProbeFault::Tls { text: error.to_string(), not_tls: false })
}

/// Checks that a PEM file has usable authorities.
///
/// # Errors
/// Why not, in a few words.
pub fn check_ca(pem: &[u8]) -> Result<(), String> {
    match roots_of(pem) {
        Err(ProbeFault::Local(words)) => Err(words.trim_start_matches("CA file: ").to_owned()),
        _ => Ok(()),
    }
}

fn roots_of(pem: &[u8]) -> Result<RootCertStore, ProbeFault> {
    let failed = |text: String| ProbeFault::Local(format!("CA file: {}", escape(&text)));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| failed(error.to_string()))?;
        roots.add(certificate).map_err(|error| failed(error.to_string()))?;
    }
    if roots.is_empty() { Err(failed("no certificate in it".to_owned())) } else { Ok(roots) }
}

/// The trusted authorities as certificates, for a library with its own TLS; none if the PEM text has none.
pub fn authorities(trust: &ServerTrust) -> Vec<CertificateDer<'static>> {
    match &trust.ca_pem {
        Some(pem) => CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect(),
        None => rustls_native_certs::load_native_certs().certs,
    }
}

/// The system's authorities, read once; unreadable ones are left out.
fn system_roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let load = || {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities(&ServerTrust::default()));
        Arc::new(roots)
    };
    Arc::clone(ROOTS.get_or_init(load))
}

/// Keeps what the server shows, then verifies it.
#[derive(Debug)]
struct Verifier {
    trusted: Trusted,
    provider: Arc<CryptoProvider>,
    shown: ShownCertificate,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(leaf.clone().into_owned());
        match &self.trusted {
            Trusted::Authorities(authorities) => authorities.verify_server_cert(leaf, chain, name, ocsp, now),
            Trusted::Nobody => Err(CertificateError::UnknownIssuer.into()),
            Trusted::Pin(pin) if fingerprint(leaf) == *pin => Ok(ServerCertVerified::assertion()),
            Trusted::Pin(_) => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        match self.trusted {
            Trusted::Pin(_) => pin::verify_tls12(message, leaf, signature, algorithms),
            _ => verify_tls12_signature(message, leaf, signature, algorithms),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        match self.trusted {
            Trusted::Pin(_) => pin::verify_tls13(message, leaf, signature, algorithms),
            _ => verify_tls13_signature(message, leaf, signature, algorithms),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// What a failed handshake means. `first` holds the server's first bytes, which give a plain-text port away.
pub(super) fn fault(error: &Error, first: &[u8], leaf: Option<&[u8]>) -> ProbeFault {
    if let Error::InvalidCertificate(error) = error {
        return ProbeFault::Certificate(certificate_fault(error, leaf));
    }
    // Content types of TLS records: RFC 8446, B.1.
    let not_tls = first.first().is_some_and(|byte| !(20..=24).contains(byte));
    let text = if not_tls { format!("{error}: {}", first_bytes(first)) } else { escape(&error.to_string()) };
    ProbeFault::Tls { text, not_tls }
}

fn certificate_fault(error: &CertificateError, leaf: Option<&[u8]>) -> CertFault {
    use CertificateError as E;
    match error {
        E::Expired | E::ExpiredContext { .. } => CertFault::Expired,
        E::NotValidYet | E::NotValidYetContext { .. } => CertFault::NotYetValid,
        E::UnknownIssuer | E::BadSignature if leaf.is_some_and(is_self_issued) => CertFault::SelfSigned,
        E::UnknownIssuer | E::BadSignature => CertFault::UnknownIssuer,
        E::NotValidForName | E::NotValidForNameContext { .. } => CertFault::WrongName,
        E::ApplicationVerificationFailure => CertFault::WrongPin,
        _ => CertFault::Unsupported,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_file_without_a_certificate_is_named() {
        let trust = ServerTrust { ca_pem: Some(b"nothing".to_vec()), pin: None };
        let text = match connection(&trust, ShownClient::default(), "mail.test", None) {
            Err(ProbeFault::Local(text)) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(text, "CA file: no certificate in it");
        assert_eq!(check_ca(b"nothing"), Err("no certificate in it".to_owned()));
    }

    #[test]
    fn names_and_addresses_can_be_asked_for() {
        let trust = ServerTrust { ca_pem: None, pin: Some([0; 32]) };
        for host in ["mail.test", "192.0.2.1", "2001:db8::1", "bücher.example", "my_host.test"] {
            assert!(connection(&trust, ShownClient::default(), host, None).is_ok(), "{host}");
        }
    }

    #[test]
    fn plain_text_shows_itself() {
        let error = Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        match fault(&error, b"220 mail.test\r\n220", None) {
            ProbeFault::Tls { text, not_tls: true } => assert!(text.ends_with(": 220 mail.test"), "{text}"),
            other => panic!("{other:?}"),
        }
        let alert = Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
        assert!(matches!(fault(&alert, b"\x15\x03\x03", None), ProbeFault::Tls { not_tls: false, .. }));
    }
}
