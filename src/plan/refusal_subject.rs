//! What a refusal is about: its target, its setting, its exit status.

use super::Refusal;
use crate::{
    error::Exit,
    format::{Fault, FaultKind},
    mail::Setting,
};

impl Refusal {
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
            | Self::Token { target, .. }
            | Self::CaFile { target }
            | Self::Pin { target }
            | Self::ClientCert { target }
            | Self::ClientCertFiles { target }
            | Self::Proxy { target, .. }
            | Self::NoSecret { target }
            | Self::NeedsUser { target }
            | Self::CannotCarry { target, .. }
            | Self::Lost { target, .. }
            | Self::NotInstalled { target, .. }
            | Self::Overruled { target, .. }
            | Self::OtherKind { target, .. }
            | Self::OtherProgram { target, .. }
            | Self::Outgrown { target, .. }
            | Self::OverruledBySetting { target, .. }
            | Self::Senders { target, .. }
            | Self::Rival { target, .. }
            | Self::SameSender { target, .. }
            | Self::NotFollowing { target, .. }
            | Self::Template { target, .. } => Some(target),
            Self::SamePath { second, .. } => Some(second),
            Self::Foreign { .. }
            | Self::NoSenderMap { .. }
            | Self::NoSecretProgram { .. }
            | Self::ImageLacks { .. }
            | Self::SenderMap { .. }
            | Self::Unparseable { .. }
            | Self::Unreadable { .. }
            | Self::NewerSchema { .. }
            | Self::SharedGroup { .. }
            | Self::NoUser { .. }
            | Self::NoSharedGroup { .. }
            | Self::GroupOfOthers { .. }
            | Self::OtherGroup { .. }
            | Self::GroupInImage { .. } => None,
        }
    }

    /// The setting at fault, where there is one: the answer to change.
    pub fn field(&self) -> Option<Setting> {
        match self {
            Self::Security { .. } => Some(Setting::Security),
            Self::Port { .. } => Some(Setting::Port),
            Self::Auth { .. } | Self::Token { .. } => Some(Setting::Auth),
            Self::CaFile { .. } => Some(Setting::CaFile),
            Self::Pin { .. } => Some(Setting::PinSha256),
            Self::ClientCert { .. } | Self::ClientCertFiles { .. } => Some(Setting::ClientCert),
            Self::Proxy { .. } => Some(Setting::Proxy),
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
            | Self::NeedsUser { .. }
            | Self::NoUser { .. } => Exit::Usage,
            Self::Unparseable { fault: Fault { kind: FaultKind::Outranked | FaultKind::Rival, .. }, .. } => Exit::Config,
            Self::Unparseable { .. } | Self::SenderMap { .. } | Self::OtherKind { .. } | Self::OtherProgram { .. } => {
                Exit::Data
            }
            Self::Unreadable { .. } | Self::NoSenderMap { .. } | Self::NoSecretProgram { .. } => Exit::NoInput,
            Self::Template { .. } => Exit::Software,
            _ => Exit::Config,
        }
    }
}
