//! Settings that programs here have, as answers to start from.

use std::collections::BTreeMap;

use super::{
    discovery::fits,
    field::Field,
    parsing::Parsing,
    value::{AnswerValue, ProviderChoice},
};
use crate::{
    discover,
    mail::{
        Address, Auth, Endpoint, Port, Secret, Security, Setting, endpoint::is_loopback, reply::escape, yes_no::YesNoWords,
    },
    plan::{ReadBack, ReadSecret, TargetChoice},
    presets::{Catalog, Lang, Phrase, Provider},
};

/// Settings that a program here has, as answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The answer that takes them: `TARGET` or `TARGET=PATH`.
    pub word: String,
    /// The program's name.
    pub program: String,
    /// The file, as a person knows it.
    pub file: String,
    /// The answers.
    pub answers: BTreeMap<Field, AnswerValue>,
    /// The password, where the file contains it.
    pub secret: Option<Secret>,
    /// The command that prints it, where the file has one.
    pub command: Option<String>,
    /// Why that command is not run, where others can change what it says.
    pub withheld: Option<Phrase>,
}

impl Import {
    /// Settings as they were read. What cannot be an answer is left out; `None` when there is no server among it.
    pub fn new(word: String, program: String, file: String, read: ReadBack, catalog: &Catalog) -> Option<Self> {
        let mut answers = BTreeMap::new();
        let mut take = |field: Field, text: Option<&str>| {
            answers.extend(text.and_then(|text| parsed(field, text, catalog)).map(|value| (field, value)));
        };
        // An address as login name is the sender's, unless another sender is given.
        take(Field::Address, read.get(Setting::Username).filter(|name| name.parse::<Address>().is_ok()));
        for field in Field::ALL {
            let text = field.spec().imported.and_then(|setting| read.get(setting));
            take(field, text.filter(|text| field != Field::Auth || *text != Auth::Auto.as_str()));
        }
        let Some(AnswerValue::Host(host)) = answers.get(&Field::Host) else { return None };
        let logs_in = answers.get(&Field::Auth) != Some(&Auth::None.into());
        if !logs_in {
            answers.remove(&Field::Username);
        } else if !is_loopback(host) && answers.get(&Field::Security) == Some(&Security::None.into()) {
            // A login in clear text is never proposed.
            answers.remove(&Field::Security);
        }
        let provider = ProviderChoice::of_key(provider(&answers, catalog).map(|provider| provider.key.as_str()));
        answers.insert(Field::Provider, provider.into());
        // Targets are joined by commas. What sends through another target is no place for the settings that it offers here.
        let leads_on = catalog.target(&TargetChoice::parse(&word).key).is_some_and(|target| target.through.is_some());
        if !word.contains(',') && !leads_on {
            answers.insert(Field::Targets, AnswerValue::Targets(vec![TargetChoice::parse(&word)]));
        }
        let (secret, command) = match read.password.filter(|_| logs_in) {
            Some(ReadSecret::Inline(secret)) => (Some(secret), None),
            Some(ReadSecret::Command(command)) => {
                (None, parsed(Field::SecretCommand, &command, catalog).map(|command| command.to_string()))
            }
            Some(ReadSecret::Credential(_)) | None => (None, None),
        };
        Some(Self { word, program, file, answers, secret, command, withheld: None })
    }

    /// The server and the login name, in a few words.
    pub(super) fn summary(&self) -> String {
        let text = |field: Field| self.answers.get(&field).map(ToString::to_string);
        let server = match (self.answers.get(&Field::Host), self.answers.get(&Field::Port)) {
            (Some(AnswerValue::Host(host)), Some(AnswerValue::Port(port))) => {
                Endpoint { host: host.to_string(), port: port.get(), security: Security::Tls }.authority()
            }
            _ => text(Field::Host).unwrap_or_default(),
        };
        let login = text(Field::Username).map(|name| format!(", {name}")).unwrap_or_default();
        server + &login
    }

    /// Whether the command is mailsetup's own.
    pub(super) fn is_own(command: &str) -> bool {
        let words = shlex::split(command).unwrap_or_default();
        let is_own = |pair: &[String]| pair[0].rsplit('/').next() == Some("mailsetup") && pair[1] == "secret";
        words.windows(2).any(is_own)
    }
}

/// A setting as an answer; `None` where it cannot be one, or where a terminal would show something else.
fn parsed(field: Field, text: &str, catalog: &Catalog) -> Option<AnswerValue> {
    let value = field.spec().parse(text, &Parsing { catalog, lang: Lang::EN, yes_no: YesNoWords::default() }).ok()?;
    let shown = value.to_string();
    (!shown.is_empty() && escape(&shown) == shown).then_some(value)
}

/// The provider whose server it is: that of the address first.
fn provider<'a>(answers: &BTreeMap<Field, AnswerValue>, catalog: &'a Catalog) -> Option<&'a Provider> {
    let host = answers.get(&Field::Host)?.to_string();
    let (port, security) = (answers.get(&Field::Port), answers.get(&Field::Security));
    let is_server = |server: &Endpoint| {
        // A gap alone would fit every host.
        let is_telling = !server.host.ends_with('}');
        is_telling
            && fits(&server.host, &host)
            && port.is_none_or(|port| Port::new(server.port).is_some_and(|known| *port == known.into()))
            && security.is_none_or(|mode| *mode == server.security.into())
    };
    let address = match answers.get(&Field::Address) {
        Some(AnswerValue::Address(address)) => Some(address),
        _ => None,
    };
    let domain = address.map(|address| address.domain().to_owned());
    let of_address = address.and_then(|address| discover::known(address, catalog));
    let of_address = of_address.filter(|proposal| proposal.smtp.iter().any(|server| is_server(&server.endpoint)));
    of_address
        .and_then(|proposal| catalog.provider(&proposal.provider?))
        .or_else(|| catalog.provider_of_server(&host, domain.as_deref()).filter(|it| it.smtp.iter().any(is_server)))
}
