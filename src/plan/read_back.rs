//! What was written, read back by the consumer's own rules and compared with what was meant.

use std::path::Path;

use minijinja::Value;
use zeroize::Zeroizing;

use super::{
    Files, Order, Places, Refusal, TargetChoice,
    credential::credential,
    locate::{Location, Locations, locate},
    meant::{has_login, meant, older_secret_command, secret_command},
    render::{self, Expressions},
    values::{utf8, values},
};
use crate::{
    format::{Fault, text::account},
    mail::{Secret, Security, Setting, Settings},
    presets::{
        Target, distribution,
        target::{ReadKey, TargetFile, TargetRead, Template},
    },
};

/// The settings as the consumer would understand them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadBack {
    /// Each setting that the consumer has, but for the password; empty where the files do not say it.
    pub settings: Settings<String>,
    /// The password; `None` without a login.
    pub password: Option<ReadSecret>,
}

impl ReadBack {
    /// A setting; `None`: the consumer has no such setting.
    pub fn get(&self, setting: Setting) -> Option<&str> {
        self.settings.get(&setting).map(String::as_str)
    }
}

/// A password as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadSecret {
    /// It is in the file.
    Inline(Secret),
    /// The consumer runs this command, by `/bin/sh -c`.
    Command(String),
    /// systemd gives it by this credential, `NAME:PATH`.
    Credential(String),
}

/// Reads a target's files as they are now, as its consumer would.
///
/// # Errors
/// The target has no place here, or a file cannot be read or does not parse.
pub fn read_back(
    target: &Target,
    choice: &TargetChoice,
    profile: &str,
    places: &Places,
    files: &dyn Files,
) -> Result<ReadBack, Refusal> {
    let locations = locate(target, choice, profile, places)?;
    interpret(target, profile, &contents(&locations, files)?)
}

/// What an expression of a target finds in its files as they are.
///
/// # Errors
/// As of [`read_back`].
pub(super) fn found(
    target: &Target,
    choice: &TargetChoice,
    expression: &Template,
    profile: &str,
    places: &Places,
    files: &dyn Files,
) -> Result<Option<String>, Refusal> {
    let locations = locate(target, choice, profile, places)?;
    let known = seen_in(profile, &contents(&locations, files)?)?;
    let found = Expressions::new().text(expression.as_str(), &known);
    let found = found.map_err(|fault| Refusal::template(target, expression, fault))?;
    Ok(found.filter(|text| !text.is_empty()))
}

/// The files at these places.
fn contents<'a>(
    locations: &'a Locations<'_>,
    files: &dyn Files,
) -> Result<Vec<(&'a TargetFile, &'a Path, FileContent)>, Refusal> {
    let content = |location: &Location| {
        let existing = files.read(&location.disk).map_err(|error| Refusal::unreadable(&location.disk, error));
        existing.map(|existing| FileContent::Bytes(existing.map(|existing| Zeroizing::new(existing.into_bytes()))))
    };
    let all = locations.iter();
    all.map(|(file, location)| Ok((*file, location.disk.as_path(), content(location)?))).collect()
}

/// A file as its consumer finds it: as it is, or as it was read.
pub(super) enum FileContent {
    Bytes(Option<Zeroizing<Vec<u8>>>),
    Read(Value),
}

impl FileContent {
    /// What the consumer finds in it.
    pub(super) fn value(&self, file: &TargetFile) -> Result<Value, Fault> {
        match self {
            Self::Read(value) => Ok(value.clone()),
            Self::Bytes(bytes) => {
                let bytes = bytes.as_ref().map_or(&[][..], |bytes| bytes.as_slice());
                utf8(bytes).and_then(|text| values(file.format.rules(), text))
            }
        }
    }
}

/// What the consumer understands from these files, in the order of the target's.
///
/// A file that only some settings call for may be another program's, and is as if it were empty where it does not parse.
pub(super) fn interpret(target: &Target, profile: &str, files: &FileContents<'_>) -> Result<ReadBack, Refusal> {
    settings(target, &target.read, seen(profile, files)?)
}

/// A target's files with their places and what is in them.
pub(super) type FileContents<'a> = [(&'a TargetFile, &'a Path, FileContent)];

/// What expressions see in these files.
pub(super) fn seen_in(profile: &str, files: &FileContents<'_>) -> Result<Value, Refusal> {
    seen(profile, files).map(Value::from_pairs)
}

fn seen<'a>(profile: &str, files: &'a FileContents<'_>) -> Result<Variables<'a>, Refusal> {
    let mut known = common_variables(profile);
    for (file, path, content) in files {
        let value = match content.value(file) {
            Err(_) if file.when.is_some() => Value::UNDEFINED,
            value => value.map_err(|fault| Refusal::unparseable(path, fault))?,
        };
        known.push((&file.id, value));
    }
    Ok(known)
}

/// What expressions see, by name.
pub(super) type Variables<'a> = Vec<(&'a str, Value)>;

/// What expressions see beside the files.
pub(super) fn common_variables<'a>(profile: &str) -> Variables<'a> {
    vec![
        ("profile", Value::from(profile)),
        ("account", Value::from(account(profile))),
        ("ca_bundles", distribution::bundles("").into_iter().collect()),
    ]
}

