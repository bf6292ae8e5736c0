//! The demo server's identity: a throw-away authority, created in memory at each start, and its certificates.

use std::{
    io,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::NoServerSessionStorage,
};

use super::DemoFault;

/// The name in the server's greeting.
pub(super) const HOST: &str = "mail.demo.example";

/// The names that the good certificate covers.
const NAMES: [&str; 4] = ["localhost", "127.0.0.1", "::1", HOST];

/// The name in the certificate for another host.
const OTHER_NAME: &str = "www.hosting.example";

/// Begin and end of a certificate's life, in days from now.
type Days = (i64, i64);

/// Begin and end of a good certificate's life, in days from now.
const GOOD: Days = (-1, 90);
const EXPIRED: Days = (-91, -1);

/// The authority's certificate and one TLS configuration per certificate.
pub(super) struct Identity {
    /// The authority's certificate, for clients that trust it.
    pub(super) ca_pem: Vec<u8>,
    good: Arc<ServerConfig>,
    expired: Arc<ServerConfig>,
    self_signed: Arc<ServerConfig>,
    wrong_name: Arc<ServerConfig>,
}

impl Identity {
    /// Makes new keys and certificates.
    pub(super) fn new() -> io::Result<Self> {
        let authority_key = KeyPair::generate().map_err(io::Error::other)?;
        let mut authority = params(&[], (-100, 365), 1)?;
        authority.distinguished_name.push(DnType::CommonName, "mailsetup demo authority");
        authority.distinguished_name.push(DnType::OrganizationName, "mailsetup demo");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_pem = authority.self_signed(&authority_key).map_err(io::Error::other)?.pem().into_bytes();
        let issuer = Issuer::from_params(&authority, &authority_key);

        let key = KeyPair::generate().map_err(io::Error::other)?;
        let signed = |names: &[&str], days, serial| {
            let certificate = leaf(names, days, serial)?.signed_by(&key, &issuer).map_err(io::Error::other)?;
            config(&certificate, &key)
        };
        Ok(Self {
            good: signed(&NAMES, GOOD, 2)?,
            expired: signed(&NAMES, EXPIRED, 3)?,
            wrong_name: signed(&[OTHER_NAME], GOOD, 4)?,
            self_signed: config(&leaf(&NAMES, GOOD, 5)?.self_signed(&key).map_err(io::Error::other)?, &key)?,
            ca_pem,
        })
    }

    /// The TLS configuration for a fault.
    pub(super) fn config(&self, fault: DemoFault) -> Arc<ServerConfig> {
        Arc::clone(match fault {
            DemoFault::ExpiredCertificate => &self.expired,
            DemoFault::SelfSigned => &self.self_signed,
            DemoFault::WrongName => &self.wrong_name,
            _ => &self.good,
        })
    }
}

fn leaf(names: &[&str], days: Days, serial: u64) -> io::Result<CertificateParams> {
    let mut leaf = params(names, days, serial)?;
    let common_name = names.last().copied().unwrap_or(HOST);
    leaf.distinguished_name.push(DnType::CommonName, common_name);
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    Ok(leaf)
}

fn params(names: &[&str], (begin, end): Days, serial: u64) -> io::Result<CertificateParams> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
    let now = rcgen::date_time_ymd(1970, 1, 1) + SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let days = |days: i64| Duration::from_secs(days.unsigned_abs() * 24 * 60 * 60);
    params.not_before = now - days(begin);
    params.not_after = if end < 0 { now - days(end) } else { now + days(end) };
    params.serial_number = Some(serial.into());
    params.distinguished_name = rcgen::DistinguishedName::new();
    Ok(params)
}

fn config(certificate: &Certificate, key: &KeyPair) -> io::Result<Arc<ServerConfig>> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key))
        .map_err(io::Error::other)?;
    // A resumed session would hide a certificate that was exchanged meanwhile.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}
