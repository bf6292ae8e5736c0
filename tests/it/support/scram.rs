//! The server's side of SCRAM (RFC 5802, RFC 7677), written apart from the client's.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

const SALT: &[u8] = b"a salt of sixteen";
const ITERATIONS: u32 = 4096;

/// A login under way.
pub(crate) struct Scram {
    is_sha1: bool,
    first_bare: String,
    pub(crate) server_first: String,
    binding: String,
    salted: Vec<u8>,
}

impl Scram {
    /// Takes the client's first message, in base64.
    pub(crate) fn begin(name: &str, first: &str, username: &str, password: &str, binding: &[u8]) -> Result<Self, String> {
        let is_sha1 = name.contains("SHA-1");
        let first = String::from_utf8(STANDARD.decode(first).map_err(|error| error.to_string())?).unwrap();
        let (header, bare) = first.split_at(first.find(",,").ok_or("no header")? + 2);
        let is_bound = String::from_utf8_lossy(binding).starts_with(header);
        if binding.is_empty() == header.starts_with("p=") || (!binding.is_empty() && !is_bound) {
            return Err(format!("the header is {header:?}"));
        }
        let nonce = bare.strip_prefix(&format!("n={username},r=")).ok_or(format!("{bare:?}"))?.to_owned();
        let server_first = format!("r={nonce}server,s={},i={ITERATIONS}", STANDARD.encode(SALT));
        let expected = if binding.is_empty() { header.as_bytes() } else { binding };
        let mut salted = hmac(is_sha1, password.as_bytes(), &[SALT, &[0, 0, 0, 1]].concat());
        let mut round = salted.clone();
        for _ in 1..ITERATIONS {
            round = hmac(is_sha1, password.as_bytes(), &round);
            salted.iter_mut().zip(&round).for_each(|(all, byte)| *all ^= byte);
        }
        Ok(Self { is_sha1, first_bare: bare.to_owned(), server_first, binding: STANDARD.encode(expected), salted })
    }

    /// Takes the client's second message, in base64: the proof to answer with, `None` for a wrong password.
    pub(crate) fn signature(&self, last: &str) -> Result<Option<String>, String> {
        let last = String::from_utf8(STANDARD.decode(last).map_err(|error| error.to_string())?).unwrap();
        let (bare, proof) = last.split_once(",p=").ok_or("no proof")?;
        let nonce = self.server_first.split(',').next().unwrap();
        if bare != format!("c={},{nonce}", self.binding) {
            return Err(format!("the second message is {bare:?}"));
        }
        let all = format!("{},{},{bare}", self.first_bare, self.server_first);
        let client_key = hmac(self.is_sha1, &self.salted, b"Client Key");
        let stored = if self.is_sha1 { Sha1::digest(&client_key).to_vec() } else { Sha256::digest(&client_key).to_vec() };
        let signature = hmac(self.is_sha1, &stored, all.as_bytes());
        let right: Vec<u8> = client_key.iter().zip(&signature).map(|(key, byte)| key ^ byte).collect();
        let server_key = hmac(self.is_sha1, &self.salted, b"Server Key");
        let is_right = STANDARD.decode(proof).is_ok_and(|proof| proof == right);
        Ok(is_right.then(|| STANDARD.encode(hmac(self.is_sha1, &server_key, all.as_bytes()))))
    }
}

fn hmac(is_sha1: bool, key: &[u8], bytes: &[u8]) -> Vec<u8> {
    if is_sha1 {
        Hmac::<Sha1>::new_from_slice(key).unwrap().chain_update(bytes).finalize().into_bytes().to_vec()
    } else {
        Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(bytes).finalize().into_bytes().to_vec()
    }
}
