//! Plans applied, taken back, cut off and put back, in temporary folders.
//!
//! Root passes every permission check, and these tests also run as root: what cannot be written is a folder in whose place
//! a file stands.

use std::{
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use mailsetup::{
    host::{self, Applied, ApplyError, Disk, FileAction, FileError, JournalError, Undone, WriteOptions, stores as secrets},
    mail::{Secret, SecretPlace},
    plan::{Change, Disclosure, Files, Places, Plan, Run},
    presets::target::RunPurpose,
};

use crate::support::{bed::left_out, files::files_below, setup::places_at_home};

mod commands;
mod disks;
mod faults;
#[cfg(feature = "keyring")]
mod keyring;
mod kill;
mod prune;
mod remove;
mod stores;
mod undo;
pub(crate) mod vault;

/// A home folder of its own.
pub(crate) struct Home {
    folder: Folder,
    places: Places,
}

/// The folder of a home.
enum Folder {
    /// It goes with the home.
    Own(tempfile::TempDir),
    /// It is another process's.
    Other(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Own(folder) => folder.path(),
            Self::Other(folder) => folder,
        }
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::within(&std::env::temp_dir())
    }

    /// A home in memory, where that can be: nothing waits for a disk.
    fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::within(memory) } else { Self::new() }
    }

    fn within(folder: &Path) -> Self {
        let folder = tempfile::tempdir_in(folder).unwrap();
        let places = places_at_home(folder.path());
        Self { folder: Folder::Own(folder), places }
    }

    /// The home of another process.
    fn of(folder: &Path) -> Self {
        Self { folder: Folder::Other(folder.to_owned()), places: places_at_home(folder) }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.path(name)).ok()
    }

    /// A change of a file from what it is now.
    pub(crate) fn change(&self, owner: &str, name: &str, after: Option<&str>, mode: u32) -> Change {
        let now = Disk::new(&self.places).read(&self.path(name)).unwrap();
        Change {
            owner: owner.into(),
            path: self.path(name),
            mode_before: now.as_ref().map(|now| now.mode),
            before: now.map(mailsetup::plan::Existing::into_bytes),
            after: after.map(|text| text.as_bytes().to_vec()),
            mode,
            user: None,
            group: None,
            disclosure: Disclosure::Nothing,
        }
    }

    /// A plan for files that a target writes, 0600.
    pub(crate) fn plan(&self, files: &[(&str, &str)]) -> Plan {
        let changes = files.iter().map(|(name, text)| self.change("app", name, Some(text), 0o600)).collect();
        Plan { changes, ..Plan::new("default".into()) }
    }

    pub(crate) fn write(&self, files: &[(&str, &str)]) -> Applied {
        self.apply(&self.plan(files)).unwrap()
    }

    pub(crate) fn apply(&self, plan: &Plan) -> Result<Applied, ApplyError> {
        host::apply(plan, &self.places, &WriteOptions::default())
    }

    pub(crate) fn undo(&self) -> Result<Undone, ApplyError> {
        host::undo(&self.places, &WriteOptions::default())
    }

    /// Files of the state folder below `name`, at any depth.
    pub(crate) fn state(&self, name: &str) -> Vec<PathBuf> {
        files_below(&self.places.state.join(name))
    }
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o7777
}

fn build(home: &Home, script: &str, creates: Option<&str>) -> Run {
    Run {
        owner: "app".into(),
        command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
        creates: creates.map(|name| home.path(name)),
        purpose: RunPurpose::Build,
    }
}

