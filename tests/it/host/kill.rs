//! Runs that are killed or cannot write: the next one, or they themselves, put back what was written.

use super::*;

/// The variable that tells this test binary, started again as a child, where to write.
const FOLDER: &str = "MAILSETUP_TEST_KILL";

/// Not a test of its own: the child that the tests below kill.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let places = places_at_home(&folder);
    if std::env::var_os("MAILSETUP_TEST_BUILD").is_some() {
        let plan = five(&folder, "new\n", vec!["kill -9 $PPID; cat".to_owned()]);
        let _ = host::apply(&plan, &places, &WriteOptions::default());
        return;
    }
    for round in 0_u64.. {
        let plan = five(&folder, &format!("round {round}\n"), Vec::new());
        host::apply(&plan, &places, &WriteOptions::default()).unwrap();
    }
}

/// A plan that gives five files, in two folders, and the vault's entry one content.
fn five(folder: &Path, text: &str, scripts: Vec<String>) -> Plan {
    let changes = (0..5).map(|number| {
        let path = folder.join(format!("app{}/{number}", number % 2));
        let now = Disk::default().read(&path).unwrap();
        Change {
            owner: "app".into(),
            path,
            mode_before: now.as_ref().map(|now| now.mode),
            before: now.map(mailsetup::plan::Existing::into_bytes),
            after: Some(text.into()),
            mode: 0o600,
            user: None,
            group: None,
            disclosure: mailsetup::plan::Disclosure::Nothing,
        }
    });
    let run = |script| Run {
        owner: "app".into(),
        command: vec!["/bin/sh".into(), "-c".into(), script],
        creates: None,
        purpose: RunPurpose::Build,
    };
    Plan {
        changes: changes.collect(),
        runs: scripts.into_iter().map(run).collect(),
        keep: Some((SecretPlace::Vault, Secret::new(text.into()).into())),
        ..Plan::new("default".into())
    }
}

fn start(home: &Home, variable: Option<&str>) -> std::process::Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "host::kill::child"]).env(FOLDER, home.folder.path()).stdin(Stdio::null());
    child.stdout(Stdio::null()).stderr(Stdio::null());
    child.envs(variable.map(|name| (name, "1"))).spawn().unwrap()
}

/// What the five files hold; each is whole, or the test fails.
fn contents(home: &Home) -> Vec<Option<String>> {
    (0..5).map(|number| home.text(&format!("app{}/{number}", number % 2))).collect()
}

#[test]
fn killed_before_its_end_is_put_back_by_the_next_run() {
    let home = Home::new();
    home.put("app0/0", "old\n");
    start(&home, Some("MAILSETUP_TEST_BUILD")).wait().unwrap();
    assert_eq!(contents(&home), vec![Some("new\n".to_owned()); 5], "the kill came too early");
    let records = home.state("journal").into_iter().filter(|path| path.extension().is_some_and(|end| end == "json"));
    let record: String = records.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    assert!(record.contains("\"begun\""));

    let notes = host::recover(&home.places, &WriteOptions::default()).unwrap();
    assert_eq!(notes.iter().map(|note| note.id).collect::<Vec<_>>(), ["host-recovered"]);
    assert_eq!(contents(&home), [Some("old\n".to_owned()), None, None, None, None]);
    assert!(!home.path("app1").exists());
    assert!(home.state("journal").is_empty() && home.state("backups").is_empty());
    assert!(host::recover(&home.places, &WriteOptions::default()).unwrap().is_empty());
}

#[test]
fn a_file_that_was_edited_after_the_kill_is_left_and_its_backup_named() {
    let home = Home::new();
    home.put("app0/0", "old\n");
    home.put("app1/1", "old\n");
    start(&home, Some("MAILSETUP_TEST_BUILD")).wait().unwrap();
    home.put("app1/1", "mended by hand\n");
    let undone = home.undo().unwrap();
    assert!(undone.was_cut_off && undone.files.iter().all(|file| file.path != home.path("app1/1")), "{undone:?}");
    let undone = home.undo();
    assert!(matches!(undone, Err(ApplyError::NothingToUndo)), "{undone:?}");
    assert_eq!(home.text("app0/0").as_deref(), Some("old\n"));
    assert_eq!(home.text("app1/1").as_deref(), Some("mended by hand\n"));
    let copies = home.state("backups");
    assert!(copies.iter().any(|copy| std::fs::read(copy).unwrap() == b"old\n"), "{copies:?}");
    home.write(&[("other", "x")]);
    assert_eq!(home.undo().unwrap().files.len(), 1);
}

/// In how many homes at once.
const HOMES: u32 = 4;
/// The most kills for one that comes in the middle of a write: a busy machine hits few, never none.
const TRIES: u32 = 1_000;

#[test]
fn killed_at_any_moment_leaves_all_old_or_all_new() {
    killed_within(5);
}

#[test]
#[ignore = "long, see tests/run"]
fn long_killed_hundreds_of_times_leaves_all_old_or_all_new() {
    killed_within(125);
}

/// Kills until this many in each home came in the middle of a write.
fn killed_within(hits: u32) {
    let started = Instant::now();
    let kills: u32 = std::thread::scope(|scope| {
        let batches: Vec<_> = (0..HOMES).map(|batch| scope.spawn(move || kill(batch, hits))).collect();
        batches.into_iter().map(|batch| batch.join().unwrap()).sum()
    });
    eprintln!("{kills} kills, {} of them within a write, in {:?}: 0 torn, 0 lost", hits * HOMES, started.elapsed());
}

