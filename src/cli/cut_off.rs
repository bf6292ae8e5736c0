//! What each command does, before anything else, about a write that was cut off.

use clap::ArgMatches;

use super::context::Context;
use crate::{
    error::Error,
    host::{self, CutOff},
    phrase,
};

/// What is done about a write that was cut off, before a command reads anything that it may have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CutOffCare {
    /// It is put back.
    PutBack,
    /// It is put back; why it cannot be is said, and the command goes on with what it finds.
    PutBackOrSay,
    /// It is named: the command may not write.
    Named,
    /// Nothing: the command has no part in it, or has the journal see to it when it begins to write.
    Left,
}

impl CutOffCare {
    /// That of a command with its matches; none is the set-up. `is_set`: switches that were typed, or given in another way.
    pub(super) fn of(command: Option<(&str, &ArgMatches)>, is_set: impl Fn(&str) -> bool) -> Self {
        let writing = |is_dry| if is_dry { Self::Named } else { Self::PutBack };
        match command {
            // The demo has folders of its own.
            None | Some(("edit", _)) if is_set("demo") => Self::Left,
            None | Some(("edit" | "remove" | "apply", _)) => writing(is_set("dry-run")),
            Some(("export", matches)) => writing(matches.get_flag("print") || is_set("dry-run")),
            Some(("purge" | "token", _)) => Self::PutBack,
            Some(("vault", matches)) => match matches.subcommand_name() {
                Some("passphrase" | "rotate" | "lock-with") => Self::PutBack,
                _ => Self::Left,
            },
            Some(("check", _)) => Self::PutBackOrSay,
            Some(("list" | "show", _)) => Self::Named,
            Some(_) => Self::Left,
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// What was cut off cannot be put back.
    pub(super) fn take(self, context: &Context) -> Result<(), Error> {
        match self {
            Self::PutBack => put_back(context)?,
            Self::PutBackOrSay => {
                if let Err(error) = put_back(context) {
                    [Some(error.phrase), error.hint].iter().flatten().for_each(|phrase| context.warn_phrase(phrase));
                }
            }
            Self::Named => name(context),
            Self::Left => {}
        }
        Ok(())
    }
}

/// Puts back what an earlier run left half done, and says so. A run that is at work is waited for.
fn put_back(context: &Context) -> Result<(), Error> {
    let places = context.places()?;
    if !host::is_half_done(&places)? {
        return Ok(());
    }
    let places = context.places_to_open()?;
    context.announce(&places)?;
    host::recover(&places, &context.write_options())?.iter().for_each(|note| context.say_phrase(note));
    Ok(())
}

/// Names what an earlier run left half done, and the command that puts it back.
fn name(context: &Context) {
    let cut_off = context.places().ok().and_then(|places| host::cut_off(&places).ok()).unwrap_or_default();
    for CutOff { when, files } in cut_off {
        context.warn_phrase(&phrase!("host-cut-off-stays", when = when, files = files));
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction, Command};

    use super::{CutOffCare::*, *};

    fn care(words: &str, set: &str) -> CutOffCare {
        let print = Arg::new("print").long("print").action(ArgAction::SetTrue);
        let names = ["edit", "remove", "purge", "check", "list", "show", "secret", "apply", "undo"];
        let vault = Command::new("vault").subcommands(["rotate", "passphrase", "lock-with", "export"].map(Command::new));
        let command = Command::new("x").subcommands(names.map(Command::new)).subcommand(vault);
        let command = command.subcommand(Command::new("export").arg(print));
        let matches = command.try_get_matches_from(["x"].into_iter().chain(words.split_whitespace())).unwrap();
        CutOffCare::of(matches.subcommand(), |name| name == set)
    }

    #[test]
    fn what_writes_puts_back_and_what_may_not_names() {
        for words in
            ["", "edit", "remove", "apply", "purge", "export", "vault rotate", "vault passphrase", "vault lock-with"]
        {
            assert_eq!(care(words, ""), PutBack, "{words}");
        }
        for (words, set) in [
            ("", "dry-run"),
            ("edit", "dry-run"),
            ("remove", "dry-run"),
            ("apply", "dry-run"),
            ("export --print", ""),
            ("list", ""),
            ("show", ""),
        ] {
            assert_eq!(care(words, set), Named, "{words}");
        }
        for (words, set) in [("", "demo"), ("secret", ""), ("undo", ""), ("vault", ""), ("vault export", "")] {
            assert_eq!(care(words, set), Left, "{words}");
        }
        assert_eq!(care("check", ""), PutBackOrSay);
    }
}
