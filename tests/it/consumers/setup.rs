//! An order, its places, and files in memory.

use std::{collections::BTreeMap, io, path::Path, path::PathBuf};

use mailsetup::{
    mail::{
        Profile, Secret, SecretPlace, Security,
        profile::{Sender, Smtp, Trust},
        schema::SCHEMA,
    },
    plan::{Existing, Files, Node, Order, Plan, Scope},
};

/// Files in memory.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) files: BTreeMap<PathBuf, Existing>,
    pub(crate) groups: Vec<String>,
}

impl Memory {
    pub(crate) fn with(mut self, path: &str, text: &str) -> Self {
        self.put(path, text.as_bytes(), 0o644);
        self
    }

    pub(crate) fn put(&mut self, path: impl Into<PathBuf>, bytes: &[u8], mode: u32) {
        self.files.insert(path.into(), Existing { bytes: bytes.to_vec(), mode });
    }

    /// With those of another.
    pub(crate) fn joined(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self
    }

    /// As if the plan had been applied.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        for change in &plan.changes {
            match &change.after {
                Some(after) => self.put(&change.path, after, change.mode),
                None => drop(self.files.remove(&change.path)),
            }
        }
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> io::Result<Option<Existing>> {
        Ok(self.files.get(path).cloned())
    }

    fn folders(&self, parent: &Path) -> Vec<String> {
        let below = |path: &PathBuf| {
            let mut steps = path.strip_prefix(parent).ok()?.iter();
            let first = steps.next()?.to_str()?.to_owned();
            steps.next().map(|_| first)
        };
        self.files.keys().filter_map(below).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    fn has_group(&self, group: &str) -> bool {
        self.groups.iter().any(|known| known == group)
    }

    fn groups_of(&self, user: &str) -> Option<Vec<String>> {
        // Debian has this user on every machine.
        let known = self.groups.iter().map(String::as_str).chain(["www-data"]).find(|known| *known == user);
        known.map(|known| vec![known.to_owned()])
    }

    fn find(&self, path: &Path) -> Option<Node> {
        let file = self.files.get(path)?;
        Some(Node { path: path.to_owned(), mode: file.mode, user: "root".into(), group: "root".into() })
    }
}

pub(crate) fn order(password: &str) -> Order {
    Order {
        name: "default".into(),
        scope: Scope::User,
        profile: Profile {
            schema: SCHEMA,
            enabled: true,
            run_as: mailsetup::mail::RunAs::default(),
            run_as_group: None,
            root_mail: None,
            sender: Sender {
                name: Some("Ops & Söhne".parse().unwrap()), ..Sender::new("ops@example.com".parse().unwrap())
            },
            smtp: Smtp {
                provider: None,
                host: "127.0.0.1".parse().unwrap(),
                port: "465".parse().unwrap(),
                security: Security::Tls,
                auth: "auto".parse().unwrap(),
                username: Some("ops@example.com".parse().unwrap()),
                ehlo: "web1.example.com".parse().unwrap(),
                allow_plaintext: false,
                client: None,
                proxy: None,
                tls: Trust::default(),
            },
            imap: None,
            secret: Some(SecretPlace::File),
            secret_for: None,
            oauth: None,
            secret_command_path: None,
            check: None,
            targets: Vec::new(),
        },
        secret: Some(Secret::new(password.to_owned())),
        targets: Vec::new(),
        program: vec!["/usr/bin/mailsetup".into()],
        key_slot: mailsetup::mail::KeySlot::Machine,
        is_whole: false,
        takes_over: false,
        is_unproven: false,
        ca_pem: None,
        others: Vec::new(),
    }
}
