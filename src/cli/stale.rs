//! `--stale`: facts that were last checked longer ago than a number of months, oldest first.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{context::Context, layout};
use crate::{
    error::Error,
    host,
    mail::reply::escape,
    phrase,
    presets::{Fact, FactKind, months_between},
};

/// The months from `checked` (`2026-11`) to today; `None` where it is no such date.
pub(super) fn age(checked: &str) -> Option<u32> {
    let months = months_between(checked, &host::clock::rfc3339(SystemTime::now()))?;
    Some(u32::try_from(months).unwrap_or(0))
}

/// The arguments, with a number behind `--stale` as its months: `--stale 3` is `--stale=3`, and no search for 3.
pub(super) fn with_months(arguments: Vec<String>) -> Vec<String> {
    let lists_facts = arguments.iter().any(|word| ["providers", "targets"].contains(&word.as_str()));
    let mut joined: Vec<String> = Vec::with_capacity(arguments.len());
    for word in arguments {
        let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        match joined.last_mut().filter(|last| lists_facts && is_number && *last == "--stale") {
            Some(flag) => *flag = format!("--stale={word}"),
            None => joined.push(word),
        }
    }
    joined
}

/// The facts that were checked more than `months` ago, oldest first: those about programs here, or the others. A date that is
/// none comes before all others. `found` has the keys of what the list itself shows for `query`.
pub(super) fn facts<'a>(
    context: &'a Context,
    months: u32,
    of_programs: bool,
    query: Option<&str>,
    found: &[&str],
) -> Vec<Fact<'a>> {
    let query = query.unwrap_or_default().to_lowercase();
    let is_meant = |fact: &Fact<'_>| match fact.kind {
        FactKind::Provider | FactKind::Target => found.contains(&fact.key),
        _ => fact.key.to_lowercase().contains(&query),
    };
    let facts = context.catalog.facts().into_iter().filter(|fact| fact.kind.is_of_programs() == of_programs);
    let mut facts: Vec<Fact<'a>> = facts.filter(is_meant).collect();
    facts.retain(|fact| age(fact.checked).is_none_or(|age| age > months));
    facts.sort_by_key(|fact| std::cmp::Reverse(age(fact.checked).unwrap_or(u32::MAX)));
    facts
}

/// Prints a line for each, or says that there is none. In JSON a provider or a target is the document that its list has.
pub(super) fn list(
    context: &Context,
    months: u32,
    facts: &[Fact<'_>],
    document: impl Fn(&Fact<'_>) -> Option<Value>,
) -> Result<(), Error> {
    if context.json {
        let other = |fact: &Fact<'_>| json!({"kind": fact.kind.as_str(), "key": fact.key, "checked": fact.checked, "sources": fact.sources, "stale": true});
        return facts.iter().try_for_each(|fact| context.out(&document(fact).unwrap_or_else(|| other(fact)).to_string()));
    }
    if facts.is_empty() {
        context.say_phrase(&phrase!("stale-none", months = months));
    }
    let left = layout::left(facts.iter().map(|fact| escape(fact.checked)).collect::<Vec<_>>().iter());
    for fact in facts {
        for line in layout::row(&escape(fact.checked), &[shown(context, fact)], left) {
            context.out(&line)?;
        }
    }
    Ok(())
}

/// What a fact is about, on a line.
fn shown(context: &Context, fact: &Fact<'_>) -> String {
    let key = escape(fact.key);
    let said = match fact.kind {
        FactKind::Provider | FactKind::Target => return format!("{key}: {}", escape(fact.name.unwrap_or_default())),
        FactKind::Family => phrase!("stale-family", key = key),
        FactKind::Distribution => phrase!("stale-distribution", key = key),
        FactKind::DnsHost => phrase!("stale-dns-host", key = key),
        FactKind::Receiver => phrase!("stale-receiver", key = key),
        FactKind::Cause => phrase!("stale-cause", key = key),
        FactKind::Words => phrase!("stale-words", key = key),
        FactKind::Program => phrase!("stale-program", key = key),
        FactKind::Hoster => phrase!("stale-hoster", key = key),
        FactKind::Gateway => phrase!("stale-gateway", key = key),
        FactKind::Suffixes => phrase!("stale-suffixes", key = key),
    };
    context.text.say(&said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_behind_the_flag_is_its_months() {
        let joined = |words: &str| with_months(words.split(' ').map(str::to_owned).collect()).join(" ");
        assert_eq!(joined("mailsetup providers --stale 3"), "mailsetup providers --stale=3");
        assert_eq!(joined("mailsetup targets --stale 3 msmtp"), "mailsetup targets --stale=3 msmtp");
        for same in [
            "mailsetup providers --stale gmail",
            "mailsetup providers 163 --stale",
            "mailsetup providers --stale=3 163",
            "mailsetup explain --stale 3",
        ] {
            assert_eq!(joined(same), same);
        }
    }
}
