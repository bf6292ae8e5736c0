//! Results of effects, and what is wanted next.

use super::{
    effect::{AttemptKind, Outcome, Proof},
    field::Field,
    programs::{refused_programs, stays},
    state::{Setup, Tested},
};
use crate::{
    diagnose::{self, Diagnosis, Explain},
    mail::{Profile, ProofWay, Senders, Setting, reply::escape},
    phrase,
    plan::{Note, SendEnd},
    presets::{Catalog, Lang, Phrase, Target},
    probe::{Evidence, RefusedSender, Report},
};

/// Causes that another sender mends.
const BY_SENDER: [&str; 5] =
    ["sender_not_allowed", "sender_not_verified", "sender_domain_invalid", "address_syntax", "spf_dmarc_fail"];

/// Says why a message did not go out, and what mends it.
pub fn judged(proof: &mut Proof, profile: &Profile, catalog: &Catalog, lang: Lang) {
    proof.diagnosis = cause_of(proof, profile, catalog, lang);
    proof.fixes = fixes(proof, profile, catalog);
}

/// Why a target's message was refused. The evidence of a test of ours is better than the words of a program, which count where
/// mailsetup itself can send.
fn cause_of(proof: &Proof, profile: &Profile, catalog: &Catalog, lang: Lang) -> Option<Diagnosis> {
    if let Some(evidence) = proof.report.as_ref().and_then(|report| report.evidence.as_ref()) {
        return Some(diagnose::diagnose(evidence, catalog, lang));
    }
    if proof.fault().is_some_and(|fault| fault.end == SendEnd::Unlisted) {
        return None;
    }
    let smtp = &profile.smtp;
    let said = Explain {
        provider: smtp.provider.clone(),
        host: Some(smtp.host.to_string()),
        port: Some(smtp.port.get()),
        ..Explain::new(proof.said()?.join("\n"))
    };
    Some(diagnose::explain(&said, catalog, lang)).filter(|diagnosis| diagnosis.cause != diagnose::UNKNOWN)
}

