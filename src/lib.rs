//! mailsetup gets a server's outgoing mail working, and proves that it works.
//!
//! # The conversation is data
//!
//! [`setup::Setup`] is a pure state machine that holds the answers and can always say what it wants next: a question for the
//! person, or an effect for the runner. Four front ends are loops over its status: the full-screen wizard ([`frontend::tui`]),
//! prompts and plain lines (both by [`frontend::prompt_loop`]), and scripts ([`frontend::script`]). [`runner`] turns effects into work,
//! on the spot or on a thread, and results into messages. Values that nobody gave are derived from the preset, the facts and
//! the other answers; results are kept together with what they were made from: a changed answer leaves nothing stale.
//!
//! # Knowledge is files
//!
//! [`presets`]: providers, targets, causes, client error words and languages, one file each in the folder `presets`, packed by
//! `build.rs` and embedded in the binary; a person's own file wins. The program is an engine.
//!
//! # One home for each fact
//!
//! A value that people type has one type and one parser in [`mail`]; a field of the conversation has one row in
//! `setup/rows`; a setting that programs have has one word, [`mail::Setting`]; a kind of file has one file in [`mod@format`]; a
//! secret store has one file in [`host::stores`]. CONTRIBUTING.md says what each addition touches.
//!
//! # From an address to proven settings
//!
//! 1. [`discover`] finds servers: presets, DNS and the domain's own web hosts are asked side by side under one deadline, and
//!    attempts up to TLS confirm what they say.
//! 2. [`probe`] tests a server stage by stage on blocking sockets and rustls: every stage is seen, timed, bounded and counted.
//!    [`probe::survey`](mod@probe::survey) examines several ports of a server at once.
//! 3. [`diagnose`] makes a diagnosis of the evidence of a failure and of the causes, with the answers that it would change.
//! 4. [`plan`] plans: targets are rendered, merged into the files as they are, read back by the consumer's own rules and
//!    compared. What does not come back as it was meant is refused. A plan is the diff, the dry run and what is applied.
//! 5. [`host`] applies a plan whole or not at all, keeps what `undo` needs, and keeps secrets.
//! 6. The runner reads the files back, and each consumer that is installed here sends a message by itself; where it does not,
//!    a live test runs with what was read.
//!
//! # The sender's domain
//!
//! [`dns`] says what a domain's records mean for mail that takes a given way. It is pure: answers come through [`dns::DnsLookup`].
//!
//! # Accepted is not arrived
//!
//! The probe looks for the message in a mailbox by its token ([`probe::imap`]); [`mod@arrival`] reads what the receiver said of it from
//! its headers, and is pure; [`diagnose`] says what is wrong with where it is.
//!
//! # Access without a password
//!
//! [`oauth`] has access given by an authorization server, and tokens renewed: a grant is a secret that renews itself, and goes to its own
//! endpoint alone.
//!
//! # Who may name whom
//!
//! `{phrase, packed} <- {mail, format} <- presets <- {probe, dns, arrival} <- oauth <- {discover, diagnose, plan, setup} <- {host, runner, render} <- frontend <- cli`.
//! Sockets open in `probe` and `demo` alone, and in the libraries by which `discover` asks DNS, and `probe::web` the web; files are written in
//! `host`, the environment is read in `cli` and `host`, the terminal is touched in `frontend`. Every sentence is a [`phrase::Phrase`]
//! until an edge says it in the person's language. A test reads the sources and holds all this, and that files inside a room name
//! each other in no circle but those it lists (`tests/it/house.rs`).
//!
//! # Features
//!
//! `demo`, `discover`, `keyring` and `oauth`, on by default: what they bring in is left out without them.
//!
//! # No promises
//!
//! Much is public for tests and fuzzing alone. The command line is the interface; this library has none that stays.

pub mod arrival;
pub mod cli;
#[cfg(feature = "demo")]
pub mod demo;
pub mod diagnose;
pub mod discover;
pub mod dns;
pub mod error;
pub mod format;
pub mod frontend;
pub mod host;
pub mod mail;
pub mod oauth;
pub mod phrase;
pub mod plan;
pub mod presets;
pub mod probe;
pub mod render;
pub mod runner;
pub mod setup;

mod packed;
