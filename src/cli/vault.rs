//! `vault`: status, passphrase, rotate, export, lock-with.

use std::{collections::BTreeMap, path::Path};

use clap::ArgMatches;
use serde_json::json;

use super::context::{Context, from_fd};
use crate::{
    error::{Error, Exit},
    frontend::lines,
    host::{
        input,
        vault::{self, ClosedVault},
    },
    mail::{KeySlot, Keys, Secret, reply::escape},
    phrase,
};

/// Runs a command of the vault's.
pub(super) fn run(context: &Context, matches: &ArgMatches) -> Result<Exit, Error> {
    match matches.subcommand() {
        Some(("passphrase", inner)) => lock_with(context, KeySlot::Passphrase, inner),
        Some(("rotate", _)) => {
            let lock = vault::rotate(&context.places_to_open()?, &context.write_options())?;
            done(context, lock, "vault-rotated")
        }
        Some(("export", _)) => export(context),
        Some(("lock-with", inner)) => {
            let word = inner.get_one::<String>("LOCK").map(String::as_str).unwrap_or_default();
            lock_with(context, word.parse().unwrap_or_default(), inner)
        }
        _ => status(context),
    }
}

/// The vault's key slot, what it protects against, and whose secrets the vault holds, if it opens without asking.
fn status(context: &Context) -> Result<Exit, Error> {
    let places = context.places()?;
    let Some(ClosedVault { path, key_slot, key_file }) = vault::look_at(&places)? else {
        if context.json {
            context.out(&json!({"ok": true, "vault": null}).to_string())?;
        } else {
            context.say_phrase(&phrase!("vault-none", path = escape(&places.vault().display().to_string())));
        }
        return Ok(Exit::Ok);
    };
    let names = vault::names(&places);
    let closed = names.as_ref().err().map(|error| context.text.say(&error.phrase()));
    if context.json {
        let document = json!({"ok": true, "vault": path, "lock": key_slot.as_str(), "key_file": key_file,
                              "profiles": names.as_ref().ok().map(|names| names.iter().map(|(name, _)| name).collect::<Vec<_>>()),
                              "secret_for": names.as_ref().ok().map(|names| names.iter().cloned().collect::<BTreeMap<_, _>>()),
                              "closed": closed});
        context.out(&document.to_string())?;
        return Ok(Exit::Ok);
    }
    context.out(&escape(&path.display().to_string()))?;
    context.out(&context.text.get(&format!("choice-lock-{}", key_slot.as_str())))?;
    if let Some(file) = key_file {
        context.out(&escape(&file.display().to_string()))?;
    }
    protection(context, key_slot);
    match names {
        Ok(names) => names.iter().try_for_each(|(name, bound)| {
            let whom = bound.as_ref().map(|bound| phrase!("secret-for").with_phrase("whom", bound.phrase()));
            let whom = whom.map(|whom| format!("  {}", context.text.say(&whom))).unwrap_or_default();
            context.out(&format!("  {}{whom}", escape(name)))
        })?,
        Err(_) => context.say_all(closed),
    }
    Ok(Exit::Ok)
}

/// What a key slot protects against, and what not.
fn protection(context: &Context, lock: KeySlot) {
    context.say_phrase(&match lock {
        KeySlot::Machine => phrase!("lock-machine-protects"),
        KeySlot::Systemd => phrase!("lock-systemd-protects"),
        KeySlot::KeyFile => phrase!("lock-key-file-protects"),
        KeySlot::Passphrase => phrase!("lock-passphrase-protects"),
    });
}

fn done(context: &Context, lock: KeySlot, sentence: &str) -> Result<Exit, Error> {
    if context.json {
        context.out(&json!({"ok": true, "lock": lock.as_str()}).to_string())?;
    }
    context.say(&context.text.get(sentence));
    Ok(Exit::Ok)
}

/// One JSON object a line, with the passwords themselves: that is what was asked for.
fn export(context: &Context) -> Result<Exit, Error> {
    for (profile, secret) in vault::export(&context.places_to_open()?)? {
        let line = zeroize::Zeroizing::new(json!({"profile": profile, "password": secret.expose()}).to_string());
        context.out(&line)?;
    }
    Ok(Exit::Ok)
}

fn lock_with(context: &Context, lock: KeySlot, matches: &ArgMatches) -> Result<Exit, Error> {
    let places = context.places_to_open()?;
    let word = |name: &str| matches.try_get_one::<String>(name).ok().flatten().map(String::as_str);
    let mut new = Keys { slot: lock, key_file: word("new-key-file").map(Into::into), passphrase: None };
    if lock == KeySlot::Passphrase {
        new.passphrase = Some(new_passphrase(context, &word)?);
    }
    if lock == KeySlot::KeyFile && new.key_file.is_none() {
        return Err(Error::new(Exit::Usage, phrase!("vault-new-key-file")));
    }
    vault::change_slot(lock, &new, &places, &context.write_options())?;
    protection(context, lock);
    done(context, lock, "vault-locked")
}

fn new_passphrase<'a>(context: &Context, word: &dyn Fn(&str) -> Option<&'a str>) -> Result<Secret, Error> {
    if let Some(path) = word("new-passphrase-file") {
        return Ok(input::from_file(Path::new(path))?);
    }
    if let Some(number) = word("new-passphrase-fd") {
        return from_fd("--new-passphrase-fd", number);
    }
    if let Some(name) = word("new-passphrase-env") {
        return Ok(input::from_env(name)?);
    }
    let ask = |id: &str| -> Result<Secret, Error> {
        let missing = || Error::new(Exit::Usage, phrase!("vault-new-passphrase"));
        if context.inputs.is_set("no-input") {
            return Err(missing());
        }
        let typed = lines::ask_on_terminal(&context.text.get(id)).ok().flatten().ok_or_else(missing)?;
        if typed.expose().is_empty() { Err(Error::new(Exit::Usage, phrase!("vault-empty-passphrase"))) } else { Ok(typed) }
    };
    let first = ask("vault-ask-new")?;
    if ask("vault-ask-again")? == first { Ok(first) } else { Err(Error::new(Exit::Usage, phrase!("vault-typed-otherwise"))) }
}
