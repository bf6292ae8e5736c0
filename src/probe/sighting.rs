//! What is looked for, and what was seen.

use std::time::{Duration, Instant};

/// What a mailbox is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MailFolder {
    /// New mail.
    Inbox,
    /// What a filter took for spam.
    Junk,
    /// Every message of the account, wherever else it lies.
    All,
    /// Another one.
    Other,
    /// What was thrown away.
    Trash,
    /// Copies of what was sent, and drafts: nothing arrives there.
    Own,
}

impl MailFolder {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Junk => "junk",
            Self::All => "all",
            Self::Other | Self::Own => "other",
            Self::Trash => "trash",
        }
    }
}

/// A message to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSearch {
    /// What stands in its subject and its header, and in no other message.
    pub token: String,
    /// The day before it was sent, as `2026-11-29`: servers compare by their own days.
    pub since: String,
    /// When a server accepted it: times are counted from then.
    pub accepted: Instant,
    /// How long to wait for it.
    pub wait: Duration,
    /// Whether the message is taken away once it was seen.
    pub delete: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// It is there.
    Seen {
        /// What the mailbox is for.
        folder: MailFolder,
        /// The mailbox's name, safe for a terminal.
        mailbox: String,
        /// The message's header, as it came.
        header: Vec<u8>,
        /// How long after it was accepted.
        after: Duration,
        /// Whether it was taken away; `None` where that was not asked for.
        deleted: Option<bool>,
    },
    /// A report came back in its place: its beginning, as it came.
    Bounced {
        /// The report, as it came.
        report: Vec<u8>,
        /// How long after the message was accepted.
        after: Duration,
    },
    /// Neither was seen in this time. It may still come.
    Unseen {
        /// How long it was waited for.
        waited: Duration,
    },
}
