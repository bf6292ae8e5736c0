//! A live test of a mail server: an attempt passes stage after stage, on blocking sockets and rustls.
//!
//! The task ([`Attempt`]), its progress ([`StageReport`]) and its result ([`Report`]) are plain data in `attempt`, [`stage`], [`evidence`]
//! and [`report`]. Only `race` and `egress` open sockets, and `web` by a library; only `tunnel` and `wire` use them, the latter through
//! [`stream`]; `session` speaks the commands, `auth` the logins, `scram` the one that is computed, `envelope` the message; `run` puts them
//! in order. [`imap`] does the same for IMAP on the same floor. [`survey`](mod@survey) tries several ports at once.

pub mod egress;
pub mod evidence;
pub mod imap;
pub mod message;
pub mod report;
pub mod stage;
pub mod stream;
pub mod survey;

mod attempt;
mod auth;
mod cancel;
mod capabilities;
mod certificate;
mod client;
mod envelope;
mod parse;
mod pin;
mod race;
mod record;
mod resolve;
mod run;
mod scram;
mod session;
mod sighting;
mod tls;
mod transcript;
mod tunnel;
mod tunnel_fault;
#[cfg(feature = "web")]
mod web;
mod wire;

pub use attempt::{Attempt, Goal, Login, OtherSender, Outgoing, ServerTrust, TlsVersion};
pub use cancel::Cancel;
pub use capabilities::Capabilities;
pub use certificate::{CertificateFacts, sha256_of_hex};
pub use client::{ClientFault, ClientIdentity};
pub use egress::{Egress, egress};
pub use evidence::{ArrivalFault, CertFault, Evidence, ProbeFault};
pub use message::{MessageFault, MessageSpec, test_message, token};
pub use report::{RefusedSender, Report, Transcript};
pub use resolve::{DnsFault, Resolve, SystemResolver};
pub use run::{attempt, attempt_over, not_begun};
pub use sighting::{MailFolder, MessageSearch, Sighting};
pub use stage::{Learned, Stage, StageReport, StageState};
pub use stream::Stream;
pub use survey::survey;
pub use tls::{authorities, check_ca};
pub use tunnel::tunnel;
pub use tunnel_fault::{TunnelFault, TunnelFaultKind};
#[cfg(feature = "web")]
pub use web::{PlainReach, WebWay};
