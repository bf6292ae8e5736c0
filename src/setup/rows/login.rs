//! The login: mechanism, name and password.

use crate::{
    mail::{Auth, Mechanism, Setting, TextLine, reply::escape},
    phrase,
    presets::{
        Phrase,
        provider::{Special, UsernameForm},
    },
    setup::{
        answers::Answers,
        columns::{
            always, by_value, default, no_by_default, no_default, nothing, parsed, unsaved, unwritten, with_login,
            yes_by_default, yes_or_no,
        },
        field::{
            Field, FieldShape,
            FieldTrait::{Listed, OfProvider, Remembered},
        },
        question::Choice,
        source::AnswerSource,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::AnswerValue,
    },
};

pub(super) static AUTH: Spec = Spec {
    key: "auth",
    flag: "auth",
    value: Auth::USAGE,
    shape: FieldShape::Choice,
    step: SetupStep::Password,
    traits: &[OfProvider, Remembered, Listed],
    applies: always,
    asked: |setup| setup.answers.is_without_login(),
    settled: by_value,
    awaits: None,
    imported: Some(Setting::Auth),
    parse: parsed::<Auth>,
    follows: auth,
    read: |profile, _| Some(profile.smtp.auth.into()),
    write: |answers, profile| profile.smtp.auth = answers.auth(),
    wording: FieldWording {
        choices: auth_choices,
        notes: |setup| auth_note(setup).into_iter().collect(),
        ..FieldWording::PLAIN
    },
};

pub(super) static USERNAME: Spec = Spec {
    key: "username",
    flag: "username",
    value: "NAME",
    shape: FieldShape::Text,
    step: SetupStep::Password,
    traits: &[OfProvider, Remembered, Listed],
    applies: with_login,
    asked: |setup| {
        let form = setup.answers.provider().map(|provider| provider.username.form);
        form.is_none_or(|form| form == UsernameForm::Generated) && setup.answers.derived(Field::Username).is_none()
    },
    settled: by_value,
    awaits: Some(Field::Provider),
    imported: Some(Setting::Username),
    parse: parsed::<TextLine>,
    follows: |answers| {
        let (name, source) = answers.username()?;
        Some((name.parse::<TextLine>().ok()?.into(), source))
    },
    read: |profile, _| Some(profile.smtp.username.clone()?.into()),
    write: |answers, profile| profile.smtp.username = answers.get(Field::Username),
    wording: FieldWording { help: username_help, notes: username_notes, ..FieldWording::PLAIN },
};

pub(super) static PASSWORD: Spec = Spec {
    key: "password",
    flag: "",
    value: "",
    shape: FieldShape::Secret,
    step: SetupStep::Password,
    traits: &[Listed],
    applies: |setup| {
        setup.answers.logs_in() && (setup.answers.grant_kind().is_none() || setup.answers.takes_client_secret())
    },
    asked: |setup| setup.answers.wants_client_secret(),
    settled: |setup, _| setup.knows_password() || setup.waits_for_secret(),
    awaits: None,
    imported: None,
    // It comes as a secret, never as an answer.
    parse: |_, _| Ok(AnswerValue::Empty),
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording { default: no_default, label: password_label, notes: password_notes, ..FieldWording::PLAIN },
};

pub(super) static SPACES: Spec = Spec {
    key: "spaces",
    flag: "",
    value: "",
    shape: FieldShape::Confirm,
    step: SetupStep::Password,
    traits: &[],
    applies: |setup| setup.answers.without_spaces().is_some(),
    asked: always,
    // A script never trims.
    settled: |setup, field| setup.options.brief || setup.answers.given.contains_key(&field),
    awaits: None,
    imported: None,
    parse: yes_or_no,
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording { default: yes_by_default, ..FieldWording::PLAIN },
};

pub(super) static REUSE: Spec = Spec {
    key: "reuse_secret",
    flag: "reuse-secret",
    value: "",
    shape: FieldShape::Confirm,
    step: SetupStep::Password,
    traits: &[],
    applies: |setup| setup.answers.logs_in() && setup.answers.leaves_binding(),
    asked: always,
    // Only a person's word, or the flag.
    settled: |setup, field| setup.answers.is_yes(field),
    awaits: None,
    imported: None,
    parse: yes_or_no,
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording { default: no_by_default, help: reuse_help, ..FieldWording::PLAIN },
};

