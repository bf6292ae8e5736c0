//! What the tests stand on: a sealed place to run the program in, a terminal, a screen, scripted servers, real servers.

pub(crate) mod bed;
pub(crate) mod fixture;
pub(crate) mod pki;
pub(crate) mod plug;
pub(crate) mod pty;
pub(crate) mod sandbox;
pub(crate) mod screen;
pub(crate) mod server;
pub(crate) mod story;
pub(crate) mod wait;
