//! `probe`: what a server offers, without a login.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::{ca_file::read_ca, context::Context, json::egress, layout, slip::slip};
use crate::{
    diagnose::{self, Diagnosis},
    discover::probably_meant_by_host,
    error::{Error, Exit},
    frontend::script::exit_of,
    host,
    mail::{
        Endpoint, HeloName,
        host::{HostFault, parse_host},
        reply::escape,
        value::{self, ValueFault as _},
    },
    phrase,
    presets::{Phrase, Text},
    probe::{
        Cancel, Capabilities, CertificateFacts, ProbeFault, ServerTrust, TlsVersion,
        survey::{Best, PortReport, PortSpec, PortTls, Survey, SurveyEvent, SurveySpec},
    },
    render::{self, summary},
};

/// Examines one port of a host, or all mail ports.
pub(super) fn run(context: &Context, typed: &str) -> Result<Exit, Error> {
    let ask = ask(context, typed)?;
    if let Some(slip) = slip(context, &ask.host, probably_meant_by_host(&ask.host, &context.catalog)) {
        return not_asked(context, &ask, &slip);
    }
    let ports = ask.ports.iter().map(|port| port.number.to_string()).collect::<Vec<_>>().join(", ");
    if !context.json {
        context.say_phrase(&phrase!("survey-asking", host = escape(&ask.host), ports = ports));
    }
    let mut broken = None;
    let survey = context.runner().survey(&ask, &Cancel::default(), &mut |found| {
        if !context.json && broken.is_none() {
            broken = lines(&context.text, &found).iter().try_for_each(|line| context.out(line)).err();
        }
    });
    if let Some(error) = broken {
        return Err(error);
    }
    let evidence = survey.evidence.as_ref();
    let diagnosis = evidence.map(|evidence| diagnose::diagnose(evidence, &context.catalog, context.lang()));
    if context.json {
        let mut document = document(&context.text, &survey, diagnosis.as_ref());
        document["warnings"] = json!([]);
        context.out(&document.to_string())?;
    } else {
        for line in conclusion(context, &survey, diagnosis.as_ref()) {
            context.out(&line)?;
        }
    }
    Ok(evidence.map_or(Exit::Ok, exit_of))
}

/// A host that is probably mistyped: nothing is looked up, and nothing connected to.
fn not_asked(context: &Context, ask: &SurveySpec, slip: &Phrase) -> Result<Exit, Error> {
    if context.json {
        let warnings = [context.text.say(slip)];
        let nothing =
            json!({"host": ask.host, "addresses": [], "doors": [], "best": null, "diagnosis": null, "warnings": warnings});
        context.out(&nothing.to_string())?;
    } else {
        context.say_phrase(slip);
    }
    Ok(Exit::Unavailable)
}

fn ask(context: &Context, typed: &str) -> Result<SurveySpec, Error> {
    let refused = |phrase: Phrase| {
        let error = Error::new(Exit::Usage, phrase!("cli-bad-answer", name = "HOST", why = context.text.say(&phrase)));
        if phrase.id == "invalid-host-address" { error.hint(phrase!("survey-hint-detect")) } else { error }
    };
    let (host, port) = split(typed).map_err(refused)?;
    let facts = host::facts();
    Ok(SurveySpec {
        host,
        ports: port.map_or_else(|| PortSpec::STANDARD.to_vec(), |port| vec![PortSpec::alone(port)]),
        ehlo: context.inputs.value::<HeloName>("ehlo")?.map(String::from).or(facts.full_name).unwrap_or(facts.host_name),
        trust: ServerTrust {
            ca_pem: context.inputs.get("ca-file").map(|path| read_ca(&context.runner(), path)).transpose()?,
            pin: None,
        },
        proxy: context.proxy()?,
        timeout: context.timeout()?,
    })
}

