//! SASL mechanisms and the choice among them (RFC 4954, RFC 4616, RFC 2195, RFC 5802, RFC 7628).

use super::word::{word_impls, word_serde, words};

words! {
    /// A SASL mechanism that mailsetup speaks, in the order in which a person is shown them.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Mechanism {
        /// RFC 4616.
        Plain = "plain",
        /// The obsolete but common draft-murchison-sasl-login.
        Login = "login",
        /// RFC 2195.
        CramMd5 = "cram-md5",
        /// RFC 5802.
        ScramSha1 = "scram-sha-1",
        /// RFC 7677.
        ScramSha256 = "scram-sha-256",
        /// Google's OAuth 2.0 mechanism; the secret is an access token.
        Xoauth2 = "xoauth2",
        /// RFC 7628; the secret is an access token.
        Oauthbearer = "oauthbearer",
    }
}

word_serde!(Mechanism);

impl Mechanism {
    /// The mechanisms of a password login, best first. Inside TLS a password sent as PLAIN is as safe as any other and saves
    /// round trips; elsewhere those come first that do not send it.
    pub const fn of_password(inside_tls: bool) -> [Self; 5] {
        if inside_tls {
            [Self::Plain, Self::Login, Self::ScramSha256, Self::ScramSha1, Self::CramMd5]
        } else {
            [Self::ScramSha256, Self::ScramSha1, Self::CramMd5, Self::Plain, Self::Login]
        }
    }

    /// The registered SASL name, as EHLO shows it.
    pub const fn sasl_name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::CramMd5 => "CRAM-MD5",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::Xoauth2 => "XOAUTH2",
            Self::Oauthbearer => "OAUTHBEARER",
        }
    }

    /// Whether it takes an access token rather than a password: it is used only when it was chosen.
    pub const fn takes_token(self) -> bool {
        matches!(self, Self::Xoauth2 | Self::Oauthbearer)
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
    pub const ALL: [Self; Mechanism::ALL.len() + 2] = {
        let mut all = [Self::Auto; Mechanism::ALL.len() + 2];
        let mut index = 0;
        while index < Mechanism::ALL.len() {
            all[index + 1] = Self::Only(Mechanism::ALL[index]);
            index += 1;
        }
        all[index + 1] = Self::None;
        all
    };

    /// Whether the chosen mechanism takes an access token rather than a password.
    pub const fn takes_token(self) -> bool {
        matches!(self, Self::Only(mechanism) if mechanism.takes_token())
    }

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

word_impls!(pub Auth);
word_serde!(Auth);

#[cfg(test)]
impl schemars::JsonSchema for Auth {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Auth".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "enum": Self::WORDS})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::value::ValueFault;

    #[test]
    fn every_mechanism_is_a_choice_and_a_slip_names_the_nearest() {
        assert_eq!(Auth::USAGE, "auto|plain|login|cram-md5|scram-sha-1|scram-sha-256|xoauth2|oauthbearer|none");
        let fault = "plian".parse::<Auth>().unwrap_err();
        assert_eq!(fault.nearest().as_deref(), Some("plain"));
        assert_eq!(
            fault.phrase().args[1],
            ("choices", "auto, plain, login, cram-md5, scram-sha-1, scram-sha-256, xoauth2, oauthbearer, none".to_owned())
        );
        assert_eq!("bogus".parse::<Auth>().unwrap_err().nearest(), None);
    }
}
