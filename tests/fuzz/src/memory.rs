//! A connection and a disk in memory.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use mailsetup::{
    mail::{KeySlot, Secret},
    plan::{Existing, Files, Node, Order, Plan, Scope, TargetChoice},
    probe::Stream,
};

/// A server that says what the bytes say, piece by piece, and then leaves.
pub struct Wire {
    pieces: Vec<Vec<u8>>,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    pub fn new(script: &[u8]) -> Self {
        let mut pieces: Vec<Vec<u8>> = script.split(|byte| *byte == 255).map(<[u8]>::to_vec).collect();
        pieces.reverse();
        Self { pieces, sent: Arc::default() }
    }

    /// What the client sends.
    pub fn sent(&self) -> Arc<Mutex<Vec<u8>>> {
        Arc::clone(&self.sent)
    }
}

impl Stream for Wire {
    fn begin(&mut self) -> io::Result<Box<dyn Fn() + Send>> {
        Ok(Box::new(|| {}))
    }

    fn read(&mut self, buffer: &mut [u8], _most: Duration) -> io::Result<usize> {
        while self.pieces.last().is_some_and(Vec::is_empty) {
            self.pieces.pop();
        }
        let Some(piece) = self.pieces.last_mut() else { return Ok(0) };
        let length = piece.len().min(buffer.len());
        buffer[..length].copy_from_slice(&piece[..length]);
        piece.drain(..length);
        Ok(length)
    }

    fn write(&mut self, bytes: &[u8], _most: Duration) -> io::Result<usize> {
        if let Ok(mut sent) = self.sent.lock() {
            sent.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn close(&mut self) {}

    fn is_local(&self) -> bool {
        false
    }
}

/// A disk on which every file of a program but ours has the same bytes.
pub struct Disk {
    everywhere: Vec<u8>,
    written: BTreeMap<PathBuf, Existing>,
}

impl Disk {
    pub fn new(bytes: &[u8]) -> Self {
        Self { everywhere: bytes.to_vec(), written: BTreeMap::new() }
    }

    /// As if the plan had been applied.
    pub fn apply(&mut self, plan: &Plan) {
        for change in &plan.changes {
            let bytes = change.after.clone().unwrap_or_default();
            self.written.insert(change.path.clone(), Existing { bytes, mode: change.mode });
        }
    }
}

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Option<Existing>> {
        if let Some(written) = self.written.get(path) {
            return Ok(Some(written.clone()));
        }
        let is_ours = path.components().any(|part| part.as_os_str() == "profiles");
        // Exim would read nothing else.
        let is_in_the_way = path.ends_with("exim4.conf");
        Ok((!is_ours && !is_in_the_way).then(|| Existing { bytes: self.everywhere.clone(), mode: 0o600 }))
    }

    fn folders(&self, _parent: &Path) -> Vec<String> {
        vec!["all".to_owned(), "conf.d".to_owned()]
    }

    fn has_group(&self, _group: &str) -> bool {
        false
    }

    fn groups_of(&self, _user: &str) -> Option<Vec<String>> {
        None
    }

    fn find(&self, _path: &Path) -> Option<Node> {
        None
    }
}

/// Settings that every target can carry.
const PROFILE: &str = r#"
schema = 1
enabled = true
[sender]
address = "ops@example.com"
name = "Ops"
[smtp]
host = "mail.example.com"
port = 465
security = "tls"
auth = "auto"
username = "ops@example.com"
ehlo = "web1.example.com"
[secret]
store = "file"
"#;

pub fn order(scope: Scope, target: TargetChoice) -> Order {
    Order {
        name: "default".into(),
        scope,
        profile: mailsetup::mail::Profile::parse(PROFILE).unwrap_or_else(|error| unreachable!("{error:?}")),
        secret: Some(Secret::new("p@ss w#rd".into())),
        targets: vec![target],
        program: vec!["/usr/bin/mailsetup".into()],
        key_slot: KeySlot::default(),
        is_whole: false,
        takes_over: false,
        is_unproven: false,
        ca_pem: None,
        others: Vec::new(),
    }
}
