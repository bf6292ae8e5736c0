//! What goes in and out of the conversation: messages, refusals, and what it wants next.

use super::{
    effect::{Effect, GivenSecret, Outcome},
    field::Field,
    question::Question,
};
use crate::presets::Phrase;

/// What is next.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// A question for the person.
    Ask(Box<Question>),
    /// Work for the runner.
    Run(Effect),
    /// Everything is done.
    Done,
    /// The person left.
    Cancelled,
}

/// What happened.
#[derive(Debug)]
pub enum Msg {
    /// An answer, as typed or chosen; for `Many`, words joined by commas; for `Confirm`, `yes` or `no`.
    Answer(Field, String),
    /// The password.
    Secret(GivenSecret),
    /// Back to the value that the preset, the facts and the other answers give.
    Clear(Field),
    /// Ask this field next.
    Go(Field),
    /// To the question before.
    Back,
    /// Take the diagnosis's change and test again. One that a person has to look at first is left.
    Fix,
    /// Take the diagnosis's change, which a person has looked at, and test again.
    Trust,
    /// Test again.
    Retry,
    /// Go on though the test failed.
    Force,
    /// Stop the running effect and return to where it was started.
    Stop,
    /// The result of an effect.
    Finished(u64, Outcome),
    /// The person leaves.
    Cancel,
    /// The person is gone: the line was dropped, or the system is shutting down.
    Lost,
}

/// Why an answer was refused: nothing else changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field.
    pub field: Field,
    /// What is wrong and how to fix it.
    pub phrase: Phrase,
}
