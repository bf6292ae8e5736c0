//! `undo`: write by write, around what was edited since, and with what a command built.

use super::*;

#[test]
fn undo_goes_back_write_by_write() {
    let home = Home::new();
    home.put("app", "0\n");
    home.write(&[("app", "1\n"), ("other", "a\n")]);
    home.write(&[("app", "2\n")]);
    assert_eq!(home.undo().unwrap().profile, "default");
    assert_eq!(home.text("app").as_deref(), Some("1\n"));
    let undone = home.undo().unwrap();
    assert_eq!(home.text("app").as_deref(), Some("0\n"));
    assert_eq!(home.text("other"), None);
    assert!(undone.files.iter().any(|file| file.action == FileAction::Removed && file.path == home.path("other")));
    assert!(matches!(home.undo(), Err(ApplyError::NothingToUndo)));
    assert!(home.state("backups").is_empty(), "what was taken back may hold a secret: {:?}", home.state("backups"));
    home.write(&[("app", "3\n")]);
    home.undo().unwrap();
    assert_eq!(home.text("app").as_deref(), Some("0\n"));
}

#[test]
fn undo_with_edits_around_keeps_them_and_within_refuses() {
    let home = Home::new();
    home.put("app", "a\n");
    home.write(&[("app", "a\n# BEGIN\nx\n# END\n"), ("new", "ours\n")]);
    home.put("app", "first\na\n# BEGIN\nx\n# END\nlast\n");
    let undone = home.undo().unwrap();
    assert_eq!(home.text("app").as_deref(), Some("first\na\nlast\n"));
    assert_eq!(home.text("new"), None);
    let kept = undone.files.iter().find(|file| file.path == home.path("app")).unwrap().backup.clone().unwrap();
    assert!(std::fs::read_to_string(kept).unwrap().starts_with("first\n"));

    let applied = home.write(&[("app", "first\na\nlast\nx\n"), ("new", "ours\n")]);
    home.put("app", "first\na\nlast\ny\n");
    let error = home.undo().unwrap_err();
    let ApplyError::Conflict(path, backup) = &error else { panic!("{error:?}") };
    assert_eq!((path, backup), (&home.path("app"), &applied.files[0].backup));
    assert_eq!(home.text("app").as_deref(), Some("first\na\nlast\ny\n"));
    assert_eq!(home.text("new").as_deref(), Some("ours\n"), "touched before the conflict was seen");
    home.put("app", "first\na\nlast\nx\n");
    home.undo().unwrap();
    assert_eq!(home.text("app").as_deref(), Some("first\na\nlast\n"));
}

#[test]
fn undo_takes_away_what_was_built_or_builds_it_again() {
    let home = Home::new();
    let (table, db) = (home.path("table"), home.path("table.db"));
    let script = format!("cat {} > {}", table.display(), db.display());
    let mut first = home.plan(&[("table", "1\n")]);
    first.runs = vec![build(&home, &script, Some("table.db"))];
    home.apply(&first).unwrap();
    let mut second = home.plan(&[("table", "2\n")]);
    second.runs = first.runs.clone();
    home.apply(&second).unwrap();
    assert_eq!(home.text("table.db").as_deref(), Some("2\n"));
    home.undo().unwrap();
    assert_eq!(home.text("table.db").as_deref(), Some("1\n"));
    home.undo().unwrap();
    assert_eq!((home.text("table"), home.text("table.db")), (None, None));
}

#[test]
fn a_damaged_record_is_named() {
    let home = Home::new();
    home.write(&[("app", "x")]);
    let record = home.state("journal")[0].clone();
    std::fs::write(&record, "{").unwrap();
    assert!(matches!(home.undo(), Err(ApplyError::Journal(JournalError::Record(path, _))) if path == record));
    assert_eq!(home.text("app").as_deref(), Some("x"));
}
