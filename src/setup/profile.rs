//! The profile that the answers make, and the answers that a saved profile gives.

use super::{field::Field, state::Setup, value::AnswerValue};
use crate::mail::{
    Profile,
    profile::{Check, Sender, Smtp},
};

/// A saved profile's settings as answers.
pub fn saved_answers(profile: &Profile, name: &str) -> Vec<(Field, AnswerValue)> {
    Field::ALL.into_iter().filter_map(|field| Some((field, (field.spec().read)(profile, name)?))).collect()
}

impl Setup {
    /// The profile that the answers make.
    pub fn profile(&self) -> Option<Profile> {
        let answers = &self.answers;
        let (host, port) = (answers.get(Field::Host)?, answers.get(Field::Port)?);
        let smtp = Smtp::new(host, port, answers.security()?, answers.get(Field::Ehlo)?);
        let mut profile = Profile::new(Sender::new(answers.address()?), smtp);
        for field in Field::ALL.into_iter().filter(|field| self.applies(*field)) {
            (field.spec().write)(answers, &mut profile);
        }
        Some(profile)
    }

    /// The result of the live test, as it is kept.
    pub(super) fn last_check(&self) -> Option<Check> {
        let tested = self.test.result()?;
        let result = match (&tested.diagnosis, tested.report.passed()) {
            (Some(diagnosis), _) => diagnosis.cause.clone(),
            (None, true) => "ok".to_owned(),
            (None, false) => "unknown".to_owned(),
        };
        let secured = self.test.wanted().map(|dial| dial.endpoint.clone()).filter(|_| tested.report.is_secured());
        Some(Check { when: tested.when.clone(), result, secured })
    }
}
