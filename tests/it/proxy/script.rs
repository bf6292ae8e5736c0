//! `--proxy` as a script gives it: kept in the profile, written where the consumer reads it, refused where it cannot.

use std::{fs, net::TcpListener, os::fd::AsFd as _, path::Path, thread};

use mailsetup::demo::Demo;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use serde_json::{Value, json};

use crate::support::{
    bed::{Bed, left_out},
    proxy::{Manner, Proxy},
    sandbox::{Run, Sandbox},
};

/// The relay's name, which nobody but the proxy knows.
const RELAY: &str = "relay.far.invalid";

/// A sandbox, a relay in it, and the certificate of that relay.
struct Place {
    sandbox: Sandbox,
    demo: Demo,
    pin: String,
    proxy: Proxy,
}

impl Place {
    fn new() -> Self {
        let sandbox = Sandbox::new().env("MAILSETUP_EHLO", "web1.example.com");
        let demo = Demo::start().unwrap();
        sandbox.write("home/ca.pem", demo.ca_pem());
        sandbox.write("home/pw", format!("{}\n", demo.password()));
        let at = format!("localhost:{}", demo.tls_port());
        let found = sandbox.mailsetup(["probe", &at, "--ca-file", "ca.pem", "--json"]).run().code(0).json();
        let pin = found["doors"][0]["tls"]["certificate"]["sha256"].as_str().unwrap().to_owned();
        Self { sandbox, demo, pin, proxy: Proxy::start(Manner::Through, &[RELAY]) }
    }

    /// The words of a set-up with the relay.
    fn words(&self, more: &[&str]) -> Vec<String> {
        let port = self.demo.tls_port().to_string();
        let words = [self.demo.user(), "--host", RELAY, "--port", &port, "--security", "tls", "--pin-sha256", &self.pin];
        let rest = ["--password-file", "pw", "--json", "--yes"];
        words.iter().chain(&rest).chain(more).map(|word| (*word).to_owned()).collect()
    }

    fn set_up(&self, proxy: &str, more: &[&str]) -> Run {
        self.sandbox.mailsetup(self.words(&[&["--proxy", proxy, "--timeout", "20"], more].concat()))
    }

    fn profile(&self) -> String {
        self.sandbox.read("home/.config/mailsetup/profiles/default.toml")
    }
}

fn steps(document: &Value) -> String {
    document["diagnosis"]["steps"].to_string()
}

#[test]
fn a_set_up_goes_through_it_and_so_does_every_later_test() {
    let place = Place::new();
    let url = place.proxy.url("socks5");
    let out = place.set_up(&url, &["--target", "msmtp"]).run().code(0).json();
    assert_eq!((&out["ok"], &out["smtp"]["proxy"]), (&json!(true), &json!(url)), "{out}");
    assert!(out["equivalent"].as_str().unwrap().contains(&format!("--proxy {url}")), "{out}");
    assert!(place.profile().contains(&format!("proxy = \"{url}\"")), "{}", place.profile());
    let rc = place.sandbox.read("home/.msmtprc");
    let address = place.proxy.address;
    assert!(rc.contains(&format!("proxy_host {}\nproxy_port {}\n", address.ip(), address.port())), "{rc}");
    if Path::new("/usr/bin/msmtp").exists() {
        let proof = &out["proofs"][0];
        assert_eq!((&proof["by"], &proof["sent"]), (&json!("msmtp"), &json!(true)), "{out}");
    } else {
        left_out("msmtp sends through the proxy: it is not installed");
    }
    let before = place.proxy.asked().len();
    let check = place.sandbox.mailsetup(["check", "--json"]).run().code(0).json();
    assert_eq!(check["smtp"]["proxy"], json!(url), "{check}");
    assert!(place.proxy.asked().len() > before, "{:?}", place.proxy.asked());
    let again = place.set_up(&url, &["--target", "msmtp"]).run().code(0).json();
    assert_eq!(again["changed"], false, "{again}");
    // It is taken out again; the relay is not reached without it, which is what is wanted here.
    let gone = place.set_up("none", &["--target", "msmtp", "--force"]).run().code(0).json();
    assert_eq!(gone["smtp"]["proxy"], Value::Null, "{gone}");
    assert!(!place.profile().contains("proxy =") && !place.sandbox.read("home/.msmtprc").contains("proxy_"));
}

#[test]
fn who_cannot_use_it_is_refused_with_who_can() {
    let place = Place::new();
    let url = place.proxy.url("socks5");
    let set_up = |proxy: &str| {
        let server = [place.demo.user(), "--host", RELAY, "--port", "465", "--security", "tls", "--password-file", "pw"];
        let rest = ["--proxy", proxy, "--target", "dotenv", "--test", "none", "--json", "--yes"];
        place.sandbox.mailsetup([&server[..], &rest].concat())
    };
    let out = set_up(&url).run().code(78).json();
    let error = &out["error"];
    assert!(error["message"].as_str().unwrap().contains("cannot use a socks5 proxy"), "{error}");
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains("msmtp") && hint.contains("--proxy none"), "{error}");
    assert!(!place.sandbox.path("home/.env").exists());
    set_up("none").run().code(0);
    assert!(place.sandbox.path("home/.env").exists());
}

