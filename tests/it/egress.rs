//! Nobody answers: what else is tried, what is said, what is proposed, and the report of it. On loopback alone.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use mailsetup::{
    demo::{self, Demo, DemoFault},
    mail::{Endpoint, Security},
    plan::Scope,
    presets::{Catalog, Lang, egress::WellKnown},
    probe::{Cancel, Goal, Report, SystemResolver, egress::Tried},
    runner::{EgressTargets, Runner},
    setup::{AttemptKind, ConnectSpec, Outcome, Work},
};
use serde_json::{Value, json};
use socket2::{Domain, SockAddr, Socket, Type};

use crate::support::sandbox::{Output, Sandbox};

/// The server that others are compared with.
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
/// A server that is dead.
const DEAD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 4);

/// A port that swallows what comes, as behind a firewall: nobody takes from its full queue.
struct Plugged {
    _sockets: Vec<Socket>,
    port: u16,
}

fn plug(address: Ipv4Addr, port: u16) -> Plugged {
    let socket = || Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let listener = socket();
    listener.bind(&SockAddr::from(SocketAddr::from((address, port)))).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let port = address.as_socket().unwrap().port();
    let mut sockets = vec![listener];
    sockets.extend((0..4).map(|_| {
        let filler = socket();
        filler.set_nonblocking(true).unwrap();
        // It goes on in the background.
        let _ = filler.connect(&address);
        filler
    }));
    Plugged { _sockets: sockets, port }
}

/// A place with a provider whose servers are the demo's, and with what is known of blocked ports replaced.
struct Place {
    sandbox: Sandbox,
    demo: Demo,
}

impl Place {
    fn new(second: Option<(Ipv4Addr, &[u16])>) -> Self {
        let (sandbox, demo) = (Sandbox::new(), Demo::start().unwrap());
        let server = |port, security| json!({"host": "localhost", "port": port, "security": security}).to_string();
        let toml = |json: String| json.replace("\":", "\"=");
        let provider = format!(
            "name = 'Lab'\ncategory = 'hosting'\nchecked = '2026-11'\nsmtp = [{}, {}]\n[en]\nsummary = 'x'\n[fr]\nsummary = 'x'\n",
            toml(server(demo.tls_port(), "tls")),
            toml(server(demo.starttls_port(), "starttls")),
        );
        sandbox.write("home/.config/mailsetup/providers/lab.toml", provider);
        let place = Self { sandbox, demo };
        place.known(second);
        place.sandbox.write("ca.pem", place.demo.ca_pem());
        place.sandbox.write("password", place.demo.password());
        place
    }

    /// Replaces what is known of blocked ports.
    fn known(&self, second: Option<(Ipv4Addr, &[u16])>) {
        let hosts = second.map(|(host, ports)| format!("{{ host = \"{host}\", ports = {ports:?} }}")).unwrap_or_default();
        let hoster = "[[hoster]]\nname = 'Plughost'\nports = [PORT]\nchecked = '2026-11'\nen = 'x'\nfr = 'x'\n"
            .replace("PORT", &self.demo.tls_port().to_string());
        let known = format!("checked = '2026-11'\nports = []\nhosts = [{hosts}]\n{hoster}");
        self.sandbox.write("home/.config/mailsetup/egress.toml", known);
    }

    /// Sets up with the provider.
    fn run(&self, more: &[&str]) -> Output {
        self.set_up(&[&["--provider", "lab"], more].concat())
    }

    fn set_up(&self, more: &[&str]) -> Output {
        let path = |name: &str| self.sandbox.path(name).display().to_string();
        let user = self.demo.user();
        let (ca, password) = (path("ca.pem"), path("password"));
        let mut words = vec![user, "--username", user, "--ca-file", &ca, "--password-file", &password];
        words.extend(["--secret-store", "file", "--ehlo", "web1.example.com", "--timeout", "1", "--json", "--yes"]);
        words.extend(more);
        self.sandbox.mailsetup(words).run()
    }
}

