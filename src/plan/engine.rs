//! The plan itself: the secret, the profile, and each target's files, merged, read back and compared.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{
    Change, Disclosure, Existing, Files, Note, Order, Places, Plan, Refusal, Run, Scope, TargetChoice, abilities, conflicts,
    context::{SeenPair, TemplateContext, no_settings},
    disclose::disclose,
    former, image,
    kept::KeptTargets,
    locate::{Location, Locations, expand, first_path, in_root, locate},
    merge::{self, Merged},
    needs, omitted, overrules,
    profile_files::ProfileFiles,
    read_back::{FileContent, compare, interpret},
    reader::{Before, change, closed, depends_on_password, holds_password},
    render::{RenderFault, holds, render},
    secret_program, senders,
    services::{self, ServiceCall},
    several::{self, ProfilePart},
    shared_group::{self, WithGroup},
    token, values, whose,
};
use crate::{
    mail::{Profile, Setting, profile::Written, reply::escape, senders::SenderPair},
    phrase,
    presets::{
        Catalog, Target, nearest,
        target::{MergeKind, TargetFile, Template},
    },
};

/// Everything that will be done for an order. Files that are already right are in the list too.
///
/// # Errors
/// Why nothing is planned; every part was looked at before anything is written.
pub fn plan(order: &Order, catalog: &Catalog, places: &Places, files: &dyn Files) -> Result<Plan, Refusal> {
    let mut plan = Plan::new(order.name.clone());
    let former = read(files, &places.profile(&order.name))?;
    let was = former.as_ref().and_then(|file| Profile::parse(str::from_utf8(&file.bytes).ok()?).ok());
    let kept = KeptTargets::of(order, was.as_ref(), catalog, places, files);
    let order = &Order { targets: kept.targets.clone(), ..order.clone() };
    let mut chosen = Vec::with_capacity(order.targets.len());
    for choice in &order.targets {
        let target = find(catalog, &choice.key)?;
        if target.system_only && places.scope == Scope::User {
            return Err(Refusal::Scope { target: target.key.clone(), scope: places.scope });
        }
        chosen.push((target, choice, locate(target, choice, &order.name, places)?));
    }
    for (target, choice, _) in &chosen {
        token::check(order, (target, choice), catalog, places, files)?;
        abilities::check(order, target, choice, places)?;
        abilities::check_proxy(order, target, catalog)?;
        senders::check(order, target, catalog)?;
        abilities::check_machine(target, places, files)?;
    }
    plan.group = shared_group::change(order, was.as_ref(), places, files)?;
    let group = plan.group.clone();
    let files: &dyn Files = &WithGroup { files, change: group.as_ref() };
    let sender_map = senders::map(order, files)?;
    let own = ProfileFiles::new(order, former.as_ref(), catalog, places, files)?;
    own.plan_secret(read(files, &places.secret(&order.name))?, read(files, &places.bound(&order.name))?, &mut plan);
    let written = chosen.iter().map(|(target, choice, locations)| written(target, choice, locations)).collect();
    own.plan_profile(former, kept.listed(written, was.as_ref()), &mut plan)?;
    if places.root.is_some() {
        own.plan_authority(read(files, &places.authority(&order.name))?, &mut plan);
    }
    // What leads to another target's settings comes after it.
    chosen.sort_by_key(|(target, ..)| target.through.is_some());
    let mut seconds = Vec::new();
    for (target, choice, _) in &chosen {
        let part = several::part(order, (target, choice), places, files);
        several::check_senders(order, (target, choice), part, places)?;
        seconds.extend(part.is_second.then_some(target.key.as_str()));
        for choice in expand(target, choice, places, files)? {
            let beside = Beside { was: was.as_ref(), sender_map: &sender_map, part };
            plan_target(order, target, &choice, beside, places, files, &mut plan)?;
        }
        let unwritten = omitted::unwritten(order, target, &plan.changes);
        plan.notes.extend(unwritten);
    }
    check_paths(&plan)?;
    let found = image::look(order, &chosen, catalog, places, files)?;
    let chosen: Vec<_> = chosen.into_iter().map(|(target, choice, _)| (target, choice)).collect();
    plan.notes.extend(group.as_ref().map(|group| Note { owner: "profile".to_owned(), phrase: group.note() }));
    let others = shared_group::outsiders_note(&order.profile, files).filter(|_| places.scope == Scope::System);
    plan.notes.extend(others.map(|phrase| Note { owner: "profile".to_owned(), phrase }));
    plan.notes.extend(senders::notes(order, (&chosen, &seconds), catalog, places, files));
    plan.notes.extend(secret_program::notes(order, &chosen, places, files)?);
    plan.notes.extend(found.notes);
    plan.lacks = found.lacks;
    plan.notes.extend(needs::notes(order, &chosen, catalog, places, files));
    plan.notes.extend(conflicts::notes(order, &chosen, was.as_ref(), &plan, catalog, (places, files))?);
    plan.notes.extend(kept.orphaned.iter().map(|orphan| orphan_note(orphan, order, catalog, places)));
    (plan.orphaned, plan.dropped) = (kept.orphaned, kept.dropped);
    Ok(plan)
}

