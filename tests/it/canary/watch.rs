//! Looks at every process of the machine, again and again, while flows run.

use std::{
    collections::BTreeSet,
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// What was seen of processes, each thing once.
type Seen = Arc<Mutex<BTreeSet<(String, Vec<u8>)>>>;

/// The look-out, until it is dropped.
pub(super) struct Watch {
    seen: Seen,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(super) fn begin() -> Self {
        let (seen, is_over) = (Seen::default(), Arc::new(AtomicBool::new(false)));
        let (noted, end) = (Arc::clone(&seen), Arc::clone(&is_over));
        let thread = thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                look(&noted);
                thread::park_timeout(Duration::from_millis(1));
            }
        });
        Self { seen, is_over, thread: Some(thread) }
    }

    /// What was seen since the last time.
    pub(super) fn take(&self) -> BTreeSet<(String, Vec<u8>)> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn look(seen: &Seen) {
    let ours = std::process::id().to_string();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let pid = entry.file_name().to_string_lossy().into_owned();
        if pid == ours || !pid.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        // It may end at any moment.
        let read = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
        let (arguments, environment) = (read("cmdline"), read("environ"));
        let stat = String::from_utf8_lossy(&read("stat")).into_owned();
        let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).unwrap_or_default().to_owned();
        let name = String::from_utf8_lossy(&arguments).replace('\0', " ");
        let mut seen = seen.lock().unwrap();
        if !arguments.is_empty() {
            seen.insert((format!("the arguments of {name:?}"), arguments.clone()));
        }
        // What a test gives to the program itself is the test's; a child that has not yet become another program shows its
        // parent's environment.
        let is_parents = || fs::read(format!("/proc/{parent}/cmdline")).is_ok_and(|others| others == arguments);
        // What prepares a run's own view of the machine is the tests'.
        let is_tests = environment.split(|byte| *byte == 0).any(|variable| variable.starts_with(b"MAILSETUP_PROGRAM="));
        if !environment.is_empty() && parent != ours && !is_parents() && !is_tests {
            seen.insert((format!("the environment of {name:?}"), environment));
        }
    }
}

#[test]
fn a_process_is_seen_with_its_arguments_and_its_environment() {
    let watch = Watch::begin();
    let script = "MARK=zwitschermark sleep 600 & echo; wait";
    let mut child =
        std::process::Command::new("sh").args(["-c", script]).stdout(std::process::Stdio::null()).spawn().unwrap();
    let has = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    let mut seen = BTreeSet::new();
    let found = crate::support::wait::until(|| {
        seen.extend(watch.take());
        let is_seen = |what: &str, word: &[u8]| seen.iter().any(|(name, bytes)| name.starts_with(what) && has(bytes, word));
        (is_seen("the arguments", b"sleep\x00600") && is_seen("the environment", b"MARK=zwitschermark")).then_some(())
    });
    let sleeper = fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap();
    for pid in sleeper.split_whitespace() {
        let pid = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    }
    child.wait().unwrap();
    assert!(found.is_some());
}
