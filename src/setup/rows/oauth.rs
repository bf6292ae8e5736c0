//! Access by OAuth 2.0: which way, as which client, and where it is asked for.

use crate::{
    mail::{GrantKind, HttpsUrl, Profile, ProfileOauth, TextLine},
    phrase,
    presets::Phrase,
    setup::{
        answers::Answers,
        columns::{by_value, never, nothing, parsed, unsaved, unwritten},
        field::{
            Field, FieldShape,
            FieldTrait::{Listed, OfProvider, Optional, Remembered},
        },
        parsing::Parsing,
        question::Choice,
        source::AnswerSource,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::AnswerValue,
    },
};

/// The word for a token that comes from elsewhere.
const NONE: &str = "none";

pub(super) static GRANT: Spec = Spec {
    key: "oauth_grant",
    flag: "oauth-grant",
    value: GrantKind::USAGE,
    shape: FieldShape::Choice,
    applies: |setup| setup.answers.auth().takes_token(),
    parse: grant,
    follows: proposed_grant,
    asked: |setup| setup.answers.grants().next().is_some(),
    read: |profile, _| Some(profile.oauth.as_ref()?.grant.into()),
    write: |answers, profile| profile.oauth = answers.grant_kind().map(ProfileOauth::new),
    wording: FieldWording { choices: grant_choices, ..FieldWording::PLAIN },
    ..text("oauth_grant", "oauth-grant")
};

pub(super) static TENANT: Spec = Spec {
    value: "TENANT",
    applies: |setup| {
        setup.answers.grant_kind().is_some() && setup.answers.oauth().is_some_and(|oauth| oauth.tenant.is_some())
    },
    asked: |setup| setup.answers.derived(Field::OauthTenant).is_none(),
    follows: |answers| preset(answers.oauth()?.tenant_of(&answers.address()?)?.parse::<TextLine>().ok()?),
    read: |profile, _| said(profile, |oauth| oauth.tenant.clone()),
    write: |answers, profile| kept(profile, |oauth| oauth.tenant = answers.explicit(Field::OauthTenant)),
    ..text("oauth_tenant", "oauth-tenant")
};

pub(super) static CLIENT_ID: Spec = Spec {
    value: "ID",
    traits: &[OfProvider, Remembered, Listed],
    applies: |setup| setup.answers.grant_kind().is_some_and(|kind| kind != GrantKind::Service),
    asked: |_| true,
    read: |profile, _| said(profile, |oauth| oauth.client_id.clone()),
    write: |answers, profile| kept(profile, |oauth| oauth.client_id = answers.explicit(Field::OauthClientId)),
    ..text("oauth_client_id", "oauth-client-id")
};

pub(super) static SCOPE: Spec = Spec {
    value: "SCOPE",
    applies: has_grant,
    follows: |answers| preset(answers.oauth()?.scope_of(answers.grant_kind()?).parse::<TextLine>().ok()?),
    read: |profile, _| said(profile, |oauth| oauth.scope.clone()),
    write: |answers, profile| kept(profile, |oauth| oauth.scope = answers.explicit(Field::OauthScope)),
    ..text("oauth_scope", "oauth-scope")
};

pub(super) static TOKEN_URL: Spec = Spec {
    applies: has_grant,
    asked: |setup| setup.answers.derived(Field::OauthTokenUrl).is_none(),
    follows: |answers| preset(answers.endpoint(&answers.oauth()?.token_url)?),
    read: |profile, _| said(profile, |oauth| oauth.token_url.clone()),
    write: |answers, profile| kept(profile, |oauth| oauth.token_url = answers.explicit(Field::OauthTokenUrl)),
    ..url("oauth_token_url", "oauth-token-url")
};

pub(super) static AUTH_URL: Spec = Spec {
    applies: |setup| setup.answers.grant_kind() == Some(GrantKind::Redirect),
    asked: |setup| setup.answers.derived(Field::OauthAuthUrl).is_none(),
    follows: |answers| preset(answers.endpoint(&answers.oauth()?.auth_url)?),
    read: |profile, _| said(profile, |oauth| oauth.auth_url.clone()),
    write: |answers, profile| kept(profile, |oauth| oauth.auth_url = answers.explicit(Field::OauthAuthUrl)),
    ..url("oauth_auth_url", "oauth-auth-url")
};

pub(super) static DEVICE_URL: Spec = Spec {
    applies: |setup| setup.answers.grant_kind() == Some(GrantKind::Device),
    asked: |setup| setup.answers.derived(Field::OauthDeviceUrl).is_none(),
    follows: |answers| preset(answers.endpoint(answers.oauth()?.device_url.as_ref()?)?),
    read: |profile, _| said(profile, |oauth| oauth.device_url.clone()),
    write: |answers, profile| kept(profile, |oauth| oauth.device_url = answers.explicit(Field::OauthDeviceUrl)),
    ..url("oauth_device_url", "oauth-device-url")
};

