//! Looks for a message by its token: in the inbox, in mailboxes for spam, then everywhere. Nothing is changed and nothing else is read:
//! mailboxes are examined, headers are peeked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::mpsc,
    time::{Duration, Instant},
};

use super::{
    super::{
        Cancel, ProbeFault, Stage,
        message::TOKEN_FIELD,
        sighting::{MailFolder, MessageSearch, Sighting},
    },
    header::{contains, has_arrived, has_token, is_bounce, is_report},
    mailbox::ListedMailbox,
    response::{Condition, ImapToken, Response},
    session::{Done, ImapSession},
};

/// How long to wait before each further look, in milliseconds.
const PAUSES: [u64; 8] = [50, 100, 200, 300, 500, 1000, 2000, 3000];
/// How long afterwards.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// In which round other mailboxes are looked into.
const ROUND_ELSEWHERE: u32 = 2;
/// Most mailboxes that are looked into besides those where mail usually arrives.
const MOST_OTHERS: usize = 40;
/// How many of the last messages are compared by us: what is new may not be in the server's index yet.
const LAST: u32 = 20;
/// Most messages of one mailbox whose header is compared.
const MOST_CANDIDATES: usize = 8;
/// How much of a header, and of a bounce, is fetched, in bytes.
const HEADER: usize = 128 * 1024;

/// A mailbox that is looked into, and what is known of it.
struct SearchedMailbox {
    mailbox: ListedMailbox,
    /// The command that fetches what tells the last messages apart; `None` before it was opened.
    last: Option<Vec<u8>>,
    /// Messages that are others'.
    foreign: BTreeSet<u32>,
}

impl SearchedMailbox {
    fn new(mailbox: ListedMailbox) -> Self {
        Self { mailbox, last: None, foreign: BTreeSet::new() }
    }

    fn examine(&self) -> Vec<u8> {
        [b"EXAMINE ", &self.mailbox.quoted()[..]].concat()
    }
}

/// What a message turned out to be.
enum Judged {
    Ours(Sighting),
    Foreign,
    /// Nothing could be read of it.
    Unread,
}

/// What is looked for, and since when.
struct Hunt<'a> {
    look: &'a MessageSearch,
    begun: Instant,
}

impl ImapSession<'_, '_> {
    /// Looks until it is seen or the time is up.
    pub(super) fn look(&mut self, look: &MessageSearch, cancel: &Cancel) -> Result<Sighting, ProbeFault> {
        let hunt = Hunt { look, begun: look.accepted };
        let until = hunt.begun.checked_add(look.wait).unwrap_or(hunt.begun);
        self.base.begin(Stage::Mailbox);
        let mut usual = vec![SearchedMailbox::new(ListedMailbox::inbox())];
        let (mut listed, seen) = self.first(&mut usual, &hunt)?;
        self.base.record.pass(None, None);
        if let Some(seen) = seen {
            return Ok(seen);
        }
        let arrives = |place: &SearchedMailbox| matches!(place.mailbox.folder, MailFolder::Junk | MailFolder::All);
        usual.extend(listed.extract_if(.., |place| arrives(place)));
        listed.truncate(MOST_OTHERS);
        let mut pauses = PAUSES.into_iter();
        for round in 0.. {
            let is_last = Instant::now() >= until;
            if let Some(seen) = self.look_into(&mut usual, &hunt)? {
                return Ok(seen);
            }
            // Elsewhere once early, where filters of a person's own put it, and once at the end.
            if (round == ROUND_ELSEWHERE || is_last)
                && let Some(seen) = self.look_into(&mut listed, &hunt)?
            {
                return Ok(seen);
            }
            if is_last {
                break;
            }
            let pause = pauses.next().map_or(LONGEST_PAUSE, Duration::from_millis);
            rest(pause.min(until.saturating_duration_since(Instant::now())), cancel)?;
        }
        Ok(Sighting::Unseen { waited: hunt.begun.elapsed() })
    }

