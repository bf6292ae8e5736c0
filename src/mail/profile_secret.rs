//! The part of a profile that is read at every mail.

use serde::{Deserialize, Deserializer};

use super::{
    Host, Port, RunAs, SecretBinding, TextLine,
    profile_fault::{ProfileFault, read_part},
    store::SecretPlace,
};

/// The part of a profile that finds its secret. What runs for every mail reads this alone, so that no other field stops it:
/// other keys, whatever they are, are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProfileSecret {
    /// Format of the file.
    pub schema: u32,
    /// False after `remove`.
    pub enabled: bool,
    /// Where the secret is kept; absent without a login.
    pub secret: Option<SecretPlace>,
    /// Whom it was given for, where the store does not keep that.
    #[serde(default)]
    pub secret_for: Option<SecretBinding>,
    /// The users who send, when they are not the owner of the file: those whom it names in a way that can be read.
    #[serde(default, deserialize_with = "RunAs::readable")]
    pub run_as: RunAs,
    /// Whom the secret is for.
    pub smtp: ProfileLogin,
}

/// Whom a secret is for: it goes to no other server and login.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProfileLogin {
    /// The server.
    pub host: Host,
    /// The login name.
    pub username: Option<TextLine>,
    /// Its port, where that can be read.
    #[serde(default, deserialize_with = "readable_port")]
    pub port: Option<Port>,
}

/// A port of a file; none where the value is something else.
fn readable_port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Port>, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    Ok(value.as_integer().and_then(|port| port.to_string().parse().ok()))
}

impl ProfileSecret {
    /// Reads this part of a profile's text, whatever else is wrong with it: bytes that are no text, lines that are no TOML.
    ///
    /// # Errors
    /// A newer mailsetup wrote it, or one of these fields is wrong.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, ProfileFault> {
        read_part(text.as_ref())
    }
}

impl ProfileLogin {
    /// What the profile uses its secret for.
    pub fn binding(&self) -> SecretBinding {
        SecretBinding::new(self.host.clone(), self.username.clone())
    }
}
