//! How a program other than mailsetup shows what it reads in a target's files.

use super::{
    Files, Order, Places, Refusal, TargetChoice,
    render::{holds, render},
    sending::{Sending, public},
};
use crate::presets::{
    Target,
    target::{ReaderKind, SendInput, Template},
};

/// What a program is asked, and what it prints when it reads what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderQuery {
    /// The program, and what it is run with. Nothing is sent.
    pub question: Sending,
    /// Who reads.
    pub by: ReaderKind,
    /// The lines that it prints then.
    says: Vec<String>,
}

impl ReaderQuery {
    /// The first line that the program does not print.
    pub fn missing(&self, printed: &str) -> Option<&str> {
        let is_there = |line: &String| printed.lines().any(|said| said.trim() == line);
        self.says.iter().find(|line| !is_there(line)).map(String::as_str)
    }
}

/// How a target's program is asked for what it reads; `None` where its preset does not say how, or where it reads other files.
///
/// # Errors
/// [`Refusal::Scope`], or a preset whose template is wrong.
pub fn asking(
    order: &Order,
    target: &Target,
    choice: &TargetChoice,
    places: &Places,
    files: &dyn Files,
) -> Result<Option<ReaderQuery>, Refusal> {
    let Some(ask) = &target.ask else { return Ok(None) };
    let seen = public(order, target, choice, places, files)?;
    if let Some(when) = &ask.when
        && !holds(when.as_str(), &seen).map_err(|fault| Refusal::template(target, when, fault))?
    {
        return Ok(None);
    }
    let say = |template: &Template| {
        render(template.as_str(), None, &seen).map_err(|fault| Refusal::template(target, template, fault))
    };
    let command = ask.command.iter().map(say).collect::<Result<Vec<_>, _>>()?;
    let lines = say(&ask.says)?;
    let says = lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let question = Sending {
        program: command.first().cloned().unwrap_or_default(),
        command,
        input: SendInput::Message,
        missing: None,
        queue: None,
        files: Vec::new(),
    };
    Ok(Some(ReaderQuery { question, by: ask.by, says }))
}
