//! msmtprc (msmtp(1); `read_conffile` in msmtp's `conf.c`): sections `defaults` and `account NAME [: OTHER,...]`, in each
//! one command a line.
//!
//! msmtp: the rest of the line; blanks at the ends are dropped, then one pair of double quotes; there are no escapes
//! (msmtp's `conf.c`, `trim_string`, 1.8.23 and 1.8.32).

use std::collections::BTreeMap;

use super::{
    doc::{FileDoc, Node, Tree},
    file_format::FileFormat,
    text::{Fault, FaultKind, Unfit, is_plain, lines},
};

/// msmtprc: the rest of the line, one pair of double quotes taken off, no escapes.
pub(crate) struct Msmtprc;

impl FileFormat for Msmtprc {
    fn word(&self) -> &'static str {
        "msmtprc"
    }

    /// It has accounts that inherit in place of keys.
    fn read(&self, _text: &str) -> Result<FileDoc, Fault> {
        Ok(FileDoc::default())
    }

    fn tree(&self, text: &str) -> Result<Tree, Fault> {
        let group =
            |settings: Settings| Node::Group(settings.into_iter().map(|(key, value)| (key, Node::Text(value))).collect());
        Ok(accounts(text)?.into_iter().map(|(name, settings)| (name, group(settings))).collect())
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        quote(value)
    }

    fn surroundings(&self, before: &str, after: &str) -> BTreeMap<&'static str, bool> {
        surroundings(before, after)
    }
}

/// What msmtp reads at once: a line that does not end within it is refused (`LINEBUFSIZE`).
const LINE_LIMIT: usize = 500;

type Settings = BTreeMap<String, String>;

/// What msmtp assumes for what no line says.
const ASSUMED: [(&str, &str); 15] = [
    ("host", ""),
    ("port", "25"),
    ("auth", "off"),
    ("user", ""),
    ("password", ""),
    ("passwordeval", ""),
    ("from", ""),
    ("domain", "localhost"),
    ("auto_from", "off"),
    ("protocol", "smtp"),
    ("tls", "off"),
    ("tls_starttls", "on"),
    ("tls_certcheck", "on"),
    ("tls_trust_file", "system"),
    ("tls_fingerprint", ""),
];

/// Every account with what it inherits, by name.
fn accounts(text: &str) -> Result<BTreeMap<String, Settings>, Fault> {
    let mut defaults: Settings = ASSUMED.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let mut found: BTreeMap<String, Settings> = BTreeMap::new();
    // What an account says itself, which is all that another one takes from it.
    let mut own: BTreeMap<String, Settings> = BTreeMap::new();
    let mut section = Section::Start;
    for (number, bare, whole) in lines(text) {
        if whole.len() > LINE_LIMIT || (whole.len() == LINE_LIMIT && !text[whole].ends_with('\n')) {
            return Err(Fault::at(number, FaultKind::LongLine));
        }
        let Some((command, argument)) = command(&text[bare]) else { continue };
        match command {
            "defaults" => section = Section::Defaults,
            "account" => {
                let (name, others) =
                    argument.split_once(':').map_or((argument, None), |(name, others)| (trim(name), Some(others)));
                if found.contains_key(name) {
                    return Err(Fault::at(number, FaultKind::AccountTwice));
                }
                let mut settings = defaults.clone();
                let mut said = Settings::new();
                for other in others.into_iter().flat_map(|others| others.split(',')) {
                    let other = own.get(trim(other)).ok_or(Fault::at(number, FaultKind::AccountUnknown))?;
                    said.extend(other.clone());
                }
                settings.extend(said.clone());
                found.insert(name.to_owned(), settings);
                own.insert(name.to_owned(), said);
                section = Section::Account(name.to_owned());
            }
            _ => {
                // As in msmtp 1.2: without any section, the commands are those of the account `default`.
                if matches!(section, Section::Start) {
                    section = Section::Account("default".to_owned());
                    found.insert("default".to_owned(), defaults.clone());
                }
                let value = normal(command, argument);
                match &section {
                    Section::Account(name) => {
                        for settings in [&mut found, &mut own] {
                            settings.entry(name.clone()).or_default().insert(command.to_owned(), value.to_owned());
                        }
                    }
                    Section::Start | Section::Defaults => {
                        defaults.insert(command.to_owned(), value.to_owned());
                    }
                }
            }
        }
    }
    Ok(found)
}

enum Section {
    Start,
    Defaults,
    Account(String),
}