/// The reach of one port over IPv4, as the JSON tells it.
fn reach(document: &Value, host: &str, port: u16) -> String {
    let attempts = document["egress"].as_array().unwrap();
    let is_it = |attempt: &&Value| attempt["host"] == host && attempt["port"] == port && attempt["family"] == "IPv4";
    attempts.iter().find(is_it).unwrap_or_else(|| panic!("no {host} {port} in {attempts:?}"))["reach"].to_string()
}

#[test]
fn a_blocked_port_is_told_and_its_change_makes_the_test_pass() {
    let place = Place::new(None);
    let (tls, starttls) = (place.demo.tls_port(), place.demo.starttls_port());
    // The other server is silent on the same port and answers on another one: the network it is.
    let _plugged = plug(OTHER, tls);
    let answering = TcpListener::bind((OTHER, 0)).unwrap();
    let open = answering.local_addr().unwrap().port();
    place.known(Some((OTHER, &[tls, open])));
    place.demo.set_fault(DemoFault::BlockedPort);
    let begin = Instant::now();
    let failed = place.run(&[]).code(69);
    assert!(begin.elapsed() < Duration::from_secs(12), "{:?}", begin.elapsed());
    let document = failed.json();
    let diagnosis = &document["diagnosis"];
    assert_eq!(diagnosis["cause"], "port_blocked", "{diagnosis}");
    assert_eq!(diagnosis["change"], json!({"port": starttls, "security": "starttls"}), "{diagnosis}");
    assert_eq!(diagnosis["certain"], true);
    let title = diagnosis["title"].as_str().unwrap();
    assert_eq!(title, format!("This machine’s network blocks port {tls}; port {starttls} is open"));
    assert!(diagnosis["steps"].to_string().contains("Plughost"), "{diagnosis}");
    assert_eq!(reach(&document, "localhost", tls), "\"silent\"");
    assert_eq!(reach(&document, "localhost", starttls), "\"open\"");
    assert_eq!(reach(&document, "127.0.0.3", tls), "\"silent\"");
    assert_eq!(reach(&document, "127.0.0.3", open), "\"open\"");
    assert!(failed.stderr.contains(&format!("--port {starttls}")), "the command to run next:\n{}", failed.stderr);

    let mended = place.run(&["--port", &starttls.to_string(), "--security", "starttls"]).code(0).json();
    assert_eq!((&mended["ok"], &mended["egress"]), (&json!(true), &Value::Null));
    assert!(place.demo.wait_arrival(1, Instant::now() + Duration::from_secs(10)).is_some());
}

#[test]
fn the_server_keeps_its_port_closed_when_the_same_port_of_another_one_answers() {
    let place = Place::new(None);
    let _same = TcpListener::bind((OTHER, place.demo.tls_port())).unwrap();
    place.known(Some((OTHER, &[place.demo.tls_port()])));
    place.demo.set_fault(DemoFault::BlockedPort);
    let document = place.run(&["--lang", "fr"]).code(69).json();
    let diagnosis = &document["diagnosis"];
    assert_eq!((&diagnosis["cause"], &diagnosis["certain"]), (&json!("port_blocked"), &json!(true)));
    assert_eq!(diagnosis["change"]["port"], place.demo.starttls_port());
    assert!(diagnosis["meaning"].as_str().unwrap().contains("localhost le garde fermé"), "{diagnosis}");
}

/// A custom server, `127.0.0.4`, that gives no answer on `port`.
fn dead(place: &Place, port: u16) -> Value {
    let port = port.to_string();
    place.set_up(&["--provider", "custom", "--host", "127.0.0.4", "--port", &port, "--security", "tls"]).json()
}

