//! `mailsetup [ADDRESS]`, `--demo` and `edit`: the conversation with its front end.

mod demo;

use std::{
    io::{self, IsTerminal},
    path::Path,
    rc::Rc,
};

use super::{
    context::{Context, program, variable},
    report,
};
use crate::{
    error::{Error, Exit},
    frontend::{
        Companion,
        lines::Liner,
        prompt::Prompter,
        script::{self, Stop},
        talk, tui,
    },
    host::{self, input},
    mail::{Profile, Secret, reply::escape},
    phrase, render,
    runner::Runner,
    setup::{Climbing, Facts, Field, Given, Invalid, Options, Outcome, Setup, Source, Status},
};

/// A conversation with what it runs on.
struct Stage {
    setup: Setup,
    runner: Runner,
    companion: Option<Box<dyn Companion>>,
    /// What is said behind the summary.
    farewell: Vec<String>,
}

/// Runs the set-up; `edit` names the saved profile that it starts from.
pub(super) fn run(context: &Context, edit: Option<&str>) -> Result<Exit, Error> {
    let options = Options {
        brief: !context.may_ask(),
        yes: context.inputs.is_set("yes"),
        force: context.inputs.is_set("force"),
        dry_run: context.inputs.is_set("dry-run"),
        timeout: context.timeout()?,
    };
    report::check_folder(context)?;
    let is_demo = context.inputs.is_set("demo");
    let mut stage = if is_demo { demo::stage(context, options)? } else { real(context, options) };
    if let Some(name) = edit {
        load(context, &mut stage.setup, name)?;
    }
    for (field, typed, source) in context.inputs.fields() {
        stage.setup.give(field, &typed, source).map_err(|invalid| bad_answer(&invalid, source, context))?;
    }
    if let Some(given) = secret(context)? {
        stage.setup.give_secret(given);
    }
    if !is_demo {
        check_places(context, &stage.setup)?;
    }
    converse(context, stage)
}

fn real(context: &Context, options: Options) -> Stage {
    let facts = host::facts();
    let suggested_targets =
        if options.brief { Vec::new() } else { host::installed_targets(&context.catalog, facts.is_root) };
    let facts = Facts {
        host_name: facts.host_name,
        full_name: facts.full_name,
        is_root: facts.is_root || context.inputs.get("root").is_some(),
        suggested_targets,
        suggested_address: None,
        command: vec!["mailsetup".into()],
        program: vec![program()],
    };
    let setup = Setup::new(context.catalog.clone(), Rc::clone(&context.text), facts, options);
    Stage { setup, runner: context.runner(), companion: None, farewell: Vec::new() }
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
        let Ok(fd) = number.parse() else {
            return Err(Error::new(Exit::Usage, phrase!("cli-password-fd", typed = escape(number))));
        };
        (input::from_fd(fd), vec!["--password-fd".into(), number.into()])
    } else if let Some(name) = inputs.get("password-env") {
        (input::from_env(name), Vec::new())
    } else if let Some(command) = inputs.get("password-command") {
        (input::from_command(command), Vec::new())
    } else {
        return Ok(None);
    };
    let secret = secret.map_err(Error::from)?;
    Ok(Some(Given { secret, flag: Some(flag) }))
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
    host::recover(&places)?.iter().for_each(|note| context.say_phrase(note));
    Ok(())
}

/// Starts from a saved profile.
fn load(context: &Context, setup: &mut Setup, name: &str) -> Result<(), Error> {
    let places = context.places()?;
    let profile = host::profiles::load(name, &places)?;
    let mut give = |field: Field, value: &str| {
        setup.give(field, value, Source::Profile).map_err(|invalid| bad_answer(&invalid, Source::File, context))
    };
    for (field, value) in answers_of(&profile, name) {
        give(field, &value)?;
    }
    if let Some(place) = &profile.secret {
        // A secret that cannot be read is asked again.
        if let Ok(secret) = host::secrets::read(name, place, &places) {
            setup.give_secret(Given { secret, flag: None });
        }
    }
    Ok(())
}

