//! The command line: what was typed, what was meant, which command, and the exit status.

pub mod answers;
mod apply;
mod args;
mod arrival;
mod ca_file;
mod check;
mod client_cert;
mod color;
mod commands;
mod complain;
mod context;
mod cut_off;
mod detect;
mod dns;
mod domain_look;
mod explain;
mod export;
mod generate;
mod given_secret;
mod inputs;
mod json;
mod layout;
mod mailbox;
mod name_server;
mod names;
mod order;
mod planned;
mod probe;
mod providers;
mod report;
mod schemas;
mod secret;
mod set_up;
mod shared;
mod slip;
mod stale;
mod targets;
mod token;
mod typed;
mod vault;
mod verdict;

use std::{
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    path::Path,
    process::ExitCode,
    rc::Rc,
};

use clap::{ArgMatches, Command, error::ErrorKind};

use crate::{
    error::{Error, Exit},
    host::{self, Folders},
    mail::reply::escape,
    phrase,
    presets::{Catalog, Lang, Languages, Text},
    runner::crash,
};
use args::Help;
use complain::complain;
use context::{Context, variable};
use cut_off::CutOffCare;
use inputs::Inputs;
use typed::{Typed, UnknownVariable, nearest_command, unknown_command, unknown_variables};

/// Runs the program.
pub fn main() -> ExitCode {
    if let Some(exit) = host::attend_if_asked() {
        return exit;
    }
    host::guard();
    crash::hook(String::new);
    let arguments = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let arguments: Vec<String> = stale::with_months(arguments);
    let languages = languages(&arguments);
    let lang = language(&arguments, &languages);
    let text = Rc::new(languages.text(lang));
    let spoken = languages.clone();
    crash::hook(move || spoken.text(lang).get("crash"));
    // A panic has said where it was.
    let ended = panic::catch_unwind(AssertUnwindSafe(|| answered(&text, &languages, arguments)));
    ExitCode::from(ended.unwrap_or(Exit::Software).code())
}

/// Does what was typed. An error is said, and is a document where one is expected.
fn answered(text: &Rc<Text>, languages: &Languages, arguments: Vec<String>) -> Exit {
    let mut command = args::command_for(&arguments, languages);
    let mut typed = Typed::of(arguments, &command);
    begin(text, languages, &mut command, &mut typed).unwrap_or_else(|error| {
        if wants_json(text, &typed) {
            let document = json::nothing(typed.command(), &json::error(text, &error));
            let _ = writeln!(io::stdout().lock(), "{document}");
        }
        complain(text, &error)
    })
}

/// Parses what was typed and runs it.
fn begin(text: &Rc<Text>, languages: &Languages, command: &mut Command, typed: &mut Typed) -> Result<Exit, Error> {
    typed.check_command(command)?;
    let is_secret = typed.command() == Some("secret");
    if !is_secret {
        typed.add_variables(command, text)?;
    }
    if typed.command() == Some("help") {
        return help(text, languages, command, typed.rest());
    }
    let matches = match command.try_get_matches_from_mut(&typed.words) {
        Ok(matches) => matches,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => return help_for(text, languages, &typed.words),
        Err(error) => return misuse(&error),
    };
    let inner = matches.subcommand().map_or(&matches, |(_, inner)| innermost(inner));
    // What runs at every mail has nothing to say about variables and texts.
    if is_secret {
        let context = Context::new(text, languages, Inputs::of_secret(inner, &variable))?;
        return run(&context, &matches);
    }
    let inputs = Inputs::collect(inner, &variable, text)?;
    let unknown = unknown_variables(languages, &inputs.lent_variables());
    let mut context = Context::new(text, languages, inputs)?;
    name_unknown(&context, typed.command(), &unknown)?;
    let has_presets = typed.command().is_none_or(|name| !WITHOUT_PRESETS.contains(&name));
    let catalog = if has_presets { context.load_presets() } else { Catalog::builtin() };
    context.know(catalog, languages);
    for fault in context.text.faults() {
        context.say_fault(&phrase!("cli-text", fault = escape(&fault.to_string())), fault);
    }
    run(&context, &matches)
}

