//! The words that were typed, before they are parsed: options may stand before a command, a mistyped command is named, and what
//! variables say of a command's own options is added.

use std::{env, ffi::OsString};

use clap::{Arg, Command};

use super::{
    args::{self, Help},
    context::variable,
    names::{PREFIX, names, variable_of},
};
use crate::{
    error::{Error, Exit},
    mail::{reply::escape, word::nearest},
    phrase,
    presets::{Languages, Text},
};

/// The words that were typed, the program's name first, then the command with its own.
pub(super) struct Typed {
    pub(super) words: Vec<String>,
    /// Where the words of the command end; 1 without one.
    end: usize,
}

impl Typed {
    /// Puts the command before the options that stand before it.
    pub(super) fn of(mut words: Vec<String>, command: &Command) -> Self {
        let Some(at) = first_bare(&words, command) else { return Self { words, end: 1 } };
        let (mut end, mut inner) = (at, command);
        while let Some(found) = words.get(end).and_then(|word| inner.find_subcommand(word)) {
            (end, inner) = (end + 1, found);
        }
        let length = end - at;
        if let Some(words) = words.get_mut(1..end) {
            words.rotate_right(length);
        }
        Self { words, end: 1 + length }
    }

    /// The command.
    pub(super) fn command(&self) -> Option<&str> {
        self.words.get(1..self.end)?.first().map(String::as_str)
    }

    /// The words without the program's name and the command.
    pub(super) fn rest(&self) -> &[String] {
        self.words.get(self.end..).unwrap_or_default()
    }

    /// The first word, if it was meant to be a command: it is no address and nearly one of ours.
    ///
    /// # Errors
    /// It is: names the nearest.
    pub(super) fn check_command(&self, command: &Command) -> Result<(), Error> {
        let Some(word) = first_bare(&self.words, command).and_then(|at| self.words.get(at)) else { return Ok(()) };
        if self.end > 1 || word.contains('@') {
            return Ok(());
        }
        match nearest_command(word, command) {
            Some(near) => Err(unknown_command(word, Some(near))),
            None => Ok(()),
        }
    }

    /// Adds the command's own options that variables give and no word does: those of [`names`] come in elsewhere.
    ///
    /// # Errors
    /// A switch's variable is neither yes nor no.
    pub(super) fn add_variables(&mut self, command: &Command, text: &Text) -> Result<(), Error> {
        let path = self.words.get(1..self.end).unwrap_or_default();
        let inner = path.iter().try_fold(command, |inner, word| inner.find_subcommand(word));
        let mut more = Vec::new();
        for arg in inner.into_iter().filter(|_| !path.is_empty()).flat_map(Command::get_arguments) {
            let Some(long) = arg.get_long().filter(|long| names().all(|(name, _)| name != *long)) else { continue };
            let flag = format!("--{long}");
            let is_it =
                |word: &String| word.strip_prefix(&flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
            let Some(value) = variable(&variable_of(long)).filter(|_| !self.words.iter().any(is_it)) else { continue };
            if takes_value(arg) {
                more.push(format!("{flag}={value}"));
                continue;
            }
            let yes = text.yes_or_no(&value).map_err(|_| {
                Error::new(Exit::Usage, phrase!("cli-switch", name = variable_of(long), typed = escape(&value)))
            })?;
            more.extend(yes.then_some(flag));
        }
        self.words.splice(self.end..self.end, more);
        Ok(())
    }
}

/// The error for a word that is no command.
pub(super) fn unknown_command(word: &str, near: Option<&str>) -> Error {
    let error = Error::new(Exit::Usage, phrase!("usage-unknown-command", command = escape(word)));
    match near {
        Some(near) => error.hint(phrase!("cli-did-you-mean", near = near)),
        None => error.hint(phrase!("usage-help")),
    }
}

/// The command that a word is nearly: less than half of it is wrong.
pub(super) fn nearest_command<'a>(word: &str, command: &'a Command) -> Option<&'a str> {
    let near = nearest(word, command.get_subcommands().map(Command::get_name))?;
    is_slip(word, near).then_some(near)
}

