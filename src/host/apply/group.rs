//! The group that the users who send share is made by the machine's own programs, before files are opened to it. It stays when
//! the write is undone: who is in it can read nothing of ours by then.

use std::time::Duration;

use super::{error::ApplyError, run};
use crate::{host::environment, plan::GroupChange};

/// How long one of the programs may take: a machine may ask a directory.
const LIMIT: Duration = Duration::from_secs(30);

/// Does it: by groupadd and usermod, on machines of `BusyBox` by its addgroup.
///
/// # Errors
/// [`ApplyError::Build`] names the command that failed.
pub(super) fn make(change: &GroupChange) -> Result<(), ApplyError> {
    let has_shadow = environment::find("groupadd", &environment::path()).is_some();
    let commands = if has_shadow { change.commands() } else { change.busybox_commands() };
    commands.iter().try_for_each(|words| {
        let failed = |fault| ApplyError::Build(run::line(words), fault);
        run::run(words, LIMIT).map(drop).map_err(failed)
    })
}
