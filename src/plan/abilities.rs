//! What a consumer can do at all, before any of its files is looked at.

use std::path::Path;

use super::{
    Files, Order, Places, Refusal, TargetChoice, locate,
    meant::{client, has_login, is_inline, meant, trust},
};
use crate::{
    format::Unfit,
    mail::{Auth, Secret, Security, Setting},
    presets::{Catalog, Target},
};

/// Checks an order against what the consumer can do at all, before any file is looked at.
pub(super) fn check(order: &Order, target: &Target, choice: &TargetChoice, places: &Places) -> Result<(), Refusal> {
    check_server(order, target)?;
    if target.needs_run_as && order.profile.run_as.is_empty() {
        return Err(Refusal::NeedsUser { target: target.key.clone() });
    }
    if !has_login(order) {
        return match &target.store {
            Some(_) => Err(Refusal::Auth { target: target.key.clone(), auth: "none".to_owned() }),
            None => Ok(()),
        };
    }
    if let Some(store) = target.store
        && order.profile.secret.as_ref().is_none_or(|place| place.store() != store)
    {
        return Err(Refusal::Store { target: target.key.clone(), store });
    }
    if !is_inline(order, target, choice) {
        check_fetched(order, target)?;
    } else if order.secret.is_none() {
        return Err(Refusal::NoSecret { target: target.key.clone() });
    }
    check_values(order, target, places)
}

/// Whether the consumer can do the security mode, the mechanism and the trust that were chosen.
fn check_server(order: &Order, target: &Target) -> Result<(), Refusal> {
    let key = || target.key.clone();
    let smtp = &order.profile.smtp;
    let is_too_open = target.login_needs_tls && smtp.security == Security::None && has_login(order);
    if is_too_open || !target.security.contains(&smtp.security) {
        return Err(Refusal::Security { target: key(), security: smtp.security });
    }
    check_port(order, target)?;
    let is_mechanism = matches!(smtp.auth, Auth::Only(_));
    if is_mechanism && !target.auth.is_empty() && !target.auth.iter().any(|word| word == smtp.auth.as_str()) {
        return Err(Refusal::Auth { target: key(), auth: smtp.auth.to_string() });
    }
    let trust = trust(&order.profile);
    if trust.ca_file.is_some() && !target.ca_file {
        return Err(Refusal::CaFile { target: key() });
    }
    if trust.pin_sha256.is_some() && !target.pin {
        return Err(Refusal::Pin { target: key() });
    }
    if client(&order.profile).is_some() && !target.client_cert {
        return Err(Refusal::ClientCert { target: key() });
    }
    if client(&order.profile).is_some_and(|client| target.client_cert_one_file && client.cert != client.key) {
        return Err(Refusal::ClientCertFiles { target: key() });
    }
    Ok(())
}

/// Whether the consumer's mail goes out through the proxy that was chosen.
pub(super) fn check_proxy(order: &Order, target: &Target, catalog: &Catalog) -> Result<(), Refusal> {
    let Some(proxy) = order.profile.smtp.proxy.as_ref().filter(|proxy| !target.goes_through(proxy.kind)) else {
        return Ok(());
    };
    let can = catalog.targets().filter(|other| other.proxy.contains(&proxy.kind));
    let instead: Vec<&str> = can.map(|other| other.key.as_str()).collect();
    Err(Refusal::Proxy { target: target.key.clone(), kind: proxy.kind, instead: instead.join(", ") })
}

/// What a command prints is taken up to the first line break, as a C string.
fn check_fetched(order: &Order, target: &Target) -> Result<(), Refusal> {
    let secret = order.secret.as_ref().map(Secret::expose).unwrap_or_default();
    let why = if secret.contains(['\n', '\r']) {
        Unfit::LineBreak
    } else if secret.contains('\0') {
        Unfit::Control('\0')
    } else if target.trims_secret && secret.trim() != secret {
        Unfit::EdgeBlank
    } else {
        return Ok(());
    };
    Err(cannot_carry(target, Setting::Password, why))
}

/// What the consumer cannot carry although its format can.
fn check_values(order: &Order, target: &Target, places: &Places) -> Result<(), Refusal> {
    let meant = meant(order, places);
    for setting in Setting::ALL {
        let value = match setting {
            Setting::Password => order.secret.as_ref().map(Secret::expose),
            _ => meant.get(&setting).map(String::as_str),
        };
        let value = value.unwrap_or_default();
        let forbidden = target.cannot.get(&setting).map(String::as_str).unwrap_or_default();
        let mut found: String = forbidden.chars().filter(|sign| value.contains(*sign)).collect();
        if target.ascii.contains(&setting) {
            found.extend(value.chars().filter(|sign| !sign.is_ascii()));
        }
        if !found.is_empty() {
            return Err(cannot_carry(target, setting, Unfit::Characters(found)));
        }
        if let Some(limit) = target.max_length.get(&setting).filter(|limit| value.len() > **limit) {
            return Err(cannot_carry(target, setting, Unfit::TooLong(*limit)));
        }
    }
    Ok(())
}

fn cannot_carry(target: &Target, setting: Setting, why: Unfit) -> Refusal {
    Refusal::CannotCarry { target: target.key.clone(), field: Some(setting), why, instead: target.instead.clone() }
}

/// Whether a file on the machine makes the consumer pass over the target's own.
pub(super) fn check_machine(target: &Target, places: &Places, files: &dyn Files) -> Result<(), Refusal> {
    for path in &target.overruled_by {
        let path = locate::in_root(Path::new(path), places);
        if files.read(&path).map_err(|error| Refusal::unreadable(&path, error))?.is_some() {
            return Err(Refusal::Overruled { target: target.key.clone(), path });
        }
    }
    Ok(())
}

/// A consumer that takes the mode from the port must be given one that means this mode.
fn check_port(order: &Order, target: &Target) -> Result<(), Refusal> {
    let smtp = &order.profile.smtp;
    let own = target.ports.get(&smtp.security);
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
