//! Input that has not been submitted yet: kept for every field, so that moving around loses nothing.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest};

use super::widget::secret::SecretLine;
use crate::{
    mail::yes_no::YesNoWords,
    setup::{Choice, FieldShape, Question},
};

/// Lists with at least so many choices are filtered by typing.
pub(super) const FILTER_FROM: usize = 8;

/// How many items Page Up and Page Down move by.
const PAGE: usize = 10;

/// An answer being entered.
pub(super) enum Draft {
    /// A line.
    Text {
        line: Input,
        /// Still what the conversation proposed: typing replaces it.
        proposed: bool,
    },
    /// A line that is never displayed.
    Secret(SecretLine),
    /// One of several, or several of them.
    Pick(Pick),
    /// Yes or no.
    Confirm(bool),
}

/// A choice being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pick {
    /// What was typed to find it.
    pub(super) filter: String,
    /// The highlighted value.
    pub(super) here: Option<String>,
    /// The chosen value: moving through a list chooses nothing.
    pub(super) taken: Option<String>,
    /// The ticked values, if several are allowed.
    pub(super) ticked: Option<Vec<String>>,
}

impl Draft {
    /// The draft that a question begins with.
    pub(super) fn of(question: &Question) -> Self {
        let default = question.default.clone().unwrap_or_default();
        match question.shape {
            FieldShape::Text => {
                let asked = question.source == Some(crate::setup::AnswerSource::Asked);
                Self::Text { line: Input::new(default), proposed: !asked }
            }
            FieldShape::Secret => Self::Secret(SecretLine::new()),
            FieldShape::Confirm => Self::Confirm(default == "yes"),
            FieldShape::Choice => {
                let here = question
                    .choices
                    .iter()
                    .find(|choice| choice.value == default)
                    .or_else(|| question.choices.iter().find(|choice| choice.barred.is_none()));
                let here = here.map(|choice| choice.value.clone());
                Self::Pick(Pick { filter: String::new(), here, taken: question.default.clone(), ticked: None })
            }
            FieldShape::Many => {
                let ticked: Vec<String> =
                    default.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
                let here = question.choices.first().map(|choice| choice.value.clone());
                Self::Pick(Pick { filter: String::new(), here, taken: None, ticked: Some(ticked) })
            }
        }
    }

    /// The answer as the conversation takes it; empty for a secret.
    pub(super) fn answer(&self) -> String {
        match self {
            Self::Text { line, .. } => line.value().to_owned(),
            Self::Secret(_) => String::new(),
            Self::Pick(Pick { ticked: Some(ticked), .. }) => ticked.join(","),
            Self::Pick(Pick { taken, .. }) => taken.clone().unwrap_or_default(),
            Self::Confirm(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        }
    }

    /// Whether nothing is typed.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text { line, .. } => line.value().is_empty(),
            Self::Secret(line) => line.is_empty(),
            Self::Pick(pick) => pick.filter.is_empty(),
            Self::Confirm(_) => true,
        }
    }

    /// Edits by a key that is not in the table of keys. Returns whether the key did anything.
    pub(super) fn key(&mut self, event: &KeyEvent, choices: &[Choice], words: YesNoWords<'_>) -> bool {
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        match self {
            Self::Text { line, proposed } => {
                let Some(request) = request(event.code, ctrl, alt) else { return false };
                if let (InputRequest::InsertChar(_), true) = (&request, *proposed) {
                    line.reset();
                }
                *proposed = false;
                line.handle(request);
                true
            }
            Self::Secret(line) => secret_key(line, event.code, ctrl || alt),
            Self::Pick(pick) => pick.key(event.code, ctrl || alt, choices),
            Self::Confirm(yes) => match event.code {
                KeyCode::Left | KeyCode::Right => {
                    *yes = !*yes;
                    true
                }
                KeyCode::Char(letter) if letter.is_alphabetic() && !ctrl && !alt => match words.parse(&letter.to_string()) {
                    Ok(answer) => {
                        *yes = answer;
                        true
                    }
                    Err(_) => false,
                },
                _ => false,
            },
        }
    }

    /// Takes the first line of pasted text that is not empty: two lines are never one answer. Returns whether there was a line
    /// break.
    pub(super) fn paste(&mut self, text: &str, choices: &[Choice], words: YesNoWords<'_>) -> bool {
        for character in first_line(text).chars() {
            let event = KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE);
            if !character.is_control() || matches!(self, Self::Secret(_)) {
                self.key(&event, choices, words);
            }
        }
        text.contains(['\r', '\n'])
    }

    /// Empties the line.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Text { line, proposed } => {
                line.reset();
                *proposed = false;
            }
            Self::Secret(line) => line.clear(),
            Self::Pick(pick) => pick.filter.clear(),
            Self::Confirm(_) => {}
        }
    }

    /// Chooses the highlighted value of a single-choice list.
    pub(super) fn take(&mut self) {
        if let Self::Pick(Pick { here, taken, ticked: None, .. }) = self {
            taken.clone_from(here);
        }
    }

    /// Ticks, unticks or chooses the highlighted value.
    pub(super) fn toggle(&mut self) {
        self.take();
        match self {
            Self::Pick(Pick { here: Some(here), ticked: Some(ticked), .. }) => {
                // A target may have a path after `=`.
                let name = |word: &str| word.split('=').next().map(str::to_owned);
                let at = ticked.iter().position(|word| name(word) == name(here));
                match at {
                    Some(at) => drop(ticked.remove(at)),
                    None => ticked.push(here.clone()),
                }
            }
            Self::Confirm(yes) => *yes = !*yes,
            _ => {}
        }
    }

    /// Chooses the next or previous value of a closed list.
    pub(super) fn turn(&mut self, by: isize, choices: &[Choice]) {
        if let Self::Pick(pick) = self {
            pick.here.clone_from(&pick.taken);
            while pick.step(by, choices) {
                let barred =
                    choices.iter().any(|choice| Some(&choice.value) == pick.here.as_ref() && choice.barred.is_some());
                if !barred {
                    self.take();
                    return;
                }
            }
        }
    }

    /// Moves the highlight. Returns whether it could move.
    pub(super) fn step(&mut self, by: isize, choices: &[Choice]) -> bool {
        match self {
            Self::Pick(pick) => pick.step(by, choices),
            _ => false,
        }
    }
}

