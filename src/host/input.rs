//! Where a password comes from when it is not typed: never from an argument.
//!
//! One line break at the end (`\n` or `\r\n`) is dropped, nothing else.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use zeroize::Zeroizing;

use super::{
    environment,
    files::{
        error::{FileError, read_exit, shown, unreadable},
        owned::unsteered,
    },
    process::{
        self, CommandFault,
        attendant::{Care, attended},
    },
    user::User,
};
use crate::{
    error::{Error, Exit},
    mail::{Secret, reply::escape},
    phrase,
    presets::Phrase,
};

/// The longest password that is accepted, in bytes.
pub const LIMIT: usize = 64 * 1024;

/// How long a command may take to print it.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// How the names of programs begin that run what a file says.
const INTERPRETERS: [&str; 14] =
    ["sh", "bash", "dash", "ksh", "zsh", "fish", "source", "python", "perl", "ruby", "node", "php", "lua", "tclsh"];

/// Why a source gave no password.
#[derive(Debug)]
pub enum InputError {
    /// Standard input cannot be read.
    Stdin(io::Error),
    /// The file cannot be read.
    File(PathBuf, io::Error),
    /// The file descriptor cannot be read.
    Descriptor(u32, io::Error),
    /// The environment variable is not set.
    Variable(String),
    /// The command failed.
    Command(CommandFault),
    /// A program of the command is another user's, or can be changed by one.
    Program(FileError),
    /// The user who is to run the command does not exist.
    NoUser(String),
    /// There was nothing.
    Empty,
    /// It is not UTF-8.
    NotText,
    /// It is longer than [`LIMIT`].
    Long,
}

impl InputError {
    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Stdin(error) => phrase!("host-input-stdin", error = escape(&error.to_string())),
            // What is no file may be the password itself.
            Self::File(_, error) if is_no_file(error) => phrase!("host-input-no-file"),
            Self::File(path, error) => unreadable(path, error),
            Self::Descriptor(number, error) => {
                phrase!("host-input-descriptor", number = number, error = escape(&error.to_string()))
            }
            Self::Variable(name) if is_usual(name) => phrase!("host-input-variable", name = escape(name)),
            Self::Variable(_) => phrase!("host-input-no-variable"),
            Self::Command(fault) => match fault {
                CommandFault::Start(error) => phrase!("host-command-start", error = escape(&error.to_string())),
                CommandFault::Slow(limit) => phrase!("host-command-slow", seconds = limit.as_secs()),
                CommandFault::Large(_) => phrase!("host-input-long"),
                // What it said may be the password.
                CommandFault::Failed(status, _) => phrase!("host-command-failed", status = status),
            },
            Self::Program(error) => phrase!("host-command-steered", path = shown(error.path())),
            Self::NoUser(user) => phrase!("plan-no-user", user = escape(user)),
            Self::Empty => phrase!("host-input-empty"),
            Self::NotText => phrase!("host-input-not-text"),
            Self::Long => phrase!("host-input-long"),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::Command(CommandFault::Failed(..)) => Some(phrase!("host-command-hint")),
            Self::Program(error) => Some(phrase!("host-command-steered-hint", path = shown(error.path()))),
            Self::File(_, error) if is_no_file(error) => Some(phrase!("host-input-no-file-hint")),
            _ => None,
        }
    }

    /// The exit status.
    pub fn exit(&self) -> Exit {
        match self {
            Self::File(_, error) if is_no_file(error) => Exit::NoInput,
            Self::Stdin(error) | Self::File(_, error) | Self::Descriptor(_, error) => read_exit(error),
            Self::Command(CommandFault::Slow(_)) => Exit::TempFail,
            Self::Command(CommandFault::Large(_)) | Self::Empty | Self::NotText | Self::Long => Exit::Data,
            Self::Program(_) => Exit::NoPerm,
            Self::Variable(_) | Self::NoUser(_) | Self::Command(_) => Exit::NoInput,
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for InputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Stdin(error) | Self::File(_, error) | Self::Descriptor(_, error) => Some(error),
            Self::Command(fault) => Some(fault),
            Self::Program(error) => Some(error),
            Self::Variable(_) | Self::NoUser(_) | Self::Empty | Self::NotText | Self::Long => None,
        }
    }
}

impl From<InputError> for Error {
    fn from(error: InputError) -> Self {
        Self { exit: error.exit(), phrase: error.phrase(), hint: error.hint() }
    }
}

