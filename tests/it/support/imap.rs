//! An IMAP server of a few mailboxes, with the oddities of real ones. It keeps every command and every change.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::{ServerConnection, StreamOwned};

use super::pki::{Identity, Kind};

/// How long a client may be silent before the server gives it up.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) const USERNAME: &str = "alice";
pub(crate) const PASSWORD: &str = "s3cret \"pass\\";

/// A message in a mailbox.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) uid: u32,
    pub(crate) text: String,
    /// It is there from this opening of its mailbox on, counted from 1.
    pub(crate) from: usize,
}

/// A mailbox.
#[derive(Debug, Clone)]
pub(crate) struct Drawer {
    /// Its name as it stands in a LIST: quoted, or a literal.
    pub(crate) listed: String,
    /// Its name as a command has it, without quotes.
    pub(crate) name: String,
    pub(crate) attributes: &'static str,
    pub(crate) letters: Vec<Letter>,
    /// How many messages there are besides, with lower UIDs; they are no letters of ours.
    pub(crate) crowd: u32,
    pub(crate) opened: usize,
}

impl Drawer {
    pub(crate) fn new(name: &str, attributes: &'static str) -> Self {
        Self { listed: format!("\"{name}\""), name: name.to_owned(), attributes, letters: Vec::new(), crowd: 0, opened: 0 }
    }

    pub(crate) fn with(mut self, uid: u32, text: impl Into<String>) -> Self {
        self.letters.push(Letter { uid, text: text.into(), from: 1 });
        self
    }

    fn present(&self) -> impl Iterator<Item = &Letter> {
        self.letters.iter().filter(|letter| letter.from <= self.opened)
    }

    fn next_uid(&self) -> u32 {
        self.present().map(|letter| letter.uid + 1).max().unwrap_or(1).max(2 * self.crowd + 1)
    }
}

