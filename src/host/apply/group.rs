//! The group that the users who send share is made by the machine's own programs, before files are opened to it. It stays when
//! the write is undone: who is in it can read nothing of ours by then.

use std::time::Duration;

use super::{error::ApplyError, run};
use crate::{
    host::{
        environment,
        files::{own, tree::FileTree},
    },
    plan::{GroupChange, Places},
};

/// How long one of the programs may take: a machine may ask a directory.
const LIMIT: Duration = Duration::from_secs(30);

/// Does it: by groupadd and usermod, on machines of `BusyBox` by its addgroup. That it is ours is noted before, so that the next run
/// goes on where this one is cut off.
///
/// # Errors
/// [`ApplyError::Build`] names the command that failed; the note cannot be written.
pub(super) fn make(change: &GroupChange, places: &Places) -> Result<(), ApplyError> {
    let (note, tree) = (places.group_under_way(), FileTree::of(places));
    own::write_file(&note, change.name.as_str().as_bytes(), tree)?;

    let has_shadow = environment::find("groupadd", &environment::path()).is_some();
    let commands = if has_shadow { change.commands() } else { change.busybox_commands() };
    commands.iter().try_for_each(|words| {
        let failed = |fault| ApplyError::Build(run::line(words), fault);
        run::run(words, LIMIT).map(drop).map_err(failed)
    })?;
    Ok(own::remove_file(&note, tree)?)
}
