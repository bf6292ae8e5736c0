//! Foreign text made ready for matching: lower case, no accents, single spaces, bounded in length.

/// How much of a long text is looked at: its beginning and its end, by whole lines where they are no longer than `LINE`.
const HEAD: usize = 48 * 1024;
const TAIL: usize = 16 * 1024;
const LINE: usize = 2048;

/// Reads bytes as text: UTF-8 where they are, else Latin-1, so that GBK and its like keep their ASCII parts and stay
/// recognisable by their bytes. Of a long text only the beginning and the end are kept.
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Some(text) = decode_utf16(bytes) {
        return text;
    }
    if bytes.len() <= HEAD + TAIL {
        return decode_whole(bytes);
    }
    let tail = &bytes[bytes.len() - TAIL..];
    let character = tail.iter().take(4).position(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
    let start = tail.iter().take(LINE).position(|byte| *byte == b'\n').unwrap_or(character);
    let end = bytes[..HEAD].iter().rev().take(LINE).position(|byte| *byte == b'\n').unwrap_or(0);
    let mut text = decode_whole(&bytes[..HEAD - end]);
    text.push('\n');
    text.push_str(&decode_whole(&tail[start..]));
    text
}

/// UTF-16 by its byte order mark, as Windows writes it; of a long text only the beginning is kept.
fn decode_utf16(bytes: &[u8]) -> Option<String> {
    let (read, body): (fn([u8; 2]) -> u16, _) = match bytes {
        [0xff, 0xfe, body @ ..] => (u16::from_le_bytes, body),
        [0xfe, 0xff, body @ ..] => (u16::from_be_bytes, body),
        _ => return None,
    };
    let units: Vec<u16> = body.as_chunks().0.iter().take(HEAD).map(|unit| read(*unit)).collect();
    Some(String::from_utf16_lossy(&units))
}

fn decode_whole(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // The text was cut within a character.
        Err(error) if error.error_len().is_none() && bytes.len() >= HEAD => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default().to_owned()
        }
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Resolves escapes that programs print in place of bytes: `\r`, `\n`, `\t`, `\xHH`, and the entities of web pages.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains(['\\', '&']) {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (replacement, length) = escape_at(rest).unwrap_or((char::from(rest.as_bytes()[0]), 1));
        plain.push(replacement);
        rest = &rest[length..];
    }
    plain.push_str(rest);
    plain
}

fn escape_at(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 9] = [
        ("\\r\\n", '\n'),
        ("\\n", '\n'),
        ("\\r", '\n'),
        ("\\t", ' '),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&#39;", '\''),
        ("&amp;", '&'),
    ];
    if let Some((name, character)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*character, name.len()));
    }
    let hex = text.strip_prefix("\\x")?.get(..2)?;
    u8::from_str_radix(hex, 16).ok().map(|byte| (char::from(byte), 4))
}

/// Folds a text for matching: lower case, accents off, typographic quotes plain, every run of blanks and control characters
/// one space, with one space at either end.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 2);
    folded.push(' ');
    for character in text.chars() {
        let character = plain(character);
        if character.is_whitespace() || character.is_control() {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else {
            folded.push(character);
        }
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

const fn plain(character: char) -> char {
    match character.to_ascii_lowercase() {
        'à'..='å' | 'À'..='Å' => 'a',
        'ç' | 'Ç' => 'c',
        'è'..='ë' | 'È'..='Ë' => 'e',
        'ì'..='ï' | 'Ì'..='Ï' => 'i',
        'ñ' | 'Ñ' => 'n',
        'ò'..='ö' | 'Ò'..='Ö' => 'o',
        'ù'..='ü' | 'Ù'..='Ü' => 'u',
        '\u{2018}' | '\u{2019}' | '\u{92}' | '`' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2010}'..='\u{2013}' => '-',
        '\u{feff}' | '\u{200b}' => ' ',
        lower => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        assert_eq!(fold("Envoi\r\n refusé :\u{a0}l\u{2019}adresse"), " envoi refuse : l'adresse ");
        assert_eq!(fold(""), " ");
    }

    #[test]
    fn gbk_bytes_keep_their_shape() {
        let raw = b"535 Error: \xc7\xeb\xca\xb9\xd3\xc3\xca\xda\xc8\xa8\xc2\xeb";
        let printed = r"535 Error: \xc7\xeb\xca\xb9\xd3\xc3\xca\xda\xc8\xa8\xc2\xeb";
        assert_eq!(fold(&decode(raw)), fold(&unescape(printed)));
    }

    #[test]
    fn utf16_is_read() {
        let units = |text: &str| text.encode_utf16().collect::<Vec<u16>>();
        let little: Vec<u8> = units("\u{feff}535 Prüfung").into_iter().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units("\u{feff}535 Prüfung").into_iter().flat_map(u16::to_be_bytes).collect();
        assert_eq!((decode(&little).as_str(), decode(&big).as_str()), ("535 Prüfung", "535 Prüfung"));
        assert!(decode(&[&[0xff, 0xfe][..], &[b'a', 0].repeat(1 << 20)].concat()).len() <= HEAD);
    }

    #[test]
    fn long_text_is_bounded() {
        let long = vec![b'a'; 1 << 20];
        assert_eq!(decode(&long).len(), HEAD + TAIL + 1);
        let accents = "é".repeat(200_000);
        assert!(decode(&accents.as_bytes()[1..]).len() <= 2 * (HEAD + TAIL) + 1);
        assert!(decode(accents.as_bytes()).chars().all(|c| c == 'é' || c == '\n'));
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape(r"a\r\nb\x41 &lt;c&gt; \q & d"), "a\nbA <c> \\q & d");
    }
}
