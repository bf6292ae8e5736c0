//! A systemd unit or its drop-in (systemd.syntax(7)): `key=value` in sections, continued by a backslash at the end of a
//! line. A credential is a separate setting: `Service.LoadCredentialEncrypted.NAME` is where it is. Encrypted or not, the
//! last of a name counts (`exec_context_put_load_credential` in `src/core/exec-credential.c`), and an empty value takes back
//! all of them.

use std::borrow::Cow;

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    plain,
    text::{Fault, FaultKind, Unfit, lines},
};

/// A systemd unit or its drop-in.
pub(crate) struct SystemdUnit;

impl FileFormat for SystemdUnit {
    fn word(&self) -> &'static str {
        "systemd-unit"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        entries(text).map(FileDoc::flat)
    }

    /// What is written there are names of ours.
    fn quote(&self, value: &str) -> Result<String, Unfit> {
        plain::quote(value)
    }
}

fn entries(text: &str) -> Result<Vec<FileEntry>, Fault> {
    let mut found: Vec<FileEntry> = Vec::new();
    let mut section = String::new();
    let mut begun: Option<String> = None;
    for (number, bare, _) in lines(text) {
        let line = text[bare].trim();
        if line.starts_with(['#', ';']) {
            continue;
        }
        let line = begun.take().map_or(Cow::Borrowed(line), |start| Cow::Owned(start + line));
        if let Some(start) = line.strip_suffix('\\') {
            begun = Some(format!("{start} "));
        } else if let Some(name) = line.strip_prefix('[') {
            name.strip_suffix(']').ok_or(Fault::at(number, FaultKind::Syntax))?.clone_into(&mut section);
        } else if !line.is_empty() {
            let (key, value) = line.split_once('=').ok_or(Fault::at(number, FaultKind::NoEquals))?;
            put(&mut found, &section, key.trim_end(), value.trim_start());
        }
    }
    Ok(found)
}

fn put(found: &mut Vec<FileEntry>, section: &str, key: &str, value: &str) {
    let kind = |key: &str| if key.starts_with("LoadCredential") { "LoadCredential".to_owned() } else { key.to_owned() };
    let mut path = vec![section.to_owned(), key.to_owned()];
    let credential = value.split_once(':').filter(|_| kind(key) == "LoadCredential");
    path.extend(credential.map(|(name, _)| name.to_owned()));
    // Nothing else takes anything back.
    if value.is_empty() || credential.is_some() {
        found.retain(|entry| {
            let is_of_kind = entry.path[0] == section && kind(&entry.path[1]) == kind(key);
            let is_gone = value.is_empty() || (credential.is_some() && entry.path[2..] == path[2..]);
            !(is_of_kind && is_gone)
        });
    }
    if !value.is_empty() {
        let value = credential.map_or(value, |(_, path)| path).to_owned();
        found.push(FileEntry { path, ..FileEntry::flat("", value, 0..0) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        entries(text).unwrap().into_iter().map(|it| (it.path.join("/"), it.value.unwrap())).collect()
    }

    #[test]
    fn credentials_by_their_name() {
        let text = "# c\r\n[Unit]\r\nAfter=a \\\r\n; c\r\n  b\r\n[Service]\nLoadCredential=x:/y\nLoadCredentialEncrypted = m-d:/etc/a:b\n";
        let expected = [
            ("Unit/After", "a  b"),
            ("Service/LoadCredential/x", "/y"),
            ("Service/LoadCredentialEncrypted/m-d", "/etc/a:b"),
        ];
        assert_eq!(pairs(text), expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(pairs(&format!("{text}LoadCredential=\n")).len(), 1);
        assert_eq!(pairs(&format!("{text}LoadCredential=m-d:/other\n"))[2].1, "/other");
        assert_eq!(entries("[Service]\nx\n").unwrap_err(), Fault { line: 2, kind: FaultKind::NoEquals });
        assert_eq!(entries("[Service\n").unwrap_err(), Fault { line: 1, kind: FaultKind::Syntax });
    }
}