/// Whether nothing has this name, or nothing can.
fn is_no_file(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename | InvalidInput)
}

/// Whether it looks like the name of a variable, and not like a password that was taken for one.
fn is_usual(name: &str) -> bool {
    name.contains('_') && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The password on standard input, up to its end.
///
/// # Errors
/// It cannot be read, or is no password.
pub fn from_stdin() -> Result<Secret, InputError> {
    of_bytes(&read(io::stdin().lock()).map_err(InputError::Stdin)?)
}

/// The password in a file.
///
/// # Errors
/// It cannot be read, or is no password.
pub fn from_file(path: &Path) -> Result<Secret, InputError> {
    of_bytes(&File::open(path).and_then(read).map_err(|error| InputError::File(path.to_owned(), error))?)
}

/// The password on an open file descriptor. A regular file is read from its beginning.
///
/// # Errors
/// It is not open or cannot be read, or is no password.
pub fn from_fd(number: u32) -> Result<Secret, InputError> {
    let open = |folder: &str| File::open(format!("{folder}/{number}"));
    let file = open("/proc/self/fd")
        .or_else(|error| if Path::new("/proc/self/fd").exists() { Err(error) } else { open("/dev/fd") });
    of_bytes(&file.and_then(read).map_err(|error| InputError::Descriptor(number, error))?)
}

/// The password in an environment variable.
///
/// # Errors
/// It is not set, or is no password.
pub fn from_env(name: &str) -> Result<Secret, InputError> {
    // `var_os` panics on these names on some systems, and no variable has them.
    let value = (!name.is_empty() && !name.contains(['=', '\0'])).then(|| std::env::var_os(name)).flatten();
    let value = value.ok_or_else(|| InputError::Variable(name.to_owned()))?;
    environment::hide(name);
    of_bytes(&Zeroizing::new(value.into_encoded_bytes()))
}

/// The password that a command prints. It is given to `/bin/sh -c` with our environment but for `MAILSETUP_*` and for
/// variables that a password was read from.
///
/// # Errors
/// It fails or takes longer than 30 seconds, or what it prints is no password.
pub fn from_command(script: &str) -> Result<Secret, InputError> {
    run_shell(environment::personal("/bin/sh"), script)
}

/// The same for a command of the person's own. Root runs it as the user who sends, with that user's rights and nothing of ours;
/// as root only what others can change no program of.
///
/// # Errors
/// As [`from_command`]; a program that another user can change; a user who does not exist.
pub fn from_own_command(script: &str, sender: Option<&str>) -> Result<Secret, InputError> {
    if !rustix::process::geteuid().is_root() {
        return from_command(script);
    }
    let Some(name) = sender.filter(|name| *name != "root") else {
        programs(script).iter().try_for_each(|path| unsteered(path)).map_err(InputError::Program)?;
        return from_command(script);
    };
    let user = User::named(name).ok_or_else(|| InputError::NoUser(name.to_owned()))?;
    let care = Care { user: Some(&user), has_groups: true, may_leave: false };
    let shell = attended(Path::new("/bin/sh"), care);
    let mut shell = shell.map_err(|error| InputError::Command(CommandFault::Start(error)))?;
    shell.arg("-c").arg(script);
    user.dress(&mut shell);
    of_bytes(&process::run_attended(shell, COMMAND_LIMIT, LIMIT + 2).map_err(InputError::Command)?)
}

/// The program files that a command names by their paths: executables, and what an interpreter is given. Those without a path are
/// found where root's programs are.
fn programs(script: &str) -> Vec<PathBuf> {
    let is_mark = |sign: char| sign.is_whitespace() || ";|&()<>`$\"'{}".contains(sign);
    let words: Vec<&str> = script.split(is_mark).filter(|word| !word.is_empty()).collect();
    let name = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let interprets = words.iter().any(|word| INTERPRETERS.iter().any(|known| name(word).starts_with(known)));
    let is_executable = |path: &Path| path.metadata().is_ok_and(|meta| meta.is_file() && meta.mode() & 0o111 != 0);
    let paths = words.into_iter().filter(|word| word.contains('/')).filter_map(|word| std::path::absolute(word).ok());
    paths.filter(|path| is_executable(path) || interprets && path.is_file()).collect()
}

/// The same for a consumer's command that fetches the secret from a variable: it gets the variable.
///
/// # Errors
/// As [`from_command`].
pub fn from_command_with(script: &str, variable: &str) -> Result<Secret, InputError> {
    let mut shell = environment::personal("/bin/sh");
    if let Some(value) = std::env::var_os(variable) {
        shell.env(variable, value);
    }
    run_shell(shell, script)
}

fn run_shell(mut shell: Command, script: &str) -> Result<Secret, InputError> {
    shell.arg("-c").arg(script);
    of_bytes(&process::run(shell, None, COMMAND_LIMIT, LIMIT + 2).map_err(InputError::Command)?)
}

fn read(source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LIMIT + 4));
    source.take(LIMIT as u64 + 3).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The password in what a program printed.
