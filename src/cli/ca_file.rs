//! The file of a person's own authorities.

use std::path::Path;

use crate::{
    error::{Error, Exit},
    mail::reply::escape,
    phrase, probe,
    runner::Runner,
};

/// Reads a CA file.
///
/// # Errors
/// It cannot be read, or has no usable authority.
pub(super) fn read_ca(runner: &Runner, path: &str) -> Result<Vec<u8>, Error> {
    let shown = escape(path);
    let pem = runner.read_named(Path::new(path)).map_err(|error| {
        Error::new(Exit::NoInput, phrase!("cli-ca-file-unreadable", file = shown, cause = error))
            .hint(phrase!("cli-ca-file-hint"))
    })?;
    probe::check_ca(&pem).map_err(|cause| {
        Error::new(Exit::Config, phrase!("cli-ca-file-bad", file = shown, cause = escape(&cause)))
            .hint(phrase!("cli-ca-file-hint"))
    })?;
    Ok(pem)
}
