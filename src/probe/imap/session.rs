//! The session up to a secured and understood server: greeting, capabilities, STARTTLS, TLS; and commands in batches.

use super::{
    super::{Capabilities, Learned, ProbeFault, Stage, parse::first_bytes, session::Session},
    response::{self, Condition, Response},
};
use crate::mail::{
    Reply, Security,
    reply::{escape, printable},
};

/// Most responses to one batch: a bound for servers that never end.
const MOST_RESPONSES: usize = 20_000;

/// What a server can do (RFC 3501, 7.2.1), as far as it matters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ability {
    words: Vec<String>,
}

impl Ability {
    /// Reads the words of a CAPABILITY response or code.
    fn of(words: &[u8]) -> Self {
        let words = words.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        Self { words: words.map(|word| escape(&String::from_utf8_lossy(word)).to_ascii_uppercase()).collect() }
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|known| known == word)
    }

    /// SASL mechanisms, in the server's order.
    pub(super) fn mechanisms(&self) -> Vec<String> {
        self.words.iter().filter_map(|word| word.strip_prefix("AUTH=")).map(str::to_owned).collect()
    }

    /// The same in the form that the evidence has. The LOGIN command needs no mechanism.
    fn offered(&self) -> Capabilities {
        let mut auth = self.mechanisms();
        if !self.has("LOGINDISABLED") && !auth.iter().any(|name| name == "LOGIN") {
            auth.push("LOGIN".to_owned());
        }
        Capabilities {
            starttls: self.has("STARTTLS"),
            auth: Some(auth).filter(|auth| !auth.is_empty()),
            ..Capabilities::default()
        }
    }
}

/// How a command went: what the server said meanwhile, and its last word.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) said: Vec<Response>,
    pub(super) condition: Condition,
    /// The tagged line after the tag, such as `NO [AUTHENTICATIONFAILED] Wrong`.
    pub(super) reply: Reply,
    /// The tagged response itself, for its code.
    pub(super) last: Response,
}

impl Done {
    /// What it said, if it went well.
    pub(super) fn ok(self) -> Result<Self, ProbeFault> {
        if self.condition == Condition::Ok { Ok(self) } else { Err(ProbeFault::Reply(self.reply)) }
    }
}

/// A conversation with a server.
pub(super) struct ImapSession<'r, 'a> {
    pub(super) base: Session<'r, 'a>,
    tags: u32,
    pub(super) ability: Ability,
    /// The server said goodbye.
    is_over: bool,
}

impl<'r, 'a> ImapSession<'r, 'a> {
    pub(super) fn new(base: Session<'r, 'a>) -> Self {
        Self { base, tags: 0, ability: Ability::default(), is_over: false }
    }

    /// Up to the capabilities, inside TLS where the endpoint has it.
    pub(super) fn open(&mut self) -> Result<(), ProbeFault> {
        match self.base.record.attempt.endpoint.security {
            Security::Tls => {
                self.base.secure(b"")?;
                self.greeting()?;
                self.capabilities()
            }
            Security::Starttls => {
                self.greeting()?;
                self.capabilities()?;
                self.starttls()?;
                // What was offered in clear text does not count (RFC 3501, 6.2.1).
                let (tag, line) = self.command(b"CAPABILITY");
                self.base.secure(&line)?;
                self.base.record.log.client("CAPABILITY");
                self.base.begin(Stage::Capability);
                let done = self.finish(&tag)?.ok()?;
                self.offered(&done);
                Ok(())
            }
            Security::None => {
                self.greeting()?;
                self.capabilities()
            }
        }
    }

    /// Closes, with LOGOUT if the server still listens.
    pub(super) fn end(mut self, fault: Option<&ProbeFault>) {
        let is_polite = !self.is_over
            && (fault.is_none()
                || matches!(fault, Some(ProbeFault::Reply(_) | ProbeFault::NoAuth | ProbeFault::ClearLogin)));
        let (_, line) = self.command(b"LOGOUT");
        if is_polite {
            self.base.record.log.client("LOGOUT");
        }
        self.base.record.round_trips = self.base.wire.round_trips();
        self.base.wire.close(if is_polite { &line } else { b"" });
    }

