//! A family of distributions: how it is recognised, what its packages are called, and what it keeps elsewhere. One file each in
//! `presets/distributions`.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

use super::{PresetSource, builtin};

/// A family of distributions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// The key; filled in from the file's name.
    #[serde(skip)]
    pub key: String,
    /// Where it was read from; filled in when it is.
    #[serde(skip)]
    pub source: PresetSource,
    /// The name that people know, the same in every language.
    pub name: String,
    /// Year and month in which the facts were last checked, as `2026-11`.
    pub checked: String,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// Its place in lists: lower ranks first, then by name.
    pub rank: Option<u32>,
    /// What `ID` or `ID_LIKE` of `/etc/os-release` says there (os-release(5)).
    pub ids: Vec<String>,
    /// Where it keeps the system's authorities in one PEM file, first choice first.
    pub bundles: Vec<String>,
    /// What starts its services, where nothing runs yet.
    pub init: Init,
    /// The command that installs packages, without them.
    pub install: String,
    /// What to install, by target and by [what else is needed](NEEDS).
    pub packages: BTreeMap<String, String>,
    /// The command that makes a target's program `/usr/sbin/sendmail`, where its package does not.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// What a target's service is called, where that is not what Debian calls it.
    #[serde(default)]
    pub services: BTreeMap<String, String>,
    /// Where a target's files are for the system, by target and `id`, where that is not where Debian has them.
    #[serde(default)]
    pub paths: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is needed beside a target's program: `mail` (the command), `sasl` (Cyrus SASL's modules for PLAIN and LOGIN), `authorities`
/// (the system's), `services` (`/etc/services`), `lmdb` (that kind of Postfix's tables), `syslog` (what keeps the system's log).
pub const NEEDS: [&str; 6] = ["mail", "sasl", "authorities", "services", "lmdb", "syslog"];

/// What starts and stops services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Init {
    /// systemd.
    Systemd,
    /// `OpenRC`, as on Alpine.
    Openrc,
    /// runit, as on Void.
    Runit,
}

impl Init {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Systemd, Self::Openrc, Self::Runit];

    /// What is there where it runs: `sd_booted(3)`, `/etc/init.d/functions.sh` of `OpenRC`, `runit(8)` as Void sets it up.
    pub const fn shown_by(self) -> &'static str {
        match self {
            Self::Systemd => "/run/systemd/system",
            Self::Openrc => "/run/openrc",
            Self::Runit => "/run/runit",
        }
    }

    /// The command that starts a service anew where it runs, and does nothing where it does not: systemctl(1), rc-service(8),
    /// sv(8).
    pub fn restart(self, service: &str) -> Vec<String> {
        let words: &[&str] = match self {
            Self::Systemd => &["systemctl", "try-restart", service],
            Self::Openrc => &["rc-service", "--ifexists", "--ifstarted", service, "restart"],
            Self::Runit => &["sv", "try-restart", service],
        };
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// The command that makes a service read its settings again, where it runs.
    pub fn reload(self, service: &str) -> Vec<String> {
        let words: &[&str] = match self {
            Self::Systemd => &["systemctl", "try-reload-or-restart", service],
            Self::Openrc => &["rc-service", "--ifexists", "--ifstarted", service, "reload"],
            Self::Runit => &["sv", "reload", service],
        };
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    /// What a person runs to end a service for good.
    pub fn stop(self, service: &str) -> String {
        match self {
            Self::Systemd => format!("systemctl disable --now {service}"),
            Self::Openrc => format!("rc-service {service} stop && rc-update del {service}"),
            Self::Runit => format!("sv down {service} && rm /var/service/{service}"),
        }
    }
}

impl Distribution {
    /// The command that installs all of these, and makes the program among them `/usr/sbin/sendmail`; `None` where it has no
    /// package of one of them.
    pub fn install(&self, needs: &[&str]) -> Option<String> {
        let packages = needs.iter().map(|need| self.packages.get(*need).map(String::as_str)).collect::<Option<Vec<_>>>()?;
        let links = needs.iter().filter_map(|need| self.links.get(*need));
        let commands = std::iter::once(format!("{} {}", self.install, packages.join(" "))).chain(links.cloned());
        Some(commands.collect::<Vec<_>>().join(" && "))
    }
}

/// Which of these a system is, by its `/etc/os-release`; each comes with the words that it is recognised by. Its own `ID` goes
/// before those that it is like, in their order.
pub(super) fn recognised<Id: AsRef<str>, T: Copy>(os_release: &str, all: &[(&[Id], T)]) -> Option<T> {
    let value = |key: &str| {
        let line = os_release.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))?;
        shlex::split(line)?.into_iter().next()
    };
    let words = format!("{} {}", value("ID").unwrap_or_default(), value("ID_LIKE").unwrap_or_default());
    let is_it = |word: &str| all.iter().find(|(ids, _)| ids.iter().any(|id| id.as_ref() == word)).map(|(_, it)| *it);
    words.split_whitespace().find_map(is_it)
}

