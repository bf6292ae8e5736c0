//! Plain lines: for terminals without cursor movement (TERM=dumb) and for screen readers. Nothing is drawn over; a secret is
//! read with echo off.

use std::{
    io::{self, BufRead, Write},
    os::fd::AsFd,
};

use rustix::{
    fs::{Mode, OFlags},
    termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr},
};
use zeroize::Zeroizing;

use super::{
    prompt_loop::{Asker, PromptReply},
    restore,
};
use crate::{
    mail::{Secret, reply::escape},
    phrase,
    presets::{Phrase, Text},
    setup::{Choice, FieldShape, Question},
};

/// Longer lists are searched instead of read out.
const LONG: usize = 15;
/// How many items of a long list are read out.
const FIRST: usize = 6;

/// Asks by plain lines.
#[derive(Debug)]
pub struct Liner<'a> {
    text: &'a Text,
}

impl<'a> Liner<'a> {
    /// A liner on standard input and standard error.
    pub const fn new(text: &'a Text) -> Self {
        Self { text }
    }

    /// Reads out choices with their numbers.
    fn list(&mut self, question: &Question, wanted: impl Fn(usize, &Choice) -> bool) -> io::Result<()> {
        for (index, choice) in question.choices.iter().enumerate().filter(|(index, choice)| wanted(*index, choice)) {
            let number = index + 1;
            let hint = choice.remark();
            let dash = if hint.is_empty() { "" } else { " - " };
            self.say(&format!("  {number}. {}{dash}{hint}", choice.label))?;
        }
        Ok(())
    }

    /// Reads out a list; of a long one its beginning, its end, what is chosen, and how to find the rest.
    fn introduce(&mut self, question: &Question) -> io::Result<()> {
        let count = question.choices.len();
        if count <= LONG {
            return self.list(question, |_, _| true);
        }
        let chosen: Vec<&str> = question.default.iter().flat_map(|default| default.split(',')).collect();
        self.list(question, |index, choice| index < FIRST || index + 1 == count || chosen.contains(&choice.value.as_str()))?;
        let more = if question.shape == FieldShape::Choice { "talk-lines-search" } else { "talk-lines-all" };
        self.say(&self.text.say(&Phrase::new(more).with("count", count)))
    }

    /// The one choice of a long list that a typed word finds; when it is none or several, they are read out.
    fn search(&mut self, question: &Question, typed: &str) -> io::Result<Option<String>> {
        let word = typed.to_lowercase();
        let is = |choice: &Choice| choice.value == word || choice.label.to_lowercase() == word;
        if let Some(choice) = question.choices.iter().find(|choice| is(choice)) {
            return Ok(Some(choice.value.clone()));
        }
        let holds = |choice: &Choice| {
            [&choice.value, &choice.label, &choice.hint].iter().any(|text| text.to_lowercase().contains(&word))
        };
        let found: Vec<&Choice> = question.choices.iter().filter(|choice| holds(choice)).collect();
        match found.as_slice() {
            [] => self.say(&self.text.say(&phrase!("talk-lines-no-match", typed = escape(typed))))?,
            [only] => {
                self.say(&only.label)?;
                return Ok(Some(only.value.clone()));
            }
            _ => self.list(question, |_, choice| holds(choice))?,
        }
        Ok(None)
    }

    /// What Enter takes, in brackets after the label.
    fn shown_default(&self, question: &Question) -> Option<String> {
        let default = question.default.as_deref()?;
        Some(match question.shape {
            FieldShape::Confirm => self.text.get(if default == "yes" { "word-yes" } else { "word-no" }),
            FieldShape::Choice | FieldShape::Many => {
                let numbers =
                    default.split(',').filter_map(|word| position(question, word)).map(|index| (index + 1).to_string());
                numbers.collect::<Vec<_>>().join(",")
            }
            FieldShape::Text | FieldShape::Secret => default.to_owned(),
        })
    }

    /// A number is its choice, a word itself, and nothing the default.
    fn understood(question: &Question, typed: &str) -> String {
        if typed.is_empty() {
            return question.default.clone().unwrap_or_default();
        }
        let word = |typed: &str| {
            let index = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            index
                .and_then(|index| question.choices.get(index))
                .map_or_else(|| typed.to_owned(), |choice| choice.value.clone())
        };
        match question.shape {
            FieldShape::Choice => word(typed),
            // “-” unticks everything.
            FieldShape::Many if typed == "-" => String::new(),
            FieldShape::Many => {
                typed.split([',', ' ']).filter(|part| !part.is_empty()).map(word).collect::<Vec<_>>().join(",")
            }
            FieldShape::Text if typed == "-" && question.optional => String::new(),
            FieldShape::Text | FieldShape::Secret | FieldShape::Confirm => typed.to_owned(),
        }
    }
}

impl Asker for Liner<'_> {
    fn ask(&mut self, question: &Question, _initial: Option<&str>) -> io::Result<PromptReply> {
        if !question.help.is_empty() {
            self.say(&question.help)?;
        }
        self.introduce(question)?;
        self.prompt(question)
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        writeln!(io::stderr(), "{line}")
    }

    fn columns(&self) -> usize {
        80
    }
}

