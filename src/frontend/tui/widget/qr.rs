//! A link as a QR code, two modules to a character cell.

use qrcode::{Color, EcLevel, QrCode};
use ratatui::text::{Line, Span};

use super::super::theme::Theme;

/// Light modules around the code (ISO 18004 wants four; readers take two).
const QUIET: usize = 2;

/// The code's lines, or `None` when the link is too long for one.
pub(in super::super) fn code(link: &str, theme: Theme) -> Option<Vec<Line<'static>>> {
    let made = QrCode::with_error_correction_level(link, EcLevel::L).ok()?;
    let size = made.width();
    let modules = made.into_colors();
    let whole = size + 2 * QUIET;
    let dark = |x: usize, y: usize| {
        let (Some(x), Some(y)) = (x.checked_sub(QUIET), y.checked_sub(QUIET)) else { return false };
        x < size && y < size && modules[y * size + x] == Color::Dark
    };
    let lines = (0..whole).step_by(2).map(|y| {
        let row: String = (0..whole)
            .map(|x| match (dark(x, y), dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect();
        Line::from(Span::styled(row, theme.paper()))
    });
    Some(lines.collect())
}
