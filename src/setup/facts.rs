//! What the edge tells the conversation before it begins: facts about the machine, and options of the run.

use std::{path::PathBuf, time::Duration};

use crate::{
    discover::Reach,
    mail::{KeySlot, Secret, proxy::ProxyVariable},
};

/// What the conversation knows about the machine, learned at the edge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetupFacts {
    /// The machine's short name.
    pub host_name: String,
    /// The machine's full name, when it has one.
    pub full_name: Option<String>,
    /// The person is root.
    pub is_root: bool,
    /// Targets whose consumer is installed here: the default of the question for targets.
    pub suggested_targets: Vec<String>,
    /// An address to propose, when one is known beforehand.
    pub suggested_address: Option<String>,
    /// Domains of the senders of saved profiles: nobody mistyped them.
    pub known_domains: Vec<String>,
    /// Where `/etc/aliases` forwards root's mail, as written there.
    pub root_mail: Option<String>,
    /// The variable that names a proxy for the programs of this machine.
    pub proxy: Option<ProxyVariable>,
    /// What the equivalent command begins with: `mailsetup`, or `mailsetup --demo`.
    pub command: Vec<String>,
    /// The program that consumers run to fetch the secret, with what precedes its own arguments.
    pub program: Vec<String>,
    /// The key slot of a new vault, by the keys that were given.
    pub key_slot: KeySlot,
    /// What makes the links to sign in of this run no other's: random.
    pub sign_in_seed: Option<Secret>,
    /// The current folder: relative paths are written as absolute ones.
    pub cwd: PathBuf,
}

/// Options of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupOptions {
    /// Take defaults without asking: for scripts.
    pub brief: bool,
    /// Consent to write was given beforehand.
    pub yes: bool,
    /// Write though the test failed.
    pub force: bool,
    /// A saved profile is changed: its targets are those that are answered, and no others.
    pub edits: bool,
    /// A file may be taken from another profile.
    pub takes_over: bool,
    /// Write without a test, and without what only run time can show.
    pub unproven: bool,
    /// Plan and show, but write nothing.
    pub dry_run: bool,
    /// The test message is taken away once it was seen to arrive.
    pub deletes_arrival: bool,
    /// How long one stage of the live test may take.
    pub timeout: Duration,
    /// How far to search for the settings of an unknown address.
    pub reach: Reach,
    /// Look at the records of the sender's domain, beside the conversation.
    pub looks_at_domain: bool,
}

impl Default for SetupOptions {
    fn default() -> Self {
        Self {
            brief: false,
            yes: false,
            force: false,
            edits: false,
            takes_over: false,
            unproven: false,
            dry_run: false,
            deletes_arrival: false,
            timeout: Duration::from_secs(10),
            reach: Reach::Offline,
            looks_at_domain: false,
        }
    }
}
