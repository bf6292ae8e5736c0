//! What mailsetup knows, as files: providers, targets, causes and texts, embedded in the binary.
//!
//! A person's own file in the configuration folder wins over the built-in one of the same name. `presets/README.md` lists
//! every field of every kind of file.

pub mod by_lang;
pub mod cause;
pub mod distribution;
pub mod dns_host;
pub mod egress;
pub mod family;
pub mod gateways;
pub mod lang;
pub mod languages;
pub mod machines;
pub mod programs;
pub mod provider;
pub mod receiver;
pub mod table;
pub mod target;
pub mod text;
pub mod words;

mod belonging;
mod builtin;
mod catalog;
mod check;
mod checked;
mod fault;
mod marks;
mod own_file;
mod parse;
mod sentences;
mod text_check;

pub use belonging::{belonging, is_anothers};
pub use by_lang::ByLang;
pub use catalog::{Catalog, Fact, FactKind};
pub use cause::{Cause, CauseRules};
pub use distribution::Distribution;
pub use dns_host::DnsHost;
pub use egress::EgressFacts;
pub use family::Family;
pub use fault::{OwnFault, PresetCause, PresetFault};
pub use gateways::Gateways;
pub use lang::Lang;
pub use languages::Languages;
pub use marks::Marks;
pub use parse::{PresetSource, parse};
pub use programs::Programs;
pub use provider::{Provider, SenderRule};
pub use receiver::Receiver;
pub use target::Target;
pub use text::Text;
pub use words::Words;

pub(crate) use check::unknown_parts;
pub(crate) use checked::months_between;

pub use crate::{mail::word::nearest, phrase::Phrase};
