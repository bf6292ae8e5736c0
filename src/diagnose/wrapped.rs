//! Takes a text out of what it was wrapped in: base64, a web page.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::facts::parse_enhanced;

/// The shortest text of base64 alone that is read as such: a word may have all its letters.
const SHORTEST_BASE64: usize = 24;

/// Where a web page begins. Lower case.
const PAGE: [&str; 3] = ["<!doctype html", "<html", "<body"];

/// Parts of a page that nobody reads.
const UNSEEN: [&str; 3] = ["style", "script", "head"];

/// The text itself.
pub(super) fn unwrapped(text: &str) -> Cow<'_, str> {
    if let Some(plain) = from_base64(text) {
        return Cow::Owned(plain);
    }
    // A page that quotes no server is evidence itself: a web server answers.
    match from_page(text).filter(|plain| plain.split_whitespace().any(is_code)) {
        Some(plain) => Cow::Owned(plain),
        None => Cow::Borrowed(text),
    }
}

/// Whether a word is the code of a refusal, and none of HTTP's: a reply's, or an enhanced one.
fn is_code(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_enhanced = |code: &str| code.starts_with(['4', '5']) && parse_enhanced(code).is_some();
    let is_reply = |code: &str| code.parse().is_ok_and(|code: u16| matches!(code, 421 | 432 | 450..=455 | 521..=571));
    bare.split('-').all(|part| is_reply(part) || is_enhanced(part))
}

fn from_base64(text: &str) -> Option<String> {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte) || byte.is_ascii_whitespace();
    if !text.bytes().all(is_base64) {
        return None;
    }
    let packed: String = text.split_ascii_whitespace().collect();
    if packed.len() < SHORTEST_BASE64 {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(packed).ok()?).ok()?;
    plain.chars().all(|c| !c.is_control() || c.is_whitespace()).then_some(plain)
}

/// What a page shows.
fn from_page(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let start = PAGE.iter().filter_map(|mark| lower.find(mark)).min()?;
    let mut shown = text[..start].to_owned();
    let mut at = start;
    while let Some(tag) = text[at..].find('<').map(|ahead| at + ahead) {
        shown.push_str(&text[at..tag]);
        let unseen =
            UNSEEN.iter().find(|name| lower[tag + 1..].starts_with(**name) && !lower[tag + 1..].starts_with("header"));
        let from = unseen.and_then(|name| Some(tag + lower[tag..].find(&format!("</{name}"))?)).unwrap_or(tag);
        let Some(end) = text[from..].find('>').map(|ahead| from + ahead) else { return Some(shown) };
        // Words within a paragraph go on; all else begins a line.
        let name = lower[tag + 1..].trim_start_matches('/');
        let is_inline = ["b>", "i>", "a ", "a>", "span", "strong", "em>", "code", "font", "tt>"]
            .iter()
            .any(|front| name.starts_with(front));
        if !is_inline {
            shown.push(if name.starts_with("td") { ' ' } else { '\n' });
        }
        at = end + 1;
    }
    shown.push_str(&text[at..]);
    Some(shown.replace("&nbsp;", " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_alone_is_read() {
        let reply = "535 5.7.8 Username and Password not accepted";
        let packed = STANDARD.encode(reply);
        assert_eq!(unwrapped(&format!("{}\n{}\n", &packed[..20], &packed[20..])), reply);
        for text in ["Unauthorized", "ECONNREFUSEDECONNREFUSEDXY", "550 5.1.1 no", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(unwrapped(text), text);
        }
    }

    #[test]
    fn a_page_that_quotes_a_reply_is_read_as_its_text() {
        let page = "<!DOCTYPE html><html><head><title>451</title></head><body><style>p{x:550}</style>\
            <table><tr><td>550&nbsp;5.1.1</td><td>User <b>un</b>known</td></tr></table></body></html>";
        let words: Vec<String> = unwrapped(page).split_whitespace().map(str::to_owned).collect();
        assert_eq!(words, ["550", "5.1.1", "User", "unknown"]);
        for own in [
            "<html><body><h1>It works!</h1></body></html>",
            "<html><title>502 Bad Gateway</title>502 Bad Gateway nginx/4.5.6",
            "HTTP/1.1 400 Bad Request\n\n<html>",
            "<html",
            "550 <html>é<b",
        ] {
            let plain = unwrapped(own);
            assert!(plain == own || own.starts_with("550"), "{plain}");
        }
    }
}
