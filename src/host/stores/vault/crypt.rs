//! AES-256-GCM, Argon2id and random bytes; keys are wiped.

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, aead::Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use super::fault::VaultFault;

/// The length of a nonce, in bytes.
const NONCE: usize = 12;

/// The length of a tag, in bytes.
const TAG: usize = 16;

/// A key of 256 bits.
#[derive(Clone)]
pub(super) struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// The number of its bytes.
    pub(super) const LEN: usize = 32;

    /// A new one.
    pub(super) fn random() -> Result<Self, VaultFault> {
        let mut key = Self(Zeroizing::new([0; Self::LEN]));
        getrandom::fill(&mut *key.0).map_err(|_| VaultFault::Random)?;
        Ok(key)
    }

    /// The key in these bytes; `None` when their number is wrong.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let mut key = Self(Zeroizing::new([0; Self::LEN]));
        if bytes.len() != Self::LEN {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    /// From the contents of a key file and what distinguishes this slot from others (the extraction of RFC 5869: HMAC-SHA-256).
    pub(super) fn derived(material: &[u8], parts: &[&[u8]]) -> Result<Self, VaultFault> {
        let mut mac = Hmac::<Sha256>::new_from_slice(material).map_err(|_| VaultFault::Full)?;
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let mut digest = mac.finalize().into_bytes();
        let mut key = Self(Zeroizing::new([0; Self::LEN]));
        key.0.copy_from_slice(&digest);
        digest.as_mut_slice().zeroize();
        Ok(key)
    }

    /// From a passphrase: Argon2id 1.3 (RFC 9106). `None` when Argon2 does not take the costs.
    pub(super) fn of_passphrase(passphrase: &str, salt: &[u8], costs: Costs) -> Option<Self> {
        let params = Params::new(costs.memory_kib, costs.rounds, costs.lanes, Some(Self::LEN)).ok()?;
        let mut key = Self(Zeroizing::new([0; Self::LEN]));
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon.hash_password_into(passphrase.as_bytes(), salt, &mut *key.0).ok()?;
        Some(key)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// Encrypts in place: nonce, ciphertext, tag. `about` is authenticated with it, but not contained in it.
    pub(super) fn seal(&self, mut plain: Zeroizing<Vec<u8>>, about: &[u8]) -> Result<Vec<u8>, VaultFault> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| VaultFault::Random)?;
        let tag = self
            .cipher()
            .encrypt_inout_detached(&Nonce::<Aes256Gcm>::from(nonce), about, plain.as_mut_slice().into())
            .map_err(|_| VaultFault::Full)?;
        Ok([&nonce[..], &plain, &tag].concat())
    }

    /// Decrypts what [`DataKey::seal`] made; `None` when the key, `about` or any byte differs.
    pub(super) fn open(&self, sealed: &[u8], about: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; NONCE] = sealed.get(..NONCE)?.try_into().ok()?;
        let (body, tag) = sealed.get(NONCE..)?.split_last_chunk::<TAG>()?;
        let mut plain = Zeroizing::new(body.to_vec());
        self.cipher()
            .decrypt_inout_detached(&Nonce::<Aes256Gcm>::from(nonce), about, plain.as_mut_slice().into(), &(*tag).into())
            .ok()?;
        Some(plain)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.0).into())
    }
}

/// What Argon2id costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Costs {
    pub(super) memory_kib: u32,
    pub(super) rounds: u32,
    pub(super) lanes: u32,
}

impl Costs {
    /// The second recommendation of RFC 9106, section 4, on one lane: 64 MiB, about an eighth of a second.
    pub(super) const USUAL: Self = Self { memory_kib: 64 * 1024, rounds: 3, lanes: 1 };

    /// Whether a vault of unknown origin may ask for as much: 1 GiB, 64 rounds.
    pub(super) const fn are_bearable(self) -> bool {
        self.memory_kib >= 8 * 1024
            && self.memory_kib <= 1024 * 1024
            && self.rounds >= 1
            && self.rounds <= 64
            && self.lanes >= 1
            && self.lanes <= 16
    }
}

/// New random bytes that need not be secret: a salt.
pub(super) fn salt() -> Result<[u8; 16], VaultFault> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| VaultFault::Random)?;
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_and_its_meaning_alone() {
        let key = DataKey::random().unwrap();
        let sealed = key.seal(Zeroizing::new(b"sesame".to_vec()), b"a").unwrap();
        assert_eq!(key.open(&sealed, b"a").unwrap().as_slice(), b"sesame");
        assert!(key.open(&sealed, b"b").is_none());
        assert!(DataKey::random().unwrap().open(&sealed, b"a").is_none());
        for at in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[at] ^= 1;
            assert!(key.open(&broken, b"a").is_none(), "{at}");
            assert!(key.open(&sealed[..at], b"a").is_none(), "{at}");
        }
        assert_ne!(key.seal(Zeroizing::new(b"sesame".to_vec()), b"a").unwrap(), sealed);
    }

    #[test]
    fn aes_256_gcm_and_argon2id_are_the_published_ones() {
        // Test case 14 of the GCM specification (McGrew, Viega): zero key, zero nonce, one zero block.
        let sealed = hex("000000000000000000000000cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
        assert_eq!(DataKey::of(&[0; 32]).unwrap().open(&sealed, b"").unwrap().as_slice(), [0; 16]);
        // phc-winner-argon2, test.c: argon2id, version 1.3, t=2, m=64 MiB, p=1.
        let costs = Costs { memory_kib: 1 << 16, rounds: 2, lanes: 1 };
        let key = DataKey::of_passphrase("password", b"somesalt", costs).unwrap();
        assert_eq!(key.bytes(), hex("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"));
        assert!(DataKey::of_passphrase("x", b"somesalt", Costs { lanes: 0, ..costs }).is_none());
        assert!(Costs::USUAL.are_bearable() && !Costs { memory_kib: u32::MAX, ..costs }.are_bearable());
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }
}
