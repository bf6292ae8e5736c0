//! Mozilla's autoconfig: documents as hosters publish them, with the oddities that they have.

use super::{
    LoginName,
    xml::{self, Element},
};
use crate::{
    mail::{Address, Endpoint, Security, host::parse_host, reply::is_hidden},
    phrase,
    presets::{Phrase, provider::UsernameForm},
};

/// So many servers of a kind are taken at most.
const MOST: usize = 8;

/// What a document says that is of use.
#[derive(Debug, PartialEq, Eq)]
pub struct AutoconfigSettings {
    /// Submission servers, best first; never empty.
    pub smtp: Vec<Endpoint>,
    /// IMAP servers, best first.
    pub imap: Vec<Endpoint>,
    /// How the login name is made.
    pub username: LoginName,
    /// No server has TLS.
    pub plaintext: bool,
    /// What to know about it.
    pub warnings: Vec<Phrase>,
}

/// A document that was fetched.
#[derive(Debug, PartialEq, Eq)]
pub enum AutoconfigDocument {
    /// Settings for sending.
    Settings(AutoconfigSettings),
    /// It was meant to be a configuration, and cannot be used as one.
    Unusable,
    /// Something else: a website answers on every path.
    Other,
}

/// Reads a document for an address.
pub fn read(bytes: &[u8], address: &Address) -> AutoconfigDocument {
    let Some(root) = xml::parse(bytes) else {
        let begin = &bytes[..bytes.len().min(4096)];
        let meant = String::from_utf8_lossy(begin).to_ascii_lowercase().contains("<clientconfig");
        return if meant { AutoconfigDocument::Unusable } else { AutoconfigDocument::Other };
    };
    if root.name != "clientconfig" {
        return AutoconfigDocument::Other;
    }
    settings(&root, address).map_or(AutoconfigDocument::Unusable, AutoconfigDocument::Settings)
}

fn settings(root: &Element, address: &Address) -> Option<AutoconfigSettings> {
    let domain = address.ascii_domain();
    let names_it = |provider: &&Element| {
        provider.all("domain").any(|named| {
            let named = named.text().to_lowercase();
            named == domain || named == address.domain()
        })
    };
    let provider = root.all("emailprovider").find(names_it).or_else(|| root.all("emailprovider").next())?;
    let is_kind = |kind: &'static str| {
        move |server: &&Element| server.attribute("type").is_some_and(|word| word.eq_ignore_ascii_case(kind))
    };
    let outgoing: Vec<&Element> = provider.all("outgoingserver").filter(is_kind("smtp")).collect();
    let incoming: Vec<&Element> = provider.all("incomingserver").filter(is_kind("imap")).collect();
    let smtp = endpoints(&outgoing, address, Security::of_smtp_port, Security::smtp_port);
    let (_, first) = smtp.first()?;
    let logins: Vec<String> = first.all("authentication").map(|login| login.text().to_ascii_lowercase()).collect();
    let all = |words: &[&str]| !logins.is_empty() && logins.iter().all(|login| words.contains(&login.as_str()));
    let username = match first.word("username") {
        _ if all(&["none", "client-ip-address"]) => LoginName::Form(UsernameForm::None),
        Some(form) => login_name(form, address),
        None => LoginName::Form(UsernameForm::Address),
    };
    // Nobody sees what such a name is: it is not taken.
    if matches!(&username, LoginName::Is(name) if name.chars().any(is_hidden)) {
        return None;
    }
    let plaintext = smtp.iter().all(|(server, _)| server.security == Security::None);
    let mut warnings = Vec::new();
    if plaintext {
        warnings.push(phrase!("discover-plaintext"));
    }
    if all(&["oauth2"]) {
        warnings.push(phrase!("discover-oauth", page = "none"));
    }
    let imap = endpoints(&incoming, address, Security::of_imap_port, Security::imap_port);
    let plain = |servers: Vec<(Endpoint, &Element)>| servers.into_iter().map(|(server, _)| server).collect();
    Some(AutoconfigSettings { username, plaintext, warnings, smtp: plain(smtp), imap: plain(imap) })
}

/// The servers of some elements: implicit TLS, STARTTLS, and plain text where there is nothing else.
fn endpoints<'a>(
    elements: &[&'a Element],
    address: &Address,
    of_port: fn(u16) -> Option<Security>,
    usual: fn(Security) -> u16,
) -> Vec<(Endpoint, &'a Element)> {
    let mut servers: Vec<(Endpoint, &Element)> = Vec::new();
    for element in elements {
        for server in endpoint(element, address, of_port, usual) {
            if !servers.iter().any(|(known, _)| *known == server) {
                servers.push((server, element));
            }
        }
    }
    let at = |server: &Endpoint| Security::ALL.iter().position(|mode| *mode == server.security);
    servers.sort_by_key(|(server, _)| at(server));
    if servers.first().is_some_and(|(server, _)| server.security != Security::None) {
        servers.retain(|(server, _)| server.security != Security::None);
    }
    servers.truncate(MOST);
    servers
}

