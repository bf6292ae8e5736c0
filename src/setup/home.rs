//! Home: what a person with saved profiles comes to first.

use super::{
    errand::{Errand, Home, HomeProfile, NEW, UNDO},
    field::Field,
    state::Setup,
    value::AnswerValue,
};
use crate::{mail::reply::escape, phrase, presets::Phrase};

impl Setup {
    /// Opens on the profiles that are saved. A script is not asked.
    pub fn offer_home(&mut self, profiles: Vec<HomeProfile>) {
        let is_offered = !profiles.is_empty() && !self.options.brief;
        self.home = is_offered.then(|| Home { profiles, ..Home::default() });
    }

    /// What the person wants done instead of a set-up.
    pub fn errand(&self) -> Option<&Errand> {
        self.home.as_ref()?.errand.as_ref().filter(|_| self.cancelled)
    }

    /// Takes an answer of the home page.
    pub(super) fn answer_home(&mut self, field: Field, value: &AnswerValue) {
        let Some(home) = &mut self.home else { return };
        let word = value.to_string();
        match field {
            Field::Home if word == NEW => self.home = None,
            Field::Home if word == UNDO => home.errand = Some(Errand::Undo),
            Field::Home => home.chosen = home.profiles.iter().map(|it| &it.name).find(|name| ***name == word).cloned(),
            Field::HomeAction => {
                home.errand = home.chosen.clone().zip(word.parse().ok()).map(|(name, action)| Errand::With(name, action));
            }
            _ if *value == AnswerValue::Consent(true) => self.cancelled = true,
            _ => (home.chosen, home.errand) = (None, None),
        }
        let errand = self.home.as_ref().and_then(|home| home.errand.as_ref());
        if errand.is_some_and(|errand| !errand.takes_away()) {
            self.cancelled = true;
        }
    }

    /// One step back on the home page. Returns whether there was one.
    pub(super) fn back_home(&mut self) -> bool {
        let Some(home) = &mut self.home else { return false };
        let is_within = home.chosen.is_some() || home.errand.is_some();
        (home.chosen, home.errand) = (None, None);
        is_within
    }

    /// What is asked once more before something is taken away.
    pub(super) fn home_question(&self) -> Option<Phrase> {
        Some(match self.home.as_ref()?.errand.as_ref()? {
            Errand::With(name, _) => phrase!("field-home-sure-remove", profile = escape(name)),
            Errand::Undo => phrase!("field-home-sure-undo"),
        })
    }
}
