//! `explain`: what a server's reply or an error means.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use clap::ArgMatches;
use serde::Deserialize;
use serde_json::{Value, json};

use super::context::Context;
use crate::{
    diagnose::{Doctor, Explain},
    error::{Error, Exit},
    mail::{Port, value},
    phrase,
    presets::nearest,
    probe::Stage,
    render,
};

/// Longest pasted reply; the rest adds nothing.
const LONGEST: u64 = 4 * 1024 * 1024;

/// A line of `--jsonl`.
#[derive(Deserialize)]
struct ReplyLine {
    id: Value,
    reply: String,
    provider: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    stage: Option<String>,
}

/// Explains what was given as arguments, or standard input.
pub(super) fn run(context: &Context, matches: &ArgMatches) -> Result<Exit, Error> {
    let doctor = Doctor::new(&context.catalog, context.lang());
    if matches.get_flag("jsonl") {
        return lines(&doctor);
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
    let error = Error::new(
        Exit::Usage,
        phrase!("invalid-choice", typed = crate::mail::reply::escape(typed), choices = words.join(", ")),
    );
    match nearest(typed, words) {
        Some(near) => error.hint(phrase!("cli-did-you-mean", near = near)),
        None => error,
    }
}

/// One JSON document per line in, one per line out, in order.
fn lines(doctor: &Doctor<'_>) -> Result<Exit, Error> {
    let input = io::BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut output = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut exit = Exit::Ok;
    for line in input.split(b'\n') {
        let line = line.map_err(|error| Error::new(Exit::Io, phrase!("cli-input", cause = error)))?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let document = match serde_json::from_slice::<ReplyLine>(&line) {
            Ok(line) => {
                let explain = Explain {
                    reply: line.reply.into_bytes(),
                    provider: line.provider,
                    host: line.host,
                    port: line.port,
                    stage: line.stage.as_deref().and_then(stage),
                };
                let mut document = doctor.explain(&explain).to_json();
                document["id"] = line.id;
                document
            }
            Err(error) => {
                exit = Exit::Data;
                json!({"id": null, "cause": "unknown", "error": error.to_string()})
            }
        };
        writeln!(output, "{document}").map_err(|error| Error::new(Exit::Io, phrase!("cli-output", cause = error)))?;
    }
    output.flush().map_err(|error| Error::new(Exit::Io, phrase!("cli-output", cause = error)))?;
    Ok(exit)
}
