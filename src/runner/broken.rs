//! The result of work that a fault of our own ended.

use std::time::SystemTime;

use crate::{
    discover::Discovery,
    error::Exit,
    host::clock::rfc3339,
    phrase,
    presets::{Phrase, Text},
    probe::{self, ProbeFault, Report},
    setup::{ConnectSpec, Outcome, UsableStores, Work, WorkFault},
};

/// Makes the result, in the person's language, with the place of the fault.
type Ending = dyn FnOnce(&Text, &str) -> Outcome;

/// What is needed of work to say that it broke.
pub(super) struct Broken(Box<Ending>);

impl Broken {
    /// Of this work.
    pub(super) fn of(work: &Work) -> Self {
        let report = |spec: &ConnectSpec| {
            let (endpoint, provider) = (spec.endpoint.clone(), spec.provider.clone());
            move |text: &Text, place: &str| -> Report {
                probe::not_begun(endpoint, provider, ProbeFault::Local(text.say(&phrase(place))))
            }
        };
        Self(match work {
            Work::Discover(_) => Box::new(|_, place| {
                Outcome::Discovered(Discovery { notes: vec![phrase(place)], finished: true, ..Discovery::default() })
            }),
            Work::Probe(spec) => {
                let report = report(spec);
                Box::new(|text, place| Outcome::Probed(report(text, place)))
            }
            Work::Test(spec) => {
                let report = report(spec);
                Box::new(|text, place| Outcome::Tested(report(text, place), rfc3339(SystemTime::now())))
            }
            Work::Authorize(_) => {
                Box::new(|_, place| Outcome::Authorized(Err(fault(place, phrase!("runner-broken-access")))))
            }
            Work::Fetch(_) => Box::new(|_, place| Outcome::Fetched(Err(phrase(place)))),
            // Whether a store can be used is asked once more when it is written to.
            Work::Stores(_) => Box::new(|_, _| Outcome::Stores(UsableStores::default())),
            // It advises.
            Work::Domain(_) => Box::new(|_, _| Outcome::Domain(None)),
            Work::Plan(_) => Box::new(|_, place| Outcome::Planned(Err(fault(place, phrase!("runner-broken-plan"))))),
            Work::Apply(_) => Box::new(|_, place| Outcome::Applied(Err(fault(place, phrase!("runner-broken-write"))))),
        })
    }

    /// The result; `place` is where the fault is.
    pub(super) fn outcome(self, text: &Text, place: &str) -> Outcome {
        self.0(text, place)
    }
}

fn phrase(place: &str) -> Phrase {
    phrase!("runner-broken", place = place)
}

fn fault(place: &str, hint: Phrase) -> WorkFault {
    WorkFault { phrase: phrase(place), hint: Some(hint), field: None, exit: Exit::Software }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use super::*;
    use crate::{
        discover::Net,
        mail::{RunAs, Scope, Secret},
        presets::{Catalog, Lang},
        probe::SystemResolver,
        runner::{EgressTargets, Runner},
        setup::{Effect, Msg, SecretReader},
    };

    /// A runner with a fault of its own, whose words hold a password.
    fn runner() -> Runner {
        Runner {
            catalog: Arc::new(Catalog::builtin()),
            lang: Lang::EN,
            places: Arc::new(|_| panic!("{}", Secret::new("geheim".into()).expose())),
            resolver: Arc::new(SystemResolver),
            net: Arc::new(Net::system),
            egress: EgressTargets::default(),
            own_stores_only: false,
            lock_limit: crate::host::LOCK_LIMIT,
            domain: Arc::new(|_| None),
            oauth: crate::oauth::OauthWay {
                proxy: None,
                resolver: Arc::new(crate::probe::SystemResolver),
                timeout: crate::oauth::OauthWay::TIMEOUT,
            },
            last_plan: Arc::default(),
        }
    }

    #[test]
    fn a_worker_that_dies_ends_its_effect() {
        let (sender, messages) = mpsc::channel();
        let work = Work::Stores(SecretReader { scope: Scope::User, run_as: RunAs::default() });
        runner().start(Effect { generation: 7, work: work.clone() }, sender);
        assert!(matches!(messages.recv().unwrap(), Msg::Finished(7, Outcome::Stores(_))));
        assert!(matches!(runner().run(work, &mut |_| {}), Outcome::Stores(_)));
    }

    #[test]
    fn each_kind_of_work_says_where_it_broke() {
        let text = Catalog::builtin().text(Lang::EN);
        let outcome = Broken::of(&Work::Fetch("true".into())).outcome(&text, "src/x.rs:1:2");
        let Outcome::Fetched(Err(phrase)) = outcome else { unreachable!("of a fetch") };
        assert!(text.say(&phrase).contains("src/x.rs:1:2"));
    }
}
