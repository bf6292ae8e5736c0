//! Python: assignments at the beginning of a line (Django's settings.py, Flask's `Config.from_pyfile`); Python Language
//! Reference, 2.4.1.

use std::sync::Arc;

use super::{
    code::{
        lex::{Language, Token, tokens},
        members::{members, opening},
        quote, setting, statements, until,
    },
    doc::{FileDoc, Rival, Tree, TreeNode},
    file_format::{EntryText, FileFormat, is_same_kind},
    kind::FileKind,
    place::{Edit, Gap, brackets, end},
    text::{Fault, Unfit, line_start},
};

/// Python: assignments, as Django's settings.py.
pub(crate) struct Python;

impl FileFormat for Python {
    fn word(&self) -> &'static str {
        "python-settings"
    }

    fn comment(&self) -> &'static str {
        "#"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        doc(text)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote(value))
    }

    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        is_same_kind(there, ours)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Python])
    }

    /// A name whose value is no plain one is there as well.
    fn tree(&self, doc: FileDoc) -> Tree {
        let odd = doc.entries.iter().filter(|entry| entry.value.is_none()).map(|entry| &entry.path);
        let dicts = doc.groups.iter().map(|group| &group.path);
        let names: Vec<String> = odd.chain(dicts).filter_map(|path| path.first().cloned()).collect();
        let mut tree = doc.tree();
        for name in names {
            tree.insert(name, TreeNode::Group(Arc::default()));
        }
        tree
    }

    fn is_bracketed(&self, path: &[String]) -> bool {
        path.len() > 1
    }

    /// What belongs into a dict goes there.
    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        let (inner, own): (Vec<_>, Vec<_>) = gap.missing.iter().copied().partition(|entry| entry.path.len() > 1);
        let mut edits = brackets::place(&Gap { missing: &inner, ..*gap }, true)?;
        if !own.is_empty() {
            edits.push(end::place(&Gap { missing: &own, ..*gap }));
        }
        Ok(edits)
    }
}

fn doc(text: &str) -> Result<FileDoc, Fault> {
    let tokens = tokens(text, Language::Python)?;
    let mut doc = FileDoc::default();
    for statement in statements(&tokens) {
        let [Token::Word(name), rest @ ..] = statement else { continue };
        // What is indented belongs to a function or a condition.
        if name.start != line_start(text, name.start) {
            doc.rivals.extend(rivals(text, statement));
            continue;
        }
        let equals = until(rest, |token| token.sign() == Some('='));
        let is_typed = equals > 0 && rest[0].sign() == Some(':');
        let Some(value) = rest.get(equals + 1..).filter(|_| equals == 0 || is_typed) else {
            doc.rivals.extend(rivals(text, statement));
            continue;
        };
        if value.first().is_none_or(|first| first.sign() == Some('=')) {
            continue;
        }
        if opening(text, value, Language::Python).is_some() {
            let value: Vec<_> = value.iter().filter(|token| !matches!(token, Token::Break(_))).cloned().collect();
            let mut dict = FileDoc::default();
            let length =
                members(text, &value, &mut vec![text[name.clone()].to_owned()], name.start, Language::Python, &mut dict)?;
            if length == value.len() {
                doc.entries.extend(dict.entries);
                doc.groups.extend(dict.groups);
                continue;
            }
        }
        doc.entries.extend(setting(text, vec![text[name.clone()].to_owned()], statement, value));
    }
    Ok(doc)
}

/// What a statement assigns that is no plain assignment of a name: below a condition, to a member, to what is there.
fn rivals(text: &str, statement: &[Token<'_>]) -> Vec<Rival> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for (index, token) in statement.iter().enumerate() {
        match (token, token.sign()) {
            (_, Some('(' | '[' | '{')) => depth += 1,
            (_, Some(')' | ']' | '}')) => depth = depth.saturating_sub(1),
            (Token::Word(name), _) if depth == 0 => {
                let (path, rest) = subscripts(text[name.clone()].to_owned(), &statement[index + 1..]);
                let signs: Vec<_> = rest.iter().take(2).map(Token::sign).collect();
                let is_assigned = match signs.as_slice() {
                    [Some('='), Some('=')] => false,
                    [Some('='), ..] | [Some('+' | '|' | '%'), Some('=')] => true,
                    _ => false,
                };
                if is_assigned {
                    found.push(Rival { path, at: name.start, always: false });
                }
            }
            _ => {}
        }
    }
    found
}

/// A way by a name and the words in brackets behind it, and what follows them.
fn subscripts<'a, 't>(name: String, mut rest: &'a [Token<'t>]) -> (Vec<String>, &'a [Token<'t>]) {
    let mut path = vec![name];
    while let [open, Token::Text { value: Some(key), .. }, close, further @ ..] = rest
        && (open.sign(), close.sign()) == (Some('['), Some(']'))
    {
        path.push(key.clone().into_owned());
        rest = further;
    }
    (path, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::text::FaultKind;

    #[test]
    fn assignments() {
        let text = "\"\"\"EMAIL_HOST = 'no'\n\"\"\"\nimport os\nEMAIL_HOST = 'a\\'b\\\\c'  # c\nEMAIL_PORT: int = 465\r\n\
                    EMAIL_USE_TLS = False\nif X:\n    EMAIL_HOST = 'no'\nDATABASES = {\n'a': 'b', # }\n}\nKEY = os.environ['K']\n\
                    R = r'\\n'\nA == 1\nB = 'x' \\\n  'y'\nN = None\nL='é'; M = 2\n";
        let doc = doc(text).unwrap();
        let found: Vec<_> = doc.entries.iter().map(|it| (it.path.join("/"), it.value.as_deref())).collect();
        let expected = [
            ("EMAIL_HOST", Some("a'b\\c")),
            ("EMAIL_PORT", Some("465")),
            ("EMAIL_USE_TLS", Some("false")),
            ("DATABASES/a", Some("b")),
            ("KEY", None),
            ("R", Some("\\n")),
            ("B", None),
            ("N", Some("")),
            ("L", Some("é")),
        ];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(&text[doc.entries[1].body.clone()], "EMAIL_PORT: int = 465");
        assert_eq!(super::doc("a = 1\nb = 'x\n").unwrap_err(), Fault { line: 2, kind: FaultKind::OpenQuote });
    }
}
