//! The front ends, each played from the table.

use std::{collections::BTreeSet, io, sync::mpsc::channel};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use mailsetup::{
    frontend::{
        prompt_loop::{self, Asker, PromptReply},
        script,
        tui::{App, Look, TuiOptions as Looks},
    },
    mail::Secret,
    plan::{DiffLine, diff},
    setup::{AnswerSource, Field, FieldShape, GivenSecret, Question, Setup, SetupOptions, Status},
};
use ratatui::{Terminal, backend::TestBackend, layout::Size};

use super::world::{Case, Made, Stage, World};
use crate::support::wait::DEADLINE;

fn secret(world: &World) -> Secret {
    Secret::new(world.demo.password().to_owned())
}

/// As the command line does with flags.
pub(crate) fn by_script(world: &World, case: &Case) -> Made {
    let mut stage = world.stage(SetupOptions { brief: true, yes: true, ..SetupOptions::default() });
    for (field, answer) in &case.0 {
        stage.setup.give(*field, answer, AnswerSource::Flag).unwrap();
    }
    stage.setup.give_secret(GivenSecret { secret: secret(world), flag: None });
    script::run(&mut stage.setup, &stage.runner, &mut |_, _| ()).unwrap();
    Stage::made(stage.home.path(), &stage.setup)
}

/// Answers questions from the table; what was never asked is changed at the review.
struct Table<'a> {
    case: &'a Case,
    secret: Secret,
    left: BTreeSet<Field>,
    changing: Option<Field>,
}

impl Table<'_> {
    fn answer(&mut self, question: &Question) -> String {
        self.left.remove(&question.field);
        let answer = self.case.0.get(&question.field).cloned();
        answer.or_else(|| question.default.clone()).unwrap_or_default()
    }

    /// A field that the table has and nobody asked; first the one that others hang on.
    fn unasked(&mut self) -> Option<Field> {
        self.left.take(&Field::Scope).or_else(|| self.left.pop_first())
    }
}

impl Asker for Table<'_> {
    fn ask(&mut self, question: &Question, initial: Option<&str>) -> io::Result<PromptReply> {
        assert_eq!(initial, None, "{} took no answer", question.field);
        if let Some(field) = self.changing.take() {
            assert!(question.choices.iter().any(|choice| choice.value == field.key()), "{field} can be changed");
            return Ok(PromptReply::Text(field.key().to_owned()));
        }
        Ok(match question.field {
            // Before the first question is what is not asked.
            Field::Address if self.left.remove(&Field::Test) => {
                self.changing = Some(Field::Test);
                PromptReply::Back
            }
            Field::Password => PromptReply::Secret(self.secret.clone()),
            Field::Recover => panic!("the test failed: {question:?}"),
            Field::Apply => {
                self.changing = self.unasked();
                PromptReply::Text(if self.changing.is_some() { "no" } else { "yes" }.to_owned())
            }
            _ => PromptReply::Text(self.answer(question)),
        })
    }

    fn say(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn columns(&self) -> usize {
        80
    }
}

fn table<'a>(world: &World, case: &'a Case) -> Table<'a> {
    Table { case, secret: secret(world), left: case.0.keys().copied().collect(), changing: None }
}

pub(crate) fn by_prompts(world: &World, case: &Case) -> Made {
    let mut stage = world.stage(SetupOptions::default());
    prompt_loop::run(&mut stage.setup, &stage.runner, &mut table(world, case), None, &mut ()).unwrap();
    assert_eq!(stage.setup.status(), Status::Done);
    Stage::made(stage.home.path(), &stage.setup)
}

fn key(app: &mut App, code: KeyCode) {
    app.handle(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    Terminal::new(TestBackend::new(120, 60)).unwrap().draw(|frame| app.draw(frame)).unwrap();
}

fn typed(app: &mut App, text: &str) {
    app.handle(&Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)));
    for letter in text.chars() {
        key(app, KeyCode::Char(letter));
    }
}

