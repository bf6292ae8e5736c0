//! Every cause, by an attempt that really fails so, and every change, by a second attempt that passes with it.

mod arrival;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    sync::Mutex,
    thread,
    time::{Duration, SystemTime},
};

use mailsetup::{
    diagnose::{Diagnosis, Doctor},
    mail::{Endpoint, Protocol, Secret, Security, host::parse_host, profile::Sender},
    presets::{Catalog, Lang, Provider},
    probe::{
        Attempt, Cancel, DnsFault, Goal, Login, MessageSpec, Report, Resolve, ServerTrust, Stage, attempt, test_message,
    },
    setup::Field,
};
use socket2::{Domain, Socket, Type};

use crate::support::{
    arrivals::arrivals,
    pki::{self, HOST, Identity},
    plug::Plug,
    server::Server,
    story::{self, Manner, Place, Resolved, Scene, Story},
};

/// The address to which a packet never gets beyond this machine: loopback's own broadcast address takes no connection.
const NO_ROUTE: Ipv4Addr = Ipv4Addr::new(127, 255, 255, 255);

/// Every name leads to the story's server, unless the story says otherwise.
struct Table {
    address: IpAddr,
    instead: Option<Resolved>,
}

impl Resolve for Table {
    fn resolve(&self, host: &str, _timeout: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        if parse_host(host).is_err() || host.trim() != host {
            return Err(DnsFault::NotFound);
        }
        match self.instead {
            Some(Resolved::NotFound) => Err(DnsFault::NotFound),
            Some(Resolved::NoAddress) => Err(DnsFault::NoAddress),
            Some(Resolved::Unavailable) => Err(DnsFault::Unavailable),
            Some(Resolved::NoRoute) => Ok(vec![NO_ROUTE.into()]),
            None => Ok(vec![self.address]),
        }
    }
}

/// Where a scene takes place.
enum Stand {
    Server(Server),
    Plug {
        _plug: Plug,
    },
    /// A port that is taken and refuses connections.
    Held {
        _socket: Socket,
    },
}

/// A story made ready: its servers are up.
struct Ready {
    address: IpAddr,
    ports: [u16; 2],
    leaf: String,
    stands: Vec<Stand>,
}

