//! What was meant: flags over variables over the answers file, each with its source.

use std::{collections::BTreeMap, path::Path, str::FromStr};

use clap::ArgMatches;

use super::{
    answers,
    names::{names, variable_of},
};
use crate::{
    error::{Error, Exit},
    host::input,
    mail::{
        Scope,
        reply::escape,
        value::{self, ValueFault},
        word::{WordFault, nearest},
        yes_no,
    },
    phrase,
    presets::{Phrase, Text},
    setup::{AnswerSource, Field},
};

/// The target that is a relay for others on this machine.
const RELAY: &str = "msmtpd";

/// The flags that name the source of the password.
pub(super) const PASSWORDS: [&str; 5] =
    ["password-stdin", "password-file", "password-fd", "password-env", "password-command"];

/// The flags that name the source of the vault's passphrase.
const PASSPHRASES: [&str; 3] = ["vault-passphrase-file", "vault-passphrase-fd", "vault-passphrase-env"];

/// Answers that may be left empty, so that `edit` can take them out.
const MAY_BE_EMPTY: [&str; 4] = ["name", "reply-to", "root-mail", "sender-map"];

/// The flags that name the source of the mailbox's password, where that is another one.
pub(super) const IMAP_PASSWORDS: [&str; 5] =
    ["imap-password-stdin", "imap-password-file", "imap-password-fd", "imap-password-env", "imap-password-command"];

/// Switches that say no to a field, each with the flags that it contradicts.
const NEGATIONS: [(&str, Field, &[&str]); 2] = [
    ("no-imap", Field::Imap, &["imap", "imap-host", "imap-port", "imap-security", "imap-username"]),
    ("no-arrival", Field::Arrival, &["arrival", "arrival-to", "arrival-delete"]),
];

