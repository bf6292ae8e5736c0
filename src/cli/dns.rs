//! `dns`: what the sender's domain publishes for the way that its mail takes, and what is to be added.

mod document;
mod words;

#[cfg(feature = "discover")]
use std::time::{Duration, Instant, SystemTime};

use super::{commands, context::Context};
#[cfg(feature = "discover")]
use crate::{
    discover::TimedLookup,
    dns::{DnsKind, DnsLookup, DnsRecord, DomainQuestion, judge},
};
use crate::{
    dns::DomainReport,
    error::{Error, Exit},
    host,
    mail::{Address, Profile, host::parse_host, reply::escape, value::ValueFault as _},
    phrase,
    presets::Provider,
};

/// Whose mail, by which way.
struct MailWay<'a> {
    /// The domain of From, in ASCII.
    domain: String,
    provider: Option<&'a Provider>,
}

/// Looks at a domain's records and says what they mean.
pub(super) fn run(context: &Context, typed: Option<&str>) -> Result<Exit, Error> {
    let mut way = way(context, typed)?;
    let report = look(context, &mut way)?;
    if context.json {
        context.out(&document::of(&context.text, way.provider, &report).to_string())?;
    } else {
        for line in words::lines(&context.text, way.provider, &report) {
            context.out(&line)?;
        }
    }
    Ok(exit(&report))
}

/// What is to be added counts most; what nobody could say is no "fine".
fn exit(report: &DomainReport) -> Exit {
    let is_known = report.is_providers || !report.passes.is_empty();
    match () {
        () if report.lacks() => Exit::Failed,
        () if report.is_unanswered() || !is_known => Exit::TempFail,
        () => Exit::Ok,
    }
}

/// The domain and the provider of what was typed: an address, a domain, or a profile's name; nothing: the profile.
fn way<'a>(context: &'a Context, typed: Option<&str>) -> Result<MailWay<'a>, Error> {
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
        Some(typed) if typed.contains('.') => parse_host(typed).map_err(|fault| {
            Error::new(Exit::Usage, phrase!("cli-bad-answer", name = "DOMAIN", why = context.text.say(&fault.phrase())))
        })?,
        profile => {
            let (_, profile) = commands::chosen(context, profile)?;
            let provider = given.or_else(|| provider_of(context, &profile));
            return Ok(MailWay { domain: ascii(profile.sender.address.domain()), provider });
        }
    };
    let saved = || {
        let places = context.places().ok()?;
        let profiles = host::profiles::list(&places).unwrap_or_default();
        let profile = profiles.into_iter().filter_map(|(_, profile)| profile.ok());
        profile
            .filter(|profile| profile.sender.address.domain() == domain)
            .find_map(|profile| provider_of(context, &profile))
    };
    let provider = given.or_else(saved).or_else(|| context.catalog.provider_of_domain(&domain));
    Ok(MailWay { domain: ascii(&domain), provider })
}

fn provider_of<'a>(context: &'a Context, profile: &Profile) -> Option<&'a Provider> {
    context.catalog.provider(profile.smtp.provider.as_deref()?)
}

/// A domain in the form that DNS takes (RFC 5891).
fn ascii(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned())
}

/// This build asks no server.
#[cfg(not(feature = "discover"))]
fn look(_: &Context, way: &mut MailWay<'_>) -> Result<DomainReport, Error> {
    Err(Error::new(Exit::Unavailable, phrase!("dns-cannot-look", domain = escape(&way.domain))))
}

/// Longest time for all questions.
#[cfg(feature = "discover")]
const DEADLINE: Duration = Duration::from_secs(20);

/// Asks the name servers. Where nobody said by which provider mail goes, it is the one who takes the domain's mail.
#[cfg(feature = "discover")]
fn look<'a>(context: &'a Context, way: &mut MailWay<'a>) -> Result<DomainReport, Error> {
    let servers = context.names.servers();
    let patience = if context.inputs.get("timeout").is_some() { context.timeout()? } else { DEADLINE };
    let dns = TimedLookup { servers: &servers, until: Instant::now() + patience };
    if way.provider.is_none() {
        way.provider = provider_by_mx(context, &way.domain, &dns);
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Ok(judge(&DomainQuestion { domain: &way.domain, provider: way.provider, catalog: &context.catalog, now }, &dns))
}

#[cfg(feature = "discover")]
fn provider_by_mx<'a>(context: &'a Context, domain: &str, dns: &dyn DnsLookup) -> Option<&'a Provider> {
    let host = |record| if let DnsRecord::Mx(preference, host) = record { Some((preference, host)) } else { None };
    let mut hosts: Vec<(u16, String)> = dns.records(domain, DnsKind::Mx).ok()?.into_iter().filter_map(host).collect();
    hosts.sort();
    hosts.iter().find_map(|(_, host)| context.catalog.provider_of_mx(host))
}
