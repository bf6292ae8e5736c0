//! `check`: repeats the live test with what was written, and looks whether the files are still as the profile says; for cron and
//! monitoring.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{
    commands::chosen,
    context::Context,
    dns,
    json::{egress, egress_of, proof, stages},
    mailbox::mailbox,
    order::{self, Drift},
    planned, report,
};
use crate::{
    diagnose,
    error::{Error, Exit},
    frontend::script::{exit_of, exit_of_proof},
    host,
    mail::{Address, Profile, Security, profile::Check},
    phrase,
    plan::{Order, Places},
    presets::Phrase,
    probe::{Cancel, Goal, Login, Report},
    render::{
        self,
        report::{Parts, ReportedAttempt},
    },
    runner::{Extent, Runner},
    setup::{
        AnswerRow, AnswerSource, AnswerValue, AttemptKind, ConnectSpec, Field, Outcome, Proof, TestMessage, judged,
        refused_programs, saved_answers, tries_programs,
    },
};

/// What a check does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CheckKind {
    /// It logs in, and offers the envelope.
    Rehearse,
    /// It sends a message to the sender.
    Send,
    /// It sends a message and looks for it in the mailbox.
    Arrival,
    /// It looks at the files alone, without the network.
    Drift,
    /// It looks at the records of the sender's domain alone.
    Dns,
}

impl CheckKind {
    /// The flag that asks for it, behind a blank.
    const fn flag(self) -> &'static str {
        match self {
            Self::Rehearse => "",
            Self::Send => " --send",
            Self::Arrival => " --arrival",
            Self::Drift => " --drift",
            Self::Dns => " --dns",
        }
    }
}

/// Checks one profile, or all that are enabled. The first that is not right says how it ends.
pub(super) fn run(context: &Context, named: Option<&str>, all: bool, kind: CheckKind) -> Result<Exit, Error> {
    if !all {
        let (name, profile) = chosen(context, named)?;
        return one(context, &name, &profile, kind);
    }
    let mut exit = Exit::Ok;
    for (name, profile) in host::profiles::list(&context.places()?)? {
        let ended = match profile {
            Ok(profile) if !profile.enabled => Ok(Exit::Ok),
            Ok(profile) => one(context, &name, &profile, kind),
            Err(error) => Err(error.into()),
        };
        let ended = ended.or_else(|error| planned::say_failure(context, &name, &error).map(|()| error.exit))?;
        exit = if exit == Exit::Ok { ended } else { exit };
    }
    Ok(exit)
}

fn one(context: &Context, name: &str, profile: &Profile, kind: CheckKind) -> Result<Exit, Error> {
    let places = context.places_for(profile.secret.as_ref())?;
    if !profile.enabled {
        let hint = phrase!("secret-disabled-hint", profile = name);
        return Err(Error::new(Exit::Config, phrase!("secret-disabled", profile = name)).hint(hint));
    }
    if kind == CheckKind::Dns {
        return domain(context, name, profile);
    }
    let order = order::saved(context, name, profile, &places)?;
    let mut drift = Drift::of(context, &order, &places);
    drift.add_closed(context, &order, &places);
    if kind == CheckKind::Drift {
        if let Some(plan) = order::whole_plan(context, &order) {
            drift.add_planned(&plan);
        }
        return drift_alone(context, name, profile, &drift);
    }
    climb(context, name, &order, &places, (drift, kind))
}

/// The result of a check that looked at the files alone.
fn drift_alone(context: &Context, name: &str, profile: &Profile, drift: &Drift) -> Result<Exit, Error> {
    for phrase in drift.differences.iter().map(|known| &known.phrase).chain(&drift.older) {
        context.warn(&format!("! {}", context.text.say(phrase)));
    }
    let is_right = drift.differences.is_empty();
    if is_right && !context.json {
        context.say_phrase(&phrase!("check-no-drift", profile = name));
    } else if !is_right {
        context.warn_phrase(&phrase!("check-apply", profile = name));
    }
    if context.json {
        let command = format!("mailsetup check {name} --drift");
        let mut document = document(profile, name, is_right, &command);
        add_drift(context, &mut document, drift);
        context.out(&document.to_string())?;
    }
    Ok(if is_right { Exit::Ok } else { Exit::Failed })
}

/// The result of a check that looked at the records of the sender's domain alone.
fn domain(context: &Context, name: &str, profile: &Profile) -> Result<Exit, Error> {
    let (found, exit) = dns::check(context, profile)?;
    if context.json {
        let mut document = document(profile, name, exit == Exit::Ok, &format!("mailsetup check {name} --dns"));
        document["dns"] = found;
        context.out(&document.to_string())?;
    }
    Ok(exit)
}

