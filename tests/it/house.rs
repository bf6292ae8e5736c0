//! The house: dependencies run one way, between rooms and inside them; sockets and files are where they belong; a type name is
//! used once; and every sentence exists in every language.

// The paths are written out so that this test can be built by itself too, by rustc alone and in seconds.
#[path = "house/circles.rs"]
mod circles;
#[path = "house/sources.rs"]
mod sources;
#[path = "house/words.rs"]
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

pub(crate) use sources::root;
use sources::sources;

/// The module that a file belongs to: `probe/tls.rs` is `probe`.
fn module(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

/// The crate's modules that a text names: `crate::plan::..`, `use crate::{plan::.., mail}`.
fn named(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for character in group.chars() {
                match character {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        names.insert(std::mem::take(&mut word));
                    }
                    _ if depth == 0 => word.push(character),
                    _ => {}
                }
            }
            names.insert(word);
        } else {
            names.insert(rest.to_owned());
        }
    }
    let first = |name: &String| {
        let name = name.trim_start();
        name[..name.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(name.len())].to_owned()
    };
    names.iter().map(first).filter(|name| !name.is_empty() && name != "phrase").collect()
}

#[test]
fn dependencies_run_one_way() {
    // Who may name whom; `phrase` is the ground that all stand on.
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("phrase", &["phrase"][..]),
        ("packed", &[]),
        ("mail", &["mail", "packed"]),
        ("format", &["format"]),
        ("error", &["presets"]),
        ("presets", &["format", "mail", "packed", "presets"]),
        ("probe", &["mail", "presets", "probe"]),
        ("arrival", &["mail", "presets", "arrival"]),
        ("oauth", &["error", "mail", "presets", "probe", "oauth"]),
        ("diagnose", &["arrival", "mail", "presets", "probe", "diagnose"]),
        ("dns", &["mail", "presets", "dns"]),
        ("discover", &["dns", "mail", "presets", "probe", "discover"]),
        ("plan", &["error", "format", "mail", "presets", "plan"]),
        ("setup", &["dns", "error", "mail", "presets", "probe", "diagnose", "discover", "oauth", "plan", "setup"]),
        ("host", &["error", "mail", "oauth", "presets", "plan", "host"]),
        ("demo", &["dns", "mail", "presets", "demo"]),
        (
            "runner",
            &[
                "diagnose", "discover", "dns", "error", "mail", "oauth", "presets", "probe", "plan", "setup", "host",
                "runner",
            ],
        ),
        ("render", &["arrival", "dns", "error", "mail", "oauth", "presets", "probe", "diagnose", "plan", "setup", "render"]),
        (
            "frontend",
            &[
                "dns", "error", "mail", "oauth", "presets", "probe", "diagnose", "plan", "setup", "runner", "render",
                "frontend",
            ],
        ),
        (
            "cli",
            &[
                "arrival", "dns", "error", "mail", "oauth", "packed", "presets", "probe", "diagnose", "discover", "plan",
                "setup", "host", "demo", "runner", "render", "frontend", "cli",
            ],
        ),
        ("main", &[]),
        ("lib", &[]),
    ]);
    for (file, text) in sources() {
        let allowed = allowed.get(module(&file)).unwrap_or_else(|| panic!("src/{file}: its room is not in the table"));
        for name in named(&text) {
            assert!(allowed.contains(&name.as_str()), "src/{file} must not name crate::{name}");
        }
    }
}

/// Most lines of a file, without its unit tests.
const MOST_LINES: usize = 400;

#[test]
fn a_file_is_read_at_one_sitting() {
    // Longer ones that are left.
    let longer: BTreeMap<&str, usize> = BTreeMap::from([("diagnose/fault.rs", 506)]);
    for (file, text) in sources() {
        let most = longer.get(file.as_str()).copied().unwrap_or(MOST_LINES);
        let lines = text.lines().count();
        assert!(lines <= most, "src/{file} has {lines} lines, more than {most}: split it");
    }
}

/// What `tests/run --long` runs alone is known by its name, and left out of every other run by its mark.
#[test]
fn long_tests_have_name_and_mark() {
    for (file, text) in sources::tests() {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            let is_marked = pair[0] == r#"#[ignore = "long, see tests/run"]"#;
            assert_eq!(pair[1].starts_with("fn long_"), is_marked, "tests/{file}: {}", pair.join(" "));
        }
        assert!(!lines.iter().any(|line| line.contains("mod long_")), "tests/{file}: a module's name is no mark");
    }
}

/// Fails for each file outside `places` that has one of these words.
fn only_in(places: &[&str], words: &[&str]) {
    for (file, text) in sources() {
        if places.iter().any(|place| file.starts_with(place)) {
            continue;
        }
        for word in words {
            assert!(!text.contains(word), "src/{file} has {word}, which belongs to {places:?}");
        }
    }
}

