//! What a program prints: each pipe is read on its own thread, and only the end of standard error is kept.

use std::{io, io::Read, sync::mpsc::Sender, thread};

use zeroize::Zeroizing;

use crate::mail::reply::printable;

/// The most that is kept of standard error, in bytes.
pub(super) const TAIL_LIMIT: usize = 16 * 1024;

/// Sends what comes out of a pipe as events, and `closed` at its end.
pub(super) fn pump<Event: Send + 'static>(
    mut pipe: impl Read + Send + 'static,
    events: Sender<Event>,
    event: fn(Zeroizing<Vec<u8>>) -> Event,
    closed: Event,
) {
    thread::spawn(move || {
        let mut buffer = Zeroizing::new([0; 4096]);
        loop {
            match pipe.read(&mut *buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => return events.send(closed),
                Ok(read) => events.send(event(Zeroizing::new(buffer[..read].to_vec())))?,
            }
        }
    });
}

/// Appends bytes that may be a secret: a `Vec` that grows by itself would leave copies in memory.
pub(super) fn append(out: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    let length = out.len() + bytes.len();
    if length > out.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(2 * length));
        larger.extend_from_slice(out);
        *out = larger;
    }
    out.extend_from_slice(bytes);
}

/// The end of what a program prints.
pub(super) struct OutputTail {
    bytes: Zeroizing<Vec<u8>>,
    is_cut: bool,
}

impl OutputTail {
    pub(super) fn new() -> Self {
        Self { bytes: Zeroizing::new(Vec::with_capacity(2 * TAIL_LIMIT)), is_cut: false }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        if self.bytes.len() + bytes.len() > 2 * TAIL_LIMIT {
            self.cut();
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn cut(&mut self) {
        let over = self.bytes.len().saturating_sub(TAIL_LIMIT);
        self.bytes.drain(..over);
        self.is_cut |= over > 0;
    }

    /// The whole lines: a line whose beginning is cut off is dropped, since the rest of a secret could not be recognised.
    pub(super) fn whole_lines(mut self) -> Zeroizing<Vec<u8>> {
        self.cut();
        if self.is_cut {
            let end = self.bytes.iter().position(|byte| *byte == b'\n').map_or(self.bytes.len(), |end| end + 1);
            self.bytes.drain(..end);
        }
        self.bytes
    }
}

/// The last lines that a program printed, safe to show on one line.
pub(super) fn in_brief(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.len().saturating_sub(3);
    printable(lines[last..].join("; ").as_bytes())
}
