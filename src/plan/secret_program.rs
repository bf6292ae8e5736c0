//! The program that others run for the password whenever they send: whether it will be there then, for the user who sends, and
//! nobody else can put another in its place.

use std::path::{Path, PathBuf};

use super::{
    Files, Node, Note, Order, Places, Refusal, Scope, TargetChoice,
    conflicts::{may, shown},
    meant::{has_login, is_inline},
};
use crate::{
    mail::{UserName, reply::escape},
    phrase,
    presets::{Catalog, Phrase, Target, target::TargetFile},
};

/// What a person should know of it before anything is written.
///
/// # Errors
/// [`Refusal::NoSecretProgram`]: there is none where the profile says. What an image lacks is looked for elsewhere.
pub(super) fn notes(
    order: &Order,
    chosen: &[(&Target, &TargetChoice)],
    places: &Places,
    files: &dyn Files,
) -> Result<Vec<Note>, Refusal> {
    let runs = runner(order, chosen).filter(|_| places.root.is_none());
    let path = order.secret_program().into_iter().next().map(PathBuf::from);
    // The demo's is a program that runs ours.
    let (Some(target), Some(path)) = (runs, path.filter(|path| path.is_absolute())) else {
        return Ok(Vec::new());
    };
    let node = files.find(&path);
    if order.profile.secret_command_path.is_some() && node.as_ref().is_none_or(|node| node.mode & 0o111 == 0) {
        return Err(Refusal::NoSecretProgram { path });
    }
    let said = |phrase: Phrase| Note {
        owner: target.key.clone(),
        phrase: phrase.with("path", escape(&path.display().to_string())).with("target", &target.name),
    };
    Ok(node
        .map(|node| Way::new(&path, node, files).faults(order, places).into_iter().map(said).collect())
        .unwrap_or_default())
}

/// Whether any of an order's targets runs mailsetup for the password.
pub fn secret_runner(order: &Order, catalog: &Catalog) -> bool {
    let chosen: Vec<_> = order.targets.iter().filter_map(|choice| Some((catalog.target(&choice.key)?, choice))).collect();
    runner(order, &chosen).is_some()
}

/// The first target whose program runs mailsetup for the password.
pub(super) fn runner<'a>(order: &Order, chosen: &[(&'a Target, &TargetChoice)]) -> Option<&'a Target> {
    let runs = |(target, choice): &&(&Target, &TargetChoice)| {
        let mut templates = target.files.iter().flat_map(TargetFile::templates);
        !is_inline(order, target, choice) && templates.any(|template| template.as_str().contains("secret_command"))
    };
    chosen.iter().find(runs).filter(|_| has_login(order)).map(|(target, _)| *target)
}

/// The way to the program.
struct Way<'a> {
    program: Node,
    /// The folders above it, as it is named and as it is found in the end.
    folders: Vec<Node>,
    files: &'a dyn Files,
}

impl<'a> Way<'a> {
    fn new(path: &Path, program: Node, files: &'a dyn Files) -> Self {
        let above = path.ancestors().skip(1).chain(program.path.ancestors().skip(1));
        let mut folders: Vec<Node> = above.filter_map(|folder| files.find(folder)).collect();
        folders.dedup();
        Self { program, folders, files }
    }

    fn faults(&self, order: &Order, places: &Places) -> Vec<Phrase> {
        let senders: Vec<&UserName> = order.profile.run_as.iter().filter(|_| places.scope == Scope::System).collect();
        let closed = senders.iter().filter_map(|user| {
            let node = self.closed_to(user)?;
            Some(phrase!("plan-note-program-closed", user = escape(user), folder = shown(node)))
        });
        let foreign = self
            .foreign(&senders, places)
            .map(|node| phrase!("plan-note-program-foreign", folder = shown(node), owner = escape(&node.user)));
        let open = self.folders.iter().find(|folder| folder.mode & 0o002 != 0);
        let open = open.map(|folder| phrase!("plan-note-program-open", folder = shown(folder)));
        let build = self.folders.iter().find(|folder| self.is_build(&folder.path));
        let build = build.map(|folder| phrase!("plan-note-program-build", folder = shown(folder)));
        closed.chain([foreign, open, build].into_iter().flatten()).collect()
    }

    /// The first on the way that the user who sends may not pass.
    fn closed_to(&self, user: &str) -> Option<&Node> {
        let groups = self.files.groups_of(user)?;
        self.folders.iter().chain([&self.program]).find(|node| !may(user, &groups, node, 0o1))
    }

    /// What belongs to somebody else than root, those who send, and the person whose home it is.
    fn foreign(&self, senders: &[&UserName], places: &Places) -> Option<&Node> {
        let own = self.files.find(&places.home).filter(|_| places.scope == Scope::User).map(|home| home.user);
        let is_sender = |user: &String| senders.iter().any(|sender| **sender == user.as_str());
        let is_foreign = |node: &&Node| node.user != "root" && !is_sender(&node.user) && Some(&node.user) != own.as_ref();
        [&self.program].into_iter().chain(&self.folders).find(is_foreign)
    }

    /// Whether Cargo builds there, and empties it.
    fn is_build(&self, folder: &Path) -> bool {
        let has = |name: &str| self.files.find(&folder.join(name)).is_some();
        has(".cargo-lock") || (folder.ends_with("target") && has("CACHEDIR.TAG"))
    }
}