/// Everything that was given before the conversation, by flag name.
#[derive(Debug, Default)]
pub(super) struct Inputs(BTreeMap<&'static str, (String, AnswerSource)>);

impl Inputs {
    /// Collects what was given; `variable` reads an environment variable.
    ///
    /// # Errors
    /// An answers file that cannot be used: names the key, the line and the nearest known key.
    pub(super) fn collect(
        matches: &ArgMatches,
        variable: &dyn Fn(&str) -> Option<String>,
        text: &Text,
    ) -> Result<Self, Error> {
        let mut inputs = Self::default();
        inputs.take_flags(matches);
        inputs.take_variables(variable);
        if let Some(path) = inputs.get("answers").map(str::to_owned) {
            inputs.take_file(Path::new(&path))?;
        }
        inputs.settle_switches(text)?;
        inputs.settle(&PASSWORDS, |names| phrase!("cli-passwords", names = names))?;
        inputs.settle(&IMAP_PASSWORDS, |names| phrase!("cli-passwords", names = names))?;
        inputs.settle(&PASSPHRASES, |names| phrase!("cli-passphrases", names = names))?;
        inputs.refuse_empty()?;
        NEGATIONS.iter().try_for_each(|(negation, _, others)| inputs.settle_pair(negation, others))?;
        inputs.settle_pair("offline", &["database"])?;
        inputs.settle_pair("demo", &["root"])?;
        inputs.settle_through()?;
        Ok(inputs)
    }

    /// What counts for `secret`: it runs at every mail, so a variable that is wrong or no concern of it is passed over.
    pub(super) fn of_secret(matches: &ArgMatches, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut inputs = Self::default();
        inputs.take_flags(matches);
        let is_usable = |name: &str, value: &String| match name {
            "scope" => value.parse::<Scope>().is_ok(),
            "root" => Path::new(value).is_dir(),
            "vault-key-file" => Path::new(value).is_file(),
            "vault-passphrase-file" => input::from_file(Path::new(value)).is_ok(),
            "vault-passphrase-fd" => value.parse::<u32>().is_ok(),
            "vault-passphrase-env" => variable(value).is_some(),
            _ => false,
        };
        for (name, _) in names() {
            if let Some(value) = variable(&variable_of(name)).filter(|value| is_usable(name, value)) {
                inputs.put(name, value, AnswerSource::Env);
            }
        }
        inputs
    }

    /// An option without its value was meant to say something: `--pin-sha256 "$PIN"` with no PIN must not trust any
    /// certificate. Only what is harmless may be said to be none.
    fn refuse_empty(&self) -> Result<(), Error> {
        let is_empty = |name: &&'static str| {
            let given = self.0.get(name);
            given.is_some_and(|(value, _)| value.trim().is_empty()) && !MAY_BE_EMPTY.contains(name)
        };
        let Some((name, source)) = self.0.keys().copied().find(is_empty).and_then(|name| Some((name, self.0.get(name)?.1)))
        else {
            return Ok(());
        };
        let error = Error::new(exit_of(source), phrase!("usage-no-value", flag = spelled(name, source)));
        Err(error.hint(phrase!("cli-empty-hint")))
    }

    /// Who says a switch, and in the same way what it leaves no room for, is asked which one is meant.
    fn settle_pair(&self, switch: &str, others: &[&str]) -> Result<(), Error> {
        let Some((_, source)) = self.0.get(switch).filter(|(value, _)| value == "yes") else { return Ok(()) };
        let is_other = |name: &&&str| self.0.get(**name).is_some_and(|(value, of)| of == source && value != "no");
        match others.iter().find(is_other) {
            Some(name) => {
                let [one, other] = [switch, name].map(|name| spelled(name, *source));
                Err(Error::new(exit_of(*source), phrase!("cli-contradiction", one = one, other = other)))
            }
            None => Ok(()),
        }
    }

    /// The relay on this machine is settings to start from, with a name of its own.
    fn settle_through(&mut self) -> Result<(), Error> {
        let Some((value, source)) = self.0.get("through").cloned() else { return Ok(()) };
        if value != RELAY {
            return Err(Error::new(exit_of(source), phrase!("invalid-choice", typed = escape(&value), choices = RELAY)));
        }
        if self.0.contains_key("import") {
            let [one, other] = ["through", "import"].map(|name| spelled(name, source));
            return Err(Error::new(exit_of(source), phrase!("cli-contradiction", one = one, other = other)));
        }
        self.put("import", value, source);
        Ok(())
    }

    /// Switches in variables and files are words, which must be words for yes or no.
    fn settle_switches(&mut self, text: &Text) -> Result<(), Error> {
        for (name, _) in names().filter(|(_, is_switch)| *is_switch) {
            let Some((value, source)) = self.0.get_mut(name) else { continue };
            let Ok(yes) = text.yes_or_no(value) else {
                let why = phrase!("cli-switch", name = spelled(name, *source), typed = escape(value));
                return Err(Error::new(exit_of(*source), why));
            };
            yes_no::word(yes).clone_into(value);
        }
        Ok(())
    }

    /// Of options that stand for one another only one counts: a flag before a variable before the file, whatever their kinds.
    fn settle(&mut self, all: &[&'static str], several: fn(String) -> Phrase) -> Result<(), Error> {
        for source in [AnswerSource::Flag, AnswerSource::Env, AnswerSource::File] {
            let is_given = |name: &&str| self.0.get(*name).is_some_and(|(value, of)| *of == source && value != "no");
            let given: Vec<&'static str> = all.iter().copied().filter(is_given).collect();
            match given.as_slice() {
                [] => {}
                [only] => {
                    self.0.retain(|name, _| name == only || !all.contains(name));
                    return Ok(());
                }
                names => {
                    let names = names.iter().map(|name| spelled(name, source)).collect::<Vec<_>>().join(", ");
                    return Err(Error::new(Exit::Usage, several(names)));
                }
            }
        }
        Ok(())
    }

    /// Where an option comes from.
    pub(super) fn source(&self, name: &str) -> Option<AnswerSource> {
        self.0.get(name).map(|(_, source)| *source)
    }

    /// An option as the person gave it: a flag, a variable or a key.
    pub(super) fn as_given(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|(_, source)| spelled(name, *source))
    }

    /// The names of variables that options lend to a secret, as `--password-env` does.
    pub(super) fn lent_variables(&self) -> Vec<&str> {
        let lent = self.0.iter().filter(|(name, _)| name.ends_with("-env"));
        lent.map(|(_, (value, _))| value.as_str()).collect()
    }

    /// Whether the command line, a variable or the file names the source of the password.
    pub(super) fn has_password(&self) -> bool {
        PASSWORDS.iter().any(|name| self.0.contains_key(name))
    }

    /// A word of a list.
    ///
    /// # Errors
    /// It is not on the list; the nearest word that is there is the hint.
    pub(super) fn word<T: FromStr<Err = WordFault>>(&self, name: &'static str) -> Result<Option<T>, Error> {
        let Some((value, source)) = self.0.get(name) else { return Ok(None) };
        value.parse().map(Some).map_err(|fault: WordFault| bad_word(name, value, *source, fault.words))
    }

    /// A value of a type.
    ///
    /// # Errors
    /// The fault that its parser reports.
    pub(super) fn value<T: FromStr<Err: ValueFault>>(&self, name: &'static str) -> Result<Option<T>, Error> {
        let Some((typed, source)) = self.0.get(name) else { return Ok(None) };
        value::parse(typed).map(Some).map_err(|why| {
            Error::new(exit_of(*source), phrase!("cli-bad-answer", name = spelled(name, *source)).with_phrase("why", why))
        })
    }

    /// One of these words.
    ///
    /// # Errors
    /// It is another one; the nearest of these is the hint.
    pub(super) fn choice(&self, name: &'static str, words: &[&str]) -> Result<Option<&str>, Error> {
        match self.0.get(name) {
            Some((value, source)) if !words.contains(&value.as_str()) => Err(bad_word(name, value, *source, words)),
            given => Ok(given.map(|(value, _)| value.as_str())),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(value, _)| value.as_str())
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.get(name) == Some("yes")
    }

    /// The answers to fields, in the order of the table.
    pub(super) fn fields(&self) -> Vec<(Field, String, AnswerSource)> {
        let mut answers = Vec::new();
        for field in Field::ALL {
            let flag = field.spec().flag;
            // These two are options of the run, not answers.
            if matches!(field, Field::Apply | Field::Recover) || flag.is_empty() {
                continue;
            }
            let negation = NEGATIONS.iter().find(|(_, negated, _)| *negated == field).map(|(name, ..)| *name);
            let negated = || self.0.get(negation?).filter(|(value, _)| value == "yes");
            if let Some((value, source)) = self.0.get(flag) {
                answers.push((field, value.clone(), *source));
            } else if let Some((_, source)) = negated() {
                answers.push((field, "no".to_owned(), *source));
            }
        }
        answers
    }

    fn put(&mut self, name: &'static str, value: String, source: AnswerSource) {
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
                self.put(name, "yes".to_owned(), AnswerSource::Flag);
            } else if let Ok(Some(values)) = matches.try_get_many::<String>(name) {
                self.put(name, values.cloned().collect::<Vec<_>>().join(","), AnswerSource::Flag);
            }
        }
    }

    fn take_variables(&mut self, variable: &dyn Fn(&str) -> Option<String>) {
        for (name, _) in names() {
            if let Some(value) = variable(&variable_of(name)) {
                self.put(name, value, AnswerSource::Env);
            }
        }
    }

    fn take_file(&mut self, path: &Path) -> Result<(), Error> {
        for (name, text) in answers::read(path)? {
            self.put(name, text, AnswerSource::File);
        }
        Ok(())
    }
}

/// The exit status for a value that cannot be used.
const fn exit_of(source: AnswerSource) -> Exit {
    if matches!(source, AnswerSource::File) { Exit::Data } else { Exit::Usage }
}

/// A word that is not on its list.
fn bad_word(name: &str, value: &str, source: AnswerSource, words: &[&str]) -> Error {
    let (flag, values) = (spelled(name, source), words.join(", "));
    let error = Error::new(exit_of(source), phrase!("usage-bad-value", flag = flag, value = escape(value), values = values));
    match nearest(&value.to_lowercase(), words.iter().copied()) {
        Some(near) => error.hint(phrase!("cli-did-you-mean", near = near)),
        None => error,
    }
}

/// A flag, variable or key, as the person gave it.
fn spelled(name: &str, source: AnswerSource) -> String {
    match source {
        AnswerSource::Env => variable_of(name),
        AnswerSource::File => name.replace('-', "_"),
        _ => format!("--{name}"),
    }
}
