//! A page of questions: one has the focus, the others show their answers.
//!
//! Apart from a marker, the cursor and at most one line of help, what is drawn does not depend on the focus, so that moving it
//! costs the terminal few bytes.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    super::{
        draft::Pick,
        widget::{
            Doc,
            wrap::{first_sentence, fit, take, width},
        },
    },
    Ctx,
    advice::{guidance, note, title},
    gap,
    layout::{Density, HINT, LIST, Placement, pointer, wide},
    list::List,
    review::answers,
};
use crate::setup::{Advice, AnswerRow, Choice};

/// Below this many columns a label goes above its answer.
const BESIDE: usize = 50;
/// Longer lists stay closed on a page that has other fields.
const OPEN: usize = 5;
/// In fewer lines, help is cut to one line.
const HELP: usize = 12;
/// Longest line of help that changes with the focus: it is what moving to another field costs.
pub(in super::super) const SENTENCE: usize = 64;
/// Longest line of prose: longer ones are hard to read.
const PROSE: usize = 84;

/// A page.
#[derive(Default)]
pub(in super::super) struct Form {
    pub(in super::super) title: String,
    pub(in super::super) fields: Vec<FormField>,
    /// The index of the focused field.
    pub(in super::super) focus: usize,
    /// What is known already, above the fields.
    pub(in super::super) known: Vec<AnswerRow>,
    /// The index of the line of what is known that has the focus instead.
    pub(in super::super) here: Option<usize>,
    /// The provider's advice, above the fields.
    pub(in super::super) advice: Option<Advice>,
    /// What to know, below the fields.
    pub(in super::super) notes: Vec<String>,
    /// More below the notes.
    pub(in super::super) below: Doc,
}

/// A page as it is laid out.
pub(in super::super) struct LaidOut {
    pub(in super::super) doc: Doc,
    /// Whether the list of the focused field is open, so that the arrows move in it.
    pub(in super::super) is_open: bool,
}

/// A field.
#[derive(Default)]
pub(in super::super) struct FormField {
    pub(in super::super) label: String,
    pub(in super::super) help: String,
    /// What a sidecar adds to it.
    pub(in super::super) hint: Option<String>,
    pub(in super::super) error: Option<String>,
    /// What happened to the input.
    pub(in super::super) note: Option<String>,
    /// Where the answer comes from.
    pub(in super::super) source: String,
    pub(in super::super) body: FieldBody,
}

/// What a field holds.
pub(in super::super) enum FieldBody {
    /// A line, and the columns before its cursor.
    Line { text: String, cursor: usize },
    /// A secret: how many characters are typed, how many are before the cursor, and whether one is known.
    Secret { typed: usize, cursor: usize, known: bool },
    /// A list.
    List { pick: Pick, choices: Vec<Choice>, filter: bool },
    /// Yes or no.
    Confirm(bool),
}

impl Default for FieldBody {
    fn default() -> Self {
        Self::Confirm(false)
    }
}

impl Form {
    /// Whether the list of a field is open.
    fn is_open(&self, block: &FormField, density: Density) -> bool {
        match &block.body {
            FieldBody::List { pick, choices, .. } => {
                let alone = self.fields.len() == 1 || pick.ticked.is_some();
                // A closed list shows only its choice: without one it would show nothing.
                let waits = pick.taken.is_none();
                // Show why something cannot be chosen before it is tried.
                let explains = choices.iter().any(|choice| choice.barred.is_some());
                let fits = choices.len() <= OPEN || explains;
                alone || waits || (matches!(density, Density::Airy | Density::Tight) && fits)
            }
            _ => false,
        }
    }

    /// The page for a width and height.
    pub(in super::super) fn lay_out(&self, ctx: Ctx<'_>) -> LaidOut {
        let mut density = Density::Airy;
        let mut doc = Doc::default();
        for next in Density::ALL {
            density = next;
            doc = self.layout(ctx, density, usize::MAX);
            if doc.lines.len() <= ctx.height {
                break;
            }
        }
        let excess = doc.lines.len().saturating_sub(ctx.height);
        let open = self.fields.iter().filter(|block| self.is_open(block, density));
        let longest = open.map(FormField::items).max().unwrap_or(0);
        if excess > 0 && longest > LIST {
            doc = self.layout(ctx, density, longest.saturating_sub(excess).max(LIST));
        }
        let is_open = self.fields.get(self.focus).is_some_and(|block| self.is_open(block, density));
        LaidOut { doc, is_open }
    }

