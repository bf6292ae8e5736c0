//! The conversation: one pure state machine that holds the answers and can always say what it wants next.
//!
//! [`Setup::status`] says what is next, [`Setup::update`] takes what happened. Answers are typed ([`AnswerValue`]); what depends on
//! the field alone is one table, a row a field ([`Field::spec`]). Values without an answer follow from the preset, the facts
//! and the other answers, each time anew: a changed answer leaves nothing stale. Results of effects are kept together with
//! what they were made from, and are forgotten as soon as that differs.

mod answers;
mod arrival;
mod ask;
mod authorization;
mod authorization_request;
mod belonging;
mod columns;
mod command;
mod discovery;
mod domain;
pub mod effect;
mod errand;
mod facts;
pub mod field;
mod home;
mod import;
mod imported;
mod msg;
mod outline;
mod outlook;
mod parsing;
mod profile;
mod programs;
pub mod question;
mod remember;
mod requests;
mod results;
mod resume;
mod rows;
mod saved_profile;
mod search;
mod source;
mod spec;
mod state;
mod step;
mod task;
mod update;
mod value;
mod view;

pub use authorization_request::AuthorizationRequest;
pub use domain::{DomainFinding, SenderDomain};
pub use effect::{
    ArrivalSpec, AttemptKind, ConnectSpec, Effect, Followed, GivenSecret, Outcome, Proof, ReadingProgram, SecretReader,
    SendingProgram, TestMessage, UsableStores, Work, WorkFault, WriteRequest, WriteResult, WrittenFile,
};
pub use errand::{Errand, HomeAction, HomeProfile};
pub use facts::{SetupFacts, SetupOptions};
pub use field::{Field, FieldShape, FieldTrait};
pub use import::Import;
pub use msg::{Invalid, Msg, Status};
pub use profile::saved_answers;
pub use programs::{refused_programs, tries_programs};
pub use question::{Advice, Choice, Question};
pub use results::judged;
pub use resume::{SavedAnswer, SavedConversation};
pub use saved_profile::SavedProfile;
pub use search::ProposedServer;
pub use source::AnswerSource;
pub use spec::Spec;
pub use state::Setup;
pub use step::SetupStep;
pub use value::AnswerValue;
pub use view::{AnswerRow, LiveTest, StepMark};