/// A port of the scene on this address; `None` where this machine does not give that port to us.
fn bind(address: IpAddr, scene: &Scene) -> Option<TcpListener> {
    match TcpListener::bind((address, scene.port.unwrap_or(0))) {
        Ok(listener) => Some(listener),
        Err(error) if scene.port.is_some() => {
            let kinds = [ErrorKind::PermissionDenied, ErrorKind::AddrInUse, ErrorKind::AddrNotAvailable];
            assert!(kinds.contains(&error.kind()), "{error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Takes a port without listening on it, so that nobody else does.
fn held(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&address.into()).unwrap();
    socket
}

fn host_of(story: &Story) -> String {
    story.climb.host.clone().unwrap_or_else(|| HOST.to_owned())
}

fn identity(story: &Story, scene: &Scene) -> Identity {
    let host = host_of(story);
    let host = if parse_host(&host).is_ok_and(|parsed| parsed == host) { host } else { HOST.to_owned() };
    Identity::of(scene.certificate, scene.certificate_host.as_deref().unwrap_or(&host))
}

/// Brings the servers up; `None` where this machine does not give us the provider's own ports.
fn set(story: &Story, place: usize) -> Option<Ready> {
    let number = u8::try_from(place % 250).unwrap();
    let own = IpAddr::V4(Ipv4Addr::new(127, 77, number, 25));
    let address = host_of(story).parse().unwrap_or(own);
    let moves = story.expect.change.contains_key("port");
    let first = bind(address, &story.first)?;
    let mut ports = [first.local_addr().unwrap().port(); 2];
    let mut stands = Vec::new();
    let shown = identity(story, &story.first);
    let mut scenes = vec![story.first.play()];
    match &story.second {
        Some(scene) if moves => {
            let second = bind(address, scene)?;
            ports[1] = second.local_addr().unwrap().port();
            let server = Server::play(second, &identity(story, scene), None, vec![scene.play()]);
            stands.push(Stand::Server(server));
        }
        Some(scene) => scenes.push(scene.play()),
        None => {}
    }
    let server = match story.first.mode {
        Manner::Refused => {
            let address = first.local_addr().unwrap();
            drop(first);
            Stand::Held { _socket: held(address) }
        }
        Manner::Plugged => Stand::Plug { _plug: Plug::new(first) },
        _ => Stand::Server(Server::play(first, &shown, None, scenes)),
    };
    let leaf = shown.fingerprint().iter().map(|byte| format!("{byte:02x}")).collect();
    stands.insert(0, server);
    Some(Ready { address, ports, leaf, stands })
}

/// The story's made-up provider.
fn carrier(story: &Story, ports: [u16; 2]) -> Option<Provider> {
    if story.servers.is_empty() {
        return None;
    }
    let server = |(place, security): &(Place, String)| {
        let port = if *place == Place::First { ports[0] } else { ports[1] };
        format!("[[smtp]]\nhost = '{HOST}'\nport = {port}\nsecurity = '{security}'\n")
    };
    let servers: String = story.servers.iter().map(server).collect();
    let text = format!(
        "name = 'Carrier'\ncategory = 'relay'\nchecked = '2026-11'\n{servers}[en]\nsummary = 'x'\n[fr]\nsummary = 'x'\n"
    );
    let mut provider: Provider = toml::from_str(&text).unwrap();
    provider.key = "carrier".into();
    Some(provider)
}

fn begin(story: &Story, ports: [u16; 2]) -> Attempt {
    let start = &story.climb;
    let message = test_message(&MessageSpec {
        sender: Sender {
            name: "Ops".parse().ok(),
            ..Sender::new(start.from.as_deref().unwrap_or("ops@example.test").parse().unwrap())
        },
        to: "dest@example.net".parse().unwrap(),
        host: "web1.example.test".into(),
        when: SystemTime::now(),
        subject: "Test".into(),
        token: "K7QWERTY23456ABC".into(),
        body: "One line\n".into(),
    });
    let usual = match story.first.mode {
        Manner::Implicit | Manner::Plugged | Manner::Refused => Security::Tls,
        Manner::Starttls => Security::Starttls,
        Manner::Plain => Security::None,
    };
    let login = Login {
        auth: start.auth.as_deref().unwrap_or("auto").parse().unwrap(),
        username: start.username.clone().unwrap_or_else(|| "ops@example.test".into()),
        secret: Secret::new("s3cret pass".into()),
    };
    Attempt {
        endpoint: Endpoint {
            host: host_of(story).replace("{second}", &ports[1].to_string()),
            port: ports[0],
            security: start.security.as_deref().map_or(usual, |security| security.parse().unwrap()),
        },
        protocol: Protocol::Smtp,
        provider: story.provider.clone(),
        goal: match start.goal.as_deref() {
            Some("connect") => Goal::Connect,
            Some("login") => Goal::Login,
            _ => Goal::Send,
        },
        ehlo: start.ehlo.clone().unwrap_or_else(|| "web1.example.test".into()),
        login: (start.login != Some(false)).then_some(login),
        others: Vec::new(),
        message: Some(message.unwrap()),
        trust: ServerTrust { ca_pem: Some(pki::ca_pem()), pin: start.wrong_pin.then_some([7; 32]) },
        client: None,
        proxy: None,
        had_starttls: start.had_starttls,
        allow_plaintext: true,
        timeout: Duration::from_millis(start.timeout_ms.unwrap_or(8000)),
    }
}

/// Applies a change as the conversation would.
fn apply(attempt: &mut Attempt, change: &BTreeMap<String, String>) {
    for (key, value) in change {
        match key.as_str() {
            "host" => attempt.endpoint.host.clone_from(value),
            "port" => attempt.endpoint.port = value.parse().unwrap(),
            "security" => attempt.endpoint.security = value.parse().unwrap(),
            "auth" => attempt.login.as_mut().unwrap().auth = value.parse().unwrap(),
            "username" => attempt.login.as_mut().unwrap().username.clone_from(value),
            "ehlo" => attempt.ehlo.clone_from(value),
            "address" => attempt.message.as_mut().unwrap().from = value.parse().unwrap(),
            "pin_sha256" => {
                let byte = |at: usize| u8::from_str_radix(&value[2 * at..2 * at + 2], 16).unwrap();
                attempt.trust.pin = Some(std::array::from_fn(byte));
            }
            other => panic!("no such answer: {other}"),
        }
    }
}

/// Everything of a diagnosis that a person reads.
fn words(diagnosis: &Diagnosis) -> String {
    let mut words = vec![diagnosis.title.clone(), diagnosis.meaning.clone()];
    words.extend(diagnosis.steps.iter().chain(&diagnosis.links).chain(&diagnosis.fix).cloned());
    words.extend(diagnosis.others.iter().flat_map(|other| [other.title.clone(), other.tell.clone()]));
    words.join("\n")
}

/// Plays one story; returns what is not as it should be. `None` where this machine cannot play it.
fn play(story: &Story, place: usize, builtin: &[Doctor<'_>]) -> Option<Vec<String>> {
    let ready = set(story, place)?;
    let catalog = carrier(story, ready.ports).map(|carrier| Catalog::builtin().with_provider(carrier));
    let table = Table { address: ready.address, instead: story.climb.resolve };
    let run = |data: &Attempt| attempt(data, &table, &Cancel::default(), &mut |_| {});
    let mut data = begin(story, ready.ports);
    let report = run(&data);
    let mut wrong = Vec::new();
    match &report.evidence {
        None => wrong.push("the first attempt passed".to_owned()),
        Some(evidence) => {
            let said: Vec<_> = match &catalog {
                None => builtin.iter().map(|doctor| doctor.diagnose(evidence)).collect(),
                Some(catalog) => Lang::builtin().map(|lang| Doctor::new(catalog, lang).diagnose(evidence)).collect(),
            };
            // English comes first.
            let diagnosis = said[0].clone();
            wrong.extend(differences(story, &report, &diagnosis, &ready));
            for text in said.iter().map(words) {
                if text.contains(['{', '}']) || text.lines().any(str::is_empty) {
                    wrong.push(format!("words with a hole: {text}"));
                }
            }
            if wrong.is_empty() && !diagnosis.change.is_empty() {
                apply(&mut data, &diagnosis.change);
                data.timeout = Duration::from_secs(8);
                let mended = run(&data);
                if !mended.passed() {
                    wrong.push(format!("with {:?}: {:?}", diagnosis.change, mended.evidence));
                }
            }
            if !wrong.is_empty() {
                wrong.push(format!("evidence: {evidence:?}"));
                wrong.push(format!("diagnosis: {diagnosis:#?}"));
            }
        }
    }
    for stand in ready.stands {
        if let Stand::Server(server) = stand {
            let seen = server.finish_all();
            // A client that refuses what it is offered leaves by QUIT.
            let astray = |line: &&String| !line.starts_with("got \"QUIT\"");
            let astray: Vec<_> = seen.iter().filter_map(|seen| seen.unexpected.as_ref()).filter(astray).collect();
            if wrong.is_empty() && !astray.is_empty() {
                wrong.push(format!("leaving the script: {astray:?}"));
            }
        }
    }
    Some(wrong)
}

/// What the story says and the diagnosis does not.
fn differences(story: &Story, report: &Report, diagnosis: &Diagnosis, ready: &Ready) -> Vec<String> {
    let expect = &story.expect;
    let mut wrong = Vec::new();
    let mut same = |what: &str, is: String, should: String| {
        if is != should {
            wrong.push(format!("{what} is {is}, should be {should}"));
        }
    };
    same("cause", diagnosis.cause.clone(), expect.cause.clone());
    same("stage", report.failed_stage().map_or("none", Stage::as_str).to_owned(), expect.stage.clone());
    let fill = |value: &String| value.replace("{second}", &ready.ports[1].to_string()).replace("{leaf}", &ready.leaf);
    let change: BTreeMap<String, String> = expect.change.iter().map(|(key, value)| (key.clone(), fill(value))).collect();
    same("change", format!("{:?}", diagnosis.change), format!("{change:?}"));
    same("ask", format!("{:?}", diagnosis.ask), format!("{:?}", expect.ask));
    same("fix", diagnosis.fix.is_some().to_string(), (!change.is_empty()).to_string());
    same("certain", diagnosis.is_certain().to_string(), (!expect.guess.unwrap_or(false)).to_string());
    same("second", story.second.is_some().to_string(), (!change.is_empty()).to_string());
    for key in diagnosis.change.keys().chain(&diagnosis.ask) {
        same(key, Field::of_key(key).is_some().to_string(), "true".to_owned());
    }
    let text = words(diagnosis);
    for part in &expect.says {
        if !text.contains(part.as_str()) {
            wrong.push(format!("nothing says {part:?}"));
        }
    }
    for other in &expect.others {
        if !diagnosis.others.iter().any(|known| known.cause == *other) {
            wrong.push(format!("{other} is not among the alternatives"));
        }
    }
    wrong
}

#[test]
fn every_cause_is_reached_and_every_change_mends() {
    let stories = story::all();
    let (queue, wrong) = (Mutex::new(stories.iter().enumerate()), Mutex::new(Vec::new()));
    let left_out = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                // Causes take a while to be made ready: once a thread.
                let builtin = Catalog::builtin();
                let doctors: Vec<_> = Lang::builtin().map(|lang| Doctor::new(&builtin, lang)).collect();
                loop {
                    let Some((place, story)) = queue.lock().unwrap().next() else { return };
                    match play(story, place, &doctors) {
                        None => left_out.lock().unwrap().push(story.name.as_str()),
                        Some(differences) if differences.is_empty() => {}
                        Some(differences) => {
                            let text = differences.join("\n  ");
                            wrong.lock().unwrap().push(format!("{}: {}\n  {text}", story.name, story.about));
                        }
                    }
                }
            });
        }
    });
    let (wrong, left_out) = (wrong.into_inner().unwrap(), left_out.into_inner().unwrap());
    assert!(wrong.is_empty(), "{} of {} stories\n\n{}", wrong.len(), stories.len(), wrong.join("\n\n"));
    assert!(
        stories.iter().filter(|story| left_out.contains(&story.name.as_str())).all(|story| {
            [Some(&story.first), story.second.as_ref()].into_iter().flatten().any(|scene| scene.port.is_some())
        }),
        "{left_out:?}"
    );
}

#[test]
fn no_cause_is_without_a_story_or_samples() {
    let catalog = Catalog::builtin();
    let mut told: BTreeSet<String> =
        story::all().into_iter().filter(|story| story.first.port.is_none()).map(|story| story.expect.cause).collect();
    told.extend(arrivals().into_iter().map(|arrival| arrival.cause));
    let untold = catalog.causes().filter(|cause| !told.contains(&cause.label) && cause.samples.is_empty());
    let missing: Vec<&str> = untold.map(|cause| cause.label.as_str()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_answer_that_a_cause_names_is_one() {
    for cause in Catalog::builtin().causes() {
        let asked = cause.variants.iter().filter_map(|variant| variant.ask.as_ref()).chain(&cause.ask);
        for key in asked.chain(cause.change.keys()) {
            assert!(Field::of_key(key).is_some(), "{}: {key}", cause.label);
        }
    }
}
