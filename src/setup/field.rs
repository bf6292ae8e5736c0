//! The fields: everything that can be answered, in the order of the conversation, and how each is named outside.

use std::fmt;

/// The one list of fields, in the order of the conversation, each with the name of its row. `$make` makes something of it.
macro_rules! each_field {
    ($make:ident) => {
        $make! {
            /// Whether to go on from a conversation that was cut off.
            Resume = start::RESUME,
            /// A saved profile, a new set-up, or undo.
            Home = home::HOME,
            /// What is done with the profile.
            HomeAction = home::ACTION,
            /// Consent to take something away.
            HomeSure = home::SURE,
            /// Which answer of a saved profile is changed.
            Change = home::CHANGE,
            /// The settings of a program here to start from: `TARGET[=PATH]`, or `none`.
            Import = start::IMPORT,
            /// The sender's address.
            Address = sender::ADDRESS,
            /// Whether the address's domain is right, though it is one slip away from a big provider's.
            ThisDomain = sender::THIS_DOMAIN,
            /// The sender's display name.
            Name = sender::NAME,
            /// Where answers go.
            ReplyTo = sender::REPLY_TO,
            /// The provider's key, or `custom`.
            Provider = provider::PROVIDER,
            /// The server's host.
            Host = server::HOST,
            /// How the connection is protected.
            Security = server::SECURITY,
            /// The server's port.
            Port = server::PORT,
            /// Consent to send without TLS beyond this machine.
            Plaintext = server::PLAINTEXT,
            /// The authority to trust, a PEM file.
            CaFile = server::CA_FILE,
            /// The one certificate to trust, by SHA-256.
            Pin = server::PIN,
            /// The certificate that this machine shows, a PEM file.
            ClientCert = client::CERT,
            /// The private key of that certificate, a PEM file.
            ClientKey = client::KEY,
            /// The proxy that leads to the server, or `none`.
            Proxy = proxy::PROXY,
            /// The name that EHLO gives.
            Ehlo = server::EHLO,
            /// Whether the mailbox is read by IMAP.
            Imap = imap::IMAP,
            /// The IMAP server's host.
            ImapHost = imap::HOST,
            /// How the IMAP connection is protected.
            ImapSecurity = imap::SECURITY,
            /// The IMAP server's port.
            ImapPort = imap::PORT,
            /// The IMAP login name.
            ImapUsername = imap::USERNAME,
            /// The login mechanism.
            Auth = login::AUTH,
            /// By which way access by OAuth 2.0 is given.
            OauthGrant = oauth::GRANT,
            /// The organization's directory.
            OauthTenant = oauth::TENANT,
            /// The client's ID.
            OauthClientId = oauth::CLIENT_ID,
            /// What access is for.
            OauthScope = oauth::SCOPE,
            /// The token endpoint.
            OauthTokenUrl = oauth::TOKEN_URL,
            /// The authorization endpoint.
            OauthAuthUrl = oauth::AUTH_URL,
            /// The device authorization endpoint.
            OauthDeviceUrl = oauth::DEVICE_URL,
            /// The authority that vouches for these endpoints, a PEM file.
            OauthCaFile = oauth::CA_FILE,
            /// The login name.
            Username = login::USERNAME,
            /// Whether a known secret goes to another server or login than it was given for.
            Reuse = login::REUSE,
            /// The application's certificate, a PEM file; for a service account its key file.
            OauthCertificate = oauth::CERTIFICATE,
            /// The password or token.
            Password = login::PASSWORD,
            /// Whether the spaces of a grouped app password are taken out.
            Spaces = login::SPACES,
            /// The address that the browser ended on.
            OauthAddress = oauth::ADDRESS,
            /// How far the test goes.
            Test = test::TEST,
            /// The mailbox that the test message is sent to and looked for in.
            ArrivalTo = test::ARRIVAL_TO,
            /// Who gets the test message.
            TestTo = test::TEST_TO,
            /// Whether the test message is looked for in the mailbox.
            Arrival = test::ARRIVAL,
            /// What to do after a failed test.
            Recover = test::RECOVER,
            /// The programs that the settings are written for.
            Targets = targets::TARGETS,
            /// The users whose programs send.
            RunAs = targets::RUN_AS,
            /// The group that they share.
            RunAsGroup = targets::RUN_AS_GROUP,
            /// Where root's mail goes.
            RootMail = targets::ROOT_MAIL,
            /// Which senders may leave.
            Senders = senders::SENDERS,
            /// What leaves in place of which sender.
            SenderMap = senders::SENDER_MAP,
            /// Where the secret is kept.
            SecretStore = store::STORE,
            /// What a new vault is locked with.
            VaultLock = store::VAULT_LOCK,
            /// The entry of `pass`.
            PassEntry = store::PASS_ENTRY,
            /// The environment variable that holds the secret.
            SecretEnv = store::VARIABLE,
            /// The command that prints the secret.
            SecretCommand = store::COMMAND,
            /// The program that others run for the secret.
            SecretCommandPath = store::COMMAND_PATH,
            /// For one user or for the whole system.
            Scope = targets::SCOPE,
            /// The profile's name.
            Profile = targets::PROFILE,
            /// The word to write.
            Apply = targets::APPLY,
        }
    };
}

/// Makes the enum, and the list of its variants.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $group:ident::$row:ident,)*) => {
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

pub(super) use each_field;

each_field!(fields);

/// What is true of a field in every conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldTrait {
    /// It may be left empty.
    Optional,
    /// It belongs to the chosen provider: another provider sets the answer aside.
    OfProvider,
    /// Its answer is kept for resuming: no secret, and no answer that belongs to its moment.
    Remembered,
    /// It is shown among the answers.
    Listed,
    /// Its flag may be given several times: commas join what was given.
    Repeatable,
    /// A set-up that does not name it leaves it as the profile has it that is written anew.
    Kept,
    /// Kept as well, as long as the server is the same.
    KeptWithServer,
}

/// What kind of answer a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldShape {
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
