//! Results in words, the same in every front end: lines without colour, safe for a terminal.

pub mod arrival;
pub mod domain;
pub mod proof;
pub mod provider;
pub mod report;
mod sign_in;
pub mod stages;
pub mod summary;
pub mod survey;
mod words;

pub use sign_in::sign_in;
pub use words::{advice, change, diagnosis, step};

use std::time::Duration;

use crate::{
    mail::{Endpoint, Security},
    phrase,
    presets::Text,
    setup::{AnswerRow, AnswerSource},
};

/// A heading, and rows below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The heading.
    pub title: String,
    /// A label and its lines each; an empty label continues the row above.
    pub rows: Vec<(String, Vec<String>)>,
}

/// A duration as a person reads it: `12 ms`, `1.24 s`.
pub fn elapsed(text: &Text, time: Duration) -> String {
    let millis = time.as_millis();
    if millis < 1000 {
        text.say(&phrase!("render-ms", number = millis.max(u128::from(!time.is_zero()))))
    } else {
        let seconds = format!("{:.2}", time.as_secs_f64()).replace('.', &text.get("render-decimal-point"));
        text.say(&phrase!("render-s", number = seconds))
    }
}

/// How a connection is protected, in the field's terms.
pub fn security(text: &Text, security: Security) -> String {
    text.get(match security {
        Security::Tls => "render-security-tls",
        Security::Starttls => "render-security-starttls",
        Security::None => "render-security-none",
    })
}

/// `smtp.example.org:465, implicit TLS`.
pub fn endpoint(text: &Text, endpoint: &Endpoint) -> String {
    format!("{}, {}", endpoint.authority(), security(text, endpoint.security))
}

/// Where an answer comes from, in a word or two; empty if the person typed it.
pub fn source(text: &Text, source: AnswerSource) -> String {
    text.get(match source {
        AnswerSource::Asked => return String::new(),
        AnswerSource::Flag => "render-source-flag",
        AnswerSource::Env => "render-source-env",
        AnswerSource::File => "render-source-file",
        AnswerSource::Profile => "render-source-profile",
        AnswerSource::Fix => "render-source-fix",
        AnswerSource::Preset => "render-source-preset",
        AnswerSource::Discovered => "render-source-discovered",
        AnswerSource::Imported => "render-source-imported",
        AnswerSource::Default => "render-source-default",
    })
}

/// Answers as lines: label, value, source.
pub fn answers(text: &Text, rows: &[AnswerRow]) -> Vec<String> {
    let wide = rows.iter().map(|row| row.label.chars().count()).max().unwrap_or(0);
    rows.iter()
        .filter(|row| !row.value.is_empty())
        .map(|row| {
            let from = row.source.map(|from| source(text, from)).filter(|from| !from.is_empty());
            let from = from.map(|from| format!("  ({from})")).unwrap_or_default();
            format!("{:wide$}  {}{from}", row.label, row.value)
        })
        .collect()
}
