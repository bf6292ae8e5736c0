//! A server's reply, kept as bytes (RFC 5321, 4.2; enhanced codes: RFC 3463).

use std::fmt::Write;

/// One reply: all of its lines, as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three-digit code; 0 for a reply in words alone, as IMAP has them.
    pub code: u16,
    /// The text of each line, without code, separator and line break; not always UTF-8.
    pub lines: Vec<Vec<u8>>,
}

impl Reply {
    /// A reply in words alone: `NO [AUTHENTICATIONFAILED] Wrong password`.
    pub fn of_words(words: Vec<u8>) -> Self {
        Self { code: 0, lines: vec![words] }
    }

    /// Whether the code says success (2xx).
    pub const fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// The enhanced status code that the first line begins with, as `5.7.8`.
    pub fn enhanced(&self) -> Option<String> {
        let line = self.lines.first()?;
        let word = line.split(|byte| *byte == b' ').next()?;
        let text = std::str::from_utf8(word).ok()?;
        let mut parts = text.split('.');
        let class = parts.next().filter(|class| matches!(*class, "2" | "4" | "5"))?;
        let subject = parts.next().filter(|part| is_number(part))?;
        let detail = parts.next().filter(|part| is_number(part))?;
        parts.next().is_none().then(|| format!("{class}.{subject}.{detail}"))
    }

    /// All lines with their code, as the server sent them, joined by `\n`: bytes that are not UTF-8 are read as Latin-1,
    /// control characters are shown as escapes, so that the text is safe on a terminal.
    pub fn text(&self) -> String {
        let last = self.lines.len().saturating_sub(1);
        let mut text = String::new();
        if self.code == 0 {
            return self.lines.iter().map(|line| printable(line)).collect::<Vec<_>>().join("\n");
        }
        for (index, line) in self.lines.iter().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            let separator = if index == last { ' ' } else { '-' };
            let _ = write!(text, "{:03}{separator}{}", self.code, printable(line));
        }
        text.trim_end().to_owned()
    }
}

fn is_number(part: &str) -> bool {
    (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Foreign bytes as text that is safe on a terminal: UTF-8 where it is UTF-8, else Latin-1; control characters, also those
/// that change the direction of text, as escapes.
pub fn printable(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    escape(&text)
}

/// What is not seen where it stands, or is another sign for each who sees it, by Unicode's properties and without control
/// characters: `Default_Ignorable_Code_Point`, the categories Cf, Zl, Zp and Co, and letters that are blank.
const HIDDEN: [(char, char); 31] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{fdd0}', '\u{fdef}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{16fe4}', '\u{16fe4}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d159}', '\u{1d159}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
    ('\u{f0000}', '\u{10ffff}'),
];

/// Whether a character is not seen where it stands, or means nothing by itself: a control character, one of [`HIDDEN`], or a code
/// point that is no character.
pub fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    let is_noncharacter = u32::from(character) & 0xfffe == 0xfffe;
    let is_listed = || HIDDEN.iter().any(|(first, last)| (first..=last).contains(&&character));
    character.is_control() || is_noncharacter || is_listed()
}

/// JSON with the hidden characters of its texts as escapes of JSON's own; it stays the same document.
pub fn escape_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() || !is_hidden(character) {
            safe.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe
}

/// Foreign text with control characters, and those that change the direction of text, as escapes.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// The same for a text of several lines: line breaks and tabs stay.
pub fn escape_lines(text: &str) -> String {
    let kept =
        |part: &str, sign: &str, inner: &dyn Fn(&str) -> String| part.split(sign).map(inner).collect::<Vec<_>>().join(sign);
    kept(text, "\n", &|line| kept(line, "\t", &escape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_shows_no_hidden_character_and_says_the_same() {
        let said = "a\u{202e}b\u{85}c\u{e0041}d\u{7f}é\n";
        let json = escape_json(&serde_json::json!({ "x": said }).to_string());
        assert!(json.contains("\\u202e") && json.contains("\\udb40\\udc41") && json.contains('é'), "{json}");
        assert!(!json.chars().any(|character| is_hidden(character) && !character.is_ascii()));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["x"], said);
    }

    #[test]
    fn what_hides_text_is_an_escape_and_what_is_written_stays() {
        let hiding = "\u{34f}\u{600}\u{605}\u{61c}\u{6dd}\u{70f}\u{8e2}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180b}\u{180f}\u{2028}\u{2800}\u{3164}\
                      \u{fe00}\u{fe0f}\u{ffa0}\u{110bd}\u{110cd}\u{13430}\u{1343f}\u{1bca0}\u{1d173}\u{1d17a}\u{fffe}\u{1ffff}\u{fdd0}\u{e000}\
                      \u{f8ff}\u{f0000}\u{10fffd}\u{e0100}\u{1b}\u{9b}";
        for character in hiding.chars() {
            assert!(is_hidden(character), "{:x}", u32::from(character));
        }
        assert!(escape(hiding).is_ascii(), "{}", escape(hiding));
        let written = "Zoë Müller-Ångström, Ирина, 山田太郎, 김철수, محمد, नमस्ते, ไทย, 🐧 – « l’été » €\u{a0}\u{202f}é";
        assert_eq!(escape(written), written);
    }

    #[test]
    fn enhanced_code_and_text() {
        let reply = Reply { code: 535, lines: vec![b"5.7.8 no".to_vec(), b"see \x1b[31mthis \xe9".to_vec()] };
        assert_eq!(reply.enhanced().as_deref(), Some("5.7.8"));
        assert_eq!(reply.text(), "535-5.7.8 no\n535 see \\u{1b}[31mthis é");
        assert_eq!(Reply { code: 250, lines: vec![b"2.0 x".to_vec()] }.enhanced(), None);
    }
}
