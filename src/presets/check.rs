//! Words of presets that the schema cannot hold to a list: each fault has its file, its line and the nearest right word.
//!
//! Checked are a person's own files, when they are read, and every built-in file, by a test. What only the rooms above know
//! (stages, answers, templates) is checked there: `diagnose::check_cause`, `plan::check_target`.

mod provider;

pub(super) use provider::provider;

use super::{
    Distribution, DnsHost, EgressFacts, Family, Gateways, PresetFault, PresetSource, Programs, Receiver, Target, Words,
    checked,
    distribution::{self, NEEDS},
};
use crate::mail::{Mechanism, host::parse_host};

/// Mechanisms that servers and consumers can do and mailsetup does not speak.
const OTHER_MECHANISMS: [&str; 12] = [
    "scram-sha-1-plus",
    "scram-sha-256-plus",
    "scram-sha-512",
    "digest-md5",
    "gssapi",
    "gs2-krb5",
    "gss-spnego",
    "kerberos_v4",
    "ntlm",
    "external",
    "anonymous",
    "xoauth",
];

/// What is wrong with a target's words that have no type; `targets` are the keys of all targets.
pub(super) fn target(target: &Target, targets: &[&str], today: &str) -> Vec<PresetFault> {
    let source = &target.source;
    let mut faults: Vec<PresetFault> = dated(source, "checked", &target.checked, today).into_iter().collect();
    let mut check = |path: &str, what: &str, word: &str, known: &[&str]| {
        if !known.contains(&word) {
            faults.push(source.unknown_at(path, what, word, known.iter().copied()));
        }
    };
    let mechanisms: Vec<&str> = Mechanism::ALL.map(Mechanism::as_str).into_iter().chain(OTHER_MECHANISMS).collect();
    for (at, mechanism) in target.auth.iter().enumerate() {
        check(&format!("auth.{at}"), "mechanism", mechanism, &mechanisms);
    }
    for (path, other) in [("through", &target.through), ("instead", &target.instead)] {
        if let Some(other) = other {
            check(path, "target", other, targets);
        }
    }
    for (ending, other) in &target.by_ending {
        check(&format!("by_ending.{ending}"), "target", other, targets);
    }
    for (at, file) in target.files.iter().enumerate() {
        for (key, other) in file.foreign.iter().filter(|(_, other)| !other.is_empty()) {
            check(&format!("file.{at}.foreign.{key}"), "target", other, targets);
        }
    }
    for (at, program) in target.used_by.iter().enumerate() {
        faults.extend(dated(source, &format!("used_by.{at}.checked"), &program.checked, today));
    }
    faults
}

/// What is wrong with a family's words.
pub(super) fn family(family: &Family, today: &str) -> Vec<PresetFault> {
    let source = &family.source;
    let wrong =
        family.hosts.iter().enumerate().filter_map(|(at, host)| wrong_host(source, &format!("hosts.{at}"), host.as_str()));
    wrong.chain(dated(source, "checked", &family.checked, today)).collect()
}

/// What is wrong with a distribution's words; `targets` are all targets. Bundles are those that a built-in file names: settings that
/// are read back are told from a person's own by them.
pub(super) fn distribution<'a>(
    distribution: &Distribution,
    targets: impl Iterator<Item = &'a Target>,
    today: &str,
) -> Vec<PresetFault> {
    let source = &distribution.source;
    let targets: Vec<&Target> = targets.collect();
    let keys: Vec<&str> = targets.iter().map(|target| target.key.as_str()).collect();
    let mut faults: Vec<PresetFault> = dated(source, "checked", &distribution.checked, today).into_iter().collect();
    let mut check = |path: &str, what: &str, word: &str, known: &[&str]| {
        if !known.contains(&word) {
            faults.push(source.unknown_at(path, what, word, known.iter().copied()));
        }
    };
    let bundles = distribution::bundles("");
    for (at, path) in distribution.bundles.iter().enumerate() {
        check(&format!("bundles.{at}"), "bundle", path, &bundles);
    }
    let installed: Vec<&str> = keys.iter().copied().chain(NEEDS).collect();
    for word in distribution.packages.keys() {
        check(&format!("packages.{word}"), "target or need", word, &installed);
    }
    for (table, words) in [("links", &distribution.links), ("services", &distribution.services)] {
        for word in words.keys() {
            check(&format!("{table}.{word}"), "target", word, &keys);
        }
    }
    for (word, paths) in &distribution.paths {
        check(&format!("paths.{word}"), "target", word, &keys);
        let target = targets.iter().find(|target| target.key == *word);
        let ids: Vec<&str> = target.iter().flat_map(|target| &target.files).map(|file| file.id.as_str()).collect();
        for id in paths.keys().filter(|_| target.is_some()) {
            check(&format!("paths.{word}.{id}"), "file", id, &ids);
        }
    }
    faults
}