/// Takes `HOST`, `HOST:PORT` and `[ADDRESS]:PORT` apart.
fn split(typed: &str) -> Result<(String, Option<u16>), Phrase> {
    let typed = typed.trim();
    let bracketed = typed.strip_prefix('[').and_then(|rest| rest.split_once("]:"));
    let (host, port) = match (bracketed, parse_host(typed)) {
        (Some((host, port)), _) => (host.to_owned(), port.to_owned()),
        (None, Ok(host)) => return Ok((host, None)),
        (None, Err(HostFault::Port(host, port))) => (host, port),
        (None, Err(other)) => return Err(other.phrase()),
    };
    let port: crate::mail::Port = value::parse(&port)?;
    Ok((parse_host(&host).map_err(|fault| fault.phrase())?, Some(port.get())))
}

/// A finding as lines.
fn lines(text: &Text, found: &SurveyEvent<'_>) -> Vec<String> {
    match found {
        SurveyEvent::Addresses(host, _) if host.parse::<IpAddr>().is_ok() => Vec::new(),
        SurveyEvent::Addresses(host, addresses) => {
            let addresses = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            layout::hanging(&text.say(&phrase!("survey-host", host = escape(host), addresses = addresses)), layout::COLUMNS)
        }
        SurveyEvent::Port(port) => {
            let block = render::survey::port(text, port);
            let blank = (!block.rows.is_empty()).then(String::new);
            blank.into_iter().chain(layout::block(&block)).collect()
        }
    }
}

/// The best port, why, and the command to run next; else why there is none.
fn conclusion(context: &Context, survey: &Survey, diagnosis: Option<&Diagnosis>) -> Vec<String> {
    let text = &context.text;
    let mut lines = Vec::new();
    if let Some(best) = &survey.best {
        let endpoint = endpoint(survey, best);
        let mode = render::security(text, endpoint.security);
        lines.push(String::new());
        lines.push(text.say(&phrase!("survey-best", port = endpoint.port, mode = mode)));
        lines.push(format!("  {}", render::survey::reason(text, best.reason)));
    }
    if let Some(diagnosis) = diagnosis {
        lines.push(String::new());
        lines.extend(render::diagnosis(text, diagnosis));
    }
    let mut lines: Vec<String> = lines.iter().flat_map(|line| layout::hanging(line, layout::COLUMNS)).collect();
    if let Some(best) = survey.best.as_ref().filter(|_| diagnosis.is_none()) {
        lines.extend([String::new(), text.get("survey-next")]);
        let command = summary::command(&next(context, &endpoint(survey, best)), layout::COLUMNS - 2);
        lines.extend(command.into_iter().map(|line| format!("  {line}")));
    }
    lines
}

fn endpoint(survey: &Survey, best: &Best) -> Endpoint {
    Endpoint { security: best.security, ..survey.ports[best.port].endpoint.clone() }
}

fn next(context: &Context, endpoint: &Endpoint) -> Vec<String> {
    let (port, security) = (endpoint.port.to_string(), endpoint.security.as_str());
    let mut words = vec!["mailsetup", "--host", &endpoint.host, "--port", &port, "--security", security];
    for (flag, name) in [("--ca-file", "ca-file"), ("--proxy", "proxy"), ("--nameserver", "nameserver")] {
        words.extend(context.inputs.get(name).into_iter().flat_map(|value| [flag, value]));
    }
    words.into_iter().map(str::to_owned).collect()
}

fn document(text: &Text, survey: &Survey, diagnosis: Option<&Diagnosis>) -> Value {
    let best = survey.best.as_ref().map(|best| {
        let endpoint = endpoint(survey, best);
        json!({"port": endpoint.port, "security": endpoint.security, "why": render::survey::reason(text, best.reason)})
    });
    let mut document = json!({
        "host": survey.host,
        "addresses": survey.addresses,
        "doors": survey.ports.iter().map(port).collect::<Vec<_>>(),
        "best": best,
        "diagnosis": diagnosis.map(Diagnosis::to_json),
    });
    if let Some(found) = survey.evidence.as_ref().and_then(|evidence| evidence.egress.as_ref()) {
        document["egress"] = egress(found);
    }
    document
}

