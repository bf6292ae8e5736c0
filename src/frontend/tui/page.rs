//! The frame: where rail, body and foot stand, and which document the body shows.

use ratatui::{
    Frame,
    layout::{Position, Rect, Size},
    style::Style,
    text::{Line, Span},
    widgets::{Block, BorderType, Widget},
};

use super::{
    app::App,
    keymap::{Now, Over, Scene},
    view::{Ctx, advice, chrome, done, ladder, over, review},
    widget::{Doc, wrap::fit},
};
use crate::{
    phrase,
    presets::Text,
    setup::{Field, Ladder, Mark, Row, Shape, Source, Status, Step, Work},
};

/// Smaller than this nothing can be shown.
const LEAST: Size = Size { width: 26, height: 8 };
/// From this many lines on there are blank lines between the parts.
const ROOMY: u16 = 12;
/// A column of text is not wider than this.
const COLUMN: u16 = 100;
/// From this width on, what belongs together stands side by side.
const WIDE: u16 = 130;
/// The width of the page then.
const WIDE_COLUMN: u16 = 126;
/// The page is not higher than this.
const TALL: u16 = 32;
/// Columns between two documents that stand side by side.
const GUTTER: u16 = 4;

/// Where the parts stand.
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

/// Documents of the body: one, or two side by side.
struct Body {
    main: Doc,
    side: Option<Doc>,
}

impl From<Doc> for Body {
    fn from(main: Doc) -> Self {
        Self { main, side: None }
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
        let rail = chrome::rail(ctx, &self.rail());
        buffer.set_line(frames.rail.x, frames.rail.y, &rail, frames.rail.width);
        let cursor = self.draw_body(ctx, frames.body, buffer);
        let foot = chrome::foot(ctx, &self.foot_facts(), self.primary_label().as_deref());
        buffer.set_line(frames.foot.x, frames.foot.y, &foot, frames.foot.width);
        if let Some(cursor) = cursor {
            frame.set_cursor_position(cursor);
        }
    }

    /// What the foot depends on: the same for every field of a page, since a foot that changes costs many bytes.
    fn foot_facts(&self) -> Now {
        let now = self.now();
        let ticks = now.ticks
            || self.question().is_some_and(|question| {
                self.setup.page(question.step).iter().any(|row| row.field.spec().shape == Shape::Many)
            });
        Now { ticks, ..now }
    }

    /// The rail; while a passed test is looked at, the person still is there.
    fn rail(&self) -> Vec<(Step, Mark)> {
        let mut rail = self.setup.rail();
        for (step, mark) in rail.iter_mut().filter(|_| self.held) {
            match step {
                Step::Test => *mark = Mark::Current,
                Step::Write => *mark = Mark::Ahead,
                _ => {}
            }
        }
        rail
    }