/// Whether less than half of a word is another than what it is near to.
fn is_slip(word: &str, near: &str) -> bool {
    2 * strsim::osa_distance(word, near) < word.chars().count().max(3)
}

/// A variable of ours that no option has.
pub(super) struct UnknownVariable {
    pub(super) name: String,
    /// The variable that was probably meant.
    pub(super) near: Option<String>,
}

/// The variables that look like ours and are none; `lent` are names that options say, as `--password-env` does.
pub(super) fn unknown_variables(languages: &Languages, lent: &[&str]) -> Vec<UnknownVariable> {
    let is_set = |(name, value): (OsString, OsString)| {
        (!value.is_empty()).then(|| name.into_string().ok()).flatten().filter(|name| name.starts_with(PREFIX))
    };
    let set: Vec<String> = env::vars_os().filter_map(is_set).collect();
    if set.is_empty() {
        return Vec::new();
    }
    let mut known: Vec<String> = names().map(|(name, _)| variable_of(name)).collect();
    add_names(&args::command(Help::Unwritten, languages), &mut known);
    let bare = |name: &'_ str| name.trim_start_matches(PREFIX).to_owned();
    let words: Vec<String> = known.iter().map(|name| bare(name)).collect();
    let unknown = set.into_iter().filter(|name| !known.contains(name) && !lent.contains(&name.as_str()));
    let mut found: Vec<_> = unknown
        .map(|name| {
            let near = nearest(&bare(&name), words.iter().map(String::as_str)).filter(|near| is_slip(&bare(&name), near));
            let near = near.map(|near| format!("{PREFIX}{near}"));
            UnknownVariable { name, near }
        })
        .collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// The variables of every option of a command and of those below it.
fn add_names(command: &Command, known: &mut Vec<String>) {
    known.extend(command.get_arguments().filter_map(Arg::get_long).map(variable_of));
    command.get_subcommands().for_each(|inner| add_names(inner, known));
}

/// Where the first word stands that is neither an option nor the value of one.
fn first_bare(words: &[String], command: &Command) -> Option<usize> {
    let mut at = 1;
    loop {
        let word = words.get(at)?;
        if word == "--" {
            return None;
        }
        if word == "-" || !word.starts_with('-') {
            return Some(at);
        }
        at += if takes_next(word, command) { 2 } else { 1 };
    }
}

/// Whether the word after an option is its value.
fn takes_next(word: &str, command: &Command) -> bool {
    let is_it = |arg: &Arg| match word.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg.get_short().is_some_and(|short| word == format!("-{short}")),
    };
    let all = command.get_arguments().chain(command.get_subcommands().flat_map(Command::get_arguments));
    all.filter(|arg| is_it(arg)).any(|arg| takes_value(arg) && !arg.is_require_equals_set())
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        args::command(Help::Unwritten, &Languages::default())
    }

    fn typed(words: &str) -> Typed {
        Typed::of(words.split(' ').map(str::to_owned).collect(), &command())
    }

    #[test]
    fn options_may_stand_before_a_command() {
        for (words, ordered) in [
            ("m --json check web", "m check --json web"),
            ("m --lang de -q vault --json status", "m vault --lang de -q --json status"),
            ("m --lang de vault status", "m vault status --lang de"),
            ("m --send check", "m check --send"),
            ("m --name check a@b.test", "m --name check a@b.test"),
            ("m a@b.test check", "m a@b.test check"),
            ("m -- check", "m -- check"),
            ("m check --json", "m check --json"),
            ("m", "m"),
        ] {
            assert_eq!(typed(words).words.join(" "), ordered);
        }
    }

    #[test]
    fn a_mistyped_command_is_told_from_an_address() {
        for (word, near) in [("chekc", Some("check")), ("lst", Some("list")), ("exprot", Some("export")), ("ops", None)] {
            let error = typed(&format!("m --json {word} web")).check_command(&command()).err();
            assert_eq!(error.and_then(|error| error.hint).map(|hint| hint.args[0].1.clone()).as_deref(), near, "{word}");
        }
        typed("m chekc@example.com").check_command(&command()).unwrap();
    }
}
