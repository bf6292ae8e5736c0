//! PHP (PHP Manual, "Strings"): `$CONFIG = array('key' => 'value', ...);` (Nextcloud, `config/config.sample.php`), `return
//! [...];` (`PHPMailer`) and `define('NAME', 'value');` (WordPress, `wp-config-sample.php`).

use super::{
    code::{
        lex::{Language, Token, tokens},
        members::{members, opening},
        quote, single, until,
    },
    doc::{FileDoc, FileEntry, Rival},
    file_format::{EntryText, FileFormat, is_same_kind},
    kind::FileKind,
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

    fn is_bracketed(&self, _path: &[String]) -> bool {
        true
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Php])
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

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Php])
    }

    /// Constants count only before the settings are loaded: above the line that says to stop, or that loads them
    /// (`wp-config-sample.php`).
    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        let marks = ["/* That's all", "/** Absolute path", "wp-settings.php", "?>"];
        let mark = marks.iter().find_map(|mark| gap.text.find(mark));
        let at = mark.map_or(gap.text.len(), |at| line_start(gap.text, at));
        // What stands outside of `<?php` is shown to everybody.
        if gap.text.find("<?php").is_none_or(|tag| at <= tag) {
            return Err(Fault::within(gap.text, at, FaultKind::Unfamiliar));
        }
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
    let own = tokens[start].range().start;
    let Some(open) = opening(text, &tokens[behind..], Language::Php) else {
        return Err(Fault::within(text, own, FaultKind::Unfamiliar));
    };
    let first = behind + open;
    let length = members(text, &tokens[first..], &mut Vec::new(), own, Language::Php, &mut doc)?;
    if let (Some('$'), Some(Token::Word(name))) = (tokens[start].sign(), tokens.get(start + 1)) {
        doc.rivals = assignments(text, &tokens[first + length..], &text[name.clone()]);
    }
    Ok(doc)
}

/// What is assigned to a variable, or to a member of it.
fn assignments(text: &str, tokens: &[Token<'_>], name: &str) -> Vec<Rival> {
    let mut found = Vec::new();
    for (index, window) in tokens.windows(2).enumerate() {
        if window[0].sign() != Some('$') || !window[1].is_word(text, name) {
            continue;
        }
        let mut path = Vec::new();
        let mut rest = &tokens[index + 2..];
        while let [open, Token::Text { value: Some(key), .. }, close, further @ ..] = rest
            && (open.sign(), close.sign()) == (Some('['), Some(']'))
        {
            path.push(key.clone().into_owned());
            rest = further;
        }
        let signs: Vec<_> = rest.iter().take(3).map(Token::sign).collect();
        let is_assigned = match signs.as_slice() {
            [Some('='), Some('=' | '>'), ..] => false,
            [Some('='), ..] | [Some('+' | '.'), Some('='), ..] | [Some('?'), Some('?'), Some('=')] => true,
            _ => false,
        };
        if is_assigned {
            found.push(Rival { path, at: window[0].range().start, always: true });
        }
    }
    found
}

/// Every constant that is defined by a plain name; names of functions have no case.
fn defines(text: &str) -> Result<FileDoc, Fault> {
    let tokens = without_breaks(text)?;
    let mut doc = FileDoc::default();
    for (index, token) in tokens.iter().enumerate() {
        // `const` defines a constant as well, and the first definition counts.
        if let [Token::Word(name), equals, ..] = &tokens[index + 1..]
            && token.is_word_in_any_case(text, "const")
            && equals.sign() == Some('=')
        {
            let path = vec![text[name.clone()].to_owned()];
            doc.rivals.push(Rival { path, at: token.range().start, always: true });
        }
        let [open, Token::Text { value: Some(name), .. }, comma, rest @ ..] = &tokens[index + 1..] else { continue };
        if !token.is_word_in_any_case(text, "define") || (open.sign(), comma.sign()) != (Some('('), Some(',')) {
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
