//! Why a plan is not made. Nothing has been written by then.

use std::{
    error::Error,
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Scope, render::RenderFault};
use crate::{
    error::Exit,
    format::{Fault, FaultKind, FileKind, Unfit},
    mail::{Security, Setting, StoreKind, reply::escape},
    phrase,
    presets::{Phrase, PresetFault, Target, target::Template},
};

/// Why a plan is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such target.
    UnknownTarget {
        /// What was typed.
        typed: String,
        /// The target that is nearest to it.
        nearest: Option<String>,
    },
    /// There is no such user to send.
    NoUser {
        /// The user's name.
        user: String,
    },
    /// Others are in the group of the user who sends, or may be, and the file is no user's.
    SharedGroup {
        /// The user's name.
        user: String,
        /// The file.
        path: PathBuf,
    },
    /// The target has no place for this scope.
    Scope {
        /// The target's key.
        target: String,
        /// The scope that was asked for.
        scope: Scope,
    },
    /// The target has no usual place: a person has to say where.
    NoPlace {
        /// The target's key.
        target: String,
        /// What a path looks like.
        example: String,
    },
    /// The target is given the password from one store alone, and it is kept in another.
    Store {
        /// The target's key.
        target: String,
        /// The store.
        store: StoreKind,
    },
    /// The consumer sends through another target's program, whose settings are not there.
    Through {
        /// The target's key.
        target: String,
        /// The other target's key.
        through: String,
    },
    /// The consumer cannot do this security mode.
    Security {
        /// The target's key.
        target: String,
        /// The mode.
        security: Security,
    },
    /// The consumer takes the mode from the port, and this port means another one.
    Port {
        /// The target's key.
        target: String,
        /// The mode.
        security: Security,
        /// The port.
        port: u16,
        /// The ports on which the consumer does this mode; empty: on all but those of other modes.
        ports: Vec<u16>,
    },
    /// The consumer cannot do this login mechanism.
    Auth {
        /// The target's key.
        target: String,
        /// The mechanism.
        auth: String,
    },
    /// The consumer cannot trust one authority from a file.
    CaFile {
        /// The target's key.
        target: String,
    },
    /// The consumer cannot trust one certificate.
    Pin {
        /// The target's key.
        target: String,
    },
    /// The password has to be in the file and is not known.
    NoSecret {
        /// The target's key.
        target: String,
    },
    /// The consumer's format has no way to write this value.
    CannotCarry {
        /// The target's key.
        target: String,
        /// Which setting; `None` for one that is not a person's.
        field: Option<Setting>,
        /// Why.
        why: Unfit,
        /// The target that carries it.
        instead: Option<String>,
    },
    /// The consumer would read something else than was meant.
    Lost {
        /// The target's key.
        target: String,
        /// The file.
        path: PathBuf,
        /// Which settings.
        mismatches: Vec<Setting>,
    },
    /// A file of another kind: what is written into it would spoil it.
    OtherKind {
        /// The target's key.
        target: String,
        /// The file.
        path: PathBuf,
        /// What it is.
        kind: FileKind,
    },
    /// Another program's file.
    OtherProgram {
        /// The target's key.
        target: String,
        /// The file.
        path: PathBuf,
        /// The key in it that shows whose it is.
        shown: String,
        /// The target for it, where there is one.
        instead: Option<String>,
    },
    /// A version of the consumer that does not read these settings there any more.
    Outgrown {
        /// The target's key.
        target: String,
        /// The file.
        path: PathBuf,
        /// Where the consumer says what to do instead.
        docs: String,
    },
    /// A file that mailsetup did not write is at its path.
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The consumer's own file is missing: it is not installed.
    NotInstalled {
        /// The target's key.
        target: String,
        /// The file.
        path: PathBuf,
    },
    /// Another file makes the consumer ignore the target's own.
    Overruled {
        /// The target's key.
        target: String,
        /// The file.
        path: PathBuf,
    },
    /// A file does not parse by its consumer's rules.
    Unparseable {
        /// The file.
        path: PathBuf,
        /// Where, and what.
        fault: Fault,
    },
    /// A file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: SystemCause,
    },
    /// Two things would be written to one file.
    SamePath {
        /// The file.
        path: PathBuf,
        /// The first owner: a target's key, `profile` or `secret`.
        first: String,
        /// The second.
        second: String,
    },
    /// The saved profile was written by a newer version.
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its schema.
        schema: u64,
    },
    /// The target's preset is wrong.
    Template {
        /// The target's key.
        target: String,
        /// Where, and what.
        cause: PresetFault,
    },
}

/// What the system says; the same where it says the same.
#[derive(Debug, Clone)]
pub struct SystemCause(Arc<io::Error>);

impl PartialEq for SystemCause {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for SystemCause {}

impl fmt::Display for SystemCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable { cause, .. } => Some(&*cause.0),
            Self::Template { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

impl Refusal {
    pub(super) fn unreadable(path: &Path, error: io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), cause: SystemCause(Arc::new(error)) }
    }

