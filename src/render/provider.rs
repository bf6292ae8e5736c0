//! A provider's preset in words.

use super::Block;
use crate::{
    mail::Endpoint,
    phrase,
    presets::{
        Provider, SenderRule, Text,
        provider::{Category, Confidence, Limits, Oauth, Special, UsernameForm},
    },
};

/// Where a preset comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresetOrigin {
    /// The person's own file; `None` for a built-in preset.
    pub own_file: Option<String>,
    /// How many months ago its facts were checked, if that is too long ago.
    pub stale: Option<u32>,
}

/// Everything known about a provider, in the order in which a set-up needs it.
pub fn provider(text: &Text, provider: &Provider, origin: &PresetOrigin) -> Block {
    let words = provider.guidance(text.lang());
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let mut row = |label: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            rows.push((text.get(label), lines));
        }
    };
    row("providers-kind", vec![kind(text, provider.category)]);
    row("providers-smtp", endpoints(text, &provider.smtp));
    row("providers-alternatives", endpoints(text, &provider.alternatives));
    if !provider.regions.is_empty() {
        row("", vec![text.say(&phrase!("providers-regions", regions = provider.regions.join(", ")))]);
    }
    row("providers-imap", endpoints(text, provider.imap.as_slice()));
    row("providers-username", username(text, provider));
    row("providers-password", password(text, provider));
    row("providers-before", words.before.clone());
    let url = provider.password.url.as_deref().unwrap_or_default();
    let steps = words.steps.iter().enumerate();
    row("providers-steps", steps.map(|(at, step)| format!("{}. {}", at + 1, step.replace("{url}", url))).collect());
    let rule = provider.sender_rule().map(|rule| text.get(sender_rule(rule)));
    row("providers-sender", rule.into_iter().chain(words.sender.clone()).collect());
    row("providers-limits", limits(text, &provider.limits));
    row("providers-free", provider.free_tier.iter().flat_map(|free| limits(text, free)).collect());
    row("providers-dns", dns(text, provider));
    row("providers-oauth", provider.oauth.iter().flat_map(|oauth| tokens(text, oauth)).collect());
    row("providers-warnings", words.warnings.iter().map(|warning| format!("! {warning}")).collect());
    row("providers-domains", joined(&provider.domains));
    row("providers-mx", joined(&provider.mx));
    row("providers-docs", provider.docs.iter().cloned().collect());
    row("providers-checked", checked(text, provider, origin));
    row("providers-unverified", joined(&provider.unverified));
    row(
        "providers-source",
        vec![match &origin.own_file {
            Some(path) => text.say(&phrase!("providers-source-own", path = path)),
            None => text.get("providers-source-builtin"),
        }],
    );
    let title = text.say(&phrase!("providers-line", name = provider.name, summary = words.summary));
    Block { title, rows }
}

fn joined(words: &[String]) -> Vec<String> {
    if words.is_empty() { Vec::new() } else { vec![words.join(", ")] }
}

fn kind(text: &Text, category: Category) -> String {
    text.get(match category {
        Category::Mailbox => "providers-kind-mailbox",
        Category::Hosting => "providers-kind-hosting",
        Category::Relay => "providers-kind-relay",
        Category::Bridge => "providers-kind-bridge",
        Category::Local => "providers-kind-local",
        Category::None => "providers-kind-none",
    })
}

fn endpoints(text: &Text, endpoints: &[Endpoint]) -> Vec<String> {
    endpoints.iter().map(|endpoint| super::endpoint(text, endpoint)).collect()
}

fn username(text: &Text, provider: &Provider) -> Vec<String> {
    let username = &provider.username;
    let form = |form: &UsernameForm| match form {
        UsernameForm::Address => text.get("providers-username-address"),
        UsernameForm::Local => text.get("providers-username-local"),
        UsernameForm::Fixed => {
            text.say(&phrase!("providers-username-fixed", value = username.value.clone().unwrap_or_default()))
        }
        UsernameForm::Generated => text.get("providers-username-generated"),
        UsernameForm::None => text.get("providers-username-none"),
    };
    let mut lines = vec![form(&username.form)];
    if !username.also.is_empty() {
        let forms = username.also.iter().map(form).collect::<Vec<_>>().join(", ");
        lines.push(text.say(&phrase!("providers-username-also", forms = forms)));
    }
    let words = provider.guidance(text.lang());
    lines.extend(words.username.clone());
    if username.form == UsernameForm::None {
        lines.extend(words.intro.clone());
    }
    lines
}

