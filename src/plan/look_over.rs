//! What can be seen to be wrong in a template or an expression without rendering it: its syntax, and names of variables,
//! filters and tests that do not exist.

use std::collections::BTreeSet;

use minijinja::{Environment, ErrorKind, Value};

use super::render::{Expressions, RenderFault, Unwritten, over_settings};
use crate::presets::nearest;

/// What a text is, and so which filters it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TemplateKind {
    /// A template whose values are quoted.
    Quoted,
    /// A template without quotes: a word of a command.
    Bare,
    /// An expression over the settings.
    Condition,
    /// An expression over files.
    Expression,
}

/// What is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slip {
    /// The line within the text, from 1.
    pub(super) line: Option<usize>,
    /// As minijinja says it.
    pub(super) cause: String,
    /// The known name that is nearest to an unknown one.
    pub(super) nearest: Option<String>,
}

/// Looks a text over; `known` has the variables, and as `group.name` those groups of which all names are known.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn look_over(text: &str, kind: TemplateKind, known: &BTreeSet<String>) -> Result<(), Slip> {
    let environment = environment(kind);
    let variables = match kind {
        TemplateKind::Quoted | TemplateKind::Bare => {
            environment.template_from_str(text).map(|it| it.undeclared_variables(true))
        }
        TemplateKind::Condition | TemplateKind::Expression => {
            environment.compile_expression(text).map(|it| it.undeclared_variables(true))
        }
    };
    let variables = variables.map_err(|error| match RenderFault::of(&error) {
        RenderFault::Template { cause, line } => Slip { line, cause, nearest: None },
        RenderFault::Unfit(..) => Slip { line: None, cause: error.to_string(), nearest: None },
    })?;
    let mut unknown: Vec<&str> = variables.iter().filter_map(|name| unknown_part(name, known, &environment)).collect();
    unknown.sort_unstable();
    if let Some(name) = unknown.first() {
        let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        let last = name.rsplit('.').next().unwrap_or(name);
        return Err(Slip { line: line_of(text, last), cause: format!("unknown variable `{name}`"), nearest });
    }
    let mut state = environment.empty_state();
    for (used_as, name) in code(text, kind).into_iter().flat_map(uses) {
        // Called without a value, a known one may fail, but for another reason.
        let error = match used_as {
            NameUse::Filter => state.apply_filter(name, &[]).err(),
            NameUse::Test => state.perform_test(name, &[]).err(),
        };
        let error = error.map(|error| error.kind());
        if let Some(unknown @ (ErrorKind::UnknownFilter | ErrorKind::UnknownTest)) = error {
            return Err(Slip { line: line_of(text, name), cause: format!("{unknown} `{name}`"), nearest: None });
        }
    }
    Ok(())
}

fn environment(kind: TemplateKind) -> Environment<'static> {
    match kind {
        TemplateKind::Quoted => {
            let mut environment = over_settings(None, &Unwritten::default());
            // Each format has a rule of its own; the name is the same.
            environment.add_filter("quote", |value: Value| value);
            environment
        }
        TemplateKind::Bare | TemplateKind::Condition => over_settings(None, &Unwritten::default()),
        TemplateKind::Expression => Expressions::new().into_environment(),
    }
}

/// The part of a name that does not exist: `variable`, or `variable.member` where all members are known.
fn unknown_part<'a>(name: &'a str, known: &BTreeSet<String>, environment: &Environment<'_>) -> Option<&'a str> {
    let mut dots = name.match_indices('.').map(|(at, _)| at);
    let variable = &name[..dots.next().unwrap_or(name.len())];
    let member = &name[..dots.next().unwrap_or(name.len())];
    let group = format!("{variable}.");
    let has_known_members = known.iter().any(|other| other.starts_with(&group));
    if has_known_members {
        return (member != variable && !known.contains(member)).then_some(member);
    }
    let exists = known.contains(variable) || environment.globals().any(|(global, _)| global == variable);
    (!exists).then_some(variable)
}

