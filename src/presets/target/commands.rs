//! Commands of a target: those after writing, and the one by which the consumer itself sends the test message.

use serde::Deserialize;

use super::{LogPattern, Template};

/// A command to run after writing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRun {
    /// Program and arguments; each argument is a template over the settings and `files.ID`.
    #[serde(default)]
    pub command: Vec<Template>,
    /// In place of a command: the service that is told, by Debian's name, as a template likewise. How, is up to what starts services
    /// here.
    pub service: Option<Template>,
    /// The service reads its settings at its start alone.
    #[serde(default)]
    pub restart: bool,
    /// A minijinja expression over the settings and `files.ID`: where it does not hold, it is not run.
    pub when: Option<Template>,
    /// A file that the command creates, as a template: removed again by an undo.
    pub creates: Option<Template>,
    /// What it is for: `build` belongs to the write, `reload` tells a running program and may fail where none runs.
    pub purpose: RunPurpose,
}

/// What a command after writing is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunPurpose {
    /// Builds a file that the consumer reads; its failure undoes the write.
    Build,
    /// Tells a running program; its failure is only reported.
    Reload,
}

/// How a program shows what it reads in the files: what it prints counts, and nothing is sent or changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetAsk {
    /// Who reads the files then.
    #[serde(default)]
    pub by: ReaderKind,
    /// Program and arguments; each argument is a template over the settings and `files.ID`.
    pub command: Vec<Template>,
    /// The lines that it prints then, as a template over the same: each of them has to be there.
    pub says: Template,
    /// A minijinja expression over the same: where it does not hold, it is not asked.
    pub when: Option<Template>,
}

/// Who reads a target's files to show what is in them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReaderKind {
    /// The consumer itself.
    #[default]
    Program,
    /// A parser of its format that is not ours.
    Parser,
}

impl ReaderKind {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Parser => "parser",
        }
    }
}

/// How a consumer itself is made to send the test message. Its templates see the settings, `files.ID`, `to`, `subject` and
/// `message_id`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSend {
    /// Program and arguments, each a template; an empty one is left out. It ends with success when the message was taken.
    pub command: Vec<Template>,
    /// What it reads on standard input.
    #[serde(default)]
    pub input: SendInput,
    /// A minijinja expression over the settings: where it does not hold, the consumer would not read what was written.
    pub when: Option<Template>,
    /// What it says where the part of it that sends is not installed.
    pub missing: Option<String>,
    /// For a program that takes every message and sends it later: how to see what became of it.
    pub queue: Option<TargetQueue<Template>>,
}

/// What a program that sends reads on standard input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SendInput {
    /// The message with its header.
    #[default]
    Message,
    /// The text alone: the program makes the header.
    Body,
    /// The message as a file, `/dev/stdin`: for a program that reads it more than once.
    File,
}

/// How to see what became of a message that a program took into its queue: as templates, or as text once they are rendered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>, LogPattern<T>: Deserialize<'de>"))]
pub struct TargetQueue<T = String> {
    /// The command that lists the queue; program and arguments.
    pub list: Vec<T>,
    /// The program's own log file, where it does not write to the system's mail log.
    pub log: Option<String>,
    /// An expression over the target's files, with what `read` sees: its own log file, where they name one.
    pub log_setting: Option<Template>,
    /// The command by which it begins to log into a file of its own.
    pub start_log: Option<String>,
    /// What the log says of our message first.
    pub ours: T,
    /// What the log says from there on when the server took it.
    pub taken: Vec<LogPattern<T>>,
    /// What it says when the server did not.
    pub failed: Vec<LogPattern<T>>,
    /// What it says when the program gives the message up, and tries no more.
    #[serde(default = "Vec::new")]
    pub given_up: Vec<LogPattern<T>>,
    /// What it says before that of the reason.
    #[serde(default = "Vec::new")]
    pub why: Vec<LogPattern<T>>,
}