/// What is wrong with a DNS host's words.
pub(super) fn dns_host(host: &DnsHost, today: &str) -> Vec<PresetFault> {
    let source = &host.source;
    let servers = host.name_servers.iter().enumerate();
    let wrong = servers.filter_map(|(at, pattern)| {
        let name = pattern.replace('*', "x");
        let is_wrong = parse_host(&name).is_err() || name != name.to_lowercase();
        is_wrong.then(|| source.fault_at(&format!("name_servers.{at}"), format!("`{pattern}` is not the name of a server")))
    });
    let page = (!host.url.starts_with("https://")).then(|| source.fault_at("url", "a page begins with https://"));
    wrong.chain(page).chain(dated(source, "checked", &host.checked, today)).collect()
}

/// What is wrong with a receiver's words.
pub(super) fn receiver(receiver: &Receiver, today: &str) -> Vec<PresetFault> {
    let source = &receiver.source;
    let hosts = receiver.hosts.iter().enumerate();
    let mut faults: Vec<PresetFault> =
        hosts.filter_map(|(at, host)| wrong_host(source, &format!("hosts.{at}"), host.as_str())).collect();
    for (at, rule) in receiver.rules.iter().enumerate() {
        faults.extend(dated(source, &format!("rule.{at}.since"), &rule.since, today));
        let refuses = rule.refuses_since.as_deref();
        faults.extend(refuses.and_then(|month| dated(source, &format!("rule.{at}.refuses_since"), month, today)));
    }
    faults.extend(dated(source, "checked", &receiver.checked, today));
    faults
}

/// What is wrong with a client's words; `known` are the faults that they can report.
pub(super) fn words(words: &Words, known: &[&str], today: &str) -> Vec<PresetFault> {
    let source = &words.source;
    let unknown = words.words.keys().filter(|fault| !known.contains(&fault.as_str()));
    let unknown = unknown.map(|fault| source.unknown_at(&format!("words.{fault}"), "fault", fault, known.iter().copied()));
    let blank = words.words.iter().filter(|(_, list)| list.iter().any(|word| word.trim().is_empty()));
    let blank = blank.map(|(fault, _)| source.fault_at(&format!("words.{fault}"), "an empty text is found in every reply"));
    unknown.chain(blank).chain(dated(source, "checked", &words.checked, today)).collect()
}

/// What is wrong with the words of what blocks mail.
pub(super) fn egress(egress: &EgressFacts, source: &PresetSource, today: &str) -> Vec<PresetFault> {
    let known = egress.hosts.iter().enumerate();
    let mut faults: Vec<_> =
        known.filter_map(|(at, known)| wrong_host(source, &format!("hosts.{at}"), known.host.as_str())).collect();
    faults.extend(dated(source, "checked", &egress.checked, today));
    let hosters = egress.hosters.iter().enumerate();
    faults.extend(hosters.filter_map(|(at, hoster)| dated(source, &format!("hoster.{at}.checked"), &hoster.checked, today)));
    faults
}

/// What is wrong with the words of gateways.
pub(super) fn gateways(gateways: &Gateways, source: &PresetSource, today: &str) -> Vec<PresetFault> {
    let mut faults = Vec::new();
    for (place, gateway) in gateways.all.iter().enumerate() {
        for (at, suffix) in gateway.mx.iter().enumerate() {
            faults.extend(wrong_host(source, &format!("gateway.{place}.mx.{at}"), suffix.as_str()));
        }
        faults.extend(dated(source, &format!("gateway.{place}.checked"), &gateway.checked, today));
    }
    faults
}

/// What is wrong with the words of programs.
pub(super) fn programs(programs: &Programs, source: &PresetSource, today: &str) -> Vec<PresetFault> {
    let all = programs.all.iter().enumerate();
    all.filter_map(|(at, program)| dated(source, &format!("program.{at}.checked"), &program.checked, today)).collect()
}

/// A date of a check that is none.
pub(super) fn dated(source: &PresetSource, path: &str, checked: &str, today: &str) -> Option<PresetFault> {
    checked::fault(checked, today).map(|cause| source.fault_at(path, cause))
}

/// A host that is none.
fn wrong_host(source: &PresetSource, path: &str, host: &str) -> Option<PresetFault> {
    parse_host(host).is_err().then(|| source.fault_at(path, format!("`{host}` is not a host name")))
}

