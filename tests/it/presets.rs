//! Honesty of the provider presets: what is embedded is what lies in the folder, and every file keeps the rules that the
//! schema cannot say.

mod domains;
mod own;
mod readme;
mod targets;

use std::{collections::HashSet, fs, path::PathBuf};

use mailsetup::{
    mail::{Endpoint, GrantKind, Security, endpoint::is_loopback, host::parse_host},
    presets::{
        Catalog, Lang, Provider, SenderRule,
        provider::{Category, Guidance, Special, UsernameForm},
    },
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("presets/providers")
}

fn source(provider: &Provider) -> String {
    fs::read_to_string(folder().join(&provider.key).with_extension("toml")).unwrap()
}

/// Every provider; an embedded file that cannot be read ends the test with its fault.
fn providers(catalog: &Catalog) -> Vec<&Provider> {
    let providers = catalog.providers().collect();
    assert!(catalog.faults().is_empty(), "an embedded file cannot be read: {:?}", catalog.faults());
    providers
}

/// Calls `check` for the guidance of every provider in every language.
fn each_guidance(mut check: impl FnMut(&Provider, Lang, &Guidance)) {
    for provider in providers(&Catalog::builtin()) {
        for lang in Lang::builtin() {
            check(provider, lang, provider.guidance(lang));
        }
    }
}

/// Every sentence of a guidance.
fn sentences(guidance: &Guidance) -> impl Iterator<Item = &String> {
    let one = [&guidance.password, &guidance.intro, &guidance.username, &guidance.sender];
    std::iter::once(&guidance.summary)
        .chain(one.into_iter().flatten())
        .chain(guidance.steps.iter().chain(&guidance.before).chain(&guidance.warnings))
}

#[test]
fn the_embedded_list_is_the_folder() {
    let catalog = Catalog::builtin();
    let embedded: Vec<_> = providers(&catalog).iter().map(|provider| provider.key.clone()).collect();
    let unique: HashSet<_> = embedded.iter().cloned().collect();
    assert_eq!(unique.len(), embedded.len(), "a key is listed twice");
    let files: HashSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .inspect(|path| assert_eq!(path.extension().unwrap(), "toml", "{}", path.display()))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(unique, files);
}

/// What is said in one of the program's languages is said in all of them: a screen has no sentence in another.
#[test]
fn every_preset_speaks_every_language() {
    let catalog = Catalog::builtin();
    for lang in Lang::builtin() {
        let providers = providers(&catalog).into_iter().map(|preset| (&preset.key, preset.words.is_whole(lang)));
        let targets = catalog.targets().map(|preset| (&preset.key, preset.words.is_whole(lang)));
        for (key, is_whole) in providers.chain(targets) {
            assert!(is_whole, "{key}: something is not said in {lang:?}");
        }
        assert!(catalog.egress().is_whole(lang));
    }
}

#[test]
fn a_provider_is_found_by_each_of_its_domains() {
    let catalog = Catalog::builtin();
    let mut seen = HashSet::new();
    for provider in providers(&catalog) {
        for domain in &provider.domains {
            assert_eq!(*domain, domain.to_lowercase());
            assert!(seen.insert(domain.clone()), "{domain} is listed twice");
            let sample = domain.replace('*', "sample");
            assert!(parse_host(&sample).is_ok(), "{domain}");
            let found = catalog.provider_of_domain(&sample.to_uppercase()).map(|found| found.key.as_str());
            assert_eq!(found, Some(provider.key.as_str()), "{domain}");
        }
    }
    assert!(catalog.provider_of_domain("gmail.com.example").is_none());
    assert!(catalog.provider_of_domain("notgmail.com").is_none());
}

