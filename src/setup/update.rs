//! What happened, taken into the conversation.

use std::collections::BTreeMap;

use super::{
    Climbing, Field, Given, Invalid, Msg, Outcome, Proof, Setup, Source, Tested, answers::Answer, import::NONE,
    validate::validate,
};
use crate::{
    diagnose::{self, Diagnosis, Explain},
    phrase,
    plan::SendEnd,
    probe::Report,
};

impl Setup {
    /// Takes an answer that was given beforehand: by flag, variable, file or profile.
    ///
    /// # Errors
    /// Why it cannot be taken; nothing changed.
    pub fn give(&mut self, field: Field, typed: &str, source: Source) -> Result<(), Invalid> {
        let value = validate(field, typed, &self.answers.catalog, self.text.lang())?;
        self.answers.given.insert(field, Answer { value, source });
        self.refresh();
        Ok(())
    }

    /// Takes the secret that was given beforehand.
    pub fn give_secret(&mut self, given: Given) {
        self.answers.secret = Some(given);
        self.refresh();
    }

    /// Takes what happened.
    ///
    /// # Errors
    /// Why an answer was not taken; nothing changed.
    pub fn update(&mut self, msg: Msg) -> Result<(), Invalid> {
        match msg {
            Msg::Answer(field, typed) => self.answer(field, &typed)?,
            Msg::Secret(given) if given.secret.expose().is_empty() => {
                return Err(Invalid { field: Field::Password, phrase: phrase!("invalid-password-empty") });
            }
            Msg::Secret(given) => {
                if self.test_failed() {
                    // The same password once more: something else was mended, such as the account.
                    self.test.again();
                }
                self.answers.secret = Some(given);
                self.answers.given.remove(&Field::Spaces);
                self.move_on(Field::Password);
            }
            Msg::Clear(field) => {
                self.answers.given.remove(&field);
                self.accepted.remove(&field);
            }
            Msg::Go(field) => self.go(field),
            Msg::Back => self.back(),
            Msg::Fix => self.fix(),
            Msg::Retry => {
                self.test.again();
                self.focus = None;
            }
            Msg::Force => {
                self.forced = Some(self.test.generation());
                self.focus = None;
            }
            Msg::Stop => {
                self.test.again();
                self.write.want(None);
                self.focus = Some(if self.answers.text(Field::Test) == "none" { Field::Apply } else { Field::Test });
            }
            Msg::Finished(generation, outcome) => self.finish(generation, outcome),
            Msg::Cancel => self.cancelled = true,
            Msg::Lost => (self.cancelled, self.lost) = (true, true),
        }
        self.refresh();
        Ok(())
    }

    fn answer(&mut self, field: Field, typed: &str) -> Result<(), Invalid> {
        let value = validate(field, typed, &self.answers.catalog, self.text.lang())?;
        match field {
            Field::Resume => {
                if value == "yes" {
                    self.go_on();
                }
                self.offered = None;
                return Ok(());
            }
            Field::Recover => return self.recover(&value),
            Field::Spaces if value == "yes" => {
                if let Some(secret) = self.answers.without_spaces() {
                    self.answers.secret = Some(Given { secret, flag: None });
                }
            }
            Field::Plaintext if value == "no" => {
                // Without consent the mode goes back to what protects.
                self.answers.given.remove(&Field::Security);
                self.accepted.remove(&Field::Security);
                self.focus = Some(Field::Security);
                return Ok(());
            }
            Field::Apply => {
                self.write.want(None);
                if value == "no" {
                    return Ok(());
                }
                self.answers.given.insert(field, Answer { value, source: Source::Asked });
            }
            Field::Provider => self.choose_provider(value),
            // Another password comes as a secret; no answer keeps the one that is known.
            Field::Password if self.answers.secret().is_some() => {}
            Field::Password => return Err(Invalid { field, phrase: phrase!("invalid-empty") }),
            _ => self.keep(field, value),
        }
        self.move_on(field);
        Ok(())
    }

    /// Keeps an answer; one that equals the default is taken as a default, so that it goes on following.
    fn keep(&mut self, field: Field, value: String) {
        let before = self.answers.given.remove(&field);
        match self.answers.derived(field) {
            Some((derived, _)) if derived == value => {
                self.accepted.insert(field, value);
            }
            _ => {
                let source = before.filter(|answer| answer.value == value).map_or(Source::Asked, |answer| answer.source);
                self.answers.given.insert(field, Answer { value, source });
            }
        }
    }

