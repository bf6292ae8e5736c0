//! How a target was proven, in words: who sent the message, to whom, whether it was accepted, and what to do if not.

use crate::{
    diagnose::Diagnosis,
    mail::{ProofWay, reply::escape},
    phrase,
    plan::{SendEnd, SendFault, Sent, opened_to},
    presets::{Phrase, Text, target::ReaderKind},
    setup::{Proof, SendingProgram},
};

/// A proof in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told<'a> {
    /// The target and the outcome.
    pub line: String,
    /// The words of the server or program that refused.
    pub words: Vec<String>,
    /// What that means, and what to do.
    pub advice: Vec<String>,
    /// The diagnosis, if there is one to act on.
    pub diagnosis: Option<&'a Diagnosis>,
}

/// The line shown while a consumer sends by itself.
pub fn under_way(text: &Text, own: &SendingProgram) -> String {
    text.say(&match &own.user {
        Some(user) => phrase!("send-under-way-as", name = own.name, to = own.to, user = user),
        None => phrase!("send-under-way", name = own.name, to = own.to),
    })
}

/// A proof in words, and where its message arrived.
pub fn told<'a>(text: &Text, proof: &'a Proof) -> Told<'a> {
    let mut told = told_sent(text, proof);
    let seen = proof.arrival.as_ref().and_then(|followed| followed.step.learned.as_ref());
    let place = seen.map(|learned| super::stages::learned(text, learned));
    told.advice.extend(place.map(|place| text.say(&phrase!("proof-arrived", place = place))));
    told
}

fn told_sent<'a>(text: &Text, proof: &'a Proof) -> Told<'a> {
    if proof.refused.is_some() {
        return by_server(text, proof);
    }
    match (&proof.own, &proof.report) {
        (Some((own, sent)), _) if proof.way != ProofWay::Test => by_way(text, proof, own, sent),
        (Some((own, Sent::Failed(fault))), _) => by_own(text, proof, own, fault),
        (Some((own, Sent::Taken)), _) => {
            let time = super::elapsed(text, own.elapsed);
            let line = match &own.user {
                Some(user) => {
                    phrase!("send-taken-as", target = proof.target, name = own.name, to = own.to, user = user, time = time)
                }
                None => phrase!("send-taken", target = proof.target, name = own.name, to = own.to, time = time),
            };
            Told { line: text.say(&line), ..Told::default() }
        }
        (own, Some(report)) => {
            let mut told = by_us(text, proof, report);
            told.advice.extend(own.iter().map(|(own, _)| text.say(&phrase!("send-unseen", name = own.name))));
            told
        }
        (_, None) => Told { line: text.say(&read_back(proof)), ..Told::default() },
    }
}

/// Who read the settings back, where nothing was sent.
fn read_back(proof: &Proof) -> Phrase {
    match proof.read_by().map(|reader| (reader.by, &reader.name)) {
        Some((ReaderKind::Program, reader)) => phrase!("render-proof-program", target = proof.target, reader = reader),
        Some((ReaderKind::Parser, reader)) => phrase!("render-proof-parser", target = proof.target, reader = reader),
        None => phrase!("render-proof-read", target = proof.target),
    }
}

/// A message as a program of this machine sends it.
fn by_way<'a>(text: &Text, proof: &'a Proof, own: &SendingProgram, sent: &Sent) -> Told<'a> {
    let to = recipient(proof);
    let way = way(text, proof, own.user.as_deref());
    let fault = match sent {
        Sent::Failed(fault) => fault,
        Sent::Taken => {
            let time = super::elapsed(text, own.elapsed);
            let line = text.say(&phrase!("proof-way-taken", target = proof.target, way = way, to = to, time = time));
            return Told { line, ..Told::default() };
        }
        Sent::Unseen | Sent::Missing => {
            let line = text.say(&phrase!("proof-way-unseen", target = proof.target, way = way, name = own.name));
            return Told { line, ..Told::default() };
        }
    };
    let ended = text.say(&ended(fault.end, own, fault.said.is_empty()));
    let told = not_out(text, proof, &way);
    Told { advice: [vec![ended], told.advice].concat(), ..told }
}

/// A sender whom the server refused before any message was sent.
fn by_server<'a>(text: &Text, proof: &'a Proof) -> Told<'a> {
    not_out(text, proof, &way(text, proof, None))
}

/// Who sends so.
fn way(text: &Text, proof: &Proof, user: Option<&str>) -> String {
    text.say(&match (proof.way, user) {
        (ProofWay::Cron, _) => phrase!("proof-way-cron"),
        (ProofWay::Mail, _) => phrase!("proof-way-mail"),
        (ProofWay::Empty, _) => phrase!("proof-way-empty"),
        (_, Some(user)) => phrase!("proof-way-user", user = user),
        (_, None) => phrase!("proof-way-program", program = escape(&proof.program)),
    })
}

