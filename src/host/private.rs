//! A file for its owner alone that never replaces another one: for reports.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{error::HostError, files::error::FileError};

/// How many names are tried.
const MOST: u32 = 99;

/// Writes a new file with mode 0600 and returns where it is. When `path` is there already, the file gets a number:
/// `report.txt`, `report-2.txt`, `report-3.txt`.
///
/// # Errors
/// The file that cannot be made, and why. Nothing half-written stays.
pub fn save_private(path: &Path, text: &str) -> Result<PathBuf, HostError> {
    for number in 1..=MOST {
        let path = numbered(path, number);
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let written = match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => Err(error),
            Ok(mut file) => file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).inspect_err(|_| {
                let _ = std::fs::remove_file(&path);
            }),
        };
        return written.map(|()| path.clone()).map_err(|error| FileError::Write(path, error).into());
    }
    Err(HostError::Taken(path.to_owned()))
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(format!("-{number}"));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn nothing_is_replaced_and_only_the_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        std::fs::write(&path, "older").unwrap();
        std::os::unix::fs::symlink("/nonexistent/elsewhere", folder.path().join("report-2.txt")).unwrap();
        let saved = save_private(&path, "new").unwrap();
        assert_eq!(saved, folder.path().join("report-3.txt"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "older");
        assert_eq!(std::fs::read_to_string(&saved).unwrap(), "new");
        assert_eq!(saved.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(save_private(&folder.path().join("plain"), "").unwrap(), folder.path().join("plain"));
        assert_eq!(numbered(Path::new("a/plain"), 2), Path::new("a/plain-2"));
        let error = save_private(&folder.path().join("none/report.txt"), "").unwrap_err();
        assert!(
            matches!(&error, HostError::File(FileError::Write(path, _)) if path.ends_with("none/report.txt")),
            "{error:?}"
        );
    }
}