fn password(text: &Text, provider: &Provider) -> Vec<String> {
    if provider.username.form == UsernameForm::None {
        return Vec::new();
    }
    let words = provider.guidance(text.lang());
    let label = words.password.clone().unwrap_or_else(|| text.get("providers-password-label"));
    let mut lines = vec![match provider.password.special {
        Special::No => words.password.clone().unwrap_or_else(|| text.get("providers-password-no")),
        Special::WithTwoFactor => text.say(&phrase!("providers-password-with-two-factor", label = label)),
        Special::Always => text.say(&phrase!("providers-password-always", label = label)),
        Special::Unusable => text.get("providers-password-unusable"),
    }];
    lines.extend(words.intro.clone());
    lines.extend(provider.password.url.as_ref().map(|url| text.say(&phrase!("providers-page", url = url))));
    lines
}

const fn sender_rule(rule: SenderRule) -> &'static str {
    match rule {
        SenderRule::Any => "providers-sender-any",
        SenderRule::Domain => "providers-sender-domain",
        SenderRule::Login => "providers-sender-login",
        SenderRule::Verified => "providers-sender-verified",
    }
}

fn limits(text: &Text, limits: &Limits) -> Vec<String> {
    let said = [
        limits.per_second.map(|count| phrase!("providers-per-second", count = count)),
        limits.per_minute.map(|count| phrase!("providers-per-minute", count = count)),
        limits.per_hour.map(|count| phrase!("providers-per-hour", count = count)),
        limits.per_day.map(|count| phrase!("providers-per-day", count = count)),
        limits.per_month.map(|count| phrase!("providers-per-month", count = count)),
        limits.recipients.map(|count| phrase!("providers-recipients", count = count)),
        limits.recipients_per_day.map(|count| phrase!("providers-recipients-per-day", count = count)),
        limits.days.map(|count| phrase!("providers-days", count = count)),
    ];
    joined(&said.iter().flatten().map(|phrase| text.say(phrase)).collect::<Vec<_>>())
}

fn dns(text: &Text, provider: &Provider) -> Vec<String> {
    let dns = &provider.dns;
    let dkim = (!dns.dkim.is_empty()).then(|| phrase!("providers-dns-dkim", records = dns.dkim.join(", ")));
    let spf = dns.spf_include.as_ref().map(|name| phrase!("providers-dns-spf", name = name));
    let proof = dns.verification.as_ref().map(|record| phrase!("providers-dns-verification", record = record));
    [spf, dkim, proof].iter().flatten().map(|phrase| text.say(phrase)).collect()
}

fn tokens(text: &Text, oauth: &Oauth) -> Vec<String> {
    let (mechanisms, scope) = (oauth.sasl.join(" "), oauth.scope.join(" "));
    let said = [
        Some(phrase!("providers-oauth-sasl", mechanisms = mechanisms, scope = scope)),
        Some(phrase!("providers-oauth-authorize", url = oauth.auth_url)),
        Some(phrase!("providers-oauth-token", url = oauth.token_url)),
        oauth.device_url.as_ref().map(|url| phrase!("providers-oauth-device", url = url)),
        oauth.closed.then(|| phrase!("providers-oauth-closed")),
    ];
    said.iter().flatten().map(|phrase| text.say(phrase)).collect()
}

fn checked(text: &Text, provider: &Provider, origin: &PresetOrigin) -> Vec<String> {
    let confidence = match provider.confidence {
        Some(Confidence::High) => "high",
        Some(Confidence::Medium) => "medium",
        Some(Confidence::Low) => "low",
        None => "",
    };
    let mut lines = vec![text.say(&phrase!("providers-checked-line", when = provider.checked, confidence = confidence))];
    lines.extend(origin.stale.map(|months| text.say(&phrase!("providers-stale", months = months))));
    lines
}
