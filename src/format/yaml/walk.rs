//! From YAML's events to its settings.

use std::{borrow::Cow, ops::Range};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use crate::format::{
    doc::{FileDoc, FileEntry, Group, Rival, Shape},
    text::{Fault, FaultKind, line_start, next_line},
};

/// What is read of YAML.
pub(in crate::format) fn doc(text: &str) -> Result<FileDoc, Fault> {
    until(text, |_| false).map(|(doc, _)| doc)
}

/// What is read of YAML up to the first key at the beginning of a line of the outermost mapping of which `is_end` says so, and where
/// that is.
pub(super) fn until(text: &str, is_end: impl Fn(usize) -> bool) -> Result<(FileDoc, usize), Fault> {
    let mut walk = Walk { text, bytes: Bytes::of(text), doc: FileDoc::default(), frames: Vec::new(), documents: 0 };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Fault::at(error.marker().line().max(1), FaultKind::Syntax))?;
        if walk.is_outermost_key(&event, span) && is_end(walk.range(span).0) {
            let (at, _) = walk.range(span);
            return Ok((walk.doc, at));
        }
        walk.take(&event, span)?;
    }
    Ok((walk.doc, text.len()))
}

/// Bytes by characters, in which the parser counts.
struct Bytes(Option<Vec<usize>>);

impl Bytes {
    fn of(text: &str) -> Self {
        let starts = || text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        Self((!text.is_ascii()).then(starts))
    }

    fn at(&self, text: &str, index: usize) -> usize {
        let byte = self.0.as_ref().map_or(index, |starts| starts.get(index).copied().unwrap_or(text.len()));
        byte.min(text.len())
    }
}

/// A key that waits for its value.
struct Key {
    /// `None` for one that is no single word.
    name: Option<String>,
    start: usize,
    end: usize,
}

/// A collection that is open.
enum Frame {
    /// Its way, when it is reached through mappings alone; its group; the key whose value comes next.
    Map {
        path: Option<Vec<String>>,
        group: Option<usize>,
        key: Option<Key>,
        /// Its way through lists, when it is reached through one.
        listed: Option<Vec<String>>,
    },
    /// Its way, through lists as well.
    List(Option<Vec<String>>),
    /// A collection in a key's place.
    Odd,
}

struct Walk<'a> {
    text: &'a str,
    bytes: Bytes,
    doc: FileDoc,
    frames: Vec<Frame>,
    documents: usize,
}