    /// Another provider: what was answered for the former one is set aside and comes back with it.
    fn choose_provider(&mut self, key: String) {
        let former = self.answers.text(Field::Provider);
        if former != key && !former.is_empty() {
            // What was given beforehand does not hang on a provider that was only proposed.
            let was_chosen =
                self.answers.given.contains_key(&Field::Provider) || self.accepted.contains_key(&Field::Provider);
            let hangs = |answer: &Answer| was_chosen || !matches!(answer.source, Source::Flag | Source::Env | Source::File);
            let mut aside = BTreeMap::new();
            for field in Field::HANGING {
                if let Some(answer) = self.answers.given.remove(&field) {
                    let place = if hangs(&answer) { &mut aside } else { &mut self.answers.given };
                    place.insert(field, answer);
                }
            }
            self.set_aside.insert(former, aside);
            self.answers.given.remove(&Field::Spaces);
            if let Some(back) = self.set_aside.remove(&key) {
                self.answers.given.extend(back);
            }
        }
        self.keep(Field::Provider, key);
    }

    fn recover(&mut self, word: &str) -> Result<(), Invalid> {
        match word {
            "fix" => self.update(Msg::Fix),
            "retry" => self.update(Msg::Retry),
            "force" => self.update(Msg::Force),
            _ => {
                let field = self.field_at_fault();
                self.update(Msg::Go(field))
            }
        }
    }

    /// The answer that the diagnosis wants anew; the server when it names none.
    pub fn field_at_fault(&self) -> Field {
        let diagnosis = self.test.result().and_then(|tested| tested.diagnosis.as_ref());
        diagnosis.and_then(|diagnosis| diagnosis.ask.as_deref()).and_then(Field::of_key).unwrap_or(Field::Host)
    }

    fn fix(&mut self) {
        let change =
            self.test.result().and_then(|tested| tested.diagnosis.as_ref()).map(|diagnosis| diagnosis.change.clone());
        for (key, typed) in change.unwrap_or_default() {
            if let Some(field) = Field::of_key(&key)
                && let Ok(value) = validate(field, &typed, &self.answers.catalog, self.text.lang())
            {
                self.answers.given.insert(field, Answer { value, source: Source::Fix });
            }
        }
        self.focus = None;
        self.test.again();
    }

    /// After an answer: on along the way that was gone before, else to what is open.
    fn move_on(&mut self, field: Field) {
        self.trail.retain(|other| *other != field);
        self.trail.push(field);
        self.focus = None;
        while let Some(next) = self.ahead.pop() {
            if self.applies(next) && next != field && !matches!(next, Field::Recover | Field::Apply | Field::Spaces) {
                self.focus = Some(next);
                return;
            }
        }
    }

    fn go(&mut self, field: Field) {
        if !self.applies(field) {
            return;
        }
        if let Some(current) = self.current().filter(|current| *current != field) {
            self.ahead.retain(|other| *other != field && *other != current);
            self.ahead.push(current);
        }
        if field == Field::Apply {
            self.answers.given.remove(&Field::Apply);
        }
        self.focus = Some(field);
    }

    fn back(&mut self) {
        let current = self.current();
        self.write.want(None);
        self.answers.given.remove(&Field::Apply);
        while let Some(field) = self.trail.pop() {
            if self.applies(field) && Some(field) != current && field != Field::Apply {
                if let Some(current) = current {
                    self.ahead.retain(|other| *other != current);
                    self.ahead.push(current);
                }
                self.focus = Some(field);
                return;
            }
        }
        if current == Some(Field::Import) {
            // Before the first question there is nothing: it begins with none.
            self.answers.given.insert(Field::Import, Answer { value: NONE.to_owned(), source: Source::Asked });
            self.move_on(Field::Import);
        }
    }

    /// The field that is asked now.
    fn current(&self) -> Option<Field> {
        match self.status() {
            super::Status::Ask(question) => Some(question.field),
            _ => None,
        }
    }

