//! The presets' README: it lists every field that a file can have.

use std::fs;

use mailsetup::presets::{
    DnsHost, EgressFacts, Family, Gateways, Lang, Provider, Receiver, Words, cause::Cause, parse, target::Target,
};

/// The fields that serde expects where `source` has the unknown key `zzzz`; of the languages English alone.
fn fields<T: serde::de::DeserializeOwned>(source: &str) -> Vec<String> {
    let fault = parse::<T>("sample.toml", source).err().unwrap();
    let cause = fault.cause.to_string();
    let (_, expected) = cause.split_once("expected").unwrap_or_else(|| panic!("{source}: {cause}"));
    let other = |field: &str| Lang::builtin().any(|lang| lang != Lang::EN && lang.as_str() == field);
    expected.split('`').skip(1).step_by(2).filter(|field| !other(field)).map(str::to_owned).collect()
}

#[test]
fn the_readme_lists_every_field() {
    let readme = fs::read_to_string(super::folder().join("../README.md")).unwrap();
    let section = |heading: &str| {
        let (_, rest) = readme.split_once(&format!("\n## {heading}\n")).unwrap();
        rest.split("\n## ").next().unwrap().to_owned()
    };
    let check = |heading: &str, prefix: &str, expected: Vec<String>| {
        let rows = section(heading);
        assert!(!expected.is_empty(), "{heading} {prefix}");
        for field in expected {
            let row = format!("\n| `{prefix}{field}` | ");
            assert!(rows.contains(&row), "{heading} in presets/README.md lacks {prefix}{field}");
        }
    };
    check("Providers", "", fields::<Provider>("zzzz = 1"));
    for table in ["username", "sender", "password", "oauth", "limits", "dns", "imap", "en"] {
        check("Providers", &format!("{table}."), fields::<Provider>(&format!("[{table}]\nzzzz = 1")));
    }
    check("Providers", "smtp.", fields::<Provider>("smtp = [{ zzzz = 1 }]"));
    check("Providers", "password.shape.", fields::<Provider>("password = { shape = { zzzz = 1 } }"));
    check("Families", "", fields::<Family>("zzzz = 1"));
    check("DNS hosts", "", fields::<DnsHost>("zzzz = 1"));
    check("Receivers", "", fields::<Receiver>("zzzz = 1"));
    check("Receivers", "rule.", fields::<Receiver>("[[rule]]\nzzzz = 1"));
    check("Words", "", fields::<Words>("zzzz = 1"));
    check("Targets", "", fields::<Target>("zzzz = 1"));
    check("Targets", "file.", fields::<Target>("[[file]]\nzzzz = 1"));
    check("Targets", "ask.", fields::<Target>("[ask]\nzzzz = 1"));
    check("Targets", "read.", fields::<Target>("[read]\nzzzz = 1"));
    check("Targets", "import.", fields::<Target>("[import]\nzzzz = 1"));
    check("Targets", "run.", fields::<Target>("[[run]]\nzzzz = 1"));
    check("Targets", "send.", fields::<Target>("[send]\nzzzz = 1"));
    check("Targets", "send.queue.", fields::<Target>("[send.queue]\nzzzz = 1"));
    check("Targets", "en.", fields::<Target>("[en]\nzzzz = 1"));
    check("Egress", "", fields::<EgressFacts>("zzzz = 1"));
    check("Egress", "hosts.", fields::<EgressFacts>("hosts = [{ zzzz = 1 }]"));
    check("Egress", "hoster.", fields::<EgressFacts>("[[hoster]]\nzzzz = 1"));
    check("Gateways", "", fields::<Gateways>("zzzz = 1"));
    check("Gateways", "gateway.", fields::<Gateways>("[[gateway]]\nzzzz = 1"));
    check("Causes", "", fields::<Cause>("zzzz = 1"));
    check("Causes", "match.", fields::<Cause>("[[match]]\nzzzz = 1"));
    check("Causes", "en.", fields::<Cause>("[en]\nzzzz = 1"));
}
