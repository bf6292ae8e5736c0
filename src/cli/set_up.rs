//! `mailsetup [ADDRESS]`, `--demo` and `edit`: the conversation with its front end.

mod demo;
mod import;
mod resume;
pub(super) mod saved;
mod script;

use std::{
    io::{self, IsTerminal},
    path::Path,
    rc::Rc,
};

use demo::Scratch;
use resume::Memoir;

use super::{
    context::{Context, program, variable},
    report,
};
use crate::{
    error::{Error, Exit},
    frontend::{
        Companion, Keeper,
        lines::Liner,
        prompt::Prompter,
        restore::{self, Restorer},
        talk, tui,
    },
    host::{self, input},
    mail::{Secret, reply::escape},
    phrase,
    presets::Phrase,
    probe,
    runner::Runner,
    setup::{Facts, Field, Given, Invalid, Options, Setup, Source, Status},
};

/// A conversation with what it runs on.
struct Stage {
    setup: Setup,
    runner: Runner,
    companion: Option<Box<dyn Companion>>,
    /// The demo's folder.
    scratch: Option<Scratch>,
}

/// Runs the set-up; `edit` names the saved profile that it starts from.
pub(super) fn run(context: &Context, edit: Option<&str>) -> Result<Exit, Error> {
    let options = Options {
        brief: !context.may_ask(),
        yes: context.inputs.is_set("yes"),
        force: context.inputs.is_set("force"),
        dry_run: context.inputs.is_set("dry-run"),
        timeout: context.timeout()?,
        reach: context.reach(),
    };
    report::check_folder(context)?;
    let is_demo = context.inputs.is_set("demo");
    if let Some(name) = edit {
        // A passphrase is asked for before the screen is drawn.
        context.places_for(host::profiles::load(name, &context.places()?)?.secret.as_ref())?;
    }
    let mut stage = if is_demo { demo::stage(context, options)? } else { real(context, options) };
    if let Some(name) = edit {
        saved::load(context, &mut stage.setup, name)?;
    }
    for (field, typed, source) in context.inputs.fields() {
        // What is edited is named by its argument, and what it starts from is known.
        if edit.is_some() && matches!(field, Field::Profile | Field::Import) {
            continue;
        }
        stage.setup.give(field, &typed, source).map_err(|invalid| bad_answer(&invalid, source, context))?;
    }
    if let Some(given) = secret(context)? {
        stage.setup.give_secret(given);
    }
    import::begin(context, &mut stage, context.may_ask() && !is_demo && edit.is_none())?;
    if !is_demo {
        check_ca_file(&stage.setup)?;
        check_places(context, &stage.setup)?;
    }
    let memoir = if is_demo || !context.may_ask() {
        None
    } else {
        let places = (stage.runner.places)(stage.setup.scope())?;
        Some(Memoir::begin(&places, &mut stage, edit))
    };
    converse(context, stage, memoir)
}

fn real(context: &Context, options: Options) -> Stage {
    let facts = host::facts();
    let root = context.inputs.get("root").map(|root| format!("--root={root}"));
    let command = std::iter::once("mailsetup".to_owned()).chain(root).collect();
    let suggested_targets =
        if options.brief { Vec::new() } else { host::installed_targets(&context.catalog, facts.is_root) };
    let facts = Facts {
        host_name: facts.host_name,
        full_name: facts.full_name,
        is_root: facts.is_root || context.inputs.get("root").is_some(),
        suggested_targets,
        suggested_address: None,
        root_mail: host::root_mail(context.inputs.get("root").map(Path::new)),
        command,
        program: vec![program()],
        lock: context.lock(),
        cwd: std::env::current_dir().unwrap_or_default(),
    };
    let setup = Setup::new(context.catalog.clone(), Rc::clone(&context.text), facts, options);
    Stage { setup, runner: context.runner(), companion: None, scratch: None }
}

fn bad_answer(invalid: &Invalid, source: Source, context: &Context) -> Error {
    let exit = if source == Source::File { Exit::Data } else { Exit::Usage };
    let name = match source {
        Source::Env => invalid.field.variable(),
        Source::File => invalid.field.key().to_owned(),
        _ => invalid.field.flag(),
    };
    Error::new(exit, phrase!("cli-bad-answer", name = name, why = context.text.say(&invalid.phrase)))
}

/// The secret, from wherever a flag says.
fn secret(context: &Context) -> Result<Option<Given>, Error> {
    let inputs = &context.inputs;
    let (secret, flag): (Result<Secret, input::InputError>, Vec<String>) = if inputs.is_set("password-stdin") {
        (input::from_stdin(), vec!["--password-stdin".into()])
    } else if let Some(path) = inputs.get("password-file") {
        (input::from_file(Path::new(path)), vec!["--password-file".into(), path.into()])
    } else if let Some(number) = inputs.get("password-fd") {
        (Ok(super::context::from_fd(number)?), vec!["--password-fd".into(), number.into()])
    } else if let Some(name) = inputs.get("password-env") {
        (input::from_env(name), vec!["--password-env".into(), name.into()])
    } else if let Some(command) = inputs.get("password-command") {
        (input::from_command(command), vec!["--password-command".into(), command.into()])
    } else {
        return Ok(None);
    };
    let secret = secret.map_err(Error::from)?;
    Ok(Some(Given { secret, flag: Some(flag) }))
}

/// A CA file that cannot be used is said before any server is asked.
fn check_ca_file(setup: &Setup) -> Result<(), Error> {
    setup.value(Field::CaFile).map_or(Ok(()), |path| read_ca(&path).map(drop))
}

