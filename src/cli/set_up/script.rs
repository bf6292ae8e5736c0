//! The set-up as a script: nothing is asked, and what cannot work is refused before anything is sent.

use std::io::{self, IsTerminal};

use super::{
    super::{complain::complain, context::Context, json, planned, report},
    conversation::Conversation,
    idle, scratch,
};
use crate::{
    error::{Error, Exit},
    frontend::{
        prompt_loop,
        script::{self, Stop},
    },
    host, phrase,
    plan::Change,
    render,
    setup::{AttemptKind, Effect, Field, Msg, Outcome, Setup, Status, Work},
};

/// Runs the conversation as a script and prints the result.
pub(super) fn run(context: &Context, mut conversation: Conversation) -> Result<Exit, Error> {
    host::signals::end_children_too();
    let begun = begin(context, &mut conversation).map_err(Stop::Error);
    let result = begun.and_then(|()| {
        let idle = idle::notes(context, &conversation.setup);
        for note in conversation.setup.notes().into_iter().chain(idle.iter().map(|phrase| context.text.say(phrase))) {
            context.say(&format!("! {note}"));
        }
        script::run(&mut conversation.setup, &conversation.runner, &mut |setup, outcome| match outcome {
            // Whoever waits for the result has to see it.
            Outcome::CodeShown(code) => context.warn_all(render::sign_in(setup.text(), code)),
            _ if context.json && !context.verbose => {}
            Outcome::Progress(AttemptKind::Test | AttemptKind::Proof, step) if step.is_over() => {
                context.say(&render::stages::line(setup.text(), step));
            }
            Outcome::Sending(own) => context.say(&render::proof::under_way(setup.text(), own)),
            _ => {}
        })
    });
    let setup = &conversation.setup;
    let is_dry = context.inputs.is_set("dry-run");
    if (is_dry || context.inputs.is_set("diff")) && setup.plan().is_some() {
        let lines = prompt_loop::plan_lines(setup);
        // What a dry run is asked for is data.
        if is_dry && !context.json {
            lines.iter().try_for_each(|line| context.out(line))?;
        } else {
            context.say_all(lines);
        }
    }
    let is_proven = setup.written().is_none_or(render::summary::is_proven);
    match &result {
        Ok(()) => {
            if setup.test_overridden() {
                explain_failure(context, setup);
            }
            match setup.written() {
                Some(_) if is_proven => context.say_all(prompt_loop::closing(setup, 100)),
                // What failed is said also when quiet.
                Some(_) => context.warn_all(prompt_loop::closing(setup, 100)),
                None => {}
            }
            context.warn_all(prompt_loop::arrival_lines(setup));
        }
        Err(Stop::Failed(_)) => explain_failure(context, setup),
        Err(Stop::Error(_)) => {}
    }
    let saved = report::of_setup(context, setup);
    if context.json {
        let error = match &result {
            Err(Stop::Error(error)) => Some(error),
            _ => None,
        };
        let is_arrived = arrival_exit(setup).is_none_or(|exit| exit == Exit::Ok);
        let mut document = json::setup(setup, result.is_ok() && is_proven && is_arrived, error);
        let idle = idle::notes(context, setup).into_iter().map(|phrase| context.text.say(&phrase).into());
        if let Some(notes) = document.get_mut("notes").and_then(serde_json::Value::as_array_mut) {
            notes.splice(0..0, idle);
        }
        if let Some(plan) = setup.plan().filter(|_| is_dry) {
            let secret = setup.order().and_then(|order| order.secret.as_ref());
            document["diff"] = planned::diff(context, &plan.changes, secret).join("\n").into();
        }
        if let Ok(Some(path)) = &saved {
            document["report"] = path.display().to_string().into();
        }
        context.out(&document.to_string())?;
    }
    let exit = match result {
        Ok(()) => refused_proof(setup).or_else(|| arrival_exit(setup)).unwrap_or(Exit::Ok),
        Err(Stop::Failed(exit)) => exit,
        Err(Stop::Error(error)) => complain(&context.text, &error),
    };
    scratch::clear(context, conversation.scratch.as_ref());
    report::ended(context, exit, saved)
}

/// The command that prints the password of the settings that are started from, with its generation.
fn fetch(setup: &Setup) -> Option<(u64, String)> {
    setup.background().into_iter().find_map(|effect| match effect.work {
        Work::Fetch(command) => Some((effect.generation, command)),
        _ => None,
    })
}

/// Whether somebody sees the link and the code, and may sign in meanwhile.
fn can_sign_in(setup: &Setup) -> bool {
    setup.signs_in_by_code() && io::stderr().is_terminal()
}

