//! A server's reply, kept as bytes (RFC 5321, 4.2; enhanced codes: RFC 3463).

use std::fmt::Write;

/// One reply: all of its lines, as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The three-digit code.
    pub code: u16,
    /// The text of each line, without code, separator and line break; not always UTF-8.
    pub lines: Vec<Vec<u8>>,
}

impl Reply {
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

/// Whether a character is not seen where it stands: a control character, one that changes the direction of text, of no width, a
/// tag, or a line break of Unicode's.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
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
    fn enhanced_code_and_text() {
        let reply = Reply { code: 535, lines: vec![b"5.7.8 no".to_vec(), b"see \x1b[31mthis \xe9".to_vec()] };
        assert_eq!(reply.enhanced().as_deref(), Some("5.7.8"));
        assert_eq!(reply.text(), "535-5.7.8 no\n535 see \\u{1b}[31mthis é");
        assert_eq!(Reply { code: 250, lines: vec![b"2.0 x".to_vec()] }.enhanced(), None);
    }
}