fn port(port: &PortReport) -> Value {
    let offered = port.offered();
    let has = |keyword: fn(&Capabilities) -> bool| offered.map(keyword);
    let evidence = port.evidence.as_ref();
    json!({
        "port": port.endpoint.port,
        "protocol": port.protocol.as_str(),
        "security": port.endpoint.security,
        "state": port.state.as_str(),
        "greeting": port.greeting,
        "tls": port.tls.as_ref().map(|tls| tls_of(tls, port.is_trusted())),
        "auth_before_tls": port.in_clear.as_ref().map(|offer| offer.auth.clone().unwrap_or_default()),
        "auth": port.in_tls.as_ref().map(|offer| offer.auth.clone().unwrap_or_default()),
        "size": offered.and_then(|offer| offer.size),
        "pipelining": has(|offer| offer.pipelining),
        "eight_bit_mime": has(|offer| offer.eight_bit_mime),
        "smtputf8": has(|offer| offer.smtputf8),
        "chunking": has(|offer| offer.chunking),
        "stage": evidence.map(|evidence| evidence.stage.as_str()),
        "fault": evidence.map(|evidence| evidence.fault.name()),
        "reply": evidence.and_then(|evidence| said(&evidence.fault)),
        "ms": u64::try_from(port.elapsed.as_millis()).unwrap_or(u64::MAX),
    })
}

/// The server's reply, safe for a terminal.
fn said(fault: &ProbeFault) -> Option<String> {
    match fault {
        ProbeFault::Reply(reply) => Some(reply.text()),
        ProbeFault::NotSmtp(words) | ProbeFault::NotImap(words) => Some(words.clone()),
        ProbeFault::Proxy(fault) => Some(fault.said.clone()),
        ProbeFault::Tls { text, .. } => Some(escape(text)),
        _ => None,
    }
}

fn tls_of(tls: &PortTls, trusted: bool) -> Value {
    let certificate = |facts: &CertificateFacts| {
        json!({"subject": facts.subject, "names": facts.names, "issuer": facts.issuer, "not_before": facts.not_before,
               "not_after": facts.not_after, "days_left": facts.days_left, "sha256": facts.sha256})
    };
    json!({
        "versions": tls.versions.iter().copied().map(TlsVersion::as_str).collect::<Vec<_>>(),
        "version": tls.version,
        "certificate": tls.certificate.as_ref().map(certificate),
        "trusted": trusted,
        "fault": tls.fault,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_as_people_type_them() {
        let parts = |typed: &str| split(typed).map_err(|phrase| phrase.id);
        assert_eq!(parts("Mail.Example.test"), Ok(("mail.example.test".into(), None)));
        assert_eq!(parts("mail.test:465"), Ok(("mail.test".into(), Some(465))));
        assert_eq!(parts("[::1]:587"), Ok(("::1".into(), Some(587))));
        assert_eq!(parts("[::1]"), Ok(("::1".into(), None)));
        assert_eq!(parts("2001:db8::1"), Ok(("2001:db8::1".into(), None)));
        assert_eq!(parts("192.0.2.1:25"), Ok(("192.0.2.1".into(), Some(25))));
        assert_eq!(parts("bücher.example:25"), Ok(("bücher.example".into(), Some(25))));
        assert_eq!(parts("smtps://mail.test:465"), Err("invalid-host-scheme"));
        assert_eq!(parts("ops@mail.test"), Err("invalid-host-address"));
        for port in ["0", "65536", "smtp", "", "-1"] {
            assert_eq!(parts(&format!("mail.test:{port}")), Err("invalid-port"), "{port}");
        }
        assert_eq!(parts(":25"), Err("invalid-host-empty"));
        assert_eq!(parts("mail test"), Err("invalid-host-character"));
    }
}
