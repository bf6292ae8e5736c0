//! The form of `tests/fixtures/causes/*.toml`: how a climb fails, what the diagnosis must say, and how the server behaves
//! once its change is applied.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;

use super::{
    fixture::{Mode, Step},
    pki::Kind,
};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Story {
    /// The file's name without its ending.
    #[serde(skip)]
    pub(crate) name: String,
    /// One line on what is shown here.
    pub(crate) about: String,
    /// A provider's key; `carrier` is the made-up one of `servers`.
    pub(crate) provider: Option<String>,
    /// The made-up provider's servers, the best first: `first` or `second`, and the mode.
    #[serde(default)]
    pub(crate) servers: Vec<(Place, String)>,
    #[serde(default)]
    pub(crate) climb: Start,
    pub(crate) first: Scene,
    /// What the change leads to: the same port when it has no port.
    pub(crate) second: Option<Scene>,
    pub(crate) expect: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    First,
    Second,
}

/// What the climb begins with; what is not said is said in `causes.rs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Start {
    /// `{second}` stands for the second server's port.
    pub(crate) host: Option<String>,
    pub(crate) security: Option<String>,
    pub(crate) goal: Option<String>,
    pub(crate) auth: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) login: Option<bool>,
    pub(crate) from: Option<String>,
    pub(crate) ehlo: Option<String>,
    /// A pin that no certificate has.
    #[serde(default)]
    pub(crate) wrong_pin: bool,
    /// STARTTLS came about with this server before.
    #[serde(default)]
    pub(crate) had_starttls: bool,
    /// What the resolver says in place of the server's address.
    pub(crate) resolve: Option<Resolved>,
    pub(crate) timeout_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Resolved {
    NotFound,
    NoAddress,
    Unavailable,
    /// An address to which no route leads.
    NoRoute,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Scene {
    pub(crate) mode: Manner,
    /// A port that the provider really has; the kernel's choice when it is not said.
    pub(crate) port: Option<u16>,
    #[serde(default)]
    pub(crate) certificate: Kind,
    /// The name that the certificate is for; the climb's host when it is not said.
    pub(crate) certificate_host: Option<String>,
    /// What EHLO offers, a line each.
    pub(crate) offers: Option<Vec<String>>,
    /// The stage at which `reply` is given in place of the usual one.
    pub(crate) at: Option<String>,
    /// Lines, without their ends.
    pub(crate) reply: Option<Vec<String>>,
    /// How the login, EHLO and MAIL have to begin.
    pub(crate) auth: Option<String>,
    pub(crate) ehlo: Option<String>,
    pub(crate) mail: Option<String>,
    /// The whole behaviour, where it is not a usual one.
    pub(crate) script: Option<Vec<Step>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Manner {
    Implicit,
    Starttls,
    Plain,
    /// Nothing listens.
    Refused,
    /// Connections are swallowed.
    Plugged,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Verdict {
    pub(crate) cause: String,
    pub(crate) stage: String,
    /// Ports may be `{second}`, a fingerprint `{leaf}`.
    #[serde(default)]
    pub(crate) change: BTreeMap<String, String>,
    pub(crate) ask: Option<String>,
    pub(crate) guess: Option<bool>,
    /// Causes that are among the alternatives.
    #[serde(default)]
    pub(crate) others: Vec<String>,
    /// Parts of what a person reads in English: title, meaning, steps, links, fix.
    #[serde(default)]
    pub(crate) says: Vec<String>,
}

impl Scene {
    /// How the server begins, and what it does then.
    pub(crate) fn play(&self) -> (Mode, Vec<Step>) {
        let mode = if self.mode == Manner::Implicit { Mode::Implicit } else { Mode::Plain };
        (mode, self.script.clone().unwrap_or_else(|| self.usual()))
    }

    /// A usual server, up to the stage at which it refuses.
    fn usual(&self) -> Vec<Step> {
        let expect = |line: &str| Step::Expect(line.to_owned());
        let send = |text: &str| Step::Send(format!("{text}\r\n"));
        let offers = self.offers.clone().unwrap_or_else(|| vec!["AUTH PLAIN LOGIN".to_owned()]);
        let hello = |more: &[&str]| {
            let offers = offers.iter().map(String::as_str);
            let lines: Vec<&str> = std::iter::once("mail.test").chain(more.iter().copied()).chain(offers).collect();
            Step::Send(reply_of(250, &lines))
        };
        let ehlo = expect(self.ehlo.as_deref().unwrap_or("EHLO "));
        // Each stage: what the server waits for, and what it says when it does not refuse.
        let mut stages = vec![("greeting", None, send("220 mail.test ESMTP ready"))];
        if self.mode == Manner::Starttls {
            stages.push(("ehlo", Some(ehlo.clone()), hello(&["STARTTLS"])));
            stages.push(("starttls", Some(expect("STARTTLS")), send("220 go")));
            stages.push(("tls", Some(Step::Starttls), ehlo));
            stages.push(("inside", None, hello(&[])));
        } else {
            stages.push(("ehlo", Some(ehlo), hello(&[])));
        }
        let auth = self.auth.as_deref().unwrap_or("AUTH ");
        if auth != "none" {
            stages.push(("auth", Some(expect(auth)), send("235 2.7.0 ok")));
        }
        stages.push(("mail", Some(expect(self.mail.as_deref().unwrap_or("MAIL FROM:<"))), send("250 2.1.0 ok")));
        stages.push(("rcpt", Some(expect("RCPT TO:<")), send("250 2.1.5 ok")));
        stages.push(("message", Some(expect("DATA")), send("354 go")));
        stages.push(("data", Some(Step::Body), send("250 2.0.0 queued as 42")));
        let mut script = Vec::new();
        for (stage, wait, answer) in stages {
            script.extend(wait);
            if self.at.as_deref() == Some(stage) {
                script.push(Step::Send(self.reply.iter().flatten().map(|line| format!("{line}\r\n")).collect()));
                return script;
            }
            script.push(answer);
        }
        script
    }
}

/// A reply of several lines.
fn reply_of(code: u16, lines: &[&str]) -> String {
    let last = lines.len() - 1;
    let line = |(place, text): (usize, &&str)| format!("{code}{}{text}\r\n", if place == last { ' ' } else { '-' });
    lines.iter().enumerate().map(line).collect()
}

/// All stories, by name.
pub(crate) fn all() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/causes");
    let mut stories: Vec<Story> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let mut story: Story = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            story.name = path.file_stem().unwrap().to_string_lossy().into_owned();
            story
        })
        .collect();
    stories.sort_by(|one, other| one.name.cmp(&other.name));
    stories
}
