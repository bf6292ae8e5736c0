//! SASL mechanisms and the choice among them (RFC 4954, RFC 4616, RFC 2195).

use std::fmt;

use super::word::{word_impls, word_serde};

/// Makes the table of mechanisms: kind, word, SASL name, and whether the secret is an access token.
macro_rules! mechanisms {
    ($($(#[$doc:meta])* $kind:ident $word:literal $sasl:literal $token:literal;)+) => {
        /// A SASL mechanism that mailsetup speaks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Mechanism {
            $($(#[$doc])* $kind,)+
        }

        impl Mechanism {
            /// Every mechanism, in the order in which a password login prefers them. Inside TLS a password sent as PLAIN is
            /// as safe as CRAM-MD5 and saves a round trip.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$kind),+];

            /// The word that flags, files and JSON use.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)+
                }
            }

            /// The registered SASL name, as EHLO shows it.
            pub const fn sasl_name(self) -> &'static str {
                match self {
                    $(Self::$kind => $sasl,)+
                }
            }

            /// Whether it takes an access token rather than a password: it is used only when it was chosen.
            pub const fn takes_token(self) -> bool {
                match self {
                    $(Self::$kind => $token,)+
                }
            }
        }

        impl Auth {
            /// Every choice, in the order in which a person is shown them.
            pub const ALL: [Self; Mechanism::ALL.len() + 2] = [Self::Auto, $(Self::Only(Mechanism::$kind),)+ Self::None];

            /// Every word, as a flag's help lists them.
            pub const BARRED_WORDS: &str = concat!("auto", $("|", $word,)+ "|none");
        }
    };
}

mechanisms! {
    /// RFC 4616.
    Plain "plain" "PLAIN" false;
    /// The obsolete but common draft-murchison-sasl-login.
    Login "login" "LOGIN" false;
    /// RFC 2195.
    CramMd5 "cram-md5" "CRAM-MD5" false;
    /// Google's OAuth 2.0 mechanism.
    Xoauth2 "xoauth2" "XOAUTH2" true;
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

    /// Whether the chosen mechanism takes an access token rather than a password.
    pub const fn takes_token(self) -> bool {
        matches!(self, Self::Only(mechanism) if mechanism.takes_token())
    }

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
