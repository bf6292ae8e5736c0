//! The transcript: bounded, and free of secrets.

use std::time::Instant;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::report::{Transcript, TranscriptLine, Who};
use crate::mail::{
    Reply,
    reply::printable,
    secret::{forms, without},
};

/// Most characters of one line.
const LINE: usize = 600;
/// Most bytes of the whole.
const WHOLE: usize = 128 * 1024;

/// The growing transcript, and the secrets to keep out of it.
pub(super) struct Log {
    begin: Instant,
    lines: Vec<TranscriptLine>,
    size: usize,
    secrets: Vec<Zeroizing<Vec<u8>>>,
}

impl Log {
    pub(super) const fn new(begin: Instant) -> Self {
        Self { begin, lines: Vec::new(), size: 0, secrets: Vec::new() }
    }

    /// Removes `secret` from everything that the server says from now on.
    pub(super) fn hide(&mut self, secret: &[u8]) {
        self.secrets.extend(forms(secret));
    }

    /// Foreign bytes without the secrets.
    pub(super) fn redacted(&self, bytes: &[u8]) -> Vec<u8> {
        without(bytes, &self.secrets)
    }

    /// A reply without the secrets: a server may repeat what it was told.
    pub(super) fn redacted_reply(&self, reply: &Reply) -> Reply {
        let line = |line: &Vec<u8>| match STANDARD.decode(line.trim_ascii()) {
            // A challenge is base64, so look for secrets inside it.
            Ok(inner) if reply.code == 334 && self.redacted(&inner) != inner => {
                STANDARD.encode(self.redacted(&inner)).into_bytes()
            }
            _ => self.redacted(line),
        };
        Reply { code: reply.code, lines: reply.lines.iter().map(line).collect() }
    }

    /// Logs what the client said; the caller leaves secrets out.
    pub(super) fn client(&mut self, text: &str) {
        self.add(Who::Client, printable(text.as_bytes()));
    }

    /// Logs a reply, line by line.
    pub(super) fn server(&mut self, reply: &Reply) {
        for line in reply.text().split('\n') {
            self.add(Who::Server, line.to_owned());
        }
    }

    /// Logs bytes of the server that are not a reply, already safe for a terminal.
    pub(super) fn garbage(&mut self, text: &str) {
        self.add(Who::Server, text.to_owned());
    }

    pub(super) fn note(&mut self, text: String) {
        self.add(Who::Note, text);
    }

    fn add(&mut self, who: Who, mut text: String) {
        if self.size > WHOLE {
            return;
        }
        if let Some((cut, _)) = text.char_indices().nth(LINE) {
            text.truncate(cut);
            text.push('…');
        }
        self.size += text.len();
        let (who, text) = if self.size > WHOLE { (Who::Note, "…".to_owned()) } else { (who, text) };
        self.lines.push(TranscriptLine { at: self.begin.elapsed(), who, text });
    }

    pub(super) fn finish(self) -> Transcript {
        Transcript(self.lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out_and_size_is_bounded() {
        let mut log = Log::new(Instant::now());
        log.hide(b"hunter2");
        log.hide(b"hunter2-long");
        log.hide(b"no");
        let reply = Reply { code: 535, lines: vec![b"no: hunter2-long, hunter2\x1b".to_vec()] };
        let reply = log.redacted_reply(&reply);
        log.server(&reply);
        log.client(&"x".repeat(2 * LINE));
        for _ in 0..WHOLE {
            log.note("0123456789".into());
        }
        let lines = log.finish().0;
        assert_eq!(lines[0].text, "535 no: ***, ***\\u{1b}");
        assert_eq!(lines[1].text.chars().count(), LINE + 1);
        assert!(lines.iter().map(|line| line.text.len()).sum::<usize>() <= WHOLE + LINE);
        assert_eq!(lines.last().unwrap().text, "…");
    }
}
