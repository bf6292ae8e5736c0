//! What programs log about mail from a moment on: the files of syslog, and the journal.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::host::{environment, process};

/// Where systems log mail: Debian, Red Hat and SUSE; then those that log everything into one file.
const FILES: [&str; 5] = ["/var/log/mail.log", "/var/log/maillog", "/var/log/mail", "/var/log/messages", "/var/log/syslog"];

/// The most that is read of one source, in bytes.
const MOST: usize = 256 * 1024;

/// How long the journal may take.
const LIMIT: Duration = Duration::from_secs(5);

/// The most blanks in what syslog writes before the message.
const MOST_BLANKS: usize = 6;

/// The log from one moment on.
#[derive(Debug)]
pub(super) struct MailLog {
    /// Files, with how long they were then.
    files: Vec<(PathBuf, u64)>,
    /// That moment, since 1970, where there is a journal.
    journal: Option<Duration>,
}

impl MailLog {
    /// From now on; `own` is a program's own file.
    pub(super) fn begin(own: Option<&str>) -> Self {
        let paths = FILES.into_iter().chain(own).map(PathBuf::from);
        let files = paths.map(|path| {
            let long = path.metadata().map_or(0, |meta| meta.len());
            (path, long)
        });
        let has_journal = Path::new("/run/systemd/journal").is_dir();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { files: files.collect(), journal: has_journal.then_some(now) }
    }

    /// What was said since, by source, a line each.
    pub(super) fn said(&self) -> Vec<Vec<String>> {
        let files = self.files.iter().filter_map(|(path, long)| since(path, *long));
        let journal = self.journal.and_then(journal);
        let lines = |bytes: Vec<u8>| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            text.lines().map(|line| words(line).to_owned()).collect()
        };
        files.chain(journal).map(lines).collect()
    }
}

/// What a file has beyond a length; all of it, if the file was rotated.
fn since(path: &Path, long: u64) -> Option<Vec<u8>> {
    // Without NONBLOCK this would hang on a pipe without a writer.
    let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let mut file: File = OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    let meta = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    file.seek(SeekFrom::Start(if meta.len() < long { 0 } else { long })).ok()?;
    let mut bytes = Vec::new();
    file.take(MOST as u64).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The journal's lines about mail since a moment.
fn journal(since: Duration) -> Option<Vec<u8>> {
    let mut command = Command::new("journalctl");
    command.args(["--quiet", "--no-pager", "--output=cat", &since_word(since), "SYSLOG_FACILITY=2"]);
    command.env_clear().env("PATH", environment::path()).env("LC_ALL", "C").current_dir("/");
    process::run(command, None, LIMIT, MOST).ok().map(|bytes| bytes.to_vec())
}

/// The moment from which on the journal is asked (systemd.time(7)), to the microsecond: a message may have gone out in the same second.
fn since_word(since: Duration) -> String {
    format!("--since=@{}.{:06}", since.as_secs(), since.subsec_micros())
}

/// A line without the time, host, program and number that syslog writes before it (RFC 3164, section 4.1).
fn words(line: &str) -> &str {
    match line.split_once("]: ") {
        Some((front, words)) if front.matches(' ').count() <= MOST_BLANKS && front.contains('[') => words,
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_is_written_from_then_on_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mainlog");
        std::fs::write(&path, "old\n").unwrap();
        let log = MailLog { files: vec![(path.clone(), 4), (folder.path().join("none"), 0)], journal: None };
        assert!(log.said() == [Vec::<String>::new()]);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"Nov 26 02:41:42 web1 postfix/smtp[262]: CFC37B4: to=<bob@example.test>\n\xff\n").unwrap();
        assert_eq!(log.said(), [["CFC37B4: to=<bob@example.test>", "\u{fffd}"]]);
        // Rotated: another file has the name.
        std::fs::write(&path, "n\n").unwrap();
        assert_eq!(log.said(), [["n"]]);
    }

    #[test]
    fn syslogs_own_words_go_and_no_others() {
        assert_eq!(
            words("2026-11-26T02:41:42+00:00 web1 dma[65.55e2]: <a@b> delivery successful"),
            "<a@b> delivery successful"
        );
        let exim =
            "2026-11-26 02:45:28 1xWPUG == bob@example.test R=smarthost T=remote defer (-37) H=localhost [127.0.0.1]: TLS";
        assert_eq!(words(exim), exim);
        assert_eq!(words("Sent file."), "Sent file.");
    }
}
