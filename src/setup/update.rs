//! What happened, taken into the conversation.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    answers::Answer,
    effect::GivenSecret,
    field::{Field, FieldTrait},
    msg::{Invalid, Msg, Status},
    parsing::Parsing,
    source::AnswerSource,
    state::Setup,
    step::SetupStep,
    value::{AnswerValue, ImportChoice, ProviderChoice, Recovery},
};
use crate::{
    mail::{TestDepth, TextLine, host::with_port, mailbox},
    phrase,
};

impl Setup {
    /// Takes an answer that was given beforehand: by flag, variable, file or profile.
    ///
    /// # Errors
    /// Why it cannot be taken; nothing changed.
    pub fn give(&mut self, field: Field, typed: &str, source: AnswerSource) -> Result<(), Invalid> {
        let (typed, beside) = taken_apart(field, typed);
        let value = self.parse(field, &typed)?;
        self.answers.given.insert(field, Answer { value, source });
        self.answers.given.extend(beside.map(|(field, value)| (field, Answer { value, source })));
        self.refresh();
        Ok(())
    }

    /// Parses an answer.
    ///
    /// # Errors
    /// Why it cannot be taken.
    pub(super) fn parse(&self, field: Field, typed: &str) -> Result<AnswerValue, Invalid> {
        let parsing = Parsing { catalog: &self.answers.catalog, lang: self.text.lang(), yes_no: self.text.yes_no() };
        field.spec().parse(typed, &parsing).map_err(|phrase| Invalid { field, phrase })
    }

    /// Takes the secret that was given beforehand.
    pub fn give_secret(&mut self, given: GivenSecret) {
        if given.secret.is_grant() {
            self.answers.granted = Some(given.secret);
        } else {
            self.answers.secret = Some(given);
        }
        (self.answers.bound, self.answers.agreed, self.answers.kept_for) = (None, None, None);
        self.refresh();
    }

    /// Takes what happened.
    ///
    /// # Errors
    /// Why an answer was not taken; nothing changed.
    pub fn update(&mut self, msg: Msg) -> Result<(), Invalid> {
        if matches!(msg, Msg::Answer(..) | Msg::Secret(_) | Msg::Retry) {
            self.ask_access_again();
        }
        match msg {
            Msg::Answer(Field::OauthAddress, pasted) => {
                self.take_pasted(&pasted)?;
                self.move_on(Field::OauthAddress);
            }
            Msg::Answer(field, typed) => self.answer(field, &typed)?,
            Msg::Secret(given) if given.secret.expose().is_empty() => {
                return Err(Invalid { field: Field::Password, phrase: phrase!("invalid-password-empty") });
            }
            Msg::Secret(given) => {
                if self.test_failed() {
                    // The same password once more: something else was fixed, such as the account.
                    self.test.again();
                }
                self.answers.secret = Some(given);
                (self.answers.bound, self.answers.agreed) = (self.answers.secret_use(), None);
                self.answers.kept_for = None;
                self.answers.given.remove(&Field::Spaces);
                self.move_on(Field::Password);
            }
            Msg::Clear(field) => {
                self.answers.given.remove(&field);
                self.accepted.remove(&field);
            }
            Msg::Go(field) => self.go(field),
            Msg::Back => self.back(),
            Msg::Fix => self.fix(false),
            Msg::Trust => self.fix(true),
            Msg::Retry => {
                self.test.again();
                self.focus = None;
            }
            Msg::Force => {
                self.forced = Some(self.test.generation());
                self.focus = None;
            }
            Msg::Stop if self.authorize.wanted().is_some() => {
                self.authorize.again();
                self.shown_code = None;
                self.focus = Some(Field::OauthGrant);
            }
            // The search goes on beside the question.
            Msg::Stop if self.here() == Some(SetupStep::Provider) => self.focus = Some(Field::Provider),
            Msg::Stop => {
                self.test.again();
                self.write.want(None);
                let is_tested = self.answers.test_depth() != TestDepth::None;
                self.focus = Some(if is_tested { Field::Test } else { Field::Apply });
            }
            Msg::Finished(generation, outcome) => self.finish(generation, outcome),
            Msg::Cancel => self.cancelled = true,
            Msg::Lost => (self.cancelled, self.lost) = (true, true),
        }
        self.refresh();
        Ok(())
    }

