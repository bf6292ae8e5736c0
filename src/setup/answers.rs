//! The answers, and the values that follow from them where none was given.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{
    Facts, Field, Given, Import, Source,
    found::{Found, fits, has_gap},
};
use crate::{
    discover::LoginName,
    mail::{Address, Auth, Endpoint, Secret, Security, StoreKind, endpoint::is_loopback},
    presets::{
        Catalog, Provider,
        provider::{Special, UsernameForm},
    },
};

/// An answer, in the form in which it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) value: String,
    pub(super) source: Source,
}

/// Everything that was answered, with what the other values follow from.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) catalog: std::sync::Arc<Catalog>,
    pub(super) facts: Facts,
    /// Nobody is asked: what needs a person's yes is not taken.
    pub(super) brief: bool,
    pub(super) given: BTreeMap<Field, Answer>,
    pub(super) secret: Option<Given>,
    pub(super) found: Found,
    /// What programs here have already, to start from.
    pub(super) imports: Vec<Import>,
    /// The password that the command of an import printed.
    pub(super) fetched: Option<Secret>,
}

impl Answers {
    pub(super) fn new(catalog: std::sync::Arc<Catalog>, facts: Facts, brief: bool) -> Self {
        Self {
            catalog,
            facts,
            brief,
            given: BTreeMap::new(),
            secret: None,
            found: Found::default(),
            imports: Vec::new(),
            fetched: None,
        }
    }

    /// The value of a field and where it comes from: what was answered, else what follows from the rest.
    pub(super) fn value(&self, field: Field) -> Option<(String, Source)> {
        match self.given.get(&field) {
            Some(answer) => Some((answer.value.clone(), answer.source)),
            None => self.derived(field),
        }
    }

    /// The value of a field as text; empty when it has none.
    pub(super) fn text(&self, field: Field) -> String {
        self.value(field).map(|(value, _)| value).unwrap_or_default()
    }

    /// The value of a field; `None` when it has none or an empty one.
    pub(super) fn filled(&self, field: Field) -> Option<String> {
        Some(self.text(field)).filter(|value| !value.is_empty())
    }

    pub(super) fn is_yes(&self, field: Field) -> bool {
        self.text(field) == "yes"
    }

    fn explicit(&self, field: Field) -> Option<&str> {
        self.given.get(&field).map(|answer| answer.value.as_str())
    }

    /// What was answered or imported.
    fn said(&self, field: Field) -> Option<String> {
        self.explicit(field).map(str::to_owned).or_else(|| self.imported(field).map(|(value, _)| value))
    }

    /// The chosen provider; `None` for a custom server and as long as nothing is chosen.
    pub(super) fn provider(&self) -> Option<&Provider> {
        self.catalog.provider(&self.text(Field::Provider))
    }

    pub(super) fn address(&self) -> Option<Address> {
        self.text(Field::Address).parse().ok()
    }

    pub(super) fn security(&self) -> Option<Security> {
        self.text(Field::Security).parse().ok()
    }

    pub(super) fn auth(&self) -> Auth {
        self.text(Field::Auth).parse().unwrap_or_default()
    }

    /// The server, as soon as host, port and security are known.
    pub(super) fn endpoint(&self) -> Option<Endpoint> {
        Some(Endpoint {
            host: self.filled(Field::Host)?,
            port: self.text(Field::Port).parse().ok()?,
            security: self.security()?,
        })
    }

    /// What follows from the preset, the facts and the other answers.
    pub(super) fn derived(&self, field: Field) -> Option<(String, Source)> {
        self.imported(field).or_else(|| self.follows(field))
    }

    fn follows(&self, field: Field) -> Option<(String, Source)> {
        let preset = |value: String| Some((value, Source::Preset));
        let default = |value: &str| Some((value.to_owned(), Source::Default));
        match field {
            Field::Address => default(self.facts.suggested_address.as_ref()?),
            Field::Provider => self.suggested_provider().map(|key| (key, Source::Default)),
            Field::Host => {
                let (endpoint, source) = self.known_endpoint().or_else(|| self.servers().into_iter().next())?;
                (!has_gap(&endpoint.host)).then_some((endpoint.host, source))
            }
            Field::Security => match self.known_endpoint() {
                Some((endpoint, source)) => Some((endpoint.security.to_string(), source)),
                None => default(self.custom_security()?.as_str()),
            },
            Field::Port => match self.known_endpoint() {
                Some((endpoint, source)) => Some((endpoint.port.to_string(), source)),
                None => default(&self.security()?.smtp_port().to_string()),
            },
            Field::Ehlo => default(self.facts.full_name.as_deref().unwrap_or(&self.facts.host_name)),
            Field::Imap => {
                let known = self.explicit(Field::ImapHost).is_some() || self.imap_server().is_some();
                default(if known { "yes" } else { "no" })
            }
            Field::ImapHost => self.imap_server().map(|(server, source)| (server.host, source)),
            Field::ImapSecurity => Some(self.imap_security()),
            Field::ImapPort => Some(self.imap_port()),
            Field::ImapUsername => default(&self.filled(Field::Username).or_else(|| self.filled(Field::Address))?),
            Field::Auth => match self.provider().map(|provider| provider.username.form) {
                Some(UsernameForm::None) => preset("none".to_owned()),
                _ => default("auto"),
            },
            Field::Username => self.username(),
            Field::Test => default("send"),
            Field::TestTo => default(&self.filled(Field::Address)?),
            Field::Targets => default(&self.facts.suggested_targets.join(",")),
            Field::RunAs => default("root"),
            // It changes what is not ours: a script has to say so.
            Field::RootMail if !self.brief => {
                let now = self.facts.root_mail.clone().filter(|now| now.parse::<Address>().is_ok());
                default(&now.or_else(|| self.filled(Field::Address))?)
            }
            Field::SecretStore => default(self.usual_store().as_str()),
            Field::VaultLock => default(self.facts.lock.as_str()),
            Field::PassEntry => default(&format!("mailsetup/{}", self.text(Field::Profile))),
            Field::Scope => default(if self.facts.is_root { "system" } else { "user" }),
            Field::Profile => default("default"),
            _ => None,
        }
    }

