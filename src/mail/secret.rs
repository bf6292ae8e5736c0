//! A password or token that cannot be shown by accident.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// A password, an access token, or the text of a grant: no `Display`, nothing in `Debug`, wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of the text; the caller keeps no copy.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Whether it is a grant, which renews itself, rather than a password: a store keeps both.
    pub fn is_grant(&self) -> bool {
        self.0.starts_with(GRANT)
    }

    /// The secret itself, for the login and the chosen store alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// How the text of a grant begins: no password does.
pub const GRANT: &str = "{\"mailsetup_grant\":";

/// The shortest form that is looked for, in bytes: a shorter one would be found everywhere.
const SHORTEST: usize = 4;

/// Every form in which a secret would be recognised in what others say: as it is, in base64 on its own and inside of
/// something longer, in hex, in double quotes, and as a URL has it. Longest first; none for a secret that is too short.
pub fn forms(secret: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    if secret.len() < SHORTEST {
        return Vec::new();
    }
    let encoded = |bytes: &[u8]| Zeroizing::new(STANDARD.encode(bytes).into_bytes());
    let mut forms = vec![Zeroizing::new(secret.to_vec()), encoded(secret)];
    for shift in 0..3 {
        // Letters at both ends share their bits with what is around.
        let all = encoded(&Zeroizing::new([&[0; 3][..shift], secret].concat()));
        let inner = (shift * 8).div_ceil(6)..(shift + secret.len()) * 8 / 6;
        forms.push(Zeroizing::new(all.get(inner).unwrap_or_default().to_vec()));
    }
    let each = |write: fn(u8) -> String| {
        // Allocated in full at once, so that growing leaves no copy.
        let mut text = Zeroizing::new(Vec::with_capacity(3 * secret.len()));
        for byte in secret {
            text.extend_from_slice(write(*byte).as_bytes());
        }
        text
    };
    let mut quoted = Zeroizing::new(Vec::with_capacity(2 * secret.len()));
    for byte in secret {
        quoted.extend_from_slice(if matches!(byte, b'"' | b'\\') { b"\\" } else { b"" });
        quoted.push(*byte);
    }
    forms.push(quoted);
    forms.push(each(|byte| format!("{byte:02x}")));
    forms.push(each(|byte| format!("{byte:02X}")));
    forms.push(each(|byte| if is_unreserved(byte) { char::from(byte).into() } else { format!("%{byte:02X}") }));
    forms.push(each(|byte| match byte {
        b' ' => "+".into(),
        byte if is_unreserved(byte) => char::from(byte).into(),
        byte => format!("%{byte:02X}"),
    }));
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms
}

/// What replaces a secret.
pub const HIDDEN: &str = "***";

/// Foreign bytes without the secrets of which these are the [`forms`].
pub fn without(bytes: &[u8], forms: &[Zeroizing<Vec<u8>>]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        let longest = forms.iter().filter(|form| rest.starts_with(form)).map(|form| form.len()).max();
        if let Some(length) = longest {
            clean.extend_from_slice(HIDDEN.as_bytes());
            rest = &rest[length..];
        } else {
            clean.push(*first);
            rest = tail;
        }
    }
    clean
}

/// What a URL never encodes (RFC 3986, section 2.3).
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_recognised_wherever_it_stands() {
        let secret = b"p\xc3\xa9 s/1";
        let hidden =
            |text: &str| forms(secret).iter().any(|form| text.as_bytes().windows(form.len()).any(|part| part == **form));
        for before in ["", "a", "ab", "abc"] {
            let whole = [before.as_bytes(), secret, b"z"].concat();
            assert!(hidden(&STANDARD.encode(&whole)), "{before}");
        }
        for text in ["pw=p\u{e9} s/1.", "p%C3%A9%20s%2F1", "p%C3%A9+s%2F1", "70c3a920732f31", "70C3A920732F31"] {
            assert!(hidden(text), "{text}");
        }
        assert!(forms(br#"a "b\c"#).iter().any(|form| ***form == *br#"a \"b\\c"#));
        assert_eq!(without(b"pw=hunter2 %", &forms(b"hunter2")), b"pw=*** %");
        assert!(!hidden("nothing") && forms(b"abc").is_empty());
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "Secret(..)");
    }
}
