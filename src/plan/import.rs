//! Import: the settings that a person made in a consumer's files, as far as they are understood.
//!
//! Where [`compare`](super::compare) refuses what it does not know, this leaves it out.

use std::path::{Path, PathBuf};

use minijinja::Value;
use zeroize::Zeroizing;

use super::{
    Existing, Files, Places, ReadBack, ReadSecret, Refusal, Scope, TargetChoice,
    locate::{Location, Locations, locate, location},
    read_back::{Variables, common_variables, settings},
    render::Expressions,
    security_word::service,
    values::values,
};
use crate::{
    mail::{Secret, Setting, mailbox},
    presets::{
        Target,
        target::{TargetFile, TargetImport},
    },
};

/// The largest file that is read, in bytes: what people write by hand is smaller.
const LARGEST: usize = 1024 * 1024;

/// The longest value that is taken, in bytes.
const LONGEST: usize = 4096;

/// What replaces bytes that are not UTF-8.
const LOST: char = '\u{fffd}';

/// Settings that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSettings {
    /// The target, with its first file's place where that is not the usual one.
    pub choice: TargetChoice,
    /// The first file.
    pub path: PathBuf,
    /// The settings; what is empty is not there or was not understood. Without a host there are none.
    pub read: ReadBack,
}

/// Reads the settings in a target's files, where its preset says how. `None`: there is no such file, at none of its places.
///
/// # Errors
/// [`Refusal::Scope`], or a file that cannot be read or does not parse.
pub fn import(
    target: &Target,
    choice: &TargetChoice,
    places: &Places,
    files: &dyn Files,
) -> Result<Option<FoundSettings>, Refusal> {
    let Some(import) = &target.import else { return Ok(None) };
    let further = match (choice.path.is_some(), places.scope) {
        (true, _) => &[][..],
        (false, Scope::User) => &import.user,
        (false, Scope::System) => &import.system,
    };
    let at = |path: &String| TargetChoice { path: Some(path.into()), ..choice.clone() };
    for choice in std::iter::once(choice.clone()).chain(further.iter().map(at)) {
        let locations = match locate(target, &choice, "", places) {
            Ok(locations) => locations,
            // It has no usual place, but may have further ones.
            Err(_) if !further.is_empty() && choice.path.is_none() => continue,
            Err(refusal) => return Err(refusal),
        };
        let Some(path) = locations.first().map(|(_, location)| location.disk.clone()) else { continue };
        if let Some(first) = look(&path, files)? {
            let read = interpret(target, import, &locations, &first, places, files)?;
            return Ok(Some(FoundSettings { choice, path, read: tidied(read) }));
        }
    }
    Ok(None)
}

/// What a consumer's files say; `first` is the text of the first one.
fn interpret(
    target: &Target,
    import: &TargetImport,
    locations: &Locations<'_>,
    first: &str,
    places: &Places,
    files: &dyn Files,
) -> Result<ReadBack, Refusal> {
    let mut known = common_variables("default");
    for (index, (file, usual)) in locations.iter().enumerate() {
        let (path, text) = if index == 0 {
            (usual.disk.clone(), Zeroizing::new(first.to_owned()))
        } else {
            let path = place(target, import, file, usual, &known, places)?;
            let text = look(&path, files)?.unwrap_or_default();
            (path, text)
        };
        let value = values(file.format.rules(), &text).map_err(|fault| Refusal::unparseable(&path, fault))?;
        known.push((&file.id, value));
    }
    settings(target, &import.read.or(&target.read), known)
}

/// Where a file is; the files before it may name it.
fn place(
    target: &Target,
    import: &TargetImport,
    file: &TargetFile,
    usual: &Location,
    known: &Variables<'_>,
    places: &Places,
) -> Result<PathBuf, Refusal> {
    let Some(expression) = import.path.get(&file.id) else { return Ok(usual.disk.clone()) };
    let known = Value::from_pairs(known.iter().map(|(name, value)| (*name, value.clone())));
    let said = Expressions::new().text(expression.as_str(), &known);
    let said = said.map_err(|fault| Refusal::template(target, expression, fault))?;
    let said = said.filter(|path| Path::new(path).is_absolute());
    Ok(said.map_or_else(|| usual.disk.clone(), |path| location(Path::new(&path), false, places).disk))
}

/// The text of a file, with line ends as Unix has them and [`LOST`] for what is not UTF-8.
fn look(path: &Path, files: &dyn Files) -> Result<Option<Zeroizing<String>>, Refusal> {
    let unreadable = |error| Refusal::unreadable(path, error);
    let Some(bytes) = files.read(path).map_err(unreadable)?.map(Existing::into_bytes).map(Zeroizing::new) else {
        return Ok(None);
    };
    if bytes.len() > LARGEST {
        return Err(unreadable(std::io::ErrorKind::FileTooLarge.into()));
    }
    let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(Some(Zeroizing::new(text.replace("\r\n", "\n"))))
}

/// The settings without values that cannot be used.
fn tidied(mut read: ReadBack) -> ReadBack {
    read.settings.retain(|_, value| !is_foreign(value));
    read.settings.retain(|setting, value| *setting != Setting::Username || !value.is_empty());
    read.password = read.password.filter(|password| match password {
        ReadSecret::Inline(secret) => is_password(secret),
        ReadSecret::Command(command) => !is_foreign(command),
        ReadSecret::Credential(_) => false,
    });
    if let Some(port) = read.get(Setting::Port).and_then(service) {
        read.settings.insert(Setting::Port, port.to_owned());
    }
    if let Some((name, address)) = read.get(Setting::Sender).and_then(named) {
        read.settings.insert(Setting::Name, name);
        read.settings.insert(Setting::Sender, address);
    }
    read.settings.retain(|setting, value| *setting != Setting::Name || !value.is_empty());
    read
}

/// Whether a value cannot be used as it is: too long, not text, or a reference that another program would resolve.
fn is_foreign(value: &str) -> bool {
    value.len() > LONGEST || value.contains(LOST) || is_reference(value)
}

fn is_password(secret: &Secret) -> bool {
    let text = secret.expose();
    !text.is_empty() && !is_foreign(text) && !text.contains(['\0', '\n', '\r'])
}

/// Whether a value only names where the value is: `${NAME}`, `$(command)`, `$__env{NAME}`, `{{ name }}`, `<name>`.
fn is_reference(value: &str) -> bool {
    let pairs = [("${", "}"), ("$(", ")"), ("$__", "}"), ("{{", "}}"), ("<", ">")];
    pairs.iter().any(|(open, close)| value.starts_with(open) && value.ends_with(close))
}

/// The name and the address of `Name <address>`; `None` where there is no name.
fn named(text: &str) -> Option<(String, String)> {
    let (name, address) = mailbox::split(text);
    (!name.is_empty()).then(|| (name.into_owned(), address.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_something_else() {
        for value in ["${SMTP_HOST}", "$(cat /x)", "$__env{PW}", "{{ vault_pw }}", "<password>", "caf\u{fffd}"] {
            assert!(is_foreign(value), "{value}");
        }
        for value in ["$ecret}", "${half", "a<b>", ""] {
            assert!(!is_foreign(value), "{value}");
        }
        assert!(is_foreign(&"x".repeat(LONGEST + 1)));
    }
}
