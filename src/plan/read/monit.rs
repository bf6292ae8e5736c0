//! monit's control file (monit(1), "SETTING A MAIL SERVER"): the first `set mailserver HOST [port N] [username X] [password Y]
//! [using tls] ...`, with noise words between; strings in one kind of quotes hold the other. The way is `mailserver`.

use super::{Entry, Fault, FaultKind};

pub(in crate::plan) fn entries(text: &str) -> Result<Vec<Entry>, Fault> {
    let words = words(text)?;
    let is_word = |at: usize, word: &str| words.get(at).is_some_and(|(is_quoted, found)| !is_quoted && found == word);
    let Some(start) = (0..words.len()).find(|at| is_word(*at, "set") && is_word(at + 1, "mailserver")) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let mut put = |name: &str, at: usize| {
        let value = words.get(at).map(|(_, value)| value.clone()).unwrap_or_default();
        found.push(Entry { path: vec!["mailserver".to_owned(), name.to_owned()], ..Entry::flat(name, value, 0..0) });
    };
    put("host", start + 2);
    let mut at = start + 3;
    let is_end = |at: usize| ["set", "check", "include", ","].iter().any(|word| is_word(at, word));
    while at < words.len() && !is_end(at) {
        let setting = ["port", "username", "password", "using", "verify", "cacertificatefile", "checksum"];
        match setting.iter().find(|name| is_word(at, name)) {
            Some(name) => {
                put(name, at + 1);
                at += 2;
            }
            None => at += 1,
        }
    }
    Ok(found)
}

/// The words of the file and whether they were quoted; commas are words, colons and braces are blanks.
fn words(text: &str) -> Result<Vec<(bool, String)>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        match character {
            '#' => at = super::next_line(text, at),
            '\'' | '"' => {
                let length = rest[1..].find([character, '\n']).filter(|length| rest[1 + length..].starts_with(character));
                let length = length.ok_or_else(|| Fault::within(text, at, FaultKind::OpenQuote))?;
                found.push((true, rest[1..=length].to_owned()));
                at += length + 2;
            }
            ',' => {
                found.push((false, ",".to_owned()));
                at += 1;
            }
            _ if character.is_whitespace() || matches!(character, ':' | '{' | '}' | ';') => at += character.len_utf8(),
            _ => {
                let is_end = |next: char| next.is_whitespace() || matches!(next, ',' | '{' | '}' | ';' | '\'' | '"');
                let length = rest.find(is_end).unwrap_or(rest.len()).max(1);
                found.push((false, rest[..length].trim_end_matches(':').to_owned()));
                at += length;
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_server() {
        let text = "# set mailserver no\nset daemon 120 # c\nset mailserver mail.test port 587\n  username \"a@b\" password 'p \"w\\#'\n  \
                    using tls with options { verify: enable, x: y }\nset mailserver other\n";
        let found: Vec<_> = entries(text).unwrap().into_iter().map(|it| (it.path[1].clone(), it.value.unwrap())).collect();
        let expected = [
            ("host", "mail.test"),
            ("port", "587"),
            ("username", "a@b"),
            ("password", "p \"w\\#"),
            ("using", "tls"),
            ("verify", "enable"),
        ];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(entries("set x\nset y 'z\n").unwrap_err(), Fault { line: 2, kind: FaultKind::OpenQuote });
    }
}
