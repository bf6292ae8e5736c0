//! The contract's JSON documents.

use serde_json::{Value, json};

use super::verdict;
use crate::{
    diagnose::Diagnosis,
    error::Error,
    mail::ProofWay,
    plan::Sent,
    presets::Text,
    probe::{Egress, Learned, Report, StageReport, StageState, egress::Tried},
    render,
    setup::{Field, Proof, ProposedServer, Setup, WrittenFile},
};

/// The document of a set-up: `ok`, `changed`, the settings, the stages, the diagnosis, the files.
pub(super) fn setup(setup: &Setup, ok: bool, failure: Option<&Error>) -> Value {
    let test = setup.test();
    let report = test.as_ref().and_then(|test| test.report.as_ref());
    let diagnosis = test.as_ref().and_then(|test| test.diagnosis.as_ref());
    let written = setup.written();
    let profile = setup.profile();
    let smtp = profile.as_ref().map(|profile| {
        json!({
            "host": profile.smtp.host,
            "port": profile.smtp.port,
            "security": profile.smtp.security.as_str(),
            "auth": mechanism(report).unwrap_or_else(|| profile.smtp.auth.to_string()),
            "username": profile.smtp.username,
            "proxy": profile.smtp.proxy,
        })
    });
    let mut document = json!({
        "ok": ok,
        "changed": written.map_or_else(|| setup.is_dry_run() && would_change(setup), |written| written.changed),
        "profile": setup.value(Field::Profile),
        "smtp": smtp,
        "stages": report.map(|report| stages(setup.text(), &report.steps)).unwrap_or_default(),
        "round_trips": report.map_or(0, |report| report.round_trips),
        "diagnosis": diagnosis.map(Diagnosis::to_json),
        "files": files(setup),
        "equivalent": render::summary::command(&setup.equivalent(), usize::MAX).join(" "),
    });
    if let Some(found) = test.as_ref().and_then(|test| test.arrival.as_ref()) {
        document["arrival"] = found.to_json();
    }
    document["found"] = setup.proposed().map(found).into();
    if let Some(written) = written {
        document["status"] = render::summary::WriteStatus::of(written).as_str().into();
        if written.root.is_some() {
            document["lacks"] = json!(written.lacks);
        }
        document["proofs"] = written.proofs.iter().map(|one| proof(setup.text(), one)).collect();
        document["notes"] = written.notes.iter().map(|note| setup.text().say(note)).collect();
    } else if let Some(plan) = setup.plan() {
        document["notes"] = plan.notes.iter().map(|note| setup.text().say(&note.phrase)).collect();
    }
    if let Some(plan) = setup.plan() {
        document["orphaned"] = json!(plan.orphaned);
        if setup.is_dry_run() && !plan.lacks.is_empty() {
            document["lacks"] = json!(plan.lacks);
        }
    }
    if let Some(found) = report.and_then(egress_of) {
        document["egress"] = egress(found);
    }
    if let Some(failure) = failure {
        document["error"] = error(setup.text(), failure);
    }
    document
}

/// The server that the address led to, where that was said, and whether it is the one of the answers.
fn found(server: ProposedServer<'_>) -> Value {
    json!({
        "source": server.origin.as_str(),
        "at": server.at,
        "provider": server.provider,
        "host": server.endpoint.host,
        "port": server.endpoint.port,
        "security": server.endpoint.security.as_str(),
        "confirmed": server.is_confirmed,
        "taken": server.is_taken,
    })
}

/// How a target was proven: `by` whom the message was sent and, if the consumer failed to send it, what it said and whether
/// mailsetup could.
pub(super) fn proof(text: &Text, proof: &Proof) -> Value {
    let own = proof.own.as_ref().filter(|(_, sent)| *sent != Sent::Unseen).map(|(own, _)| own);
    let report = proof.report.as_ref();
    let is_way = proof.way != ProofWay::Test;
    json!({
        "target": proof.target,
        "way": proof.way.as_str(),
        "read_back": true,
        "read_by": proof.reader_word(),
        "sent": proof.sent(),
        "by": own.map(|_| proof.target.as_str()).or_else(|| report.map(|_| "mailsetup")),
        "as": own.and_then(|own| own.user.as_deref()),
        "to": proof.to,
        "said": proof.said().map(|said| said.join("\n")),
        // Before programs' own ways the test has passed.
        "mailsetup_can": own.and(report).map(Report::passed).or_else(|| (is_way && proof.fault().is_some()).then_some(true)),
        "arrival": proof.arrival.as_ref().map(|followed| stages(text, std::slice::from_ref(&followed.step)).pop()),
        "diagnosis": proof.diagnosis.as_ref().map(Diagnosis::to_json),
        "try": proof.try_it,
    })
}

