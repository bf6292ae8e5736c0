//! Python: assignments at the beginning of a line (Django's settings.py, Flask's `Config.from_pyfile`); Python Language
//! Reference, 2.4.1.

use super::{
    code::{
        lex::{Language, Token, tokens},
        quote, setting, statements, until,
    },
    doc::FileDoc,
    file_format::{EntryText, FileFormat, is_same_kind},
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
}

fn doc(text: &str) -> Result<FileDoc, Fault> {
    let tokens = tokens(text, Language::Python)?;
    let mut doc = FileDoc::default();
    for statement in statements(&tokens) {
        let [Token::Word(name), rest @ ..] = statement else { continue };
        // What is indented belongs to a function or a condition.
        if name.start != line_start(text, name.start) {
            continue;
        }
        let equals = until(rest, |token| token.sign() == Some('='));
        let is_typed = equals > 0 && rest[0].sign() == Some(':');
        let Some(value) = rest.get(equals + 1..).filter(|_| equals == 0 || is_typed) else { continue };
        if value.first().is_none_or(|first| first.sign() == Some('=')) {
            continue;
        }
        doc.entries.extend(setting(text, vec![text[name.clone()].to_owned()], statement, value));
    }
    Ok(doc)
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
        let found: Vec<_> = doc.entries.iter().map(|it| (it.path[0].as_str(), it.value.as_deref())).collect();
        let expected = [
            ("EMAIL_HOST", Some("a'b\\c")),
            ("EMAIL_PORT", Some("465")),
            ("EMAIL_USE_TLS", Some("false")),
            ("DATABASES", None),
            ("KEY", None),
            ("R", Some("\\n")),
            ("B", None),
            ("N", Some("")),
            ("L", Some("é")),
        ];
        assert_eq!(found, expected);
        assert_eq!(&text[doc.entries[1].body.clone()], "EMAIL_PORT: int = 465");
        assert_eq!(super::doc("a = 1\nb = 'x\n").unwrap_err(), Fault { line: 2, kind: FaultKind::OpenQuote });
    }
}
