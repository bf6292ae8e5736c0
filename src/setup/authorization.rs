//! Access by OAuth 2.0 in the conversation: from the answers to a request, and what came of it.

use std::path::PathBuf;

use super::{
    answers::Answers,
    authorization_request::AuthorizationRequest,
    effect::{Effect, Work, WorkFault},
    field::Field,
    msg::Invalid,
    question::Advice,
    state::Setup,
    step::SetupStep,
};
use crate::{
    mail::{GrantKind, HttpsUrl, Secret, StoreKind, TextLine, store::StoreFilling},
    oauth::{AuthorizationSpec, DeviceCode, Grant, SignInLink, pasted_code},
    phrase,
    presets::{
        Phrase,
        provider::{Oauth, Special},
    },
};

/// Where the browser ends where the preset does not say: nobody listens there.
const REDIRECT: &str = "http://127.0.0.1:53682/";

impl Answers {
    /// What the preset knows of OAuth 2.0.
    pub(super) fn oauth(&self) -> Option<&Oauth> {
        self.provider()?.oauth.as_ref()
    }

    /// The ways of giving access that can be gone here, best first.
    pub(super) fn grants(&self) -> impl Iterator<Item = GrantKind> {
        let known = self.oauth().map(|oauth| oauth.grants.clone());
        known.unwrap_or_else(|| if self.provider().is_none() { GrantKind::ALL.to_vec() } else { Vec::new() }).into_iter()
    }

    /// The way that was chosen; `None` for a password, and for a token that comes from elsewhere.
    pub(super) fn grant_kind(&self) -> Option<GrantKind> {
        if self.auth().takes_token() { self.get(Field::OauthGrant) } else { None }
    }

    /// The client's secret, or the key file of a service account, as it was given. A profile's own password or token is none.
    pub(super) fn client_secret(&self) -> Option<&Secret> {
        self.secret.as_ref().filter(|_| self.kept_for.is_none()).map(|given| &given.secret)
    }

    /// Whether the client's secret is asked: where the provider wants one.
    pub(super) fn wants_client_secret(&self) -> bool {
        match self.grant_kind() {
            Some(GrantKind::Device | GrantKind::Redirect) => self.oauth().is_some_and(|oauth| oauth.client_secret),
            Some(GrantKind::Client | GrantKind::Service) => self.filled(Field::OauthCertificate).is_none(),
            None => true,
        }
    }

    /// Whether a client's secret can be given: an application with a certificate has none.
    pub(super) fn takes_client_secret(&self) -> bool {
        self.grant_kind().is_none_or(GrantKind::needs_person) || self.filled(Field::OauthCertificate).is_none()
    }

    /// Whether the provider takes tokens and nothing else, and a person can be asked how they are to be had.
    pub(super) fn takes_tokens_alone(&self) -> bool {
        let special = self.provider().map(|provider| provider.password.special);
        !self.brief && special == Some(Special::Unusable) && self.grants().next().is_some()
    }

    /// An endpoint of the preset, with the tenant of the answers.
    pub(super) fn endpoint(&self, template: &str) -> Option<HttpsUrl> {
        Oauth::endpoint(template, self.filled(Field::OauthTenant).as_deref())
    }

    /// A file that was named, as a path that leads there from every folder.
    pub(super) fn path(&self, field: Field) -> Option<PathBuf> {
        Some(self.facts.cwd.join(self.get::<TextLine>(field)?.as_str()))
    }

    /// What access is asked for with, as the answers are; `None` as long as something is missing.
    pub(super) fn authorization(&self) -> Option<AuthorizationSpec> {
        let (kind, oauth) = (self.grant_kind()?, self.oauth());
        let is_service = kind == GrantKind::Service;
        let parameters = oauth.into_iter().flat_map(|oauth| &oauth.parameters);
        let pair = |text: &String| text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(AuthorizationSpec {
            kind,
            client_id: if is_service { String::new() } else { self.filled(Field::OauthClientId)? },
            tenant: oauth.and_then(|oauth| oauth.tenant.as_ref()).and_then(|_| self.filled(Field::OauthTenant)),
            scope: self.text(Field::OauthScope),
            token_url: self.get(Field::OauthTokenUrl)?,
            auth_url: if kind == GrantKind::Redirect { self.get(Field::OauthAuthUrl) } else { None },
            device_url: if kind == GrantKind::Device { self.get(Field::OauthDeviceUrl) } else { None },
            revoke_url: oauth.and_then(|oauth| self.endpoint(oauth.revoke_url.as_ref()?)),
            redirect_url: oauth.and_then(|oauth| oauth.redirect_url.clone()).unwrap_or_else(|| REDIRECT.to_owned()),
            parameters: parameters.filter_map(pair).collect(),
            account: self.filled(Field::Username)?,
            client_secret: self.client_secret().cloned(),
            certificate: None,
            ca_pem: None,
        })
    }

    /// The grant that was given, as long as it is what the answers ask for.
    pub(super) fn granted(&self) -> Option<&Secret> {
        let spec = self.authorization()?;
        self.granted.as_ref().filter(|secret| Grant::of_secret(secret).is_some_and(|grant| spec.fits(&grant)))
    }

