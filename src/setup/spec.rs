//! A row of the table of fields: everything that depends on the field alone. Each column is spelled out in each row, so that
//! a field cannot be forgotten in one of them.

use super::{
    answers::Answers,
    field::{Field, FieldShape, FieldTrait},
    parsing::Parsing,
    question::Choice,
    source::AnswerSource,
    state::Setup,
    step::SetupStep,
    value::AnswerValue,
};
use crate::{
    mail::{Profile, Setting},
    presets::Phrase,
};

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// The answers-file key; with `-` for `_` also the name of its messages: `field-KEY`, `field-KEY-help`.
    pub key: &'static str,
    /// The flag, without dashes; empty for what has none.
    pub flag: &'static str,
    /// What the flag's value is called in the help; empty for a switch.
    pub value: &'static str,
    /// What kind of answer it takes.
    pub shape: FieldShape,
    /// The step on whose page it is shown.
    pub step: SetupStep,
    /// What is true of it in every conversation.
    pub(super) traits: &'static [FieldTrait],
    /// Whether it has any meaning with the answers as they are.
    pub(super) applies: fn(&Setup) -> bool,
    /// Whether the conversation asks it unprompted. Otherwise it keeps its value unless a person goes to it.
    pub(super) asked: fn(&Setup) -> bool,
    /// Whether it needs no asking any more.
    pub(super) settled: fn(&Setup, Field) -> bool,
    /// The field that its value follows from: while that is missing, this one is not called missing.
    pub(super) awaits: Option<Field>,
    /// The setting of a program here that answers it, when the person starts from that program's.
    pub(super) imported: Option<Setting>,
    /// The parser of an answer that is not empty.
    pub(super) parse: fn(&str, &Parsing<'_>) -> Result<AnswerValue, Phrase>,
    /// The value without an answer: from the preset, the facts and the other answers.
    pub(super) follows: fn(&Answers) -> Option<(AnswerValue, AnswerSource)>,
    /// Its value in a saved profile of this name.
    pub(super) read: fn(&Profile, &str) -> Option<AnswerValue>,
    /// Puts its value into a profile; called only when the field applies.
    pub(super) write: fn(&Answers, &mut Profile),
    /// What its question says beyond its label and help.
    pub(super) wording: FieldWording,
}

/// What a question says beyond its label and help.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldWording {
    /// The answer that Enter takes, where it is not the field's value.
    pub(super) default: fn(&Setup, Field) -> Option<(AnswerValue, AnswerSource)>,
    /// A label in place of `field-KEY`.
    pub(super) label: fn(&Setup) -> Option<String>,
    /// A help text in place of `field-KEY-help`.
    pub(super) help: fn(&Setup) -> Option<String>,
    /// What can be chosen.
    pub(super) choices: fn(&Setup) -> Vec<Choice>,
    /// What a person should know before answering, or about the answer.
    pub(super) notes: fn(&Setup) -> Vec<Phrase>,
}

impl FieldWording {
    /// A question that says nothing more.
    pub(super) const PLAIN: Self = Self {
        default: |setup, field| setup.answers.value(field),
        label: |_| None,
        help: |_| None,
        choices: |_| Vec::new(),
        notes: |_| Vec::new(),
    };
}

impl Spec {
    /// Whether this is true of it.
    pub fn has(&self, wanted: FieldTrait) -> bool {
        self.traits.contains(&wanted)
    }

    /// Parses an answer as it was typed.
    ///
    /// # Errors
    /// What is wrong with it and how to fix it.
    pub(super) fn parse(&self, typed: &str, parsing: &Parsing<'_>) -> Result<AnswerValue, Phrase> {
        if self.has(FieldTrait::Optional) && typed.trim().is_empty() {
            return Ok(AnswerValue::Empty);
        }
        (self.parse)(typed, parsing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mail::yes_no::YesNoWords,
        presets::{Catalog, Lang},
    };

    fn check(field: Field, typed: &str) -> Result<String, &'static str> {
        let catalog = Catalog::builtin();
        let parsing = Parsing { catalog: &catalog, lang: Lang::EN, yes_no: YesNoWords { yes: "oui o", no: "non" } };
        field.spec().parse(typed, &parsing).map(|value| value.to_string()).map_err(|phrase| phrase.id)
    }

    #[test]
    fn slips_are_named() {
        assert_eq!(check(Field::Address, "ops"), Err("invalid-address-no-at"));
        assert_eq!(check(Field::Host, "smtp://x.test"), Err("invalid-host-scheme"));
        assert_eq!(check(Field::Host, "x.test,"), Err("invalid-host-character"));
        assert_eq!(check(Field::Port, "0"), Err("invalid-port"));
        assert_eq!(check(Field::Port, "70000"), Err("invalid-port"));
        assert_eq!(check(Field::Provider, "localhos"), Err("invalid-provider-near"));
        assert_eq!(check(Field::Security, "ssl"), Err("invalid-choice-near"));
        assert_eq!(check(Field::Security, "encrypted"), Err("invalid-choice"));
        assert_eq!(check(Field::Profile, "../x"), Err("invalid-profile"));
        for name in ["-", "-x", "--yes", ".x"] {
            assert_eq!(check(Field::Profile, name), Err("invalid-profile-start"));
        }
        assert_eq!(check(Field::PassEntry, "mail/../x"), Err("invalid-pass-entry"));
        assert_eq!(check(Field::RunAs, "a:b"), Err("invalid-user"));
        assert_eq!(check(Field::SecretStore, "wallet"), Err("invalid-choice"));
        assert_eq!(check(Field::Targets, "msmtp,postfx"), Err("invalid-target-near"));
        assert_eq!(check(Field::Import, "mutt=~/.muttrc"), Err("invalid-import"));
    }

    #[test]
    fn answers_are_kept_in_one_form() {
        assert_eq!(check(Field::Port, " 465 ").as_deref(), Ok("465"));
        assert_eq!(check(Field::Imap, "Oui").as_deref(), Ok("yes"));
        assert_eq!(check(Field::Pin, &"AB:".repeat(32)).map(|pin| pin.len()), Ok(64));
        assert_eq!(check(Field::ReplyTo, "").as_deref(), Ok(""));
        assert_eq!(check(Field::Targets, "msmtp, dotenv=/x/.env ,msmtp").as_deref(), Ok("msmtp,dotenv=/x/.env"));
        assert_eq!(check(Field::Provider, "Gmail").as_deref(), Ok("gmail"));
        assert_eq!(check(Field::SecretStore, "Vault").as_deref(), Ok("vault"));
    }
}