#[test]
fn servers_are_well_formed_and_in_order() {
    for provider in providers(&Catalog::builtin()) {
        let key = &provider.key;
        let has_smtp = !provider.smtp.is_empty();
        assert_eq!(has_smtp, provider.category != Category::None, "{key}");
        let local = matches!(provider.category, Category::Local | Category::Bridge);
        for server in provider.smtp.iter().chain(&provider.alternatives) {
            check_server(key, server, local);
            let expected: &[u16] = match server.security {
                Security::Tls => &[465, 2465, 8465, 443],
                Security::Starttls => &[587, 25, 80, 588, 1025, 2525, 2587, 8025],
                Security::None => &[25, 1025],
            };
            assert!(expected.contains(&server.port), "{key}: {server:?}");
        }
        if let Some(server) = &provider.imap {
            check_server(key, server, local);
            let expected: &[u16] = if server.security == Security::Tls { &[993] } else { &[143, 1143] };
            assert!(expected.contains(&server.port), "{key}: {server:?}");
        }
        let any_tls = provider.smtp.iter().any(|server| server.security == Security::Tls);
        assert!(!any_tls || provider.smtp[0].security == Security::Tls, "{key}: implicit TLS stands first (RFC 8314)");
        for (at, server) in provider.smtp.iter().enumerate() {
            assert!(!provider.smtp[..at].contains(server), "{key}: {server:?} is listed twice");
            let later_tls = provider.smtp[at..].iter().any(|s| s.host == server.host && s.security == Security::Tls);
            assert!(server.security == Security::Tls || !later_tls, "{key}: implicit TLS of {} comes later", server.host);
        }
    }
}

fn check_server(key: &str, server: &Endpoint, local: bool) {
    let host = ["{domain}", "{mx}", "{region}", "{server}"]
        .iter()
        .fold(server.host.clone(), |host, part| host.replace(part, "part.example"));
    assert_eq!(parse_host(&host).as_ref(), Ok(&host), "{key}");
    assert_eq!(is_loopback(&host), local, "{key}: {host}");
    assert!(server.security != Security::None || local, "{key}: plain text beyond loopback");
}

#[test]
fn names_links_and_records_are_well_formed() {
    for provider in providers(&Catalog::builtin()) {
        let key = &provider.key;
        let (year, month) = provider.checked.split_once('-').unwrap();
        assert!(year.len() == 4 && (1..=12).contains(&month.parse::<u8>().unwrap()), "{key}");
        assert!(!provider.sources.is_empty() && provider.confidence.is_some(), "{key}: says where its facts come from");
        let oauth = provider.oauth.iter();
        let links = oauth.flat_map(|oauth| [Some(&oauth.auth_url), Some(&oauth.token_url), oauth.device_url.as_ref()]);
        let links = links.flatten().chain(&provider.docs).chain(&provider.password.url);
        let pages = provider.sources.iter().filter(|source| source.contains("://"));
        for link in links.chain(pages) {
            assert!(link.starts_with("https://") && !link.contains(char::is_whitespace), "{key}: {link}");
        }
        for own in provider.mx.iter().chain(&provider.dns.spf_include) {
            assert_eq!(parse_host(own).as_ref(), Ok(own), "{key}");
        }
        for record in &provider.dns.dkim {
            let words: Vec<&str> = record.split(' ').collect();
            let [name, kind @ ("TXT" | "CNAME"), value @ ..] = words.as_slice() else { panic!("{key}: {record}") };
            assert!(name.ends_with("._domainkey") && value.len() <= 1, "{key}: {record}");
            assert!(value.iter().all(|value| *kind == "CNAME" && parse_host(value).is_ok()), "{key}: {record}");
        }
        for mechanism in provider.auth.iter().chain(provider.oauth.iter().flat_map(|oauth| &oauth.sasl)) {
            assert!(
                mechanism.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-'),
                "{key}: {mechanism}"
            );
        }
        assert_eq!(provider.username.value.is_some(), provider.username.form == UsernameForm::Fixed, "{key}");
    }
}

#[test]
fn what_is_unverified_is_in_the_file() {
    for provider in providers(&Catalog::builtin()) {
        let file: toml::Value = source(provider).parse::<toml::Table>().unwrap().into();
        for path in &provider.unverified {
            assert!(leads_somewhere(&file, path), "{}: unverified {path}", provider.key);
        }
    }
}

/// Whether a path of `unverified` leads to a fact; a list is entered by a port or by the value itself.
fn leads_somewhere(value: &toml::Value, path: &str) -> bool {
    match value {
        toml::Value::Array(items) => items
            .iter()
            .any(|item| item.as_str() == Some(path) || item.get("port").is_some_and(|port| port.to_string() == path)),
        _ => match path.split_once('.') {
            Some((first, rest)) => value.get(first).is_some_and(|inner| leads_somewhere(inner, rest)),
            None => value.get(path).is_some(),
        },
    }
}