#[test]
fn a_dead_server_a_network_that_blocks_and_no_network_are_told_apart() {
    let place = Place::new(None);
    let silent = plug(DEAD, 0);
    let port = silent.port;
    let answering = TcpListener::bind((OTHER, 0)).unwrap();
    let open = answering.local_addr().unwrap().port();
    let cause = |document: &Value| document["diagnosis"]["cause"].as_str().unwrap().to_owned();

    place.known(Some((OTHER, &[open])));
    let down = dead(&place, port);
    assert_eq!(cause(&down), "wrong_host_or_port", "{down}");
    assert_eq!(down["diagnosis"]["title"], "127.0.0.4 answers on no mail port");
    assert_eq!(down["diagnosis"]["change"], Value::Null);

    let same = plug(OTHER, port);
    place.known(Some((OTHER, &[port, open])));
    let blocked = dead(&place, port);
    assert_eq!(cause(&blocked), "port_blocked", "{blocked}");
    assert_eq!(blocked["diagnosis"]["change"], Value::Null, "nothing that is closed is proposed");

    place.known(Some((OTHER, &[port])));
    let nothing = dead(&place, port);
    assert_eq!(cause(&nothing), "network_unreachable", "{nothing}");
    assert_eq!(nothing["diagnosis"]["certain"], false);
    drop(same);

    // A server on this machine is compared with none elsewhere: what is built in is left alone.
    fs::remove_file(place.sandbox.path("home/.config/mailsetup/egress.toml")).unwrap();
    let alone = dead(&place, port);
    assert_eq!(cause(&alone), "port_blocked", "{alone}");
    let hosts: Vec<_> = alone["egress"].as_array().unwrap().iter().map(|attempt| &attempt["host"]).collect();
    assert!(hosts.iter().all(|host| **host == "127.0.0.4"), "{hosts:?}");
    assert_eq!(hosts.len(), 10, "the chosen port and four others over both families");
}

