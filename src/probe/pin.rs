//! Proof that the peer holds the key of a pinned certificate, even one that webpki cannot read (X.509 version 1).

use rustls::{
    CertificateError, DigitallySignedStruct, Error, PeerMisbehaved,
    client::danger::HandshakeSignatureValid,
    crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key},
    pki_types::SubjectPublicKeyInfoDer,
};
use x509_parser::{certificate::X509Certificate, parse_x509_certificate};

/// Verifies a TLS 1.2 handshake signature with the key in `leaf`.
pub(super) fn verify_tls12(
    message: &[u8],
    leaf: &[u8],
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let certificate = read(leaf)?;
    let key = &certificate.public_key().subject_public_key.data;
    let offered = algorithms.mapping.iter().find(|(scheme, _)| *scheme == signed.scheme);
    let (_, fitting) = offered.ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
    // An algorithm for another kind of key fails on this one.
    let is_valid = fitting.iter().any(|one| one.verify_signature(key, message, signed.signature()).is_ok());
    if is_valid { Ok(HandshakeSignatureValid::assertion()) } else { Err(CertificateError::BadSignature.into()) }
}

/// Verifies a TLS 1.3 handshake signature with the key in `leaf`.
pub(super) fn verify_tls13(
    message: &[u8],
    leaf: &[u8],
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let certificate = read(leaf)?;
    let key = SubjectPublicKeyInfoDer::from(certificate.public_key().raw);
    verify_tls13_signature_with_raw_key(message, &key, signed, algorithms)
}

fn read(leaf: &[u8]) -> Result<X509Certificate<'_>, Error> {
    parse_x509_certificate(leaf).map(|(_, certificate)| certificate).map_err(|_| CertificateError::BadEncoding.into())
}