impl Pick {
    /// The choices that pass the filter.
    pub(super) fn shown<'a>(&self, choices: &'a [Choice]) -> Vec<&'a Choice> {
        let filter = self.filter.to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&filter);
        choices
            .iter()
            .filter(|choice| filter.is_empty() || holds(&choice.label) || holds(&choice.value) || holds(&choice.hint))
            .collect()
    }

    fn step(&mut self, by: isize, choices: &[Choice]) -> bool {
        let shown = self.shown(choices);
        let at = shown.iter().position(|choice| Some(&choice.value) == self.here.as_ref());
        let next = at.map_or(Some(0), |at| at.checked_add_signed(by)).and_then(|next| shown.get(next));
        if let Some(choice) = next {
            self.here = Some(choice.value.clone());
        }
        next.is_some()
    }

    fn key(&mut self, code: KeyCode, modified: bool, choices: &[Choice]) -> bool {
        match code {
            KeyCode::Char(letter) if !modified && choices.len() >= FILTER_FROM => self.filter.push(letter),
            KeyCode::Backspace if !self.filter.is_empty() => {
                self.filter.pop();
            }
            KeyCode::PageUp => return (0..PAGE).filter(|_| self.step(-1, choices)).count() > 0,
            KeyCode::PageDown => return (0..PAGE).filter(|_| self.step(1, choices)).count() > 0,
            KeyCode::Home => return self.edge(choices, false),
            KeyCode::End => return self.edge(choices, true),
            _ => return false,
        }
        let shown = self.shown(choices);
        if !shown.iter().any(|choice| Some(&choice.value) == self.here.as_ref())
            && let Some(first) = shown.first()
        {
            self.here = Some(first.value.clone());
        }
        true
    }

    fn edge(&mut self, choices: &[Choice], end: bool) -> bool {
        let shown = self.shown(choices);
        let edge = if end { shown.last() } else { shown.first() };
        if let Some(choice) = edge {
            self.here = Some(choice.value.clone());
        }
        edge.is_some()
    }
}

/// The first line that is not empty.
fn first_line(text: &str) -> &str {
    text.split(['\r', '\n']).find(|line| !line.is_empty()).unwrap_or_default()
}

/// The editing command of a key, as in readline (readline(3), "DEFAULT KEY BINDINGS").
fn request(code: KeyCode, ctrl: bool, alt: bool) -> Option<InputRequest> {
    Some(match (code, ctrl, alt) {
        (KeyCode::Char(letter), false, false) => InputRequest::InsertChar(letter),
        (KeyCode::Char('w') | KeyCode::Backspace, true, false) | (KeyCode::Backspace, false, true) => {
            InputRequest::DeletePrevWord
        }
        (KeyCode::Char('h'), true, false) | (KeyCode::Backspace, false, false) => InputRequest::DeletePrevChar,
        (KeyCode::Delete, true, false) | (KeyCode::Char('d'), false, true) => InputRequest::DeleteNextWord,
        (KeyCode::Delete, false, false) | (KeyCode::Char('d'), true, false) => InputRequest::DeleteNextChar,
        (KeyCode::Left, true, false) | (KeyCode::Char('b'), false, true) => InputRequest::GoToPrevWord,
        (KeyCode::Right, true, false) | (KeyCode::Char('f'), false, true) => InputRequest::GoToNextWord,
        (KeyCode::Left, false, false) | (KeyCode::Char('b'), true, false) => InputRequest::GoToPrevChar,
        (KeyCode::Right, false, false) | (KeyCode::Char('f'), true, false) => InputRequest::GoToNextChar,
        (KeyCode::Home, false, false) | (KeyCode::Char('a'), true, false) => InputRequest::GoToStart,
        (KeyCode::End, false, false) => InputRequest::GoToEnd,
        (KeyCode::Char('k'), true, false) => InputRequest::DeleteTillEnd,
        (KeyCode::Char('y'), true, false) => InputRequest::Yank,
        _ => return None,
    })
}

