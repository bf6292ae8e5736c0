//! A marked password goes through every flow of every front end; then everything that came of it is searched for the mark.
//!
//! Searched are what the program said (on a terminal every byte), every file that it may have written, the arguments and the
//! environment of every process that ran meanwhile, and of the programs that it starts. Searched for is the password as it is,
//! in base64 at every alignment, in hex, and as a URL and JSON write it. Left out is the chosen store, and nothing else.

mod cores;
mod flows;
mod imports;
mod relay;
mod terminals;
mod watch;
mod workers;

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::support::{
    files::files_below,
    sandbox::{Output, Sandbox},
};

/// The password, with what quoting and encoding change in it; no other test has it.
const CANARY: &str = "Zwitscher%7+ \"\u{e9}\\ kanarie&=/42";

/// Every form in which the password would be recognised.
struct Mark {
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl Mark {
    fn of(password: &str) -> Self {
        let word: String = password.chars().take_while(char::is_ascii_alphanumeric).collect();
        let mut forms = vec![("plain", password.into()), ("first word", word.into_bytes())];
        for shift in 0..3 {
            // What stands before it moves its letters; the first and the last are shared with neighbours.
            let text = STANDARD.encode([&b"\0\0\0"[..shift], password.as_bytes()].concat());
            forms.push(("base64", text.as_bytes()[4..text.len() - 4].to_vec()));
        }
        let hex: String = password.bytes().map(|byte| format!("{byte:02x}")).collect();
        forms.push(("hex", hex.to_uppercase().into_bytes()));
        forms.push(("hex", hex.into_bytes()));
        let url: String = password
            .bytes()
            .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect();
        forms.push(("URL", url.replace("%20", "+").into_bytes()));
        forms.push(("URL", url.into_bytes()));
        forms.push(("reversed", password.chars().rev().collect::<String>().into_bytes()));
        Self { forms }
    }

    /// The first form that is in these bytes.
    fn found_in(&self, bytes: &[u8]) -> Option<&'static str> {
        let is_in = |form: &[u8]| bytes.windows(form.len()).any(|part| part == form);
        self.forms.iter().find(|(_, form)| is_in(form)).map(|(name, _)| *name)
    }
}

/// What was searched and what was found.
struct Search {
    mark: Mark,
    flows: usize,
    places: usize,
    leaks: Vec<String>,
}

impl Search {
    fn new() -> Self {
        Self::of(CANARY)
    }

    /// For another password, which other programs that run now may show.
    fn of(password: &str) -> Self {
        Self { mark: Mark::of(password), flows: 0, places: 0, leaks: Vec::new() }
    }

    fn look(&mut self, flow: &str, place: &str, bytes: &[u8]) {
        self.places += 1;
        if let Some(form) = self.mark.found_in(bytes) {
            self.leaks.push(format!("{flow}: {form} in {place}: {}", String::from_utf8_lossy(bytes)));
        }
    }

    fn said(&mut self, flow: &str, out: &Output) {
        self.flows += 1;
        self.look(flow, "standard output", out.stdout.as_bytes());
        self.look(flow, "standard error", out.stderr.as_bytes());
    }

    /// Every file of a sandbox, and its name, but for those where the password belongs.
    fn files(&mut self, flow: &str, sandbox: &Sandbox, belongs: &[&str]) {
        let root = sandbox.path("");
        let belongs: Vec<PathBuf> = belongs.iter().map(|place| sandbox.path(place)).collect();
        for path in files_below(&root) {
            self.look(flow, "the name of a file", path.as_os_str().as_encoded_bytes());
            if !belongs.iter().any(|place| path.starts_with(place)) {
                self.look(flow, &path.display().to_string(), &std::fs::read(&path).unwrap());
            }
        }
    }

    fn processes(&mut self, watch: &watch::Watch) {
        for (what, bytes) in watch.take() {
            self.look("a process", &what, &bytes);
        }
    }

    #[track_caller]
    fn end(self, name: &str) {
        let Self { flows, places, leaks, .. } = self;
        eprintln!("canary, {name}: {flows} flows, {places} places searched, {} leaks", leaks.len());
        assert!(leaks.is_empty(), "{}", leaks.join("\n"));
        assert!(flows > 0 && places > 4 * flows, "{places} places in {flows} flows");
    }
}

#[test]
fn the_mark_is_recognised_in_every_form() {
    let mark = Mark::of(CANARY);
    let login = STANDARD.encode(format!("\0ops@example.com\0{CANARY}"));
    for bytes in [
        format!("x{CANARY}y").into_bytes(),
        format!("AUTH PLAIN {login}").into_bytes(),
        STANDARD.encode(CANARY).into_bytes(),
        serde_json::json!({"p": CANARY}).to_string().into_bytes(),
        b"pw=Zwitscher%257%2B".to_vec(),
    ] {
        assert!(mark.found_in(&bytes).is_some(), "{}", String::from_utf8_lossy(&bytes));
    }
    assert_eq!(mark.found_in(b"nothing of the kind"), None);
}

/// A folder of programs that stand first on the path: each notes its arguments and its environment, then does its work.
fn shims(folder: &Path, programs: &[&str]) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let (bin, notes) = (folder.join("bin"), folder.join("notes"));
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::create_dir_all(&notes).unwrap();
    for program in programs {
        let path = bin.join(program);
        let script = format!(
            "#!/bin/sh\nPATH=/usr/bin:/bin:/usr/sbin:/sbin\n\
             cat /proc/$$/cmdline /proc/$$/environ >{0}/{program}.$$\nexec {program} \"$@\"\n",
            notes.display()
        );
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    bin.display().to_string()
}

/// A folder with an msmtp that cannot send and says the password that it was to send with, as it is and in other forms.
fn talkative_consumer(folder: &Path) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("msmtp");
    let script = r#"#!/bin/sh
        pw=$(mailsetup secret --scope user); said() { printf 'msmtp: %s %s\n' "$@" >&2; }
        said 'server message: 535 5.7.8 you sent' "$pw"
        for before in '' a ab; do said base64 "$(printf %s%s "$before" "$pw" | base64 -w 0)"; done
        said hex "$(printf %s "$pw" | od -An -v -tx1 | tr -d ' \n')"
        said quoted "\"$(printf %s "$pw" | sed 's/[\\"]/\\&/g')\""
        exit 77
    "#;
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder.display().to_string()
}
