//! Settings in a target's files, made by a person, that go before what is written there.

use super::{
    Note, Refusal,
    locate::Locations,
    read_back::{FileContents, seen_in},
    render::Expressions,
};
use crate::{
    mail::reply::escape,
    phrase,
    presets::{Phrase, Target, target::OverruleEffect},
};

/// Names what goes before ours in the files as they will be.
///
/// # Errors
/// All mail would go another way.
pub(super) fn check(
    target: &Target,
    profile: &str,
    locations: &Locations<'_>,
    files: &FileContents<'_>,
    notes: &mut Vec<Note>,
) -> Result<(), Refusal> {
    if target.overrules.is_empty() {
        return Ok(());
    }
    let known = seen_in(profile, files)?;
    let expressions = Expressions::new();
    for rule in &target.overrules {
        let holds = expressions.value(rule.when.as_str(), &known);
        if !holds.map_err(|fault| Refusal::template(target, &rule.when, fault))?.is_true() {
            continue;
        }
        let path = locations.iter().find(|(file, _)| file.id == rule.file).map(|(_, location)| &location.disk);
        let Some(path) = path else { continue };
        if rule.effect == OverruleEffect::All {
            return Err(Refusal::OverruledBySetting {
                target: target.key.clone(),
                path: path.clone(),
                setting: rule.setting.clone(),
            });
        }
        let phrase = said(rule.effect)
            .with("target", &target.name)
            .with("setting", &rule.setting)
            .with("path", escape(&path.display().to_string()));
        notes.push(Note { owner: target.key.clone(), phrase });
    }
    Ok(())
}

fn said(effect: OverruleEffect) -> Phrase {
    match effect {
        OverruleEffect::All | OverruleEffect::Some => phrase!("plan-note-overrule-some"),
        OverruleEffect::Tls => phrase!("plan-note-overrule-tls"),
        OverruleEffect::Local => phrase!("plan-note-overrule-local"),
        OverruleEffect::Aliases => phrase!("plan-note-overrule-aliases"),
        OverruleEffect::Senders => phrase!("plan-note-overrule-senders"),
        OverruleEffect::Outside => phrase!("plan-note-overrule-outside"),
    }
}
