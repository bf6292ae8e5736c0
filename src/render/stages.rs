//! A live test in words: its stages, what they learned, why they failed.

use std::time::Duration;

use crate::{
    phrase,
    presets::Text,
    probe::{
        Capabilities, Evidence, Learned, MailFolder, ProbeFault, Report, Sighting, Stage, StageReport, StageState,
        report::Who,
    },
    setup::LiveTest,
};

/// A stage's name.
pub fn stage(text: &Text, stage: Stage) -> String {
    text.get(match stage {
        Stage::Dns => "render-stage-dns",
        Stage::Connect => "render-stage-connect",
        Stage::Greeting => "render-stage-greeting",
        Stage::Ehlo => "render-stage-ehlo",
        Stage::Capability => "render-stage-capability",
        Stage::Starttls => "render-stage-starttls",
        Stage::Tls => "render-stage-tls",
        Stage::Auth => "render-stage-auth",
        Stage::Mailbox => "render-stage-mailbox",
        Stage::Mail => "render-stage-mail",
        Stage::Rcpt => "render-stage-rcpt",
        Stage::Data => "render-stage-data",
        Stage::Arrival => "render-stage-arrival",
    })
}

/// What a stage learned, on one line.
pub fn learned(text: &Text, learned: &Learned) -> String {
    match learned {
        Learned::Addresses(addresses) => addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        Learned::Connected { peer, failed } => {
            let family = if peer.is_ipv6() { "IPv6" } else { "IPv4" };
            let address = peer.ip();
            match failed {
                0 => text.say(&phrase!("render-connected", family = family, address = address)),
                _ => text.say(&phrase!("render-connected-after", family = family, address = address, failed = failed)),
            }
        }
        Learned::LeftToProxy => text.get("render-left-to-proxy"),
        Learned::ByProxy(proxy) => text.say(&phrase!("render-by-proxy", proxy = proxy)),
        Learned::Greeting(words) | Learned::Queued(words) => words.clone(),
        Learned::Offered { capabilities, helo } => {
            if *helo {
                text.get("render-helo")
            } else {
                offered(text, capabilities)
            }
        }
        Learned::Secured { version, pinned: true, .. } => text.say(&phrase!("render-pinned", version = version)),
        Learned::Secured { version, certificate, .. } => text.say(&phrase!(
            "render-secured",
            version = version,
            issuer = certificate.issuer,
            until = certificate.not_after
        )),
        Learned::LoggedIn(mechanism) => text.say(&phrase!("render-logged-in", mechanism = mechanism.sasl_name())),
        Learned::Accepted(address) => address.clone(),
        Learned::Sighted(sighting) => sighted(text, sighting),
    }
}

/// Where a message went.
fn sighted(text: &Text, sighting: &Sighting) -> String {
    let time = |time: Duration| super::elapsed(text, time);
    match sighting {
        Sighting::Seen { folder: MailFolder::Inbox, after, .. } => {
            text.say(&phrase!("render-sighted-inbox", time = time(*after)))
        }
        Sighting::Seen { folder: MailFolder::Junk, mailbox, after, .. } => {
            text.say(&phrase!("render-sighted-junk", mailbox = mailbox, time = time(*after)))
        }
        Sighting::Seen { mailbox, after, .. } => {
            text.say(&phrase!("render-sighted-elsewhere", mailbox = mailbox, time = time(*after)))
        }
        Sighting::Bounced { after, .. } => text.say(&phrase!("render-sighted-bounced", time = time(*after))),
        Sighting::Unseen { waited } => text.say(&phrase!("render-sighted-not-yet", time = time(*waited))),
    }
}

/// What EHLO offered, as its own keywords.
fn offered(text: &Text, offer: &Capabilities) -> String {
    let mut words = Vec::new();
    match &offer.auth {
        Some(mechanisms) => words.push(format!("AUTH {}", mechanisms.join(" "))),
        None if !offer.starttls => words.push(text.get("render-no-auth")),
        None => {}
    }
    if offer.starttls {
        words.push("STARTTLS".to_owned());
    }
    words.extend(features(text, offer));
    words.join("  ")
}

