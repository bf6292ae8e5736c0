//! What all threads of a demo share, and what its login takes.

use std::sync::Arc;

use super::{clients::Clients, control::Control, identity::Identity, mailbox::Mailbox};

/// The address that it proposes.
pub(super) const USER: &str = "demo@mailsetup.example";
/// The access token that it takes in place of the password.
pub(super) const TOKEN: &str = "demo-access-token";
/// The password of every user name: blanks and a `#` are what configuration files stumble over.
pub(super) const PASSWORD: &str = "open sesame #1";

/// What all threads of a demo share.
pub(super) struct Sandbox {
    pub(super) control: Control,
    pub(super) mailbox: Mailbox,
    pub(super) clients: Arc<Clients>,
    pub(super) identity: Identity,
}
