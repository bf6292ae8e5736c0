//! The conversation: one pure state machine that holds the answers and can always say what it wants next.
//!
//! [`Setup::status`] says what is next, [`Setup::update`] takes what happened. Values that nobody gave are derived from the
//! preset, the facts and the other answers, each time anew: a changed answer can leave nothing stale. Results of effects are
//! kept together with what they were made from, and are forgotten as soon as that differs.

mod answers;
mod ask;
mod command;
pub mod effect;
pub mod field;
mod found;
mod import;
mod memory;
mod orders;
mod outline;
pub mod question;
mod slot;
mod update;
mod validate;
mod view;

use std::{collections::BTreeMap, rc::Rc, sync::Arc, time::Duration};

pub use effect::{
    Climbing, Dial, Effect, Given, Letter, Outcome, Own, Proof, Reading, Stores, Trouble, Work, Write, Written, WrittenFile,
};
pub use field::{FIELDS, Field, Shape, Spec};
pub use import::Import;
pub use memory::{Memory, Remembered};
pub use question::{Advice, Choice, Question};

use crate::{
    diagnose::Diagnosis,
    discover::{Discovery, Reach, Search},
    mail::{Endpoint, Secret},
    plan::{Order, Plan},
    presets::{Catalog, Phrase, Text},
    probe::Report,
};
use answers::{Answer, Answers};
use slot::Slot;

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
    /// What is known or was found out about the address's domain.
    Discovered,
    /// The settings of a program here that the person starts from.
    Imported,
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
    /// Nobody is there any more: the line was dropped, or the system goes down.
    Lost,
}

/// Why an answer was not taken: nothing else changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field.
    pub field: Field,
    /// What is wrong and how to mend it.
    pub phrase: Phrase,
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

/// What the conversation knows of the machine, learned at the edge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The machine's short name.
    pub host_name: String,
    /// The machine's full name, when it has one.
    pub full_name: Option<String>,
    /// The person is root.
    pub is_root: bool,
    /// Targets whose consumer is installed here: the default of the question for targets.
    pub suggested_targets: Vec<String>,
    /// An address to propose, when one is known beforehand.
    pub suggested_address: Option<String>,
    /// Where root's mail goes by `/etc/aliases`, as it stands there.
    pub root_mail: Option<String>,
    /// What the equivalent command begins with: `mailsetup`, or `mailsetup --demo`.
    pub command: Vec<String>,
    /// The program that consumers run to fetch the secret, with what has to stand in front of its own arguments.
    pub program: Vec<String>,
    /// What a new vault is locked with, by the keys that were given.
    pub lock: crate::mail::KeySlot,
    /// The current folder: relative paths are written as absolute ones.
    pub cwd: std::path::PathBuf,
}

/// How the conversation is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Take defaults without asking: for scripts.
    pub brief: bool,
    /// The word to write was given beforehand.
    pub yes: bool,
    /// Write though the test failed.
    pub force: bool,
    /// Plan and show, but write nothing.
    pub dry_run: bool,
    /// How long one stage of the ladder may take.
    pub timeout: Duration,
    /// How far the settings of an address that nothing is known of are looked for.
    pub reach: Reach,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            brief: false,
            yes: false,
            force: false,
            dry_run: false,
            timeout: Duration::from_secs(10),
            reach: Reach::Offline,
        }
    }
}

/// A finished test.
#[derive(Debug, Clone, PartialEq)]
struct Tested {
    report: Report,
    when: String,
    diagnosis: Option<Diagnosis>,
}

/// The conversation.
#[derive(Debug)]
pub struct Setup {
    text: Rc<Text>,
    options: Options,
    answers: Answers,
    /// Defaults that a person took, with the value that they had: another default is asked again.
    accepted: BTreeMap<Field, String>,
    /// Answers that hung on a provider that is no longer chosen, by its key: they come back with it.
    set_aside: BTreeMap<String, BTreeMap<Field, Answer>>,
    /// Fields that were answered in this conversation, in order: the way back.
    trail: Vec<Field>,
    /// Fields to come again after a step back, next one last.
    ahead: Vec<Field>,
    /// The field that a person went to.
    focus: Option<Field>,
    discovery: Slot<Search, Discovery>,
    fetch: Slot<String, Result<Secret, Phrase>>,
    probe: Slot<Dial, Tested>,
    test: Slot<Dial, Tested>,
    stores: Slot<Reading, Stores>,
    plan: Slot<Order, Result<Plan, Trouble>>,
    write: Slot<Write, Result<Written, Trouble>>,
    /// Who is sending a message after writing.
    sending: Option<Own>,
    /// The test that a person chose to write in spite of.
    forced: Option<u64>,
    /// A conversation that was cut off, to go on from.
    offered: Option<Memory>,
    /// Where TLS came about the last time, as the profile remembers it.
    secured: Option<Endpoint>,
    cancelled: bool,
    lost: bool,
}