#[test]
fn all_languages_say_the_same_things() {
    for provider in providers(&Catalog::builtin()) {
        let shape = |guidance: &Guidance| {
            let lists = [&guidance.steps, &guidance.before, &guidance.warnings].map(Vec::len);
            let single = [&guidance.password, &guidance.intro, &guidance.username, &guidance.sender].map(Option::is_some);
            let links = guidance.steps.iter().map(|step| step.contains("{url}")).collect::<Vec<_>>();
            (lists, single, links)
        };
        assert!(provider.words.iter().any(|(lang, _)| lang.as_str() == "fr"), "{} has no French", provider.key);
        for (lang, guidance) in provider.words.iter() {
            assert_eq!(shape(guidance), shape(provider.guidance(Lang::EN)), "{} in {lang}", provider.key);
        }
    }
}

#[test]
fn guidance_is_short_and_leads_to_the_password() {
    each_guidance(|provider, lang, guidance| {
        let at = format!("{} {}", provider.key, lang.as_str());
        assert!((1..=60).contains(&guidance.summary.chars().count()), "{at}: {}", guidance.summary);
        assert!(!guidance.summary.ends_with('.'), "{at}");
        assert!(guidance.intro.is_some(), "{at}");
        assert!(guidance.steps.len() <= 5, "{at}");
        for step in &guidance.steps {
            assert!(step.chars().count() <= 90, "{at}: {step}");
        }
        for sentence in sentences(guidance) {
            assert!(!sentence.is_empty() && sentence.trim() == sentence, "{at}: {sentence:?}");
            assert!(!sentence.contains(char::is_control), "{at}: {sentence:?}");
            assert!(!sentence.replace("{url}", "").contains(['{', '}']), "{at}: {sentence}");
        }
        let linked = guidance.steps.iter().any(|step| step.contains("{url}"));
        assert_eq!(linked, provider.password.url.is_some(), "{at}: a link and a step that shows it");
        if provider.password.special != Special::No {
            assert!(guidance.password.is_some() && !guidance.steps.is_empty(), "{at}");
        }
        assert_eq!(guidance.username.is_some(), provider.username.form == UsernameForm::Generated, "{at}");
    });
}

#[test]
fn what_is_said_of_senders_is_data_too() {
    let catalog = Catalog::builtin();
    let mut counts = [0; 4];
    for provider in providers(&catalog) {
        let rule = provider.sender_rule();
        let said = provider.guidance(Lang::EN).sender.as_deref();
        assert!(said.is_none() || rule.is_some(), "{}: a sentence without its rule", provider.key);
        let Some(rule) = rule else { continue };
        counts[rule as usize] += 1;
        assert_ne!(provider.category, Category::None, "{}", provider.key);
        match said {
            None => assert_eq!(rule, SenderRule::Any, "{}: a demand without its sentence", provider.key),
            Some(said) if said.contains("login") || said.contains("mailbox itself") => {
                assert_eq!(rule, SenderRule::Login, "{}: {said}", provider.key);
            }
            Some(_) => {}
        }
    }
    assert!(counts.iter().all(|count| *count > 0) && counts.iter().sum::<usize>() > 75, "{counts:?}");
}

#[test]
fn french_is_set_as_french() {
    each_guidance(|provider, lang, guidance| {
        if lang.as_str() == "fr" {
            // A line of PowerShell has no sentence's marks.
            let steps = GrantKind::ALL.iter().flat_map(|kind| guidance.oauth.of(*kind)).filter(|step| !step.contains(" -"));
            for sentence in sentences(guidance).chain(steps) {
                let plain = [" :", " ;", " !", " ?", " »", "« ", "'"].iter().find(|wrong| sentence.contains(**wrong));
                assert_eq!(plain, None, "{}: {sentence}", provider.key);
            }
        }
    });
}

#[test]
fn shapes_tell_the_right_password_from_the_wrong_one() {
    let catalog = Catalog::builtin();
    let fits = |key: &str, password: &str| catalog.provider(key).unwrap().password.shape.as_ref().unwrap().fits(password);
    for key in ["gmail", "google-workspace", "yahoo", "microsoft365"] {
        assert!(fits(key, "abcdefghijklmnop"), "{key}");
        assert!(!fits(key, "Correct-horse-7!"), "{key}");
    }
    assert!(fits("brevo", &format!("xsmtpsib-{}-AbCd1234EfGh5678", "0f".repeat(32))));
    assert!(!fits("brevo", &format!("xkeysib-{}-AbCd1234EfGh5678", "0f".repeat(32))), "an API key");
    assert!(fits("mailjet", &"0f".repeat(16)));
    assert!(!fits("mailjet", &"0g".repeat(16)));
    let name = catalog.provider("mailjet").unwrap().username.shape.as_ref().unwrap();
    assert!(name.fits(&"0f".repeat(16)) && !name.fits("ops@example.com"));
}