/// Kills programs that write the same five files again and again, until so many kills came in the middle of a write; says how
/// many there were.
fn kill(batch: u32, hits: u32) -> u32 {
    let home = Home::new();
    let started = Instant::now();
    host::apply(&five(home.folder.path(), "first\n", Vec::new()), &home.places, &WriteOptions::default()).unwrap();
    let one = started.elapsed();
    let (mut within, mut round) = (0, 0);
    let random = std::hash::RandomState::new();
    while within < hits {
        round += 1;
        assert!(round <= hits * TRIES, "batch {batch}: {within} of {round} kills came in the middle of a write");
        let before = std::fs::read(home.places.state.join("lock")).unwrap_or_default();
        let mut child = start(&home, None);
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::fs::read(home.places.state.join("lock")).unwrap_or_default() == before && Instant::now() < deadline {
            std::thread::park_timeout(Duration::from_micros(200));
        }
        // Any moment within two writes, however long one takes here.
        let moment = u32::try_from(std::hash::BuildHasher::hash_one(&random, round) % 2_000).unwrap();
        let until = Instant::now() + one * moment / 1_000;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            std::thread::park_timeout(left);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        within += u32::try_from(host::recover(&home.places, &WriteOptions::default()).unwrap().len()).unwrap();
        let contents = contents(&home);
        let at = format!("batch {batch}, round {round}");
        assert!(contents.iter().all(|text| text.is_some() && *text == contents[0]), "{at}: {contents:?}");
        let kept = secrets::read("default", &SecretPlace::Vault, &home.places).unwrap();
        assert_eq!(contents[0].as_deref(), Some(kept.expose()), "{at}: the vault's entry");
        for folder in ["app0", "app1"] {
            let names = std::fs::read_dir(home.path(folder)).unwrap();
            let left: Vec<_> = names.map(|entry| entry.unwrap().file_name()).filter(|name| name.len() > 1).collect();
            assert!(left.is_empty(), "{at}: {left:?}");
        }
        let states: Vec<_> = home.state("journal").into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        assert!(states.iter().all(|state| state.contains("\"done\"")), "{at}");
    }
    round
}

/// Not a test of its own: takes back a write under a limit to the size of files.
#[test]
fn limited_child() {
    let Some(folder) = std::env::var_os("MAILSETUP_TEST_LIMIT").map(PathBuf::from) else { return };
    let error = host::undo(&places_at_home(&folder), &WriteOptions::default()).unwrap_err();
    let ApplyError::RolledBack(cause) = &error else { panic!("{error:?}") };
    assert!(matches!(&**cause, ApplyError::File(FileError::Write(path, _)) if *path == folder.join("big")), "{cause:?}");
}

#[test]
fn a_write_that_fails_between_two_others_puts_the_first_back() {
    let home = Home::new();
    let big = "x".repeat(100_000);
    for (name, text) in [("first", "old"), ("big", big.as_str()), ("last", "old")] {
        home.put(name, text);
    }
    let files = [("first", "new"), ("big", "small"), ("last", "new")];
    home.write(&files);
    let script = "trap '' XFSZ; ulimit -f 64; exec \"$0\" --exact host::kill::limited_child";
    let mut child = Command::new("/bin/sh");
    child.args(["-c", script]).arg(std::env::current_exe().unwrap()).env("MAILSETUP_TEST_LIMIT", home.folder.path());
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    for (name, text) in files {
        assert_eq!(home.text(name).as_deref(), Some(text));
    }
    assert_eq!(home.state("journal").len(), 1);
    home.undo().unwrap();
    assert_eq!(home.text("big"), Some(big));
}

/// Bits of a record that are flipped: one of each byte, and all of every eighth.
fn flips(length: usize) -> impl Iterator<Item = (usize, u8)> {
    (0..length).flat_map(|at| {
        (0..8_u8).filter(move |bit| at % 8 == 0 || at % 7 == usize::from(*bit)).map(move |bit| (at, 1 << bit))
    })
}

#[test]
fn no_flipped_bit_of_a_record_takes_anything_back() {
    for is_cut_off in [false, true] {
        let home = Home::in_memory();
        home.put("app0/0", "old\n");
        if is_cut_off {
            start(&home, Some("MAILSETUP_TEST_BUILD")).wait().unwrap();
        } else {
            host::apply(&five(home.folder.path(), "new\n", Vec::new()), &home.places, &WriteOptions::default()).unwrap();
        }
        let is_record = |path: &PathBuf| path.extension().is_some_and(|end| end == "json");
        let records: Vec<PathBuf> = home.state("journal").into_iter().filter(is_record).collect();
        let [path] = records.as_slice() else { panic!("{records:?}") };
        let whole = std::fs::read(path).unwrap();
        let mut count = 0;
        for (at, flip) in flips(whole.len()) {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            std::fs::write(path, bytes).unwrap();
            let done = if is_cut_off {
                host::recover(&home.places, &WriteOptions::default()).map(drop)
            } else {
                home.undo().map(drop)
            };
            assert!(done.is_err(), "byte {at}, {flip:#x}: {}", String::from_utf8_lossy(&whole));
            assert_eq!(contents(&home), vec![Some("new\n".to_owned()); 5], "byte {at}, {flip:#x}");
            count += 1;
        }
        eprintln!("{count} flipped bits, cut off: {is_cut_off}: nothing taken back");
        std::fs::write(path, whole).unwrap();
        if is_cut_off {
            host::recover(&home.places, &WriteOptions::default()).unwrap();
        } else {
            home.undo().unwrap();
        }
        assert_eq!(contents(&home), [Some("old\n".to_owned()), None, None, None, None]);
    }
}
