//! What is done to the group that the users who send share.

use crate::{
    mail::{GroupName, UserName},
    presets::Phrase,
};

/// What is done to a group before files are opened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupChange {
    /// Its name.
    pub name: GroupName,
    /// It is made.
    pub is_new: bool,
    /// Who is put into it.
    pub joins: Vec<UserName>,
}

impl GroupChange {
    /// The commands of the shadow package that do it (groupadd(8), usermod(8)).
    pub fn commands(&self) -> Vec<Vec<String>> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let made = self.is_new.then(|| words(&["groupadd", "--system", &self.name]));
        made.into_iter().chain(self.joins.iter().map(|user| words(&["usermod", "-aG", &self.name, user]))).collect()
    }

    /// The same by addgroup of `BusyBox`, which has no groupadd beside it (busybox.net/BusyBox.html, addgroup).
    pub fn busybox_commands(&self) -> Vec<Vec<String>> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let made = self.is_new.then(|| words(&["addgroup", "-S", &self.name]));
        made.into_iter().chain(self.joins.iter().map(|user| words(&["addgroup", user, &self.name]))).collect()
    }

    /// The same as a shell takes it.
    pub fn line(&self) -> String {
        self.commands().iter().map(|words| words.join(" ")).collect::<Vec<_>>().join(" && ")
    }

    /// What a person is told of it.
    pub(super) fn note(&self) -> Phrase {
        let id = if self.is_new { "plan-note-group-made" } else { "plan-note-group-joined" };
        Phrase::new(id).with("group", &self.name).with("users", self.joining())
    }

    /// Who is put into it, as a sentence lists them.
    pub fn joining(&self) -> String {
        self.joins.iter().map(UserName::as_str).collect::<Vec<_>>().join(", ")
    }
}