#[test]
fn sockets_open_in_the_probe_and_the_demo_alone() {
    only_in(&["probe/", "demo.rs", "demo/"], &["TcpStream::connect", "TcpListener", "UdpSocket", "socket2::"]);
}

#[test]
fn the_libraries_that_open_sockets_are_named_by_discovery_alone() {
    only_in(&["discover/online/dns.rs"], &["hickory_resolver", "tokio::"]);
    only_in(&["discover/online/http.rs", "oauth/https.rs", "probe/web.rs", "probe/web/"], &["ureq::"]);
}

#[test]
fn files_are_written_on_the_host_alone() {
    // The demo's front door makes its own throw-away folder; a report is written where the person says.
    let places = ["host/", "cli/set_up/demo.rs", "cli/set_up/scratch.rs", "cli/report.rs"];
    only_in(&places, &["fs::write(", "File::create", "fs::rename", "fs::remove", "OpenOptions", "set_permissions"]);
}

#[test]
fn the_environment_is_read_at_the_edge() {
    only_in(&["cli/", "cli.rs", "host/"], &["env::var(", "env::var_os(", "env::vars"]);
}

#[test]
fn the_terminal_is_touched_in_the_front_ends_alone() {
    only_in(&["frontend/", "cli/"], &["crossterm::", "ratatui::", "inquire::"]);
}

/// The tags of the built-in text files.
pub(crate) fn languages() -> Vec<String> {
    let files = fs::read_dir(root().join("presets/text")).unwrap();
    files.map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// The messages of a language: name to the variables that it uses.
pub(crate) fn messages(lang: &str) -> BTreeMap<String, BTreeSet<String>> {
    let source = fs::read_to_string(root().join(format!("presets/text/{lang}.ftl"))).unwrap();
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in source.lines() {
        let is_message = line.starts_with(|c: char| c.is_ascii_lowercase()) && line.contains(" =");
        if is_message {
            let name = line.split(" =").next().unwrap().to_owned();
            assert!(messages.insert(name.clone(), BTreeSet::new()).is_none(), "{lang}: {name} is there twice");
            current = Some(name);
        }
        if let Some(variables) = current.as_ref().and_then(|name| messages.get_mut(name)) {
            for (at, _) in line.match_indices('$') {
                let rest = &line[at + 1..];
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
                // `$(` is a shell's.
                variables.extend(Some(rest[..end].to_owned()).filter(|name| !name.is_empty()));
            }
        }
    }
    messages
}

#[test]
fn every_sentence_is_in_every_language_with_the_same_variables() {
    let english = messages("en");
    assert!(english.len() > 300);
    let languages = languages();
    assert!(languages.len() > 2, "{languages:?}");
    for lang in languages {
        let messages = messages(&lang);
        for (name, variables) in &english {
            assert_eq!(messages.get(name), Some(variables), "{name} in {lang}");
        }
        for name in messages.keys() {
            assert!(english.contains_key(name), "{name} is in {lang} alone");
        }
    }
}

#[test]
fn every_sentence_that_the_code_says_exists_with_its_variables() {
    let english = messages("en");
    let mut said = 0;
    for (file, text) in sources() {
        for (at, _) in text.match_indices("phrase!(") {
            let call = &text[at + "phrase!(".len()..];
            let Some(rest) = call.trim_start().strip_prefix('"') else { continue };
            let id = &rest[..rest.find('"').unwrap()];
            if id == "id" {
                continue;
            }
            said += 1;
            let variables = english.get(id).unwrap_or_else(|| panic!("src/{file} says {id}, which is in no language"));
            let mut depth = 1;
            let end = call.char_indices().find_map(|(index, c)| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                (depth == 0).then_some(index)
            });
            let given = &call[..end.unwrap()];
            for variable in variables {
                let is_given = given.contains(&format!("{variable} ="))
                    || text.contains(&format!(".with(\"{variable}\""))
                    || text.contains(&format!(".with_phrase(\"{variable}\""));
                assert!(is_given, "src/{file}: {id} wants {variable}");
            }
        }
        for (at, _) in text.match_indices(".get(\"") {
            let rest = &text[at + ".get(\"".len()..];
            let id = &rest[..rest.find('"').unwrap()];
            let is_message = id.contains('-') && (text[..at].ends_with("text") || text[..at].ends_with("text()"));
            assert!(!is_message || english.contains_key(id), "src/{file} says {id}, which is in no language");
        }
    }
    assert!(said > 150, "{said}");
}

#[test]
fn no_sentence_is_left_that_nobody_says() {
    let all: String = sources().into_iter().map(|(_, text)| text).collect();
    // Names that are put together: a prefix and a word of a table.
    let made = ["field-", "render-fault-", "choice-", "flag-", "command-", "arg-", "render-file-", "word-"];
    let is_made = |name: &&String| made.iter().any(|prefix| name.starts_with(prefix));
    let messages = messages("en");
    let unsaid: Vec<_> = messages.keys().filter(|name| !is_made(name) && !all.contains(&format!("\"{name}\""))).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
}
