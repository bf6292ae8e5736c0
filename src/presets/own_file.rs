//! A person's own files, as they are read: regular ones, of a bounded size.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use rustix::fs::{Mode, OFlags};

use super::fault::{PresetFault, unreadable};

/// The most that one file may have, in bytes.
const LARGEST: u64 = 1 << 20;

/// The text of a person's own file.
///
/// # Errors
/// It cannot be read, is no regular file, is too large, or is not UTF-8.
pub(super) fn read(path: &Path) -> Result<String, PresetFault> {
    let fault =
        |cause: &str| PresetFault { file: path.display().to_string(), line: None, cause: cause.into(), nearest: None };
    // Without NONBLOCK this would hang on a pipe without a writer.
    let opened = rustix::fs::open(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty());
    let file = File::from(opened.map_err(|error| unreadable(path, error.into()))?);
    if !file.metadata().map_err(|error| unreadable(path, error))?.is_file() {
        return Err(fault("not a regular file"));
    }
    let mut text = String::new();
    match file.take(LARGEST + 1).read_to_string(&mut text) {
        Ok(_) if text.len() as u64 > LARGEST => Err(fault("larger than 1 MiB")),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(fault("not UTF-8")),
        Err(error) => Err(unreadable(path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_of_a_bounded_size_are_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("x.toml");
        let cause = |path: &Path| read(path).unwrap_err().cause.to_string();
        std::fs::write(&path, "a = 'é'").unwrap();
        assert_eq!(read(&path).unwrap(), "a = 'é'");
        std::fs::write(&path, b"\xff").unwrap();
        assert_eq!(cause(&path), "not UTF-8");
        std::fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
        assert_eq!(cause(&path), "larger than 1 MiB");
        assert_eq!(cause(folder.path()), "not a regular file");
        let fifo = folder.path().join("fifo.toml");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
        assert_eq!(cause(&fifo), "not a regular file");
        assert_eq!(cause(Path::new("/dev/zero")), "not a regular file");
    }
}
