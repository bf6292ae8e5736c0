//! Whose domain is looked at, and by which way its mail goes.

use crate::{
    cli::{commands, context::Context},
    dns::DomainReport,
    error::{Error, Exit},
    host,
    mail::{Address, Profile, Senders, host::parse_host, reply::escape, value::ValueFault as _},
    phrase,
    presets::Provider,
    runner::others,
};

/// Whose mail, by which way.
pub(super) struct MailWay<'a> {
    /// The domain of From, in ASCII.
    pub(super) domain: String,
    pub(super) provider: Option<&'a Provider>,
    /// Which senders leave; none where no profile says so.
    pub(super) senders: Option<Senders>,
}

impl<'a> MailWay<'a> {
    /// The domain and the provider of what was typed: an address, a domain, or a profile's name; nothing: the profile.
    pub(super) fn typed(context: &'a Context, typed: Option<&str>) -> Result<Self, Error> {
        let given = context.inputs.get("provider").map(|key| context.catalog.provider(key).ok_or(key)).transpose();
        let given = given.map_err(|key| {
            let why = context.text.say(&phrase!("dns-no-provider", key = escape(key)));
            Error::new(Exit::Usage, phrase!("cli-bad-answer", name = "--provider", why = why))
        })?;
        let domain = match typed {
            Some(typed) if typed.contains('@') => {
                let refused = |_| Error::new(Exit::Data, phrase!("detect-no-address", typed = escape(typed)));
                typed.parse::<Address>().map_err(refused)?.domain().to_owned()
            }
            Some(typed) if typed.contains('.') && !is_profile(context, typed) => parse_host(typed).map_err(|fault| {
                Error::new(Exit::Usage, phrase!("cli-bad-answer", name = "DOMAIN", why = context.text.say(&fault.phrase())))
            })?,
            profile => {
                let (_, profile) = commands::chosen(context, profile)?;
                return Ok(Self::of(context, &profile, given));
            }
        };
        let saved = || {
            let places = context.places().ok()?;
            let profile = others::saved(&places).into_iter().map(|(_, profile)| profile);
            profile
                .filter(|profile| profile.sender.address.ascii_domain() == ascii(&domain))
                .find_map(|profile| provider_of(context, &profile))
        };
        let provider = given.or_else(saved).or_else(|| context.catalog.provider_of_domain(&domain));
        Ok(Self { domain: ascii(&domain), provider, senders: None })
    }

    /// That of a profile.
    pub(super) fn of(context: &'a Context, profile: &Profile, given: Option<&'a Provider>) -> Self {
        let provider = given.or_else(|| provider_of(context, profile));
        Self { domain: profile.sender.address.ascii_domain(), provider, senders: Some(profile.sender.senders) }
    }
}

/// What is to be added counts most; what nobody could say is no "fine".
pub(super) fn exit(report: &DomainReport) -> Exit {
    let is_known = report.is_providers || !report.passes.is_empty();
    match () {
        () if report.lacks() => Exit::Failed,
        () if report.is_unanswered() || !is_known => Exit::TempFail,
        () => Exit::Ok,
    }
}

fn is_profile(context: &Context, typed: &str) -> bool {
    let names = context.places().map(|places| host::profiles::names(&places).unwrap_or_default());
    names.is_ok_and(|names| names.iter().any(|name| name == typed))
}

fn provider_of<'a>(context: &'a Context, profile: &Profile) -> Option<&'a Provider> {
    context.catalog.provider(profile.smtp.provider.as_deref()?)
}

/// A domain in the form that DNS takes (RFC 5891).
fn ascii(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned())
}