/// Reads a CA file.
///
/// # Errors
/// It cannot be read, or says nobody to trust.
pub(super) fn read_ca(path: &str) -> Result<Vec<u8>, Error> {
    let shown = escape(path);
    let pem = std::fs::read(path).map_err(|error| {
        Error::new(Exit::NoInput, phrase!("cli-ca-file-unreadable", file = shown, cause = error))
            .hint(phrase!("cli-ca-file-hint"))
    })?;
    probe::check_ca(&pem).map_err(|cause| {
        Error::new(Exit::Config, phrase!("cli-ca-file-bad", file = shown, cause = escape(&cause)))
            .hint(phrase!("cli-ca-file-hint"))
    })?;
    Ok(pem)
}

/// A folder that cannot be written is said before any question is asked.
fn check_places(context: &Context, setup: &Setup) -> Result<(), Error> {
    if context.inputs.is_set("dry-run") {
        return Ok(());
    }
    let order_scope = setup.scope();
    let places = (context.runner().places)(order_scope)?;
    host::writable(&places.config.join("profiles"))?;
    host::writable(&places.state)?;
    host::recover(&places, &host::Options::default())?.iter().for_each(|note| context.say_phrase(note));
    Ok(())
}

fn converse(context: &Context, mut stage: Stage, memoir: Option<Memoir>) -> Result<Exit, Error> {
    if !context.may_ask() {
        return script::run(context, stage);
    }
    let mut nobody = ();
    let mut kept = memoir.clone();
    let keeper: &mut dyn Keeper = kept.as_mut().map_or(&mut nobody, |memoir| memoir);
    let lost = |error: io::Error| Error::new(Exit::Io, phrase!("cli-terminal", cause = error));
    let term = variable("TERM").unwrap_or_else(|| "dumb".into());
    // Gum and huh have made ACCESSIBLE the word for a screen reader.
    let plain_lines = term == "dumb" || variable("ACCESSIBLE").is_some();
    if plain_lines || context.inputs.is_set("plain") || !io::stdout().is_terminal() {
        let terminal = Restorer::new(!plain_lines);
        terminal.clone().on_panic();
        let (memoir, scratch) = (memoir.clone(), stage.scratch.clone());
        host::signals::leave_with(Exit::Cancelled, Watch { terminal, memoir, scratch });
        let text = Rc::clone(&context.text);
        let companion = stage.companion.as_deref_mut();
        context.say_all(talk::welcome(&text, plain_lines));
        if plain_lines {
            talk::talk(&mut stage.setup, &stage.runner, &mut Liner::new(&text), companion, keeper).map_err(lost)?;
        } else {
            let mut prompter = Prompter::new(&text, context.color());
            talk::talk(&mut stage.setup, &stage.runner, &mut prompter, companion, keeper).map_err(lost)?;
        }
    } else {
        stage = by_wizard(context, stage, keeper).map_err(lost)?;
        if stage.setup.status() == Status::Done {
            let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
            context.say_all(talk::closing(&stage.setup, columns));
        }
    }
    // Whoever left while files were written waits for them, and what has not begun to write never does.
    std::mem::forget(host::signals::settled());
    host::end_all();
    if let Some(memoir) = memoir.filter(|_| !stage.setup.is_lost()) {
        memoir.forget();
    }
    let saved = report::of_setup(context, &stage.setup);
    part(context, stage.scratch.as_ref());
    let exit = if stage.setup.status() == Status::Done {
        Exit::Ok
    } else {
        context.say_phrase(&phrase!("cli-cancelled"));
        Exit::Cancelled
    };
    report::ended(context, exit, saved)
}

/// What signals do to prompts and lines.
struct Watch {
    terminal: Restorer,
    memoir: Option<Memoir>,
    scratch: Option<Scratch>,
}

impl host::signals::Watcher for Watch {
    fn leave(&mut self, by_person: bool) {
        self.terminal.end();
        if let Some(memoir) = self.memoir.as_ref().filter(|_| by_person) {
            memoir.forget();
        }
        let _ = self.scratch.as_ref().is_none_or(Scratch::clear);
    }

    fn stop(&mut self) {
        let words = self.terminal.pause();
        restore::stop();
        drop(words);
        self.terminal.resume();
    }

    fn go_on(&mut self) {
        self.terminal.resume();
    }
}

/// Names the demo's folder, unless nothing was written there: then it goes.
fn part(context: &Context, scratch: Option<&Scratch>) {
    if let Some(scratch) = scratch.filter(|scratch| !scratch.clear()) {
        context.say_phrase(&scratch.farewell());
    }
}

/// Saves the redacted report in the current folder; a name that is taken gets a number.
fn save_report(setup: &Setup) -> Result<std::path::PathBuf, Phrase> {
    let now = host::clock::rfc3339(std::time::SystemTime::now());
    let text = crate::render::report::of_setup(setup, now, host::system());
    host::save_private(Path::new("mailsetup-report.txt"), &text).map_err(|error| error.phrase())
}

/// Runs the conversation in the full-screen wizard.
fn by_wizard(context: &Context, stage: Stage, keeper: &mut dyn Keeper) -> io::Result<Stage> {
    let (messages, results) = std::sync::mpsc::channel();
    let runner = stage.runner.clone();
    let starter: tui::Starter = Box::new(move |effect| runner.start(effect, messages.clone()));
    let diff: tui::Differ =
        |change, secret| crate::plan::diff(change, secret).iter().map(crate::plan::DiffLine::marked).collect();
    let options = tui::Options { look: tui::Look::of(variable, context.color()), diff, report: save_report };
    let ended = tui::run(stage.setup, starter, results, options, stage.companion, keeper)?;
    Ok(Stage { setup: ended.setup, companion: None, ..stage })
}
