//! The marks of the usual filters. Where each is described:
//! Microsoft <https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo>, `Mail::SpamAssassin::Conf` (Barracuda writes the
//! same), Rspamd <https://docs.rspamd.com/modules/milter_headers>; those of Vade (OVH, Gandi), GMX, Yandex and iCloud as their messages
//! have them. 2026-11.

use super::headers::{HeaderField, first};

/// What a filter wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpamMark {
    /// Which filter.
    pub filter: &'static str,
    /// Its score, as it stands.
    pub score: Option<String>,
    /// Whether it took the message for spam; `None` where only a score is given.
    pub is_spam: Option<bool>,
}

/// How a header is read.
type MarkReader = fn(&str) -> Option<(Option<String>, Option<bool>)>;

/// Headers, the filter that writes each, and how it is read.
const MARKS: [(&str, &str, MarkReader); 14] = [
    ("x-forefront-antispam-report", "Microsoft", microsoft),
    ("x-ms-exchange-organization-scl", "Exchange", confidence),
    ("x-microsoft-antispam", "Microsoft bulk", bulk),
    ("x-spam-status", "SpamAssassin", assassin),
    ("x-spam-flag", "X-Spam-Flag", flag),
    ("x-barracuda-spam-status", "Barracuda", assassin),
    ("x-spamd-result", "Rspamd", rspamd),
    ("x-gmx-antispam", "GMX", |value| number(value).map(|number| (None, Some(number != 0)))),
    ("x-yandex-spam", "Yandex", |value| number(value).map(|number| (None, Some(number >= 4)))),
    ("x-apple-action", "iCloud", |value| Some((None, Some(value.to_ascii_lowercase().starts_with("junk"))))),
    ("x-apple-movetofolder", "iCloud", |value| Some((None, Some(value.eq_ignore_ascii_case("junk"))))),
    ("x-vr-spamstate", "Vade", |value| Some((None, Some(!value.eq_ignore_ascii_case("ok"))))),
    ("x-ovh-spamstate", "OVH", |value| Some((None, Some(!value.eq_ignore_ascii_case("ok"))))),
    ("x-yahoofilteredbulk", "Yahoo", |_| Some((None, Some(true)))),
];

/// Reads the topmost header of each filter.
pub(super) fn read(fields: &[HeaderField]) -> Vec<SpamMark> {
    let mark = |(name, filter, reader): (&str, &'static str, MarkReader)| {
        let (score, is_spam) = reader(first(fields, name)?.trim())?;
        Some(SpamMark { filter, score, is_spam })
    };
    MARKS.into_iter().filter_map(mark).collect()
}

/// The whole number that a value begins with.
fn number(value: &str) -> Option<i64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

/// `CIP:192.0.2.1;SCL:5;SFV:SPM;CAT:SPM;`: a level of 5 and more is spam, as are the categories of phishing and forgery.
fn microsoft(value: &str) -> Option<(Option<String>, Option<bool>)> {
    const CATEGORIES: [&str; 9] = ["SPM", "HSPM", "PHSH", "HPHSH", "HPHISH", "SPOOF", "MALW", "UIMP", "DIMP"];
    let part = |name: &str| {
        let parts = value.split(';').filter_map(|part| part.trim().split_once(':'));
        parts
            .filter(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_empty())
            .map(|(_, value)| value.trim())
            .next()
    };
    let (level, category, verdict) = (part("SCL"), part("CAT"), part("SFV"));
    level.or(category).or(verdict)?;
    let is_spam = level.and_then(number).is_some_and(|level| level >= 5)
        || category.is_some_and(|category| CATEGORIES.contains(&category))
        || matches!(verdict, Some("SPM" | "SKB"));
    Some((level.map(|level| format!("SCL {level}")), Some(is_spam)))
}

fn confidence(value: &str) -> Option<(Option<String>, Option<bool>)> {
    number(value).map(|level| (Some(format!("SCL {level}")), Some(level >= 5)))
}

/// `BCL:0;...`: a level of bulk mail, which says nothing of spam.
fn bulk(value: &str) -> Option<(Option<String>, Option<bool>)> {
    let level = value.split(';').find_map(|part| number(part.trim().strip_prefix("BCL:")?))?;
    Some((Some(format!("BCL {level}")), None))
}

/// `Yes, score=7.1 required=5.0 tests=...`
fn assassin(value: &str) -> Option<(Option<String>, Option<bool>)> {
    let word = value.split([',', ' ']).next()?;
    let is_spam = flag(word)?.1;
    let part = |name: &str| {
        let found = value.split([' ', ',']).find_map(|part| {
            let (key, value) = part.split_once('=')?;
            key.eq_ignore_ascii_case(name).then_some(value)
        });
        found.filter(|value| value.parse::<f64>().is_ok())
    };
    let score = part("score").or_else(|| part("hits"));
    let limit = part("required").or_else(|| part("tag2"));
    let score = score.map(|score| limit.map_or_else(|| score.to_owned(), |limit| format!("{score} / {limit}")));
    Some((score, is_spam))
}

fn flag(value: &str) -> Option<(Option<String>, Option<bool>)> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => Some((None, Some(true))),
        "no" | "false" => Some((None, Some(false))),
        _ => None,
    }
}

/// `default: False [2.10 / 15.00]; ...`
fn rspamd(value: &str) -> Option<(Option<String>, Option<bool>)> {
    let (_, rest) = value.split_once(':')?;
    let (word, rest) = rest.trim().split_once('[')?;
    let score = rest.split_once(']')?.0.trim();
    Some((Some(score.to_owned()), flag(word.trim())?.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_the_usual_filters() {
        for (name, value, wanted) in [
            ("x-forefront-antispam-report", "CIP:192.0.2.1;CTRY:;SCL:1;SFV:NSPM;CAT:NONE;DIR:INB;", "Microsoft SCL 1 false"),
            ("x-forefront-antispam-report", "CIP:192.0.2.1; SCL:9; SFV:SKA; CAT:HSPM;", "Microsoft SCL 9 true"),
            ("x-forefront-antispam-report", "SCL:-1;SFV:SKN", "Microsoft SCL -1 false"),
            ("x-ms-exchange-organization-scl", "6", "Exchange SCL 6 true"),
            ("x-microsoft-antispam", "BCL:7;ARA:1", "Microsoft bulk BCL 7 -"),
            ("x-spam-status", "Yes, score=7.1 required=5.0 tests=[A=1]", "SpamAssassin 7.1 / 5.0 true"),
            ("x-spam-status", "No, hits=-1.0 tests=x", "SpamAssassin -1.0 false"),
            ("x-spam-status", "score=3", ""),
            ("x-spamd-result", "default: True [16.00 / 15.00]; X(1)", "Rspamd 16.00 / 15.00 true"),
            ("x-spam-flag", "YES", "X-Spam-Flag - true"),
            ("x-gmx-antispam", "0 (eXpurgate); Detail=V3;", "GMX - false"),
            ("x-yandex-spam", "4", "Yandex - true"),
            ("x-apple-action", "JUNK/99", "iCloud - true"),
            ("x-vr-spamstate", "OK", "Vade - false"),
        ] {
            let fields = [HeaderField { name: name.into(), value: value.into() }];
            let said: Vec<String> = read(&fields)
                .into_iter()
                .map(|mark| {
                    let is_spam = mark.is_spam.map_or("-".into(), |is_spam| is_spam.to_string());
                    format!("{} {} {is_spam}", mark.filter, mark.score.unwrap_or_else(|| "-".into()))
                })
                .collect();
            assert_eq!(said.join(" "), wanted, "{value}");
        }
    }
}
