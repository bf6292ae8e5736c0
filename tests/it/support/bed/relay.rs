//! A Postfix of its own, beside the bed's.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use super::{SCRIPTS, as_root, logs, start};
use crate::support::wait::until;

/// A second Postfix, which relays by the settings that were written; stopped when dropped.
pub(crate) struct Relay {
    process: Child,
    dir: PathBuf,
}

impl Relay {
    /// Makes `root` look like a machine where Postfix has just been installed: etc/postfix/main.cf as Debian's.
    pub(crate) fn fresh_machine(root: &Path) {
        fs::create_dir_all(root.join("etc/postfix")).unwrap();
        fs::copy(Path::new(SCRIPTS).join("postfix/debian-main.cf"), root.join("etc/postfix/main.cf")).unwrap();
    }

    /// Starts it from `root`/etc/postfix, as `mailsetup --root` left it.
    pub(crate) fn start(root: &Path) -> Self {
        let dir = tempfile::Builder::new().prefix("mailsetup-relay-").tempdir().unwrap().keep();
        let (process, ready) = start("relay", None, [dir.as_path(), root]);
        assert_eq!(ready, "ready");
        Self { process, dir }
    }

    /// Hands it a message, as cron or any other program of that machine would.
    #[track_caller]
    pub(crate) fn send(&self, from: &str, to: &str, message: &str) {
        let mut submit = as_root(format!("{SCRIPTS}/submit"));
        let mut child = submit.arg(&self.dir).args([from, to]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{}", self.log());
    }

    /// Waits for a line of its log that holds `text`: what a server said when it refused.
    #[track_caller]
    pub(crate) fn wait_for_log(&self, text: &str) -> String {
        until(|| self.log().lines().find(|line| line.contains(text)).map(str::to_owned))
            .unwrap_or_else(|| panic!("no {text:?} in the log:\n{}", self.log()))
    }

    /// What it wrote to its log.
    pub(crate) fn log(&self) -> String {
        logs(&self.dir)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        drop(self.process.wait());
    }
}