    fn finish(&mut self, generation: u64, outcome: Outcome) {
        match outcome {
            Outcome::Progress(Climbing::Probe, step) => self.probe.progress(generation, step),
            Outcome::Progress(Climbing::Test, step) => self.test.progress(generation, step),
            Outcome::Progress(Climbing::Proof, step) => {
                self.sending = None;
                self.write.progress(generation, step);
            }
            Outcome::Sending(own) => self.sending = Some(own).filter(|_| self.write.is_current(generation)),
            Outcome::Discovered(discovery) => {
                let found = self.discovery.is_current(generation).then(|| discovery.clone());
                if discovery.finished {
                    self.discovery.finish(generation, discovery);
                }
                if let Some(found) = found {
                    self.answers.found.discovery = Some(found);
                }
            }
            Outcome::Fetched(fetched) => {
                if self.fetch.is_current(generation) {
                    self.answers.fetched = fetched.as_ref().ok().cloned();
                }
                self.fetch.finish(generation, fetched);
            }
            Outcome::Probed(report) => {
                let tested = self.judge(report, String::new());
                self.probe.finish(generation, tested);
            }
            Outcome::Tested(report, when) => {
                let tested = self.judge(report, when);
                self.test.finish(generation, tested);
            }
            Outcome::Stores(stores) => self.stores.finish(generation, stores),
            Outcome::Planned(plan) => self.plan.finish(generation, plan),
            Outcome::Applied(mut written) => {
                match &mut written {
                    Ok(written) => written.proofs.iter_mut().for_each(|proof| proof.diagnosis = self.judge_proof(proof)),
                    // Nothing is written without a new yes.
                    Err(_) => drop(self.answers.given.remove(&Field::Apply)),
                }
                self.sending = None;
                self.write.finish(generation, written);
            }
        }
    }

    /// A report with its diagnosis, made once.
    fn judge(&self, report: Report, when: String) -> Tested {
        let evidence = report.evidence.as_ref();
        let diagnosis = evidence.map(|evidence| diagnose::diagnose(evidence, &self.answers.catalog, self.text.lang()));
        Tested { report, when, diagnosis }
    }

    /// Why a target's message was not taken. What the climb found is surer than what a program says, which counts where
    /// mailsetup itself can send.
    fn judge_proof(&self, proof: &Proof) -> Option<Diagnosis> {
        let (catalog, lang) = (&self.answers.catalog, self.text.lang());
        if let Some(evidence) = proof.report.as_ref().and_then(|report| report.evidence.as_ref()) {
            return Some(diagnose::diagnose(evidence, catalog, lang));
        }
        let fault = proof.fault().filter(|fault| fault.end != SendEnd::Unlisted)?;
        let profile = self.profile();
        let smtp = profile.as_ref().map(|profile| &profile.smtp);
        let said = Explain {
            provider: smtp.and_then(|smtp| smtp.provider.clone()),
            host: smtp.map(|smtp| smtp.host.to_string()),
            port: smtp.map(|smtp| smtp.port.get()),
            ..Explain::new(fault.said.join("\n"))
        };
        Some(diagnose::explain(&said, catalog, lang)).filter(|diagnosis| diagnosis.cause != diagnose::UNKNOWN)
    }

    /// Works out anew what is wanted: results that were made from something else are forgotten here.
    pub(super) fn refresh(&mut self) {
        if self.write.result().is_some_and(Result::is_ok) {
            return;
        }
        if self.focus.is_some_and(|field| !self.applies(field)) {
            self.focus = None;
        }
        self.answers.look_up();
        let search = self.search_order();
        let former = self.discovery.generation();
        self.discovery.want(search);
        if self.discovery.generation() != former {
            self.answers.found.discovery = None;
        }
        let fetch = self.fetch_order();
        let former = self.fetch.generation();
        self.fetch.want(fetch);
        if self.fetch.generation() != former {
            self.answers.fetched = None;
        }
        let probe = self.probe_order();
        self.probe.want(probe);
        let test = self.test_order();
        self.test.want(test);
        let stores = self.stores_order();
        self.stores.want(Some(stores));
        let plan = self.plan_order();
        let former = self.plan.generation();
        self.plan.want(plan);
        if self.plan.generation() != former {
            // A yes is to the plan that was seen.
            self.answers.given.remove(&Field::Apply);
        }
        if self.write.result().is_none() || self.answers.is_yes(Field::Apply) {
            let write = self.write_order();
            self.write.want(write);
        }
    }
}