/// A target as the profile lists it, with its path where that is not the usual one.
fn written(target: &Target, choice: &TargetChoice, locations: &Locations<'_>) -> Written {
    Written {
        name: target.key.clone(),
        path: locations.first().filter(|(_, first)| first.is_custom).map(|(_, first)| first.seen.clone()),
        inline_secret: choice.inline_secret,
    }
}

/// That a target of the profile is left as it is.
fn orphan_note(orphan: &Written, order: &Order, catalog: &Catalog, places: &Places) -> Note {
    let choice = TargetChoice::from(orphan);
    let usual = || first_path(catalog.target(&orphan.name)?, &choice, places);
    let path = orphan.path.clone().or_else(usual).unwrap_or_else(|| PathBuf::from(&orphan.name));
    let path = escape(&path.to_string_lossy());
    let phrase = phrase!("plan-note-orphaned", target = escape(&orphan.name), path = path, profile = order.name);
    Note { owner: orphan.name.clone(), phrase }
}

fn find<'a>(catalog: &'a Catalog, key: &str) -> Result<&'a Target, Refusal> {
    catalog.target(key).ok_or_else(|| Refusal::UnknownTarget {
        typed: key.to_owned(),
        nearest: nearest(key, catalog.target_keys()).map(str::to_owned),
    })
}

/// What there is beside an order when a target is planned.
#[derive(Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    /// The profile as it was.
    pub(super) was: Option<&'a Profile>,
    /// What stands in place of senders.
    pub(super) sender_map: &'a [SenderPair],
    /// The profile's part in files that others have a part in.
    pub(super) part: ProfilePart,
}

/// Plans one target at one place.
pub(super) fn plan_target(
    order: &Order,
    target: &Target,
    choice: &TargetChoice,
    Beside { was, sender_map, part }: Beside<'_>,
    places: &Places,
    files: &dyn Files,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let locations = locate(target, choice, &order.name, places)?;
    whose::check_version(target, &locations, files)?;
    let mut context = TemplateContext::new(order, target, choice, &locations, places, files);
    let former = former::context(was, (order, target), &locations, places, files);
    context.sender_map = sender_map.iter().map(SeenPair::from).collect();
    context.take_part(part);
    let mut outcome = Vec::with_capacity(locations.len());
    for (file, location) in &locations {
        let existing = read(files, &location.disk)?;
        if file.merge == MergeKind::Read || !is_wanted(target, file.when.as_ref(), &context)? {
            // As this plan leaves it.
            let planned = plan.changes.iter().rfind(|change| change.path == location.disk).and_then(|it| it.after.clone());
            let left = former.as_ref().filter(|_| planned.is_none());
            let left = left.filter(|former| {
                let was_wanted = || file.when.as_ref().is_none_or(|when| holds(when.as_str(), former).unwrap_or(false));
                holds_password(file, former) || file.beside && (file.merge == MergeKind::Whole || was_wanted())
            });
            if let (Some(former), Some(existing)) = (left, &existing)
                && let Some(change) = former::dropped((target, file), former, existing, &location.disk)?
            {
                outcome.push((*file, location.disk.as_path(), FileContent::Bytes(change.after.clone().map(Zeroizing::new))));
                plan.changes.push(change);
                continue;
            }
            let bytes = planned.or_else(|| existing.map(Existing::into_bytes)).map(Zeroizing::new);
            outcome.push((*file, location.disk.as_path(), FileContent::Bytes(bytes)));
            continue;
        }
        if file.must_exist && existing.is_none() {
            return Err(Refusal::NotInstalled { target: target.key.clone(), path: location.disk.clone() });
        }
        // Two targets may want something of the machine's own file: the second puts it into what the first makes of it.
        let is_shared = |other: &Change| file.when.is_some() && other.path == location.disk;
        let shared = plan.changes.iter().position(is_shared);
        let planned = shared.and_then(|index| plan.changes[index].after.clone()).map(Zeroizing::new);
        let now = existing.as_ref().map(|existing| existing.bytes.as_slice());
        let before = planned.as_ref().map(|planned| planned.as_slice()).or(now).map(values::utf8).transpose();
        let before = before.map_err(|fault| Refusal::unparseable(&location.disk, fault))?;
        whose::check_kind(target, file, location, before.unwrap_or_default())?;
        let merged = merged(target, file, location, before, former.as_ref(), &mut context)?;
        plan.notes.extend(merged.as_ref().and_then(|ours| omitted::removed(target, location, &ours.merged.removed)));
        if context.rest.get("default_taken") == Some(&true) {
            let phrase = phrase!("plan-note-default-taken", path = location.seen.display(), account = context.account);
            plan.notes.push(Note { owner: target.key.clone(), phrase });
        }
        let gets_secret = merged.as_ref().map_or_else(|| holds_password(file, &context), |ours| ours.gets_secret);
        let (after, as_read, disclosure) = if let Some(MergedFile { merged, disclosure, .. }) = merged {
            let Merged { text, doc, .. } = merged;
            let after = text.into_bytes();
            let parsed = doc.map(|doc| FileContent::Read(values::of(file.format.rules(), doc)));
            let as_read = parsed.unwrap_or_else(|| FileContent::Bytes(Some(Zeroizing::new(after.clone()))));
            (Some(after), as_read, disclosure)
        } else {
            let after = before.map(|text| text.as_bytes().to_vec());
            (after.clone(), FileContent::Bytes(after.map(Zeroizing::new)), Disclosure::Nothing)
        };
        let is_asked = |(file, _): &(&TargetFile, Location)| file.templates().any(|it| it.as_str().contains("earlier"));
        if locations.iter().any(is_asked) {
            context
                .earlier
                .insert(file.id.clone(), as_read.value(file).map_err(|it| Refusal::unparseable(&location.disk, it))?);
        }
        outcome.push((*file, location.disk.as_path(), as_read));
        if let Some(after) = after {
            let before = Before { was, places, files };
            let mut change = change(order, (target, file), location, existing, after, gets_secret, before)?;
            change.disclosure = disclosure;
            plan.notes.extend(closed(&change, target));
            let is_same = planned.as_ref().is_none_or(|planned| change.after.as_ref().is_some_and(|it| *it == **planned));
            if !is_same {
                change.disclosure = Disclosure::Nothing;
            }
            match shared {
                // It belongs to the one with commands to run.
                Some(index) if !target.runs.is_empty() => plan.changes[index] = change,
                Some(_) if is_same => {}
                Some(index) => {
                    change.owner.clone_from(&plan.changes[index].owner);
                    plan.changes[index] = change;
                }
                None => plan.changes.push(change),
            }
        }
    }
    let mismatches = compare(order, places, &interpret(target, &order.name, &outcome)?);
    if !mismatches.is_empty() {
        let path = locations.first().map(|(_, location)| location.disk.clone()).unwrap_or_default();
        return Err(lost(order, target, path, mismatches));
    }
    overrules::check(target, &order.name, &locations, &outcome, &mut plan.notes)?;
    plan_runs(target, &context.without_password(), (places, files), plan)
}

