//! The answers file: its keys are the names of flags, with `_` for `-`.

use std::{fs::File, io::Read as _, path::Path};

use super::names::names;
use crate::{
    error::{Error, Exit},
    mail::{
        reply::escape,
        toml_fault::{line_at, syntax},
    },
    phrase,
    presets::nearest,
};

/// Longest answers file, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The answers of a file, by flag name.
pub type Given = Vec<(&'static str, String)>;

/// Reads an answers file.
///
/// # Errors
/// It cannot be read, or [`parse`] refuses it.
pub(super) fn read(path: &Path) -> Result<Given, Error> {
    let file = escape(&path.display().to_string());
    let mut source = String::new();
    File::open(path)
        .and_then(|opened| opened.take(LIMIT).read_to_string(&mut source))
        .map_err(|error| Error::new(Exit::NoInput, phrase!("cli-answers-unreadable", file = file, cause = error)))?;
    parse(&file, &source)
}

/// Whether the file wants a document, as far as can be seen: it may be what is wrong.
pub(super) fn wants_json(path: &Path) -> bool {
    let Ok(source) = std::fs::read_to_string(path) else { return false };
    let answer = source.lines().find_map(|line| line.trim().strip_prefix("json")?.trim_start().strip_prefix('='));
    answer.is_some_and(|value| ["true", "\"yes\"", "'yes'"].iter().any(|yes| value.trim_start().starts_with(yes)))
}

/// Reads an answers file's text; `file` is its name, safe for a terminal.
///
/// # Errors
/// It is not TOML, or has an unknown key (the hint names the nearest), the password itself, or a value of a wrong type.
pub fn parse(file: &str, source: &str) -> Result<Given, Error> {
    let table: toml::Table = toml::from_str(source).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(source.as_bytes(), span.start));
        let phrase = phrase!("cli-answers-syntax", file = file, line = line);
        Error::new(Exit::Data, phrase.with_phrase("cause", syntax(error.message())))
    })?;
    let mut given = Given::new();
    for (key, value) in table {
        let name = key.replace('_', "-");
        let Some((name, _)) = names().find(|(known, _)| *known == name && *known != "answers") else {
            if name == "password" {
                return Err(Error::new(Exit::Data, phrase!("cli-answers-password", file = file)));
            }
            let error = Error::new(Exit::Data, phrase!("cli-answers-unknown", file = file, key = escape(&key)));
            let near = nearest(&name, names().map(|(known, _)| known)).map(|near| near.replace('-', "_"));
            return Err(match near {
                Some(near) => error.hint(phrase!("cli-did-you-mean", near = near)),
                None => error,
            });
        };
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(true) => "yes".to_owned(),
            toml::Value::Boolean(false) => "no".to_owned(),
            toml::Value::Array(list) if list.iter().all(toml::Value::is_str) => {
                list.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(",")
            }
            _ => return Err(Error::new(Exit::Data, phrase!("cli-answers-kind", file = file, key = key))),
        };
        given.push((name, text));
    }
    Ok(given)
}
