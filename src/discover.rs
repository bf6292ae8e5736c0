//! From an address to settings: what is known, what DNS and the domain's own hosts say, and what answers.
//!
//! What is looked for ([`Search`]), what something proposes ([`Proposal`]) and what came of it all ([`Discovery`]) are plain
//! data. [`known`] is pure: presets and table alone. [`discover`] asks everybody side by side under one deadline, on threads
//! that send events to one place (`hunt`); `rank` makes of its state what is told. The world is reached by [`Net`] alone:
//! `dns` and `http` leave the sockets to libraries, and `confirm` climbs the probe's ladder.

pub mod autoconfig;

mod confirm;
mod dns;
mod guess;
mod http;
mod hunt;
mod known;
mod login;
mod mx;
mod near;
mod net;
mod rank;
mod search;
mod srv;
mod web;
mod xml;

pub use dns::NameServers;
pub use known::{known, of_address};
pub use login::LoginName;
pub use net::{Dns, Mx, NameFault, Net, Srv};
pub use search::discover;

use std::time::Duration;

use crate::{
    mail::{Address, Endpoint},
    presets::Phrase,
    probe::{Capabilities, Evidence},
};

/// How long a search may take as a whole.
pub const DEADLINE: Duration = Duration::from_secs(4);

/// What is to be found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The address that mail is sent from.
    pub address: Address,
    /// How far to look.
    pub reach: Reach,
    /// How long the whole may take.
    pub timeout: Duration,
    /// The name that EHLO gives to servers that are tried.
    pub ehlo: String,
}

/// How far a search looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// What is built in or added: no network at all.
    Offline,
    /// DNS, and the hosts of the domain and of its mail hoster.
    #[default]
    Domain,
    /// The same, and Mozilla's database, which learns the domain: only when a person asked for it.
    Database,
}

/// Who proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A provider's preset, by its own e-mail domain.
    Preset,
    /// The table of domains.
    Table,
    /// The domain's MX records, which show its hoster.
    Mx,
    /// SRV records (RFC 6186, RFC 8314).
    Srv,
    /// Mozilla's autoconfig.
    Autoconfig,
    /// Common names that turned out to answer.
    Guess,
}

impl Origin {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preset => "preset",
            Self::Table => "table",
            Self::Mx => "mx",
            Self::Srv => "srv",
            Self::Autoconfig => "autoconfig",
            Self::Guess => "guess",
        }
    }
}

/// Settings that something proposes.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Who proposes.
    pub origin: Origin,
    /// Where it says so: a record's name, a link, an MX host. Safe for a terminal.
    pub found_at: Option<String>,
    /// The preset that knows more, by key.
    pub provider: Option<String>,
    /// Submission servers, best first.
    pub smtp: Vec<Server>,
    /// IMAP servers, best first.
    pub imap: Vec<Endpoint>,
    /// How the login name is made.
    pub username: LoginName,
    /// Why a person has to say yes to it first.
    pub consents: Vec<Consent>,
    /// What to know about it.
    pub warnings: Vec<Phrase>,
}

impl Proposal {
    /// Whether one of its submission servers answered as it should.
    pub fn is_confirmed(&self) -> bool {
        self.smtp.iter().any(|server| matches!(server.check, Check::Passed(_)))
    }

    /// The server to take: the first one that answered as it should, else the first.
    pub fn best(&self) -> Option<&Server> {
        let passed = self.smtp.iter().find(|server| matches!(server.check, Check::Passed(_)));
        passed.or_else(|| self.smtp.first())
    }
}

/// A proposed submission server.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Where it listens.
    pub endpoint: Endpoint,
    /// Whether it answers there.
    pub check: Check,
}

impl From<Endpoint> for Server {
    fn from(endpoint: Endpoint) -> Self {
        Self { endpoint, check: Check::Unchecked }
    }
}

/// What the ladder up to TLS found.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// It was not climbed, or not to its end before the time was over.
    Unchecked,
    /// It passed; what EHLO offered.
    Passed(Capabilities),
    /// It failed, with the evidence.
    Failed(Box<Evidence>),
}

impl Check {
    /// The word that JSON uses.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::Passed(_) => "passed",
            Self::Failed(_) => "failed",
        }
    }
}

/// Why a person has to say yes to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consent {
    /// It names a host outside the address's domain (RFC 6186, 6): whoever forges the answer gets the password.
    ForeignHost,
    /// It came over plain HTTP, which anybody on the way can change.
    PlainHttp,
    /// Its server has no TLS: the password would be readable on the way.
    Plaintext,
}

impl Consent {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ForeignHost => "foreign_host",
            Self::PlainHttp => "plain_http",
            Self::Plaintext => "plaintext",
        }
    }
}

/// What came of a search, or has come of it so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discovery {
    /// Proposals, best first.
    pub proposals: Vec<Proposal>,
    /// What is wrong with the domain.
    pub fault: Option<DomainFault>,
    /// The filter that takes the domain's mail in front of its hoster, by name.
    pub gateway: Option<String>,
    /// What else was found out, for a person.
    pub notes: Vec<Phrase>,
    /// Whether nothing more will come.
    pub finished: bool,
}

impl Discovery {
    /// The proposal to take.
    pub fn best(&self) -> Option<&Proposal> {
        self.proposals.first()
    }
}

/// What is wrong with an address's domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DomainFault {
    /// It does not exist (NXDOMAIN).
    NotFound,
    /// Its name servers answer with an error (SERVFAIL) or contradict DNSSEC.
    Broken,
    /// This machine's resolver does not answer.
    NoResolver,
    /// It says that it takes no mail (RFC 7505).
    NullMx,
}

impl DomainFault {
    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Broken => "broken",
            Self::NoResolver => "no_resolver",
            Self::NullMx => "null_mx",
        }
    }

    /// The message that says it, with the argument `domain`.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::NotFound => "discover-not-found",
            Self::Broken => "discover-broken",
            Self::NoResolver => "discover-no-resolver",
            Self::NullMx => "discover-null-mx",
        }
    }
}
