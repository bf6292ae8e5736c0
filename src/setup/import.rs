//! What programs here have already, and the answers that follow from it.

use std::collections::BTreeMap;

use super::{Answers, Choice, Effect, Field, Given, Setup, Source, Work, found::fits, validate::validate};
use crate::{
    discover,
    mail::{Address, Endpoint, Secret, Security, Setting, StoreKind, endpoint::is_loopback, reply::escape},
    phrase,
    plan::{ReadBack, ReadSecret},
    presets::{Catalog, Lang, Phrase, Provider},
};

/// The answer that starts from nothing.
pub(super) const NONE: &str = "none";

/// The settings that are taken over, and the answers that they become.
const SETTINGS: [(Setting, Field); 11] = [
    (Setting::Host, Field::Host),
    (Setting::Port, Field::Port),
    (Setting::Security, Field::Security),
    (Setting::Auth, Field::Auth),
    (Setting::Username, Field::Username),
    (Setting::Sender, Field::Address),
    (Setting::Name, Field::Name),
    (Setting::ReplyTo, Field::ReplyTo),
    (Setting::Ehlo, Field::Ehlo),
    (Setting::CaFile, Field::CaFile),
    (Setting::PinSha256, Field::Pin),
];

/// Settings that a program here has, as answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The answer that takes them: `TARGET` or `TARGET=PATH`.
    pub word: String,
    /// The program's name.
    pub program: String,
    /// The file, as a person knows it.
    pub file: String,
    /// The answers, in the form in which they are kept.
    pub answers: BTreeMap<Field, String>,
    /// The password, where it stands in the file.
    pub secret: Option<Secret>,
    /// The command that prints it, where the file has one.
    pub command: Option<String>,
}

impl Import {
    /// Settings as they were read. What no answer can be is left out; `None` when there is no server among it.
    pub fn new(word: String, program: String, file: String, read: ReadBack, catalog: &Catalog) -> Option<Self> {
        let mut answers = BTreeMap::new();
        let kept = |field: Field, value: &str| {
            let kept = validate(field, value, catalog, Lang::En).ok();
            // What a terminal cannot show as it is would be seen as something else.
            kept.filter(|value| !value.is_empty() && escape(value) == *value)
        };
        let mut take = |field: Field, value: Option<&str>| {
            answers.extend(value.and_then(|value| kept(field, value)).map(|value| (field, value)));
        };
        let username = read.get(Setting::Username);
        // Who logs in with an address sends with it, as far as nothing else is said.
        take(Field::Address, username.filter(|name| name.parse::<Address>().is_ok()));
        for (setting, field) in SETTINGS {
            let is_automatic = |value: &&str| setting == Setting::Auth && *value == "auto";
            take(field, read.get(setting).filter(|value| !is_automatic(value)));
        }
        let host = answers.get(&Field::Host)?.clone();
        let logs_in = answers.get(&Field::Auth).is_none_or(|auth| auth != "none");
        if !logs_in {
            answers.remove(&Field::Username);
        } else if !is_loopback(&host) && answers.get(&Field::Security).is_some_and(|mode| mode == Security::None.as_str()) {
            // A login in clear text is never proposed.
            answers.remove(&Field::Security);
        }
        let provider = provider(&answers, catalog).map_or("custom", |provider| provider.key.as_str());
        answers.insert(Field::Provider, provider.to_owned());
        // Targets are joined by commas.
        if !word.contains(',') {
            answers.insert(Field::Targets, word.clone());
        }
        let (secret, command) = match read.password.filter(|_| logs_in) {
            Some(ReadSecret::Inline(secret)) => (Some(secret), None),
            Some(ReadSecret::Command(command)) => (None, kept(Field::SecretCommand, &command)),
            Some(ReadSecret::Credential(_)) | None => (None, None),
        };
        Some(Self { word, program, file, answers, secret, command })
    }

    fn value(&self, field: Field) -> Option<&str> {
        self.answers.get(&field).map(String::as_str)
    }

    /// The server and the login name, in a few words.
    fn summary(&self) -> String {
        let host = self.value(Field::Host).unwrap_or_default();
        let port = self.value(Field::Port).and_then(|port| port.parse().ok());
        let security = Security::Tls;
        let server =
            port.map_or_else(|| host.to_owned(), |port| Endpoint { host: host.to_owned(), port, security }.authority());
        let login = self.value(Field::Username).map(|name| format!(", {name}")).unwrap_or_default();
        server + &login
    }

    /// Whether the command is mailsetup's own.
    fn is_own(command: &str) -> bool {
        let words = shlex::split(command).unwrap_or_default();
        let is_own = |pair: &[String]| pair[0].rsplit('/').next() == Some("mailsetup") && pair[1] == "secret";
        words.windows(2).any(is_own)
    }
}

