//! SASL mechanisms and the choice among them (RFC 4954, RFC 4616, RFC 2195).

use std::fmt;

use super::word::{word_impls, word_serde};

/// A SASL mechanism that mailsetup speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// The obsolete but common draft-murchison-sasl-login.
    Login,
    /// RFC 2195.
    CramMd5,
    /// Google's OAuth 2.0 mechanism; the secret is an access token.
    Xoauth2,
}

impl Mechanism {
    /// Every mechanism, in the order in which a password login prefers them. Inside TLS a password sent as PLAIN is as
    /// safe as CRAM-MD5 and saves a round trip.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Login, Self::CramMd5, Self::Xoauth2];

    /// The word that flags, files and JSON use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Login => "login",
            Self::CramMd5 => "cram-md5",
            Self::Xoauth2 => "xoauth2",
        }
    }

    /// The registered SASL name, as EHLO shows it.
    pub const fn sasl_name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::CramMd5 => "CRAM-MD5",
            Self::Xoauth2 => "XOAUTH2",
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the person chose for the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Auth {
    /// The best mechanism that both sides have.
    #[default]
    Auto,
    /// No login at all.
    None,
    /// This mechanism alone.
    Only(Mechanism),
}

impl Auth {
    /// Every choice, in the order in which a person is shown them.
    pub const ALL: [Self; 6] = [
        Self::Auto,
        Self::Only(Mechanism::Plain),
        Self::Only(Mechanism::Login),
        Self::Only(Mechanism::CramMd5),
        Self::Only(Mechanism::Xoauth2),
        Self::None,
    ];

    /// The words of the choices, in the same order.
    pub const WORDS: [&'static str; Self::ALL.len()] = {
        let mut words = [""; Self::ALL.len()];
        let mut index = 0;
        while index < words.len() {
            words[index] = Self::ALL[index].as_str();
            index += 1;
        }
        words
    };

    /// The word that flags, files and JSON use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::None => "none",
            Self::Only(mechanism) => mechanism.as_str(),
        }
    }
}

word_impls!(Auth);
word_serde!(Auth);

impl schemars::JsonSchema for Auth {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Auth".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}
