//! The one table of fields: each field's row, by the group of questions that it belongs to.

mod imap;
mod login;
mod provider;
mod sender;
mod server;
mod start;
mod store;
mod targets;
mod test;

use super::{field::Field, spec::Spec};

impl Field {
    /// Its row.
    pub fn spec(self) -> &'static Spec {
        match self {
            Self::Resume => &start::RESUME,
            Self::Import => &start::IMPORT,
            Self::Address => &sender::ADDRESS,
            Self::Name => &sender::NAME,
            Self::ReplyTo => &sender::REPLY_TO,
            Self::Provider => &provider::PROVIDER,
            Self::Host => &server::HOST,
            Self::Security => &server::SECURITY,
            Self::Port => &server::PORT,
            Self::Plaintext => &server::PLAINTEXT,
            Self::CaFile => &server::CA_FILE,
            Self::Pin => &server::PIN,
            Self::Ehlo => &server::EHLO,
            Self::Imap => &imap::IMAP,
            Self::ImapHost => &imap::HOST,
            Self::ImapSecurity => &imap::SECURITY,
            Self::ImapPort => &imap::PORT,
            Self::ImapUsername => &imap::USERNAME,
            Self::Auth => &login::AUTH,
            Self::Username => &login::USERNAME,
            Self::Password => &login::PASSWORD,
            Self::Spaces => &login::SPACES,
            Self::Test => &test::TEST,
            Self::TestTo => &test::TEST_TO,
            Self::Recover => &test::RECOVER,
            Self::Targets => &targets::TARGETS,
            Self::RunAs => &targets::RUN_AS,
            Self::RootMail => &targets::ROOT_MAIL,
            Self::SecretStore => &store::STORE,
            Self::VaultLock => &store::VAULT_LOCK,
            Self::PassEntry => &store::PASS_ENTRY,
            Self::SecretEnv => &store::VARIABLE,
            Self::SecretCommand => &store::COMMAND,
            Self::Scope => &targets::SCOPE,
            Self::Profile => &targets::PROFILE,
            Self::Apply => &targets::APPLY,
        }
    }
}
