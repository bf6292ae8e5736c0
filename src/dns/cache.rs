//! Answers that are remembered: one check asks the same question many times.

use std::{cell::RefCell, collections::HashMap};

use super::lookup::{DnsKind, DnsLookup, DnsQuestion, DnsRecord, LookupFault};

type RememberedAnswer = Result<Vec<DnsRecord>, LookupFault>;

/// Another source of answers, asked each question once.
pub struct RememberedLookup<'a> {
    source: &'a dyn DnsLookup,
    answers: RefCell<HashMap<(String, DnsKind), RememberedAnswer>>,
}

impl<'a> RememberedLookup<'a> {
    /// Nothing is remembered yet.
    pub fn new(source: &'a dyn DnsLookup) -> Self {
        Self { source, answers: RefCell::default() }
    }
}

impl DnsLookup for RememberedLookup<'_> {
    fn records(&self, name: &str, kind: DnsKind) -> RememberedAnswer {
        let question = (name.to_ascii_lowercase(), kind);
        if let Some(answer) = self.answers.borrow().get(&question) {
            return answer.clone();
        }
        let answer = self.source.records(name, kind);
        self.answers.borrow_mut().insert(question, answer.clone());
        answer
    }

    fn expect(&self, questions: &[DnsQuestion]) {
        let known = self.answers.borrow();
        let new = |(name, kind): &&DnsQuestion| !known.contains_key(&(name.to_ascii_lowercase(), *kind));
        self.source.expect(&questions.iter().filter(new).cloned().collect::<Vec<_>>());
    }

    fn keeps(&self, name: &str, kind: DnsKind) -> Option<u32> {
        self.source.keeps(name, kind)
    }
}
