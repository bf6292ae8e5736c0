//! The schema of profiles: when it is raised, and how those of another one are read.
//!
//! A profile's keys and the words of its fields are a promise to the mailsetup that reads it. Whatever an older one would
//! refuse or misunderstand raises the schema: a new key, a new word for a field, another meaning. The older one then says that
//! a newer mailsetup wrote the file, instead of naming a mistake that is none, and leaves it as it is.
//!
//! Profiles of an older schema are read as they are. A key that they lack has the value that is what the older mailsetup did;
//! a key never changes its meaning, a new one takes its place. They get the schema of today when they are written next.
//!
//! 2: `sender.senders` and `sender.sender_map`. A profile without them lets every sender leave, as before. `secret_command_path`: without
//! it, other programs run the mailsetup that wrote their settings.
//! `run_as` as a list, and `run_as_group`: a profile has one user or none, and no group. `smtp.client`: a profile without it shows no
//! certificate. `smtp.proxy`: a profile without it needs none. `oauth`: a profile without it has a password, or a token that comes from elsewhere.

use serde::Deserialize;

use super::toml_read;

/// The schema that this version writes, and the newest that it reads.
pub const SCHEMA: u32 = 2;

/// The schema of a profile's text, if it is newer than this version. It is looked at before all else: the keys of a newer one
/// are not ours to judge.
pub fn newer(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Header {
        schema: Option<u64>,
    }
    let header = toml_read::from_str::<Header>(text).ok().and_then(|header| header.schema);
    header.or_else(|| in_line(text)).filter(|schema| *schema > u64::from(SCHEMA))
}

/// The number in the line of the schema, before the first table: also of a file that is damaged, or in a form of a later time.
fn in_line(text: &str) -> Option<u64> {
    let top = text.trim_start_matches('\u{feff}').lines().take_while(|line| !line.trim_start().starts_with('['));
    let value =
        top.filter_map(|line| line.split_once('=')).find(|(key, _)| key.trim().trim_matches(['"', '\'']) == "schema")?.1;
    let value = value.trim_start().trim_start_matches(['"', '\'', '+']);
    let digits: String = value.chars().take_while(|c| c.is_ascii_digit() || *c == '_').filter(|c| *c != '_').collect();
    // More digits than a number has are of no schema of ours either.
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(u64::MAX))
}
