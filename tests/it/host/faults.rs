//! A disk that fails in any of its operations, or a program that is killed there: every file is the old one or the new one, all
//! of a write or none of it, and the next run leaves nothing behind.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::fd::OwnedFd,
    sync::atomic::{AtomicUsize, Ordering},
};

use mailsetup::host::{FileTree, System, Volume};
use rustix::{
    io::Errno,
    process::{Signal, getpid, kill_process},
};

use super::*;

/// What happens at an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It fails, and those after it work.
    Once(Errno),
    /// It fails, and so do all after it.
    Lasting(Errno),
    /// The disk is full from there on: what takes room fails.
    Full,
    /// The program is killed.
    Kill,
}

/// A volume on which the operation of this number goes wrong, counted from 1.
#[derive(Debug)]
struct Faulty {
    fault: Fault,
    at: usize,
    done: AtomicUsize,
}

impl Faulty {
    fn new(fault: Fault, at: usize) -> Self {
        Self { fault, at, done: AtomicUsize::new(0) }
    }

    fn reached(&self) -> bool {
        self.done.load(Ordering::SeqCst) >= self.at
    }

    fn step(&self, takes_room: bool) -> io::Result<()> {
        let number = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        match self.fault {
            Fault::Once(errno) if number == self.at => Err(errno.into()),
            Fault::Lasting(errno) if number >= self.at => Err(errno.into()),
            Fault::Full if number >= self.at && takes_room => Err(Errno::NOSPC.into()),
            Fault::Kill if number == self.at => {
                kill_process(getpid(), Signal::KILL).unwrap();
                unreachable!("killed")
            }
            _ => Ok(()),
        }
    }
}

impl Volume for Faulty {
    fn open(&self, folder: &Path, is_settled: bool, tree: FileTree<'_>) -> io::Result<OwnedFd> {
        self.step(false).and_then(|()| System.open(folder, is_settled, tree))
    }

    fn make_folder(&self, folder: &OwnedFd, name: &OsStr, mode: u32) -> io::Result<()> {
        self.step(true).and_then(|()| System.make_folder(folder, name, mode))
    }

    fn set_folder_mode(&self, folder: &OwnedFd, mode: u32) -> io::Result<()> {
        self.step(false).and_then(|()| System.set_folder_mode(folder, mode))
    }

    fn create(&self, folder: &OwnedFd, name: &OsStr) -> io::Result<File> {
        self.step(true).and_then(|()| System.create(folder, name))
    }

    fn set_owner(&self, file: &File, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
        self.step(false).and_then(|()| System.set_owner(file, uid, gid))
    }

    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        self.step(false).and_then(|()| System.set_mode(file, mode))
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        // Half of it is there when the rest fails, or when the kill comes.
        let half = bytes.len() / 2;
        System.write(file, &bytes[..half])?;
        self.step(true).and_then(|()| System.write(file, &bytes[half..]))
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.step(true).and_then(|()| System.sync(file))
    }

    fn sync_folder(&self, folder: &OwnedFd) -> io::Result<()> {
        self.step(false).and_then(|()| System.sync_folder(folder))
    }

    fn link(&self, folder: &OwnedFd, name: &OsStr, second: &OsStr) -> io::Result<()> {
        self.step(true).and_then(|()| System.link(folder, name, second))
    }

    fn rename(&self, folder: &OwnedFd, name: &OsStr, other: &OsStr) -> io::Result<()> {
        self.step(false).and_then(|()| System.rename(folder, name, other))
    }

    fn remove(&self, folder: &OwnedFd, name: &OsStr) -> io::Result<()> {
        self.step(false).and_then(|()| System.remove(folder, name))
    }

    fn remove_folder(&self, folder: &OwnedFd, name: &OsStr) -> io::Result<()> {
        self.step(false).and_then(|()| System.remove_folder(folder, name))
    }
}

