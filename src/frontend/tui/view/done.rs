//! The last page: what was written, how it was proven, how to try it, and the command that does the same.

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
    advice::{self, note, title},
    gap, stages,
};
use crate::{
    oauth::DeviceCode,
    phrase,
    presets::Phrase,
    render::{self, summary},
    setup::{Proof, SendingProgram, WriteResult},
};

/// The page.
pub(in super::super) fn page(
    ctx: Ctx<'_>,
    written: &WriteResult,
    equivalent: &[String],
    (arrived, later): (&[String], Option<&Phrase>),
) -> Doc {
    let mut doc = Doc::default();
    let mark = sign(ctx, summary::is_proven(written));
    doc.item(&[mark], &summary::outcome(ctx.text, written), ctx.theme.bold(), 0, ctx.width);
    doc.push(Line::default());
    doc.extend(files(ctx, written));
    if !written.proofs.is_empty() {
        doc.push(Line::default());
    }
    for proof in &written.proofs {
        let start = doc.lines.len();
        doc.extend(proven(ctx, proof));
        // What was not sent, and why, must be in sight; the files above it can be scrolled to.
        if proof.is_refused() && doc.keep.is_none() {
            doc.keep = Some(start..doc.lines.len().min(start + ctx.height.saturating_sub(2)));
        }
    }
    for words in summary::notes(written) {
        doc.extend(note(ctx, &ctx.text.say(words)));
    }
    doc.extend(stages::messages(ctx, arrived));
    let tries: Vec<_> = written.proofs.iter().filter_map(|proof| proof.try_it.as_ref()).collect();
    if !tries.is_empty() {
        doc.blank();
        doc.push(title(ctx, &ctx.say("render-try")));
        for command in tries {
            doc.text(command, Style::new(), 2, ctx.width);
        }
    }
    if !equivalent.is_empty() {
        doc.blank();
        doc.push(title(ctx, &ctx.say("render-equivalent")));
        for line in summary::command(equivalent, ctx.width.saturating_sub(3)) {
            doc.push(format!("  {line}"));
        }
    }
    if let Some(later) = later {
        doc.blank();
        doc.text(&ctx.text.say(later), Style::new(), 0, ctx.width);
    }
    doc
}

fn files(ctx: Ctx<'_>, written: &WriteResult) -> Doc {
    let mut doc = Doc::default();
    let words: Vec<String> = written.files.iter().map(|file| summary::file(ctx.text, file)).collect();
    let column = words.iter().map(|word| width(word)).max().unwrap_or(0) + 2;
    for (file, word) in written.files.iter().zip(words) {
        let space = column - width(&word);
        let style = if file.action == "unchanged" { ctx.theme.dim() } else { ctx.theme.good() };
        let path = file.path.display().to_string();
        doc.item(&[Span::styled(word, style), gap(space)], &path, Style::new(), 2, ctx.width);
        if let Some(backup) = &file.backup {
            let words = ctx.text.say(&phrase!("render-backup", path = backup.display()));
            doc.text(&words, ctx.theme.dim(), 2 + column, ctx.width);
        }
    }
    doc
}

/// The mark for success or failure.
fn sign(ctx: Ctx<'_>, good: bool) -> Span<'static> {
    let (mark, style) =
        if good { (ctx.theme.marks.passed, ctx.theme.good()) } else { (ctx.theme.marks.failed, ctx.theme.bad()) };
    Span::styled(format!("{mark} "), style)
}

fn proven(ctx: Ctx<'_>, proof: &Proof) -> Doc {
    let mut doc = Doc::default();
    let told = render::proof::told(ctx.text, proof);
    doc.item(&[sign(ctx, proof.sent() != Some(false))], &told.line, Style::new(), 0, ctx.width);
    for line in &told.words {
        doc.text(line, ctx.theme.bold(), 4, ctx.width);
    }
    for line in &told.advice {
        doc.text(line, Style::new(), 2, ctx.width);
    }
    if let Some(found) = told.diagnosis {
        doc.extend(advice::diagnosis(ctx, found));
    }
    doc
}

/// A consumer that sends by itself.
pub(in super::super) fn sending(ctx: Ctx<'_>, own: &SendingProgram) -> Line<'static> {
    working(ctx, &render::proof::under_way(ctx.text, own))
}

/// A short piece of work: a spinner and what it is.
pub(in super::super) fn working(ctx: Ctx<'_>, words: &str) -> Line<'static> {
    Line::from(vec![
        Span::styled(format!("{} ", ctx.theme.spinner(ctx.tick)), ctx.theme.accent()),
        Span::raw(fit(words, ctx.width.saturating_sub(2))),
    ])
}

/// The page on which somebody signs in elsewhere: link, code, QR code, and how long they are good for.
pub(in super::super) fn signing_in(ctx: Ctx<'_>, code: &DeviceCode) -> Doc {
    let mut doc = Doc::default();
    let lines = render::sign_in(ctx.text, code);
    doc.text(&lines[0], Style::new(), 0, ctx.width);
    doc.blank();
    doc.text(&code.user_code, ctx.theme.bold(), 5, ctx.width);
    doc.text(&code.url, ctx.theme.link(), 5, ctx.width);
    doc.blank();
    doc.push(working(ctx, &lines[1]));
    let url = code.complete_url.as_ref().unwrap_or(&code.url);
    let picture = if ctx.theme.marks.glyphs { qr::code(url, ctx.theme) } else { None };
    let has_room = |lines: &Vec<Line<'static>>| {
        doc.lines.len() + lines.len() < ctx.height && lines.iter().all(|line| line.width() <= ctx.width)
    };
    if let Some(lines) = picture.filter(has_room) {
        doc.blank();
        doc.lines.extend(lines);
    }
    doc
}
