//! What a certificate says about itself, for people.

use std::{
    fmt::Write as _,
    net::{Ipv4Addr, Ipv6Addr},
    time::{SystemTime, UNIX_EPOCH},
};

use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_parser::{
    certificate::X509Certificate,
    extensions::{GeneralName, ParsedExtension, X509Extension},
    parse_x509_certificate,
    x509::X509Name,
};

use crate::mail::reply::escape;

const DAY: i64 = 24 * 60 * 60;
/// Most characters of a name that are kept.
const LONGEST: usize = 200;
/// Most names that are kept.
const MOST_NAMES: usize = 100;

/// What a certificate says about itself. All text is foreign and already safe for a terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Subject, common name or whole.
    pub subject: String,
    /// Issuer: organization, else common name.
    pub issuer: String,
    /// DNS names and addresses that it covers.
    pub names: Vec<String>,
    /// Begin of validity, `2026-01-18`.
    pub not_before: String,
    /// End of validity, `2027-01-18`.
    pub not_after: String,
    /// Days until the end of validity; negative after it.
    pub days_left: i64,
    /// Its validity has not begun.
    pub is_to_come: bool,
    /// SHA-256 of the certificate, 64 lower-case hex digits.
    pub sha256: String,
    /// Another one signed it, and it does not say by which key (RFC 5280, 4.2.1.1): strict programs refuse it.
    pub lacks_issuer_key: bool,
}

impl CertificateFacts {
    /// Reads a certificate; of one that cannot be read only the fingerprint is known.
    pub fn of(der: &[u8]) -> Self {
        let mut facts = Self { sha256: hex(&fingerprint(der)), ..Self::default() };
        if let Ok((_, certificate)) = parse_x509_certificate(der) {
            let validity = certificate.validity();
            facts.subject = common_name(certificate.subject()).unwrap_or_else(|| short(&certificate.subject().to_string()));
            facts.issuer = issuer(certificate.issuer());
            facts.names = names(&certificate);
            facts.not_before = validity.not_before.to_datetime().date().to_string();
            facts.not_after = validity.not_after.to_datetime().date().to_string();
            facts.is_to_come = validity.not_before.timestamp() > now();
            let names_key =
                |it: &X509Extension<'_>| matches!(it.parsed_extension(), ParsedExtension::AuthorityKeyIdentifier(_));
            let is_own = certificate.subject() == certificate.issuer();
            facts.lacks_issuer_key = !is_own && !certificate.extensions().iter().any(names_key);
            facts.days_left = (validity.not_after.timestamp() - now()).div_euclid(DAY);
        }
        facts
    }
}

/// SHA-256 of a certificate.
pub(super) fn fingerprint(der: &[u8]) -> [u8; 32] {
    Sha256::digest(der).into()
}

/// A certificate's hash as `tls-server-end-point` has it: by the algorithm of its signature, SHA-256 in place of older ones;
/// `None` where none is defined (RFC 5929, 4.1).
pub(super) fn end_point_hash(der: &[u8]) -> Option<Vec<u8>> {
    let (_, certificate) = parse_x509_certificate(der).ok()?;
    // RFC 8017, A.2.4 (md5, sha1 and sha2WithRSAEncryption) and RFC 5758, 3.2 (ecdsa-with-SHA).
    match certificate.signature_algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.1"
        | "1.2.840.10045.4.3.2" => Some(Sha256::digest(der).to_vec()),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Some(Sha384::digest(der).to_vec()),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Some(Sha512::digest(der).to_vec()),
        _ => None,
    }
}

/// Bytes as lower-case hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Parses a SHA-256 written as 64 hex digits.
pub fn sha256_of_hex(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Whether a certificate names itself as its issuer.
pub(super) fn is_self_issued(der: &[u8]) -> bool {
    parse_x509_certificate(der).is_ok_and(|(_, certificate)| certificate.subject().as_raw() == certificate.issuer().as_raw())
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn common_name(name: &X509Name<'_>) -> Option<String> {
    name.iter_common_name().next()?.as_str().ok().map(short)
}

fn issuer(name: &X509Name<'_>) -> String {
    let organization = name.iter_organization().next().and_then(|part| part.as_str().ok()).map(short);
    organization.or_else(|| common_name(name)).unwrap_or_else(|| short(&name.to_string()))
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(short(name)),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|octets| Ipv4Addr::from(octets).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|octets| Ipv6Addr::from(octets).to_string()),
        },
        _ => None,
    };
    extension.value.general_names.iter().filter_map(text).take(MOST_NAMES).collect()
}

/// Foreign text, cut and safe for a terminal.
fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => escape(&text[..cut]) + "…",
        None => escape(text),
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, Issuer, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn facts_of_a_certificate() {
        let mut params =
            CertificateParams::new(["mail.test", "192.0.2.1", "2001:db8::1"].map(str::to_owned).to_vec()).unwrap();
        params.distinguished_name.push(DnType::OrganizationName, "Test \u{1b}[31mAuthority");
        params.distinguished_name.push(DnType::CommonName, "mail.test");
        params.not_before = date_time_ymd(2020, 1, 18);
        params.not_after = date_time_ymd(2021, 1, 18);
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let facts = CertificateFacts::of(certificate.der());
        assert_eq!((facts.subject.as_str(), facts.issuer.as_str()), ("mail.test", "Test \\u{1b}[31mAuthority"));
        assert_eq!(facts.names, ["mail.test", "192.0.2.1", "2001:db8::1"]);
        assert_eq!((facts.not_before.as_str(), facts.not_after.as_str()), ("2020-01-18", "2021-01-18"));
        assert!(facts.days_left < -1000 && facts.sha256.len() == 64);
        assert!(is_self_issued(certificate.der()));
    }

    #[test]
    fn a_certificate_names_the_key_of_its_issuer_or_lacks_it() {
        let params = |name: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            params
        };
        let key = KeyPair::generate().unwrap();
        let own = params("CA").self_signed(&key).unwrap();
        assert!(!CertificateFacts::of(own.der()).lacks_issuer_key, "it is its own issuer");
        let issuer = Issuer::new(params("CA"), key);
        for names_key in [true, false] {
            let mut params = params("mail.test");
            params.use_authority_key_identifier_extension = names_key;
            let certificate = params.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
            assert_eq!(CertificateFacts::of(certificate.der()).lacks_issuer_key, !names_key);
        }
    }

    #[test]
    fn bytes_that_are_no_certificate_have_a_fingerprint() {
        let facts = CertificateFacts::of(b"");
        assert_eq!(facts.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(facts.subject, "");
    }
}
