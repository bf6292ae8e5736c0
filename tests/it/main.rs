//! The integration tests: one binary, one module a part.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "a test says what it leaves out")]
#![expect(
    clippy::similar_names,
    clippy::format_collect,
    clippy::format_push_string,
    reason = "a test reads from top to bottom"
)]

mod canary;
mod causes;
mod consumers;
mod conversation;
mod demo;
mod discover;
mod egress;
mod found;
mod fuzz;
mod host;
mod house;
mod import;
mod parity;
mod plan;
mod presets;
mod probe;
mod relay;
mod script;
mod sends;
mod sentences;
mod support;
mod survey;
mod targets;
mod wizard;
