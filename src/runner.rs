//! Effects become work: on the spot for prompts and scripts, on a thread for the wizard.

mod accepted;
mod arrival;
mod as_read;
mod authorize;
mod broken;
mod committed;
mod compose;
pub mod crash;
mod displaced;
mod egress;
mod fault;
mod given;
mod granted;
mod image;
mod last_plan;
mod occasion;
pub mod others;
mod prepare;
mod proof;
mod stores;
mod survey;
mod ways;

use std::{
    path::Path,
    sync::{Arc, mpsc::Sender},
    thread,
    time::{Duration, SystemTime},
};

use crate::{
    discover::{self, Discovery, Net},
    error::Exit,
    host,
    mail::{profile::Check, reply::escape},
    oauth::OauthWay,
    phrase,
    plan::{self, Order, Places, Scope},
    presets::{Catalog, Lang, Phrase},
    probe::{self, Cancel, Goal, Report, Resolve},
    setup::{
        AttemptKind, ConnectSpec, Effect, Field, Msg, Outcome, Proof, Work, WorkFault, WriteRequest, WriteResult,
        WrittenFile,
    },
};

use accepted::{Accepted, Unfollowed};
use broken::Broken;
use committed::committed;
use displaced::displaced;
use fault::{fault_of, refused};
pub use given::{DomainOf, PlacesOf};
pub use last_plan::LastPlan;
use proof::Case;
pub use ways::Extent;

pub use egress::EgressTargets;

/// What work needs to know.
#[derive(Clone)]
pub struct Runner {
    /// What mailsetup knows.
    pub catalog: Arc<Catalog>,
    /// The language of the test message and of what stores say.
    pub lang: Lang,
    /// Where things are for a scope.
    pub places: Arc<PlacesOf>,
    /// Where names come from.
    pub resolver: Arc<dyn Resolve>,
    /// What a search for an address's settings reaches the world by, made when one begins.
    pub net: Arc<dyn Fn() -> Net + Send + Sync>,
    /// What the records of a sender's domain mean.
    pub domain: Arc<DomainOf>,
    /// What is tried when a server does not answer.
    pub egress: EgressTargets,
    /// Stores that are the machine's, rather than files in the places, are left alone: a demo keeps to its folder.
    pub own_stores_only: bool,
    /// How long to wait for another run that writes.
    pub lock_limit: Duration,
    /// How authorization servers are reached.
    pub oauth: OauthWay,
    /// The plan that was made last.
    pub last_plan: Arc<LastPlan>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Runner({})", self.lang.as_str())
    }
}

impl Runner {
    /// Does the work on a thread of its own; progress and result come as messages with the effect's generation. What is
    /// returned stops an attempt.
    pub fn start(&self, effect: Effect, messages: Sender<Msg>) -> Cancel {
        let cancel = Cancel::default();
        let (runner, stop) = (self.clone(), cancel.clone());
        thread::spawn(move || {
            let generation = effect.generation;
            // The wizard may have gone: nobody is there to be told.
            let tell = |outcome| drop(messages.send(Msg::Finished(generation, outcome)));
            tell(runner.guarded(effect.work, &stop, &mut |outcome| tell(outcome)));
        });
        cancel
    }

    /// Does the work on the spot.
    pub fn run(&self, work: Work, progress: &mut dyn FnMut(Outcome)) -> Outcome {
        self.guarded(work, &Cancel::default(), progress)
    }

    /// A fault of our own ends the work, not the conversation.
    fn guarded(&self, work: Work, cancel: &Cancel, progress: &mut dyn FnMut(Outcome)) -> Outcome {
        let broken = Broken::of(&work);
        let done = crash::guarded(|| self.work(work, cancel, progress));
        done.unwrap_or_else(|place| broken.outcome(&self.catalog.text(self.lang), &place))
    }

    fn work(&self, work: Work, cancel: &Cancel, progress: &mut dyn FnMut(Outcome)) -> Outcome {
        match work {
            Work::Discover(search) => {
                let mut tell = |found: &Discovery| progress(Outcome::Discovered(found.clone()));
                Outcome::Discovered(discover::discover(&search, &self.catalog, &self.net_of(&search), cancel, &mut tell))
            }
            Work::Probe(spec) => Outcome::Probed(self.attempt(&spec, None, AttemptKind::Probe, cancel, progress)),
            Work::Test(spec) => {
                let report = self.attempt(&spec, None, AttemptKind::Test, cancel, progress);
                Outcome::Tested(report, host::clock::rfc3339(SystemTime::now()))
            }
            Work::Authorize(request) => Outcome::Authorized(self.authorize(&request, cancel, progress)),
            Work::Fetch(command) => {
                Outcome::Fetched(host::input::from_own_command(&command, None).map_err(|error| error.phrase()))
            }
            Work::Stores(reader) => Outcome::Stores(self.stores(&reader)),
            Work::Domain(spec) => Outcome::Domain((self.domain)(&spec).map(Box::new)),
            Work::Plan(order) => Outcome::Planned(self.plan(&order)),
            Work::Apply(write) => Outcome::Applied(self.write(&write, cancel, progress)),
        }
    }

