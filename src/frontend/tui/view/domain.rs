//! What the records of the sender's domain mean, beside the review: one line that is there from the beginning, and more at the end.

use ratatui::{style::Style, text::Span};

use super::{
    super::widget::{Doc, wrap::fit},
    Ctx,
    advice::{note, title},
};
use crate::{
    dns::shown,
    phrase,
    render::domain::{heading, records, rows, verdict, wait},
    setup::{DomainFinding, SenderDomain},
};

/// One line: it is filled while the person reads, and moves nothing.
pub(in super::super) fn line(ctx: Ctx<'_>, spec: &SenderDomain, finding: Option<&DomainFinding>) -> Doc {
    let marks = ctx.theme.marks;
    let domain = shown(&spec.domain);
    let (mark, style, words) = match finding.map(|finding| &finding.report) {
        None => (" ", ctx.theme.dim(), phrase!("tui-domain-asking", domain = domain)),
        Some(report) if report.lacks() => (marks.warned, ctx.theme.warn(), phrase!("tui-domain-lacks", domain = domain)),
        Some(report) if report.is_providers || !report.passes.is_empty() => {
            (marks.passed, ctx.theme.good(), phrase!("tui-domain-fine", domain = domain))
        }
        Some(_) => (marks.warned, ctx.theme.dim(), phrase!("tui-domain-open", domain = domain)),
    };
    let said = ctx.text.say(&words);
    let mut doc = Doc::default();
    doc.push(vec![Span::styled(format!("{mark} "), style), Span::styled(fit(&said, ctx.width.saturating_sub(2)), style)]);
    doc
}

/// The verdict, each record, and what to enter where.
pub(in super::super) fn panel(ctx: Ctx<'_>, finding: &DomainFinding) -> Doc {
    let DomainFinding { provider, host, report } = finding;
    let mut doc = Doc::default();
    doc.push(title(ctx, &ctx.text.say(&phrase!("tui-domain-title", domain = shown(&report.domain)))));
    doc.text(&verdict(ctx.text, provider.as_deref(), report), Style::new(), 0, ctx.width);
    for (mark, label, why) in rows(ctx.text, report) {
        let (mark, style) = match mark {
            '✓' => (ctx.theme.marks.passed, ctx.theme.good()),
            '✗' => (ctx.theme.marks.failed, ctx.theme.bad()),
            _ => ("?", ctx.theme.dim()),
        };
        doc.item(&[Span::styled(format!("{mark} "), style)], &format!("{label}: {why}"), Style::new(), 0, ctx.width);
    }
    for words in &report.notes {
        doc.extend(note(ctx, &ctx.text.say(words)));
    }
    let records = records(ctx.text, host.as_ref(), report);
    if !records.is_empty() {
        doc.blank();
        doc.text(&heading(ctx.text, host.as_ref(), report), Style::new(), 0, ctx.width);
        for record in &records {
            doc.text(record, ctx.theme.accent(), 2, ctx.width);
        }
        if let Some(said) = wait(ctx.text, report) {
            doc.text(&said, ctx.theme.dim(), 0, ctx.width);
        }
    }
    doc
}