/// The line of a text, from 1, on which a word first is.
fn line_of(text: &str, word: &str) -> Option<usize> {
    text.lines().position(|line| line.contains(word)).map(|index| index + 1)
}

/// The parts of a text that are code.
fn code(text: &str, kind: TemplateKind) -> Vec<&str> {
    if matches!(kind, TemplateKind::Condition | TemplateKind::Expression) {
        return vec![text];
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let (open, inside) = rest[start..].split_at(2);
        let close = match open {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let (part, after) = inside.split_once(close).unwrap_or((inside, ""));
        if open != "{#" {
            parts.push(part);
        }
        rest = after;
    }
    parts
}

/// How a name is used.
enum NameUse {
    Filter,
    Test,
}

/// The filters and tests that code names: `value | filter`, `value is test`, `value is not test`.
fn uses(code: &str) -> Vec<(NameUse, &str)> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let next = |offset: usize| tokens.get(index + offset).copied().filter(|name| is_name(name));
        match *token {
            "|" => found.extend(next(1).map(|name| (NameUse::Filter, name))),
            "is" if next(1) == Some("not") => found.extend(next(2).map(|name| (NameUse::Test, name))),
            "is" => found.extend(next(1).map(|name| (NameUse::Test, name))),
            _ => {}
        }
    }
    found
}

/// Names and signs, without strings.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' => {
                let mut escaped = false;
                let close = rest[1..].find(|c| {
                    let ends = c == first && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                close.map_or(rest.len(), |close| close + 2)
            }
            _ if is_name(&rest[..first.len_utf8()]) => {
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            _ => first.len_utf8(),
        };
        if !matches!(first, '\'' | '"') {
            tokens.push(&rest[..end]);
        }
        rest = rest[end..].trim_start();
    }
    tokens
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slip(text: &str, kind: TemplateKind) -> Option<(String, Option<usize>, Option<String>)> {
        let known = ["host", "files.rc", "sender.address", "there"].map(str::to_owned).into();
        look_over(text, kind, &known).err().map(|slip| (slip.cause, slip.line, slip.nearest))
    }

    #[test]
    fn what_is_right_passes() {
        for text in [
            "{% set x = host %}{{ x | quote }} {{ files.rc }} {{ there.any.thing }}",
            "{# {{ nothing }} #}{% for i in range(3) %}{{ loop.index }}{% endfor %}",
            "{{ 'a | b is c' ~ host }} | is text",
        ] {
            assert_eq!(slip(text, TemplateKind::Quoted), None, "{text}");
        }
        assert_eq!(slip("host is not none and there | length is odd", TemplateKind::Condition), None);
        assert_eq!(slip("there['x'] | host_of | mode('465') or sender", TemplateKind::Expression), None);
    }

    #[test]
    fn what_is_wrong_has_its_line() {
        let unknown = |what: &str, line, nearest: &str| {
            Some((format!("unknown {what}"), Some(line), Some(nearest.to_owned()).filter(|near| !near.is_empty())))
        };
        assert_eq!(slip("a\n{{ hots }}", TemplateKind::Bare), unknown("variable `hots`", 2, "host"));
        assert_eq!(slip("{{ files.rcc }}", TemplateKind::Bare), unknown("variable `files.rcc`", 1, "files.rc"));
        assert_eq!(
            slip("{{ sender.adress }}", TemplateKind::Bare),
            unknown("variable `sender.adress`", 1, "sender.address")
        );
        assert_eq!(slip("{{ host | quote }}", TemplateKind::Bare), unknown("filter `quote`", 1, ""));
        assert_eq!(slip("host | hostof", TemplateKind::Expression), unknown("filter `hostof`", 1, ""));
        assert_eq!(slip("host is not nil", TemplateKind::Condition), unknown("test `nil`", 1, ""));
        let (cause, line, _) = slip("x\n{% if host %}", TemplateKind::Bare).unwrap();
        assert!(cause.starts_with("syntax error") && line == Some(2), "{cause} {line:?}");
    }
}
