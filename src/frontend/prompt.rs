//! Prompts with inquire, on standard error: for `--plain`, and if standard output is redirected.

use std::{
    io::{self, Write},
    os::fd::AsFd,
};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use inquire::{
    Confirm, InquireError, MultiSelect, Password, PasswordDisplayMode, Select, Text as Line,
    ui::{RenderConfig, Styled},
};

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

use super::{
    prompt_loop::{Asker, PromptReply},
    restore,
};
use crate::{
    mail::Secret,
    presets::Text,
    setup::{Choice, FieldShape, Question},
};

/// Asks by inquire.
#[derive(Debug)]
pub struct Prompter<'a> {
    text: &'a Text,
    config: RenderConfig<'static>,
}

impl<'a> Prompter<'a> {
    /// A prompter in colour or without.
    pub fn new(text: &'a Text, color: bool) -> Self {
        let config = if color { RenderConfig::default_colored() } else { RenderConfig::empty() };
        Self { text, config: config.with_prompt_prefix(Styled::new("?")).with_answered_prompt_prefix(Styled::new(">")) }
    }

    fn help(&self, question: &Question) -> String {
        let way_back = self.text.get("talk-prompt-keys");
        if question.help.is_empty() { way_back } else { format!("{} ({way_back})", question.help) }
    }

    /// Takes the first line of a paste that is not empty, in its place: it may be a secret. inquire has left raw mode by then.
    fn in_one_line(&self, mut typed: String) -> String {
        if typed.contains(['\r', '\n']) {
            let empty = typed.len() - typed.trim_start_matches(['\r', '\n']).len();
            typed.drain(..empty);
            typed.truncate(typed.find(['\r', '\n']).unwrap_or(typed.len()));
            let _ = writeln!(io::stderr(), "{}", self.text.get("tui-pasted-break"));
        }
        typed
    }

    fn line(&self, question: &Question, initial: Option<&str>) -> Result<PromptReply, InquireError> {
        let help = self.help(question);
        let mut prompt = Line::new(&question.label).with_help_message(&help).with_render_config(self.config);
        if let Some(typed) = initial {
            prompt = prompt.with_initial_value(typed);
        } else if let Some(default) = &question.default {
            prompt = prompt.with_default(default);
        }
        prompt.prompt().map(|typed| PromptReply::Text(self.in_one_line(typed)))
    }

    fn secret(&self, question: &Question) -> Result<PromptReply, InquireError> {
        let help = self.help(question);
        Password::new(&question.label)
            .without_confirmation()
            .with_display_mode(PasswordDisplayMode::Masked)
            .with_help_message(&help)
            .with_render_config(self.config)
            .prompt()
            .map(|typed| PromptReply::Secret(Secret::new(self.in_one_line(typed))))
    }

    fn choice(&self, question: &Question) -> Result<PromptReply, InquireError> {
        let help = self.help(question);
        let open: Vec<ListedChoice> = question.choices.iter().map(ListedChoice).collect();
        let start = open.iter().position(|shown| Some(&shown.0.value) == question.default.as_ref()).unwrap_or(0);
        Select::new(&question.label, open)
            .with_starting_cursor(start)
            .with_help_message(&help)
            .with_render_config(self.config)
            .prompt()
            .map(|shown| PromptReply::Text(shown.0.value.clone()))
    }

    fn many(&self, question: &Question) -> Result<PromptReply, InquireError> {
        let help = self.help(question);
        let open: Vec<ListedChoice> =
            question.choices.iter().filter(|choice| choice.barred.is_none()).map(ListedChoice).collect();
        let chosen: Vec<&str> = question.default.iter().flat_map(|default| default.split(',')).collect();
        let ticked: Vec<usize> = (0..open.len()).filter(|index| chosen.contains(&open[*index].0.value.as_str())).collect();
        MultiSelect::new(&question.label, open)
            .with_default(&ticked)
            .with_help_message(&help)
            .with_render_config(self.config)
            .prompt()
            .map(|shown| PromptReply::Text(shown.iter().map(|shown| shown.0.value.as_str()).collect::<Vec<_>>().join(",")))
    }

    fn confirm(&self, question: &Question) -> Result<PromptReply, InquireError> {
        let help = self.help(question);
        Confirm::new(&question.label)
            .with_default(question.default.as_deref() == Some("yes"))
            .with_help_message(&help)
            .with_render_config(self.config)
            .prompt()
            .map(|yes| PromptReply::Text(if yes { "yes" } else { "no" }.to_owned()))
    }
}

impl Asker for Prompter<'_> {
    fn ask(&mut self, question: &Question, initial: Option<&str>) -> io::Result<PromptReply> {
        // Take the lock that a signal's last output takes, so that raw mode cannot begin after it.
        let out = io::stderr().lock();
        enable_raw_mode()?;
        leave_stopping()?;
        drop(out);
        let asking = restore::asking(format!("? {} ", question.label));
        let said = match question.shape {
            FieldShape::Text => self.line(question, initial),
            FieldShape::Secret => self.secret(question),
            FieldShape::Choice => self.choice(question),
            FieldShape::Many => self.many(question),
            FieldShape::Confirm => self.confirm(question),
        };
        drop(asking);
        disable_raw_mode()?;
        match said {
            Ok(said) => Ok(said),
            Err(InquireError::OperationCanceled) => Ok(PromptReply::Back),
            Err(InquireError::OperationInterrupted) => Ok(PromptReply::Quit),
            Err(InquireError::IO(error)) => Err(error),
            Err(other) => Err(io::Error::other(other)),
        }
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(io::stderr(), "{line}")
    }

    fn columns(&self) -> usize {
        crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns))
    }
}

/// Lets Ctrl-Z stop the program in raw mode, too; Ctrl-C comes as a key.
fn leave_stopping() -> io::Result<()> {
    let mut settings = tcgetattr(io::stdin().as_fd())?;
    settings.local_modes |= LocalModes::ISIG;
    for key in [SpecialCodeIndex::VINTR, SpecialCodeIndex::VQUIT] {
        // No key.
        settings.special_codes[key] = 0;
    }
    Ok(tcsetattr(io::stdin().as_fd(), OptionalActions::Now, &settings)?)
}

/// A choice as shown in a list.
struct ListedChoice<'a>(&'a Choice);

impl std::fmt::Display for ListedChoice<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hint = self.0.remark();
        if hint.is_empty() { f.write_str(&self.0.label) } else { write!(f, "{} - {hint}", self.0.label) }
    }
}