    fn answer(&mut self, field: Field, typed: &str) -> Result<(), Invalid> {
        let (typed, beside) = taken_apart(field, typed);
        let value = self.parse(field, &typed)?;
        let beside = beside.map(|(field, value)| (field, Answer { value, source: AnswerSource::Asked }));
        self.answers.given.extend(beside);
        match (field, value) {
            (Field::Resume, value) => {
                if value == AnswerValue::Consent(true) {
                    self.resume();
                }
                self.offered = None;
                return Ok(());
            }
            (Field::Home | Field::HomeAction | Field::HomeSure, value) => {
                self.answer_home(field, &value);
                return Ok(());
            }
            (Field::Change, value) => {
                match Field::of_key(&value.to_string()) {
                    Some(field) => self.go(field),
                    None => self.change_nothing_more(),
                }
                return Ok(());
            }
            (Field::Reuse, value) => self.answer_reuse(&value),
            (_, AnswerValue::Recovery(way)) => return self.recover(way),
            (Field::Spaces, AnswerValue::Consent(true)) => {
                if let Some(secret) = self.answers.without_spaces() {
                    self.answers.secret = Some(GivenSecret { secret, flag: None });
                }
            }
            (Field::Plaintext, AnswerValue::Consent(false)) => {
                // Without consent the mode goes back to what protects.
                self.answers.given.remove(&Field::Security);
                self.accepted.remove(&Field::Security);
                self.focus = Some(Field::Security);
                return Ok(());
            }
            (Field::ThisDomain, AnswerValue::Consent(false)) => {
                self.answers.given.remove(&Field::ThisDomain);
                self.propose_meant_address();
                self.focus = Some(Field::Address);
                return Ok(());
            }
            (Field::Address, value) if self.answers.value(field).is_none_or(|(before, _)| before != value) => {
                // What was said of one domain says nothing of another.
                self.answers.given.remove(&Field::ThisDomain);
                self.keep(field, value);
            }
            (Field::Apply, value) => {
                self.write.want(None);
                if value != AnswerValue::Consent(true) {
                    return Ok(());
                }
                self.answers.given.insert(field, Answer { value, source: AnswerSource::Asked });
            }
            (_, AnswerValue::Provider(provider)) => self.choose_provider(provider),
            // Another password comes as a secret; no answer keeps the one that is known.
            (Field::Password, _) if self.knows_password() => {}
            (Field::Password, _) => return Err(Invalid { field, phrase: phrase!("invalid-empty") }),
            (_, value) => self.keep(field, value),
        }
        self.move_on(field);
        Ok(())
    }

    /// Proposes the address that was meant in place of a mistyped one.
    fn propose_meant_address(&mut self) {
        let Some((address, (_, meant))) = self.answers.address().zip(self.answers.slip()) else { return };
        self.answers.facts.suggested_address = Some(format!("{}@{meant}", address.local()));
        self.answers.given.remove(&Field::Address);
        self.accepted.remove(&Field::Address);
    }

    /// Keeps an answer; one that equals the default is kept as a default, so that it keeps following.
    fn keep(&mut self, field: Field, value: AnswerValue) {
        let before = self.answers.given.remove(&field);
        match self.answers.derived(field) {
            Some((derived, _)) if derived == value => {
                self.accepted.insert(field, value);
            }
            _ => {
                let source =
                    before.filter(|answer| answer.value == value).map_or(AnswerSource::Asked, |answer| answer.source);
                self.answers.given.insert(field, Answer { value, source });
            }
        }
    }

    /// Another provider: what was answered for the former one is set aside, and comes back with it.
    fn choose_provider(&mut self, chosen: ProviderChoice) {
        let former = self.answers.get::<ProviderChoice>(Field::Provider).filter(|former| *former != chosen);
        if let Some(former) = former {
            // What was given beforehand does not belong to a provider that was only proposed.
            let was_chosen =
                self.answers.given.contains_key(&Field::Provider) || self.accepted.contains_key(&Field::Provider);
            let belongs = |answer: &Answer| {
                was_chosen || !matches!(answer.source, AnswerSource::Flag | AnswerSource::Env | AnswerSource::File)
            };
            let mut aside = BTreeMap::new();
            for field in Field::ALL.into_iter().filter(|field| field.spec().has(FieldTrait::OfProvider)) {
                if let Some(answer) = self.answers.given.remove(&field) {
                    let place = if belongs(&answer) { &mut aside } else { &mut self.answers.given };
                    place.insert(field, answer);
                }
            }
            self.set_aside.insert(former, aside);
            self.answers.given.remove(&Field::Spaces);
            if let Some(back) = self.set_aside.remove(&chosen) {
                self.answers.given.extend(back);
            }
        }
        self.keep(Field::Provider, chosen.into());
    }