/// What is done on the disk that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Apply,
    Undo,
    Remove,
    /// Another profile has a part in two of the files.
    RemoveBeside,
}

const DEEDS: [Deed; 4] = [Deed::Apply, Deed::Undo, Deed::Remove, Deed::RemoveBeside];

const NAMES: [&str; 5] =
    ["app/main.cf", "app/sasl", "new/folder/rc", ".config/mailsetup/profiles/default.toml", "app/other"];

/// What the vault holds before, as the profile's password.
const WORD: &str = "word-before";

const PROFILE: &str = "schema = 1\nenabled = true\n\n[sender]\naddress = 'a@example.com'\n\n[smtp]\nhost = 'mail.example.com'\n\
    port = 465\nsecurity = 'tls'\nauth = 'plain'\nusername = 'a'\nehlo = 'w.example.com'\n\n[secret]\nstore = 'vault'\n";

/// Two files that there were and three new ones, of which one needs folders.
fn five(home: &Home) -> Plan {
    let of = |owner: &str, name: &str, text: &str| home.change(owner, name, Some(text), 0o600);
    Plan {
        changes: vec![
            of("app", NAMES[4], "hunter2"),
            of("profile", NAMES[3], PROFILE),
            of("app", NAMES[0], "mine = 1\n# BEGIN\nrelay = x\n# END\n"),
            of("app", NAMES[1], "x ops:hunter2\n"),
            of("app", NAMES[2], "# BEGIN\nhost x\n# END\n"),
        ],
        keep: Some((SecretPlace::Vault, Secret::new("hunter2".into()).into())),
        ..home.plan(&[])
    }
}

/// The five files with their modes, and the vault's entry.
type Seen = Vec<Option<(String, u32)>>;

fn seen(home: &Home) -> Seen {
    let files = NAMES.iter().map(|name| home.text(name).map(|text| (text, mode(&home.path(name)))));
    let kept = secrets::read("default", &SecretPlace::Vault, &home.places).ok();
    files.chain([kept.map(|secret| (secret.expose().to_owned(), 0))]).collect()
}

/// A home before a deed: what the files are, and what they become.
fn prepared(deed: Deed) -> (Home, Seen, Seen) {
    let home = Home::in_memory();
    secrets::keep("default", &SecretPlace::Vault, &Secret::new(WORD.into()).into(), &home.places).unwrap();
    home.put(NAMES[0], "mine = 1\n");
    home.put(NAMES[1], "mine\n");
    std::fs::set_permissions(home.path(NAMES[0]), PermissionsExt::from_mode(0o644)).unwrap();
    let old = seen(&home);
    let new = vec![
        Some(("mine = 1\n# BEGIN\nrelay = x\n# END\n".to_owned(), 0o600)),
        Some(("x ops:hunter2\n".to_owned(), 0o600)),
        Some(("# BEGIN\nhost x\n# END\n".to_owned(), 0o600)),
        Some((PROFILE.to_owned(), 0o600)),
        Some(("hunter2".to_owned(), 0o600)),
        Some(("hunter2".to_owned(), 0)),
    ];
    if deed == Deed::Apply {
        return (home, old, new);
    }
    home.apply(&five(&home)).unwrap();
    assert_eq!(seen(&home), new);
    let mut back = old;
    if deed == Deed::RemoveBeside {
        back[0] = Some(("mine = 1\n# BEGIN b\nrelay = y\n# END b\n".to_owned(), 0o644));
        back[4] = Some(("hunter3".to_owned(), 0o600));
    }
    if deed != Deed::Undo {
        back[3] = Some((PROFILE.replace("enabled = true", "enabled = false"), 0o600));
        back[5] = None;
    }
    (home, new, back)
}

/// What another profile writes upon what a removal leaves.
fn beside(home: &Home, changes: &[Change]) -> host::Alongside {
    let upon = |name: &str, text: &str| {
        super::remove::upon(changes.iter().find(|change| change.path == home.path(name)).unwrap(), text)
    };
    let changes = vec![upon(NAMES[0], "mine = 1\n# BEGIN b\nrelay = y\n# END b\n"), upon(NAMES[4], "hunter3")];
    host::Alongside { plans: vec![Plan { changes, ..Plan::new("b".into()) }], notes: Vec::new() }
}

