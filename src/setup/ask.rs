//! Questions, made from the answers as they are.

use super::{
    field::{Field, FieldShape, FieldTrait},
    question::{Advice, Choice, Question},
    state::Setup,
};
use crate::{mail::Security, phrase, presets::provider::Special};

impl Setup {
    /// The question of any field, as it would be asked now.
    pub fn ask(&self, field: Field) -> Question {
        let spec = field.spec();
        let value = (spec.wording.default)(self, field).map(|(value, source)| (value.to_string(), source));
        let (default, source) = value.filter(|(value, _)| !value.is_empty()).unzip();
        let choices = (spec.wording.choices)(self);
        Question {
            field,
            step: spec.step,
            label: self.label(field),
            help: (spec.wording.help)(self).unwrap_or_else(|| self.text.get(&format!("{}-help", message(field)))),
            // A text that has choices now is chosen: a provider's regions, for instance.
            shape: if spec.shape == FieldShape::Text && !choices.is_empty() { FieldShape::Choice } else { spec.shape },
            choices,
            default,
            source,
            optional: spec.has(FieldTrait::Optional),
            guidance: match self.answers.grant_kind() {
                Some(_) => self.grant_advice(field),
                None if field == Field::Password => self.advice(),
                None => None,
            },
            notes: self.notes_on(field),
        }
    }

    /// A field's label.
    pub(super) fn label(&self, field: Field) -> String {
        (field.spec().wording.label)(self).unwrap_or_else(|| self.text.get(&message(field)))
    }

    /// Words whose labels and hints are in the text files: `choice-KIND-WORD` and `choice-KIND-WORD-hint`.
    pub(super) fn words<'a>(&self, kind: &str, words: impl IntoIterator<Item = &'a str>) -> Vec<Choice> {
        words
            .into_iter()
            .map(|word| Choice {
                value: word.to_owned(),
                label: self.text.get(&format!("choice-{kind}-{word}")),
                hint: self.text.get(&format!("choice-{kind}-{word}-hint")),
                barred: None,
            })
            .collect()
    }

    /// A way to protect a connection, with its port.
    pub(super) fn mode_choice(&self, kind: &str, mode: Security, port: u16) -> Choice {
        Choice {
            value: mode.to_string(),
            label: self.text.get(&format!("choice-security-{mode}")),
            hint: self.text.say(&phrase!("choice-security-port", port = port).with("mode", format!("{kind}-{mode}"))),
            barred: None,
        }
    }

    /// What the provider says about its password.
    fn advice(&self) -> Option<Advice> {
        let provider = self.answers.provider()?;
        let guidance = provider.guidance(self.text.lang());
        let url = provider.password.url.clone();
        let steps = guidance.steps.iter().map(|step| step.replace("{url}", url.as_deref().unwrap_or_default())).collect();
        Some(Advice {
            intro: guidance.intro.clone(),
            before: guidance.before.clone(),
            steps,
            url,
            warnings: guidance.warnings.clone(),
            unusable: provider.password.special == Special::Unusable,
        })
    }

    /// What a person should know about the answers as they are.
    pub fn notes(&self) -> Vec<String> {
        Field::ALL.into_iter().filter(|field| self.applies(*field)).flat_map(|field| self.notes_on(field)).collect()
    }

    /// What a person should know before answering a field, or about its answer.
    fn notes_on(&self, field: Field) -> Vec<String> {
        let refused = self.grant_fault.iter().filter(|fault| fault.field == Some(field));
        let refused = refused.flat_map(|fault| std::iter::once(&fault.phrase).chain(&fault.hint));
        (field.spec().wording.notes)(self).iter().chain(refused).map(|note| self.text.say(note)).collect()
    }
}

/// The message with a field's label.
fn message(field: Field) -> String {
    format!("field-{}", field.key().replace('_', "-"))
}
