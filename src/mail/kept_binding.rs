//! Whom a secret was given for, as the text beside it: a file or an attribute of its own, which cannot change in the same moment as
//! the secret. While one secret takes the place of another, the text names both, each with a mark by which the one that is there
//! is known: a reader finds the older pair until the secret itself has changed, and the newer one from then on.

use sha2::{Digest, Sha256};

use super::SecretBinding;

/// A secret as it is kept, its own bytes or what they are encrypted to, and whom it was given for.
pub type Kept<'a> = (Option<&'a SecretBinding>, &'a [u8]);

/// The characters of a mark.
const MARK: usize = 8;

/// The text while `new` takes the place of `old`.
pub fn between(new: Kept<'_>, old: Kept<'_>) -> String {
    let differs = |salt: &u16| tag(*salt, new.1) != tag(*salt, old.1);
    match (0..=u16::MAX).filter(|_| new.1 != old.1).find(differs) {
        Some(salt) => [new, old].map(|(whom, kept)| format!("{salt:04x}{:04x} {}\n", tag(salt, kept), text(whom))).concat(),
        None => format!("{}\n", text(new.0)),
    }
}

/// Whom the secret that is there was given for; `None` where nobody said. One that bears no mark, because a person changed it, has
/// what is said first. What cannot be understood is for nobody.
pub fn of(text: &str, kept: &[u8]) -> Option<SecretBinding> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty()).map(marked);
    let is_its = |(mark, _): &(Option<(u16, u16)>, &str)| mark.is_none_or(|(salt, mark)| tag(salt, kept) == mark);
    let found = lines().find(is_its).or_else(|| lines().next());
    let whom = found.and_then(|(_, whom)| serde_json::from_str::<Option<SecretBinding>>(whom).ok());
    whom.unwrap_or_else(|| Some(SecretBinding::default()))
}

/// A line's mark, where it has one, and what it says.
fn marked(line: &str) -> (Option<(u16, u16)>, &str) {
    let mark = line.split_once(' ').and_then(|(mark, whom)| {
        let (salt, tag) = mark.split_at_checked(MARK / 2).filter(|_| mark.len() == MARK)?;
        Some(((u16::from_str_radix(salt, 16).ok()?, u16::from_str_radix(tag, 16).ok()?), whom))
    });
    mark.map_or((None, line), |(mark, whom)| (Some(mark), whom))
}

/// What tells two secrets apart and says next to nothing of either.
fn tag(salt: u16, kept: &[u8]) -> u16 {
    let hash = Sha256::new().chain_update(salt.to_be_bytes()).chain_update(kept).finalize();
    u16::from_be_bytes([hash[0], hash[1]])
}

fn text(whom: Option<&SecretBinding>) -> String {
    whom.map_or_else(|| "null".to_owned(), SecretBinding::to_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_two_secrets_has_its_own() {
        let at = |host: &str| SecretBinding::new(host.parse().unwrap(), "me".parse().ok());
        let (old, new) = (at("smtp.old.test"), at("smtp.new.test"));
        let both = between((Some(&new), b"second"), (Some(&old), b"first"));
        assert_eq!((of(&both, b"first"), of(&both, b"second")), (Some(old.clone()), Some(new.clone())));
        // Changed by hand, it is the newer one's.
        assert_eq!(of(&both, b"third"), Some(new.clone()));
        let unsaid = between((Some(&new), b"second"), (None, b"first"));
        assert_eq!((of(&unsaid, b"first"), of(&unsaid, b"second")), (None, Some(new.clone())));
        // The same secret for somebody else is one line.
        assert_eq!(between((Some(&new), b"x"), (Some(&old), b"x")), format!("{}\n", new.to_text()));
        assert_eq!(of(&old.to_text(), b"anything"), Some(old));
        for damaged in ["", "x", "00000000 {", "0000zzzz null", "{\"hosts\":5}"] {
            assert_eq!(of(damaged, b"x"), Some(SecretBinding::default()), "{damaged}");
        }
        for number in 0..2000_u32 {
            let secrets = [number, number + 1].map(u32::to_be_bytes);
            let text = between((Some(&new), &secrets[1]), (None, &secrets[0]));
            assert_eq!((of(&text, &secrets[0]), of(&text, &secrets[1])), (None, Some(new.clone())));
        }
    }
}
