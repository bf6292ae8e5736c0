//! The one table of keys: what a key does, when, and its label. Key handling, the foot and the help read it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::presets::Text;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum KeyAction {
    /// Takes the answer and goes on.
    Accept,
    /// The primary action after a failed test.
    Primary,
    Write,
    Toggle,
    NextField,
    PreviousField,
    Up,
    Down,
    Left,
    Right,
    Fix,
    Trust,
    Retry,
    Password,
    Edit,
    Transcript,
    Report,
    Force,
    Link,
    Probe,
    Menu,
    Answers,
    Help,
    PageUp,
    PageDown,
    Top,
    Bottom,
    Clear,
    Back,
    Stop,
    Close,
    Finish,
    Leave,
    Suspend,
    Redraw,
}

/// What is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Scene {
    /// Questions.
    #[default]
    Form,
    /// A short piece of work without stages.
    Working,
    /// The live test is running.
    Testing,
    /// The live test failed.
    Failed,
    /// Answers and plan, before writing.
    Review,
    /// Files are being written.
    Writing,
    /// All is done.
    Done,
}

/// What covers the scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    Help,
    Answers,
    Transcript,
    Report,
    Link,
    Probe,
    Menu,
    /// The lines of what is known, above the question, which stays in sight.
    Known,
}

impl Over {
    /// Whether the arrows move through rows, and Enter takes one.
    const fn has_rows(self) -> bool {
        matches!(self, Self::Answers | Self::Menu | Self::Known)
    }
}

/// What the conditions of the table depend on.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about the screen, each the condition of a key")]
pub(super) struct Now {
    pub(super) scene: Scene,
    pub(super) over: Option<Over>,
    /// A line is edited: letters are typed.
    pub(super) typing: bool,
    /// Nothing is typed yet.
    pub(super) empty: bool,
    /// Up and down move in an open list.
    pub(super) list: bool,
    /// Left and right choose in a closed list.
    pub(super) turns: bool,
    /// Several can be ticked.
    pub(super) ticks: bool,
    /// Something can be chosen without moving on.
    pub(super) toggles: bool,
    /// The page has more than one field.
    pub(super) fields: bool,
    /// Lines of what is known stand above the question.
    pub(super) known: bool,
    /// The diagnosis offers a change.
    pub(super) fix: bool,
    /// It offers to trust a certificate.
    pub(super) trust: bool,
    /// Enter does something other than test again.
    pub(super) retry: bool,
    /// There is a password.
    pub(super) password: bool,
    /// Enter asks for it.
    pub(super) asks: bool,
    /// There is a link to show.
    pub(super) link: bool,
    pub(super) transcript: bool,
    pub(super) probe: bool,
    pub(super) menu: bool,
    /// There are more lines than fit.
    pub(super) scrolls: bool,
}

impl Now {
    const fn plain(&self, scene: Scene) -> bool {
        self.over.is_none() && self.scene as u8 == scene as u8
    }

    const fn form(&self) -> bool {
        self.plain(Scene::Form)
    }

    const fn failed(&self) -> bool {
        self.plain(Scene::Failed)
    }

    /// Letters are keys, not text.
    const fn letters(&self) -> bool {
        self.over.is_some() || !self.form() || self.empty
    }

    const fn running(&self) -> bool {
        self.over.is_none() && matches!(self.scene, Scene::Testing | Scene::Working)
    }
}

/// A key of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyPress {
    code: KeyCode,
    ctrl: bool,
}

impl KeyPress {
    pub(super) fn matches(self, event: &KeyEvent) -> bool {
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        let code = match (event.code, self.code) {
            // Terminals with the kitty keyboard protocol report Shift+Tab as Tab with Shift, and may report capitals with Ctrl
            // (https://sw.kovidgoyal.net/kitty/keyboard-protocol/).
            (KeyCode::Tab, KeyCode::BackTab) => event.modifiers.contains(KeyModifiers::SHIFT),
            (KeyCode::Tab, KeyCode::Tab) => !event.modifiers.contains(KeyModifiers::SHIFT),
            (KeyCode::Char(typed), KeyCode::Char(own)) if self.ctrl => typed.eq_ignore_ascii_case(&own),
            (typed, own) => typed == own,
        };
        code && ctrl == self.ctrl && !alt
    }

    /// Its name, as a keyboard shows it.
    pub(super) fn name(self, text: &Text) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => text.get("key-name-space"),
            KeyCode::Char(letter) if self.ctrl => letter.to_uppercase().to_string(),
            KeyCode::Char(letter) => letter.to_string(),
            KeyCode::F(number) => format!("F{number}"),
            KeyCode::BackTab => text.get("key-name-backtab"),
            KeyCode::PageUp => text.get("key-name-page-up"),
            KeyCode::PageDown => text.get("key-name-page-down"),
            KeyCode::Enter => text.get("key-name-enter"),
            KeyCode::Esc => text.get("key-name-esc"),
            KeyCode::Home => text.get("key-name-home"),
            KeyCode::End => text.get("key-name-end"),
            KeyCode::Up => text.get("key-name-up"),
            KeyCode::Down => text.get("key-name-down"),
            KeyCode::Left => text.get("key-name-left"),
            KeyCode::Right => text.get("key-name-right"),
            other => format!("{other:?}"),
        };
        if self.ctrl { format!("{}-{name}", text.get("key-name-ctrl")) } else { name }
    }
}

