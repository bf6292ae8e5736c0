//! A saved profile as an order, and what its files are by now.

use std::path::{Path, PathBuf};

use super::context::Context;
use crate::{
    error::Error,
    host::{self, Disk},
    mail::{Auth, KeySlot, Profile, SecretPlace, Setting, profile::Written, reply::escape, store::StoreFilling},
    phrase,
    plan::{self, Files as _, Order, Places, Scope, TargetChoice},
    presets::{Phrase, Target},
};

/// What writes a saved profile's files as the profile says; reads its secret.
///
/// # Errors
/// The secret cannot be read.
pub(super) fn saved(context: &Context, name: &str, profile: &Profile, places: &Places) -> Result<Order, Error> {
    let is_unproven = context.inputs.is_set("unproven");
    // What a person holds until run time need not be there now.
    let is_later = |place: &&SecretPlace| is_unproven && place.store().filling() == StoreFilling::Person;
    let place = profile.secret.as_ref().filter(|place| profile.smtp.auth != Auth::None && !is_later(place));
    let secret = match place {
        Some(place) => Some(context.own_secret(name, &profile.into(), place, places)?.secret),
        None => None,
    };
    Ok(Order {
        name: name.to_owned(),
        scope: places.scope,
        profile: plan::on_disk(profile, places),
        secret,
        targets: profile.targets.iter().map(TargetChoice::from).collect(),
        program: context.secret_program(),
        key_slot: KeySlot::default(),
        is_whole: false,
        takes_over: context.inputs.is_set("take-over"),
        is_unproven,
        ca_pem: None,
        others: Vec::new(),
    })
}

/// How a file is not as the profile says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drifted {
    /// It is not there.
    Missing,
    /// A setting in it is another one.
    Differs,
    /// It is not as it was written, though every setting is.
    Edited,
    /// It cannot be read.
    Unreadable,
}

impl Drifted {
    /// The word that JSON uses.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Differs => "differs",
            Self::Edited => "edited",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A file that is not as the profile says.
#[derive(Debug)]
pub(super) struct Difference {
    /// What it belongs to: a target as the profile lists it, or `profile` or `secret`.
    pub(super) owner: Written,
    pub(super) path: PathBuf,
    pub(super) how: Drifted,
    pub(super) fields: Vec<Setting>,
    /// In words.
    pub(super) phrase: Phrase,
}

impl Difference {
    /// Names the file of the target's that really differs, where that is another than the first.
    fn name_file(&mut self, plan: &plan::Plan) {
        let is_due = |change: &&plan::Change| change.owner == self.owner.name && change.is_needed();
        let is_first = plan.changes.iter().filter(is_due).any(|change| change.path == self.path);
        if let Some(change) = plan.changes.iter().find(is_due).filter(|_| self.how == Drifted::Differs && !is_first) {
            self.path.clone_from(&change.path);
            self.phrase = said(&self.owner, &self.path, self.how, &self.fields);
        }
    }

    /// Whether the file is gone, or leads elsewhere.
    pub(super) fn is_orphaned(&self) -> bool {
        self.how == Drifted::Missing || plan::leads_elsewhere(&self.fields)
    }
}

/// That a file is not as the profile says.
fn said(owner: &Written, path: &Path, how: Drifted, fields: &[Setting]) -> Phrase {
    let words = fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(", ");
    let (file, target) = (escape(&path.display().to_string()), escape(&owner.name));
    match how {
        Drifted::Missing => phrase!("check-missing", path = file, target = target),
        Drifted::Differs => phrase!("check-drift", path = file, target = target, fields = words),
        Drifted::Edited | Drifted::Unreadable => phrase!("check-edited", path = file, target = target),
    }
}

/// The files that are not as the profile says, and those that call mailsetup as an older version wrote it.
#[derive(Debug, Default)]
pub(super) struct Drift {
    pub(super) differences: Vec<Difference>,
    pub(super) older: Vec<Phrase>,
    older_paths: Vec<PathBuf>,
}

impl Drift {
    /// Looks at every target's files, by what their consumers read in them.
    pub(super) fn of(context: &Context, order: &Order, places: &Places) -> Self {
        let mut drift = Self::default();
        for written in &order.profile.targets {
            if let Some(target) = context.catalog.target(&written.name) {
                drift.look_at(written, target, order, places);
            }
        }
        if drift.differences.iter().any(|known| known.how == Drifted::Differs)
            && let Some(plan) = whole_plan(context, order)
        {
            drift.differences.iter_mut().for_each(|known| known.name_file(&plan));
        }
        drift
    }

