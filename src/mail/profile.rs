//! The saved profile: what a set-up decided, without the secret.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Endpoint, Security, store::SecretPlace};

/// The schema that this version writes, and the newest it reads.
pub const SCHEMA: u32 = 1;

/// A saved profile, `profiles/NAME.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Format of this file; a newer one is refused untouched.
    pub schema: u32,
    /// False after `remove`: kept for reference, used by nothing.
    pub enabled: bool,
    /// The user whose programs send; absent when it is the owner of these files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_as: Option<String>,
    /// Where root's mail goes, when mailsetup was to lead it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_mail: Option<String>,
    /// Who the mail comes from.
    pub sender: Sender,
    /// The server that takes it.
    pub smtp: Smtp,
    /// The mailbox's reading side, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imap: Option<Imap>,
    /// Where the secret is kept; absent without a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretPlace>,
    /// The last test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// What was written where.
    #[serde(default, rename = "target", skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Written>,
}

/// Who the mail comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The address of From and of the envelope.
    pub address: String,
    /// The display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where answers go, when not to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}

/// The relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// The provider's preset; absent for a custom server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The login mechanism: auto, plain, login, cram-md5, xoauth2, none.
    pub auth: String,
    /// The login name; absent without a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The name that EHLO gives.
    pub ehlo: String,
    /// A person agreed to send without TLS beyond this machine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_plaintext: bool,
    /// What is trusted instead of the system's authorities.
    #[serde(default, skip_serializing_if = "Trust::is_system")]
    pub tls: Trust,
}

impl Smtp {
    /// Where it listens.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint { host: self.host.clone(), port: self.port, security: self.security }
    }
}

/// What is trusted instead of the system's authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// PEM file of the authority to trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// SHA-256 of the one certificate to trust, 64 lower-case hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_sha256: Option<String>,
}

impl Trust {
    /// Whether the system's authorities decide.
    pub const fn is_system(&self) -> bool {
        self.ca_file.is_none() && self.pin_sha256.is_none()
    }
}

/// The mailbox's reading side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Imap {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The login name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// The last test of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// When, RFC 3339, UTC.
    pub when: String,
    /// `ok`, or the cause of the failure.
    pub result: String,
    /// Where TLS last came about. A server that offered STARTTLS and does so no more is not taken for one that never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secured: Option<Endpoint>,
}

/// A target that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The target's name.
    pub name: String,
    /// A path of the person's own, when it is not the target's usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// The password itself stands in the file, though the target could fetch it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inline_secret: bool,
}
