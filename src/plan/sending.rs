//! What runs a target's consumer: the command for a person to try, and the one by which it sends the test message itself.

use std::{path::PathBuf, time::Duration};

use serde::Serialize;

use super::{
    Files, Order, Places, Refusal, TargetChoice,
    context::TemplateContext,
    locate::locate,
    read_back,
    render::{holds, render},
};
use crate::{
    error::Exit,
    format::dotenv::DotenvSh,
    presets::{
        Target,
        target::{LogPattern, SendInput, TargetQueue, Template},
    },
};

/// The command that shows a person that a target works, where its preset has one; none for an image, whose programs run later.
///
/// # Errors
/// [`Refusal::Scope`], or a preset whose template is wrong.
pub fn try_it(
    order: &Order,
    target: &Target,
    choice: &TargetChoice,
    places: &Places,
    files: &dyn Files,
) -> Result<Option<String>, Refusal> {
    let Some(template) = target.try_it.as_ref().filter(|_| places.root.is_none()) else { return Ok(None) };
    let context = public(order, target, choice, places, files)?;
    let command = render(template.as_str(), Some(&DotenvSh), &context);
    command.map(Some).map_err(|fault| Refusal::template(target, template, fault))
}

/// What templates see: a command line is public.
pub(super) fn public(
    order: &Order,
    target: &Target,
    choice: &TargetChoice,
    places: &Places,
    files: &dyn Files,
) -> Result<TemplateContext, Refusal> {
    let locations = locate(target, choice, &order.name, places)?;
    Ok(TemplateContext::new(order, target, choice, &locations, places, files).without_password())
}

/// What a command to send sees of the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Envelope {
    /// The recipient.
    pub to: String,
    /// The subject, as a person reads it.
    pub subject: String,
    /// The message's ID, without angle brackets.
    pub message_id: String,
}

/// How a target's consumer sends a message by itself. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sending {
    /// The program that has to be installed.
    pub program: String,
    /// Program and arguments.
    pub command: Vec<String>,
    /// What it reads on standard input.
    pub input: SendInput,
    /// What it says where the part of it that sends is not installed.
    pub missing: Option<String>,
    /// For a program that sends later: how to see what became of the message, with nothing left to fill in.
    pub queue: Option<TargetQueue>,
    /// The target's files.
    pub files: Vec<PathBuf>,
}

/// What came of a consumer's sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The server took the message.
    Taken,
    /// It was not taken.
    Failed(SendFault),
    /// The consumer took the message, and nothing shows what became of it.
    Unseen,
    /// The consumer, or the part of it that sends, is not installed here.
    Missing,
}

/// Why a consumer's message was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendFault {
    /// How it ended.
    pub end: SendEnd,
    /// The last lines that it printed: safe to show, without secrets.
    pub said: Vec<String>,
    /// One of its files that the user who sends cannot read.
    pub unreadable: Option<PathBuf>,
}

/// How a failed sending ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendEnd {
    /// The program could not be started.
    NotStarted,
    /// It ended with this status; `None`: by a signal.
    Status(Option<i32>),
    /// It did not end within this.
    Slow(Duration),
    /// It printed without end.
    Large,
    /// It tried, and keeps the message in its queue, to try again.
    Queued,
    /// The message is in its queue, and nothing shows that it tried.
    Waiting,
    /// It took the message, and its queue cannot be looked at.
    Unlisted,
    /// It took the message, and gave it up.
    GivenUp,
    /// It was stopped.
    Stopped,
}

impl SendEnd {
    /// Whether any other message would wait in vain as well.
    pub const fn is_stuck(self) -> bool {
        matches!(self, Self::NotStarted | Self::Slow(_) | Self::Large | Self::Waiting | Self::Unlisted | Self::Stopped)
    }

    /// The exit status of mailsetup: the program's own, where it is one of sysexits'.
    pub fn exit(self) -> Exit {
        const SHARED: [Exit; 10] = [
            Exit::Data,
            Exit::NoInput,
            Exit::NoHost,
            Exit::Unavailable,
            Exit::CantCreate,
            Exit::Io,
            Exit::TempFail,
            Exit::Protocol,
            Exit::NoPerm,
            Exit::Config,
        ];
        match self {
            Self::Status(Some(status)) => {
                SHARED.into_iter().find(|exit| i32::from(exit.code()) == status).unwrap_or(Exit::Failed)
            }
            Self::Status(None) | Self::Large => Exit::Failed,
            Self::GivenUp => Exit::NoPerm,
            Self::NotStarted => Exit::Unavailable,
            Self::Slow(_) | Self::Queued | Self::Waiting | Self::Unlisted => Exit::TempFail,
            Self::Stopped => Exit::Cancelled,
        }
    }
}

/// The log file that a program's settings name; one that does not parse, or is no plain path, names none.
pub(super) fn log_of(
    queue: &TargetQueue<Template>,
    target: &Target,
    choice: &TargetChoice,
    profile: &str,
    places: &Places,
    files: &dyn Files,
) -> Option<String> {
    let setting = queue.log_setting.as_ref()?;
    let named = read_back::found(target, choice, setting, profile, places, files).ok().flatten();
    named.filter(|path| path.starts_with('/') && !path.starts_with("/dev/") && !path.contains('$'))
}

/// How a target's consumer sends this message by itself; `None` where its preset does not say how, or where it would not
/// read what was written.
///
/// # Errors
/// [`Refusal::Scope`], or a preset whose template is wrong.
pub fn sending(
    order: &Order,
    target: &Target,
    choice: &TargetChoice,
    envelope: &Envelope,
    places: &Places,
    files: &dyn Files,
) -> Result<Option<Sending>, Refusal> {
    #[derive(Serialize)]
    struct Seen<'a> {
        #[serde(flatten)]
        settings: TemplateContext,
        #[serde(flatten)]
        envelope: &'a Envelope,
    }
    let Some(send) = &target.send else { return Ok(None) };
    let seen = Seen { settings: public(order, target, choice, places, files)?, envelope };
    if let Some(when) = &send.when
        && !holds(when.as_str(), &seen).map_err(|fault| Refusal::template(target, when, fault))?
    {
        return Ok(None);
    }
    let say = |template: &Template| {
        render(template.as_str(), None, &seen).map_err(|fault| Refusal::template(target, template, fault))
    };
    let all = |templates: &[Template]| templates.iter().map(say).collect::<Result<Vec<_>, _>>();
    let patterns = |patterns: &[LogPattern<Template>]| {
        patterns.iter().map(|pattern| Ok(LogPattern { parts: all(&pattern.parts)? })).collect::<Result<Vec<_>, Refusal>>()
    };
    let queue = match &send.queue {
        Some(queue) => Some(TargetQueue {
            list: all(&queue.list)?,
            log: log_of(queue, target, choice, &order.name, places, files).or_else(|| queue.log.clone()),
            log_setting: None,
            start_log: None,
            ours: say(&queue.ours)?,
            taken: patterns(&queue.taken)?,
            failed: patterns(&queue.failed)?,
            given_up: patterns(&queue.given_up)?,
            why: patterns(&queue.why)?,
        }),
        None => None,
    };
    let mut command = all(&send.command)?;
    command.retain(|word| !word.is_empty());
    Ok(Some(Sending {
        program: target.program.clone().or_else(|| command.first().cloned()).unwrap_or_default(),
        command,
        input: send.input,
        missing: send.missing.clone(),
        queue,
        files: seen.settings.files.values().map(PathBuf::from).collect(),
    }))
}
