//! The users whose programs send, and the group that they share.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny, SeqAccess, Visitor},
};

use super::{
    UserName,
    user_name::UserNameFault,
    value::{ValueFault, shown, text_value},
};
use crate::{phrase, phrase::Phrase};

/// The users whose programs send, in the order in which they were named and none twice. In files it is one name, or a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunAs(Vec<UserName>);

impl RunAs {
    /// The owner of what is written alone.
    pub const NOBODY: Self = Self(Vec::new());

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, UserName> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there are two or more, who have no group of their own together.
    pub fn are_several(&self) -> bool {
        self.0.len() > 1
    }

    /// The one who was named first.
    pub fn first(&self) -> Option<&UserName> {
        self.0.first()
    }

    /// Those beside root, who can read everything.
    #[must_use]
    pub fn beside_root(self) -> Self {
        Self(self.0.into_iter().filter(|user| *user != "root").collect())
    }

    /// Their names as a sentence lists them; `None` without any.
    pub fn listed(&self) -> Option<String> {
        (!self.is_empty()).then(|| self.names().join(", "))
    }

    fn names(&self) -> Vec<&str> {
        self.0.iter().map(UserName::as_str).collect()
    }

    /// Those who are named by a value of a file, whatever else it is: nobody where it is none.
    pub(super) fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// A value, or a part of it.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Named {
            One(UserName),
            Several(Vec<Named>),
            Other(IgnoredAny),
        }

        fn users(named: Named) -> Vec<UserName> {
            match named {
                Named::One(user) => vec![user],
                Named::Several(each) => each.into_iter().flat_map(users).collect(),
                Named::Other(_) => Vec::new(),
            }
        }

        Ok(Self::of(users(Named::deserialize(deserializer)?).into_iter()))
    }

    fn of(users: impl Iterator<Item = UserName>) -> Self {
        let mut each = Vec::new();
        for user in users {
            if !each.contains(&user) {
                each.push(user);
            }
        }
        Self(each)
    }
}

impl<'a> IntoIterator for &'a RunAs {
    type Item = &'a UserName;
    type IntoIter = std::slice::Iter<'a, UserName>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Names separated by commas or blanks.
impl FromStr for RunAs {
    type Err = UserNameFault;

    fn from_str(typed: &str) -> Result<Self, UserNameFault> {
        let names = typed.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty());
        let users = names.map(str::parse).collect::<Result<Vec<UserName>, _>>()?;
        if users.is_empty() { Err(UserNameFault(typed.trim().to_owned())) } else { Ok(Self::of(users.into_iter())) }
    }
}

impl fmt::Display for RunAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(","))
    }
}

impl Serialize for RunAs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for RunAs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RunAsVisitor;

        impl<'de> Visitor<'de> for RunAsVisitor {
            type Value = RunAs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a sequence")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<RunAs, E> {
                let user = text.parse().map_err(|_| E::custom(format_args!("invalid {}: {text}", UserName::KIND)))?;
                Ok(RunAs(vec![user]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<RunAs, A::Error> {
                let mut users = Vec::new();
                while let Some(user) = list.next_element()? {
                    users.push(user);
                }
                if users.is_empty() { Err(A::Error::invalid_length(0, &self)) } else { Ok(RunAs::of(users.into_iter())) }
            }
        }

        deserializer.deserialize_any(RunAsVisitor)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for RunAs {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RunAs".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
        })
    }
}

/// A group's name as groupadd(8) takes it: a letter or `_`, then letters, digits, `_`, `-` and `.`, at most 32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName(String);

text_value!(GroupName, "group");

/// A text that is no group's name, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupNameFault(pub String);

impl ValueFault for GroupNameFault {
    fn phrase(&self) -> Phrase {
        phrase!("invalid-group", typed = shown(&self.0))
    }
}

impl FromStr for GroupName {
    type Err = GroupNameFault;

    fn from_str(typed: &str) -> Result<Self, GroupNameFault> {
        let name = typed.parse::<UserName>().map_err(|fault| GroupNameFault(fault.0))?;
        let is_local = name.len() <= 32 && !name.contains(['@', '\\', '$']);
        if is_local { Ok(Self(name.into())) } else { Err(GroupNameFault(name.into())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct RunAsFile {
        users: RunAs,
    }

    #[test]
    fn blanks_and_commas_separate_and_nobody_is_named_twice() {
        for typed in ["www-data,ann", " www-data  ann ", "www-data, ann,www-data", "www-data\tann,"] {
            let users: RunAs = typed.parse().unwrap();
            assert_eq!((users.to_string().as_str(), users.are_several()), ("www-data,ann", true), "{typed}");
        }
        for bad in ["", " , ", "a:b", "ann,-x"] {
            assert!(bad.parse::<RunAs>().is_err(), "{bad}");
        }
        let users: RunAs = "root,ann".parse().unwrap();
        assert_eq!(users.beside_root().listed().as_deref(), Some("ann"));
        assert_eq!("root".parse::<RunAs>().unwrap().beside_root(), RunAs::default());
    }

    #[test]
    fn a_group_is_made_here_and_has_no_domain() {
        assert_eq!("mail-app".parse::<GroupName>().unwrap(), "mail-app");
        for bad in ["joe@ad.test", "DOM\\joe", "web1$", &"g".repeat(33)] {
            assert!(bad.parse::<GroupName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn one_is_a_text_and_several_are_a_list() {
        for (text, users) in [("users = \"ann\"\n", "ann"), ("users = [\"ann\", \"bob\"]\n", "ann,bob")] {
            let file = RunAsFile { users: users.parse().unwrap() };
            assert_eq!(toml::to_string(&file).unwrap(), text);
            assert_eq!(toml::from_str::<RunAsFile>(text).unwrap(), file);
        }
        assert_eq!(toml::from_str::<RunAsFile>("users = [\"ann\"]").unwrap().users.to_string(), "ann");
        for bad in ["users = []", "users = 3", "users = \"a b\"", "users = [\"a:b\"]"] {
            assert!(toml::from_str::<RunAsFile>(bad).is_err(), "{bad}");
        }
    }
}