const fn key(code: KeyCode) -> KeyPress {
    KeyPress { code, ctrl: false }
}

const fn letter(letter: char) -> KeyPress {
    key(KeyCode::Char(letter))
}

const fn ctrl(letter: char) -> KeyPress {
    KeyPress { code: KeyCode::Char(letter), ctrl: true }
}

/// A row of the table.
pub(super) struct Binding {
    pub(super) keys: &'static [KeyPress],
    pub(super) action: KeyAction,
    pub(super) when: fn(&Now) -> bool,
    /// The message with its label.
    pub(super) label: &'static str,
    /// Whether the foot shows it; the help shows all.
    pub(super) foot: bool,
}

const fn row(
    keys: &'static [KeyPress],
    action: KeyAction,
    when: fn(&Now) -> bool,
    label: &'static str,
    foot: bool,
) -> Binding {
    Binding { keys, action, when, label, foot }
}

const ENTER: KeyPress = key(KeyCode::Enter);
const ESC: KeyPress = key(KeyCode::Esc);
const HOME: KeyPress = key(KeyCode::Home);
const END: KeyPress = key(KeyCode::End);

/// Every key, in the order of the foot. The first row that matches wins.
pub(super) const KEYS: &[Binding] = {
    use KeyAction as A;
    &[
        // Overlays.
        row(&[ENTER], A::Accept, |now| now.over.is_some_and(Over::has_rows), "key-choose", true),
        row(&[ESC, letter('q'), ENTER], A::Close, |now| now.over.is_some(), "key-close", true),
        // The way on.
        row(&[ENTER], A::Accept, Now::form, "key-next", true),
        row(&[ENTER, letter('y')], A::Write, |now| now.plain(Scene::Review), "key-write", true),
        row(&[ENTER, letter('q'), ESC], A::Finish, |now| now.plain(Scene::Done), "key-finish", true),
        row(&[ENTER], A::Primary, Now::failed, "key-primary", true),
        row(&[letter('f')], A::Fix, |now| now.failed() && now.fix, "key-fix", false),
        row(&[letter('c')], A::Trust, |now| now.failed() && now.trust, "key-trust", true),
        row(&[letter('r')], A::Retry, |now| now.failed() && now.retry, "key-retry", true),
        row(&[letter('r')], A::Retry, Now::failed, "key-retry", false),
        row(&[letter('e')], A::Edit, |now| now.failed() || now.plain(Scene::Review), "key-edit", true),
        row(
            &[letter('t')],
            A::Transcript,
            |now| now.letters() && now.over.is_none() && now.transcript,
            "key-transcript",
            true,
        ),
        row(&[key(KeyCode::Tab)], A::NextField, |now| now.form() && now.fields, "key-field", true),
        row(&[letter(' ')], A::Toggle, |now| now.form() && now.ticks, "key-toggle", true),
        row(&[key(KeyCode::BackTab)], A::PreviousField, |now| now.form() && now.fields, "key-field-back", false),
        row(&[ESC], A::Stop, Now::running, "key-stop", true),
        row(
            &[ESC],
            A::Back,
            |now| now.over.is_none() && !matches!(now.scene, Scene::Done | Scene::Writing),
            "key-back",
            true,
        ),
        row(&[key(KeyCode::F(1))], A::Help, |now| now.over != Some(Over::Help), "key-help", true),
        row(&[letter('p')], A::Password, |now| now.failed() && now.password && !now.asks, "key-password", true),
        row(&[letter('p')], A::Password, |now| now.failed() && now.password, "key-password", false),
        row(&[letter('w')], A::Force, Now::failed, "key-force", true),
        row(&[letter('s')], A::Report, |now| now.failed() || now.plain(Scene::Review), "key-report", true),
        row(&[letter('?')], A::Help, |now| now.letters() && now.over != Some(Over::Help), "key-help", false),
        row(&[key(KeyCode::F(3)), ctrl('g')], A::Link, |now| now.over.is_none() && now.link, "key-link", true),
        row(&[letter('q')], A::Link, |now| now.failed() && now.link, "key-link", false),
        row(&[key(KeyCode::F(5))], A::Menu, |now| now.over.is_none() && now.menu, "key-menu", true),
        row(
            &[key(KeyCode::F(4)), ctrl('e')],
            A::Answers,
            |now| now.over.is_none() && !matches!(now.scene, Scene::Done | Scene::Writing),
            "key-answers",
            true,
        ),
        row(&[key(KeyCode::F(6))], A::Probe, |now| now.over.is_none() && now.probe, "key-probe", true),
        row(&[letter(' ')], A::Toggle, |now| now.form() && now.toggles, "key-toggle", false),
        row(
            &[key(KeyCode::Up)],
            A::Up,
            |now| (now.form() && (now.list || now.fields || now.known)) || now.over.is_some_and(Over::has_rows),
            "key-up",
            false,
        ),
        row(
            &[key(KeyCode::Down)],
            A::Down,
            |now| (now.form() && (now.list || now.fields || now.known)) || now.over.is_some_and(Over::has_rows),
            "key-down",
            false,
        ),
        row(&[key(KeyCode::Up), letter('k')], A::Up, |now| !now.form() && now.scrolls, "key-scroll-up", false),
        row(&[key(KeyCode::Down), letter('j')], A::Down, |now| !now.form() && now.scrolls, "key-scroll-down", false),
        row(&[key(KeyCode::PageUp)], A::PageUp, |now| now.scrolls, "key-page-up", false),
        row(&[key(KeyCode::PageDown)], A::PageDown, |now| now.scrolls, "key-page-down", false),
        row(&[letter(' ')], A::PageDown, |now| !now.form() && now.scrolls, "key-page-down", false),
        row(&[HOME], A::Top, |now| !now.form() && now.scrolls, "key-top", false),
        row(&[END], A::Bottom, |now| !now.form() && now.scrolls, "key-bottom", false),
        row(&[key(KeyCode::Left)], A::Left, |now| now.form() && now.turns, "key-left", false),
        row(&[key(KeyCode::Right)], A::Right, |now| now.form() && now.turns, "key-right", false),
        row(&[ctrl('u')], A::Clear, |now| now.form() && now.typing, "key-clear", false),
        row(&[ctrl('c')], A::Leave, |now| !now.plain(Scene::Done), "key-leave", true),
        row(&[ctrl('c')], A::Finish, |now| now.plain(Scene::Done), "key-leave", false),
        row(&[ctrl('z')], A::Suspend, |_| true, "key-suspend", false),
        row(&[ctrl('l')], A::Redraw, |_| true, "key-redraw", false),
    ]
};

