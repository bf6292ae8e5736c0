//! Colours and marks: the user's own ANSI colours plus bold and dim, and never colour alone.

use ratatui::style::{Color, Modifier, Style};

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Use colours.
    pub colour: bool,
    /// The locale's encoding is UTF-8; otherwise send only ASCII.
    pub utf8: bool,
    /// The font has check marks, dots and half blocks.
    pub glyphs: bool,
}

impl Look {
    /// The look for an environment, read with `variable`. `--color` and `NO_COLOR` have decided about colour.
    pub fn of(variable: impl Fn(&str) -> Option<String>, colour: bool) -> Self {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let utf8 = locale.contains("utf-8") || locale.contains("utf8");
        // The Linux console's fonts have accents and lines, but neither check marks nor braille.
        let console = variable("TERM").is_some_and(|term| term == "linux" || term.starts_with("vt"));
        Self { colour, utf8, glyphs: utf8 && !console }
    }
}

/// Styles and marks of a look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Theme {
    colour: bool,
    quiet: Style,
    strong: Style,
    pub(super) marks: &'static MarkSet,
}

/// Marks, each one column wide except the boxes.
#[derive(Debug)]
pub(super) struct MarkSet {
    pub(super) passed: &'static str,
    pub(super) failed: &'static str,
    pub(super) warned: &'static str,
    pub(super) pending: &'static str,
    pub(super) skipped: &'static str,
    pub(super) spinner: &'static [&'static str],
    pub(super) here: &'static str,
    pub(super) point: &'static str,
    pub(super) on: &'static str,
    pub(super) off: &'static str,
    pub(super) checked: &'static str,
    pub(super) unchecked: &'static str,
    pub(super) secret: &'static str,
    pub(super) more_above: &'static str,
    pub(super) more_below: &'static str,
    pub(super) turn: (&'static str, &'static str),
    pub(super) glyphs: bool,
}

const UNICODE: MarkSet = MarkSet {
    passed: "✓",
    failed: "✗",
    warned: "!",
    pending: "·",
    skipped: "–",
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
    here: "●",
    point: "▸",
    on: "●",
    off: "○",
    checked: "[✓]",
    unchecked: "[ ]",
    secret: "•",
    more_above: "▲",
    more_below: "▼",
    turn: ("‹", "›"),
    glyphs: true,
};

const ASCII: MarkSet = MarkSet {
    passed: "+",
    failed: "x",
    warned: "!",
    pending: ".",
    skipped: "-",
    spinner: &["|", "/", "-", "\\"],
    here: "*",
    point: ">",
    on: "(*)",
    off: "( )",
    checked: "[x]",
    unchecked: "[ ]",
    secret: "*",
    more_above: "^",
    more_below: "v",
    turn: ("<", ">"),
    glyphs: false,
};

impl Theme {
    pub(super) const fn new(look: Look) -> Self {
        Self {
            colour: look.colour,
            quiet: Style::new().add_modifier(Modifier::DIM),
            strong: Style::new().add_modifier(Modifier::BOLD),
            marks: if look.glyphs { &UNICODE } else { &ASCII },
        }
    }

    fn ink(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }

    /// The current position.
    pub(super) fn accent(self) -> Style {
        self.ink(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    pub(super) fn good(self) -> Style {
        self.ink(Color::Green)
    }

    pub(super) fn warn(self) -> Style {
        self.ink(Color::Yellow)
    }

    pub(super) fn bad(self) -> Style {
        self.ink(Color::Red)
    }

    pub(super) fn link(self) -> Style {
        self.ink(Color::Blue).add_modifier(Modifier::UNDERLINED)
    }

    pub(super) const fn dim(self) -> Style {
        self.quiet
    }

    pub(super) const fn bold(self) -> Style {
        self.strong
    }

    /// Dark on light whatever the terminal's colours are, as QR codes need.
    pub(super) fn paper(self) -> Style {
        if self.colour {
            Style::new().fg(Color::Black).bg(Color::White)
        } else {
            Style::new().add_modifier(Modifier::REVERSED)
        }
    }

    pub(super) fn spinner(self, tick: usize) -> &'static str {
        self.marks.spinner[tick % self.marks.spinner.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_look_follows_locale_and_terminal() {
        let of = |pairs: &'static [(&str, &str)]| {
            Look::of(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()), true)
        };
        assert!(of(&[("LANG", "fr_FR.UTF-8"), ("TERM", "xterm")]).glyphs);
        assert!(!of(&[("LC_ALL", "C"), ("LANG", "fr_FR.UTF-8")]).utf8);
        let console = of(&[("LANG", "en_US.utf8"), ("TERM", "linux")]);
        assert!(console.utf8 && !console.glyphs);
    }
}
