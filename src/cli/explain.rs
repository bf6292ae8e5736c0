//! `explain`: what a server's reply, an error, a returned message or a log means.

mod log;
mod source;

use std::io::{self, BufRead, IsTerminal, Read, Write};

use clap::ArgMatches;
use serde_json::{Value, json};

use self::{
    log::Since,
    source::{from_stdin, names_a_file, open},
};
use super::context::{Context, written};
use crate::{
    diagnose::{Doctor, Explain, LOG_HEAD, is_log},
    error::{Error, Exit},
    mail::{Port, reply::escape, value},
    phrase,
    presets::{Phrase, nearest},
    probe::Stage,
    render,
};

/// Longest pasted reply; the rest adds nothing.
const LONGEST: u64 = 4 * 1024 * 1024;

/// What stands for a provider of which no preset is known.
const ANY_PROVIDER: [&str; 2] = ["generic", "custom"];

/// Explains what was given as arguments, a file, the journal, or standard input.
pub(super) fn run(context: &Context, matches: &ArgMatches) -> Result<Exit, Error> {
    let doctor = Doctor::new(&context.catalog, context.lang());
    if matches.get_flag("jsonl") {
        return lines(context, &doctor);
    }
    let word = |name: &str| matches.get_one::<String>(name).cloned();
    let port = word("port")
        .map(|typed| value::parse::<Port>(&typed).map(Port::get))
        .transpose()
        .map_err(|phrase| Error::new(Exit::Usage, phrase))?;
    let stage = word("stage").map(|typed| stage(&typed).ok_or_else(|| bad_stage(&typed))).transpose()?;
    if let Some(typed) = word("provider") {
        known_provider(context, &typed)?;
    }
    let about = Explain { reply: Vec::new(), provider: word("provider"), host: word("host"), port, stage };
    let since = word("since").map(|typed| Since::parse(&typed)).transpose()?;
    let words: Vec<String> = matches.get_many::<String>("REPLY").into_iter().flatten().cloned().collect();
    let (mut source, read_error) = match (word("file"), words.as_slice()) {
        _ if matches.get_flag("journal") => return log::journal(context, &doctor, about, since.as_ref()),
        (Some(file), _) => open(&file)?,
        (None, [dash]) if dash == "-" => from_stdin()?,
        (None, [file]) if names_a_file(file) => open(file)?,
        (None, []) if io::stdin().is_terminal() => return Err(Error::new(Exit::Usage, phrase!("explain-nothing"))),
        (None, []) => from_stdin()?,
        (None, words) => return text(context, &doctor, &Explain { reply: words.join(" ").into_bytes(), ..about }),
    };
    let mut head = Vec::new();
    source.by_ref().take(LOG_HEAD as u64).read_to_end(&mut head).map_err(&read_error)?;
    let is_whole = head.len() < LOG_HEAD;
    if is_log(&head) {
        let whole = head.as_slice().chain(&mut source);
        let report = log::read(&doctor, about.clone(), since.as_ref(), whole).map_err(&read_error)?;
        // What says nothing line by line may say something as a whole.
        if !(report.groups.is_empty() && is_whole && since.is_none()) {
            return log::print(context, &doctor, &report);
        }
    } else if since.is_some() {
        return Err(Error::new(Exit::Data, phrase!("explain-since-no-log")));
    }
    let mut reply = head;
    source.by_ref().take(LONGEST - LOG_HEAD as u64).read_to_end(&mut reply).map_err(&read_error)?;
    if !source.fill_buf().map_err(&read_error)?.is_empty() {
        context.warn_phrase(&phrase!("explain-long"));
    }
    if let Some(report) = log::queue(&doctor, about.clone(), &reply) {
        return log::print(context, &doctor, &report);
    }
    text(context, &doctor, &Explain { reply, ..about })
}

/// Explains a text as one failure.
fn text(context: &Context, doctor: &Doctor<'_>, explain: &Explain) -> Result<Exit, Error> {
    let diagnosis = doctor.explain(explain);
    if context.json {
        context.out(&diagnosis.to_json().to_string())?;
    } else {
        for line in render::diagnosis(&context.text, &diagnosis) {
            context.out(&line)?;
        }
        let others = diagnosis.others.iter().filter(|_| !diagnosis.is_certain());
        for other in others {
            context.out(&context.text.say(&phrase!("report-other", title = other.title, tell = other.tell)))?;
        }
    }
    Ok(Exit::Ok)
}

