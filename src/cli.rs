//! The command line: what was typed, what was meant, which command, and the exit status.

pub mod answers;
mod args;
mod ca_file;
mod check;
mod color;
mod commands;
mod complain;
mod context;
mod detect;
mod explain;
mod export;
mod generate;
mod inputs;
mod json;
mod layout;
mod names;
mod probe;
mod providers;
mod report;
mod secret;
mod set_up;
mod stale;
mod targets;
mod vault;

use std::{
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    rc::Rc,
};

use clap::{ArgMatches, error::ErrorKind};

use crate::{
    error::{Error, Exit},
    host::{self, Folders},
    mail::reply::escape,
    phrase,
    presets::{Lang, Languages, Text},
    runner::crash,
};
use complain::complain;
use context::{Context, variable};
use inputs::Inputs;

/// Runs the program.
pub fn main() -> ExitCode {
    host::guard();
    crash::hook(String::new());
    let arguments = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let arguments: Vec<String> = stale::with_months(arguments);
    let languages = languages(&arguments);
    let text = Rc::new(languages.text(language(&arguments, &languages)));
    crash::hook(text.get("crash"));
    // A panic has said where it was.
    let ended = panic::catch_unwind(AssertUnwindSafe(|| answered(&text, &languages, &arguments)));
    ExitCode::from(ended.unwrap_or(Exit::Software).code())
}

/// Parses what was typed, and does it.
fn answered(text: &Rc<Text>, languages: &Languages, arguments: &[String]) -> Exit {
    match args::command(text, languages).try_get_matches_from(arguments) {
        Ok(matches) => run(text, languages, &matches).unwrap_or_else(|error| {
            if wants_json(arguments) {
                let is_setup = matches.subcommand_name().is_none_or(|name| matches!(name, "edit" | "check"));
                say_json(text, &error, is_setup);
            }
            complain(text, &error)
        }),
        Err(error) => misuse(text, &error, wants_json(arguments)),
    }
}

/// Whether a document is expected on standard output, whatever else was typed.
fn wants_json(arguments: &[String]) -> bool {
    arguments.iter().any(|word| word == "--json") || variable("MAILSETUP_JSON").is_some_and(|word| word != "no")
}

/// What ended the program, as the single document that `--json` promises.
fn say_json(text: &Text, error: &Error, is_setup: bool) {
    let why = text.say(&error.phrase);
    let document = if is_setup { json::nothing(&why) } else { serde_json::json!({"ok": false, "error": why}) };
    let _ = writeln!(io::stdout().lock(), "{document}");
}

/// Commands that read no preset: they run at every mail, or take back what was written, and a wrong preset must not stop them.
const WITHOUT_PRESETS: [&str; 6] = ["secret", "list", "show", "remove", "undo", "vault"];

fn run(text: &Rc<Text>, languages: &Languages, matches: &ArgMatches) -> Result<Exit, Error> {
    let inner = matches.subcommand();
    let inputs = Inputs::collect(inner.map_or(matches, |(_, inner)| innermost(inner)), &variable, text)?;
    let mut context = Context::new(text, languages, inputs)?;
    if inner.is_none_or(|(name, _)| !WITHOUT_PRESETS.contains(&name)) {
        context.load_presets(languages);
    }
    // What runs at every mail has nothing to say about it.
    if inner.is_none_or(|(name, _)| name != "secret") {
        for fault in context.text.faults() {
            context.say_fault(&phrase!("cli-text", fault = escape(&fault.to_string())), fault);
        }
    }
    let Some((name, matches)) = inner else {
        return set_up::run(&context, None);
    };
    let word = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let words = |name: &str| matches.get_many::<String>(name).into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let stale = || matches.get_one::<u32>("stale").copied();
    match name {
        "check" => check::run(&context, word("PROFILE"), matches.get_flag("send")),
        "detect" => detect::run(&context, &words("ADDRESS")),
        "explain" => explain::run(&context, matches),
        "export" => export::run(&context, &words("TARGET"), word("profile"), matches.get_flag("print")),
        "list" => commands::list(&context),
        "show" => commands::show(&context, word("PROFILE")),
        "edit" => set_up::run(&context, Some(word("PROFILE").unwrap_or("default"))),
        "remove" => commands::remove(&context, word("PROFILE").unwrap_or_default()),
        "undo" => commands::undo(&context),
        "secret" => secret::run(&context, matches),
        "vault" => vault::run(&context, matches),
        "probe" => probe::run(&context, word("HOST").unwrap_or_default()),
        "providers" => providers::run(&context, word("QUERY"), stale()),
        "targets" => targets::run(&context, word("QUERY"), stale()),
        _ => generate::run(&context, matches),
    }
}

