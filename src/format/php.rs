//! PHP (PHP Manual, "Strings"): `$CONFIG = array('key' => 'value', ...);` (Nextcloud, `config/config.sample.php`), `return
//! [...];` (`PHPMailer`) and `define('NAME', 'value');` (WordPress, `wp-config-sample.php`).

use super::{
    code::{
        lex::{Language, Token, tokens},
        quote, single, span, until,
    },
    doc::{FileDoc, FileEntry, Group, Shape},
    file_format::{EntryText, FileFormat, is_same_kind},
    place::{Edit, Gap, brackets},
    text::{Fault, FaultKind, Unfit, line_start},
};

/// PHP: an array of settings, as Nextcloud's config.php, or one that the file returns.
pub(crate) struct PhpArray;

impl FileFormat for PhpArray {
    fn word(&self) -> &'static str {
        "php-array"
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        array(text)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote(value))
    }

    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        is_same_kind(there, ours)
    }

    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        brackets::place(gap, true)
    }

    fn is_bracketed(&self) -> bool {
        true
    }
}

/// PHP: constants, as WordPress's wp-config.php.
pub(crate) struct PhpDefine;

impl FileFormat for PhpDefine {
    fn word(&self) -> &'static str {
        "php-define"
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        defines(text)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote(value))
    }

    /// Constants count only before the settings are loaded: above the line that says to stop, or that loads them
    /// (`wp-config-sample.php`).
    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        let marks = ["/* That's all", "/** Absolute path", "wp-settings.php", "?>"];
        let mark = marks.iter().find_map(|mark| gap.text.find(mark));
        let at = mark.map_or(gap.text.len(), |at| line_start(gap.text, at));
        Ok(vec![gap.lines_at(at, &gap.missing_lines())])
    }
}

/// The first array that is assigned to a variable, or that the file returns.
fn array(text: &str) -> Result<FileDoc, Fault> {
    let tokens = without_breaks(text)?;
    let mut doc = FileDoc::default();
    let is_assigned = |window: &[Token<'_>]| {
        window[0].sign() == Some('$') && matches!(window[1], Token::Word(_)) && window[2].sign() == Some('=')
    };
    let assigned = tokens.windows(3).position(is_assigned).map(|start| (start, start + 3));
    let returned = tokens.iter().position(|token| token.is_word(text, "return")).map(|start| (start, start + 1));
    let Some((start, behind)) = [assigned, returned].into_iter().flatten().min() else { return Ok(doc) };
    let Some(open) = opening(text, &tokens[behind..]) else {
        return Err(Fault::within(text, tokens[start].range().start, FaultKind::Unfamiliar));
    };
    members(text, &tokens[behind + open..], &mut Vec::new(), tokens[start].range().start, &mut doc)?;
    Ok(doc)
}

/// The tokens that open an array: `[`, or `array (`.
fn opening(text: &str, tokens: &[Token<'_>]) -> Option<usize> {
    match tokens {
        [first, ..] if first.sign() == Some('[') => Some(0),
        [word, open, ..] if word.is_word(text, "array") && open.sign() == Some('(') => Some(1),
        _ => None,
    }
}

/// No settings are nested deeper than this; each level is gone over once more.
const DEEPEST: usize = 32;

/// The members of the array whose bracket is the first token; how many tokens it takes.
fn members(
    text: &str,
    tokens: &[Token<'_>],
    path: &mut Vec<String>,
    start: usize,
    doc: &mut FileDoc,
) -> Result<usize, Fault> {
    let head = start..tokens[0].range().end;
    if path.len() > DEEPEST {
        return Err(Fault::within(text, head.start, FaultKind::Unfamiliar));
    }
    let group = doc.groups.len();
    doc.groups.push(Group { path: path.clone(), head, end: 0, shape: Shape::Brackets });
    let is_end = |token: &Token<'_>| matches!(token.sign(), Some(')' | ']'));
    let mut at = 1;
    loop {
        let Some(first) = tokens.get(at) else {
            return Err(Fault::within(text, tokens[0].range().start, FaultKind::Syntax));
        };
        if is_end(first) {
            doc.groups[group].end = first.range().start;
            return Ok(at + 1);
        }
        let length = until(&tokens[at..], |token| token.sign() == Some(',') || is_end(token));
        let member = &tokens[at..at + length];
        if let [Token::Text { value: Some(key), .. }, equals, arrow, rest @ ..] = member
            && (equals.sign(), arrow.sign()) == (Some('='), Some('>'))
        {
            path.push(key.clone().into_owned());
            let own = member[0].range().start;
            if let Some(open) = opening(text, rest) {
                members(text, &rest[open..], path, own, doc)?;
            } else {
                let body = own..span(member).map_or(own, |span| span.end);
                let value = single(text, rest);
                doc.entries.push(FileEntry { path: path.clone(), value, from: None, body, continued: Vec::new() });
            }
            path.pop();
        }
        at += length;
        at += usize::from(tokens.get(at).is_some_and(|token| token.sign() == Some(',')));
    }
}

