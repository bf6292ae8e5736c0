//! What the tests share: a sandbox to run the program in, a terminal, a screen, scripted and real servers, conversations.

pub(crate) mod arrivals;
pub(crate) mod bed;
pub(crate) mod files;
pub(crate) mod fixture;
pub(crate) mod imap;
#[cfg(feature = "demo")]
pub(crate) mod keyring;
pub(crate) mod pki;
pub(crate) mod plug;
pub(crate) mod proxy;
pub(crate) mod pty;
pub(crate) mod sandbox;
pub(crate) mod scram;
pub(crate) mod screen;
pub(crate) mod server;
pub(crate) mod setup;
pub(crate) mod story;
pub(crate) mod wait;
#[cfg(feature = "oauth")]
pub(crate) mod web;
