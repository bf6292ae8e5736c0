//! The form of `tests/fixtures/arrivals/*.toml`: where a message was seen, and what that means.

use std::{fs, path::Path, time::Duration};

use mailsetup::probe::{MailFolder, Sighting};
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Fate {
    /// One line on what is shown here.
    pub(crate) about: String,
    /// Where it was seen; absent when it was not.
    folder: Option<String>,
    /// When, or how long nobody saw it.
    #[serde(default)]
    after_s: u64,
    /// Its header.
    header: Option<String>,
    /// The report that came in its place.
    bounce: Option<String>,
    /// Whether it was sent to oneself.
    #[serde(default)]
    pub(crate) is_own: bool,
    /// The cause, or `ok`.
    pub(crate) cause: String,
}

impl Fate {
    pub(crate) fn sighting(&self) -> Sighting {
        let after = Duration::from_secs(self.after_s);
        let wire = |text: &String| text.replace('\n', "\r\n").into_bytes();
        if let Some(bounce) = &self.bounce {
            return Sighting::Bounced { report: wire(bounce), after };
        }
        let Some(folder) = &self.folder else { return Sighting::Unseen { waited: after } };
        let folder = match folder.as_str() {
            "inbox" => MailFolder::Inbox,
            "junk" => MailFolder::Junk,
            "other" => MailFolder::Other,
            unknown => panic!("no folder: {unknown}"),
        };
        let header = self.header.as_ref().map(wire).unwrap_or_default();
        Sighting::Seen { folder, mailbox: "X".into(), header, after, deleted: None }
    }
}

/// All of them.
pub(crate) fn arrivals() -> Vec<Fate> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/arrivals");
    let read = |entry: fs::DirEntry| toml::from_str(&fs::read_to_string(entry.path()).unwrap()).unwrap();
    fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap())).collect()
}
