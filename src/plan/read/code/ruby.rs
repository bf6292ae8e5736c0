//! Ruby: `gitlab_rails['key'] = value` (GitLab's gitlab.rb); the way is the receiver and the key.

use super::{
    lex::{Language, Token, tokens},
    single, span, until,
};
use crate::plan::read::{Doc, Entry, Fault};

pub(in crate::plan) fn doc(text: &str) -> Result<Doc, Fault> {
    let tokens = tokens(text, Language::Ruby)?;
    let mut doc = Doc::default();
    let mut at = 0;
    while at < tokens.len() {
        let length = until(text, &tokens[at..], |token| matches!(token, Token::Break(_)) || token.sign(text) == Some(';'));
        let statement = &tokens[at..at + length];
        at += length + 1;
        let [Token::Word(name), open, Token::Text { value: Some(key), .. }, close, equals, value @ ..] = statement else {
            continue;
        };
        let signs = [open, close, equals].map(|token| token.sign(text));
        if signs != [Some('['), Some(']'), Some('=')] || value.is_empty() {
            continue;
        }
        doc.entries.push(Entry {
            path: vec![text[name.clone()].to_owned(), key.clone()],
            value: single(text, value),
            from: None,
            body: name.start..span(statement).map_or(name.end, |span| span.end),
            continued: Vec::new(),
        });
    }
    Ok(doc)
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