impl Liner<'_> {
    /// Asks for the answer, until there is one.
    fn prompt(&mut self, question: &Question) -> io::Result<PromptReply> {
        let prompt = match self.shown_default(question) {
            Some(default) => format!("{} [{default}]: ", question.label),
            None => format!("{}: ", question.label),
        };
        let mut out = io::stderr().lock();
        if question.shape == FieldShape::Secret {
            // Switch echo off before showing the prompt, or fast typing would be visible.
            let silent = Silent::begin(io::stdin())?;
            out.write_all(prompt.as_bytes())?;
            drop(out);
            let _asking = restore::asking(prompt);
            let said = read_secret(silent)?;
            writeln!(io::stderr())?;
            return Ok(said);
        }
        out.write_all(prompt.as_bytes())?;
        drop(out);
        let mut line = String::new();
        let asking = restore::asking(prompt);
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(PromptReply::Gone);
        }
        drop(asking);
        match line.trim() {
            "<" => Ok(PromptReply::Back),
            "?" => {
                self.say(&self.text.say(&phrase!("talk-lines-keys")))?;
                self.list(question, |_, _| true)?;
                self.prompt(question)
            }
            typed
                if question.shape == FieldShape::Choice
                    && question.choices.len() > LONG
                    && !typed.is_empty()
                    && typed.parse::<usize>().is_err() =>
            {
                match self.search(question, typed)? {
                    Some(value) => Ok(PromptReply::Text(value)),
                    None => self.prompt(question),
                }
            }
            typed => Ok(PromptReply::Text(Self::understood(question, typed))),
        }
    }
}

fn position(question: &Question, word: &str) -> Option<usize> {
    question.choices.iter().position(|choice| choice.value == word)
}

/// The terminal without echo, restored on drop. Signals are off too: Ctrl-C comes as a key, so that echo is restored before the
/// program ends. Unread input is the rest of a paste and is discarded, so that it does not answer the next question.
struct Silent<Terminal: AsFd> {
    terminal: Terminal,
    former: Termios,
}

impl<Terminal: AsFd> Silent<Terminal> {
    fn begin(terminal: Terminal) -> io::Result<Self> {
        let former = tcgetattr(terminal.as_fd())?;
        let mut silent = former.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(terminal.as_fd(), OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, former })
    }
}

impl<Terminal: AsFd> Drop for Silent<Terminal> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal.as_fd(), OptionalActions::Flush, &self.former);
    }
}

/// Reads a secret, byte by byte, up to the line's end.
fn read_secret(silent: Silent<impl AsFd>) -> io::Result<PromptReply> {
    const CTRL_C: u8 = 3;
    const CTRL_D: u8 = 4;
    const BACKSPACE: u8 = 8;
    const CTRL_U: u8 = 21;
    const CTRL_Z: u8 = 26;
    const DELETE: u8 = 127;
    const ROOM: usize = 8192;
    let mut typed = Zeroizing::new(Vec::with_capacity(ROOM));
    let mut byte = [0u8];
    let said = loop {
        // Unbuffered: no copy of the secret stays anywhere.
        if rustix::io::retry_on_intr(|| rustix::io::read(silent.terminal.as_fd(), &mut byte))? == 0 {
            break PromptReply::Gone;
        }
        match byte[0] {
            b'\r' | b'\n' => {
                break match std::str::from_utf8(&typed) {
                    Err(_) => PromptReply::Text(String::new()),
                    Ok("<") => PromptReply::Back,
                    Ok(text) => PromptReply::Secret(Secret::new(text.to_owned())),
                };
            }
            CTRL_C => break PromptReply::Quit,
            CTRL_D if typed.is_empty() => break PromptReply::Quit,
            BACKSPACE | DELETE => {
                // One character is one or more bytes.
                while typed.pop().is_some_and(|last| last & 0xC0 == 0x80) {}
            }
            CTRL_U => typed.clear(),
            CTRL_Z => restore::ask_to_stop(),
            // Reallocating would leave a copy; no password is that long.
            other if typed.len() < ROOM => typed.push(other),
            _ => {}
        }
    };
    drop(silent);
    Ok(said)
}

/// Asks for a secret on the controlling terminal, wherever input and output are redirected; echo is off. `None` when the
/// person leaves.
///
/// # Errors
/// There is no such terminal.
pub fn ask_on_terminal(prompt: &str) -> io::Result<Option<Secret>> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let terminal = rustix::fs::open("/dev/tty", flags, Mode::empty())?;
    let say = |words: &str| rustix::io::write(&terminal, words.as_bytes());
    let silent = Silent::begin(terminal.as_fd())?;
    say(&format!("{prompt}: "))?;
    let said = read_secret(silent)?;
    say("\n")?;
    Ok(match said {
        PromptReply::Secret(secret) => Some(secret),
        _ => None,
    })
}

/// Shows a line on standard error and waits for a line; `false` where the input ended or something else was typed.
///
/// # Errors
/// The terminal cannot be read.
pub fn wait_for_enter(prompt: &str) -> io::Result<bool> {
    write!(io::stderr(), "{prompt} ")?;
    io::stderr().flush()?;
    let mut typed = String::new();
    let length = io::stdin().read_line(&mut typed)?;
    if length == 0 {
        writeln!(io::stderr())?;
    }
    Ok(length > 0 && typed.trim().is_empty())
}
