//! The group that the users who send share: whether it has to be made, and the machine as it will be with it.

use std::{io, path::Path};

use super::{Existing, Files, Node, Order, Places, Refusal, Scope, group_change::GroupChange, meant::has_login};
use crate::{
    mail::{Auth, Profile, UserName, reply::escape},
    phrase,
    presets::Phrase,
};

/// The group that is proposed for users who send with one file.
pub const SENDERS_GROUP: &str = "mailsenders";

/// What has to be done to the group of an order; `was` is the profile as it was. Nobody is put into a group that was somebody
/// else's before: who is in `sudo` or `shadow` may do more than send. No group is taken in which others are.
///
/// # Errors
/// There is no such user; several users share none; others are in it; it is not ours to change.
pub(super) fn change(
    order: &Order,
    was: Option<&Profile>,
    places: &Places,
    files: &dyn Files,
) -> Result<Option<GroupChange>, Refusal> {
    let users = &order.profile.run_as;
    if places.scope == Scope::User || users.is_empty() {
        return Ok(None);
    }
    let groups = |user: &UserName| files.groups_of(user).ok_or_else(|| Refusal::NoUser { user: user.to_string() });
    let each = users.iter().map(|user| Ok((user, groups(user)?))).collect::<Result<Vec<_>, Refusal>>()?;
    let Some(name) = &order.profile.run_as_group else {
        let lacks = has_login(order) && users.are_several();
        return if lacks { Err(Refusal::NoSharedGroup { users: users.clone() }) } else { Ok(None) };
    };
    let was_ours = was.is_some_and(|was| was.run_as_group.as_ref() == Some(name));
    let others = outsiders(&order.profile, files);
    if !was_ours && !others.is_empty() {
        return Err(Refusal::GroupOfOthers { group: name.clone(), others });
    }
    let outside = each.into_iter().filter(|(_, groups)| !groups.iter().any(|group| *name == group.as_str()));
    let change = GroupChange {
        name: name.clone(),
        is_new: !files.has_group(name),
        joins: outside.map(|(user, _)| user.clone()).collect(),
    };
    if !change.is_new && change.joins.is_empty() {
        return Ok(None);
    }
    if places.root.is_some() {
        return Err(Refusal::GroupInImage { change });
    }
    // A run that was cut off made it, and did not get to put everybody into it.
    let is_under_way =
        || files.read(&places.group_under_way()).is_ok_and(|it| it.is_some_and(|it| it.bytes == name.as_str().as_bytes()));
    if change.is_new || was_ours || is_under_way() { Ok(Some(change)) } else { Err(Refusal::OtherGroup { change }) }
}

/// Who is in the group of the users who send beside them and root: they can read the password too.
fn outsiders(profile: &Profile, files: &dyn Files) -> Vec<String> {
    let is_read = profile.smtp.auth != Auth::None && !profile.run_as.is_empty();
    let Some(group) = profile.run_as_group.as_ref().filter(|_| is_read) else { return Vec::new() };
    let is_other = |name: &String| name != "root" && !profile.run_as.iter().any(|user| user.as_str() == name);
    files.members(group).into_iter().filter(is_other).collect()
}

/// That others came into the group of the users who send, or stayed in it, and what takes them out.
pub fn outsiders_note(profile: &Profile, files: &dyn Files) -> Option<Phrase> {
    let others = outsiders(profile, files);
    let (group, first) = (profile.run_as_group.as_ref()?, others.first()?);
    let command = shlex::try_join(["gpasswd", "-d", first, group.as_str()]).ok()?;
    Some(phrase!("plan-note-group-others", group = group, users = escape(&others.join(", ")), command = escape(&command)))
}

/// The machine's files and users, with the group as it will be.
pub(super) struct WithGroup<'a> {
    pub(super) files: &'a dyn Files,
    pub(super) change: Option<&'a GroupChange>,
}

impl Files for WithGroup<'_> {
    fn read(&self, path: &Path) -> io::Result<Option<Existing>> {
        self.files.read(path)
    }

    fn folders(&self, parent: &Path) -> Vec<String> {
        self.files.folders(parent)
    }

    fn has_group(&self, group: &str) -> bool {
        self.change.is_some_and(|change| change.name == *group) || self.files.has_group(group)
    }

    fn groups_of(&self, user: &str) -> Option<Vec<String>> {
        let mut groups = self.files.groups_of(user)?;
        let joined = self.change.filter(|change| change.joins.iter().any(|joins| *joins == user));
        groups.extend(joined.map(|change| change.name.to_string()));
        Some(groups)
    }

    fn own_group(&self, user: &str) -> Option<String> {
        self.files.own_group(user)
    }

    fn members(&self, group: &str) -> Vec<String> {
        self.files.members(group)
    }

    fn find(&self, path: &Path) -> Option<Node> {
        self.files.find(path)
    }
}