    /// The first known server that agrees with the host, port and mode that were answered.
    pub(super) fn known_endpoint(&self) -> Option<(Endpoint, Source)> {
        let host = self.said(Field::Host);
        let port = self.said(Field::Port).and_then(|port| port.parse::<u16>().ok());
        let security = self.said(Field::Security).and_then(|word| word.parse::<Security>().ok());
        let agrees = |(server, _): &(Endpoint, Source)| {
            host.as_ref().is_none_or(|host| fits(&server.host, host))
                && port.is_none_or(|port| server.port == port)
                && security.is_none_or(|security| server.security == security)
        };
        self.servers().into_iter().find(agrees)
    }

    fn custom_security(&self) -> Option<Security> {
        let port = self.said(Field::Port);
        if self.provider().is_none() && self.said(Field::Host).is_none() && port.is_none() {
            return None;
        }
        let by_port = port.as_deref().and_then(|port| port.parse().ok()).and_then(Security::of_smtp_port);
        let local = is_loopback(&self.text(Field::Host)) && port.as_deref() == Some("25");
        Some(if local { Security::None } else { by_port.unwrap_or(Security::Tls) })
    }

    fn imap_security(&self) -> (String, Source) {
        if let Some(port) = self.explicit(Field::ImapPort) {
            let mode = port.parse().ok().and_then(Security::of_imap_port).unwrap_or(Security::Tls);
            return (mode.to_string(), Source::Default);
        }
        match self.imap_server() {
            Some((imap, source)) => (imap.security.to_string(), source),
            None => (Security::Tls.to_string(), Source::Default),
        }
    }

    fn imap_port(&self) -> (String, Source) {
        if let Some(security) = self.explicit(Field::ImapSecurity).and_then(|word| word.parse::<Security>().ok()) {
            return (security.imap_port().to_string(), Source::Default);
        }
        match self.imap_server() {
            Some((imap, source)) => (imap.port.to_string(), source),
            None => (Security::Tls.imap_port().to_string(), Source::Default),
        }
    }

    fn username(&self) -> Option<(String, Source)> {
        let address = self.address();
        if let Some(proposal) = self.proposal() {
            return Some((proposal.username.of(&address?)?, Self::source_of(proposal)));
        }
        let Some(provider) = self.provider() else {
            return Some((address?.to_string(), Source::Default));
        };
        let name = match (LoginName::from(provider), address) {
            (LoginName::Is(word), _) => word,
            (name, address) => name.of(&address?)?,
        };
        Some((name, Source::Preset))
    }

    /// The store that the secret is kept in.
    pub(super) fn store(&self) -> StoreKind {
        self.text(Field::SecretStore).parse().unwrap_or(StoreKind::File)
    }

    /// The store that goes with how the secret came in.
    fn usual_store(&self) -> StoreKind {
        if self.given.contains_key(&Field::SecretCommand) {
            StoreKind::Command
        } else if self.given.contains_key(&Field::SecretEnv) {
            StoreKind::Env
        } else {
            StoreKind::File
        }
    }

    /// Whether there is a login.
    pub(super) fn logs_in(&self) -> bool {
        self.auth() != Auth::None
    }

    /// Whether the provider takes no password of any kind and the chosen mechanism is no token's.
    pub(super) fn password_is_useless(&self) -> bool {
        let token = matches!(self.auth(), Auth::Only(crate::mail::Mechanism::Xoauth2));
        !token && self.provider().is_some_and(|provider| provider.password.special == Special::Unusable)
    }

    /// The password without its spaces, when it has some and the provider's passwords are shown in groups.
    pub(super) fn without_spaces(&self) -> Option<Secret> {
        let shape = self.provider()?.password.shape.as_ref().filter(|shape| shape.grouped)?;
        let password = self.secret()?.expose();
        // Its room is taken at once, so that growing leaves no copy behind.
        let mut joined = Zeroizing::new(String::with_capacity(password.len()));
        joined.extend(password.chars().filter(|c| !c.is_whitespace()));
        (*joined != password && shape.fits(&joined)).then(|| Secret::new(String::clone(&joined)))
    }
}
