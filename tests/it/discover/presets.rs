//! Presets and table against addresses whose right settings are known, through the program itself.

use std::{fs, path::Path};

use serde::Deserialize;
use serde_json::Value;

use crate::support::sandbox::Sandbox;

/// A line of `tests/fixtures/detect.jsonl`.
#[derive(Deserialize)]
struct Row {
    email: String,
    /// `smtp` or `no_smtp`.
    expect: String,
    /// Servers that count as right.
    accepted: Vec<Value>,
    plaintext_only: bool,
    username_forms: Vec<String>,
}

#[test]
fn every_known_address_gets_its_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/detect.jsonl");
    let rows: Vec<Row> = fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 100);
    let addresses = rows.iter().map(|row| row.email.as_str());
    let arguments = ["detect", "--offline", "--json"].into_iter().chain(addresses);
    let out = Sandbox::new().mailsetup(arguments).run();
    let lines: Vec<Value> = out.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), rows.len(), "{}", out.stderr);
    let mut wrong = Vec::new();
    for (row, line) in rows.iter().zip(&lines) {
        assert_eq!(line["address"], row.email.as_str());
        if !is_right(row, line) {
            wrong.push(line.to_string());
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn is_right(row: &Row, line: &Value) -> bool {
    let best = &line["smtp"][0];
    if row.expect == "no_smtp" {
        return best.is_null() && line["provider"].is_string() && line["smtp"] == Value::Array(Vec::new());
    }
    let is_it = |server: &Value| ["host", "port", "security"].iter().all(|key| server[key] == best[key]);
    let named = row.username_forms.iter().any(|form| line["username"] == form.as_str());
    let list = |key: &str| line[key].as_array().unwrap().clone();
    let consent = list("consents").contains(&Value::from("plaintext"));
    let warned = !row.plaintext_only || (consent && !list("warnings").is_empty());
    row.accepted.iter().any(is_it) && named && warned && (consent == row.plaintext_only)
}
