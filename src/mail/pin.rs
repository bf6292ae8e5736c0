//! Pinned certificates.

use std::str::FromStr;

use super::value::{ValueFault, text_value};
use crate::{phrase, phrase::Phrase};

/// The SHA-256 of a certificate: 64 lower-case hex digits. Colons and blanks are taken out, as tools print it with them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin(String);

text_value!(Pin, "pin");

/// A text that is no SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinFault;

impl ValueFault for PinFault {
    fn phrase(&self) -> Phrase {
        phrase!("invalid-pin")
    }
}

impl FromStr for Pin {
    type Err = PinFault;

    fn from_str(typed: &str) -> Result<Self, PinFault> {
        let hex: String = typed.trim().chars().filter(|c| !matches!(c, ':' | ' ')).collect::<String>().to_lowercase();
        if hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()) { Ok(Self(hex)) } else { Err(PinFault) }
    }
}