/// `default_taken`: another account is the one that is used when none is named. `password_inherited`: the defaults hold a
/// password, and msmtp then never asks `passwordeval`.
fn surroundings(before: &str, after: &str) -> BTreeMap<&'static str, bool> {
    let mut default_taken = false;
    let mut inherited = "";
    let mut section = "";
    for (text, inherits) in [(before, true), (after, false)] {
        for (_, bare, _) in lines(text) {
            let Some((command, argument)) = command(&text[bare]) else { continue };
            match command {
                "defaults" => section = "defaults",
                "account" => {
                    section = "account";
                    let name = argument.split(':').next().unwrap_or_default();
                    default_taken |= trim(name) == "default";
                }
                "password" if section == "defaults" && inherits => inherited = argument,
                _ if section.is_empty() && inherits => {
                    section = "account";
                    default_taken = true;
                }
                _ => {}
            }
        }
    }
    BTreeMap::from([("default_taken", default_taken), ("password_inherited", !inherited.is_empty())])
}

/// A line's command and its argument (`get_cmd`); `None` for an empty line and a comment.
fn command(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches([' ', '\t']);
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let end = line.find([' ', '\t']).unwrap_or(line.len());
    Some((&line[..end], trim(&line[end..])))
}

/// Blanks at the ends are dropped, then one pair of double quotes (`trim_string`).
fn trim(text: &str) -> &str {
    let text = text.trim_matches([' ', '\t']);
    text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text)
}

/// A switch without an argument is on.
fn normal<'a>(command: &str, argument: &'a str) -> &'a str {
    let is_switch = matches!(command, "auth" | "tls" | "tls_starttls" | "tls_certcheck" | "auto_from");
    if is_switch && argument.is_empty() { "on" } else { argument }
}

/// Longest value in bytes. msmtp refuses a line of 500 bytes or more (`LINEBUFSIZE` in `conf.c`); the longest command name
/// of ours, its blank, two quotes and the line break take the rest.
const LIMIT: usize = 480;

fn quote(value: &str) -> Result<String, Unfit> {
    if value.len() > LIMIT {
        return Err(Unfit::TooLong(LIMIT));
    }
    Ok(if is_plain(value) { value.to_owned() } else { format!("\"{value}\"") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "defaults\nauth on\ntls\naccount work\nhost mail.test\npassword \"a \"b\"\"\r\n\
                          # note\naccount home : work\n  host  other.test \ntls_starttls off\naccount default : home\n";

    #[test]
    fn inheritance() {
        let accounts = accounts(SAMPLE).unwrap();
        let get = |account: &str, key: &str| accounts[account][key].clone();
        assert_eq!(get("work", "password"), "a \"b\"");
        assert_eq!(get("default", "password"), "a \"b\"");
        assert_eq!(get("default", "host"), "other.test");
        assert_eq!(get("default", "tls"), "on");
        assert_eq!(get("default", "tls_starttls"), "off");
        assert_eq!(get("work", "tls_starttls"), "on");
    }

    #[test]
    fn faults() {
        assert_eq!(accounts("account a\naccount a\n").unwrap_err(), Fault { line: 2, kind: FaultKind::AccountTwice });
        assert_eq!(accounts("account a : b\n").unwrap_err(), Fault { line: 1, kind: FaultKind::AccountUnknown });
        let long = format!("account a\npassword {}\n", "x".repeat(491));
        assert_eq!(accounts(&long).unwrap_err(), Fault { line: 2, kind: FaultKind::LongLine });
        assert!(accounts(&long.replacen('x', "", 1)).is_ok());
    }

    #[test]
    fn what_stands_around() {
        assert!(surroundings(SAMPLE, "")["default_taken"]);
        assert!(surroundings("host x\n", "")["default_taken"]);
        let facts = surroundings("defaults\npassword x\n", "account default\n");
        assert!(facts["default_taken"] && facts["password_inherited"]);
        let facts = surroundings("defaults\npassword x\npassword\naccount a\npassword y\n", "defaults\npassword x\n");
        assert!(!facts["default_taken"] && !facts["password_inherited"]);
    }

    #[test]
    fn raw_in_one_pair_of_quotes() {
        assert_eq!(quote("hunter2").as_deref(), Ok("hunter2"));
        assert_eq!(quote("p@ss \"w\\ord#1").as_deref(), Ok("\"p@ss \"w\\ord#1\""));
        assert_eq!(quote(" \" ").as_deref(), Ok("\" \" \""));
        assert_eq!(quote("").as_deref(), Ok("\"\""));
        assert_eq!(quote(&"é".repeat(241)), Err(Unfit::TooLong(480)));
    }
}
