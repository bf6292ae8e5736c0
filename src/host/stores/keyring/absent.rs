//! The Secret Service in a build without it: no entry is kept, read or removed.

use super::fault::KeyringFault;
use crate::mail::BoundSecret;

/// Puts nothing anywhere.
///
/// # Errors
/// Always: [`KeyringFault::Absent`].
pub(super) fn set(_: String, _: BoundSecret) -> Result<(), KeyringFault> {
    Err(KeyringFault::Absent)
}

/// Finds nothing.
///
/// # Errors
/// Always: [`KeyringFault::Absent`].
pub(super) fn get(_: String) -> Result<Option<BoundSecret>, KeyringFault> {
    Err(KeyringFault::Absent)
}

/// Removes nothing.
///
/// # Errors
/// Always: [`KeyringFault::Absent`].
pub(super) fn delete(_: String) -> Result<(), KeyringFault> {
    Err(KeyringFault::Absent)
}

/// There is no keyring.
///
/// # Errors
/// Always: [`KeyringFault::Absent`].
pub fn available() -> Result<(), KeyringFault> {
    Err(KeyringFault::Absent)
}
