//! A live test of an IMAP server (RFC 3501, RFC 9051), and the search for one message in its mailboxes.
//!
//! It climbs the same ladder as SMTP, on the same connection and with the same rules for TLS, time, size and secrets. `response` takes
//! apart what a server sends, `mailbox` its mailbox names, `session` speaks the commands, `login` the logins; `look` finds a
//! message by its token. Mailboxes are only examined (EXAMINE, BODY.PEEK), so that no flag changes, but for the one message that a
//! person wants to have taken away.

mod header;
mod login;
mod look;
mod mailbox;
mod response;
mod run;
mod session;

pub use mailbox::decode_name;
pub(super) use run::within;
pub use run::{LookReport, look, test};
