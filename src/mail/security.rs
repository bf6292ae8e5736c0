//! How a connection is protected (RFC 8314, RFC 3207).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How the connection to a server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte: submissions, port 465 (RFC 8314).
    Tls,
    /// Plain text first, then the STARTTLS command: submission, port 587 (RFC 3207).
    Starttls,
    /// No TLS at all. Beyond loopback it needs a person's consent.
    None,
}

impl Security {
    /// Every mode, best first.
    pub const ALL: [Self; 3] = [Self::Tls, Self::Starttls, Self::None];

    /// The word that flags, files and JSON use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Starttls => "starttls",
            Self::None => "none",
        }
    }

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

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Security {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word).ok_or(())
    }
}
