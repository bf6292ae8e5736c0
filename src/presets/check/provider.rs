//! What is wrong with a provider's words.

use super::{OTHER_MECHANISMS, dated, unknown_parts, wrong_host};
use crate::{
    mail::{Endpoint, Mechanism, host::parse_host},
    presets::{
        Lang, PresetFault, PresetSource, Provider,
        checked::days_between,
        nearest,
        provider::{Category, UsernameForm},
    },
};

/// What a host of a provider may hold in braces.
const HOST_PARTS: [&str; 4] = ["domain", "mx", "region", "server"];

/// What a step of a provider may hold in braces.
const STEP_PARTS: [&str; 1] = ["url"];

/// What is wrong with a provider's words; `senders` are the names of all providers and families.
pub(in crate::presets) fn provider(provider: &Provider, senders: &[&str], today: &str) -> Vec<PresetFault> {
    let source = &provider.source;
    let mut faults = servers(provider);
    for (at, family) in provider.families.iter().enumerate().filter(|(_, family)| !senders.contains(&family.as_str())) {
        faults.push(source.unknown_at(&format!("families.{at}"), "family", family, senders.iter().copied()));
    }
    for (at, domain) in provider.domains.iter().enumerate() {
        let path = format!("domains.{at}");
        if domain.chars().any(char::is_uppercase) {
            let fault = source.fault_at(&path, format!("`{domain}` is not in lower case"));
            faults.push(PresetFault { nearest: Some(domain.to_lowercase()), ..fault });
        }
        faults.extend(wrong_host(source, &path, domain.strip_prefix("*.").unwrap_or(domain)));
    }
    for (at, suffix) in provider.mx.iter().enumerate() {
        faults.extend(wrong_host(source, &format!("mx.{at}"), suffix.as_str()));
    }
    for (at, domain) in provider.hosts.iter().enumerate() {
        faults.extend(wrong_host(source, &format!("hosts.{at}"), domain.as_str()));
    }
    faults.extend(mechanisms(provider));
    faults.extend(username(provider));
    faults.extend(links(provider));
    faults.extend(tenants(provider));
    faults.extend(ends(provider));
    faults.extend(empty_lists(source));
    faults.extend(steps(provider));
    faults.extend(dated(source, "checked", &provider.checked, today));
    faults
}

/// Hosts, ports, and the regions that hosts name.
fn servers(provider: &Provider) -> Vec<PresetFault> {
    let source = &provider.source;
    let mut faults = Vec::new();
    let mut server = |path: &str, server: &Endpoint| {
        let at = format!("{path}.host");
        faults.extend(unknown_parts(source, &at, &server.host, &HOST_PARTS));
        let host = HOST_PARTS.iter().fold(server.host.clone(), |host, part| host.replace(&format!("{{{part}}}"), "x.y"));
        if !host.contains('{') && parse_host(&host).is_err() {
            faults.push(source.fault_at(&at, format!("`{}` is not a host name", server.host)));
        }
        if server.host.contains("{region}") && provider.regions.is_empty() {
            faults.push(source.fault_at(&at, "`{region}` without `regions`, which lists what it may be"));
        }
        if server.port == 0 {
            faults.push(source.fault_at(&format!("{path}.port"), "`0` is not a port: it is a number from 1 to 65535"));
        }
    };
    for (name, servers) in [("smtp", &provider.smtp), ("alternatives", &provider.alternatives)] {
        servers.iter().enumerate().for_each(|(at, it)| server(&format!("{name}.{at}"), it));
    }
    provider.imap.iter().for_each(|it| server("imap", it));
    if provider.category == Category::None && !provider.smtp.is_empty() {
        faults.push(
            source.fault_at("smtp", "servers of a provider of the category `none`, through which no program can send"),
        );
    }
    faults
}

