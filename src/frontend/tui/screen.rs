//! The way to the terminal: a ratatui backend that sends each frame in one write, in few bytes.
//!
//! It tracks the content of the screen and the state of the terminal's cursor and pen. So a typed character at the cursor
//! costs one byte, the end of a line is erased instead of overwritten, and the cursor's position is never queried.

use std::io::{self, Write};

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::{Buffer, Cell},
    layout::{Position, Rect, Size},
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthStr;

/// Fewer changed blanks than this are not worth an erase.
const ERASE_FROM: usize = 4;
/// Unchanged cells of the same style are sent again if that is shorter than a jump.
const BRIDGE: u16 = 3;

/// The backend: frames go to `out`.
pub(super) struct Screen<W: Write> {
    out: W,
    /// What the next write sends.
    frame: Vec<u8>,
    size: fn() -> io::Result<Size>,
    shown: Buffer,
    /// The terminal's cursor; `None` after the last column, where terminals differ (deferred wrap).
    cursor: Option<Position>,
    pen: Pen,
    visible: bool,
    ascii: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    const fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a blank written with it shows nothing.
    fn leaves_blanks(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(Modifier::UNDERLINED | Modifier::REVERSED)
    }
}

impl<W: Write> Screen<W> {
    /// A screen on `out`; `size` asks for its size. `ascii` sends no byte beyond ASCII.
    pub(super) fn new(out: W, size: fn() -> io::Result<Size>, ascii: bool) -> Self {
        Self {
            out,
            frame: Vec::with_capacity(4096),
            size,
            shown: Buffer::default(),
            cursor: None,
            pen: Pen::PLAIN,
            visible: true,
            ascii,
        }
    }

    /// Queues bytes before the next frame; they reset the pen and leave the cursor unknown.
    pub(super) fn prepend(&mut self, bytes: &str) {
        self.frame.extend_from_slice(bytes.as_bytes());
        self.cursor = None;
        self.pen = Pen::PLAIN;
        self.visible = true;
    }

    fn put(&mut self, text: &str) {
        self.frame.extend_from_slice(text.as_bytes());
    }

    fn go(&mut self, to: Position) {
        if self.cursor == Some(to) {
            return;
        }
        let sequence = match self.cursor {
            Some(at) if at.y == to.y && to.x == 0 => "\r".to_owned(),
            Some(at) if at.y == to.y && to.x == at.x + 1 => "\x1b[C".to_owned(),
            Some(at) if at.y == to.y && to.x > at.x => format!("\x1b[{}C", to.x - at.x),
            Some(at) if at.y == to.y && at.x == to.x + 1 => "\x08".to_owned(),
            _ if to.x == 0 && to.y == 0 => "\x1b[H".to_owned(),
            _ if to.x == 0 => format!("\x1b[{}H", to.y + 1),
            _ => format!("\x1b[{};{}H", to.y + 1, to.x + 1),
        };
        self.put(&sequence);
        self.cursor = Some(to);
    }

    fn ink(&mut self, pen: Pen) {
        if self.pen == pen {
            return;
        }
        let mut codes: Vec<String> = Vec::new();
        // An attribute can only be removed together with all others.
        if !pen.modifier.contains(self.pen.modifier) || (pen == Pen::PLAIN) {
            self.pen = Pen::PLAIN;
            codes.push(String::new());
        }
        let added = pen.modifier - self.pen.modifier;
        for (modifier, code) in [
            (Modifier::BOLD, "1"),
            (Modifier::DIM, "2"),
            (Modifier::ITALIC, "3"),
            (Modifier::UNDERLINED, "4"),
            (Modifier::REVERSED, "7"),
        ] {
            if added.contains(modifier) {
                codes.push(code.to_owned());
            }
        }
        if pen.fg != self.pen.fg {
            codes.push(sgr(pen.fg, 30));
        }
        if pen.bg != self.pen.bg {
            codes.push(sgr(pen.bg, 40));
        }
        let sequence = format!("\x1b[{}m", codes.join(";"));
        self.put(&sequence);
        self.pen = pen;
    }

    fn symbol(&mut self, x: u16, y: u16) {
        let cell = &self.shown[(x, y)];
        let (pen, symbol) = (Pen::of(cell), cell.symbol().to_owned());
        if symbol != " " || !pen.leaves_blanks() || !self.pen.leaves_blanks() {
            self.ink(pen);
        }
        let columns = u16::try_from(symbol.width()).unwrap_or(1).max(1);
        if self.ascii {
            for character in symbol.chars().take(1) {
                self.frame.push(ascii(character));
            }
            self.frame.extend(std::iter::repeat_n(b' ', usize::from(columns - 1)));
        } else {
            self.put(&symbol);
        }
        let next = x + columns;
        self.cursor = (next < self.shown.area.width).then_some(Position::new(next, y));
    }

    /// Whether everything from `x` to the end of the line is empty.
    fn rest_is_blank(&self, x: u16, y: u16) -> bool {
        (x..self.shown.area.width).all(|column| is_blank(&self.shown[(column, y)]))
    }

    /// Writes over unchanged cells between the cursor and `x` if that is shorter than jumping.
    fn bridge(&mut self, x: u16, y: u16) {
        if let Some(at) = self.cursor
            && at.y == y
            && at.x < x
            && x - at.x <= BRIDGE
            && (at.x..x).all(|column| {
                let cell = &self.shown[(column, y)];
                let blank = is_blank(cell) && self.pen.leaves_blanks();
                blank || (Pen::of(cell) == self.pen && cell.symbol().is_ascii())
            })
        {
            for column in at.x..x {
                self.symbol(column, y);
            }
        }
    }

