//! The answers that follow from the settings that the person starts from.

use super::{
    answers::Answers,
    effect::{Effect, GivenSecret, Work},
    field::{Field, FieldTrait},
    import::Import,
    msg::Status,
    question::Choice,
    source::AnswerSource,
    state::Setup,
    value::{AnswerValue, ImportChoice, ProviderChoice},
};
use crate::{
    mail::{Secret, StoreKind, TextLine, reply::escape},
    phrase,
    presets::Phrase,
};

impl Answers {
    /// The settings that are started from.
    pub(super) fn import(&self) -> Option<&Import> {
        let chosen = self.explicit::<ImportChoice>(Field::Import)?.to_string();
        self.imports.iter().find(|import| import.word == chosen)
    }

    /// Whether the settings that are started from are valid for the chosen server: with another provider they are not.
    fn goes_along(&self, import: &Import) -> bool {
        match self.given.get(&Field::Provider).map(|answer| &answer.value) {
            None | Some(AnswerValue::Provider(ProviderChoice::Custom)) => true,
            chosen => chosen == import.answers.get(&Field::Provider),
        }
    }

    /// The value that follows from the settings that are started from.
    pub(super) fn imported(&self, field: Field) -> Option<(AnswerValue, AnswerSource)> {
        let import = self.import()?;
        if field.spec().has(FieldTrait::OfProvider) && !self.goes_along(import) {
            return None;
        }
        let is_replaced = |other: Field| {
            let given = self.given.get(&other).map(|answer| &answer.value);
            given.is_some() && given != import.answers.get(&other)
        };
        let value = match field {
            Field::Provider if self.given.contains_key(&Field::Host) => None,
            // The mode and its usual port follow each other.
            Field::Port if is_replaced(Field::Security) => None,
            Field::Security if is_replaced(Field::Port) => None,
            Field::SecretStore => self.imported_command().map(|_| StoreKind::Command.into()),
            Field::SecretCommand => {
                self.imported_command().and_then(|command| command.parse::<TextLine>().ok()).map(AnswerValue::from)
            }
            _ => import.answers.get(&field).cloned(),
        };
        Some((value?, AnswerSource::Imported))
    }

    /// The password that comes with the settings that are started from.
    pub(super) fn imported_secret(&self) -> Option<&Secret> {
        let import = self.import().filter(|import| self.goes_along(import) && !self.declined)?;
        import.secret.as_ref().or(self.fetched.as_ref())
    }

    /// The command to keep fetching the password with: the person's own, which printed it and does not contain it.
    fn imported_command(&self) -> Option<&str> {
        let command = self.import()?.command.as_deref()?;
        let secret = self.imported_secret().filter(|_| self.secret.is_none())?;
        (!Import::is_own(command) && !command.contains(secret.expose())).then_some(command)
    }

    /// The grant, where access is given by one; else the password: as it was given, else as it comes with the settings that are started from.
    pub(super) fn secret(&self) -> Option<&Secret> {
        if self.grant_kind().is_some() {
            return self.granted();
        }
        self.given_secret().or_else(|| self.imported_secret())
    }

    /// The password or token that was given. A profile's own token is no password, nor its password a token.
    fn given_secret(&self) -> Option<&Secret> {
        let is_other_kind = self.kept_for.is_some_and(|auth| auth.takes_token() != self.auth().takes_token());
        self.secret.as_ref().filter(|_| !is_other_kind).map(|given: &GivenSecret| &given.secret)
    }
}

impl Setup {
    /// Offers settings that programs here have: which one to start from is asked first, unless it was given.
    pub fn offer_imports(&mut self, imports: Vec<Import>) {
        self.answers.imports = imports;
        self.refresh();
    }

    /// What the question offers: each file with its server, and none.
    pub(super) fn import_choices(&self) -> Vec<Choice> {
        let choice = |import: &Import| Choice {
            value: import.word.clone(),
            label: import.summary(),
            hint: self.text.say(&phrase!("import-file", file = escape(&import.file), program = import.program)),
            barred: None,
        };
        let none = self.words("import", [ImportChoice::NONE]);
        self.answers.imports.iter().map(choice).chain(none).collect()
    }

    /// What the question says about a single file that was found.
    pub(super) fn import_help(&self) -> Option<String> {
        let [import] = self.answers.imports.as_slice() else { return None };
        let found =
            phrase!("import-found", settings = import.summary(), file = escape(&import.file), program = import.program);
        Some(self.text.say(&found))
    }

    /// The command to run for the password of the settings that are started from.
    pub(super) fn fetch_request(&self) -> Option<String> {
        let answers = &self.answers;
        let import = answers.import().filter(|import| answers.goes_along(import) && answers.secret.is_none())?;
        import.command.clone().filter(|_| import.secret.is_none() && answers.logs_in())
    }

    pub(super) fn fetch_effect(&self) -> Option<Effect> {
        self.fetch.effect(|command| Work::Fetch(command.clone()))
    }

    /// The command, when the password is what is missing now.
    pub(super) fn fetch_first(&self, open: Option<Field>) -> Option<Status> {
        self.fetch_effect().filter(|_| open == Some(Field::Password)).map(Status::Run)
    }

    /// Why the command gave no password.
    pub(super) fn fetch_note(&self) -> Option<Phrase> {
        let import = self.answers.import()?;
        if let Some(withheld) = &import.withheld {
            return Some(withheld.clone());
        }
        let why = self.fetch.result()?.as_ref().err()?;
        let file = escape(&import.file);
        Some(phrase!("import-no-password", file = file, why = self.text.say(why)))
    }
}