/// What EHLO offered besides login and TLS.
pub(super) fn features(text: &Text, offer: &Capabilities) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(size) = offer.size.filter(|size| *size > 0) {
        words.push(text.say(&phrase!("render-size", size = megabytes(size))));
    }
    for (has, word) in [
        (offer.pipelining, "PIPELINING"),
        (offer.chunking, "CHUNKING"),
        (offer.eight_bit_mime, "8BITMIME"),
        (offer.smtputf8, "SMTPUTF8"),
    ] {
        if has {
            words.push(word.to_owned());
        }
    }
    words
}

/// A size in megabytes of a million bytes, as servers choose them, or in kilobytes.
fn megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// Why a stage failed, line by line as the server said it.
pub fn fault(text: &Text, evidence: &Evidence) -> Vec<String> {
    let line = match &evidence.fault {
        ProbeFault::Reply(reply) => return reply.text().lines().map(str::to_owned).collect(),
        ProbeFault::Tls { text: words, not_tls: false } => {
            text.say(&phrase!("render-fault-tls", words = crate::mail::reply::escape(words)))
        }
        ProbeFault::Local(words) => text.say(&phrase!("render-fault-local", words = words)),
        ProbeFault::NotImap(words) => text.say(&phrase!("render-fault-not-imap", words = words)),
        ProbeFault::NotSmtp(words) => text.say(&phrase!("render-fault-not-smtp", words = words)),
        ProbeFault::Proxy(fault) => {
            let name = format!("render-fault-{}", fault.kind.name().replace('_', "-"));
            format!("{} {}", text.get(&name), fault.said)
        }
        other => text.get(&format!("render-fault-{}", other.name().replace('_', "-"))),
    };
    vec![line]
}

/// The mark of a state in plain text.
pub const fn mark(state: StageState) -> &'static str {
    match state {
        StageState::Passed => "ok",
        StageState::Failed => "FAILED",
        StageState::Warned => "warning",
        StageState::Skipped => "-",
        StageState::Pending => ".",
        StageState::Running => "...",
    }
}

/// A stage as a line of plain text, for front ends that only append lines.
pub fn line(text: &Text, step: &StageReport) -> String {
    let mut line = format!("{:<8}{}", mark(step.state), stage(text, step.stage));
    if let Some(found) = step.learned.as_ref().map(|found| learned(text, found)).filter(|found| !found.is_empty()) {
        line = format!("{line}: {found}");
    }
    match step.elapsed {
        Some(time) => format!("{line} ({})", super::elapsed(text, time)),
        None => line,
    }
}

/// A success in a sentence: how far it went, its time and its round trips.
pub fn success(text: &Text, live: &LiveTest, report: &Report) -> String {
    let far = match report.steps.iter().rev().find(|step| matches!(step.state, StageState::Passed | StageState::Warned)) {
        Some(StageReport { stage: Stage::Data | Stage::Arrival, .. }) => {
            let to = live.spec.message.as_ref().map(|message| message.to.to_string()).unwrap_or_default();
            text.say(&phrase!("render-success-sent", to = to))
        }
        Some(StageReport { stage: Stage::Mail | Stage::Rcpt, .. }) => text.get("render-success-rehearsed"),
        Some(StageReport { stage: Stage::Auth, .. }) => text.get("render-success-login"),
        _ => text.get("render-success-connect"),
    };
    let seen = report.step(Stage::Arrival).and_then(|step| step.learned.as_ref());
    let seen = seen.map(|found| text.say(&phrase!("proof-arrived", place = learned(text, found))) + ".");
    let cost = text.say(&phrase!("render-cost", time = super::elapsed(text, report.elapsed), trips = report.round_trips));
    [Some(far), seen, Some(cost)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The transcript as lines: time and direction, speaker, text.
pub fn transcript(report: &Report) -> Vec<(String, Who, &str)> {
    report
        .transcript
        .0
        .iter()
        .map(|line| {
            let arrow = match line.who {
                Who::Client => ">",
                Who::Server => "<",
                Who::Note => "*",
            };
            (format!("{:>7.3} {arrow}", line.at.as_secs_f64()), line.who, line.text.as_str())
        })
        .collect()
}
