//! `dns`: what the sender's domain publishes for the way that its mail takes, and what is to be added.

mod document;
mod formats;
mod look;
mod way;

use std::io::{self, IsTerminal as _};

use serde_json::Value;

use self::{
    look::Looker,
    way::{MailWay, exit},
};
use super::{context::Context, layout};
use crate::{
    dns::DomainReport,
    error::{Error, Exit},
    frontend::lines::wait_for_enter,
    mail::Profile,
    presets::DnsHost,
    render::domain,
};
pub(super) use formats::RecordFormat;

/// How to look, and what to print.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DnsOptions {
    /// Print the records to add in this format.
    pub(super) format: Option<RecordFormat>,
    /// Look again until all is right.
    pub(super) waits: bool,
}

/// Looks at a domain's records and says what they mean.
pub(super) fn run(context: &Context, typed: Option<&str>, options: DnsOptions) -> Result<Exit, Error> {
    let mut way = MailWay::typed(context, typed)?;
    let looker = Looker::new(context)?;
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
    let mut way = MailWay::of(context, profile, None);
    let report = Looker::new(context)?.look(&mut way)?;
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
