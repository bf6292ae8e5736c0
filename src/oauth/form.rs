//! The content of a request: `application/x-www-form-urlencoded` (RFC 6749, appendix B).

use zeroize::Zeroizing;

/// A form. It holds secrets: it is wiped on drop, and shows nothing in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct OauthForm(Zeroizing<String>);

impl std::fmt::Debug for OauthForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OauthForm(..)")
    }
}

impl OauthForm {
    /// A form with these fields.
    pub fn new(fields: &[(&str, &str)]) -> Self {
        let room = fields.iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum();
        // Allocated in full at once, so that growing leaves no copy of a secret.
        let mut text = Zeroizing::new(String::with_capacity(room));
        // What has no value is left out (RFC 6749, 3.1).
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(name);
            text.push('=');
            encode(value, &mut text);
        }
        Self(text)
    }

    /// The form as it is sent.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Percent-encoding of everything but the unreserved characters (RFC 3986, 2.3).
pub(super) fn encode(value: &str, text: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            _ => {
                text.push('%');
                text.push(char::from(HEX[usize::from(byte >> 4)]));
                text.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

/// The fields of a query, decoded.
pub(super) fn decode(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, code.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(code)) => {
                plain.push(code);
                at += 3;
            }
            (b'+', _) => {
                plain.push(b' ');
                at += 1;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_read_back() {
        let form = OauthForm::new(&[("scope", "a b/c"), ("code", "4/x+y=&%é")]);
        assert_eq!(form.expose(), "scope=a%20b%2Fc&code=4%2Fx%2By%3D%26%25%C3%A9");
        assert_eq!(decode(form.expose()), [("scope".into(), "a b/c".into()), ("code".into(), "4/x+y=&%é".into())]);
        assert_eq!(
            decode("a=%zz&b=x+y&c"),
            [("a".into(), "%zz".into()), ("b".into(), "x y".into()), ("c".into(), String::new())]
        );
        assert_eq!(format!("{form:?}"), "OauthForm(..)");
    }
}
