//! `arrival`: what the receiver said of a message.

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
};

use super::{context::Context, layout, verdict::document};
use crate::{
    arrival::{Arrival, ArrivalOutcome, advice},
    error::{Error, Exit},
    mail::reply::escape,
    phrase, render,
};

/// How much of a message is read, in bytes: its headers stand in front.
const LONGEST: u64 = 1024 * 1024;

/// Reads a saved message or its headers from a file, or from standard input for `-`.
pub(super) fn run(context: &Context, path: &str) -> Result<Exit, Error> {
    let bytes = if path == "-" { from_stdin(context)? } else { from_file(path)? };
    let arrival = Arrival::read(&bytes)
        .map_err(|_| Error::new(Exit::Data, phrase!("arrival-no-message")).hint(phrase!("arrival-no-message-hint")))?;
    let advice = advice(&arrival);
    if context.json {
        context.out(&document(&context.text, &arrival, &advice).to_string())?;
    } else {
        let mut lines = layout::block(&render::arrival::block(&context.text, &arrival));
        let steps = render::arrival::advice(&context.text, &advice);
        lines.extend(steps.iter().flat_map(|line| layout::hanging(line, layout::COLUMNS)));
        lines.iter().try_for_each(|line| context.out(line))?;
    }
    Ok(match arrival.outcome() {
        ArrivalOutcome::Passed => Exit::Ok,
        ArrivalOutcome::Junk | ArrivalOutcome::Failing => Exit::Failed,
        ArrivalOutcome::Unsaid => Exit::TempFail,
    })
}

fn from_file(path: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    let unreadable = |error| Error::new(Exit::NoInput, phrase!("arrival-unreadable", file = escape(path), cause = error));
    read.map(|_| bytes).map_err(unreadable)
}

fn from_stdin(context: &Context) -> Result<Vec<u8>, Error> {
    if io::stdin().is_terminal() {
        context.say_phrase(&phrase!("arrival-paste"));
    }
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock();
    // The rest is taken too: a pipe that is closed early is an error to who writes it.
    let read = input.by_ref().take(LONGEST).read_to_end(&mut bytes).and_then(|_| io::copy(&mut input, &mut io::sink()));
    read.map(|_| bytes).map_err(|error| Error::new(Exit::Io, phrase!("cli-input", cause = error)))
}
