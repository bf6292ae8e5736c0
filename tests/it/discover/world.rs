//! A world to search: names, pages and mail servers, put together by a test, and what a search in it found.

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use mailsetup::{
    discover::{Discovery, DnsClient, NameFault, NameServers, Net, Proposal, Reach, Search, ServerCheck, discover},
    frontend::script,
    mail::{Proxy, Security},
    presets::{Catalog, Lang, Provider, Text, parse},
    probe::{Cancel, DnsFault, Resolve, ServerTrust, SystemResolver},
    runner::{EgressTargets, Runner},
    setup::{AnswerSource, Field, Setup, SetupOptions},
};
use socket2::{Domain, Socket, Type};

use super::{
    names::{NameServer, fill},
    pages::{Page, Pages},
};
use crate::support::{
    fixture::{Mode, Step},
    pki::{Identity, Kind, ca_pem},
    plug::Plug,
    server::Server,
    setup::{facts, places},
};

/// How long a search may take where that is not the question; long enough for a busy machine.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// How a mail server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mail {
    /// TLS from the first byte.
    Tls,
    /// The same, and it takes any address (RFC 6531).
    TlsUtf8,
    /// STARTTLS.
    Starttls,
    /// No STARTTLS where it is expected.
    Plain,
    /// Its certificate is for another host.
    WrongName,
    /// Nobody answers, as behind a firewall.
    Silent,
    /// Nobody listens.
    Closed,
}

/// A world in the making.
pub(crate) struct World {
    zone: Option<String>,
    listening: Vec<(TcpListener, String, Mail)>,
    plugs: Vec<Plug>,
    /// Ports that are taken, and on which nobody listens.
    closed: Vec<Socket>,
    values: BTreeMap<String, String>,
    pages: BTreeMap<String, Page>,
    catalog: Catalog,
    guesses: Vec<(u16, Security)>,
    name_server: Option<NameServer>,
    reach: Reach,
    timeout: Duration,
    proxy: Option<Proxy>,
    /// The file of the tests' authority, where mail servers are trusted by it alone.
    ca_file: Option<PathBuf>,
    /// How many servers have to be told before the mail servers answer.
    patience: usize,
}

impl World {
    /// One in which `example.test` has the zone `tests/fixtures/zones/NAME.zone`.
    pub(crate) fn new(zone: &str) -> Self {
        Self {
            zone: Some(text("zones", &format!("{zone}.zone"))),
            listening: Vec::new(),
            plugs: Vec::new(),
            closed: Vec::new(),
            values: BTreeMap::new(),
            pages: BTreeMap::new(),
            catalog: Catalog::builtin(),
            guesses: Vec::new(),
            name_server: None,
            reach: Reach::Domain,
            timeout: LONG,
            proxy: None,
            ca_file: None,
            patience: 0,
        }
    }

