//! minijinja: a target's templates and expressions.
//!
//! A password goes through it. What is held here is wiped; the engine's own values are shared strings, which it cannot wipe.

use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{authority, security_word};
use crate::{
    format::{FileFormat, Unfit, percent, quote},
    mail::mailbox,
};

/// Why a template did not become text.
#[derive(Debug)]
pub(super) enum RenderFault {
    /// A value that the format cannot carry, and why.
    Unfit(Zeroizing<String>, Unfit),
    /// The template itself is wrong.
    Template {
        /// What minijinja says of it.
        cause: String,
        /// The line within the template, from 1.
        line: Option<usize>,
    },
}

impl RenderFault {
    pub(super) fn of(error: &Error) -> Self {
        // The detail names the template's part; the source lines could hold values, so they are left out.
        let cause = match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        };
        Self::Template { cause, line: error.line() }
    }
}

/// A value that the `quote` filter could not write, and why.
pub(super) type Unwritten = Arc<Mutex<Option<(Zeroizing<String>, Unfit)>>>;

/// Renders a template whose `quote` filter follows a format's rule.
pub(super) fn render(
    template: &str,
    format: Option<&'static dyn FileFormat>,
    context: &impl Serialize,
) -> Result<String, RenderFault> {
    let unfit = Unwritten::default();
    let environment = over_settings(format, &unfit);
    environment.render_str(template, Value::from(Serde(context))).map_err(|error| {
        let unfit = unfit.lock().unwrap_or_else(PoisonError::into_inner).take();
        unfit.map_or_else(|| RenderFault::of(&error), |(value, why)| RenderFault::Unfit(value, why))
    })
}

/// What templates over the settings know.
pub(super) fn over_settings(format: Option<&'static dyn FileFormat>, unfit: &Unwritten) -> Environment<'static> {
    let mut environment = environment();
    if let Some(format) = format {
        let unfit = Arc::clone(unfit);
        environment.add_filter("quote", move |value: Value| {
            let text = Zeroizing::new(if value.is_none() { String::new() } else { value.to_string() });
            quote(format, &text).map_err(|why| {
                *unfit.lock().unwrap_or_else(PoisonError::into_inner) = Some((text, why));
                Error::new(ErrorKind::InvalidOperation, "this value cannot be written here")
            })
        });
    }
    environment.add_filter("regex", |value: Value| regex(&text_of(&value)));
    environment.add_filter("percent", |value: Value| percent::encode(&text_of(&value)));
    environment
}

/// Whether an expression over the settings holds.
pub(super) fn holds(expression: &str, context: &impl Serialize) -> Result<bool, RenderFault> {
    render(&format!("{{{{ 'yes' if {expression} else '' }}}}"), None, context).map(|said| !said.is_empty())
}

/// The expressions of a target's `read`.
pub(super) struct Expressions(Environment<'static>);

impl Expressions {
    /// With the filters that they know.
    pub(super) fn new() -> Self {
        let mut environment = environment();
        // A key that a file lacks is a finding, not a fault.
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.add_filter("unpercent", |value: Value| percent::decode(&text_of(&value)));
        environment.add_filter("address_of", |value: Value| mailbox::split(&text_of(&value)).1.to_owned());
        environment.add_filter("name_of", |value: Value| mailbox::split(&text_of(&value)).0.into_owned());
        environment.add_filter("host_of", |value: Value| authority::host(&text_of(&value)).to_owned());
        environment.add_filter("port_of", |value: Value| authority::port(&text_of(&value)).to_owned());
        environment.add_filter("with_port", |value: Value, port: Value| authority::of(&text_of(&value), &text_of(&port)));
        environment.add_filter("mode", |value: Value, port: Value| security_word::mode(&text_of(&value), &text_of(&port)));
        Self(environment)
    }

    pub(super) fn into_environment(self) -> Environment<'static> {
        self.0
    }

    /// What an expression is as text; `None` for what is not there.
    pub(super) fn text(&self, expression: &str, context: &Value) -> Result<Option<String>, RenderFault> {
        let value = self.value(expression, context)?;
        Ok((!value.is_undefined() && !value.is_none()).then(|| value.to_string()))
    }

    /// What an expression is.
    pub(super) fn value(&self, expression: &str, context: &Value) -> Result<Value, RenderFault> {
        self.0
            .compile_expression(expression)
            .and_then(|compiled| compiled.eval(context.clone()))
            .map_err(|error| RenderFault::of(&error))
    }
}

/// A text as a pattern of POSIX (`regexp_table`(5), between slashes) that means the text itself.
fn regex(text: &str) -> String {
    let sign = |sign: char| match sign {
        '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '$' | '|' | '\\' | '/' => format!("\\{sign}"),
        _ => sign.to_string(),
    };
    text.chars().map(sign).collect()
}

pub(super) fn text_of(value: &Value) -> String {
    if value.is_undefined() || value.is_none() { String::new() } else { value.to_string() }
}

/// How many steps a template may take: no target needs a hundredth of it, and one that loops ends.
const FUEL: u64 = 200_000;

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("before", |value: Value, mark: String| {
        let text = text_of(&value);
        text.split_once(&mark).map_or(text.clone(), |(before, _)| before.to_owned())
    });
    environment.add_filter("after", |value: Value, mark: String| {
        text_of(&value).split_once(&mark).map(|(_, after)| after.to_owned()).unwrap_or_default()
    });
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    // A line that holds only a block tag leaves nothing behind.
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build() {
        environment.set_syntax(syntax);
    }
    environment
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn templates_and_expressions() {
        let msmtprc = crate::format::Format::named("msmtprc").unwrap().rules();
        let context = BTreeMap::from([("a", "x y"), ("b", "l\nm")]);
        let text = render("{% if a %}\nv {{ a | quote }}\n{% endif %}\n", Some(msmtprc), &context).unwrap();
        assert_eq!(text, "v \"x y\"\n");
        let fault = render("{{ b | quote }}", Some(msmtprc), &context).unwrap_err();
        assert!(matches!(fault, RenderFault::Unfit(value, Unfit::LineBreak) if *value == "l\nm"));
        assert!(matches!(render("{{ nothing }}", None, &context), Err(RenderFault::Template { .. })));
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
        assert!(matches!(render(endless, None, &context), Err(RenderFault::Template { .. })));
        let value = Value::from(Serde(&context));
        let expressions = Expressions::new();
        assert_eq!(expressions.text("a | after(' ')", &value).unwrap().as_deref(), Some("y"));
        assert_eq!(expressions.text("nothing.more", &value).unwrap(), None);
    }
}