    fn layout(&self, ctx: Ctx<'_>, density: Density, list: usize) -> Doc {
        let mut doc = Doc::default();
        doc.push(title(ctx, &self.title));
        let prose = ctx.width.min(PROSE);
        if !self.known.is_empty() && (density != Density::Spare || self.here.is_some()) {
            doc.extend(answers(ctx.wide(prose), &self.known, self.here));
        }
        let alone = self.fields.len() == 1;
        if let Some(advice) = &self.advice {
            if density != Density::Spare {
                doc.blank();
            }
            doc.extend(guidance(ctx.wide(prose), advice, density != Density::Spare));
        } else if let [only] = self.fields.as_slice() {
            let help = if ctx.height < HELP { first_sentence(&only.help, prose) } else { only.help.clone() };
            doc.text(&help, ctx.theme.dim(), 0, prose);
        }
        doc.blank();
        let label = self.fields.iter().map(|block| width(&block.label)).max().unwrap_or(0);
        let place = Placement {
            column: if ctx.width < BESIDE || alone { 2 } else { label + 4 },
            stacked: ctx.width < BESIDE && !alone,
            alone,
            density,
            list,
        };
        for (index, block) in self.fields.iter().enumerate() {
            let focused = index == self.focus && self.here.is_none();
            let open = self.is_open(block, density);
            let start = doc.lines.len();
            let mut part = block.doc(ctx, place, focused, open);
            if focused && part.keep.is_none() {
                part.keep = Some(0..part.lines.len());
            }
            doc.extend(part);
            debug_assert!(doc.lines.len() > start);
            if density == Density::Airy && !alone {
                doc.text(&block.help, ctx.theme.dim(), place.column, prose);
                doc.push(Line::default());
            }
        }
        if matches!(density, Density::Tight | Density::Compact) && !alone {
            doc.blank();
            let help = self.fields.get(self.focus).map(|block| block.help.as_str()).unwrap_or_default();
            doc.push(Line::from(vec![
                gap(2),
                Span::styled(first_sentence(help, ctx.width.saturating_sub(2).min(SENTENCE)), ctx.theme.dim()),
            ]));
        }
        if !self.notes.is_empty() {
            doc.blank();
        }
        for words in &self.notes {
            doc.extend(note(ctx.wide(prose), words));
        }
        if !self.below.lines.is_empty() {
            doc.blank();
            doc.extend(self.below.clone());
        }
        while doc.lines.last().is_some_and(|line| line.width() == 0) {
            doc.lines.pop();
        }
        doc
    }
}

impl FormField {
    fn items(&self) -> usize {
        match &self.body {
            FieldBody::List { pick, choices, .. } => pick.shown(choices).len(),
            _ => 0,
        }
    }

