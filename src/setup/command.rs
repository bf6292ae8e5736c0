//! The equivalent command: what a script would run to get the same, without the secret.

use super::{field::Field, source::AnswerSource, state::Setup};
use crate::diagnose::Diagnosis;

impl Setup {
    /// The equivalent command with a diagnosis's change applied: what a script runs next. `None` without a change, or with
    /// one that a person has to look at first.
    pub fn mended_command(&self, diagnosis: &Diagnosis) -> Option<Vec<String>> {
        if diagnosis.change.is_empty() || diagnosis.needs_person {
            return None;
        }
        let mut words = self.equivalent();
        let yes = words.pop();
        for (key, value) in &diagnosis.change {
            let flag = Field::of_key(key).map(Field::flag)?;
            if let Some(index) = words.iter().position(|word| *word == flag) {
                words.drain(index..(index + 2).min(words.len()));
            }
            match flag.as_str() {
                "ADDRESS" => {
                    if let Some(address) = words.iter_mut().skip(1).find(|word| !word.starts_with('-')) {
                        value.clone_into(address);
                    }
                }
                _ => words.extend([flag, value.clone()]),
            }
        }
        words.extend(yes);
        Some(words)
    }

    /// Program and arguments. Answers that a preset or a default gives by itself are left out; the secret is taken from where
    /// it was given, else from standard input.
    pub fn equivalent(&self) -> Vec<String> {
        let is_found = |source| matches!(source, AnswerSource::Discovered | AnswerSource::Imported | AnswerSource::Profile);
        let mut words = self.answers.facts.command.clone();
        for field in Field::ALL {
            let said = match self.answers.given.get(&field) {
                Some(answer) if answer.source != AnswerSource::Preset => Some(answer.value.to_string()),
                // A script is safest when these are explicit.
                _ if matches!(
                    field,
                    Field::Address | Field::Provider | Field::Targets | Field::RunAsGroup | Field::RootMail
                ) =>
                {
                    self.answers.filled(field)
                }
                // A search may find something else the next time, and another machine has no such profile.
                _ => self.answers.derived(field).filter(|(_, source)| is_found(*source)).map(|(value, _)| value.to_string()),
            };
            let Some(value) = said.filter(|_| self.applies(field) && field != Field::Import) else {
                continue;
            };
            match field {
                Field::Address => words.push(value),
                Field::Imap => words.push(if value == "yes" { "--imap" } else { "--no-imap" }.to_owned()),
                Field::Arrival => words.push(if value == "yes" { "--arrival" } else { "--no-arrival" }.to_owned()),
                Field::Plaintext | Field::ThisDomain if value == "yes" => words.push(field.flag()),
                Field::Password
                | Field::OauthAddress
                | Field::Spaces
                | Field::Recover
                | Field::Apply
                | Field::Plaintext
                | Field::ThisDomain => {}
                Field::Targets => {
                    for target in value.split(',').filter(|target| !target.is_empty()) {
                        words.extend(["--target".to_owned(), target.to_owned()]);
                    }
                }
                _ if value.is_empty() => {}
                _ => words.extend([field.flag(), value]),
            }
        }
        let is_said = |field| {
            let imported = || self.answers.imported(field).is_some();
            self.applies(field) && (self.answers.given.contains_key(&field) || imported())
        };
        let has_secret = self.answers.grant_kind().is_none() || self.answers.client_secret().is_some();
        if self.answers.logs_in() && has_secret && !is_said(Field::SecretEnv) && !is_said(Field::SecretCommand) {
            let flag = self.answers.secret.as_ref().and_then(|given| given.flag.clone());
            words.extend(flag.unwrap_or_else(|| vec!["--password-stdin".to_owned()]));
        }
        words.extend(self.answers.imap_secret.as_ref().and_then(|given| given.flag.clone()).unwrap_or_default());
        if self.options.deletes_arrival {
            words.push("--arrival-delete".to_owned());
        }
        if self.options.force {
            words.push("--force".to_owned());
        }
        if self.options.takes_over {
            words.push("--take-over".to_owned());
        }
        if self.options.unproven {
            words.push("--unproven".to_owned());
        }
        words.push("--yes".to_owned());
        words
    }
}
