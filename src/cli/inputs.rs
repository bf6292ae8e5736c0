//! What was meant: flags over variables over the answers file, each with its source.

use std::{collections::BTreeMap, path::Path};

use clap::ArgMatches;

use super::args::EXTRAS;
use crate::{
    error::{Error, Exit},
    phrase,
    presets::nearest,
    setup::{FIELDS, Field, Source},
};

/// Everything that was given before the conversation, by flag name.
#[derive(Debug, Default)]
pub(super) struct Inputs(BTreeMap<&'static str, (String, Source)>);

impl Inputs {
    /// Collects what was given; `variable` reads an environment variable.
    ///
    /// # Errors
    /// An answers file that cannot be used: names the key, the line and the nearest known key.
    pub(super) fn collect(matches: &ArgMatches, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut inputs = Self::default();
        inputs.take_flags(matches);
        inputs.take_variables(variable);
        if let Some(path) = inputs.get("answers").map(str::to_owned) {
            inputs.take_file(Path::new(&path))?;
        }
        Ok(inputs)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(value, _)| value.as_str())
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(value, "yes" | "true" | "1"))
    }

    /// The answers to fields, in the order of the table.
    pub(super) fn fields(&self) -> Vec<(Field, String, Source)> {
        let mut answers = Vec::new();
        for spec in &FIELDS {
            // These two are options of the run; there is no answer to keep.
            if matches!(spec.field, Field::Apply | Field::Recover) || spec.flag.is_empty() {
                continue;
            }
            let given = self.0.get(spec.flag).or_else(|| {
                let negated = self.0.get("no-imap").filter(|(value, _)| value == "yes");
                negated.filter(|_| spec.field == Field::Imap)
            });
            if let Some((value, source)) = given {
                let negated = spec.field == Field::Imap && !self.0.contains_key("imap");
                answers.push((spec.field, if negated { "no".to_owned() } else { value.clone() }, *source));
            }
        }
        answers
    }

    fn put(&mut self, name: &'static str, value: String, source: Source) {
        self.0.entry(name).or_insert((value, source));
    }

    fn take_flags(&mut self, matches: &ArgMatches) {
        for (name, is_switch) in names() {
            if !matches.ids().any(|id| id.as_str() == name)
                || matches.value_source(name) != Some(clap::parser::ValueSource::CommandLine)
            {
                continue;
            }
            if is_switch {
                self.put(name, "yes".to_owned(), Source::Flag);
            } else if let Ok(Some(values)) = matches.try_get_many::<String>(name) {
                self.put(name, values.cloned().collect::<Vec<_>>().join(","), Source::Flag);
            }
        }
    }

    fn take_variables(&mut self, variable: &dyn Fn(&str) -> Option<String>) {
        for (name, _) in names() {
            if let Some(value) = variable(&format!("MAILSETUP_{}", name.to_uppercase().replace('-', "_"))) {
                self.put(name, value, Source::Env);
            }
        }
    }

    fn take_file(&mut self, path: &Path) -> Result<(), Error> {
        let file = crate::mail::reply::escape(&path.display().to_string());
        let source = std::fs::read_to_string(path)
            .map_err(|error| Error::new(Exit::NoInput, phrase!("cli-answers-unreadable", file = file, cause = error)))?;
        let table: toml::Table = toml::from_str(&source).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(&source, span.start));
            Error::new(Exit::Data, phrase!("cli-answers-syntax", file = file, line = line, cause = error.message()))
        })?;
        for (key, value) in table {
            let name = key.replace('_', "-");
            let Some((name, _)) = names().find(|(known, _)| *known == name && *known != "answers") else {
                let error = Error::new(
                    Exit::Data,
                    phrase!("cli-answers-unknown", file = file, key = crate::mail::reply::escape(&key)),
                );
                let near = nearest(&name, names().map(|(known, _)| known)).map(|near| near.replace('-', "_"));
                return Err(match near {
                    Some(near) => error.hint(phrase!("cli-did-you-mean", near = near)),
                    None => error,
                });
            };
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(true) => "yes".to_owned(),
                toml::Value::Boolean(false) => "no".to_owned(),
                toml::Value::Array(list) if list.iter().all(toml::Value::is_str) => {
                    list.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(",")
                }
                _ => return Err(Error::new(Exit::Data, phrase!("cli-answers-kind", file = file, key = key))),
            };
            self.put(name, text, Source::File);
        }
        Ok(())
    }
}

/// Every flag's name, and whether it is a switch.
fn names() -> impl Iterator<Item = (&'static str, bool)> {
    let fields = FIELDS.iter().filter(|spec| !spec.flag.is_empty()).map(|spec| (spec.flag, spec.value.is_empty()));
    fields.chain(EXTRAS.iter().map(|flag| (flag.name, flag.value.is_empty())))
}

/// The line, from 1, of a byte's place.
fn line_of(source: &str, at: usize) -> usize {
    source.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}