#[test]
fn files_are_written_with_their_modes_and_a_second_time_nothing_is() {
    let home = Home::new();
    home.put("app/main.cf", "mine = 1\n");
    std::fs::set_permissions(home.path("app/main.cf"), PermissionsExt::from_mode(0o644)).unwrap();
    let plan = |home: &Home| Plan {
        changes: vec![
            home.change("secret", ".config/mailsetup/profiles/default.secret", Some("hunter2"), 0o600),
            home.change("app", "app/main.cf", Some("mine = 1\nrelay = x\n"), 0o644),
            home.change("app", "new/deep/sasl", Some("hunter2"), 0o640),
        ],
        ..home.plan(&[])
    };
    let applied = home.apply(&plan(&home)).unwrap();
    assert!(applied.changed);
    let actions: Vec<FileAction> = applied.files.iter().map(|file| file.action).collect();
    assert_eq!(actions, [FileAction::Created, FileAction::Changed, FileAction::Created]);
    assert_eq!(mode(&home.path(".config/mailsetup/profiles/default.secret")), 0o600);
    assert_eq!(mode(&home.path(".config/mailsetup/profiles")), 0o700);
    assert_eq!(mode(&home.path(".config")), 0o700);
    assert_eq!(mode(&home.path("app/main.cf")), 0o644);
    assert_eq!((mode(&home.path("new/deep")), mode(&home.path("new/deep/sasl"))), (0o755, 0o640));

    let backup = applied.files[1].backup.as_ref().unwrap();
    assert_eq!(std::fs::read_to_string(backup).unwrap(), "mine = 1\n");
    for file in home.state("") {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    for folder in [home.places.state.clone(), home.places.state.join("journal"), backup.parent().unwrap().to_owned()] {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
    }
    let record = std::fs::read_to_string(&home.state("journal")[0]).unwrap();
    assert!(record.contains("\"done\"") && !record.contains("hunter2"));

    let again = home.apply(&plan(&home)).unwrap();
    assert!(!again.changed && again.files.iter().all(|file| file.action == FileAction::Unchanged));
    assert_eq!(home.state("journal").len(), 1);
}

#[test]
fn no_byte_of_a_secret_is_ever_readable_by_others() {
    // With the widest umask, and watched by the kernel: whatever appears in the folder is looked at as it appears.
    let home = Home::new();
    let plan = home.plan(&[("app", "x")]);
    let folder = home.folder.path().to_owned();
    let (stop, done) = std::sync::mpsc::channel::<()>();
    let watcher = std::thread::spawn(move || {
        let mut widest = 0;
        while done.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            for entry in std::fs::read_dir(&folder).unwrap().flatten() {
                let Ok(meta) = entry.metadata() else { continue };
                if meta.is_file() {
                    widest |= meta.mode() & 0o777;
                }
            }
        }
        widest
    });
    home.apply(&plan).unwrap();
    for round in 0..50 {
        home.write(&[("app", &format!("secret {round}"))]);
    }
    drop(stop);
    assert_eq!(watcher.join().unwrap() & 0o077, 0);
}

#[test]
fn a_mode_alone_is_a_change_and_is_taken_back() {
    let home = Home::new();
    home.put("app", "x");
    std::fs::set_permissions(home.path("app"), PermissionsExt::from_mode(0o644)).unwrap();
    assert!(home.write(&[("app", "x")]).changed);
    assert_eq!(mode(&home.path("app")), 0o600);
    home.undo().unwrap();
    assert_eq!(mode(&home.path("app")), 0o644);
}

#[test]
fn a_file_that_was_changed_underneath_is_named_and_nothing_is_written() {
    let home = Home::new();
    home.put("two", "before\n");
    let plan = home.plan(&[("one", "x\n"), ("two", "after\n")]);
    home.put("two", "someone's\n");
    let error = home.apply(&plan).unwrap_err();
    assert!(matches!(&error, ApplyError::Changed(path) if *path == home.path("two")), "{error:?}");
    assert_eq!((home.text("one"), home.text("two").as_deref()), (None, Some("someone's\n")));
    assert!(home.state("journal").is_empty() && home.state("backups").is_empty());
}

#[test]
fn a_file_in_place_of_a_folder() {
    let home = Home::new();
    home.put("app", "a file");
    let mut below = home.change("app", "x", Some("x"), 0o600);
    below.path = home.path("app/two");
    let plan = Plan { changes: vec![home.change("app", "one", Some("x"), 0o600), below], ..home.plan(&[]) };
    let error = home.apply(&plan).unwrap_err();
    assert_eq!(error.phrase().id, "host-write-not-folder");
    assert_eq!(error.exit(), mailsetup::error::Exit::CantCreate);
    assert_eq!(home.text("one"), None);
    assert!(host::writable(&home.path("app/two"), None).is_err());
}

#[test]
fn a_link_is_written_through_and_stays_a_link() {
    let home = Home::new();
    home.put("dotfiles/app", "old\n");
    symlink("dotfiles/app", home.path("app")).unwrap();
    home.write(&[("app", "new\n")]);
    assert!(home.path("app").is_symlink());
    assert_eq!(home.text("dotfiles/app").as_deref(), Some("new\n"));
    home.undo().unwrap();
    assert!(home.path("app").is_symlink());
    assert_eq!(home.text("dotfiles/app").as_deref(), Some("old\n"));

    symlink("nowhere", home.path("dangling")).unwrap();
    let error = home.apply(&home.plan(&[("dangling", "x")])).unwrap_err();
    assert_eq!(error.phrase().id, "host-link-dangling");
    assert!(!home.path("nowhere").exists());
}

/// An access list as the system keeps it (acl(5), version 2): the owner writes, user 1 reads, nobody else.
const ACCESS: [(u16, u16, u32); 5] =
    [(1, 6, u32::MAX), (2, 4, 1), (4, 0, u32::MAX), (0x10, 4, u32::MAX), (0x20, 0, u32::MAX)];

