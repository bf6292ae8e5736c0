//! YAML of Spring Boot, in which steps may be written as one key with dots, or in brackets (Spring Boot reference, "Mapping YAML
//! to Properties"): what is written so is not changed here.

use super::{
    doc::{FileDoc, Rival},
    file_format::{EntryText, FileFormat, is_same_kind},
    kind::FileKind,
    place::{Edit, Gap, block},
    text::{Fault, Unfit},
    yaml::{doc, quote},
};

/// Spring Boot's YAML.
pub(crate) struct YamlSpring;

impl FileFormat for YamlSpring {
    fn word(&self) -> &'static str {
        "yaml-spring"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        let mut doc = doc(text)?;
        for entry in &doc.entries {
            let path = spring_steps(&entry.path);
            if path != entry.path {
                doc.rivals.push(Rival { path, at: entry.body.start, always: true });
            }
        }
        Ok(doc)
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        // Spring expands it, in values as well ("Property Placeholders").
        if value.contains("${") { Err(Unfit::Characters("${".into())) } else { Ok(quote(value)) }
    }

    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        is_same_kind(there, ours)
    }

    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        block::place(gap)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Yaml])
    }
}

/// The steps of a way as Spring takes them.
fn spring_steps(path: &[String]) -> Vec<String> {
    let steps = path.iter().flat_map(|step| step.split(['.', '[', ']'])).filter(|step| !step.is_empty());
    steps.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_one_key() {
        let text = "spring:\n  mail.host: a\n  mail:\n    port: 25\n    properties:\n      '[mail.smtp.auth]': true\n";
        let doc = YamlSpring.read(text).unwrap();
        let rivals: Vec<_> = doc.rivals.iter().map(|rival| rival.path.join("/")).collect();
        assert_eq!(rivals, ["spring/mail/host", "spring/mail/properties/mail/smtp/auth"]);
    }
}