    /// Makes an attempt as the spec says; `written_in` is the file that the settings were read from.
    pub fn attempt(
        &self,
        spec: &ConnectSpec,
        written_in: Option<&str>,
        kind: AttemptKind,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Outcome),
    ) -> Report {
        let (mut report, accepted) = self.attempt_alone(spec, written_in, kind, cancel, progress);
        if let Some(accepted) = accepted {
            self.arrive(spec, &accepted, &mut report, cancel, &mut |step| progress(Outcome::Progress(kind, step.clone())));
        }
        report
    }

    /// The same without a look for its message, which is left to be looked for.
    fn attempt_alone(
        &self,
        spec: &ConnectSpec,
        written_in: Option<&str>,
        kind: AttemptKind,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Outcome),
    ) -> (Report, Option<Accepted>) {
        let attempt = match self.prepare(spec, written_in) {
            Ok(attempt) => attempt,
            Err(fault) => return (probe::not_begun(spec.endpoint.clone(), spec.provider.clone(), fault), None),
        };
        let mut report = probe::attempt(&attempt, &*self.resolver, cancel, &mut |step| {
            progress(Outcome::Progress(kind, step.clone()));
        });
        let accepted = Accepted::by_attempt(spec, &attempt, &report);
        self.look_around(&mut report, spec.timeout, cancel);
        (report, accepted)
    }

    /// Reads a file that the settings name; below an image's root as the image has it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read_named(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        image::read_named(path, (self.places)(Scope::System).ok())
    }

    /// The addresses that programs of this machine send from.
    fn others(&self, spec: &ConnectSpec) -> Vec<probe::OtherSender> {
        let is_here = !self.own_stores_only && (self.places)(Scope::System).is_ok_and(|places| places.root.is_none());
        if !spec.tries_programs || !is_here {
            return Vec::new();
        }
        let senders = host::program_senders(self.catalog.programs(), &spec.ehlo).into_iter();
        let ours = spec.message.as_ref().map(|message| &message.sender.address);
        senders.filter(|sender| Some(&sender.from) != ours).map(ways::offered).collect()
    }

    /// The places of an order, with the lock that it wants for a new vault.
    fn places_of(&self, order: &Order) -> Result<Places, WorkFault> {
        let mut places = (self.places)(order.scope).map_err(|error| fault_of(error.into()))?;
        places.keys.slot = order.key_slot;
        Ok(places)
    }

    /// Plans the files of an order.
    ///
    /// # Errors
    /// Why it cannot be planned, with the answer that would mend it.
    pub fn plan(&self, order: &Order) -> Result<plan::Plan, WorkFault> {
        let places = self.places_of(order)?;
        let order = &image::settled(order, &places)?;
        let order = &others::beside(order, &places);
        let plan = self.last_plan.of(order, &places, |files| {
            let plan = plan::plan(order, &self.catalog, &places, files)?;
            let is_open = |plan: &plan::Plan| plan::rival((order, plan), &self.catalog, &places, files);
            if order.takes_over { Ok(plan) } else { is_open(&plan).map_or(Ok(plan), Err) }
        });
        let mut plan = plan.map_err(|refusal| refused(&refusal))?;
        plan.notes.extend(committed(&plan, order, &places));
        let at_targets = |error: host::ApplyError| WorkFault { field: Some(Field::Targets), ..fault_of(error.into()) };
        host::take_back(&mut plan, &places).map_err(at_targets)?;
        if let Some((place, _)) = &plan.keep {
            let at_store = |fault: WorkFault| WorkFault { field: Some(Field::SecretStore), ..fault };
            if self.own_stores_only && host::stores::is_machines(place.store(), &places) {
                let phrase = phrase!("store-demo");
                return Err(at_store(WorkFault { phrase, hint: None, field: None, exit: Exit::Usage }));
            }
            host::stores::ready(place, &places).map_err(|error| at_store(fault_of(error.into())))?;
        }
        Ok(plan)
    }

    /// Writes the files, reads them back by the consumers' rules, and sends from what was written.
    fn write(
        &self,
        write: &WriteRequest,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Outcome),
    ) -> Result<WriteResult, WorkFault> {
        let places = self.places_of(&write.order)?;
        let order = &image::settled(&write.order, &places)?;
        let options = host::WriteOptions { lock_limit: self.lock_limit, ..host::WriteOptions::default() };
        // Held until everything is sent: nobody else writes in between. What others wrote since it was planned is kept.
        let session = host::begin(&places, &options).map_err(|error| fault_of(error.into()))?;
        // A grant that is renewed meanwhile is not put back to what it was.
        let renewal = granted::hold(order, &places)?;
        let order = &granted::newest(order, &places);
        let plan = self.plan(order)?;
        if let Some(fault) = displaced(order, &write.plan, &plan, &self.catalog) {
            return Err(fault);
        }
        let hold = host::signals::hold();
        let applied = host::apply_within(&plan, &session).map_err(|error| fault_of(error.into()))?;
        drop((hold, renewal));
        granted::written(order, &places);
        let undo = |phrase: Phrase, field: Field| {
            if applied.changed {
                let _hold = host::signals::hold();
                if let Err(error) = host::undo_within(&session) {
                    return fault_of(error.into());
                }
            }
            WorkFault { phrase, hint: Some(phrase!("runner-taken-back")), field: Some(field), exit: Exit::CantCreate }
        };
        let unproven = host::stores::prove(order, &places).map_err(|phrase| undo(phrase, Field::SecretStore))?;
        let mut proofs = Vec::new();
        for choice in &order.targets {
            let Some(target) = self.catalog.target(&choice.key) else { continue };
            let case = Case { write, order, target, choice, places: &places, cancel };
            match self.prove(&case, progress) {
                Ok(proof) => {
                    proofs.push(proof);
                    proofs.extend(self.prove_users(&case, progress));
                }
                Err(phrase) => return Err(undo(phrase, Field::Targets)),
            }
        }
        let is_stuck = proofs.iter().any(|Unfollowed { proof, .. }| proof.fault().is_some_and(|fault| fault.end.is_stuck()));
        if let Some(spec) = write.spec.as_ref().filter(|spec| spec.goal == Goal::Send && !is_stuck) {
            let extent = if applied.changed { Extent::All } else { Extent::Cron };
            proofs.extend(self.sent_ways(order, spec, extent, cancel, progress));
        }
        let unsaved = write.check.clone().and_then(|check| kept(&order.name, check, &places));
        drop(session);
        let spec = write.spec.as_ref();
        let proofs: Vec<Proof> = proofs.into_iter().map(|proof| self.followed(proof, spec, cancel, progress)).collect();
        let file =
            |file: host::AppliedFile| WrittenFile { path: file.path, action: file.action.as_str(), backup: file.backup };
        let mut notes: Vec<Phrase> = stale(&write.plan, &plan).collect();
        notes.extend(plan.notes.iter().map(|note| note.phrase.clone()));
        notes.extend(unproven);
        notes.extend(proofs.iter().filter_map(Proof::differs));
        notes.extend(applied.notes);
        notes.extend(unsaved);
        notes.extend(applied.left_to_do.iter().map(|command| phrase!("runner-left-to-do", command = command)));
        Ok(WriteResult {
            files: applied.files.into_iter().map(file).collect(),
            changed: applied.changed,
            root: places.root.clone(),
            is_unproven: order.is_unproven,
            lacks: plan.lacks.clone(),
            sent: write.spec.as_ref().is_some_and(|spec| spec.goal == Goal::Send),
            notes,
            proofs,
            mailers: self.mailers(order),
        })
    }
}

/// Keeps what the test found of the profile as it is now; returns why that is not possible.
fn kept(name: &str, check: Check, places: &Places) -> Option<Phrase> {
    let profile = host::profiles::load(name, places).ok()?;
    let error = host::checks::save(name, &profile, check, places).err()?;
    Some(phrase!("check-unsaved").with_phrase("why", error.phrase()))
}

/// The files that others changed after a person saw the plan, which was made again.
fn stale<'a>(seen: &'a plan::Plan, made: &'a plan::Plan) -> impl Iterator<Item = Phrase> + 'a {
    let was = |change: &plan::Change| seen.changes.iter().find(|other| other.path == change.path);
    let is_stale = move |change: &&plan::Change| was(change).is_some_and(|other| other.before != change.before);
    let path = |change: &plan::Change| escape(&change.path.display().to_string());
    made.changes.iter().filter(is_stale).map(move |change| phrase!("runner-planned-again", path = path(change)))
}