/// A profile's settings as answers.
pub(super) fn answers_of(profile: &Profile, name: &str) -> Vec<(Field, String)> {
    use crate::mail::profile::SecretPlace;
    let smtp = &profile.smtp;
    let mut answers = vec![
        (Field::Address, profile.sender.address.clone()),
        (Field::Name, profile.sender.name.clone().unwrap_or_default()),
        (Field::ReplyTo, profile.sender.reply_to.clone().unwrap_or_default()),
        (Field::Provider, smtp.provider.clone().unwrap_or_else(|| "custom".into())),
        (Field::Host, smtp.host.clone()),
        (Field::Security, smtp.security.to_string()),
        (Field::Port, smtp.port.to_string()),
        (Field::Ehlo, smtp.ehlo.clone()),
        (Field::Auth, smtp.auth.clone()),
        (Field::Imap, if profile.imap.is_some() { "yes" } else { "no" }.to_owned()),
        (Field::Profile, name.to_owned()),
        (Field::Targets, targets_of(profile)),
    ];
    if smtp.allow_plaintext {
        answers.push((Field::Plaintext, "yes".into()));
    }
    let mut maybe = |field: Field, value: Option<String>| answers.extend(value.map(|value| (field, value)));
    maybe(Field::Username, smtp.username.clone());
    maybe(Field::CaFile, smtp.tls.ca_file.as_ref().map(|path| path.display().to_string()));
    maybe(Field::Pin, smtp.tls.pin_sha256.clone());
    if let Some(imap) = &profile.imap {
        maybe(Field::ImapHost, Some(imap.host.clone()));
        maybe(Field::ImapSecurity, Some(imap.security.to_string()));
        maybe(Field::ImapPort, Some(imap.port.to_string()));
        maybe(Field::ImapUsername, imap.username.clone());
    }
    maybe(Field::SecretStore, profile.secret.as_ref().map(|place| place.store().to_owned()));
    match &profile.secret {
        Some(SecretPlace::Env { variable }) => maybe(Field::SecretEnv, Some(variable.clone())),
        Some(SecretPlace::Command { command }) => maybe(Field::SecretCommand, Some(command.clone())),
        _ => {}
    }
    answers
}

/// A profile's targets as `--target` takes them, joined by commas.
fn targets_of(profile: &Profile) -> String {
    let word = |target: &crate::mail::profile::Written| match &target.path {
        Some(path) => format!("{}={}", target.name, path.display()),
        None => target.name.clone(),
    };
    profile.targets.iter().map(word).collect::<Vec<_>>().join(",")
}

fn converse(context: &Context, mut stage: Stage) -> Result<Exit, Error> {
    if !context.may_ask() {
        return by_script(context, stage);
    }
    let lost = |error: io::Error| Error::new(Exit::Io, phrase!("cli-terminal", cause = error));
    let term = variable("TERM").unwrap_or_else(|| "dumb".into());
    // Gum and huh have made ACCESSIBLE the word for a screen reader.
    let plain_lines = term == "dumb" || variable("ACCESSIBLE").is_some();
    if plain_lines || context.inputs.is_set("plain") || !io::stdout().is_terminal() {
        host::signals::leave_with(Exit::Cancelled);
        let text = Rc::clone(&context.text);
        let companion = stage.companion.as_deref();
        talk::welcome(&text, plain_lines).iter().for_each(|line| context.say(line));
        if plain_lines {
            talk::talk(&mut stage.setup, &stage.runner, &mut Liner::new(&text), companion).map_err(lost)?;
        } else {
            let mut prompter = Prompter::new(&text, context.color());
            talk::talk(&mut stage.setup, &stage.runner, &mut prompter, companion).map_err(lost)?;
        }
    } else {
        stage = by_wizard(context, stage).map_err(lost)?;
        if stage.setup.status() == Status::Done {
            let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
            talk::closing(&stage.setup, columns).iter().for_each(|line| context.say(line));
        }
    }
    stage.farewell.iter().for_each(|line| context.say(line));
    let saved = report::of_setup(context, &stage.setup);
    let exit = if stage.setup.status() == Status::Done {
        Exit::Ok
    } else {
        context.say_phrase(&phrase!("cli-cancelled"));
        Exit::Cancelled
    };
    report::ended(context, exit, saved)
}

