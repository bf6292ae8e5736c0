//! `providers`: built-in and own presets, as a list, searched, or one in full.

use serde_json::{Value, json};

use super::{args::STALE_MONTHS, commands::none_found, context::Context, layout, stale};
use crate::{
    error::{Error, Exit},
    mail::reply::escape,
    phrase,
    presets::{
        Catalog, Fact, FactKind, Lang, Provider, SenderRule,
        provider::{Category, Confidence, Limits, Special, UsernameForm},
    },
    render::{self, provider::PresetOrigin},
};

/// Lists the providers that match; one alone is shown in full. With `stale`, what was checked more than so many months ago,
/// oldest first: families, causes, hosters and mail filters too.
pub(super) fn run(context: &Context, query: Option<&str>, stale: Option<u32>) -> Result<Exit, Error> {
    let query = query.map(str::trim).filter(|query| !query.is_empty());
    let found: Vec<&Provider> = match query {
        None => context.catalog.providers().collect(),
        Some(query) => match named(&context.catalog, query) {
            Some(provider) => vec![provider],
            None => context.catalog.providers().filter(|provider| matches(provider, &query.to_lowercase())).collect(),
        },
    };
    let origin = |provider: &Provider| PresetOrigin {
        own_file: context.catalog.own_file(&provider.key).map(|path| escape(&path.display().to_string())),
        stale: stale::age(&provider.checked).filter(|months| *months > STALE_MONTHS),
    };
    if let Some(months) = stale {
        let keys: Vec<&str> = found.iter().map(|provider| provider.key.as_str()).collect();
        let facts = stale::facts(context, months, false, query, &keys);
        none_found(found.is_empty() && facts.is_empty(), query)?;
        let listed = |fact: &Fact<'_>| {
            let provider = context.catalog.provider(fact.key).filter(|_| fact.kind == FactKind::Provider)?;
            Some(document(context.lang(), provider, &origin(provider)))
        };
        stale::list(context, months, &facts, listed)?;
        return Ok(Exit::Ok);
    }
    none_found(found.is_empty(), query)?;
    match found.as_slice() {
        found if context.json => {
            for provider in found {
                context.out(&document(context.lang(), provider, &origin(provider)).to_string())?;
            }
        }
        [only] if query.is_some() => full(context, only, &origin(only))?,
        several => {
            list(context, several)?;
            if !several.is_empty() {
                context.say_phrase(&phrase!("providers-hint"));
            }
        }
    }
    Ok(Exit::Ok)
}

/// The provider with this key, or with this domain, or of this address.
fn named<'a>(catalog: &'a Catalog, query: &str) -> Option<&'a Provider> {
    let domain = query.rsplit('@').next().unwrap_or(query);
    catalog.provider(&query.to_lowercase()).or_else(|| catalog.provider_of_domain(domain))
}

/// Whether a provider matches `query`, which is in lower case.
fn matches(provider: &Provider, query: &str) -> bool {
    let servers = provider.smtp.iter().chain(&provider.alternatives).chain(&provider.imap).map(|server| &server.host);
    let summaries = provider.words.iter().map(|(_, words)| &words.summary);
    let mut words = [&provider.key, &provider.name]
        .into_iter()
        .chain(summaries)
        .chain(&provider.domains)
        .chain(&provider.mx)
        .chain(servers);
    words.any(|word| word.to_lowercase().contains(query))
        || provider.mx.iter().any(|suffix| query.ends_with(suffix.as_str()))
}

fn list(context: &Context, providers: &[&Provider]) -> Result<(), Error> {
    let left = layout::left(providers.iter().map(|provider| &provider.key));
    for provider in providers {
        let summary = &provider.guidance(context.lang()).summary;
        let line = context.text.say(&phrase!("providers-line", name = provider.name, summary = summary));
        for line in layout::row(&escape(&provider.key), &[escape(&line)], left) {
            context.out(&line)?;
        }
    }
    Ok(())
}

fn full(context: &Context, provider: &Provider, origin: &PresetOrigin) -> Result<(), Error> {
    let block = render::provider::provider(&context.text, provider, origin);
    context.out(&escape(&provider.key))?;
    if provider.category == Category::None {
        context.out(&format!("! {}", context.text.get("providers-no-smtp")))?;
    }
    layout::block(&block).iter().try_for_each(|line| context.out(line))
}

fn document(lang: Lang, provider: &Provider, origin: &PresetOrigin) -> Value {
    json!({
        "key": provider.key,
        "name": provider.name,
        "category": match provider.category {
            Category::Mailbox => "mailbox",
            Category::Hosting => "hosting",
            Category::Relay => "relay",
            Category::Bridge => "bridge",
            Category::Local => "local",
            Category::None => "none",
        },
        "smtp": provider.smtp,
        "imap": provider.imap,
        "domains": provider.domains,
        "mx": provider.mx,
        "username": {"form": form(provider.username.form), "value": provider.username.value},
        "sender": {"rule": provider.sender_rule().map(SenderRule::as_str)},
        "password": {
            "special": match provider.password.special {
                Special::No => "no",
                Special::WithTwoFactor => "with_two_factor",
                Special::Always => "always",
                Special::Unusable => "unusable",
            },
            "url": provider.password.url,
            "label": provider.guidance(lang).password,
        },
        "oauth": provider.oauth.is_some(),
        "limits": limits(&provider.limits),
        "free_tier": provider.free_tier.as_ref().map(limits),
        "docs": provider.docs,
        "checked": provider.checked,
        "confidence": provider.confidence.map(|confidence| match confidence {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        }),
        "unverified": provider.unverified,
        "source": origin.own_file.as_deref().unwrap_or("built-in"),
        "stale": origin.stale.is_some(),
        "no_smtp": provider.category == Category::None,
    })
}

const fn form(form: UsernameForm) -> &'static str {
    match form {
        UsernameForm::Address => "address",
        UsernameForm::Local => "local",
        UsernameForm::Fixed => "fixed",
        UsernameForm::Generated => "generated",
        UsernameForm::None => "none",
    }
}

/// The known limits.
fn limits(limits: &Limits) -> Value {
    let known = [
        ("per_second", limits.per_second),
        ("per_minute", limits.per_minute),
        ("per_hour", limits.per_hour),
        ("per_day", limits.per_day),
        ("per_month", limits.per_month),
        ("recipients", limits.recipients),
        ("recipients_per_day", limits.recipients_per_day),
        ("days", limits.days),
    ];
    let known = known.into_iter().filter_map(|(name, limit)| Some((name.to_owned(), json!(limit?))));
    Value::Object(known.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_named_or_searched() {
        let catalog = Catalog::builtin();
        let key = |query| named(&catalog, query).map(|provider| provider.key.as_str());
        assert_eq!(key("Gmail"), Some("gmail"));
        assert_eq!(key("googlemail.com"), Some("gmail"));
        assert_eq!(key("ops@gmail.com"), Some("gmail"));
        assert_eq!(key("smtp.gmail.com"), None);
        let gmail = catalog.provider("gmail").unwrap();
        for query in ["gma", "smtp.gmail.com", "alt1.gmail-smtp-in.l.google.com", "app password", "d’application"] {
            assert!(matches(gmail, query), "{query}");
        }
        assert!(!matches(gmail, "ovh"));
    }
}
