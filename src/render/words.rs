//! What to do, in lines: guidance, diagnoses, plans.

use crate::{
    diagnose::Diagnosis,
    mail::reply::escape,
    phrase,
    plan::Change,
    presets::Text,
    setup::{Advice, SetupStep},
};

/// A step's name.
pub fn step(text: &Text, step: SetupStep) -> String {
    text.get(match step {
        SetupStep::Sender => "tui-step-sender",
        SetupStep::Provider => "tui-step-provider",
        SetupStep::Server => "tui-step-server",
        SetupStep::Password => "tui-step-password",
        SetupStep::Test => "tui-step-test",
        SetupStep::Write => "tui-step-write",
    })
}

/// What a provider says about its password.
pub fn advice(text: &Text, advice: &Advice) -> Vec<String> {
    let mut lines: Vec<String> = advice.intro.iter().cloned().collect();
    lines.extend(advice.before.iter().map(|before| format!("! {before}")));
    lines.extend(numbered(&advice.steps));
    if let Some(url) = advice.url.as_ref().filter(|url| !advice.steps.iter().any(|step| step.contains(url.as_str()))) {
        lines.push(text.say(&phrase!("render-link", url = url)));
    }
    lines.extend(advice.warnings.iter().map(|warning| format!("! {warning}")));
    lines
}

/// What happened, what it means, what to do.
pub fn diagnosis(text: &Text, diagnosis: &Diagnosis) -> Vec<String> {
    let mut lines = vec![diagnosis.title.clone()];
    if !diagnosis.is_certain() && diagnosis.cause != "unknown" {
        lines.push(text.get("tui-guess"));
    }
    if !diagnosis.meaning.is_empty() {
        lines.push(diagnosis.meaning.clone());
    }
    lines.extend(numbered(&diagnosis.steps));
    let told = diagnosis.steps.join(" ") + &diagnosis.meaning;
    lines.extend(diagnosis.links.iter().filter(|link| !told.contains(link.as_str())).map(|link| format!("  {link}")));
    lines
}

fn numbered(steps: &[String]) -> impl Iterator<Item = String> + '_ {
    steps.iter().enumerate().map(|(index, step)| format!("  {}. {step}", index + 1))
}

/// A planned file: what happens to it, where it is, its mode.
pub fn change(text: &Text, change: &Change) -> String {
    let path = escape(&change.path.display().to_string());
    let action = match (&change.before, &change.after) {
        _ if !change.is_needed() => "render-plan-unchanged",
        (None, _) => "render-plan-created",
        (Some(_), None) => "render-plan-removed",
        (Some(_), Some(_)) => "render-plan-changed",
    };
    format!("{} {path} ({:04o})", text.get(action), change.mode)
}