/// Whether a document is expected on standard output, whatever else was typed: by the flag, a variable or the answers file.
fn wants_json(text: &Text, typed: &Typed) -> bool {
    let is_secret = typed.command() == Some("secret");
    let by_variable = || variable("MAILSETUP_JSON").is_some_and(|word| text.yes_or_no(&word).unwrap_or(true));
    let file = || typed_value(&typed.words, "--answers").or_else(|| variable("MAILSETUP_ANSWERS"));
    typed.words.iter().any(|word| word == "--json")
        || !is_secret && (by_variable() || file().is_some_and(|file| answers::wants_json(Path::new(&file))))
}

/// Commands that write: a variable that was misspelt, such as `MAILSETUP_DRY_RUN`, would do harm there.
const WRITING: [&str; 8] = ["edit", "export", "remove", "undo", "apply", "purge", "token", "vault"];

/// Names the variables that are none of ours: one that is nearly ours ends a command that writes.
fn name_unknown(context: &Context, command: Option<&str>, unknown: &[UnknownVariable]) -> Result<(), Error> {
    for UnknownVariable { name, near } in unknown {
        let name = escape(name);
        let writes = command.is_none_or(|command| WRITING.contains(&command));
        if name == "MAILSETUP_PASSWORD" {
            context.say_phrase(&phrase!("cli-variable-password"));
        } else if let Some(near) = near {
            let phrase = phrase!("cli-variable-unknown", name = name);
            let hint = phrase!("cli-did-you-mean", near = near);
            if writes {
                return Err(Error::new(Exit::Usage, phrase).hint(hint));
            }
            context.say_phrase(&phrase);
            context.say(&format!("  {}", context.text.say(&hint)));
        } else {
            context.say_phrase(&phrase!("cli-variable-unknown", name = name));
        }
    }
    Ok(())
}

/// `help [COMMAND]`: the same as `COMMAND --help`.
fn help(text: &Text, languages: &Languages, command: &Command, words: &[String]) -> Result<Exit, Error> {
    let mut path = vec!["mailsetup".to_owned()];
    let mut inner = command;
    for word in words.iter().take_while(|word| !word.starts_with('-')) {
        let Some(found) = inner.find_subcommand(word) else {
            return Err(unknown_command(word, nearest_command(word, inner)));
        };
        inner = found;
        path.push(word.clone());
    }
    path.push("--help".to_owned());
    help_for(text, languages, &path)
}

/// What was typed asks for help, which is written now.
fn help_for(text: &Text, languages: &Languages, words: &[String]) -> Result<Exit, Error> {
    let asked = args::command(Help::In(text), languages).try_get_matches_from(words);
    asked.map_or_else(|error| misuse(&error), |_| Ok(Exit::Ok))
}

/// Commands that read no preset: they run at every mail, read a message alone, or take back what was written, and a wrong preset must
/// not stop them.
const WITHOUT_PRESETS: [&str; 8] = ["arrival", "secret", "list", "show", "remove", "purge", "undo", "vault"];

/// Commands that take paths of files, which may be relative to the current folder. A set-up takes them too.
const TAKING_PATHS: [&str; 3] = ["edit", "export", "vault"];

