//! Words as a shell quotes them, for the many files that borrow from it: single quotes keep all, double quotes have
//! escapes, a backslash escapes a character, backticks run a command, `$` expands.

use std::ops::Range;

use super::text::{line_start, lines};

/// How words end.
pub(super) struct Rules {
    /// Characters that end a command.
    pub(super) separators: &'static str,
    /// `#` begins a comment also within a word.
    pub(super) hash_within: bool,
    /// An equals sign ends a word.
    pub(super) equals: bool,
}

/// A word.
#[derive(Debug)]
pub(super) struct ShellWord {
    /// What it says; `None` where something is expanded in it.
    pub(super) text: Option<String>,
    /// The command whose output it is, when it is that alone.
    pub(super) command: Option<String>,
}

/// The lines of a text with those that a backslash continues, and the number of the first.
pub(super) fn logical(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (number, bare, _) in lines(text) {
        let line = &text[bare];
        match found.last_mut().filter(|_| goes_on) {
            Some((_, last)) => last.push_str(line),
            None => found.push((number, line.to_owned())),
        }
        goes_on = line.ends_with('\\') && !line.trim_start().starts_with('#');
        if let Some((_, last)) = found.last_mut().filter(|_| goes_on) {
            last.pop();
        }
    }
    found
}

/// Where each command is in some lines of a text, a `set` with the first name that it sets; a line that continues another has
/// none.
pub(super) fn commands(text: &str, within: &Range<usize>) -> Vec<Range<usize>> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let name = |at: usize, end: usize| {
        let word = &text[at..end];
        at + word.len() - word.trim_start_matches(is_name).len()
    };
    let mut found = Vec::new();
    // The line before may go on in the first.
    let first = line_start(text, within.start.saturating_sub(1));
    let mut goes_on = false;
    for (_, bare, _) in lines(&text[first..within.end]) {
        let bare = first + bare.start..first + bare.end;
        let line = &text[bare.clone()];
        let start = bare.start + line.len() - line.trim_start_matches([' ', '\t']).len();
        let command = name(start, bare.end);
        if !goes_on && command > start && bare.start >= within.start {
            let behind = &text[command..bare.end];
            let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
            let sets = &text[start..command] == "set" && blanks > 0;
            found.push(start..if sets { name(command + blanks, bare.end) } else { command });
        }
        goes_on = line.ends_with('\\') && !line.trim_start().starts_with('#');
    }
    found
}

/// The next word of a line, and what follows it; `None` at the end of the command.
pub(super) fn word<'a>(line: &'a str, rules: &Rules) -> Option<(ShellWord, &'a str)> {
    let line = line.trim_start_matches([' ', '\t']);
    let is_end = |character: char| rules.separators.contains(character) || character == '#';
    if line.is_empty() || line.starts_with(is_end) || (rules.equals && line.starts_with('=')) {
        return None;
    }
    let (mut text, mut command) = (Some(String::new()), None);
    let mut quote = None;
    let mut characters = line.char_indices().peekable();
    let mut end = line.len();
    while let Some((at, character)) = characters.next() {
        let ends = character == ' '
            || character == '\t'
            || rules.separators.contains(character)
            || (rules.hash_within && character == '#')
            || (rules.equals && character == '=');
        match (character, quote) {
            _ if quote.is_none() && ends => {
                end = at;
                break;
            }
            (_, Some(open)) if character == open => quote = None,
            ('\'' | '"', None) => quote = Some(character),
            ('\\', None | Some('"')) => {
                let escaped = characters.next().map(|(_, escaped)| escaped);
                match escaped {
                    Some('n' | 't' | 'r' | 'e' | 'f' | 'x' | 'c' | '0'..='9') => text = None,
                    _ => text.iter_mut().for_each(|text| text.extend(escaped)),
                }
            }
            ('`', None | Some('"')) => {
                let rest = &line[at + 1..];
                let length = rest.find('`').unwrap_or(rest.len());
                let is_alone = text.as_deref() == Some("");
                command = is_alone.then(|| rest[..length].to_owned());
                text = None;
                while characters.next_if(|(next, _)| *next <= at + 1 + length).is_some() {}
            }
            ('$', None | Some('"')) if characters.peek().is_some_and(|(_, next)| is_of_name(*next)) => text = None,
            _ => {
                command = None;
                text = text.map(|text| text + character.encode_utf8(&mut [0; 4]));
            }
        }
    }
    Some((ShellWord { text, command }, &line[end..]))
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '{' | '(')
}