/// What an element says. Where port and kind of socket contradict each other, the port's usual mode comes before what the
/// element says, and trying them shows which is right.
fn endpoint(
    element: &Element,
    address: &Address,
    of_port: fn(u16) -> Option<Security>,
    usual: fn(Security) -> u16,
) -> Vec<Endpoint> {
    let port = element.word("port").and_then(|port| port.parse::<u16>().ok()).filter(|port| *port > 0);
    let said = match element.word("sockettype").unwrap_or_default().to_ascii_lowercase().as_str() {
        "ssl" | "tls" | "ssl/tls" => Some(Security::Tls),
        "starttls" => Some(Security::Starttls),
        "plain" | "none" => Some(Security::None),
        _ => port.and_then(of_port),
    };
    let host = element.word("hostname").map(|host| fill(host, address, &address.ascii_domain()));
    let (Some(said), Some(Ok(host))) = (said, host.map(|host| parse_host(&host))) else { return Vec::new() };
    let port = port.unwrap_or_else(|| usual(said));
    let contradicts = |mode: Security| (mode == Security::Tls) != (said == Security::Tls);
    let meant = of_port(port).filter(|mode| said != Security::None && contradicts(*mode));
    meant.into_iter().chain([said]).map(|security| Endpoint { host: host.clone(), port, security }).collect()
}

/// The form of a login name that placeholders describe, else the name that they make.
fn login_name(form: &str, address: &Address) -> LoginName {
    match form.to_ascii_uppercase().as_str() {
        "%EMAILADDRESS%" | "%EMAILLOCALPART%@%EMAILDOMAIN%" => LoginName::Form(UsernameForm::Address),
        "%EMAILLOCALPART%" => LoginName::Form(UsernameForm::Local),
        "%EMAILLOCALPART%.%EMAILDOMAIN%" => LoginName::LocalDomain,
        _ => {
            let name = fill(form, address, address.domain());
            // An unknown placeholder, or something that no login name has.
            let odd = name.contains('%') || name.len() > 320 || name.chars().any(char::is_control);
            if odd { LoginName::Form(UsernameForm::Address) } else { LoginName::Is(name) }
        }
    }
}

/// Puts the parts of the address in their places; case does not matter.
fn fill(form: &str, address: &Address, domain: &str) -> String {
    let whole = format!("{}@{domain}", address.local());
    let mut filled = String::new();
    let mut parts = form.split('%');
    filled.push_str(parts.next().unwrap_or_default());
    while let Some(name) = parts.next() {
        let value = match name.to_ascii_uppercase().as_str() {
            "EMAILADDRESS" => &whole,
            "EMAILLOCALPART" => address.local(),
            "EMAILDOMAIN" => domain,
            _ => {
                filled.push('%');
                filled.push_str(name);
                continue;
            }
        };
        filled.push_str(value);
        filled.push_str(parts.next().unwrap_or_default());
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        "jane.doe@example.test".parse().unwrap()
    }

    #[test]
    fn placeholders_in_any_case() {
        let fill = |form: &str| fill(form, &address(), "example.test");
        assert_eq!(fill("smtp.%emaildomain%"), "smtp.example.test");
        assert_eq!(fill("x-%EMAILLOCALPART%-%EmailDomain%"), "x-jane.doe-example.test");
        assert_eq!(fill("%EMAILADDRESS%"), "jane.doe@example.test");
        assert_eq!(fill("100%"), "100%");
        assert_eq!(fill("%NAME%@%EMAILDOMAIN%"), "%NAME%@example.test");
    }

    #[test]
    fn login_names() {
        let name = |form: &str| login_name(form, &address());
        assert_eq!(name("%EmailAddress%"), LoginName::Form(UsernameForm::Address));
        assert_eq!(name("%EMAILLOCALPART%@%EMAILDOMAIN%"), LoginName::Form(UsernameForm::Address));
        assert_eq!(name("%EMAILLOCALPART%"), LoginName::Form(UsernameForm::Local));
        assert_eq!(name("%EMAILLOCALPART%.%EMAILDOMAIN%"), LoginName::LocalDomain);
        assert_eq!(name("mail-%EMAILLOCALPART%"), LoginName::Is("mail-jane.doe".into()));
        assert_eq!(name("%REALNAME%"), LoginName::Form(UsernameForm::Address));
        assert_eq!(name("a\u{1b}[31m"), LoginName::Form(UsernameForm::Address));
    }

    #[test]
    fn what_is_no_configuration() {
        let read = |text: &str| read(text.as_bytes(), &address());
        assert_eq!(read("<!DOCTYPE html><html><body>hello</body></html>"), AutoconfigDocument::Other);
        assert_eq!(read("<html/>"), AutoconfigDocument::Other);
        assert_eq!(read(""), AutoconfigDocument::Other);
        assert_eq!(read("<clientConfig><emailProvider>"), AutoconfigDocument::Unusable);
        assert_eq!(read("<clientConfig/>"), AutoconfigDocument::Unusable);
    }
}
