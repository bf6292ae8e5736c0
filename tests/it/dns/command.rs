//! `mailsetup dns` against a real DNS server.

use crate::{
    discover::names::NameServer,
    support::sandbox::{Output, Sandbox},
};

pub(super) const SOA: &str = "@ 60 IN SOA ns hostmaster 1 60 60 60 60\n@ 60 IN NS ns\n";

fn world() -> NameServer {
    let example = "@ 60 IN MX 10 mx1.mail.ovh.net.\n@ 60 IN TXT \"v=spf1 ip4:192.0.2.9 \" \"~all\"\n\
        _dmarc 60 IN TXT \"v=DMARC1; p=none\"\n";
    let fine = "@ 60 IN MX 10 mx1.mail.ovh.net.\n@ 60 IN TXT \"v=spf1 include:mx.ovh.com ~all\"\n\
        _dmarc 60 IN CNAME policy.example.test.\n";
    let policy = "policy 60 IN TXT \"v=DMARC1; p=none\"\n";
    NameServer::start(vec![
        // Above a domain nobody has a policy.
        ("test.", SOA.to_owned()),
        ("example.test.", format!("{SOA}{example}{policy}")),
        ("fine.test.", format!("{SOA}{fine}")),
        ("xn--bcher-kva.test.", format!("{SOA}{fine}")),
        ("ovh.com.", format!("{SOA}mx 60 IN TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n")),
    ])
}

pub(super) fn dns(server: &NameServer, arguments: &[&str]) -> Output {
    let at = server.address.to_string();
    Sandbox::new().mailsetup(["dns", "--nameserver", at.as_str()].iter().chain(arguments)).run()
}

