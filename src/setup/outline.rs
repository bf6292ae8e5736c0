//! The order of the conversation: which fields there are now, and which of them a person is asked.

use super::{FIELDS, Field, Setup};
use crate::{
    mail::{Security, Setting, StoreKind, endpoint::is_loopback},
    presets::provider::UsernameForm,
};

impl Setup {
    /// Whether a field has any meaning with the answers as they are.
    pub(super) fn applies(&self, field: Field) -> bool {
        let answers = &self.answers;
        match field {
            Field::Resume => self.offered.is_some(),
            Field::Import => !answers.imports.is_empty(),
            Field::Plaintext => {
                answers.security() == Some(Security::None)
                    && answers.filled(Field::Host).is_some_and(|host| !is_loopback(&host))
            }
            Field::CaFile | Field::Pin => answers.security() != Some(Security::None),
            Field::ImapHost | Field::ImapSecurity | Field::ImapPort | Field::ImapUsername => answers.is_yes(Field::Imap),
            Field::Username | Field::Password | Field::SecretStore => answers.logs_in(),
            Field::Spaces => answers.without_spaces().is_some(),
            Field::TestTo => answers.text(Field::Test) == "send",
            Field::Recover => self.test_failed(),
            Field::RunAs => answers.logs_in() && answers.text(Field::Scope) == "system",
            Field::RootMail => {
                let targets = self.targets();
                let leads = |key: &str| answers.catalog.target(key).is_some_and(|target| target.read.has(Setting::RootMail));
                answers.text(Field::Scope) == "system" && targets.iter().any(|choice| leads(&choice.key))
            }
            Field::VaultLock => {
                answers.logs_in()
                    && answers.store() == StoreKind::Vault
                    && self.stores.result().is_none_or(|stores| !stores.has_vault)
            }
            Field::PassEntry | Field::SecretEnv | Field::SecretCommand => {
                answers.logs_in() && answers.store().detail().map(Field::of_detail) == Some(field)
            }
            _ => true,
        }
    }

    /// Whether the conversation asks a field by itself. The others keep their values unless a person goes to them.
    fn is_asked(&self, field: Field) -> bool {
        let answers = &self.answers;
        let custom = answers.provider().is_none();
        match field {
            Field::Resume
            | Field::Import
            | Field::Address
            | Field::Name
            | Field::Provider
            | Field::Plaintext
            | Field::Password
            | Field::Spaces
            | Field::Test
            | Field::TestTo
            | Field::Recover
            | Field::Targets
            | Field::RunAs
            | Field::RootMail
            | Field::SecretStore
            | Field::VaultLock
            | Field::Apply => true,
            Field::Host => custom || answers.derived(field).is_none(),
            Field::Port => custom,
            Field::Security => custom || self.server_choices().len() > 1,
            Field::Username => {
                custom || answers.provider().is_some_and(|provider| provider.username.form == UsernameForm::Generated)
            }
            Field::ImapHost | Field::SecretEnv | Field::SecretCommand => answers.derived(field).is_none(),
            _ => false,
        }
    }

    /// Whether a field needs no asking any more.
    fn is_settled(&self, field: Field) -> bool {
        let answers = &self.answers;
        match field {
            Field::Password => answers.secret().is_some(),
            // A script never trims.
            Field::Spaces => self.options.brief || answers.given.contains_key(&field),
            Field::Plaintext => answers.is_yes(field),
            Field::Resume | Field::Recover => false,
            Field::Apply => self.options.yes || answers.is_yes(field),
            _ if answers.given.contains_key(&field) => true,
            _ => match answers.derived(field) {
                Some((value, _)) => self.options.brief || self.accepted.get(&field) == Some(&value),
                None => self.options.brief && field.spec().optional,
            },
        }
    }

    /// The fields that are still to be asked, in order.
    pub(super) fn open(&self) -> impl Iterator<Item = Field> + '_ {
        FIELDS.iter().map(|spec| spec.field).filter(|field| self.is_open(*field))
    }

    fn is_open(&self, field: Field) -> bool {
        self.applies(field) && self.is_asked(field) && !self.is_settled(field)
    }
}
