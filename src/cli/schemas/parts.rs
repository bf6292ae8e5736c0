//! What schemas are made of.

use serde_json::{Map, Value, json};

use crate::mail::Security;

/// An object with these keys; one that ends with `?` may be missing.
pub(super) fn object(keys: &[(&str, Value)]) -> Value {
    let name = |key: &str| key.trim_end_matches('?').to_owned();
    let properties: Map<String, Value> = keys.iter().map(|(key, kind)| (name(key), kind.clone())).collect();
    let required: Vec<&str> = keys.iter().map(|(key, _)| *key).filter(|key| !key.ends_with('?')).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

pub(super) fn any(kinds: &[&str]) -> Value {
    json!({"type": kinds})
}

pub(super) fn text() -> Value {
    any(&["string"])
}

pub(super) fn text_or_null() -> Value {
    any(&["string", "null"])
}

pub(super) fn yes_no() -> Value {
    any(&["boolean"])
}

pub(super) fn number() -> Value {
    any(&["integer"])
}

pub(super) fn texts() -> Value {
    list_of(&text())
}

pub(super) fn list_of(item: &Value) -> Value {
    json!({"type": "array", "items": item})
}

pub(super) fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    json!({"enum": words.into_iter().collect::<Vec<_>>()})
}

/// The same, or nothing.
pub(super) fn or_null(kind: &Value) -> Value {
    json!({"anyOf": [kind, {"type": "null"}]})
}

/// A port as every document has it.
pub(super) fn port() -> Value {
    json!({"type": "integer", "minimum": 1, "maximum": u16::MAX})
}

pub(super) fn security() -> Value {
    words(Security::WORDS)
}