/// Which ports answered, if they were tried.
pub(super) fn egress_of(report: &Report) -> Option<&Egress> {
    report.evidence.as_ref()?.egress.as_ref()
}

/// Which ports answered: one object for each host, port and family.
pub(super) fn egress(found: &Egress) -> Value {
    let host = |tried: &Tried| {
        let one = |attempt: &crate::probe::egress::PortAttempt| json!({"host": tried.host, "port": attempt.port, "family": attempt.family.as_str(), "reach": attempt.reach.as_str()});
        tried.attempts.iter().map(one).collect::<Vec<_>>()
    };
    std::iter::once(&found.chosen).chain(&found.second).flat_map(host).collect()
}

/// What ended a command, with its stable code, the words for a person, and the options or keys that are concerned.
pub(super) fn error(text: &Text, error: &Error) -> Value {
    let hint = error.hint.as_ref().map(|hint| text.say(hint));
    json!({"code": error.code(), "message": text.say(&error.phrase), "hint": hint, "fields": error.fields()})
}

/// The document of a command that did not begin: an error beside the keys that its document always has.
pub(super) fn nothing(command: Option<&str>, error: &Value) -> Value {
    match command {
        None | Some("edit" | "check") => json!({
            "ok": false, "changed": false, "profile": null, "smtp": null, "stages": [], "round_trips": 0, "diagnosis": null,
            "files": [], "equivalent": null, "error": error,
        }),
        Some("export" | "remove" | "undo" | "apply" | "purge") => {
            json!({"ok": false, "changed": false, "profile": null, "files": [], "error": error})
        }
        Some(_) => json!({"ok": false, "error": error}),
    }
}

/// Whether a dry run would have changed anything.
fn would_change(setup: &Setup) -> bool {
    setup.plan().is_some_and(|plan| plan.keep.is_some() || plan.changes.iter().any(crate::plan::Change::is_needed))
}

/// The files, as written or as they would be.
fn files(setup: &Setup) -> Vec<Value> {
    let one = |file: &WrittenFile| json!({"path": file.path, "action": file.action, "backup": file.backup});
    match setup.written() {
        Some(written) => written.files.iter().map(one).collect(),
        None => setup.plan().map(|plan| plan.changes.iter().map(planned).collect()).unwrap_or_default(),
    }
}

/// A file that would be written.
pub(super) fn planned(change: &crate::plan::Change) -> Value {
    let action = match (&change.before, &change.after) {
        _ if !change.is_needed() => "unchanged",
        (None, _) => "created",
        (Some(_), None) => "removed",
        (Some(_), Some(_)) => "changed",
    };
    json!({"path": change.path, "action": action, "backup": null, "planned": true})
}

/// The mechanism that the login used.
fn mechanism(report: Option<&Report>) -> Option<String> {
    report?.steps.iter().find_map(|step| match &step.learned {
        Some(crate::probe::Learned::LoggedIn(mechanism)) => Some(mechanism.to_string()),
        _ => None,
    })
}

/// The stages of the live test; that of arrival also has what the receiver said.
pub(super) fn stages(text: &Text, steps: &[StageReport]) -> Vec<Value> {
    let one = |step: &StageReport| {
        let mut stage = json!({
            "stage": step.stage.as_str(),
            "state": match step.state {
                // Stages that were not reached have ended as well.
                StageState::Pending | StageState::Running => StageState::Skipped.as_str(),
                state => state.as_str(),
            },
            "ms": step.elapsed.map(|elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)),
            "detail": step.learned.as_ref().map(|learned| render::stages::learned(text, learned)),
            "reply": step.reply.as_ref().map(crate::mail::Reply::text),
        });
        if let Some(Learned::Sighted(sighting)) = &step.learned {
            verdict::add(&mut stage, text, sighting);
        }
        stage
    };
    steps.iter().map(one).collect()
}
