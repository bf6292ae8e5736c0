//! `explain`: what a server's reply or an error means.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use clap::ArgMatches;
use serde_json::{Value, json};

use super::context::{Context, written};
use crate::{
    diagnose::{Doctor, Explain},
    error::{Error, Exit},
    mail::{Port, reply::escape, value},
    phrase,
    presets::{Phrase, nearest},
    probe::Stage,
    render,
};

/// Longest pasted reply; the rest adds nothing.
const LONGEST: u64 = 4 * 1024 * 1024;

/// Explains what was given as arguments, or standard input.
pub(super) fn run(context: &Context, matches: &ArgMatches) -> Result<Exit, Error> {
    let doctor = Doctor::new(&context.catalog, context.lang());
    if matches.get_flag("jsonl") {
        return lines(context, &doctor);
    }
    let word = |name: &str| matches.get_one::<String>(name).cloned();
    let words: Vec<String> = matches.get_many::<String>("REPLY").into_iter().flatten().cloned().collect();
    let reply = match words.as_slice() {
        [dash] if dash == "-" => from_stdin()?,
        [] if io::stdin().is_terminal() => return Err(Error::new(Exit::Usage, phrase!("explain-nothing"))),
        [] => from_stdin()?,
        words => words.join(" ").into_bytes(),
    };
    let port = word("port")
        .map(|typed| value::parse::<Port>(&typed).map(Port::get))
        .transpose()
        .map_err(|phrase| Error::new(Exit::Usage, phrase))?;
    let stage = word("stage").map(|typed| stage(&typed).ok_or_else(|| bad_stage(&typed))).transpose()?;
    let diagnosis = doctor.explain(&Explain { reply, provider: word("provider"), host: word("host"), port, stage });
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

fn from_stdin() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LONGEST).read_to_end(&mut bytes);
    read.map_err(|error| Error::new(Exit::Io, phrase!("cli-input", cause = error)))?;
    Ok(bytes)
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
