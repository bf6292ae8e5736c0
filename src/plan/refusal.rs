//! Why a plan is not made. Nothing has been written by then.

use std::{
    error::Error,
    fmt, io,
    path::{Path, PathBuf},
};

use super::{Scope, group_change::GroupChange, render::RenderFault, system_cause::SystemCause};
use crate::{
    format::{Fault, FileKind, Unfit},
    mail::{GroupName, Mechanism, RunAs, Security, Setting, StoreKind, proxy::ProxyKind, senders::SenderMapFault},
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
    /// The consumer runs as a user of its own, and none was named.
    NeedsUser {
        /// The target's key.
        target: String,
    },
    /// There is no such user to send.
    NoUser {
        /// The user's name.
        user: String,
    },
    /// Several users send, and no group of theirs was named that would read the password.
    NoSharedGroup {
        /// The users.
        users: RunAs,
    },
    /// Others are in the group that would read the password.
    GroupOfOthers {
        /// The group.
        group: GroupName,
        /// Their names.
        others: Vec<String>,
    },
    /// The group was here before, and not all of the users are in it.
    OtherGroup {
        /// What would be done.
        change: GroupChange,
    },
    /// An image's group is made by the image's own programs.
    GroupInImage {
        /// What would be done.
        change: GroupChange,
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
    /// The consumer cannot log in with an access token, or not with a fresh one.
    Token {
        /// The target's key.
        target: String,
        /// The mechanism.
        mechanism: Mechanism,
        /// Why.
        why: TokenLoginFault,
        /// The targets that can, joined by commas.
        instead: String,
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
    /// The consumer cannot show a client certificate.
    ClientCert {
        /// The target's key.
        target: String,
    },
    /// The consumer reads a client certificate and its key from one file, and they are in two.
    ClientCertFiles {
        /// The target's key.
        target: String,
    },
    /// The consumer cannot send through such a proxy.
    Proxy {
        /// The target's key.
        target: String,
        /// The kind of the proxy.
        kind: ProxyKind,
        /// The targets that can, joined by commas.
        instead: String,
    },
    /// The password has to be in the file and is not known.
    NoSecret {
        /// The target's key.
        target: String,
    },
    /// The file has the settings of another profile, and room for those of one.
    Rival {
        /// The target's key.
        target: String,
        /// The file.
        path: PathBuf,
        /// The other profile.
        profile: String,
        /// For a mailer: those that have room for several.
        instead: Option<String>,
    },
    /// The mailer tells profiles apart by their senders, and another profile has this one.
    SameSender {
        /// The target's key.
        target: String,
        /// The other profile.
        profile: String,
        /// What both send as: an address, or all of a domain.
        sender: String,
    },
    /// Another user sends than before, and could not read a file that is written.
    NotFollowing {
        /// The target's key.
        target: String,
        /// Which file, and what to do.
        why: Box<Phrase>,
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
    /// A setting in the target's own file makes the consumer ignore ours.
    OverruledBySetting {
        /// The target's key.
        target: String,
        /// The file.
        path: PathBuf,
        /// The setting.
        setting: String,
    },
    /// The mailer cannot put one sender in place of those that programs use, which is what is wanted.
    Senders {
        /// The target's key.
        target: String,
        /// The targets that can, by key.
        instead: String,
    },
    /// There is no list of senders where the profile says.
    NoSenderMap {
        /// The file.
        path: PathBuf,
    },
    /// There is no program where others are to run one for the password.
    NoSecretProgram {
        /// Its path, as the profile names it.
        path: PathBuf,
    },
    /// An image that could not send at its first boot.
    ImageLacks {
        /// Its root.
        root: PathBuf,
        /// What it lacks: programs, packages, files.
        lacks: String,
    },
    /// The list of senders is wrong.
    SenderMap {
        /// The file.
        path: PathBuf,
        /// Where, and what.
        fault: SenderMapFault,
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

/// Why a consumer cannot log in with an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenLoginFault {
    /// It keeps the token in its file, where it is dead within the hour.
    Stale,
    /// It knows passwords only.
    PasswordsOnly,
    /// It sends the token along with the AUTH command, and this one is too long for that.
    TooLong,
    /// A part of it that knows tokens is not installed: its name and first version.
    Lacks(String),
    /// It runs as these users, who may read the token that root keeps, and not renew it.
    OthersRenew(RunAs),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable { cause, .. } => Some(cause.error()),
            Self::Template { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

impl Refusal {
    pub(super) fn unreadable(path: &Path, error: io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), cause: SystemCause::new(error) }
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
}
