//! Disks as they really fail: full, mounted read-only, closed to the person.
//!
//! They are mounted in a name space of their own, which only root may make: this test binary is started again in it.

use super::*;
use crate::support::bed::as_root;

/// Starts a test of this binary again, where mounts are its own; it prints what it counted.
fn alone(test: &str) -> String {
    let home = Home::new();
    let mut child = as_root("unshare");
    child.arg("--mount").arg("env").arg(format!("MAILSETUP_TEST_DISK={}", home.folder.path().display()));
    child.arg(std::env::current_exe().unwrap()).args(["--exact", test, "--nocapture"]);
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    let counted = said.lines().find(|line| line.contains("0 torn")).unwrap_or_else(|| panic!("{said}"));
    eprintln!("{counted}");
    said
}

/// The folder to mount on, in the child.
fn folder() -> Option<PathBuf> {
    std::env::var_os("MAILSETUP_TEST_DISK").map(PathBuf::from)
}

fn run(program: &str, args: &[&str]) {
    let status = Command::new(program).args(args).status().unwrap();
    assert!(status.success(), "{program} {args:?}");
}

const NAMES: [&str; 5] = ["app/0", "app/1", "app/2", "other/3", "other/new/4"];

/// Five files of 10 KB; the first three are there already.
fn texts(letter: &str) -> Vec<(&'static str, String)> {
    NAMES.iter().map(|name| (*name, letter.repeat(10_000))).collect()
}

fn plan(home: &Home) -> Plan {
    let texts = texts("n");
    home.plan(&texts.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>())
}

fn put_old(home: &Home) {
    for (name, text) in texts("o").into_iter().take(3) {
        home.put(name, &text);
    }
}

/// Whether all five are new; when not, all must be old, and nothing else there.
fn is_new(home: &Home, at: &str) -> bool {
    let letters: Vec<Option<String>> = NAMES.map(|name| home.text(name)).into();
    let is = |wanted: &[&str; 5]| {
        letters.iter().zip(wanted).all(|(text, letter)| {
            text.as_deref().map_or(letter.is_empty(), |text| !letter.is_empty() && *text == letter.repeat(10_000))
        })
    };
    let found = crate::support::files::files_below(home.folder.path());
    let left = found.iter().filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(".mailsetup-")).count();
    assert_eq!(left, 0, "{at}: {found:?}");
    let (new, old) = (is(&["n"; 5]), is(&["o", "o", "o", "", ""]));
    assert!(new || old, "{at}: torn");
    new
}

#[test]
#[ignore = "mounts a small disk as root, see tests/run"]
fn a_small_disk_takes_all_or_nothing() {
    alone("host::disks::small_child");
}

/// Not a test of its own: disks of every size, from too small for anything to large enough.
#[test]
fn small_child() {
    let Some(folder) = folder() else { return };
    let path = folder.display().to_string();
    let (mut full, mut fits) = (0, 0);
    for pages in (12..80).step_by(1) {
        run("mount", &["-t", "tmpfs", "-o", &format!("size={}k", pages * 4), "none", &path]);
        let home = Home::of(&folder);
        put_old(&home);
        let at = format!("{} KiB", pages * 4);
        match host::apply(&plan(&home), &home.places, &WriteOptions::default()) {
            Ok(_) => {
                assert!(is_new(&home, &at));
                fits += 1;
                if home.undo().is_ok() {
                    assert!(!is_new(&home, &at), "{at}: not taken back");
                } else {
                    assert!(is_new(&home, &at), "{at}: half taken back");
                }
            }
            Err(error) => {
                assert_eq!(error.exit(), mailsetup::error::Exit::CantCreate, "{at}: {error:?}");
                assert_eq!(error.phrase().id, "host-write-full", "{at}: {error:?}");
                // At once, not only after the next run.
                host::recover(&home.places, &WriteOptions::default()).unwrap();
                assert!(!is_new(&home, &at), "{at}");
                full += 1;
            }
        }
        run("umount", &[&path]);
    }
    eprintln!("{} disks, {full} of them too small: 0 torn, 0 lost", full + fits);
    assert!(full > 10 && fits > 3, "{full} {fits}");
}

#[test]
#[ignore = "mounts a disk read-only as root, see tests/run"]
fn a_disk_that_is_read_only_changes_nothing() {
    alone("host::disks::read_only_child");
}

/// Not a test of its own: each folder in turn is read-only.
#[test]
fn read_only_child() {
    let Some(folder) = folder() else { return };
    let home = Home::of(&folder);
    put_old(&home);
    std::fs::create_dir_all(home.path("other")).unwrap();
    std::fs::create_dir_all(&home.places.state).unwrap();
    let state = home.places.state.display().to_string();
    let mut count = 0;
    for place in [
        folder.display().to_string(),
        home.path("app").display().to_string(),
        home.path("other").display().to_string(),
        state,
    ] {
        run("mount", &["--bind", &place, &place]);
        run("mount", &["-o", "remount,bind,ro", &place]);
        let error = host::apply(&plan(&home), &home.places, &WriteOptions::default()).unwrap_err();
        assert_eq!(error.phrase().id, "host-write-read-only", "{place}: {error:?}");
        assert!(!is_new(&home, &place), "{place}");
        run("umount", &[&place]);
        count += 1;
    }
    host::apply(&plan(&home), &home.places, &WriteOptions::default()).unwrap();
    assert!(is_new(&home, "writable again"));
    eprintln!("{count} read-only mounts: 0 torn, 0 lost");
}

#[test]
#[ignore = "becomes another user as root, see tests/run"]
fn a_folder_of_somebody_else_changes_nothing() {
    alone("host::disks::denied_parent");
}

/// Not a test of its own: becomes a user who may write in one of two folders.
#[test]
fn denied_parent() {
    let Some(folder) = folder() else { return };
    let home = Home::of(&folder);
    put_old(&home);
    std::fs::create_dir_all(home.path("other")).unwrap();
    let path = folder.display().to_string();
    run("chown", &["-R", "12345:12345", &path]);
    run("chown", &["-R", "0:0", &home.path("other").display().to_string()]);
    // The binary may lie where only root comes to: it is brought along.
    run("mount", &["-t", "tmpfs", "none", "/mnt"]);
    std::fs::copy(std::env::current_exe().unwrap(), "/mnt/it").unwrap();
    let user = ["--reuid=12345", "--regid=12345", "--clear-groups", "/mnt/it", "--exact", "host::disks::denied_child"];
    run("setpriv", &user);
    assert!(!is_new(&home, "denied"));
    eprintln!("1 folder without permission: 0 torn, 0 lost");
}

/// Not a test of its own: what the user is told.
#[test]
fn denied_child() {
    let Some(folder) = folder().filter(|_| !rustix::process::geteuid().is_root()) else { return };
    let home = Home::of(&folder);
    let error = host::apply(&plan(&home), &home.places, &WriteOptions::default()).unwrap_err();
    assert!(matches!(error, ApplyError::RolledBack(_)), "{error:?}");
    assert_eq!((error.phrase().id, error.hint().unwrap().id), ("host-write-denied", "host-put-back"), "{error:?}");
}
