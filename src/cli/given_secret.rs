//! A secret from the source that a flag names.

use std::path::Path;

use super::context::{Context, from_fd};
use crate::{error::Error, host::input, setup::GivenSecret};

/// Reads the secret from the first of these sources that is named: standard input, a file, a descriptor, a variable, a command, which
/// is run as `sender`.
///
/// # Errors
/// The source cannot be read.
pub(super) fn given_secret(
    context: &Context,
    [stdin, file, descriptor, variable, command]: [&'static str; 5],
    sender: Option<&str>,
) -> Result<Option<GivenSecret>, Error> {
    let inputs = &context.inputs;
    let flag = |name: &str| format!("--{name}");
    let (secret, said) = if inputs.is_set(stdin) {
        (input::from_stdin()?, vec![flag(stdin)])
    } else if let Some(path) = inputs.get(file) {
        (input::from_file(Path::new(path))?, vec![flag(file), path.to_owned()])
    } else if let Some(number) = inputs.get(descriptor) {
        (from_fd(&flag(descriptor), number)?, vec![flag(descriptor), number.to_owned()])
    } else if let Some(name) = inputs.get(variable) {
        (input::from_env(name)?, vec![flag(variable), name.to_owned()])
    } else if let Some(line) = inputs.get(command) {
        (input::from_own_command(line, sender)?, vec![flag(command), line.to_owned()])
    } else {
        return Ok(None);
    };
    Ok(Some(GivenSecret { secret, flag: Some(said) }))
}
