//! The form of `tests/fixtures/servers/*.toml`: how a server behaves, what is asked of it, and what must come of that.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;

use super::pki::Kind;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Fixture {
    /// The file's name without its ending.
    #[serde(skip)]
    pub(crate) name: String,
    /// One line on what is shown here.
    pub(crate) about: String,
    pub(crate) mode: Mode,
    #[serde(default)]
    pub(crate) certificate: Kind,
    /// The only TLS version that the server speaks, `1.2` or `1.3`; both when it is not said.
    pub(crate) tls: Option<String>,
    pub(crate) script: Vec<Step>,
    #[serde(default)]
    pub(crate) climb: Ask,
    pub(crate) expect: Expect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    /// TLS from the first byte.
    Implicit,
    /// Plain text, at least at first.
    Plain,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub(crate) enum Step {
    /// Sends text.
    Send(String),
    /// Sends bytes, as hex digits.
    SendHex(String),
    /// Reads a line that has to begin so; an empty one has to be empty.
    Expect(String),
    /// Reads whatever comes first.
    Hello,
    /// Takes the TLS handshake.
    Starttls,
    /// Sends text byte by byte, until the client leaves.
    Drip { text: String, every_ms: u64 },
    /// Sends text again and again, until the client leaves.
    Endless(String),
    /// The same with bytes, as hex digits.
    EndlessHex(String),
    /// Sends text so many times.
    Repeat { text: String, times: usize },
    /// Changes TLS 1.3 keys again and again and says nothing, until the client leaves.
    KeyUpdates,
    /// Reads whatever the client sends next.
    Listen,
    /// Says nothing more, until the client leaves.
    Silence,
    /// Closes the connection.
    Close,
    /// Reads the message up to its lone dot.
    Body,
    /// Reads `BDAT ... LAST` and the message.
    Bdat,
    /// Sends a challenge and answers 235 or 535 to the response.
    CramMd5 { username: String, password: String },
    /// Takes `AUTH` with this mechanism's name and computes SCRAM to its end. With `lies` the proof is another one, with
    /// `silent` there is none and the server says yes at once.
    Scram {
        name: String,
        username: String,
        password: String,
        #[serde(default)]
        lies: bool,
        #[serde(default)]
        silent: bool,
    },
}

/// What the climb is asked to do; what is not said is said in `probe.rs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Ask {
    pub(crate) host: Option<String>,
    pub(crate) security: Option<String>,
    pub(crate) goal: Option<String>,
    pub(crate) auth: Option<String>,
    pub(crate) login: Option<bool>,
    pub(crate) from: Option<String>,
    pub(crate) timeout_ms: Option<u64>,
    /// STARTTLS came about with this server before.
    #[serde(default)]
    pub(crate) had_starttls: bool,
    /// A person agreed to a login in clear text.
    #[serde(default)]
    pub(crate) consent: bool,
    /// `leaf`: the server's certificate; `other`: another one.
    pub(crate) pin: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Expect {
    /// Where it fails; absent when it passes.
    pub(crate) stage: Option<String>,
    pub(crate) fault: Option<String>,
    /// The diagnosis's cause, `ok` when it passes all the same: said of hostile servers.
    pub(crate) cause: Option<String>,
    pub(crate) code: Option<u16>,
    pub(crate) enhanced: Option<String>,
    /// Parts of the fault as Debug shows it.
    #[serde(default)]
    pub(crate) fault_has: Vec<String>,
    /// States of stages, where they are not told by the failure.
    #[serde(default)]
    pub(crate) states: BTreeMap<String, String>,
    /// Parts of what stages learned, as Debug shows it.
    #[serde(default)]
    pub(crate) learned: BTreeMap<String, String>,
    pub(crate) mechanism: Option<String>,
    pub(crate) challenge: Option<String>,
    /// Whether the evidence has the certificate.
    pub(crate) certificate: Option<bool>,
    pub(crate) round_trips: Option<u32>,
    /// How often the client spoke, counted by the server; its good-bye is one of them.
    pub(crate) flights: Option<u32>,
    /// Parts of the transcript.
    #[serde(default)]
    pub(crate) transcript: Vec<String>,
    /// Whether the client said QUIT.
    pub(crate) quit: Option<bool>,
    /// Whether the server got the message as it was.
    #[serde(default)]
    pub(crate) delivered: bool,
    /// How long it may take at most.
    pub(crate) within_ms: Option<u64>,
}

impl Fixture {
    /// What the server does, so that no two are counted that do the same.
    pub(crate) fn behaviour(&self) -> String {
        format!("{:?} {:?} {:?} {:?} {:?}", self.mode, self.certificate, self.tls, self.script, self.climb)
    }
}

/// All fixtures, by name.
pub(crate) fn all() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/servers");
    let mut fixtures: Vec<Fixture> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let mut fixture: Fixture = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            fixture.name = path.file_stem().unwrap().to_string_lossy().into_owned();
            fixture
        })
        .collect();
    fixtures.sort_by(|one, other| one.name.cmp(&other.name));
    fixtures
}