#[test]
fn what_a_person_must_be_told_before_a_password_is_asked() {
    let catalog = Catalog::builtin();
    let special = |key: &str| catalog.provider(key).unwrap().password.special;
    assert_eq!(special("gmail"), Special::Always);
    assert_eq!(special("outlook"), Special::Unusable);
    assert_eq!(special("ovh"), Special::No);
    for lang in Lang::builtin() {
        let words = |key: &str| catalog.provider(key).unwrap().guidance(lang);
        assert!(words("microsoft365").before[0].contains("admin.microsoft.com"));
        assert!(words("outlook").intro.as_ref().unwrap().contains("2024"));
        assert!(words("outlook").steps.iter().any(|step| step.contains("--auth xoauth2")));
        assert!(words("proton-bridge").steps.iter().any(|step| step.contains("--pin-sha256")));
    }
    let ovh = &catalog.provider("ovh").unwrap().smtp;
    assert_eq!((ovh[0].port, ovh[1].port, ovh[1].security), (465, 587, Security::Starttls));
}

#[test]
fn what_is_known_of_blocked_ports_is_well_formed() {
    let catalog = Catalog::builtin();
    let known = catalog.egress();
    assert!(catalog.faults().is_empty(), "{:?}", catalog.faults());
    assert_eq!(known.ports, [25, 465, 587, 2525]);
    assert!(known.hosts.len() > 1, "the chosen server may be one of them");
    for host in &known.hosts {
        assert_eq!(parse_host(&host.host).as_ref(), Ok(&host.host));
        assert!(!host.ports.is_empty() && host.ports.iter().all(|port| known.ports.contains(port)), "{}", host.host);
    }
    let names: HashSet<_> = known.hosters.iter().map(|hoster| &hoster.name).collect();
    assert_eq!(names.len(), known.hosters.len(), "a hoster is there twice");
    for hoster in &known.hosters {
        let name = &hoster.name;
        assert!(hoster.checked.starts_with("20") && hoster.checked.len() == 7, "{name}");
        assert!(!hoster.ports.is_empty() && hoster.ports.iter().all(|port| known.ports.contains(port)), "{name}");
        assert!(hoster.docs.iter().all(|link| link.starts_with("https://")), "{name}");
        for (_, way) in hoster.words.iter() {
            assert!(
                !way.is_empty() && way.chars().count() < 100 && !way.ends_with('.') && !way.contains(char::is_control),
                "{name}"
            );
        }
        let french = hoster.words.iter().find(|(lang, _)| lang.as_str() == "fr").unwrap().1;
        assert!(![" :", " ;", "'"].iter().any(|plain| french.contains(plain)), "{name}: {french}");
    }
}

#[test]
fn filters_in_front_of_hosters_are_well_formed_and_known_by_their_hosts() {
    let catalog = Catalog::builtin();
    let gateways = catalog.gateways();
    assert!(catalog.faults().is_empty(), "{:?}", catalog.faults());
    assert!(gateways.all.len() > 10, "{}", gateways.all.len());
    let mut names = HashSet::new();
    let mut suffixes = HashSet::new();
    for gateway in &gateways.all {
        let name = &gateway.name;
        assert!(names.insert(name), "{name} is there twice");
        assert!(gateway.checked.starts_with("20") && gateway.checked.len() == 7, "{name}");
        assert!(!gateway.sources.is_empty() && !gateway.mx.is_empty(), "{name}");
        for suffix in &gateway.mx {
            assert_eq!(parse_host(suffix).as_ref(), Ok(suffix), "{name}");
            assert!(suffixes.insert(suffix), "{suffix} is there twice");
            assert_eq!(gateways.of_mx(&format!("MX1.{suffix}.")).map(|found| &found.name), Some(name), "{suffix}");
        }
    }
    for other in ["notpphosted.com", "aspmx.l.google.com", "com"] {
        assert_eq!(gateways.of_mx(other), None, "{other}");
    }
}
