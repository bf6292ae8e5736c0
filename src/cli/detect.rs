//! `detect`: the settings for addresses, as a table or one JSON document per line.

mod document;
mod table;

use std::{
    io::{self, BufRead, Read, Write},
    time::Duration,
};

use super::{
    context::{Context, written},
    slip::slip,
};
use crate::{
    discover::{DEADLINE, Discovery, DomainFault, Net, Reach, Search, Server, discover, probably_meant, try_imap},
    error::{Error, Exit},
    host,
    mail::{Address, Proxy, reply::escape},
    phrase,
    probe::Cancel,
};

/// Longest line: an address (RFC 5321, 4.5.3.1) and what is typed around it.
const LONGEST: u64 = 4096;

/// The settings for some addresses, or with `-` for those on standard input, one per line. An invalid address is reported and
/// skipped.
pub(super) fn run(context: &Context, addresses: &[&str]) -> Result<Exit, Error> {
    let mut detector = Detector::new(context)?;
    match addresses {
        ["-"] => detector.stream()?,
        addresses => {
            for typed in addresses {
                detector.detect(typed)?;
            }
        }
    }
    written(detector.out.flush())?;
    Ok(detector.exit)
}

struct Detector<'a> {
    context: &'a Context,
    reach: Reach,
    timeout: Duration,
    /// The name that EHLO gives.
    ehlo: String,
    /// The proxy by which web hosts and servers are reached.
    proxy: Option<Proxy>,
    net: Net,
    out: io::BufWriter<io::StdoutLock<'static>>,
    exit: Exit,
}

impl<'a> Detector<'a> {
    fn new(context: &'a Context) -> Result<Self, Error> {
        let timeout = match context.inputs.get("timeout") {
            Some(_) => context.timeout()?,
            None => DEADLINE,
        };
        let facts = host::facts();
        let ehlo = facts.full_name.unwrap_or(facts.host_name);
        Ok(Self {
            context,
            reach: context.reach(),
            timeout,
            ehlo,
            proxy: context.proxy()?,
            net: context.names.net(),
            out: io::BufWriter::with_capacity(1 << 16, io::stdout().lock()),
            exit: Exit::Ok,
        })
    }

    /// Answers line by line, without buffering.
    fn stream(&mut self) -> Result<(), Error> {
        let mut input = io::BufReader::with_capacity(1 << 16, io::stdin().lock());
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line);
            let length = read.map_err(|error| Error::new(Exit::Io, phrase!("cli-input", cause = error)))?;
            if length == 0 {
                return Ok(());
            }
            if line.last() != Some(&b'\n') {
                skip_line(&mut input)?;
            }
            let typed = String::from_utf8_lossy(&line);
            if !typed.trim().is_empty() {
                self.detect(typed.trim())?;
            }
            // Flush: the reader may wait for the answer before asking the next question.
            if input.buffer().is_empty() {
                written(self.out.flush())?;
            }
        }
    }

    fn detect(&mut self, typed: &str) -> Result<(), Error> {
        let Ok(address) = typed.parse::<Address>() else {
            let why = phrase!("detect-no-address", typed = escape(typed));
            if self.context.json {
                document::of_nothing(typed, &self.context.text.say(&why)).write(&mut self.out)?;
            }
            self.context.warn_phrase(&why);
            self.end_with(Exit::Data);
            return Ok(());
        };
        let context = self.context;
        let slip = slip(context, address.domain(), probably_meant(address.domain(), &context.catalog));
        let search = Search {
            address,
            reach: self.reach,
            timeout: self.timeout,
            ehlo: self.ehlo.clone(),
            proxy: self.proxy.clone(),
            ca_file: None,
            pin: None,
        };
        // Who has a mistyped domain is told of nobody's interest in it.
        let found = match &slip {
            Some(_) => Discovery::default(),
            None => discover(&search, &context.catalog, &self.net, &Cancel::default(), &mut |_| {}),
        };
        let imap = self.imap(&found);
        if context.json {
            document::of(context, &search.address, (&found, &imap), slip.as_ref()).write(&mut self.out)?;
        } else {
            let lines = match &slip {
                Some(slip) => {
                    context.say_phrase(slip);
                    Vec::new()
                }
                None => table::lines(context, &search, (&found, &imap)),
            };
            for line in lines {
                written(writeln!(self.out, "{line}"))?;
            }
        }
        if self.reach != Reach::Offline {
            written(self.out.flush())?;
        }
        self.end_with(exit(&found));
        Ok(())
    }

    /// The IMAP servers of the best proposal, tried unless that is to be without the network.
    fn imap(&self, found: &Discovery) -> Vec<Server> {
        let servers = found.best().map(|best| best.imap.as_slice()).unwrap_or_default();
        if self.reach == Reach::Offline {
            return servers.iter().cloned().map(Server::from).collect();
        }
        try_imap(servers, &self.net, self.proxy.as_ref(), self.timeout)
    }

    /// Of several results the one counts that has to be fixed first.
    fn end_with(&mut self, exit: Exit) {
        let weight = |exit| match exit {
            Exit::Ok => 0,
            Exit::Unavailable => 1,
            Exit::TempFail => 2,
            Exit::NoHost => 3,
            _ => 4,
        };
        if weight(exit) > weight(self.exit) {
            self.exit = exit;
        }
    }
}

/// The result for one address.
fn exit(found: &Discovery) -> Exit {
    match found.fault {
        Some(DomainFault::NotFound) => Exit::NoHost,
        _ if !found.proposals.is_empty() => Exit::Ok,
        Some(fault) if fault.is_temporary() => Exit::TempFail,
        _ => Exit::Unavailable,
    }
}

/// Skips the rest of a line that is too long.
fn skip_line(input: &mut impl BufRead) -> Result<(), Error> {
    loop {
        let chunk = input.fill_buf().map_err(|error| Error::new(Exit::Io, phrase!("cli-input", cause = error)))?;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let (length, done) = end.map_or((chunk.len(), chunk.is_empty()), |at| (at + 1, true));
        input.consume(length);
        if done {
            return Ok(());
        }
    }
}
