//! The vault as its commands use it: one run at a time changes it.

use super::{
    apply::{error::ApplyError, recover},
    journal::session::WriteOptions,
    stores::vault,
};
use crate::{
    mail::{KeySlot, Keys},
    plan::Places,
};

pub use vault::{ClosedVault, export, look_at, names};

/// Encrypts all of the vault with a new data key, in the kind of key slot that it has; returns that.
///
/// # Errors
/// Another run is at work for longer than the options allow, the vault does not open, or it cannot be written: then it is as it was.
pub fn rotate(places: &Places, options: &WriteOptions<'_>) -> Result<KeySlot, ApplyError> {
    let _session = recover::open(places, options)?;
    Ok(vault::rotate(places)?)
}

/// Gives the vault another key slot, `new`, and encrypts all of it with a new data key. Without a vault an empty one is made.
///
/// # Errors
/// Another run is at work for longer than the options allow, the vault does not open, or it cannot be written: then it is as it was.
pub fn change_slot(slot: KeySlot, new: &Keys, places: &Places, options: &WriteOptions<'_>) -> Result<(), ApplyError> {
    let _session = recover::open(places, options)?;
    Ok(vault::change_slot(slot, new, places)?)
}
