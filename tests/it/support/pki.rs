//! Certificates of every kind that a server may show, made anew for each test run.

use std::{
    sync::{Arc, LazyLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType, SigningKey as _, date_time_ymd};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use x509_parser::{
    asn1_rs::{Any, Class, FromDer as _},
    parse_x509_certificate,
};

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
    /// X.509 version 1, signed by the trusted authority.
    #[serde(rename = "version-1")]
    Version1,
    /// Names with escape sequences, and hundreds of them.
    Nasty,
}

/// What a terminal would obey: a cleared screen, a new title, text from right to left.
const NASTY: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}";

/// The same certificate as version 1 had it: no version, no extensions.
fn version_1(certificate: &[u8], key: &KeyPair) -> CertificateDer<'static> {
    let (_, parsed) = parse_x509_certificate(certificate).unwrap();
    let (_, whole) = Any::from_der(parsed.tbs_certificate.as_ref()).unwrap();
    let mut fields = Vec::new();
    let mut rest = whole.data;
    while !rest.is_empty() {
        let (behind, field) = Any::from_der(rest).unwrap();
        if field.class() != Class::ContextSpecific {
            fields.extend_from_slice(&rest[..rest.len() - behind.len()]);
        }
        rest = behind;
    }
    let tbs = sequence(&fields);
    let signature = [&[0][..], &key.sign(&tbs).unwrap()].concat();
    let algorithm = sequence(&[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
    CertificateDer::from(sequence(&[tbs, algorithm, tagged(3, &signature)].concat()))
}

fn sequence(content: &[u8]) -> Vec<u8> {
    tagged(0x30, content)
}

/// DER: a tag, a length of two bytes or less, the content.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match (high, low) {
        (0, 0..0x80) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, content].concat()
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

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// Takes the clients of the trusted authority.
fn own_clients() -> Arc<dyn ClientCertVerifier> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(TRUSTED.pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(ring::default_provider());
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap()
}

/// A server's certificate and key.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
    /// As a server it wants a certificate of the trusted authority.
    asks: bool,
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
            Kind::Nasty => {
                params.distinguished_name.push(DnType::CommonName, format!("{NASTY}{}", "n".repeat(300)));
                params.distinguished_name.push(DnType::OrganizationName, NASTY);
                let name = |number| SanType::DnsName(format!("n{number}.test").try_into().unwrap());
                params.subject_alt_names = (0..500).map(name).collect();
            }
            Kind::CaAsLeaf => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            _ => {}
        }
        let certificate = match kind {
            Kind::SelfSigned | Kind::CaAsLeaf | Kind::Nasty => params.self_signed(&key),
            Kind::UnknownCa => params.signed_by(&key, &UNKNOWN.issuer),
            _ => params.signed_by(&key, &TRUSTED.issuer),
        };
        let mut certificate = certificate.unwrap().der().clone();
        if kind == Kind::Version1 {
            certificate = version_1(&certificate, TRUSTED.issuer.key());
        }
        Self { certificate, key: key.serialize_der(), asks: false }
    }

    /// The same for a server that lets in only who shows a certificate of the trusted authority.
    pub(crate) fn asking(self) -> Self {
        Self { asks: true, ..self }
    }

    /// The certificate as PEM.
    pub(crate) fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.certificate)
    }

    /// The private key as PEM.
    pub(crate) fn key_pem(&self) -> String {
        pem("PRIVATE KEY", &self.key)
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
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        // What rustls would not let a server show is shown all the same.
        let shown = CertifiedKey::new(vec![self.certificate.clone()], ring::sign::any_supported_type(&key).unwrap());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&versions)
            .unwrap()
            .with_client_cert_verifier(if self.asks { own_clients() } else { WebPkiClientVerifier::no_client_auth() })
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(shown)));
        Arc::new(config)
    }
}
