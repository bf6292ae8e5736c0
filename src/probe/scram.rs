//! SCRAM, the client's side (RFC 5802, RFC 7677): the password is not sent, and the server proves that it knows it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::ProbeFault;
use crate::mail::initial_response::saslname;

/// The fewest iterations that a server may ask for (RFC 5802, 5.1): fewer would make a recorded login easy to search.
const FEWEST: u32 = 4096;
/// The most iterations: more would be a way to keep this machine busy.
const MOST: u32 = 2_000_000;

/// The hash that a mechanism is built on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScramHash {
    /// SCRAM-SHA-1.
    Sha1,
    /// SCRAM-SHA-256.
    Sha256,
}

impl ScramHash {
    fn digest(self, bytes: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
        })
    }

    fn hmac(self, key: &[u8], bytes: &[u8]) -> Zeroizing<Vec<u8>> {
        // HMAC takes keys of any length, so this never fails.
        Zeroizing::new(
            match self {
                Self::Sha1 => {
                    Hmac::<Sha1>::new_from_slice(key).map(|mac| mac.chain_update(bytes).finalize().into_bytes().to_vec())
                }
                Self::Sha256 => {
                    Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(bytes).finalize().into_bytes().to_vec())
                }
            }
            .unwrap_or_default(),
        )
    }

    /// The salted password: PBKDF2 with one block of output (RFC 5802, 2.2).
    fn salted(self, password: &str, salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Sha1 => stretched::<Hmac<Sha1>>(password.as_bytes(), salt, iterations),
            Self::Sha256 => stretched::<Hmac<Sha256>>(password.as_bytes(), salt, iterations),
        }
    }
}

fn stretched<M: Mac + KeyInit + Clone>(password: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    let Ok(keyed) = <M as KeyInit>::new_from_slice(password) else { return Zeroizing::default() };
    let mut round = keyed.clone().chain_update(salt).chain_update([0, 0, 0, 1]).finalize().into_bytes();
    let mut whole = Zeroizing::new(round.to_vec());
    for _ in 1..iterations {
        round = keyed.clone().chain_update(&round).finalize().into_bytes();
        whole.iter_mut().zip(&round).for_each(|(whole, byte)| *whole ^= byte);
    }
    whole
}

/// What ties a login to a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChannelBinding {
    /// Its registered name.
    pub(super) kind: &'static str,
    /// What both ends know of the connection.
    pub(super) data: Vec<u8>,
}

/// What the client says about channel binding (RFC 5802, 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gs2 {
    /// `n`: it cannot do it.
    Unable,
    /// `y`: it can, but the server did not offer it.
    NotOffered,
    /// `p`: the login is tied to this connection.
    Bound(ChannelBinding),
}

impl Gs2 {
    fn header(&self) -> String {
        match self {
            Self::Unable => "n,,".to_owned(),
            Self::NotOffered => "y,,".to_owned(),
            Self::Bound(binding) => format!("p={},,", binding.kind),
        }
    }

    /// The header and the binding, as the second message repeats them.
    fn input(&self) -> Vec<u8> {
        let mut input = self.header().into_bytes();
        if let Self::Bound(binding) = self {
            input.extend_from_slice(&binding.data);
        }
        input
    }
}

/// A login under way.
pub(super) struct ScramExchange {
    hash: ScramHash,
    gs2: Gs2,
    nonce: String,
    /// The first message without its header.
    bare: String,
}

/// The client's second message, and what the server has to answer.
pub(super) struct Last {
    pub(super) message: Zeroizing<String>,
    signature: Zeroizing<Vec<u8>>,
}

impl ScramExchange {
    /// # Errors
    /// This machine gives no random numbers.
    pub(super) fn new(hash: ScramHash, username: &str, gs2: Gs2) -> Result<Self, ProbeFault> {
        let mut random = [0; 24];
        getrandom::fill(&mut random).map_err(|error| ProbeFault::Local(error.to_string()))?;
        Ok(Self::with_nonce(hash, username, gs2, STANDARD.encode(random)))
    }

    fn with_nonce(hash: ScramHash, username: &str, gs2: Gs2, nonce: String) -> Self {
        let bare = format!("n={},r={nonce}", saslname(&prepared(username)));
        Self { hash, gs2, nonce, bare }
    }

    /// The client's first message.
    pub(super) fn first(&self) -> String {
        self.gs2.header() + &self.bare
    }

