//! What the receiver said of a message, read from its headers. Pure: no network, no files.
//!
//! [`headers`] unfolds what was pasted or saved, [`hops`] reads the way that the message took, [`results`] reads
//! `Authentication-Results` (RFC 8601) in every shape that receivers give it, [`trust`] tells the receiver's own lines from those
//! that came with the message, [`spam`] reads the marks of filters. [`verdict`] puts them together, [`advice`] says what to change.

mod advice;
mod date;
mod headers;
mod hops;
mod results;
mod spam;
mod trust;
mod verdict;

pub use self::{
    advice::{ArrivalAdvice, advice},
    headers::NoMessage,
    hops::{Hop, HopTls},
    results::{AuthResults, MethodResult},
    spam::SpamMark,
    trust::Unbelieved,
    verdict::{Alignment, Arrival, ArrivalOutcome, DkimVerdict, SpfVerdict},
};