/// The keys that every check has.
fn document(profile: &Profile, name: &str, ok: bool, command: &str) -> Value {
    let endpoint = profile.smtp.endpoint();
    json!({
        "ok": ok, "changed": false, "profile": name,
        "smtp": {"host": endpoint.host, "port": endpoint.port, "security": endpoint.security, "auth": profile.smtp.auth,
                 "username": profile.smtp.username, "proxy": profile.smtp.proxy},
        "stages": [], "round_trips": 0, "diagnosis": null, "files": [], "equivalent": command,
    })
}

/// Adds what is not as the profile says.
fn add_drift(context: &Context, document: &mut Value, drift: &Drift) {
    let said = drift.differences.iter().map(|known| &known.phrase).chain(&drift.older);
    document["notes"] = said.map(|phrase| context.text.say(phrase)).collect();
    let one = |known: &order::Difference| {
        let fields: Vec<&str> = known.fields.iter().map(|field| field.as_str()).collect();
        json!({"target": known.owner.name, "path": known.path, "state": known.how.as_str(), "fields": fields})
    };
    document["drift"] = drift.differences.iter().map(one).collect();
    let orphaned = drift.differences.iter().filter(|known| known.is_orphaned());
    document["orphaned"] = orphaned.map(|known| json!(known.owner)).collect();
}

/// How a check ends: by the first that failed of the ladder, the programs, the mailbox and the files.
fn exit_of_climb(attempt: &Report, refused: Option<&Proof>, is_lacking: bool, drift: &Drift) -> Exit {
    match (&attempt.evidence, refused, &attempt.arrival) {
        (Some(evidence), ..) | (None, None, Some(evidence)) => exit_of(evidence),
        (None, Some(refused), _) => exit_of_proof(refused),
        // As for a way of programs that is barred.
        (None, None, None) if is_lacking => Exit::NoPerm,
        (None, None, None) if drift.differences.is_empty() => Exit::Ok,
        (None, None, None) => Exit::Config,
    }
}