/// The provider whose server it is: that of the address first.
fn provider<'a>(answers: &BTreeMap<Field, String>, catalog: &'a Catalog) -> Option<&'a Provider> {
    let host = answers.get(&Field::Host)?;
    let port = answers.get(&Field::Port).and_then(|port| port.parse::<u16>().ok());
    let security = answers.get(&Field::Security).and_then(|word| word.parse::<Security>().ok());
    let is_server = |server: &Endpoint| {
        // A gap alone would stand for every host.
        let is_telling = !server.host.ends_with('}');
        is_telling
            && fits(&server.host, host)
            && port.is_none_or(|port| port == server.port)
            && security.is_none_or(|mode| mode == server.security)
    };
    let address = answers.get(&Field::Address).and_then(|address| address.parse::<Address>().ok());
    let of_address = address.and_then(|address| discover::known(&address, catalog));
    let of_address = of_address.filter(|proposal| proposal.smtp.iter().any(|server| is_server(&server.endpoint)));
    of_address
        .and_then(|proposal| catalog.provider(&proposal.provider?))
        .or_else(|| catalog.providers().find(|provider| provider.smtp.iter().any(is_server)))
}

impl Answers {
    /// The settings that are started from.
    pub(super) fn import(&self) -> Option<&Import> {
        let chosen = &self.given.get(&Field::Import)?.value;
        self.imports.iter().find(|import| import.word == *chosen)
    }

    /// Whether the settings that are started from hold for the chosen server: with another provider they do not.
    fn goes_along(&self, import: &Import) -> bool {
        let chosen = self.given.get(&Field::Provider).map(|answer| answer.value.as_str());
        chosen.is_none_or(|key| key == "custom" || Some(key) == import.value(Field::Provider))
    }

    /// The value that follows from the settings that are started from.
    pub(super) fn imported(&self, field: Field) -> Option<(String, Source)> {
        let import = self.import()?;
        if Field::HANGING.contains(&field) && !self.goes_along(import) {
            return None;
        }
        let is_replaced = |other: Field| {
            let given = self.given.get(&other).map(|answer| answer.value.as_str());
            given.is_some() && given != import.value(other)
        };
        let value = match field {
            Field::Provider if self.given.contains_key(&Field::Host) => None,
            // The mode and its usual port follow each other.
            Field::Port if is_replaced(Field::Security) => None,
            Field::Security if is_replaced(Field::Port) => None,
            Field::SecretStore => self.imported_command().map(|_| StoreKind::Command.as_str()),
            Field::SecretCommand => self.imported_command(),
            _ => import.value(field),
        };
        value.map(|value| (value.to_owned(), Source::Imported))
    }

    /// The password that comes with the settings that are started from.
    pub(super) fn imported_secret(&self) -> Option<&Secret> {
        let import = self.import().filter(|import| self.goes_along(import))?;
        import.secret.as_ref().or(self.fetched.as_ref())
    }

    /// The command to go on fetching the password by: one of the person's own that gave it, and does not say it itself.
    fn imported_command(&self) -> Option<&str> {
        let command = self.import()?.command.as_deref()?;
        let secret = self.imported_secret().filter(|_| self.secret.is_none())?;
        (!Import::is_own(command) && !command.contains(secret.expose())).then_some(command)
    }

    /// The password: as it was given, else as it comes with the settings that are started from.
    pub(super) fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref().map(|given: &Given| &given.secret).or_else(|| self.imported_secret())
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
        let none = self.words("import", [NONE]);
        self.answers.imports.iter().map(choice).chain(none).collect()
    }

    /// What is said of a single one that was found.
    pub(super) fn import_help(&self) -> Option<String> {
        let [import] = self.answers.imports.as_slice() else { return None };
        let found =
            phrase!("import-found", settings = import.summary(), file = escape(&import.file), program = import.program);
        Some(self.text.say(&found))
    }

    /// The command to run for the password of the settings that are started from.
    pub(super) fn fetch_order(&self) -> Option<String> {
        let answers = &self.answers;
        let import = answers.import().filter(|import| answers.goes_along(import) && answers.secret.is_none())?;
        import.command.clone().filter(|_| import.secret.is_none() && answers.logs_in())
    }

    pub(super) fn fetch_effect(&self) -> Option<Effect> {
        self.fetch.effect(|command| Work::Fetch(command.clone()))
    }

    /// The command, when the password is what is missing now.
    pub(super) fn fetch_first(&self, open: Option<Field>) -> Option<super::Status> {
        self.fetch_effect().filter(|_| open == Some(Field::Password)).map(super::Status::Run)
    }

    /// Why the command gave no password.
    pub(super) fn fetch_note(&self) -> Option<Phrase> {
        let why = self.fetch.result()?.as_ref().err()?;
        let file = escape(&self.answers.import()?.file);
        Some(phrase!("import-no-password", file = file, why = self.text.say(why)))
    }
}
