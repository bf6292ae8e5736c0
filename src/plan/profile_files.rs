//! mailsetup's own files of a profile: the profile itself, and the secret when it is kept in a file.

use std::path::PathBuf;

use super::{Change, Disclosure, Existing, Files, Order, Places, Plan, Refusal, Scope, locate::seen_profile};
use crate::{
    mail::{
        BoundSecret, GroupName, Profile, ProfileSecret, RunAs, SecretBinding, SecretPlace, kept_binding, profile::Written,
        schema, store::StoreFilling,
    },
    presets::{Catalog, PresetFault, belonging},
};

/// The files of a profile, and who reads them: their owner, and the group of the users who send.
pub(super) struct ProfileFiles<'a> {
    order: &'a Order,
    places: &'a Places,
    /// The group that the users share, else the first of the user who sends: the profile holds no secret.
    group: Option<String>,
    /// The same, where they alone are in it.
    own_group: Option<String>,
    /// Another user sent before.
    has_new_reader: bool,
    files: &'a dyn Files,
    /// Where the secret was kept before.
    former_place: Option<SecretPlace>,
    /// Whom the secret is for.
    bound: SecretBinding,
}

impl<'a> ProfileFiles<'a> {
    /// `former` is the profile's file as it is.
    ///
    /// # Errors
    /// [`Refusal::NoUser`].
    pub(super) fn new(
        order: &'a Order,
        former: Option<&Existing>,
        catalog: &Catalog,
        places: &'a Places,
        files: &'a dyn Files,
    ) -> Result<Self, Refusal> {
        let former = former.and_then(|former| std::str::from_utf8(&former.bytes).ok());
        let former_place = former.and_then(|text| ProfileSecret::parse(text).ok()?.secret);
        let former = former.and_then(|text| Profile::parse(text).ok());
        let user = order.profile.run_as.first().filter(|_| places.scope == Scope::System);
        let shared = order.profile.run_as_group.as_ref().filter(|_| user.is_some()).map(ToString::to_string);
        let group = match user {
            Some(_) if shared.is_some() => shared.clone(),
            Some(user) => {
                let own = files.groups_of(user).and_then(|groups| groups.into_iter().next());
                Some(own.ok_or_else(|| Refusal::NoUser { user: user.to_string() })?)
            }
            None => None,
        };
        let has_new_reader = former.as_ref().is_some_and(|former| reads(former) != reads(&order.profile));
        let own_group = shared.or_else(|| files.own_group(user?));
        let bound = belonging(&order.profile, catalog);
        Ok(Self { order, places, group, own_group, has_new_reader, files, former_place, bound })
    }

    /// The secret's file, or the entry of a store in its place; `existing` is the file as it is, and `bound` the one that says
    /// whom the secret is for.
    pub(super) fn plan_secret(&self, existing: Option<Existing>, bound: Option<Existing>, plan: &mut Plan) {
        let wanted = self.order.profile.secret.as_ref();
        let path = self.places.secret(&self.order.name);
        match (wanted, &self.order.secret) {
            (Some(SecretPlace::File), None) => {}
            (Some(SecretPlace::File), Some(secret)) => {
                // Before the secret: until that has changed, the older one is its own receiver's.
                let whom = self.whom(secret.expose().as_bytes(), existing.as_ref(), bound.as_ref());
                plan.changes.push(self.change("secret", self.places.bound(&self.order.name), bound, Some(whom)));
                plan.changes.push(self.change("secret", path, existing, Some(secret.expose().as_bytes().to_vec())));
            }
            (place, secret) => {
                if let (Some(place), Some(secret)) = (place, secret)
                    && place.has_entries()
                {
                    let secret = BoundSecret { secret: secret.clone(), bound: Some(self.bound.clone()) };
                    plan.keep = Some((place.clone(), secret));
                }
                // The file of a former store would keep a secret that is no longer used.
                if existing.is_some() {
                    plan.changes.push(self.change("secret", path, existing, None));
                }
                if bound.is_some() {
                    plan.changes.push(self.change("secret", self.places.bound(&self.order.name), bound, None));
                }
            }
        }
        let is_left = |place: &&SecretPlace| place.has_entries() && Some(*place) != wanted;
        plan.former = self.former_place.as_ref().filter(is_left).cloned();
    }

    /// The text that says whom the secret is for; `existing` and `bound` are the secret's file and that text as they are.
    fn whom(&self, secret: &[u8], existing: Option<&Existing>, bound: Option<&Existing>) -> Vec<u8> {
        let new = Some(&self.bound);
        let said = |kept: &[u8]| bound.and_then(|bound| kept_binding::of(&String::from_utf8_lossy(&bound.bytes), kept));
        match (bound, existing) {
            (Some(bound), _) if said(secret).as_ref() == new => bound.bytes.clone(),
            (_, Some(former)) => {
                kept_binding::between((new, secret), (said(&former.bytes).as_ref(), &former.bytes)).into_bytes()
            }
            _ => format!("{}\n", self.bound.to_text()).into_bytes(),
        }
    }

