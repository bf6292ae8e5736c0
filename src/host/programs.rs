//! Programs of this machine that send mail: which hand it to `sendmail`, how each calls it, and by which addresses they send.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::{environment, files::found};
use crate::{
    mail::Address,
    presets::programs::{Programs, SendingSettings, address_after},
};

/// What hands mail to `sendmail` here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailPrograms {
    /// The cron that runs jobs.
    pub cron: Option<CronKind>,
    /// What `mail` is.
    pub mail: Option<PathBuf>,
}

/// Which cron: each calls `sendmail` in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CronKind {
    /// Debian's, by `do_command.c` there.
    Debian,
    /// cronie and its like, by its `do_command.c`.
    Cronie,
    /// busybox's, by `crond.c`.
    Busybox,
}

/// Looks for them where root's programs are.
pub fn mail_programs() -> MailPrograms {
    let path = environment::path();
    let cron = || {
        if environment::find("cron", &path).is_some() {
            return Some(CronKind::Debian);
        }
        let crond = environment::find("crond", &path)?;
        let is_busybox = crond.canonicalize().is_ok_and(|program| program.file_name() == Some(OsStr::new("busybox")));
        Some(if is_busybox { CronKind::Busybox } else { CronKind::Cronie })
    };
    MailPrograms { cron: cron(), mail: environment::find("mail", &path) }
}

/// The most addresses that are found.
const MOST_ADDRESSES: usize = 10;
/// The most files of a program that are read.
const MOST_FILES: usize = 64;

/// An address that a program of this machine sends from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramSender {
    /// The program, as people know it.
    pub program: String,
    /// The address.
    pub from: Address,
    /// To whom it sends, where its settings say so.
    pub to: Option<Address>,
    /// Whether it names the address to `sendmail` too.
    pub own_envelope: bool,
}

/// The addresses that will send from this machine, as their programs' files say, ten at most. `host` completes those that leave
/// the domain to the machine; root's, which cron and most daemons use, is the first.
pub fn program_senders(programs: &Programs, host: &str) -> Vec<ProgramSender> {
    let mail_name = found::text_below(None, "etc/mailname");
    let host = Some(mail_name.trim()).filter(|name| !name.is_empty()).unwrap_or(host);
    let mut senders: Vec<ProgramSender> = Vec::new();
    let of_cron = format!("root@{host}").parse().ok().map(|from| ProgramSender {
        program: "cron".to_owned(),
        from,
        to: None,
        own_envelope: false,
    });
    for sender in of_cron.into_iter().chain(programs.all.iter().filter_map(|program| sender_of(program, host))) {
        let is_known = senders.iter().any(|known| (&known.from, &known.to) == (&sender.from, &sender.to));
        if !is_known && senders.len() < MOST_ADDRESSES {
            senders.push(sender);
        }
    }
    senders
}

/// What a program sends by; `None` where it is not here, or says nothing of its own.
fn sender_of(program: &SendingSettings, host: &str) -> Option<ProgramSender> {
    let paths = program.files.iter().flat_map(|pattern| matching(pattern)).take(MOST_FILES);
    let text: String =
        paths.map(|path| found::text_below(None, path.to_string_lossy().trim_start_matches('/')) + "\n").collect();
    let address = |words: &[String]| -> Option<Address> {
        // Placeholders for the machine's name: fail2ban's, and monit's.
        let address = address_after(&text, words)?.replace("<fq-hostname>", host).replace("$HOST", host);
        address.parse().ok()
    };
    let (from, to) = (address(&program.from), address(&program.to));
    if from.is_none() && to.is_none() {
        return None;
    }
    Some(ProgramSender {
        program: program.name.clone(),
        own_envelope: program.own_envelope && from.is_some(),
        from: from.or_else(|| format!("root@{host}").parse().ok())?,
        to,
    })
}

/// The paths that a pattern names, in the order of their names.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let mut paths = vec![PathBuf::from("/")];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        paths = match part.split_once('*') {
            None => paths.into_iter().map(|path| path.join(part)).collect(),
            Some((begin, end)) => paths.iter().flat_map(|path| named(path, begin, end)).collect(),
        };
    }
    paths.retain(|path| path.is_file());
    paths
}

/// What lies in a folder and has such a name.
fn named(folder: &Path, begin: &str, end: &str) -> Vec<PathBuf> {
    let fits = |path: &PathBuf| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        name.len() >= begin.len() + end.len() && name.starts_with(begin) && name.ends_with(end)
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(fits).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_s_addresses_are_read_where_its_files_say_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("jail.d")).unwrap();
        std::fs::write(path("jail.conf"), "sender = root@<fq-hostname>\ndestemail = root@localhost\n").unwrap();
        std::fs::write(path("jail.d/b.local"), "sender = guard@x.test\n").unwrap();
        std::fs::write(path("jail.d/c.bak"), "sender = old@x.test\n").unwrap();
        let files = ["jail.conf", "jail.d/*.local"].map(|name| format!("{}/{name}", folder.path().display()));
        let program = SendingSettings {
            name: "fail2ban".into(),
            files: files.to_vec(),
            from: vec!["sender".into()],
            to: vec!["destemail".into()],
            own_envelope: true,
            checked: String::new(),
            sources: Vec::new(),
        };
        let found = sender_of(&program, "web1.example.com").unwrap();
        assert_eq!(found.from.to_string(), "guard@x.test");
        std::fs::remove_file(path("jail.d/b.local")).unwrap();
        let found = sender_of(&program, "web1.example.com").unwrap();
        assert_eq!((found.from.to_string().as_str(), found.own_envelope), ("root@web1.example.com", true));
        assert_eq!(sender_of(&SendingSettings { files: Vec::new(), ..program }, "x"), None);
    }
}