/// The consumer would read something else than is meant.
fn lost(order: &Order, target: &Target, path: PathBuf, mismatches: Vec<Setting>) -> Refusal {
    let key = target.key.clone();
    match &target.through {
        Some(through) if order.targets.iter().all(|choice| choice.key != *through) => {
            Refusal::Through { target: key, through: through.clone() }
        }
        _ => Refusal::Lost { target: key, path, mismatches },
    }
}

/// The commands to run after a target's files are written.
fn plan_runs(
    target: &Target,
    context: &TemplateContext,
    (places, files): (&Places, &dyn Files),
    plan: &mut Plan,
) -> Result<(), Refusal> {
    for run in &target.runs {
        if !is_wanted(target, run.when.as_ref(), context)? {
            continue;
        }
        let say = |template: &Template| {
            render(template.as_str(), None, context).map_err(|fault| Refusal::template(target, template, fault))
        };
        let command = match &run.service {
            None => run.command.iter().map(say).collect::<Result<_, _>>()?,
            Some(service) => match services::call(target, &say(service)?, run.restart, places, files) {
                ServiceCall::Run(command) => command,
                ServiceCall::Said(note) => {
                    plan.notes.extend(Some(note).filter(|note| !plan.notes.contains(note)));
                    continue;
                }
                ServiceCall::Idle => continue,
            },
        };
        let creates = run.creates.as_ref().map(say).transpose()?.map(|path| in_root(Path::new(&path), places));
        let run = Run { owner: target.key.clone(), command, creates, purpose: run.purpose };
        // Several places of a target may ask for the same one.
        if !plan.runs.contains(&run) {
            plan.runs.push(run);
        }
    }
    Ok(())
}

/// Whether the settings call for a file, or a command.
fn is_wanted(target: &Target, when: Option<&Template>, context: &TemplateContext) -> Result<bool, Refusal> {
    let Some(when) = when else { return Ok(true) };
    holds(when.as_str(), context).map_err(|fault| Refusal::template(target, when, fault))
}

/// A file with ours in it.
struct MergedFile {
    merged: Merged,
    disclosure: Disclosure,
    /// Our part depends on the password.
    gets_secret: bool,
}

