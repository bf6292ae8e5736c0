//! `--report FILE`: the redacted report, readable only by its owner and never overwriting a file.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::context::Context;
use crate::{
    error::{Error, Exit},
    host::{self, clock::rfc3339},
    mail::reply::escape,
    phrase,
    render::report::{self, Parts},
    setup::Setup,
};

/// Refuses a file that cannot be created before anything is asked or tried.
pub(super) fn check_folder(context: &Context) -> Result<(), Error> {
    match context.inputs.get("report").map(Path::new).and_then(Path::parent) {
        Some(folder) if folder.as_os_str().is_empty() => Ok(host::writable(Path::new("."), None)?),
        Some(folder) if !folder.is_dir() => {
            Err(host::FileError::Write(folder.to_owned(), std::io::ErrorKind::NotFound.into()).into())
        }
        Some(folder) => Ok(host::writable(folder, None)?),
        None => Ok(()),
    }
}

/// Writes the report of a conversation if `--report` is given; returns where it is.
pub(super) fn of_setup(context: &Context, setup: &Setup) -> Result<Option<PathBuf>, Error> {
    write(context, || report::of_setup(setup, rfc3339(SystemTime::now()), host::system()))
}

/// Writes the report of these parts if `--report` is given; returns where it is.
pub(super) fn of_parts(context: &Context, parts: Parts<'_>) -> Result<Option<PathBuf>, Error> {
    write(context, || {
        let parts = Parts { when: rfc3339(SystemTime::now()), system: host::system(), ..parts };
        report::report(&context.text, &parts)
    })
}

fn write(context: &Context, text: impl FnOnce() -> String) -> Result<Option<PathBuf>, Error> {
    let Some(file) = context.inputs.get("report") else { return Ok(None) };
    let saved = host::save_private(Path::new(file), &text())?;
    context.say_phrase(&phrase!("report-saved", path = escape(&saved.display().to_string())));
    Ok(Some(saved))
}

/// The exit status; an unwritable report counts only if everything else went well.
pub(super) fn ended(context: &Context, exit: Exit, saved: Result<Option<PathBuf>, Error>) -> Result<Exit, Error> {
    match saved {
        Err(error) if exit == Exit::Ok => Err(error),
        Err(error) => {
            context.warn_phrase(&error.phrase);
            Ok(exit)
        }
        Ok(_) => Ok(exit),
    }
}
