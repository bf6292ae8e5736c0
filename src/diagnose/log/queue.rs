//! Lists of waiting messages that say why each waits: Postfix's `mailq` and `postqueue -j`, and sendmail's `mailq`, which Postfix's
//! has its form from (postqueue(1), and sendmail's operations guide, section 2.3.1).

use serde::Deserialize;

use super::event::{LogEvent, LogOutcome};

/// The most messages that are looked at; the list is as long as the queue.
const MOST_WAITING: usize = 10_000;

/// Recipients of a message, and why they wait.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    message: String,
    recipients: Vec<String>,
    /// In the words of the list.
    pub(super) reason: String,
}

impl Waiting {
    /// The same as a log would tell it.
    pub(super) fn event(&self) -> LogEvent<'_> {
        LogEvent {
            outcome: LogOutcome::Failed,
            message: Some(&self.message),
            recipients: self.recipients.iter().map(String::as_str).collect(),
            ..LogEvent::said(&self.reason)
        }
    }
}

/// A line of `postqueue -j` (its section "JSON OBJECT FORMAT").
#[derive(Deserialize)]
struct PostfixMessage {
    queue_id: String,
    recipients: Vec<PostfixRecipient>,
}

#[derive(Deserialize)]
struct PostfixRecipient {
    address: String,
    delay_reason: Option<String>,
}

/// Who waits, and why; empty where the text is no such list.
pub(super) fn waiting(list: &str) -> Vec<Waiting> {
    if list.trim_start().starts_with('{') { of_json(list) } else { of_mailq(list) }
}

fn of_json(list: &str) -> Vec<Waiting> {
    let messages = list.lines().map_while(|line| serde_json::from_str::<PostfixMessage>(line).ok());
    let each = messages.flat_map(|PostfixMessage { queue_id, recipients }| {
        recipients.into_iter().filter_map(move |PostfixRecipient { address, delay_reason }| {
            Some(Waiting { message: queue_id.clone(), recipients: vec![address], reason: delay_reason? })
        })
    });
    each.take(MOST_WAITING).collect()
}

fn of_mailq(list: &str) -> Vec<Waiting> {
    let mut all: Vec<Waiting> = Vec::new();
    let mut message = None;
    // Recipients stand behind the reason that they wait for.
    let mut is_reason_open = false;
    for line in list.lines() {
        let words = line.trim();
        if let Some(name) = message_name(line) {
            (message, is_reason_open) = (Some(name), false);
        } else if words.is_empty() {
            (message, is_reason_open) = (None, false);
        } else if let Some(reason) = words.strip_prefix('(').and_then(|words| words.strip_suffix(')'))
            && let Some(name) = message
        {
            is_reason_open = true;
            all.push(Waiting { message: name.to_owned(), recipients: Vec::new(), reason: reason.to_owned() });
        } else if is_reason_open && line.starts_with([' ', '\t']) {
            let recipient = words.trim_matches(['<', '>']).to_owned();
            all.last_mut().into_iter().for_each(|one| one.recipients.push(recipient.clone()));
        }
        if all.len() == MOST_WAITING {
            break;
        }
    }
    all
}

/// The name at the beginning of a message's first line: behind it stand the size, the day, the month, its number and the time.
fn message_name(line: &str) -> Option<&str> {
    let mut words = line.split_ascii_whitespace();
    let name = words.next().filter(|_| !line.starts_with([' ', '\t']))?.trim_end_matches(['*', '!', '#', '-', 'X']);
    let is_name = name.len() >= 6 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_size = words.next().is_some_and(|size| size.bytes().all(|byte| byte.is_ascii_digit()));
    let is_timed = words.nth(3).is_some_and(|time| time.contains(':'));
    (is_name && is_size && is_timed).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(message: &str, recipients: &[&str], reason: &str) -> Waiting {
        let recipients = recipients.iter().map(|one| (*one).to_owned()).collect();
        Waiting { message: message.to_owned(), recipients, reason: reason.to_owned() }
    }

    #[test]
    fn lists_of_mailq() {
        let postfix = "\
-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
4F1A2C0B11*     612 Mon Nov 30 03:10:13  root@web1.example.org
                                         z@example.org

4F1A2C0B12      612 Mon Nov 30 03:11:13  root@web1.example.org
(connect to mx.example.org[192.0.2.1]:25: Connection timed out)
                                         a@example.org
                                         b@example.org
                                    (host mx.example.net[192.0.2.2] said: 451 4.7.1 Greylisted)
                                         c@example.net

-- 1 Kbytes in 2 Requests.
";
        let expected = [
            one(
                "4F1A2C0B12",
                &["a@example.org", "b@example.org"],
                "connect to mx.example.org[192.0.2.1]:25: Connection timed out",
            ),
            one("4F1A2C0B12", &["c@example.net"], "host mx.example.net[192.0.2.2] said: 451 4.7.1 Greylisted"),
        ];
        assert_eq!(waiting(postfix), expected);
        let sendmail = "\
\t\t/var/spool/mqueue (1 request)
-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------
2BUx3AbC001234     1024 Mon Nov 30 03:11 <root@web1.example.org>
                 (Deferred: Connection refused by mx.example.org.)
\t\t\t\t\t <a@example.org>
\t\tTotal requests: 1
";
        assert_eq!(waiting(sendmail)[0].reason, "Deferred: Connection refused by mx.example.org.");
        assert_eq!(
            (waiting(sendmail)[0].message.as_str(), &waiting(sendmail)[0].recipients[0]),
            ("2BUx3AbC001234", &"a@example.org".to_owned())
        );
    }

    #[test]
    fn lists_of_postqueue() {
        let list = r#"{"queue_name": "deferred", "queue_id": "4F1A2C0B12", "sender": "root@web1", "recipients": [{"address": "a@example.org", "delay_reason": "535 no"}, {"address": "b@example.org"}]}"#;
        assert_eq!(waiting(list), [one("4F1A2C0B12", &["a@example.org"], "535 no")]);
    }

    #[test]
    fn what_is_no_such_list() {
        for text in
            ["", "550 5.1.1 no such user", "Mail queue is empty", r#"{"message":"Forbidden"}"#, "(connect refused)\n  a@b"]
        {
            assert_eq!(waiting(text), [], "{text}");
        }
    }
}
