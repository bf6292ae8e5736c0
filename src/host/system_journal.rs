//! The system's journal of mail, for reading (journalctl(1)).

use std::{
    io::{self, Read},
    path::Path,
    process::{Child, Command, Stdio},
};

use super::environment;

/// What mailers log under: the facility of mail, and those that do not use it.
const MATCHES: [&str; 5] = ["SYSLOG_FACILITY=2", "+", "_SYSTEMD_UNIT=nullmailer.service", "+", "SYSLOG_IDENTIFIER=msmtp"];

/// The journal's lines of mail, the oldest first, as they are read.
#[derive(Debug)]
pub struct SystemJournal {
    journalctl: Child,
}

impl SystemJournal {
    /// Opens the journal, or that of the system below `root`; from `since` on, in seconds since 1970. What journalctl has to say of it goes to
    /// standard error.
    ///
    /// # Errors
    /// There is no journalctl, or it cannot be started.
    pub fn open(since: Option<i64>, root: Option<&Path>) -> io::Result<Self> {
        let mut command = Command::new("journalctl");
        command.args(["--no-pager", "--output=short-iso"]).args(MATCHES);
        command.args(since.map(|seconds| format!("--since=@{seconds}")));
        if let Some(root) = root {
            command.arg("--root").arg(root);
        }
        command.env_clear().env("PATH", environment::path()).env("LC_ALL", "C").current_dir("/");
        let journalctl = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        Ok(Self { journalctl })
    }

    /// Whether the journal could be read to its end.
    ///
    /// # Errors
    /// The program cannot be waited for.
    pub fn close(mut self) -> io::Result<bool> {
        drop(self.journalctl.stdout.take());
        Ok(self.journalctl.wait()?.success())
    }
}

impl Read for SystemJournal {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.journalctl.stdout.as_mut().map_or(Ok(0), |pipe| pipe.read(buffer))
    }
}
