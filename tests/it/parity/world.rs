//! What all front ends stand on: one server, one table of answers, a folder of its own for each.

use std::{collections::BTreeMap, path::Path, rc::Rc, sync::Arc};

use mailsetup::{
    demo::{self, Demo},
    mail::Profile,
    plan::{Places, Scope},
    presets::{Catalog, Lang, Text},
    probe::SystemResolver,
    runner::Runner,
    setup::{AnswerSource, Field, Import, Setup, SetupFacts, SetupOptions},
};
use tempfile::TempDir;

use crate::support::{
    files::files_below,
    setup::{facts, places_at_home},
};

/// The demo's server, and what is known of it.
pub(crate) struct World {
    pub(crate) demo: Demo,
    /// What programs here have already.
    pub(crate) imports: Vec<Import>,
    catalog: Arc<Catalog>,
    ca: TempDir,
}

/// One table of answers.
pub(crate) struct Case(pub(crate) BTreeMap<Field, String>);

impl Case {
    pub(crate) fn new(answers: &[(Field, &str)]) -> Self {
        Self(answers.iter().map(|(field, answer)| (*field, (*answer).to_owned())).collect())
    }
}

/// What came of it, without times and without the name of the folder.
#[derive(Debug, PartialEq)]
pub(crate) struct Made {
    pub(crate) profile: Profile,
    /// Each change: whose, where, mode, what.
    pub(crate) plan: Vec<(String, String, u32, String)>,
    /// Each file that was written.
    pub(crate) files: BTreeMap<String, String>,
}

/// A front end's own folder and conversation.
pub(crate) struct Stage {
    pub(crate) home: TempDir,
    pub(crate) setup: Setup,
    pub(crate) runner: Runner,
}

impl World {
    pub(crate) fn new() -> Self {
        let demo = Demo::start().unwrap();
        let ca = tempfile::tempdir().unwrap();
        std::fs::write(ca.path().join("ca.pem"), demo.ca_pem()).unwrap();
        let catalog = Arc::new(Catalog::builtin().with_provider(demo::provider(&demo)));
        Self { demo, imports: Vec::new(), catalog, ca }
    }

    /// A conversation about nothing yet but the authority to trust.
    pub(crate) fn stage(&self, options: SetupOptions) -> Stage {
        let home = tempfile::tempdir().unwrap();
        let facts = SetupFacts {
            // Consumers ask this for the secret: here, it is known.
            program: vec!["sh".into(), "-c".into(), format!("printf %s '{}'", self.demo.password())],
            ..facts()
        };
        let mut setup = Setup::new(Arc::clone(&self.catalog), Rc::new(Text::new(Lang::EN)), facts, options);
        setup.give(Field::CaFile, &self.ca.path().join("ca.pem").display().to_string(), AnswerSource::Flag).unwrap();
        setup.offer_imports(self.imports.clone());
        let places = places_at_home(home.path());
        // The whole system is an image in the same folder.
        let image = Places {
            scope: Scope::System,
            root: Some(places.home.clone()),
            config: places.home.join("etc/mailsetup"),
            state: places.home.join("var/lib/mailsetup"),
            ..places.clone()
        };
        let runner = Runner {
            egress: mailsetup::runner::EgressTargets::default(),
            own_stores_only: true,
            lock_limit: mailsetup::host::LOCK_LIMIT,
            domain: Arc::new(|_| None),
            oauth: crate::support::web::oauth_way(),
            last_plan: Arc::default(),
            catalog: Arc::clone(&self.catalog),
            lang: Lang::EN,
            places: Arc::new(move |scope| Ok(if scope == Scope::System { image.clone() } else { places.clone() })),
            net: Arc::new(mailsetup::discover::Net::system),
            resolver: Arc::new(SystemResolver),
        };
        Stage { home, setup, runner }
    }
}

impl Stage {
    /// What came of a conversation that is done; `setup` is it.
    pub(crate) fn made(home: &Path, setup: &Setup) -> Made {
        let profile = setup.order().unwrap().profile.clone();
        let name = home.display().to_string();
        let clean = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).replace(&name, "HOME");
            text.lines()
                .filter(|line| !line.starts_with("when = ") && !line.starts_with("settings = "))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let short = |path: &Path| path.strip_prefix(home).unwrap().display().to_string();
        let change = |change: &mailsetup::plan::Change| {
            (change.owner.clone(), short(&change.path), change.mode, clean(change.after.as_deref().unwrap_or_default()))
        };
        let plan = setup.plan().unwrap().changes.iter().map(change).collect();
        let files = files_below(home)
            .into_iter()
            .filter(|path| !path.starts_with(home.join(".local/state")) && !path.starts_with(home.join("var/lib")))
            .map(|path| (short(&path), clean(&std::fs::read(&path).unwrap())))
            .collect();
        Made { profile, plan, files }
    }
}
