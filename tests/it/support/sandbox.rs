//! A sealed place to run programs in: an empty home, a known environment, nothing of the person who runs the tests.
//!
//!     let sandbox = Sandbox::new();
//!     let out = sandbox.mailsetup(["check", "--json"]).stdin("secret\n").run().code(64);
//!     let terminal = sandbox.mailsetup(["--demo"]).env("NO_COLOR", "1").terminal(80, 24);

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;

use portable_pty::CommandBuilder;
use tempfile::TempDir;

use super::pty::Terminal;
use super::wait::DEADLINE;

/// The program under test.
const MAILSETUP: &str = env!("CARGO_BIN_EXE_mailsetup");

/// A temporary folder with a home in it, and the environment that leads there; gone when the last copy
/// is dropped.
#[derive(Clone)]
pub(crate) struct Sandbox {
    dir: Arc<TempDir>,
    env: BTreeMap<OsString, OsString>,
}

impl Sandbox {
    /// An empty one, in English, in UTF-8, of an ordinary person: user scope even where root runs the tests.
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("mailsetup-test-").tempdir().unwrap();
        let bin = Path::new(MAILSETUP).parent().unwrap();
        let mut sandbox = Self { env: BTreeMap::new(), dir: Arc::new(dir) };
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/.config"),
            ("XDG_DATA_HOME", "home/.local/share"),
            ("XDG_STATE_HOME", "home/.local/state"),
            ("XDG_CACHE_HOME", "home/.cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
        ] {
            let path = sandbox.path(folder);
            fs::create_dir_all(&path).unwrap();
            sandbox.env.insert(name.into(), path.into());
        }
        sandbox
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", bin.display()))
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("USER", "tester")
            .env("LOGNAME", "tester")
            // Never the real keyring, and at once: nothing listens there.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .env("MAILSETUP_SCOPE", "user")
            // Nobody beyond this machine is asked anything.
            .env("MAILSETUP_OFFLINE", "yes")
    }

    /// Sets a variable for all that runs here.
    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.insert(name.as_ref().into(), value.as_ref().into());
        self
    }

    /// What all that runs here finds in its environment.
    pub(crate) const fn environment(&self) -> &BTreeMap<OsString, OsString> {
        &self.env
    }

    /// A place in the sandbox.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(relative)
    }

    /// Writes a file, and the folders above it; returns where it is.
    pub(crate) fn write(&self, relative: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        path
    }

    /// What a file in the sandbox holds.
    pub(crate) fn read(&self, relative: impl AsRef<Path>) -> String {
        let path = self.path(relative);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// The program under test, with these arguments.
    pub(crate) fn mailsetup<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        self.program(MAILSETUP, args)
    }

    /// Any other program, found by the sandbox's PATH.
    pub(crate) fn program<A: AsRef<OsStr>>(&self, program: impl AsRef<OsStr>, args: impl IntoIterator<Item = A>) -> Run {
        Run {
            program: program.as_ref().into(),
            args: args.into_iter().map(|a| a.as_ref().into()).collect(),
            env: self.env.clone(),
            cwd: self.path("home"),
            stdin: None,
        }
    }
}

/// A program about to run.
pub(crate) struct Run {
    program: OsString,
    args: Vec<OsString>,
    env: BTreeMap<OsString, OsString>,
    cwd: PathBuf,
    stdin: Option<Vec<u8>>,
}

