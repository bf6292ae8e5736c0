//! The live test: its stages as they run, and its outcome.

use std::time::Duration;

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    super::widget::{
        Doc,
        wrap::{fit, width},
    },
    Ctx, gap,
};
use crate::{
    mail::Security,
    phrase,
    probe::{Evidence, Goal, Stage, StageReport, StageState},
    render,
    setup::{ConnectSpec, LiveTest},
};

/// Narrower details are left out.
const DETAIL: usize = 12;

/// The stages of an attempt, in order.
fn way(spec: &ConnectSpec) -> Vec<Stage> {
    let mut way = vec![Stage::Dns, Stage::Connect];
    if spec.endpoint.security == Security::Tls {
        way.push(Stage::Tls);
    }
    way.extend([Stage::Greeting, Stage::Ehlo]);
    if spec.endpoint.security == Security::Starttls {
        way.extend([Stage::Starttls, Stage::Tls]);
    }
    if spec.goal >= Goal::Login && spec.login.is_some() {
        way.push(Stage::Auth);
    }
    if spec.goal >= Goal::Rehearse {
        way.extend([Stage::Mail, Stage::Rcpt]);
    }
    if spec.goal >= Goal::Send {
        way.push(Stage::Data);
    }
    way
}

/// The stages as they are, including those still to come.
fn known_stages(test: &LiveTest) -> Vec<StageReport> {
    if test.report.as_ref().is_some_and(|report| !report.steps.is_empty()) {
        return test.steps.clone();
    }
    let mut steps: Vec<StageReport> = way(&test.spec).into_iter().map(StageReport::pending).collect();
    for known in &test.steps {
        match steps.iter_mut().find(|step| step.stage == known.stage) {
            Some(step) => step.clone_from(known),
            None => steps.push(known.clone()),
        }
    }
    steps
}

/// Title with server, mode and time, then the stages. `clock` is the time of a test under way.
pub(in super::super) fn live_test(ctx: Ctx<'_>, title: &str, test: &LiveTest, clock: Duration) -> Doc {
    let mut doc = Doc::default();
    let total = test.report.as_ref().map_or(clock, |report| report.elapsed);
    let time = render::elapsed(ctx.text, total);
    let endpoint = &test.spec.endpoint;
    let mut left = vec![Span::styled(title.to_owned(), ctx.theme.bold())];
    let mut room = ctx.width.saturating_sub(width(title) + width(&time) + 2);
    for part in [endpoint.authority(), render::security(ctx.text, endpoint.security)] {
        if width(&part) + 2 < room {
            room -= width(&part) + 2;
            left.extend([gap(2), Span::raw(part)]);
        }
    }
    doc.sides(left, vec![Span::raw(time)], ctx.width);
    let evidence = test.report.as_ref().and_then(|report| report.evidence.as_ref());
    doc.extend(stages(ctx, &known_stages(test), evidence));
    doc
}

/// A failed test in fewer lines: one for all that passed, one for all that was not reached.
pub(in super::super) fn short(ctx: Ctx<'_>, title: &str, whole: &LiveTest) -> Doc {
    let mut told = whole.clone();
    told.steps.retain(|step| matches!(step.state, StageState::Failed | StageState::Warned));
    let mut doc = live_test(ctx, title, &told, Duration::ZERO);
    let row = |state: StageState| {
        let mut spans = vec![gap(2)];
        for step in whole.steps.iter().filter(|step| step.state == state) {
            let (sign, style) = mark(ctx, state);
            spans.push(Span::styled(sign, style));
            spans.push(Span::styled(format!(" {}  ", render::stages::stage(ctx.text, step.stage)), ctx.theme.dim()));
        }
        Line::from(spans)
    };
    let (passed, ahead) = (row(StageState::Passed), row(StageState::Pending));
    if passed.width() > 2 {
        doc.lines.insert(1, passed);
    }
    if ahead.width() > 2 {
        doc.push(ahead);
    }
    doc
}

/// The stages, one per line; the failed one with everything that the server said.
pub(in super::super) fn stages(ctx: Ctx<'_>, steps: &[StageReport], evidence: Option<&Evidence>) -> Doc {
    let mut doc = Doc::default();
    let names: Vec<String> = steps.iter().map(|step| render::stages::stage(ctx.text, step.stage)).collect();
    let column = names.iter().map(|name| width(name)).max().unwrap_or(0).max(8) + 2;
    for (step, name) in steps.iter().zip(names) {
        let said = evidence.filter(|evidence| evidence.stage == step.stage && step.state == StageState::Failed);
        stage(ctx, &mut doc, step, &name, column, said);
        if matches!(step.state, StageState::Running | StageState::Failed) {
            let end = doc.lines.len();
            doc.keep = Some(end.saturating_sub(1)..end);
        }
    }
    doc
}

