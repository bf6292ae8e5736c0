//! A mail provider: servers, user name form, kind of password, guidance. One file each in `presets/providers`.

mod dns;
mod oauth;
mod sender;

use serde::{Deserialize, Deserializer};

pub use dns::{Dns, EnvelopeDomain};
pub use oauth::{GrantSteps, Oauth};
pub use sender::{SenderDemand, SenderRule};

use super::{
    Lang, PresetSource,
    by_lang::{ByLang, Wording, fill, with_words},
};
use crate::mail::{Endpoint, Security};

/// A provider's preset. Its key is the file's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Provider {
    /// The key; filled in from the file's name.
    #[serde(skip)]
    pub key: String,
    /// Where it was read from; filled in when it is.
    #[serde(skip)]
    pub source: PresetSource,
    /// The name that people know.
    pub name: String,
    /// What kind of service it is.
    pub category: Category,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: String,
    /// Its place in lists: lower ranks first, then by name.
    pub rank: Option<u32>,
    /// E-mail domains that belong to the provider itself; `*.` in front stands for every name below.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Suffixes of MX hosts that show a hosted domain.
    #[serde(default)]
    pub mx: Vec<String>,
    /// Families of providers that it shares servers and replies with, by name.
    #[serde(default)]
    pub families: Vec<String>,
    /// Domains below which its hosts are: what a diagnosis knows it by.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Words that only its servers use in their replies, in lower case.
    #[serde(default)]
    pub marks: Vec<String>,
    /// Submission servers in order of preference (RFC 8314: implicit TLS first). A host may hold `{domain}` (the address's
    /// domain), `{mx}` (its MX host), `{region}` (one of `regions`) or `{server}` (a name that only the account shows).
    #[serde(default)]
    pub smtp: Vec<Endpoint>,
    /// What `{region}` may be.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Servers for accounts that live elsewhere, on another platform or continent.
    #[serde(default)]
    pub alternatives: Vec<Endpoint>,
    /// The IMAP server.
    pub imap: Option<Endpoint>,
    /// How the login name is made.
    #[serde(default)]
    pub username: Username,
    /// What it demands of senders, where that is known.
    pub sender: Option<SenderDemand>,
    /// Mechanisms that the servers are known to offer, by SASL name.
    #[serde(default)]
    pub auth: Vec<String>,
    /// The kind of password that sending takes.
    #[serde(default)]
    pub password: Password,
    /// OAuth 2.0 endpoints.
    pub oauth: Option<Oauth>,
    /// Limits that hold for every account.
    #[serde(default)]
    pub limits: Limits,
    /// Limits of the plan that costs nothing, where there is one.
    pub free_tier: Option<Limits>,
    /// What the sender's domain should publish.
    #[serde(default)]
    pub dns: Dns,
    /// The provider's own documentation.
    pub docs: Option<String>,
    /// How well the facts are confirmed on the whole.
    pub confidence: Option<Confidence>,
    /// Where the facts come from: public lists and pages, facts only.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Facts in this file that no source confirmed, as paths: `limits.recipients`; of a list the port or the value:
    /// `smtp.587`.
    #[serde(default)]
    pub unverified: Vec<String>,
    /// For maintainers: where sources disagree and why this file says what it says.
    pub note: Option<String>,
    /// Guidance, by language.
    #[serde(skip)]
    pub words: ByLang<Guidance>,
}

impl<'de> Deserialize<'de> for Provider {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let (provider, words) = with_words(source, |fields| Self::deserialize(fields))?;
        Ok(Self { words, ..provider })
    }
}

impl Provider {
    /// The guidance in a language.
    pub fn guidance(&self, lang: Lang) -> &Guidance {
        self.words.get(lang)
    }

    /// Which sender addresses the provider takes, where that is known.
    pub fn sender_rule(&self) -> Option<SenderRule> {
        self.sender.as_ref().map(|sender| sender.rule)
    }

    /// The submission ports of a host of the provider's, each with its mode, first choice first. A host of its that only an
    /// account shows counts as this one.
    pub fn ports_of(&self, host: &str) -> impl Iterator<Item = (u16, Security)> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let servers = self.smtp.iter().chain(&self.alternatives);
        servers
            .filter(move |server| server.host == host || server.host.contains('{'))
            .map(|server| (server.port, server.security))
    }

    /// Whether `domain` is one of the provider's own e-mail domains.
    pub fn owns(&self, domain: &str) -> bool {
        let domain = domain.trim_end_matches('.').to_ascii_lowercase();
        self.domains.iter().any(|own| match own.strip_prefix('*') {
            Some(below) => domain.len() > below.len() && domain.ends_with(below),
            None => *own == domain,
        })
    }
}

