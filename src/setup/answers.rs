//! The answers, and the values that follow from them where none was given.

use std::{collections::BTreeMap, sync::Arc};

use zeroize::Zeroizing;

use super::{
    discovery::{Lookup, fits},
    effect::GivenSecret,
    facts::SetupFacts,
    field::{Field, FieldTrait},
    import::Import,
    saved_profile::SavedProfile,
    source::AnswerSource,
    value::{AnswerValue, ProviderChoice, ValueKind},
};
use crate::{
    discover::LoginName,
    mail::{
        Address, Auth, Endpoint, Host, Port, Profile, ProfileName, RunAs, Scope, Secret, SecretBinding, Security, StoreKind,
        TestDepth, endpoint::is_loopback,
    },
    plan::TargetChoice,
    presets::{Catalog, Provider, provider::Special},
};

/// An answer and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) value: AnswerValue,
    pub(super) source: AnswerSource,
}

/// Everything that was answered, with what the other values follow from.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) catalog: Arc<Catalog>,
    pub(super) facts: SetupFacts,
    /// Nobody is asked: what needs a person's consent is not taken.
    pub(super) brief: bool,
    pub(super) given: BTreeMap<Field, Answer>,
    pub(super) secret: Option<GivenSecret>,
    /// The grant that was given, or that a profile has.
    pub(super) granted: Option<Secret>,
    /// The code that the browser ended on, until it is redeemed.
    pub(super) code: Option<Secret>,
    /// The password of the mailbox, where it is another one.
    pub(super) imap_secret: Option<GivenSecret>,
    pub(super) lookup: Lookup,
    /// Settings of programs here, to start from.
    pub(super) imports: Vec<Import>,
    /// The password that the command of an import printed.
    pub(super) fetched: Option<Secret>,
    /// Whom the given secret is for; `None` as long as that is not known.
    pub(super) bound: Option<SecretBinding>,
    /// To whom else a person agreed to give the secret.
    pub(super) agreed: Option<SecretBinding>,
    /// The person wants another password than the one that comes with the settings that are started from.
    pub(super) declined: bool,
    /// The logins that the server was heard to offer, none where it takes mail without one.
    pub(super) offered_logins: Option<Vec<String>>,
    /// The profiles that are saved.
    pub(super) profiles: Vec<SavedProfile>,
}

impl Answers {
    pub(super) fn new(catalog: Arc<Catalog>, facts: SetupFacts, brief: bool) -> Self {
        Self {
            catalog,
            facts,
            brief,
            given: BTreeMap::new(),
            secret: None,
            granted: None,
            code: None,
            imap_secret: None,
            lookup: Lookup::default(),
            imports: Vec::new(),
            fetched: None,
            bound: None,
            agreed: None,
            declined: false,
            offered_logins: None,
            profiles: Vec::new(),
        }
    }

    /// The value of a field and where it comes from: what was answered, else what follows from the rest.
    pub(super) fn value(&self, field: Field) -> Option<(AnswerValue, AnswerSource)> {
        match self.given.get(&field) {
            Some(answer) => Some((answer.value.clone(), answer.source)),
            None => self.derived(field),
        }
    }

    /// What follows from the preset, the facts and the other answers.
    pub(super) fn derived(&self, field: Field) -> Option<(AnswerValue, AnswerSource)> {
        self.imported(field).or_else(|| self.kept(field)).or_else(|| (field.spec().follows)(self))
    }

    /// The profile that these answers write anew.
    pub(super) fn replaced(&self) -> Option<&Profile> {
        let name: ProfileName = self.get(Field::Profile)?;
        let saved = self.profiles.iter().find(|saved| saved.name == *name.as_str())?;
        saved.profile.as_ref().filter(|profile| profile.enabled)
    }

    /// What the profile has that is written anew, where this set-up does not name it.
    fn kept(&self, field: Field) -> Option<(AnswerValue, AnswerSource)> {
        let spec = field.spec();
        let (is_kept, with_server) = (spec.has(FieldTrait::Kept), spec.has(FieldTrait::KeptWithServer));
        if !is_kept && !with_server {
            return None;
        }
        let profile = self.replaced()?;
        let is_there = || self.get::<Host>(Field::Host).as_ref() == Some(&profile.smtp.host);
        // What stands in place of another answer goes with it.
        let is_outdated = match field {
            Field::CaFile => self.given.contains_key(&Field::Pin),
            Field::Pin => self.given.contains_key(&Field::CaFile),
            Field::ClientKey => self.given.contains_key(&Field::ClientCert),
            _ => false,
        };
        if is_outdated || with_server && !is_there() {
            return None;
        }
        let value = (spec.read)(profile, &self.text(Field::Profile))?;
        (value != AnswerValue::Empty).then_some((value, AnswerSource::Profile))
    }

    /// The value of a field by its type; `None` when it has none or an empty one.
    pub(super) fn get<T: ValueKind>(&self, field: Field) -> Option<T> {
        T::of(self.value(field)?.0)
    }

    /// The value of a field as text; empty when it has none.
    pub(super) fn text(&self, field: Field) -> String {
        self.value(field).map(|(value, _)| value.to_string()).unwrap_or_default()
    }

