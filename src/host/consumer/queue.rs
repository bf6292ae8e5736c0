//! What happened to a message that a program took into its queue, by its log and by the queue itself.

use std::{
    collections::HashMap,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use super::{
    mail_log::MailLog,
    program::{OUTPUT_LIMIT, as_us, last_lines},
};
use crate::{
    host::process::{self, ProcessEnd, ProcessOutput},
    mail::Secret,
    plan::{SendEnd, SendFault, Sent},
    presets::target::{LogPattern, TargetQueue},
};

/// How long a listing of the queue may take.
const LIST_LIMIT: Duration = Duration::from_secs(5);
/// How often queue and log are looked at.
const LOOK: Duration = Duration::from_millis(300);
/// After how many looks in a row without the message in the queue or the log the search ends.
const GONE: usize = 4;

/// The message that is looked for.
pub(super) struct WatchedMessage<'a> {
    /// The recipient.
    pub(super) to: &'a str,
    /// What is masked in what the program says.
    pub(super) secret: Option<&'a Secret>,
    /// Whether to stop.
    pub(super) is_stopped: &'a dyn Fn() -> bool,
}

/// A queue and its log, from before the message came.
pub(super) struct WatchedQueue<'a> {
    queue: &'a TargetQueue,
    log: MailLog,
    before: Vec<String>,
}

impl<'a> WatchedQueue<'a> {
    /// From now on.
    pub(super) fn begin(queue: &'a TargetQueue) -> Self {
        Self { queue, log: MailLog::begin(queue.log.as_deref()), before: listing(queue).unwrap_or_default() }
    }

    /// Waits until log or queue say what happened to the message.
    pub(super) fn follow(&self, message: &WatchedMessage<'_>, until: Instant) -> Sent {
        let failed = |end, lines: &[String]| {
            let said = last_lines(lines.join("\n").as_bytes(), message.secret);
            Sent::Failed(SendFault { end, said, unreadable: None })
        };
        let mut quiet = 0;
        loop {
            let ours: Vec<Vec<String>> =
                self.log.said().into_iter().filter_map(|lines| ours_of(self.queue, lines)).collect();
            let listed = listing(self.queue);
            let added = listed.as_ref().map(|listed| added(&self.before, listed)).unwrap_or_default();
            let waits = added.iter().any(|line| mentions(line, message.to));
            match ours.iter().find_map(|lines| verdict(self.queue, lines)) {
                Some(LogVerdict::Taken) => return Sent::Taken,
                Some(LogVerdict::GivenUp(said)) => return failed(SendEnd::GivenUp, &said),
                Some(LogVerdict::Failed(said)) => {
                    return failed(if waits { SendEnd::Queued } else { SendEnd::GivenUp }, &said);
                }
                None if (message.is_stopped)() => return failed(SendEnd::Stopped, &[]),
                None => {}
            }
            quiet = if waits || !ours.is_empty() { 0 } else { quiet + 1 };
            let left = until.saturating_duration_since(Instant::now());
            if quiet == GONE || left.is_zero() {
                return match (ours.first(), listed) {
                    (Some(said), _) => failed(SendEnd::Queued, said),
                    (None, Err(said)) => failed(SendEnd::Unlisted, &said),
                    (None, Ok(_)) if waits => failed(SendEnd::Waiting, &added),
                    (None, Ok(_)) => Sent::Unseen,
                };
            }
            thread::sleep(LOOK.min(left));
        }
    }
}

/// A log from the line on that is the first of our message's.
fn ours_of(queue: &TargetQueue, mut lines: Vec<String>) -> Option<Vec<String>> {
    let first = lines.iter().position(|line| line.contains(&queue.ours))?;
    Some(lines.split_off(first))
}

/// What a log says of our message.
#[derive(Debug, PartialEq, Eq)]
enum LogVerdict {
    Taken,
    /// For good, with the lines that say why.
    GivenUp(Vec<String>),
    /// With the lines that say why.
    Failed(Vec<String>),
}

fn verdict(queue: &TargetQueue, lines: &[String]) -> Option<LogVerdict> {
    let mut why = Vec::new();
    for line in lines {
        let find = |patterns: &[LogPattern]| patterns.iter().find_map(|pattern| pattern.fit(line)).map(str::to_owned);
        if find(&queue.taken).is_some() {
            return Some(LogVerdict::Taken);
        }
        if let Some(said) = find(&queue.given_up) {
            why.push(said);
            return Some(LogVerdict::GivenUp(why));
        }
        if let Some(said) = find(&queue.failed) {
            why.push(said);
            return Some(LogVerdict::Failed(why));
        }
        why.extend(find(&queue.why));
    }
    None
}

