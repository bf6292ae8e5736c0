//! DNS through hickory-resolver, whose async runtime has its own thread.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{OnceLock, mpsc},
    thread,
    time::{Duration, Instant},
};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts},
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::{
        op::ResponseCode,
        rr::{Name, RData, Record, RecordType},
    },
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{DnsClient, Mx, NameFault, Srv};
use crate::{
    dns::{DnsKind, DnsLookup, DnsQuestion, DnsRecord, LookupFault},
    mail::endpoint::is_loopback,
    probe::{Cancel, DnsFault, Resolve, SystemResolver},
};

/// How long to wait for a name server before asking again.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Most records that are taken from an answer.
const MOST: usize = 64;

/// Name servers: those of this machine, or a given one. Nothing is read or asked before the first question.
pub struct NameServers {
    only: Option<SocketAddr>,
    questions: OnceLock<Option<UnboundedSender<AskedName>>>,
}

type DnsAnswer = Result<Vec<Record>, NameFault>;

struct AskedName {
    name: Name,
    kind: RecordType,
    answer: mpsc::Sender<Option<DnsAnswer>>,
}

/// A question under way.
struct PendingAnswer {
    /// Sends the answer, or `None` to stop waiting.
    wake: mpsc::Sender<Option<DnsAnswer>>,
    answer: mpsc::Receiver<Option<DnsAnswer>>,
}

impl PendingAnswer {
    fn wait(&self, until: Instant) -> DnsAnswer {
        let left = until.saturating_duration_since(Instant::now());
        self.answer.recv_timeout(left).ok().flatten().unwrap_or(Err(NameFault::NoResolver))
    }
}

impl NameServers {
    /// Those of `/etc/resolv.conf`.
    pub const fn system() -> Self {
        Self { only: None, questions: OnceLock::new() }
    }

    /// This one alone.
    pub const fn at(server: SocketAddr) -> Self {
        Self { only: Some(server), questions: OnceLock::new() }
    }

    fn start(&self) -> Option<UnboundedSender<AskedName>> {
        let (sender, questions) = unbounded_channel();
        let only = self.only;
        let begun = thread::Builder::new().name("dns".into()).spawn(move || serve(only, questions));
        begun.is_ok().then_some(sender)
    }

    fn ask(&self, name: &str, kind: RecordType) -> Result<PendingAnswer, NameFault> {
        // A name that DNS cannot represent does not exist.
        let mut name = Name::from_ascii(name).map_err(|_| NameFault::NotFound)?;
        // The resolver's search list does not apply.
        name.set_fqdn(true);
        let (wake, answer) = mpsc::channel();
        let questions = self.questions.get_or_init(|| self.start()).as_ref().ok_or(NameFault::NoResolver)?;
        questions.send(AskedName { name, kind, answer: wake.clone() }).map_err(|_| NameFault::NoResolver)?;
        Ok(PendingAnswer { wake, answer })
    }

    fn lookup(&self, name: &str, kind: RecordType, until: Instant, cancel: &Cancel) -> DnsAnswer {
        let asked = self.ask(name, kind)?;
        let wake = asked.wake.clone();
        let _watch = cancel.watch(move || drop(wake.send(None)));
        asked.wait(until)
    }
}

impl DnsClient for NameServers {
    fn mx(&self, domain: &str, until: Instant, cancel: &Cancel) -> Result<Vec<Mx>, NameFault> {
        let records = self.lookup(domain, RecordType::MX, until, cancel)?;
        let record = |record: Record| match record.data {
            RData::MX(mx) => Some(Mx { preference: mx.preference, host: plain(&mx.exchange) }),
            _ => None,
        };
        Ok(records.into_iter().filter_map(record).collect())
    }

    fn srv(&self, name: &str, until: Instant, cancel: &Cancel) -> Result<Vec<Srv>, NameFault> {
        let records = self.lookup(name, RecordType::SRV, until, cancel)?;
        let record = |record: Record| match record.data {
            RData::SRV(srv) => {
                Some(Srv { priority: srv.priority, weight: srv.weight, port: srv.port, host: plain(&srv.target) })
            }
            _ => None,
        };
        Ok(records.into_iter().filter_map(record).collect())
    }

    fn addresses(&self, host: &str, until: Instant, cancel: &Cancel) -> Result<Vec<IpAddr>, NameFault> {
        // Ask both questions before waiting for an answer.
        let asked = [self.ask(host, RecordType::AAAA)?, self.ask(host, RecordType::A)?];
        let wakes: Vec<_> = asked.iter().map(|asked| asked.wake.clone()).collect();
        let _watch = cancel.watch(move || wakes.iter().for_each(|wake| drop(wake.send(None))));
        let mut found = Vec::new();
        let mut fault = Some(NameFault::NoResolver);
        for asked in &asked {
            match asked.wait(until) {
                Ok(records) => {
                    fault = None;
                    found.extend(records.into_iter().filter_map(|record| record.data.ip_addr()));
                }
                Err(why) => fault = fault.map(|_| why),
            }
        }
        fault.map_or(Ok(found), Err)
    }
}

impl Resolve for NameServers {
    fn resolve(&self, host: &str, timeout: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        self.resolve_until(host, timeout, &Cancel::default())
    }

