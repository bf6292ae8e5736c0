//! The integration tests: one binary, one module a part.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "a test says what it leaves out")]
#![expect(
    clippy::similar_names,
    clippy::format_collect,
    clippy::format_push_string,
    reason = "a test reads from top to bottom"
)]

mod arrival;
#[cfg(feature = "demo")]
mod canary;
mod causes;
mod consumers;
mod conversation;
#[cfg(feature = "demo")]
mod demo;
#[cfg(feature = "discover")]
mod discover;
mod dns;
#[cfg(feature = "demo")]
mod egress;
mod found;
#[cfg(feature = "discover")]
mod fuzz;
mod host;
mod house;
mod images;
mod imap;
mod import;
#[cfg(feature = "oauth")]
mod oauth;
#[cfg(feature = "demo")]
mod parity;
mod plan;
mod presets;
mod probe;
mod proxy;
mod relay;
#[cfg(feature = "demo")]
mod script;
mod sends;
mod sentences;
mod situations;
mod support;
mod survey;
mod targets;
#[cfg(feature = "demo")]
mod wizard;
