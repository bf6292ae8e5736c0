//! What an image needs to send by itself, looked for below its root before anything is written: an image that cannot send at its
//! first boot is refused with what it lacks.

use std::path::Path;

use super::{
    Files, Note, Order, Places, Refusal, TargetChoice,
    context::bundles,
    locate::{FOLDERS, Locations, in_root, matching, seen},
    meant::{has_login, trust},
    secret_program,
};
use crate::{
    mail::{Security, reply::escape},
    phrase,
    presets::{Catalog, Phrase, Target},
};

/// What tells the tree of an operating system from a folder that is only copied into one (os-release(5)).
const RELEASES: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];

/// What an image lacks, and what a person should know of it.
#[derive(Debug, Default)]
pub(super) struct ImageFindings {
    pub(super) lacks: Vec<String>,
    pub(super) notes: Vec<Note>,
}

/// Looks for what the targets need below an image's root; nothing to find on this machine itself. A tree that is no system yet, and
/// one that a person prepares, may lack it: that is said.
///
/// # Errors
/// [`Refusal::ImageLacks`]: a system that could not send.
pub(super) fn look(
    order: &Order,
    chosen: &[(&Target, &TargetChoice, Locations<'_>)],
    catalog: &Catalog,
    places: &Places,
    files: &dyn Files,
) -> Result<ImageFindings, Refusal> {
    let Some(root) = &places.root else { return Ok(ImageFindings::default()) };
    let image = Image { places, files };
    let package = |need: &str| {
        let known = catalog.distribution().and_then(|distribution| distribution.packages.get(need));
        known.map_or_else(|| need.to_owned(), Clone::clone)
    };
    let mut lacks: Vec<String> = Vec::new();
    for (target, ..) in chosen {
        let program = target.program.as_ref().filter(|program| target.propose && !image.has_program(program));
        lacks.extend(program.cloned());
        let needs = target.login_needs.as_ref().filter(|needs| has_login(order) && !image.has_any(&needs.files));
        lacks.extend(needs.map(|needs| package(&needs.need)));
    }
    let by_bundle =
        |(target, ..): &(&Target, &TargetChoice, Locations<'_>)| target.checks_certificates && target.program.is_some();
    let trust = trust(&order.profile);
    if order.profile.smtp.security != Security::None && trust.is_system() && chosen.iter().any(by_bundle) {
        let has_any = bundles(places, files).iter().any(|path| image.has(path));
        lacks.extend((!has_any).then(|| package("authorities")));
    }
    let kept = trust.ca_file.as_ref().filter(|path| order.ca_pem.is_none() && files.find(path).is_none());
    lacks.extend(kept.map(|path| shown(&seen(path, places))));
    let mut notes = Vec::new();
    let pairs: Vec<_> = chosen.iter().map(|(target, choice, _)| (*target, *choice)).collect();
    if let (Some(target), Some(path)) = (secret_program::runner(order, &pairs), order.secret_program().first()) {
        let path = Path::new(path);
        if !image.runs(path) {
            lacks.push(format!("mailsetup ({})", shown(path)));
        }
        notes.push(note(&target.key, phrase!("plan-note-image-program", target = target.name, path = shown(path))));
    }
    if order.ca_pem.is_some() {
        let path = shown(&seen(&places.authority(&order.name), places));
        notes.push(note("ca", phrase!("plan-note-image-ca", path = path)));
    }
    lacks.dedup();
    if !lacks.is_empty() {
        let is_system = RELEASES.iter().any(|path| image.has(path));
        let said = lacks.join(", ");
        if is_system && !order.is_unproven {
            return Err(Refusal::ImageLacks { root: root.clone(), lacks: said });
        }
        notes.push(note("profile", phrase!("plan-note-image-lacks", root = shown(root), lacks = said)));
    }
    Ok(ImageFindings { lacks, notes })
}

fn note(owner: &str, phrase: Phrase) -> Note {
    Note { owner: owner.to_owned(), phrase }
}

fn shown(path: &Path) -> String {
    escape(&path.display().to_string())
}

/// The files of an image.
struct Image<'a> {
    places: &'a Places,
    files: &'a dyn Files,
}

impl Image<'_> {
    fn has(&self, path: &str) -> bool {
        self.files.find(&in_root(Path::new(path), self.places)).is_some()
    }

    fn runs(&self, path: &Path) -> bool {
        self.files.find(&in_root(path, self.places)).is_some_and(|node| node.mode & 0o111 != 0)
    }

    fn has_program(&self, name: &str) -> bool {
        FOLDERS.iter().chain(&["/sbin", "/bin"]).any(|folder| self.runs(&Path::new(folder).join(name)))
    }

    /// Whether one of the files is there; a `*` in a step is anything in the name of a folder.
    fn has_any(&self, paths: &[String]) -> bool {
        let mut found = paths.iter().flat_map(|path| matching(&in_root(Path::new(path), self.places), self.files));
        found.any(|path| self.files.find(&path).is_some())
    }
}