/// An oddity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Oddity {
    /// The index is not up to date: a search finds nothing.
    SearchLags,
    /// SEARCH is refused.
    NoSearch,
    /// A search finds these too, whoever they are.
    SearchFinds(&'static [u32]),
    /// The next UID is not said.
    NoUidnext,
    /// What nobody asked for is said between answers.
    Chatty,
    /// The body comes before the UID, in a quoted string where that can be.
    BodyFirst,
    /// It hangs up with BYE at this command.
    ByeAt(&'static str),
    /// This is said in answer to a command.
    Says(&'static str, &'static str),
    /// It says nothing more at this command.
    SilentAt(&'static str),
    /// Lines without end at this command.
    EndlessAt(&'static str),
    /// Refuses to open this mailbox.
    Closed(&'static str),
}

/// What the server is.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    /// After `* OK`; a code in brackets is the server's own.
    pub(crate) greeting: String,
    pub(crate) capabilities: String,
    /// What the tagged OK of the login tells of them.
    pub(crate) after_login: Option<String>,
    pub(crate) drawers: Vec<Drawer>,
    pub(crate) oddities: Vec<Oddity>,
}

/// What the server saw.
#[derive(Debug, Default)]
pub(crate) struct Visit {
    pub(crate) commands: Vec<String>,
    /// Mailboxes that were opened for writing, and messages that were changed.
    pub(crate) changes: Vec<String>,
    /// UIDs of the messages that were taken away.
    pub(crate) expunged: Vec<u32>,
    /// UIDs whose text beyond the header was read.
    pub(crate) bodies: Vec<u32>,
}

pub(crate) struct PostOffice {
    pub(crate) address: SocketAddr,
    thread: JoinHandle<Visit>,
}

impl PostOffice {
    pub(crate) fn open(post: Post) -> Self {
        let config = Identity::new(Kind::Good).config(None);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = thread::spawn(move || {
            let (socket, _) = listener.accept().unwrap();
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
            socket.set_write_timeout(Some(PATIENCE)).unwrap();
            let tls = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), socket);
            let mut clerk =
                Clerk { post, io: BufReader::new(tls), selected: None, saved: Vec::new(), visit: Visit::default() };
            clerk.serve();
            clerk.visit
        });
        Self { address, thread }
    }

    /// Waits until the client is gone.
    pub(crate) fn close(self) -> Visit {
        drop(TcpStream::connect(self.address));
        self.thread.join().unwrap()
    }
}

struct Clerk {
    post: Post,
    io: BufReader<StreamOwned<ServerConnection, TcpStream>>,
    selected: Option<usize>,
    /// What the last search kept.
    saved: Vec<u32>,
    visit: Visit,
}

/// Whether the conversation goes on.
type On = Option<()>;

impl Clerk {
    fn serve(&mut self) {
        let greeting = format!("* OK {}\r\n", self.post.greeting);
        if self.say(&greeting).is_none() {
            return;
        }
        while self.one().is_some() {}
    }

    fn say(&mut self, text: &str) -> On {
        let stream = self.io.get_mut();
        stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).ok()
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.io.read_line(&mut line).ok().filter(|length| *length > 0)?;
        Some(line.strip_suffix("\r\n")?.to_owned())
    }

    fn has(&self, oddity: Oddity) -> bool {
        self.post.oddities.contains(&oddity)
    }

    fn one(&mut self) -> On {
        let line = self.line()?;
        let (tag, command) = line.split_once(' ')?;
        self.visit.commands.push(command.to_owned());
        for oddity in self.post.oddities.clone() {
            match oddity {
                Oddity::ByeAt(at) if command.starts_with(at) => {
                    self.say("* BYE Autologout; idle\x1b[31m for too long\r\n")?;
                    return None;
                }
                Oddity::Says(at, text) if command.starts_with(at) => {
                    self.say(&text.replace("TAG", tag))?;
                    return Some(());
                }
                Oddity::SilentAt(at) if command.starts_with(at) => {
                    while self.line().is_some() {}
                    return None;
                }
                Oddity::EndlessAt(at) if command.starts_with(at) => loop {
                    self.say(&"* 1 EXISTS\r\n".repeat(200))?;
                },
                _ => {}
            }
        }
        if self.has(Oddity::Chatty) {
            self.say("* OK [ALERT] The cellar is flooded {12}\r\n* 3 EXISTS\r\n* 1 RECENT\r\n* 2 FETCH (FLAGS (\\Seen) UID 2)\r\n* VANISHED 5:7\r\n")?;
        }
        let word = command.split(' ').next()?.to_uppercase();
        match word.as_str() {
            "CAPABILITY" => {
                let offer = format!("* CAPABILITY {}\r\n{tag} OK done\r\n", self.post.capabilities);
                self.say(&offer)
            }
            "LOGIN" => {
                let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
                let good = command == format!("LOGIN {} {}", quoted(USERNAME), quoted(PASSWORD));
                self.logged_in(tag, good)
            }
            "AUTHENTICATE" => {
                let mut words = command.split(' ').skip(1);
                let (mechanism, first) = (words.next()?.to_owned(), words.next().map(str::to_owned));
                let response = if let Some(response) = first {
                    response
                } else {
                    self.say("+ \r\n")?;
                    self.line()?
                };
                assert_eq!(mechanism, "PLAIN", "other mechanisms are played by scripts");
                self.logged_in(tag, response == STANDARD.encode(format!("\0{USERNAME}\0{PASSWORD}")))
            }
            "LIST" => {
                let list: String = (self.post.drawers.iter())
                    .map(|drawer| format!("* LIST ({}) \"/\" {}\r\n", drawer.attributes, drawer.listed))
                    .collect();
                self.say(&format!("{list}{tag} OK done\r\n"))
            }
            "EXAMINE" | "SELECT" => self.select(tag, command, word == "SELECT"),
            "UID" | "FETCH" => self.on_messages(tag, command),
            "LOGOUT" => {
                self.say(&format!("* BYE see you\r\n{tag} OK done\r\n"))?;
                None
            }
            _ => {
                self.visit.changes.push(command.to_owned());
                self.say(&format!("{tag} BAD unknown\r\n"))
            }
        }
    }

    fn logged_in(&mut self, tag: &str, good: bool) -> On {
        let code = self.post.after_login.as_ref().map(|words| format!("[CAPABILITY {words}] ")).unwrap_or_default();
        self.say(&if good {
            format!("{tag} OK {code}Logged in\r\n")
        } else {
            format!("{tag} NO [AUTHENTICATIONFAILED] Not with {PASSWORD}\r\n")
        })
    }

    fn select(&mut self, tag: &str, command: &str, writes: bool) -> On {
        let name = command.split_once(' ')?.1.trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
        if writes {
            self.visit.changes.push(command.to_owned());
        }
        let place = self.post.drawers.iter().position(|drawer| drawer.name == name);
        let is_closed = self.post.oddities.iter().any(|it| matches!(it, Oddity::Closed(closed) if *closed == name));
        self.selected = place.filter(|_| !is_closed);
        let Some(place) = self.selected else { return self.say(&format!("{tag} NO [NONEXISTENT] no {name}\r\n")) };
        let drawer = &mut self.post.drawers[place];
        drawer.opened += 1;
        let count = drawer.crowd + u32::try_from(drawer.present().count()).unwrap();
        let next = drawer.next_uid();
        let uidnext = if self.has(Oddity::NoUidnext) { String::new() } else { format!("* OK [UIDNEXT {next}] next\r\n") };
        let mode = if writes { "READ-WRITE" } else { "READ-ONLY" };
        self.say(&format!(
            "* FLAGS (\\Seen)\r\n* {count} EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n{uidnext}{tag} OK [{mode}] done\r\n"
        ))
    }

    fn on_messages(&mut self, tag: &str, command: &str) -> On {
        let Some(place) = self.selected else { return self.say(&format!("{tag} BAD nothing selected\r\n")) };
        let rest = command.strip_prefix("UID ").unwrap_or(command);
        if rest.starts_with("SEARCH") {
            self.saved.clear();
            if self.has(Oddity::NoSearch) {
                return self.say(&format!("{tag} BAD no such search\r\n"));
            }
            let token = rest.split('"').nth(1).unwrap().to_owned();
            let lags = self.has(Oddity::SearchLags);
            let mut uids: Vec<u32> = Vec::new();
            uids.extend(self.post.drawers[place].present().filter(|it| !lags && it.text.contains(&token)).map(|it| it.uid));
            for oddity in &self.post.oddities {
                if let Oddity::SearchFinds(more) = oddity {
                    uids.extend(*more);
                }
            }
            if rest.contains("RETURN (SAVE)") {
                self.saved = uids;
                return self.say(&format!("{tag} OK done\r\n"));
            }
            let uids: String = uids.iter().map(|uid| format!(" {uid}")).collect();
            return self.say(&format!("* SEARCH{uids}\r\n{tag} OK done\r\n"));
        }
        if let Some(rest) = rest.strip_prefix("FETCH ") {
            let by_number = !command.starts_with("UID ");
            return self.fetch(tag, rest, place, by_number);
        }
        self.visit.changes.push(command.to_owned());
        let uid: u32 = rest.split(' ').nth(1).unwrap().parse().unwrap();
        if rest.starts_with("EXPUNGE") {
            self.post.drawers[place].letters.retain(|letter| letter.uid != uid);
            self.visit.expunged.push(uid);
        }
        self.say(&format!("{tag} OK done\r\n"))
    }

    fn fetch(&mut self, tag: &str, rest: &str, place: usize, by_number: bool) -> On {
        let (range, items) = rest.split_once(' ')?;
        let drawer = &self.post.drawers[place];
        let first: u32 = range.split(':').next()?.parse().unwrap_or(0);
        // A server of a million messages would be busy for long.
        let end = if by_number { drawer.crowd + 1 } else { drawer.next_uid() };
        assert!(!range.ends_with(":*") || end.saturating_sub(first) <= 60, "{rest}: too many of {end}");
        let is_wanted = |place: usize, letter: &Letter| match range.strip_suffix(":*") {
            Some(_) if by_number => drawer.crowd + u32::try_from(place).unwrap() + 1 >= first,
            Some(_) => letter.uid >= first,
            None if range == "$" => self.saved.contains(&letter.uid),
            None => letter.uid == first,
        };
        let part = &items[items.find("BODY.PEEK[").expect("nothing but BODY.PEEK is fetched") + 10..items.find(']')?];
        let is_whole = part.is_empty();
        let mut said = String::new();
        for (place, letter) in drawer.present().enumerate().filter(|(place, letter)| is_wanted(*place, letter)) {
            let header = letter.text.split("\r\n\r\n").next()?;
            let text = match part.strip_prefix("HEADER.FIELDS (") {
                Some(names) => {
                    let names: Vec<String> = names.trim_end_matches(')').split(' ').map(str::to_lowercase).collect();
                    let named = |line: &&str| names.contains(&line.split(':').next().unwrap().to_lowercase());
                    header.split("\r\n").filter(named).map(|line| format!("{line}\r\n")).collect::<String>() + "\r\n"
                }
                None if is_whole => letter.text.clone(),
                None => format!("{header}\r\n\r\n"),
            };
            if is_whole {
                self.visit.bodies.push(letter.uid);
            }
            let origin = if items.contains("<0.") { "<0>" } else { "" };
            let body = format!("BODY[{part}]{origin} {{{}}}\r\n{text}", text.len());
            let number = drawer.crowd + u32::try_from(place).unwrap() + 1;
            let uid = letter.uid;
            said += &if self.post.oddities.contains(&Oddity::BodyFirst) {
                format!("* {number} FETCH ({body} UID {uid})\r\n")
            } else {
                format!("* {number} FETCH (UID {uid} {body})\r\n")
            };
        }
        self.say(&format!("{said}{tag} OK done\r\n"))
    }
}
