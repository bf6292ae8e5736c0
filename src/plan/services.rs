//! How a running program is told of new settings, by what starts services on its machine.

use std::path::Path;

use super::{Files, Note, Places, locate::in_root};
use crate::{
    mail::reply::escape,
    phrase,
    presets::{Catalog, Target, distribution::Init, target::Daemon},
};

/// What becomes of a service whose settings were written.
pub(super) enum ServiceCall {
    /// This is run.
    Run(Vec<String>),
    /// A person has to see to it.
    Said(Note),
    /// Nothing: it does not run.
    Idle,
}

/// How a target's service is told.
pub(super) fn call(target: &Target, service: &str, restart: bool, places: &Places, files: &dyn Files) -> ServiceCall {
    // No program of an image runs.
    if places.root.is_some() {
        return ServiceCall::Idle;
    }
    match running(places, files) {
        // What is not linked there is not started (runsvdir(8)).
        Some(Init::Runit) if files.find(&Path::new("/var/service").join(service)).is_none() => ServiceCall::Idle,
        Some(init) if restart => ServiceCall::Run(init.restart(service)),
        Some(init) => ServiceCall::Run(init.reload(service)),
        None => {
            let daemon = target.mta.as_ref().and_then(|mta| mta.daemon.as_ref());
            if daemon.is_some_and(|daemon| !is_running(daemon, places, files)) {
                return ServiceCall::Idle;
            }
            let phrase = phrase!("plan-note-no-init", target = target.name, service = escape(service));
            ServiceCall::Said(Note { owner: target.key.clone(), phrase })
        }
    }
}

/// The command that ends a daemon for good.
pub(super) fn stop(daemon: &Daemon, catalog: &Catalog, places: &Places, files: &dyn Files) -> String {
    let of_image = || catalog.distribution().filter(|_| places.root.is_some()).map(|it| it.init);
    match running(places, files).or_else(of_image) {
        Some(init) => init.stop(&daemon.service),
        None => format!("kill \"$(cat {})\"", daemon.pid),
    }
}

/// Whether a daemon runs: the file with its number may be stale.
pub(super) fn is_running(daemon: &Daemon, places: &Places, files: &dyn Files) -> bool {
    let text = |path: &str| {
        let found = files.read(&in_root(Path::new(path), places)).ok().flatten();
        found.map(|found| String::from_utf8_lossy(&found.bytes).trim().to_owned()).unwrap_or_default()
    };
    let number = text(&daemon.pid).parse::<u32>();
    number.is_ok_and(|number| text(&format!("/proc/{number}/comm")) == daemon.process)
}

/// What starts services and runs.
fn running(places: &Places, files: &dyn Files) -> Option<Init> {
    Init::ALL.into_iter().find(|init| files.find(&in_root(Path::new(init.shown_by()), places)).is_some())
}