pub(super) fn of_bytes(bytes: &[u8]) -> Result<Secret, InputError> {
    let bytes = bytes.strip_suffix(b"\n").map_or(bytes, |line| line.strip_suffix(b"\r").unwrap_or(line));
    if bytes.is_empty() {
        return Err(InputError::Empty);
    }
    if bytes.len() > LIMIT {
        return Err(InputError::Long);
    }
    std::str::from_utf8(bytes).map(|text| Secret::new(text.to_owned())).map_err(|_| InputError::NotText)
}

#[cfg(test)]
mod tests {
    use std::{io::Write, os::fd::AsRawFd};

    use super::*;

    fn taken(bytes: &[u8]) -> String {
        of_bytes(bytes).unwrap().expose().to_owned()
    }

    #[test]
    fn one_line_break_is_dropped_and_nothing_else() {
        assert_eq!(taken(b" p\xc3\xa9\t \n"), " pé\t ");
        assert_eq!(taken(b"a\r\n"), "a");
        assert_eq!(taken(b"a\n\n"), "a\n");
        assert_eq!(taken(b"a\r"), "a\r");
        for empty in [&b""[..], b"\n", b"\r\n"] {
            assert!(matches!(of_bytes(empty), Err(InputError::Empty)));
        }
        assert_eq!(of_bytes(b"\xff\n").unwrap_err().exit(), Exit::Data);
    }

    #[test]
    fn the_limit_is_exact() {
        let mut long = vec![b'x'; LIMIT];
        long.extend(b"\r\n");
        assert_eq!(of_bytes(&read(long.as_slice()).unwrap()).unwrap().expose().len(), LIMIT);
        long[LIMIT] = b'x';
        assert!(matches!(of_bytes(&read(long.as_slice()).unwrap()), Err(InputError::Long)));
        assert!(matches!(of_bytes(&read(io::repeat(b'x')).unwrap()), Err(InputError::Long)));
    }

    #[test]
    fn files_and_descriptors() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"hunter2\n").unwrap();
        let number = u32::try_from(file.as_raw_fd()).unwrap();
        assert_eq!(from_fd(number).unwrap().expose(), "hunter2");
        assert_eq!(from_fd(9_999).unwrap_err().phrase().id, "host-input-descriptor");
        let (end, mut start) = io::pipe().unwrap();
        start.write_all(b"piped").unwrap();
        drop(start);
        assert_eq!(from_fd(u32::try_from(end.as_raw_fd()).unwrap()).unwrap().expose(), "piped");
        let missing = from_file(Path::new("/nonexistent/file")).unwrap_err();
        assert_eq!(missing.exit(), Exit::NoInput);
        assert_eq!(missing.phrase(), phrase!("host-input-no-file"));
        assert!(
            matches!(from_file(Path::new("/")), Err(InputError::File(_, error)) if error.kind() == io::ErrorKind::IsADirectory)
        );
    }

    #[test]
    fn commands_and_variables() {
        assert_eq!(from_command("printf '%s\\n' ' a b '").unwrap().expose(), " a b ");
        let said = from_command("echo hunter2 >&2; exit 1").unwrap_err();
        assert_eq!(said.hint(), Some(phrase!("host-command-hint")));
        assert!(!said.to_string().contains("hunter2"), "{said}");
        assert!(!from_env("hunter2").unwrap_err().to_string().contains("hunter2"));
        assert!(matches!(from_env("MAILSETUP_TEST_NOT_SET"), Err(InputError::Variable(_))));
        assert!(matches!(from_env("A=B"), Err(InputError::Variable(_))));
    }
}
