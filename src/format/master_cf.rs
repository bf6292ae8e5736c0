//! Postfix master.cf (master(5), "SYNTAX"): lines as in main.cf; a service is its name and its type, what follows is the rest.

use super::{
    doc::{FileDoc, FileEntry},
    file_format::FileFormat,
    main_cf::{Logical, logical_lines},
    text::{Fault, FaultKind, Unfit},
};

/// Postfix master.cf: a service by `name/type`, as `postconf -M` names it.
pub(crate) struct MasterCf;

impl FileFormat for MasterCf {
    fn word(&self) -> &'static str {
        "master-cf"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        let entry = |logical: Logical<'_>| {
            let mut words = logical.text.split_ascii_whitespace();
            let (name, kind) = words.next().zip(words.next()).ok_or(Fault::at(logical.number, FaultKind::Syntax))?;
            let path = vec![format!("{name}/{kind}")];
            let value = Some(words.collect::<Vec<_>>().join(" "));
            Ok(FileEntry { path, value, from: None, body: logical.first, continued: logical.continued })
        };
        logical_lines(text)?.into_iter().map(entry).collect::<Result<_, _>>().map(FileDoc::flat)
    }

    /// An option of a service is one word.
    fn quote(&self, value: &str) -> Result<String, Unfit> {
        let lost: String = [' ', '\t', '{', '}', '$'].into_iter().filter(|sign| value.contains(*sign)).collect();
        if lost.is_empty() { Ok(value.to_owned()) } else { Err(Unfit::Characters(lost)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_a_name_and_a_type() {
        let text = "# c\nsmtp      inet  n - y - - smtpd\n  -o a=b\n#  -o c=d\n  -o e=f\npickup unix n - y 60 1 pickup\n";
        let doc = MasterCf.read(text).unwrap();
        let found: Vec<_> =
            doc.entries.iter().map(|entry| (entry.path[0].as_str(), entry.value.as_deref().unwrap())).collect();
        assert_eq!(found, [("smtp/inet", "n - y - - smtpd -o a=b -o e=f"), ("pickup/unix", "n - y 60 1 pickup")]);
        assert_eq!(MasterCf.read("x\n").err(), Some(Fault::at(1, FaultKind::Syntax)));
    }
}
