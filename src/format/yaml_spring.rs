//! YAML of Spring Boot, in which steps may be written as one key with dots, or in brackets (Spring Boot reference, "Mapping YAML
//! to Properties"): what is written so is not changed here.

use super::{
    doc::{FileDoc, Rival},
    text::{Fault, Unfit},
    yaml::{Yaml, quote, walk::doc},
};

/// Spring Boot's YAML.
pub(crate) const YAML_SPRING: Yaml = Yaml::of("yaml-spring", read, quote_for_spring);

fn read(text: &str) -> Result<FileDoc, Fault> {
    let mut doc = doc(text)?;
    for entry in &doc.entries {
        let path = spring_steps(&entry.path);
        if path != entry.path {
            doc.rivals.push(Rival { path, at: entry.body.start, always: true });
        }
    }
    Ok(doc)
}

/// Spring expands `${NAME}`, in values as well ("Property Placeholders").
fn quote_for_spring(value: &str) -> Result<String, Unfit> {
    if value.contains("${") { Err(Unfit::Characters("${".into())) } else { Ok(quote(value)) }
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
        let doc = read(text).unwrap();
        let rivals: Vec<_> = doc.rivals.iter().map(|rival| rival.path.join("/")).collect();
        assert_eq!(rivals, ["spring/mail/host", "spring/mail/properties/mail/smtp/auth"]);
    }
}