    /// A mail server for a host; zones, documents and providers name its port as `{token}`.
    pub(crate) fn mail(mut self, token: &str, host: &str, mail: Mail) -> Self {
        if mail == Mail::Closed {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
            let port = socket.local_addr().unwrap().as_socket().unwrap().port();
            self.values.insert(token.to_owned(), port.to_string());
            self.closed.push(socket);
            return self;
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        self.values.insert(token.to_owned(), listener.local_addr().unwrap().port().to_string());
        match mail {
            Mail::Silent => self.plugs.push(Plug::new(listener)),
            _ => self.listening.push((listener, host.to_owned(), mail)),
        }
        self
    }

    /// Its mail servers are trusted by the authority in this file alone.
    pub(crate) fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Its mail servers let clients wait until so many servers, of both kinds, were told: what has to be seen together is.
    pub(crate) fn answer_after(mut self, told: usize) -> Self {
        self.patience = told;
        self
    }

    /// A port that guesses try.
    pub(crate) fn guess(mut self, token: &str, security: Security) -> Self {
        self.guesses.push((self.values[token].parse().unwrap(), security));
        self
    }

    /// A page for a link.
    pub(crate) fn page(mut self, link: &str, page: Page) -> Self {
        self.pages.insert(link.to_owned(), page);
        self
    }

    /// The document `tests/fixtures/autoconfig/NAME.xml` for a link.
    pub(crate) fn document(self, link: &str, name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/autoconfig").join(format!("{name}.xml"));
        let body = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // Bytes that are not UTF-8 stay as they are.
        let body: String = body.into_iter().map(char::from).collect();
        let body = fill(&body, &self.values).chars().map(|letter| u8::try_from(letter).unwrap()).collect();
        self.page(link, Page::Document(body))
    }

    /// One more provider, as lines of TOML.
    pub(crate) fn provider(mut self, key: &str, lines: &str) -> Self {
        let base = "name = 'Lab'\ncategory = 'hosting'\nchecked = '2026-11'\n";
        let source = format!("{base}{}\n[en]\nsummary = 'x'\n[fr]\nsummary = 'x'\n", fill(lines, &self.values));
        let mut provider: Provider = parse("lab.toml", &source).unwrap();
        key.clone_into(&mut provider.key);
        self.catalog = self.catalog.with_provider(provider);
        self
    }

    pub(crate) fn reach(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The proxy by which web hosts and mail servers are reached.
    pub(crate) fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Another name server than that of the zone.
    pub(crate) fn name_server(mut self, server: NameServer) -> Self {
        self.name_server = Some(server);
        self
    }

    /// Searches for the settings of an address.
    pub(crate) fn search(self, address: &str) -> Found {
        self.search_until(address, &Cancel::default())
    }

    /// What a script makes of an address alone: the conversation after its search.
    pub(crate) fn script(mut self, address: &str) -> Setup {
        let (net, _pages, _name_server) = self.net();
        let catalog = Arc::new(std::mem::replace(&mut self.catalog, Catalog::builtin()));
        let mut setup = Setup::new(
            Arc::clone(&catalog),
            Rc::new(Text::new(Lang::EN)),
            facts(),
            SetupOptions { brief: true, timeout: LONG, reach: self.reach, ..SetupOptions::default() },
        );
        setup.give(Field::Address, address, AnswerSource::Flag).unwrap();
        if let Some(path) = &self.ca_file {
            setup.give(Field::CaFile, path.to_str().unwrap(), AnswerSource::Flag).unwrap();
        }
        let runner = Runner {
            catalog,
            lang: Lang::EN,
            places: Arc::new(|scope| Ok(places(scope))),
            resolver: Arc::new(SystemResolver),
            net: Arc::new(move || net.clone()),
            egress: EgressTargets::default(),
            own_stores_only: true,
            lock_limit: mailsetup::host::LOCK_LIMIT,
            domain: Arc::new(|_| None),
            oauth: crate::support::web::oauth_way(),
            last_plan: Arc::default(),
        };
        let servers: Vec<_> = self.listening.drain(..).map(serve).collect();
        script::search(&mut setup, &runner);
        for server in servers {
            server.finish_all();
        }
        setup
    }

    /// The names and pages of this world, as a search reaches them.
    fn net(&mut self) -> (Net, Pages, NameServer) {
        let zones = || {
            let zone = |text: &Option<String>| text.as_ref().map(|text| fill(text, &self.values));
            let example = zone(&self.zone).map(|text| ("example.test.", text));
            // Few worlds have a server for the domain in it that names a port.
            let rest = (".", fill(&text("zones", "root.zone"), &self.values).replace("{tls}", "1"));
            example.into_iter().chain([rest]).collect()
        };
        let name_server = self.name_server.take().unwrap_or_else(|| NameServer::start(zones()));
        let pages = Pages::start(std::mem::take(&mut self.pages));
        let dns: Arc<dyn DnsClient> = Arc::new(NameServers::at(name_server.address));
        let net = Net {
            dns: dns.clone(),
            resolver: Arc::new(Loopback(dns)),
            web_trust: ServerTrust { ca_pem: Some(ca_pem()), pin: None },
            trust: ServerTrust { ca_pem: self.ca_file.is_none().then(ca_pem), pin: None },
            https: pages.https,
            http: pages.http,
            guesses: std::mem::take(&mut self.guesses),
        };
        (net, pages, name_server)
    }

    /// The same, stopped by `cancel`.
    pub(crate) fn search_until(mut self, address: &str, cancel: &Cancel) -> Found {
        let (net, pages, _name_server) = self.net();
        let search = Search {
            address: address.parse().unwrap(),
            reach: self.reach,
            timeout: self.timeout,
            ehlo: "web1.example.com".into(),
            proxy: self.proxy.clone(),
            ca_file: self.ca_file.clone(),
            pin: None,
        };
        let (mut servers, mut told) = (Vec::new(), Vec::new());
        let mut answer = |listening: &mut Vec<_>| servers.extend(listening.drain(..).map(serve));
        if self.patience == 0 {
            answer(&mut self.listening);
        }
        let begin = Instant::now();
        let discovery = discover(&search, &self.catalog, &net, cancel, &mut |found| {
            told.push(found.clone());
            if found.proposals.iter().map(|it| it.smtp.len() + it.imap.len()).sum::<usize>() >= self.patience {
                answer(&mut self.listening);
            }
        });
        let elapsed = begin.elapsed();
        answer(&mut self.listening);
        for server in servers {
            server.finish_all();
        }
        Found { discovery, told, elapsed, asked: pages.asked() }
    }
}

/// What a search found.
pub(crate) struct Found {
    pub(crate) discovery: Discovery,
    /// What was told on the way.
    pub(crate) told: Vec<Discovery>,
    pub(crate) elapsed: Duration,
    /// Links that were asked for.
    pub(crate) asked: Vec<String>,
}

impl Found {
    /// A line a proposal: origin, place, servers with their checks, consents.
    #[track_caller]
    pub(crate) fn is(&self, expected: &[&str]) -> &Self {
        assert!(self.discovery.finished);
        assert!(self.told.iter().all(|told| !told.finished));
        let lines: Vec<String> = self.discovery.proposals.iter().map(line).collect();
        assert_eq!(lines, expected, "notes: {:?}", self.discovery.notes);
        self
    }

    /// The notes, by name.
    #[track_caller]
    pub(crate) fn notes(&self, expected: &[&str]) -> &Self {
        let mut notes: Vec<_> = self.discovery.notes.iter().map(|note| note.id.trim_start_matches("discover-")).collect();
        notes.sort_unstable();
        assert_eq!(notes, expected, "{:?}", self.discovery.notes);
        self
    }

    pub(crate) fn best(&self) -> &Proposal {
        self.discovery.best().unwrap()
    }
}

fn line(proposal: &Proposal) -> String {
    let check = |check: &ServerCheck| match check {
        ServerCheck::Failed(evidence) => evidence.fault.name(),
        other => other.as_str(),
    };
    let server = |server: &mailsetup::discover::Server| {
        format!(" {} {} {}", server.endpoint.security, server.endpoint.host, check(&server.check))
    };
    let servers: Vec<String> = proposal.smtp.iter().map(server).collect();
    let place = proposal.found_at.as_deref().unwrap_or("-");
    let consents: String = proposal.consents.iter().map(|consent| format!(" !{}", consent.as_str())).collect();
    format!("{} {place}:{}{consents}", proposal.origin.as_str(), servers.join(","))
}

/// DNS by the world's own name server; addresses elsewhere are played by loopback.
struct Loopback(Arc<dyn DnsClient>);

impl Resolve for Loopback {
    fn resolve(&self, host: &str, timeout: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        match self.0.addresses(host, Instant::now() + timeout, &Cancel::default()) {
            Ok(found) if found.is_empty() => Err(DnsFault::NoAddress),
            Ok(_) => Ok(vec![Ipv4Addr::LOCALHOST.into()]),
            Err(NameFault::NotFound) => Err(DnsFault::NotFound),
            Err(NameFault::Broken | NameFault::NoResolver) => Err(DnsFault::Unavailable),
        }
    }
}

fn serve((listener, host, mail): (TcpListener, String, Mail)) -> Server {
    let named = if mail == Mail::WrongName { "other.test" } else { &host };
    // The same port may be tried by the names of several hosts.
    Server::play(listener, &Identity::of(Kind::Good, named), None, vec![scene(mail); 6])
}

fn scene(mail: Mail) -> (Mode, Vec<Step>) {
    let send = |text: &str| Step::Send(text.to_owned());
    let expect = |text: &str| Step::Expect(text.to_owned());
    let hello = [send("220 mail.test ESMTP\r\n"), expect("EHLO web1.example.com")];
    let offer = |more: &str| send(&format!("250-mail.test\r\n{more}250-8BITMIME\r\n250 AUTH PLAIN\r\n"));
    let (mode, rest) = match mail {
        Mail::Starttls => {
            let secure = [expect("STARTTLS"), send("220 go\r\n"), Step::Starttls, expect("EHLO")];
            (Mode::Plain, [vec![offer("250-STARTTLS\r\n")], secure.into(), vec![offer("")]].concat())
        }
        Mail::Plain => (Mode::Plain, vec![offer("")]),
        Mail::TlsUtf8 => (Mode::Implicit, vec![offer("250-SMTPUTF8\r\n")]),
        _ => (Mode::Implicit, vec![offer("")]),
    };
    (mode, [hello.into(), rest, vec![expect("QUIT"), send("221 bye\r\n")]].concat())
}

fn text(folder: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