/// Climbs the ladder with what the profile says.
fn climb(
    context: &Context,
    name: &str,
    order: &Order,
    places: &Places,
    (mut drift, kind): (Drift, CheckKind),
) -> Result<Exit, Error> {
    let profile = &order.profile;
    report::check_folder(context)?;
    let mut spec = connect_spec(context, name, order, kind)?;
    let send = kind == CheckKind::Send;
    // Where nobody knows, STARTTLS that is not there was taken out.
    spec.had_starttls = profile.smtp.security == Security::Starttls
        && host::checks::of(name, profile, places).map_or(true, |known| known.secured.as_ref() == Some(&spec.endpoint));
    let runner = context.runner();
    let attempt = runner.attempt(&spec, None, AttemptKind::Test, &Cancel::default(), &mut |outcome| {
        if let Outcome::Progress(_, step) = outcome
            && step.is_over()
            && (!context.json || context.verbose)
        {
            context.say(&render::stages::line(&context.text, &step));
        }
    });
    let proofs = if send && attempt.passed() { programs(context, &runner, order, (&spec, &attempt)) } else { Vec::new() };
    let lack = if send && attempt.passed() && places.root.is_none() { lack(context, order) } else { None };
    let diagnosis = attempt.evidence.as_ref().map(|evidence| diagnose::diagnose(evidence, &context.catalog, context.lang()));
    let arrived = attempt.arrival.as_ref().map(|evidence| diagnose::diagnose(evidence, &context.catalog, context.lang()));
    let refused = proofs.iter().find(|proof| proof.is_refused());
    let cause = diagnosis.as_ref().or_else(|| refused?.diagnosis.as_ref()).map(|found| found.cause.clone());
    let result = cause.unwrap_or_else(|| match () {
        () if refused.is_some() => diagnose::UNKNOWN.to_owned(),
        () if lack.is_some() => NO_MAILER.to_owned(),
        () => "ok".to_owned(),
    });
    let secured = Some(spec.endpoint.clone()).filter(|_| attempt.is_secured());
    let check = Check { when: host::clock::rfc3339(SystemTime::now()), result, secured };
    // A user who may check may not be allowed to write.
    let unsaved = host::checks::save(name, profile, check, places).err();
    drift.older.extend(unsaved.map(|error| phrase!("check-unsaved").with_phrase("why", error.phrase())));
    for phrase in drift.differences.iter().map(|known| &known.phrase).chain(&drift.older) {
        context.warn(&format!("! {}", context.text.say(phrase)));
    }
    if let Some(diagnosis) = &diagnosis {
        let evidence = attempt.evidence.iter().flat_map(|evidence| render::stages::fault(&context.text, evidence));
        evidence.for_each(|line| context.warn(&format!("    {line}")));
        context.warn_all(render::diagnosis(&context.text, diagnosis));
    } else if !drift.differences.is_empty() {
        context.warn_phrase(&phrase!("check-drifted", profile = name));
        context.warn_phrase(&phrase!("check-apply", profile = name));
    } else if !context.json && refused.is_none() && lack.is_none() {
        context.say_phrase(&match &places.root {
            Some(_) => phrase!("check-passed-image", profile = name),
            None => phrase!("check-passed", profile = name),
        });
    }
    if let Some(arrived) = &arrived {
        context.warn_all(render::diagnosis(&context.text, arrived));
    }
    context.warn_all(render::arrival::asked_for(&context.text, &attempt));
    for proof in &proofs {
        context.warn_all(render::proof::lines(&context.text, proof));
    }
    let lacking = lack.as_ref().map(|lack| context.text.say(lack));
    context.warn_all(lacking.iter().map(|lack| format!("! {lack}")));
    let parts = Parts {
        rows: rows(context, profile, name),
        attempts: vec![ReportedAttempt {
            kind: AttemptKind::Test,
            endpoint: &spec.endpoint,
            steps: &attempt.steps,
            report: Some(&attempt),
            diagnosis: diagnosis.as_ref(),
        }],
        secrets: spec.login.iter().chain(spec.arrival.iter().map(|it| &it.login)).map(|login| &login.secret).collect(),
        ..Parts::default()
    };
    let saved = report::of_parts(context, parts);
    if context.json {
        let command = format!("mailsetup check {name}{}", kind.flag());
        let is_arrived = attempt.arrival.as_ref().is_none_or(|evidence| exit_of(evidence) == Exit::Ok);
        let is_right = attempt.passed() && drift.differences.is_empty() && refused.is_none() && lack.is_none() && is_arrived;
        let mut document = document(profile, name, is_right, &command);
        document["stages"] = stages(&context.text, &attempt.steps).into();
        document["round_trips"] = attempt.round_trips.into();
        document["diagnosis"] = json!(diagnosis.as_ref().map(diagnose::Diagnosis::to_json));
        add_drift(context, &mut document, &drift);
        if let (Some(lack), Some(notes)) = (lacking, document["notes"].as_array_mut()) {
            notes.push(lack.into());
        }
        if send {
            document["proofs"] = proofs.iter().map(|one| proof(&context.text, one)).collect();
        }
        if let Some(arrived) = &arrived {
            document["arrival"] = arrived.to_json();
        }
        if let Some(found) = egress_of(&attempt) {
            document["egress"] = egress(found);
        }
        if let Ok(Some(path)) = &saved {
            document["report"] = json!(path);
        }
        context.out(&document.to_string())?;
    }
    let exit = exit_of_climb(&attempt, refused, lack.is_some(), &drift);
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
fn connect_spec(context: &Context, name: &str, order: &Order, kind: CheckKind) -> Result<ConnectSpec, Error> {
    let profile = &order.profile;
    let smtp = &profile.smtp;
    let login = order.secret.clone().map(|secret| Login {
        auth: smtp.auth,
        username: smtp.username.clone().map(String::from).unwrap_or_default(),
        secret,
    });
    let goal = if matches!(kind, CheckKind::Send | CheckKind::Arrival) { Goal::Send } else { Goal::Rehearse };
    let to = context.inputs.value::<Address>("arrival-to")?.unwrap_or_else(|| profile.sender.address.clone());
    let arrival = if kind == CheckKind::Arrival { Some(mailbox(context, name, order, &to)?) } else { None };
    Ok(ConnectSpec {
        login,
        tries_programs: kind == CheckKind::Send && tries_programs(profile, order.scope, &order.targets, &context.catalog),
        message: Some(TestMessage { sender: profile.sender.clone(), to }),
        arrival,
        ..ConnectSpec::new(profile, goal, context.timeout()?)
    })
}

/// The cause that a check has where programs find no `sendmail`.
const NO_MAILER: &str = "no_mailer";

/// That programs here find no `sendmail` that works, as a set-up would say it.
fn lack(context: &Context, order: &Order) -> Option<Phrase> {
    let plan = order::whole_plan(context, order)?;
    plan.notes.into_iter().map(|note| note.phrase).find(render::summary::is_lack)
}

/// Cron's mail, by what is `sendmail` here, and the programs whose addresses the server refuses.
fn programs(context: &Context, runner: &Runner, order: &Order, (spec, report): (&ConnectSpec, &Report)) -> Vec<Proof> {
    let mut proofs = runner.prove_ways(order, spec, Extent::Cron, &Cancel::default(), &mut |_| {});
    proofs.extend(refused_programs((spec, report), order, (&proofs, &runner.mailers(order)), &context.catalog));
    for proof in &mut proofs {
        judged(proof, &order.profile, &context.catalog, context.lang());
    }
    proofs
}
