//! Conflicts: what on this machine keeps the new settings from working, each with what to do.
//!
//! Nothing here stops a plan, but that a file would not follow to another user. What is known of programs comes from the targets' presets.

use std::path::{Path, PathBuf};

use super::{
    Change, Files, Node, Note, Order, Places, Plan, Refusal, Scope, TargetChoice,
    locate::{FOLDERS, in_root, seen},
    meant::{client, has_login, is_inline, trust},
    profile_files::reads,
    services,
    shared_group::SENDERS_GROUP,
};
use crate::{
    mail::{Profile, reply::escape},
    phrase,
    presets::{
        Catalog, Phrase, Target,
        target::{AppArmor, Mta},
    },
};

/// What cron, PHP's `mail()` and most scripts send by.
pub const SENDMAIL: &str = "/usr/sbin/sendmail";

/// Whether a target's program is what [`SENDMAIL`] leads to on this machine.
pub fn is_sendmail(target: &Target, places: &Places, files: &dyn Files) -> bool {
    let machine = Machine { places, files };
    machine.find(SENDMAIL).is_some_and(|found| machine.is(&found, target))
}

/// Whether [`SENDMAIL`] leads to a program on this machine.
pub fn has_sendmail(places: &Places, files: &dyn Files) -> bool {
    Machine { places, files }.find(SENDMAIL).is_some()
}

/// The machine that is written to, as its own programs see it.
struct Machine<'a> {
    places: &'a Places,
    files: &'a dyn Files,
}

/// Everything to know about the machine that the plan goes to; `was` is the profile as it was.
///
/// # Errors
/// Another user sends than before and could not read a file.
pub(super) fn notes(
    order: &Order,
    chosen: &[(&Target, &TargetChoice)],
    was: Option<&Profile>,
    plan: &Plan,
    catalog: &Catalog,
    (places, files): (&Places, &dyn Files),
) -> Result<Vec<Note>, Refusal> {
    let machine = Machine { places, files };
    let mut notes = Vec::new();
    let mut note = |target: &Target, phrase: Option<Phrase>| {
        notes.extend(phrase.map(|phrase| Note { owner: target.key.clone(), phrase }));
    };
    if places.scope == Scope::System {
        let mtas: Vec<(&Target, &Mta)> =
            chosen.iter().filter_map(|(target, _)| Some((*target, target.mta.as_ref()?))).collect();
        if let Some((first, _)) = mtas.first() {
            note(first, machine.sendmail(&mtas, catalog));
            for other in catalog.targets().filter(|other| mtas.iter().all(|(target, _)| target.key != other.key)) {
                note(first, machine.queue(first, other, catalog));
            }
        }
    }
    for (target, choice) in chosen {
        if let Some(profile) = target.apparmor.as_ref().filter(|profile| machine.confines(profile)) {
            machine.barred(order, target, choice, profile, plan).into_iter().for_each(|phrase| note(target, Some(phrase)));
        }
        let daemon = target.daemon.as_ref().filter(|_| places.scope == Scope::System);
        note(target, daemon.and_then(|user| machine.barred_key(user, target, order)));
        let is_another = was.is_some_and(|was| was.enabled && reads(was) != reads(&order.profile));
        let readers = order.profile.run_as.iter().filter(|_| places.scope == Scope::System && !target.own_user);
        for why in readers.filter_map(|user| machine.unreadable(user, target, plan)) {
            // The files follow to the new user, or all stays as it is.
            if is_another {
                return Err(Refusal::NotFollowing { target: target.key.clone(), why: Box::new(first(why)) });
            }
            note(target, Some(why));
        }
    }
    Ok(notes)
}

