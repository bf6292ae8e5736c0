//! What the machine lacks for what is written: said with the command that installs it, before anything fails for it.

use std::path::Path;

use super::{
    Files, Note, Order, Places, Scope, TargetChoice,
    context::bundles,
    locate::{FOLDERS, in_root, matching},
    meant::{has_login, trust},
    sending::log_of,
};
use crate::{
    mail::Security,
    phrase,
    presets::{Catalog, Target},
};

/// What is missing.
pub(super) fn notes(
    order: &Order,
    chosen: &[(&Target, &TargetChoice)],
    catalog: &Catalog,
    places: &Places,
    files: &dyn Files,
) -> Vec<Note> {
    let is_there = |path: &Path| files.find(&in_root(path, places)).is_some();
    let mut notes = Vec::new();
    let trust = trust(&order.profile);
    let asks_system = order.profile.smtp.security != Security::None && trust.ca_file.is_none() && trust.pin_sha256.is_none();
    let bundles = bundles(places, files);
    let checking = chosen.iter().find(|(target, _)| target.checks_certificates && target.program.is_some());
    if let Some((target, _)) = checking.filter(|_| asks_system && !bundles.iter().any(|path| is_there(Path::new(path)))) {
        let path = bundles.first().copied().unwrap_or_default();
        let command = catalog.install(&["authorities"]);
        let phrase = phrase!("plan-note-no-authorities", target = target.name, path = path, command = command);
        notes.push(Note { owner: target.key.clone(), phrase });
    }
    for (target, _) in chosen.iter().filter(|_| has_login(order)) {
        let is_installed = |program: &String| FOLDERS.iter().any(|folder| is_there(&Path::new(folder).join(program)));
        let Some(needs) = target.login_needs.as_ref().filter(|_| target.program.as_ref().is_some_and(is_installed)) else {
            continue;
        };
        let mut paths = needs.files.iter().flat_map(|path| matching(&in_root(Path::new(path), places), files));
        if !paths.any(|path| is_there(&path)) {
            let command = catalog.install(&[&needs.need]);
            notes.push(Note {
                owner: target.key.clone(),
                phrase: phrase!("plan-note-login-needs", target = target.name, command = command),
            });
        }
    }
    if places.scope == Scope::System {
        notes.extend(chosen.iter().flat_map(|(target, choice)| of_mailer(order, target, choice, catalog, places, files)));
    }
    notes
}

/// What a mailer does not keep: mail that is put off, and what became of mail.
fn of_mailer(
    order: &Order,
    target: &Target,
    choice: &TargetChoice,
    catalog: &Catalog,
    places: &Places,
    files: &dyn Files,
) -> Vec<Note> {
    let note = |phrase| Note { owner: target.key.clone(), phrase };
    let mut notes = Vec::new();
    if target.mta.as_ref().is_some_and(|mta| mta.no_queue) {
        let keeps = |other: &&Target| other.mta.as_ref().is_some_and(|mta| !mta.no_queue);
        let others: Vec<&str> = catalog.targets().filter(keeps).map(|other| other.name.as_str()).collect();
        notes.push(note(phrase!("plan-note-no-queue", target = target.name, others = others.join(", "))));
    }
    // Whoever keeps the system's log listens there (syslog(3)); of an image nobody does yet.
    let has_syslog = places.root.is_some() || files.find(Path::new("/dev/log")).is_some();
    let queue = target.send.as_ref().and_then(|send| send.queue.as_ref()).filter(|queue| !has_syslog && queue.log.is_none());
    if let Some(queue) = queue.filter(|queue| log_of(queue, target, choice, &order.name, places, files).is_none()) {
        let command = queue.start_log.clone().unwrap_or_else(|| catalog.install(&["syslog"]));
        notes.push(note(phrase!("plan-note-no-log", target = target.name, command = command)));
    }
    notes
}