pub(super) static CA_FILE: Spec = Spec {
    value: "FILE",
    applies: has_grant,
    read: |profile, _| said(profile, |oauth| oauth.ca_file.as_ref()?.display().to_string().parse::<TextLine>().ok()),
    write: |answers, profile| {
        let path = answers.path(Field::OauthCaFile);
        kept(profile, |oauth| oauth.ca_file = path);
    },
    ..text("oauth_ca_file", "oauth-ca-file")
};

pub(super) static CERTIFICATE: Spec = Spec {
    value: "FILE",
    applies: |setup| setup.answers.grant_kind().is_some_and(|kind| !kind.needs_person()),
    // The secret of an application is asked as one; a key file is on the disk.
    asked: |setup| setup.answers.grant_kind() == Some(GrantKind::Service) && setup.answers.client_secret().is_none(),
    read: |profile, _| said(profile, |oauth| oauth.certificate.as_ref()?.display().to_string().parse::<TextLine>().ok()),
    write: |answers, profile| {
        let path = answers.path(Field::OauthCertificate);
        kept(profile, |oauth| oauth.certificate = path);
    },
    wording: FieldWording {
        label: |setup| {
            let is_service = setup.answers.grant_kind() == Some(GrantKind::Service);
            is_service.then(|| setup.text.say(&phrase!("field-oauth-key-file")))
        },
        ..FieldWording::PLAIN
    },
    ..text("oauth_certificate", "oauth-certificate")
};

pub(super) static ADDRESS: Spec = Spec {
    traits: &[],
    applies: |setup| setup.answers.sign_in().is_some() && setup.answers.granted().is_none(),
    asked: |_| true,
    settled: |setup, _| setup.answers.code.is_some(),
    // What is pasted is looked at beside the link that it belongs to, and never kept as an answer.
    parse: |_, _| Ok(AnswerValue::Empty),
    ..text("oauth_address", "")
};

/// A row of a text that may be left empty and is not asked unprompted; nothing follows, and no profile has it.
const fn text(key: &'static str, flag: &'static str) -> Spec {
    Spec {
        key,
        flag,
        value: "",
        shape: FieldShape::Text,
        step: SetupStep::Password,
        traits: &[Optional, OfProvider, Remembered, Listed],
        applies: |_| true,
        asked: never,
        settled: by_value,
        awaits: Some(Field::Provider),
        imported: None,
        parse: parsed::<TextLine>,
        follows: nothing,
        read: unsaved,
        write: unwritten,
        wording: FieldWording::PLAIN,
    }
}

/// A row of an endpoint.
const fn url(key: &'static str, flag: &'static str) -> Spec {
    Spec { value: "URL", traits: &[OfProvider, Remembered, Listed], parse: parsed::<HttpsUrl>, ..text(key, flag) }
}

fn has_grant(setup: &Setup) -> bool {
    setup.answers.grant_kind().is_some()
}

fn grant(typed: &str, parsing: &Parsing<'_>) -> Result<AnswerValue, Phrase> {
    if typed.trim().eq_ignore_ascii_case(NONE) { Ok(AnswerValue::Empty) } else { parsed::<GrantKind>(typed, parsing) }
}

/// The way that lasts longest, unless the token comes from elsewhere. A script says which one it means.
fn proposed_grant(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    let from_elsewhere = [Field::SecretCommand, Field::SecretEnv].iter().any(|field| answers.given.contains_key(field));
    if answers.brief || from_elsewhere || answers.secret.is_some() {
        return None;
    }
    preset(answers.grants().next()?)
}

fn grant_choices(setup: &Setup) -> Vec<Choice> {
    setup.words("oauth-grant", setup.answers.grants().map(GrantKind::as_str).chain([NONE]))
}

/// A value that the preset gives.
#[expect(clippy::unnecessary_wraps, reason = "what a column of the table returns")]
fn preset<T: Into<AnswerValue>>(value: T) -> Option<(AnswerValue, AnswerSource)> {
    Some((value.into(), AnswerSource::Preset))
}

/// What a profile says of access.
fn said<T: Into<AnswerValue>>(profile: &Profile, part: impl FnOnce(&ProfileOauth) -> Option<T>) -> Option<AnswerValue> {
    part(profile.oauth.as_ref()?).map(Into::into)
}

/// Puts something into what a profile says of access.
fn kept(profile: &mut Profile, put: impl FnOnce(&mut ProfileOauth)) {
    if let Some(oauth) = &mut profile.oauth {
        put(oauth);
    }
}