    fn draw_body(&self, ctx: Ctx<'_>, area: Rect, buffer: &mut ratatui::buffer::Buffer) -> Option<Position> {
        let body = self.body(ctx);
        let Some(side) = body.side else {
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

    /// The context of the body as large as the screen is now.
    pub(super) fn body_ctx(&self) -> Ctx<'_> {
        let ctx = self.ctx(frames(Rect::from((Position::ORIGIN, self.size))).body);
        if self.is_split() { ctx.wide(left_half(ctx.width)) } else { ctx }
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

    /// Whether the body has more lines than fit.
    pub(super) fn overflows(&self) -> bool {
        let ctx = self.ctx(frames(Rect::from((Position::ORIGIN, self.size))).body);
        self.body(ctx).main.lines.len() > ctx.height
    }

    /// Scrolls, not beyond the ends.
    pub(super) fn scroll_by(&mut self, by: isize) {
        let ctx = self.ctx(frames(Rect::from((Position::ORIGIN, self.size))).body);
        let doc = self.body(ctx).main;
        let home = doc.top(ctx.height, 0);
        let next = doc.top(ctx.height, self.scroll.saturating_add(by));
        self.scroll = next.cast_signed() - home.cast_signed();
    }

    fn body(&self, ctx: Ctx<'_>) -> Body {
        if let Some(over) = self.over {
            return self.over_body(ctx, over).into();
        }
        match self.scene() {
            Scene::Form => self.form_body(ctx),
            Scene::Working => {
                let mut doc = Doc::default();
                let is_fetch = matches!(&self.status, Status::Run(effect) if matches!(effect.work, Work::Fetch(_)));
                doc.push(done::working(ctx, &ctx.say(if is_fetch { "import-fetching" } else { "tui-planning" })));
                doc.into()
            }
            Scene::Testing => self.ladder_doc(ctx).into(),
            Scene::Passed => {
                let mut doc = self.ladder_doc(ctx);
                doc.blank();
                if let Some(test) = self.setup.test() {
                    let start = doc.lines.len();
                    doc.extend(ladder::success(ctx, &test, &self.arrived()));
                    doc.keep = Some(start..doc.lines.len());
                }
                doc.into()
            }
            Scene::Failed => self.failed_body(ctx),
            Scene::Review => self.review_doc(ctx).into(),
            Scene::Writing => self.writing_doc(ctx).into(),
            Scene::Done => self.done_doc(ctx).into(),
        }
    }

    fn arrived(&self) -> Vec<String> {
        self.companion.as_ref().map(|companion| companion.arrived()).unwrap_or_default()
    }

    fn form_body(&self, ctx: Ctx<'_>) -> Body {
        let Some(question) = self.question() else { return Doc::default().into() };
        let mut form = self.form(question);
        let side = self.is_split().then(|| form.advice.take()).flatten().map(|guide| {
            let mut side = Doc::default();
            side.extend(advice::guidance(ctx.wide(left_half(ctx.width)), &guide, true));
            side
        });
        let ctx = if side.is_some() { ctx.wide(left_half(ctx.width)) } else { ctx };
        if let Some(trouble) = self.setup.trouble() {
            form.notes.clear();
            form.below.extend(advice::trouble(ctx, trouble));
        }
        if let Some(beside) = self.beside(ctx, question) {
            form.below.extend(beside);
        }
        Body { main: form.doc(ctx), side }
    }

    fn ladder_doc(&self, ctx: Ctx<'_>) -> Doc {
        match self.setup.test() {
            Some(test) => ladder::ladder(ctx, &ctx.say("tui-live-test"), &test, self.clock),
            None => Doc::default(),
        }
    }

    fn failed_body(&self, ctx: Ctx<'_>) -> Body {
        let split = self.is_split();
        let ctx = if split { ctx.wide(left_half(ctx.width)) } else { ctx };
        let mut doc = self.ladder_doc(ctx);
        let said = self.setup.test().and_then(|test| test.diagnosis).map(|found| {
            let mut said = advice::diagnosis(ctx, &found);
            said.extend(self.offer(ctx));
            said
        });
        if split {
            return Body { main: doc, side: said };
        }
        let more = said.as_ref().map_or(0, |said| said.lines.len() + 1);
        if let Some(test) = self.setup.test().filter(|_| doc.lines.len() + more > ctx.height) {
            doc = ladder::short(ctx, &ctx.say("tui-live-test"), &test);
        }
        doc.blank();
        let start = doc.lines.len();
        if let Some(said) = said {
            doc.extend(said);
        }
        // What to do is what must be seen; the stages above it can be scrolled to.
        let end = doc.lines.len().min(start + ctx.height.saturating_sub(2));
        doc.keep = Some(start..end);
        doc.into()
    }

    /// The change that the diagnosis offers.
    fn offer(&self, ctx: Ctx<'_>) -> Doc {
        let mut doc = Doc::default();
        if let Some(label) = self.primary_label().filter(|_| self.facts().fix) {
            doc.push(Line::default());
            let point = Span::styled(format!("{} ", ctx.theme.marks.point), ctx.theme.accent());
            doc.item(&[point], &ctx.text.say(&phrase!("tui-offer", label = label)), ctx.theme.bold(), 0, ctx.width);
        }
        doc
    }

    fn review_doc(&self, ctx: Ctx<'_>) -> Doc {
        let mut doc = Doc::default();
        if let Some(question) = self.question() {
            doc.push(advice::title(ctx, &question.label));
            doc.text(&question.help, ctx.theme.dim(), 0, ctx.width);
            doc.blank();
        }
        if let Some(trouble) = self.setup.trouble() {
            doc.extend(advice::trouble(ctx, trouble));
            doc.blank();
        }
        for note in self.setup.notes() {
            doc.extend(advice::note(ctx, &note));
        }
        doc.blank();
        let rows: Vec<_> = self.setup.all().into_iter().filter(is_telling).collect();
        doc.extend(review::answers(ctx, &rows, None));
        doc.push(Line::default());
        doc.extend(self.plan_doc(ctx));
        doc
    }

    fn plan_doc(&self, ctx: Ctx<'_>) -> Doc {
        let secret = self.setup.order().and_then(|order| order.secret.as_ref());
        match self.setup.plan() {
            Some(plan) => review::plan(ctx, plan, secret, self.options.diff),
            None => Doc::default(),
        }
    }

    fn writing_doc(&self, ctx: Ctx<'_>) -> Doc {
        let mut doc = Doc::default();
        doc.push(done::working(ctx, &ctx.say("tui-writing")));
        doc.push(Line::default());
        for change in self.setup.plan().iter().flat_map(|plan| &plan.changes).filter(|change| change.is_needed()) {
            doc.text(&change.path.display().to_string(), Style::new(), 2, ctx.width);
        }
        if let Some(own) = self.setup.sending() {
            doc.push(Line::default());
            let start = doc.lines.len();
            doc.push(done::sending(ctx, own));
            doc.keep = Some(start..doc.lines.len());
            return doc;
        }
        let steps = self.setup.proof_steps();
        if !steps.is_empty() {
            doc.push(Line::default());
            doc.push(advice::title(ctx, &ctx.say("tui-proving")));
            doc.extend(ladder::rungs(ctx, steps, None));
        }
        doc
    }

    fn done_doc(&self, ctx: Ctx<'_>) -> Doc {
        if let Some(written) = self.setup.written() {
            return done::page(ctx, written, &self.setup.equivalent(), &self.arrived());
        }
        let mut doc = Doc::default();
        doc.push(advice::title(ctx, &ctx.say("tui-dry-run")));
        doc.extend(self.plan_doc(ctx));
        doc
    }

    fn over_body(&self, ctx: Ctx<'_>, what: Over) -> Doc {
        match what {
            Over::Help => {
                let keys = chrome::all_keys(ctx, &self.facts(), self.primary_label().as_deref());
                let question = self.question().filter(|question| !question.help.is_empty());
                over::help(ctx, question.map(|question| (question.label.as_str(), question.help.as_str())), &keys)
            }
            Over::Answers => {
                let mut doc = Doc::default();
                doc.push(advice::title(ctx, &ctx.say("tui-answers")));
                doc.push(Line::default());
                doc.extend(review::answers(ctx, &self.setup.all(), self.highlighted()));
                doc
            }
            Over::Transcript => {
                let report = self.setup.test().and_then(|test| test.report);
                report.map(|report| over::transcript(ctx, &report)).unwrap_or_default()
            }
            Over::Report => {
                let mut doc = Doc::default();
                doc.text(&self.saved, Style::new(), 0, ctx.width);
                doc
            }
            Over::Link => {
                let link = self.link().unwrap_or_default();
                over::link(ctx, &link, self.advice().as_ref())
            }
            Over::Probe => self.setup.probe().map(|probe| probe_doc(ctx, &probe)).unwrap_or_default(),
            Over::Menu => {
                let items = self.companion.as_ref().map(|companion| companion.menu()).unwrap_or_default();
                over::menu(ctx, &items, self.here)
            }
        }
    }
}

/// Whether an answer belongs on the review page: what follows from a preset for the side roads is in the list of all.
fn is_telling(row: &Row) -> bool {
    let given = !matches!(row.source, None | Some(Source::Preset | Source::Default));
    let aside = matches!(
        row.field,
        Field::Imap
            | Field::ImapHost
            | Field::ImapSecurity
            | Field::ImapPort
            | Field::ImapUsername
            | Field::Auth
            | Field::Test
            | Field::TestTo
    );
    !row.value.is_empty() && (given || !aside)
}

/// The climb beside the questions in full.
fn probe_doc(ctx: Ctx<'_>, probe: &Ladder) -> Doc {
    let mut doc = ladder::ladder(ctx, &ctx.say("tui-probe"), probe, std::time::Duration::ZERO);
    if let Some(found) = &probe.diagnosis {
        doc.blank();
        doc.extend(advice::diagnosis(ctx, found));
    }
    doc
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
