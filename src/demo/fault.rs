//! What a person can break while the demo runs, to see the live test fail and its help.

use crate::{phrase, presets::Phrase};

/// Something that is wrong with the demo server, on purpose. Connections made from now on see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DemoFault {
    /// All is well.
    #[default]
    None,
    /// Every login is refused (535).
    WrongPassword,
    /// The implicit-TLS port swallows connections, as behind a firewall: connecting times out. STARTTLS still works.
    BlockedPort,
    /// The certificate ended yesterday.
    ExpiredCertificate,
    /// The certificate signed itself.
    SelfSigned,
    /// The certificate is for another name.
    WrongName,
    /// EHLO shows no AUTH.
    LoginNotOffered,
    /// Every sender address is refused (553).
    SenderRefused,
    /// The server is too busy for anyone (421).
    Busy,
    /// Every answer comes late.
    Slow,
}

impl DemoFault {
    /// Every choice, in the order of a menu.
    pub const ALL: [Self; 10] = [
        Self::None,
        Self::WrongPassword,
        Self::BlockedPort,
        Self::ExpiredCertificate,
        Self::SelfSigned,
        Self::WrongName,
        Self::LoginNotOffered,
        Self::SenderRefused,
        Self::Busy,
        Self::Slow,
    ];

    /// The word that names it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::WrongPassword => "wrong-password",
            Self::BlockedPort => "blocked-port",
            Self::ExpiredCertificate => "expired-certificate",
            Self::SelfSigned => "self-signed",
            Self::WrongName => "wrong-name",
            Self::LoginNotOffered => "login-not-offered",
            Self::SenderRefused => "sender-refused",
            Self::Busy => "busy",
            Self::Slow => "slow",
        }
    }

    /// The line of a menu.
    pub fn label(self) -> Phrase {
        match self {
            Self::None => phrase!("demo-fault-none"),
            Self::WrongPassword => phrase!("demo-fault-wrong-password"),
            Self::BlockedPort => phrase!("demo-fault-blocked-port"),
            Self::ExpiredCertificate => phrase!("demo-fault-expired-certificate"),
            Self::SelfSigned => phrase!("demo-fault-self-signed"),
            Self::WrongName => phrase!("demo-fault-wrong-name"),
            Self::LoginNotOffered => phrase!("demo-fault-login-not-offered"),
            Self::SenderRefused => phrase!("demo-fault-sender-refused"),
            Self::Busy => phrase!("demo-fault-busy"),
            Self::Slow => phrase!("demo-fault-slow"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::{Lang, Text};

    #[test]
    fn every_fault_has_a_key_and_a_label_in_every_language() {
        for lang in Lang::builtin() {
            let text = Text::new(lang);
            for fault in DemoFault::ALL {
                assert_eq!(fault.label().id, format!("demo-fault-{}", fault.key()));
                assert!(text.has(fault.label().id), "{} in {}", fault.key(), lang.as_str());
            }
        }
    }
}
