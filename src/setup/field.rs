//! The one table of fields: what can be answered, and by which flag, variable and answers-file key.

use std::fmt;

use super::Step;
use crate::mail::store::{StoreDetail, StoreKind};

/// Something that a set-up asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
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

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// The field.
    pub field: Field,
    /// The answers-file key; with `-` for `_` also the name of its messages: `field-KEY`, `field-KEY-help`.
    pub key: &'static str,
    /// The flag, without dashes; empty for what has none.
    pub flag: &'static str,
    /// What the flag's value is called in the help; empty for a switch.
    pub value: &'static str,
    /// What kind of answer it takes.
    pub shape: Shape,
    /// The step on whose page it stands.
    pub step: Step,
    /// It may be left empty.
    pub optional: bool,
}

const fn row(
    field: Field,
    key: &'static str,
    flag: &'static str,
    value: &'static str,
    shape: Shape,
    step: Step,
    optional: bool,
) -> Spec {
    Spec { field, key, flag, value, shape, step, optional }
}

/// Every field, in the order of the conversation.
pub const FIELDS: [Spec; 36] = {
    use Field as F;
    use Shape::{Choice, Confirm, Many, Secret, Text};
    [
        row(F::Resume, "resume", "", "", Confirm, Step::Sender, false),
        row(F::Import, "import", "import", "TARGET[=PATH]", Choice, Step::Sender, false),
        row(F::Address, "address", "address", "ADDRESS", Text, Step::Sender, false),
        row(F::Name, "name", "name", "NAME", Text, Step::Sender, true),
        row(F::ReplyTo, "reply_to", "reply-to", "ADDRESS", Text, Step::Sender, true),
        row(F::Provider, "provider", "provider", "KEY", Choice, Step::Provider, false),
        row(F::Host, "host", "host", "HOST", Text, Step::Server, false),
        row(F::Security, "security", "security", "tls|starttls|none", Choice, Step::Server, false),
        row(F::Port, "port", "port", "PORT", Text, Step::Server, false),
        row(F::Plaintext, "allow_plaintext", "allow-plaintext", "", Confirm, Step::Server, false),
        row(F::CaFile, "ca_file", "ca-file", "FILE", Text, Step::Server, true),
        row(F::Pin, "pin_sha256", "pin-sha256", "HEX", Text, Step::Server, true),
        row(F::Ehlo, "ehlo", "ehlo", "NAME", Text, Step::Server, false),
        row(F::Imap, "imap", "imap", "", Confirm, Step::Server, false),
        row(F::ImapHost, "imap_host", "imap-host", "HOST", Text, Step::Server, false),
        row(F::ImapSecurity, "imap_security", "imap-security", "tls|starttls|none", Choice, Step::Server, false),
        row(F::ImapPort, "imap_port", "imap-port", "PORT", Text, Step::Server, false),
        row(F::ImapUsername, "imap_username", "imap-username", "NAME", Text, Step::Server, false),
        row(F::Auth, "auth", "auth", "auto|plain|login|cram-md5|xoauth2|none", Choice, Step::Password, false),
        row(F::Username, "username", "username", "NAME", Text, Step::Password, false),
        row(F::Password, "password", "", "", Secret, Step::Password, false),
        row(F::Spaces, "spaces", "", "", Confirm, Step::Password, false),
        row(F::Test, "test", "test", "send|login|connect|none", Choice, Step::Test, false),
        row(F::TestTo, "test_to", "test-to", "ADDRESS", Text, Step::Test, false),
        row(F::Recover, "force", "force", "", Choice, Step::Test, false),
        row(F::Targets, "target", "target", "NAME[=PATH]", Many, Step::Write, true),
        row(F::RunAs, "run_as", "run-as", "USER", Text, Step::Write, false),
        row(F::RootMail, "root_mail", "root-mail", "ADDRESS", Text, Step::Write, true),
        row(F::SecretStore, "secret_store", "secret-store", StoreKind::USAGE, Choice, Step::Write, false),
        row(F::VaultLock, "vault_lock", "vault-lock", "machine|systemd|key-file|passphrase", Choice, Step::Write, false),
        row(F::PassEntry, "pass_entry", "pass-entry", "NAME", Text, Step::Write, false),
        row(F::SecretEnv, "password_env", "password-env", "NAME", Text, Step::Write, false),
        row(F::SecretCommand, "password_command", "password-command", "CMD", Text, Step::Write, false),
        row(F::Scope, "scope", "scope", "user|system", Choice, Step::Write, false),
        row(F::Profile, "profile", "profile", "NAME", Text, Step::Write, false),
        row(F::Apply, "yes", "yes", "", Confirm, Step::Write, false),
    ]
};

impl Field {
    /// What hangs on the provider: the server and the login.
    pub(super) const HANGING: [Self; 13] = [
        Self::Host,
        Self::Security,
        Self::Port,
        Self::Plaintext,
        Self::CaFile,
        Self::Pin,
        Self::Imap,
        Self::ImapHost,
        Self::ImapSecurity,
        Self::ImapPort,
        Self::ImapUsername,
        Self::Auth,
        Self::Username,
    ];

    /// The field that says what a store has to be told.
    pub const fn of_detail(detail: StoreDetail) -> Self {
        match detail {
            StoreDetail::Entry => Self::PassEntry,
            StoreDetail::Variable => Self::SecretEnv,
            StoreDetail::Command => Self::SecretCommand,
        }
    }

    /// Its row.
    pub fn spec(self) -> &'static Spec {
        // The table is in the enum's order; a test holds it so.
        &FIELDS[self as usize]
    }

    /// The answers-file key.
    pub fn key(self) -> &'static str {
        self.spec().key
    }

    /// The field of an answers-file key.
    pub fn of_key(key: &str) -> Option<Self> {
        FIELDS.iter().find(|spec| spec.key == key).map(|spec| spec.field)
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
    fn the_table_is_in_the_enums_order() {
        for (index, spec) in FIELDS.iter().enumerate() {
            assert_eq!(spec.field as usize, index, "{}", spec.key);
        }
    }

    #[test]
    fn keys_and_flags_are_unique() {
        for (index, spec) in FIELDS.iter().enumerate() {
            for other in &FIELDS[index + 1..] {
                assert_ne!(spec.key, other.key);
                assert!(spec.flag.is_empty() || spec.flag != other.flag);
            }
        }
    }
}