    /// Looks into the inbox and asks for the other mailboxes at once.
    fn first(
        &mut self,
        inbox: &mut [SearchedMailbox],
        hunt: &Hunt<'_>,
    ) -> Result<(Vec<SearchedMailbox>, Option<Sighting>), ProbeFault> {
        let is_extended = self.ability.has("SPECIAL-USE") && self.ability.has("LIST-EXTENDED");
        let list: &[u8] = if is_extended { b"LIST \"\" \"*\" RETURN (SPECIAL-USE)" } else { b"LIST \"\" \"*\"" };
        let mut commands = vec![list.to_vec()];
        let saves = self.saves();
        commands.extend(inbox.iter().flat_map(|place| questions(place, hunt.look, saves)));
        let mut done = self.batch(&commands)?.into_iter();
        let listed = done.next().map(|list| mailboxes_of(&list)).unwrap_or_default();
        let seen = self.judge_all(inbox, done, hunt)?;
        Ok((listed.into_iter().map(SearchedMailbox::new).collect(), seen))
    }

    /// Looks into mailboxes at once.
    fn look_into(&mut self, places: &mut [SearchedMailbox], hunt: &Hunt<'_>) -> Result<Option<Sighting>, ProbeFault> {
        if places.is_empty() {
            return Ok(None);
        }
        self.base.extend();
        let saves = self.saves();
        let commands: Vec<Vec<u8>> = places.iter().flat_map(|place| questions(place, hunt.look, saves)).collect();
        let done = self.batch(&commands)?.into_iter();
        self.judge_all(places, done, hunt)
    }

    /// Whether the server keeps what a search found, so that it is fetched in the same round trip (RFC 5182).
    fn saves(&self) -> bool {
        self.ability.has("SEARCHRES")
    }

    /// Reads what the questions to these places found.
    fn judge_all(
        &mut self,
        places: &mut [SearchedMailbox],
        mut done: impl Iterator<Item = Done>,
        hunt: &Hunt<'_>,
    ) -> Result<Option<Sighting>, ProbeFault> {
        let mut found: Vec<BTreeMap<u32, Option<Vec<u8>>>> = Vec::new();
        for place in places.iter_mut() {
            let (Some(examined), Some(searched)) = (done.next(), done.next()) else { break };
            let saved = if self.saves() { done.next() } else { None };
            let last = if place.last.is_some() { done.next() } else { None };
            let mut candidates = BTreeMap::new();
            if examined.condition == Condition::Ok {
                // Which command a message came with is the server's choice: it may answer several at once (RFC 3501, 5.5).
                let said =
                    || [Some(&searched), saved.as_ref(), last.as_ref()].into_iter().flatten().flat_map(|done| &done.said);
                candidates.extend(told_apart(said(), hunt.look).map(|uid| (uid, None)));
                candidates.extend(searched_uids(said()).map(|uid| (uid, None)));
                candidates.extend(said().filter_map(fetched_header).map(|(uid, header)| (uid, Some(header))));
                // What came along is looked at again: that costs nothing.
                let is_new = |uid: &u32, header: &Option<Vec<u8>>| {
                    !place.foreign.contains(uid)
                        || header.as_ref().is_some_and(|header| !is_bounce(header, &hunt.look.token))
                };
                candidates.retain(|uid, header| is_new(uid, header));
                place.last = place.last.take().or_else(|| Some(fetch_last(&examined)));
            }
            found.push(candidates);
        }
        for (place, candidates) in places.iter_mut().zip(found) {
            for (uid, header) in candidates.into_iter().rev().take(MOST_CANDIDATES) {
                match self.judge(place, uid, header, hunt)? {
                    Judged::Ours(seen) => return Ok(Some(seen)),
                    Judged::Foreign => drop(place.foreign.insert(uid)),
                    Judged::Unread => {}
                }
            }
        }
        Ok(None)
    }

