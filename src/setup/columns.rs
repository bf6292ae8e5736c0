//! What several rows of the table of fields have in a column.

use std::str::FromStr;

use super::{
    answers::Answers,
    field::{Field, FieldTrait},
    parsing::Parsing,
    source::AnswerSource,
    state::Setup,
    value::{AnswerValue, ValueKind},
};
use crate::{
    mail::{
        Profile,
        value::{self, ValueFault},
    },
    presets::Phrase,
};

/// In each conversation.
pub(super) const fn always(_: &Setup) -> bool {
    true
}

/// Only when a person goes to it.
pub(super) const fn never(_: &Setup) -> bool {
    false
}

/// As long as there is a login.
pub(super) fn with_login(setup: &Setup) -> bool {
    setup.answers.logs_in()
}

/// When no preset is chosen.
pub(super) fn when_custom(setup: &Setup) -> bool {
    setup.answers.provider().is_none()
}

/// Settled by an answer, by the settings that are started from, by a default that the person accepted, or, in a script, by any
/// value.
pub(super) fn by_value(setup: &Setup, field: Field) -> bool {
    if setup.answers.given.contains_key(&field) {
        return true;
    }
    match setup.answers.derived(field) {
        Some((_, AnswerSource::Imported)) => true,
        Some((value, _)) => setup.options.brief || setup.accepted.get(&field) == Some(&value),
        None => setup.options.brief && field.spec().has(FieldTrait::Optional),
    }
}

/// Asked again as long as it applies.
pub(super) const fn unsettled(_: &Setup, _: Field) -> bool {
    false
}

/// The type's own parser.
pub(super) fn parsed<T: ValueKind + FromStr<Err: ValueFault>>(typed: &str, _: &Parsing<'_>) -> Result<AnswerValue, Phrase>
where
    AnswerValue: From<T>,
{
    value::parse::<T>(typed).map(AnswerValue::from)
}

/// Yes or no, in English or in the person's language.
pub(super) fn yes_or_no(typed: &str, parsing: &Parsing<'_>) -> Result<AnswerValue, Phrase> {
    parsing.yes_no.parse(typed).map(AnswerValue::Consent).map_err(|fault| fault.phrase())
}

/// Nothing follows.
pub(super) const fn nothing(_: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    None
}

/// A text of a profile, by its type.
pub(super) fn read<T: ValueKind + FromStr>(text: &str) -> Option<AnswerValue>
where
    AnswerValue: From<T>,
{
    text.parse::<T>().ok().map(AnswerValue::from)
}

/// A value that a profile may lack: then it was left empty.
#[expect(clippy::unnecessary_wraps, reason = "what a column of the table returns")]
pub(super) fn read_optional<T: Clone + Into<AnswerValue>>(value: Option<&T>) -> Option<AnswerValue> {
    Some(value.map_or(AnswerValue::Empty, |value| value.clone().into()))
}

/// It is no part of a profile.
pub(super) const fn unsaved(_: &Profile, _: &str) -> Option<AnswerValue> {
    None
}

/// Each profile has it: [`Setup::profile`] begins with it.
pub(super) const fn required(_: &Answers, _: &mut Profile) {}

/// It is no part of a profile, or another field writes it there.
pub(super) const fn unwritten(_: &Answers, _: &mut Profile) {}

/// A default.
#[expect(clippy::unnecessary_wraps, reason = "what a column of the table returns")]
pub(super) fn default<T: Into<AnswerValue>>(value: T) -> Option<(AnswerValue, AnswerSource)> {
    Some((value.into(), AnswerSource::Default))
}

/// A question that Enter answers with yes.
pub(super) fn yes_by_default(_: &Setup, _: Field) -> Option<(AnswerValue, AnswerSource)> {
    default(true)
}

/// A question that Enter answers with no.
pub(super) fn no_by_default(_: &Setup, _: Field) -> Option<(AnswerValue, AnswerSource)> {
    default(false)
}

/// A question that Enter does not answer.
pub(super) const fn no_default(_: &Setup, _: Field) -> Option<(AnswerValue, AnswerSource)> {
    None
}
