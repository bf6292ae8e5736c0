//! The rail on top and the keys at the foot.

use ratatui::text::{Line, Span};

use super::{
    super::{
        keymap::{self, Binding, KeyAction, Now},
        widget::wrap::width,
    },
    Ctx,
};
use crate::{
    presets::Text,
    render,
    setup::{SetupStep, StepMark},
};

/// The name on the rail, the same in every language.
const PRODUCT: &str = "mailsetup";

/// The rail: as much of it as fits.
pub(in super::super) fn rail(ctx: Ctx<'_>, steps: &[(SetupStep, StepMark)]) -> Line<'static> {
    [long(ctx, steps, true), long(ctx, steps, false), short(ctx, steps, true)]
        .into_iter()
        .find(|line| line.width() <= ctx.width)
        .unwrap_or_else(|| short(ctx, steps, false))
}

/// Every step.
fn long(ctx: Ctx<'_>, steps: &[(SetupStep, StepMark)], product: bool) -> Line<'static> {
    let mut spans = Vec::new();
    if product {
        spans.push(Span::styled(PRODUCT, ctx.theme.bold()));
        spans.push(Span::raw("   "));
    }
    for (index, (step, mark)) in steps.iter().enumerate() {
        if index > 0 {
            spans.push(Span::raw("  "));
        }
        spans.extend(stop(ctx, render::step(ctx.text, *step), *mark));
    }
    Line::from(spans)
}

/// The current step, and the number of steps.
fn short(ctx: Ctx<'_>, steps: &[(SetupStep, StepMark)], product: bool) -> Line<'static> {
    let here = steps.iter().position(|(_, mark)| matches!(mark, StepMark::Current | StepMark::Failed));
    let number = here.unwrap_or(steps.len().saturating_sub(1));
    let mut spans = Vec::new();
    if product {
        spans.push(Span::styled(PRODUCT, ctx.theme.bold()));
        spans.push(Span::raw("   "));
    }
    spans.push(Span::styled(format!("{}/{} ", number + 1, steps.len()), ctx.theme.dim()));
    if let Some((step, mark)) = steps.get(number) {
        spans.extend(stop(ctx, render::step(ctx.text, *step), *mark));
    }
    Line::from(spans)
}

fn stop(ctx: Ctx<'_>, name: String, mark: StepMark) -> Vec<Span<'static>> {
    let theme = ctx.theme;
    match mark {
        StepMark::Done => vec![Span::raw(name), Span::raw(" "), Span::styled(theme.marks.passed, theme.good())],
        StepMark::Current => vec![Span::styled(format!("{name} {}", theme.marks.here), theme.accent())],
        StepMark::Failed => {
            vec![Span::styled(name, theme.bold()), Span::raw(" "), Span::styled(theme.marks.failed, theme.bad())]
        }
        StepMark::Ahead => vec![Span::styled(name, theme.dim())],
    }
}

/// The keys at the foot: as many as fit, the way forward and the help first.
pub(in super::super) fn foot(ctx: Ctx<'_>, now: &Now, primary: Option<&str>) -> Line<'static> {
    let mut items: Vec<(KeyAction, String, String)> = keymap::active(now)
        .into_iter()
        .filter(|(_, binding)| binding.foot)
        .map(|(keys, binding)| (binding.action, keys[0].name(ctx.text), label(ctx.text, binding, primary)))
        .collect();
    let wide = |items: &[(KeyAction, String, String)]| -> usize {
        items.iter().map(|(_, key, label)| width(key) + width(label) + 4).sum::<usize>().saturating_sub(3)
    };
    while wide(&items) > ctx.width && items.len() > 1 {
        let last = items.iter().rposition(|(action, _, _)| *action != KeyAction::Help).unwrap_or(0);
        items.remove(last);
    }
    let mut spans = Vec::new();
    for (_, key, label) in items {
        if !spans.is_empty() {
            spans.push(Span::raw("   "));
        }
        spans.push(Span::styled(key, ctx.theme.bold()));
        spans.push(Span::raw(" "));
        spans.push(Span::styled(label, ctx.theme.dim()));
    }
    Line::from(spans)
}

fn label(text: &Text, binding: &Binding, primary: Option<&str>) -> String {
    match (binding.action, primary) {
        (KeyAction::Primary, Some(primary)) => primary.to_owned(),
        _ => text.get(binding.label),
    }
}

/// Every key that is active below the help, with its action.
pub(in super::super) fn all_keys(ctx: Ctx<'_>, now: &Now, primary: Option<&str>) -> Vec<(String, String)> {
    let below = Now { over: None, ..*now };
    keymap::active(&below)
        .into_iter()
        .map(|(keys, binding)| {
            let names: Vec<String> = keys.iter().map(|key| key.name(ctx.text)).collect();
            (names.join(", "), label(ctx.text, binding, primary))
        })
        .collect()
}
