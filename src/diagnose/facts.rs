//! What a diagnosis is made from, in the form in which patterns ask for it.

use super::{clean, provider_marks::ProviderMarks};
use crate::{
    mail::{Mechanism, Protocol, Security},
    probe::{CertificateFacts, Evidence, ProbeFault, Stage, TunnelFaultKind},
};

/// What is known about a failure.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Everything that was said, folded, without codes.
    pub(super) text: String,
    /// The reply's code.
    pub(super) code: Option<u16>,
    /// The enhanced status code.
    pub(super) enhanced: Option<[u16; 3]>,
    /// The fault, when no reply was.
    pub(super) fault: Option<&'static str>,
    /// The key that was given.
    pub(super) provider: Option<String>,
    /// The provider's key and its families, from the key, the host and the reply.
    pub(super) senders: Vec<String>,
    /// The host.
    pub(super) host: Option<String>,
    /// The port.
    pub(super) port: Option<u16>,
    /// How the connection was protected.
    pub(super) security: Option<Security>,
    /// What was spoken with the server.
    pub(super) protocol: Option<Protocol>,
    /// The stage.
    pub(super) stage: Option<Stage>,
    /// What EHLO offered, in lower case.
    pub(super) offers: Vec<String>,
    /// The login's mechanism.
    pub(super) mechanism: Option<Mechanism>,
    /// The server's certificate.
    pub(super) certificate: Option<CertificateFacts>,
    /// The EHLO name that was given.
    pub(super) ehlo: Option<String>,
    /// The login name.
    pub(super) username: Option<String>,
    /// The envelope sender.
    pub(super) sender: Option<String>,
    /// The proxy that was to lead to the server, or that could.
    pub(super) proxy: Option<String>,
    /// The variable that names a proxy, which was not used.
    pub(super) variable: Option<&'static str>,
}

/// The fault's name in causes.
fn fault_of(evidence: &Evidence) -> &'static str {
    match (&evidence.fault, evidence.stage) {
        // Some proxies say that they are connected before they are.
        // One that waits where a greeting is due may be a server that waits for TLS.
        (ProbeFault::Closed, Stage::Greeting | Stage::Tls) | (ProbeFault::TimedOut, Stage::Tls)
            if evidence.proxy.is_some() && evidence.offered.is_none() && evidence.certificate.is_none() =>
        {
            TunnelFaultKind::Onward.name()
        }
        _ if evidence.unused_proxy.is_some() => "proxy_unused",
        (fault, _) => fault.name(),
    }
}

fn proxy_of(evidence: &Evidence) -> Option<String> {
    let unused = || evidence.unused_proxy.as_ref()?.proxy.as_ref();
    evidence.proxy.as_ref().or_else(unused).map(ToString::to_string)
}

impl Facts {
    /// The facts of a failed attempt.
    pub(super) fn of_evidence(evidence: &Evidence, marks: &ProviderMarks<'_>) -> Self {
        let mut facts = Self {
            fault: Some(fault_of(evidence)).filter(|name| *name != "reply"),
            port: Some(evidence.endpoint.port),
            security: Some(evidence.endpoint.security),
            protocol: Some(evidence.protocol),
            stage: Some(evidence.stage),
            mechanism: evidence.mechanism,
            certificate: evidence.certificate.clone(),
            ehlo: Some(evidence.ehlo.clone()),
            username: evidence.username.clone(),
            sender: evidence.sender.clone(),
            proxy: proxy_of(evidence),
            variable: evidence.unused_proxy.as_ref().map(|variable| variable.name),
            ..Self::default()
        };
        facts.set_provider(evidence.provider.as_deref(), marks);
        facts.set_host(&evidence.endpoint.host, marks);
        if let Some(offered) = &evidence.offered {
            if offered.starttls {
                facts.offers.push("starttls".to_owned());
            }
            for mechanism in offered.auth.iter().flatten() {
                facts.offers.push(format!("auth {}", mechanism.to_ascii_lowercase()));
            }
        }
        let mut said = String::new();
        match &evidence.fault {
            ProbeFault::Reply(reply) => {
                facts.code = Some(reply.code).filter(|code| *code > 0);
                facts.enhanced = reply.enhanced().as_deref().and_then(parse_enhanced);
                for line in &reply.lines {
                    said.push_str(&clean::decode(line));
                    said.push('\n');
                }
            }
            ProbeFault::Tls { text, .. }
            | ProbeFault::ClientCertRefused(text)
            | ProbeFault::NotSmtp(text)
            | ProbeFault::NotImap(text) => {
                said.push_str(text);
            }
            ProbeFault::Proxy(fault) => said.push_str(&fault.said),
            _ => {}
        }
        if let Some(challenge) = &evidence.challenge {
            said.push_str(challenge);
        }
        facts.text = without_codes(&clean::fold(&said));
        facts
    }