    fn greeting(&mut self) -> Result<(), ProbeFault> {
        self.base.begin(Stage::Greeting);
        let greeting = self.response()?;
        let Response::Status { tag: None, condition, text } = &greeting else {
            return Err(ProbeFault::NotImap(String::new()));
        };
        match condition {
            Condition::Ok => {}
            // A session that is already open cannot be secured any more, and nobody asked for it (RFC 3501, 7.1.4).
            Condition::Preauth => return Err(ProbeFault::Injected),
            _ => return Err(ProbeFault::Reply(reply(*condition, text))),
        }
        if let Some(words) = greeting.code("CAPABILITY") {
            self.ability = Ability::of(&words);
        }
        let learned = Learned::Greeting(printable(text));
        self.base.record.pass(Some(learned), Some(reply(*condition, text)));
        Ok(())
    }

    /// Asks for the capabilities, unless the greeting had them.
    fn capabilities(&mut self) -> Result<(), ProbeFault> {
        self.base.begin(Stage::Capability);
        if self.ability != Ability::default() {
            self.take_offer();
            return Ok(());
        }
        let done = self.ask(b"CAPABILITY")?.ok()?;
        self.offered(&done);
        Ok(())
    }

    fn offered(&mut self, done: &Done) {
        self.note_ability(done);
        self.take_offer();
    }

    fn take_offer(&mut self) {
        let capabilities = self.ability.offered();
        self.base.record.offered = Some(capabilities.clone());
        self.base.record.pass(Some(Learned::Offered { capabilities, helo: false }), None);
    }

    /// Takes capabilities that a reply tells.
    pub(super) fn note_ability(&mut self, done: &Done) {
        let listed = done.said.iter().find_map(|response| match response {
            Response::Data { name, tokens, .. } if name == "CAPABILITY" => {
                let words = tokens.iter().filter_map(response::ImapToken::bytes).collect::<Vec<_>>();
                Some(words.join(&b' '))
            }
            other => other.code("CAPABILITY"),
        });
        if let Some(words) = listed.or_else(|| done.last.code("CAPABILITY")) {
            self.ability = Ability::of(&words);
        }
    }

    fn starttls(&mut self) -> Result<(), ProbeFault> {
        self.base.begin(Stage::Starttls);
        if !self.ability.has("STARTTLS") {
            let gone = self.base.record.attempt.had_starttls;
            return Err(if gone { ProbeFault::StarttlsGone } else { ProbeFault::NoStarttls });
        }
        let done = self.ask(b"STARTTLS")?.ok()?;
        // Bytes after the reply came in clear text and could pass for a response inside TLS (RFC 3501, 6.2.1; CVE-2011-1926).
        if self.base.wire.has_unread() {
            return Err(ProbeFault::Injected);
        }
        self.base.record.offered = None;
        self.ability = Ability::default();
        self.base.record.pass(None, Some(done.reply));
        Ok(())
    }

    /// A command with its own tag, as bytes.
    pub(super) fn command(&mut self, command: &[u8]) -> (Vec<u8>, Vec<u8>) {
        self.tags += 1;
        let tag = format!("A{}", self.tags).into_bytes();
        let line = [&tag, &b" "[..], command, b"\r\n"].concat();
        (tag, line)
    }

    /// Sends a command and waits for its end.
    pub(super) fn ask(&mut self, command: &[u8]) -> Result<Done, ProbeFault> {
        let done = self.batch(&[command.to_vec()])?;
        done.into_iter().next().ok_or(ProbeFault::Closed)
    }

