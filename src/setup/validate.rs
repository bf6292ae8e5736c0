//! What was typed, checked and brought into the form in which it is kept.

use std::str::FromStr;

use super::{Field, Invalid, ask::no_smtp, import::NONE};
use crate::{
    mail::{
        Address, Auth, Lock, Security, StoreKind,
        address::AddressFault,
        endpoint::{HostFault, is_full_name, parse_host},
    },
    phrase,
    presets::{Catalog, Lang, Phrase, nearest, provider::Category},
};

/// Checks an answer and returns it in the form in which it is kept.
///
/// # Errors
/// What is wrong and how to mend it.
pub(super) fn validate(field: Field, typed: &str, catalog: &Catalog, lang: Lang) -> Result<String, Invalid> {
    let invalid = |phrase: Phrase| Invalid { field, phrase };
    let word = typed.trim();
    if word.is_empty() && field.spec().optional {
        return Ok(String::new());
    }
    match field {
        Field::Address | Field::TestTo | Field::ReplyTo | Field::RootMail => address(word).map_err(invalid),
        Field::Host | Field::ImapHost => parse_host(word).map_err(|fault| invalid(host_fault(&fault))),
        Field::Port | Field::ImapPort => port(word).map(|port| port.to_string()).map_err(invalid),
        Field::Security | Field::ImapSecurity => {
            one_of(word, Security::ALL.iter().map(|mode| mode.as_str())).map_err(invalid)
        }
        Field::Auth => one_of(word, Auth::ALL.iter().map(|auth| auth.as_str())).map_err(invalid),
        Field::Test => one_of(word, ["send", "login", "connect", "none"]).map_err(invalid),
        Field::SecretStore => one_of(word, StoreKind::ALL.iter().map(|kind| kind.as_str())).map_err(invalid),
        Field::VaultLock => one_of(word, Lock::ALL.iter().map(|lock| lock.as_str())).map_err(invalid),
        Field::RunAs => user_name(word).map_err(invalid),
        Field::PassEntry => pass_entry(word).map_err(invalid),
        Field::Scope => one_of(word, ["user", "system"]).map_err(invalid),
        Field::Provider => provider(word, catalog, lang).map_err(invalid),
        Field::Targets => targets(word, catalog).map_err(invalid),
        Field::Import => import(word, catalog).map_err(invalid),
        Field::Resume | Field::Plaintext | Field::Imap | Field::Spaces | Field::Apply => yes_or_no(word).map_err(invalid),
        Field::Ehlo => ehlo(word).map_err(invalid),
        Field::Pin => pin(word).map_err(invalid),
        Field::Profile => profile_name(word).map_err(invalid),
        Field::SecretEnv => variable(word).map_err(invalid),
        Field::Recover => one_of(word, ["fix", "retry", "edit", "force"]).map_err(invalid),
        // A password is never trimmed; it does not come this way.
        Field::Password => Ok(typed.to_owned()),
        Field::Name | Field::Username | Field::ImapUsername | Field::CaFile | Field::SecretCommand => {
            line(typed).map_err(invalid)
        }
    }
}

fn line(typed: &str) -> Result<String, Phrase> {
    let word = typed.trim();
    if word.is_empty() {
        return Err(phrase!("invalid-empty"));
    }
    if word.chars().any(char::is_control) {
        return Err(phrase!("invalid-control"));
    }
    Ok(word.to_owned())
}

fn address(word: &str) -> Result<String, Phrase> {
    Address::from_str(word).map(|address| address.to_string()).map_err(|fault| match fault {
        AddressFault::Empty => phrase!("invalid-address-empty"),
        AddressFault::NoAt => phrase!("invalid-address-no-at", typed = shown(word)),
        AddressFault::NoLocal => phrase!("invalid-address-no-local"),
        AddressFault::Domain(domain) if domain.is_empty() => phrase!("invalid-address-no-domain"),
        AddressFault::Domain(domain) => phrase!("invalid-address-domain", domain = shown(&domain)),
        AddressFault::Stray(stray) => phrase!("invalid-address-stray", character = character_name(stray)),
        AddressFault::Syntax => phrase!("invalid-address-syntax", typed = shown(word)),
    })
}

