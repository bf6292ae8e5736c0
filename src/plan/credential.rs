//! systemd's credentials: what a unit is told so that systemd gives it a profile's password.

use super::{Places, locate::seen};

/// The name that a profile's credential is bound to.
pub fn credential_name(profile: &str) -> String {
    format!("mailsetup-{profile}")
}

/// A profile's credential as a unit names it, `NAME:PATH`.
pub(super) fn credential(profile: &str, places: &Places) -> String {
    format!("{}:{}", credential_name(profile), seen(&places.credential(profile), places).display())
}

/// The lines of a unit's drop-in that give it the credential of a profile.
pub fn drop_in(profile: &str, places: &Places) -> String {
    format!("[Service]\nLoadCredentialEncrypted={}\n", credential(profile, places))
}
