//! What a consumer reads in its files, for an attempt of mailsetup's own.

use crate::{
    host,
    mail::{SecretPlace, Security, Setting},
    phrase,
    plan::{ReadBack, ReadSecret},
    presets::Phrase,
    setup::ConnectSpec,
};

/// The attempt with what the consumer reads in its files, in place of what is remembered.
pub(super) fn as_read(
    spec: &ConnectSpec,
    read: &ReadBack,
    target: &str,
    place: Option<&SecretPlace>,
) -> Result<ConnectSpec, Phrase> {
    let mut spec = ConnectSpec { tries_programs: false, ..spec.clone() };
    let word = |setting| read.get(setting).unwrap_or_default();
    word(Setting::Host).clone_into(&mut spec.endpoint.host);
    spec.endpoint.port =
        word(Setting::Port).parse().map_err(|_| phrase!("runner-mismatch", target = target, field = Setting::Port))?;
    spec.endpoint.security = word(Setting::Security).parse().unwrap_or(Security::Tls);
    // The test that went before was good.
    spec.had_starttls = spec.endpoint.security == Security::Starttls;
    if let Some(login) = &mut spec.login {
        word(Setting::Username).clone_into(&mut login.username);
        login.secret = match &read.password {
            Some(ReadSecret::Inline(secret)) => secret.clone(),
            Some(ReadSecret::Command(command)) => match place {
                Some(SecretPlace::Env { variable }) => host::input::from_command_with(command, variable),
                _ => host::input::from_command(command),
            }
            .map_err(|error| error.phrase())?,
            // It is the one that was proven where it is kept.
            Some(ReadSecret::Credential(_)) => login.secret.clone(),
            None => return Err(phrase!("runner-mismatch", target = target, field = Setting::Password)),
        };
    }
    Ok(spec)
}