    pub(super) fn unparseable(path: &Path, fault: Fault) -> Self {
        Self::Unparseable { path: path.to_owned(), fault }
    }

    /// The target's preset is wrong; the cause names its file and line.
    pub(super) fn template(target: &Target, template: &Template, fault: RenderFault) -> Self {
        let fault = match fault {
            RenderFault::Template { cause, line } => target.source.fault(template, line, cause, None),
            RenderFault::Unfit(..) => target.source.fault(template, None, "a value cannot be written".to_owned(), None),
        };
        Self::Template { target: target.key.clone(), cause: fault }
    }

    /// The target at fault, where there is one.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::UnknownTarget { typed, .. } => Some(typed),
            Self::Scope { target, .. }
            | Self::NoPlace { target, .. }
            | Self::Store { target, .. }
            | Self::Through { target, .. }
            | Self::Security { target, .. }
            | Self::Port { target, .. }
            | Self::Auth { target, .. }
            | Self::CaFile { target }
            | Self::Pin { target }
            | Self::NoSecret { target }
            | Self::CannotCarry { target, .. }
            | Self::Lost { target, .. }
            | Self::NotInstalled { target, .. }
            | Self::Overruled { target, .. }
            | Self::OtherKind { target, .. }
            | Self::OtherProgram { target, .. }
            | Self::Outgrown { target, .. }
            | Self::Template { target, .. } => Some(target),
            Self::SamePath { second, .. } => Some(second),
            Self::Foreign { .. }
            | Self::Unparseable { .. }
            | Self::Unreadable { .. }
            | Self::NewerSchema { .. }
            | Self::SharedGroup { .. }
            | Self::NoUser { .. } => None,
        }
    }

    /// The setting at fault, where there is one: the answer to change.
    pub fn field(&self) -> Option<Setting> {
        match self {
            Self::Security { .. } => Some(Setting::Security),
            Self::Port { .. } => Some(Setting::Port),
            Self::Auth { .. } => Some(Setting::Auth),
            Self::CaFile { .. } => Some(Setting::CaFile),
            Self::Pin { .. } => Some(Setting::PinSha256),
            Self::NoSecret { .. } => Some(Setting::Password),
            Self::CannotCarry { field, .. } => *field,
            Self::Lost { mismatches, .. } => mismatches.first().copied(),
            _ => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::UnknownTarget { .. }
            | Self::Scope { .. }
            | Self::NoPlace { .. }
            | Self::Store { .. }
            | Self::Through { .. }
            | Self::SamePath { .. }
            | Self::NoUser { .. } => Exit::Usage,
            Self::Unparseable { fault: Fault { kind: FaultKind::Outranked | FaultKind::Rival, .. }, .. } => Exit::Config,
            Self::Unparseable { .. } | Self::OtherKind { .. } | Self::OtherProgram { .. } => Exit::Data,
            Self::Unreadable { .. } => Exit::NoInput,
            Self::Template { .. } => Exit::Software,
            _ => Exit::Config,
        }
    }

    /// What is wrong, as a sentence.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::UnknownTarget { typed, .. } => phrase!("plan-unknown-target", typed = escape(typed)),
            Self::Scope { target, scope: Scope::User } => phrase!("plan-scope-user", target = target),
            Self::Scope { target, scope: Scope::System } => phrase!("plan-scope-system", target = target),
            Self::NoPlace { target, example } => phrase!("plan-no-place", target = target, example = example),
            Self::Store { target, store } => phrase!("plan-store", target = target, store = store),
            Self::Through { target, through } => phrase!("plan-through", target = target, through = through),
            Self::Security { target, security } => phrase!("plan-security", target = target, security = security),
            Self::Port { target, security, port, ports } => {
                let ports: Vec<_> = ports.iter().map(u16::to_string).collect();
                let ports = if ports.is_empty() { "none".to_owned() } else { ports.join(", ") };
                phrase!("plan-port", target = target, security = security, port = port, ports = ports)
            }
            Self::Auth { target, auth } => phrase!("plan-auth", target = target, auth = auth),
            Self::CaFile { target } => phrase!("plan-ca-file", target = target),
            Self::Pin { target } => phrase!("plan-pin", target = target),
            Self::NoSecret { target } => phrase!("plan-no-secret", target = target),
            Self::CannotCarry { target, field, why, .. } => {
                unfit(why).with("target", target).with("field", field.map_or("other", Setting::as_str))
            }
            Self::Lost { target, path, mismatches } => {
                let fields: Vec<_> = mismatches.iter().map(|setting| setting.as_str()).collect();
                phrase!("plan-lost", target = target, path = shown(path), fields = fields.join(", "))
            }
            Self::SharedGroup { user, path } => phrase!("plan-shared-group", user = escape(user), path = shown(path)),
            Self::NoUser { user } => phrase!("plan-no-user", user = escape(user)),
            Self::OtherKind { target, path, kind } => {
                phrase!("plan-other-kind", target = target, path = shown(path), kind = kind.as_str())
            }
            Self::OtherProgram { target, path, shown: key, .. } => {
                phrase!("plan-other-program", target = target, path = shown(path), key = escape(key))
            }
            Self::Outgrown { target, path, docs } => {
                phrase!("plan-outgrown", target = target, path = shown(path), docs = docs)
            }
            Self::Foreign { path } => phrase!("plan-foreign", path = shown(path)),
            Self::NotInstalled { target, path } => phrase!("plan-not-installed", target = target, path = shown(path)),
            Self::Overruled { target, path } => phrase!("plan-overruled", target = target, path = shown(path)),
            Self::Unparseable { path, fault } => parse_fault(fault.kind).with("path", shown(path)).with("line", fault.line),
            Self::Unreadable { path, cause } => {
                phrase!("plan-unreadable", path = shown(path), cause = escape(&cause.to_string()))
            }
            Self::SamePath { path, first, second } => {
                phrase!("plan-same-path", path = shown(path), first = first, second = second)
            }
            Self::NewerSchema { path, schema } => phrase!("plan-newer-schema", path = shown(path), schema = schema),
            Self::Template { target, cause } => {
                phrase!("plan-template", target = target, cause = escape(&cause.to_string()))
            }
        }
    }

    /// What to do next, where the sentence alone does not say it.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::UnknownTarget { nearest: Some(nearest), .. } => Some(phrase!("plan-hint-nearest", nearest = nearest)),
            Self::UnknownTarget { nearest: None, .. } => Some(phrase!("plan-hint-targets")),
            Self::CannotCarry { instead: Some(instead), .. } => Some(phrase!("plan-hint-instead", instead = instead)),
            Self::CannotCarry { field: Some(Setting::Password), .. } => Some(phrase!("plan-hint-password")),
            Self::Lost { path, .. } => Some(phrase!("plan-hint-lost", path = shown(path))),
            Self::OtherProgram { instead: Some(instead), path, .. } => {
                Some(phrase!("plan-hint-other-program", instead = instead, path = shown(path)))
            }
            Self::OtherKind { .. } | Self::OtherProgram { .. } => Some(phrase!("plan-hint-other-kind")),
            Self::Unparseable { fault: Fault { kind: FaultKind::Rival, .. }, .. } => Some(phrase!("plan-hint-rival")),
            Self::Overruled { path, .. } => Some(phrase!("plan-hint-overruled", path = shown(path))),
            Self::Unparseable { fault: Fault { kind: FaultKind::Unfamiliar, .. }, .. } => Some(phrase!("plan-hint-by-hand")),
            Self::Unparseable { fault: Fault { kind: FaultKind::Outranked, .. }, .. } => {
                Some(phrase!("plan-hint-outranked"))
            }
            Self::Unparseable { .. } => Some(phrase!("plan-hint-mend")),
            _ => None,
        }
    }
}

