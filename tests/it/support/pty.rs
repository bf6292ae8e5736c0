//! A program in a real pseudo-terminal, driven as a person would: type, paste, resize, look.

use std::io::{Read as _, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Instant;

use portable_pty::{Child, ChildKiller, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use super::screen::Screen;
use super::wait::DEADLINE;

/// A running program and the terminal it runs in; the program is killed when this is dropped.
pub(crate) struct Terminal {
    shared: Arc<Shared>,
    master: Box<dyn MasterPty + Send>,
    writer: Arc<Mutex<Box<dyn Write + Send>>>,
    killer: Box<dyn ChildKiller + Send + Sync>,
    pid: u32,
    /// The line discipline before the program ran: echo, line mode and so on.
    settings: String,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    screen: Screen,
    exit: Option<ExitStatus>,
    /// Nobody holds the terminal any more: all output has been seen.
    closed: bool,
}

/// A key that is not a character.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    Enter,
    Tab,
    BackTab,
    Esc,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// With a lower-case letter.
    Ctrl(char),
    Alt(char),
}

impl Key {
    /// What an xterm sends for it.
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Enter => b"\r".to_vec(),
            Self::Tab => b"\t".to_vec(),
            Self::BackTab => b"\x1b[Z".to_vec(),
            Self::Esc => b"\x1b".to_vec(),
            Self::Backspace => b"\x7f".to_vec(),
            Self::Delete => b"\x1b[3~".to_vec(),
            Self::Up => b"\x1b[A".to_vec(),
            Self::Down => b"\x1b[B".to_vec(),
            Self::Right => b"\x1b[C".to_vec(),
            Self::Left => b"\x1b[D".to_vec(),
            Self::Home => b"\x1b[H".to_vec(),
            Self::End => b"\x1b[F".to_vec(),
            Self::PageUp => b"\x1b[5~".to_vec(),
            Self::PageDown => b"\x1b[6~".to_vec(),
            Self::Ctrl(c) => vec![u8::try_from(c).unwrap() & 0x1f],
            Self::Alt(c) => format!("\x1b{c}").into_bytes(),
        }
    }
}

impl Terminal {
    /// Starts `command` in a new terminal. Mostly reached by `sandbox.mailsetup([...]).terminal(80, 24)`.
    pub(crate) fn spawn(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(pty_size(columns, rows)).unwrap();
        let settings = format!("{:?}", pair.master.get_termios());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let state = State { screen: Screen::new(columns, rows), exit: None, closed: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let writer = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let (killer, pid) = (child.clone_killer(), child.process_id().unwrap());
        read(&shared, &writer, pair.master.try_clone_reader().unwrap());
        reap(&shared, child);
        Self { shared, master: pair.master, writer, killer, pid, settings }
    }

    /// Types text, character by character as it stands: a line break here is Ctrl-J or Enter, see [`Key`].
    pub(crate) fn send(&self, text: &str) {
        self.write(text.as_bytes());
    }

    /// Presses one key.
    pub(crate) fn key(&self, key: Key) {
        self.write(&key.bytes());
    }

    /// Pastes text as a terminal does: in brackets where the program asked for them, line breaks as carriage returns.
    pub(crate) fn paste(&self, text: &str) {
        let text = text.replace('\n', "\r");
        let bracketed = self.lock().screen.left_on().contains(&"bracketed paste");
        self.write(if bracketed { format!("\x1b[200~{text}\x1b[201~") } else { text }.as_bytes());
    }

    /// Gives the terminal another size, and tells the program.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.lock().screen.resize(columns, rows);
        self.master.resize(pty_size(columns, rows)).unwrap();
    }