/// Checks every answer and the consent to write. A password that a command is still to print is not missing.
fn judge(context: &Context, conversation: &Conversation) -> Result<(), Error> {
    let is_dry = context.inputs.is_set("dry-run");
    let mut missing = conversation.setup.missing();
    if fetch(&conversation.setup).is_some() {
        missing.retain(|field| *field != Field::Password);
    }
    if let Some((why, hint)) = conversation.setup.reuse_fault().filter(|_| missing.contains(&Field::Reuse)) {
        return Err(Error::new(Exit::Usage, why).hint(hint));
    }
    if let Some(fault) = conversation.setup.store_fault() {
        return Err(Error::new(Exit::Usage, fault));
    }
    missing.retain(|field| *field != Field::OauthAddress);
    if missing.is_empty() && conversation.setup.needs_sign_in() && !can_sign_in(&conversation.setup) {
        return Err(Error::new(Exit::Usage, phrase!("oauth-needs-person")).hint(phrase!("oauth-needs-person-hint")));
    }
    if !is_dry && !context.inputs.is_set("yes") {
        missing.push(Field::Apply);
    }
    if !missing.is_empty() {
        let error = script::missing_error(&conversation.setup, &missing);
        return Err(if missing == [Field::Apply] { error.hint(phrase!("script-needs-yes-hint")) } else { error });
    }
    Ok(())
}

/// Checks what can be known before the test: every answer, the consent to write, the plan, and writable folders. Nothing runs a
/// command before the answers are right.
fn begin(context: &Context, conversation: &mut Conversation) -> Result<(), Error> {
    script::search(&mut conversation.setup, &conversation.runner);
    judge(context, conversation)?;
    if conversation.setup.lacks_mailbox() {
        return Err(Error::new(Exit::Usage, phrase!("cli-no-mailbox")).hint(phrase!("cli-no-mailbox-hint")));
    }
    if let Some((generation, command)) = fetch(&conversation.setup) {
        let secret = host::input::from_own_command(&command, None)?;
        let _ = conversation.setup.update(Msg::Finished(generation, Outcome::Fetched(Ok(secret))));
        judge(context, conversation)?;
    }
    let is_dry = context.inputs.is_set("dry-run");
    let Some(order) = conversation.setup.rehearsal() else { return Ok(()) };
    let plan = conversation.runner.plan(&order).map_err(|trouble| Error {
        exit: trouble.exit,
        phrase: trouble.phrase,
        hint: trouble.hint,
    })?;
    if !is_dry {
        let places = (conversation.runner.places)(order.scope)?;
        // The target of a link is checked when it is written.
        let is_plain = |change: &&Change| change.is_needed() && (places.root.is_some() || !change.path.is_symlink());
        for folder in plan.changes.iter().filter(is_plain).filter_map(|change| change.path.parent()) {
            host::writable(folder, places.root.as_deref())?;
        }
    }
    // Where nothing is sent before, this is the plan already.
    let generation = match conversation.setup.status() {
        Status::Run(Effect { generation, work: Work::Plan(wanted) }) if *wanted == order => generation,
        _ => return Ok(()),
    };
    let _ = conversation.setup.update(Msg::Finished(generation, Outcome::Planned(Ok(plan))));
    // The plan knows what other runs saved meanwhile.
    judge(context, conversation)
}

/// The exit status if a message sent from what was written was refused: by what the attempt found, else by how the consumer
/// ended.
fn refused_proof(setup: &Setup) -> Option<Exit> {
    setup.written()?.proofs.iter().find(|proof| proof.is_refused()).map(script::exit_of_proof)
}

/// The exit status by where the test message went.
fn arrival_exit(setup: &Setup) -> Option<Exit> {
    setup.test()?.report?.arrival.as_ref().map(script::exit_of)
}

/// A failed test in words; where nothing is written for it, with the command to run next.
fn explain_failure(context: &Context, setup: &Setup) {
    let Some(test) = setup.test() else { return };
    if let Some(evidence) = test.report.as_ref().and_then(|report| report.evidence.as_ref()) {
        context.warn_all(render::stages::fault(&context.text, evidence).iter().map(|line| format!("    {line}")));
    }
    if let Some(diagnosis) = &test.diagnosis {
        context.warn_all(render::diagnosis(&context.text, diagnosis));
    }
    if setup.test_overridden() && setup.written().is_some() {
        return;
    }
    let mended = test.diagnosis.as_ref().and_then(|diagnosis| setup.mended_command(diagnosis));
    context.say_phrase(&if mended.is_some() { phrase!("script-next") } else { phrase!("script-again") });
    let command = mended.unwrap_or_else(|| setup.equivalent());
    context.say_all(render::summary::command(&command, 100).iter().map(|line| format!("  {line}")));
    context.say_phrase(&phrase!("script-nothing-written"));
}
