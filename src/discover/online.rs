//! The search beyond this machine: DNS, the domain's own hosts, and which servers answer. A build without the feature `discover`
//! lacks all of it.

pub mod autoconfig;
mod confirm;
mod dns;
mod domain;
mod event;
mod guess;
mod http;
mod mx;
mod rank;
mod search;
mod srv;
mod suggestions;
mod task;
mod web;
mod xml;

pub use dns::{NameServers, TimedLookup};
pub use domain::DomainLook;
pub(super) use search::online;

use super::{
    Consent, Discovery, DnsClient, DomainFault, LoginName, Mx, NameFault, Net, Origin, Proposal, Reach, Search, Server,
    ServerCheck, Srv, known,
};