/// What is wrong with a host, and how to mend it.
pub fn host_fault(fault: &HostFault) -> Phrase {
    match fault {
        HostFault::Empty => phrase!("invalid-host-empty"),
        HostFault::Scheme(host) => phrase!("invalid-host-scheme", host = shown(host)),
        HostFault::Port(host, port) => phrase!("invalid-host-port", host = shown(host), port = shown(port)),
        HostFault::Character(stray) => phrase!("invalid-host-character", character = character_name(*stray)),
        HostFault::Label(label) if label.is_empty() => phrase!("invalid-host-dots"),
        HostFault::Label(label) => phrase!("invalid-host-label", label = shown(label)),
        HostFault::Address => phrase!("invalid-host-address"),
    }
}

/// Checks a port.
///
/// # Errors
/// What is wrong with it, and how to mend it.
pub fn port(word: &str) -> Result<u16, Phrase> {
    match word.parse::<u16>() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(phrase!("invalid-port", typed = shown(word))),
    }
}

fn one_of<'a>(word: &str, words: impl IntoIterator<Item = &'a str> + Clone) -> Result<String, Phrase> {
    let lower = word.to_lowercase();
    if words.clone().into_iter().any(|known| known == lower) {
        return Ok(lower);
    }
    let list = words.into_iter().collect::<Vec<_>>().join(", ");
    Err(phrase!("invalid-choice", typed = shown(word), choices = list))
}

fn yes_or_no(word: &str) -> Result<String, Phrase> {
    match word.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "oui" | "o" => Ok("yes".into()),
        "no" | "n" | "false" | "0" | "non" => Ok("no".into()),
        _ => Err(phrase!("invalid-confirm", typed = shown(word))),
    }
}

fn provider(word: &str, catalog: &Catalog, lang: Lang) -> Result<String, Phrase> {
    let lower = word.to_lowercase();
    if lower == "custom" {
        return Ok(lower);
    }
    if let Some(provider) = catalog.provider(&lower) {
        return if provider.category == Category::None { Err(no_smtp(provider, lang)) } else { Ok(lower) };
    }
    let known = catalog.provider_keys();
    Err(match nearest(&lower, known) {
        Some(near) => phrase!("invalid-provider-near", typed = shown(word), near = near),
        None => phrase!("invalid-provider", typed = shown(word)),
    })
}

/// Checks targets, `NAME[=PATH]` joined by commas.
fn targets(word: &str, catalog: &Catalog) -> Result<String, Phrase> {
    let mut kept: Vec<String> = Vec::new();
    for target in word.split(',').map(str::trim).filter(|target| !target.is_empty()) {
        let name = target.split('=').next().unwrap_or_default();
        if catalog.target(name).is_none() {
            let known = catalog.target_keys();
            return Err(match nearest(name, known) {
                Some(near) => phrase!("invalid-target-near", typed = shown(name), near = near),
                None => phrase!("invalid-target", typed = shown(name)),
            });
        }
        if !kept.iter().any(|other| other == target) {
            kept.push(target.to_owned());
        }
    }
    Ok(kept.join(","))
}

/// Checks settings to start from: `none`, or a target of whose files it is known how to read them, `NAME[=PATH]`.
fn import(word: &str, catalog: &Catalog) -> Result<String, Phrase> {
    let (name, path) = word.split_once('=').unwrap_or((word, ""));
    let known: Vec<&str> =
        catalog.targets().filter(|target| target.import.is_some()).map(|target| target.key.as_str()).collect();
    if word == NONE || known.contains(&name) {
        return Ok(if path.is_empty() { name } else { word }.to_owned());
    }
    Err(phrase!("invalid-import", typed = shown(name), targets = known.join(", ")))
}

