//! JSON (RFC 8259; strings: section 7). Comments and trailing commas are taken where a person has them, as their consumer
//! must.

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, Value},
    parse_to_ast,
};

use super::{
    doc::{FileDoc, FileEntry, Group, Shape},
    file_format::{EntryText, FileFormat, is_same_kind},
    kind::FileKind,
    place::{Edit, Gap, brackets},
    text::{Fault, FaultKind, Unfit},
};

/// JSON; comments and trailing commas that are there stay.
pub(crate) struct Json;

impl FileFormat for Json {
    fn word(&self) -> &'static str {
        "json"
    }

    fn comment(&self) -> &'static str {
        "//"
    }

    fn read(&self, text: &str) -> Result<FileDoc, Fault> {
        doc(text)
    }

    fn kinds(&self) -> Option<&'static [FileKind]> {
        Some(&[FileKind::Json])
    }

    fn quote(&self, value: &str) -> Result<String, Unfit> {
        Ok(quote(value))
    }

    fn is_same(&self, there: EntryText<'_>, ours: EntryText<'_>) -> bool {
        is_same_kind(there, ours)
    }

    fn place(&self, gap: &Gap<'_>) -> Result<Vec<Edit>, Fault> {
        brackets::place(gap, false)
    }

    fn is_bracketed(&self, _path: &[String]) -> bool {
        true
    }
}

fn doc(text: &str) -> Result<FileDoc, Fault> {
    let options = ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: true,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let fault = |at| Fault::within(text, at, FaultKind::Syntax);
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| fault(error.range().start))?;
    let mut doc = FileDoc::default();
    match &parsed.value {
        Some(Value::Object(object)) => walk(&mut doc, &mut Vec::new(), object, object.range.start),
        Some(_) => return Err(Fault::at(1, FaultKind::Unfamiliar)),
        None => {}
    }
    Ok(doc)
}

/// `start` is where the object's own key begins.
fn walk(doc: &mut FileDoc, path: &mut Vec<String>, object: &Object, start: usize) {
    let head = start..object.range.start + 1;
    doc.groups.push(Group { path: path.clone(), head, end: object.range.end - 1, shape: Shape::Brackets });
    for property in &object.properties {
        path.push(property.name.as_str().to_owned());
        let body = property.range.start..property.range.end;
        let value = match &property.value {
            Value::StringLit(text) => Some(text.value.to_string()),
            Value::NumberLit(number) => Some(number.value.to_owned()),
            Value::BooleanLit(is_true) => Some(is_true.value.to_string()),
            Value::NullKeyword(_) => Some(String::new()),
            Value::Array(_) => None,
            Value::Object(inner) => {
                walk(doc, path, inner, property.range.start);
                path.pop();
                continue;
            }
        };
        doc.entries.push(FileEntry { path: path.clone(), value, from: None, body, continued: Vec::new() });
        path.pop();
    }
}

fn quote(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_their_way() {
        let text = "{\n  // c\n  \"a\": {\"b\": \"\\u00e9\\\"\", \"n\": 587,},\n  \"t\": true, \"l\": [1], \"z\": null\n}\n";
        let doc = doc(text).unwrap();
        let found: Vec<_> = doc.entries.iter().map(|it| (it.path.join("/"), it.value.as_deref())).collect();
        let expected = [("a/b", Some("é\"")), ("a/n", Some("587")), ("t", Some("true")), ("l", None), ("z", Some(""))];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(&text[doc.entries[0].body.clone()], "\"b\": \"\\u00e9\\\"\"");
        assert_eq!(&text[doc.groups[1].head.start..=doc.groups[1].end], "\"a\": {\"b\": \"\\u00e9\\\"\", \"n\": 587,}");
    }

    #[test]
    fn what_is_no_json() {
        assert_eq!(doc_of("{\n  \"a\": 'x'\n}"), Fault { line: 2, kind: FaultKind::Syntax });
        assert_eq!(doc_of("{\n\"a\": 1\n\"b\": 2\n}").kind, FaultKind::Syntax);
        assert_eq!(doc_of("[1]"), Fault { line: 1, kind: FaultKind::Unfamiliar });
    }

    fn doc_of(text: &str) -> Fault {
        doc(text).unwrap_err()
    }

    #[test]
    fn strings() {
        assert_eq!(quote("é \"\\\t/"), r#""é \"\\\t/""#);
    }
}
