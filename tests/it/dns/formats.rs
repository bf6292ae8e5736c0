//! `dns --format`: what programs that keep zones in files take. They read it themselves where they are here.

use std::{fs, path::Path, process::Command};

use super::command::{SOA, dns};
use crate::{
    discover::names::NameServer,
    support::{
        bed::{left_out, say_left_out},
        sandbox::Sandbox,
    },
};

/// A record that is long enough to be split, another text beside it, and a macro.
fn world() -> (NameServer, String) {
    let networks: Vec<String> = (1..30).map(|at| format!("ip4:192.0.2.{at}")).collect();
    let networks = networks.join(" ");
    let (first, rest) = networks.split_at(200);
    let text = format!(
        "@ 60 IN TXT \"v=spf1 exists:%{{i}}.x.test {first}\" \"{rest} ~all\"\n@ 60 IN TXT \"kept=1; \\\"two\\\"\"\n"
    );
    let server = NameServer::start(vec![
        ("test.", SOA.to_owned()),
        ("example.test.", format!("{SOA}{text}@ 60 IN MX 10 mx1.mail.ovh.net.\n")),
        ("ovh.com.", format!("{SOA}mx 60 IN TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n")),
    ]);
    (server, format!("v=spf1 exists:%{{i}}.x.test {networks} include:mx.ovh.com ~all"))
}

fn printed(format: &str) -> (String, String) {
    let (server, spf) = world();
    (dns(&server, &["example.test", "--provider", "ovh", "--format", format]).code(1).stdout, spf)
}

/// Runs a program that is there; its output. Debian has the first alone of those that are asked.
fn run(sandbox: &Sandbox, program: &str, arguments: &[&str]) -> Option<String> {
    let found =
        std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|at| at.join(program).is_file()));
    if !found {
        if program == "named-checkzone" {
            left_out(program);
        } else {
            say_left_out(program);
        }
        return None;
    }
    let run = Command::new(program).args(arguments).current_dir(sandbox.path("")).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{program} {arguments:?}: {out}{err}");
    Some(out.into_owned())
}

#[test]
fn a_zone_file() {
    let (zone, spf) = printed("zone");
    assert!(zone.starts_with("$ORIGIN example.test.\n"), "{zone}");
    assert!(zone.contains("\n_dmarc\t3600\tIN\tTXT\t\"v=DMARC1; p=none\"\n"), "{zone}");
    let sandbox = Sandbox::new();
    sandbox.write("zone", format!("$TTL 60\n@ IN SOA ns.x.test. h.x.test. 1 60 60 60 60\n@ IN NS ns.x.test.\n{zone}"));
    let Some(said) = run(&sandbox, "named-checkzone", &["-D", "example.test", "zone"]) else { return };
    let line = said.lines().find(|line| line.contains("v=spf1")).unwrap();
    let texts: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
    assert_eq!(texts.concat(), spf);
    assert!(texts.len() == 2 && texts[0].len() == 255, "{line}");
}

#[test]
fn octodns() {
    let (yaml, spf) = printed("octodns");
    let kept = r#"    - "kept=1\\; \"two\"""#;
    assert!(yaml.contains("\n\"\":\n  ttl: 3600\n  type: TXT\n  values:\n") && yaml.contains(kept), "{yaml}");
    assert!(yaml.contains(&format!("    - \"{spf}\"\n")), "{yaml}");
    let sandbox = Sandbox::new();
    sandbox.write("zones/example.test.yaml", yaml);
    let config = "providers:\n  config:\n    class: octodns.provider.yaml.YamlProvider\n    directory: ./zones\n\
                  zones:\n  example.test.:\n    sources: [config]\n    targets: [config]\n";
    sandbox.write("config.yaml", config);
    run(&sandbox, "octodns-validate", &["--config-file", "config.yaml"]);
}

#[test]
fn dnscontrol() {
    let (script, spf) = printed("dnscontrol");
    let sandbox = Sandbox::new();
    let around = "const got = [];\nconst TXT = (name, value) => got.push([name, value]);\nconst D_EXTEND = () => 0;\n";
    sandbox.write("dns.js", format!("{around}{script}console.log(JSON.stringify(got));\n"));
    let Some(said) = run(&sandbox, "node", &["dns.js"]) else { return };
    let got: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(got, serde_json::json!([["@", spf], ["_dmarc", "v=DMARC1; p=none"]]));
}

#[test]
fn terraform() {
    let (hcl, spf) = printed("terraform");
    assert!(hcl.contains("resource \"dns_txt_record_set\" \"mail_apex\" {\n  zone = \"example.test.\"\n"), "{hcl}");
    // A macro is no expression of HCL.
    assert!(hcl.contains(&spf.replace("%{", "%%{")) && hcl.contains(r#""kept=1; \"two\"","#), "{hcl}");
    let sandbox = Sandbox::new();
    sandbox.write("dns.tf", &hcl);
    run(&sandbox, "terraform", &["fmt", "-check", "-diff", "dns.tf"]);
    assert_eq!(fs::read_to_string(Path::new(&sandbox.path("dns.tf"))).unwrap(), hcl);
}

#[test]
fn what_is_right_prints_no_record() {
    let server = NameServer::start(vec![
        ("test.", SOA.to_owned()),
        ("a.test.", format!("{SOA}@ 60 IN TXT \"v=spf1 include:mx.ovh.com -all\"\n_dmarc 60 IN TXT \"v=DMARC1; p=none\"\n")),
        ("ovh.com.", format!("{SOA}mx 60 IN TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n")),
    ]);
    for format in ["zone", "octodns", "dnscontrol", "terraform"] {
        assert_eq!(dns(&server, &["a.test", "--provider", "ovh", "--format", format]).code(0).stdout, "");
    }
    dns(&server, &["a.test", "--format", "bind"]).code(64);
}