#[test]
fn a_missing_include_is_shown_ready_to_paste() {
    let server = world();
    let record = "v=spf1 ip4:192.0.2.9 include:mx.ovh.com ~all";
    let said = dns(&server, &["example.test"]).code(1).stdout;
    assert!(said.contains(&format!("@  TXT  {record}\n")), "{said}");
    assert!(said.contains("OVHcloud MX Plan"), "{said}");
    let document = dns(&server, &["--json", "ops@example.test", "--provider", "ovh"]).code(1).json();
    assert_eq!((&document["provider"], &document["envelope"]), (&"ovh".into(), &"sender".into()));
    assert_eq!(document["spf"]["add"]["value"], record);
    assert_eq!(document["spf"]["record"], "v=spf1 ip4:192.0.2.9 ~all");
    assert_eq!(document["dmarc"]["policy"], "none");
    for (lang, words) in [("fr", "L’enregistrement ne couvre pas OVHcloud"), ("de", "Der Eintrag deckt OVHcloud")] {
        let said = dns(&server, &["--lang", lang, "example.test"]).code(1).stdout;
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn what_is_right_is_fine_also_under_a_name_of_another_script() {
    let server = world();
    let document = dns(&server, &["--json", "bücher.test"]).code(0).json();
    assert_eq!((&document["domain"], &document["passes"]), (&"xn--bcher-kva.test".into(), &serde_json::json!(["spf"])));
    dns(&server, &["fine.test"]).code(0);
}

#[test]
fn no_answer_is_no_missing_record() {
    for server in [NameServer::failing(2), NameServer::failing(5)] {
        let document = dns(&server, &["--json", "example.test", "--provider", "ovh"]).code(75).json();
        for part in ["spf", "dmarc"] {
            assert_eq!((&document[part]["state"], &document[part]["add"]), (&"unknown".into(), &serde_json::Value::Null));
        }
    }
    dns(&NameServer::silent(), &["example.test", "--provider", "ovh", "--timeout", "0.5"]).code(75);
}

#[test]
fn every_command_that_asks_dns_asks_the_one_that_was_named() {
    let server = NameServer::start(vec![(
        "example.test.",
        format!("{SOA}@ 60 IN MX 10 mx1.mail.ovh.net.\nmail 60 IN A 127.0.0.1\n"),
    )]);
    let (at, demo) = (server.address.to_string(), mailsetup::demo::Demo::start().unwrap());
    let port = demo.tls_port().to_string();
    let sandbox = Sandbox::new();
    let run = |words: &[&str]| {
        let named = [words, &["--nameserver", &at, "--json"]].concat();
        sandbox.mailsetup(named).env_remove("MAILSETUP_OFFLINE").run()
    };
    assert_eq!(run(&["detect", "ops@example.test"]).json()["provider"], "ovh");
    assert_eq!(run(&["probe", &format!("mail.example.test:{port}")]).json()["addresses"], serde_json::json!(["127.0.0.1"]));
    let set_up = ["ops@example.test", "--host", "mail.example.test", "--port", &port, "--security", "tls", "--yes"];
    let set_up = [&set_up[..], &["--password-env", "HOME"]].concat();
    // The demo shows a certificate for localhost: the name was found.
    let tested = run(&[&set_up[..], &["--test", "connect"]].concat()).code(76).json();
    assert_eq!(tested["stages"][0]["state"], "passed", "{tested}");
    assert!(tested["equivalent"].as_str().unwrap().contains(&format!("--nameserver={at}")), "{tested}");
    run(&[&set_up[..], &["--test", "none"]].concat()).code(0);
    let checked = run(&["check"]).code(76).json();
    assert_eq!(checked["stages"][0]["state"], "passed", "{checked}");
    // Where nobody can be asked, nothing is looked up elsewhere.
    let silent = NameServer::failing(2);
    let nobody = sandbox.mailsetup(["check", "--json", "--nameserver", &silent.address.to_string()]).run().json();
    assert_eq!(nobody["stages"][0]["state"], "failed", "{nobody}");
    for words in [&["detect", "ops@example.test"][..], &["probe", "mail.example.test"], &["check"], &["dns", "example.test"]]
    {
        let refused = sandbox.mailsetup(words).env("MAILSETUP_NAMESERVER", "soon").run().code(64).stderr;
        assert!(refused.contains("MAILSETUP_NAMESERVER"), "{words:?}: {refused}");
    }
}

#[test]
fn what_cannot_be_understood_is_named() {
    let server = world();
    assert!(dns(&server, &["example.test", "--provider", "nobody"]).code(64).stderr.contains("nobody"));
    assert!(dns(&server, &["@example.test"]).code(65).stderr.contains("@example.test"));
    let run = Sandbox::new().mailsetup(["dns", "example.test", "--nameserver", "soon"]).run().code(64);
    assert!(run.stderr.contains("soon"), "{}", run.stderr);
}

#[test]
fn the_dns_host_is_known_by_its_name_servers() {
    let ns = "@ 60 IN SOA ns hostmaster 1 60 60 60 60\n";
    let zone = |servers: &[&str]| {
        let servers: String = servers.iter().map(|server| format!("@ 60 IN NS {server}.\n")).collect();
        format!("{ns}{servers}@ 60 IN TXT \"v=spf1 -all\"\n@ 60 IN MX 10 mx1.mail.ovh.net.\n")
    };
    let server = NameServer::start(vec![
        ("test.", SOA.to_owned()),
        ("aws.test.", zone(&["ns-1.awsdns-00.com", "ns-700.awsdns-23.net"])),
        ("cf.test.", zone(&["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"])),
        ("he.test.", zone(&["ns1.he.net"])),
        ("ovh.com.", format!("{SOA}mx 60 IN TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n")),
    ]);
    let value = "v=spf1 include:mx.ovh.com -all";
    for (domain, said, record) in [
        ("aws.test", "Amazon Route 53", format!("  (leave empty)  TXT  \"{value}\"\n")),
        ("cf.test", "https://dash.cloudflare.com/", format!("  @       TXT  {value}\n")),
        ("web.cf.test", "Cloudflare", "  _dmarc.web  TXT  v=DMARC1; p=none\n".to_owned()),
        ("he.test", "Hurricane Electric", format!("  he.test         TXT  {value}\n")),
    ] {
        let run = dns(&server, &[domain, "--provider", "ovh"]).code(1);
        assert!(run.stdout.contains(said) && run.stdout.contains(&record), "{domain}: {}", run.stdout);
    }
    let document = dns(&server, &["cf.test", "--json", "--provider", "ovh"]).code(1).json();
    assert_eq!((&document["zone"]["host"], &document["zone"]["name"]), (&"cloudflare".into(), &"cf.test".into()));
    assert_eq!(
        (&document["spf"]["add"]["relative"], &document["spf"]["add"]["replaces"]),
        (&"".into(), &"v=spf1 -all".into())
    );
    assert_eq!(document["dmarc"]["add"]["relative"], "_dmarc");
    assert!(document["wait"].as_u64().is_some_and(|seconds| (1..=60).contains(&seconds)), "{document}");
    let said = dns(&server, &["--lang", "fr", "cf.test", "--provider", "ovh"]).code(1).stdout;
    assert!(said.contains("Ajouter un enregistrement"), "{said}");
}

#[test]
fn answers_of_a_private_network_prove_nothing_missing() {
    let server = NameServer::start(vec![
        ("test.", SOA.to_owned()),
        ("corp.test.", "@ 60 IN SOA dc1 hostmaster 1 60 60 60 60\n@ 60 IN NS dc1\ndc1 60 IN A 10.0.0.5\n".to_owned()),
        ("half.test.", format!("{SOA}ns 60 IN A 192.0.2.53\n@ 60 IN MX 10 mail\nmail 60 IN A 192.168.1.9\n")),
        ("ovh.com.", format!("{SOA}mx 60 IN TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n")),
    ]);
    let run = dns(&server, &["corp.test", "--json", "--provider", "ovh"]).code(75).json();
    for part in ["spf", "dmarc"] {
        assert_eq!((&run[part]["state"], &run[part]["add"]), (&"unknown".into(), &serde_json::Value::Null), "{run}");
    }
    assert!(run["notes"][0].as_str().unwrap().contains("corp.test have private addresses"), "{run}");
    let run = dns(&server, &["half.test", "--json", "--provider", "ovh"]).code(1).json();
    assert!(run["notes"].to_string().contains("mail.half.test has a private address here (192.168.1.9)"), "{run}");
}
