//! msmtprc (msmtp(1), "CONFIGURATION FILES"; `read_conffile` in msmtp's `src/conf.c`): sections `defaults` and `account NAME
//! [: OTHER,...]`, in each one command a line. An argument is the rest of the line: blanks at the ends are dropped, then one
//! pair of double quotes; there are no escapes (`trim_string`, 1.8.23 and 1.8.32).

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::{
    doc::{FileDoc, FileEntry, Tree, TreeNode},
    file_format::FileFormat,
    text::{Fault, FaultKind, Unfit, is_plain, lines},
};

/// msmtprc: the rest of the line, one pair of double quotes taken off, no escapes.
pub(crate) struct Msmtprc;

impl FileFormat for Msmtprc {
    fn word(&self) -> &'static str {
        "msmtprc"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        statements(text).map(FileDoc::flat)
    }

    /// Accounts by name, each with what it inherits.
    fn tree(&self, doc: FileDoc) -> Tree {
        accounts(doc.entries)
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

/// What begins the defaults, and an account.
const DEFAULTS: &str = "defaults";
const ACCOUNT: &str = "account";

/// A statement a line: a command with its argument; an account by its name, with those that it takes from.
fn statements(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found = Vec::new();
    let mut accounts: HashSet<&str> = HashSet::new();
    for (number, bare, whole) in lines(text) {
        if whole.len() > LINE_LIMIT || (whole.len() == LINE_LIMIT && !text[whole].ends_with('\n')) {
            return Err(Fault::at(number, FaultKind::LongLine));
        }
        let line = &text[bare.clone()];
        let Some((command, argument)) = command(line) else { continue };
        let start = bare.start + line.len() - trim_start(line).len();
        let body = start..bare.end;
        if command == ACCOUNT {
            let (name, others) = heading(argument);
            if !accounts.insert(name) {
                return Err(Fault::at(number, FaultKind::AccountTwice));
            }
            if others.clone().any(|other| other == name || !accounts.contains(other)) {
                return Err(Fault::at(number, FaultKind::AccountUnknown));
            }
            let (path, value) = (vec![ACCOUNT.to_owned(), name.to_owned()], Some(argument.to_owned()));
            found.push(FileEntry { path, value, from: None, body, continued: Vec::new() });
        } else {
            if found.is_empty() && command != DEFAULTS {
                accounts.insert("default");
            }
            found.push(FileEntry::flat(command, normal(command, argument).to_owned(), body));
        }
    }
    Ok(found)
}

/// An account's name, and those that it takes from.
fn heading(argument: &str) -> (&str, impl Iterator<Item = &str> + Clone) {
    let (name, others) = argument.split_once(':').map_or((argument, None), |(name, others)| (trim(name), Some(others)));
    (name, others.into_iter().flat_map(|others| others.split(',')).map(trim))
}

/// Every account with what it inherits, by name: what it says itself, which is all that another one takes from it, over the
/// defaults of then.
fn accounts(statements: Vec<FileEntry>) -> Tree {
    let mut defaults = Arc::new(Tree::default());
    for (command, value) in ASSUMED {
        Arc::make_mut(&mut defaults).insert(command.to_owned(), TreeNode::Text(value.to_owned()));
    }
    let statements = Arc::new(statements);
    let mut found = Tree::default();
    let mut section = Section::Start;
    for (at, FileEntry { path, value, .. }) in statements.iter().enumerate() {
        let (Some(name), Some(value)) = (path.last(), value) else { continue };
        let is_account = path.len() > 1;
        if is_account || name == DEFAULTS {
            if let Section::Account(account) = std::mem::replace(&mut section, Section::Defaults) {
                account.end(at, &statements, &mut found);
            }
            if is_account {
                let others = heading(value).1.filter_map(|other| match found.get(other) {
                    Some(TreeNode::Group(other)) => Some(other.known()),
                    _ => None,
                });
                let inherited = others.flatten().collect();
                section = Section::Account(OpenAccount::new(name, at + 1, inherited, &defaults));
            }
            continue;
        }
        match section {
            // As in msmtp 1.2: without any section, the commands are those of the account `default` (`read_conffile`).
            Section::Start => section = Section::Account(OpenAccount::new("default", at, BTreeMap::new(), &defaults)),
            Section::Defaults => Arc::make_mut(&mut defaults).insert(name.clone(), TreeNode::Text(value.clone())),
            Section::Account(_) => {}
        }
    }
    if let Section::Account(account) = section {
        account.end(statements.len(), &statements, &mut found);
    }
    found
}

enum Section {
    Start,
    Defaults,
    Account(OpenAccount),
}

/// An account whose statements go on.
struct OpenAccount {
    name: String,
    /// The first of its own statements.
    first: usize,
    inherited: BTreeMap<String, TreeNode>,
    defaults: Arc<Tree>,
}

impl OpenAccount {
    fn new(name: &str, first: usize, inherited: BTreeMap<String, TreeNode>, defaults: &Arc<Tree>) -> Self {
        Self { name: name.to_owned(), first, inherited, defaults: Arc::clone(defaults) }
    }

    /// Puts it among those that were found; its statements end before this one.
    fn end(self, end: usize, statements: &Arc<Vec<FileEntry>>, found: &mut Tree) {
        let account = Tree::among(statements, self.first..end).over(self.inherited, self.defaults);
        found.insert(self.name, TreeNode::Group(Arc::new(account)));
    }
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
    let line = trim_start(line);
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let end = line.bytes().position(is_blank).unwrap_or(line.len());
    Some((&line[..end], trim(&line[end..])))
}

/// Blanks at the ends are dropped, then one pair of double quotes (`trim_string`).
fn trim(text: &str) -> &str {
    let text = trim_start(text);
    let text = &text[..text.bytes().rposition(|byte| !is_blank(byte)).map_or(0, |last| last + 1)];
    text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text)
}

fn trim_start(text: &str) -> &str {
    &text[text.bytes().position(|byte| !is_blank(byte)).unwrap_or(text.len())..]
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
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
        let accounts = accounts(statements(SAMPLE).unwrap());
        let get = |account: &str, key: &str| match accounts.get(account) {
            Some(TreeNode::Group(settings)) => match settings.get(key) {
                Some(TreeNode::Text(value)) => value.clone(),
                _ => panic!("{key}"),
            },
            _ => panic!("{account}"),
        };
        assert_eq!(get("work", "password"), "a \"b\"");
        assert_eq!(get("default", "password"), "a \"b\"");
        assert_eq!(get("default", "host"), "other.test");
        assert_eq!(get("default", "tls"), "on");
        assert_eq!(get("default", "tls_starttls"), "off");
        assert_eq!(get("work", "tls_starttls"), "on");
    }

    #[test]
    fn faults() {
        assert_eq!(statements("account a\naccount a\n").unwrap_err(), Fault { line: 2, kind: FaultKind::AccountTwice });
        assert_eq!(statements("account a : b\n").unwrap_err(), Fault { line: 1, kind: FaultKind::AccountUnknown });
        let long = format!("account a\npassword {}\n", "x".repeat(491));
        assert_eq!(statements(&long).unwrap_err(), Fault { line: 2, kind: FaultKind::LongLine });
        assert!(statements(&long.replacen('x', "", 1)).is_ok());
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
