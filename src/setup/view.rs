//! What a front end shows: the rail, pages, live tests, results.

use super::{
    domain::{DomainFinding, SenderDomain},
    effect::{ConnectSpec, SendingProgram, Work, WorkFault, WriteResult},
    field::{Field, FieldTrait},
    msg::Status,
    source::AnswerSource,
    state::{Setup, Tested},
    step::SetupStep,
    task::Task,
    value::AnswerValue,
};
use crate::{
    diagnose::Diagnosis,
    mail::mailbox,
    plan::{Order, Plan},
    presets::Text,
    probe::{Report, StageReport},
};

/// The state of a step of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepMark {
    /// Everything it asks is answered.
    Done,
    /// The person is here.
    Current,
    /// It comes later.
    Ahead,
    /// The person is here, and the test failed.
    Failed,
}

/// A field on a step's page, or in the list of all answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// The field.
    pub field: Field,
    /// Its label.
    pub label: String,
    /// Its value as a person may see it; a secret is dots, an empty one is empty.
    pub value: String,
    /// Where the value comes from; `None` when it has none yet.
    pub source: Option<AnswerSource>,
}

/// A live test in progress, or as it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveTest {
    /// What is tested.
    pub spec: ConnectSpec,
    /// The stages as they are now.
    pub steps: Vec<StageReport>,
    /// The report, when it is over.
    pub report: Option<Report>,
    /// Why it failed, and what to do.
    pub diagnosis: Option<Diagnosis>,
    /// What is wrong with the message's arrival, and what to do.
    pub arrival: Option<Diagnosis>,
}

impl Setup {
    /// The sentences that this conversation speaks in.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The steps and their state.
    pub fn rail(&self) -> Vec<(SetupStep, StepMark)> {
        let here = self.here();
        let open = self.open().next().map(|field| field.spec().step);
        SetupStep::ALL
            .into_iter()
            .map(|step| {
                let mark = if Some(step) == here {
                    if step == SetupStep::Test && self.test_failed() { StepMark::Failed } else { StepMark::Current }
                } else if open.is_none_or(|open| step < open) {
                    StepMark::Done
                } else {
                    StepMark::Ahead
                };
                (step, mark)
            })
            .collect()
    }

    /// The step where the person is; `None` when all is done.
    pub fn here(&self) -> Option<SetupStep> {
        match self.status() {
            Status::Ask(question) => Some(question.step),
            Status::Run(effect) => Some(match effect.work {
                Work::Discover(_) => SetupStep::Provider,
                Work::Authorize(_) | Work::Fetch(_) => SetupStep::Password,
                Work::Probe(_) | Work::Test(_) => SetupStep::Test,
                Work::Stores(_) | Work::Domain(_) | Work::Plan(_) | Work::Apply(_) => SetupStep::Write,
            }),
            Status::Done | Status::Cancelled => None,
        }
    }

    /// The fields of a step's page, including those that are not asked unprompted.
    pub fn page(&self, step: SetupStep) -> Vec<AnswerRow> {
        self.rows(|field| field.spec().step == step)
    }

    /// All answers.
    pub fn all(&self) -> Vec<AnswerRow> {
        self.rows(|_| true)
    }

    /// The fields of a step's page, without their answers.
    pub fn fields(&self, step: SetupStep) -> impl Iterator<Item = Field> {
        self.shown(move |field| field.spec().step == step)
    }

    /// What is known before a step, a line each: it is not asked, and every line leads to its answers. The page of the password
    /// also shows who gets the test message, since the test follows it.
    pub fn known_before(&self, step: SetupStep) -> Vec<AnswerRow> {
        let test = if self.applies(Field::TestTo) { Field::TestTo } else { Field::Test };
        let fields = [Field::Address, Field::Provider, Field::Host, Field::Username, test, Field::Arrival];
        let is_before = |field: &Field| {
            let own = field.spec().step;
            own < step || (own == SetupStep::Test && step == SetupStep::Password)
        };
        let rows = fields.into_iter().filter(is_before).filter(|field| self.applies(*field)).map(|field| self.line(field));
        rows.filter(|row| !row.value.is_empty()).collect()
    }

    /// The row of a field, with the answers that belong to it: the sender's name, the server's port and mode.
    fn line(&self, field: Field) -> AnswerRow {
        let answers = &self.answers;
        let row = self.row(field);
        let value = match field {
            Field::Address => answers.filled(Field::Name).map(|name| mailbox::join(&name, &row.value)),
            Field::Host => self.profile().map(|profile| {
                let mode = answers.value(Field::Security).map(|(mode, _)| self.spoken(Field::Security, &mode));
                format!("{}, {}", profile.smtp.endpoint().authority(), mode.unwrap_or_default())
            }),
            // A server without a preset has no name but its host.
            Field::Provider if answers.provider().is_none() => Some(String::new()),
            _ => None,
        };
        AnswerRow { value: value.unwrap_or(row.value), ..row }
    }

