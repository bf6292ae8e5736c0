//! Ruby: `gitlab_rails['key'] = value` (omnibus-gitlab, `files/gitlab-config-template/gitlab.rb.template`); the way is the
//! receiver and the key.

use super::{
    code::{
        lex::{Language, Token, end_of_program, tokens},
        quote, setting, statements,
    },
    doc::{FileDoc, Rival},
    file_format::{EntryText, FileFormat, is_same_kind},
    kind::FileKind,
    place::{Edit, Gap},
    text::{Fault, Unfit},
};

/// Ruby: `gitlab_rails['key'] = value`.
pub(crate) struct Ruby;

impl FileFormat for Ruby {
    fn word(&self) -> &'static str {
        "ruby-gitlab"
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
        Some(&[FileKind::Ruby])
    }

    /// Behind `__END__` nothing is run.
    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        Ok(vec![gap.lines_at(end_of_program(gap.text), &gap.missing_lines())])
    }
}

fn doc(text: &str) -> Result<FileDoc, Fault> {
    let tokens = tokens(text, Language::Ruby)?;
    let mut doc = FileDoc::default();
    for statement in statements(&tokens) {
        doc.rivals.extend(rival(text, statement));
        let [Token::Word(name), open, Token::Text { value: Some(key), .. }, close, equals, value @ ..] = statement else {
            continue;
        };
        let signs = [open, close, equals].map(super::code::lex::Token::sign);
        if signs == [Some('['), Some(']'), Some('=')] && !value.is_empty() {
            let path = vec![text[name.clone()].to_owned(), key.clone().into_owned()];
            doc.entries.extend(setting(text, path, statement, value));
        }
    }
    Ok(doc)
}

/// A key that is written as a symbol: the same setting to omnibus, whose hashes take both.
fn rival(text: &str, statement: &[Token<'_>]) -> Option<Rival> {
    let [Token::Word(name), open, colon, Token::Word(key), close, equals, ..] = statement else { return None };
    let signs = [open, colon, close, equals].map(Token::sign);
    let path = vec![text[name.clone()].to_owned(), text[key.clone()].to_owned()];
    (signs == [Some('['), Some(':'), Some(']'), Some('=')]).then_some(Rival { path, at: name.start, always: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments() {
        let text = "external_url 'https://x'\n# gitlab_rails['smtp_port'] = 1\ngitlab_rails['smtp_address'] = \"a#b\" # c\n\
                    gitlab_rails['smtp_port'] = 465\r\ngitlab_rails['ldap'] = YAML.load <<-'EOS'\n  gitlab_rails['no'] = 1\n  EOS\n\
                    nginx['enable'] = true\ngitlab_rails['smtp_password'] = 'it\\'s \\\\ #{x}'\ngitlab_rails['x'] = \"#{y}\"\n";
        let doc = doc(text).unwrap();
        let found: Vec<_> = doc.entries.iter().map(|it| (it.path.join("/"), it.value.as_deref())).collect();
        let expected = [
            ("gitlab_rails/smtp_address", Some("a#b")),
            ("gitlab_rails/smtp_port", Some("465")),
            ("gitlab_rails/ldap", None),
            ("nginx/enable", Some("true")),
            ("gitlab_rails/smtp_password", Some("it's \\ #{x}")),
            ("gitlab_rails/x", None),
        ];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value)));
    }
}