/// SASL names. Servers offer more mechanisms than mailsetup speaks.
fn mechanisms(provider: &Provider) -> Vec<PresetFault> {
    let known: Vec<&str> = Mechanism::ALL.map(Mechanism::as_str).into_iter().chain(OTHER_MECHANISMS).collect();
    let is_known = |name: &str| known.iter().any(|known| known.to_uppercase() == name);
    let listed = provider.auth.iter().enumerate().map(|(at, name)| (format!("auth.{at}"), name));
    let sasl = provider.oauth.iter().flat_map(|oauth| oauth.sasl.iter().enumerate());
    let named = listed.chain(sasl.map(|(at, name)| (format!("oauth.sasl.{at}"), name)));
    let fault = |(path, name): (String, &String)| {
        let near = nearest(&name.to_lowercase(), known.iter().copied()).map(str::to_uppercase);
        let fault = provider.source.fault_at(&path, format!("`{name}` is not the SASL name of a mechanism"));
        PresetFault { nearest: near, ..fault }
    };
    named.filter(|(_, name)| !is_known(name)).map(fault).collect()
}

/// A word for everybody belongs to the form `fixed`, and to no other.
fn username(provider: &Provider) -> Option<PresetFault> {
    let username = &provider.username;
    let value = username.value.as_deref().filter(|value| !value.trim().is_empty());
    match (username.form, value) {
        (UsernameForm::Fixed, None) => {
            Some(provider.source.fault_at("username.form", "the form `fixed` without `value`, the word itself"))
        }
        (UsernameForm::Fixed, Some(_)) | (_, None) => None,
        (_, Some(_)) => Some(provider.source.fault_at("username.value", "`value` belongs to the form `fixed` alone")),
    }
}

/// Pages are opened by people.
fn links(provider: &Provider) -> Vec<PresetFault> {
    let oauth = provider.oauth.iter().flat_map(|oauth| {
        let device = oauth.device_url.iter().map(|url| ("oauth.device_url", url));
        let revoke = oauth.revoke_url.iter().map(|url| ("oauth.revoke_url", url));
        device.chain(revoke).chain([("oauth.auth_url", &oauth.auth_url), ("oauth.token_url", &oauth.token_url)])
    });
    let pages = provider.docs.iter().map(|url| ("docs", url));
    let pages = pages.chain(provider.password.url.iter().map(|url| ("password.url", url))).chain(oauth);
    let is_page = |url: &str| {
        url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).is_some_and(|rest| !rest.is_empty())
    };
    pages
        .filter(|(_, url)| !is_page(url) || url.contains(char::is_whitespace))
        .map(|(path, url)| {
            provider.source.fault_at(path, format!("`{url}` is not the address of a page, which begins with https://"))
        })
        .collect()
}

/// What endpoints may hold in braces.
const ENDPOINT_PARTS: [&str; 1] = ["tenant"];

/// Endpoints and their tenant.
fn tenants(provider: &Provider) -> Vec<PresetFault> {
    let (source, Some(oauth)) = (&provider.source, &provider.oauth) else { return Vec::new() };
    let urls = [
        ("auth_url", Some(&oauth.auth_url)),
        ("token_url", Some(&oauth.token_url)),
        ("device_url", oauth.device_url.as_ref()),
    ];
    let mut faults = Vec::new();
    for (name, url) in urls.into_iter().filter_map(|(name, url)| Some((name, url?))) {
        let path = format!("oauth.{name}");
        faults.extend(unknown_parts(source, &path, url, &ENDPOINT_PARTS));
        if url.contains("{tenant}") && oauth.tenant.is_none() {
            faults.push(source.fault_at(&path, "`{tenant}` without `tenant` in `oauth`, which says what stands for it"));
        }
    }
    if let Some(tenant) = &oauth.tenant {
        faults.extend(unknown_parts(source, "oauth.tenant", tenant, &["domain"]));
    }
    faults
}

/// The day on which passwords end.
fn ends(provider: &Provider) -> Option<PresetFault> {
    let day = provider.password.ends.as_ref()?;
    let fault = || provider.source.fault_at("password.ends", format!("`{day}` is not a day, such as `2026-12-31`"));
    days_between("2026-01-01", day).is_none().then(fault)
}

