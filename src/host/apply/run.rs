//! Commands after writing, in a clean environment that holds no secret.

use std::{process::Command, time::Duration};

use zeroize::Zeroizing;

use crate::host::{
    environment,
    process::{self, CommandFault},
};

/// The most that such a command may print, in bytes.
const OUTPUT_LIMIT: usize = 1024 * 1024;

/// Runs one command to its end.
pub(super) fn run(words: &[String], limit: Duration) -> Result<Zeroizing<Vec<u8>>, CommandFault> {
    let mut command = Command::new(words.first().map_or("", String::as_str));
    command
        .args(words.get(1..).unwrap_or_default())
        .env_clear()
        .env("PATH", environment::path())
        .env("LC_ALL", "C")
        .current_dir("/");
    process::run(command, None, limit, OUTPUT_LIMIT)
}

/// The command as a shell takes it.
pub(super) fn line(words: &[String]) -> String {
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_else(|_| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn the_environment_is_clean() {
        let out = run(&words(&["env"]), Duration::from_secs(20)).unwrap();
        let mut names: Vec<&str> =
            std::str::from_utf8(&out).unwrap().lines().filter_map(|line| line.split('=').next()).collect();
        names.sort_unstable();
        assert_eq!(names, ["LC_ALL", "PATH"]);
    }

    #[test]
    fn as_a_shell_takes_it() {
        assert_eq!(line(&words(&["postmap", "/etc/a b"])), "postmap '/etc/a b'");
        assert!(matches!(run(&[], Duration::from_secs(1)), Err(CommandFault::Start(_))));
    }
}
