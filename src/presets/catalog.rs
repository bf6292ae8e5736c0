//! Everything that mailsetup knows: a person's own files over the built-in ones.

mod collection;
mod domains;
mod facts;
mod single;

use std::{path::Path, sync::OnceLock};

use self::{
    collection::Collection,
    domains::{Domains, Exchangers, Owners, Servers},
    single::Single,
};
use super::{
    Cause, CauseRules, Distribution, DnsHost, EgressFacts, Family, Gateways, Lang, Languages, Marks, OwnFault, PresetFault,
    PresetSource, Programs, Provider, Receiver, Target, Text, Words, builtin, check, distribution::recognised,
    machines::is_customers_machine,
};
pub use facts::{Fact, FactKind};

/// The kinds of which there is one file.
const EGRESS: &str = "egress.toml";
const GATEWAYS: &str = "gateways.toml";
const PROGRAMS: &str = "programs.toml";

/// Everything that mailsetup knows: a built-in file is read when it is first asked for.
#[derive(Debug)]
pub struct Catalog {
    providers: Collection<Provider>,
    targets: Collection<Target>,
    causes: Collection<Cause>,
    cause_rules: OnceLock<Vec<CauseRules>>,
    families: Collection<Family>,
    distributions: Collection<Distribution>,
    dns_hosts: Collection<DnsHost>,
    receivers: Collection<Receiver>,
    /// The key of the distribution of the machine, or the image, that all is for.
    here: Option<String>,
    words: Collection<Words>,
    egress: Single<EgressFacts>,
    gateways: Single<Gateways>,
    programs: Single<Programs>,
    owners: Owners,
    languages: Languages,
    own_faults: Vec<OwnFault>,
}

impl Default for Catalog {
    fn default() -> Self {
        Self::builtin()
    }
}

impl Catalog {
    /// The built-in files alone.
    pub fn builtin() -> Self {
        Self {
            providers: Collection::builtin(builtin::PROVIDERS),
            targets: Collection::builtin(builtin::TARGETS),
            causes: Collection::builtin(builtin::CAUSES),
            cause_rules: OnceLock::new(),
            families: Collection::builtin(builtin::FAMILIES),
            distributions: Collection::builtin(builtin::DISTRIBUTIONS),
            dns_hosts: Collection::builtin(builtin::DNS_HOSTS),
            receivers: Collection::builtin(builtin::RECEIVERS),
            here: None,
            words: Collection::builtin(builtin::WORDS),
            egress: Single::default(),
            gateways: Single::default(),
            programs: Single::default(),
            owners: Owners::default(),
            languages: Languages::default(),
            own_faults: Vec::new(),
        }
    }

    /// The built-in files, with a person's own from `folders` (each has `providers`, `targets`, `causes`, `families`,
    /// `distributions`, `dns_hosts`, `receivers`, `words`, `egress.toml`, `gateways.toml` and `programs.toml`) over them. `today` begins with year and month, as `2026-11`.
    ///
    /// What cannot be used is passed over, and an unknown key as well: [`Self::own_faults`] names them. What the rooms above
    /// know, they check by [`Self::pass_over_wrong`].
    pub fn with_overrides<Folder: AsRef<Path>>(folders: &[Folder], today: &str) -> Self {
        let mut faults = Vec::new();
        let own: Vec<&Path> = folders.iter().map(AsRef::as_ref).collect();
        let mut catalog = Self {
            providers: Collection::with_own(builtin::PROVIDERS, &own, &mut faults),
            targets: Collection::with_own(builtin::TARGETS, &own, &mut faults),
            causes: Collection::with_own(builtin::CAUSES, &own, &mut faults),
            families: Collection::with_own(builtin::FAMILIES, &own, &mut faults),
            distributions: Collection::with_own(builtin::DISTRIBUTIONS, &own, &mut faults),
            dns_hosts: Collection::with_own(builtin::DNS_HOSTS, &own, &mut faults),
            receivers: Collection::with_own(builtin::RECEIVERS, &own, &mut faults),
            words: Collection::with_own(builtin::WORDS, &own, &mut faults),
            ..Self::builtin()
        };
        let egress = |facts: &EgressFacts, source: &PresetSource| check::egress(facts, source, today);
        let gateways = |facts: &Gateways, source: &PresetSource| check::gateways(facts, source, today);
        let programs = |facts: &Programs, source: &PresetSource| check::programs(facts, source, today);
        for folder in own {
            catalog.egress.take(&folder.join(EGRESS), &egress, &mut faults);
            catalog.gateways.take(&folder.join(GATEWAYS), &gateways, &mut faults);
            catalog.programs.take(&folder.join(PROGRAMS), &programs, &mut faults);
        }
        catalog.own_faults = faults;
        catalog.pass_over_wrong(|catalog| catalog.wrong_words(today));
        catalog
    }

