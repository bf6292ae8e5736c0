//! What an order means: its settings as far as they count, which is what files must say and what is read back from them.

use super::{Order, Places, Scope, TargetChoice, locate::seen_profile};
use crate::{
    mail::{
        Auth, Profile, Security, Setting, Settings,
        profile::{ClientCert, Trust},
    },
    presets::Target,
};

/// The settings that count, but for the password; a setting that is not there has none.
pub(super) fn meant(order: &Order, places: &Places) -> Settings<String> {
    let mut profile = seen_profile(&order.profile, places);
    if !has_login(order) {
        (profile.smtp.auth, profile.smtp.username) = (Auth::None, None);
    }
    // Root's mail is forwarded for the whole machine alone.
    profile.root_mail = profile.root_mail.filter(|_| places.scope == Scope::System);
    profile.smtp.tls = trust(&profile);
    profile.smtp.client = client(&profile).cloned();
    Setting::ALL.into_iter().filter_map(|setting| Some((setting, setting.in_profile(&profile)?))).collect()
}

/// Whether the settings have a login at all.
pub(super) fn has_login(order: &Order) -> bool {
    order.profile.smtp.auth != Auth::None && order.profile.smtp.username.is_some()
}

/// What is trusted, as far as it counts: nothing without TLS, and no authority beside a single certificate.
pub(super) fn trust(profile: &Profile) -> Trust {
    let smtp = &profile.smtp;
    match (smtp.security, &smtp.tls.pin_sha256) {
        (Security::None, _) => Trust::default(),
        (_, Some(pin)) => Trust { ca_file: None, pin_sha256: Some(pin.clone()) },
        (_, None) => smtp.tls.clone(),
    }
}

/// The certificate that this machine shows; none without TLS.
pub(super) fn client(profile: &Profile) -> Option<&ClientCert> {
    let smtp = &profile.smtp;
    smtp.client.as_ref().filter(|_| smtp.security != Security::None)
}

/// Whether the password itself is in the target's file.
pub(super) fn is_inline(order: &Order, target: &Target, choice: &TargetChoice) -> bool {
    let fetches_token = order.profile.smtp.auth.takes_token() && target.token.is_some();
    !(target.fetches_secret || fetches_token) || choice.inline_secret
}

/// The same as an older version wrote it: it names neither the usual profile nor the server.
pub(super) fn older_secret_command(order: &Order, scope: Scope) -> String {
    let mut words: Vec<&str> = order.program.iter().map(String::as_str).collect();
    words.push("secret");
    if order.name != "default" {
        words.push(&order.name);
    }
    words.extend(["--scope", scope.as_str()]);
    command_line(&words)
}

fn command_line(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| shlex::try_quote(word).unwrap_or_default()).collect();
    quoted.join(" ")
}

/// The command that prints the secret, for `/bin/sh -c`. It always names profile and scope, whose defaults depend on who runs
/// it, and the server that gets the secret.
pub(super) fn secret_command(order: &Order, scope: Scope) -> String {
    let program = order.secret_program();
    let mut words: Vec<&str> = program.iter().map(String::as_str).collect();
    words.push("secret");
    words.extend([&order.name, "--scope", scope.as_str(), "--for", &order.profile.smtp.host]);
    command_line(&words)
}
