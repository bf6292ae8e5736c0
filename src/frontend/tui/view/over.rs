//! Overlays: help, link, transcript, menu.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    super::widget::{
        Doc, qr,
        wrap::{fit, width},
    },
    Ctx,
    advice::{guidance, title},
    gap,
};
use crate::{
    frontend::MenuItem,
    probe::{Report, report::Who},
    render,
    setup::Advice,
};

/// Keys and their actions, below the help of the question.
pub(in super::super) fn help(ctx: Ctx<'_>, question: Option<(&str, &str)>, keys: &[(String, String)]) -> Doc {
    let mut doc = Doc::default();
    if let Some((label, help)) = question {
        doc.push(title(ctx, label));
        doc.text(help, Style::new(), 2, ctx.width);
        doc.blank();
    }
    doc.push(title(ctx, &ctx.say("tui-help-keys")));
    let column = keys.iter().map(|(key, _)| width(key)).max().unwrap_or(0) + 3;
    for (key, label) in keys {
        let name = Span::styled(key.clone(), ctx.theme.accent());
        doc.item(&[name, gap(column - width(key))], label, Style::new(), 2, ctx.width);
    }
    doc.blank();
    doc.text(&ctx.say("tui-help-edit"), ctx.theme.dim(), 0, ctx.width);
    doc
}

/// The link as a QR code if there is room, else as text; with its guidance.
pub(in super::super) fn link(ctx: Ctx<'_>, url: &str, advice: Option<&Advice>) -> Doc {
    let mut doc = Doc::default();
    doc.text(url, ctx.theme.link(), 0, ctx.width);
    let code = if ctx.theme.marks.glyphs { qr::code(url, ctx.theme) } else { None };
    match code {
        Some(lines) if lines.len() < ctx.height && lines.iter().all(|line| line.width() <= ctx.width) => {
            if lines.len() + 2 <= ctx.height {
                doc.push(Line::default());
            }
            doc.lines.extend(lines);
        }
        _ => doc.text(&ctx.say("tui-link-no-room"), ctx.theme.dim(), 0, ctx.width),
    }
    if let Some(advice) = advice {
        doc.blank();
        doc.extend(guidance(ctx, advice, true));
    }
    doc
}

/// What was said on the wire.
pub(in super::super) fn transcript(ctx: Ctx<'_>, report: &Report) -> Doc {
    let mut doc = Doc::default();
    doc.push(title(ctx, &ctx.say("tui-transcript")));
    for (at, who, words) in render::stages::transcript(report) {
        let style = match who {
            Who::Client => ctx.theme.bold(),
            Who::Server => Style::new(),
            Who::Note => ctx.theme.dim(),
        };
        doc.item(&[Span::styled(format!("{at} "), ctx.theme.dim())], words, style, 0, ctx.width);
    }
    doc
}

/// A sidecar's menu.
pub(in super::super) fn menu(ctx: Ctx<'_>, items: &[MenuItem], here: usize) -> Doc {
    let mut doc = Doc::default();
    doc.push(title(ctx, &ctx.say("tui-menu")));
    doc.push(Line::default());
    for (index, item) in items.iter().enumerate() {
        let point = if index == here { ctx.theme.marks.point } else { " " };
        let tick = if item.active { ctx.theme.marks.checked } else { ctx.theme.marks.unchecked };
        doc.push(Line::from(vec![
            Span::styled(format!("{point} "), ctx.theme.accent()),
            Span::styled(item.key.to_string(), ctx.theme.bold()),
            Span::raw(format!("  {tick} ")),
            Span::raw(fit(&item.label, ctx.width.saturating_sub(9))),
        ]));
        if index == here {
            doc.keep = Some(index + 2..index + 3);
        }
    }
    doc
}