    /// Whether a secret is known.
    pub fn has_secret(&self) -> bool {
        self.answers.secret().is_some()
    }

    fn rows(&self, wanted: impl Fn(Field) -> bool) -> Vec<AnswerRow> {
        self.shown(wanted).map(|field| self.row(field)).collect()
    }

    fn shown(&self, wanted: impl Fn(Field) -> bool) -> impl Iterator<Item = Field> {
        Field::ALL
            .into_iter()
            .filter(move |field| field.spec().has(FieldTrait::Listed) && wanted(*field) && self.applies(*field))
    }

    fn row(&self, field: Field) -> AnswerRow {
        let label = self.label(field);
        if field == Field::Password {
            let known = self.knows_password();
            let value = if known { "••••••••".to_owned() } else { String::new() };
            return AnswerRow { field, label, value, source: known.then(|| self.secret_source()) };
        }
        match self.answers.value(field) {
            Some((value, source)) => AnswerRow { field, label, value: self.spoken(field, &value), source: Some(source) },
            None => AnswerRow { field, label, value: String::new(), source: None },
        }
    }

    /// A value as a person reads it.
    fn spoken(&self, field: Field, value: &AnswerValue) -> String {
        let word = value.to_string();
        let choices = (field.spec().wording.choices)(self);
        if let Some(choice) = choices.into_iter().find(|choice| choice.value == word) {
            return choice.label;
        }
        match value {
            AnswerValue::Consent(yes) => self.text.get(if *yes { "word-yes" } else { "word-no" }),
            AnswerValue::Targets(_) => word.replace(',', ", "),
            _ => word,
        }
    }

    fn secret_source(&self) -> AnswerSource {
        match &self.answers.secret {
            Some(given) if given.flag.is_some() => AnswerSource::Flag,
            Some(_) => AnswerSource::Asked,
            None => AnswerSource::Imported,
        }
    }

    /// The live test: what it connects to, how far it is, and how it ended.
    pub fn test(&self) -> Option<LiveTest> {
        live_test(&self.test)
    }

    /// The probe up to TLS beside the questions.
    pub fn probe(&self) -> Option<LiveTest> {
        live_test(&self.probe)
    }

    /// The stages of the message sent from what was written, while it is being sent.
    pub fn proof_steps(&self) -> &[StageReport] {
        &self.write.steps
    }

    /// Who begins to send a message after writing, until a stage of it is over.
    pub const fn sending(&self) -> Option<&SendingProgram> {
        self.sending.as_ref()
    }

    /// The sender's domain, and what was found; nothing yet as long as it is looked at, and no domain where nobody can be asked.
    pub fn domain(&self) -> Option<(&SenderDomain, Option<&DomainFinding>)> {
        match self.domain.result() {
            Some(None) => None,
            finding => Some((self.domain.wanted()?, finding.and_then(Option::as_ref))),
        }
    }

    /// The plan, if it could be made.
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.result()?.as_ref().ok()
    }

    /// What the plan was made from.
    pub fn order(&self) -> Option<&Order> {
        self.plan.wanted()
    }

    /// Why access was not given, or planning or writing failed.
    pub fn fault(&self) -> Option<&WorkFault> {
        let write = self.write.result().and_then(|result| result.as_ref().err());
        let made = write.or_else(|| self.plan.result().and_then(|result| result.as_ref().err()));
        made.or(self.grant_fault.as_ref())
    }

    /// What was written.
    pub fn written(&self) -> Option<&WriteResult> {
        self.write.result()?.as_ref().ok()
    }

    /// The value of a field, in the words that flags and files use.
    pub fn value(&self, field: Field) -> Option<String> {
        self.answers.filled(field)
    }

    /// Whether an answer was given to it, not only proposed.
    pub fn is_given(&self, field: Field) -> bool {
        self.answers.given.contains_key(&field)
    }

    /// Whether the person is asked to resume a conversation that was cut off.
    pub const fn is_offering(&self) -> bool {
        self.offered.is_some()
    }

    /// Whether the conversation ended because the person was gone.
    pub const fn is_lost(&self) -> bool {
        self.lost
    }
}

/// A live test in progress, or as it ended.
fn live_test(task: &Task<ConnectSpec, Tested>) -> Option<LiveTest> {
    let result = task.result();
    Some(LiveTest {
        spec: task.wanted()?.clone(),
        steps: result.map_or_else(|| task.steps.clone(), |tested| tested.report.steps.clone()),
        report: result.map(|tested| tested.report.clone()),
        diagnosis: result.and_then(|tested| tested.diagnosis.clone()),
        arrival: result.and_then(|tested| tested.arrival.clone()),
    })
}
