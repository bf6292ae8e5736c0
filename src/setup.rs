//! The conversation: one pure state machine that holds the answers and can always say what it wants next.
//!
//! [`Setup::status`] says what is next, [`Setup::update`] takes what happened. Values that nobody gave are derived from the
//! preset, the facts and the other answers, each time anew: a changed answer can leave nothing stale. Results of effects are
//! kept together with what they were made from, and are forgotten as soon as that differs.

pub mod effect;
pub mod field;
pub mod question;

pub use effect::{Dial, Effect, Given, Letter, Outcome, Proof, Trouble, Work, Write, Written, WrittenFile};
pub use field::{FIELDS, Field, Shape, Spec};
pub use question::{Advice, Choice, Question};

/// A step of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Who the mail comes from.
    Sender,
    /// Which provider.
    Provider,
    /// Host, port and encryption.
    Server,
    /// User name and password.
    Password,
    /// The live test.
    Test,
    /// Targets, review, writing.
    Write,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 6] = [Self::Sender, Self::Provider, Self::Server, Self::Password, Self::Test, Self::Write];
}

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A flag.
    Flag,
    /// An environment variable.
    Env,
    /// The answers file.
    File,
    /// A saved profile.
    Profile,
    /// The person, in this conversation.
    Asked,
    /// A fix that a diagnosis proposed and the person took.
    Fix,
    /// The provider's preset.
    Preset,
    /// The other answers, or a default.
    Default,
}

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
    Secret(Given),
    /// Back to the value that the preset, the facts and the other answers give.
    Clear(Field),
    /// Ask this field next.
    Go(Field),
    /// To the question before.
    Back,
    /// Take the diagnosis's change and test again.
    Fix,
    /// Test again.
    Retry,
    /// Go on though the test failed.
    Force,
    /// Stop the running effect and go back to where it was started from.
    Stop,
    /// What came of an effect.
    Finished(u64, Outcome),
    /// The person leaves.
    Cancel,
}

/// Why an answer was not taken: nothing else changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field.
    pub field: Field,
    /// What is wrong and how to mend it.
    pub phrase: crate::presets::Phrase,
}

/// How a step of the rail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// All that it asks is answered.
    Done,
    /// It is where the person is.
    Current,
    /// It comes later.
    Ahead,
    /// It is where the person is, and its test failed.
    Failed,
}

/// A field on a step's page, or in the list of all answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The field.
    pub field: Field,
    /// Its label.
    pub label: String,
    /// Its value as a person may see it; a secret is dots, an empty one is empty.
    pub value: String,
    /// Where the value comes from; `None` when it has none yet.
    pub source: Option<Source>,
}

/// A climb as it goes on, or as it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// What is climbed.
    pub dial: Dial,
    /// The stages as they are now.
    pub steps: Vec<crate::probe::Step>,
    /// The report, when it is over.
    pub report: Option<crate::probe::Report>,
    /// Why it failed, and what to do.
    pub diagnosis: Option<crate::diagnose::Diagnosis>,
}