    /// Reads the header of a message that may be ours; of a bounce its beginning.
    fn judge(
        &mut self,
        place: &SearchedMailbox,
        uid: u32,
        header: Option<Vec<u8>>,
        hunt: &Hunt<'_>,
    ) -> Result<Judged, ProbeFault> {
        let Hunt { look, begun } = hunt;
        self.base.extend();
        let header = if header.is_some() { header } else { self.read(place, uid, "HEADER")? };
        // A server may still be at it.
        let Some(header) = header.filter(|header| !header.is_empty()) else { return Ok(Judged::Unread) };
        if is_bounce(&header, &look.token) {
            let Some(report) = self.read(place, uid, "")? else { return Ok(Judged::Unread) };
            let is_ours = contains(&report, look.token.as_bytes());
            let report = self.base.record.log.redacted(&report);
            let bounced = Sighting::Bounced { report, after: begun.elapsed() };
            return Ok(if is_ours { Judged::Ours(bounced) } else { Judged::Foreign });
        }
        if !has_token(&header, &look.token) || !has_arrived(&header) {
            return Ok(Judged::Foreign);
        }
        let after = begun.elapsed();
        let deleted = if look.delete { Some(self.take_away(&place.mailbox, uid)?) } else { None };
        let (folder, mailbox) = (place.mailbox.folder, place.mailbox.shown());
        let header = self.base.record.log.redacted(&header);
        Ok(Judged::Ours(Sighting::Seen { folder, mailbox, header, after, deleted }))
    }

    /// A part of a message, up to a bound; `None` where it is not there any more.
    fn read(&mut self, place: &SearchedMailbox, uid: u32, part: &str) -> Result<Option<Vec<u8>>, ProbeFault> {
        let done = self.batch(&[place.examine(), fetch(&uid.to_string(), part)])?.pop();
        Ok(done.and_then(|done| message_of(&done, uid)))
    }

    /// Takes away this one message; not where the server would take others with it (RFC 4315).
    fn take_away(&mut self, mailbox: &ListedMailbox, uid: u32) -> Result<bool, ProbeFault> {
        if !self.ability.has("UIDPLUS") {
            return Ok(false);
        }
        self.base.extend();
        let select = self.ask(&[b"SELECT ", &mailbox.quoted()[..]].concat())?;
        if select.condition != Condition::Ok {
            return Ok(false);
        }
        let flag = self.ask(format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)").as_bytes())?;
        if flag.condition != Condition::Ok {
            return Ok(false);
        }
        Ok(self.ask(format!("UID EXPUNGE {uid}").as_bytes())?.condition == Condition::Ok)
    }
}

/// The search for the token: in the subject of the message itself, and in what a bounce carries.
fn search(look: &MessageSearch, saves: bool) -> Vec<u8> {
    let token = &look.token;
    let kept = if saves { "RETURN (SAVE) " } else { "" };
    let since = date(&look.since).map(|date| format!("SINCE {date} ")).unwrap_or_default();
    format!("UID SEARCH {kept}{since}OR SUBJECT \"{token}\" BODY \"{token}\"").into_bytes()
}

/// Peeks at a part of messages, up to a bound.
fn fetch(uids: &str, part: &str) -> Vec<u8> {
    format!("UID FETCH {uids} (UID BODY.PEEK[{part}]<0.{HEADER}>)").into_bytes()
}

/// A day as IMAP writes it (RFC 3501, 9): `29-Nov-2026` of `2026-11-29`.
fn date(day: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = day.get(..10)?.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some(format!("{day}-{month}-{year}"))
}

/// What is asked of a mailbox: its state, what the server finds, and what tells its last messages apart, since the index of some
/// servers lags behind delivery by seconds.
fn questions(place: &SearchedMailbox, look: &MessageSearch, saves: bool) -> Vec<Vec<u8>> {
    let found = saves.then(|| fetch("$", "HEADER"));
    [place.examine(), search(look, saves)].into_iter().chain(found).chain(place.last.clone()).collect()
}