    fn doc(&self, ctx: Ctx<'_>, place: Placement, focused: bool, open: bool) -> Doc {
        let mut doc = Doc::default();
        let mut lead = Vec::new();
        let marked = focused && !(place.alone && open);
        lead.push(pointer(ctx, marked));
        lead.push(Span::raw(" "));
        if !place.alone {
            let room = if place.stacked { ctx.width.saturating_sub(2) } else { place.column.saturating_sub(4) };
            let label = fit(&self.label, room);
            let rest = place.column.saturating_sub(2 + width(&label));
            lead.push(Span::raw(label));
            if place.stacked {
                doc.push(Line::from(std::mem::take(&mut lead)));
                lead.push(gap(2));
            } else {
                lead.push(gap(rest));
            }
        }
        let room = ctx.width.saturating_sub(place.column + 1);
        match &self.body {
            FieldBody::Line { text, cursor } => self.line(ctx, &mut doc, lead, room, (text, *cursor, focused)),
            FieldBody::Secret { typed, cursor, known } => {
                let dots = if *typed == 0 && *known { 8 } else { *typed };
                let text = ctx.theme.marks.secret.repeat(dots);
                self.line(ctx, &mut doc, lead, room, (&text, *cursor, focused));
            }
            FieldBody::Confirm(yes) => {
                if focused {
                    let chosen = if *yes { 0 } else { width(ctx.theme.marks.on) + width(&ctx.say("word-yes")) + 4 };
                    doc.cursor = Some((wide(&lead) + chosen, doc.lines.len()));
                }
                for (index, (answer, word)) in [(true, "word-yes"), (false, "word-no")].into_iter().enumerate() {
                    let sign = if *yes == answer { ctx.theme.marks.on } else { ctx.theme.marks.off };
                    let style = if *yes == answer { ctx.theme.accent() } else { ctx.theme.dim() };
                    lead.push(gap(3 * index));
                    lead.push(Span::styled(sign, style));
                    lead.push(Span::raw(format!(" {}", ctx.say(word))));
                }
                doc.push(Line::from(lead));
            }
            FieldBody::List { pick, choices, .. } if !open => {
                let taken = choices.iter().find(|choice| Some(&choice.value) == pick.taken.as_ref());
                let label = taken.map(|choice| choice.label.clone()).unwrap_or_default();
                if focused {
                    doc.cursor = Some((wide(&lead), doc.lines.len()));
                }
                lead.push(Span::styled(format!("{} ", ctx.theme.marks.turn.0), ctx.theme.dim()));
                lead.push(Span::raw(fit(&label, room.saturating_sub(4))));
                lead.push(Span::styled(format!(" {}", ctx.theme.marks.turn.1), ctx.theme.dim()));
                let left = room.saturating_sub(width(&label) + 6);
                if let Some(choice) = taken.filter(|_| left >= HINT) {
                    lead.push(Span::styled(format!("  {}", fit(&choice.hint, left)), ctx.theme.dim()));
                }
                doc.push(Line::from(lead));
            }
            FieldBody::List { pick, choices, filter } => {
                doc.extend(List { pick, choices, filter: *filter, focused, place, room }.doc(ctx, lead));
            }
        }
        self.remarks(ctx, &mut doc, place);
        doc
    }

    fn line(
        &self,
        ctx: Ctx<'_>,
        doc: &mut Doc,
        mut lead: Vec<Span<'static>>,
        room: usize,
        (text, cursor, focused): (&str, usize, bool),
    ) {
        // Keep the cursor in sight: hide what is left of the window.
        let hidden = if focused { cursor.saturating_sub(room) } else { 0 };
        let skipped = take(text, hidden);
        let shown = take(&text[skipped.len()..], room);
        let start = wide(&lead);
        if focused {
            doc.cursor = Some((start + cursor - width(skipped), doc.lines.len()));
        }
        let source = format!("  ({})", self.source);
        let fits = width(shown) + width(&source) < room;
        lead.push(Span::raw(shown.to_owned()));
        if fits && !self.source.is_empty() && !shown.is_empty() {
            lead.push(Span::styled(source, ctx.theme.dim()));
        }
        doc.push(Line::from(lead));
    }

    /// Remarks about the input, below it.
    fn remarks(&self, ctx: Ctx<'_>, doc: &mut Doc, place: Placement) {
        if let Some(error) = &self.error {
            let mark = Span::styled(format!("{} ", ctx.theme.marks.failed), ctx.theme.bad());
            doc.item(&[mark], error, ctx.theme.bold(), place.column, ctx.width);
        }
        if let Some(words) = &self.note {
            let mark = Span::styled(format!("{} ", ctx.theme.marks.warned), ctx.theme.warn());
            doc.item(&[mark], words, Style::new(), place.column, ctx.width);
        }
        if let Some(hint) = &self.hint {
            let mark = Span::styled(format!("{} ", ctx.theme.marks.point), ctx.theme.good());
            doc.item(&[mark], hint, Style::new(), place.column, ctx.width);
        }
        if place.density == Density::Airy && place.alone && self.items() == 0 {
            doc.push(Line::default());
        }
    }
}