    /// Passes over the person's own files in which `check` finds faults, until it finds none: one file may name another.
    pub fn pass_over_wrong(&mut self, check: impl Fn(&Self) -> Vec<PresetFault>) {
        loop {
            let faults = check(self);
            let mut files: Vec<&str> = faults.iter().map(|fault| fault.file.as_str()).collect();
            files.dedup();
            let passed = files.into_iter().filter(|file| self.pass_over(file)).count();
            self.own_faults.extend(faults.into_iter().map(|fault| OwnFault { fault, is_used: false }));
            if passed == 0 {
                return;
            }
        }
    }

    /// Passes over a person's own file; whether it is one.
    fn pass_over(&mut self, file: &str) -> bool {
        (self.owners, self.cause_rules) = (Owners::default(), OnceLock::new());
        self.providers.pass_over(file)
            || self.targets.pass_over(file)
            || self.causes.pass_over(file)
            || self.families.pass_over(file)
            || self.distributions.pass_over(file)
            || self.dns_hosts.pass_over(file)
            || self.receivers.pass_over(file)
            || self.words.pass_over(file)
    }

    /// What is wrong in a person's own files, the passed-over ones and keys.
    pub fn own_faults(&self) -> &[OwnFault] {
        &self.own_faults
    }

    /// Words of a person's own files that are none: what the schema cannot say.
    fn wrong_words(&self, today: &str) -> Vec<PresetFault> {
        let senders: Vec<&str> = self.provider_keys().chain(self.families.keys()).collect();
        let targets: Vec<&str> = self.target_keys().collect();
        let mut faults = Vec::new();
        faults.extend(self.providers.own().flat_map(|provider| check::provider(provider, &senders, today)));
        faults.extend(self.own_targets().flat_map(|target| check::target(target, &targets, today)));
        faults.extend(self.own_causes().filter_map(|cause| check::dated(&cause.source, "checked", &cause.checked, today)));
        faults.extend(self.families.own().flat_map(|family| check::family(family, today)));
        faults.extend(self.distributions.own().flat_map(|it| check::distribution(it, self.targets(), today)));
        faults.extend(self.dns_hosts.own().flat_map(|host| check::dns_host(host, today)));
        faults.extend(self.receivers.own().flat_map(|receiver| check::receiver(receiver, today)));
        faults.extend(self.words.own().flat_map(|words| check::words(words, &self.faults_in_words(), today)));
        faults
    }

    /// A person's own targets.
    pub fn own_targets(&self) -> impl Iterator<Item = &Target> {
        self.targets.own()
    }

    /// A person's own causes.
    pub fn own_causes(&self) -> impl Iterator<Item = &Cause> {
        self.causes.own()
    }

    /// The same with one more provider in front of the others.
    #[must_use]
    pub fn with_provider(mut self, provider: Provider) -> Self {
        self.providers.put_first(provider.key.clone(), provider);
        self.owners = Owners::default();
        self
    }

    /// The same with these languages.
    #[must_use]
    pub fn with_languages(self, languages: Languages) -> Self {
        Self { languages, ..self }
    }

    /// The same for the machine, or the image, of this `/etc/os-release`: targets have their files where its distribution has
    /// them.
    #[must_use]
    pub fn on(mut self, os_release: &str) -> Self {
        let known: Vec<(&[String], &Distribution)> = self.distributions.iter().map(|it| (&*it.ids, it)).collect();
        let Some(here) = recognised(os_release, &known).cloned() else { return self };
        for (target, service) in &here.services {
            self.targets.change(target, |target| target.call_service(service));
        }
        for (target, paths) in &here.paths {
            self.targets.change(target, |target| {
                for file in &mut target.files {
                    file.system = paths.get(&file.id).cloned().or_else(|| file.system.take());
                }
            });
        }
        Self { here: Some(here.key), ..self }
    }

