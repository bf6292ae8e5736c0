//! Saves the answers, and offers them to the next set-up if this one is cut off.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use super::conversation::Conversation;
use crate::{
    frontend::Autosave,
    host::{
        self,
        resume::{KeptAnswer, Resume, ResumeFile},
    },
    plan::Places,
    setup::{AnswerSource, Field, SavedAnswer, SavedConversation, Setup},
};

/// Saves the answers of a conversation in the resume file. Shared with the signal handler.
#[derive(Clone)]
pub(super) struct ResumeSession {
    file: Arc<Mutex<Shared>>,
    last: Vec<SavedAnswer>,
}

struct Shared {
    resume: Resume,
    /// Whether the person is still being asked whether to resume: leaving now keeps the file for the next time.
    is_offering: bool,
}

impl ResumeSession {
    /// Offers the answers of an earlier set-up, and saves those of this one. `edited` is the saved profile that it starts from.
    pub(super) fn begin(places: &Places, conversation: &mut Conversation, edited: Option<&str>) -> Self {
        let resume = Resume::new(places);
        if let Some(memory) = resume.found().and_then(memory).filter(|memory| is_meant(memory, &conversation.setup, edited))
        {
            conversation.setup.offer(memory);
        }
        let is_offering = conversation.setup.is_offering();
        Self { file: Arc::new(Mutex::new(Shared { resume, is_offering })), last: Vec::new() }
    }

    /// Removes the file: everything is written, or the person left.
    pub(super) fn forget(&self) {
        let mut file = self.file();
        if !file.is_offering {
            file.resume.forget();
        }
    }

    fn file(&self) -> MutexGuard<'_, Shared> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Autosave for ResumeSession {
    fn save(&mut self, setup: &Setup) {
        self.file().is_offering = setup.is_offering();
        let now = setup.remembered();
        if now == self.last || now.is_empty() {
            return;
        }
        let answer = |remembered: &SavedAnswer| KeptAnswer {
            key: remembered.field.key().to_owned(),
            value: remembered.value.clone(),
            source: remembered.source.as_str().to_owned(),
        };
        let kept = ResumeFile::new(host::clock::rfc3339(SystemTime::now()), now.iter().map(answer).collect());
        // Resuming is only a convenience; ignore the error.
        let _ = self.file().resume.keep(&kept);
        self.last = now;
    }
}

/// The content of a resume file as the conversation takes it; `None` without any known answer.
fn memory(kept: ResumeFile) -> Option<SavedConversation> {
    let answer = |answer: &KeptAnswer| {
        let (field, source) = (Field::of_key(&answer.key)?, AnswerSource::of_word(&answer.source)?);
        Some(SavedAnswer { field, value: answer.value.clone(), source })
    };
    let answers: Vec<SavedAnswer> = kept.answers.iter().filter_map(answer).collect();
    (!answers.is_empty()).then_some(SavedConversation { when: kept.when, answers })
}

/// Whether it is the same set-up: of the edited profile, and of the given address, if any.
fn is_meant(memory: &SavedConversation, setup: &Setup, edited: Option<&str>) -> bool {
    let given = |field: Field| setup.value(field).filter(|_| setup.is_given(field));
    let agrees = |field: Field| match (given(field), memory.value(field)) {
        (Some(given), Some(remembered)) => given == remembered,
        _ => true,
    };
    match edited {
        Some(name) => memory.value(Field::Profile) == Some(name),
        None => agrees(Field::Address) && agrees(Field::Profile),
    }
}
