//! `mailsetup [ADDRESS]`, `--demo` and `edit`: the conversation with its front end.

mod conversation;
#[cfg(feature = "demo")]
mod demo;
mod home;
mod idle;
mod import;
mod resume;
pub(super) mod saved;
mod scratch;
mod script;

use std::{
    io::{self, IsTerminal},
    path::Path,
    rc::Rc,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use conversation::{Conversation, bad_answer};
use resume::ResumeSession;
use scratch::Scratch;

use super::{
    ca_file::read_ca,
    check::{self, CheckKind},
    client_cert, commands,
    context::{Context, variable},
    given_secret::given_secret,
    inputs::{IMAP_PASSWORDS, PASSWORDS},
    report,
};
use crate::{
    discover::Reach,
    error::{Error, Exit},
    frontend::{
        Autosave,
        lines::Liner,
        prompt::Prompter,
        prompt_loop,
        restore::{self, Restorer},
        tui,
    },
    host,
    mail::{RunAs, Secret, StoreKind, TestDepth, proxy::ProxyVariable, reply::escape},
    phrase,
    presets::Phrase,
    setup::{AnswerSource, Errand, Field, GivenSecret, HomeAction, Msg, Setup, SetupFacts, SetupOptions, Status},
};

/// What of a saved profile is started from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// Everything.
    Saved,
    /// Everything but access that was given: somebody signs in again.
    SignIn,
    /// Everything, and one more program is to use it.
    Programs,
}

/// Runs the set-up; `edit` is the saved profile to start from.
pub(super) fn run(context: &Context, edit: Option<&str>, start: Start) -> Result<Exit, Error> {
    let options = SetupOptions {
        brief: !context.may_ask(),
        yes: context.inputs.is_set("yes"),
        force: context.inputs.is_set("force"),
        edits: edit.is_some(),
        takes_over: context.inputs.is_set("take-over"),
        unproven: context.inputs.is_set("unproven"),
        dry_run: context.inputs.is_set("dry-run"),
        deletes_arrival: context.inputs.is_set("arrival-delete"),
        timeout: context.timeout()?,
        reach: context.reach(),
        // The demo has a domain of its own; nobody is asked for it.
        looks_at_domain: context.inputs.is_set("demo") || context.reach() == Reach::Domain,
    };
    report::check_folder(context)?;
    let is_demo = context.inputs.is_set("demo");
    if let Some(name) = edit {
        // Ask for a passphrase before drawing the screen.
        context.places_for(host::profiles::load(name, &context.places()?)?.secret.as_ref())?;
    }
    #[cfg(feature = "demo")]
    let mut conversation = if is_demo { demo::conversation(context, options)? } else { real(context, options) };
    #[cfg(not(feature = "demo"))]
    let mut conversation = real(context, options);
    if let Some(name) = edit {
        saved::load(context, &mut conversation.setup, name, start != Start::SignIn)?;
    }
    for (field, typed, source) in context.inputs.fields() {
        // The argument names the profile, and its answers are the start.
        if edit.is_some() && matches!(field, Field::Profile | Field::Import) {
            continue;
        }
        conversation.setup.give(field, &typed, source).map_err(|invalid| bad_answer(&invalid, source, context))?;
    }
    // Who said what is to be changed is not asked for it.
    if start != Start::Saved || home::is_begun(context) {
        conversation.setup.change_nothing_more();
    }
    in_image(context, &mut conversation.setup)?;
    unproven(context, &mut conversation.setup)?;
    let begins = !is_demo && edit.is_none();
    if begins {
        // What a profile keeps says by whom a command for the password is run.
        saved::know(&mut conversation)?;
    }
    if let Some(given) = secret(context, &conversation.setup)? {
        conversation.setup.give_secret(given);
    }
    if let Some(given) = given_secret(context, IMAP_PASSWORDS, None)? {
        conversation.setup.give_imap_secret(given);
    }
    if begins {
        home::offer(context, &mut conversation);
    }
    if !is_demo && start == Start::Saved {
        let places = (conversation.runner.places)(conversation.setup.scope())?;
        // Somebody signed in for a set-up that was cut off.
        if let Some(grant) = host::tokens::pending(&places) {
            conversation.setup.know_grant(grant.to_secret());
        }
    }
    import::begin(context, &mut conversation, context.may_ask() && !is_demo && edit.is_none())?;
    if !context.may_ask() {
        idle::refuse(context, &conversation.setup)?;
    }
    if !is_demo {
        check_ca_file(context, &conversation.setup)?;
        client_cert::check(&conversation.setup)?;
        check_places(context, &conversation.setup)?;
    }
    if start == Start::Programs {
        let _ = conversation.setup.update(Msg::Go(Field::Targets));
    }
    // What an image remembers was answered by whoever made it.
    let resume = if is_demo || !context.may_ask() || context.inputs.get("root").is_some() {
        None
    } else {
        let places = (conversation.runner.places)(conversation.setup.scope())?;
        Some(ResumeSession::begin(&places, &mut conversation, edit))
    };
    if !is_demo && edit.is_none() && context.other_places().is_some() {
        let places = (conversation.runner.places)(conversation.setup.scope())?;
        context.say_phrase(&phrase!("scope-written", path = escape(&places.config.display().to_string())));
    }
    converse(context, conversation, resume)
}

