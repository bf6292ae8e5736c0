//! Why there is no access token of a saved profile.

use crate::{
    error::{Error, Exit},
    host::{files::error::FileError, stores::StoreError},
    mail::reply::escape,
    oauth::OauthFault,
    phrase,
    presets::Phrase,
};

/// Why there is no access token of a saved profile; the text is the profile's name.
#[derive(Debug)]
pub enum AccessFault {
    /// The store does not give the grant, or does not take the new one.
    Store(StoreError),
    /// The file that is locked cannot be opened.
    File(FileError),
    /// What is kept is no grant that can be read.
    Damaged(String),
    /// Another user renews it.
    Closed(String),
    /// Another run has been renewing it for too long.
    Busy(String),
    /// The authorization server gives none.
    Oauth {
        /// The profile.
        profile: String,
        /// Why.
        fault: OauthFault,
    },
}

impl AccessFault {
    /// What happened, and what to do, as one sentence: programs show one line of it.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Store(error) => error.phrase(),
            Self::File(error) => error.phrase(),
            Self::Damaged(profile) => phrase!("token-damaged", profile = escape(profile)),
            Self::Closed(profile) => phrase!("token-closed", profile = escape(profile)),
            Self::Busy(profile) => phrase!("token-busy", profile = escape(profile)),
            Self::Oauth { profile, fault } if fault.is_ended() => {
                phrase!("token-ended", profile = escape(profile)).with_phrase("why", fault.phrase())
            }
            Self::Oauth { profile, fault } => {
                phrase!("token-none", profile = escape(profile)).with_phrase("why", fault.phrase())
            }
        }
    }

    /// The exit status: whether to try later.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Store(error) => error.exit(),
            Self::File(error) => error.exit(),
            Self::Damaged(_) => Exit::Config,
            Self::Closed(_) | Self::Busy(_) => Exit::TempFail,
            Self::Oauth { fault, .. } => fault.exit(),
        }
    }
}

impl From<StoreError> for AccessFault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<AccessFault> for Error {
    fn from(fault: AccessFault) -> Self {
        let hint = if let AccessFault::Store(error) = &fault { error.hint() } else { None };
        Self { exit: fault.exit(), phrase: fault.phrase(), hint }
    }
}