/// The matches of the innermost command, which has the shared flags.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| innermost(inner))
}

/// The built-in languages and the person's own, from this machine's configuration folder: never from that of an image.
fn languages(arguments: &[String]) -> Languages {
    let scope = typed(arguments, "--scope").or_else(|| variable("MAILSETUP_SCOPE")).and_then(|word| word.parse().ok());
    host::places(scope, None, Folders::of_person())
        .map_or_else(|_| Languages::default(), |places| Languages::with_own(&places.config))
}

/// The value of a flag that is needed before the arguments are parsed.
fn typed(arguments: &[String], flag: &str) -> Option<String> {
    let value = arguments.iter().position(|word| word == flag).and_then(|index| arguments.get(index + 1));
    let joined = arguments.iter().find_map(|word| word.strip_prefix(flag)?.strip_prefix('='));
    value.map(String::as_str).or(joined).map(str::to_owned)
}

/// The language: `--lang`, then `MAILSETUP_LANG`, then the locale (POSIX order).
fn language(arguments: &[String], languages: &Languages) -> Lang {
    typed(arguments, "--lang")
        .or_else(|| ["MAILSETUP_LANG", "LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name)))
        .and_then(|locale| languages.of_locale(&locale))
        .unwrap_or_default()
}

/// Help and version are data; any other error of the parser gets our own words.
fn misuse(text: &Text, error: &clap::Error, json: bool) -> Exit {
    use clap::error::{ContextKind, ContextValue};
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => escape(word),
        Some(ContextValue::Strings(words)) => escape(&words.join(", ")),
        _ => String::new(),
    };
    let argument = context(ContextKind::InvalidArg);
    let near = Some(context(ContextKind::SuggestedArg))
        .filter(|word| !word.is_empty())
        .or_else(|| Some(context(ContextKind::SuggestedSubcommand)).filter(|word| !word.is_empty()))
        .unwrap_or_else(|| context(ContextKind::SuggestedValue));
    let phrase = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = write!(io::stdout().lock(), "{}", error.render());
            return Exit::Ok;
        }
        // The nearest flag would be accidental: name all that take a password.
        ErrorKind::UnknownArgument if argument == "--password" => {
            return refuse(text, &Error::new(Exit::Usage, phrase!("usage-password", flag = argument)), json);
        }
        ErrorKind::UnknownArgument => phrase!("usage-unknown-flag", flag = argument),
        ErrorKind::InvalidSubcommand => phrase!("usage-unknown-command", command = context(ContextKind::InvalidSubcommand)),
        ErrorKind::InvalidValue if context(ContextKind::InvalidValue).is_empty() => {
            phrase!("usage-no-value", flag = argument)
        }
        ErrorKind::InvalidValue => phrase!(
            "usage-bad-value",
            flag = argument,
            value = context(ContextKind::InvalidValue),
            values = context(ContextKind::ValidValue)
        ),
        ErrorKind::MissingRequiredArgument => phrase!("usage-missing", flag = argument),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => phrase!("usage-no-command"),
        ErrorKind::ArgumentConflict if argument.is_empty() => phrase!("usage-too-many"),
        ErrorKind::ArgumentConflict if context(ContextKind::PriorArg) == argument => phrase!("usage-twice", flag = argument),
        ErrorKind::ArgumentConflict => phrase!("usage-conflict", flag = argument),
        _ => phrase!("usage-other", flag = argument),
    };
    let error = Error::new(Exit::Usage, phrase);
    let hint = if near.is_empty() { phrase!("usage-help") } else { phrase!("cli-did-you-mean", near = near) };
    refuse(text, &error.hint(hint), json)
}

fn refuse(text: &Text, error: &Error, json: bool) -> Exit {
    if json {
        say_json(text, error, true);
    }
    complain(text, error)
}
