//! `explain` of a whole log: its failures, a group for each cause.

use std::{
    io::{self, BufRead, BufReader, Read},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    cli::context::Context,
    diagnose::{Doctor, Explain, LONGEST_RECORD, LogClock, LogGroup, LogReader, LogReport, log_since},
    error::{Error, Exit},
    host::{SystemJournal, clock},
    mail::reply::escape,
    phrase, render,
};

/// From when on failures count.
pub(super) struct Since {
    clock: LogClock,
    seconds: i64,
}

impl Since {
    /// Reads what was typed.
    ///
    /// # Errors
    /// It is no time: says which forms are.
    pub(super) fn parse(typed: &str) -> Result<Self, Error> {
        let clock = LogClock { offset: clock::utc_offset(), ..now() };
        match log_since(typed, clock) {
            Some(seconds) => Ok(Self { clock, seconds }),
            None => Err(Error::new(Exit::Usage, phrase!("explain-since", typed = escape(typed)))),
        }
    }
}

/// Now; local time is not asked for where only the year is missing.
fn now() -> LogClock {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    LogClock { now: i64::try_from(now).unwrap_or(i64::MAX), offset: 0 }
}

/// Reads a log to its end.
///
/// # Errors
/// It cannot be read.
pub(super) fn read(
    doctor: &Doctor<'_>,
    about: Explain,
    since: Option<&Since>,
    mut source: impl BufRead,
) -> io::Result<LogReport> {
    let clock = since.map_or_else(now, |since| since.clock);
    let mut reader = LogReader::new(doctor, about, clock, since.map(|since| since.seconds));
    let mut line = Vec::new();
    loop {
        line.clear();
        if source.by_ref().take(LONGEST_RECORD as u64).read_until(b'\n', &mut line)? == 0 {
            return Ok(reader.finish());
        }
        let goes_on = line.len() == LONGEST_RECORD && !line.ends_with(b"\n") && source.skip_until(b'\n')? > 0;
        reader.line(&line, goes_on);
    }
}

/// Reads a list of waiting messages; nothing where the text is none that says why they wait.
pub(super) fn queue(doctor: &Doctor<'_>, about: Explain, list: &[u8]) -> Option<LogReport> {
    LogReader::new(doctor, about, now(), None).queue(list)
}

/// Explains the system's journal.
pub(super) fn journal(context: &Context, doctor: &Doctor<'_>, about: Explain, since: Option<&Since>) -> Result<Exit, Error> {
    let failed = |error: io::Error| {
        Error::new(Exit::NoInput, phrase!("explain-journal", cause = error)).hint(phrase!("explain-journal-hint"))
    };
    let mut journal = SystemJournal::open(since.map(|since| since.seconds), context.root()).map_err(failed)?;
    let report = read(doctor, about, since, BufReader::with_capacity(1 << 16, &mut journal)).map_err(failed)?;
    if !journal.close().map_err(failed)? {
        return Err(failed(io::Error::other("journalctl")));
    }
    print(context, doctor, &report)
}

/// Prints what a log says: with `--json` a line for each group.
pub(super) fn print(context: &Context, doctor: &Doctor<'_>, report: &LogReport) -> Result<Exit, Error> {
    context.say_phrase(&phrase!("log-read", lines = report.lines));
    if report.cut > 0 {
        context.warn_phrase(&phrase!("log-cut", lines = report.cut, size = LONGEST_RECORD / 1024));
    }
    if report.groups.is_empty() {
        let diagnosis = doctor.no_failure();
        if context.json {
            return context.out(&diagnosis.to_json().to_string()).map(|()| Exit::Ok);
        }
        for line in render::diagnosis(&context.text, &diagnosis) {
            context.out(&line)?;
        }
    }
    let mut were_ours = true;
    for (index, group) in report.groups.iter().enumerate() {
        if context.json {
            context.out(&group.to_json().to_string())?;
            continue;
        }
        if index > 0 {
            context.out("")?;
        }
        if were_ours && !group.ours {
            context.out(&context.text.get("log-strangers"))?;
            context.out("")?;
        }
        were_ours = group.ours;
        for line in group_lines(context, group) {
            context.out(&line)?;
        }
    }
    Ok(Exit::Ok)
}

/// A group in words; of strangers only what they tried, there is nothing to mend.
fn group_lines(context: &Context, group: &LogGroup) -> Vec<String> {
    let text = &context.text;
    let mut explained = render::diagnosis(text, &group.diagnosis).into_iter();
    let title = explained.next().unwrap_or_default();
    let mut lines = vec![text.say(&phrase!("log-group", count = group.count, title = title))];
    match (group.first, group.last) {
        (Some(first), Some(last)) if first != last => {
            lines.push(text.say(&phrase!("log-from-to", first = first, last = last)));
        }
        (Some(time), _) | (None, Some(time)) => lines.push(text.say(&phrase!("log-at", time = time))),
        (None, None) => {}
    }
    let names = |names: &[String]| escape(&names.join(", "));
    if !group.messages.is_empty() {
        lines.push(text.say(&phrase!("log-messages", names = names(&group.messages))));
    }
    if !group.recipients.is_empty() {
        lines.push(text.say(&phrase!("log-recipients", names = names(&group.recipients))));
    }
    // Of a message over several lines, its beginning and its end say most.
    let shown = group.line.lines().next().into_iter().chain(group.line.lines().skip(1).last());
    lines.extend(shown.map(|line| format!("  > {}", escape(line))));
    if group.ours {
        lines.extend(explained);
    }
    lines
}
