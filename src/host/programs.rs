//! Programs of this machine that hand mail to `sendmail`: which are here, and how each calls it.

use std::{ffi::OsStr, path::PathBuf};

use super::environment;

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
