//! `--demo`: a mail server of our own, a folder of its own, and things to break.

use std::{
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use super::{
    super::context::{Context, program},
    conversation::Conversation,
    scratch::{CA_FILE, Scratch},
};
use crate::{
    demo::{self, Demo, DemoDns, DemoFault},
    discover::Net,
    dns::{DomainQuestion, judge},
    error::{Error, Exit},
    frontend::{MenuItem, Sidecar},
    host,
    mail::Secret,
    phrase,
    plan::{Places, Scope},
    presets::{Catalog, Provider, Text},
    probe::SystemResolver,
    runner::{EgressTargets, Runner},
    setup::{AnswerSource, DomainFinding, Field, GivenSecret, SenderDomain, Setup, SetupFacts, SetupOptions},
};

/// The conversation against the demo's server.
pub(super) fn conversation(context: &Context, options: SetupOptions) -> Result<Conversation, Error> {
    let failed = |error: std::io::Error| Error::new(Exit::Software, phrase!("demo-failed", cause = error));
    let demo = Arc::new(Demo::start().map_err(failed)?);
    let folder = tempfile::Builder::new().prefix("mailsetup-demo-").tempdir().map_err(failed)?.keep();
    let ca_file = folder.join(CA_FILE);
    std::fs::write(&ca_file, demo.ca_pem()).map_err(failed)?;
    let provider = demo::provider(&demo);
    let key = provider.key.clone();
    let catalog = Arc::new(Catalog::builtin().with_provider(provider));
    let facts = host::facts();
    let facts = SetupFacts {
        sign_in_seed: None,
        host_name: facts.host_name,
        full_name: facts.full_name,
        is_root: false,
        suggested_targets: vec!["msmtp".into(), "dotenv".into()],
        suggested_address: Some(demo.user().to_owned()),
        known_domains: Vec::new(),
        root_mail: None,
        proxy: None,
        // The profile is in the demo's folder, where the secret has to be fetched from.
        command: vec!["mailsetup".into(), "--demo".into()],
        cwd: folder.clone(),
        key_slot: crate::mail::KeySlot::default(),
        program: vec!["env".into(), format!("XDG_CONFIG_HOME={}", folder.join(".config").display()), program()],
    };
    let brief = options.brief;
    let mut setup = Setup::new(Arc::clone(&catalog), Rc::clone(&context.text), facts, options);
    // Whatever the address is, the mail goes to the demo.
    let _ = setup.give(Field::Provider, &key, AnswerSource::Preset);
    let _ = setup.give(Field::CaFile, &ca_file.display().to_string(), AnswerSource::Preset);
    if brief {
        setup.give_secret(GivenSecret { secret: Secret::new(demo.password().to_owned()), flag: Some(Vec::new()) });
    }
    let places = places(&folder);
    let preset = demo::provider(&demo);
    let runner = Runner {
        catalog,
        lang: context.lang(),
        places: Arc::new(move |_| Ok(places.clone())),
        net: Arc::new(Net::system),
        resolver: Arc::new(SystemResolver),
        domain: Arc::new(move |spec| domain(spec, &preset)),
        // The demo's own ports are in its preset; nothing else is tried, so nothing leaves this machine.
        egress: EgressTargets::default(),
        own_stores_only: true,
        lock_limit: host::LOCK_LIMIT,
        oauth: context.oauth_way(),
        last_plan: Arc::default(),
    };
    let guide = Guide { demo, text: Rc::clone(&context.text) };
    Ok(Conversation { setup, runner, sidecar: Some(Box::new(guide)), scratch: Some(Scratch { folder }) })
}

/// What the records of the demo's domain mean, as if it were the person's own; of another one nothing is known.
fn domain(spec: &SenderDomain, provider: &Provider) -> Option<DomainFinding> {
    let question =
        DomainQuestion { domain: DemoDns::domain(), provider: Some(provider), catalog: &Catalog::builtin(), now: 0 };
    let is_ours = spec.domain == question.domain;
    is_ours.then(|| DomainFinding { provider: Some(provider.name.clone()), host: None, report: judge(&question, &DemoDns) })
}

/// Everything in the demo's own folder.
fn places(folder: &Path) -> Places {
    let below = |path: &str| -> PathBuf { folder.join(path) };
    Places {
        scope: Scope::User,
        root: None,
        home: folder.to_owned(),
        config: below(".config/mailsetup"),
        state: below(".local/state/mailsetup"),
        cwd: folder.to_owned(),
        keys: crate::mail::Keys::default(),
    }
}

/// Shows the demo's password, breaks things, and shows what arrived.
struct Guide {
    demo: Arc<Demo>,
    text: Rc<Text>,
}

impl Sidecar for Guide {
    fn hint(&self, field: Field) -> Option<String> {
        (field == Field::Password).then(|| self.text.say(&self.demo.password_hint()))
    }

    fn menu(&self) -> Vec<MenuItem> {
        let active = self.demo.fault();
        let keys = ('1'..='9').chain(['0']);
        DemoFault::ALL
            .iter()
            .zip(keys)
            .map(|(fault, key)| MenuItem { key, label: self.text.say(&fault.label()), active: *fault == active })
            .collect()
    }

    fn pick(&mut self, index: usize) {
        if let Some(fault) = DemoFault::ALL.get(index) {
            self.demo.set_fault(*fault);
        }
    }

    fn arrived(&self) -> Vec<String> {
        let line = |message: &demo::Arrived| {
            let to = message.to.join(", ");
            self.text.say(&phrase!("demo-arrived", to = to, subject = message.subject, from = message.from))
        };
        self.demo.arrived().iter().map(line).collect()
    }
}