    /// The value of a field as text; `None` when it has none or an empty one.
    pub(super) fn filled(&self, field: Field) -> Option<String> {
        Some(self.text(field)).filter(|value| !value.is_empty())
    }

    pub(super) fn is_yes(&self, field: Field) -> bool {
        self.get(field) == Some(true)
    }

    /// What was answered, by its type.
    pub(super) fn explicit<T: ValueKind>(&self, field: Field) -> Option<T> {
        T::of(self.given.get(&field)?.value.clone())
    }

    /// What was answered or imported, by its type.
    fn said<T: ValueKind>(&self, field: Field) -> Option<T> {
        match self.given.get(&field) {
            Some(answer) => T::of(answer.value.clone()),
            None => T::of(self.imported(field)?.0),
        }
    }

    /// The chosen provider; `None` for a custom server and as long as nothing is chosen.
    pub(super) fn provider(&self) -> Option<&Provider> {
        match self.get(Field::Provider)? {
            ProviderChoice::Custom => None,
            ProviderChoice::Preset(key) => self.catalog.provider(&key),
        }
    }

    pub(super) fn address(&self) -> Option<Address> {
        self.get(Field::Address)
    }

    pub(super) fn security(&self) -> Option<Security> {
        self.get(Field::Security)
    }

    pub(super) fn auth(&self) -> Auth {
        self.get(Field::Auth).unwrap_or_default()
    }

    /// How far the live test goes.
    pub(super) fn test_depth(&self) -> TestDepth {
        self.get(Field::Test).unwrap_or_default()
    }

    /// For whom it is written.
    pub(super) fn scope(&self) -> Scope {
        self.get(Field::Scope).unwrap_or(Scope::User)
    }

    /// The targets that were chosen.
    pub(super) fn targets(&self) -> Vec<TargetChoice> {
        self.get(Field::Targets).unwrap_or_default()
    }

    /// Where the secret is kept.
    pub(super) fn store(&self) -> StoreKind {
        self.get(Field::SecretStore).unwrap_or(StoreKind::File)
    }

    /// The first known server that agrees with the host, port and mode that were answered.
    pub(super) fn known_endpoint(&self) -> Option<(Endpoint, AnswerSource)> {
        let host = self.said::<Host>(Field::Host);
        let port = self.said::<Port>(Field::Port);
        let security = self.said::<Security>(Field::Security);
        let agrees = |(server, _): &(Endpoint, AnswerSource)| {
            host.as_ref().is_none_or(|host| fits(&server.host, host))
                && port.is_none_or(|port| port == server.port)
                && security.is_none_or(|security| server.security == security)
        };
        self.servers().into_iter().find(agrees)
    }

    /// The mode of a server that no preset knows: by its port, and without TLS on this machine's port 25.
    pub(super) fn custom_security(&self) -> Option<Security> {
        let port = self.said::<Port>(Field::Port);
        if self.provider().is_none() && self.said::<Host>(Field::Host).is_none() && port.is_none() {
            return None;
        }
        let is_local = self.get::<Host>(Field::Host).is_some_and(|host| is_loopback(&host));
        if is_local && port.is_some_and(|port| port == 25) {
            return Some(Security::None);
        }
        Some(port.and_then(|port| Security::of_smtp_port(port.get())).unwrap_or(Security::Tls))
    }

    /// The login name that goes with the provider and the address.
    pub(super) fn username(&self) -> Option<(String, AnswerSource)> {
        let address = self.address();
        if let Some(proposal) = self.proposal() {
            return Some((proposal.username.of(&address?)?, Self::source_of(proposal)));
        }
        let Some(provider) = self.provider() else {
            return Some((address?.to_string(), AnswerSource::Default));
        };
        let name = match (LoginName::from(provider), address) {
            (LoginName::Is(word), _) => word,
            (name, address) => name.of(&address?)?,
        };
        Some((name, AnswerSource::Preset))
    }

    /// Whether there is a login.
    pub(super) fn logs_in(&self) -> bool {
        self.auth() != Auth::None
    }

    /// The users who send, beside root, who can read everything.
    pub(super) fn users(&self) -> RunAs {
        let users = self.get::<RunAs>(Field::RunAs).filter(|_| self.scope() == Scope::System);
        users.unwrap_or_default().beside_root()
    }

    /// Whether a server that no preset describes was heard to offer no login.
    pub(super) fn is_without_login(&self) -> bool {
        self.provider().is_none() && self.offered_logins.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether the provider takes no password of any kind and the chosen mechanism takes no token.
    pub(super) fn password_is_useless(&self) -> bool {
        let token = self.auth().takes_token();
        !token && self.provider().is_some_and(|provider| provider.password.special == Special::Unusable)
    }

    /// The password without its spaces, when it has some and the provider's passwords are shown in groups.
    pub(super) fn without_spaces(&self) -> Option<Secret> {
        let shape = self.provider()?.password.shape.as_ref().filter(|shape| shape.grouped)?;
        let password = self.secret()?.expose();
        // Its full capacity is reserved at once, so that growing leaves no copy of the password in memory.
        let mut joined = Zeroizing::new(String::with_capacity(password.len()));
        joined.extend(password.chars().filter(|c| !c.is_whitespace()));
        (*joined != password && shape.fits(&joined)).then(|| Secret::new(String::clone(&joined)))
    }
}
