//! The page before writing: the answers with their sources, and what would change.

use ratatui::{style::Style, text::Span};

use super::{
    super::{
        Differ,
        widget::{
            Doc,
            wrap::{fit, width},
        },
    },
    Ctx,
    advice::{note, title},
    gap,
};
use crate::{
    mail::Secret,
    phrase,
    plan::{Change, Plan},
    render,
    setup::AnswerRow,
};

/// Answers in two or three columns; the one at `here` is highlighted.
pub(in super::super) fn answers(ctx: Ctx<'_>, rows: &[AnswerRow], here: Option<usize>) -> Doc {
    let mut doc = Doc::default();
    let label = rows.iter().map(|row| width(&row.label)).max().unwrap_or(0).min(ctx.width / 2);
    for (index, row) in rows.iter().enumerate() {
        let marked = here == Some(index);
        let source = row.source.map(|source| render::source(ctx.text, source)).unwrap_or_default();
        let room = ctx.width.saturating_sub(label + 4);
        let beside = if width(&row.value) + width(&source) + 2 <= room { source } else { String::new() };
        let name = fit(&row.label, label);
        let point = if marked { ctx.theme.marks.point } else { " " };
        let left = vec![
            Span::styled(format!("{point} "), ctx.theme.accent()),
            Span::styled(name.clone(), ctx.theme.dim()),
            gap(label - width(&name) + 2),
            Span::raw(fit(&row.value, room)),
        ];
        doc.sides(left, vec![Span::styled(beside, ctx.theme.dim())], ctx.width);
        if marked {
            doc.keep = Some(index..index + 1);
            doc.cursor = Some((2, index));
        }
    }
    doc
}

/// What would be written.
pub(in super::super) fn plan(ctx: Ctx<'_>, plan: &Plan, secret: Option<&Secret>, diff: Differ) -> Doc {
    let mut doc = Doc::default();
    for words in &plan.notes {
        doc.extend(note(ctx, &ctx.text.say(&words.phrase)));
    }
    doc.blank();
    let needed: Vec<&Change> = plan.changes.iter().filter(|change| change.is_needed()).collect();
    if needed.is_empty() {
        doc.text(&ctx.say("tui-review-nothing"), ctx.theme.bold(), 0, ctx.width);
    }
    for change in needed {
        doc.blank();
        doc.extend(heading(ctx, change));
        for line in diff(change, secret) {
            let style = match line.chars().next() {
                Some('+') => ctx.theme.good(),
                Some('-') => ctx.theme.bad(),
                _ => ctx.theme.dim(),
            };
            doc.push(Span::styled(format!("  {}", fit(&line, ctx.width.saturating_sub(3))), style));
        }
    }
    if let Some((place, _)) = &plan.keep {
        doc.blank();
        doc.text(&ctx.text.say(&phrase!("tui-review-keep", store = place.store())), Style::new(), 0, ctx.width);
    }
    if !plan.runs.is_empty() {
        doc.blank();
        doc.push(title(ctx, &ctx.say("tui-review-runs")));
        for run in &plan.runs {
            for line in render::summary::command(&run.command, ctx.width.saturating_sub(4)) {
                doc.push(format!("  {line}"));
            }
        }
    }
    doc
}

fn heading(ctx: Ctx<'_>, change: &Change) -> Doc {
    let mut doc = Doc::default();
    let what = ctx.say(match (&change.before, &change.after) {
        (None, _) => "tui-review-new",
        (_, None) => "tui-review-removed",
        _ => "tui-review-changed",
    });
    let what = format!("{what}, {:04o}", change.mode);
    let path = change.path.display().to_string();
    if width(&path) + width(&what) + 2 <= ctx.width {
        doc.sides(vec![Span::styled(path, ctx.theme.bold())], vec![Span::styled(what, ctx.theme.dim())], ctx.width);
    } else {
        doc.text(&path, ctx.theme.bold(), 0, ctx.width);
        doc.text(&what, ctx.theme.dim(), 2, ctx.width);
    }
    doc
}
