//! An address's settings for a person.

use super::super::context::Context;
use crate::{
    discover::{Consent, Discovery, LoginName, Origin, Proposal, Reach, Search, Server, ServerCheck},
    mail::reply::escape,
    phrase,
    presets::{Phrase, Text, provider::UsernameForm},
    render,
};

/// The lines for an address, with the IMAP servers as they were tried.
pub(super) fn lines(context: &Context, search: &Search, (found, imap): (&Discovery, &[Server])) -> Vec<String> {
    let text = &*context.text;
    let address = &search.address;
    let say = |phrase: &Phrase| format!("  - {}", text.say(phrase));
    let mut lines = Vec::new();
    match found.best() {
        Some(best) => {
            let provider = best.provider.as_deref().and_then(|key| context.catalog.provider(key));
            let name = provider.map_or_else(String::new, |provider| format!("  {}", provider.name));
            lines.push(format!("{address}{name}"));
            lines.push(row(text, "detect-from", &text.say(&origin(best))));
            lines.extend(servers(text, best, search.reach));
            if best.smtp.is_empty() {
                let name = provider.map_or_else(|| address.domain().to_owned(), |provider| provider.name.clone());
                lines.push(format!("  ! {}", text.say(&phrase!("detect-no-smtp", provider = name))));
            }
            lines.extend(imap.iter().map(|server| server_line(text, "detect-imap", server, search.reach)));
            lines.push(row(text, "detect-login", &login(text, best, search)));
            let asks = best.consents.iter().map(|consent| consent_line(*consent, best));
            lines.extend(asks.map(|ask| format!("  ? {}", text.say(&ask))));
            lines.extend(best.warnings.iter().map(|warning| format!("  ! {}", text.say(warning))));
            let guidance = provider.map(|provider| provider.guidance(context.lang()));
            lines.extend(guidance.iter().flat_map(|words| &words.warnings).map(|warning| format!("  ! {warning}")));
        }
        None if search.reach == Reach::Offline => lines.push(text.say(&phrase!("detect-unknown", address = address))),
        None => lines.push(text.say(&phrase!("detect-nothing", address = address))),
    }
    let fault = found.fault.map(|fault| Phrase::new(fault.phrase()).with("domain", address.domain()));
    lines.extend(fault.map(|fault| format!("  ! {}", text.say(&fault))));
    lines.extend(found.notes.iter().map(say));
    for other in found.proposals.iter().skip(1) {
        lines.push(row(text, "detect-other", &text.say(&origin(other))));
        lines.extend(servers(text, other, search.reach));
        let asks = other.consents.iter().map(|consent| consent_line(*consent, other));
        lines.extend(asks.map(|ask| format!("  ? {}", text.say(&ask))));
    }
    lines
}

/// A line with its heading.
fn row(text: &Text, heading: &str, words: &str) -> String {
    format!("  {:<8} {words}", text.get(heading)).trim_end().to_owned()
}

fn servers(text: &Text, proposal: &Proposal, reach: Reach) -> Vec<String> {
    proposal.smtp.iter().map(|server| server_line(text, "detect-smtp", server, reach)).collect()
}

fn server_line(text: &Text, heading: &str, server: &Server, reach: Reach) -> String {
    let check = match &server.check {
        ServerCheck::Passed(_) => text.get("detect-passed"),
        ServerCheck::Failed(evidence) => render::stages::fault(text, evidence).into_iter().next().unwrap_or_default(),
        ServerCheck::Unchecked if reach == Reach::Offline => String::new(),
        ServerCheck::Unchecked => text.get("detect-unchecked"),
    };
    let endpoint = &server.endpoint;
    row(text, heading, &format!("{:<40} {:<9} {check}", endpoint.authority(), endpoint.security.as_str()))
}

/// Where a proposal comes from.
fn origin(proposal: &Proposal) -> Phrase {
    let place = proposal.found_at.as_deref().unwrap_or_default();
    match proposal.origin {
        Origin::Preset => phrase!("detect-origin-preset"),
        Origin::Table => phrase!("detect-origin-table"),
        Origin::Mx => phrase!("detect-origin-mx", place = place),
        Origin::Srv => phrase!("detect-origin-srv", place = place),
        Origin::Autoconfig => phrase!("detect-origin-autoconfig", place = place),
        Origin::Guess => phrase!("detect-origin-guess", place = place),
    }
}

fn login(text: &Text, proposal: &Proposal, search: &Search) -> String {
    match proposal.username.of(&search.address) {
        Some(name) => escape(&name),
        None if proposal.username == LoginName::Form(UsernameForm::None) => text.get("detect-login-none"),
        None => text.get("detect-login-account"),
    }
}

fn consent_line(consent: Consent, proposal: &Proposal) -> Phrase {
    let host = escape(proposal.best().map_or("", |server| &server.endpoint.host));
    match consent {
        Consent::ForeignHost => phrase!("found-foreign-host", host = host),
        Consent::PlainHttp => phrase!("found-plain-http", host = host),
        Consent::Plaintext => phrase!("detect-consent-plaintext", host = host),
    }
}