impl Walk<'_> {
    fn take(&mut self, event: &Event, span: Span) -> Result<(), Fault> {
        let unfamiliar = Fault::at(span.start.line().max(1), FaultKind::Unfamiliar);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(unfamiliar);
                }
            }
            Event::Scalar(value, style, _, tag) => {
                let is_nothing = value.is_empty() && *style == ScalarStyle::Plain || value == "~";
                if self.frames.is_empty() && !is_nothing {
                    return Err(unfamiliar);
                }
                self.scalar(value, *style, tag.as_ref(), span);
            }
            Event::Alias(_) => self.value(None, ScalarStyle::Plain, span),
            Event::MappingStart(..) => self.open_map(span),
            Event::SequenceStart(..) => {
                if self.frames.is_empty() {
                    return Err(unfamiliar);
                }
                let frame = self.open_list(span);
                self.frames.push(frame);
            }
            Event::MappingEnd | Event::SequenceEnd => {
                if matches!(self.frames.pop(), Some(Frame::Odd)) {
                    self.key(None, span);
                } else {
                    self.done();
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn range(&self, span: Span) -> (usize, usize) {
        (self.bytes.at(self.text, span.start.index()), self.bytes.at(self.text, span.end.index()))
    }

    /// Where the key that waits is, with the way to its value.
    fn waiting(&self) -> Option<(Range<usize>, Option<Vec<String>>)> {
        let Some(Frame::Map { path, key: Some(key), .. }) = self.frames.last() else { return None };
        let path = path.as_ref().zip(key.name.as_ref()).map(|(path, name)| path.iter().chain([name]).cloned().collect());
        Some((key.start..key.end, path))
    }

    fn is_key_next(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Map { key: None, .. }))
    }

    /// The value of the key that waited is through.
    fn done(&mut self) {
        if let Some(Frame::Map { key, .. }) = self.frames.last_mut() {
            *key = None;
        }
    }

    /// Whether an event is a key at the beginning of a line of the outermost mapping.
    fn is_outermost_key(&self, event: &Event, span: Span) -> bool {
        self.frames.len() == 1 && span.start.col() == 0 && matches!(event, Event::Scalar(..)) && self.is_key_next()
    }

    fn key(&mut self, name: Option<&str>, span: Span) {
        let (start, end) = self.range(span);
        let column = span.start.col();
        let Some(Frame::Map { key, group, .. }) = self.frames.last_mut() else { return };
        *key = Some(Key { name: name.map(str::to_owned), start, end });
        // The first key says how far the mapping is indented.
        if let Some(group) =
            group.and_then(|group| self.doc.groups.get_mut(group)).filter(|it| it.shape == Shape::Block(usize::MAX))
        {
            group.shape = Shape::Block(column);
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>, span: Span) {
        if self.is_key_next() {
            return self.key(Some(value), span);
        }
        // `!secret name` and the like mean something that only their consumer knows; to Ansible, `!unsafe` is a value that is
        // no template.
        let is_plain = tag.is_none_or(|tag| tag.is_yaml_core_schema() || tag.suffix == "unsafe");
        self.value(is_plain.then_some(value), style, span);
    }

    fn value(&mut self, value: Option<&str>, style: ScalarStyle, span: Span) {
        let (start, end) = self.range(span);
        if let Some(Frame::Map { path: Some(path), key, .. }) = self.frames.last_mut()
            && let Some(Key { name: Some(name), start: key_start, end: key_end }) = key.take()
        {
            let colon = || self.text[key_end..].find(':').map_or(key_end, |length| key_end + length + 1);
            let end = if end > start { start + length(&self.text[start..end], style) } else { colon() };
            let mut steps = Vec::with_capacity(path.len() + 1);
            steps.extend_from_slice(path);
            steps.push(name);
            let value = value.map(str::to_owned);
            self.doc.entries.push(FileEntry { path: steps, value, from: None, body: key_start..end, continued: Vec::new() });
        } else if let Some(Frame::Map { listed: Some(_), key: Some(key), .. }) = self.frames.last()
            && value
                .is_none_or(|value| !["", "~", "null", "false", "no", "off"].contains(&value.to_ascii_lowercase().as_str()))
            && let Some(path) = self.way()
        {
            self.doc.rivals.push(Rival { path, at: key.start, always: true });
        }
        self.done();
    }

    fn open_map(&mut self, span: Span) {
        if self.is_key_next() {
            return self.frames.push(Frame::Odd);
        }
        let (start, _) = self.range(span);
        let shape = if self.text[start..].starts_with('{') { Shape::Closed } else { Shape::Block(usize::MAX) };
        let (path, head) = match self.waiting() {
            Some((key, path)) => (path, line_start(self.text, key.start)..next_line(self.text, key.end)),
            None => (self.frames.is_empty().then(Vec::new), 0..0),
        };
        let group = path.clone().map(|path| {
            self.doc.groups.push(Group { path, head, end: self.text.len(), shape });
            self.doc.groups.len() - 1
        });
        let listed = match self.frames.last() {
            Some(Frame::List(way)) => way.clone(),
            Some(Frame::Map { listed: Some(_), .. }) => self.way(),
            _ => None,
        };
        self.frames.push(Frame::Map { path, group, key: None, listed });
    }

    fn open_list(&mut self, span: Span) -> Frame {
        if self.is_key_next() {
            return Frame::Odd;
        }
        let (start, end) = self.range(span);
        if let Some((_, Some(path))) = self.waiting() {
            self.doc.groups.push(Group { path, head: start..end, end, shape: Shape::Closed });
        }
        Frame::List(self.way())
    }

    /// The way to the value that comes next, through lists as well.
    fn way(&self) -> Option<Vec<String>> {
        match self.frames.last()? {
            Frame::Map { path, key, listed, .. } => {
                let way = path.as_ref().or(listed.as_ref())?;
                Some(way.iter().chain([key.as_ref()?.name.as_ref()?]).cloned().collect())
            }
            Frame::List(way) => way.clone(),
            Frame::Odd => None,
        }
    }
}

