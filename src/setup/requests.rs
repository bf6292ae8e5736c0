//! From answers to requests: the tests, the plan and the write that the answers ask for.

use super::{
    domain::SenderDomain,
    effect::{ConnectSpec, SecretReader, TestMessage, WriteRequest},
    field::Field,
    programs::keeps_senders,
    state::Setup,
    step::SetupStep,
};
use crate::{
    mail::{Endpoint, Profile, ProfileName, Scope, Security, TestDepth, store::StoreFilling},
    plan::{Change, Order, TargetChoice},
    probe::{Goal, Login},
};

impl Setup {
    /// The probe up to TLS beside the questions: as soon as the server is settled, until the password is there.
    pub(super) fn probe_request(&self) -> Option<ConnectSpec> {
        let is_settled = !self.open().any(|field| {
            matches!(
                field,
                Field::Address | Field::Provider | Field::Host | Field::Security | Field::Port | Field::Plaintext
            )
        });
        if !is_settled || self.options.brief || self.answers.test_depth() == TestDepth::None {
            return None;
        }
        Some(self.connect_spec(&self.profile()?, Goal::Connect))
    }

    /// The live test: as soon as everything up to it is answered.
    pub(super) fn test_request(&self) -> Option<ConnectSpec> {
        let goal = match self.answers.test_depth() {
            // A dry run sends nothing, and whether something changes is not known yet.
            TestDepth::Send if self.options.dry_run => Goal::Rehearse,
            TestDepth::Changed => Goal::Rehearse,
            TestDepth::Send => Goal::Send,
            TestDepth::Login => Goal::Login,
            TestDepth::Connect => Goal::Connect,
            TestDepth::None => return None,
        };
        if self.needs_access() || self.open().any(|field| field.spec().step < SetupStep::Write && field != Field::Recover) {
            return None;
        }
        let profile = self.profile()?;
        let message = match goal {
            Goal::Send | Goal::Rehearse => {
                Some(TestMessage { sender: profile.sender.clone(), to: self.answers.get(Field::TestTo)? })
            }
            _ => None,
        };
        let login = if goal == Goal::Connect { None } else { self.login() };
        let tries_programs = goal >= Goal::Rehearse && self.tries_programs();
        let arrival = if goal == Goal::Send { self.arrival_request() } else { None };
        Some(ConnectSpec { login, message, arrival, tries_programs, ..self.connect_spec(&profile, goal) })
    }

    /// The domain to look at, as soon as everything for the test or the plan is there.
    pub(super) fn domain_request(&self) -> Option<SenderDomain> {
        let is_ready = self.test.wanted().is_some() || self.plan.wanted().is_some();
        if !self.options.looks_at_domain || !is_ready {
            return None;
        }
        let provider = self.answers.provider().map(|provider| provider.key.clone());
        Some(SenderDomain { domain: self.answers.address()?.ascii_domain(), provider })
    }

    /// Whether the addresses of programs here are offered too: not where the provider says which it takes, nor where one stands
    /// for all. Where a person is asked, targets and senders come later, and no test is made again for them.
    fn tries_programs(&self) -> bool {
        let answers = &self.answers;
        let states_rule = answers.provider().is_some_and(|provider| provider.sender_rule().is_some());
        !states_rule && if self.options.brief { self.keeps_programs_senders() } else { answers.facts.is_root }
    }

    /// Whether programs' mail leaves by what is written, under their own addresses.
    pub(super) fn keeps_programs_senders(&self) -> bool {
        let senders = self.answers.get(Field::Senders).unwrap_or_default();
        keeps_senders(senders, self.scope(), &self.targets(), &self.answers.catalog)
    }

    fn connect_spec(&self, profile: &Profile, goal: Goal) -> ConnectSpec {
        let had_starttls = self.had_starttls(&profile.smtp.endpoint());
        ConnectSpec { had_starttls, ..ConnectSpec::new(profile, goal, self.options.timeout) }
    }

    /// Whether STARTTLS was established with this very server before.
    fn had_starttls(&self, endpoint: &Endpoint) -> bool {
        endpoint.security == Security::Starttls && self.secured.contains(endpoint)
    }

    /// Whether the secret is with the person, and nobody asks for it before run time.
    pub(super) fn waits_for_secret(&self) -> bool {
        self.options.unproven && self.answers.store().filling() == StoreFilling::Person
    }

    /// Whether the answer to the question for the password is known: with OAuth 2.0 that of the client's secret.
    pub(super) fn knows_password(&self) -> bool {
        let answers = &self.answers;
        let known = if answers.grant_kind().is_some() { answers.client_secret() } else { answers.secret() };
        known.is_some() || answers.granted().is_some()
    }

    fn login(&self) -> Option<Login> {
        if !self.answers.logs_in() {
            return None;
        }
        Some(Login {
            auth: self.answers.auth(),
            username: self.answers.filled(Field::Username)?,
            secret: self.answers.secret()?.clone(),
        })
    }

    /// Who reads the secret decides which stores can be used.
    pub(super) fn stores_request(&self) -> SecretReader {
        SecretReader { scope: self.scope(), run_as: self.answers.users() }
    }

    /// For whom it is written.
    pub fn scope(&self) -> Scope {
        self.answers.scope()
    }

    /// The targets that were chosen.
    pub fn targets(&self) -> Vec<TargetChoice> {
        self.answers.targets()
    }

    /// The plan to make: as soon as the test passed, was not wanted, or was overridden.
    pub(super) fn plan_request(&self) -> Option<Order> {
        let is_untested = self.answers.test_depth() == TestDepth::None;
        let is_passed = is_untested || (self.test.result().is_some() && !self.test_failed());
        if !is_passed || self.needs_access() || self.open().any(|field| field != Field::Apply) {
            return None;
        }
        self.plan_request_as_answered()
    }

    /// The plan to make, whatever the test says.
    pub(super) fn plan_request_as_answered(&self) -> Option<Order> {
        let answers = &self.answers;
        Some(Order {
            name: answers.get::<ProfileName>(Field::Profile)?.into(),
            scope: self.scope(),
            profile: self.profile()?,
            secret: answers.secret().filter(|_| answers.logs_in()).cloned(),
            targets: self.targets(),
            program: answers.facts.program.clone(),
            key_slot: answers.get(Field::VaultLock).unwrap_or_default(),
            is_whole: self.options.edits,
            takes_over: self.options.takes_over,
            is_unproven: self.options.unproven,
            ca_pem: None,
            others: Vec::new(),
        })
    }

    /// The write to make: as soon as a person consented to the plan.
    pub(super) fn write_request(&self) -> Option<WriteRequest> {
        if self.options.dry_run || !(self.options.yes || self.answers.is_yes(Field::Apply)) {
            return None;
        }
        let plan = self.plan.result()?.as_ref().ok()?.clone();
        let order = self.plan.wanted()?.clone();
        let mut spec = self.test.wanted().cloned().filter(|_| !self.test_overridden());
        let changes = plan.changes.iter().any(Change::is_needed) && !order.targets.is_empty();
        if let Some(spec) = spec.as_mut().filter(|_| changes && self.answers.test_depth() == TestDepth::Changed) {
            spec.goal = Goal::Send;
        }
        Some(WriteRequest { plan, order, spec, check: self.last_check() })
    }

    /// Whether the person chose to write in spite of a failed test: then nothing is sent from what was written either.
    pub fn test_overridden(&self) -> bool {
        self.test.result().is_some_and(|tested| !tested.report.passed())
    }
}