fn run(context: &Context, matches: &ArgMatches) -> Result<Exit, Error> {
    let command = matches.subcommand();
    if command.is_none_or(|(name, _)| TAKING_PATHS.contains(&name)) {
        host::current_folder()?;
    }
    if let Some(("remove", matches)) = command {
        // Its profile says in which scope something may be cut off.
        let name = commands::removed(context, matches.get_one::<String>("PROFILE").map(String::as_str))?;
        commands::enter_scope_of(context, Some(&name))?;
    }
    CutOffCare::of(command, |name| context.inputs.is_set(name)).take(context)?;
    let Some((name, matches)) = command else {
        return set_up::run(context, None, set_up::Start::Saved);
    };
    let word = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let words = |name: &str| matches.get_many::<String>(name).into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
    let stale = || matches.get_one::<u32>("stale").copied();
    match name {
        "apply" => apply::run(context, word("PROFILE"), matches.get_flag("all")),
        "arrival" => arrival::run(context, word("eml").unwrap_or_default()),
        "check" => {
            let kind = match () {
                () if matches.get_flag("dns") => check::CheckKind::Dns,
                () if matches.get_flag("drift") => check::CheckKind::Drift,
                () if matches.get_flag("arrival") => check::CheckKind::Arrival,
                () if matches.get_flag("send") => check::CheckKind::Send,
                () => check::CheckKind::Rehearse,
            };
            check::run(context, word("PROFILE"), matches.get_flag("all"), kind)
        }
        "detect" => detect::run(context, &words("ADDRESS")),
        "dns" => {
            let format = word("format").and_then(|word| word.parse().ok());
            let options = dns::DnsOptions { format, waits: matches.get_flag("wait") };
            dns::run(context, word("WHOSE"), options)
        }
        "explain" => explain::run(context, matches),
        "export" => export::run(context, &words("TARGET"), matches.get_flag("print")),
        "list" => commands::list(context),
        "show" => commands::show(context, word("PROFILE")),
        "edit" => {
            let name = commands::asked(context, word("PROFILE"))?;
            set_up::run(context, Some(name.as_deref().unwrap_or(commands::DEFAULT)), set_up::Start::Saved)
        }
        "remove" => commands::remove(context, word("PROFILE"), matches.get_flag("purge"), matches.get_flag("if-exists")),
        "purge" => commands::purge(context),
        "undo" => commands::undo(context),
        "secret" => secret::run(context, matches),
        "token" => token::run(context, matches),
        "vault" => vault::run(context, matches),
        "probe" => probe::run(context, word("HOST").unwrap_or_default()),
        "providers" => providers::run(context, word("QUERY"), stale()),
        "targets" => targets::run(context, word("QUERY"), stale()),
        _ => generate::run(context, matches),
    }
}

/// The matches of the innermost command, which has the shared flags.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| innermost(inner))
}

/// The built-in languages and the person's own, from this machine's configuration folder: never from that of an image.
fn languages(arguments: &[String]) -> Languages {
    let scope = typed_value(arguments, "--scope").or_else(|| variable("MAILSETUP_SCOPE")).and_then(|word| word.parse().ok());
    host::places(scope, None, Folders::of_person())
        .and_then(|places| host::own_presets(&places).map(|()| places))
        .map_or_else(|_| Languages::default(), |places| Languages::with_own(&places.config))
}

/// The value of a flag that is needed before the arguments are parsed.
fn typed_value(arguments: &[String], flag: &str) -> Option<String> {
    let value = arguments.iter().position(|word| word == flag).and_then(|index| arguments.get(index + 1));
    let joined = arguments.iter().find_map(|word| word.strip_prefix(flag)?.strip_prefix('='));
    value.map(String::as_str).or(joined).map(str::to_owned)
}

/// The language: `--lang`, then `MAILSETUP_LANG`, then the locale (POSIX order).
fn language(arguments: &[String], languages: &Languages) -> Lang {
    typed_value(arguments, "--lang")
        .or_else(|| ["MAILSETUP_LANG", "LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name)))
        .and_then(|locale| languages.of_locale(&locale))
        .unwrap_or_default()
}

/// Help and version are data; any other error of the parser gets our own words.
fn misuse(error: &clap::Error) -> Result<Exit, Error> {
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
            return Ok(Exit::Ok);
        }
        // The nearest flag would be accidental: name all that take a password.
        ErrorKind::UnknownArgument if argument == "--password" => {
            return Err(Error::new(Exit::Usage, phrase!("usage-password", flag = argument)));
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
    Err(error.hint(hint))
}