/// How long a scalar is: its span goes on over what may follow on its line.
fn length(span: &str, style: ScalarStyle) -> usize {
    let is_quote = |quote: char| span.starts_with(quote).then_some(quote);
    let quoted = match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => is_quote('\'').or_else(|| is_quote('"')),
        ScalarStyle::Plain => {
            let comment = span.match_indices('#').map(|(at, _)| at).find(|at| span[..*at].ends_with([' ', '\t', '\n']));
            return span[..comment.unwrap_or(span.len())].trim_end().len();
        }
        _ => None,
    };
    let Some(quote) = quoted else { return span.trim_end().len() };
    let mut characters = span.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if quote == '"' => drop(characters.next()),
            _ if character != quote => {}
            // Doubled, it is a single quote of the value.
            '\'' if characters.next_if(|(_, next)| *next == '\'').is_some() => {}
            _ => return at + 1,
        }
    }
    span.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "# c\r\nglobal:   # é\r\n    smtp_from: 'a ''b'''  # x\r\n    text: |\r\n      one\r\n      two\r\n    empty:\r\n    \
                          ref: *x\r\nroute: {a: b}\r\nlist:\r\n  - k: v\r\n\"q\": !secret mine\r\nport: 587\r\n";

    #[test]
    fn scalars_by_their_way() {
        let sample = SAMPLE.replace("*x", "&x y");
        let doc = doc(&sample).unwrap();
        let found: Vec<_> = doc.entries.iter().map(|it| (it.path.join("/"), it.value.as_deref())).collect();
        let expected = [
            ("global/smtp_from", Some("a 'b'")),
            ("global/text", Some("one\ntwo\n")),
            ("global/empty", Some("")),
            ("global/ref", Some("y")),
            ("route/a", Some("b")),
            ("q", None),
            ("port", Some("587")),
        ];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value)));
        let body = |index: usize| &sample[doc.entries[index].body.clone()];
        assert_eq!(body(0), "smtp_from: 'a ''b'''");
        assert_eq!(body(1), "text: |\r\n      one\r\n      two");
        assert_eq!((body(2), body(5), body(6)), ("empty:", "\"q\": !secret mine", "port: 587"));
        let groups: Vec<_> = doc.groups.iter().map(|group| (group.path.join("/"), group.shape)).collect();
        let expected =
            [("", Shape::Block(0)), ("global", Shape::Block(4)), ("route", Shape::Closed), ("list", Shape::Closed)];
        assert_eq!(groups, expected.map(|(path, shape)| (path.to_owned(), shape)));
        assert_eq!(&sample[doc.groups[1].head.clone()], "global:   # é\r\n");
    }

    #[test]
    fn what_is_not_understood() {
        let fault = |text: &str| doc(text).unwrap_err();
        assert_eq!(fault("a: 1\nb: [\n"), Fault { line: 3, kind: FaultKind::Syntax });
        assert_eq!(fault("a: 1\n---\nb: 2\n"), Fault { line: 2, kind: FaultKind::Unfamiliar });
        assert_eq!(fault("- a\n"), Fault { line: 1, kind: FaultKind::Unfamiliar });
        assert_eq!(fault("a: *nothing\n").kind, FaultKind::Syntax);
        assert_eq!(doc("# only this\n").unwrap().entries, []);
        assert_eq!(doc("? [x]\n: y\n? {k: v}\n: z\nb: 1\n").unwrap().entries.len(), 1);
    }
}