#[test]
fn access_list_and_attributes_stay_with_a_file_through_write_undo_and_rollback() {
    use rustix::fs::{XattrFlags, getxattr, setxattr};
    let home = Home::new();
    home.put("app", "old");
    let list: Vec<u8> = ACCESS.iter().fold(vec![2, 0, 0, 0], |mut bytes, (tag, right, id)| {
        bytes.extend([tag.to_le_bytes(), right.to_le_bytes()].concat());
        bytes.extend(id.to_le_bytes());
        bytes
    });
    let given = [("user.note", &b"kept"[..]), ("system.posix_acl_access", &list)];
    for (name, value) in given {
        if setxattr(home.path("app"), name, value, XattrFlags::empty()).is_err() {
            left_out("the disk has no access lists");
            return;
        }
    }
    let keeps = |at: &str| {
        for (name, value) in given {
            let mut found = vec![0; 256];
            let long = getxattr(home.path("app"), name, found.as_mut_slice())
                .unwrap_or_else(|error| panic!("{at}: {name}: {error}"));
            assert_eq!(&found[..long], value, "{at}: {name}");
        }
        assert_eq!(home.path("app").metadata().unwrap().permissions().mode() & 0o777, 0o640, "{at}");
    };
    let mut plan = home.plan(&[("app", "new")]);
    plan.changes[0].mode = 0o640;
    home.apply(&plan).unwrap();
    keeps("written");
    home.undo().unwrap();
    assert_eq!(home.text("app").as_deref(), Some("old"));
    keeps("undone");
    plan.runs = vec![Run { owner: "app".into(), command: vec!["false".into()], creates: None, purpose: RunPurpose::Build }];
    home.apply(&plan).unwrap_err();
    keeps("rolled back");
    // Taken away by us, and brought back.
    plan.runs = Vec::new();
    plan.changes[0].after = None;
    home.apply(&plan).unwrap();
    assert!(!home.path("app").exists());
    home.undo().unwrap();
    keeps("brought back");
}

#[test]
fn owner_and_group_are_kept_and_a_group_is_given() {
    if !rustix::process::geteuid().is_root() {
        left_out("only root gives files away");
        return;
    }
    let home = Home::new();
    home.put("app", "old");
    std::os::unix::fs::chown(home.path("app"), Some(12_345), Some(54_321)).unwrap();
    let mut plan = home.plan(&[("app", "new"), ("other", "x")]);
    plan.changes[1].group = Some("daemon".into());
    plan.changes[1].mode = 0o640;
    home.apply(&plan).unwrap();
    let meta = home.path("app").metadata().unwrap();
    assert_eq!((meta.uid(), meta.gid()), (12_345, 54_321));
    assert_ne!(home.path("other").metadata().unwrap().gid(), 0);
    let mut plan = home.plan(&[("third", "x")]);
    plan.changes[0].group = Some("nosuchgroup".into());
    assert!(matches!(home.apply(&plan), Err(ApplyError::Group(group)) if group == "nosuchgroup"));
}

#[test]
fn two_at_once_the_second_is_told_who_is_first() {
    let home = Home::new();
    let (ready, go) = (home.path("ready"), home.path("go"));
    for pipe in [&ready, &go] {
        assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    }
    let mut slow = home.plan(&[("slow", "x")]);
    slow.runs = vec![build(&home, &format!("echo > {}; cat {}", ready.display(), go.display()), None)];
    std::thread::scope(|scope| {
        let first = scope.spawn(|| home.apply(&slow));
        std::fs::read(&ready).unwrap();
        let second = home.apply(&home.plan(&[("other", "y")]));
        std::fs::write(&go, "").unwrap();
        let error = second.unwrap_err();
        assert!(
            matches!(error, ApplyError::Journal(JournalError::Locked(Some(pid))) if pid == std::process::id()),
            "{error:?}"
        );
        first.join().unwrap().unwrap();
    });
    assert_eq!((home.text("slow").as_deref(), home.text("other")), (Some("x"), None));
    home.write(&[("other", "y")]);
}

#[test]
fn two_changes_of_one_file_are_one() {
    let home = Home::new();
    home.put("env", "0\n");
    let mut plan = home.plan(&[("env", "0\n1\n"), ("env", "0\n1\n2\n")]);
    plan.changes[1].before = plan.changes[0].after.clone();
    plan.changes[1].mode_before = Some(0o600);
    home.apply(&plan).unwrap();
    assert_eq!(home.text("env").as_deref(), Some("0\n1\n2\n"));
    assert_eq!(home.undo().unwrap().files.len(), 1);
    assert_eq!(home.text("env").as_deref(), Some("0\n"));
}
