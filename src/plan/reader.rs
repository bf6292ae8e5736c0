//! Who may read a target's file beside root, and what becomes of that when another user sends.

use super::{
    Change, Disclosure, Existing, Files, Note, Order, Places, Refusal, Scope, context::TemplateContext, locate::Location,
    render::render,
};
use crate::{
    mail::{Auth, Profile, reply::escape},
    phrase,
    presets::{Target, target::TargetFile},
};

use zeroize::Zeroizing;

/// Who may read a new file beside root.
#[derive(Debug, PartialEq, Eq)]
enum Reader {
    Nobody,
    /// Its consumer's group, else that of the users who send.
    Group(String),
    /// The user who sends, as its owner: others are in that user's group.
    Owner(String),
}

impl Reader {
    /// Mode, owner and group of a file for this reader.
    fn rights(&self, mode: u32) -> (u32, Option<String>, Option<String>) {
        match self {
            Self::Nobody => (mode, None, None),
            Self::Group(group) => (mode | 0o040, None, Some(group.clone())),
            Self::Owner(user) => (0o400, Some(user.clone()), None),
        }
    }
}

/// A new file's mode, before its reader gets rights in it.
fn mode(profile: &Profile, file: &TargetFile, places: &Places) -> u32 {
    let is_open = profile.smtp.auth == Auth::None && places.scope == Scope::System;
    file.mode_without_login.filter(|_| is_open).unwrap_or(file.mode).0
}

/// The reader of a file of a profile.
fn reader(
    profile: &Profile,
    (target, file): (&Target, &TargetFile),
    places: &Places,
    files: &dyn Files,
    is_secret: bool,
) -> Reader {
    if places.scope == Scope::User {
        return Reader::Nobody;
    }
    let is_for_all = mode(profile, file, places) & 0o004 != 0;
    let named = file.group.clone().filter(|group| !is_for_all && files.has_group(group));
    let user = profile.run_as.first().filter(|_| !target.own_user && !is_for_all);
    let shared = profile.run_as_group.as_ref().filter(|_| user.is_some()).map(ToString::to_string);
    match (shared.or(named), user) {
        (Some(group), _) => Reader::Group(group),
        (None, Some(user)) if is_secret => {
            files.own_group(user).map_or_else(|| Reader::Owner(user.to_string()), Reader::Group)
        }
        (None, Some(user)) => {
            files.groups_of(user).and_then(|groups| groups.into_iter().next()).map_or(Reader::Nobody, Reader::Group)
        }
        (None, None) => Reader::Nobody,
    }
}

/// Whether a file's text depends on the password.
pub(super) fn holds_password(file: &TargetFile, context: &TemplateContext) -> bool {
    context.password.is_some() && depends_on_password(file, context, rendered(file, context).as_ref())
}

/// Whether a file's text, as it is with the password, would be another one without it.
pub(super) fn depends_on_password(file: &TargetFile, context: &TemplateContext, ours: Option<&Zeroizing<String>>) -> bool {
    context.password.is_some() && ours != rendered(file, &context.clone().without_password()).as_ref()
}

fn rendered(file: &TargetFile, context: &TemplateContext) -> Option<Zeroizing<String>> {
    render(file.template.as_str(), Some(file.format.rules()), context).ok().map(Zeroizing::new)
}

/// The machine's files and users, and the profile as it was.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    pub(super) was: Option<&'a Profile>,
    pub(super) places: &'a Places,
    pub(super) files: &'a dyn Files,
}

/// What becomes of a target's file: its text, and who may read it; `gets_secret` where the text depends on the password.
///
/// # Errors
/// Nobody but the user who sends may read it, and the folder is no user's.
pub(super) fn change(
    order: &Order,
    (target, file): (&Target, &TargetFile),
    location: &Location,
    existing: Option<Existing>,
    after: Vec<u8>,
    gets_secret: bool,
    before: Before<'_>,
) -> Result<Change, Refusal> {
    let Before { places, files, .. } = before;
    let reader = reader(&order.profile, (target, file), places, files, gets_secret);
    if let (Reader::Owner(user), None, true) = (&reader, &existing, location.seen.starts_with("/etc")) {
        return Err(Refusal::SharedGroup { user: user.clone(), path: location.disk.clone() });
    }
    let (wanted, user, group) = reader.rights(mode(&order.profile, file, places));
    let follows = existing.is_some() && follows((&reader, &order.profile), (target, file), location, gets_secret, before);
    let (mode, user, group) = match &existing {
        None => (wanted, user, group),
        Some(_) if follows => (wanted, user.or_else(|| Some("root".to_owned())), group),
        // Whose it is stays.
        Some(existing) if gets_secret && user.is_some() => (existing.mode & 0o700, None, None),
        Some(existing) if gets_secret && existing.mode & !wanted != 0 => (existing.mode & wanted, None, group),
        Some(existing) => (existing.mode, None, None),
    };
    Ok(Change {
        owner: target.key.clone(),
        path: location.disk.clone(),
        // The mode does not show whose it is: it is written again for the new one.
        mode_before: existing.as_ref().map(|existing| existing.mode).filter(|_| !follows),
        before: existing.map(Existing::into_bytes),
        after: Some(after),
        mode,
        user,
        group,
        disclosure: Disclosure::Nothing,
    })
}

/// Whether a file is as it was made for the user who sent before, and another one sends now: it follows to that one.
fn follows(
    (reader, profile): (&Reader, &Profile),
    (target, file): (&Target, &TargetFile),
    location: &Location,
    is_secret: bool,
    Before { was, places, files }: Before<'_>,
) -> bool {
    let Some(was) = was.filter(|was| was.enabled) else { return false };
    let former = self::reader(was, (target, file), places, files, is_secret);
    let modes = [was, profile].map(|profile| mode(profile, file, places));
    let is_another = former != *reader || modes[0] != modes[1];
    let Some(now) = files.find(&location.disk).filter(|_| is_another) else { return false };
    let (mode, user, group) = former.rights(modes[0]);
    now.mode == mode && user.is_none_or(|user| now.user == user) && group.is_none_or(|group| now.group == group)
}

/// A file that others could read, and that is closed to them because the password comes into it.
pub(super) fn closed(change: &Change, target: &Target) -> Option<Note> {
    let before = change.mode_before?;
    let is_closed = before & !change.mode & 0o044 != 0 && change.group.is_none() && change.user.is_none();
    let phrase = || {
        let (before, after) = (format!("{before:04o}"), format!("{:04o}", change.mode));
        phrase!(
            "plan-note-closed",
            path = escape(&change.path.to_string_lossy()),
            before = before,
            after = after,
            target = target.name
        )
    };
    is_closed.then(|| Note { owner: target.key.clone(), phrase: phrase() })
}
