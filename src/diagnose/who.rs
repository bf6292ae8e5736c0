//! Who answers: the provider, by key, by its host, or by the marks that its servers leave in their replies.

use crate::mail::endpoint::is_below;

/// Families of presets that share servers and so replies: the family, and how the keys of its members begin.
const FAMILIES: &[(&str, &[&str])] = &[
    ("google", &["gmail", "google-workspace"]),
    ("microsoft", &["microsoft365", "outlook", "exchange"]),
    ("yahoo", &["yahoo", "aol", "verizon", "att", "cox"]),
    ("zoho", &["zoho", "zeptomail"]),
    ("ionos", &["ionos"]),
    ("united", &["gmx", "webde", "mail-com", "ionos"]),
    ("tencent", &["qq", "tencent-exmail", "foxmail"]),
    ("netease", &["netease"]),
    ("ovh", &["ovh"]),
    ("mailgun", &["mailgun"]),
    ("orange", &["orange-fr", "laposte"]),
    ("proton", &["proton"]),
    ("icloud", &["icloud"]),
];

/// Families and providers by the end of a host name.
const HOSTS: &[(&str, &[&str])] = &[
    ("google", &["gmail.com", "google.com", "googlemail.com"]),
    ("google-workspace-relay", &["smtp-relay.gmail.com"]),
    ("microsoft", &["office365.com", "outlook.com", "hotmail.com", "live.com", "office365.us"]),
    ("microsoft365", &["smtp.office365.com", "mail.protection.outlook.com"]),
    ("outlook", &["smtp-mail.outlook.com"]),
    ("yahoo", &["mail.yahoo.com", "yahoodns.net", "aol.com", "att.net"]),
    ("icloud", &["mail.me.com", "icloud.com"]),
    ("ses", &["amazonaws.com"]),
    ("sendgrid", &["sendgrid.net"]),
    ("mailgun", &["mailgun.org"]),
    ("mailjet", &["mailjet.com"]),
    ("brevo", &["brevo.com", "sendinblue.com"]),
    ("postmark", &["postmarkapp.com"]),
    ("sparkpost", &["sparkpostmail.com"]),
    ("mandrill", &["mandrillapp.com"]),
    ("mailtrap", &["mailtrap.io"]),
    ("resend", &["resend.com"]),
    ("smtp2go", &["smtp2go.com"]),
    ("elasticemail", &["elasticemail.com"]),
    ("mailersend", &["mailersend.net"]),
    ("scaleway-tem", &["tem.scaleway.com", "tem.scw.cloud"]),
    ("azure-acs", &["azurecomm.net"]),
    ("socketlabs", &["socketlabs.com"]),
    ("zoho", &["zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zoho.jp", "zeptomail.com"]),
    ("ovh", &["ovh.net", "ovh.ca"]),
    ("ionos", &["ionos.de", "ionos.com", "ionos.fr", "ionos.co.uk", "ionos.es", "ionos.it", "1und1.de", "1and1.com"]),
    ("united", &["gmx.net", "gmx.com", "web.de", "mail.com", "kundenserver.de"]),
    ("orange", &["orange.fr", "wanadoo.fr", "laposte.net"]),
    ("free-fr", &["free.fr"]),
    ("sfr", &["sfr.fr"]),
    ("infomaniak", &["infomaniak.com", "infomaniak.ch"]),
    ("gandi", &["gandi.net"]),
    ("yandex", &["yandex.com", "yandex.ru", "yandex.net"]),
    ("mailru", &["mail.ru"]),
    ("tencent", &["qq.com"]),
    ("netease", &["163.com", "126.com", "yeah.net", "netease.com"]),
    ("naver", &["naver.com"]),
    ("fastmail", &["fastmail.com", "messagingengine.com"]),
    ("godaddy", &["secureserver.net"]),
    ("proton", &["protonmail.ch"]),
    ("t-online", &["t-online.de"]),
];

/// Marks that a provider's servers leave in their replies, in folded text.
const MARKS: &[(&str, &[&str])] = &[
    ("google", &["gsmtp", "support.google.com", "gcdp "]),
    ("microsoft", &["prod.outlook.com", "protection.outlook.com", "aka.ms/", "storedrv.", "aadsts", "postmaster.live.com"]),
    ("yahoo", &["postmaster.yahoo", "senders.yahooinc.com", "yahoodns.net", "help.yahoo.com"]),
    ("icloud", &["support.apple.com", "icloud.com"]),
    ("tencent", &["mail.qq.com", "exmail.qq.com"]),
    ("netease", &["mail.163.com", "help.163.com", "netease"]),
    ("ses", &["email-smtp.", "arn:aws:"]),
    ("sendgrid", &["sendgrid"]),
    ("brevo", &["brevo", "sendinblue"]),
    ("yandex", &["yandex", "ya.cc/"]),
    ("mailru", &["help.mail.ru"]),
    ("united", &["gmx.net", "gmx.com", "web.de", "postmaster.1und1", "ionos."]),
    ("naver", &["nsmtp"]),
];

/// The marks, for the automaton that looks for them.
pub(super) fn marks() -> impl Iterator<Item = (&'static str, &'static str)> {
    MARKS.iter().flat_map(|(provider, marks)| marks.iter().map(|mark| (*provider, *mark)))
}

/// Everything that a provider's key stands for: itself and its families.
pub(super) fn of_key(key: &str) -> Vec<String> {
    let mut names = vec![key.to_owned()];
    names.extend(
        FAMILIES
            .iter()
            .filter(|(_, members)| members.iter().any(|member| key.starts_with(member)))
            .map(|(family, _)| (*family).to_owned()),
    );
    names
}

/// The families and providers that a host belongs to.
pub(super) fn of_host(host: &str) -> impl Iterator<Item = &'static str> {
    let host = host.to_ascii_lowercase();
    HOSTS.iter().filter(move |(_, ends)| ends.iter().any(|end| is_below(&host, end))).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_hosts() {
        assert_eq!(of_key("google-workspace-relay"), ["google-workspace-relay", "google"]);
        assert_eq!(of_key("unheard-of"), ["unheard-of"]);
        let of = |host| of_host(host).collect::<Vec<_>>();
        assert_eq!(of("smtp.gmail.com"), ["google"]);
        assert_eq!(of("smtp.office365.com"), ["microsoft", "microsoft365"]);
        assert!(of("notgmail.com").is_empty());
    }
}
