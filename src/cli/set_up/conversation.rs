//! A conversation with what it runs on.

use super::{super::context::Context, scratch::Scratch};
use crate::{
    error::{Error, Exit},
    frontend::Sidecar,
    phrase,
    runner::Runner,
    setup::{AnswerSource, Invalid, Setup},
};

/// A conversation with what it runs on.
pub(super) struct Conversation {
    pub(super) setup: Setup,
    pub(super) runner: Runner,
    pub(super) sidecar: Option<Box<dyn Sidecar>>,
    /// The demo's folder.
    pub(super) scratch: Option<Scratch>,
}

/// The error for an answer that was given in advance and is refused.
pub(super) fn bad_answer(invalid: &Invalid, source: AnswerSource, context: &Context) -> Error {
    let exit = if source == AnswerSource::File { Exit::Data } else { Exit::Usage };
    let name = match source {
        AnswerSource::Env => invalid.field.variable(),
        AnswerSource::File => invalid.field.key().to_owned(),
        _ => invalid.field.flag(),
    };
    Error::new(exit, phrase!("cli-bad-answer", name = name, why = context.text.say(&invalid.phrase)))
}
