//! The user and group databases, of this machine or below an image's root (passwd(5), group(5)).

use std::path::{Path, PathBuf};

use super::{found::text_below, name_service};

/// The number of a group, from `etc/group` below `root`; one without a name there is called by its number.
pub(crate) fn group_id(root: Option<&Path>, group: &str) -> Option<u32> {
    group_in(&text_below(root, "etc/group"), group).or_else(|| group.parse().ok())
}

/// A user's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) home: PathBuf,
}

/// A user's account, from `etc/passwd` below `root`; on this machine also of a user whom only a directory knows.
pub(crate) fn account(root: Option<&Path>, user: &str) -> Option<Account> {
    account_in(&text_below(root, "etc/passwd"), user).or_else(|| {
        let asks_more = root.is_none() && !has_files_alone(&text_below(None, "etc/nsswitch.conf"));
        asks_more.then(|| account_in(&name_service::passwd_line(user)?, user))?
    })
}

/// The numbers of all groups with a user as a member, from `etc/group` of this machine, and from the directory that knows the user.
pub(crate) fn groups_with(user: &str) -> Vec<u32> {
    let named = text_below(None, "etc/group");
    memberships_in(&named, user).filter_map(|(_, number)| number).chain(of_directory(None, user)).collect()
}

/// The numbers of the groups in which a directory has a user: one who is in no file.
fn of_directory(root: Option<&Path>, user: &str) -> Vec<u32> {
    let is_in_file = || account_in(&text_below(None, "etc/passwd"), user).is_some();
    if root.is_some() || is_in_file() { Vec::new() } else { name_service::groups(user) }
}

/// The name of a user, from `etc/passwd` below `root`.
pub(crate) fn user_name(root: Option<&Path>, uid: u32) -> Option<String> {
    name_in(&text_below(root, "etc/passwd"), uid)
}

fn group_in(database: &str, group: &str) -> Option<u32> {
    database.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() == Some(group) { fields.nth(1)?.parse().ok() } else { None }
    })
}

/// The groups of which a user is a member, from `etc/group` below `root`: their own first, by its number where it has no name.
/// `None` when there is no such user.
pub(crate) fn groups_of(root: Option<&Path>, user: &str) -> Option<Vec<String>> {
    let database = text_below(root, "etc/group");
    let mut groups = groups_in(&database, account(root, user)?.gid, user);
    for gid in of_directory(root, user) {
        let group = name_in(&database, gid).unwrap_or_else(|| gid.to_string());
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    Some(groups)
}

fn groups_in(database: &str, gid: u32, user: &str) -> Vec<String> {
    let own = name_in(database, gid).unwrap_or_else(|| gid.to_string());
    let others = memberships_in(database, user).map(|(group, _)| group.to_owned()).filter(|group| *group != own);
    std::iter::once(own.clone()).chain(others).collect()
}

/// The name of a user's own group, when by `etc/passwd` and `etc/group` below `root` nobody else is in it. Where the machine
/// asks more than these files (nsswitch.conf(5)), nobody can say who is in a group.
pub(crate) fn own_group(root: Option<&Path>, user: &str) -> Option<String> {
    let text = |path: &str| text_below(root, path);
    has_files_alone(&text("etc/nsswitch.conf")).then(|| own_group_in(&text("etc/passwd"), &text("etc/group"), user))?
}

/// Whether users and groups come from files alone; without the line they do, in C libraries that read it.
fn has_files_alone(nsswitch: &str) -> bool {
    nsswitch.lines().all(|line| {
        let line = line.split('#').next().unwrap_or_default();
        let Some((database, sources)) = line.split_once(':') else { return true };
        let is_asked = ["passwd", "group", "initgroups"].contains(&database.trim());
        !is_asked || sources.split_whitespace().all(|source| source == "files" || source.starts_with('['))
    })
}

fn own_group_in(passwd: &str, group: &str, user: &str) -> Option<String> {
    let gid = account_in(passwd, user)?.gid;
    let fields = |line: &str, index: usize| line.split(':').nth(index).map(str::to_owned);
    // A line such as `+::::::` asks NIS.
    let is_asking = |line: &str| line.starts_with(['+', '-']);
    let is_other = |line: &str| {
        let number = fields(line, 3).and_then(|number| number.parse().ok());
        number == Some(gid) && fields(line, 0).as_deref() != Some(user)
    };
    if passwd.lines().any(|line| is_asking(line) || is_other(line)) {
        return None;
    }
    let mut own = None;
    for line in group.lines() {
        if is_asking(line) {
            return None;
        }
        if fields(line, 2).and_then(|number| number.parse().ok()) == Some(gid) {
            let members = fields(line, 3).unwrap_or_default();
            if members.split(',').any(|member| !member.trim().is_empty() && member.trim() != user) {
                return None;
            }
            own = own.or_else(|| fields(line, 0));
        }
    }
    own
}

/// Everybody in a group, by `etc/group` and as the own group of users in `etc/passwd` below `root`.
pub(crate) fn members(root: Option<&Path>, group: &str) -> Vec<String> {
    members_in(&text_below(root, "etc/passwd"), &text_below(root, "etc/group"), group)
}

fn members_in(passwd: &str, database: &str, group: &str) -> Vec<String> {
    let Some(gid) = group_in(database, group) else { return Vec::new() };
    // Groups of the same number are one.
    let is_it = |number: Option<&str>| number.and_then(|number| number.parse().ok()) == Some(gid);
    let lines = database.lines().filter(|line| is_it(line.split(':').nth(2)));
    let named = lines.flat_map(|line| line.split(':').nth(3).unwrap_or_default().split(','));
    let own = passwd.lines().filter(|line| is_it(line.split(':').nth(3))).filter_map(|line| line.split(':').next());
    let mut everybody: Vec<String> =
        named.chain(own).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    everybody.sort_unstable();
    everybody.dedup();
    everybody
}

/// The name of a group, from `etc/group` below `root`.
pub(crate) fn group_name(root: Option<&Path>, gid: u32) -> Option<String> {
    name_in(&text_below(root, "etc/group"), gid)
}

/// The groups that name a user as a member, by name and number.
fn memberships_in<'a>(database: &'a str, user: &'a str) -> impl Iterator<Item = (&'a str, Option<u32>)> {
    database.lines().filter_map(move |line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, number, members, ..] = fields.as_slice() else { return None };
        members.split(',').any(|member| member == user).then(|| (*name, number.parse().ok()))
    })
}

