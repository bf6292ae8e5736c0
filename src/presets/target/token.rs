//! How a consumer logs in with an access token, which lives about an hour (OAuth 2.0, RFC 6749).

use serde::Deserialize;

use crate::mail::Mechanism;

/// How a consumer comes by a fresh access token, and where that works.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenUse {
    /// Where it gets one.
    pub by: TokenSource,
    /// Mechanisms whose response it sends along with the AUTH command, however long it is: they work with short tokens alone
    /// (RFC 4954, 4).
    #[serde(default)]
    pub initial: Vec<Mechanism>,
    /// What it needs for that.
    pub needs: Option<TokenNeeds>,
}

/// Where a consumer gets a fresh access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenSource {
    /// It runs `mailsetup secret` whenever it logs in, or starts.
    Command,
    /// It reads the store, in which somebody else renews it.
    Store,
}

impl TokenSource {
    /// The word that presets and JSON use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Store => "store",
        }
    }
}

/// A part of the consumer that not every version has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenNeeds {
    /// Its name and first version.
    pub name: String,
    /// Files of which one is there where it is installed; a `*` in a step is anything in the name of a folder.
    pub files: Vec<String>,
}
