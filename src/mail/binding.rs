//! Whom a secret was given for: it is kept with the secret, and the secret goes to nobody else without a person's word.

use serde::{Deserialize, Serialize};

use super::{Host, Secret, TextLine, organization::Organization, reply::escape};
use crate::{phrase, phrase::Phrase};

/// Whom a secret was given for: a login name at an organization's servers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SecretBinding {
    /// The exact hosts that it goes to; none while it is being changed.
    #[serde(default)]
    pub hosts: Vec<Host>,
    /// The login name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<TextLine>,
    /// The preset that these hosts are servers of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

impl SecretBinding {
    /// A login at one host.
    pub fn new(host: Host, username: Option<TextLine>) -> Self {
        Self { hosts: vec![host], username, provider: None }
    }

    /// Reads what [`SecretBinding::to_text`] wrote; `None` for anything else.
    pub fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text.trim()).ok()
    }

    /// As a store keeps it: one line.
    pub fn to_text(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// Whether a secret that was given for this is also for `other`: the same login name at the same organization, which is
    /// the same preset, else the same registrable domain. Port and mode do not matter.
    pub fn covers(&self, other: &Self) -> bool {
        let is_preset = self.provider.is_some() && self.provider == other.provider;
        let is_one = |own: &Host, host: &Host| own == host || Organization::of(own) == Organization::of(host);
        let is_for = |host: &Host| self.hosts.iter().any(|own| is_one(own, host));
        let is_same = is_preset || other.hosts.iter().all(is_for);
        !self.hosts.is_empty() && !other.hosts.is_empty() && self.username == other.username && is_same
    }

    /// Whether a program that names this host, and this login name if it names one, gets the secret.
    pub fn allows(&self, host: &str, username: Option<&str>) -> bool {
        let is_login = username.is_none_or(|name| self.username.as_deref() == Some(name));
        is_login && self.hosts.iter().any(|own| *own == *host)
    }

    /// Whom it is for, in no language: `me@gmail.com, smtp.gmail.com`.
    pub fn said(&self) -> String {
        let username = self.username.iter().map(|username| escape(username));
        username.chain(self.hosts.first().map(|host| escape(host))).collect::<Vec<_>>().join(", ")
    }

    /// Whom it is for, as a part of a sentence: `smtp.gmail.com, as me@gmail.com`.
    pub fn phrase(&self) -> Phrase {
        let host = self.hosts.first().map(|host| escape(host)).unwrap_or_default();
        match &self.username {
            Some(username) => phrase!("binding-login", host = host, username = escape(username)),
            None => phrase!("binding-host", host = host),
        }
    }
}

/// A secret, and whom it was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundSecret {
    /// The secret.
    pub secret: Secret,
    /// Whom it was given for; `None` where an older version kept it, or the store is the person's own.
    pub bound: Option<SecretBinding>,
}

impl BoundSecret {
    /// The secret itself, as [`Secret::expose`].
    pub fn expose(&self) -> &str {
        self.secret.expose()
    }
}

impl From<Secret> for BoundSecret {
    /// A secret of which nobody knows whom it is for.
    fn from(secret: Secret) -> Self {
        Self { secret, bound: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(host: &str, username: &str, provider: Option<&str>) -> SecretBinding {
        SecretBinding {
            provider: provider.map(str::to_owned),
            ..SecretBinding::new(host.parse().unwrap(), username.parse().ok())
        }
    }

    #[test]
    fn a_secret_goes_to_its_organization_and_login_alone() {
        let own = at("smtp.example.com", "me", None);
        assert!(own.covers(&at("mail.example.com", "me", None)));
        assert!(!own.covers(&at("mail.example.com", "you", None)) && !own.covers(&at("mail.example.org", "me", None)));
        let preset = at("ssl0.ovh.net", "me", Some("ovh"));
        assert!(preset.covers(&at("smtp.mail.ovh.net", "me", Some("ovh"))));
        assert!(!preset.covers(&at("vps-1.vps.ovh.net", "me", None)));
        assert!(!SecretBinding::default().covers(&own) && !own.covers(&SecretBinding::default()));
        let here = at("localhost", "", None);
        assert!(here.covers(&at("localhost", "", None)) && !here.covers(&at("127.0.0.1", "", None)));
    }

    #[test]
    fn programs_name_the_exact_host() {
        let own = at("smtp.example.com", "me", None);
        assert!(own.allows("smtp.example.com", None) && own.allows("smtp.example.com", Some("me")));
        assert!(!own.allows("mail.example.com", None) && !own.allows("smtp.example.com", Some("you")));
        assert_eq!(SecretBinding::of_text(&own.to_text()), Some(own));
        assert_eq!(SecretBinding::of_text("x"), None);
    }
}
