//! Discovery against a world of its own on loopback: a DNS server with the zones of `tests/fixtures/zones`, web servers with
//! the documents of `tests/fixtures/autoconfig`, and scripted mail servers.

mod addresses;
mod autoconfig;
mod command;
mod faults;
mod guesses;
mod hostile;
mod mx;
pub(crate) mod names;
mod order;
mod pages;
mod presets;
mod script;
mod srv;
mod world;
