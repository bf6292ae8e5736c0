//! Results of effects, and what is wanted next.

use super::{
    effect::{AttemptKind, Outcome, Proof},
    field::Field,
    state::{Setup, Tested},
};
use crate::{
    diagnose::{self, Diagnosis, Explain},
    plan::SendEnd,
    probe::Report,
};

impl Setup {
    /// Takes the result of an effect, or its progress.
    pub(super) fn finish(&mut self, generation: u64, outcome: Outcome) {
        match outcome {
            Outcome::Progress(AttemptKind::Probe, step) => self.probe.progress(generation, step),
            Outcome::Progress(AttemptKind::Test, step) => self.test.progress(generation, step),
            Outcome::Progress(AttemptKind::Proof, step) => {
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
                    self.answers.lookup.discovery = Some(found);
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
                    // Nothing is written without new consent.
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

    /// Why a target's message was refused. The evidence of a test of ours is better than the words of a program, which count
    /// where mailsetup itself can send.
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

    /// Works out again what is wanted: results that were made from something else are forgotten here.
    pub(super) fn refresh(&mut self) {
        if self.write.result().is_some_and(Result::is_ok) {
            return;
        }
        self.answers.look_up();
        self.settle_binding();
        let search = self.search_request();
        if self.discovery.want(search) {
            self.answers.lookup.discovery = None;
        }
        let fetch = self.fetch_request();
        if self.fetch.want(fetch) {
            self.answers.fetched = None;
        }
        let probe = self.probe_request();
        self.probe.want(probe);
        let heard = self.probe.result().and_then(|tested| tested.report.offered_logins());
        self.answers.offered_logins = heard.map(<[String]>::to_vec);
        // What was heard may have taken the field away that the person was at.
        if self.focus.is_some_and(|field| !self.applies(field)) {
            self.focus = None;
        }
        let test = self.test_request();
        self.test.want(test);
        let stores = self.stores_request();
        self.stores.want(Some(stores));
        let plan = self.plan_request();
        if self.plan.want(plan) {
            // Consent was given to the plan that was shown.
            self.answers.given.remove(&Field::Apply);
        }
        if self.write.result().is_none() || self.answers.is_yes(Field::Apply) {
            let write = self.write_request();
            self.write.want(write);
        }
    }
}