/// What is not there is left out: an empty list says nothing.
fn empty_lists(source: &PresetSource) -> Vec<PresetFault> {
    let lists = source.empty_lists();
    lists.iter().map(|path| source.fault_at(path, format!("the list `{path}` is empty: leave it out, or fill it"))).collect()
}

/// Steps and what they show.
fn steps(provider: &Provider) -> Vec<PresetFault> {
    let source = &provider.source;
    let english = &provider.words.get(Lang::EN).steps;
    let mut faults = Vec::new();
    for (lang, words) in provider.words.iter() {
        // What a language lacks is the English one's.
        if lang != Lang::EN && words.steps == *english {
            continue;
        }
        for (at, step) in words.steps.iter().enumerate() {
            let path = format!("{lang}.steps.{at}");
            faults.extend(unknown_parts(source, &path, step, &STEP_PARTS));
            if step.contains("{url}") && provider.password.url.is_none() {
                faults.push(source.fault_at(&path, "`{url}` without `url` in `password`, the page that it stands for"));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::parse;

    /// Lines and nearest words of the faults of a provider.
    fn places(text: &str) -> Vec<(usize, Option<String>)> {
        let source = PresetSource { file: "x.toml".into(), text: text.to_owned() };
        let faults =
            provider(&Provider { source, ..parse("x.toml", text).unwrap() }, &["google", "microsoft"], "2026-12-01");
        faults.into_iter().map(|fault| (fault.line.unwrap(), fault.nearest)).collect()
    }

    #[test]
    fn a_wrong_word_of_a_provider_has_its_line_and_the_nearest() {
        let text = "name = 'X'
category = 'relay'
checked = '2026-11'
families = ['gogle']
auth = ['plain', 'PLIAN', 'SCRAM-SHA-256-PLUS', 'XYZ']
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
        let near = |line, word: &str| (line, Some(word.to_owned()));
        let expected = [
            near(7, "region"),
            (8, None),
            near(4, "google"),
            near(5, "PLAIN"),
            near(5, "PLAIN"),
            (5, None),
            near(13, "url"),
        ];
        assert_eq!(places(text), expected);
    }

    #[test]
    fn each_slip_of_a_provider_has_its_line() {
        let whole = "name = 'X'
category = 'relay'
checked = '2026-11'
domains = ['x.test', '*.y.test']
mx = ['mx.x.test']
regions = ['eu']
smtp = [{ host = 'smtp.{region}.x.test', port = 465, security = 'tls' }]
imap = { host = 'imap.x.test', port = 993, security = 'tls' }
username = { form = 'fixed', value = 'apikey' }
docs = 'https://x.test/'
password = { url = 'https://x.test/key' }
[en]
summary = 'x'
steps = ['open {url}']
";
        assert_eq!(places(whole), []);
        for (part, other, line, near) in [
            ("'2026-11'", "'soon'", 3, None),
            ("'2026-11'", "'2027-01'", 3, None),
            ("'2026-11'", "'2026-13'", 3, None),
            ("'*.y.test'", "'*.Y.test'", 4, Some("*.y.test")),
            ("'*.y.test'", "'y test'", 4, None),
            ("'*.y.test'", "''", 4, None),
            ("'mx.x.test'", "'@x'", 5, None),
            ("regions = ['eu']", "rank = 1", 7, None),
            ("'mx.x.test'", "", 5, None),
            ("port = 465", "port = 0", 7, None),
            ("port = 993", "port = 0", 8, None),
            ("'imap.x.test'", "'imap_x.test/'", 8, None),
            (", value = 'apikey'", "", 9, None),
            ("value = 'apikey'", "value = ''", 9, None),
            ("'fixed'", "'local'", 9, None),
            ("'https://x.test/'", "'x.test'", 10, None),
            ("'https://x.test/'", "'https://x test/'", 10, None),
            ("password = { url = 'https://x.test/key' }", "rank = 1", 14, None),
            ("'relay'", "'none'", 7, None),
        ] {
            assert!(whole.contains(part), "{part}");
            let text = whole.replacen(part, other, 1);
            assert_eq!(places(&text), [(line, near.map(str::to_owned))], "{other}");
        }
    }
}
