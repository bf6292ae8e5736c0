//! `generate`: man page, shell completions, JSON schemas; all from the same tables as the program itself.

use std::io;

use clap::ArgMatches;
use serde_json::{Map, Value, json};

use super::{
    args::{EXTRAS, Help, command},
    context::Context,
    schemas::DOCUMENTS,
};
use crate::{
    error::{Error, Exit},
    packed::Packed,
    phrase,
    setup::{Field, FieldShape, FieldTrait},
};

/// The schema of a profile; a test holds it to the type.
static PROFILE: Packed = Packed::new(include_bytes!(concat!(env!("OUT_DIR"), "/profile_schema")));

/// Prints what was asked for.
pub(super) fn run(context: &Context, matches: &ArgMatches) -> Result<Exit, Error> {
    let broken = |error: io::Error| Error::new(Exit::Io, phrase!("cli-output", cause = error));
    let languages = context.catalog.languages();
    match matches.subcommand() {
        Some(("man", _)) => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command(Help::In(&context.text), languages)).render(&mut page).map_err(broken)?;
            context.out(String::from_utf8_lossy(&page).trim_end())?;
        }
        Some(("completions", matches)) => {
            let shell = matches.get_one::<String>("SHELL").map_or("bash", String::as_str);
            let shell: clap_complete::Shell = shell.parse().unwrap_or(clap_complete::Shell::Bash);
            // Into memory first: clap_complete panics if the reader is gone.
            let mut script = Vec::new();
            let tags: Vec<String> = languages.iter().map(|lang| lang.to_string()).collect();
            let mut command = command(Help::In(&context.text), languages).mut_arg("lang", |lang| lang.value_parser(tags));
            clap_complete::generate(shell, &mut command, "mailsetup", &mut script);
            context.out(String::from_utf8_lossy(&script).trim_end())?;
        }
        Some((_, matches)) => {
            let kind = matches.get_one::<String>("KIND").map_or("profile", String::as_str);
            let schema = match DOCUMENTS.iter().find(|(known, _)| *known == kind) {
                Some((title, make)) => titled(title, make()),
                None if kind == "answers" => answers(),
                None => return context.out(PROFILE.text().trim_end()).map(|()| Exit::Ok),
            };
            context.out(&serde_json::to_string_pretty(&schema).unwrap_or_default())?;
        }
        None => {}
    }
    Ok(Exit::Ok)
}

/// A schema that says which one it is.
fn titled(title: &str, mut schema: Value) -> Value {
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(title);
    schema
}

/// The answers file's schema: one key per flag.
fn answers() -> Value {
    let mut properties = Map::new();
    for spec in Field::ALL.into_iter().map(Field::spec).filter(|spec| !spec.flag.is_empty()) {
        let kind = match spec.shape {
            FieldShape::Many => json!({"type": "array", "items": {"type": "string"}}),
            _ if spec.has(FieldTrait::Repeatable) => {
                json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
            }
            _ if spec.value.is_empty() => json!({"type": "boolean"}),
            FieldShape::Choice if spec.value.contains('|') => json!({"enum": spec.value.split('|').collect::<Vec<_>>()}),
            _ if spec.value == "PORT" => json!({"type": "integer", "minimum": 1, "maximum": 65535}),
            _ => json!({"type": "string"}),
        };
        properties.insert(spec.flag.replace('-', "_"), kind);
    }
    for flag in EXTRAS.iter().filter(|flag| flag.name != "answers") {
        let kind = if flag.value.is_empty() { json!({"type": "boolean"}) } else { word_kind(flag.value) };
        properties.insert(flag.name.replace('-', "_"), kind);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

/// The kind of a value by what the help calls it: words of a list, or a text or number.
fn word_kind(value: &str) -> Value {
    match value {
        "FILE" | "DIR" | "NAME" => json!({"type": "string"}),
        value if value.contains('|') => json!({"enum": value.split('|').collect::<Vec<_>>()}),
        _ => json!({"type": ["string", "number"]}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Profile;

    /// Where it fails, what it prints as the right schema belongs into `profile.schema.json`.
    #[test]
    fn the_schema_of_a_profile_is_that_of_its_type() {
        let schema = serde_json::to_string_pretty(&schemars::schema_for!(Profile)).unwrap();
        let is_it = serde_json::from_str::<Value>(PROFILE.text()).ok() == serde_json::from_str(&schema).ok();
        assert!(is_it, "profile.schema.json should be:\n{schema}");
    }
}
