//! TCP ports.

use std::{fmt, num::NonZeroU16, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::value::{ValueFault, shown};
use crate::{phrase, phrase::Phrase};

/// A TCP port, 1 to 65535. It is a number in files and JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(NonZeroU16);

/// A text or number that is no port, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortFault(pub String);

impl Port {
    pub(super) const KIND: &'static str = "port";

    /// The port of a number; `None` for 0.
    pub fn new(number: u16) -> Option<Self> {
        NonZeroU16::new(number).map(Self)
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl ValueFault for PortFault {
    fn phrase(&self) -> Phrase {
        phrase!("invalid-port", typed = shown(&self.0))
    }
}

impl FromStr for Port {
    type Err = PortFault;

    fn from_str(typed: &str) -> Result<Self, PortFault> {
        let word = typed.trim();
        word.parse().ok().and_then(Self::new).ok_or_else(|| PortFault(word.to_owned()))
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq<u16> for Port {
    fn eq(&self, other: &u16) -> bool {
        self.get() == *other
    }
}

impl From<Port> for u16 {
    fn from(port: Port) -> Self {
        port.get()
    }
}

impl Serialize for Port {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.get())
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        let port = u16::try_from(number).ok().and_then(Self::new);
        port.ok_or_else(|| de::Error::custom(format_args!("invalid {}: {number}", Self::KIND)))
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Port {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Port".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer", "minimum": 1, "maximum": u16::MAX})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_as_people_type_them() {
        assert_eq!(" 465 ".parse::<Port>().map(Port::get), Ok(465));
        for typed in ["0", "70000", "-1", "smtp", ""] {
            assert_eq!(typed.parse::<Port>(), Err(PortFault(typed.into())));
        }
    }
}
