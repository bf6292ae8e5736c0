//! Whether git would commit a file that holds a password: it lies in a work tree that does not ignore it.

use std::{
    ffi::OsStr,
    path::{Component, Path, PathBuf},
    process::{Command, ExitStatus},
    time::Duration,
};

use super::{environment, process};
use crate::{mail::reply::escape, phrase, presets::Phrase};

mod pattern;

/// How long git may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The most of git's words that are read, in bytes.
const MOST: usize = 4096;

/// What git would do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tracking {
    /// It is in the index: a line in `.gitignore` changes nothing.
    Tracked,
    /// It is not ignored: `git add` takes it.
    Open,
    /// It is ignored.
    Ignored,
}

/// What to say of a file with a password that git would commit, and how to keep it out; `None` where it lies in no work tree,
/// or is ignored.
pub fn not_ignored(path: &Path) -> Option<Phrase> {
    let path = real(path)?;
    let top = path.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
    let inside = path.strip_prefix(top).ok()?;
    // Git never takes what is its own.
    if inside.components().any(|part| part == Component::Normal(OsStr::new(".git"))) {
        return None;
    }
    let (tracking, by_git) = match of_git(top, inside) {
        Some(tracking) => (tracking, true),
        None if pattern::is_ignored(top, inside) => (Tracking::Ignored, false),
        None => (Tracking::Open, false),
    };
    let shown = |path: &Path| escape(&path.to_string_lossy());
    let (file, top, line) = (shown(&path), shown(top), escape(&pattern::line_of(inside)));
    match tracking {
        Tracking::Ignored => None,
        Tracking::Tracked => Some(phrase!("work-tree-tracked", path = file, top = top, line = line, inside = shown(inside))),
        Tracking::Open => {
            let said = phrase!("work-tree-open", path = file, top = top, line = line);
            Some(said.with("by", if by_git { "git" } else { "reading" }))
        }
    }
}

/// Where a file is or will be, without links.
fn real(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        return Some(real);
    }
    let (there, real) = path.ancestors().skip(1).find_map(|folder| Some((folder, folder.canonicalize().ok()?)))?;
    Some(real.join(path.strip_prefix(there).ok()?))
}

/// What git itself says; `None` where it is not installed, or does not answer: it reads no work tree of another user.
fn of_git(top: &Path, inside: &Path) -> Option<Tracking> {
    let tracked = git(top, &["--literal-pathspecs", "ls-files", "--error-unmatch"], inside)?;
    if tracked.success() {
        return Some(Tracking::Tracked);
    }
    // git-check-ignore(1), exit status: 0 it is ignored, 1 it is not, 128 a fatal error.
    match git(top, &["check-ignore", "--quiet"], inside)?.code()? {
        0 => Some(Tracking::Ignored),
        1 => Some(Tracking::Open),
        _ => None,
    }
}

/// How a command of git ends for a file. Nothing that the repository's settings name is run.
fn git(top: &Path, words: &[&str], inside: &Path) -> Option<ExitStatus> {
    let program = environment::find("git", &environment::path())?;
    let mut command = Command::new(program);
    environment::dress(&mut command);
    for name in
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_GLOB_PATHSPECS"]
    {
        command.env_remove(name);
    }
    command.current_dir(top).args(["-c", "core.fsmonitor=false"]).args(words);
    // A name that begins with a colon would be magic (gitglossary(7), pathspec).
    command.arg("--").arg(Path::new(".").join(inside));
    match process::run(command, None, LIMIT, MOST) {
        Ok(_) => Some(ExitStatus::default()),
        Err(process::CommandFault::Failed(status, _)) => Some(status),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tree() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap().join("shop");
        fs::create_dir_all(top.join(".git/info")).unwrap();
        fs::create_dir_all(top.join("app")).unwrap();
        (folder, top)
    }

    #[test]
    fn a_file_in_no_work_tree_or_of_git_itself_is_none_of_gits() {
        let (folder, top) = tree();
        assert_eq!(not_ignored(&folder.path().join("other/.env")), None);
        assert_eq!(not_ignored(&top.join(".git/config")), None);
    }

    #[test]
    fn without_an_answer_of_git_the_files_are_read() {
        // No repository, though it looks like one: git refuses it.
        let (_folder, top) = tree();
        let said = not_ignored(&top.join("app/.env")).unwrap();
        assert_eq!(said.id, "work-tree-open");
        let said = format!("{said}");
        assert!(said.contains("/app/.env") && said.contains("reading"), "{said}");
        fs::write(top.join(".gitignore"), ".env\n").unwrap();
        assert_eq!(not_ignored(&top.join("app/.env")), None);
        fs::write(top.join("app/.gitignore"), "!.env\r\n").unwrap();
        assert!(not_ignored(&top.join("app/.env")).is_some());
        fs::write(top.join("app/.gitignore"), "").unwrap();
        fs::write(top.join(".gitignore"), "").unwrap();
        fs::write(top.join(".git/info/exclude"), "/app/\n").unwrap();
        assert_eq!(not_ignored(&top.join("app/new/.env")), None);
    }
}
