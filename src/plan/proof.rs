//! The proof: what was written, read back by the consumer's own rules and held against what was meant.

use std::{fmt, path::Path};

use minijinja::Value;

use super::{
    Files, Order, Places, Refusal, TargetChoice,
    context::{CA_BUNDLES, account, has_login, root_mail, secret_command, trust},
    credential::credential,
    locate,
    render::Expressions,
    values::values,
};
use crate::{
    format::{Fault, FaultKind},
    mail::{Secret, Security},
    presets::{
        Target,
        target::{TargetFile, TargetRead},
    },
};

/// The settings as the consumer would understand them. `None`: the consumer has no such setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBack {
    /// Host name or address; empty when it is not there.
    pub host: Option<String>,
    /// Port, as it stands there.
    pub port: Option<String>,
    /// `tls`, `starttls` or `none`; any other word when the consumer would not check the certificate.
    pub security: Option<String>,
    /// Login name; empty without a login.
    pub username: Option<String>,
    /// The password; `None` without a login.
    pub password: Option<ReadSecret>,
    /// `auto`, `none` or a mechanism.
    pub auth: Option<String>,
    /// The sender's address.
    pub sender: Option<String>,
    /// The sender's name; empty for none.
    pub sender_name: Option<String>,
    /// Where answers go; empty for none.
    pub reply_to: Option<String>,
    /// Where root's mail goes; empty where nothing says so.
    pub root_mail: Option<String>,
    /// The name that EHLO gives.
    pub ehlo: Option<String>,
    /// PEM file of the authority that is trusted; empty for the system's.
    pub ca_file: Option<String>,
    /// SHA-256 of the certificate that is trusted, lower case without colons; empty for none.
    pub pin_sha256: Option<String>,
}

/// A password as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadSecret {
    /// It stands in the file.
    Inline(Secret),
    /// The consumer runs this command, by `/bin/sh -c`.
    Command(String),
    /// systemd gives it by this credential, `NAME:PATH`.
    Credential(String),
}

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Host name or address.
    Host,
    /// Port.
    Port,
    /// TLS, STARTTLS or none, and whether the certificate is checked.
    Security,
    /// Login mechanism.
    Auth,
    /// Login name.
    Username,
    /// Password.
    Password,
    /// Sender's address.
    Sender,
    /// Sender's name.
    SenderName,
    /// Where answers go.
    ReplyTo,
    /// Where root's mail goes.
    RootMail,
    /// The name that EHLO gives.
    Ehlo,
    /// The authority that is trusted.
    CaFile,
    /// The certificate that is trusted.
    Pin,
}

impl Field {
    /// The word that sentences and JSON use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Port => "port",
            Self::Security => "security",
            Self::Auth => "auth",
            Self::Username => "username",
            Self::Password => "password",
            Self::Sender => "sender",
            Self::SenderName => "name",
            Self::ReplyTo => "reply_to",
            Self::RootMail => "root_mail",
            Self::Ehlo => "ehlo",
            Self::CaFile => "ca_file",
            Self::Pin => "pin_sha256",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A setting that did not come back as it was meant. It holds no values: one of them may be the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch {
    /// Which one.
    pub field: Field,
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
    let spots = locate::spots(target, choice, places)?;
    let mut read = Vec::with_capacity(spots.len());
    for (file, spot) in &spots {
        let existing = files.read(&spot.disk).map_err(|error| Refusal::unreadable(&spot.disk, &error))?;
        read.push((*file, spot.disk.as_path(), existing.map(super::Existing::into_bytes)));
    }
    understand(target, profile, &read)
}

/// What the consumer understands from these files, in the order of the target's.
///
/// A file that only some settings call for may be another program's, and is as if it were empty where it does not parse.
pub(super) fn understand(
    target: &Target,
    profile: &str,
    files: &[(&TargetFile, &Path, Option<Vec<u8>>)],
) -> Result<ReadBack, Refusal> {
    let mut known = beside_files(profile);
    for (file, path, bytes) in files {
        let value = match utf8(bytes.as_deref().unwrap_or_default()).and_then(|text| values(file.format.rules(), text)) {
            Err(_) if file.when.is_some() => Value::UNDEFINED,
            value => value.map_err(|fault| Refusal::unparseable(path, fault))?,
        };
        known.push((&file.id, value));
    }
    settings(&target.key, &target.read, known)
}

/// What expressions see, by name.
pub(super) type Known<'a> = Vec<(&'a str, Value)>;

/// What expressions see beside the files.
pub(super) fn beside_files<'a>(profile: &str) -> Known<'a> {
    vec![
        ("profile", Value::from(profile)),
        ("account", Value::from(account(profile))),
        ("ca_bundles", CA_BUNDLES.iter().copied().collect()),
    ]
}

