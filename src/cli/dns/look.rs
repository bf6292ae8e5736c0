//! Asks the name servers, once or until all is right.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::way::{MailWay, exit};
#[cfg(feature = "discover")]
use crate::discover::DomainLook;
#[cfg(not(feature = "discover"))]
use crate::dns::shown;
use crate::{
    cli::{context::Context, name_server::AskedNames},
    dns::DomainReport,
    error::{Error, Exit},
    phrase,
    presets::{Catalog, Provider},
};

/// Longest time for all questions of one look.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longest wait until all is right.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Shortest and longest pause between two looks, in seconds: a resolver keeps an answer for as long as DNS says, and may forget it
/// before.
const PAUSES: (u32, u32) = (1, 300);

/// The pause where nobody answered.
const PAUSE: u32 = 30;

/// Asks name servers.
pub(super) struct Looker<'a> {
    catalog: &'a Catalog,
    names: AskedNames,
    /// What was given with `--timeout`.
    timeout: Option<Duration>,
}

impl<'a> Looker<'a> {
    /// Asks the server that was named, or those of this machine.
    pub(super) fn new(context: &'a Context) -> Result<Self, Error> {
        let timeout = context.inputs.get("timeout").map(|_| context.timeout()).transpose()?;
        Ok(Self { catalog: &context.catalog, names: context.names, timeout })
    }

    /// Looks once. Where nobody said by which provider mail goes, it is the one who takes the domain's mail.
    pub(super) fn look(&self, way: &mut MailWay<'a>) -> Result<DomainReport, Error> {
        self.look_for(way, self.timeout.unwrap_or(PATIENCE))
    }

    fn look_for(&self, way: &mut MailWay<'a>, patience: Duration) -> Result<DomainReport, Error> {
        let (provider, report) = ask(self.catalog, self.names, way, patience)?;
        way.provider = provider;
        Ok(report)
    }

    /// Looks until all is right, or until the time is over.
    pub(super) fn wait(&self, context: &Context, way: &mut MailWay<'a>) -> Result<DomainReport, Error> {
        let longest = self.timeout.unwrap_or(LONGEST_WAIT);
        let until = Instant::now() + longest;
        loop {
            // The last look has as much time as the others.
            let report = self.look_for(way, longest.min(PATIENCE))?;
            let left = until.saturating_duration_since(Instant::now());
            if exit(&report) == Exit::Ok || left.is_zero() {
                return Ok(report);
            }
            let seconds = report.wait.unwrap_or(PAUSE).clamp(PAUSES.0, PAUSES.1);
            let pause = Duration::from_secs(seconds.into()).min(left);
            context.say_phrase(&phrase!(
                "dns-waiting",
                seconds = pause.as_secs().max(1),
                minutes = left.as_secs().div_ceil(60).max(1)
            ));
            thread::sleep(pause);
        }
    }
}

type Looked<'a> = (Option<&'a Provider>, DomainReport);

/// Asks name servers that are new each time: they remember what they said.
#[cfg(feature = "discover")]
#[expect(clippy::unnecessary_wraps, reason = "a build without discovery refuses")]
fn ask<'a>(catalog: &'a Catalog, names: AskedNames, way: &MailWay<'a>, patience: Duration) -> Result<Looked<'a>, Error> {
    Ok(DomainLook { domain: &way.domain, provider: way.provider, catalog, patience }.at(&names.servers()))
}

/// This build asks no server.
#[cfg(not(feature = "discover"))]
fn ask<'a>(_: &'a Catalog, _: AskedNames, way: &MailWay<'a>, _: Duration) -> Result<Looked<'a>, Error> {
    Err(Error::new(Exit::Unavailable, phrase!("dns-cannot-look", domain = shown(&way.domain))))
}
