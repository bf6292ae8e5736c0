//! The settings of outgoing mail: one word each, in code, presets, JSON and errors.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Profile;

/// A value for each setting that has one.
pub type Settings<T> = BTreeMap<Setting, T>;

/// A setting that a mail program can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// The relay's host name or address.
    Host,
    /// The relay's port.
    Port,
    /// `tls`, `starttls` or `none`; any other word means that certificates are not checked.
    Security,
    /// `auto`, `none` or a mechanism.
    Auth,
    /// The login name.
    Username,
    /// The password.
    Password,
    /// The sender's address.
    Sender,
    /// The sender's display name.
    Name,
    /// Where answers go.
    ReplyTo,
    /// Where root's mail is forwarded.
    RootMail,
    /// Which senders may leave: `one`, `domain` or `any`.
    Senders,
    /// The name that EHLO gives.
    Ehlo,
    /// PEM file of the one authority that is trusted.
    CaFile,
    /// SHA-256 of the one certificate that is trusted.
    PinSha256,
    /// PEM file of the certificate that this machine shows.
    ClientCert,
    /// PEM file of that certificate's private key.
    ClientKey,
    /// The proxy that leads to the relay.
    Proxy,
}

impl Setting {
    /// Every setting, in the order in which they are compared and reported.
    pub const ALL: [Self; 17] = [
        Self::Host,
        Self::Port,
        Self::Security,
        Self::Auth,
        Self::Username,
        Self::Password,
        Self::Sender,
        Self::Name,
        Self::ReplyTo,
        Self::RootMail,
        Self::Senders,
        Self::Ehlo,
        Self::CaFile,
        Self::PinSha256,
        Self::ClientCert,
        Self::ClientKey,
        Self::Proxy,
    ];

    /// Every word, in the order of [`Self::ALL`].
    pub const WORDS: [&'static str; Self::ALL.len()] = {
        let mut words = [""; Self::ALL.len()];
        let mut index = 0;
        while index < words.len() {
            words[index] = Self::ALL[index].as_str();
            index += 1;
        }
        words
    };

    /// Words that mean a setting too. People's own presets call the sender's name `sender_name`; answers files call the
    /// sender's address `address`.
    const ALIASES: [(&'static str, Self); 2] = [("sender_name", Self::Name), ("address", Self::Sender)];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Port => "port",
            Self::Security => "security",
            Self::Auth => "auth",
            Self::Username => "username",
            Self::Password => "password",
            Self::Sender => "sender",
            Self::Name => "name",
            Self::ReplyTo => "reply_to",
            Self::RootMail => "root_mail",
            Self::Senders => "senders",
            Self::Ehlo => "ehlo",
            Self::CaFile => "ca_file",
            Self::PinSha256 => "pin_sha256",
            Self::ClientCert => "client_cert",
            Self::ClientKey => "client_key",
            Self::Proxy => "proxy",
        }
    }
}

impl Setting {
    /// Its value in a profile; none for the password, which is not kept there.
    pub fn in_profile(self, profile: &Profile) -> Option<String> {
        let (sender, smtp) = (&profile.sender, &profile.smtp);
        match self {
            Self::Host => Some(smtp.host.to_string()),
            Self::Port => Some(smtp.port.to_string()),
            Self::Security => Some(smtp.security.to_string()),
            Self::Auth => Some(smtp.auth.to_string()),
            Self::Username => smtp.username.as_ref().map(ToString::to_string),
            Self::Password => None,
            Self::Sender => Some(sender.address.to_string()),
            Self::Name => sender.name.as_ref().map(ToString::to_string),
            Self::ReplyTo => sender.reply_to.as_ref().map(ToString::to_string),
            Self::RootMail => profile.root_mail.as_ref().map(ToString::to_string),
            Self::Senders => Some(sender.senders.to_string()),
            Self::Ehlo => Some(smtp.ehlo.to_string()),
            Self::CaFile => smtp.tls.ca_file.as_ref().map(|path| path.display().to_string()),
            Self::PinSha256 => smtp.tls.pin_sha256.as_ref().map(ToString::to_string),
            Self::ClientCert => smtp.client.as_ref().map(|client| client.cert.display().to_string()),
            Self::ClientKey => smtp.client.as_ref().map(|client| client.key.display().to_string()),
            Self::Proxy => smtp.proxy.as_ref().map(ToString::to_string),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Setting {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let alias = || Self::ALIASES.into_iter().find(|(alias, _)| *alias == word).map(|(_, setting)| setting);
        Self::ALL.into_iter().find(|setting| setting.as_str() == word).or_else(alias).ok_or(())
    }
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse().map_err(|()| de::Error::unknown_field(&word, &Self::WORDS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_means_its_setting_alone() {
        for (setting, word) in Setting::ALL.into_iter().zip(Setting::WORDS) {
            assert_eq!((setting.as_str(), word.parse()), (word, Ok(setting)));
        }
        for (alias, setting) in Setting::ALIASES {
            assert!(!Setting::WORDS.contains(&alias));
            assert_eq!(alias.parse(), Ok(setting));
        }
        assert_eq!("hots".parse::<Setting>(), Err(()));
    }

    #[test]
    fn an_unknown_word_lists_the_known_ones() {
        let fault = toml::from_str::<Settings<String>>("hots = 'x'").unwrap_err();
        assert!(fault.message().starts_with("unknown field `hots`, expected one of `host`, `port`"), "{fault}");
    }
}
