//! What tests stand on: a scripted server and its certificates.

pub(crate) mod fixture;
pub(crate) mod pki;
pub(crate) mod server;
