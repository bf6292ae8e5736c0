//! `dns`: what the sender's domain publishes for the way that its mail takes, and what is to be added.

mod document;
mod formats;
#[cfg(feature = "discover")]
mod look;
#[cfg(not(feature = "discover"))]
#[path = "dns/no_look.rs"]
mod look;

use std::io::{self, IsTerminal as _};

use serde_json::Value;

use self::look::Looker;
use super::{commands, context::Context, layout};
use crate::{
    dns::DomainReport,
    error::{Error, Exit},
    frontend::lines::wait_for_enter,
    host,
    mail::{Address, Profile, Senders, host::parse_host, reply::escape, value::ValueFault as _},
    phrase,
    presets::{DnsHost, Provider},
    render::domain,
};
pub(super) use formats::RecordFormat;

/// Whose mail, by which way.
struct MailWay<'a> {
    /// The domain of From, in ASCII.
    domain: String,
    provider: Option<&'a Provider>,
    /// Which senders leave; none where no profile says so.
    senders: Option<Senders>,
}

/// How to look, and what to print.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DnsOptions<'a> {
    /// The name server to ask, as it was typed.
    pub(super) name_server: Option<&'a str>,
    /// Print the records to add in this format.
    pub(super) format: Option<RecordFormat>,
    /// Look again until all is right.
    pub(super) waits: bool,
}

/// Looks at a domain's records and says what they mean.
pub(super) fn run(context: &Context, typed: Option<&str>, options: DnsOptions<'_>) -> Result<Exit, Error> {
    let mut way = way(context, typed)?;
    let looker = Looker::new(context, options.name_server)?;
    let mut report = if options.waits { looker.wait(context, &mut way)? } else { looker.look(&mut way)? };
    loop {
        print(context, &way, &report, options.format)?;
        let is_seen = context.may_ask() && io::stdout().is_terminal();
        let asks = report.lacks() && is_seen && !options.waits && options.format.is_none();
        if !asks || !wait_for_enter(&context.text.get("dns-again")).unwrap_or(false) {
            return Ok(exit(&report));
        }
        report = looker.look(&mut way)?;
    }
}

/// The same for a profile's check: the report's document, and how it ends. What is not right is said.
pub(super) fn check(context: &Context, profile: &Profile) -> Result<(Value, Exit), Error> {
    let mut way = way_of(context, profile, None);
    let report = Looker::new(context, None)?.look(&mut way)?;
    let exit = exit(&report);
    if !context.json {
        let lines = lines(context, &way, &report);
        if exit == Exit::Ok { context.say_all(lines) } else { context.warn_all(lines) }
    }
    Ok((document::of(&context.text, way.provider, host_of(context, &report), &report), exit))
}

fn print(context: &Context, way: &MailWay<'_>, report: &DomainReport, format: Option<RecordFormat>) -> Result<(), Error> {
    if let Some(format) = format {
        context.say(&domain::verdict(&context.text, way.provider.map(|provider| provider.name.as_str()), report));
        let records = format.write(&context.text, report);
        return if records.is_empty() { Ok(()) } else { context.out(records.trim_end()) };
    }
    if context.json {
        let document = document::of(&context.text, way.provider, host_of(context, report), report);
        return context.out(&document.to_string());
    }
    lines(context, way, report).iter().try_for_each(|line| context.out(line))
}

fn host_of<'a>(context: &'a Context, report: &DomainReport) -> Option<&'a DnsHost> {
    context.catalog.dns_host_of(&report.zone.as_ref()?.name_servers)
}

/// The report for a person.
fn lines(context: &Context, way: &MailWay<'_>, report: &DomainReport) -> Vec<String> {
    let text = &context.text;
    let verdict = domain::verdict(text, way.provider.map(|provider| provider.name.as_str()), report);
    let mut lines = layout::hanging(&verdict, layout::COLUMNS);
    lines.push(String::new());
    let rows: Vec<(String, String)> =
        domain::rows(text, report).into_iter().map(|(mark, label, why)| (format!("  {mark} {label}"), why)).collect();
    let left = layout::left(rows.iter().map(|(label, _)| label));
    for (label, why) in &rows {
        lines.extend(layout::row(label, &[why], left));
    }
    let mut notes: Vec<String> = report.notes.iter().map(|note| text.say(note)).collect();
    if way.senders.is_some_and(|senders| senders.is_any()) {
        notes.push(text.get("dns-senders-any"));
    }
    if !notes.is_empty() {
        lines.push(String::new());
    }
    lines.extend(notes.iter().flat_map(|note| layout::hanging(&format!("! {note}"), layout::COLUMNS)));
    let host = host_of(context, report);
    let records = domain::records(text, host, report);
    if !records.is_empty() {
        lines.push(String::new());
        lines.extend(layout::hanging(&domain::heading(text, host, report), layout::COLUMNS));
        // A record is one line, however long: it is copied.
        lines.extend(records.iter().map(|record| format!("  {record}")));
        lines.extend(domain::wait(text, report).into_iter().flat_map(|said| layout::hanging(&said, layout::COLUMNS)));
    }
    lines
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
            return Ok(way_of(context, &profile, given));
        }
    };
    let saved = || {
        let places = context.places().ok()?;
        let profiles = host::profiles::list(&places).unwrap_or_default();
        let profile = profiles.into_iter().filter_map(|(_, profile)| profile.ok());
        profile
            .filter(|profile| ascii(profile.sender.address.domain()) == ascii(&domain))
            .find_map(|profile| provider_of(context, &profile))
    };
    let provider = given.or_else(saved).or_else(|| context.catalog.provider_of_domain(&domain));
    Ok(MailWay { domain: ascii(&domain), provider, senders: None })
}

fn way_of<'a>(context: &'a Context, profile: &Profile, given: Option<&'a Provider>) -> MailWay<'a> {
    let provider = given.or_else(|| provider_of(context, profile));
    MailWay { domain: ascii(profile.sender.address.domain()), provider, senders: Some(profile.sender.senders) }
}

fn provider_of<'a>(context: &'a Context, profile: &Profile) -> Option<&'a Provider> {
    context.catalog.provider(profile.smtp.provider.as_deref()?)
}

/// A domain in the form that DNS takes (RFC 5891).
fn ascii(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned())
}
