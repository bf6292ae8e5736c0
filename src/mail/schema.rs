//! The schema of profiles: when it is raised, and how those of another one are read.
//!
//! A profile's keys and the words of its fields are a promise to the mailsetup that reads it. Whatever an older one would
//! refuse or misunderstand raises the schema: a new key, a new word for a field, another meaning. The older one then says that
//! a newer mailsetup wrote the file, instead of naming a mistake that is none, and leaves it as it is.
//!
//! Profiles of an older schema are read as they are. A key that they lack has the value that is what the older mailsetup did;
//! a key never changes its meaning, a new one takes its place. They get the schema of today when they are written next.
//!
//! 2: `sender.senders` and `sender.sender_map`. A profile without them lets every sender leave, as before.

use serde::Deserialize;

/// The schema that this version writes, and the newest that it reads.
pub const SCHEMA: u32 = 2;

/// The schema of a profile's text, if it is newer than this version. It is looked at before all else: the keys of a newer one
/// are not ours to judge.
pub fn newer(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Header {
        schema: Option<u64>,
    }
    let header: Header = toml::from_str(text).ok()?;
    header.schema.filter(|schema| *schema > u64::from(SCHEMA))
}
