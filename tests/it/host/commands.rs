//! Commands after the write: one that fails, and those that are left to do below a root.

use super::*;

#[test]
fn a_build_that_fails_puts_everything_back() {
    let home = Home::new();
    home.put("app/table", "old\n");
    home.put("app/table.db", "old db");
    let before = std::fs::metadata(home.path("app/table")).unwrap();
    let mut plan = home.plan(&[("app/table", "new\n"), ("new/file", "x")]);
    let script = format!("echo half > {}; printf 'bad \\033[1mtable' >&2; exit 75", home.path("app/table.db").display());
    plan.runs = vec![build(&home, &script, Some("app/table.db"))];
    let error = home.apply(&plan).unwrap_err();
    let ApplyError::RolledBack(cause) = &error else { panic!("{error:?}") };
    assert!(matches!(**cause, ApplyError::Build(..)));
    let said = error.phrase().args.into_iter().find(|(name, _)| *name == "said").unwrap().1;
    assert_eq!(said, "bad \\u{1b}[1mtable");
    assert_eq!(error.hint().unwrap().id, "host-put-back");
    assert_eq!(home.text("app/table").as_deref(), Some("old\n"));
    assert_eq!(home.text("app/table.db").as_deref(), Some("old db"));
    assert_eq!(mode(&home.path("app/table")), before.mode() & 0o7777);
    assert!(!home.path("new").exists(), "a folder that was made for it stays");
    assert!(home.state("journal").is_empty() && home.state("backups").is_empty());
    assert!(matches!(home.undo(), Err(ApplyError::NothingToUndo)));
}

#[test]
fn a_reload_that_fails_is_said_and_no_more() {
    let home = Home::new();
    let mut plan = home.plan(&[("app", "x")]);
    plan.runs = vec![Run { purpose: RunPurpose::Reload, ..build(&home, "echo 'not running' >&2; exit 1", None) }];
    let applied = home.apply(&plan).unwrap();
    assert_eq!(applied.notes[0].id, "host-run-said");
    assert_eq!(home.text("app").as_deref(), Some("x"));
}

#[test]
fn below_a_root_commands_are_left_to_do() {
    let home = Home::new();
    let mut places = home.places.clone();
    places.root = Some(home.folder.path().to_owned());
    let mut plan = home.plan(&[("app", "x")]);
    plan.runs = vec![build(&home, "touch 'a b'", Some("made"))];
    let applied = host::apply(&plan, &places, &WriteOptions::default()).unwrap();
    assert_eq!(applied.left_to_do, ["/bin/sh -c \"touch 'a b'\""]);
    assert!(!home.path("made").exists() && home.text("app").is_some());
}
