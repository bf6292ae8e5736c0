//! What a plan was told of the machine, and whether it would be told the same by now.

use std::{
    cell::RefCell,
    collections::{BTreeMap, btree_map::Entry},
    hash::{BuildHasher, Hash, RandomState},
    io,
    path::{Path, PathBuf},
};

use super::{Existing, Files, Node};

/// Something that a plan asks of the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum MachineQuestion {
    Read(PathBuf),
    Folders(PathBuf),
    Find(PathBuf),
    HasGroup(String),
    GroupsOf(String),
    OwnGroup(String),
    Members(String),
}

/// The machine's answers: their hashes alone, with a key of their own, since a file may be large or hold the password.
#[derive(Debug, Default)]
pub struct MachineAnswers {
    key: RandomState,
    heard: BTreeMap<MachineQuestion, u64>,
    /// The machine changed while it was asked.
    is_torn: bool,
}

impl MachineAnswers {
    /// Whether the machine answers every question as it did.
    pub fn hold(&self, files: &dyn Files) -> bool {
        !self.is_torn && self.heard.iter().all(|(question, heard)| self.ask(question, files) == *heard)
    }

    fn ask(&self, question: &MachineQuestion, files: &dyn Files) -> u64 {
        match question {
            MachineQuestion::Read(path) => self.sum(content(&files.read(path))),
            MachineQuestion::Folders(parent) => self.sum(files.folders(parent)),
            MachineQuestion::Find(path) => self.sum(files.find(path)),
            MachineQuestion::HasGroup(group) => self.sum(files.has_group(group)),
            MachineQuestion::GroupsOf(user) => self.sum(files.groups_of(user)),
            MachineQuestion::OwnGroup(user) => self.sum(files.own_group(user)),
            MachineQuestion::Members(group) => self.sum(files.members(group)),
        }
    }

    fn sum(&self, answer: impl Hash) -> u64 {
        self.key.hash_one(answer)
    }

    fn note(&mut self, question: MachineQuestion, answer: impl Hash) {
        let sum = self.sum(answer);
        match self.heard.entry(question) {
            Entry::Vacant(place) => drop(place.insert(sum)),
            Entry::Occupied(heard) => self.is_torn |= *heard.get() != sum,
        }
    }
}

/// What is compared of a file: its content and its mode, or in which way it cannot be read.
fn content(read: &io::Result<Option<Existing>>) -> Result<&Option<Existing>, io::ErrorKind> {
    read.as_ref().map_err(io::Error::kind)
}

/// Files that note what they answer.
pub struct NotedFiles<'a> {
    files: &'a dyn Files,
    answers: RefCell<MachineAnswers>,
}

impl<'a> NotedFiles<'a> {
    /// Over other files.
    pub fn new(files: &'a dyn Files) -> Self {
        Self { files, answers: RefCell::default() }
    }

    /// What was answered until now.
    pub fn into_answers(self) -> MachineAnswers {
        self.answers.into_inner()
    }

    fn note(&self, question: MachineQuestion, answer: impl Hash) {
        self.answers.borrow_mut().note(question, answer);
    }
}

impl Files for NotedFiles<'_> {
    fn read(&self, path: &Path) -> io::Result<Option<Existing>> {
        let answer = self.files.read(path);
        self.note(MachineQuestion::Read(path.to_owned()), content(&answer));
        answer
    }

    fn folders(&self, parent: &Path) -> Vec<String> {
        let answer = self.files.folders(parent);
        self.note(MachineQuestion::Folders(parent.to_owned()), &answer);
        answer
    }

    fn has_group(&self, group: &str) -> bool {
        let answer = self.files.has_group(group);
        self.note(MachineQuestion::HasGroup(group.to_owned()), answer);
        answer
    }

    fn groups_of(&self, user: &str) -> Option<Vec<String>> {
        let answer = self.files.groups_of(user);
        self.note(MachineQuestion::GroupsOf(user.to_owned()), &answer);
        answer
    }

    fn own_group(&self, user: &str) -> Option<String> {
        let answer = self.files.own_group(user);
        self.note(MachineQuestion::OwnGroup(user.to_owned()), &answer);
        answer
    }

    fn members(&self, group: &str) -> Vec<String> {
        let answer = self.files.members(group);
        self.note(MachineQuestion::Members(group.to_owned()), &answer);
        answer
    }

    fn find(&self, path: &Path) -> Option<Node> {
        let answer = self.files.find(path);
        self.note(MachineQuestion::Find(path.to_owned()), &answer);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine with one file, one folder, one user and one group.
    #[derive(Clone)]
    struct Machine {
        file: Option<(&'static str, u32)>,
        folder: &'static str,
        group: &'static str,
        owner: &'static str,
    }

    impl Files for Machine {
        fn read(&self, _: &Path) -> io::Result<Option<Existing>> {
            Ok(self.file.map(|(text, mode)| Existing { bytes: text.into(), mode }))
        }

        fn folders(&self, _: &Path) -> Vec<String> {
            vec![self.folder.to_owned()]
        }

        fn has_group(&self, group: &str) -> bool {
            self.group == group
        }

        fn groups_of(&self, _: &str) -> Option<Vec<String>> {
            Some(vec![self.group.to_owned()])
        }

        fn members(&self, _: &str) -> Vec<String> {
            vec![self.owner.to_owned()]
        }

        fn find(&self, path: &Path) -> Option<Node> {
            let (user, group) = (self.owner.to_owned(), self.group.to_owned());
            Some(Node { path: path.to_owned(), mode: 0o644, user, group })
        }
    }

    const MACHINE: Machine = Machine { file: Some(("a", 0o600)), folder: "x", group: "mail", owner: "root" };

    /// What a machine answered to everything.
    fn answers(machine: &dyn Files) -> MachineAnswers {
        let noted = NotedFiles::new(machine);
        let path = Path::new("/p");
        assert!(noted.read(path).is_ok() && noted.find(path).is_some() && noted.groups_of("u").is_some());
        assert!(noted.own_group("u").is_some() && noted.has_group("mail"));
        assert_eq!((noted.folders(path).len(), noted.members("mail").len()), (1, 1));
        noted.into_answers()
    }

    #[test]
    fn any_other_answer_is_noticed() {
        let heard = answers(&MACHINE);
        assert!(heard.hold(&MACHINE));
        for other in [
            Machine { file: Some(("b", 0o600)), ..MACHINE },
            Machine { file: Some(("a", 0o644)), ..MACHINE },
            Machine { file: None, ..MACHINE },
            Machine { folder: "y", ..MACHINE },
            Machine { group: "adm", ..MACHINE },
            Machine { owner: "jane", ..MACHINE },
        ] {
            assert!(!heard.hold(&other));
        }
    }

    #[test]
    fn a_machine_that_changes_meanwhile_is_asked_again() {
        let noted = NotedFiles::new(&MACHINE);
        assert!(noted.read(Path::new("/p")).is_ok());
        noted.note(MachineQuestion::Read("/p".into()), content(&Ok(None)));
        assert!(!noted.into_answers().hold(&MACHINE));
    }
}