    /// Waits until `text` is on the screen; returns the screen.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("{text:?} on the screen"), |screen| screen.text().contains(text));
        self.screen()
    }

    /// Waits until `text` is no longer on the screen.
    #[track_caller]
    pub(crate) fn wait_gone(&self, text: &str) {
        self.wait_until(&format!("{text:?} to go"), |screen| !screen.text().contains(text));
    }

    /// Waits until the screen is as `condition` wants it; `what` says so when it never is.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, condition: impl Fn(&Screen) -> bool) {
        self.wait(what, |state| condition(&state.screen));
    }

    /// Waits for the program's end; the exit status, or 128 and more after a signal.
    #[track_caller]
    pub(crate) fn wait_exit(&self) -> u32 {
        self.wait("the end of the program", |state| state.closed && state.exit.is_some());
        let exit = self.exit_status().unwrap();
        if exit.signal().is_some() { 128 } else { exit.exit_code() }
    }

    /// How the program ended, when it has.
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        self.lock().exit.clone()
    }

    /// The lines on the screen now.
    pub(crate) fn screen(&self) -> String {
        self.lock().screen.text()
    }

    /// Everything the terminal ever received: what must never be in it must not be here.
    pub(crate) fn raw_output(&self) -> Vec<u8> {
        self.lock().screen.raw().to_vec()
    }

    /// Whether `text` was ever received, in one piece or spread by escape sequences (one character a write).
    pub(crate) fn ever_received(&self, text: &str) -> bool {
        let raw = String::from_utf8_lossy(&self.raw_output()).into_owned();
        raw.contains(text) || without_escapes(&raw).contains(text)
    }

    /// Whether the program is in full-screen mode.
    pub(crate) fn alternate_screen(&self) -> bool {
        self.lock().screen.alternate()
    }

    /// Whether anything on the screen is coloured.
    pub(crate) fn coloured(&self) -> bool {
        self.lock().screen.coloured()
    }

    /// Whether typed characters are echoed by the terminal itself.
    pub(crate) fn echo(&self) -> bool {
        self.settings_now().split(|c: char| !c.is_ascii_uppercase()).any(|flag| flag == "ECHO")
    }

    /// What the program left behind in the terminal; empty when it is as it was.
    pub(crate) fn left_behind(&self) -> Vec<&'static str> {
        let mut left = self.lock().screen.left_on();
        if self.settings_now() != self.settings {
            left.push("line settings");
        }
        left
    }

    /// The program's process id, to look at its memory or send it a signal.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    fn settings_now(&self) -> String {
        format!("{:?}", self.master.get_termios())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }

    fn write(&self, bytes: &[u8]) {
        let mut writer = self.writer.lock().unwrap();
        writer.write_all(bytes).unwrap();
        writer.flush().unwrap();
    }

    #[track_caller]
    fn wait(&self, what: &str, condition: impl Fn(&State) -> bool) {
        let end = Instant::now() + DEADLINE;
        let mut state = self.lock();
        while !condition(&state) {
            let left = end.saturating_duration_since(Instant::now());
            let dead = state.closed && state.exit.is_some();
            if left.is_zero() || dead {
                let (why, seen, exit) =
                    (if dead { "the program ended" } else { "too long" }, state.screen.text(), state.exit.clone());
                drop(state);
                panic!("waited for {what}: {why} ({exit:?})\n--- screen\n{seen}\n---");
            }
            state = self.shared.changed.wait_timeout(state, left).unwrap().0;
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.exit_status().is_none() {
            drop(self.killer.kill());
        }
    }
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// Shows on the screen what the program writes, and answers its questions to the terminal.
fn read(shared: &Arc<Shared>, writer: &Arc<Mutex<Box<dyn Write + Send>>>, mut from: Box<dyn std::io::Read + Send>) {
    let (shared, writer) = (Arc::clone(shared), Arc::clone(writer));
    thread::spawn(move || {
        let mut buffer = vec![0; 65536];
        // The kernel says EIO when the last holder has closed its end.
        while let Ok(n @ 1..) = from.read(&mut buffer) {
            let answer = shared.state.lock().unwrap().screen.feed(&buffer[..n]);
            shared.changed.notify_all();
            if !answer.is_empty() {
                drop(writer.lock().unwrap().write_all(&answer));
            }
        }
        shared.state.lock().unwrap().closed = true;
        shared.changed.notify_all();
    });
}

fn reap(shared: &Arc<Shared>, mut child: Box<dyn Child + Send + Sync>) {
    let shared = Arc::clone(shared);
    thread::spawn(move || {
        let exit = child.wait().unwrap();
        shared.state.lock().unwrap().exit = Some(exit);
        shared.changed.notify_all();
    });
}

/// The printed characters alone, in the order they were sent.
fn without_escapes(raw: &str) -> String {
    let (mut text, mut chars) = (String::new(), raw.chars().peekable());
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\x1b', Some('[')) => {
                chars.next();
                chars.by_ref().find(|c| ('\x40'..='\x7e').contains(c));
            }
            ('\x1b', Some(']')) => drop(chars.by_ref().find(|c| matches!(c, '\x07' | '\\'))),
            ('\x1b', Some('(' | ')')) => drop(chars.nth(1)),
            ('\x1b', _) => drop(chars.next()),
            (c, _) if c.is_control() => {}
            (c, _) => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::sandbox::Sandbox;
    use super::Key;

    #[test]
    fn a_program_is_driven_by_keys_and_seen_on_the_screen() {
        let sandbox = Sandbox::new();
        let script =
            r#"stty -echo; printf 'Name: '; read -r name; stty echo; clear; echo "[$name]"; stty size; read -r x; exit 3"#;
        let terminal = sandbox.program("sh", ["-c", script]).terminal(60, 20);
        terminal.wait_for("Name:");
        assert!(!terminal.echo() && terminal.exit_status().is_none() && terminal.pid() > 1);
        terminal.send("aliceX");
        terminal.key(Key::Backspace);
        terminal.key(Key::Enter);
        terminal.wait_gone("Name:");
        let screen = terminal.wait_for("20 60");
        assert!(screen.starts_with("[alice]"), "{screen}");
        assert!(terminal.echo() && terminal.ever_received("[alice]") && !terminal.ever_received("aliceX"));
        terminal.key(Key::Enter);
        assert_eq!((terminal.wait_exit(), terminal.left_behind()), (3, vec![]));
    }

    #[test]
    fn a_paste_comes_in_brackets_only_when_they_are_asked_for() {
        let sandbox = Sandbox::new();
        let read = "stty raw -echo; printf ready; head -c $1 | od -An -c; stty sane; printf '\\033[?2004l'";
        let terminal = sandbox.program("sh", ["-c", read, "sh", "4"]).terminal(80, 24);
        terminal.wait_for("ready");
        terminal.paste("a\nb!");
        terminal.wait_for(r"a  \r   b   !");
        assert_eq!(terminal.wait_exit(), 0);

        let asked = format!("printf '\\033[?2004h'; {read}");
        let terminal = sandbox.program("sh", ["-c", &asked, "sh", "16"]).terminal(80, 24);
        terminal.wait_for("ready");
        terminal.paste("a\nb!");
        terminal.wait_for(r"033   [   2   0   0   ~   a  \r   b   ! 033   [   2   0   1   ~");
        assert_eq!(terminal.wait_exit(), 0);
        assert!(terminal.ever_received("ready"));
    }

    #[test]
    fn a_resize_and_control_c_reach_the_program() {
        let sandbox = Sandbox::new();
        // A signal that comes just before bash waits is handled when the wait is over.
        let script = "trap 'stty size' WINCH; trap 'echo cut; exit 130' INT; echo ready; while :; do read -rt 1 _; done";
        let terminal = sandbox.program("bash", ["-c", script]).terminal(80, 24);
        terminal.wait_for("ready");
        terminal.resize(40, 12);
        terminal.wait_for("12 40");
        terminal.key(Key::Ctrl('c'));
        terminal.wait_for("cut");
        assert_eq!(terminal.wait_exit(), 130);
    }

    #[test]
    fn what_a_program_leaves_behind_is_named() {
        let sandbox = Sandbox::new();
        let script = "printf '\\033[?1049h\\033[?25l\\033[31mx\\033[m'; stty -echo; read -r x; printf '\\033[?1049l'";
        let terminal = sandbox.program("sh", ["-c", script]).terminal(80, 24);
        terminal.wait_until("full screen", super::Screen::alternate);
        terminal.wait_for("x");
        assert!(terminal.alternate_screen() && terminal.coloured());
        terminal.key(Key::Enter);
        assert_eq!(terminal.wait_exit(), 0);
        assert_eq!(terminal.left_behind(), ["hidden cursor", "line settings"]);
    }

    #[test]
    fn a_secret_spread_by_escapes_is_still_seen() {
        let sandbox = Sandbox::new();
        let script = r"printf 's\033[2Ce\033[1mc\033]0;t\007r\033(Bet'";
        let terminal = sandbox.program("sh", ["-c", script]).terminal(80, 24);
        terminal.wait_exit();
        assert!(terminal.ever_received("secret") && !terminal.ever_received("secrets"));
        assert!(String::from_utf8_lossy(&terminal.raw_output()).contains("s\x1b[2Ce"));
    }

    #[test]
    fn every_key_sends_what_an_xterm_sends() {
        let keys = [
            (Key::Tab, "\t"),
            (Key::BackTab, "\x1b[Z"),
            (Key::Esc, "\x1b"),
            (Key::Delete, "\x1b[3~"),
            (Key::Up, "\x1b[A"),
            (Key::Down, "\x1b[B"),
            (Key::Right, "\x1b[C"),
            (Key::Left, "\x1b[D"),
            (Key::Home, "\x1b[H"),
            (Key::End, "\x1b[F"),
            (Key::PageUp, "\x1b[5~"),
            (Key::PageDown, "\x1b[6~"),
            (Key::Ctrl('c'), "\x03"),
            (Key::Alt('x'), "\x1bx"),
        ];
        for (key, bytes) in keys {
            assert_eq!(key.bytes(), bytes.as_bytes(), "{key:?}");
        }
    }
}
