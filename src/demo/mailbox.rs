//! The messages that arrived.

use std::{
    sync::{Condvar, Mutex},
    time::{Instant, SystemTime},
};

use super::control::{lock, wait_until};
use crate::mail::Mechanism;

/// How many messages are kept; further ones are refused.
const CAPACITY: usize = 64;

/// A message that arrived, and how. Addresses, subject and user are safe for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The identifier in the server's final reply.
    pub id: String,
    /// The envelope sender; empty for a bounce.
    pub from: String,
    /// The envelope recipients.
    pub to: Vec<String>,
    /// The subject, decoded (RFC 2047).
    pub subject: String,
    /// The whole message as it came, dots unstuffed.
    pub bytes: Vec<u8>,
    /// When it was taken.
    pub when: SystemTime,
    /// Whether it came inside TLS.
    pub encrypted: bool,
    /// The user name of the login.
    pub authenticated_as: String,
    /// The mechanism of the login.
    pub mechanism: Mechanism,
}

/// The messages, in order of arrival.
#[derive(Default)]
pub(super) struct Mailbox {
    messages: Mutex<Vec<Arrived>>,
    changed: Condvar,
}

impl Mailbox {
    /// Keeps a message and returns its new identifier; `None` when the mailbox is full.
    pub(super) fn deliver(&self, mut message: Arrived) -> Option<String> {
        let mut messages = lock(&self.messages);
        if messages.len() >= CAPACITY {
            return None;
        }
        let id = format!("demo-{}", messages.len() + 1);
        message.id.clone_from(&id);
        messages.push(message);
        self.changed.notify_all();
        Some(id)
    }

    /// Everything that arrived so far.
    pub(super) fn all(&self) -> Vec<Arrived> {
        lock(&self.messages).clone()
    }

    /// Waits for the message with that number, counted from 1.
    pub(super) fn wait(&self, number: usize, deadline: Instant) -> Option<Arrived> {
        let index = number.checked_sub(1)?;
        let (messages, _) = wait_until(lock(&self.messages), &self.changed, deadline, |messages| messages.len() > index);
        messages.get(index).cloned()
    }
}
