//! Senders: what a mailer puts in place of the addresses that programs use, and what it cannot.

use std::{collections::BTreeMap, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    Files, Note, Order, Places, Refusal, TargetChoice,
    locate::{FOLDERS, in_root},
    values::utf8,
};
use crate::{
    mail::{
        Senders, Setting,
        senders::{SenderPair, sender_map},
    },
    phrase,
    presets::{Catalog, SenderRule, Target, target::Feature},
};

/// Whether a mailer can do what is wanted of senders.
pub(super) fn check(order: &Order, target: &Target, catalog: &Catalog) -> Result<(), Refusal> {
    if order.profile.sender.senders.is_any() || !target.keeps_senders() {
        return Ok(());
    }
    let can = |other: &&Target| other.mta.is_some() && other.read.has(Setting::Senders);
    let instead: Vec<&str> = catalog.targets().filter(can).map(|other| other.key.as_str()).collect();
    Err(Refusal::Senders { target: target.key.clone(), instead: instead.join(", ") })
}

/// The list of senders that the profile names; without one, no pairs.
pub(super) fn map(order: &Order, files: &dyn Files) -> Result<Vec<SenderPair>, Refusal> {
    let Some(path) = &order.profile.sender.sender_map else { return Ok(Vec::new()) };
    let found = files.read(path).map_err(|error| Refusal::unreadable(path, error))?;
    let found = found.ok_or_else(|| Refusal::NoSenderMap { path: path.clone() })?;
    let text = utf8(&found.bytes).map_err(|fault| Refusal::unparseable(path, fault))?;
    sender_map(text).map_err(|fault| Refusal::SenderMap { path: path.clone(), fault })
}

/// What the target's program knows, by word. One that is not there yet is taken to know what is not new.
pub(super) fn known(target: &Target, places: &Places, files: &dyn Files) -> BTreeMap<String, bool> {
    if target.features.is_empty() {
        return BTreeMap::new();
    }
    let program = target.program.iter().find_map(|program| {
        let path = |folder: &&str| in_root(&Path::new(folder).join(program), places);
        FOLDERS.iter().find_map(|folder| files.read(&path(folder)).ok().flatten())
    });
    let knows = |feature: &Feature| match &program {
        Some(program) => program.bytes.windows(feature.word.len()).any(|part| part == feature.word.as_bytes()),
        None => !feature.new,
    };
    target.features.iter().map(|feature| (feature.word.clone(), knows(feature))).collect()
}

/// What a person should know of the senders that leave by these mailers.
pub(super) fn notes(
    order: &Order,
    (chosen, seconds): (&[(&Target, &TargetChoice)], &[&str]),
    catalog: &Catalog,
    places: &Places,
    files: &dyn Files,
) -> Vec<Note> {
    let sender = &order.profile.sender;
    let provider = order.profile.smtp.provider.as_deref().and_then(|key| catalog.provider(key));
    let mut notes = Vec::new();
    for (target, _) in chosen.iter().filter(|(target, _)| target.mta.is_some()) {
        let mut note = |phrase| notes.push(Note { owner: target.key.clone(), phrase });
        let name = &target.name;
        if seconds.contains(&target.key.as_str()) {
            note(match sender.senders {
                Senders::Domain => phrase!("plan-note-second-domain", target = name, domain = sender.address.domain()),
                _ => phrase!("plan-note-second", target = name, address = sender.address),
            });
            if sender.sender_map.is_some() {
                note(phrase!("plan-note-sender-map", target = name));
            }
            continue;
        }
        match (sender.senders, provider.and_then(|it| Some((&it.name, it.sender_rule()?)))) {
            (Senders::Any, Some((_, SenderRule::Any))) => {}
            (Senders::Any, Some((provider, _))) => {
                note(phrase!("plan-note-senders-refused", target = name, provider = provider));
            }
            (Senders::Any, None) => {
                note(phrase!("plan-note-senders-any", target = name, host = order.profile.smtp.host));
            }
            (Senders::Domain, _) if !target.one_sender => note(phrase!(
                "plan-note-senders-domain",
                target = name,
                address = sender.address,
                domain = sender.address.domain()
            )),
            _ => note(phrase!("plan-note-senders-one", target = name, address = sender.address)),
        }
        let known = known(target, places, files);
        let missing = |setting| target.features.iter().filter(move |feature| feature.setting == setting);
        let missing = |setting| missing(setting).filter(|feature| known.get(&feature.word) == Some(&false));
        if let Some(last) = missing(Setting::Senders).next_back().filter(|_| !sender.senders.is_any()) {
            let words: Vec<&str> = missing(Setting::Senders).map(|feature| feature.word.as_str()).collect();
            note(phrase!(
                "plan-note-senders-old",
                target = name,
                words = words.join(", "),
                since = last.since.clone().unwrap_or_default()
            ));
        }
        let lacks_name = !sender.senders.is_any() && missing(Setting::Name).next().is_some();
        if let Some(own) = sender.name.as_ref().filter(|_| lacks_name) {
            note(phrase!("plan-note-name", target = name, name = crate::mail::reply::escape(own)));
        }
        if let Some(reply_to) = &sender.reply_to {
            note(phrase!("plan-note-reply-to", target = name, address = reply_to));
        }
        if sender.sender_map.is_some() && (target.one_sender || target.keeps_senders()) {
            note(phrase!("plan-note-sender-map", target = name));
        }
    }
    notes
}

/// A display name as it stands in a header: in quotes, or encoded (RFC 2047) where a mailer or its settings could take a sign
/// in it for something else.
pub(super) fn header_name(name: &str) -> String {
    let is_plain =
        |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, ' ' | '.' | '-' | '_' | '\'' | '(' | ')' | '&');
    if name.chars().all(is_plain) {
        return format!("\"{name}\"");
    }
    let mut words: Vec<String> = Vec::new();
    for sign in name.chars() {
        match words.last_mut() {
            // An encoded word has at most 75 characters.
            Some(word) if word.len() + sign.len_utf8() <= 42 => word.push(sign),
            _ => words.push(sign.to_string()),
        }
    }
    let words: Vec<String> = words.iter().map(|word| format!("=?utf-8?b?{}?=", BASE64_STANDARD.encode(word))).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_headers() {
        assert_eq!(header_name("cron on web1"), "\"cron on web1\"");
        assert_eq!(header_name("Bö"), "=?utf-8?b?QsO2?=");
        assert_eq!(header_name("a$b"), "=?utf-8?b?YSRi?=");
        let long = header_name(&"ö".repeat(60));
        assert!(long.split(' ').count() == 3 && long.split(' ').all(|word| word.len() <= 75), "{long}");
    }
}