fn auth(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    // Who names a way of giving access means a login by token.
    if answers.given.contains_key(&Field::OauthGrant) || answers.takes_tokens_alone() {
        let sasl = answers.oauth().and_then(|oauth| oauth.sasl.first());
        let known = sasl.and_then(|name| name.to_lowercase().parse::<Auth>().ok());
        return Some((known.unwrap_or(Auth::Only(Mechanism::Xoauth2)).into(), AnswerSource::Preset));
    }
    match answers.provider().map(|provider| provider.username.form) {
        Some(UsernameForm::None) => Some((Auth::None.into(), AnswerSource::Preset)),
        None if answers.is_without_login() => Some((Auth::None.into(), AnswerSource::Discovered)),
        _ => default(Auth::Auto),
    }
}

fn auth_choices(setup: &Setup) -> Vec<Choice> {
    setup.words("auth", Auth::ALL.iter().map(|auth| auth.as_str()))
}

fn auth_note(setup: &Setup) -> Option<Phrase> {
    let host = setup.answers.filled(Field::Host).filter(|_| setup.answers.is_without_login())?;
    Some(phrase!("note-no-login", host = escape(&host)))
}

/// What the server was heard to offer, where mailsetup can do none of it.
fn foreign_logins(setup: &Setup) -> Option<Phrase> {
    let offered = setup.answers.offered_logins.as_ref().filter(|offered| !offered.is_empty())?;
    let is_ours = |name: &String| {
        let name = name.strip_suffix("-PLUS").unwrap_or(name);
        Mechanism::ALL.iter().any(|mechanism| mechanism.sasl_name() == name)
    };
    (!offered.iter().any(is_ours)).then(|| phrase!("note-foreign-logins", offered = offered.join(", ")))
}

fn reuse_help(setup: &Setup) -> Option<String> {
    let (bound, wanted) = (setup.answers.secret_bound()?, setup.answers.secret_use()?);
    let help = phrase!("field-reuse-secret-help").with_phrase("bound", bound.phrase());
    Some(setup.text.say(&help.with("asked", wanted.said())))
}

fn username_help(setup: &Setup) -> Option<String> {
    setup.answers.provider()?.guidance(setup.text.lang()).username.clone()
}

fn username_notes(setup: &Setup) -> Vec<Phrase> {
    let has_space = setup.answers.logs_in() && setup.answers.text(Field::Username).contains(' ');
    if has_space { vec![phrase!("note-username-space")] } else { Vec::new() }
}

/// The provider's own name for the password, or the token's.
fn password_label(setup: &Setup) -> Option<String> {
    if setup.answers.grant_kind().is_some() {
        return Some(setup.text.say(&phrase!("field-client-secret")));
    }
    if setup.answers.auth().takes_token() {
        return Some(setup.text.say(&phrase!("field-password-token")));
    }
    let name = setup.answers.provider()?.guidance(setup.text.lang()).password.as_deref()?;
    Some(capitalised(name))
}

/// The word with a capital first letter.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn password_notes(setup: &Setup) -> Vec<Phrase> {
    let notes = setup.fetch_note().into_iter().chain(for_whom(setup));
    notes.chain(foreign_logins(setup)).chain(password_note(setup)).collect()
}

/// Whose password is asked, where the known one is for somebody else.
fn for_whom(setup: &Setup) -> Option<Phrase> {
    let answers = &setup.answers;
    let wanted = answers.secret_use().filter(|_| answers.declined && answers.secret().is_none())?;
    Some(phrase!("note-password-for", asked = wanted.said()))
}

fn password_note(setup: &Setup) -> Option<Phrase> {
    let answers = &setup.answers;
    if answers.password_is_useless() {
        return Some(phrase!("note-password-useless", provider = answers.provider()?.name));
    }
    let password = answers.secret()?.expose();
    if answers.without_spaces().is_some() {
        return Some(phrase!("note-password-grouped"));
    }
    if password.starts_with(char::is_whitespace) || password.ends_with(char::is_whitespace) {
        return Some(phrase!("note-password-blank"));
    }
    let provider = answers.provider()?;
    let shape = provider.password.shape.as_ref().filter(|_| provider.password.special == Special::Always)?;
    if shape.fits(password) || answers.auth().takes_token() {
        return None;
    }
    let name = provider.guidance(setup.text.lang()).password.clone()?;
    Some(match shape.length {
        Some(length) if password.chars().count() != length => {
            phrase!("note-password-length", name = name, length = length, typed = password.chars().count())
        }
        _ => phrase!("note-password-shape", name = name),
    })
}