    /// The command that installs this, by its word in the distributions' packages: this machine's own, or each with the distribution's
    /// name.
    pub fn install(&self, needs: &[&str]) -> String {
        if let Some(command) = self.distribution().and_then(|here| here.install(needs)) {
            return command;
        }
        let named = self.distributions().filter_map(|it| Some(format!("{} ({})", it.install(needs)?, it.name)));
        named.collect::<Vec<_>>().join("; ")
    }

    /// The command by which an installed program becomes `/usr/sbin/sendmail`.
    pub fn make_sendmail(&self, target: &str) -> String {
        let link = self.distribution().and_then(|here| here.links.get(target)).cloned();
        link.unwrap_or_else(|| self.install(&[target]))
    }

    /// The distribution that all is for, where it is known.
    pub fn distribution(&self) -> Option<&Distribution> {
        self.distributions.get(self.here.as_deref()?)
    }

    /// Every distribution, that of this machine first.
    pub fn distributions(&self) -> impl Iterator<Item = &Distribution> {
        let is_other = |it: &&Distribution| Some(&it.key) != self.here.as_ref();
        self.distribution().into_iter().chain(self.distributions.iter().filter(is_other))
    }

    /// The languages that there are.
    pub fn languages(&self) -> &Languages {
        &self.languages
    }

    /// The sentences of a language.
    pub fn text(&self, lang: Lang) -> Text {
        self.languages.text(lang)
    }