fn real(context: &Context, options: SetupOptions) -> Conversation {
    let root = context.inputs.get("root").map(Path::new);
    let facts = root.map_or_else(host::facts, host::facts_below);
    let said = ["root", "nameserver"].map(|name| Some(format!("--{name}={}", context.inputs.get(name)?)));
    let command = std::iter::once("mailsetup".to_owned()).chain(said.into_iter().flatten()).collect();
    let suggested_targets =
        if options.brief { Vec::new() } else { host::installed_targets(&context.catalog, root, facts.is_root) };
    let facts = SetupFacts {
        host_name: facts.host_name,
        full_name: facts.full_name,
        is_root: facts.is_root || root.is_some(),
        suggested_targets,
        suggested_address: None,
        known_domains: known_domains(context),
        root_mail: host::root_mail(root),
        proxy: ProxyVariable::find(&variable),
        command,
        program: context.secret_program(),
        key_slot: context.key_slot(),
        sign_in_seed: seed(),
        cwd: std::env::current_dir().unwrap_or_default(),
    };
    let setup = Setup::new(context.catalog.clone(), Rc::clone(&context.text), facts, options);
    Conversation { setup, runner: context.runner(), sidecar: None, scratch: None }
}

/// What makes the links to sign in of this run no other's; `None` where the machine gives no random numbers.
fn seed() -> Option<Secret> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *bytes).ok()?;
    Some(Secret::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

/// The domains of the senders of saved profiles.
fn known_domains(context: &Context) -> Vec<String> {
    let listed = context.places().ok().and_then(|places| host::profiles::list(&places).ok()).unwrap_or_default();
    let domain = |(_, profile): host::profiles::Listed| Some(profile.ok()?.sender.address.domain().to_owned());
    listed.into_iter().filter_map(domain).collect()
}

/// The secret, from the source that a flag names. A command that stays the store is run as the user who sends from the first time on.
fn secret(context: &Context, setup: &Setup) -> Result<Option<GivenSecret>, Error> {
    let inputs = &context.inputs;
    let is_later = |name: &str, store| inputs.get(name).is_some() && is_later(context, store);
    if is_later("password-env", StoreKind::Env) || is_later("password-command", StoreKind::Command) {
        return Ok(None);
    }
    let is_store = inputs.get("secret-store").is_none_or(|store| store == StoreKind::Command.as_str());
    let senders = setup.value(Field::RunAs).filter(|_| is_store).and_then(|users| users.parse::<RunAs>().ok());
    let sender = senders.as_ref().and_then(|users| Some(users.first()?.as_str()));
    given_secret(context, PASSWORDS, sender)
}

/// Refuses an unusable CA file before contacting any server.
fn check_ca_file(context: &Context, setup: &Setup) -> Result<(), Error> {
    setup.value(Field::CaFile).map_or(Ok(()), |path| read_ca(&context.runner(), &path).map(drop))
}

/// Takes the path that mailsetup has in an image: it is the program that others run there for the password.
fn in_image(context: &Context, setup: &mut Setup) -> Result<(), Error> {
    const NAME: &str = "image-program";
    let (Some(path), Some(said)) = (context.inputs.get(NAME), context.inputs.as_given(NAME)) else { return Ok(()) };
    if let Some(other) = context.inputs.as_given("secret-command-path") {
        return Err(Error::new(Exit::Usage, phrase!("cli-contradiction", one = said, other = other)));
    }
    if context.inputs.get("root").is_none() || !Path::new(path).is_absolute() {
        return Err(Error::new(Exit::Usage, phrase!("cli-image-program")).hint(phrase!("cli-image-program-hint")));
    }
    let source = AnswerSource::Flag;
    setup.give(Field::SecretCommandPath, path, source).map_err(|invalid| bad_answer(&invalid, source, context))
}

/// Nothing is tested where only run time can show whether mail goes out.
fn unproven(context: &Context, setup: &mut Setup) -> Result<(), Error> {
    let Some(said) = context.inputs.as_given("unproven").filter(|_| context.inputs.is_set("unproven")) else {
        return Ok(());
    };
    let none = TestDepth::None.as_str();
    if let Some(other) = context.inputs.as_given("test").filter(|_| context.inputs.get("test") != Some(none)) {
        let other = format!("{other} {}", context.inputs.get("test").unwrap_or_default());
        return Err(Error::new(Exit::Usage, phrase!("cli-contradiction", one = said, other = other)));
    }
    let source = AnswerSource::Flag;
    setup.give(Field::Test, none, source).map_err(|invalid| bad_answer(&invalid, source, context))
}

/// Whether the secret stays with the person until run time, so that it is not asked for now.
fn is_later(context: &Context, store: StoreKind) -> bool {
    let stays = context.inputs.get("secret-store").is_none_or(|word| word == store.as_str());
    context.inputs.is_set("unproven") && stays
}

/// Refuses an unwritable folder before asking any question.
fn check_places(context: &Context, setup: &Setup) -> Result<(), Error> {
    if context.inputs.is_set("dry-run") {
        return Ok(());
    }
    let order_scope = setup.scope();
    let places = (context.runner().places)(order_scope)?;
    host::writable(&places.config.join("profiles"), places.root.as_deref())?;
    Ok(host::writable(&places.state, places.root.as_deref())?)
}

fn converse(context: &Context, mut conversation: Conversation, resume: Option<ResumeSession>) -> Result<Exit, Error> {
    if !context.may_ask() {
        return script::run(context, conversation);
    }
    let mut nobody = ();
    let mut kept = resume.clone();
    let autosave: &mut dyn Autosave = kept.as_mut().map_or(&mut nobody, |resume| resume);
    let lost = |error: io::Error| Error::new(Exit::Io, phrase!("cli-terminal", cause = error));
    let term = variable("TERM").unwrap_or_else(|| "dumb".into());
    // `ACCESSIBLE` selects screen-reader mode in gum and huh (https://github.com/charmbracelet/huh#accessibility).
    let plain_lines = term == "dumb" || variable("ACCESSIBLE").is_some();
    if plain_lines || context.inputs.is_set("plain") || !io::stdout().is_terminal() {
        let terminal = Restorer::new(!plain_lines);
        terminal.clone().on_panic();
        let (resume, scratch) = (resume.clone(), conversation.scratch.clone());
        host::signals::leave_with(Exit::Cancelled, PromptWatcher { terminal, resume, scratch });
        let text = Rc::clone(&context.text);
        let sidecar = conversation.sidecar.as_deref_mut();
        context.say_all(prompt_loop::welcome(&text, plain_lines));
        if plain_lines {
            prompt_loop::run(&mut conversation.setup, &conversation.runner, &mut Liner::new(&text), sidecar, autosave)
                .map_err(lost)?;
        } else {
            let mut prompter = Prompter::new(&text, context.color());
            prompt_loop::run(&mut conversation.setup, &conversation.runner, &mut prompter, sidecar, autosave)
                .map_err(lost)?;
        }
    } else {
        conversation = by_wizard(context, conversation, autosave).map_err(lost)?;
        if conversation.setup.status() == Status::Done {
            let columns = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
            context.say_all(prompt_loop::closing(&conversation.setup, columns));
        }
    }
    if let Some(errand) = conversation.setup.errand() {
        return do_errand(context, errand);
    }
    for phrase in idle::notes(context, &conversation.setup) {
        context.say_phrase(&phrase);
    }
    // Wait for files that are being written; nothing that has not begun to write begins any more.
    std::mem::forget(host::signals::block_writes());
    host::end_all();
    if let Some(resume) = resume.filter(|_| !conversation.setup.is_lost()) {
        resume.forget();
    }
    let saved = report::of_setup(context, &conversation.setup);
    scratch::clear(context, conversation.scratch.as_ref());
    let exit = if conversation.setup.status() == Status::Done {
        Exit::Ok
    } else {
        context.say_phrase(&phrase!("cli-cancelled"));
        Exit::Cancelled
    };
    report::ended(context, exit, saved)
}

/// Does what a person wants instead of a set-up.
fn do_errand(context: &Context, errand: &Errand) -> Result<Exit, Error> {
    match errand {
        Errand::Undo => commands::undo(context),
        Errand::With(name, HomeAction::Test) => check::run(context, Some(name), false, CheckKind::Rehearse),
        Errand::With(name, HomeAction::Edit) => run(context, Some(name), Start::Saved),
        Errand::With(name, HomeAction::Add) => run(context, Some(name), Start::Programs),
        Errand::With(name, HomeAction::Remove) => commands::remove(context, Some(name), false, false),
    }
}

/// What signals do during prompts and lines.
struct PromptWatcher {
    terminal: Restorer,
    resume: Option<ResumeSession>,
    scratch: Option<Scratch>,
}

impl host::signals::Watcher for PromptWatcher {
    fn leave(&mut self, by_person: bool) {
        self.terminal.end();
        if let Some(resume) = self.resume.as_ref().filter(|_| by_person) {
            resume.forget();
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

/// Saves the redacted report in the current folder; an existing name gets a number.
fn save_report(setup: &Setup) -> Result<std::path::PathBuf, Phrase> {
    let now = host::clock::rfc3339(std::time::SystemTime::now());
    let text = crate::render::report::of_setup(setup, now, host::system());
    host::save_private(Path::new("mailsetup-report.txt"), &text).map_err(|error| error.phrase())
}

/// Runs the conversation in the full-screen wizard.
fn by_wizard(context: &Context, conversation: Conversation, autosave: &mut dyn Autosave) -> io::Result<Conversation> {
    let (messages, results) = std::sync::mpsc::channel();
    let runner = conversation.runner.clone();
    let starter: tui::Starter = Box::new(move |effect| runner.start(effect, messages.clone()));
    let diff: tui::Differ =
        |change, secret| crate::plan::diff(change, secret).iter().map(crate::plan::DiffLine::marked).collect();
    let options = tui::TuiOptions { look: tui::Look::of(variable, context.color()), diff, report: save_report };
    let ended = tui::run(conversation.setup, starter, results, options, conversation.sidecar, autosave)?;
    Ok(Conversation { setup: ended.setup, sidecar: None, ..conversation })
}
