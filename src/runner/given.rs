//! What a front door gives the runner: a demo has a folder and a domain of its own.

use crate::{
    host,
    plan::{Places, Scope},
    setup::{DomainFinding, SenderDomain},
};

/// Where things are for a scope.
pub type PlacesOf = dyn Fn(Scope) -> Result<Places, host::HostError> + Send + Sync;

/// Looks at the records of a sender's domain; none where nobody can be asked.
pub type DomainOf = dyn Fn(&SenderDomain) -> Option<DomainFinding> + Send + Sync;