    /// Takes over the provider's key.
    pub(super) fn set_provider(&mut self, key: Option<&str>, marks: &ProviderMarks<'_>) {
        if let Some(key) = key {
            self.provider = Some(key.to_owned());
            self.add_sender(key);
            for family in marks.families_of(key) {
                self.add_sender(family);
            }
        }
    }

    /// Takes over the host, and what follows from it.
    pub(super) fn set_host(&mut self, host: &str, marks: &ProviderMarks<'_>) {
        self.host = Some(host.to_owned());
        for name in marks.owners_of(host.trim()) {
            self.add_sender(name);
        }
    }

    /// Adds a provider or a family that the reply comes from.
    pub(super) fn add_sender(&mut self, name: &str) {
        if !self.senders.iter().any(|known| known == name) {
            self.senders.push(name.to_owned());
        }
    }
}

/// The stage that a word names; `tcp` is connect.
pub fn stage_of(name: &str) -> Option<Stage> {
    if name == "tcp" {
        return Some(Stage::Connect);
    }
    Stage::ALL.into_iter().find(|stage| stage.as_str() == name)
}

/// Reads an enhanced status code (RFC 3463).
pub(super) fn parse_enhanced(word: &str) -> Option<[u16; 3]> {
    let word = word.trim_matches(|c: char| !c.is_ascii_digit());
    let mut parts = word.split('.');
    let mut next = |longest: usize| {
        parts
            .next()
            .filter(|part| (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|part| part.parse().ok())
    };
    let code = [next(1)?, next(3)?, next(3)?];
    (parts.next().is_none() && matches!(code[0], 2 | 4 | 5)).then_some(code)
}

/// A folded text without reply codes and enhanced codes, so that a sentence that a server broke over lines is whole.
pub(super) fn without_codes(folded: &str) -> String {
    let mut text = String::with_capacity(folded.len());
    text.push(' ');
    let mut words = folded.split(' ').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let coded = starts_with_code(word);
        let enhanced = |word: &str| word.len() <= 14 && word.contains('.') && parse_enhanced(word).is_some();
        let rest = match word.get(4..) {
            Some(rest) if coded && word.as_bytes()[3] == b'-' => rest,
            _ if coded && word.len() == 3 && words.peek().is_some_and(|next| enhanced(next)) => "",
            _ => word,
        };
        if !rest.is_empty() && !enhanced(rest) {
            text.push_str(rest);
            text.push(' ');
        }
    }
    text
}

/// Whether a word begins with three digits that can be a reply code.
pub(super) fn starts_with_code(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 3
        && matches!(bytes[0], b'2'..=b'5')
        && bytes[1..3].iter().all(u8::is_ascii_digit)
        && bytes.get(3).is_none_or(|next| !next.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enhanced_codes() {
        assert_eq!(parse_enhanced("5.7.139"), Some([5, 7, 139]));
        assert_eq!(parse_enhanced("(#5.1.1)"), Some([5, 1, 1]));
        for not in ["5.7", "192.0.2.1", "1.2.3", "5.7.8.1", "", "5..1", "5.7.1234"] {
            assert_eq!(parse_enhanced(not), None, "{not}");
        }
    }

    #[test]
    fn broken_sentences_are_whole() {
        let folded = clean::fold("550-5.7.26 the sender is\n550-5.7.26 unauthenticated. 550 5.7.26 see 550-SPF x");
        assert_eq!(without_codes(&folded), " the sender is unauthenticated. see spf x ");
    }
}
