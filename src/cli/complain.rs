//! What ended the program, on standard error.

use std::io::{self, Write};

use crate::{
    error::{Error, Exit},
    presets::Text,
};

/// Prints an error with its hint, and returns its exit status.
pub(super) fn complain(text: &Text, error: &Error) -> Exit {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "mailsetup: {}", text.say(&error.phrase));
    if let Some(hint) = &error.hint {
        let _ = writeln!(out, "  {}", text.say(hint));
    }
    error.exit
}
