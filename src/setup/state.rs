//! The state of the conversation, and what it wants next.

use std::{collections::BTreeMap, rc::Rc, sync::Arc};

use super::{
    answers::{Answer, Answers},
    authorization_request::AuthorizationRequest,
    domain::{DomainFinding, SenderDomain},
    effect::{ConnectSpec, Effect, SecretReader, SendingProgram, UsableStores, Work, WorkFault, WriteRequest, WriteResult},
    errand::Home,
    facts::{SetupFacts, SetupOptions},
    field::Field,
    msg::Status,
    resume::SavedConversation,
    step::SetupStep,
    task::Task,
    value::{AnswerValue, ProviderChoice},
};
use crate::{
    diagnose::Diagnosis,
    discover::{Discovery, Search},
    mail::{Endpoint, Secret},
    oauth::DeviceCode,
    plan::{Order, Plan},
    presets::{Catalog, Phrase, Text},
    probe::Report,
};

/// A finished test.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tested {
    pub(super) report: Report,
    /// When it ended, RFC 3339, UTC.
    pub(super) when: String,
    pub(super) diagnosis: Option<Diagnosis>,
    /// What is wrong with the message's arrival.
    pub(super) arrival: Option<Diagnosis>,
}

/// The conversation.
#[derive(Debug)]
pub struct Setup {
    pub(super) text: Rc<Text>,
    pub(super) options: SetupOptions,
    pub(super) answers: Answers,
    /// Defaults that a person accepted, with their value: another default is asked again.
    pub(super) accepted: BTreeMap<Field, AnswerValue>,
    /// Answers that belong to a provider that is no longer chosen: they come back with it.
    pub(super) set_aside: BTreeMap<ProviderChoice, BTreeMap<Field, Answer>>,
    /// Fields that were answered in this conversation, in order: the way back.
    pub(super) trail: Vec<Field>,
    /// Fields to ask again after a step back, the next one last.
    pub(super) ahead: Vec<Field>,
    /// The field that a person went to.
    pub(super) focus: Option<Field>,
    pub(super) discovery: Task<Search, Discovery>,
    pub(super) authorize: Task<AuthorizationRequest, ()>,
    /// Why access was not given.
    pub(super) grant_fault: Option<WorkFault>,
    /// The code that a person has to enter.
    pub(super) shown_code: Option<DeviceCode>,
    pub(super) fetch: Task<String, Result<Secret, Phrase>>,
    pub(super) probe: Task<ConnectSpec, Tested>,
    pub(super) test: Task<ConnectSpec, Tested>,
    pub(super) stores: Task<SecretReader, UsableStores>,
    pub(super) domain: Task<SenderDomain, Option<DomainFinding>>,
    pub(super) plan: Task<Order, Result<Plan, WorkFault>>,
    pub(super) write: Task<WriteRequest, Result<WriteResult, WorkFault>>,
    /// Who is sending a message after writing.
    pub(super) sending: Option<SendingProgram>,
    /// The failed test that a person chose to ignore.
    pub(super) forced: Option<u64>,
    /// The profiles that are saved, where the person came to see them.
    pub(super) home: Option<Home>,
    /// Nothing more of the saved profile is changed before the test.
    pub(super) is_changed: bool,
    /// A conversation that was cut off, to go on from.
    pub(super) offered: Option<SavedConversation>,
    /// Where TLS was established before.
    pub(super) secured: Vec<Endpoint>,
    pub(super) cancelled: bool,
    pub(super) lost: bool,
}

impl Setup {
    /// A conversation that knows nothing yet.
    pub fn new(catalog: Arc<Catalog>, text: Rc<Text>, facts: SetupFacts, options: SetupOptions) -> Self {
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
            discovery: Task::default(),
            authorize: Task::default(),
            grant_fault: None,
            shown_code: None,
            fetch: Task::default(),
            probe: Task::default(),
            test: Task::default(),
            stores: Task::default(),
            domain: Task::default(),
            plan: Task::default(),
            write: Task::default(),
            sending: None,
            forced: None,
            home: None,
            is_changed: false,
            offered: None,
            secured: Vec::new(),
            cancelled: false,
            lost: false,
        };
        setup.stores.want(Some(setup.stores_request()));
        setup
    }

    /// Takes over where TLS was established before.
    pub fn remember(&mut self, secured: impl IntoIterator<Item = Endpoint>) {
        self.secured.extend(secured);
    }

    /// Whether nothing is to be written.
    pub const fn is_dry_run(&self) -> bool {
        self.options.dry_run
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
        // The order of the table is the order of the conversation: effects run between its steps.
        let before = |step: SetupStep| open.is_none_or(|field| field.spec().step >= step);
        if before(SetupStep::Test) {
            if let Some(fault) = &self.grant_fault {
                return Status::Ask(Box::new(self.ask(fault.field.unwrap_or(Field::OauthGrant))));
            }
            if let Some(effect) = self.authorization_effect() {
                return Status::Run(effect);
            }
        }
        if before(SetupStep::Write)
            && let Some(effect) = self.test.effect(|spec| Work::Test(Box::new(spec.clone())))
        {
            return Status::Run(effect);
        }
        if open.is_none_or(|field| field == Field::Apply) {
            if let Some(effect) = self.plan.effect(|order| Work::Plan(Box::new(order.clone()))) {
                return Status::Run(effect);
            }
            if let Some(fault) = self.fault() {
                return Status::Ask(Box::new(self.ask(fault.field.unwrap_or(Field::Targets))));
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
        Status::Ask(Box::new(self.ask(open.unwrap_or(Field::Apply))))
    }

    /// Work that may run beside the questions: the search for the address's settings, the command that prints an imported
    /// password, the probe up to TLS as soon as a server is known, the stores, and the records of the sender's domain.
    pub fn background(&self) -> Vec<Effect> {
        let probe = self.probe.effect(|spec| Work::Probe(Box::new(spec.clone())));
        let stores = self.stores.effect(|reader| Work::Stores(reader.clone()));
        let domain = self.domain.effect(|domain| Work::Domain(domain.clone()));
        let first = self.search_effect().into_iter().chain(self.fetch_effect());
        first.chain(probe).chain(stores).chain(domain).collect()
    }

    /// Fields that a script has to answer before anything can go on: those that are asked and have no value of their own.
    /// What follows from another missing answer is not named.
    pub fn missing(&self) -> Vec<Field> {
        let open: Vec<Field> = self.open().filter(|field| !matches!(field, Field::Recover | Field::Apply)).collect();
        let waits = |field: &Field| field.spec().awaits.is_some_and(|awaited| open.contains(&awaited));
        open.iter().copied().filter(|field| !waits(field)).collect()
    }

    /// What would be planned if the test passed: a script has it planned before anything is sent.
    pub fn rehearsal(&self) -> Option<Order> {
        if self.needs_access() || self.open().any(|field| !matches!(field, Field::Recover | Field::Apply)) {
            None
        } else {
            self.plan_request_as_answered()
        }
    }

    /// Whether the last test of the present settings failed and the person did not choose to go on.
    pub(super) fn test_failed(&self) -> bool {
        let failed = self.test.result().is_some_and(|tested| !tested.report.passed());
        failed && !self.options.force && self.forced != Some(self.test.generation())
    }
}
