//! Messages that a server accepted: what they are found by, as long as nobody has looked for them.

use std::time::Instant;

use crate::{
    plan::Sent,
    probe::{Attempt, Goal, Report},
    setup::{ConnectSpec, Proof},
};

/// A message that was accepted, and is still to be looked for.
pub(super) struct Accepted {
    /// What it is found by.
    pub(super) token: String,
    /// When it was.
    pub(super) at: Instant,
    /// From whom it is, for what is said of it.
    pub(super) sender: Option<String>,
}

impl Accepted {
    /// That of an attempt which sent it.
    pub(super) fn by_attempt(spec: &ConnectSpec, attempt: &Attempt, report: &Report) -> Option<Self> {
        let message = attempt.message.as_ref().filter(|_| report.passed() && attempt.goal == Goal::Send)?;
        spec.arrival.as_ref()?;
        Some(Self { token: message.token.clone(), at: Instant::now(), sender: Some(message.from.to_string()) })
    }

    /// That which a program has sent.
    pub(super) fn by_program(spec: &ConnectSpec, sent: &Sent, token: &str) -> Option<Self> {
        spec.arrival.as_ref().filter(|_| *sent == Sent::Taken)?;
        let sender = spec.message.as_ref().map(|message| message.sender.address.to_string());
        Some(Self { token: token.to_owned(), at: Instant::now(), sender })
    }
}

/// A proof whose message is still to be looked for, where it was accepted.
pub(super) struct Unfollowed {
    pub(super) proof: Proof,
    pub(super) accepted: Option<Accepted>,
}

impl From<Proof> for Unfollowed {
    /// One that sent nothing.
    fn from(proof: Proof) -> Self {
        Self { proof, accepted: None }
    }
}
