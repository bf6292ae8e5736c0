//! The JSON document of an address.

use std::io::Write;

use serde::Serialize;

use super::super::context::{Context, written};
use crate::{
    discover::{Discovery, DomainFault, Proposal, Server, ServerCheck},
    error::Error,
    mail::{Address, Endpoint, Security, reply::escape_json},
    presets::Phrase,
};

/// What a line says.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    address: String,
    provider: Option<&'a str>,
    source: &'static str,
    smtp: Vec<ServerDocument<'a>>,
    imap: Vec<ReadingDocument<'a>>,
    username: Option<&'a str>,
    warnings: Vec<String>,
    consents: Vec<&'static str>,
    notes: Vec<String>,
    found_at: Option<&'a str>,
    gateway: Option<&'a str>,
    fault: Option<&'static str>,
    others: Vec<OtherDocument<'a>>,
}

#[derive(Serialize)]
struct ServerDocument<'a> {
    host: &'a str,
    port: u16,
    security: Security,
    check: &'static str,
}

/// An IMAP server; `check` where it was tried.
#[derive(Serialize)]
struct ReadingDocument<'a> {
    host: &'a str,
    port: u16,
    security: Security,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<&'static str>,
}

/// A proposal that is not the best one.
#[derive(Serialize)]
struct OtherDocument<'a> {
    source: &'static str,
    found_at: Option<&'a str>,
    smtp: Vec<ServerDocument<'a>>,
    consents: Vec<&'static str>,
}

impl Document<'_> {
    pub(super) fn write(&self, out: &mut impl Write) -> Result<(), Error> {
        let json = serde_json::to_string(self).map_err(Into::into);
        written(json.and_then(|json| writeln!(out, "{}", escape_json(&json))))
    }
}

/// The document of an address: what was found, with the IMAP servers as they were tried.
pub(super) fn of<'a>(
    context: &'a Context,
    address: &Address,
    (found, imap): (&'a Discovery, &'a [Server]),
    slip: Option<&Phrase>,
) -> Document<'a> {
    let say = |phrases: &[_]| phrases.iter().map(|phrase| context.text.say(phrase)).collect::<Vec<_>>();
    let best = found.best();
    let mut warnings: Vec<String> = slip.iter().map(|slip| context.text.say(slip)).collect();
    warnings.extend(best.map(|best| say(&best.warnings)).unwrap_or_default());
    let provider = best.and_then(|best| best.provider.as_deref());
    if let Some(provider) = provider.and_then(|key| context.catalog.provider(key)) {
        warnings.extend_from_slice(&provider.guidance(context.lang()).warnings);
    }
    Document {
        address: address.to_string(),
        provider,
        source: best.map_or("none", |best| best.origin.as_str()),
        smtp: best.map(servers).unwrap_or_default(),
        imap: imap.iter().map(reading).collect(),
        username: best.map(|best| best.username.as_str()),
        warnings,
        consents: best.map(consents).unwrap_or_default(),
        notes: say(&found.notes),
        found_at: best.and_then(|best| best.found_at.as_deref()),
        gateway: found.gateway.as_deref(),
        fault: found.fault.map(DomainFault::as_str),
        others: found.proposals.iter().skip(1).map(other).collect(),
    }
}

/// The document of what is no address.
pub(super) fn of_nothing<'a>(typed: &str, why: &str) -> Document<'a> {
    Document {
        address: typed.to_owned(),
        provider: None,
        source: "none",
        smtp: Vec::new(),
        imap: Vec::new(),
        username: None,
        warnings: vec![why.to_owned()],
        consents: Vec::new(),
        notes: Vec::new(),
        found_at: None,
        gateway: None,
        fault: None,
        others: Vec::new(),
    }
}

fn other(proposal: &Proposal) -> OtherDocument<'_> {
    let found_at = proposal.found_at.as_deref();
    OtherDocument { source: proposal.origin.as_str(), found_at, smtp: servers(proposal), consents: consents(proposal) }
}

/// Those that answered as they should first, each part in its order.
fn servers(proposal: &Proposal) -> Vec<ServerDocument<'_>> {
    let (passed, others): (Vec<_>, Vec<_>) =
        proposal.smtp.iter().partition(|server| matches!(server.check, ServerCheck::Passed(_)));
    passed.into_iter().chain(others).map(server).collect()
}

fn server(server: &Server) -> ServerDocument<'_> {
    let Endpoint { host, port, security } = &server.endpoint;
    ServerDocument { host, port: *port, security: *security, check: server.check.as_str() }
}

fn reading(server: &Server) -> ReadingDocument<'_> {
    let Endpoint { host, port, security } = &server.endpoint;
    let check = Some(&server.check).filter(|check| **check != ServerCheck::Unchecked).map(ServerCheck::as_str);
    ReadingDocument { host, port: *port, security: *security, check }
}

fn consents(proposal: &Proposal) -> Vec<&'static str> {
    proposal.consents.iter().map(|consent| consent.as_str()).collect()
}