/// Placeholders in `text` that are not known.
pub(crate) fn unknown_parts(source: &PresetSource, path: &str, text: &str, known: &[&str]) -> Vec<PresetFault> {
    let parts = text.split('{').skip(1).map(|rest| rest.split_once('}').map_or(rest, |(name, _)| name));
    let unknown = parts.filter(|name| !known.contains(name));
    unknown.map(|name| source.unknown_at(path, "placeholder", name, known.iter().copied())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::{Catalog, Target, parse};

    const TODAY: &str = "2026-11-30";

    #[test]
    fn every_built_in_file_has_known_words() {
        let catalog = Catalog::builtin();
        let senders: Vec<&str> = catalog.marks().map(|marks| marks.name).collect();
        let targets: Vec<&str> = catalog.target_keys().collect();
        let faults = catalog.providers().flat_map(|it| provider(it, &senders, TODAY));
        let faults: Vec<_> = faults.chain(catalog.targets().flat_map(|it| target(it, &targets, TODAY))).collect();
        assert_eq!(faults, []);
        let distributions = catalog.distributions().flat_map(|it| distribution(it, catalog.targets(), TODAY));
        assert_eq!(distributions.collect::<Vec<_>>(), []);
        assert_eq!(catalog.dns_hosts().flat_map(|it| dns_host(it, TODAY)).collect::<Vec<_>>(), []);
        assert_eq!(catalog.receivers().flat_map(|it| receiver(it, TODAY)).collect::<Vec<_>>(), []);
        let source = PresetSource::default();
        assert_eq!(egress(catalog.egress(), &source, TODAY), []);
        assert_eq!(gateways(catalog.gateways(), &source, TODAY), []);
        assert_eq!(programs(catalog.programs(), &source, TODAY), []);
    }

    /// Reads a preset from a text as from a file.
    fn read<T: serde::de::DeserializeOwned>(text: &str) -> (T, PresetSource) {
        (parse("x.toml", text).unwrap(), PresetSource { file: "x.toml".into(), text: text.to_owned() })
    }

    /// Lines and nearest words of faults.
    fn places(faults: &[PresetFault]) -> Vec<(usize, Option<&str>)> {
        faults.iter().map(|fault| (fault.line.unwrap(), fault.nearest.as_deref())).collect()
    }

    #[test]
    fn a_wrong_word_of_a_target_has_its_line_and_the_nearest() {
        let text = std::fs::read_to_string("presets/targets/ssmtp.toml").unwrap();
        let text = text.replacen("auth = [\"login\"", "auth = [\"lgoin\"", 1).replacen(
            "instead = \"msmtp\"",
            "instead = \"msmpt\"",
            1,
        );
        let (read, source) = read::<Target>(&text);
        let faults = target(&Target { source, ..read }, &["msmtp", "ssmtp"], TODAY);
        let line = |begin: &str| text.lines().position(|line| line.starts_with(begin)).unwrap() + 1;
        assert_eq!(places(&faults), [(line("auth = ["), Some("login")), (line("instead = "), Some("msmtp"))], "{faults:?}");
    }

    #[test]
    fn a_wrong_word_of_a_distribution_has_its_line_and_the_nearest() {
        let text = "name = 'X'\nchecked = '2026-11'\nsources = []\nids = ['x']\nbundles = ['/etc/ssl/cert.pm']\ninit = 'runit'\n\
                    install = 'x'\n[packages]\nmsmpt = 'm'\n[links]\nsasl = 'x'\n[paths.opensmtpd]\nconfig = '/x'\n";
        let (read, source) = read::<Distribution>(text);
        let catalog = Catalog::builtin();
        let faults = distribution(&Distribution { source, ..read }, catalog.targets(), TODAY);
        let named = places(&faults);
        assert_eq!(named[0], (5, Some("/etc/ssl/cert.pem")), "{faults:?}");
        assert_eq!(named[1], (9, Some("msmtp")));
        assert_eq!((named[2].0, named[3]), (11, (13, Some("conf"))));
    }

    #[test]
    fn an_unknown_fault_of_a_client_is_named() {
        let text = "name = 'X'\nchecked = '2026-11'\nsources = []\n[words]\nrefusd = ['no']\nclosed = ['']\n";
        let (read, source) = read::<Words>(text);
        let faults = words(&Words { source, ..read }, &["refused", "closed"], TODAY);
        assert_eq!(places(&faults), [(5, Some("refused")), (6, None)]);
    }
}
