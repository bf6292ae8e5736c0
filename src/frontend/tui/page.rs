//! The frame: where rail, body and foot are, and how the body scrolls.

mod body;

use std::rc::Rc;

use ratatui::{
    Frame,
    layout::{Position, Rect, Size},
    text::Line,
    widgets::{Block, BorderType, Widget},
};

use super::{
    app::App,
    current::{Body, CurrentPage},
    keymap::Scene,
    view::{Ctx, chrome},
    widget::wrap::fit,
};
use crate::{phrase, presets::Text};

/// The smallest screen.
const LEAST: Size = Size { width: 26, height: 8 };
/// With at least this many lines there are blank lines between the parts.
const ROOMY: u16 = 12;
/// Widest column of text.
const COLUMN: u16 = 100;
/// From this width on, two documents are shown side by side.
const WIDE: u16 = 130;
/// The width of the page in that case.
const WIDE_COLUMN: u16 = 126;
/// Highest page.
const TALL: u16 = 32;
/// Columns between two documents side by side.
const GUTTER: u16 = 4;

/// Where the parts are.
struct Frames {
    border: Option<Rect>,
    rail: Rect,
    body: Rect,
    foot: Rect,
}

fn frames(area: Rect) -> Frames {
    let column = match area.width {
        WIDE.. => WIDE_COLUMN,
        width => width.saturating_sub(2).min(COLUMN),
    };
    let height = area.height.min(TALL);
    let left = area.x + (area.width - column) / 2;
    let top = area.y + (area.height - height) / 3;
    let bordered = area.width > COLUMN + 8 && area.height > TALL;
    let border = bordered.then(|| Rect::new(left - 3, top - 1, column + 6, height + 2));
    let space = u16::from(height >= ROOMY);
    let body = height.saturating_sub(2 + 2 * space);
    Frames {
        border,
        rail: Rect::new(left, top, column, 1),
        body: Rect::new(left, top + 1 + space, column, body),
        foot: Rect::new(left, top + height - 1, column, 1),
    }
}

impl App {
    /// Draws the screen.
    pub fn draw(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        if area.width < LEAST.width || area.height < LEAST.height {
            too_small(self.setup.text(), area, frame);
            return;
        }
        let frames = frames(area);
        let buffer = frame.buffer_mut();
        if let Some(border) = frames.border {
            Block::bordered().border_type(BorderType::Rounded).border_style(self.theme.dim()).render(border, buffer);
        }
        let ctx = self.ctx(frames.body);
        let rail = chrome::rail(ctx, &self.setup.rail());
        buffer.set_line(frames.rail.x, frames.rail.y, &rail, frames.rail.width);
        let page = self.page_for(ctx);
        let cursor = self.draw_body(&page.body, frames.body, buffer);
        let foot = chrome::foot(ctx, &page.foot, self.primary_label().as_deref());
        buffer.set_line(frames.foot.x, frames.foot.y, &foot, frames.foot.width);
        if let Some(cursor) = cursor {
            frame.set_cursor_position(cursor);
        }
    }

    fn draw_body(&self, body: &Body, area: Rect, buffer: &mut ratatui::buffer::Buffer) -> Option<Position> {
        let Some(side) = &body.side else {
            return body.main.draw(area, buffer, self.scroll, self.theme);
        };
        let half = (area.width - GUTTER) / 2;
        let left = Rect { width: area.width - GUTTER - half, ..area };
        let right = Rect { x: left.right() + GUTTER, width: half, ..area };
        side.draw(right, buffer, 0, self.theme);
        body.main.draw(left, buffer, self.scroll, self.theme)
    }

    fn ctx(&self, body: Rect) -> Ctx<'_> {
        Ctx {
            text: self.setup.text(),
            theme: self.theme,
            width: usize::from(body.width),
            height: usize::from(body.height),
            tick: self.tick,
        }
    }

    /// The context of the body at the size of the screen.
    fn body_ctx(&self) -> Ctx<'_> {
        self.ctx(frames(Rect::from((Position::ORIGIN, self.size))).body)
    }

    /// The current page.
    pub(super) fn page(&self) -> Rc<CurrentPage> {
        self.page_for(self.body_ctx())
    }

    /// The current page for a body of this size, made once per change of state.
    fn page_for(&self, ctx: Ctx<'_>) -> Rc<CurrentPage> {
        let made = self.page.borrow().as_ref().filter(|page| page.size == (ctx.width, ctx.height)).cloned();
        made.unwrap_or_else(|| {
            let page = Rc::new(self.make_page(ctx));
            *self.page.borrow_mut() = Some(Rc::clone(&page));
            page
        })
    }

    /// Whether the body has two documents.
    fn is_split(&self) -> bool {
        let split = match self.scene() {
            Scene::Failed => true,
            Scene::Form => self.advice().is_some(),
            _ => false,
        };
        split && self.over.is_none() && self.size.width >= WIDE
    }

    /// Lines of the body.
    pub(super) fn page_height(&self) -> isize {
        isize::try_from(self.body_ctx().height).unwrap_or(1).saturating_sub(1).max(1)
    }

    /// Scrolls, not beyond the ends.
    pub(super) fn scroll_by(&mut self, by: isize) {
        let (page, height) = (self.page(), self.body_ctx().height);
        let doc = &page.body.main;
        let home = doc.top(height, 0);
        let next = doc.top(height, self.scroll.saturating_add(by));
        self.scroll = next.cast_signed() - home.cast_signed();
    }
}

/// The width of the left one of two documents.
fn left_half(width: usize) -> usize {
    let gutter = usize::from(GUTTER);
    if width > gutter { width - gutter - (width - gutter) / 2 } else { width }
}

fn too_small(text: &Text, area: Rect, frame: &mut Frame<'_>) {
    let words = text.say(&phrase!("tui-too-small", columns = LEAST.width, rows = LEAST.height));
    let line = Line::from(fit(&words, usize::from(area.width)));
    frame.buffer_mut().set_line(area.x, area.y, &line, area.width);
}