/// The lines of a queue's listing.
///
/// # Errors
/// What the program says when it cannot list it.
fn listing(queue: &TargetQueue) -> Result<Vec<String>, Vec<String>> {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    let mut words = queue.list.iter();
    let mut command = as_us(words.next().map_or("", String::as_str));
    command.args(words).env("LC_ALL", "C").stdin(Stdio::null());
    let ran = process::start(&mut command).and_then(|child| process::attend(child, LIST_LIMIT, OUTPUT_LIMIT, &|| false));
    match ran {
        Ok(ProcessOutput { end: ProcessEnd::Exited(status), said, .. }) if !status.success() => Err(lines(&said)),
        // The beginning of a long one is better than nothing.
        Ok(ran) => Ok(lines(&ran.out)),
        Err(error) => Err(vec![error.to_string()]),
    }
}

/// The lines that were not there before.
fn added(before: &[String], now: &[String]) -> Vec<String> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    for line in before {
        *known.entry(line).or_default() += 1;
    }
    let is_new = |line: &&String| match known.get_mut(line.as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    now.iter().filter(is_new).cloned().collect()
}

fn mentions(line: &str, address: &str) -> bool {
    line.to_lowercase().contains(&address.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(ours: &str, taken: &str, failed: &str, why: &[&str]) -> TargetQueue {
        let pattern = |text: &str| LogPattern { parts: text.split('*').map(str::to_owned).collect() };
        let why = why.iter().map(|text| pattern(text)).collect();
        let (taken, failed) = (vec![pattern(taken)], vec![pattern(failed)]);
        TargetQueue {
            list: vec!["true".to_owned()],
            log: None,
            log_setting: None,
            start_log: None,
            ours: ours.into(),
            taken,
            failed,
            given_up: Vec::new(),
            why,
        }
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_log_tells_of_our_message_and_of_no_other() {
        let postfix = queue("message-id=<1@x>", "to=<bob@x>*status=sent (2", "to=<bob@x>*status=", &[]);
        let log = "A1: message-id=<0@x>\nA1: to=<bob@x>, relay=a, status=sent (250 ok)\nB2: message-id=<1@x>\n\
                   B2: from=<ann@x>, size=1\nC3: to=<eve@x>, status=sent (250 ok)\n\
                   B2: to=<bob@x>, relay=a, status=deferred (535 5.7.8 no)\nB2: to=<bob@x>, status=sent (250 ok)";
        let ours = ours_of(&postfix, lines(log)).unwrap();
        assert_eq!(ours[0], "B2: message-id=<1@x>");
        assert_eq!(verdict(&postfix, &ours), Some(LogVerdict::Failed(vec!["status=deferred (535 5.7.8 no)".into()])));
        assert_eq!(verdict(&postfix, &ours[..3]), None);
        assert_eq!(verdict(&postfix, &ours[4..]), Some(LogVerdict::Taken));
        assert_eq!(ours_of(&postfix, lines("A1: message-id=<0@x>")), None);
        let here = lines("B2: to=<bob@x>, relay=local, status=sent (delivered to mailbox)");
        assert_eq!(verdict(&postfix, &here), Some(LogVerdict::Failed(vec!["status=sent (delivered to mailbox)".into()])));
    }

    #[test]
    fn the_reason_stands_before_the_verdict() {
        let dma = queue("to=<bob@x> queued", "delivery successful", "failed after", &["delivery deferred"]);
        let log = "mail to=<bob@x> queued as 1\n<bob@x> trying delivery\nremote delivery deferred: AUTH failed: 535 no\n\
                   remote delivery to a failed after RCPT TO: 554 no\nbouncing";
        let why = lines("remote delivery deferred: AUTH failed: 535 no\nremote delivery to a failed after RCPT TO: 554 no");
        assert_eq!(verdict(&dma, &lines(log)), Some(LogVerdict::Failed(why)));
    }

    #[test]
    fn what_is_new_in_a_queue_is_told_from_what_looks_the_same() {
        let before = lines("1 from ann\n  to bob");
        assert_eq!(added(&before, &lines("2 from ann\n  to bob\n1 from ann\n  to bob")), ["2 from ann", "  to bob"]);
        assert!(added(&before, &before).is_empty() && mentions("  to <Bob@X>", "bob@x"));
    }
}
