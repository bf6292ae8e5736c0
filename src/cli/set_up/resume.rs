//! Keeps what was answered, and offers it to the next set-up when this one is cut off.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use super::Stage;
use crate::{
    frontend::Keeper,
    host::{
        self,
        resume::{Kept, KeptAnswer, Resume},
    },
    plan::Places,
    setup::{Field, Memory, Remembered, Setup, Source},
};

/// Keeps the answers of a conversation in the resume file. It is shared with whoever waits for signals.
#[derive(Clone)]
pub(super) struct Memoir {
    file: Arc<Mutex<Shared>>,
    last: Vec<Remembered>,
}

struct Shared {
    resume: Resume,
    /// It is still asked whether to go on: who leaves now is asked once more the next time.
    is_offering: bool,
}

impl Memoir {
    /// Offers what an earlier set-up has left, and keeps what this one comes to. `edited` is the saved profile that it starts
    /// from.
    pub(super) fn begin(places: &Places, stage: &mut Stage, edited: Option<&str>) -> Self {
        let resume = Resume::new(places);
        if let Some(memory) = resume.found().and_then(memory).filter(|memory| is_meant(memory, &stage.setup, edited)) {
            stage.setup.offer(memory);
        }
        let is_offering = stage.setup.is_offering();
        Self { file: Arc::new(Mutex::new(Shared { resume, is_offering })), last: Vec::new() }
    }

    /// Takes the file away: all is written, or the person left.
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

impl Keeper for Memoir {
    fn keep(&mut self, setup: &Setup) {
        self.file().is_offering = setup.is_offering();
        let now = setup.remembered();
        if now == self.last || now.is_empty() {
            return;
        }
        let answer = |remembered: &Remembered| KeptAnswer {
            key: remembered.field.key().to_owned(),
            value: remembered.value.clone(),
            source: remembered.source.as_str().to_owned(),
        };
        let kept = Kept::new(host::clock::rfc3339(SystemTime::now()), now.iter().map(answer).collect());
        // Who cannot keep it goes on all the same: it is a help, and nothing hangs on it.
        let _ = self.file().resume.keep(&kept);
        self.last = now;
    }
}

/// What a file says, as the conversation takes it; nothing without an answer that is known.
fn memory(kept: Kept) -> Option<Memory> {
    let answer = |answer: &KeptAnswer| {
        let (field, source) = (Field::of_key(&answer.key)?, Source::of_word(&answer.source)?);
        Some(Remembered { field, value: answer.value.clone(), source })
    };
    let answers: Vec<Remembered> = kept.answers.iter().filter_map(answer).collect();
    (!answers.is_empty()).then_some(Memory { when: kept.when, answers })
}

/// Whether it is the same set-up: of the profile that is edited, and of the address that was given, if one was.
fn is_meant(memory: &Memory, setup: &Setup, edited: Option<&str>) -> bool {
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
