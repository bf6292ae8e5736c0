//! The mailbox of a profile, in which `check --arrival` looks for its message.

use std::time::Duration;

use super::{context::Context, given_secret::given_secret, inputs::IMAP_PASSWORDS};
use crate::{
    error::{Error, Exit},
    mail::{Address, Auth, Endpoint, Host, Port, Security, TextLine, profile::Imap},
    phrase,
    plan::Order,
    presets::belonging,
    probe::Login,
    setup::ArrivalSpec,
};

/// How long a check waits for its message: greylisting that lasts longer is told from loss by the next check.
const WAIT: Duration = Duration::from_secs(120);

/// The mailbox that flags name, with what the profile says of it where they say nothing.
fn named(context: &Context, own: Option<&Imap>) -> Result<Option<Imap>, Error> {
    let inputs = &context.inputs;
    let (host, username) = (inputs.value::<Host>("imap-host")?, inputs.value::<TextLine>("imap-username")?);
    let (port, security) = (inputs.value::<Port>("imap-port")?, inputs.value::<Security>("imap-security")?);
    // Of another server the profile says nothing.
    let own = own.filter(|own| host.as_ref().is_none_or(|host| *host == own.host));
    let Some(host) = host.or_else(|| own.map(|own| own.host.clone())) else { return Ok(None) };
    let security = security.or_else(|| port.and_then(|port| Security::of_imap_port(port.get())));
    let kept = own.filter(|own| port.is_none() && security.is_none_or(|security| security == own.security));
    let security = security.or_else(|| own.map(|own| own.security)).unwrap_or(Security::Tls);
    let usual = || security.imap_port().to_string().parse().ok();
    let Some(port) = port.or_else(|| kept.map(|own| own.port)).or_else(usual) else { return Ok(None) };
    let username = username.or_else(|| own.and_then(|own| own.username.clone()));
    Ok(Some(Imap { host, port, security, username }))
}

/// Where a message to `to` is looked for. The profile's own password goes there only where it was given for that login too.
///
/// # Errors
/// The profile has no mailbox, or its password is not known.
pub(super) fn mailbox(context: &Context, name: &str, order: &Order, to: &Address) -> Result<ArrivalSpec, Error> {
    let profile = &order.profile;
    let Some(imap) = named(context, profile.imap.as_ref())? else {
        let hint = phrase!("check-no-mailbox-hint", profile = name);
        return Err(Error::new(Exit::Config, phrase!("check-no-mailbox", profile = name)).hint(hint));
    };
    let username = imap.username.clone().or_else(|| profile.smtp.username.clone());
    let username = username.map_or_else(|| profile.sender.address.to_string(), String::from);
    let given = given_secret(context, IMAP_PASSWORDS, None)?.map(|given| given.secret);
    let is_for = || belonging(profile, &context.catalog).allows(&imap.host, Some(&username));
    let is_own_secret = given.is_none();
    let Some(secret) = given.or_else(|| order.secret.clone().filter(|_| is_for())) else {
        let refused = phrase!("check-mailbox-password", profile = name, host = imap.host);
        return Err(Error::new(Exit::Usage, refused).hint(phrase!("check-mailbox-password-hint")));
    };
    let auth = Some(profile.smtp.auth).filter(|auth| is_own_secret && auth.takes_token());
    Ok(ArrivalSpec {
        endpoint: Endpoint { host: imap.host.to_string(), port: imap.port.get(), security: imap.security },
        provider: profile.smtp.provider.clone().filter(|_| profile.imap.as_ref().is_some_and(|own| own.host == imap.host)),
        login: Login { auth: auth.unwrap_or(Auth::Auto), username, secret },
        wait: WAIT,
        delete: context.inputs.is_set("arrival-delete"),
        is_own: *to == profile.sender.address,
    })
}
