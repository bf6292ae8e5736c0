//! The terminal is always given back: when the program is stopped and goes on, when the line is dropped, when it panics, when
//! it cannot draw.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::fd::AsFd as _,
    process::{Command, Stdio},
};

use crate::support::setup::conversation;
use mailsetup::{
    frontend::{
        MenuItem, Sidecar,
        restore::Restorer,
        tui::{self, Look},
    },
    plan::{DiffLine, diff},
    presets::{Lang, Text},
    probe::Cancel,
    setup::{self, Field, SetupFacts},
};
use rustix::process::Signal;

use super::drive::{DEMO_USER, Front, Session};
use crate::support::{pty::Key, sandbox::Sandbox, wait::until};

/// A shell with job control, in which a front end of the demo runs, up to the password.
struct Shell {
    session: Session,
    pid: i32,
}

impl Shell {
    fn new(front: Front) -> Self {
        let sandbox = Sandbox::new();
        let shell =
            sandbox.program("bash", ["--norc", "--noprofile", "-i"]).env("PS1", "READY> ").env("HISTFILE", "/dev/null");
        let terminal = shell.terminal(80, 24);
        terminal.wait_for("READY>");
        let command = match front {
            Front::Wizard => "mailsetup --demo",
            Front::Prompts => "mailsetup --demo --plain",
            Front::Lines => "TERM=dumb mailsetup --demo",
        };
        terminal.send(command);
        terminal.key(Key::Enter);
        let session = Session::of(front, sandbox, terminal);
        session.walk_to(Field::Password);
        let pid = until(|| child_of(session.terminal.pid())).expect("the shell has a child");
        Self { session, pid }
    }

    fn signal(&self, signal: Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_raw(self.pid).unwrap(), signal).unwrap();
    }

    /// The shell's own prompt comes back, on a whole terminal.
    #[track_caller]
    fn assert_given_back(&self, what: &str) {
        let terminal = &self.session.terminal;
        until(|| stopped(self.pid).then_some(())).unwrap_or_else(|| panic!("{what}: does not stop\n{}", terminal.screen()));
        terminal.send("echo $((40 + 2))eh; stty -a");
        terminal.key(Key::Enter);
        terminal.wait_until(&format!("{what}: the shell"), |screen| screen.text().contains("42eh"));
        terminal.wait_until(what, |screen| {
            // bash itself switches bracketed paste on at its prompt.
            let left: Vec<_> = screen.left_on().into_iter().filter(|left| *left != "bracketed paste").collect();
            let text = super::drive::flat(&screen.text());
            left.is_empty() && [" isig", " icanon", " echo ", " opost"].iter().all(|word| text.contains(word))
        });
    }

    /// The program comes back and goes on.
    fn foreground(&self) {
        self.session.terminal.send("clear; echo $((40 + 4))eh; fg");
        self.session.terminal.key(Key::Enter);
    }
}

/// The process that a shell has started.
fn child_of(shell: u32) -> Option<i32> {
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

fn stopped(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
}

#[test]
fn stopped_and_going_on_in_a_shell() {
    let mut count = 0;
    for front in Front::ALL {
        let shell = Shell::new(front);
        let terminal = &shell.session.terminal;
        for round in 0..3 {
            let what = match round {
                0 => {
                    terminal.key(Key::Ctrl('z'));
                    "Ctrl-Z"
                }
                1 => {
                    shell.signal(Signal::TSTP);
                    "SIGTSTP"
                }
                _ => {
                    // Nobody can prepare for this one; what counts is what comes after it.
                    shell.signal(Signal::STOP);
                    terminal.wait_for("Stopped");
                    terminal.wait_until("the shell", |screen| screen.text().contains("READY>"));
                    terminal.send("stty sane; clear; echo $((40 + 3))eh");
                    terminal.key(Key::Enter);
                    terminal.wait_for("43eh");
                    "SIGSTOP"
                }
            };
            if round < 2 {
                shell.assert_given_back(&format!("{front:?}, {what}"));
            }
            shell.foreground();
            let name = format!("{front:?} after {what}");
            terminal.wait_until(&format!("{name}: fg"), |screen| {
                String::from_utf8_lossy(screen.raw()).matches("44eh").count() > round
            });
            if front == Front::Wizard {
                terminal.wait_until(&name, |screen| screen.alternate() && screen.text().contains("App password"));
            } else {
                terminal.wait_until(&name, |screen| screen.text().contains("App password"));
            }
            until(|| (!terminal.echo()).then_some(())).unwrap_or_else(|| panic!("{name}: the echo is on"));
            count += 1;
        }
        // It takes keys, and keeps what is typed to itself.
        terminal.send("s3same-typed");
        terminal.key(Key::Ctrl('c'));
        terminal.wait_until(&format!("{front:?}: the shell after the end"), |screen| {
            let text = screen.text();
            text.trim_end().ends_with("READY>") && !screen.alternate()
        });
        assert!(!terminal.ever_received("s3same-typed"), "{front:?}");
    }
    eprintln!("{count} stops: the terminal given back and taken again");
}

/// A program that leads a session in a terminal whose line can be dropped: what is returned is its only other end.
fn on_a_line(sandbox: &Sandbox, front: Front) -> (File, std::process::Child) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let line = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&line).unwrap();
    unlockpt(&line).unwrap();
    let name = ptsname(&line, Vec::new()).unwrap().into_string().unwrap();
    let end = || Stdio::from(File::options().read(true).write(true).open(&name).unwrap());
    let size = rustix::termios::Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    rustix::termios::tcsetwinsize(&line, size).unwrap();
    // What is read is there, or not: nobody waits for it.
    rustix::io::ioctl_fionbio(&line, true).unwrap();
    let mut command = Command::new("setsid");
    command.args(["--ctty", "mailsetup"]).env_clear().envs(sandbox.environment());
    command.env("TERM", if front == Front::Lines { "dumb" } else { "xterm" });
    if front == Front::Prompts {
        command.arg("--plain");
    }
    command.current_dir(sandbox.path("home")).stdin(end()).stdout(end()).stderr(end());
    (File::from(line), command.spawn().unwrap())
}