    /// Every provider, in the order in which a list shows them.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter()
    }

    /// The key of every provider, without reading their files.
    pub fn provider_keys(&self) -> impl Iterator<Item = &str> {
        self.providers.keys()
    }

    /// Every target, in the order in which a list shows them.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter()
    }

    /// The key of every target, without reading their files.
    pub fn target_keys(&self) -> impl Iterator<Item = &str> {
        self.targets.keys()
    }

    /// Every cause.
    pub fn causes(&self) -> impl Iterator<Item = &Cause> {
        self.causes.iter()
    }

    /// A cause by its label.
    pub fn cause(&self, label: &str) -> Option<&Cause> {
        self.causes.get(label)
    }

    /// What every cause is recognised by, in their order.
    pub fn cause_rules(&self) -> &[CauseRules] {
        self.cause_rules.get_or_init(|| {
            let rules = self.causes.entries().iter().map(|entry| match entry.embedded {
                Some(file) => CauseRules::of_built_in(file),
                None => entry.own().map(CauseRules::of),
            });
            rules.flatten().collect()
        })
    }

    /// The faults that clients report in words of their own, in the order in which they count.
    pub fn faults_in_words(&self) -> Vec<&'static str> {
        builtin::FAULTS.list("order")
    }

    /// What clients say, with the fault that each word reports.
    pub fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        self.words.entries().iter().flat_map(|entry| {
            let built_in = entry.embedded.into_iter().flat_map(|file| file.lists("words"));
            let built_in = built_in.flat_map(|(fault, words)| words.into_iter().map(move |word| (fault, word)));
            let own = entry.own().into_iter().flat_map(|own| &own.words);
            built_in.chain(own.flat_map(|(fault, words)| words.iter().map(move |word| (fault.as_str(), word.as_str()))))
        })
    }

    /// What a diagnosis knows providers and families by. A person's own provider adds to what is known of the built-in one.
    pub fn marks(&self) -> impl Iterator<Item = Marks<'_>> {
        let own = self.providers.own().map(Marks::of_provider);
        let families = self.families.entries().iter().filter_map(|entry| match entry.embedded {
            Some(file) => Some(Marks::of_built_in_family(file)),
            None => entry.own().map(Marks::of_family),
        });
        builtin::PROVIDERS.iter().map(Marks::of_built_in_provider).chain(own).chain(families)
    }

    /// What is known of networks that block mail.
    pub fn egress(&self) -> &EgressFacts {
        self.egress.get(EGRESS, &builtin::EGRESS)
    }

    /// Filters that take mail in front of its hoster.
    pub fn gateways(&self) -> &Gateways {
        self.gateways.get(GATEWAYS, &builtin::GATEWAYS)
    }

    /// Programs that send by addresses of their own.
    pub fn programs(&self) -> &Programs {
        self.programs.get(PROGRAMS, &builtin::PROGRAMS)
    }

    /// Every file that says when its facts were checked, by kind, in the order of their lists; all files are read for it.
    pub fn facts(&self) -> Vec<Fact<'_>> {
        let mut facts: Vec<Fact<'_>> = self.providers().map(Fact::of_provider).collect();
        facts.extend(self.families.iter().map(Fact::of_family));
        facts.extend(self.distributions.iter().map(Fact::of_distribution));
        facts.extend(self.dns_hosts.iter().map(Fact::of_dns_host));
        facts.extend(self.receivers.iter().map(Fact::of_receiver));
        facts.extend(self.targets().map(Fact::of_target));
        facts.extend(self.causes().map(Fact::of_cause));
        facts.extend(self.words.iter().map(Fact::of_words));
        facts.extend(self.egress().hosters.iter().map(Fact::of_hoster));
        facts.extend(self.gateways().all.iter().map(Fact::of_gateway));
        facts.push(Fact::of_suffixes());
        facts.extend(self.programs().all.iter().map(Fact::of_program));
        facts
    }

    /// Built-in files that could not be read, of those that were asked for; a test holds this to be none.
    pub fn faults(&self) -> Vec<&PresetFault> {
        let folders = self.providers.faults().chain(self.targets.faults()).chain(self.causes.faults());
        let folders = folders.chain(self.families.faults()).chain(self.distributions.faults()).chain(self.words.faults());
        let folders = folders.chain(self.dns_hosts.faults()).chain(self.receivers.faults());
        folders.chain(self.egress.fault()).chain(self.gateways.fault()).chain(self.programs.fault()).collect()
    }

    /// A provider by key.
    pub fn provider(&self, key: &str) -> Option<&Provider> {
        self.providers.get(key)
    }

    /// The provider whose own e-mail domain this is, in the form that DNS takes; case does not matter.
    pub fn provider_of_domain(&self, domain: &str) -> Option<&Provider> {
        let key = self.owners.domains.get_or_init(|| Domains::of(&self.providers)).owner(domain)?;
        self.provider(key)
    }

    /// The providers that may submit at a host, by the servers that their files name, in order; the others' files are not read.
    pub(super) fn providers_naming(&self, host: &str) -> impl Iterator<Item = &Provider> {
        let keys = self.owners.servers.get_or_init(|| Servers::of(&self.providers)).owners(host);
        keys.into_iter().filter_map(|key| self.provider(key))
    }

    /// The provider whose MX host this is, by the longest suffix.
    pub fn provider_of_mx(&self, host: &str) -> Option<&Provider> {
        if is_customers_machine(host) {
            return None;
        }
        let key = self.owners.exchangers.get_or_init(|| Exchangers::of(&self.providers)).owner(host)?;
        self.provider(key)
    }

    /// The DNS host of most of these name servers.
    pub fn dns_host_of(&self, name_servers: &[String]) -> Option<&DnsHost> {
        let share = |host: &DnsHost| name_servers.iter().filter(|server| host.has(server)).count();
        let found = self.dns_hosts.iter().map(|host| (share(host), host)).filter(|(count, _)| *count > 0);
        found.max_by_key(|(count, _)| *count).map(|(_, host)| host)
    }

    /// Every DNS host that is known.
    pub fn dns_hosts(&self) -> impl Iterator<Item = &DnsHost> {
        self.dns_hosts.iter()
    }

    /// Every receiver of mail that is known.
    pub fn receivers(&self) -> impl Iterator<Item = &Receiver> {
        self.receivers.iter()
    }

    /// The person's own file that a provider comes from; `None` for a built-in one.
    pub fn own_file(&self, key: &str) -> Option<&Path> {
        self.providers.entry(key)?.own.as_deref()
    }

    /// A target by key.
    pub fn target(&self, key: &str) -> Option<&Target> {
        self.targets.get(key)
    }
}
