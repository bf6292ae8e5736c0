//! Old records go: they hold copies of files, and with them passwords that are not used any more.
//!
//! The last few writes of a profile can be taken back one by one. An older one is joined with the one after it, so that
//! taking everything back still leads to what was there before the first one.

use super::{
    ApplyError, Options,
    apply::journal::{self, Entry, Journal, Kept, Kind, Stamp, State},
    undo::reverse::{Reversal, Side},
};
use crate::plan::Places;

/// How many writes of a profile can be taken back one by one.
const KEPT: usize = 5;

/// Joins or drops the records of a profile beyond the last few. What cannot be done now is done after the next write.
pub(super) fn prune(profile: &str, places: &Places, options: &Options<'_>) {
    while step(profile, places, options).unwrap_or(false) {}
}

/// One step of it; says whether there may be another one.
fn step(profile: &str, places: &Places, options: &Options<'_>) -> Result<bool, ApplyError> {
    let journals = journal::all(places)?;
    let is_ours = |journal: &&Journal| journal.profile == profile;
    let standing: Vec<&Journal> = journal::standing(&journals).into_iter().filter(is_ours).collect();
    if let [.., newer, older] = standing.as_slice()
        && standing.len() > KEPT
    {
        match (newer.kind, older.kind) {
            (_, Kind::Remove) => forget(older, &journals, places, options)?,
            (Kind::Apply, Kind::Apply) => join(newer, older, places, options)?,
            _ => return Ok(false),
        }
        return Ok(true);
    }
    // What was taken back, or put back around a person's edits: its copies are of use to the person for a while.
    let has_ended = |journal: &&Journal| journal.kind == Kind::Undo || journal.state == State::PutBack;
    match journals.iter().rev().filter(is_ours).filter(has_ended).nth(KEPT) {
        Some(oldest) => forget(oldest, &journals, places, options).map(|()| true),
        None => Ok(false),
    }
}

/// Drops a record, and first those that it took back: without it they would stand again.
fn forget(journal: &Journal, journals: &[Journal], places: &Places, options: &Options<'_>) -> Result<(), ApplyError> {
    for taken in journals.iter().filter(|taken| journal.of.contains(&taken.id)) {
        forget(taken, journals, places, options)?;
    }
    journal.discard(places, options.volume)
}

/// Makes one write of two: taking it back leads to what was there before the older one.
fn join(newer: &Journal, older: &Journal, places: &Places, options: &Options<'_>) -> Result<(), ApplyError> {
    let joining = Joining { newer, older, places, options };
    let mut joined = newer.clone();
    joined.covers.push(older.id.clone());
    for (index, entry) in older.files.iter().enumerate() {
        let name = |end: &str| format!("{}-{index}.{end}", older.id);
        match joined.files.iter_mut().find(|other| other.path == entry.path) {
            // Its copies are gone, and none of them is made again: taking both back tells so.
            Some(other) if older.is_forgotten(places, entry) => {
                other.before = renamed(entry.before.as_ref(), name("before"));
            }
            None if older.is_forgotten(places, entry) => joined.files.push(Entry {
                before: renamed(entry.before.as_ref(), name("before")),
                after: renamed(entry.after.as_ref(), name("after")),
                ..entry.clone()
            }),
            Some(other) => other.before = joining.under(other, entry, name("before"))?,
            None => joined.files.push(Entry {
                before: joining.copied(entry.before.as_ref(), name("before"))?,
                after: joining.copied(entry.after.as_ref(), name("after"))?,
                ..entry.clone()
            }),
        }
    }
    for (index, run) in older.runs.iter().enumerate() {
        let before = joining.copied(run.before.as_ref(), format!("{}-run-{index}.before", older.id))?;
        match joined.runs.iter_mut().find(|other| other.command == run.command) {
            Some(other) => other.before = before,
            None => joined.runs.push(journal::RunEntry { before, ..run.clone() }),
        }
    }
    joined.folders = older.folders.iter().chain(&newer.folders).cloned().collect();
    joined.folders.dedup();
    joined.kept = match (&newer.kept, &older.kept) {
        // Of another store the newer write has taken the older one's entry out.
        (Some(newer), Some(older)) if newer.place == older.place => Some(Kept { existed: older.existed, ..newer.clone() }),
        (newer, older) => newer.clone().or_else(|| older.clone()),
    };
    // From here on a kill leaves an older record that the next run drops.
    joined.save(places, options.volume)?;
    older.discard(places, options.volume)?;
    joined.drop_unused(places, options.volume)
}

/// What a copy is called in another record's folder.
fn renamed(stamp: Option<&Stamp>, name: String) -> Option<Stamp> {
    stamp.map(|stamp| Stamp { copy: name, ..stamp.clone() })
}

struct Joining<'a> {
    newer: &'a Journal,
    older: &'a Journal,
    places: &'a Places,
    options: &'a Options<'a>,
}

impl Joining<'_> {
    /// What a file was before both: the older write is taken back from under the newer one. Where a person edited the same
    /// lines in between, what the newer one found is as far as it goes back.
    fn under(&self, newer: &Entry, older: &Entry, name: String) -> Result<Option<Stamp>, ApplyError> {
        let now = Side::of(self.newer, newer.before.as_ref(), self.places)?;
        let wrote = Side::of(self.older, older.after.as_ref(), self.places)?;
        let before = Side::of(self.older, older.before.as_ref(), self.places)?;
        let reversal = Reversal::from_side(&newer.owner, &newer.path, now);
        match reversal.take_back(wrote.as_ref(), before.as_ref()) {
            Some(reversal) => reversal.becomes().map(|side| self.keep(side.bytes(), side.stamp(name))).transpose(),
            None => Ok(newer.before.clone()),
        }
    }

    /// A copy of the older write's.
    fn copied(&self, stamp: Option<&Stamp>, name: String) -> Result<Option<Stamp>, ApplyError> {
        let Some(stamp) = stamp else { return Ok(None) };
        let bytes = self.older.content(self.places, stamp)?;
        self.keep(&bytes, Stamp { copy: name, ..stamp.clone() }).map(Some)
    }

    fn keep(&self, bytes: &[u8], stamp: Stamp) -> Result<Stamp, ApplyError> {
        self.newer.keep_copy(self.places, self.options.volume, &stamp.copy, bytes)?;
        Ok(stamp)
    }
}