/// What mends a way of programs.
fn fixes(proof: &Proof, profile: &Profile, catalog: &Catalog) -> Vec<Phrase> {
    // Exim's words where a host waits for its time in the retry database (spec, chapter "Retry configuration"); hints may be deleted.
    if proof.fault().is_some_and(|fault| fault.said.iter().any(|line| line.contains("retry time not reached"))) {
        return vec![phrase!("proof-fix-retry")];
    }
    if proof.way == ProofWay::Test || proof.sent() != Some(false) {
        return Vec::new();
    }
    if proof.way == ProofWay::Empty {
        return vec![phrase!("proof-fix-empty")];
    }
    let cause = proof.diagnosis.as_ref().map(|diagnosis| diagnosis.cause.as_str());
    let target = catalog.target(&proof.target);
    let mut fixes = Vec::new();
    if cause.is_none_or(|cause| BY_SENDER.contains(&cause)) && profile.sender.senders != Senders::One {
        let can = target.is_some_and(|target| target.read.has(Setting::Senders));
        fixes.push(if can {
            phrase!("proof-fix-one", address = profile.sender.address)
        } else {
            let others = catalog.targets().filter(|other| other.mta.is_some() && other.read.has(Setting::Senders));
            let names: Vec<&str> = others.map(|other| other.name.as_str()).collect();
            phrase!("proof-fix-mailer", target = proof.target, instead = names.join(", "))
        });
    }
    if proof.to.as_deref() == Some("root") && profile.root_mail.is_none() {
        fixes.push(phrase!("proof-fix-root"));
    }
    fixes
}

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
            Outcome::CodeShown(code) => self.shown_code = Some(code).filter(|_| self.authorize.is_current(generation)),
            Outcome::Authorized(given) => self.authorized(generation, given),
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
            Outcome::Domain(finding) => self.domain.finish(generation, finding.map(|finding| *finding)),
            Outcome::Planned(mut plan) => {
                if let Ok(plan) = &mut plan {
                    plan.notes.extend(self.refused_senders());
                    plan.notes.extend(self.arrival_notes());
                    plan.notes.extend(self.strict_consumers());
                    self.learn_profile(plan);
                }
                self.plan.finish(generation, plan);
            }
            Outcome::Applied(mut written) => {
                match &mut written {
                    Ok(written) => {
                        let refused = self.refused_programs((&written.proofs, &written.mailers));
                        written.proofs.extend(refused);
                        written.proofs.iter_mut().for_each(|proof| self.judge_proof(proof));
                        written.notes.extend(self.arrival_notes().into_iter().map(|note| note.phrase));
                    }
                    // Nothing is written without new consent.
                    Err(_) => drop(self.answers.given.remove(&Field::Apply)),
                }
                self.sending = None;
                self.write.finish(generation, written);
            }
        }
    }

    /// The programs whose mail the server will refuse, by what it said when their addresses were offered.
    fn refused_senders(&self) -> Vec<Note> {
        let tested = self.test.result().filter(|_| self.keeps_programs_senders());
        let (Some(tested), Some(order)) = (tested, self.plan.wanted()) else { return Vec::new() };
        let owner = order.targets.first().map(|choice| choice.key.clone()).unwrap_or_default();
        let note = |refused: &RefusedSender| {
            let said = refused.reply.text().replace('\n', " ");
            let phrase = phrase!(
                "note-sender-refused",
                program = escape(&refused.sender.program),
                from = escape(&refused.sender.from.to_string()),
                host = order.profile.smtp.host,
                said = said,
                address = order.profile.sender.address
            );
            Note { owner: owner.clone(), phrase }
        };
        let sender = &order.profile.sender;
        let is_kept = |refused: &&RefusedSender| {
            order
                .targets
                .iter()
                .filter_map(|choice| self.answers.catalog.target(&choice.key))
                .any(|target| target.mta.is_some() && stays(&refused.sender.from, sender, target))
        };
        tested.report.refused.iter().filter(is_kept).map(note).collect()
    }

    /// The same as proofs, once it is written.
    fn refused_programs(&self, proofs: (&[Proof], &[String])) -> Vec<Proof> {
        let tested = self.test.result().filter(|tested| tested.report.passed());
        let (Some(tested), Some(order), Some(spec)) = (tested, self.plan.wanted(), self.test.wanted()) else {
            return Vec::new();
        };
        refused_programs((spec, &tested.report), order, proofs, &self.answers.catalog)
    }

    /// What is wrong with the test message's arrival, and that a message to oneself says little.
    fn arrival_notes(&self) -> Vec<Note> {
        let (Some(tested), Some(order)) = (self.test.result(), self.plan.wanted()) else { return Vec::new() };
        let owner = order.targets.first().map(|choice| choice.key.clone()).unwrap_or_default();
        let wrong = tested.arrival.as_ref().map(|found| phrase!("note-arrival", title = found.title));
        let is_own = self.test.wanted().and_then(|spec| spec.arrival.as_ref()).is_some_and(|arrival| arrival.is_own);
        let own = is_own.then(|| phrase!("note-arrival-own"));
        wrong.into_iter().chain(own).map(|phrase| Note { owner: owner.clone(), phrase }).collect()
    }

    /// The targets whose program refuses a certificate that mailsetup takes.
    fn strict_consumers(&self) -> Vec<Note> {
        let report = |tested: Option<&'_ Tested>| tested?.report.certificate().map(|it| it.lacks_issuer_key);
        let lacks = report(self.test.result()).or_else(|| report(self.probe.result()));
        let Some(order) = self.plan.wanted().filter(|_| lacks == Some(true)) else { return Vec::new() };
        let targets = order.targets.iter().filter_map(|choice| self.answers.catalog.target(&choice.key));
        let note = |target: &Target| {
            let phrase = phrase!("plan-note-strict", target = target.name, since = target.strict_since.as_ref()?);
            Some(Note { owner: target.key.clone(), phrase })
        };
        targets.filter_map(note).collect()
    }

    /// A report with its diagnosis, made once.
    fn judge(&self, report: Report, when: String) -> Tested {
        let diagnosis = |evidence: &Option<Evidence>| {
            let evidence = evidence.as_ref()?;
            Some(diagnose::diagnose(evidence, &self.answers.catalog, self.text.lang()))
        };
        Tested { diagnosis: diagnosis(&report.evidence), arrival: diagnosis(&report.arrival), report, when }
    }

    fn judge_proof(&self, proof: &mut Proof) {
        if let Some(profile) = self.profile() {
            judged(proof, &profile, &self.answers.catalog, self.text.lang());
        }
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
        let access = self.authorization_request();
        if self.authorize.want(access) {
            self.shown_code = None;
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
        let domain = self.domain_request();
        self.domain.want(domain);
        if self.write.result().is_none() || self.answers.is_yes(Field::Apply) {
            let write = self.write_request();
            self.write.want(write);
        }
    }
}
