//! What is spoken with a mail server.

use super::word::words;

words! {
    /// A protocol that mailsetup speaks.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Protocol {
        /// To hand mail over (RFC 5321).
        Smtp = "smtp",
        /// To read a mailbox (RFC 3501).
        Imap = "imap",
    }
}
