//! Whom the secret is for: it does not go to another server or login without a person's word, and a set-up does not take the
//! place of another's profile.

use super::{
    answers::Answers, field::Field, saved_profile::SavedProfile, state::Setup, step::SetupStep, value::AnswerValue,
};
use crate::{
    mail::{
        Address, Auth, Host, Profile, ProfileName, SecretBinding, StoreKind, TextLine, reply::escape, store::StoreFilling,
    },
    phrase,
    plan::Plan,
    presets::{Phrase, is_anothers},
};

impl Answers {
    /// What the answers use the secret for; `None` as long as that is not known.
    pub(super) fn secret_use(&self) -> Option<SecretBinding> {
        let host: Host = self.get(Field::Host)?;
        let provider = self.provider().filter(|provider| provider.runs(&host)).map(|provider| provider.key.clone());
        Some(SecretBinding { provider, ..SecretBinding::new(host, self.get(Field::Username)) })
    }

    /// Whom the secret was given for; `None` without a secret, and as long as that is not known.
    pub(super) fn secret_bound(&self) -> Option<SecretBinding> {
        if self.grant_kind().is_some() || self.secret.is_some() {
            return self.bound.clone().filter(|_| self.secret().is_some());
        }
        self.imported_secret()?;
        let import = self.import()?;
        let text = |field: Field| import.answers.get(&field).map(ToString::to_string);
        let username = text(Field::Username).and_then(|name| name.parse::<TextLine>().ok());
        let host: Host = text(Field::Host)?.parse().ok()?;
        let provider = text(Field::Provider).and_then(|key| self.catalog.provider(&key));
        let provider = provider.filter(|provider| provider.runs(&host)).map(|provider| provider.key.clone());
        // A file without a login name leaves it to the answers.
        let username = username.or_else(|| self.get(Field::Username));
        Some(SecretBinding { provider, ..SecretBinding::new(host, username) })
    }

    /// Whether the answers would give the secret to somebody whom it was not given for, and nobody agreed to that.
    pub(super) fn leaves_binding(&self) -> bool {
        let (Some(bound), Some(wanted)) = (self.secret_bound(), self.secret_use()) else { return false };
        !bound.covers(&wanted) && !self.agreed.as_ref().is_some_and(|agreed| agreed.covers(&wanted))
    }

    /// Forgets the secret, and where it would be fetched again.
    pub(super) fn drop_secret(&mut self) {
        (self.secret, self.granted, self.bound, self.kept_for, self.declined) = (None, None, None, None, true);
        let is_persons = |store: StoreKind| store.filling() == StoreFilling::Person;
        if self.explicit::<StoreKind>(Field::SecretStore).is_some_and(is_persons) {
            self.given.remove(&Field::SecretStore);
        }
        for field in [Field::SecretCommand, Field::SecretEnv, Field::Spaces] {
            self.given.remove(&field);
        }
    }

    /// The saved profile whose place these answers would take without a word.
    pub(super) fn displaced(&self) -> Option<&SavedProfile> {
        let usual = ProfileName::default();
        self.profiles.iter().find(|saved| saved.name == *usual.as_str() && self.differs(saved))
    }

    /// Whether a saved profile is another's: of another address, or at another organization's server.
    fn differs(&self, saved: &SavedProfile) -> bool {
        let Some(profile) = &saved.profile else { return true };
        let (Some(address), Some(wanted)) = (self.get::<Address>(Field::Address), self.secret_use()) else { return false };
        is_anothers(profile, &address, wanted, &self.catalog)
    }

    /// The name that a new profile has: the usual one, else a free one after the provider or the address's domain.
    pub(super) fn free_profile(&self) -> Option<ProfileName> {
        if self.displaced().is_none() {
            return Some(ProfileName::default());
        }
        let of_domain = || Some(self.get::<Address>(Field::Address)?.domain().split('.').next()?.to_owned());
        let stem = self.provider().map(|provider| provider.key.clone()).or_else(of_domain)?;
        let is_free = |name: &String| self.profiles.iter().all(|saved| saved.name != *name);
        let names = std::iter::once(stem.clone()).chain((2..100).map(|number| format!("{stem}-{number}")));
        let name = names.chain(["mail".to_owned()]).find(|name| is_free(name) && name.parse::<ProfileName>().is_ok())?;
        name.parse().ok()
    }
}

impl Setup {
    /// Takes a profile's own secret: whom it was given for, where that is known, and the mechanism that it is kept for.
    pub fn give_kept_secret(&mut self, given: super::GivenSecret, bound: Option<SecretBinding>, kept_for: Auth) {
        self.give_secret(given);
        (self.answers.bound, self.answers.kept_for) = (bound, Some(kept_for));
        self.refresh();
    }

    /// Takes over which profiles there are: a set-up for somebody else does not take the place of one unasked.
    pub fn know_profiles(&mut self, profiles: Vec<SavedProfile>) {
        self.answers.profiles = profiles;
        self.refresh();
    }

    /// Takes over a profile that a plan found in its place, where nobody named that place and none was there before: another run has
    /// saved it meanwhile.
    pub(super) fn learn_profile(&mut self, plan: &Plan) {
        let change = plan.changes.iter().find(|change| change.owner == "profile");
        let Some((change, bytes)) = change.and_then(|change| Some((change, change.before.as_deref()?))) else { return };
        let name = change.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let Some(name) = name.filter(|_| !self.answers.given.contains_key(&Field::Profile)) else { return };
        if self.answers.profiles.iter().any(|saved| saved.name == name) {
            return;
        }
        let profile = Profile::parse(bytes).ok();
        self.answers.profiles.push(SavedProfile { name, profile });
    }

    /// A secret that was given beforehand is for the server and login that it is first used with.
    pub(super) fn settle_binding(&mut self) {
        if self.answers.secret.is_none() || self.answers.bound.is_some() || self.answers.grant_kind().is_some() {
            return;
        }
        let is_before = |field: Field| {
            field.spec().step <= SetupStep::Password && !matches!(field, Field::Password | Field::Spaces | Field::Reuse)
        };
        if !self.open().any(is_before) {
            self.answers.bound = self.answers.secret_use();
        }
    }

    /// Takes a person's word on whether the secret goes to another server or login.
    pub(super) fn answer_reuse(&mut self, value: &AnswerValue) {
        if *value == AnswerValue::Consent(true) {
            self.answers.agreed = self.answers.secret_use();
        } else {
            self.answers.drop_secret();
        }
    }

    /// Why a script may not use its secret, and how it says that it may.
    pub fn reuse_fault(&self) -> Option<(Phrase, Phrase)> {
        let (bound, wanted) = (self.answers.secret_bound()?, self.answers.secret_use()?);
        let why = phrase!("script-reuse").with_phrase("bound", bound.phrase()).with("asked", wanted.said());
        Some((why, phrase!("script-reuse-hint")))
    }

    /// Why a script may not take the place of a profile, and how it says what it means.
    pub fn profile_fault(&self) -> Option<(Phrase, Phrase)> {
        let saved = self.answers.displaced()?;
        let free = self.answers.free_profile().map(String::from).unwrap_or_default();
        let why = match &saved.profile {
            Some(profile) => phrase!(
                "script-profile-taken",
                profile = saved.name,
                address = escape(&profile.sender.address.to_string()),
                host = escape(&profile.smtp.host)
            ),
            None => phrase!("script-profile-damaged", profile = saved.name),
        };
        Some((why, phrase!("script-profile-taken-hint", free = free, profile = saved.name)))
    }
}