/// A file's text with ours in it; `None` when there is nothing of ours to write.
fn merged(
    target: &Target,
    file: &TargetFile,
    location: &Location,
    before: Option<&str>,
    former: Option<&TemplateContext>,
    context: &mut TemplateContext,
) -> Result<Option<MergedFile>, Refusal> {
    let unparseable = |fault| Refusal::unparseable(&location.disk, fault);
    let format = file.format.rules();
    let comment = file.comment_sign();
    let profile = context.profile.clone();
    let text = before.unwrap_or_default();
    let around = match file.merge {
        MergeKind::Block => Some(merge::block::around(text, comment, &profile).map_err(unparseable)?),
        MergeKind::Keys | MergeKind::Whole | MergeKind::Exact | MergeKind::Read => None,
    };
    let is_ours = around.as_ref().is_some_and(|around| around.found);
    // A fault in the file as it is now has its line.
    let there = match file.merge {
        MergeKind::Block if is_ours => format.read(text).ok(),
        MergeKind::Block => Some(format.read(text).map_err(unparseable)?),
        MergeKind::Keys if !text.trim_ascii().is_empty() => Some(format.read(text).map_err(unparseable)?),
        _ => None,
    };
    // Few templates ask for it, and the file may be large.
    there.as_ref().map_or(Ok(()), |doc| whose::check_owner(target, file, location, doc))?;
    let is_asked = !is_ours && file.templates().any(|template| template.as_str().contains("there"));
    context.there = there.as_ref().filter(|_| is_asked).cloned().map_or_else(no_settings, |doc| values::of(format, doc));
    context.rest = around.as_ref().map(|around| format.surroundings(around.before, around.after)).unwrap_or_default();
    let say = |template: &Template, context: &TemplateContext| {
        render(template.as_str(), Some(format), context).map_err(|fault| match fault {
            RenderFault::Unfit(value, why) => Refusal::CannotCarry {
                target: target.key.clone(),
                field: context.setting_of(&value),
                why,
                instead: target.instead.clone(),
            },
            fault @ RenderFault::Template { .. } => Refusal::template(target, template, fault),
        })
    };
    let ours = Zeroizing::new(say(&file.template, context)?);
    let left = match (former, &there) {
        (Some(former), Some(there)) if file.merge == MergeKind::Keys => former::left(file, former, &ours, there),
        _ => Vec::new(),
    };
    if ours.trim_ascii().is_empty() && left.is_empty() {
        return Ok(None);
    }
    if file.merge == MergeKind::Keys && format.read(&ours).is_err() {
        let fault = RenderFault::Template { cause: "what it makes does not parse in its format".to_owned(), line: None };
        return Err(Refusal::template(target, &file.template, fault));
    }
    let keys = |template: Option<&Template>| -> Result<Vec<Vec<String>>, Refusal> {
        let lines = template.map(|template| say(template, context)).transpose()?.unwrap_or_default();
        Ok(lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| format.steps(line)).collect())
    };
    let (mut gone, kept) = (keys(file.remove.as_ref())?, keys(file.keep.as_ref())?);
    gone.extend(left);
    let mut merged = match (file.merge, around) {
        (MergeKind::Block, Some(around)) => {
            let at = merge::block::spot(format, &around, comment).map_err(unparseable)?;
            merge::block::merge(&around, at, comment, &profile, &ours).after(format, text, there)
        }
        (MergeKind::Keys | MergeKind::Block, _) => {
            merge::keys::merge(format, text, there, &ours, &gone, &kept).map_err(unparseable)?
        }
        (MergeKind::Whole, _) => merge::whole::merge(before, comment, &profile, &ours)
            .ok_or_else(|| Refusal::Foreign { path: location.disk.clone() })?,
        (MergeKind::Exact | MergeKind::Read, _) => Merged::of(String::new(), &ours, ""),
    };
    if merged.doc.is_none() {
        // What cannot be read is said where it is read back.
        merged.doc = format.read(&merged.text).ok();
    }
    let disclosure = disclose(file, context, &ours, text, &merged);
    let gets_secret = disclosure.hides() || depends_on_password(file, context, Some(&ours));
    Ok(Some(MergedFile { merged, disclosure, gets_secret }))
}

fn check_paths(plan: &Plan) -> Result<(), Refusal> {
    for (index, change) in plan.changes.iter().enumerate() {
        if let Some(first) = plan.changes[..index].iter().find(|first| first.path == change.path) {
            return Err(Refusal::SamePath {
                path: change.path.clone(),
                first: first.owner.clone(),
                second: change.owner.clone(),
            });
        }
    }
    Ok(())
}

fn read(files: &dyn Files, path: &Path) -> Result<Option<Existing>, Refusal> {
    files.read(path).map_err(|error| Refusal::unreadable(path, error))
}