    /// Adds what the users who send cannot read, as far as this user may try it: the secret, and files of targets.
    pub(super) fn add_closed(&mut self, context: &Context, order: &Order, places: &Places) {
        if order.profile.run_as.is_empty() || places.scope != Scope::System {
            return;
        }
        let disk = Disk::new(places);
        self.older.extend(plan::outsiders_note(&order.profile, &disk));
        let gone = order.profile.run_as.iter().find(|user| disk.groups_of(user).is_none());
        let why = match gone {
            Some(user) => Some(phrase!("plan-no-user", user = escape(user))),
            None => host::stores::prove(order, places).err(),
        };
        if let Some(why) = why {
            let owner = Written { name: "secret".to_owned(), path: None, inline_secret: false };
            self.add(&owner, places.secret(&order.name), Drifted::Unreadable, &[], Some(why));
        }
        let Some(plan) = whole_plan(context, order) else { return };
        for (key, why) in plan::closed(order, &plan, &context.catalog, places, &disk) {
            let listed = order.profile.targets.iter().find(|written| written.name == key);
            let (Some(owner), Some(target)) = (listed, context.catalog.target(&key)) else { continue };
            if !self.differences.iter().any(|known| known.owner.name == key) {
                self.add(owner, place(target, &owner.into(), places), Drifted::Unreadable, &[], Some(why));
            }
        }
    }

    fn look_at(&mut self, written: &Written, target: &Target, order: &Order, places: &Places) {
        let disk = Disk::new(places);
        let choice = TargetChoice::from(written);
        let sites = match plan::expand(target, &choice, places, &disk) {
            Ok(sites) => sites,
            Err(refusal) => {
                return self.add(written, place(target, &choice, places), Drifted::Missing, &[], Some(refusal.phrase()));
            }
        };
        for site in sites {
            let path = place(target, &site, places);
            let read = plan::read_back(target, &site, &order.name, places, &disk);
            let fields = read.as_ref().map(|read| plan::compare(order, places, read)).unwrap_or_default();
            match &read {
                Err(refusal) => self.add(written, path, Drifted::Unreadable, &[], Some(refusal.phrase())),
                Ok(_) if !fields.is_empty() && !path.exists() => self.add(written, path, Drifted::Missing, &[], None),
                Ok(_) if !fields.is_empty() => self.add(written, path, Drifted::Differs, &fields, None),
                Ok(read) if plan::is_older_call(order, places, read) => {
                    let file = escape(&path.display().to_string());
                    let said = phrase!("check-older-call", file = file, target = written.name, profile = order.name);
                    self.older.push(said);
                    self.older_paths.push(path);
                }
                Ok(_) => {}
            }
        }
    }

    /// Adds the files that a plan would change though their settings are right: their mode, or what stands around.
    pub(super) fn add_planned(&mut self, plan: &plan::Plan) {
        for change in plan.changes.iter().filter(|change| change.is_needed()) {
            let is_known =
                self.differences.iter().any(|known| known.path == change.path || known.owner.name == change.owner);
            if !is_known && !self.older_paths.contains(&change.path) {
                let owner = Written { name: change.owner.clone(), path: None, inline_secret: false };
                let how = if change.before.is_none() { Drifted::Missing } else { Drifted::Edited };
                self.add(&owner, change.path.clone(), how, &[], None);
            }
        }
    }

    fn add(&mut self, owner: &Written, path: PathBuf, how: Drifted, fields: &[Setting], why: Option<Phrase>) {
        let phrase = why.unwrap_or_else(|| said(owner, &path, how, fields));
        self.differences.push(Difference { owner: owner.clone(), path, how, fields: fields.to_vec(), phrase });
    }
}

/// What would make every file as the profile says, those that another profile has by now among them.
pub(super) fn whole_plan(context: &Context, order: &Order) -> Option<plan::Plan> {
    let runner = context.runner();
    runner.plan(order).or_else(|_| runner.plan(&Order { takes_over: true, ..order.clone() })).ok()
}

/// Where a target's first file is.
fn place(target: &Target, choice: &TargetChoice, places: &Places) -> PathBuf {
    plan::first_path(target, choice, places).unwrap_or_default()
}
