//! Which provider takes the mail.

use crate::{
    mail::{value::shown, word::nearest},
    phrase,
    presets::{Lang, Phrase, Provider, provider::Category},
    setup::{
        columns::{always, by_value},
        field::{
            Field, FieldShape,
            FieldTrait::{Listed, Remembered},
        },
        parsing::Parsing,
        question::Choice,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::{AnswerValue, ProviderChoice},
    },
};

pub(super) static PROVIDER: Spec = Spec {
    key: "provider",
    flag: "provider",
    value: "KEY",
    shape: FieldShape::Choice,
    step: SetupStep::Provider,
    traits: &[Remembered, Listed],
    applies: always,
    asked: |setup| !setup.knows_provider(),
    settled: by_value,
    awaits: None,
    imported: None,
    parse: provider,
    follows: |answers| {
        let (provider, source) = answers.suggested_provider()?;
        Some((provider.into(), source))
    },
    read: |profile, _| Some(ProviderChoice::of_key(profile.smtp.provider.as_deref()).into()),
    write: |answers, profile| {
        profile.smtp.provider = answers.provider().map(|provider| provider.key.clone());
    },
    wording: FieldWording { choices, notes: Setup::notes_on_domain, ..FieldWording::PLAIN },
};

fn provider(typed: &str, parsing: &Parsing<'_>) -> Result<AnswerValue, Phrase> {
    let (word, key) = (typed.trim(), typed.trim().to_lowercase());
    if key == ProviderChoice::CUSTOM {
        return Ok(ProviderChoice::Custom.into());
    }
    if let Some(provider) = parsing.catalog.provider(&key) {
        let choice = || ProviderChoice::Preset(key.clone()).into();
        return if provider.category == Category::None { Err(no_smtp(provider, parsing.lang)) } else { Ok(choice()) };
    }
    Err(match nearest(&key, parsing.catalog.provider_keys()) {
        Some(near) => phrase!("invalid-provider-near", typed = shown(word), near = near),
        None => phrase!("invalid-provider", typed = shown(word)),
    })
}

/// Why a provider that no program can send with cannot be chosen, and what works instead.
fn no_smtp(provider: &Provider, lang: Lang) -> Phrase {
    let guidance = provider.guidance(lang);
    let instead = guidance.steps.first().map(String::as_str).unwrap_or_default();
    phrase!("invalid-provider-no-smtp", intro = guidance.intro.as_deref().unwrap_or_default(), instead = instead)
}

fn choices(setup: &Setup) -> Vec<Choice> {
    let answers = &setup.answers;
    let lang = setup.text.lang();
    let choice = |provider: &Provider| Choice {
        value: provider.key.clone(),
        label: provider.name.clone(),
        hint: provider.guidance(lang).summary.clone(),
        barred: (provider.category == Category::None).then(|| setup.text.say(&no_smtp(provider, lang))),
    };
    let mut choices: Vec<Choice> = answers.catalog.providers().map(choice).collect();
    choices.extend(setup.words("provider", [ProviderChoice::CUSTOM]));
    // What the address suggests comes first, with the server that was found; a server that may be a stranger's is shown there.
    let suggested = answers.derived(Field::Provider).map(|(suggested, _)| suggested.to_string());
    if let Some(suggested) = suggested.or_else(|| answers.found_provider().map(|found| found.to_string()))
        && let Some(index) = choices.iter().position(|choice| choice.value == suggested)
    {
        let mut first = choices.remove(index);
        if let Some(server) = answers.found_server().filter(|_| first.value == ProviderChoice::CUSTOM) {
            first.hint = server;
        }
        choices.insert(0, first);
    }
    choices
}
