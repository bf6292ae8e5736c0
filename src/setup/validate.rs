//! What was typed, checked and brought into the form in which it is kept.

use std::{fmt::Display, str::FromStr};

use super::{Field, Invalid, ask::no_smtp, import::NONE};
use crate::{
    mail::{
        self, Address, Auth, HeloName, Host, KeySlot, PassEntry, Pin, Port, ProfileName, Scope, Security, StoreKind,
        TestDepth, TextLine, UserName, VariableName,
        value::{ValueFault, shown},
        word::WordFault,
        yes_no::{self, YesNoWords},
    },
    phrase,
    presets::{Catalog, Lang, Phrase, nearest, provider::Category},
};

/// Checks an answer and returns it in the form in which it is kept.
///
/// # Errors
/// What is wrong and how to mend it.
pub(super) fn validate(field: Field, typed: &str, catalog: &Catalog, lang: Lang) -> Result<String, Invalid> {
    let word = typed.trim();
    if word.is_empty() && field.spec().optional {
        return Ok(String::new());
    }
    let kept = match field {
        Field::Address | Field::TestTo | Field::ReplyTo | Field::RootMail => text::<Address>(word),
        Field::Host | Field::ImapHost => text::<Host>(word),
        Field::Port | Field::ImapPort => text::<Port>(word),
        Field::Security | Field::ImapSecurity => text::<Security>(word),
        Field::Auth => text::<Auth>(word),
        Field::Test => text::<TestDepth>(word),
        Field::SecretStore => text::<StoreKind>(word),
        Field::VaultLock => text::<KeySlot>(word),
        Field::RunAs => text::<UserName>(word),
        Field::PassEntry => text::<PassEntry>(word),
        Field::Scope => text::<Scope>(word),
        Field::Provider => provider(word, catalog, lang),
        Field::Targets => targets(word, catalog),
        Field::Import => import(word, catalog),
        Field::Resume | Field::Plaintext | Field::Imap | Field::Spaces | Field::Apply => yes_or_no(word),
        Field::Ehlo => text::<HeloName>(word),
        Field::Pin => text::<Pin>(word),
        Field::Profile => text::<ProfileName>(word),
        Field::SecretEnv => text::<VariableName>(word),
        Field::Recover => one_of(word, &["fix", "retry", "edit", "force"]),
        // A password is never trimmed; it does not come this way.
        Field::Password => Ok(typed.to_owned()),
        Field::Name | Field::Username | Field::ImapUsername | Field::CaFile | Field::SecretCommand => text::<TextLine>(word),
    };
    kept.map_err(|phrase| Invalid { field, phrase })
}

/// Parses a value and returns it in the form in which it is kept.
fn text<T: FromStr<Err: ValueFault> + Display>(word: &str) -> Result<String, Phrase> {
    mail::value::parse::<T>(word).map(|value| value.to_string())
}

fn one_of(word: &str, words: &'static [&'static str]) -> Result<String, Phrase> {
    let lower = word.to_lowercase();
    if words.contains(&lower.as_str()) { Ok(lower) } else { Err(WordFault { typed: word.to_owned(), words }.phrase()) }
}

fn yes_or_no(word: &str) -> Result<String, Phrase> {
    YesNoWords::FRENCH.parse(word).map(|yes| yes_no::word(yes).to_owned()).map_err(|fault| fault.phrase())
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
        for name in ["-", "-x", "--yes", ".x"] {
            assert_eq!(check(Field::Profile, name), Err("invalid-profile-start"));
        }
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
