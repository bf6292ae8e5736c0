//! Evidence and causes make a diagnosis, with a change that can be applied. Pure.
//!
//! [`matcher`] recognises causes by the patterns of `presets/causes`, the most specific first; [`remedy`] works the change
//! out; [`read`] makes evidence of what a person pasted: [`noise`] tells its lines apart, [`bounce`] finds what the server said, [`wrapped`] what it was wrapped in.
//! [`mod@log`] groups the failures of a whole log by cause; [`no_failure`] says what a text is that tells of none; [`arrival_fault`] judges where a message went.

mod arrival;
mod bounce;
mod certainty;
mod check;
mod clean;
mod egress;
mod facts;
mod fill;
mod log;
mod matcher;
mod needles;
mod no_failure;
mod noise;
mod provider_marks;
mod read;
mod remedy;
mod rule;
mod wrapped;

use std::{cell::OnceCell, collections::BTreeMap};

use serde::Serialize;

pub use self::{
    arrival::arrival_fault,
    certainty::Certainty,
    check::check_cause,
    facts::stage_of,
    log::{LOG_HEAD, LONGEST_RECORD, LogClock, LogGroup, LogReader, LogReport, LogTime, is_log, log_since},
};
use self::{
    facts::Facts,
    fill::Fill,
    matcher::{Hit, Matcher},
    noise::Worth,
    provider_marks::ProviderMarks,
};
use crate::{
    mail::{Auth, Endpoint, reply::escape},
    phrase,
    presets::{Catalog, Cause, CauseRules, Lang, Phrase, Text, cause::Variant},
    probe::{ArrivalFault, Evidence, ProbeFault, Stage},
};

/// The cause of what is not recognised.
pub const UNKNOWN: &str = "unknown";

/// How many alternatives are told.
const MOST_OTHERS: usize = 3;

/// What happened, what it means, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// The cause's label, or `unknown`.
    pub cause: String,
    /// What happened, one line.
    pub title: String,
    /// What it means, one or two sentences.
    pub meaning: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Where to read on.
    pub links: Vec<String>,
    /// What the change does, as a key's label; absent without a change.
    pub fix: Option<String>,
    /// The answers to change, by answers-file key; empty when none follows from the evidence.
    pub change: BTreeMap<String, String>,
    /// The change is for a person to make, who looks at what it trusts: no script is handed it.
    pub needs_person: bool,
    /// The answer that a person has to enter anew, by answers-file key.
    pub ask: Option<String>,
    /// How sure it is.
    pub sure: Certainty,
    /// What else it may be, the likely first.
    pub others: Vec<Other>,
}

/// Another cause that the same evidence may stand for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Other {
    /// The cause's label.
    pub cause: String,
    /// What would have happened, one line.
    pub title: String,
    /// How to tell that it is this one.
    pub tell: String,
}

impl Diagnosis {
    /// Whether the evidence names the cause, and no other as well.
    pub fn is_certain(&self) -> bool {
        self.sure == Certainty::Sure
    }

    /// The document that scripts read: `cause`, `title`, `meaning`, `steps`, `links`, `change`, `sure`, `certain` and `others`. A
    /// change that is for a person to make is not in it.
    pub fn to_json(&self) -> serde_json::Value {
        let change: serde_json::Map<String, serde_json::Value> = self
            .change
            .iter()
            .map(|(key, value)| {
                let number = (key == "port").then(|| value.parse::<u16>().ok()).flatten();
                (key.clone(), number.map_or_else(|| value.as_str().into(), Into::into))
            })
            .collect();
        serde_json::json!({
            "cause": self.cause,
            "title": self.title,
            "meaning": self.meaning,
            "steps": self.steps,
            "links": self.links,
            "change": if change.is_empty() || self.needs_person { serde_json::Value::Null } else { change.into() },
            "sure": self.sure.as_str(),
            "certain": self.is_certain(),
            "others": self.others.iter().map(|other| serde_json::json!({"cause": other.cause, "tell": other.tell})).collect::<Vec<_>>(),
        })
    }
}

/// What a person pasted, and what they know of where it came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explain {
    /// The reply, log line or error, in whatever encoding it came.
    pub reply: Vec<u8>,
    /// The provider's key.
    pub provider: Option<String>,
    /// The host, as it was configured.
    pub host: Option<String>,
    /// The port.
    pub port: Option<u16>,
    /// The stage.
    pub stage: Option<Stage>,
}

impl Explain {
    /// A reply of which nothing else is known.
    pub fn new(reply: impl Into<Vec<u8>>) -> Self {
        Self { reply: reply.into(), ..Self::default() }
    }
}

/// The diagnosis of a failed attempt.
pub fn diagnose(evidence: &Evidence, catalog: &Catalog, lang: Lang) -> Diagnosis {
    Doctor::new(catalog, lang).diagnose(evidence)
}

/// The diagnosis of what a person pasted.
pub fn explain(input: &Explain, catalog: &Catalog, lang: Lang) -> Diagnosis {
    Doctor::new(catalog, lang).explain(input)
}

