//! The equivalent command: what a script would run to get the same, without the secret.

use super::{FIELDS, Field, Setup, Source};

impl Setup {
    /// Program and arguments. Answers that a preset or a default gives by itself are left out; the secret is taken from where
    /// it was given, else from standard input.
    pub fn equivalent(&self) -> Vec<String> {
        let mut words = vec!["mailsetup".to_owned()];
        for spec in &FIELDS {
            let field = spec.field;
            let said = match self.answers.given.get(&field) {
                Some(answer) => Some(answer.value.clone()),
                // A script is safest with the provider and the targets in words.
                None if matches!(field, Field::Provider | Field::Targets) => self.answers.filled(field),
                None => None,
            };
            let Some(value) = said.filter(|_| self.applies(field)) else {
                continue;
            };
            match field {
                Field::Address => words.push(value),
                Field::Password | Field::Spaces | Field::Recover | Field::Apply => {}
                Field::Imap => words.push(if value == "yes" { "--imap" } else { "--no-imap" }.to_owned()),
                Field::Plaintext if value == "yes" => words.push("--allow-plaintext".to_owned()),
                Field::Plaintext => {}
                Field::Targets => {
                    for target in value.split(',').filter(|target| !target.is_empty()) {
                        words.extend(["--target".to_owned(), target.to_owned()]);
                    }
                }
                _ if value.is_empty() => {}
                _ => words.extend([field.flag(), value]),
            }
        }
        if self.answers.logs_in()
            && !self.answers.given.contains_key(&Field::SecretEnv)
            && !self.answers.given.contains_key(&Field::SecretCommand)
        {
            let flag = self.answers.secret.as_ref().and_then(|given| given.flag.clone());
            words.extend(flag.unwrap_or_else(|| vec!["--password-stdin".to_owned()]));
        }
        words.push("--yes".to_owned());
        words
    }

    /// Whether any answer came from a person in this conversation, so that the equivalent command is news.
    pub fn was_asked(&self) -> bool {
        self.answers.given.values().any(|answer| matches!(answer.source, Source::Asked | Source::Fix))
            || !self.accepted.is_empty()
    }
}
