//! How a proposal makes the login name.

use crate::{
    mail::Address,
    presets::{Provider, provider::UsernameForm, table::RowUsername},
};

/// How the login name is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginName {
    /// From the address, by the account, or not at all.
    Form(UsernameForm),
    /// The address with a dot in place of the `@`.
    LocalDomain,
    /// A name as it is: a provider's fixed word, or one that an autoconfig document made.
    Is(String),
}

impl LoginName {
    /// The name for an address; `None` when only the account shows it, or there is no login.
    pub fn of(&self, address: &Address) -> Option<String> {
        match self {
            Self::Form(UsernameForm::Address) => Some(address.to_string()),
            Self::Form(UsernameForm::Local) => Some(address.local().to_owned()),
            Self::Form(UsernameForm::Fixed | UsernameForm::Generated | UsernameForm::None) => None,
            Self::LocalDomain => Some(format!("{}.{}", address.local(), address.domain())),
            Self::Is(name) => Some(name.clone()),
        }
    }

    /// The word that JSON uses; a name that is made from nothing is itself the word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Form(UsernameForm::Address) => "address",
            Self::Form(UsernameForm::Local) => "local",
            Self::Form(UsernameForm::Fixed) => "fixed",
            Self::Form(UsernameForm::Generated) => "generated",
            Self::Form(UsernameForm::None) => "none",
            Self::LocalDomain => "local.domain",
            Self::Is(name) => name,
        }
    }
}

impl From<&Provider> for LoginName {
    fn from(provider: &Provider) -> Self {
        match (provider.username.form, &provider.username.value) {
            (UsernameForm::Fixed, Some(word)) => Self::Is(word.clone()),
            (form, _) => Self::Form(form),
        }
    }
}

impl From<RowUsername> for LoginName {
    fn from(username: RowUsername) -> Self {
        match username {
            RowUsername::Form(form) => Self::Form(form),
            RowUsername::LocalDomain => Self::LocalDomain,
        }
    }
}
