//! What a file has beside its content and mode: access lists, a label, attributes of its owner's.

use std::{fs::File, io};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustix::{
    fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr},
    io::Errno,
};
use serde::{Deserialize, Serialize};

/// The most bytes of a list of names, and of a value, as in Linux (xattr(7)).
const MOST: usize = 64 * 1024;

/// Beginnings of the names that belong to a file by somebody's word. Others are the system's own sums over the content.
const KEPT: [&str; 5] = ["user.", "trusted.", "system.posix_acl_access", "security.selinux", "security.SMACK64"];

/// Extended attributes, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ExtendedAttributes(Vec<(String, String)>);

impl ExtendedAttributes {
    /// Whether there are none.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of an open file; none where the file system has nothing of the kind.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        let mut names = vec![0; MOST];
        let long = match flistxattr(file, names.as_mut_slice()) {
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::PERM) => return Ok(Self::default()),
            other => other?,
        };
        let mut kept = Vec::new();
        for name in names[..long].split(|byte| *byte == 0) {
            let Ok(name) = std::str::from_utf8(name) else { continue };
            if KEPT.iter().any(|begin| name.starts_with(begin))
                && let Some(value) = value(file, name)?
            {
                kept.push((name.to_owned(), STANDARD.encode(value)));
            }
        }
        Ok(Self(kept))
    }

    /// Gives them to an open file.
    ///
    /// # Errors
    /// The name of one that it does not get, and what the system says.
    pub(crate) fn give(&self, file: &File) -> Result<(), (String, io::Error)> {
        for (name, encoded) in &self.0 {
            let fault = |error| (name.clone(), error);
            let wanted = STANDARD.decode(encoded).map_err(|_| fault(io::ErrorKind::InvalidData.into()))?;
            // A label that the new file has by itself may not be ours to set.
            if value(file, name).map_err(fault)?.as_ref() != Some(&wanted) {
                fsetxattr(file, name.as_str(), &wanted, XattrFlags::empty()).map_err(|error| fault(error.into()))?;
            }
        }
        Ok(())
    }
}

fn value(file: &File, name: &str) -> io::Result<Option<Vec<u8>>> {
    let mut value = vec![0; MOST];
    match fgetxattr(file, name, value.as_mut_slice()) {
        Ok(long) => {
            value.truncate(long);
            Ok(Some(value))
        }
        Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
