//! The messages that are sent: what they say, and by what they are found.

use std::time::SystemTime;

use super::{
    Runner,
    occasion::{Composed, Occasion},
};
use crate::{
    host, phrase,
    probe::{self, MessageSpec, ProbeFault},
    setup::{ConnectSpec, TestMessage},
};

impl Runner {
    /// The test message, with its subject and its text as a person reads them.
    pub(super) fn message(
        &self,
        spec: &ConnectSpec,
        test_message: &TestMessage,
        occasion: Occasion<'_>,
    ) -> Result<Composed, ProbeFault> {
        let host = spec.ehlo.as_str();
        let text = self.catalog.text(self.lang);
        let when = SystemTime::now();
        let stamp = host::clock::rfc3339(when);
        let (subject, body) = match occasion {
            Occasion::Test => (phrase!("message-subject", host = host), phrase!("message-body", host = host, when = stamp)),
            Occasion::ReadBack(file) => (
                phrase!("message-subject-written", host = host),
                phrase!("message-body-written", host = host, when = stamp, file = file),
            ),
            Occasion::ByConsumer { name, file } => (
                phrase!("send-subject", host = host, name = name),
                phrase!("send-body", host = host, when = stamp, name = name, file = file),
            ),
        };
        let token = probe::token().map_err(|fault| ProbeFault::Local(fault.to_string()))?;
        let subject = text.say(&subject);
        // What is looked for is found by its subject, which no server replaces.
        let subject = if spec.arrival.is_some() { format!("{subject} ({token})") } else { subject };
        let body = text.say(&body);
        let outgoing = probe::test_message(&MessageSpec {
            sender: test_message.sender.clone(),
            to: test_message.to.clone(),
            host: host.to_owned(),
            when,
            subject: subject.clone(),
            token,
            body: body.clone(),
        })
        .map_err(|fault| ProbeFault::Local(fault.to_string()))?;
        Ok(Composed { outgoing, subject, body })
    }

    /// The subject of a message that a program sends.
    pub(super) fn subject(&self, host: &str, name: &str) -> String {
        self.catalog.text(self.lang).say(&phrase!("send-subject", host = host, name = name))
    }
}
