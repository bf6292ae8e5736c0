//! Where a secret is kept: the stores, one row each, and what finds a secret in them.

use serde::{Deserialize, Serialize};

use super::{
    PassEntry, VariableName,
    word::{word_impls, word_serde},
};

/// Who puts a secret into a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFilling {
    /// The plan: the store is one of its files.
    Planned,
    /// The store itself, when a plan is applied: it has entries of its own, which no plan sees.
    Entry,
    /// The person: mailsetup only fetches the secret.
    Person,
}

/// What a person says for a store to find the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreDetail {
    /// The entry's name.
    Entry,
    /// The variable's name.
    Variable,
    /// The command.
    Command,
}

/// Makes the table of stores: kind, word, who fills it, what it has to be told.
macro_rules! stores {
    ($($(#[$doc:meta])* $kind:ident $word:literal $filling:ident $detail:expr;)+) => {
        /// A kind of store.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum StoreKind {
            $($(#[$doc])* $kind,)+
        }

        impl StoreKind {
            /// Every kind, in the order in which stores are offered.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The words of the kinds, in the same order.
            pub const WORDS: [&str; Self::ALL.len()] = [$($word),+];

            /// The word that flags, files and JSON use.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)+
                }
            }

            /// Who puts a secret into it.
            pub const fn filling(self) -> StoreFilling {
                match self {
                    $(Self::$kind => StoreFilling::$filling,)+
                }
            }

            /// What a person has to say for it to find the secret.
            pub const fn detail(self) -> Option<StoreDetail> {
                match self {
                    $(Self::$kind => $detail,)+
                }
            }
        }
    };
}

stores! {
    /// A file beside the profile.
    File "file" Planned None;
    /// The scope's encrypted file.
    Vault "vault" Entry None;
    /// The system's credentials, `systemd-creds`.
    Systemd "systemd" Entry None;
    /// The password manager.
    Pass "pass" Entry Some(StoreDetail::Entry);
    /// The desktop's keyring.
    Keyring "keyring" Entry None;
    /// A command that prints the secret.
    Command "command" Person Some(StoreDetail::Command);
    /// An environment variable.
    Env "env" Person Some(StoreDetail::Variable);
}

word_impls!(pub StoreKind);
word_serde!(StoreKind);

/// Where the secret is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "store", rename_all = "lowercase", deny_unknown_fields)]
pub enum SecretPlace {
    /// `NAME.secret` beside the profile, mode 0600.
    File,
    /// An environment variable that is set where mail is sent.
    Env {
        /// Its name.
        variable: VariableName,
    },
    /// A command that prints it.
    Command {
        /// Given to `/bin/sh -c`.
        command: String,
    },
    /// The desktop's keyring (Secret Service).
    Keyring {
        /// The entry's user name; its service is `mailsetup`.
        entry: String,
    },
    /// The scope's encrypted file, `vault` in the configuration folder.
    Vault,
    /// `NAME.cred` beside the profile, encrypted by `systemd-creds`.
    Systemd,
    /// An entry of `pass`, the standard Unix password manager: the first line of it.
    Pass {
        /// Its name in the password store.
        entry: PassEntry,
    },
}

impl SecretPlace {
    /// The place of a profile's secret in a store; `None` where `said` lacks what the store has to be told, or that cannot be
    /// it. `scope` is `user` or `system`.
    pub fn of(
        kind: StoreKind,
        scope: &str,
        profile: &str,
        said: impl FnOnce(StoreDetail) -> Option<String>,
    ) -> Option<Self> {
        let told = match kind.detail() {
            Some(detail) => said(detail)?,
            None => String::new(),
        };
        Some(match kind {
            StoreKind::File => Self::File,
            StoreKind::Vault => Self::Vault,
            StoreKind::Systemd => Self::Systemd,
            StoreKind::Pass => Self::Pass { entry: told.parse().ok()? },
            StoreKind::Keyring => Self::keyring(scope, profile),
            StoreKind::Command => Self::Command { command: told },
            StoreKind::Env => Self::Env { variable: told.parse().ok()? },
        })
    }

    /// The keyring entry of a profile; `scope` is `user` or `system`.
    pub fn keyring(scope: &str, profile: &str) -> Self {
        Self::Keyring { entry: format!("{scope}/{profile}") }
    }

    /// The store.
    pub const fn store(&self) -> StoreKind {
        match self {
            Self::File => StoreKind::File,
            Self::Env { .. } => StoreKind::Env,
            Self::Command { .. } => StoreKind::Command,
            Self::Keyring { .. } => StoreKind::Keyring,
            Self::Vault => StoreKind::Vault,
            Self::Systemd => StoreKind::Systemd,
            Self::Pass { .. } => StoreKind::Pass,
        }
    }

    /// What finds the secret in its store: an entry, a variable's name or a command; `None` where the profile's name does.
    pub fn locator(&self) -> Option<&str> {
        match self {
            Self::Env { variable } => Some(variable),
            Self::Command { command } => Some(command),
            Self::Keyring { entry } => Some(entry),
            Self::Pass { entry } => Some(entry),
            Self::File | Self::Vault | Self::Systemd => None,
        }
    }

    /// Where a write with this ID sets aside what the place held, in the same store.
    #[must_use]
    pub fn aside(&self, id: &str) -> Self {
        // Room for the ID, in a name of any length.
        let beside = |entry: &str| format!("{}~{id}", entry.chars().take(100).collect::<String>());
        match self {
            Self::Keyring { entry } => Self::Keyring { entry: beside(entry) },
            Self::Pass { entry } => Self::Pass { entry: beside(entry).parse().unwrap_or_else(|_| entry.clone()) },
            place => place.clone(),
        }
    }

    /// The keys of its table in a profile.
    pub const fn keys(&self) -> &'static [&'static str] {
        match self {
            Self::Env { .. } => &["store", "variable"],
            Self::Command { .. } => &["store", "command"],
            Self::Keyring { .. } | Self::Pass { .. } => &["store", "entry"],
            Self::File | Self::Vault | Self::Systemd => &["store"],
        }
    }

    /// Whether the store holds secrets by entries of its own, which a plan does not see: they are made when it is applied.
    pub fn has_entries(&self) -> bool {
        self.store().filling() == StoreFilling::Entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_places_lead_to_their_stores_and_back() {
        assert_eq!(StoreKind::USAGE, "file|vault|systemd|pass|keyring|command|env");
        for kind in StoreKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            let place = SecretPlace::of(*kind, "user", "default", |_| Some("told".into())).unwrap();
            assert_eq!(place.store(), *kind);
            assert_eq!(kind.detail().and(place.locator()), kind.detail().map(|_| "told"));
            let text = toml::to_string(&place).unwrap();
            assert!(text.contains(&format!("store = \"{kind}\"")), "{text}");
            assert_eq!(toml::from_str::<SecretPlace>(&text).unwrap(), place);
            assert_eq!(SecretPlace::of(*kind, "user", "default", |_| None).is_some(), kind.detail().is_none());
        }
        assert!("wallet".parse::<StoreKind>().is_err());
    }
}
