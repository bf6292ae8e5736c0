//! Somebody who answers anything: nothing panics, and nothing is written without a yes.

use std::io;

use mailsetup::{
    frontend::prompt_loop::{self, Asker, PromptReply},
    mail::Secret,
    setup::{Field, Question, SetupOptions, Status},
};
use proptest::prelude::*;

use super::world::World;
use crate::support::files::files_below;

/// Answers by dice, until there are no more.
struct Dice<'a> {
    rolls: std::slice::Iter<'a, (u8, u8)>,
    password: &'a str,
    said_yes: bool,
}

const TEXTS: [&str; 14] = [
    "",
    "demo@mailsetup.example",
    "no at",
    "localhost",
    "25",
    "0",
    "465",
    "yes",
    "no",
    "custom",
    "demo",
    "\u{1b}[31m",
    "é☃ ",
    "none",
];

impl Asker for Dice<'_> {
    fn ask(&mut self, question: &Question, _: Option<&str>) -> io::Result<PromptReply> {
        self.said_yes = false;
        let Some((roll, which)) = self.rolls.next() else { return Ok(PromptReply::Quit) };
        let which = usize::from(*which);
        let default = || question.default.clone().unwrap_or_default();
        let said = match roll {
            0..12 => PromptReply::Back,
            12..13 => PromptReply::Quit,
            13..40 => PromptReply::Text(TEXTS[which % TEXTS.len()].to_owned()),
            40..50 => PromptReply::Secret(Secret::new(TEXTS[which % TEXTS.len()].to_owned())),
            _ if question.field == Field::Password => PromptReply::Secret(Secret::new(self.password.to_owned())),
            50..100 if !question.choices.is_empty() => {
                PromptReply::Text(question.choices[which % question.choices.len()].value.clone())
            }
            _ if question.field == Field::Address => PromptReply::Text("demo@mailsetup.example".to_owned()),
            _ => PromptReply::Text(default()),
        };
        // What else stands for a yes is not one.
        self.said_yes = question.field == Field::Apply && said == PromptReply::Text("yes".to_owned());
        Ok(said)
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
        Ok(())
    }

    fn columns(&self) -> usize {
        40
    }
}

#[test]
fn random_answers_never_panic_and_never_write_without_a_yes() {
    let world = World::new();
    let rolls = proptest::collection::vec((any::<u8>(), any::<u8>()), 1..60);
    proptest!(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() }, |(rolls in rolls)| {
        let mut stage = world.stage(SetupOptions { timeout: std::time::Duration::from_millis(300), ..SetupOptions::default() });
        let mut dice = Dice { rolls: rolls.iter(), password: world.demo.password(), said_yes: false };
        prompt_loop::run(&mut stage.setup, &stage.runner, &mut dice, None, &mut ()).unwrap();
        let is_done = stage.setup.status() == Status::Done;
        prop_assert!(is_done || stage.setup.status() == Status::Cancelled);
        if is_done {
            prop_assert!(dice.said_yes, "the last word is a yes");
        } else {
            let kept = |path: &std::path::PathBuf| !path.starts_with(stage.home.path().join(".local/state"));
            prop_assert_eq!(files_below(stage.home.path()).into_iter().filter(kept).count(), 0);
        }
    });
}