/// # Errors
/// No preset, family or word for any provider has this name: names the nearest.
fn known_provider(context: &Context, typed: &str) -> Result<(), Error> {
    let marks = context.catalog.marks().map(|marks| marks.name);
    let known: Vec<&str> = context.catalog.provider_keys().chain(marks).chain(ANY_PROVIDER).collect();
    if known.contains(&typed) {
        return Ok(());
    }
    let typed_small = typed.to_lowercase();
    Err(Error::new(
        Exit::Usage,
        match nearest(&typed_small, known) {
            Some(near) => phrase!("invalid-provider-near", typed = escape(typed), near = near),
            None => phrase!("invalid-provider", typed = escape(typed)),
        },
    ))
}

/// A stage by its word in JSON; `tcp` is `connect`.
fn stage(word: &str) -> Option<Stage> {
    let word = if word == "tcp" { "connect" } else { word };
    Stage::ALL.into_iter().find(|stage| stage.as_str() == word)
}

fn bad_stage(typed: &str) -> Error {
    let words = Stage::ALL.map(Stage::as_str);
    let error = Error::new(Exit::Usage, phrase!("invalid-choice", typed = escape(typed), choices = words.join(", ")));
    match nearest(typed, words) {
        Some(near) => error.hint(phrase!("cli-did-you-mean", near = near)),
        None => error,
    }
}

/// One JSON document per line in, one per line out, in order.
fn lines(context: &Context, doctor: &Doctor<'_>) -> Result<Exit, Error> {
    let input = io::BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut output = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut exit = Exit::Ok;
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line.map_err(|error| Error::new(Exit::Io, phrase!("cli-input", cause = error)))?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let given: Value = serde_json::from_slice(&line).unwrap_or_default();
        let (mut document, id) = match reply_line(&given, index + 1) {
            Ok(explain) => (doctor.explain(&explain).to_json(), given.get("id")),
            Err(error) => {
                exit = Exit::Data;
                let why = super::json::error(&context.text, &error);
                (json!({"cause": "unknown", "error": why}), given.get("id"))
            }
        };
        document["id"] = id.cloned().unwrap_or_default();
        written(writeln!(output, "{document}"))?;
    }
    written(output.flush())?;
    Ok(exit)
}

/// The keys of a line of `--jsonl`.
const KEYS: [&str; 6] = ["id", "reply", "provider", "host", "port", "stage"];

/// What a line of `--jsonl` asks.
///
/// # Errors
/// It is no object, lacks `id` or `reply`, or has a value that cannot be one: names the line and the key.
fn reply_line(given: &Value, line: usize) -> Result<Explain, Error> {
    let Some(given) = given.as_object() else {
        let example = r#"{"id": 1, "reply": "535 5.7.8"}"#;
        return Err(Error::new(Exit::Data, phrase!("explain-line-object", line = line, example = example)));
    };
    let wrong = |key: &str, why: Phrase| {
        Error::new(Exit::Data, phrase!("explain-line-field", line = line, field = key).with_phrase("why", why))
    };
    let text = |key: &str| match given.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(key, phrase!("explain-line-text"))),
    };
    let missing = |key: &str| {
        let error = wrong(key, phrase!("explain-line-missing"));
        let others = given.keys().map(String::as_str).filter(|other| !KEYS.contains(other));
        match nearest(key, others) {
            Some(other) => error.hint(phrase!("explain-line-near", typed = escape(other), near = key)),
            None => error,
        }
    };
    let port = match given.get("port") {
        None | Some(Value::Null) => None,
        Some(Value::Number(number)) => {
            let port = value::parse::<Port>(&number.to_string()).map_err(|why| wrong("port", why))?;
            Some(port.get())
        }
        Some(_) => return Err(wrong("port", phrase!("toml-number"))),
    };
    let explain = Explain {
        reply: text("reply")?.ok_or_else(|| missing("reply"))?.into_bytes(),
        provider: text("provider")?,
        host: text("host")?,
        port,
        stage: text("stage")?.as_deref().and_then(stage),
    };
    if given.contains_key("id") { Ok(explain) } else { Err(missing("id")) }
}