/// The current action of a key.
pub(super) fn action(event: &KeyEvent, now: &Now) -> Option<KeyAction> {
    KEYS.iter()
        .find(|binding| (binding.when)(now) && binding.keys.iter().any(|key| key.matches(event)))
        .map(|binding| binding.action)
}

/// The rows that apply now, each with the keys that no earlier row has taken.
pub(super) fn active(now: &Now) -> Vec<(Vec<KeyPress>, &'static Binding)> {
    let mut taken: Vec<KeyPress> = Vec::new();
    let mut rows = Vec::new();
    for binding in KEYS.iter().filter(|binding| (binding.when)(now)) {
        let free: Vec<KeyPress> = binding.keys.iter().copied().filter(|key| !taken.contains(key)).collect();
        taken.extend(&free);
        if !free.is_empty() {
            rows.push((free, binding));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(code: KeyCode) -> KeyEvent {
        KeyEvent::new(code, KeyModifiers::NONE)
    }

    #[test]
    fn letters_are_typed_in_a_line_and_are_keys_elsewhere() {
        let typing = Now { typing: true, ..Now::default() };
        assert_eq!(action(&press(KeyCode::Char('?')), &typing), None);
        assert_eq!(action(&press(KeyCode::Char('q')), &typing), None);
        let empty = Now { empty: true, ..typing };
        assert_eq!(action(&press(KeyCode::Char('?')), &empty), Some(KeyAction::Help));
        let failed = Now { scene: Scene::Failed, fix: true, ..Now::default() };
        assert_eq!(action(&press(KeyCode::Char('f')), &failed), Some(KeyAction::Fix));
        assert_eq!(action(&press(KeyCode::Enter), &failed), Some(KeyAction::Primary));
    }

    #[test]
    fn escape_stops_a_test_closes_what_lies_over_and_else_goes_back() {
        let escape = press(KeyCode::Esc);
        assert_eq!(action(&escape, &Now { scene: Scene::Testing, ..Now::default() }), Some(KeyAction::Stop));
        assert_eq!(action(&escape, &Now { over: Some(Over::Help), ..Now::default() }), Some(KeyAction::Close));
        assert_eq!(action(&escape, &Now::default()), Some(KeyAction::Back));
        assert_eq!(action(&escape, &Now { scene: Scene::Writing, ..Now::default() }), None);
    }

    #[test]
    fn leaving_works_everywhere() {
        let leave = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        for scene in [Scene::Form, Scene::Testing, Scene::Failed, Scene::Review, Scene::Writing] {
            for over in [None, Some(Over::Menu), Some(Over::Transcript)] {
                assert_eq!(action(&leave, &Now { scene, over, typing: true, ..Now::default() }), Some(KeyAction::Leave));
            }
        }
    }

    #[test]
    fn a_key_is_shown_for_what_it_does() {
        let now = Now { over: Some(Over::Answers), ..Now::default() };
        let rows = active(&now);
        let enters: Vec<_> = rows.iter().filter(|(keys, _)| keys.contains(&ENTER)).map(|(_, row)| row.label).collect();
        assert_eq!(enters, ["key-choose"]);
    }
}