fn carry_out(deed: Deed, home: &Home, volume: &dyn Volume) -> Result<(), ApplyError> {
    let options = WriteOptions { volume, ..WriteOptions::default() };
    match deed {
        Deed::Apply => host::apply(&five(home), &home.places, &options).map(drop),
        Deed::Undo => host::undo(&home.places, &options).map(drop),
        Deed::Remove => host::undo_all("default", &home.places, &options, &|_| host::Alongside::default()).map(drop),
        Deed::RemoveBeside => host::undo_all("default", &home.places, &options, &|changes| beside(home, changes)).map(drop),
    }
}

/// Fails when a file is neither old nor new.
fn assert_whole(seen: &Seen, old: &Seen, new: &Seen, at: &str) {
    for (index, name) in NAMES.iter().chain(&["the vault's entry"]).enumerate() {
        assert!(seen[index] == old[index] || seen[index] == new[index], "{at}: {name} is torn: {:?}", seen[index]);
    }
}

/// Files that only a write under way may have.
fn left_behind(home: &Home) -> Vec<PathBuf> {
    let is_temporary = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(".mailsetup-");
    crate::support::files::files_below(home.folder.path()).into_iter().filter(is_temporary).collect()
}

/// What must be so after a deed that went wrong, and after the next run. Says whether the deed was done.
fn check(home: &Home, result: Option<&Result<(), ApplyError>>, old: &Seen, new: &Seen, at: &str) -> bool {
    let now = seen(home);
    assert_whole(&now, old, new, at);
    match result {
        Some(Ok(())) => assert_eq!(now, *new, "{at}: said to be done"),
        Some(Err(ApplyError::RolledBack(_))) => assert_eq!(now, *old, "{at}: said to be put back"),
        _ => {}
    }
    host::recover(&home.places, &WriteOptions::default()).unwrap_or_else(|error| panic!("{at}: {error:?}"));
    let then = seen(home);
    assert!(then == *old || then == *new, "{at}: neither all old nor all new: {then:?}");
    assert_eq!(left_behind(home), Vec::<PathBuf>::new(), "{at}");
    for journal in home.state("journal") {
        assert!(std::fs::read_to_string(journal).unwrap().contains("\"done\""), "{at}");
    }
    if then == *old {
        assert!(!matches!(result, Some(Ok(()))), "{at}: it was lost");
    }
    then == *new
}

/// Every operation in turn goes wrong in this way; says how many there were.
fn every_operation(deed: Deed, fault: Fault) -> usize {
    for at in 1.. {
        let (home, old, new) = prepared(deed);
        let volume = Faulty::new(fault, at);
        let result = carry_out(deed, &home, &volume);
        let name = format!("{deed:?}, {fault:?} at operation {at}, {result:?}");
        let is_done = check(&home, Some(&result), &old, &new, &name);
        if !volume.reached() {
            assert!(is_done && result.is_ok(), "{name}");
            return at - 1;
        }
        // Nothing stands in the way of doing it now, nor of taking it back.
        if !is_done {
            carry_out(deed, &home, &System).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!(seen(&home), new, "{name}");
        }
        if matches!(deed, Deed::Apply | Deed::RemoveBeside) {
            home.undo().unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!(seen(&home), old, "{name}");
        }
    }
    unreachable!("a deed ends")
}

