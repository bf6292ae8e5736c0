//! Presets and table against addresses whose right settings are known, through the program itself.

use std::{collections::BTreeSet, fs, path::Path};

use mailsetup::presets::Catalog;
use serde::Deserialize;
use serde_json::Value;

use crate::support::sandbox::Sandbox;

/// Presets that these addresses need and that are not written yet.
const COMING: [&str; 11] =
    ["att", "bluewin", "comcast", "icloud", "netease", "purelymail", "qq", "t-online", "tuta", "yandex", "zoho-in"];

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
    preset: Option<String>,
}

#[test]
fn every_known_address_gets_its_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/detect.jsonl");
    let rows: Vec<Row> = fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 100);
    let catalog = Catalog::builtin();
    let here: Vec<_> = COMING.iter().filter(|key| catalog.provider(key).is_some()).collect();
    assert!(here.is_empty(), "these presets are here: take {here:?} off the list above");

    let addresses = rows.iter().map(|row| row.email.as_str());
    let arguments = ["detect", "--offline", "--json"].into_iter().chain(addresses);
    let out = Sandbox::new().mailsetup(arguments).run();
    let lines: Vec<Value> = out.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), rows.len(), "{}", out.stderr);
    let (mut wrong, mut missing) = (Vec::new(), BTreeSet::new());
    for (row, line) in rows.iter().zip(&lines) {
        assert_eq!(line["address"], row.email.as_str());
        match row.preset.as_deref().filter(|key| COMING.contains(key) && line["source"] == "none") {
            Some(key) => drop(missing.insert(key)),
            None if is_right(row, line) => {}
            None => wrong.push(line.to_string()),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    assert_eq!(missing, COMING.into(), "no address needs the others");
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