#[test]
fn a_login_in_it_is_refused_and_shown_nowhere() {
    let place = Place::new();
    for url in ["http://ops:s3cret@127.0.0.1:3128", "https://127.0.0.1:3128", "http://127.0.0.1"] {
        let out = place.set_up(url, &["--target", "msmtp"]).run().code(64);
        assert!(out.stdout.contains("--proxy") || out.stderr.contains("--proxy"), "{} {}", out.stdout, out.stderr);
        assert!(!out.stdout.contains("s3cret") && !out.stderr.contains("s3cret"), "{} {}", out.stdout, out.stderr);
    }
}

#[test]
fn a_probe_and_an_answers_file_have_it_as_well() {
    let place = Place::new();
    for kind in ["socks5", "http"] {
        let at = format!("{RELAY}:{}", place.demo.tls_port());
        let words = ["probe", &at, "--ca-file", "ca.pem", "--proxy", &place.proxy.url(kind), "--json"];
        let found = place.sandbox.mailsetup(words).run().json();
        assert_eq!(found["doors"][0]["tls"]["certificate"]["sha256"], json!(place.pin), "{found}");
        assert_eq!(found["addresses"], json!([]), "{found}");
    }
    let url = place.proxy.url("http");
    place.sandbox.write("home/answers.toml", format!("proxy = \"{url}\"\n"));
    let out = place.sandbox.mailsetup(place.words(&["--test", "login", "--answers", "answers.toml"])).run().code(0).json();
    assert_eq!(out["smtp"]["proxy"], json!(url), "{out}");
    let away = place.sandbox.mailsetup(place.words(&["--test", "login"])).env("MAILSETUP_PROXY", &url);
    assert_eq!(away.run().code(0).json()["smtp"]["proxy"], json!(url));
}

#[test]
fn a_proxy_of_the_usual_variables_is_proposed_and_never_taken() {
    let place = Place::new();
    let url = place.proxy.url("http");
    let set_up = || place.sandbox.mailsetup(place.words(&["--test", "login", "--timeout", "5"]));
    let without = set_up().run().code(68).json();
    assert_eq!(without["diagnosis"]["cause"], "dns_failure", "{without}");
    let out = set_up().env("HTTPS_PROXY", format!("{url}/")).run().code(68).json();
    assert_eq!(out["diagnosis"]["cause"], "proxy", "{out}");
    assert_eq!(out["diagnosis"]["change"], json!({"proxy": url}), "{out}");
    assert!(steps(&out).contains(&format!("--proxy {url}")), "{out}");
    assert!(!out["diagnosis"].to_string().contains("Hetzner"), "{out}");
    assert_eq!(place.proxy.asked(), [""; 0]);
    let excepted = set_up().env("ALL_PROXY", &url).env("no_proxy", ".far.invalid").run().code(68).json();
    assert_eq!(excepted["diagnosis"]["cause"], "dns_failure", "{excepted}");
    let secret = set_up().env("http_proxy", "http://ops:s3cret@127.0.0.1:1").run().code(68);
    assert!(!secret.stdout.contains("s3cret") && !secret.stderr.contains("s3cret"), "{} {}", secret.stdout, secret.stderr);
    let secret = secret.json();
    assert!(steps(&secret).contains("--proxy socks5://HOST:PORT"), "{secret}");
    assert_eq!(secret["diagnosis"]["change"], Value::Null, "{secret}");
}

/// A network with nothing but loopback and a proxy in it, which is outside as well.
#[test]
fn mail_leaves_a_network_whose_only_way_out_is_the_proxy() {
    if !rustix::process::geteuid().is_root() {
        left_out("a network whose only way out is a proxy: it needs root");
        return;
    }
    let place = Place::new();
    let (_kept, file) = Bed::network();
    let namespace = fs::File::open(&file).unwrap();
    let inside = thread::spawn(move || {
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        TcpListener::bind("127.0.0.1:0").unwrap()
    });
    let proxy = Proxy::on(inside.join().unwrap(), Manner::Through, &[RELAY]);
    let url = proxy.url("socks5");
    let run = |more: &[&str]| {
        let words = place.words(&[&["--target", "msmtp", "--timeout", "20"], more].concat());
        let enter = [format!("--net={}", file.display()), "mailsetup".to_owned()];
        place.sandbox.program("nsenter", enter.into_iter().chain(words))
    };
    let lost = run(&[]).env("ALL_PROXY", &url).run().json();
    assert_eq!((&lost["ok"], &lost["diagnosis"]["cause"]), (&json!(false), &json!("proxy")), "{lost}");
    assert_eq!(lost["diagnosis"]["change"], json!({"proxy": url}), "{lost}");
    assert_eq!(proxy.asked(), [""; 0]);
    let out = run(&["--proxy", &url]).run().code(0).json();
    assert_eq!(out["proofs"][0]["sent"], true, "{out}");
    assert!(proxy.asked().len() >= 2, "{:?}", proxy.asked());
}
