//! `check`: repeats the live test with what was written; for cron and monitoring.

use std::time::SystemTime;

use serde_json::json;

use super::{
    commands::chosen,
    context::Context,
    json::{egress, egress_of, proof, stages},
    report,
};
use crate::{
    diagnose,
    error::{Error, Exit},
    frontend::script::{exit_of, exit_of_proof},
    host::{self, Disk},
    mail::{
        Auth, KeySlot, Profile, Security,
        profile::{Check, Written},
        reply::escape,
    },
    phrase,
    plan::{self, Order, Places, TargetChoice},
    presets::Phrase,
    probe::{Cancel, Goal, Login},
    render::{
        self,
        report::{Parts, ReportedAttempt},
    },
    runner::{Extent, Runner},
    setup::{
        AnswerRow, AnswerSource, AnswerValue, AttemptKind, ConnectSpec, Field, Outcome, Proof, TestMessage, judged,
        saved_answers,
    },
};

/// Runs the check; with `send` a message goes to the sender.
pub(super) fn run(context: &Context, named: Option<&str>, send: bool) -> Result<Exit, Error> {
    if let Err(error) = context.recover() {
        // What is half done stays so; the check says what it finds.
        [Some(error.phrase), error.hint].iter().flatten().for_each(|phrase| context.warn_phrase(phrase));
    }
    let (name, profile) = chosen(context, named)?;
    let places = context.places_for(profile.secret.as_ref())?;
    if !profile.enabled {
        let hint = phrase!("secret-disabled-hint", profile = name);
        return Err(Error::new(Exit::Config, phrase!("secret-disabled", profile = name)).hint(hint));
    }
    report::check_folder(context)?;
    let mut spec = connect_spec(context, &name, &profile, &places, send)?;
    // Where nobody knows, STARTTLS that is not there was taken out.
    spec.had_starttls = profile.smtp.security == Security::Starttls
        && host::checks::of(&name, &profile, &places).map_or(true, |known| known.secured.as_ref() == Some(&spec.endpoint));
    let (drift, mut older) = drift(context, &name, &profile, &places, &spec);
    let runner = context.runner();
    let attempt = runner.attempt(&spec, None, AttemptKind::Test, &Cancel::default(), &mut |outcome| {
        if let Outcome::Progress(_, step) = outcome
            && step.is_over()
            && (!context.json || context.verbose)
        {
            context.say(&render::stages::line(&context.text, &step));
        }
    });
    let proofs = if send && attempt.passed() { cron(context, &runner, &name, &profile, &spec) } else { Vec::new() };
    let diagnosis = attempt.evidence.as_ref().map(|evidence| diagnose::diagnose(evidence, &context.catalog, context.lang()));
    let refused = proofs.iter().find(|proof| proof.is_refused());
    let cause = diagnosis.as_ref().or_else(|| refused?.diagnosis.as_ref()).map(|found| found.cause.clone());
    let result = cause.unwrap_or_else(|| if refused.is_some() { diagnose::UNKNOWN } else { "ok" }.to_owned());
    let secured = Some(spec.endpoint.clone()).filter(|_| attempt.is_secured());
    let check = Check { when: host::clock::rfc3339(SystemTime::now()), result, secured };
    // A user who may check may not be allowed to write.
    let unsaved = host::checks::save(&name, &profile, check, &places).err();
    older.extend(unsaved.map(|error| phrase!("check-unsaved").with_phrase("why", error.phrase())));
    for line in drift.iter().chain(&older).map(|phrase| context.text.say(phrase)) {
        context.warn(&format!("! {line}"));
    }
    if let Some(diagnosis) = &diagnosis {
        let evidence = attempt.evidence.iter().flat_map(|evidence| render::stages::fault(&context.text, evidence));
        evidence.for_each(|line| context.warn(&format!("    {line}")));
        context.warn_all(render::diagnosis(&context.text, diagnosis));
    } else if !context.json && refused.is_none() {
        context.say_phrase(&phrase!("check-passed", profile = name));
    }
    for proof in &proofs {
        context.warn_all(render::proof::lines(&context.text, proof));
    }
    let parts = Parts {
        rows: rows(context, &profile, &name),
        attempts: vec![ReportedAttempt {
            kind: AttemptKind::Test,
            endpoint: &spec.endpoint,
            steps: &attempt.steps,
            report: Some(&attempt),
            diagnosis: diagnosis.as_ref(),
        }],
        secrets: spec.login.iter().map(|login| &login.secret).collect(),
        ..Parts::default()
    };
    let saved = report::of_parts(context, parts);
    if context.json {
        let endpoint = &spec.endpoint;
        let mut document = json!({
            "ok": attempt.passed() && drift.is_empty() && refused.is_none(), "changed": false, "profile": name,
            "smtp": {"host": endpoint.host, "port": endpoint.port, "security": endpoint.security, "auth": profile.smtp.auth,
                     "username": profile.smtp.username},
            "stages": stages(&context.text, &attempt.steps), "round_trips": attempt.round_trips,
            "diagnosis": diagnosis.as_ref().map(diagnose::Diagnosis::to_json), "files": [],
            "notes": drift.iter().chain(&older).map(|phrase| context.text.say(phrase)).collect::<Vec<_>>(),
            "equivalent": format!("mailsetup check {name}{}", if send { " --send" } else { "" }),
        });
        if send {
            document["proofs"] = proofs.iter().map(proof).collect();
        }
        if let Some(found) = egress_of(&attempt) {
            document["egress"] = egress(found);
        }
        if let Ok(Some(path)) = &saved {
            document["report"] = json!(path);
        }
        context.out(&document.to_string())?;
    }
    let exit = match &attempt.evidence {
        Some(evidence) => exit_of(evidence),
        None if let Some(refused) = refused => exit_of_proof(refused),
        None if drift.is_empty() => Exit::Ok,
        None => Exit::Config,
    };
    report::ended(context, exit, saved)
}