    /// This machine's own names are no question for a name server (RFC 6761, 6.3).
    fn resolve_until(&self, host: &str, timeout: Duration, cancel: &Cancel) -> Result<Vec<IpAddr>, DnsFault> {
        if host.parse::<IpAddr>().is_ok() || is_loopback(host) {
            return SystemResolver.resolve_until(host, timeout, cancel);
        }
        let host = idna::domain_to_ascii(host).map_err(|_| DnsFault::NotFound)?;
        match self.addresses(&host, Instant::now() + timeout, cancel) {
            Ok(found) if found.is_empty() => Err(DnsFault::NoAddress),
            Ok(found) => Ok(found),
            Err(NameFault::NotFound) => Err(DnsFault::NotFound),
            Err(NameFault::Broken | NameFault::NoResolver) => Err(DnsFault::Unavailable),
        }
    }
}

/// Name servers, asked until a moment.
pub struct TimedLookup<'a> {
    /// The name servers.
    pub servers: &'a NameServers,
    /// When to stop waiting.
    pub until: Instant,
}

impl DnsLookup for TimedLookup<'_> {
    fn records(&self, name: &str, kind: DnsKind) -> Result<Vec<DnsRecord>, LookupFault> {
        let answer = self.servers.lookup(name, record_type(kind), self.until, &Cancel::default());
        let records = answer.map_err(|fault| match fault {
            NameFault::NotFound => LookupFault::NoSuchName,
            NameFault::Broken | NameFault::NoResolver => LookupFault::Temporary,
        })?;
        // The aliases on the way are in the answer too.
        let record = |record: Record| match record.data {
            RData::A(ip) if kind == DnsKind::A => Some(DnsRecord::Address(ip.0.into())),
            RData::AAAA(ip) if kind == DnsKind::Aaaa => Some(DnsRecord::Address(ip.0.into())),
            RData::CNAME(name) if kind == DnsKind::Cname => Some(DnsRecord::Name(plain(&name))),
            RData::NS(name) if kind == DnsKind::Ns => Some(DnsRecord::Name(plain(&name))),
            RData::PTR(name) if kind == DnsKind::Ptr => Some(DnsRecord::Name(plain(&name))),
            RData::MX(mx) if kind == DnsKind::Mx => Some(DnsRecord::Mx(mx.preference, plain(&mx.exchange))),
            RData::SOA(soa) if kind == DnsKind::Soa => Some(DnsRecord::Soa(record.ttl.min(soa.minimum))),
            RData::TXT(text) if kind == DnsKind::Txt => Some(DnsRecord::Text(text.txt_data.concat())),
            _ => None,
        };
        Ok(records.into_iter().filter_map(record).collect())
    }

    /// The resolver remembers the answers; a question that has none is asked again when it is needed.
    fn expect(&self, questions: &[DnsQuestion]) {
        let asked: Vec<_> =
            questions.iter().filter_map(|(name, kind)| self.servers.ask(name, record_type(*kind)).ok()).collect();
        for asked in asked {
            drop(asked.wait(self.until));
        }
    }

    fn keeps(&self, name: &str, kind: DnsKind) -> Option<u32> {
        let records = self.servers.lookup(name, record_type(kind), self.until, &Cancel::default()).ok()?;
        records.iter().map(|record| record.ttl).min()
    }
}

const fn record_type(kind: DnsKind) -> RecordType {
    match kind {
        DnsKind::A => RecordType::A,
        DnsKind::Aaaa => RecordType::AAAA,
        DnsKind::Cname => RecordType::CNAME,
        DnsKind::Mx => RecordType::MX,
        DnsKind::Ns => RecordType::NS,
        DnsKind::Ptr => RecordType::PTR,
        DnsKind::Soa => RecordType::SOA,
        DnsKind::Txt => RecordType::TXT,
    }
}

/// A name in lower case, without its trailing dot.
fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

/// Answers questions until every sender is gone.
fn serve(only: Option<SocketAddr>, mut questions: UnboundedReceiver<AskedName>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async move {
        let Some(resolver) = resolver(only) else { return };
        while let Some(AskedName { name, kind, answer }) = questions.recv().await {
            let resolver = resolver.clone();
            tokio::spawn(async move {
                let found = resolver.lookup(name, kind).await;
                let records = found.map(|found| found.answers().iter().take(MOST).cloned().collect());
                // The receiver may be gone; ignore the error.
                drop(answer.send(Some(records.or_else(|error| fault(&error).map_or(Ok(Vec::new()), Err)))));
            });
        }
    });
}

fn resolver(only: Option<SocketAddr>) -> Option<TokioResolver> {
    let mut builder = match only {
        None => TokioResolver::builder_tokio().ok()?,
        Some(server) => {
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                connection.port = server.port();
                connection
            });
            let server = NameServerConfig::new(server.ip(), true, connections.into());
            let config = ResolverConfig::from_name_servers(vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    let options: &mut ResolverOpts = builder.options_mut();
    options.timeout = options.timeout.min(PATIENCE);
    builder.build().ok()
}

/// What an error means; `None` for a name that exists and has no such record.
fn fault(error: &NetError) -> Option<NameFault> {
    match error {
        _ if error.is_nx_domain() => Some(NameFault::NotFound),
        // hickory reports a lame referral as "no records", with an error's response code.
        NetError::Dns(DnsError::NoRecordsFound(none)) if none.response_code == ResponseCode::NoError => None,
        NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused)) => Some(NameFault::NoResolver),
        NetError::Dns(_) | NetError::Proto(_) => Some(NameFault::Broken),
        _ => Some(NameFault::NoResolver),
    }
}
