//! Advice: a diagnosis, a provider's guidance, a note, a problem.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    super::widget::{
        Doc,
        wrap::{fit, is_link},
    },
    Ctx,
};
use crate::{
    diagnose::Diagnosis,
    setup::{Advice, WorkFault},
};

/// What happened, what it means, what to do.
pub(in super::super) fn diagnosis(ctx: Ctx<'_>, diagnosis: &Diagnosis) -> Doc {
    let mut doc = Doc::default();
    doc.text(&diagnosis.title, ctx.theme.bold(), 0, ctx.width);
    if !diagnosis.is_certain() && diagnosis.cause != "unknown" {
        doc.text(&ctx.say("tui-guess"), ctx.theme.dim(), 0, ctx.width);
    }
    if !diagnosis.meaning.is_empty() {
        doc.text(&diagnosis.meaning, Style::new(), 0, ctx.width);
    }
    doc.extend(numbered(ctx, &diagnosis.steps, 2));
    let told = diagnosis.steps.join(" ") + &diagnosis.meaning;
    let is_told = |link: &str| told.contains(link.trim_start_matches("https://").trim_end_matches('/'));
    for link in diagnosis.links.iter().filter(|link| !is_told(link)) {
        doc.text(link, ctx.theme.link(), 2, ctx.width);
    }
    doc
}

/// Numbered steps; links in them are shown as links.
pub(in super::super) fn numbered(ctx: Ctx<'_>, steps: &[String], indent: usize) -> Doc {
    let mut doc = Doc::default();
    for (index, step) in steps.iter().enumerate() {
        let number = Span::styled(format!("{}  ", index + 1), ctx.theme.accent());
        let mut part = Doc::default();
        part.item(&[number], step, Style::new(), indent, ctx.width);
        for line in &mut part.lines {
            mark_links(ctx, line);
        }
        doc.extend(part);
    }
    doc
}

/// Styles the links of a line.
fn mark_links(ctx: Ctx<'_>, line: &mut Line<'static>) {
    for span in std::mem::take(&mut line.spans) {
        if !span.content.contains("://") {
            line.spans.push(span);
            continue;
        }
        for (index, word) in span.content.split(' ').enumerate() {
            if index > 0 {
                line.spans.push(Span::styled(" ", span.style));
            }
            let style = if is_link(word) { ctx.theme.link() } else { span.style };
            line.spans.push(Span::styled(word.to_owned(), style));
        }
    }
}

/// The provider's advice about its password. Unless `whole`, what the link explains is left out.
pub(in super::super) fn guidance(ctx: Ctx<'_>, advice: &Advice, whole: bool) -> Doc {
    let mut doc = Doc::default();
    if let Some(intro) = &advice.intro {
        doc.text(intro, if advice.unusable { ctx.theme.bold() } else { Style::new() }, 0, ctx.width);
    }
    for before in &advice.before {
        doc.extend(note(ctx, before));
    }
    doc.extend(numbered(ctx, &advice.steps, 2));
    if let Some(url) = advice.url.as_ref().filter(|url| !advice.steps.iter().any(|step| step.contains(*url))) {
        doc.text(url, ctx.theme.link(), 5, ctx.width);
    }
    if whole || advice.url.is_none() {
        for warning in &advice.warnings {
            doc.extend(note(ctx, warning));
        }
    } else if !advice.warnings.is_empty() {
        doc.extend(note(ctx, &ctx.say("tui-more-advice")));
    }
    doc
}

/// Why the plan or the write failed, and what to do.
pub(in super::super) fn fault(ctx: Ctx<'_>, fault: &WorkFault) -> Doc {
    let mut doc = Doc::default();
    let mark = Span::styled(format!("{} ", ctx.theme.marks.failed), ctx.theme.bad());
    doc.item(&[mark], &ctx.text.say(&fault.phrase), ctx.theme.bold(), 0, ctx.width);
    if let Some(hint) = &fault.hint {
        doc.text(&ctx.text.say(hint), Style::new(), 2, ctx.width);
    }
    doc
}

/// A warning or a piece of advice.
pub(in super::super) fn note(ctx: Ctx<'_>, words: &str) -> Doc {
    let mut doc = Doc::default();
    let mark = Span::styled(format!("{} ", ctx.theme.marks.warned), ctx.theme.warn());
    doc.item(&[mark], words, Style::new(), 0, ctx.width);
    doc
}

/// A heading.
pub(in super::super) fn title(ctx: Ctx<'_>, words: &str) -> Line<'static> {
    Line::from(Span::styled(fit(words, ctx.width), ctx.theme.bold()))
}