    fn row(&mut self, y: u16, columns: &[u16]) {
        for (index, x) in columns.iter().enumerate() {
            if columns.len() - index >= ERASE_FROM && self.rest_is_blank(*x, y) {
                self.go(Position::new(*x, y));
                if !self.pen.leaves_blanks() {
                    self.ink(Pen::PLAIN);
                }
                self.put("\x1b[K");
                return;
            }
            self.bridge(*x, y);
            self.go(Position::new(*x, y));
            self.symbol(*x, y);
        }
    }
}

fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && Pen::of(cell).leaves_blanks()
}

fn sgr(colour: Color, base: u8) -> String {
    let index = match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::White | Color::Gray => 7,
        // The theme uses no other colour.
        _ => 9,
    };
    (base + index).to_string()
}

/// The nearest ASCII character.
fn ascii(character: char) -> u8 {
    let near = match character {
        'à' | 'â' | 'ä' => 'a',
        'À' | 'Â' => 'A',
        'ç' => 'c',
        'Ç' => 'C',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'É' | 'È' | 'Ê' => 'E',
        'î' | 'ï' => 'i',
        'ô' | 'ö' | 'œ' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        '’' | '‘' => '\'',
        '“' | '”' | '«' | '»' => '"',
        '–' | '—' | '─' | '−' => '-',
        '…' | '·' => '.',
        '•' => '*',
        '×' => 'x',
        '→' | '›' => '>',
        '←' | '‹' => '<',
        '↑' => '^',
        '↓' => 'v',
        '\u{a0}' | '\u{202f}' => ' ',
        other => other,
    };
    u8::try_from(near).ok().filter(u8::is_ascii).unwrap_or(b'?')
}

impl<W: Write> Backend for Screen<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut rows: Vec<(u16, Vec<u16>)> = Vec::new();
        for (x, y, cell) in content {
            if x >= self.shown.area.width || y >= self.shown.area.height {
                continue;
            }
            self.shown[(x, y)] = cell.clone();
            // The cell after a wide character is covered by it.
            for covered in 1..u16::try_from(cell.symbol().width()).unwrap_or(1) {
                if x + covered < self.shown.area.width {
                    self.shown[(x + covered, y)].reset();
                }
            }
            match rows.last_mut() {
                Some((row, columns)) if *row == y => columns.push(x),
                _ => rows.push((y, vec![x])),
            }
        }
        for (y, columns) in rows {
            self.row(y, &columns);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.visible, false) {
            self.put("\x1b[?25l");
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.visible, true) {
            self.put("\x1b[?25h");
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.go(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.ink(Pen::PLAIN);
        self.put("\x1b[2J");
        let size = self.size()?;
        self.shown = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        self.cursor = None;
        Ok(())
    }

    fn clear_region(&mut self, _region: ClearType) -> io::Result<()> {
        // A full-screen terminal only ever clears everything.
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        // Serial lines report 0x0 (tty_ioctl(4)).
        Ok((self.size)().ok().filter(|size| size.width > 0 && size.height > 0).unwrap_or(Size::new(80, 24)))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        self.out.write_all(&self.frame)?;
        self.frame.clear();
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use ratatui::{Terminal, style::Style};

    use super::*;

    type Recorded = Vec<Vec<u8>>;

    struct Recorder(Recorded);

    impl Write for &mut Recorder {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn frames(ascii: bool, draws: &[&dyn Fn(&mut ratatui::Frame<'_>)]) -> Vec<String> {
        let mut recorder = Recorder(Vec::new());
        {
            let mut screen = Screen::new(&mut recorder, || Ok(Size::new(20, 4)), ascii);
            screen.clear().unwrap();
            let mut terminal = Terminal::new(screen).unwrap();
            for draw in draws {
                terminal.draw(|frame| draw(frame)).unwrap();
            }
        }
        recorder.0.into_iter().map(|bytes| String::from_utf8(bytes).unwrap()).collect()
    }

    #[test]
    fn a_typed_character_is_one_byte_and_an_unchanged_frame_none() {
        let typed = |text: &'static str| {
            move |frame: &mut ratatui::Frame<'_>| {
                frame.buffer_mut().set_string(2, 1, text, Style::new());
                frame.set_cursor_position((2 + u16::try_from(text.len()).unwrap(), 1));
            }
        };
        let frames = frames(false, &[&typed("ab"), &typed("abc"), &typed("abc"), &typed("ab")]);
        assert_eq!(frames, ["\x1b[2J\x1b[2;3Hab", "c", "\x08 \x08"]);
    }

    #[test]
    fn the_end_of_a_line_is_erased_and_styles_are_kept() {
        let line = |text: &'static str| {
            move |frame: &mut ratatui::Frame<'_>| {
                frame.buffer_mut().set_string(0, 0, text, Style::new().add_modifier(Modifier::BOLD));
            }
        };
        let frames = frames(false, &[&line("a long text"), &line("a")]);
        assert_eq!(frames, ["\x1b[2J\x1b[H\x1b[1ma long text\x1b[?25l", "\x1b[1;2H\x1b[K"]);
    }

    #[test]
    fn without_utf8_every_byte_is_ascii() {
        let frames = frames(
            true,
            &[&|frame| {
                frame.buffer_mut().set_string(0, 0, "✓ é’日x", Style::new());
            }],
        );
        assert_eq!(frames, ["\x1b[2J\x1b[H? e'? x\x1b[?25l"]);
    }
}