/// The command that fetches what tells the last messages of a mailbox apart from now on: by UID, or by number where the server does
/// not say the next UID.
fn fetch_last(examined: &Done) -> Vec<u8> {
    let number = |bytes: Vec<u8>| std::str::from_utf8(&bytes).ok()?.trim().parse::<u32>().ok();
    let next = examined.said.iter().find_map(|response| response.code("UIDNEXT")).and_then(number);
    let count = examined.said.iter().find_map(|response| match response {
        Response::Data { number, name, .. } if name == "EXISTS" => *number,
        _ => None,
    });
    let from = |end: u32| end.saturating_sub(LAST).max(1);
    let range = match (next, count) {
        (Some(next), _) => format!("UID FETCH {}:*", from(next)),
        (None, Some(count @ 1..)) => format!("FETCH {}:*", from(count)),
        (None, _) => "UID FETCH 1:*".to_owned(),
    };
    format!("{range} (UID BODY.PEEK[HEADER.FIELDS (SUBJECT {TOKEN_FIELD} FROM CONTENT-TYPE)])").into_bytes()
}

/// The messages that a search found.
fn searched_uids<'a>(said: impl Iterator<Item = &'a Response>) -> impl Iterator<Item = u32> {
    let numbers = said.filter_map(|response| match response {
        Response::Data { name, tokens, .. } if name == "SEARCH" => Some(tokens.iter().filter_map(ImapToken::number)),
        _ => None,
    });
    numbers.flatten()
}

/// Those of the last messages that have the token, or are reports.
fn told_apart<'a>(said: impl Iterator<Item = &'a Response>, look: &MessageSearch) -> impl Iterator<Item = u32> {
    let messages = said.filter_map(|response| fetched(response, b"BODY[HEADER.FIELDS"));
    messages.filter(|(_, header)| has_token(header, &look.token) || is_report(header)).map(|(uid, _)| uid)
}

/// The mailboxes where a message may have arrived, those first where it usually does.
fn mailboxes_of(list: &Done) -> Vec<ListedMailbox> {
    let mailbox = |response: &Response| match response {
        Response::Data { name, tokens, .. } if name == "LIST" => ListedMailbox::of_list(tokens),
        _ => None,
    };
    let mailboxes =
        list.said.iter().filter_map(mailbox).filter(|it| !matches!(it.folder, MailFolder::Own | MailFolder::Inbox));
    let mut mailboxes: Vec<ListedMailbox> = mailboxes.collect();
    mailboxes.sort_by_key(|mailbox| mailbox.folder);
    mailboxes
}

/// UID and whole header of a FETCH.
fn fetched_header(response: &Response) -> Option<(u32, Vec<u8>)> {
    fetched(response, b"BODY[HEADER]")
}

/// UID and text of a FETCH of a part whose name begins so.
fn fetched(response: &Response, part: &[u8]) -> Option<(u32, Vec<u8>)> {
    let Response::Data { name, tokens, .. } = response else { return None };
    let Some(ImapToken::List(items)) = tokens.first().filter(|_| name == "FETCH") else { return None };
    let behind = |wanted: &dyn Fn(&ImapToken) -> bool| items.windows(2).find(|pair| wanted(&pair[0])).map(|pair| &pair[1]);
    let uid = behind(&|token| token.is("UID"))?.number()?;
    let is_part = |token: &ImapToken| matches!(token, ImapToken::Atom(name) if name.to_ascii_uppercase().starts_with(part));
    let Some(ImapToken::Text(text)) = behind(&is_part) else { return None };
    Some((uid, text.clone()))
}

/// The text of this message: servers may tell of others at any time.
fn message_of(done: &Done, uid: u32) -> Option<Vec<u8>> {
    done.said.iter().filter_map(|response| fetched(response, b"BODY[")).find(|(of, _)| *of == uid).map(|(_, text)| text)
}

/// Waits, until cancelled.
fn rest(pause: Duration, cancel: &Cancel) -> Result<(), ProbeFault> {
    let (sender, woken) = mpsc::channel();
    let _watch = cancel.watch(move || {
        let _ = sender.send(());
    });
    match woken.recv_timeout(pause) {
        Ok(()) => Err(ProbeFault::Cancelled),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_imap_writes_them() {
        assert_eq!(date("2026-11-29T10:00:00Z").as_deref(), Some("29-Nov-2026"));
        assert_eq!(date("2026-13-01"), None);
        assert_eq!(date("yesterday"), None);
    }
}
