//! The program as a script sees it: against the mail server that is built in for trying, and servers that play a script.

mod answers;
mod arrival;
mod client_cert;
mod consumer;
mod crowd;
mod cut_off;
mod damaged;
mod failures;
mod files;
mod idle;
mod image;
mod kills;
mod languages;
mod logs;
mod network;
mod options;
mod providers;
mod readers;
mod rerun;
mod root_mail;
mod schemas;
mod second;
mod sender;
mod small;
mod stores;
mod two;
mod whom;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use crate::support::files::files_below;
use mailsetup::demo::Demo;
use serde_json::Value;

use super::support::sandbox::{Output, Run, Sandbox};

/// A sandbox with a demo server, its CA and its password in files.
struct House {
    sandbox: Sandbox,
    demo: Demo,
}

impl House {
    fn new() -> Self {
        let sandbox = Sandbox::new().env("MAILSETUP_EHLO", "web1.example.com");
        let demo = Demo::start().unwrap();
        sandbox.write("home/ca.pem", demo.ca_pem());
        sandbox.write("home/pw", format!("{}\n", demo.password()));
        Self { sandbox, demo }
    }

    /// The words that lead to the demo server by implicit TLS, with these added.
    fn words(&self, more: &[&str]) -> Vec<String> {
        let port = self.demo.tls_port().to_string();
        let mut words = vec![self.demo.user(), "--host", "localhost", "--ca-file", "ca.pem"];
        if !more.contains(&"--port") {
            words.extend(["--port", &port]);
        }
        words.into_iter().chain(more.iter().copied()).map(str::to_owned).collect()
    }

    fn set_up(&self, more: &[&str]) -> Run {
        self.sandbox.mailsetup(self.words(more))
    }

    /// A set-up that writes, with the password from its file.
    fn write(&self, more: &[&str]) -> Output {
        self.set_up(&[&["--password-file", "pw", "--yes", "--json"], more].concat()).run()
    }

    fn run(&self, words: &[&str]) -> Output {
        self.sandbox.mailsetup(words).run()
    }

    /// Every file below a folder of the sandbox.
    fn files(&self, folder: &str) -> BTreeMap<PathBuf, String> {
        let text = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        files_below(&self.sandbox.path(folder)).into_iter().map(|path| (path.clone(), text(&path))).collect()
    }

    /// What stands where mailsetup and its targets write, without what the sandbox put there.
    fn written(&self) -> BTreeMap<PathBuf, String> {
        let mut files = self.files("home");
        let state = self.sandbox.path("home/.local/state");
        files.retain(|path, _| !path.ends_with("ca.pem") && !path.ends_with("pw") && !path.starts_with(&state));
        files
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Each line of standard output as JSON.
fn json_lines(out: &Output) -> Vec<Value> {
    out.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Fails unless the document of a set-up or a check has every key of the contract, with values of its type.
#[track_caller]
fn obeys_the_contract(document: &Value) {
    let key = |name: &str| document.get(name).unwrap_or_else(|| panic!("no {name} in {document}"));
    assert!(key("ok").is_boolean() && key("changed").is_boolean(), "{document}");
    assert!(key("profile").is_string() || key("profile").is_null(), "{document}");
    assert!(key("equivalent").is_string() || key("equivalent").is_null(), "{document}");
    assert!(key("round_trips").is_u64(), "{document}");
    if let Some(smtp) = key("smtp").as_object() {
        assert!(smtp["host"].is_string() && smtp["port"].is_u64() && smtp["security"].is_string(), "{document}");
        assert!(smtp["auth"].is_string() && (smtp["username"].is_string() || smtp["username"].is_null()), "{document}");
    }
    for stage in key("stages").as_array().unwrap() {
        let state = stage["state"].as_str().unwrap();
        assert!(["passed", "warned", "failed", "skipped"].contains(&state), "{state}");
        assert!(stage["ms"].is_u64() || state == "skipped", "{stage}");
        for name in ["detail", "reply"] {
            assert!(stage[name].is_string() || stage[name].is_null(), "{stage}");
        }
    }
    for file in key("files").as_array().unwrap() {
        assert!(file["path"].is_string() && (file["backup"].is_string() || file["backup"].is_null()), "{file}");
        assert!(["created", "changed", "unchanged", "removed"].contains(&file["action"].as_str().unwrap()), "{file}");
    }
    if let Some(diagnosis) = key("diagnosis").as_object() {
        for name in ["cause", "title", "meaning"] {
            assert!(diagnosis[name].is_string(), "{name} in {diagnosis:?}");
        }
        assert!(diagnosis["steps"].is_array() && diagnosis["links"].is_array() && diagnosis["certain"].is_boolean());
        assert!(diagnosis["change"].is_object() || diagnosis["change"].is_null());
    }
}

/// Fails when a secret is in what was said.
#[track_caller]
fn keeps_quiet(out: &Output, secret: &str) {
    let escaped = Value::from(secret).to_string();
    for said in [&out.stdout, &out.stderr] {
        assert!(!said.contains(secret) && !said.contains(escaped.trim_matches('"')), "{said}");
    }
}