impl Setup {
    /// A conversation that knows nothing yet.
    pub fn new(catalog: Arc<Catalog>, text: Rc<Text>, facts: Facts, options: Options) -> Self {
        let answers = Answers::new(catalog, facts, options.brief);
        let mut setup = Self {
            text,
            options,
            answers,
            accepted: BTreeMap::new(),
            set_aside: BTreeMap::new(),
            trail: Vec::new(),
            ahead: Vec::new(),
            focus: None,
            discovery: Slot::default(),
            fetch: Slot::default(),
            probe: Slot::default(),
            test: Slot::default(),
            stores: Slot::default(),
            plan: Slot::default(),
            write: Slot::default(),
            sending: None,
            forced: None,
            offered: None,
            secured: None,
            cancelled: false,
            lost: false,
        };
        setup.stores.want(Some(setup.stores_order()));
        setup
    }

    /// Takes over where TLS came about the last time.
    pub fn remember(&mut self, secured: Option<Endpoint>) {
        self.secured = secured;
    }

    /// What is next.
    pub fn status(&self) -> Status {
        if self.cancelled {
            return Status::Cancelled;
        }
        if matches!(self.write.result(), Some(Ok(_))) {
            return Status::Done;
        }
        if let Some(field) = self.focus {
            return Status::Ask(Box::new(self.ask(field)));
        }
        let open = self.open().next();
        if let Some(run) = self.search_first(open).or_else(|| self.fetch_first(open)) {
            return run;
        }
        // The order of the table is the order of the conversation: effects stand between its steps.
        let before = |step: Step| open.is_none_or(|field| field.spec().step >= step);
        if before(Step::Write)
            && let Some(effect) = self.test.effect(|dial| Work::Test(Box::new(dial.clone())))
        {
            return Status::Run(effect);
        }
        if open.is_none_or(|field| field == Field::Apply) {
            if let Some(effect) = self.plan.effect(|order| Work::Plan(Box::new(order.clone()))) {
                return Status::Run(effect);
            }
            if let Some(trouble) = self.trouble() {
                return Status::Ask(Box::new(self.ask(trouble.field.unwrap_or(Field::Targets))));
            }
            if self.options.dry_run {
                return Status::Done;
            }
            if open.is_none()
                && let Some(effect) = self.write.effect(|write| Work::Apply(Box::new(write.clone())))
            {
                return Status::Run(effect);
            }
        }
        match open {
            Some(field) => Status::Ask(Box::new(self.ask(field))),
            None => Status::Ask(Box::new(self.ask(Field::Apply))),
        }
    }

    /// Work that may go on beside the questions: the search for the address's settings, the command that prints an imported
    /// password, the ladder up to TLS as soon as a server is known, and the stores.
    pub fn background(&self) -> Vec<Effect> {
        let search = self.discovery.effect(|search| Work::Discover(Box::new(search.clone())));
        let probe = self.probe.effect(|dial| Work::Probe(Box::new(dial.clone())));
        let stores = self.stores.effect(|reading| Work::Stores(reading.clone()));
        search.into_iter().chain(self.fetch_effect()).chain(probe).chain(stores).collect()
    }

    /// Fields that a script has to answer before anything can go on: those that are asked and have no value of their own.
    /// What follows from another missing answer is not named.
    pub fn missing(&self) -> Vec<Field> {
        let open: Vec<Field> = self.open().filter(|field| !matches!(field, Field::Recover | Field::Apply)).collect();
        let follows = |field: &Field| match field {
            Field::Host | Field::Security | Field::Port | Field::Username => open.contains(&Field::Provider),
            Field::TestTo => open.contains(&Field::Address),
            _ => false,
        };
        open.iter().copied().filter(|field| !follows(field)).collect()
    }

    /// What would be planned if the test passed: a script has it planned before anything is sent.
    pub fn rehearsal(&self) -> Option<Order> {
        if self.open().any(|field| !matches!(field, Field::Recover | Field::Apply)) {
            None
        } else {
            self.order_as_answered()
        }
    }

    /// Whether the last test of the settings as they are failed and nobody said to go on.
    fn test_failed(&self) -> bool {
        let failed = self.test.result().is_some_and(|tested| !tested.report.passed());
        failed && !self.options.force && self.forced != Some(self.test.generation())
    }
}
