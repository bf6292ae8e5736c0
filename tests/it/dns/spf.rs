//! The public SPF suite (RFC 7208, release 2014.04) and pyspf's own cases, fetched by `tests/run`.

use std::path::PathBuf;

use mailsetup::dns::{
    DnsKind, DnsRecord,
    spf::{SpfQuery, check_host},
};
use serde_json::Value;

use super::zone::{Entry, Zone};
use crate::support::bed;

/// The cases, when they were fetched.
fn suite() -> Option<Value> {
    let cache = std::env::var_os("MAILSETUP_BED_CACHE").unwrap_or_else(|| "/var/tmp/mailsetup-bed".into());
    let text = std::fs::read(PathBuf::from(cache).join("spf/suite.json")).ok()?;
    Some(serde_json::from_slice(&text).unwrap())
}

fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(all) => all.iter().map(|one| one.as_str().unwrap()).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// A record as the suite writes it; its strings are joined.
fn record(kind: &str, value: &Value) -> (DnsKind, DnsRecord) {
    let text = || value.as_str().unwrap();
    match kind {
        "A" => (DnsKind::A, DnsRecord::Address(text().parse().unwrap())),
        "AAAA" => (DnsKind::Aaaa, DnsRecord::Address(text().parse().unwrap())),
        "MX" => {
            let preference = value[0].as_u64().unwrap().try_into().unwrap();
            (DnsKind::Mx, DnsRecord::Mx(preference, value[1].as_str().unwrap().trim_end_matches('.').to_owned()))
        }
        "PTR" => (DnsKind::Ptr, DnsRecord::Name(text().to_owned())),
        "CNAME" => (DnsKind::Cname, DnsRecord::Name(text().to_owned())),
        _ => (DnsKind::Txt, DnsRecord::Text(words(value).concat().into_bytes())),
    }
}

/// The zone of a scenario. Records of the former type SPF are texts, unless the name has texts of its own.
fn zone(data: &Value) -> Zone {
    let mut zone = Zone::default();
    for (name, entries) in data.as_object().unwrap() {
        let entries = entries.as_array().unwrap();
        let has_text = entries.iter().any(|entry| entry.get("TXT").is_some());
        for entry in entries {
            let Some(entry) = entry.as_object() else {
                zone.name(name).push(Entry::AllTimeOut);
                continue;
            };
            let (kind, value) = entry.iter().next().unwrap();
            let named = zone.name(name);
            if value == "NONE" || kind == "SPF" && has_text {
                continue;
            }
            if value == "TIMEOUT" {
                named.push(Entry::TimesOut(record(kind, &Value::from("127.0.0.1")).0));
                continue;
            }
            let (kind, record) = record(kind, value);
            named.push(Entry::Record(kind, record));
        }
    }
    zone
}

/// Cases of modes of pyspf's own, in which a modifier of older drafts counts; RFC 7208 (6) has it ignored.
const OF_OTHER_MODES: [&str; 2] = ["default-modifier", "default-modifier-harsh"];

/// Runs every case of a file and returns how many there were, with those that went wrong.
fn run(scenarios: &Value) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for scenario in scenarios.as_array().unwrap().iter().filter(|scenario| scenario.is_object()) {
        let zone = zone(&scenario["zonedata"]);
        for (name, case) in scenario["tests"].as_object().unwrap() {
            count += 1;
            let query = SpfQuery {
                ip: case["host"].as_str().unwrap().parse().unwrap(),
                sender: case["mailfrom"].as_str().unwrap(),
                helo: case["helo"].as_str().unwrap(),
                receiver: "receiver.example",
                now: 0,
            };
            let found = check_host(&query, &zone);
            let said = found.explanation.as_deref().unwrap_or("DEFAULT");
            let expected = if OF_OTHER_MODES.contains(&name.as_str()) { vec!["neutral"] } else { words(&case["result"]) };
            let is_right = expected.contains(&found.result.as_str())
                && case["explanation"].as_str().is_none_or(|expected| expected == said);
            if !is_right {
                wrong.push(format!("{name}: {found:?}, not {} {}", case["result"], case["explanation"]));
            }
        }
    }
    (count, wrong)
}

#[test]
fn the_public_suite() {
    let Some(suite) = suite() else { return bed::say_left_out("the public SPF suite (tests/run fetches it)") };
    for (file, expected) in [("rfc7208-tests.yml", 203), ("test.yml", 16)] {
        let (count, wrong) = run(&suite[file]);
        assert!(wrong.is_empty(), "{file}: {} of {count} wrong\n{}", wrong.len(), wrong.join("\n"));
        assert_eq!(count, expected, "{file}");
    }
}