    /// Answers the server's first message; `None` if that does not keep to the rules.
    pub(super) fn last(&self, server_first: &[u8], password: &str) -> Option<Last> {
        let said = std::str::from_utf8(server_first).ok()?;
        let mut parts = said.split(',');
        let nonce = parts.next()?.strip_prefix("r=")?;
        let salt = STANDARD.decode(parts.next()?.strip_prefix("s=")?).ok()?;
        let iterations: u32 = parts.next()?.strip_prefix("i=")?.parse().ok()?;
        let is_fresh = nonce.len() > self.nonce.len() && nonce.starts_with(&self.nonce);
        if !is_fresh || !(FEWEST..=MOST).contains(&iterations) {
            return None;
        }
        let hash = self.hash;
        let salted = hash.salted(&prepared(password), &salt, iterations);
        let client_key = hash.hmac(&salted, b"Client Key");
        let bare = format!("c={},r={nonce}", STANDARD.encode(self.gs2.input()));
        let authenticated = format!("{},{said},{bare}", self.bare);
        let signature = hash.hmac(&hash.digest(&client_key), authenticated.as_bytes());
        let proof: Zeroizing<Vec<u8>> =
            Zeroizing::new(client_key.iter().zip(signature.iter()).map(|(key, sign)| key ^ sign).collect());
        let server_key = hash.hmac(&salted, b"Server Key");
        Some(Last {
            message: Zeroizing::new(format!("{bare},p={}", STANDARD.encode(&*proof))),
            signature: hash.hmac(&server_key, authenticated.as_bytes()),
        })
    }
}

impl Last {
    /// Whether the server's last message proves that it knows the password.
    pub(super) fn is_proven_by(&self, server_last: &[u8]) -> bool {
        let said = server_last.split(|byte| *byte == b',').next().unwrap_or_default();
        let signature = said.strip_prefix(b"v=").and_then(|signature| STANDARD.decode(signature).ok());
        signature.is_some_and(|signature| !signature.is_empty() && signature == *self.signature)
    }
}

/// A name or password in the one form in which both ends compute with it (RFC 4013); as it is where that has no such form.
fn prepared(text: &str) -> Zeroizing<String> {
    Zeroizing::new(stringprep::saslprep(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Recorded {
        hash: ScramHash,
        nonce: &'static str,
        server_first: &'static str,
        last: &'static str,
        server_last: &'static str,
    }

    /// The exchanges that RFC 5802, 5 and RFC 7677, 3 print.
    const RECORDED: [Recorded; 2] = [
        Recorded {
            hash: ScramHash::Sha1,
            nonce: "fyko+d2lbbFgONRv9qkxdawL",
            server_first: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            last: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            server_last: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        },
        Recorded {
            hash: ScramHash::Sha256,
            nonce: "rOprNGfwEbeRWgbNEkqO",
            server_first: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            last: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            server_last: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        },
    ];

    fn exchange(recorded: &Recorded) -> ScramExchange {
        ScramExchange::with_nonce(recorded.hash, "user", Gs2::Unable, recorded.nonce.to_owned())
    }

    #[test]
    fn the_exchanges_of_the_rfcs() {
        for recorded in &RECORDED {
            let exchange = exchange(recorded);
            assert_eq!(exchange.first(), format!("n,,n=user,r={}", recorded.nonce));
            let last = exchange.last(recorded.server_first.as_bytes(), "pencil").unwrap();
            assert_eq!(*last.message, recorded.last);
            assert!(last.is_proven_by(recorded.server_last.as_bytes()));
        }
    }

    #[test]
    fn a_server_that_does_not_know_the_password_proves_nothing() {
        let [sha1, sha256] = &RECORDED;
        let last = exchange(sha1).last(sha1.server_first.as_bytes(), "pencil").unwrap();
        for said in [sha256.server_last, "v=", "v=cm1G", "e=invalid-proof", "", "rmF9pqV8S7suAoZWja4dJRkFsKQ="] {
            assert!(!last.is_proven_by(said.as_bytes()), "{said}");
        }
    }

    #[test]
    fn a_first_message_against_the_rules_is_not_answered() {
        let [recorded, _] = &RECORDED;
        let nonce = recorded.nonce;
        for said in [
            format!("r={nonce},s=QSXCR+Q6sek8bf92,i=4096"),
            "r=another,s=QSXCR+Q6sek8bf92,i=4096".to_owned(),
            format!("r={nonce}x,s=QSXCR+Q6sek8bf92,i=1"),
            format!("r={nonce}x,s=QSXCR+Q6sek8bf92,i=4000000000"),
            format!("r={nonce}x,s=*,i=4096"),
            format!("m=x,r={nonce}x,s=QSXCR+Q6sek8bf92,i=4096"),
            String::new(),
        ] {
            assert!(exchange(recorded).last(said.as_bytes(), "pencil").is_none(), "{said}");
        }
    }

    #[test]
    fn the_header_says_what_was_possible() {
        let binding = ChannelBinding { kind: "tls-exporter", data: vec![0, 1] };
        let first = |gs2| ScramExchange::with_nonce(ScramHash::Sha256, "a=b,c", gs2, "n".into()).first();
        assert_eq!(first(Gs2::NotOffered), "y,,n=a=3Db=2Cc,r=n");
        assert_eq!(first(Gs2::Bound(binding.clone())), "p=tls-exporter,,n=a=3Db=2Cc,r=n");
        assert_eq!(Gs2::Bound(binding).input(), b"p=tls-exporter,,\0\x01");
        assert_eq!(prepared("I\u{ad}X").as_str(), "IX");
    }
}