/// The causes, made ready for many diagnoses.
#[derive(Debug)]
pub struct Doctor<'a> {
    catalog: &'a Catalog,
    rules: &'a [CauseRules],
    marks: ProviderMarks<'a>,
    matcher: Matcher<'a>,
    text: Text,
    /// For what the person's language lacks; read when it is first needed.
    english: OnceCell<Text>,
}

impl<'a> Doctor<'a> {
    /// Makes the catalog's causes ready.
    pub fn new(catalog: &'a Catalog, lang: Lang) -> Self {
        let rules = catalog.cause_rules();
        let marks = ProviderMarks::new(catalog);
        let matcher = Matcher::new(rules, &marks, catalog);
        Self { catalog, rules, marks, matcher, text: catalog.text(lang), english: OnceCell::new() }
    }

    /// The diagnosis of a failed attempt.
    pub fn diagnose(&self, evidence: &Evidence) -> Diagnosis {
        match &evidence.fault {
            ProbeFault::Local(words) => return self.local(words),
            ProbeFault::ClearLogin => return self.clear_login(evidence),
            ProbeFault::Arrival(ArrivalFault::Bounced(report)) => {
                let said = self.explain(&Explain::new(report.clone()));
                if said.cause != UNKNOWN {
                    return said;
                }
            }
            _ => {}
        }
        let mut facts = Facts::of_evidence(evidence, &self.marks);
        if evidence.fault == ProbeFault::NoStarttls
            && self.is_known_to_have(&evidence.endpoint, evidence.provider.as_deref())
        {
            facts.fault = Some(ProbeFault::StarttlsGone.name());
        }
        let (diagnosis, text) = self.judge(facts, Certainty::of_evidence);
        egress::sharpen(diagnosis, evidence, self.catalog, text)
    }

    /// Whether the provider's preset lists this very server.
    fn is_known_to_have(&self, endpoint: &Endpoint, provider: Option<&str>) -> bool {
        provider.and_then(|key| self.catalog.provider(key)).is_some_and(|provider| provider.smtp.contains(endpoint))
    }

    /// The diagnosis of what a person pasted. Work and memory grow with its length only up to a bound.
    pub fn explain(&self, input: &Explain) -> Diagnosis {
        let mut least = Worth::Said;
        loop {
            let read::Reading { facts, fine, lesser } = read::read(input, &self.marks, least);
            let is_empty = facts.text.trim().is_empty() && facts.code.is_none();
            let diagnosis = self.judge(facts, Certainty::of_text).0;
            least = match least {
                Worth::Said if lesser && diagnosis.cause == UNKNOWN => Worth::Perhaps,
                Worth::Perhaps if lesser && diagnosis.cause == UNKNOWN => Worth::Aside,
                _ if is_empty && fine && diagnosis.cause == UNKNOWN => return self.fine(diagnosis),
                _ if diagnosis.cause == UNKNOWN => return self.named(&input.reply, diagnosis),
                _ => return diagnosis,
            };
        }
    }

    /// The diagnosis of facts, and the sentences of its language.
    fn judge(&self, mut facts: Facts, sure: fn(&[Hit]) -> Certainty) -> (Diagnosis, &Text) {
        let found = self.matcher.find(&mut facts);
        if facts.fault.is_none() && facts.code.is_none() && facts.text.trim().is_empty() {
            return (self.unknown(&facts), &self.text);
        }
        let hits = self.matcher.hits(&facts, &found);
        let Some((hit, cause)) = hits.first().and_then(|hit| Some((hit, self.catalog.cause(self.label(hit)?)?))) else {
            return (self.unknown(&facts), &self.text);
        };
        let variant = self.matcher.variant(hit.cause, &facts, &found).and_then(|place| cause.variants.get(place));
        let others = self.others(cause, &hits, variant);
        let text = self.text_for(cause, variant, &others);
        let (lang, words) = (text.lang(), cause.words(text.lang()));
        let special = variant.map(|variant| variant.words(lang));

        let mut change = cause.change.clone();
        if let Some(remedy) = variant.and_then(|variant| variant.remedy).or(cause.remedy) {
            change.extend(remedy::work_out(remedy, &facts, self.catalog));
        }
        let fill = Fill::new(&facts, &change, self.catalog, text);
        let steps = special.and_then(|words| words.steps.as_ref()).unwrap_or(&words.steps);
        let fix = special.and_then(|words| words.fix.as_ref()).or(words.fix.as_ref());
        let links = variant.map(|variant| &variant.links).filter(|links| !links.is_empty()).unwrap_or(&cause.links);

        let diagnosis = Diagnosis {
            cause: cause.label.clone(),
            title: fill.fill_known(special.and_then(|words| words.title.as_ref()).unwrap_or(&words.title)),
            meaning: fill.fill_known(special.and_then(|words| words.meaning.as_ref()).unwrap_or(&words.meaning)),
            steps: steps.iter().filter_map(|step| fill.fill(step)).collect(),
            links: links.iter().filter_map(|link| fill.fill(link)).collect(),
            fix: match change.get("auth") {
                Some(auth) if auth == Auth::None.as_str() => Some(text.get("diagnosis-fix-no-login")),
                _ => fix.filter(|_| !change.is_empty()).and_then(|fix| fill.fill(fix)),
            },
            ask: variant.and_then(|variant| variant.ask.clone()).or_else(|| cause.ask.clone()),
            sure: sure(&hits),
            needs_person: change.contains_key("pin_sha256"),
            others: told(&others, &fill, lang),
            change,
        };
        (diagnosis, text)
    }

