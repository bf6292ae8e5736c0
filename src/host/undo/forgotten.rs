//! The file of a secret of which no copy was kept, because the secret went into another store: an undo brings it back where the
//! secret is still known, or is refused.

use zeroize::Zeroizing;

use crate::{
    host::{
        apply::error::ApplyError,
        files::stamp::{Stamp, hash},
        journal::{
            file_undo::{FileState, FileUndo},
            record::{FileRecord, WriteRecord},
        },
        stores,
    },
    plan::Places,
};

/// What the file becomes. The secret is the one of before by its hash alone: settings of before never meet a later secret.
///
/// # Errors
/// [`ApplyError::SecretGone`], or the file was edited since.
pub(super) fn undo(record: &WriteRecord, file: &FileRecord, places: &Places) -> Result<FileUndo, ApplyError> {
    let now = FileUndo::new(&file.owner, &file.path, places)?;
    let has = |stamp: &Option<Stamp>, bytes: &[u8]| stamp.as_ref().is_some_and(|stamp| is_of(stamp, bytes));
    match now.becomes() {
        Some(there) if has(&file.before, there.bytes()) => return Ok(now),
        Some(there) if !has(&file.after, there.bytes()) => return Err(ApplyError::Conflict(file.path.clone(), None)),
        _ => {}
    }
    let Some(stamp) = &file.before else { return Ok(now.into_nothing()) };
    match known(record, places)?.into_iter().find(|bytes| is_of(stamp, bytes)) {
        Some(bytes) => Ok(now.into_state(Some(FileState::with(stamp, bytes.to_vec())))),
        // Where nobody says whom the secret is for, it is for the server and login of the profile that comes back.
        None if file.path == places.bound(&record.profile) => Ok(now.into_nothing()),
        None => Err(ApplyError::SecretGone(record.profile.clone(), file.path.clone())),
    }
}

fn is_of(stamp: &Stamp, bytes: &[u8]) -> bool {
    stamp.sha256 == hash(bytes)
}

/// What the stores hold that the secret went into: itself, and whom it is for as the file beside it says that.
fn known(record: &WriteRecord, places: &Places) -> Result<Vec<Zeroizing<Vec<u8>>>, ApplyError> {
    let mut known = Vec::new();
    for entry in record.entries() {
        match stores::read(record.profile.as_str(), &entry.place, places) {
            Ok(kept) => {
                known.push(Zeroizing::new(kept.expose().as_bytes().to_vec()));
                known.extend(kept.bound.map(|bound| Zeroizing::new(format!("{}\n", bound.to_text()).into_bytes())));
            }
            Err(error) if error.is_absence() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(known)
}
