//! A secret inside of a grant.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::mail::Secret;

/// A secret that is written into the text of a grant, which is a secret itself; never into anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSecret(Secret);

impl From<Secret> for KeptSecret {
    fn from(secret: Secret) -> Self {
        Self(secret)
    }
}

impl Deref for KeptSecret {
    type Target = Secret;

    fn deref(&self) -> &Secret {
        &self.0
    }
}

impl Serialize for KeptSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for KeptSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Secret::new(text)))
    }
}
