//! The fields: everything that can be answered, in the order of the conversation, and how each is named outside.

use std::fmt;

/// Makes the enum and the list of its variants together, so that no field can be missing from the list.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Something that a set-up asks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field {
            $($(#[$doc])* $name,)*
        }

        impl Field {
            /// Every field, in the order of the conversation.
            pub const ALL: [Self; [$(Self::$name),*].len()] = [$(Self::$name),*];
        }
    };
}

fields! {
    /// Whether to go on from a conversation that was cut off.
    Resume,
    /// The settings of a program here to start from: `TARGET[=PATH]`, or `none`.
    Import,
    /// The sender's address.
    Address,
    /// The sender's display name.
    Name,
    /// Where answers go.
    ReplyTo,
    /// The provider's key, or `custom`.
    Provider,
    /// The server's host.
    Host,
    /// How the connection is protected.
    Security,
    /// The server's port.
    Port,
    /// Consent to send without TLS beyond this machine.
    Plaintext,
    /// The authority to trust, a PEM file.
    CaFile,
    /// The one certificate to trust, by SHA-256.
    Pin,
    /// The name that EHLO gives.
    Ehlo,
    /// Whether the mailbox is read by IMAP.
    Imap,
    /// The IMAP server's host.
    ImapHost,
    /// How the IMAP connection is protected.
    ImapSecurity,
    /// The IMAP server's port.
    ImapPort,
    /// The IMAP login name.
    ImapUsername,
    /// The login mechanism.
    Auth,
    /// The login name.
    Username,
    /// The password or token.
    Password,
    /// Whether the spaces of a grouped app password are taken out.
    Spaces,
    /// How far the test goes.
    Test,
    /// Who gets the test message.
    TestTo,
    /// What to do after a failed test.
    Recover,
    /// The programs that the settings are written for.
    Targets,
    /// The user whose programs send.
    RunAs,
    /// Where root's mail goes.
    RootMail,
    /// Where the secret is kept.
    SecretStore,
    /// What a new vault is locked with.
    VaultLock,
    /// The entry of `pass`.
    PassEntry,
    /// The environment variable that holds the secret.
    SecretEnv,
    /// The command that prints the secret.
    SecretCommand,
    /// For one user or for the whole system.
    Scope,
    /// The profile's name.
    Profile,
    /// The word to write.
    Apply,
}

/// What kind of answer a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A line of text.
    Text,
    /// A line of text that is never shown.
    Secret,
    /// One of several words.
    Choice,
    /// Any number of several words.
    Many,
    /// Yes or no.
    Confirm,
}

impl Field {
    /// The answers-file key.
    pub fn key(self) -> &'static str {
        self.spec().key
    }

    /// The field of an answers-file key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }

    /// How a person or a script names it on the command line: `--host`, `ADDRESS`, `--password-file`.
    pub fn flag(self) -> String {
        match self {
            Self::Address => "ADDRESS".to_owned(),
            Self::Password => {
                "--password-file, --password-stdin, --password-fd, --password-env or --password-command".to_owned()
            }
            _ => format!("--{}", self.spec().flag),
        }
    }

    /// The environment variable that answers it.
    pub fn variable(self) -> String {
        format!("MAILSETUP_{}", self.key().to_uppercase())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_flags_are_unique() {
        for (index, field) in Field::ALL.into_iter().enumerate() {
            for other in &Field::ALL[index + 1..] {
                assert_ne!(field.key(), other.key());
                assert!(field.spec().flag.is_empty() || field.spec().flag != other.spec().flag);
            }
        }
    }
}
