//! Answers as typed values: parsed once, when they are given.

use std::fmt;

use crate::{
    mail::{
        Address, Auth, GrantKind, GroupName, HeloName, Host, HttpsUrl, KeySlot, PassEntry, Pin, Port, ProfileName, Proxy,
        RunAs, Scope, Security, Senders, StoreKind, TestDepth, TextLine, VariableName, yes_no,
    },
    plan::TargetChoice,
};

/// Makes the enum of values, and the way from each type into it and back.
macro_rules! values {
    ($($(#[$doc:meta])* $kind:ident($type:ty),)*) => {
        /// An answer.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum AnswerValue {
            /// An optional answer that was left empty.
            Empty,
            $($(#[$doc])* $kind($type),)*
        }

        $(
            impl From<$type> for AnswerValue {
                fn from(value: $type) -> Self {
                    Self::$kind(value)
                }
            }

            impl ValueKind for $type {
                fn of(value: AnswerValue) -> Option<Self> {
                    match value {
                        AnswerValue::$kind(value) => Some(value),
                        _ => None,
                    }
                }
            }
        )*
    };
}

/// A type that a value can hold.
pub(super) trait ValueKind: Sized {
    /// The value by this type; `None` for an empty one.
    fn of(value: AnswerValue) -> Option<Self>;
}

values! {
    /// An e-mail address.
    Address(Address),
    /// A host.
    Host(Host),
    /// A port.
    Port(Port),
    /// How a connection is protected.
    Security(Security),
    /// The name that EHLO gives.
    Ehlo(HeloName),
    /// A certificate's SHA-256.
    Pin(Pin),
    /// A proxy.
    Proxy(Proxy),
    /// The login mechanism.
    Auth(Auth),
    /// A way of giving access.
    Grant(GrantKind),
    /// An endpoint.
    Url(HttpsUrl),
    /// A line of text.
    Text(TextLine),
    /// Yes or no.
    Consent(bool),
    /// How far the live test goes.
    Test(TestDepth),
    /// What to do after a failed test.
    Recovery(Recovery),
    /// The provider.
    Provider(ProviderChoice),
    /// The settings to start from.
    Import(ImportChoice),
    /// Targets.
    Targets(Vec<TargetChoice>),
    /// For whom it is written.
    Scope(Scope),
    /// Which senders may leave.
    Senders(Senders),
    /// The users who send.
    Users(RunAs),
    /// The group that they share.
    Group(GroupName),
    /// Where the secret is kept.
    Store(StoreKind),
    /// The key slot of a new vault.
    KeySlot(KeySlot),
    /// An entry of `pass`.
    PassEntry(PassEntry),
    /// The variable that holds the secret.
    Variable(VariableName),
    /// The profile's name.
    Profile(ProfileName),
}

impl AnswerValue {
    /// Targets; none are an empty answer.
    pub(super) fn of_targets(targets: Vec<TargetChoice>) -> Self {
        if targets.is_empty() { Self::Empty } else { Self::Targets(targets) }
    }
}

/// The words that flags, files and JSON use.
impl fmt::Display for AnswerValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Address(address) => address.fmt(f),
            Self::Host(host) => host.fmt(f),
            Self::Port(port) => port.fmt(f),
            Self::Security(security) => security.fmt(f),
            Self::Ehlo(name) => name.fmt(f),
            Self::Pin(pin) => pin.fmt(f),
            Self::Proxy(proxy) => proxy.fmt(f),
            Self::Auth(auth) => auth.fmt(f),
            Self::Grant(kind) => kind.fmt(f),
            Self::Url(url) => url.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Consent(yes) => f.write_str(yes_no::word(*yes)),
            Self::Test(depth) => depth.fmt(f),
            Self::Recovery(recovery) => f.write_str(recovery.as_str()),
            Self::Provider(provider) => provider.fmt(f),
            Self::Import(import) => import.fmt(f),
            Self::Targets(targets) => {
                for (index, target) in targets.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma}{target}")?;
                }
                Ok(())
            }
            Self::Scope(scope) => scope.fmt(f),
            Self::Senders(senders) => senders.fmt(f),
            Self::Users(users) => users.fmt(f),
            Self::Group(group) => group.fmt(f),
            Self::Store(store) => store.fmt(f),
            Self::KeySlot(slot) => slot.fmt(f),
            Self::PassEntry(entry) => entry.fmt(f),
            Self::Variable(variable) => variable.fmt(f),
            Self::Profile(name) => name.fmt(f),
        }
    }
}

/// The chosen provider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProviderChoice {
    /// A server that no preset describes.
    Custom,
    /// The preset of this key.
    Preset(String),
}

impl ProviderChoice {
    /// The word for a server that no preset describes.
    pub(super) const CUSTOM: &str = "custom";

    /// The choice that a proposal or a profile makes: no key is a custom server.
    pub(super) fn of_key(key: Option<&str>) -> Self {
        key.map_or(Self::Custom, |key| Self::Preset(key.to_owned()))
    }

    /// The preset's key.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::Custom => None,
            Self::Preset(key) => Some(key),
        }
    }
}

impl fmt::Display for ProviderChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key().unwrap_or(Self::CUSTOM))
    }
}

/// The settings to start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportChoice {
    /// From nothing.
    None,
    /// Those of a target's file.
    Target(TargetChoice),
}

impl ImportChoice {
    /// The word for starting from nothing.
    pub(super) const NONE: &str = "none";
}

impl fmt::Display for ImportChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str(Self::NONE),
            Self::Target(target) => target.fmt(f),
        }
    }
}

/// What to do after a failed test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Take the diagnosis's change and test again.
    Fix,
    /// Trust what the diagnosis shows, which nothing else vouches for, and test again.
    Trust,
    /// Test again.
    Retry,
    /// Change the answer at fault.
    Edit,
    /// Go on all the same.
    Force,
}

impl Recovery {
    /// Every way, as an error lists them.
    pub(super) const ALL: [Self; 5] = [Self::Fix, Self::Trust, Self::Retry, Self::Edit, Self::Force];

    /// The word that an answer uses.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Fix => "fix",
            Self::Trust => "trust",
            Self::Retry => "retry",
            Self::Edit => "edit",
            Self::Force => "force",
        }
    }
}