impl Run {
    /// Sets a variable.
    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.insert(name.as_ref().into(), value.as_ref().into());
        self
    }

    /// Takes a variable away.
    pub(crate) fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.env.remove(name.as_ref());
        self
    }

    /// Starts in another folder than home.
    pub(crate) fn cwd(mut self, path: impl Into<PathBuf>) -> Self {
        self.cwd = path.into();
        self
    }

    /// What standard input gives, and then ends; without it, it ends at once.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Root's programs are never found by the caller's path: for root, what stands first on it is put where root's are, in a
    /// name space of its own, and what the machine's own mailsetup has is covered.
    fn sealed(self) -> Self {
        let path = self.env.get(OsStr::new("PATH")).cloned().unwrap_or_default();
        let built = std::env::var_os("MAILSETUP_BED_HIMALAYA").and_then(|it| Some(Path::new(&it).parent()?.to_owned()));
        let own = |folder: &PathBuf| {
            folder.starts_with(std::env::temp_dir()) || folder.starts_with("/nonexistent") || Some(folder) == built.as_ref()
        };
        let folders: Vec<PathBuf> = std::env::split_paths(&path).filter(own).collect();
        let has_own = ["/etc/mailsetup", "/var/lib/mailsetup"].iter().any(|folder| Path::new(folder).exists());
        if !rustix::process::geteuid().is_root() || self.program == "unshare" || (folders.is_empty() && !has_own) {
            return self;
        }
        let script =
            "for own in /etc/mailsetup /var/lib/mailsetup; do [ ! -e $own ] || mount -t tmpfs -o mode=755 none $own; done
            number=$1; mounted=$1; shift; [ $number = 0 ] || mount -t tmpfs -o mode=755 none /usr/local/bin
            while [ $number -gt 0 ]; do ln -sf \"$1\"/* /usr/local/bin/ 2>/dev/null; shift; number=$((number-1)); done
            rm -f '/usr/local/bin/*'; [ $1 != /nonexistent ] || hidden='msmtp systemd-creds pass'
            for program in $hidden; do [ ! -e /usr/bin/$program ] || mount --bind /dev/null /usr/bin/$program; done
            [ $mounted = 0 ] || [ -e /usr/local/bin/mailsetup ] || ln -s \"$MAILSETUP_PROGRAM\" /usr/local/bin/mailsetup
            unset MAILSETUP_PROGRAM; PATH=$1; export PATH; shift; exec \"$@\"";
        let words = ["-m", "--", "/bin/sh", "-c", script, "sh"].map(OsString::from);
        let number = OsString::from(folders.len().to_string());
        // The first on the path wins: it is linked last.
        let folders = folders.into_iter().rev().map(PathBuf::into_os_string);
        let args = words.into_iter().chain([number]).chain(folders).chain([path, self.program]).chain(self.args).collect();
        let mut env = self.env;
        env.insert("MAILSETUP_PROGRAM".into(), MAILSETUP.into());
        env.insert("PATH".into(), "/usr/sbin:/usr/bin:/sbin:/bin".into());
        Self { program: "/usr/bin/unshare".into(), args, env, ..self }
    }

    /// As a command, for what the rest does not do.
    #[cfg(any(feature = "demo", feature = "oauth"))]
    pub(crate) fn command(self) -> Command {
        self.sealed().spelled()
    }

    fn spelled(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().envs(&self.env).current_dir(&self.cwd);
        command
    }

    /// Runs to the end, without a terminal; fails when that takes longer than [`DEADLINE`].
    pub(crate) fn run(self) -> Output {
        let run = self.sealed();
        let mut child = run
            .spelled()
            .stdin(if run.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}", run.program.display()));
        if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), run.stdin) {
            // Whoever does not read its input to the end has a reason.
            thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        let (out, err) = (collect(child.stdout.take().unwrap()), collect(child.stderr.take().unwrap()));
        let Ok(stdout) = out.recv_timeout(DEADLINE) else {
            child.kill().unwrap();
            panic!("{} {:?} did not end within {DEADLINE:?}", run.program.display(), run.args);
        };
        let stderr = err.recv_timeout(DEADLINE).unwrap();
        Output { code: child.wait().unwrap().code(), stdout, stderr }
    }

    /// Starts in a terminal of this size.
    pub(crate) fn terminal(self, columns: u16, rows: u16) -> Terminal {
        let run = self.sealed();
        let mut command = CommandBuilder::new(&run.program);
        command.args(&run.args);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        for (name, value) in &run.env {
            command.env(name, value);
        }
        command.cwd(&run.cwd);
        Terminal::spawn(command, columns, rows)
    }
}

fn collect(mut from: impl std::io::Read + Send + 'static) -> mpsc::Receiver<String> {
    let (tx, rx) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        drop(from.read_to_end(&mut bytes));
        drop(tx.send(String::from_utf8_lossy(&bytes).into_owned()));
    });
    rx
}

/// How a program ended and what it said.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit status; `None` after a signal.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// Fails unless the exit status is this one.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, Some(expected), "\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e} in {:?}", self.stdout))
    }
}

#[test]
fn a_sandbox_shows_nothing_of_who_runs_the_tests() {
    let sandbox = Sandbox::new().env("EXTRA", "1");
    let out = sandbox.program("env", [""; 0]).env("ONE", "x").env_remove("TZ").run().code(0);
    let mut names: Vec<_> = out.stdout.lines().map(|l| l.split('=').next().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(
        names.join(" "),
        "DBUS_SESSION_BUS_ADDRESS EXTRA HOME LANG LOGNAME MAILSETUP_OFFLINE MAILSETUP_SCOPE ONE PATH TMPDIR USER XDG_CACHE_HOME \
         XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR XDG_STATE_HOME"
    );
    assert!(out.stdout.contains(&format!("HOME={}\n", sandbox.path("home").display())));
}

#[test]
fn a_sandbox_gives_input_and_takes_output_and_status() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("home/a/b.txt", "x");
    let script = "pwd; cat; echo no >&2; printf y > b.txt; exit 77";
    let out = sandbox.program("sh", ["-c", script]).cwd(file.parent().unwrap()).stdin("[1]").run().code(77);
    assert_eq!(out.stdout, format!("{}\n[1]", file.parent().unwrap().display()));
    assert_eq!((out.stderr.as_str(), sandbox.read("home/a/b.txt").as_str()), ("no\n", "y"));
    assert_eq!(sandbox.program("echo", ["[2]"]).run().json()[0], 2);
    assert!(sandbox.mailsetup(["--version"]).run().code.is_some(), "ended by a signal");
}