fn shown(path: &Path) -> String {
    escape(&path.display().to_string())
}

fn unfit(why: &Unfit) -> Phrase {
    match why {
        Unfit::LineBreak => phrase!("plan-unfit-line-break"),
        Unfit::Control(character) => phrase!("plan-unfit-control", character = character.escape_default()),
        Unfit::Characters(characters) => {
            let spaced: Vec<_> = characters.chars().map(String::from).collect();
            phrase!("plan-unfit-characters", characters = escape(&spaced.join(" ")))
        }
        Unfit::EdgeBlank => phrase!("plan-unfit-edge-blank"),
        Unfit::TooLong(limit) => phrase!("plan-unfit-too-long", limit = limit),
    }
}

fn parse_fault(kind: FaultKind) -> Phrase {
    match kind {
        FaultKind::NotUtf8 => phrase!("plan-fault-not-utf8"),
        FaultKind::OpenQuote => phrase!("plan-fault-open-quote"),
        FaultKind::NoEquals => phrase!("plan-fault-no-equals"),
        FaultKind::Stray => phrase!("plan-fault-stray"),
        FaultKind::LongLine => phrase!("plan-fault-long-line"),
        FaultKind::AccountTwice => phrase!("plan-fault-account-twice"),
        FaultKind::AccountUnknown => phrase!("plan-fault-account-unknown"),
        FaultKind::BlockOpen => phrase!("plan-fault-block-open"),
        FaultKind::BlockClose => phrase!("plan-fault-block-close"),
        FaultKind::BlockTwice => phrase!("plan-fault-block-twice"),
        FaultKind::Crlf => phrase!("plan-fault-crlf"),
        FaultKind::Outranked => phrase!("plan-fault-outranked"),
        FaultKind::Rival => phrase!("plan-fault-rival"),
        FaultKind::Syntax => phrase!("plan-fault-syntax"),
        FaultKind::Unfamiliar => phrase!("plan-fault-unfamiliar"),
    }
}
