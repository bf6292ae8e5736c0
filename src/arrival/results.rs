//! `Authentication-Results` (RFC 8601, 2.2), in every shape that receivers give it: with or without an authserv-id, comments anywhere
//! and nested, quoted values, a comment without a blank before it, and results of methods that nobody knows yet.

/// What one header says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthResults {
    /// Who says it, in lower case; Microsoft's receivers do not say it.
    pub id: Option<String>,
    /// The results, in order; none where there was no authentication.
    pub results: Vec<MethodResult>,
}

/// The result of one method.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MethodResult {
    /// The method, in lower case: `spf`, `dkim`, `dmarc`, `arc`, `compauth` ...
    pub method: String,
    /// The result, in lower case: `pass`, `fail`, `none` ...
    pub result: String,
    /// The properties as they stand, names in lower case: `header.d`, `smtp.mailfrom`, `reason`, Microsoft's `action`.
    pub properties: Vec<(String, String)>,
    /// The comments.
    pub comments: Vec<String>,
}

impl MethodResult {
    /// The value of the first of these properties that is there and not empty.
    pub fn get(&self, names: &[&str]) -> Option<&str> {
        let value = |name: &&str| {
            let found = self.properties.iter().find(|(key, value)| key == *name && !value.is_empty());
            found.map(|(_, value)| value.as_str())
        };
        names.iter().find_map(value)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Lexeme {
    Word(String),
    Equals,
    Comment(String),
    Semicolon,
}

/// Reads the value of a header.
pub(super) fn read(value: &str) -> AuthResults {
    let lexemes = lexemes(value);
    let mut segments = lexemes.split(|lexeme| *lexeme == Lexeme::Semicolon).map(segment);
    let mut read = AuthResults::default();
    let first = segments.next().unwrap_or_default();
    // The id may have a version behind it; Yahoo once wrote `id  from=domain; ...`, and Microsoft begins with a result.
    match &first.lead {
        Some(id) => read.id = Some(id.to_lowercase()),
        None => read.results.extend(first.result()),
    }
    read.results.extend(segments.filter_map(Segment::result));
    read
}

/// What stands between two semicolons.
#[derive(Default)]
struct Segment {
    /// The word that it begins with, where that is no name of a pair.
    lead: Option<String>,
    pairs: Vec<(String, String)>,
    comments: Vec<String>,
}

impl Segment {
    /// `method/version = result`, then its properties. A segment without a pair says nothing.
    fn result(self) -> Option<MethodResult> {
        let mut pairs = self.pairs.into_iter();
        // Yahoo once wrote `from=domain` in front of what it says of that domain.
        let (method, result) = pairs.next().filter(|(name, _)| name != "from")?;
        let method = method.split('/').next().unwrap_or_default().to_owned();
        Some(MethodResult { method, result: result.to_lowercase(), properties: pairs.collect(), comments: self.comments })
    }
}

fn segment(lexemes: &[Lexeme]) -> Segment {
    let mut segment = Segment::default();
    // The words before an equals sign: the last is its name.
    let mut names: Vec<String> = Vec::new();
    let mut is_value = false;
    for lexeme in lexemes {
        match lexeme {
            Lexeme::Comment(comment) => segment.comments.push(comment.clone()),
            Lexeme::Semicolon => {}
            Lexeme::Equals if is_value => {}
            Lexeme::Equals => is_value = true,
            Lexeme::Word(word) if is_value => {
                is_value = false;
                let name = names.pop();
                if segment.pairs.is_empty() {
                    segment.lead = names.first().cloned();
                }
                names.clear();
                segment.pairs.extend(name.map(|name| (name.to_lowercase(), word.clone())));
            }
            // Comments and blanks may stand around the dot and the slash of a name.
            Lexeme::Word(word) => match names.last_mut() {
                Some(last) if last.ends_with(['.', '/']) || word.starts_with(['.', '/']) => last.push_str(word),
                _ => names.push(word.clone()),
            },
        }
    }
    if segment.pairs.is_empty() {
        segment.lead = names.into_iter().next();
    }
    segment
}

fn lexemes(value: &str) -> Vec<Lexeme> {
    let mut lexemes = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = value.chars().peekable();
    let end = |word: &mut Option<String>, lexemes: &mut Vec<Lexeme>| lexemes.extend(word.take().map(Lexeme::Word));
    while let Some(character) = characters.next() {
        // Within a value an equals sign is part of it, as in base64.
        let is_value = word.is_some() && lexemes.last() == Some(&Lexeme::Equals);
        match character {
            ';' => {
                end(&mut word, &mut lexemes);
                lexemes.push(Lexeme::Semicolon);
            }
            '=' if !is_value => {
                end(&mut word, &mut lexemes);
                lexemes.push(Lexeme::Equals);
            }
            '(' => {
                let comment = comment(&mut characters);
                // A comment between a name and its value is none of either.
                end(&mut word, &mut lexemes);
                match lexemes.pop_if(|last| *last == Lexeme::Equals) {
                    Some(equals) => lexemes.extend([Lexeme::Comment(comment), equals]),
                    None => lexemes.push(Lexeme::Comment(comment)),
                }
            }
            '"' => word.get_or_insert_default().push_str(&quoted(&mut characters)),
            _ if character.is_whitespace() => end(&mut word, &mut lexemes),
            _ => word.get_or_insert_default().push(character),
        }
    }
    end(&mut word, &mut lexemes);
    lexemes
}

/// The comment whose opening parenthesis has been read; one that is never closed goes on to the end.
fn comment(characters: &mut impl Iterator<Item = char>) -> String {
    let mut comment = String::new();
    let mut depth = 1_usize;
    while let Some(character) = characters.next() {
        match character {
            '\\' => comment.extend(characters.next()),
            ')' if depth == 1 => break,
            '(' | ')' => {
                depth = if character == '(' { depth + 1 } else { depth - 1 };
                comment.push(character);
            }
            _ => comment.push(character),
        }
    }
    comment
}

/// The rest of a quoted string.
fn quoted(characters: &mut impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            '"' => break,
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The id, then each result with its properties.
    fn said(value: &str) -> String {
        let read = read(value);
        let mut said = read.id.unwrap_or_else(|| "-".into());
        for result in read.results {
            let _ = write!(said, "; {}={}", result.method, result.result);
            for (name, value) in result.properties {
                let _ = write!(said, " {name}={value}");
            }
        }
        said
    }

    #[test]
    fn shapes_of_receivers() {
        for (value, wanted) in [
            (
                "mx.google.com; dkim=pass header.i=@a.test header.s=s1 header.b=\"Ab+/=\"; spf=pass (google.com: domain of x@a.test \
                 designates 192.0.2.1 as permitted sender) smtp.mailfrom=x@a.test; dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=a.test",
                "mx.google.com; dkim=pass header.i=@a.test header.s=s1 header.b=Ab+/=; spf=pass smtp.mailfrom=x@a.test; dmarc=pass header.from=a.test",
            ),
            (
                "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.test; outlook.com; dkim=none (message not signed)\t header.d=none;\
                 dmarc=bestguesspass action=none header.from=a.test;compauth=pass reason=109",
                "-; spf=pass smtp.mailfrom=a.test; dkim=none header.d=none; dmarc=bestguesspass action=none header.from=a.test; compauth=pass reason=109",
            ),
            (
                "mta1.yahoo.com  from=a.test; domainkeys=neutral (no sig);  from=b.test; dkim=pass (ok)",
                "mta1.yahoo.com; domainkeys=neutral; dkim=pass",
            ),
            ("atlas.yahoo.com; dmarc=pass(p=NONE) header.from=a.test;", "atlas.yahoo.com; dmarc=pass header.from=a.test"),
            (
                "mx1.riseup.net; dkim=pass (1024-bit key; unprotected) header.d=a.test",
                "mx1.riseup.net; dkim=pass header.d=a.test",
            ),
            ("MX.Test 1; none", "mx.test"),
            (
                "a.test; DKIM=Pass reason=\"good \\\"key\\\"; x=y\" header.b=a=b==",
                "a.test; dkim=pass reason=good \"key\"; x=y header.b=a=b==",
            ),
            (
                "foo.test (foobar) 1 (baz); dkim (I (really) like it) / 1 (One) = (wait) fail policy (dot) . (that) expired (so) = (it) 1362471462",
                "foo.test; dkim=fail policy.expired=1362471462",
            ),
            (
                "a.test; spf=pass smtp.mailfrom=\"a b\"@c.test.  smtp.helo=.x",
                "a.test; spf=pass smtp.mailfrom=a b@c.test. smtp.helo=.x",
            ),
            ("a.test; dkim=pass (never closed; spf=pass", "a.test; dkim=pass"),
            ("", "-"),
            (";;=;=x", "-"),
        ] {
            assert_eq!(said(value), wanted, "{value}");
        }
        let read = read("a.test; dmarc=fail (p=reject, (dis=none))");
        assert_eq!(read.results[0].comments, ["p=reject, (dis=none)"]);
    }
}
