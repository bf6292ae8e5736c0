//! An environment file for `docker run --env-file` (docker/cli, `pkg/kvfile/kvfile.go`, before 27 `opts/file.go`).

use super::{doc::FileEntry, env_lines::EnvFile, text::lines};

/// An environment file for `docker run --env-file`.
pub(crate) const DOCKER_ENV: EnvFile =
    EnvFile { word: "docker-env", entries: |text| Ok(entries(text)), quote: |value| Ok(value.to_owned()) };

/// `docker run --env-file` (`opts/file.go`): raw to the end of the line, quotes and blanks included.
fn entries(text: &str) -> Vec<FileEntry> {
    let entry = |(_, bare, _): (usize, std::ops::Range<usize>, _)| {
        let line = text[bare.clone()].trim_start();
        let (key, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        Some(FileEntry::flat(key, value.to_owned(), bare.end - line.len()..bare.end))
    };
    lines(text).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(entries: &[FileEntry]) -> Vec<(&str, &str)> {
        entries.iter().map(|it| (it.path[0].as_str(), it.value.as_deref().unwrap())).collect()
    }

    #[test]
    fn docker_takes_all() {
        let text = "# c\nA=\"x\" # y \r\n  B= z\nC\n";
        assert_eq!(pairs(&entries(text)), [("A", "\"x\" # y "), ("B", " z")]);
    }

    #[test]
    fn raw() {
        assert_eq!((DOCKER_ENV.quote)(" \"a' ").as_deref(), Ok(" \"a' "));
    }
}