/// Runs the conversation in the full-screen wizard.
fn by_wizard(context: &Context, stage: Stage) -> io::Result<Stage> {
    let (messages, results) = std::sync::mpsc::channel();
    let runner = stage.runner.clone();
    let starter: tui::Starter = Box::new(move |effect| runner.start(effect, messages.clone()));
    let diff: tui::Differ =
        |change, secret| crate::plan::diff(change, secret).iter().map(crate::plan::DiffLine::marked).collect();
    let options = tui::Options { look: tui::Look::of(variable, context.color()), diff };
    let ended = tui::run(stage.setup, starter, results, options, stage.companion)?;
    Ok(Stage { setup: ended.setup, companion: None, ..stage })
}

/// Runs the conversation as a script and prints what came of it.
fn by_script(context: &Context, mut stage: Stage) -> Result<Exit, Error> {
    let missing = stage.setup.missing();
    let result = if missing.is_empty() {
        for note in stage.setup.notes() {
            context.say(&format!("! {note}"));
        }
        script::run(&mut stage.setup, &stage.runner, &mut |setup, outcome| {
            if let Outcome::Progress(Climbing::Test | Climbing::Proof, step) = outcome
                && (step.elapsed.is_some() || step.state == crate::probe::State::Failed)
                && (context.verbose || !context.json)
            {
                context.say(&render::ladder::line(setup.text(), step));
            }
        })
    } else {
        Err(Stop::Error(script::missing_error(&missing)))
    };
    let setup = &stage.setup;
    let show_plan = context.inputs.is_set("dry-run") || context.inputs.is_set("diff");
    if show_plan && setup.plan().is_some() {
        talk::plan_lines(setup).iter().for_each(|line| context.say(line));
    }
    match &result {
        Ok(()) => {
            if setup.written().is_some() {
                talk::closing(setup, 100).iter().for_each(|line| context.say(line));
            }
            stage.farewell.iter().for_each(|line| context.say(line));
        }
        Err(Stop::Failed(_)) => explain_failure(context, setup),
        Err(Stop::Error(_)) => {}
    }
    let saved = report::of_setup(context, setup);
    if context.json {
        let error = match &result {
            Err(Stop::Error(error)) => Some(context.text.say(&error.phrase)),
            _ => None,
        };
        let mut document = super::json::setup(setup, result.is_ok(), error);
        if let Ok(Some(path)) = &saved {
            document["report"] = path.display().to_string().into();
        }
        context.out(&document.to_string())?;
    }
    match result {
        Ok(()) => report::ended(context, Exit::Ok, saved),
        Err(Stop::Failed(exit)) => report::ended(context, exit, saved),
        Err(Stop::Error(error)) => Err(error),
    }
}

/// A failed test in words, with the command to run next.
fn explain_failure(context: &Context, setup: &Setup) {
    let Some(ladder) = setup.test() else { return };
    if let Some(evidence) = ladder.report.as_ref().and_then(|report| report.evidence.as_ref()) {
        render::ladder::fault(&context.text, evidence).iter().for_each(|line| context.say(&format!("    {line}")));
    }
    if let Some(diagnosis) = &ladder.diagnosis {
        render::diagnosis(&context.text, diagnosis).iter().for_each(|line| context.say(line));
        if let Some(command) = setup.mended_command(diagnosis) {
            context.say_phrase(&phrase!("script-next"));
            render::summary::command(&command, 100).iter().for_each(|line| context.say(&format!("  {line}")));
        }
    }
    context.say_phrase(&phrase!("script-nothing-written"));
}