/// That mail of a program's does not go out, why, and what mends it.
fn not_out<'a>(text: &Text, proof: &'a Proof, way: &str) -> Told<'a> {
    let (sender, to) = (escape(&proof.sender), recipient(proof));
    let line = phrase!("proof-way-failed", target = proof.target, way = way, sender = sender, to = to);
    let usually = proof.diagnosis.iter().map(|found| phrase!("send-usually", title = found.title));
    let advice = usually.chain(proof.fixes.iter().cloned()).map(|phrase| text.say(&phrase)).collect();
    Told { line: text.say(&line), words: proof.said().unwrap_or_default(), advice, diagnosis: None }
}

/// mailsetup's own message, sent with what was written.
fn by_us<'a>(text: &Text, proof: &'a Proof, report: &crate::probe::Report) -> Told<'a> {
    let Some(evidence) = &report.evidence else {
        let (to, time) = (recipient(proof), super::elapsed(text, report.elapsed));
        let reader = proof.read_by().map_or("mailsetup", |reader| reader.name.as_str());
        let line = phrase!("render-proof-sent", target = proof.target, reader = reader, to = to, time = time);
        let line = text.say(&line);
        return Told { line, ..Told::default() };
    };
    let stage = report.failed_stage().map(|stage| super::stages::stage(text, stage)).unwrap_or_default();
    Told {
        line: text.say(&phrase!("render-proof-failed", target = proof.target, stage = stage)),
        words: super::stages::fault(text, evidence),
        advice: Vec::new(),
        diagnosis: proof.diagnosis.as_ref(),
    }
}

/// A consumer that did not send, and whether mailsetup could.
fn by_own<'a>(text: &Text, proof: &'a Proof, own: &SendingProgram, fault: &SendFault) -> Told<'a> {
    let line = match &own.user {
        Some(user) => phrase!("send-failed-as", target = proof.target, name = own.name, to = own.to, user = user),
        None => phrase!("send-failed", target = proof.target, name = own.name, to = own.to),
    };
    let mut phrases = vec![ended(fault.end, own, fault.said.is_empty())];
    let mut diagnosis = None;
    match &proof.report {
        None => {}
        Some(report) if report.passed() => {
            phrases.push(phrase!("send-we-can", name = own.name));
            match (&fault.unreadable, &own.user, &proof.diagnosis) {
                (Some(path), Some(user), _) => {
                    let command = opened_to(&format!("$(id -gn {user})"), path);
                    let path = escape(&path.display().to_string());
                    phrases.push(phrase!("send-unreadable", user = user, path = path, command = command));
                }
                (_, _, Some(found)) => phrases.push(phrase!("send-usually", title = found.title)),
                (_, _, None) if matches!(fault.end, SendEnd::Status(_)) => phrases.push(phrase!("send-look")),
                _ => {}
            }
        }
        Some(report) => {
            let stage = report.failed_stage().map(|stage| super::stages::stage(text, stage)).unwrap_or_default();
            phrases.push(phrase!("send-we-cannot", stage = stage));
            diagnosis = proof.diagnosis.as_ref();
        }
    }
    phrases.extend(proof.fixes.iter().cloned());
    let advice = phrases.iter().map(|phrase| text.say(phrase)).collect();
    Told { line: text.say(&line), words: fault.said.clone(), advice, diagnosis }
}

/// How a program that did not send ended.
fn ended(end: SendEnd, own: &SendingProgram, is_silent: bool) -> Phrase {
    match end {
        SendEnd::NotStarted => phrase!("send-not-started"),
        SendEnd::Status(Some(status)) if is_silent => phrase!("send-status-silent", status = status),
        SendEnd::Status(Some(status)) => phrase!("send-status", status = status),
        SendEnd::Status(None) => phrase!("send-signal"),
        SendEnd::Slow(limit) => phrase!("send-slow", seconds = limit.as_secs()),
        SendEnd::Large => phrase!("send-large"),
        SendEnd::Queued => phrase!("send-queued"),
        SendEnd::Waiting => phrase!("send-waiting", name = own.name),
        SendEnd::Unlisted => phrase!("send-unlisted", name = own.name),
        SendEnd::GivenUp => phrase!("send-given-up"),
        SendEnd::Stopped => phrase!("render-fault-cancelled"),
    }
}

fn recipient(proof: &Proof) -> String {
    escape(proof.to.as_deref().unwrap_or_default())
}

/// A proof as lines of plain text.
pub fn lines(text: &Text, proof: &Proof) -> Vec<String> {
    let told = told(text, proof);
    let mut lines = vec![told.line];
    lines.extend(told.words.iter().map(|words| format!("    {words}")));
    lines.extend(told.advice.iter().map(|line| format!("  {line}")));
    lines.extend(told.diagnosis.into_iter().flat_map(|found| super::diagnosis(text, found)).map(|line| format!("  {line}")));
    lines
}