/// Every constant that is defined by a plain name.
fn defines(text: &str) -> Result<FileDoc, Fault> {
    let tokens = without_breaks(text)?;
    let mut doc = FileDoc::default();
    for (index, token) in tokens.iter().enumerate() {
        let [open, Token::Text { value: Some(name), .. }, comma, rest @ ..] = &tokens[index + 1..] else { continue };
        if !token.is_word(text, "define") || (open.sign(), comma.sign()) != (Some('('), Some(',')) {
            continue;
        }
        let length = until(rest, |token| token.sign() == Some(')'));
        let mut end = rest.get(length).map_or(text.len(), |close| close.range().end);
        if let Some(semicolon) = rest.get(length + 1).filter(|next| next.sign() == Some(';')) {
            end = semicolon.range().end;
        }
        let body = token.range().start..end;
        doc.entries.push(FileEntry {
            path: vec![name.clone().into_owned()],
            value: single(text, &rest[..length]),
            from: None,
            body,
            continued: Vec::new(),
        });
    }
    Ok(doc)
}

fn without_breaks(text: &str) -> Result<Vec<Token<'_>>, Fault> {
    let mut tokens = tokens(text, Language::Php)?;
    tokens.retain(|token| !matches!(token, Token::Break(_)));
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(doc: &FileDoc) -> Vec<(String, Option<&str>)> {
        doc.entries.iter().map(|it| (it.path.join("/"), it.value.as_deref())).collect()
    }

    #[test]
    fn arrays() {
        let text = "<?php\n// 'x' => 1\n$CONFIG = array (\n  'a' => 'it\\'s \\\\ \\n $x', # c\n  'list' => array (0 => 'q', 'k' => 1,),\r\n  \
                    /* 'b' => 2 */ 'port' => 465,\n  'on' => TRUE,\n  'e' => \"x\\ty\",\n  'v' => getenv('X'), 'd' => \"$y\",\n);\n";
        let doc = array(text).unwrap();
        let expected = [
            ("a", Some("it's \\ \\n $x")),
            ("list/k", Some("1")),
            ("port", Some("465")),
            ("on", Some("true")),
            ("e", Some("x\ty")),
            ("v", None),
            ("d", None),
        ];
        assert_eq!(pairs(&doc), expected.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(&text[doc.entries[5].body.clone()], "'v' => getenv('X')");
        assert_eq!(&text[doc.groups[0].head.clone()], "$CONFIG = array (");
        assert_eq!(array("<?php\n$C = ['a' => 'b'];").unwrap().entries.len(), 1);
        let returned = array("<?php // return\nreturn array('a' => 'b', 'c' => ['d' => 'e']);").unwrap();
        assert_eq!(pairs(&returned), [("a".to_owned(), Some("b")), ("c/d".to_owned(), Some("e"))]);
        assert_eq!(array("<?php\n$C = ['a' => 'b").unwrap_err(), Fault { line: 2, kind: FaultKind::OpenQuote });
        assert_eq!(array("<?php\n$C = ['a' => 'b',").unwrap_err(), Fault { line: 2, kind: FaultKind::Syntax });
        assert_eq!(array("<?php\n$C = f();").unwrap_err(), Fault { line: 2, kind: FaultKind::Unfamiliar });
    }

    #[test]
    fn constants() {
        let text = "<?php\n/** define('NO', 1); */\ndefine( 'DB', 'x' );\ndefine('SMTP_PORT', 465);\nif (!defined('A')) { define('A', __DIR__ . '/'); }\n";
        let doc = defines(text).unwrap();
        let expected = [("DB", Some("x")), ("SMTP_PORT", Some("465")), ("A", None)];
        assert_eq!(pairs(&doc), expected.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(&text[doc.entries[0].body.clone()], "define( 'DB', 'x' );");
    }
}