    /// The profile with its list of targets; `existing` is its file as it is.
    ///
    /// # Errors
    /// [`Refusal::NewerSchema`].
    pub(super) fn plan_profile(
        &self,
        existing: Option<Existing>,
        targets: Vec<Written>,
        plan: &mut Plan,
    ) -> Result<(), Refusal> {
        let path = self.places.profile(&self.order.name);
        let former = existing.as_ref().and_then(|existing| std::str::from_utf8(&existing.bytes).ok());
        if let Some(schema) = former.and_then(schema::newer) {
            return Err(Refusal::NewerSchema { path, schema });
        }
        let mut profile = seen_profile(&self.order.profile, self.places);
        let is_persons = |place: &SecretPlace| place.store().filling() == StoreFilling::Person;
        profile.secret_for = profile.secret.as_ref().filter(|place| is_persons(place)).map(|_| self.bound.clone());
        profile.targets = targets;
        let text = toml::to_string(&profile)
            .map_err(|error| Refusal::Template { target: "profile".to_owned(), cause: unrendered(&error.to_string()) })?;
        let kept = existing.as_ref().filter(|existing| is_as_before(&existing.bytes, &profile));
        let after = kept.map_or_else(|| text.into_bytes(), |kept| kept.bytes.clone());
        plan.changes.push(self.change("profile", path, existing, Some(after)));
        Ok(())
    }

    /// The authority that an image's profile trusts, which every program may read; `existing` is its file as it is. One that is no
    /// longer trusted goes.
    pub(super) fn plan_authority(&self, existing: Option<Existing>, plan: &mut Plan) {
        let path = self.places.authority(&self.order.name);
        let is_trusted = self.order.profile.smtp.tls.ca_file.as_ref() == Some(&path);
        let after = match (&self.order.ca_pem, &existing) {
            (Some(pem), _) => Some(pem.clone()),
            (None, Some(existing)) if is_trusted => Some(existing.bytes.clone()),
            (None, _) => None,
        };
        if after.is_some() || existing.is_some() {
            let mut change = self.change("ca", path, existing, after);
            (change.mode, change.user, change.group) = (0o644, None, None);
            plan.changes.push(change);
        }
    }

    /// A file of mailsetup's own, closed to all others.
    fn change(&self, owner: &str, path: PathBuf, existing: Option<Existing>, after: Option<Vec<u8>>) -> Change {
        let disclosure = match &after {
            Some(after) if owner != "secret" => Disclosure::all(existing.as_ref().map(|it| it.bytes.as_slice()), after),
            _ => Disclosure::Nothing,
        };
        // What holds the secret is opened to nobody but the user who sends.
        let is_shared = owner == "secret" && self.group.is_some() && self.own_group.is_none();
        let (mode, user, group) = match &self.group {
            Some(_) if is_shared => (0o400, self.order.profile.run_as.first().map(ToString::to_string), None),
            Some(group) => (0o640, None, Some(group.clone())),
            None => (0o600, None, None),
        };
        // Whoever took the rights in it from the user who sends: they come back.
        let is_lost = self.files.find(&path).is_some_and(|now| {
            group.as_ref().is_some_and(|group| now.group != *group) || user.as_ref().is_some_and(|user| now.user != *user)
        });
        // It was the other user's own.
        let is_anothers = || self.files.find(&path).is_some_and(|now| now.user != "root");
        let is_left = self.has_new_reader && self.places.scope == Scope::System && existing.is_some();
        let user = user.or_else(|| (is_left && is_anothers()).then(|| "root".to_owned()));
        Change {
            owner: owner.to_owned(),
            path,
            // Unknown for another owner or group, which the mode does not show: the file is written again.
            mode_before: existing.as_ref().map(|existing| existing.mode).filter(|_| !self.has_new_reader && !is_lost),
            before: existing.map(Existing::into_bytes),
            after,
            mode,
            user,
            group,
            disclosure,
        }
    }
}

/// Who reads the files of a profile beside their owner.
pub(super) const fn reads(profile: &Profile) -> (&RunAs, Option<&GroupName>) {
    (&profile.run_as, profile.run_as_group.as_ref())
}

/// Whether a profile's file says the same already; what an older version noted of a test is no difference.
fn is_as_before(former: &[u8], profile: &Profile) -> bool {
    let former = std::str::from_utf8(former).ok().and_then(|text| Profile::parse(text).ok());
    former.is_some_and(|former| Profile { check: None, ..former } == *profile)
}

/// A profile that does not become text, as a fault of the file that it would be.
fn unrendered(cause: &str) -> PresetFault {
    PresetFault { file: "profile".to_owned(), line: None, cause: cause.into(), nearest: None }
}
