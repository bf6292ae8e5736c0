//! What a terminal shows after what it received, and what it answers when it is asked.

use vt100::{Callbacks, Color, Parser};

/// A screen of a terminal, in memory.
pub(crate) struct Screen {
    parser: Parser<Answers>,
    raw: Vec<u8>,
}

impl Screen {
    /// An empty one.
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        let parser = Parser::new_with_callbacks(size(rows), size(columns), 1000, Answers::default());
        Self { parser, raw: Vec::new() }
    }

    /// Takes what a program wrote, and returns what a terminal would answer to it.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.raw.extend_from_slice(bytes);
        self.parser.process(bytes);
        std::mem::take(&mut self.parser.callbacks_mut().0)
    }

    /// Another size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.set_size(size(rows), size(columns));
    }

    /// The lines that are seen, without trailing blanks.
    pub(crate) fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Everything that was ever received, escape sequences and all.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Whether the second screen is on, which full-screen programs use.
    pub(crate) fn alternate(&self) -> bool {
        self.parser.screen().alternate_screen()
    }

    /// Whether any cell that is seen has a colour of its own.
    pub(crate) fn coloured(&self) -> bool {
        let screen = self.parser.screen();
        let (rows, columns) = screen.size();
        (0..rows.get()).any(|r| {
            (0..columns.get())
                .filter_map(|c| screen.cell(r, c))
                .any(|cell| cell.fgcolor() != Color::Default || cell.bgcolor() != Color::Default)
        })
    }

    /// Row and column of the cursor, from 0.
    pub(crate) fn cursor(&self) -> (u16, u16) {
        self.parser.screen().cursor_position()
    }

    /// What a program left switched on that a shell does not expect: empty when the terminal is whole again.
    pub(crate) fn left_on(&self) -> Vec<&'static str> {
        let screen = self.parser.screen();
        [
            ("alternate screen", screen.alternate_screen()),
            ("hidden cursor", screen.hide_cursor()),
            ("bracketed paste", screen.bracketed_paste()),
            ("mouse", screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None),
            ("application keypad", screen.application_keypad()),
            ("application cursor", screen.application_cursor()),
            ("colour", screen.fgcolor() != Color::Default || screen.bgcolor() != Color::Default),
            ("bold", screen.bold()),
            ("inverse", screen.inverse()),
        ]
        .into_iter()
        .filter_map(|(name, on)| on.then_some(name))
        .collect()
    }
}

fn size(n: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(n).expect("a terminal has a size")
}

/// The answers of an xterm to what programs ask it.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Callbacks for Answers {
    fn unhandled_csi(&mut self, screen: &mut vt100::Screen, i1: Option<u8>, _: Option<u8>, params: &[&[u16]], c: char) {
        match (i1, params, c) {
            (None, [[6]], 'n') => {
                let (row, column) = screen.cursor_position();
                self.0.extend_from_slice(format!("\x1b[{};{}R", row + 1, column + 1).as_bytes());
            }
            (None, [[5]], 'n') => self.0.extend_from_slice(b"\x1b[0n"),
            (None, [] | [[0]], 'c') => self.0.extend_from_slice(b"\x1b[?62;22c"),
            _ => {}
        }
    }

    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        match params {
            [b"10", b"?"] => self.0.extend_from_slice(b"\x1b]10;rgb:c0c0/c0c0/c0c0\x1b\\"),
            [b"11", b"?"] => self.0.extend_from_slice(b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
            _ => {}
        }
    }
}

#[test]
fn a_screen_shows_what_was_drawn_and_answers_what_is_asked() {
    let mut screen = Screen::new(40, 12);
    assert_eq!(screen.feed(b"\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[3;5Hh\xc3\xa9llo\x1b[6n"), b"\x1b[3;10R");
    assert_eq!((screen.text().as_str(), screen.cursor()), ("\n\n    h\u{e9}llo", (2, 9)));
    assert!(screen.alternate() && !screen.coloured());
    assert_eq!(screen.left_on(), ["alternate screen", "hidden cursor", "bracketed paste"]);
    assert_eq!(screen.feed(b"\x1b[c\x1b]11;?\x07\x1b[5n"), b"\x1b[?62;22c\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[0n");
    screen.resize(20, 6);
    screen.feed(b"\r\x1b[31mred\x1b[m");
    assert!(screen.coloured() && screen.text().contains("redhello".get(..3).unwrap()));
    screen.feed(b"\x1b[?2004l\x1b[?25h\x1b[?1049l");
    assert_eq!((screen.left_on().len(), screen.text().as_str()), (0, ""));
    assert!(screen.raw().starts_with(b"\x1b[?1049h") && screen.raw().ends_with(b"\x1b[?1049l"));
}
