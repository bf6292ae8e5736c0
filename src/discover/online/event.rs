//! What happens during a search: answers of DNS, documents, and servers that were tried.

use std::net::IpAddr;

use super::{Mx, NameFault, ServerCheck, Srv, guess::GuessedNames, srv::Service, web::WebFinding};
use crate::mail::Endpoint;

/// What happens during a search.
pub(super) enum SearchEvent {
    Mx(Result<Vec<Mx>, NameFault>),
    Srv(Service, Result<Vec<Srv>, NameFault>),
    /// A document's place in the order of preference, and what was found there.
    Document(u8, WebFinding),
    Names(GuessedNames),
    Addresses(String, Vec<IpAddr>),
    Tried(Endpoint, ServerCheck),
    Cancelled,
}
