//! A mail provider: servers, user name form, kind of password, guidance. One file each in `presets/providers`.

use serde::Deserialize;

use super::Lang;
use crate::mail::Endpoint;

/// A provider's preset. Its key is the file's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The key; filled in from the file's name.
    #[serde(skip)]
    pub key: String,
    /// The name that people know.
    pub name: String,
    /// What kind of service it is.
    pub category: Category,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: String,
    /// E-mail domains that belong to the provider itself.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Suffixes of MX hosts that show a hosted domain.
    #[serde(default)]
    pub mx: Vec<String>,
    /// Submission servers in order of preference (RFC 8314: implicit TLS first).
    #[serde(default)]
    pub smtp: Vec<Endpoint>,
    /// The IMAP server.
    pub imap: Option<Endpoint>,
    /// How the login name is made.
    #[serde(default)]
    pub username: Username,
    /// Mechanisms that the servers are known to offer, by SASL name.
    #[serde(default)]
    pub auth: Vec<String>,
    /// The kind of password that sending takes.
    #[serde(default)]
    pub password: Password,
    /// OAuth 2.0 endpoints.
    pub oauth: Option<Oauth>,
    /// Known limits.
    #[serde(default)]
    pub limits: Limits,
    /// What the sender's domain should publish.
    #[serde(default)]
    pub dns: Dns,
    /// The provider's own documentation.
    pub docs: Option<String>,
    /// Names of facts in this file that no source confirmed.
    #[serde(default)]
    pub unverified: Vec<String>,
    /// For maintainers: where sources disagree and why this file says what it says.
    pub note: Option<String>,
    /// Guidance in English.
    pub en: Guidance,
    /// Guidance in French.
    pub fr: Guidance,
}

impl Provider {
    /// The guidance in a language.
    pub const fn guidance(&self, lang: Lang) -> &Guidance {
        match lang {
            Lang::En => &self.en,
            Lang::Fr => &self.fr,
        }
    }
}

/// What kind of service a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Personal mailboxes.
    Mailbox,
    /// Mail for a person's own domain.
    Hosting,
    /// A service that only sends.
    Relay,
    /// A program on this machine that speaks SMTP for a service.
    Bridge,
    /// A mail server on this machine.
    Local,
}

/// How the login name is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Username {
    /// What it is made from.
    #[serde(default)]
    pub form: UsernameForm,
    /// The word itself, when the form is `fixed`.
    pub value: Option<String>,
}

/// What a login name is made from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UsernameForm {
    /// The whole address.
    #[default]
    Address,
    /// What stands in front of the `@`.
    Local,
    /// One word for everybody, such as `apikey`.
    Fixed,
    /// A name that the provider makes up; it has to be asked for.
    Generated,
    /// There is no login.
    None,
}

/// The kind of password that sending takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// Whether a special password is needed.
    #[serde(default)]
    pub special: Special,
    /// The page on which it is made: the deep link that guidance and QR code show.
    pub url: Option<String>,
    /// What such a password looks like, to recognise the wrong kind before the server does.
    pub shape: Option<Shape>,
}

/// Whether a special password (an app password, a key, a token) is needed for sending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Special {
    /// The mailbox password works.
    #[default]
    No,
    /// Only when two-step verification is on.
    WithTwoFactor,
    /// Always: the account password never works.
    Always,
    /// No password of any kind works.
    Unusable,
}

/// What a special password looks like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Its length in characters, spaces not counted.
    pub length: Option<usize>,
    /// What it begins with.
    pub prefix: Option<String>,
    /// The characters it is made of, as ranges and single characters: `a-z`, `A-Za-z0-9`.
    pub letters: Option<String>,
    /// Shown in groups with spaces between them that are not part of it.
    #[serde(default)]
    pub grouped: bool,
}

impl Shape {
    /// Whether `password` looks like this, taken as it is.
    pub fn fits(&self, password: &str) -> bool {
        self.length.is_none_or(|length| password.chars().count() == length)
            && self.prefix.as_deref().is_none_or(|prefix| password.starts_with(prefix))
            && self.letters.as_deref().is_none_or(|letters| password.chars().all(|c| in_set(letters, c)))
    }
}

/// Whether `character` is in a set written as ranges and single characters (`a-z0-9_`).
fn in_set(set: &str, character: char) -> bool {
    let set: Vec<char> = set.chars().collect();
    let mut rest = set.as_slice();
    while let [first, after @ ..] = rest {
        if let ['-', last, after @ ..] = after {
            if (*first..=*last).contains(&character) {
                return true;
            }
            rest = after;
        } else {
            if *first == character {
                return true;
            }
            rest = after;
        }
    }
    false
}

/// OAuth 2.0 endpoints (RFC 6749, RFC 8628).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oauth {
    /// Scopes that sending needs.
    pub scope: Vec<String>,
    /// Authorization endpoint.
    pub auth_url: String,
    /// Token endpoint.
    pub token_url: String,
    /// Device authorization endpoint, where sending may be authorized that way.
    pub device_url: Option<String>,
}

/// Known limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Messages a minute.
    pub per_minute: Option<u32>,
    /// Messages an hour.
    pub per_hour: Option<u32>,
    /// Messages a day.
    pub per_day: Option<u32>,
    /// Messages a month.
    pub per_month: Option<u32>,
    /// Recipients of one message.
    pub recipients: Option<u32>,
}

/// What the sender's domain should publish.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// The name behind `include:` in the SPF record (RFC 7208).
    pub spf_include: Option<String>,
    /// Where the DKIM key is published (RFC 6376).
    pub dkim: Option<String>,
}

/// What a person is told, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// One line beside the provider's name in the list.
    pub summary: String,
    /// What the password is called here (`app password`, `SMTP key`); absent when it is simply the password.
    pub password: Option<String>,
    /// One sentence above the steps: which password, and why.
    pub intro: Option<String>,
    /// Steps to get the password, in order; `{url}` stands for the deep link.
    #[serde(default)]
    pub steps: Vec<String>,
    /// What an admin must switch on first.
    #[serde(default)]
    pub before: Vec<String>,
    /// What to know before relying on it.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Where the login name is found, when the provider makes it up.
    pub username: Option<String>,
    /// Which sender addresses are allowed.
    pub sender: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let shape = Shape { length: Some(16), prefix: None, letters: Some("a-z".into()), grouped: true };
        assert!(shape.fits("abcdefghijklmnop"));
        assert!(!shape.fits("abcd efgh ijkl mnop"));
        assert!(in_set("a-z0-9_", '_') && in_set("a-z0-9_", '7') && !in_set("a-z0-9_", 'A'));
    }
}