/// A profile's settings for the report.
fn rows(context: &Context, profile: &Profile, name: &str) -> Vec<AnswerRow> {
    let answers = saved_answers(profile, name).into_iter();
    let label = |field: Field| context.text.get(&format!("field-{}", field.key().replace('_', "-")));
    let row = |(field, value): (Field, AnswerValue)| AnswerRow {
        field,
        label: label(field),
        value: value.to_string(),
        source: Some(AnswerSource::Profile),
    };
    answers.map(row).collect()
}

/// The attempt for a profile: the envelope is offered and reset, or a message is sent.
fn connect_spec(
    context: &Context,
    name: &str,
    profile: &Profile,
    places: &Places,
    send: bool,
) -> Result<ConnectSpec, Error> {
    let smtp = &profile.smtp;
    let login = match (&profile.secret, smtp.auth) {
        (_, Auth::None) | (None, _) => None,
        (Some(place), auth) => Some(Login {
            auth,
            username: smtp.username.clone().map(String::from).unwrap_or_default(),
            secret: host::stores::read_own(name, &profile.into(), place, places)?.secret,
        }),
    };
    let goal = if send { Goal::Send } else { Goal::Rehearse };
    Ok(ConnectSpec {
        login,
        message: Some(TestMessage { sender: profile.sender.clone(), to: profile.sender.address.clone() }),
        ..ConnectSpec::new(profile, goal, context.timeout()?)
    })
}

/// Cron's mail, by what is `sendmail` here.
fn cron(context: &Context, runner: &Runner, name: &str, profile: &Profile, spec: &ConnectSpec) -> Vec<Proof> {
    let Ok(places) = context.places_for(profile.secret.as_ref()) else { return Vec::new() };
    let order = order(name, profile, &places, spec);
    let mut proofs = runner.prove_ways(&order, spec, Extent::Cron, &Cancel::default(), &mut |_| {});
    for proof in &mut proofs {
        judged(proof, profile, &context.catalog, context.lang());
    }
    proofs
}

/// What a profile would be written by.
fn order(name: &str, profile: &Profile, places: &Places, spec: &ConnectSpec) -> Order {
    let choice = |written: &Written| TargetChoice {
        key: written.name.clone(),
        path: written.path.clone(),
        ..TargetChoice::default()
    };
    Order {
        name: name.to_owned(),
        scope: places.scope,
        profile: profile.clone(),
        secret: spec.login.as_ref().map(|login| login.secret.clone()),
        targets: profile.targets.iter().map(choice).collect(),
        program: vec![super::context::program()],
        lock: KeySlot::default(),
    }
}

/// Targets whose files no longer agree with the profile, and files that call mailsetup as an older version wrote it.
fn drift(
    context: &Context,
    name: &str,
    profile: &Profile,
    places: &Places,
    spec: &ConnectSpec,
) -> (Vec<Phrase>, Vec<Phrase>) {
    let order = order(name, profile, places, spec);
    let disk = Disk::new(places);
    let (mut notes, mut calls) = (Vec::new(), Vec::new());
    for choice in &order.targets {
        let Some(target) = context.catalog.target(&choice.key) else { continue };
        let sites = plan::expand(target, choice, places, &disk);
        let found = sites.and_then(|sites| {
            let reads = sites.iter().map(|site| plan::read_back(target, site, name, places, &disk));
            reads.collect::<Result<Vec<_>, _>>()
        });
        match found {
            Ok(found) => {
                let mismatch = found.iter().find_map(|read| plan::compare(&order, places, read).into_iter().next());
                notes.extend(mismatch.map(|it| phrase!("check-drift", target = target.name, field = it)));
                if found.iter().any(|read| plan::is_older_call(&order, places, read)) {
                    let file = plan::first_path(target, choice, places).unwrap_or_default();
                    let file = escape(&file.display().to_string());
                    calls.push(phrase!("check-older-call", file = file, target = choice.key, profile = name));
                }
            }
            Err(refusal) => notes.push(refusal.phrase()),
        }
    }
    (notes, calls)
}