/// Where the system's authorities may be, of every built-in distribution; those of the system of this `/etc/os-release` come
/// first.
pub fn bundles(os_release: &str) -> Vec<&'static str> {
    /// What each is recognised by, and its bundles: every target of a plan asks for them.
    static ALL: OnceLock<Vec<(Vec<&str>, Vec<&str>)>> = OnceLock::new();
    let read = || builtin::DISTRIBUTIONS.iter().map(|file| (file.list("ids"), file.list("bundles"))).collect();
    let all = ALL.get_or_init(read);
    let known: Vec<(&[&str], &[&str])> = all.iter().map(|(ids, bundles)| (ids.as_slice(), bundles.as_slice())).collect();
    let own = recognised(os_release, &known).unwrap_or_default();
    let mut bundles: Vec<&str> = Vec::new();
    for path in own.iter().chain(all.iter().flat_map(|(_, bundles)| bundles)).copied() {
        if !bundles.contains(&path) {
            bundles.push(path);
        }
    }
    bundles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::Catalog;

    #[test]
    fn a_system_is_known_by_its_own_name_and_by_what_it_is_like() {
        for (os_release, key) in [
            ("ID=debian\nVERSION_ID=\"12\"\n", Some("debian")),
            ("NAME=\"Pop!_OS\"\nID=pop\nID_LIKE=\"ubuntu debian\"\n", Some("debian")),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", Some("fedora")),
            ("ID=nobara\nID_LIKE='rhel fedora'\n", Some("fedora")),
            ("ID=alpine\n", Some("alpine")),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", Some("opensuse")),
            ("ID=\"void\"\n", Some("void")),
            ("ID=cachyos\nID_LIKE=arch\n", Some("arch")),
            ("ID=nixos\n", None),
            ("", None),
        ] {
            let catalog = Catalog::builtin().on(os_release);
            assert_eq!(catalog.distribution().map(|it| it.key.as_str()), key, "{os_release}");
        }
    }

    #[test]
    fn what_is_installed_is_made_sendmail() {
        let command = |id: &str, needs: &[&str]| Catalog::builtin().on(&format!("ID={id}")).distribution()?.install(needs);
        assert_eq!(command("debian", &["msmtp", "mail"]).unwrap(), "apt install msmtp-mta bsd-mailx");
        let alpine = "apk add msmtp && ln -sf /usr/bin/msmtp /usr/sbin/sendmail";
        assert_eq!(command("alpine", &["msmtp"]).unwrap(), alpine);
        assert_eq!(command("arch", &["exim4"]), None);
    }

    #[test]
    fn its_own_bundle_comes_first() {
        assert_eq!(bundles("")[0], "/etc/ssl/certs/ca-certificates.crt");
        assert_eq!(bundles("ID=alpine")[0], "/etc/ssl/cert.pem");
        assert_eq!(bundles("ID=x\nID_LIKE=fedora")[0], "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem");
        assert_eq!(bundles("ID=alpine").len(), bundles("").len());
    }

    #[test]
    fn targets_have_their_files_where_the_distribution_has_them() {
        let path = |os_release: &str, target: &str| {
            let catalog = Catalog::builtin().on(os_release);
            catalog.target(target).unwrap().files[0].system.clone().unwrap()
        };
        assert_eq!(path("ID=debian", "opensmtpd"), "/etc/smtpd.conf");
        assert_eq!(path("ID=void", "opensmtpd"), "/etc/smtpd/smtpd.conf");
        assert_eq!(path("ID=alpine", "php"), "/etc/php*/conf.d/90-mailsetup.ini");
        assert_eq!(path("ID=alpine", "postfix"), "/etc/postfix/main.cf");
    }
}