/// Whether a host that a provider's file names, with a gap as `{domain}` or without, is this one. A gap that only an account
/// fills counts where what is known of the host is the provider's; `owns` says whether a domain is.
pub(super) fn names_host(named: &str, host: &str, owns: impl Fn(&str) -> bool) -> bool {
    let Some((before, rest)) = named.split_once('{') else { return named == host };
    let Some((gap, after)) = rest.split_once('}') else { return false };
    let Some(filled) = host.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)) else { return false };
    match gap {
        "domain" => owns(filled),
        "region" | "server" => after.matches('.').count() > 1 && !filled.is_empty() && !filled.contains('.'),
        _ => false,
    }
}

/// How well the facts of a file are confirmed on the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Several independent sources agree.
    High,
    /// One good source, or several that differ in details.
    Medium,
    /// Little more than one page says so.
    Low,
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
    /// Mail that no other program can send: neither SMTP nor a bridge.
    None,
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
    /// Forms to try next, in order, when the first is refused.
    #[serde(default)]
    pub also: Vec<UsernameForm>,
    /// What a generated name looks like.
    pub shape: Option<CredentialShape>,
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
    /// The day on which passwords end, or are off by default, as `2026-12-31`.
    pub ends: Option<String>,
    /// The page on which it is made: the deep link that guidance and QR code show.
    pub url: Option<String>,
    /// What such a password looks like, to recognise the wrong kind before the server does.
    pub shape: Option<CredentialShape>,
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

/// What a special password or a generated name looks like.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialShape {
    /// Its length in characters, spaces not counted.
    pub length: Option<usize>,
    /// What it begins with.
    pub prefix: Option<String>,
    /// The characters it is made of, as ranges and single characters: `a-z`, `A-Za-z0-9`.
    pub letters: Option<String>,
    /// Shown in groups with spaces between them that are not part of it.
    #[serde(default)]
    pub grouped: bool,
    /// Shown in groups with hyphens between them, which the server takes with and without.
    #[serde(default)]
    pub hyphens: bool,
}

impl CredentialShape {
    /// Whether `password` looks like this, taken as it is.
    pub fn fits(&self, password: &str) -> bool {
        let own = |c: &char| !(self.hyphens && *c == '-');
        self.length.is_none_or(|length| password.chars().filter(own).count() == length)
            && self.prefix.as_deref().is_none_or(|prefix| password.starts_with(prefix))
            && self.letters.as_deref().is_none_or(|letters| password.chars().filter(own).all(|c| in_set(letters, c)))
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

/// Known limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Messages a second.
    pub per_second: Option<u32>,
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
    /// Recipients a day, all messages taken together.
    pub recipients_per_day: Option<u32>,
    /// Days after which a trial ends.
    pub days: Option<u32>,
}

/// What a person is told, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// One line beside the provider's name in the list.
    #[serde(default)]
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
    /// How each way of giving access by OAuth 2.0 is prepared.
    #[serde(default)]
    pub oauth: GrantSteps,
}

impl Wording for Guidance {
    fn missing(&self) -> Option<&'static str> {
        self.summary.is_empty().then_some("summary")
    }

    fn fill(&mut self, from: &Self) {
        fill(&mut self.summary, &from.summary);
        fill(&mut self.password, &from.password);
        fill(&mut self.intro, &from.intro);
        fill(&mut self.steps, &from.steps);
        fill(&mut self.before, &from.before);
        fill(&mut self.warnings, &from.warnings);
        fill(&mut self.username, &from.username);
        fill(&mut self.sender, &from.sender);
        self.oauth.fill(&from.oauth);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        let shape =
            CredentialShape { length: Some(16), prefix: None, letters: Some("a-z".into()), grouped: true, hyphens: false };
        assert!(shape.fits("abcdefghijklmnop"));
        assert!(!shape.fits("abcd efgh ijkl mnop"));
        let hyphens = CredentialShape { hyphens: true, ..shape };
        assert!(hyphens.fits("abcd-efgh-ijkl-mnop") && hyphens.fits("abcdefghijklmnop"));
        assert!(in_set("a-z0-9_", '_') && in_set("a-z0-9_", '7') && !in_set("a-z0-9_", 'A'));
    }
}