/// A file of the plan's that a user who sends cannot read, or cannot get to, for each target: its key, and why.
pub fn closed(order: &Order, plan: &Plan, catalog: &Catalog, places: &Places, files: &dyn Files) -> Vec<(String, Phrase)> {
    let machine = Machine { places, files };
    let targets = order.targets.iter().filter_map(|choice| catalog.target(&choice.key));
    let own = targets.filter(|target| places.scope == Scope::System && !target.own_user);
    own.filter_map(|target| {
        let why = order.profile.run_as.iter().find_map(|user| machine.unreadable(user, target, plan))?;
        Some((target.key.clone(), why))
    })
    .collect()
}

/// The same of a file that is not written before it can be read.
fn first(why: Phrase) -> Phrase {
    match why.id {
        "conflict-unreadable" => Phrase { id: "conflict-unreadable-first", ..why },
        _ => why,
    }
}

impl Machine<'_> {
    fn find(&self, path: &str) -> Option<Node> {
        self.files.find(&in_root(Path::new(path), self.places))
    }

    /// The text of a file; empty where there is none.
    fn text(&self, path: &str) -> String {
        let found = self.files.read(&in_root(Path::new(path), self.places)).ok().flatten();
        found.map(|found| String::from_utf8_lossy(&found.bytes).into_owned()).unwrap_or_default()
    }

    fn has(&self, program: &str) -> bool {
        FOLDERS.iter().any(|folder| self.find(&format!("{folder}/{program}")).is_some())
    }

    /// Whether this is the program that `sendmail` leads to.
    fn is(&self, sendmail: &Node, target: &Target) -> bool {
        let name = sendmail.path.file_name().unwrap_or_default();
        let has_name = target.mta.as_ref().is_some_and(|mta| mta.sendmail.iter().any(|known| name == known.as_str()));
        has_name && target.program.as_ref().is_none_or(|program| self.has(program))
    }

    /// `/usr/sbin/sendmail` is not the program that was chosen, is missing, or can be only one of several.
    fn sendmail(&self, mtas: &[(&Target, &Mta)], catalog: &Catalog) -> Option<Phrase> {
        let found = self.find(SENDMAIL);
        let owner = found.as_ref().and_then(|found| catalog.targets().find(|target| self.is(found, target)));
        let (target, _) = mtas.first()?;
        if mtas.len() > 1 {
            let names: Vec<&str> = mtas.iter().map(|(target, _)| target.name.as_str()).collect();
            let owner = owner.map(|owner| owner.name.clone()).or_else(|| found.as_ref().map(shown)).unwrap_or("none".into());
            return Some(phrase!("conflict-sendmail-several", targets = names.join(", "), owner = owner));
        }
        if !target.program.as_ref().is_some_and(|program| self.has(program)) {
            let command = catalog.install(&[&target.key]);
            return Some(phrase!("conflict-not-installed", target = target.name, command = command));
        }
        let command = catalog.make_sendmail(&target.key);
        match (owner, found) {
            (Some(owner), _) if owner.key == target.key => None,
            (Some(owner), _) => Some(phrase!(
                "conflict-sendmail-other",
                owner = owner.name,
                key = owner.key,
                target = target.name,
                command = command
            )),
            // It reads no settings, and hands over to 127.0.0.1 unless it is told a server (busybox: mailutils/sendmail.c, -S and -H).
            (None, Some(found)) if found.path.file_name().is_some_and(|name| name == "busybox") => {
                Some(phrase!("conflict-sendmail-busybox", target = target.name, command = command))
            }
            (None, Some(found)) => {
                Some(phrase!("conflict-sendmail-unknown", path = shown(&found), target = target.name, command = command))
            }
            (None, None) => Some(phrase!("conflict-sendmail-nobody", target = target.name, command = command)),
        }
    }

    /// Another program runs and has its own queue.
    fn queue(&self, target: &Target, other: &Target, catalog: &Catalog) -> Option<Phrase> {
        let daemon = other.mta.as_ref()?.daemon.as_ref();
        let daemon = daemon.filter(|daemon| services::is_running(daemon, self.places, self.files))?;
        let stop = services::stop(daemon, catalog, self.places, self.files);
        Some(phrase!("conflict-queue", other = other.name, target = target.name, queue = daemon.queue, stop = stop))
    }

    /// Whether AppArmor is on, and this profile is enforced.
    fn confines(&self, profile: &AppArmor) -> bool {
        let at = |folder: &str| self.find(&format!("/etc/apparmor.d/{folder}{}", profile.profile)).is_some();
        let is_on = self.text("/sys/module/apparmor/parameters/enabled").starts_with('Y');
        is_on && at("") && !at("disable/") && !at("force-complain/")
    }

    /// What AppArmor keeps a consumer from: running mailsetup for the password, reading what lies in a place of a person's
    /// own.
    fn barred(&self, order: &Order, target: &Target, choice: &TargetChoice, profile: &AppArmor, plan: &Plan) -> Vec<Phrase> {
        let file = format!("/etc/apparmor.d/{}", profile.profile);
        let local = format!("/etc/apparmor.d/local/{}", profile.profile);
        let said = self.text(&file) + &self.text(&local);
        let mut barred = Vec::new();
        let program = order.secret_program().into_iter().next();
        if let Some(program) = &program
            .filter(|program| has_login(order) && !is_inline(order, target, choice) && !said.contains(program.as_str()))
        {
            let rule = format!("{} PUx,", escape(program));
            let below = &profile.runs_below;
            barred.push(phrase!("conflict-apparmor-run", target = target.name, file = file, below = below, rule = rule));
        }
        let own =
            plan.changes.iter().filter(|change| change.owner == target.key).map(|change| seen(&change.path, self.places));
        let may = |path: &PathBuf| {
            let home = seen(&self.places.home, self.places);
            profile.reads.iter().any(|known| match known.strip_prefix("~/") {
                Some(rest) => path.starts_with(home.join(rest)),
                None => path.starts_with(known),
            }) || said.contains(&*path.to_string_lossy())
        };
        let shown = client(&order.profile).into_iter().flat_map(|client| [client.cert.clone(), client.key.clone()]);
        let named = trust(&order.profile).ca_file.into_iter().chain(shown).map(|path| seen(&path, self.places));
        for path in own.chain(named).filter(|path| !may(path)) {
            let path = escape(&path.display().to_string());
            let rule = format!("{path} r,");
            barred.push(phrase!(
                "conflict-apparmor-read",
                target = target.name,
                path = path,
                local = local,
                rule = rule,
                file = file
            ));
        }
        barred
    }

    /// The user who sends cannot read a file that will be written, or cannot get to it.
    fn unreadable(&self, user: &str, target: &Target, plan: &Plan) -> Option<Phrase> {
        let groups = self.files.groups_of(user)?;
        plan.changes.iter().filter(|change| change.owner == target.key).find_map(|change| {
            let path = seen(&change.path, self.places);
            let file = self.afterwards(change);
            if let Some(folder) = self.closed_folder(user, &groups, &path) {
                let command = if folder.mode & 0o010 == 0 || folder.group == "root" || self.is_a_users_own(&folder.group) {
                    command(&["chmod", "o+x", &folder.path.to_string_lossy()])
                } else {
                    command(&["usermod", "-aG", &folder.group, user])
                };
                let (folder, path) = (shown(&folder), escape(&path.display().to_string()));
                return Some(phrase!(
                    "conflict-folder",
                    user = user,
                    folder = folder,
                    path = path,
                    target = target.name,
                    command = command
                ));
            }
            if may(user, &groups, &file, 0o4) {
                return None;
            }
            let shown = path.to_string_lossy();
            let command = if file.mode & 0o040 != 0 && file.group != "root" {
                self.joining(user, &file.group, target, &shown)
            } else {
                let own = groups.first().map_or("", String::as_str);
                opened_to(&shlex::try_quote(own).unwrap_or_default(), &path)
            };
            let mode = format!("{:04o} {}:{}", file.mode, escape(&file.user), escape(&file.group));
            Some(phrase!(
                "conflict-unreadable",
                user = user,
                path = escape(&shown),
                mode = mode,
                target = target.name,
                command = command
            ))
        })
    }

    /// A mail server's own user cannot read the key of the client certificate, or its certificate, or cannot get to it.
    fn barred_key(&self, user: &str, target: &Target, order: &Order) -> Option<Phrase> {
        let client = client(&order.profile)?;
        let groups = self.files.groups_of(user)?;
        let own = groups.first()?;
        [&client.cert, &client.key].into_iter().find_map(|path| {
            let file = self.find(&path.to_string_lossy())?;
            if let Some(folder) = self.closed_folder(user, &groups, path) {
                let command = command(&["chmod", "o+x", &folder.path.to_string_lossy()]);
                return Some(phrase!(
                    "conflict-key",
                    user = user,
                    path = shown(&file),
                    target = target.name,
                    command = command
                ));
            }
            let path = path.to_string_lossy();
            let command = format!("{} && {}", command(&["chgrp", own, &path]), command(&["chmod", "g+r", &path]));
            let phrase =
                || phrase!("conflict-key", user = user, path = shown(&file), target = target.name, command = command);
            (!may(user, &groups, &file, 0o4)).then(phrase)
        })
    }

    /// Whether a group is a user's own: who is in it can read what is that user's alone.
    fn is_a_users_own(&self, group: &str) -> bool {
        self.files.groups_of(group).is_some_and(|groups| groups.first().is_some_and(|own| own == group))
    }

    /// The command after which a user can read what a group can: by that group, or by one of both users' where it is one's own. A
    /// consumer's user has no secrets but these.
    fn joining(&self, user: &str, group: &str, target: &Target, path: &str) -> String {
        if group == target.key || !self.is_a_users_own(group) {
            return command(&["usermod", "-aG", group, user]);
        }
        let both = [group, user].map(|member| command(&["usermod", "-aG", SENDERS_GROUP, member]));
        let [one, other] = both;
        [command(&["groupadd", "-f", SENDERS_GROUP]), one, other, command(&["chgrp", SENDERS_GROUP, path])].join(" && ")
    }

    /// A file as it will be.
    fn afterwards(&self, change: &Change) -> Node {
        let now = self.files.find(&change.path);
        let root = || "root".to_owned();
        let group = change.group.clone().or_else(|| now.as_ref().map(|now| now.group.clone()));
        Node {
            path: change.path.clone(),
            mode: change.mode,
            user: change.user.clone().unwrap_or_else(|| now.map_or_else(root, |now| now.user)),
            group: group.unwrap_or_else(root),
        }
    }

    /// The first folder above a path that a user cannot enter.
    fn closed_folder(&self, user: &str, groups: &[String], path: &Path) -> Option<Node> {
        let above: Vec<&Path> = path.ancestors().skip(1).collect();
        let folders = above.into_iter().rev().filter_map(|folder| self.find(&folder.to_string_lossy()));
        folders.into_iter().find(|folder| !may(user, groups, folder, 0o1))
    }
}

/// The commands that open a file to a group, which is given as a shell takes it.
pub fn opened_to(group: &str, path: &Path) -> String {
    let path = path.to_string_lossy();
    let path = shlex::try_quote(&path).unwrap_or_default();
    escape(&format!("chgrp {group} {path} && chmod g+r {path}"))
}

/// Whether a user has a right, as `rwx` for others say it.
pub(super) fn may(user: &str, groups: &[String], node: &Node, right: u32) -> bool {
    let right = if node.user == user {
        right << 6
    } else if groups.contains(&node.group) {
        right << 3
    } else {
        right
    };
    node.mode & right != 0
}

pub(super) fn shown(node: &Node) -> String {
    escape(&node.path.display().to_string())
}

/// A command as a shell takes it.
fn command(words: &[&str]) -> String {
    escape(&shlex::try_join(words.iter().copied()).unwrap_or_default())
}
