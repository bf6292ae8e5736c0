//! What an image needs to send by itself, looked for below its root before anything is written: an image that cannot send at its
//! first boot is refused with what it lacks.

use std::path::Path;

use super::{
    Files, Note, Order, Places, Refusal, TargetChoice,
    context::{CA_BUNDLES, TemplateContext},
    locate::{FOLDERS, Locations, in_root, seen},
    meant::trust,
    render::holds,
    secret_program,
};
use crate::{
    mail::{Security, reply::escape},
    phrase,
    presets::{Phrase, Target, target::Need},
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
    places: &Places,
    files: &dyn Files,
) -> Result<ImageFindings, Refusal> {
    let Some(root) = &places.root else { return Ok(ImageFindings::default()) };
    let image = Image { places, files };
    let mut lacks: Vec<String> = Vec::new();
    for (target, choice, locations) in chosen {
        let context = TemplateContext::new(order, target, choice, locations, places, files).without_password();
        let program = target.program.as_ref().filter(|program| target.propose && !image.has_program(program));
        lacks.extend(program.cloned());
        for need in &target.needs {
            if !image.has_any(need) && is_needed(target, need, &context)? {
                lacks.push(need.package.clone());
            }
        }
    }
    let by_bundle = |(target, ..): &(&Target, &TargetChoice, Locations<'_>)| target.checks_certificates && target.program.is_some();
    let trust = trust(&order.profile);
    if order.profile.smtp.security != Security::None && trust.is_system() && chosen.iter().any(by_bundle) {
        lacks.extend((!CA_BUNDLES.iter().any(|path| image.has(path))).then(|| "ca-certificates".to_owned()));
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

    /// Whether one of the files is there; a step `*` is any folder.
    fn has_any(&self, need: &Need) -> bool {
        need.files.iter().any(|path| match path.split_once("/*/") {
            None => self.has(path),
            Some((around, rest)) => {
                let folders = self.files.folders(&in_root(Path::new(around), self.places));
                folders.iter().any(|folder| self.has(&format!("{around}/{folder}/{rest}")))
            }
        })
    }
}

fn is_needed(target: &Target, need: &Need, context: &TemplateContext) -> Result<bool, Refusal> {
    let Some(when) = &need.when else { return Ok(true) };
    holds(when.as_str(), context).map_err(|fault| Refusal::template(target, when, fault))
}