/// Whether a list stands there open with what cannot be chosen.
fn explains(app: &App, question: &Question) -> bool {
    let mut terminal = Terminal::new(TestBackend::new(120, 60)).unwrap();
    terminal.draw(|frame| app.draw(frame)).unwrap();
    let screen = terminal.backend().to_string();
    let mut barred = question.choices.iter().filter(|choice| choice.barred.is_some());
    barred.any(|choice| screen.contains(&choice.label))
}

/// Enters an answer as fingers do.
fn enter(app: &mut App, question: &Question, answer: &str) {
    match question.shape {
        FieldShape::Text | FieldShape::Secret => typed(app, answer),
        FieldShape::Confirm => key(app, KeyCode::Char(if answer == "yes" { 'y' } else { 'n' })),
        FieldShape::Choice => {
            let at = question.choices.iter().position(|choice| choice.value == answer).unwrap();
            // A long list beside other fields is closed, and turned, unless it says why something cannot be chosen and there
            // is room for that.
            if matches!(question.field, Field::Auth | Field::SecretStore | Field::Scope) && !explains(app, question) {
                let passed = question.choices[..at].iter().filter(|choice| choice.barred.is_none()).count();
                (0..passed).for_each(|_| key(app, KeyCode::Right));
                return key(app, KeyCode::Enter);
            }
            key(app, KeyCode::Home);
            (0..at).for_each(|_| key(app, KeyCode::Down));
        }
        FieldShape::Many => {
            key(app, KeyCode::Home);
            let ticked: Vec<&str> = question.default.iter().flat_map(|default| default.split(',')).collect();
            let wanted: Vec<&str> = answer.split(',').collect();
            for (at, choice) in question.choices.iter().enumerate() {
                // Down from the last one would lead to the next field.
                if at > 0 {
                    key(app, KeyCode::Down);
                }
                if ticked.contains(&choice.value.as_str()) != wanted.contains(&choice.value.as_str()) {
                    key(app, KeyCode::Char(' '));
                }
            }
        }
    }
    key(app, KeyCode::Enter);
}

pub(crate) fn by_wizard(world: &World, case: &Case) -> Made {
    let stage = world.stage(SetupOptions::default());
    let (sender, results) = channel();
    let runner = stage.runner.clone();
    let looks = Looks {
        report: |_| Ok("report.txt".into()),
        look: Look { colour: true, utf8: true, glyphs: true },
        diff: |change, secret| diff(change, secret).iter().map(DiffLine::marked).collect(),
    };
    let starter = Box::new(move |effect| runner.start(effect, sender.clone()));
    let mut app = App::new(stage.setup, starter, looks, None);
    app.resize(Size::new(120, 60));
    let mut table = table(world, case);
    loop {
        match app.setup().status() {
            Status::Done => break,
            Status::Cancelled => panic!("nobody left"),
            Status::Run(_) => app.told(results.recv_timeout(DEADLINE).unwrap()),
            Status::Ask(question) => match question.field {
                Field::Address if table.left.remove(&Field::Test) => {
                    change(&mut app, Field::Test, &table.case.0[&Field::Test]);
                }
                Field::Password => enter(&mut app, &question, world.demo.password()),
                Field::Recover => panic!("the test failed: {:?}", app.setup().test()),
                Field::Apply => match table.unasked() {
                    Some(field) => change(&mut app, field, &table.case.0[&field]),
                    None => key(&mut app, KeyCode::Enter),
                },
                field => {
                    let answer = table.answer(&question);
                    enter(&mut app, &question, &answer);
                    assert_eq!(value(app.setup(), field), answer, "{field}");
                }
            },
        }
    }
    Stage::made(stage.home.path(), app.setup())
}

/// Opens the list of all answers, goes to one, and changes it.
fn change(app: &mut App, field: Field, answer: &str) {
    key(app, KeyCode::F(4));
    let at = app.setup().all().iter().position(|row| row.field == field).unwrap();
    (0..at).for_each(|_| key(app, KeyCode::Down));
    key(app, KeyCode::Enter);
    let Status::Ask(question) = app.setup().status() else { panic!("{field} is asked") };
    assert_eq!(question.field, field);
    enter(app, &question, answer);
    assert_eq!(value(app.setup(), field), answer, "{field}");
}

fn value(setup: &Setup, field: Field) -> String {
    setup.value(field).unwrap_or_default()
}