#[test]
fn a_report_is_written_once_for_its_owner_and_holds_no_secret() {
    let place = Place::new(None);
    place.demo.set_fault(DemoFault::BlockedPort);
    let file = place.sandbox.path("home/report.txt").display().to_string();
    let first = place.run(&["--report", &file]).code(69).json();
    assert_eq!(first["report"], json!(file));
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    for part in ["Settings\n", "FAILED  Connect", "Which ports answer", "Diagnosis: port_blocked", "What was said", "Linux"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains(place.demo.password()), "{text}");

    // The second one, of a test that went through and logged in, takes another name and says so.
    place.demo.set_fault(DemoFault::None);
    let again = place.run(&["--report", &file, "--lang", "fr"]).code(0);
    let second = place.sandbox.path("home/report-2.txt");
    assert_eq!(again.json()["report"], json!(second.display().to_string()));
    assert!(again.stderr.contains("report-2.txt"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(&file).unwrap(), text, "the first one stays");
    let text = fs::read_to_string(&second).unwrap();
    assert!(text.contains("Réglages\n") && text.contains("> AUTH PLAIN ***"), "{text}");
    assert!(!text.contains(place.demo.password()) && !text.contains("Which ports"), "{text}");

    // The same for a check of what was saved.
    place.demo.set_fault(DemoFault::BlockedPort);
    let third = place.sandbox.path("home/check.txt").display().to_string();
    let check = place.sandbox.mailsetup(["check", "--json", "--timeout", "1", "--report", &third]).run().code(69).json();
    assert_eq!((&check["report"], &check["diagnosis"]["cause"]), (&json!(third), &json!("port_blocked")));
    assert_eq!(reach(&check, "localhost", place.demo.starttls_port()), "\"open\"");
    let text = fs::read_to_string(&third).unwrap();
    assert!(text.contains("Which ports answer") && text.contains("(profile)"), "{text}");

    // A folder that is not there is said before anything is tried.
    let none = place.sandbox.path("home/none/report.txt").display().to_string();
    let out = place.run(&["--report", &none]).code(73);
    assert!(out.json()["error"]["message"].is_string() && out.stderr.contains("none"), "{}", out.stderr);
}

/// A runner on nothing but loopback, and a connection to the demo's TLS port.
fn demo_runner(demo: &Demo, egress: EgressTargets) -> (Runner, ConnectSpec) {
    let runner = Runner {
        catalog: Arc::new(Catalog::builtin().with_provider(demo::provider(demo))),
        lang: Lang::EN,
        places: Arc::new(|_: Scope| panic!("an attempt needs no places")),
        net: Arc::new(mailsetup::discover::Net::system),
        resolver: Arc::new(SystemResolver),
        egress,
        own_stores_only: true,
        lock_limit: mailsetup::host::LOCK_LIMIT,
        domain: Arc::new(|_| None),
        oauth: crate::support::web::oauth_way(),
        last_plan: Arc::default(),
    };
    let spec = ConnectSpec {
        endpoint: Endpoint { host: "localhost".into(), port: demo.tls_port(), security: Security::Tls },
        provider: Some("demo".into()),
        goal: Goal::Connect,
        ehlo: "web1.example.com".into(),
        login: None,
        tries_programs: false,
        message: None,
        arrival: None,
        ca_file: None::<PathBuf>,
        pin: None,
        client: None,
        proxy: None,
        had_starttls: false,
        allow_plaintext: false,
        timeout: Duration::from_millis(500),
    };
    (runner, spec)
}

fn ports(tried: &Tried) -> Vec<u16> {
    let mut ports: Vec<u16> = tried.attempts.iter().map(|attempt| attempt.port).collect();
    ports.dedup();
    ports
}

#[test]
fn a_demo_tries_its_own_ports_and_nothing_else() {
    let demo = Demo::start().unwrap();
    demo.set_fault(DemoFault::BlockedPort);
    let (runner, spec) = demo_runner(&demo, EgressTargets::default());
    for work in [Work::Probe(Box::new(spec.clone())), Work::Test(Box::new(spec))] {
        let report: Report = match runner.run(work, &mut |_| {}) {
            Outcome::Probed(report) | Outcome::Tested(report, _) => report,
            other => panic!("{other:?}"),
        };
        let found = report.evidence.unwrap().egress.unwrap();
        assert_eq!(ports(&found.chosen), [demo.tls_port(), demo.starttls_port()]);
        assert!(found.chosen.is_silent(demo.tls_port()) && found.chosen.is_open(demo.starttls_port()));
        assert!(found.second.is_none() && found.hoster.is_none());
    }
}

#[test]
fn looking_around_is_for_silence_alone_and_ends_with_the_climb() {
    let demo = Demo::start().unwrap();
    let second = WellKnown { host: OTHER.to_string(), ports: vec![demo.tls_port()] };
    let targets = EgressTargets { hosts: vec![second], hoster: Some("Hetzner".into()), ..EgressTargets::default() };
    let (runner, mut spec) = demo_runner(&demo, targets);
    let attempt = |spec: &ConnectSpec, cancel: &Cancel| runner.attempt(spec, None, AttemptKind::Test, cancel, &mut |_| {});
    // The demo's authority is not trusted here: a certificate is no silence.
    let refused = attempt(&spec, &Cancel::default()).evidence.unwrap();
    assert_eq!((refused.fault.name(), &refused.egress), ("cert_unknown_issuer", &None));

    demo.set_fault(DemoFault::BlockedPort);
    let found = attempt(&spec, &Cancel::default()).evidence.unwrap().egress.unwrap();
    assert_eq!(found.hoster.as_deref(), Some("Hetzner"));
    assert_eq!(found.second.map(|second| second.host), Some(OTHER.to_string()));

    spec.timeout = Duration::from_secs(60);
    let cancel = Cancel::default();
    let begin = Instant::now();
    cancel.cancel();
    let stopped = attempt(&spec, &cancel).evidence.unwrap();
    assert_eq!((stopped.fault.name(), stopped.egress), ("cancelled", None));
    assert!(begin.elapsed() < Duration::from_secs(20));
}
