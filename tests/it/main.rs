//! The integration tests: one binary, one module a part.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod consumers;
mod conversation;
mod demo;
mod egress;
mod host;
mod house;
mod plan;
mod presets;
mod probe;
mod relay;
mod script;
mod support;
mod wizard;
