//! Certificates of every kind that a server may show, made anew for each test run.

use std::{
    sync::{Arc, LazyLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    version::{TLS12, TLS13},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The name that the good certificate is for.
pub(crate) const HOST: &str = "mail.test";

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    #[default]
    Good,
    /// Good for five more days.
    Soon,
    Expired,
    NotYetValid,
    SelfSigned,
    WrongName,
    UnknownCa,
    /// An authority's own certificate, signed by itself.
    CaAsLeaf,
}

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

static TRUSTED: LazyLock<Authority> = LazyLock::new(|| authority("Test Authority"));
static UNKNOWN: LazyLock<Authority> = LazyLock::new(|| authority("Unknown Authority"));

fn authority(name: &str) -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::OrganizationName, name);
    params.distinguished_name.push(DnType::CommonName, format!("{name} CA"));
    let pem = params.self_signed(&key).unwrap().pem();
    Authority { pem, issuer: Issuer::new(params, key) }
}

/// The authority that tests trust, as PEM.
pub(crate) fn ca_pem() -> Vec<u8> {
    TRUSTED.pem.clone().into_bytes()
}

/// A server's certificate and key.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    pub(crate) fn new(kind: Kind) -> Self {
        Self::of(kind, if kind == Kind::WrongName { "other.test" } else { HOST })
    }

    /// A certificate of this kind for a host.
    pub(crate) fn of(kind: Kind, host: &str) -> Self {
        Self::of_all(kind, &[host])
    }

    /// A certificate of this kind for several hosts.
    pub(crate) fn of_all(kind: Kind, hosts: &[&str]) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>()).unwrap();
        params.distinguished_name.push(DnType::CommonName, hosts[0]);
        match kind {
            Kind::Expired => params.not_after = date_time_ymd(2021, 1, 18),
            Kind::NotYetValid => params.not_before = date_time_ymd(2999, 1, 18),
            Kind::Soon => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
                params.not_after = date_time_ymd(1970, 1, 1) + now + Duration::from_secs(5 * 24 * 60 * 60 + 60);
            }
            Kind::CaAsLeaf => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            _ => {}
        }
        let certificate = match kind {
            Kind::SelfSigned | Kind::CaAsLeaf => params.self_signed(&key),
            Kind::UnknownCa => params.signed_by(&key, &UNKNOWN.issuer),
            _ => params.signed_by(&key, &TRUSTED.issuer),
        };
        Self { certificate: certificate.unwrap().der().clone(), key: key.serialize_der() }
    }

    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.certificate).into()
    }

    pub(crate) fn config(&self, version: Option<&str>) -> Arc<ServerConfig> {
        let versions = match version {
            Some("1.2") => vec![&TLS12],
            Some("1.3") => vec![&TLS13],
            _ => vec![&TLS12, &TLS13],
        };
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![self.certificate.clone()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone())),
            );
        Arc::new(config.unwrap())
    }
}