/// What a target's expressions find in what they see.
pub(super) fn settings(key: &str, read: &TargetRead, mut known: Known<'_>) -> Result<ReadBack, Refusal> {
    let expressions = Expressions::new();
    if let Some(base) = &read.base {
        let files = known.iter().map(|(name, value)| (*name, value.clone()));
        let value = expressions.value(base, &Value::from_pairs(files)).map_err(|fault| Refusal::template(key, fault))?;
        known.push(("base", value));
    }
    let known = Value::from_pairs(known);
    let get = |expression: &str| expressions.text(expression, &known).map_err(|fault| Refusal::template(key, fault));
    let find = |expression: &Option<String>| match expression {
        Some(expression) => get(expression).map(|value| Some(value.unwrap_or_default())),
        None => Ok(None),
    };
    let username = find(&read.username)?;
    let inline = find(&read.password)?.filter(|password| !password.is_empty());
    let command = find(&read.secret_command)?.filter(|command| !command.is_empty());
    // As consumers do: a password in the file wins over a command.
    let password = match (inline, command, find(&read.credential)?) {
        (Some(password), ..) => Some(ReadSecret::Inline(Secret::new(password))),
        (None, Some(command), _) => Some(ReadSecret::Command(command)),
        (None, None, Some(credential)) => Some(ReadSecret::Credential(credential)),
        (None, None, None) => {
            let has_login = username.as_ref().is_some_and(|name| !name.is_empty());
            has_login.then(|| ReadSecret::Inline(Secret::new(String::new())))
        }
    };
    Ok(ReadBack {
        host: find(&read.host)?,
        port: find(&read.port)?,
        security: find(&read.security)?,
        username,
        password,
        auth: find(&read.auth)?,
        sender: find(&read.sender)?,
        sender_name: find(&read.sender_name)?,
        reply_to: find(&read.reply_to)?,
        root_mail: find(&read.root_mail)?,
        ehlo: find(&read.ehlo)?,
        ca_file: find(&read.ca_file)?,
        pin_sha256: find(&read.pin_sha256)?.map(|pin| pin.replace(':', "").to_ascii_lowercase()),
    })
}

/// What does not match. A command that fetches the password counts as the password when it is the one that
/// [`plan`](super::plan) writes for this scope, and so does a credential.
pub fn compare(order: &Order, places: &Places, read: &ReadBack) -> Vec<Mismatch> {
    let smtp = &order.profile.smtp;
    let sender = &order.profile.sender;
    let has_login = has_login(order);
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    // Where the consumer has no such setting, there is nothing to compare.
    let same = |found: &Option<String>, meant: String| found.as_ref().is_none_or(|found| *found == meant);
    let password = match &read.password {
        None => !has_login,
        Some(ReadSecret::Inline(secret)) => has_login && order.secret.as_ref() == Some(secret),
        Some(ReadSecret::Command(command)) => has_login && *command == secret_command(order, places.scope),
        Some(ReadSecret::Credential(found)) => has_login && *found == credential(&order.name, places),
    };
    let trust = trust(order);
    let ca_file = trust.ca_file.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let auth = if has_login { smtp.auth.clone() } else { "none".to_owned() };
    let root_mail = root_mail(order, places.scope);
    // Without encryption a consumer may have to be told to log in plainly, as mailsetup does first.
    let plainly = smtp.security == Security::None && auth == "auto" && read.auth.as_deref() == Some("plain");
    let checks = [
        (Field::Host, read.host.as_ref().is_none_or(|found| found.eq_ignore_ascii_case(&smtp.host))),
        (Field::Port, same(&read.port, smtp.port.to_string())),
        (Field::Security, same(&read.security, smtp.security.to_string())),
        (Field::Auth, plainly || same(&read.auth, auth)),
        (Field::Username, same(&read.username, smtp.username.clone().filter(|_| has_login).unwrap_or_default())),
        (Field::Password, password),
        (Field::Sender, same(&read.sender, sender.address.clone())),
        (Field::SenderName, same(&read.sender_name, text(&sender.name))),
        (Field::ReplyTo, same(&read.reply_to, text(&sender.reply_to))),
        // Where nothing is meant, it goes wherever it went before.
        (Field::RootMail, root_mail.is_none_or(|address| same(&read.root_mail, address.clone()))),
        (Field::Ehlo, same(&read.ehlo, smtp.ehlo.clone())),
        (Field::CaFile, same(&read.ca_file, ca_file)),
        (Field::Pin, same(&read.pin_sha256, text(&trust.pin_sha256).to_ascii_lowercase())),
    ];
    checks.into_iter().filter(|(_, is_same)| !is_same).map(|(field, _)| Mismatch { field }).collect()
}

/// The text of a file.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        Fault { line, kind: FaultKind::NotUtf8 }
    })
}