    /// The link by which a person signs in.
    pub(super) fn sign_in(&self) -> Option<SignInLink> {
        if self.grant_kind() != Some(GrantKind::Redirect) {
            return None;
        }
        SignInLink::new(&self.authorization()?, self.facts.sign_in_seed.as_ref()?)
    }
}

impl Setup {
    /// What is asked of an authorization server: as soon as everything up to it is answered, and until access was given.
    pub(super) fn authorization_request(&self) -> Option<AuthorizationRequest> {
        let answers = &self.answers;
        answers.grant_kind()?;
        if answers.granted().is_some() || self.open().any(|field| field.spec().step <= SetupStep::Password) {
            return None;
        }
        let signed_in = answers.sign_in().zip(answers.code.clone());
        Some(AuthorizationRequest {
            spec: answers.authorization()?,
            ca_file: answers.path(Field::OauthCaFile),
            certificate: answers.path(Field::OauthCertificate),
            signed_in,
            scope: self.scope(),
        })
    }

    pub(super) fn authorization_effect(&self) -> Option<Effect> {
        self.authorize.effect(|request| Work::Authorize(Box::new(request.clone())))
    }

    /// Takes over a grant that was given before, and is in no profile yet; that of a profile goes before.
    pub fn know_grant(&mut self, grant: Secret) {
        self.answers.granted.get_or_insert(grant);
        self.refresh();
    }

    /// Takes what became of a request.
    pub(super) fn authorized(&mut self, generation: u64, given: Result<Secret, WorkFault>) {
        if !self.authorize.is_current(generation) {
            return;
        }
        self.shown_code = None;
        match given {
            Ok(secret) => {
                self.answers.granted = Some(secret);
                (self.answers.bound, self.answers.agreed) = (self.answers.secret_use(), None);
            }
            Err(fault) => self.grant_fault = Some(fault),
        }
        // A code is good once.
        self.answers.code = None;
        self.authorize.finish(generation, ());
    }

    /// A person does something about access that was refused: it is asked for once more.
    pub(super) fn ask_access_again(&mut self) {
        if self.grant_fault.take().is_some() {
            self.authorize.again();
        }
    }

    /// Takes the address that a person pasted.
    pub(super) fn take_pasted(&mut self, pasted: &str) -> Result<(), Invalid> {
        let field = Field::OauthAddress;
        let Some(link) = self.answers.sign_in() else { return Ok(()) };
        let code = pasted_code(pasted, &link).map_err(|fault| Invalid { field, phrase: fault.phrase() })?;
        self.answers.code = Some(code);
        Ok(())
    }

    /// The code that a person has to enter now.
    pub const fn shown_code(&self) -> Option<&DeviceCode> {
        self.shown_code.as_ref()
    }

    /// Whether somebody has to sign in before anything can go on.
    pub fn needs_sign_in(&self) -> bool {
        let is_persons = self.answers.grant_kind().is_some_and(GrantKind::needs_person);
        is_persons && self.answers.granted().is_none()
    }

    /// Whether the link or code by which somebody signs in can be shown by lines alone: nothing has to be pasted.
    pub fn signs_in_by_code(&self) -> bool {
        self.answers.grant_kind() == Some(GrantKind::Device)
    }

    /// Whether access is still to be given.
    pub(super) fn needs_access(&self) -> bool {
        self.answers.grant_kind().is_some() && self.answers.granted().is_none()
    }

    /// Why a grant cannot be kept where the answers say.
    pub fn store_fault(&self) -> Option<Phrase> {
        let store = self.answers.store();
        let is_grant = self.answers.grant_kind().is_some();
        (is_grant && is_persons(store)).then(|| phrase!("store-grant", store = store))
    }

    /// How access is prepared, and the link by which it is given.
    pub(super) fn grant_advice(&self, field: Field) -> Option<Advice> {
        let answers = &self.answers;
        let kind = answers.grant_kind()?;
        if field == Field::OauthAddress {
            let link = answers.sign_in()?.link;
            let say = |id: &str| self.text.get(id);
            let steps = vec![format!("{} {link}", say("oauth-open-link")), say("oauth-accept"), say("oauth-copy-address")];
            return Some(Advice { steps, url: Some(link), ..Advice::default() });
        }
        if !matches!(field, Field::OauthClientId | Field::OauthCertificate | Field::Password) {
            return None;
        }
        let steps = answers.provider()?.guidance(self.text.lang()).oauth.of(kind);
        let or = |field: Field, word: &str| answers.filled(field).unwrap_or_else(|| word.to_owned());
        let redirect = answers.oauth().and_then(|oauth| oauth.redirect_url.clone()).unwrap_or_else(|| REDIRECT.to_owned());
        let filled = |step: &String| {
            step.replace("{address}", &or(Field::Address, "ADDRESS"))
                .replace("{client_id}", &or(Field::OauthClientId, "APP_ID"))
                .replace("{tenant}", &or(Field::OauthTenant, "TENANT"))
                .replace("{redirect_url}", &redirect)
        };
        Some(Advice { steps: steps.iter().map(filled).collect(), ..Advice::default() })
    }
}

/// Whether the person fills a store: nothing can be renewed in it.
pub(super) fn is_persons(store: StoreKind) -> bool {
    store.filling() == StoreFilling::Person
}
