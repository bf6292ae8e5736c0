//! How far the live test goes.

use super::word::words;

words! {
    /// How far the live test goes.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
    pub enum TestDepth {
        /// A message is sent.
        #[default]
        Send = "send",
        /// A message is sent where something changes, and else none.
        Changed = "changed",
        /// Up to the login.
        Login = "login",
        /// Up to TLS, without a login.
        Connect = "connect",
        /// Nothing is tested.
        None = "none",
    }
}