    /// Sends commands in one write and waits for the end of each.
    pub(super) fn batch(&mut self, commands: &[Vec<u8>]) -> Result<Vec<Done>, ProbeFault> {
        let (mut tags, mut lines) = (Vec::new(), Vec::new());
        for command in commands {
            let (tag, line) = self.command(command);
            self.base.record.log.client(&printable(command));
            tags.push(tag);
            lines.extend(line);
        }
        self.send(&lines)?;
        tags.iter().map(|tag| self.finish(tag)).collect()
    }

    /// Sends bytes that the caller has logged. A server may say something at any time, but it cannot have answered yet.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), ProbeFault> {
        if self.base.wire.has_tagged(b'A') {
            return Err(ProbeFault::Injected);
        }
        self.base.wire.send(bytes)
    }

    /// Reads up to the end of a command.
    pub(super) fn finish(&mut self, tag: &[u8]) -> Result<Done, ProbeFault> {
        match self.until_asked(tag)? {
            Turn::Done(done) => Ok(done),
            Turn::Asked(_) => Err(ProbeFault::NotImap("+".to_owned())),
        }
    }

    /// Reads up to the end of a command, or until the server wants more of it.
    pub(super) fn until_asked(&mut self, tag: &[u8]) -> Result<Turn, ProbeFault> {
        let mut said = Vec::new();
        while said.len() < MOST_RESPONSES {
            let response = self.response()?;
            match response {
                Response::Continue(text) => return Ok(Turn::Asked(text)),
                Response::Status { tag: Some(ref of), condition, ref text } => {
                    if of != tag {
                        return Err(ProbeFault::Injected);
                    }
                    let reply = reply(condition, text);
                    return Ok(Turn::Done(Done { said, condition, reply, last: response }));
                }
                Response::Status { tag: None, condition: Condition::Bye, ref text } => {
                    self.is_over = true;
                    return Err(ProbeFault::Reply(reply(Condition::Bye, text)));
                }
                other => said.push(other),
            }
        }
        Err(ProbeFault::TooLong)
    }

    /// Waits for a response and logs its first line; log and statuses are without secrets that the server repeats.
    fn response(&mut self) -> Result<Response, ProbeFault> {
        loop {
            match response::whole(self.base.wire.unread()) {
                Ok(Some(length)) => {
                    let bytes = self.base.wire.take(length);
                    self.log(&bytes);
                    match response::parse(&bytes) {
                        Some(Response::Status { tag, condition, text }) => {
                            let text = self.base.record.log.redacted(&text);
                            return Ok(Response::Status { tag, condition, text });
                        }
                        // A literal's length is that of what the server sent: what it holds is cleaned where it is kept.
                        Some(response) => return Ok(response),
                        None => {}
                    }
                }
                Ok(None) => self.base.wire.wait()?,
                Err(ProbeFault::NotImap(_)) => {
                    // Redact before truncating: a truncated secret would not be found.
                    let text = first_bytes(&self.base.record.log.redacted(self.base.wire.unread()));
                    self.base.record.log.garbage(&text);
                    return Err(ProbeFault::NotImap(text));
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Only the line: headers of messages are nobody's business.
    fn log(&mut self, bytes: &[u8]) {
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = self.base.record.log.redacted(line);
        self.base.record.log.garbage(&printable(line.strip_suffix(b"\r").unwrap_or(&line)));
    }
}

/// Who is to speak next.
pub(super) enum Turn {
    /// The command has ended.
    Done(Done),
    /// The server wants more of it; what it said.
    Asked(Vec<u8>),
}

/// A status as a reply: its word stands in front of the text, in place of a code.
fn reply(condition: Condition, text: &[u8]) -> Reply {
    let word = match condition {
        Condition::Ok => "OK",
        Condition::No => "NO",
        Condition::Bad => "BAD",
        Condition::Bye => "BYE",
        Condition::Preauth => "PREAUTH",
    };
    Reply::of_words([word.as_bytes(), b" ", text].concat())
}