    fn recover(&mut self, way: Recovery) -> Result<(), Invalid> {
        self.update(match way {
            Recovery::Fix => Msg::Fix,
            Recovery::Trust => Msg::Trust,
            Recovery::Retry => Msg::Retry,
            Recovery::Force => Msg::Force,
            Recovery::Edit => Msg::Go(self.field_at_fault()),
        })
    }

    /// The answer that the diagnosis wants to change; the host when it names none.
    pub fn field_at_fault(&self) -> Field {
        let diagnosis = self.test.result().and_then(|tested| tested.diagnosis.as_ref());
        diagnosis.and_then(|diagnosis| diagnosis.ask.as_deref()).and_then(Field::of_key).unwrap_or(Field::Host)
    }

    fn fix(&mut self, looked_at: bool) {
        let diagnosis = self.test.result().and_then(|tested| tested.diagnosis.as_ref());
        let change =
            diagnosis.filter(|diagnosis| looked_at == diagnosis.needs_person).map(|diagnosis| diagnosis.change.clone());
        for (key, typed) in change.unwrap_or_default() {
            if let Some(field) = Field::of_key(&key)
                && let Ok(value) = self.parse(field, &typed)
            {
                self.answers.given.insert(field, Answer { value, source: AnswerSource::Fix });
            }
        }
        self.focus = None;
        self.test.again();
    }

    /// After an answer: forward along the way already gone, else to what is open.
    fn move_on(&mut self, field: Field) {
        self.trail.retain(|other| *other != field);
        self.trail.push(field);
        self.focus = None;
        while let Some(next) = self.ahead.pop() {
            if self.applies(next)
                && next != field
                && !matches!(next, Field::Recover | Field::Apply | Field::Spaces | Field::Reuse)
            {
                self.focus = Some(next);
                return;
            }
        }
    }

    fn go(&mut self, field: Field) {
        if !self.applies(field) {
            return;
        }
        if let Some(current) = self.current().filter(|current| *current != field) {
            self.ahead.retain(|other| *other != field && *other != current);
            self.ahead.push(current);
        }
        if field == Field::Apply {
            self.answers.given.remove(&Field::Apply);
        }
        self.focus = Some(field);
    }

    /// The answers of the saved profile are as they are to be: on to the test.
    pub fn change_nothing_more(&mut self) {
        (self.is_changed, self.focus) = (true, None);
        self.ahead.clear();
        self.refresh();
    }

    fn back(&mut self) {
        if self.back_home() {
            return;
        }
        let current = self.current();
        self.write.want(None);
        self.answers.given.remove(&Field::Apply);
        while let Some(field) = self.trail.pop() {
            if self.applies(field) && Some(field) != current && field != Field::Apply {
                if let Some(current) = current {
                    self.ahead.retain(|other| *other != current);
                    self.ahead.push(current);
                }
                self.focus = Some(field);
                return;
            }
        }
        if current == Some(Field::Import) {
            // Nothing comes before the first question: going back starts from nothing.
            self.answers
                .given
                .insert(Field::Import, Answer { value: ImportChoice::None.into(), source: AnswerSource::Asked });
            self.move_on(Field::Import);
        }
    }

    /// The field that is asked now.
    fn current(&self) -> Option<Field> {
        match self.status() {
            Status::Ask(question) => Some(question.field),
            _ => None,
        }
    }
}

/// An answer that says more than was asked, as `host:587` and `Name <a@b>` do: the answer itself, and what stands beside it.
fn taken_apart(field: Field, typed: &str) -> (Cow<'_, str>, impl Iterator<Item = (Field, AnswerValue)> + use<>) {
    let mut beside = Vec::new();
    let mut own = Cow::Borrowed(typed);
    match field {
        Field::Host => {
            if let Some((host, port, security)) = with_port(typed) {
                own = Cow::Owned(host.to_string());
                beside.extend(security.map(|security| (Field::Security, security.into())));
                beside.extend(port.map(|port| (Field::Port, port.into())));
            }
        }
        Field::Address => {
            let (name, address) = mailbox::split(typed);
            if let Ok(name) = name.parse::<TextLine>() {
                beside.extend((!name.is_empty()).then(|| (Field::Name, name.into())));
            }
            own = Cow::Borrowed(address);
        }
        _ => {}
    }
    (own, beside.into_iter())
}