/// What a target's expressions find in what they see.
pub(super) fn settings(target: &Target, read: &TargetRead, mut known: Variables<'_>) -> Result<ReadBack, Refusal> {
    let expressions = Expressions::new();
    if let Some(base) = read.get(ReadKey::Base) {
        let files = known.iter().map(|(name, value)| (*name, value.clone()));
        let value = expressions.value(base.as_str(), &Value::from_pairs(files));
        known.push(("base", value.map_err(|fault| Refusal::template(target, base, fault))?));
    }
    let known = Value::from_pairs(known);
    let find = |key: ReadKey| match read.get(key) {
        Some(expression) => {
            let found = expressions.value(expression.as_str(), &known);
            // `none`: as these files are, the consumer has no such setting.
            let text = |value: Value| (!value.is_none()).then(|| render::text_of(&value));
            found.map(|value| Some(text(value))).map_err(|fault| Refusal::template(target, expression, fault))
        }
        None => Ok(None),
    };
    let mut settings = Settings::new();
    for setting in Setting::ALL.into_iter().filter(|setting| *setting != Setting::Password) {
        let found = find(ReadKey::Setting(setting))?.flatten();
        settings.extend(found.map(|text| (setting, normalized(setting, text))));
    }
    let inline = find(ReadKey::Setting(Setting::Password))?.flatten().filter(|password| !password.is_empty());
    let command = find(ReadKey::SecretCommand)?.flatten().filter(|command| !command.is_empty());
    // As consumers do: a password in the file wins over a command.
    let password = match (inline, command, find(ReadKey::Credential)?.flatten()) {
        (Some(password), ..) => Some(ReadSecret::Inline(Secret::new(password))),
        (None, Some(command), _) => Some(ReadSecret::Command(command)),
        (None, None, Some(credential)) => Some(ReadSecret::Credential(credential)),
        (None, None, None) => {
            let has_login = settings.get(&Setting::Username).is_some_and(|name| !name.is_empty());
            has_login.then(|| ReadSecret::Inline(Secret::new(String::new())))
        }
    };
    Ok(ReadBack { settings, password })
}

/// A value in the one form that profiles have it in.
fn normalized(setting: Setting, text: String) -> String {
    match setting {
        Setting::PinSha256 => text.replace(':', "").to_ascii_lowercase(),
        _ => text,
    }
}

/// The settings that do not match. No values: one of them may be the password.
pub fn compare(order: &Order, places: &Places, read: &ReadBack) -> Vec<Setting> {
    let meant = meant(order, places);
    let is_same = |setting: Setting| match setting {
        Setting::Password => is_same_password(order, places, read.password.as_ref()),
        // Where the consumer has no such setting, there is nothing to compare.
        _ => read.get(setting).is_none_or(|found| is_same(setting, found, &meant)),
    };
    Setting::ALL.into_iter().filter(|setting| !is_same(*setting)).collect()
}

fn is_same(setting: Setting, found: &str, meant: &Settings<String>) -> bool {
    let get = |setting| meant.get(&setting).map(String::as_str);
    match (setting, get(setting)) {
        // Case does not matter in host names (RFC 4343).
        (Setting::Host, Some(host)) => found.eq_ignore_ascii_case(host),
        // Without encryption a consumer may have to be told to log in plainly, as mailsetup does first.
        (Setting::Auth, Some("auto")) if get(Setting::Security) == Some(Security::None.as_str()) => {
            matches!(found, "auto" | "plain")
        }
        (Setting::PinSha256, Some(pin)) => found.eq_ignore_ascii_case(pin),
        // Where none is meant, root's mail goes wherever it went before.
        // So does what a person set up for senders, where every one may leave.
        // A certificate or a proxy that a person set up, and an application's own sender's name, stay likewise.
        (Setting::RootMail | Setting::ClientCert | Setting::ClientKey | Setting::Proxy | Setting::Name, None)
        | (Setting::Senders, Some("any")) => true,
        // Who has one sender for all replaces those of the domain too; empty: a program too old to be told.
        (Setting::Senders, Some("domain")) => matches!(found, "one" | "domain" | ""),
        (Setting::Senders, meant) => found.is_empty() || Some(found) == meant,
        (_, meant) => found == meant.unwrap_or_default(),
    }
}

/// Whether the file calls `mailsetup secret` as an older version wrote it, without the server that gets the secret.
pub fn is_older_call(order: &Order, places: &Places, read: &ReadBack) -> bool {
    let call = older_secret_command(order, places.scope);
    matches!(&read.password, Some(ReadSecret::Command(command)) if *command == call)
}

/// A command that fetches the password counts as the password when it is the one that [`plan`](super::plan) writes for this
/// scope, and so does a credential.
fn is_same_password(order: &Order, places: &Places, found: Option<&ReadSecret>) -> bool {
    let has_login = has_login(order);
    match found {
        None => !has_login,
        Some(ReadSecret::Inline(secret)) => has_login && order.secret.as_ref() == Some(secret),
        Some(ReadSecret::Command(command)) => {
            let is_ours = *command == secret_command(order, places.scope);
            has_login && (is_ours || *command == older_secret_command(order, places.scope))
        }
        Some(ReadSecret::Credential(found)) => has_login && *found == credential(&order.name, places),
    }
}
