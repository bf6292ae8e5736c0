//! How a connection is protected (RFC 8314, RFC 3207).

use super::word::{word_serde, words};

words! {
    /// How the connection to a server is protected. Best first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[cfg_attr(test, derive(schemars::JsonSchema))]
    #[cfg_attr(test, schemars(rename_all = "lowercase", description = "How the connection to a server is protected."))]
    pub enum Security {
        /// TLS from the first byte: submissions, port 465 (RFC 8314).
        Tls = "tls",
        /// Plain text first, then the STARTTLS command: submission, port 587 (RFC 3207).
        Starttls = "starttls",
        /// No TLS at all. Beyond loopback it needs a person's consent.
        None = "none",
    }
}

word_serde!(Security);

impl Security {
    /// The submission port that this mode usually has.
    pub const fn smtp_port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::Starttls => 587,
            Self::None => 25,
        }
    }

    /// The IMAP port that this mode usually has.
    pub const fn imap_port(self) -> u16 {
        match self {
            Self::Tls => 993,
            Self::Starttls | Self::None => 143,
        }
    }

    /// The mode that an SMTP port usually means; `None` for a port that says nothing.
    pub const fn of_smtp_port(port: u16) -> Option<Self> {
        match port {
            465 => Some(Self::Tls),
            25 | 587 | 588 | 1025 | 2525 => Some(Self::Starttls),
            _ => None,
        }
    }

    /// The mode that an IMAP port usually means; `None` for a port that says nothing.
    pub const fn of_imap_port(port: u16) -> Option<Self> {
        match port {
            993 => Some(Self::Tls),
            143 | 1143 => Some(Self::Starttls),
            _ => None,
        }
    }
}
