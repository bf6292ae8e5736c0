//! Words of presets that the schema cannot hold to a list: each fault has its file, its line and the nearest right word.
//!
//! Checked are a person's own files, when they are read, and every built-in file, by a test. What only the rooms above know
//! (stages, answers, templates) is checked there: `diagnose::check_cause`, `plan::check_target`.

use super::{EgressFacts, Gateways, Lang, PresetFault, PresetSource, Provider, Target, Words};
use crate::mail::{Mechanism, host::parse_host};

/// What a host of a provider may hold in braces.
const HOST_PARTS: [&str; 4] = ["domain", "mx", "region", "server"];

/// What a step of a provider may hold in braces.
const STEP_PARTS: [&str; 1] = ["url"];

/// Mechanisms that consumers can do and mailsetup does not speak.
const OTHER_MECHANISMS: [&str; 5] = ["digest-md5", "gssapi", "ntlm", "external", "xoauth"];

/// What is wrong with a provider's words; `senders` are the names of all providers and families.
pub(super) fn provider(provider: &Provider, senders: &[&str]) -> Vec<PresetFault> {
    let source = &provider.source;
    let mut faults = Vec::new();
    for (name, servers) in [("smtp", &provider.smtp), ("alternatives", &provider.alternatives)] {
        for (at, server) in servers.iter().enumerate() {
            let path = format!("{name}.{at}.host");
            faults.extend(unknown_parts(source, &path, &server.host, &HOST_PARTS));
            let host = HOST_PARTS.iter().fold(server.host.clone(), |host, part| host.replace(&format!("{{{part}}}"), "x.y"));
            if !host.contains('{') && parse_host(&host).is_err() {
                faults.push(source.fault_at(&path, format!("`{}` is not a host name", server.host)));
            }
        }
    }
    for (at, family) in provider.families.iter().enumerate().filter(|(_, family)| !senders.contains(&family.as_str())) {
        faults.push(source.unknown_at(&format!("families.{at}"), "family", family, senders.iter().copied()));
    }
    let sasl = provider.oauth.iter().flat_map(|oauth| &oauth.sasl).map(|word| ("oauth.sasl", word));
    for (path, name) in provider.auth.iter().map(|word| ("auth", word)).chain(sasl) {
        // Servers offer more mechanisms than mailsetup speaks (RFC 4422, 3.1: upper case, digits, hyphen, underscore).
        if name.is_empty() || !name.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || b"-_".contains(&c)) {
            let names = Mechanism::ALL.map(Mechanism::sasl_name);
            let known = names.iter().copied().find(|known| known.eq_ignore_ascii_case(name));
            let fault = source.fault_at(path, format!("`{name}` is not the SASL name of a mechanism"));
            faults.push(PresetFault { nearest: known.map(str::to_owned), ..fault });
        }
    }
    for (lang, words) in provider.words.iter() {
        // What a language lacks is the English one's.
        let steps =
            words.steps.iter().enumerate().filter(|_| lang == Lang::EN || words.steps != provider.words.get(Lang::EN).steps);
        faults.extend(steps.flat_map(|(at, step)| unknown_parts(source, &format!("{lang}.steps.{at}"), step, &STEP_PARTS)));
    }
    faults
}

/// What is wrong with a target's words that have no type; `targets` are the keys of all targets.
pub(super) fn target(target: &Target, targets: &[&str]) -> Vec<PresetFault> {
    let source = &target.source;
    let mut faults = Vec::new();
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
    faults
}

/// What is wrong with a client's words; `known` are the faults that they can report.
pub(super) fn words(words: &Words, known: &[&str]) -> Vec<PresetFault> {
    let source = &words.source;
    let unknown = words.words.keys().filter(|fault| !known.contains(&fault.as_str()));
    unknown.map(|fault| source.unknown_at(&format!("words.{fault}"), "fault", fault, known.iter().copied())).collect()
}

/// What is wrong with the words of what blocks mail.
pub(super) fn egress(egress: &EgressFacts, source: &PresetSource) -> Vec<PresetFault> {
    let hosts = egress.hosts.iter().enumerate().filter(|(_, known)| parse_host(&known.host).is_err());
    hosts
        .map(|(at, known)| source.fault_at(&format!("hosts.{at}"), format!("`{}` is not a host name", known.host)))
        .collect()
}

/// What is wrong with the words of gateways.
pub(super) fn gateways(gateways: &Gateways, source: &PresetSource) -> Vec<PresetFault> {
    let mut faults = Vec::new();
    for (place, gateway) in gateways.all.iter().enumerate() {
        let wrong = gateway.mx.iter().enumerate().filter(|(_, suffix)| parse_host(suffix).is_err());
        faults.extend(wrong.map(|(at, suffix)| {
            source.fault_at(&format!("gateway.{place}.mx.{at}"), format!("`{suffix}` is not a host name"))
        }));
    }
    faults
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
    use crate::presets::{Catalog, Provider, Target, parse};

    #[test]
    fn every_built_in_file_has_known_words() {
        let catalog = Catalog::builtin();
        let senders: Vec<&str> = catalog.marks().map(|marks| marks.name).collect();
        let targets: Vec<&str> = catalog.target_keys().collect();
        let faults = catalog.providers().flat_map(|it| provider(it, &senders));
        let faults: Vec<_> = faults.chain(catalog.targets().flat_map(|it| target(it, &targets))).collect();
        assert_eq!(faults, []);
        let source = PresetSource::default();
        assert_eq!(egress(catalog.egress(), &source), []);
        assert_eq!(gateways(catalog.gateways(), &source), []);
    }

    /// Reads a preset from a text as from a file.
    fn read<T: serde::de::DeserializeOwned>(text: &str) -> (T, PresetSource) {
        (parse("x.toml", text).unwrap(), PresetSource { file: "x.toml".into(), text: text.to_owned().into() })
    }

    /// Lines and nearest words of faults.
    fn places(faults: &[PresetFault]) -> Vec<(usize, Option<&str>)> {
        faults.iter().map(|fault| (fault.line.unwrap(), fault.nearest.as_deref())).collect()
    }

    #[test]
    fn a_wrong_word_of_a_provider_has_its_line_and_the_nearest() {
        let text = "name = 'X'
category = 'relay'
checked = '2026-11'
families = ['gogle']
auth = ['plain']
smtp = [
  { host = 'smtp.{regoin}.test', port = 465, security = 'tls' },
  { host = 'smtp test', port = 465, security = 'tls' },
]
[en]
summary = 'x'
steps = ['a',
  'open {ulr}']
[fr]
summary = 'x'
";
        let (read, source) = read::<Provider>(text);
        let faults = provider(&Provider { source, ..read }, &["google", "microsoft"]);
        let expected = [(7, Some("region")), (8, None), (4, Some("google")), (5, Some("PLAIN")), (13, Some("url"))];
        assert_eq!(places(&faults), expected, "{faults:?}");
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
        let faults = target(&Target { source, ..read }, &["msmtp", "ssmtp"]);
        let line = |begin: &str| text.lines().position(|line| line.starts_with(begin)).unwrap() + 1;
        assert_eq!(places(&faults), [(line("auth = ["), Some("login")), (line("instead = "), Some("msmtp"))], "{faults:?}");
    }

    #[test]
    fn an_unknown_fault_of_a_client_is_named() {
        let text = "name = 'X'\nchecked = '2026-11'\nsources = []\n[words]\nrefusd = ['no']\n";
        let (read, source) = read::<Words>(text);
        let faults = words(&Words { source, ..read }, &["refused", "closed"]);
        assert_eq!(places(&faults), [(5, Some("refused"))]);
    }
}
