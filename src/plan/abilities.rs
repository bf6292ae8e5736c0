//! What a consumer can do at all, before any of its files is looked at.

use std::path::Path;

use super::{
    Files, Order, Places, Refusal, TargetChoice, locate,
    meant::{has_login, is_inline, trust},
};
use crate::{
    format::Unfit,
    mail::{Auth, Secret, Setting},
    presets::Target,
};

/// What the consumer can do at all, before any file is looked at.
pub(super) fn check(order: &Order, target: &Target, choice: &TargetChoice) -> Result<(), Refusal> {
    let key = || target.key.clone();
    let smtp = &order.profile.smtp;
    if !target.security.iter().any(|mode| mode == smtp.security.as_str()) {
        return Err(Refusal::Security { target: key(), security: smtp.security });
    }
    check_port(order, target)?;
    let is_mechanism = matches!(smtp.auth, Auth::Only(_));
    if is_mechanism && !target.auth.is_empty() && !target.auth.iter().any(|word| word == smtp.auth.as_str()) {
        return Err(Refusal::Auth { target: key(), auth: smtp.auth.to_string() });
    }
    let trust = trust(order);
    if trust.ca_file.is_some() && !target.ca_file {
        return Err(Refusal::CaFile { target: key() });
    }
    if trust.pin_sha256.is_some() && !target.pin {
        return Err(Refusal::Pin { target: key() });
    }
    let has_login = has_login(order);
    if !has_login {
        return match &target.store {
            Some(_) => Err(Refusal::Auth { target: key(), auth: "none".to_owned() }),
            None => Ok(()),
        };
    }
    if let Some(store) = &target.store
        && order.profile.secret.as_ref().is_none_or(|place| place.store().as_str() != store)
    {
        return Err(Refusal::Store { target: key(), store: store.clone() });
    }
    let cannot =
        |field, why| Err(Refusal::CannotCarry { target: key(), field: Some(field), why, instead: target.instead.clone() });
    match &order.secret {
        None if has_login && is_inline(target, choice) => return Err(Refusal::NoSecret { target: key() }),
        // What a command prints is taken up to the first line break, as a C string.
        Some(secret) if has_login && !is_inline(target, choice) => {
            if secret.expose().contains(['\n', '\r']) {
                return cannot(Setting::Password, Unfit::LineBreak);
            }
            if secret.expose().contains('\0') {
                return cannot(Setting::Password, Unfit::Control('\0'));
            }
            if target.trims_secret && secret.expose().trim() != secret.expose() {
                return cannot(Setting::Password, Unfit::EdgeBlank);
            }
        }
        _ => {}
    }
    let sender = order.profile.sender.address.to_string();
    let values = [
        ("host", Setting::Host, Some(smtp.host.as_str())),
        ("username", Setting::Username, smtp.username.as_deref().filter(|_| has_login)),
        ("password", Setting::Password, order.secret.as_ref().map(Secret::expose).filter(|_| has_login)),
        ("sender", Setting::Sender, Some(&sender)),
    ];
    for (name, field, value) in values {
        let forbidden = target.cannot.get(name).map(String::as_str).unwrap_or_default();
        let mut found: String = forbidden.chars().filter(|sign| value.is_some_and(|value| value.contains(*sign))).collect();
        if target.ascii.iter().any(|setting| setting == name) {
            found.extend(value.unwrap_or_default().chars().filter(|sign| !sign.is_ascii()));
        }
        if !found.is_empty() {
            return cannot(field, Unfit::Characters(found));
        }
        let limit = target.max_length.get(name).copied().unwrap_or(usize::MAX);
        if value.is_some_and(|value| value.len() > limit) {
            return cannot(field, Unfit::TooLong(limit));
        }
    }
    Ok(())
}

/// What stands on the machine in the way of the target's files.
pub(super) fn check_machine(target: &Target, places: &Places, files: &dyn Files) -> Result<(), Refusal> {
    for path in &target.overruled_by {
        let path = locate::in_root(Path::new(path), places);
        if files.read(&path).map_err(|error| Refusal::unreadable(&path, &error))?.is_some() {
            return Err(Refusal::Overruled { target: target.key.clone(), path });
        }
    }
    Ok(())
}

/// A consumer that takes the mode from the port must be given one that means this mode.
fn check_port(order: &Order, target: &Target) -> Result<(), Refusal> {
    let smtp = &order.profile.smtp;
    let own = target.ports.get(smtp.security.as_str());
    let is_wrong = match own {
        Some(own) => !own.is_empty() && !own.contains(&smtp.port.get()),
        None => target.ports.values().any(|ports| ports.contains(&smtp.port.get())),
    };
    if !is_wrong {
        return Ok(());
    }
    let ports = own.cloned().unwrap_or_default();
    Err(Refusal::Port { target: target.key.clone(), security: smtp.security, port: smtp.port.get(), ports })
}
