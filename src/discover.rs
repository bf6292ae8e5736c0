//! From an address to settings: what is known, what DNS and the domain's own hosts say, and which servers answer.
//!
//! The question ([`Search`]), what one source proposes ([`Proposal`]) and the result ([`Discovery`]) are plain data. [`known`]
//! is pure: presets and the domain table. [`discover`] asks every source at once under one deadline, on threads that send events
//! to one `task`; `rank` turns its state into a result: all of that is in `online`, which a build without the feature lacks.
//! Only [`Net`] reaches the network: `dns` and `http` leave the sockets to libraries, and `confirm` tries servers with the probe.

mod known;
mod login;
mod net;
#[cfg(feature = "discover")]
mod online;
mod reading;
mod records;
mod run;
mod slip;

pub use known::{known, of_address};
pub use login::LoginName;
pub use net::Net;
#[cfg(feature = "discover")]
pub use online::{DomainLook, NameServers, TimedLookup, autoconfig};
pub use reading::try_imap;
pub use records::{DnsClient, Mx, NameFault, Srv};
pub use run::discover;
pub use slip::{probably_meant, probably_meant_by_host};

use std::{path::PathBuf, time::Duration};

use crate::{
    mail::{Address, Endpoint, Proxy},
    presets::Phrase,
    probe::{Capabilities, Evidence, Learned, ProbeFault, Report},
};

/// Longest time for a whole search.
pub const DEADLINE: Duration = Duration::from_secs(4);

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The address that mail is sent from.
    pub address: Address,
    /// How far to look.
    pub reach: Reach,
    /// How long the whole may take.
    pub timeout: Duration,
    /// The EHLO name for servers that are tried.
    pub ehlo: String,
    /// The proxy by which web hosts and servers are reached. DNS is asked without it.
    pub proxy: Option<Proxy>,
    /// The authority that mail servers are trusted by, a PEM file; the web is trusted as ever.
    pub ca_file: Option<PathBuf>,
    /// The one certificate of a mail server that is trusted, by SHA-256.
    pub pin: Option<String>,
}

/// How far a search looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Presets and the domain table: no network at all.
    Offline,
    /// DNS, and the hosts of the domain and of its mail hoster.
    #[default]
    Domain,
    /// The same, and Mozilla's database, which learns the domain: only at a person's request.
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
    /// Common host names that turned out to answer.
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
    /// Where it was found: a record's name, a link, an MX host. Safe for a terminal.
    pub found_at: Option<String>,
    /// Key of the preset that knows more.
    pub provider: Option<String>,
    /// Submission servers, best first.
    pub smtp: Vec<Server>,
    /// IMAP servers, best first.
    pub imap: Vec<Endpoint>,
    /// How the login name is made.
    pub username: LoginName,
    /// What a person has to agree to first.
    pub consents: Vec<Consent>,
    /// What to know about it.
    pub warnings: Vec<Phrase>,
}

impl Proposal {
    /// Whether one of its submission servers passed.
    pub fn is_confirmed(&self) -> bool {
        self.smtp.iter().any(|server| matches!(server.check, ServerCheck::Passed(_)))
    }

    /// The server to use: the first that passed, else the first.
    pub fn best(&self) -> Option<&Server> {
        let passed = self.smtp.iter().find(|server| matches!(server.check, ServerCheck::Passed(_)));
        passed.or_else(|| self.smtp.first())
    }
}

/// A proposed submission server.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Where it listens.
    pub endpoint: Endpoint,
    /// Whether it answers.
    pub check: ServerCheck,
}

impl From<Endpoint> for Server {
    fn from(endpoint: Endpoint) -> Self {
        Self { endpoint, check: ServerCheck::Unchecked }
    }
}

/// The outcome of an attempt up to TLS.
#[derive(Debug, Clone, PartialEq)]
pub enum ServerCheck {
    /// Not tried, or not finished in time.
    Unchecked,
    /// It passed; what EHLO offered.
    Passed(Capabilities),
    /// It failed, with the evidence.
    Failed(Box<Evidence>),
}

impl ServerCheck {
    /// What an attempt up to TLS comes to.
    fn of(report: Report) -> Self {
        let offered = || {
            report.steps.iter().rev().find_map(|step| match &step.learned {
                Some(Learned::Offered { capabilities, .. }) => Some(capabilities.clone()),
                _ => None,
            })
        };
        match report.evidence {
            None => Self::Passed(offered().unwrap_or_default()),
            Some(evidence) if evidence.fault == ProbeFault::Cancelled => Self::Unchecked,
            Some(evidence) => Self::Failed(Box::new(evidence)),
        }
    }

    /// The word that JSON uses.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::Passed(_) => "passed",
            Self::Failed(_) => "failed",
        }
    }
}

/// Why a proposal needs a person's consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consent {
    /// It names a host outside the address's domain (RFC 6186, 6): a forged answer would get the password.
    ForeignHost,
    /// It came over plain HTTP, which anybody on the way can change.
    PlainHttp,
    /// Its server has no TLS: the password would be readable on the way.
    Plaintext,
}

impl Consent {
    /// Whether the server that is proposed may be a stranger's: then it is nobody's default, a person names it.
    pub const fn is_of_a_stranger(self) -> bool {
        matches!(self, Self::ForeignHost | Self::PlainHttp)
    }

    /// The word that JSON uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ForeignHost => "foreign_host",
            Self::PlainHttp => "plain_http",
            Self::Plaintext => "plaintext",
        }
    }
}

/// The result of a search, or its state so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discovery {
    /// Proposals, best first.
    pub proposals: Vec<Proposal>,
    /// What is wrong with the domain.
    pub fault: Option<DomainFault>,
    /// The name of the filter that takes the domain's mail before its hoster.
    pub gateway: Option<String>,
    /// What else is worth telling a person.
    pub notes: Vec<Phrase>,
    /// Whether the search is over.
    pub finished: bool,
}

impl Discovery {
    /// The proposal to use.
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
    /// It declares that it takes no mail (RFC 7505).
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

    /// Whether the same search may find something later.
    pub const fn is_temporary(self) -> bool {
        matches!(self, Self::Broken | Self::NoResolver)
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