/// The first name with this number in its third field: users and groups alike.
fn name_in(database: &str, id: u32) -> Option<String> {
    database.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, number, ..] = fields.as_slice() else { return None };
        (number.parse() == Ok(id)).then(|| (*name).to_owned())
    })
}

fn account_in(database: &str, user: &str) -> Option<Account> {
    database.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, uid, gid, _, home, ..] = fields.as_slice() else { return None };
        let account = Account { uid: uid.parse().ok()?, gid: gid.parse().ok()?, home: home.into() };
        (*name == user).then_some(account)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases() {
        let group = "root:x:0:\npostfix:x:112:ann\npost:x:7:\nbroken\n";
        assert_eq!(group_in(group, "postfix"), Some(112));
        assert_eq!(group_in(group, "broken"), None);
        assert_eq!(group_in(group, ""), None);
        assert_eq!(memberships_in(group, "ann").collect::<Vec<_>>(), [("postfix", Some(112))]);
        assert_eq!(memberships_in(group, "an").count(), 0);
        assert_eq!(groups_in(group, 7, "ann"), ["post", "postfix"]);
        assert_eq!(groups_in(group, 2001, "plain"), ["2001"]);
        assert_eq!(group_id(Some(Path::new("/nowhere")), "2001"), Some(2001));
        assert_eq!(own_group_in("ann:x:5:7:::\nbob:x:6:8:::\n", "ann:x:7:\nbob:x:8:bob\n", "bob").as_deref(), Some("bob"));
        for (passwd, group) in [
            ("ann:x:5:7:::\nbob:x:6:7:::\n", "users:x:7:\n"),
            ("ann:x:5:7:::\n", "users:x:7:eve\n"),
            ("ann:x:5:7:::\n", "ann:x:7:\nsame:x:7:ann,eve\n"),
            ("ann:x:5:7:::\n+::::::\n", "ann:x:7:\n"),
            ("ann:x:5:7:::\n", "ann:x:7:\n+:::\n"),
            ("ann:x:5:7:::\n", "other:x:8:\n"),
        ] {
            assert_eq!(own_group_in(passwd, group, "ann"), None, "{passwd}{group}");
        }
        let (users, groups) = ("ann:x:5:7:::\nbob:x:6:8:::\nbroken\n", "users:x:7:eve, bob,\nsame:x:7:zoe\nother:x:8:max\n");
        assert_eq!(members_in(users, groups, "users"), ["ann", "bob", "eve", "zoe"]);
        assert_eq!(
            (members_in(users, groups, "other"), members_in(users, groups, "none")),
            (vec!["bob".to_owned(), "max".to_owned()], vec![])
        );
        assert!(
            has_files_alone("# no\npasswd: files\ngroup:\tfiles [NOTFOUND=return]\nhosts: files dns\n")
                && has_files_alone("")
        );
        assert!(!has_files_alone("passwd: files systemd\n") && !has_files_alone("group: files sss # x\n"));
        let passwd = "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n";
        assert_eq!(name_in(passwd, 1000).as_deref(), Some("ann"));
        assert_eq!((name_in(passwd, 5), name_in(group, 112).as_deref()), (None, Some("postfix")));
        let ann = Account { uid: 1000, gid: 1000, home: "/home/ann".into() };
        assert_eq!((account_in(passwd, "ann"), account_in(passwd, "an")), (Some(ann), None));
    }
}