    /// The sentences of the language in which all of a diagnosis can be said: the person's own, or English.
    fn text_for(&self, cause: &Cause, variant: Option<&Variant>, others: &[&Cause]) -> &Text {
        let lang = self.text.lang();
        let is_whole = cause.words.is_whole(lang)
            && variant.is_none_or(|variant| variant.words.is_whole(lang))
            && others.iter().all(|other| other.words.is_whole(lang))
            && (!egress::may_sharpen(&cause.label) || self.catalog.egress().is_whole(lang));
        if is_whole { &self.text } else { self.english.get_or_init(|| self.catalog.text(Lang::EN)) }
    }

    /// The label of the cause that the facts match.
    fn label(&self, hit: &Hit) -> Option<&'a str> {
        self.rules.get(hit.cause).map(|rules| rules.label.as_str())
    }

    /// What else it may be: what else the evidence matches nearly as well, then what the cause is often mistaken for.
    fn others(&self, cause: &Cause, hits: &[Hit], variant: Option<&Variant>) -> Vec<&'a Cause> {
        let near = hits.iter().skip(1).filter(|hit| hits.first().is_some_and(|best| best.guess || !hit.guess));
        let near = near.filter_map(|hit| self.label(hit));
        let listed = variant.map(|variant| &variant.others).filter(|list| !list.is_empty()).unwrap_or(&cause.others);
        let mut labels: Vec<&str> = Vec::new();
        for label in listed.iter().map(String::as_str).chain(near) {
            if label != cause.label && !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels.into_iter().filter_map(|label| self.catalog.cause(label)).collect()
    }

    /// The server was not even asked: a file of this machine stands in the way. No label stands for that.
    fn local(&self, words: &str) -> Diagnosis {
        let say = |phrase: Phrase| self.text.say(&phrase);
        Diagnosis {
            cause: UNKNOWN.to_owned(),
            title: say(phrase!("diagnosis-local-title")),
            meaning: say(phrase!("diagnosis-local-meaning", words = words)),
            steps: vec![say(phrase!("diagnosis-local-step-path")), say(phrase!("diagnosis-local-step-pem"))],
            links: Vec::new(),
            fix: None,
            change: BTreeMap::new(),
            needs_person: false,
            ask: Some("ca_file".to_owned()),
            sure: Certainty::Sure,
            others: Vec::new(),
        }
    }

    /// The password was kept back: nobody agreed to say it in clear text. No label stands for that either.
    fn clear_login(&self, evidence: &Evidence) -> Diagnosis {
        let say = |phrase: Phrase| self.text.say(&phrase);
        let host = escape(&evidence.endpoint.host);
        Diagnosis {
            cause: UNKNOWN.to_owned(),
            title: say(phrase!("diagnosis-clear-title")),
            meaning: say(phrase!("diagnosis-clear-meaning", host = host)),
            steps: vec![say(phrase!("diagnosis-clear-step-tls")), say(phrase!("diagnosis-clear-step-consent"))],
            links: Vec::new(),
            fix: None,
            change: BTreeMap::new(),
            needs_person: false,
            ask: Some("security".to_owned()),
            sure: Certainty::Sure,
            others: Vec::new(),
        }
    }

    /// What is not recognised says so, and what the code's class means (RFC 5321, 4.2.1).
    fn unknown(&self, facts: &Facts) -> Diagnosis {
        let say = |phrase: Phrase| self.text.say(&phrase);
        let meaning = match facts.code {
            Some(code @ 400..=499) => say(phrase!("diagnosis-unknown-temporary", code = code)),
            Some(code @ 500..=599) => say(phrase!("diagnosis-unknown-permanent", code = code)),
            _ if facts.text.trim().is_empty() => say(phrase!("diagnosis-unknown-empty")),
            _ => say(phrase!("diagnosis-unknown-meaning")),
        };
        Diagnosis {
            cause: UNKNOWN.to_owned(),
            title: say(phrase!("diagnosis-unknown-title")),
            meaning,
            steps: vec![say(phrase!("diagnosis-unknown-step-words")), say(phrase!("diagnosis-unknown-step-provider"))],
            links: Vec::new(),
            fix: None,
            change: BTreeMap::new(),
            needs_person: false,
            ask: None,
            sure: Certainty::Guess,
            others: Vec::new(),
        }
    }
}

/// Other causes in words, as many as are told.
fn told(others: &[&Cause], fill: &Fill<'_>, lang: Lang) -> Vec<Other> {
    let other = |cause: &&Cause| {
        let words = cause.words(lang);
        Some(Other { cause: cause.label.clone(), title: fill.fill(&words.title)?, tell: fill.fill(&words.tell)? })
    };
    others.iter().filter_map(other).take(MOST_OTHERS).collect()
}

#[cfg(test)]
mod tests;