fn ehlo(word: &str) -> Result<String, Phrase> {
    if is_full_name(word) {
        return Ok(word.to_owned());
    }
    // A short name is taken, with a warning elsewhere: some relays accept it.
    parse_host(word).map_err(|fault| host_fault(&fault))
}

fn pin(word: &str) -> Result<String, Phrase> {
    let hex: String = word.chars().filter(|c| !matches!(c, ':' | ' ')).collect::<String>().to_lowercase();
    if hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()) { Ok(hex) } else { Err(phrase!("invalid-pin")) }
}

fn profile_name(word: &str) -> Result<String, Phrase> {
    let fits = !word.is_empty()
        && word.len() <= 64
        && !word.starts_with('.')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if fits { Ok(word.to_owned()) } else { Err(phrase!("invalid-profile", typed = shown(word))) }
}

/// A name as useradd(8) takes it; whether there is such a user is seen on the machine.
fn user_name(word: &str) -> Result<String, Phrase> {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let other = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let fits = word.starts_with(first) && word.len() <= 32 && word.chars().all(other);
    if fits { Ok(word.to_owned()) } else { Err(phrase!("invalid-user", typed = shown(word))) }
}

/// A path below the password store, as `pass` takes it.
fn pass_entry(word: &str) -> Result<String, Phrase> {
    let fits = !word.is_empty()
        && word.len() <= 200
        && !word.chars().any(char::is_control)
        && word.split('/').all(|part| !part.is_empty() && !part.starts_with(['.', '-']));
    if fits { Ok(word.to_owned()) } else { Err(phrase!("invalid-pass-entry", typed = shown(word))) }
}

fn variable(word: &str) -> Result<String, Phrase> {
    let fits = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if fits { Ok(word.to_owned()) } else { Err(phrase!("invalid-variable", typed = shown(word))) }
}

/// What was typed, safe and short enough for a sentence.
fn shown(word: &str) -> String {
    let safe = crate::mail::reply::escape(word);
    if safe.chars().count() > 60 { format!("{}…", safe.chars().take(60).collect::<String>()) } else { safe }
}

fn character_name(character: char) -> String {
    match character {
        ' ' => "␠".to_owned(),
        other => shown(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: Field, typed: &str) -> Result<String, &'static str> {
        validate(field, typed, &Catalog::builtin(), Lang::En).map_err(|invalid| invalid.phrase.id)
    }

    #[test]
    fn slips_are_named() {
        assert_eq!(check(Field::Address, "ops"), Err("invalid-address-no-at"));
        assert_eq!(check(Field::Host, "smtp://x.test"), Err("invalid-host-scheme"));
        assert_eq!(check(Field::Host, "x.test,"), Err("invalid-host-character"));
        assert_eq!(check(Field::Port, "0"), Err("invalid-port"));
        assert_eq!(check(Field::Port, "70000"), Err("invalid-port"));
        assert_eq!(check(Field::Provider, "localhos"), Err("invalid-provider-near"));
        assert_eq!(check(Field::Security, "ssl"), Err("invalid-choice"));
        assert_eq!(check(Field::Profile, "../x"), Err("invalid-profile"));
        assert_eq!(check(Field::PassEntry, "mail/../x"), Err("invalid-pass-entry"));
        assert_eq!(check(Field::RunAs, "a:b"), Err("invalid-user"));
    }

    #[test]
    fn answers_are_kept_in_one_form() {
        assert_eq!(check(Field::Port, " 465 ").as_deref(), Ok("465"));
        assert_eq!(check(Field::Imap, "Oui").as_deref(), Ok("yes"));
        assert_eq!(check(Field::Pin, &"AB:".repeat(32)).map(|pin| pin.len()), Ok(64));
        assert_eq!(check(Field::ReplyTo, "").as_deref(), Ok(""));
    }
}