#[test]
fn every_operation_may_fail() {
    let faults = [Errno::NOSPC, Errno::IO, Errno::ACCESS, Errno::ROFS].into_iter();
    let faults: Vec<Fault> =
        faults.flat_map(|errno| [Fault::Once(errno), Fault::Lasting(errno)]).chain([Fault::Full]).collect();
    let count: usize = std::thread::scope(|scope| {
        let runs: Vec<_> = DEEDS
            .into_iter()
            .map(|deed| {
                let faults = &faults;
                scope.spawn(move || faults.iter().map(|fault| every_operation(deed, *fault)).sum::<usize>())
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    });
    eprintln!("{count} operations failed (ENOSPC, EIO, EACCES, EROFS, once and lasting): 0 torn, 0 lost");
    assert!(count > 500, "{count}");
}

/// A disk that is full for good lets nothing be half done, even before the next run.
#[test]
fn on_a_full_disk_all_is_as_it_was_at_once() {
    for at in 1.. {
        let (home, old, new) = prepared(Deed::Apply);
        let volume = Faulty::new(Fault::Full, at);
        let result = carry_out(Deed::Apply, &home, &volume);
        assert_eq!(seen(&home), if result.is_ok() { new } else { old }, "operation {at}: {result:?}");
        if !volume.reached() {
            break;
        }
    }
}

/// The variables that tell this test binary, started again as a child, where to write, what, and when to die.
const KILLED: [&str; 3] = ["MAILSETUP_TEST_FOLDER", "MAILSETUP_TEST_DEED", "MAILSETUP_TEST_AT"];

/// Not a test of its own: the child that dies at an operation.
#[test]
fn killed_child() {
    let [Some(folder), Some(deed), Some(at)] = KILLED.map(std::env::var_os) else { return };
    let home = Home::of(Path::new(&folder));
    let deed = DEEDS.into_iter().find(|known| *format!("{known:?}") == *deed).unwrap();
    let at = at.to_str().unwrap().parse().unwrap();
    carry_out(deed, &home, &Faulty::new(Fault::Kill, at)).unwrap();
}

#[test]
fn killed_at_every_operation() {
    let mut kills = 0;
    for deed in DEEDS {
        for at in 1.. {
            let (home, old, new) = prepared(deed);
            let values = [home.folder.path().display().to_string(), format!("{deed:?}"), at.to_string()];
            let mut child = Command::new(std::env::current_exe().unwrap());
            child.args(["--exact", "host::faults::killed_child"]).envs(KILLED.iter().zip(&values));
            let status = child.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
            let name = format!("{deed:?}, killed at operation {at}");
            let is_done = check(&home, None, &old, &new, &name);
            if status.success() {
                assert!(is_done, "{name}");
                break;
            }
            assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(Signal::KILL.as_raw()), "{name}");
            kills += 1;
        }
    }
    eprintln!("{kills} kills, one at each operation: 0 torn, 0 lost");
    assert!(kills > 100, "{kills}");
}

/// A volume on which somebody edits a file while another one gets its new content.
#[derive(Debug)]
struct Meddled(PathBuf);

impl Volume for Meddled {
    fn rename(&self, folder: &OwnedFd, name: &OsStr, other: &OsStr) -> io::Result<()> {
        if other == "default.toml" {
            std::fs::write(&self.0, "theirs\n")?;
        }
        System.rename(folder, name, other)
    }
}

#[test]
fn a_file_that_is_edited_while_others_are_written_is_left_and_they_go_back() {
    let (home, mut old, _) = prepared(Deed::Apply);
    let error = carry_out(Deed::Apply, &home, &Meddled(home.path(NAMES[1]))).unwrap_err();
    let ApplyError::NotRolledBack(cause, path, Some(backup)) = &error else { panic!("{error:?}") };
    assert!(
        matches!(&**cause, ApplyError::Changed(changed) if changed == path && *path == home.path(NAMES[1])),
        "{error:?}"
    );
    assert_eq!(std::fs::read_to_string(backup).unwrap(), "mine\n");
    old[1] = Some(("theirs\n".to_owned(), old[1].as_ref().unwrap().1));
    assert_eq!(seen(&home), old);
    assert_eq!(left_behind(&home), Vec::<PathBuf>::new());
}
