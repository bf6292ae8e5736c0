//! This build asks no name server.

use super::MailWay;
use crate::{
    cli::context::Context,
    dns::{DomainReport, shown},
    error::{Error, Exit},
    phrase,
};

/// Asks nobody.
pub(super) struct Looker;

impl Looker {
    pub(super) const fn new(_: &Context, _: Option<&str>) -> Result<Self, Error> {
        Ok(Self)
    }

    pub(super) fn look(&self, way: &mut MailWay<'_>) -> Result<DomainReport, Error> {
        Err(Error::new(Exit::Unavailable, phrase!("dns-cannot-look", domain = shown(&way.domain))))
    }

    pub(super) fn wait(&self, _: &Context, way: &mut MailWay<'_>) -> Result<DomainReport, Error> {
        self.look(way)
    }
}