fn secret_key(line: &mut SecretLine, code: KeyCode, modified: bool) -> bool {
    match (code, modified) {
        (KeyCode::Char(letter), false) => line.insert(letter),
        (KeyCode::Backspace, false) | (KeyCode::Char('h'), true) => line.backspace(),
        (KeyCode::Delete, false) => line.delete(),
        (KeyCode::Char('w') | KeyCode::Backspace, true) => line.clear(),
        (KeyCode::Left, false) => line.step(-1),
        (KeyCode::Right, false) => line.step(1),
        (KeyCode::Home, false) | (KeyCode::Char('a'), true) => line.step(isize::MIN),
        (KeyCode::End, false) => line.step(isize::MAX),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::{AnswerSource, Field, SetupStep};

    fn question(shape: FieldShape, default: &str, source: AnswerSource) -> Question {
        let choice =
            |value: &str| Choice { value: value.into(), label: value.to_uppercase(), hint: String::new(), barred: None };
        Question {
            field: Field::Host,
            step: SetupStep::Server,
            label: String::new(),
            help: String::new(),
            shape,
            choices: ["a", "b", "ab", "c", "d", "e", "f", "g", "bb"].map(choice).to_vec(),
            default: Some(default.into()),
            source: Some(source),
            optional: false,
            guidance: None,
            notes: Vec::new(),
        }
    }

    fn press(draft: &mut Draft, code: KeyCode, question: &Question) {
        draft.key(&KeyEvent::new(code, KeyModifiers::NONE), &question.choices, YesNoWords::default());
    }

    #[test]
    fn typing_replaces_what_was_proposed_and_edits_what_was_typed() {
        let proposed = question(FieldShape::Text, "smtp.example.org", AnswerSource::Preset);
        let mut draft = Draft::of(&proposed);
        press(&mut draft, KeyCode::Char('m'), &proposed);
        assert_eq!(draft.answer(), "m");
        let mut draft = Draft::of(&proposed);
        press(&mut draft, KeyCode::Backspace, &proposed);
        assert_eq!(draft.answer(), "smtp.example.or");
        let typed = question(FieldShape::Text, "mx", AnswerSource::Asked);
        let mut draft = Draft::of(&typed);
        press(&mut draft, KeyCode::Char('2'), &typed);
        assert_eq!(draft.answer(), "mx2");
    }

    #[test]
    fn a_paste_is_its_first_line_and_says_so() {
        let text = question(FieldShape::Text, "", AnswerSource::Default);
        let mut draft = Draft::of(&text);
        assert!(draft.paste("one\r\ntwo\n", &[], YesNoWords::default()));
        assert_eq!(draft.answer(), "one");
        let mut draft = Draft::of(&question(FieldShape::Secret, "", AnswerSource::Default));
        assert!(!draft.paste("abcd efgh", &[], YesNoWords::default()));
        let Draft::Secret(line) = &mut draft else { panic!("a secret") };
        assert_eq!(line.take().expose(), "abcd efgh");
    }

    #[test]
    fn filtering_moves_the_highlight_to_what_is_left() {
        let many = question(FieldShape::Many, "c,d=/x", AnswerSource::Default);
        let mut draft = Draft::of(&many);
        press(&mut draft, KeyCode::Char('b'), &many);
        let Draft::Pick(pick) = &draft else { panic!("a choice") };
        assert_eq!((pick.shown(&many.choices).len(), pick.here.as_deref()), (3, Some("b")));
        draft.toggle();
        assert_eq!(draft.answer(), "c,d=/x,b");
        assert!(draft.step(1, &many.choices));
        draft.toggle();
        draft.toggle();
        assert_eq!(draft.answer(), "c,d=/x,b");
    }

    #[test]
    fn unticking_finds_a_target_with_a_path() {
        let many = question(FieldShape::Many, "a=/x,b", AnswerSource::Default);
        let mut draft = Draft::of(&many);
        draft.toggle();
        assert_eq!(draft.answer(), "b");
    }
}
