//! The subset of XML that settings need: no document type, only the five predefined entities, bounded depth and size.

use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};

/// Greatest depth.
const DEEPEST: usize = 16;

/// Most elements.
const MOST: usize = 2000;

/// An element. Names are in lower case, without their prefix.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// The text directly in it.
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Every child of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name, without white space around it.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        self.children.iter().find(|child| child.name == name).map(Self::text).filter(|text| !text.is_empty())
    }

    /// Its text, without white space around it.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim())
    }
}

/// Reads a document and returns its root; `None` if it is not well-formed or goes beyond this subset.
pub(super) fn parse(bytes: &[u8]) -> Option<Element> {
    let text = decode(bytes)?;
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<Element> = Vec::new();
    let mut count = 0;
    loop {
        let begun = match reader.read_event().ok()? {
            Event::Start(start) => {
                open.push(element(&start)?);
                true
            }
            Event::Empty(start) => {
                open.push(element(&start)?);
                count += 1;
                if let Some(root) = close(&mut open) {
                    return Some(root);
                }
                false
            }
            Event::End(_) => {
                // Ignore what follows the root.
                if let Some(root) = close(&mut open) {
                    return Some(root);
                }
                false
            }
            Event::Text(words) => add(&mut open, &words.xml10_content()),
            Event::CData(words) => add(&mut open, &words.xml10_content()),
            Event::GeneralRef(reference) => {
                let name = format!("&{};", reference.into_inner());
                add(&mut open, &unescape(&name).ok()?)
            }
            // A document type could define entities.
            Event::DocType(_) | Event::Eof => return None,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => false,
        };
        count += usize::from(begun);
        if open.len() > DEEPEST || count > MOST {
            return None;
        }
    }
}

fn element(start: &BytesStart<'_>) -> Option<Element> {
    let name = start.local_name().into_inner().to_ascii_lowercase();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let name = attribute.key.local_name().into_inner().to_ascii_lowercase();
        attributes.push((name, unescape(&attribute.value).ok()?.into_owned()));
    }
    Some(Element { name, attributes, ..Element::default() })
}

/// Closes the innermost element: moves it into its parent, or returns it if it is the root.
fn close(open: &mut Vec<Element>) -> Option<Element> {
    let done = open.pop()?;
    match open.last_mut() {
        Some(around) => {
            around.children.push(done);
            None
        }
        None => Some(done),
    }
}

fn add(open: &mut [Element], words: &str) -> bool {
    if let Some(innermost) = open.last_mut() {
        innermost.text.push_str(words);
    }
    false
}

/// The text of a document in UTF-8, or in Latin-1 where it says so.
fn decode(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let declaration = bytes.iter().position(|byte| *byte == b'>').map_or(&b""[..], |end| &bytes[..end]);
    let declaration = String::from_utf8_lossy(declaration).to_ascii_lowercase();
    let latin = declaration.starts_with("<?xml")
        && ["iso-8859-1", "latin1", "windows-1252"].iter().any(|name| declaration.contains(name));
    if latin { Some(bytes.iter().map(|byte| char::from(*byte)).collect()) } else { String::from_utf8(bytes.to_vec()).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_text_attributes_and_entities() {
        let root = parse(
            b"<?xml version='1.0'?><!-- x --><A:R v=' 1&amp;2 '><b> x&lt;<c/>&#x41;y </b><b><![CDATA[<z>]]></b></A:R>",
        )
        .unwrap();
        assert_eq!((root.name.as_str(), root.attribute("v")), ("r", Some("1&2")));
        assert_eq!(root.all("b").map(Element::text).collect::<Vec<_>>(), ["x<Ay", "<z>"]);
        assert_eq!(root.word("b"), Some("x<Ay"));
    }

    #[test]
    fn encodings() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
        assert_eq!(parse(latin).unwrap().text(), "é");
        assert_eq!(parse("\u{feff}<a>é</a>".as_bytes()).unwrap().text(), "é");
        assert_eq!(parse(b"<a>\xe9</a>"), None);
    }

    #[test]
    fn what_is_hostile_or_broken_is_refused() {
        let bomb = b"<!DOCTYPE a [<!ENTITY x 'xx'><!ENTITY y '&x;&x;'>]><a>&y;</a>";
        let deep = format!("{}{}", "<a>".repeat(DEEPEST + 1), "</a>".repeat(DEEPEST + 1));
        let wide = format!("<a>{}</a>", "<b/>".repeat(MOST + 1));
        for text in
            [&bomb[..], deep.as_bytes(), wide.as_bytes(), b"<a>&y;</a>", b"<a><b></a>", b"<a", b"<a><b>x</b>", b"", b"no"]
        {
            assert_eq!(parse(text), None, "{}", String::from_utf8_lossy(&text[..text.len().min(40)]));
        }
        let fits = format!("{}{}", "<a>".repeat(DEEPEST), "</a>".repeat(DEEPEST));
        assert!(parse(fits.as_bytes()).is_some());
    }
}