#[test]
fn a_dropped_line_ends_it_and_keeps_the_answers() {
    for front in Front::ALL {
        let sandbox = Sandbox::new();
        let file = sandbox.path("home/.local/state/mailsetup/resume.toml");
        let (mut line, mut program) = on_a_line(&sandbox, front);
        let (mut seen, mut is_typed) = (Vec::new(), false);
        let label = Text::new(Lang::EN).get("field-address");
        let kept = until(|| {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = line.read(&mut bytes) {
                seen.extend_from_slice(&bytes[..count]);
            }
            if !is_typed && String::from_utf8_lossy(&seen).contains(&label) {
                write!(line, "{DEMO_USER}\r").unwrap();
                is_typed = true;
            }
            std::fs::read_to_string(&file).ok().filter(|text| text.contains(DEMO_USER))
        });
        assert!(kept.is_some(), "{front:?}: nothing is kept: {}", String::from_utf8_lossy(&seen));
        drop(line);
        let ended = until(|| program.try_wait().unwrap());
        assert!(ended.is_some(), "{front:?}: goes on without a terminal");
        assert!(file.exists(), "{front:?}: the answers are gone with the line");
    }
}

/// How the child below ends.
const END: &str = "MAILSETUP_TEST_END";

/// Panics where the terminal is in use.
struct Panicking;

impl Sidecar for Panicking {
    fn hint(&self, _: Field) -> Option<String> {
        panic!("in the middle of drawing")
    }

    fn menu(&self) -> Vec<MenuItem> {
        Vec::new()
    }

    fn pick(&mut self, _: usize) {}

    fn arrived(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Not a test of its own: a wizard, or a question in raw mode, that ends in a way that no person can bring about.
#[test]
fn ending_child() {
    let Ok(end) = std::env::var(END) else { return };
    let options = tui::TuiOptions {
        look: Look { colour: false, utf8: true, glyphs: true },
        diff: |change, secret| diff(change, secret).iter().map(DiffLine::marked).collect(),
        report: |_| Ok("report.txt".into()),
    };
    let setup = conversation(SetupFacts::default(), setup::SetupOptions::default());
    let (_sender, results) = std::sync::mpsc::channel();
    let starter: tui::Starter = Box::new(|_| Cancel::default());
    match end.as_str() {
        "wizard panics" => {
            let _ = tui::run(setup, starter, results, options, Some(Box::new(Panicking)), &mut ());
        }
        "wizard fails" => {
            let full = File::options().write(true).open("/dev/full").unwrap();
            let former = std::io::stdout().as_fd().try_clone_to_owned().unwrap();
            rustix::stdio::dup2_stdout(full).unwrap();
            let ended = tui::run(setup, starter, results, options, None, &mut ());
            rustix::stdio::dup2_stdout(former).unwrap();
            let error = ended.unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
        }
        _ => {
            Restorer::new(true).on_panic();
            crossterm::terminal::enable_raw_mode().unwrap();
            eprint!("\x1b[?25l\x1b[?2004h\x1b[1m");
            panic!("in the middle of a question");
        }
    }
}

#[test]
fn a_panic_and_an_error_leave_the_terminal_whole() {
    for (end, status, said) in
        [("wizard panics", 101, "in the middle of drawing"), ("wizard fails", 0, ""), ("question panics", 101, "a question")]
    {
        let sandbox = Sandbox::new();
        let exe = std::env::current_exe().unwrap();
        let args = ["--exact", "wizard::stops::ending_child", "--nocapture", "--test-threads=1"];
        let terminal = sandbox.program(exe, args).env(END, end).terminal(80, 24);
        assert_eq!(terminal.wait_exit(), status, "{end}: {}", terminal.screen());
        assert_eq!(terminal.left_behind(), Vec::<&str>::new(), "{end}: {}", terminal.screen());
        assert!(terminal.screen().contains(said), "{end}: {}", terminal.screen());
    }
}