fn stage(ctx: Ctx<'_>, doc: &mut Doc, step: &StageReport, name: &str, column: usize, said: Option<&Evidence>) {
    let (sign, style) = mark(ctx, step.state);
    let said = said.map(|evidence| render::stages::fault(ctx.text, evidence)).unwrap_or_default();
    let detail = match said.first() {
        Some(first) => first.clone(),
        None => step.learned.as_ref().map(|found| render::stages::learned(ctx.text, found)).unwrap_or_default(),
    };
    let time = step.elapsed.map(|time| render::elapsed(ctx.text, time)).unwrap_or_default();
    let (name_style, detail_style) = match step.state {
        StageState::Pending | StageState::Skipped => (ctx.theme.dim(), Style::new()),
        StageState::Failed => (ctx.theme.bold(), ctx.theme.bold()),
        StageState::Running => (ctx.theme.bold(), Style::new()),
        _ => (Style::new(), Style::new()),
    };
    let mut left = vec![gap(2), Span::styled(sign, style), gap(1), Span::styled(name.to_owned(), name_style)];
    let room = ctx.width.saturating_sub(4 + column + width(&time) + 1);
    // Do not truncate what the server said: put it below if it does not fit beside.
    let beside = room >= DETAIL && (said.is_empty() || (said.len() == 1 && width(&detail) <= room));
    if beside {
        left.push(gap(column - width(name)));
        left.push(Span::styled(fit(&detail, room), detail_style));
    }
    doc.sides(left, vec![Span::styled(time, ctx.theme.dim())], ctx.width);
    if !beside {
        for line in &said {
            doc.text(line, ctx.theme.bold(), 6, ctx.width);
        }
    }
}

/// A state's mark and its style.
fn mark(ctx: Ctx<'_>, state: StageState) -> (&'static str, Style) {
    let (theme, marks) = (ctx.theme, ctx.theme.marks);
    match state {
        StageState::Passed => (marks.passed, theme.good()),
        StageState::Warned => (marks.warned, theme.warn()),
        StageState::Failed => (marks.failed, theme.bad()),
        StageState::Running => (theme.spinner(ctx.tick), theme.accent()),
        StageState::Pending => (marks.pending, theme.dim()),
        StageState::Skipped => (marks.skipped, theme.dim()),
    }
}

/// The background test, in a line or two.
pub(in super::super) fn beside(ctx: Ctx<'_>, test: &LiveTest) -> Doc {
    let mut doc = Doc::default();
    let server = test.spec.endpoint.authority();
    let (state, words) = match &test.report {
        // No spinner: nothing moves while a person types.
        None => (StageState::Pending, ctx.text.say(&phrase!("tui-probe-running", server = server))),
        Some(report) if report.passed() => {
            let found = report.step(Stage::Tls).and_then(|step| step.learned.as_ref());
            let words = match found.map(|found| render::stages::learned(ctx.text, found)) {
                Some(found) => ctx.text.say(&phrase!("tui-probe-secured", server = server, found = found)),
                None => ctx.text.say(&phrase!("tui-probe-answers", server = server)),
            };
            let warned = report.steps.iter().any(|step| step.state == StageState::Warned);
            (if warned { StageState::Warned } else { StageState::Passed }, words)
        }
        Some(_) => {
            let title = test.diagnosis.as_ref().map(|diagnosis| diagnosis.title.clone()).unwrap_or_default();
            (StageState::Failed, ctx.text.say(&phrase!("tui-probe-failed", server = server, title = title)))
        }
    };
    let (sign, style) = mark(ctx, state);
    let words_style = if state == StageState::Failed { ctx.theme.bold() } else { ctx.theme.dim() };
    doc.item(&[Span::styled(format!("{sign} "), style)], &words, words_style, 0, ctx.width);
    doc
}

/// The success of a test, with messages that have been seen to arrive.
pub(in super::super) fn success(ctx: Ctx<'_>, test: &LiveTest, arrived: &[String]) -> Doc {
    let mut doc = Doc::default();
    if let Some(report) = &test.report {
        let sign = Span::styled(format!("{} ", ctx.theme.marks.passed), ctx.theme.good());
        doc.item(&[sign], &render::stages::success(ctx.text, test, report), ctx.theme.bold(), 0, ctx.width);
    }
    doc.extend(messages(ctx, arrived));
    doc
}

/// Messages that have arrived.
pub(in super::super) fn messages(ctx: Ctx<'_>, arrived: &[String]) -> Doc {
    let mut doc = Doc::default();
    if !arrived.is_empty() {
        doc.push(Line::default());
        doc.text(&ctx.say("tui-arrived"), ctx.theme.bold(), 0, ctx.width);
        for line in arrived {
            doc.text(line, Style::new(), 2, ctx.width);
        }
    }
    doc
}
