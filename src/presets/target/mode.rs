//! A file's permission bits, in octal as `chmod` takes them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Permission bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileMode(pub u32);

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl Serialize for FileMode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bits = u32::from_str_radix(&text, 8).ok().filter(|bits| *bits <= 0o777);
        bits.map(Self).ok_or_else(|| de::Error::custom(format_args!("`{text}` is no mode in octal, such as `0600`")))
    }
}
