//! What a target's templates see.

use std::collections::BTreeMap;

use minijinja::Value;
use serde::Serialize;

use super::{Files, Order, Places, Scope, TargetChoice, authority, credential::drop_in, locate, locate::Spots};
pub(super) use crate::format::text::account;
use crate::{
    mail::{Security, profile::Trust},
    presets::Target,
};

/// The settings, as templates name them. A setting that is not there is `none`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Context {
    pub(super) profile: String,
    /// A name for consumers that have several accounts: `mailsetup`, or `mailsetup-PROFILE`.
    pub(super) account: String,
    pub(super) scope: &'static str,
    pub(super) host: String,
    pub(super) port: u16,
    /// Both as one word, as in a URL.
    pub(super) authority: String,
    pub(super) security: &'static str,
    pub(super) auth: String,
    pub(super) username: Option<String>,
    /// Present only where it has to stand in the file.
    pub(super) password: Option<String>,
    pub(super) secret_command: String,
    pub(super) sender: Sender,
    pub(super) domain: String,
    /// Where root's mail is to go.
    pub(super) root_mail: Option<String>,
    pub(super) ehlo: String,
    pub(super) ca_file: Option<String>,
    /// The system's authorities, as one PEM file.
    pub(super) ca_bundle: String,
    pub(super) pin_sha256: Option<String>,
    /// The same in upper case with colons, as most tools print it.
    pub(super) pin_colons: Option<String>,
    /// The lines by which systemd gives a unit the secret.
    pub(super) drop_in: String,
    /// The target's files, by id, as the consumer sees them.
    pub(super) files: BTreeMap<String, String>,
    /// What stands around our block.
    pub(super) rest: BTreeMap<&'static str, bool>,
    /// The file's settings as they are, where ours are put in key by key.
    pub(super) there: Value,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Sender {
    pub(super) address: String,
    pub(super) name: Option<String>,
    pub(super) reply_to: Option<String>,
}

impl Context {
    pub(super) fn new(
        order: &Order,
        target: &Target,
        choice: &TargetChoice,
        spots: &Spots<'_>,
        places: &Places,
        files: &dyn Files,
    ) -> Self {
        let smtp = &order.profile.smtp;
        let sender = &order.profile.sender;
        let trust = trust(order);
        let pin = trust.pin_sha256;
        Self {
            profile: order.name.clone(),
            account: account(&order.name),
            scope: places.scope.as_str(),
            host: smtp.host.clone(),
            port: smtp.port,
            authority: authority::of(&smtp.host, &smtp.port.to_string()),
            security: smtp.security.as_str(),
            auth: if has_login(order) { smtp.auth.clone() } else { "none".to_owned() },
            username: smtp.username.clone().filter(|_| has_login(order)),
            password: order
                .secret
                .as_ref()
                .filter(|_| has_login(order) && is_inline(target, choice))
                .map(|secret| secret.expose().to_owned()),
            secret_command: secret_command(order, places.scope),
            sender: Sender { address: sender.address.clone(), name: sender.name.clone(), reply_to: sender.reply_to.clone() },
            domain: sender.address.rsplit_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default(),
            root_mail: root_mail(order, places.scope).cloned(),
            ehlo: smtp.ehlo.clone(),
            ca_file: trust.ca_file.as_ref().map(|path| path.display().to_string()),
            ca_bundle: ca_bundle(places, files).to_owned(),
            pin_colons: pin.as_deref().map(colons),
            pin_sha256: pin,
            drop_in: drop_in(&order.name, places),
            files: spots.iter().map(|(file, spot)| (file.id.clone(), spot.seen.display().to_string())).collect(),
            rest: BTreeMap::new(),
            there: nothing(),
        }
    }
}

/// No settings at all.
pub(super) fn nothing() -> Value {
    Value::from_pairs(std::iter::empty::<(&str, Value)>())
}

/// Whether the settings have a login at all.
pub(super) fn has_login(order: &Order) -> bool {
    order.profile.smtp.auth != "none" && order.profile.smtp.username.is_some()
}

/// Where root's mail is to go: a matter of the whole machine.
pub(super) fn root_mail(order: &Order, scope: Scope) -> Option<&String> {
    order.profile.root_mail.as_ref().filter(|_| scope == Scope::System)
}

/// What is trusted, as far as it counts: nothing without TLS, and beside a single certificate no authority.
pub(super) fn trust(order: &Order) -> Trust {
    let smtp = &order.profile.smtp;
    match (smtp.security, &smtp.tls.pin_sha256) {
        (Security::None, _) => Trust::default(),
        (_, Some(pin)) => Trust { ca_file: None, pin_sha256: Some(pin.clone()) },
        (_, None) => smtp.tls.clone(),
    }
}

/// Whether the password itself stands in the target's file.
pub(super) const fn is_inline(target: &Target, choice: &TargetChoice) -> bool {
    !target.fetches_secret || choice.inline_secret
}

/// The command that prints the secret, for `/bin/sh -c`. The scope is always said: it hangs on who runs the command.
pub(super) fn secret_command(order: &Order, scope: Scope) -> String {
    let mut words: Vec<&str> = order.program.iter().map(String::as_str).collect();
    words.push("secret");
    if order.name != "default" {
        words.push(&order.name);
    }
    words.extend(["--scope", scope.as_str()]);
    let quoted: Vec<_> = words.iter().map(|word| shlex::try_quote(word).unwrap_or_default()).collect();
    quoted.join(" ")
}

/// Where distributions keep the system's authorities in one file: Debian, Alpine and Arch; Fedora; openSUSE.
pub(super) const CA_BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"];

fn ca_bundle(places: &Places, files: &dyn Files) -> &'static str {
    let is_there = |path: &&&str| {
        let path = locate::in_root(std::path::Path::new(path), places);
        matches!(files.read(&path), Ok(Some(_)))
    };
    CA_BUNDLES.iter().find(is_there).unwrap_or(&CA_BUNDLES[0])
}

fn colons(hex: &str) -> String {
    let pairs: Vec<&str> = hex.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
    pairs.join(":").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(account("default"), "mailsetup");
        assert_eq!(account("alerts"), "mailsetup-alerts");
        assert_eq!(colons("0aff10"), "0A:FF:10");
    }
}
