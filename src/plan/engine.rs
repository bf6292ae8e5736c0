//! The plan itself: the secret, the profile, and each target's files, merged and proven.

use std::path::{Path, PathBuf};

use super::{
    Change, Existing, Field, Files, Note, Order, Places, Plan, Refusal, Run, Scope, TargetChoice, abilities,
    context::Context,
    locate::{Spot, in_root, spots},
    merge,
    proof::{compare, understand, utf8},
    read::surroundings,
    render::{RenderFault, holds, render},
};
use crate::{
    mail::{
        Profile,
        profile::{SCHEMA, SecretPlace, Written},
    },
    phrase,
    presets::{
        Catalog, Target, nearest,
        target::{Format, MergeKind, TargetFile},
    },
};

/// Everything that will be done for an order. Files that are already right are in the list too.
///
/// # Errors
/// Why nothing is planned; every part was looked at before anything is written.
pub fn plan(order: &Order, catalog: &Catalog, places: &Places, files: &dyn Files) -> Result<Plan, Refusal> {
    let mut plan = Plan {
        name: order.name.clone(),
        changes: Vec::new(),
        runs: Vec::new(),
        keep: None,
        former: None,
        notes: Vec::new(),
    };
    let mut chosen = Vec::with_capacity(order.targets.len());
    for choice in &order.targets {
        let target = find(catalog, &choice.key)?;
        let scope = Refusal::Scope { target: target.key.clone(), scope: places.scope };
        if target.system_only && places.scope == Scope::User {
            return Err(scope);
        }
        chosen.push((target, choice, spots(target, choice, places).map_err(|_| scope)?));
    }
    for (target, choice, _) in &chosen {
        abilities::check(order, target, choice)?;
    }
    let former = read(files, &places.profile(&order.name))?;
    let own = Own::of(order, former.as_ref(), places, files)?;
    plan_secret(order, &own, places, files, &mut plan)?;
    plan_profile(order, &chosen, former, &own, places, &mut plan)?;
    for (target, choice, spots) in &chosen {
        plan_target(order, target, choice, spots, places, files, &mut plan)?;
    }
    check_paths(&plan)?;
    Ok(plan)
}

fn find<'a>(catalog: &'a Catalog, key: &str) -> Result<&'a Target, Refusal> {
    catalog.target(key).ok_or_else(|| Refusal::UnknownTarget {
        typed: key.to_owned(),
        nearest: nearest(key, catalog.target_keys()).map(str::to_owned),
    })
}

/// Who reads mailsetup's own files of a profile: their owner, and the group of the user who sends.
struct Own {
    group: Option<String>,
    /// They were for another user before.
    is_another: bool,
    /// Where the secret was kept.
    place: Option<SecretPlace>,
}

impl Own {
    fn of(order: &Order, former: Option<&Existing>, places: &Places, files: &dyn Files) -> Result<Self, Refusal> {
        let former = former.and_then(|former| toml::from_str::<Profile>(std::str::from_utf8(&former.bytes).ok()?).ok());
        let user = order.profile.run_as.as_ref().filter(|_| places.scope == Scope::System);
        let unknown = |user: &String| Refusal::NoUser { user: user.clone() };
        let group = user.map(|user| files.group_of(user).ok_or_else(|| unknown(user))).transpose()?;
        let is_another = former.as_ref().is_some_and(|former| former.run_as != order.profile.run_as);
        Ok(Self { group, is_another, place: former.and_then(|former| former.secret) })
    }

    /// A file of mailsetup's own, closed to all others.
    fn change(&self, owner: &str, path: PathBuf, existing: Option<Existing>, after: Option<Vec<u8>>) -> Change {
        Change {
            owner: owner.to_owned(),
            path,
            // Unknown: it is written anew, for a group that the mode does not show.
            mode_before: existing.as_ref().map(|existing| existing.mode).filter(|_| !self.is_another),
            before: existing.map(Existing::into_bytes),
            after,
            mode: if self.group.is_some() { 0o640 } else { 0o600 },
            group: self.group.clone(),
        }
    }
}

fn plan_secret(order: &Order, own: &Own, places: &Places, files: &dyn Files, plan: &mut Plan) -> Result<(), Refusal> {
    let path = places.secret(&order.name);
    let existing = read(files, &path)?;
    match (&order.profile.secret, &order.secret) {
        (Some(SecretPlace::File), None) => {}
        (Some(SecretPlace::File), Some(secret)) => {
            plan.changes.push(own.change("secret", path, existing, Some(secret.expose().as_bytes().to_vec())));
        }
        (place, secret) => {
            if let (Some(place), Some(secret)) = (place, secret)
                && place.has_entries()
            {
                plan.keep = Some((place.clone(), secret.clone()));
            }
            // The file of a former store would keep a secret that nobody asks for any more.
            if existing.is_some() {
                plan.changes.push(own.change("secret", path, existing, None));
            }
        }
    }
    let is_left = |place: &&SecretPlace| place.has_entries() && Some(*place) != order.profile.secret.as_ref();
    plan.former = own.place.as_ref().filter(is_left).cloned();
    Ok(())
}

fn plan_profile(
    order: &Order,
    chosen: &[(&Target, &TargetChoice, Vec<Spot>)],
    existing: Option<Existing>,
    own: &Own,
    places: &Places,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let path = places.profile(&order.name);
    let schema = existing
        .as_ref()
        .and_then(|existing| std::str::from_utf8(&existing.bytes).ok())
        .and_then(|text| toml::from_str::<toml::Table>(text).ok())
        .and_then(|table| table.get("schema").and_then(toml::Value::as_integer));
    if let Some(schema) = schema.filter(|schema| *schema > i64::from(SCHEMA)) {
        return Err(Refusal::NewerSchema { path, schema });
    }
    let mut profile = order.profile.clone();
    profile.targets = chosen
        .iter()
        .map(|(target, choice, spots)| Written {
            name: target.key.clone(),
            path: spots.first().filter(|spot| spot.is_own).map(|spot| spot.seen.clone()),
            inline_secret: choice.inline_secret,
        })
        .collect();
    let text = toml::to_string(&profile)
        .map_err(|error| Refusal::Template { target: "profile".to_owned(), cause: error.to_string() })?;
    let kept = existing.as_ref().filter(|existing| is_as_before(&existing.bytes, &profile)).map(|kept| kept.bytes.clone());
    plan.changes.push(own.change("profile", path, existing, Some(kept.unwrap_or_else(|| text.into_bytes()))));
    Ok(())
}

/// Whether a profile's file says the same already: when the last test was made is no change, how it ended is one.
fn is_as_before(former: &[u8], profile: &Profile) -> bool {
    let former = std::str::from_utf8(former).ok().and_then(|text| toml::from_str::<Profile>(text).ok());
    former.is_some_and(|mut former| {
        let result = |profile: &Profile| profile.check.as_ref().map(|check| check.result.clone());
        let same = profile.check.is_none() || result(&former) == result(profile);
        former.check.clone_from(&profile.check);
        same && former == *profile
    })
}

fn plan_target(
    order: &Order,
    target: &Target,
    choice: &TargetChoice,
    spots: &[Spot],
    places: &Places,
    files: &dyn Files,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let mut context = Context::new(order, target, choice, spots, places, files);
    let mut outcome: Vec<(&Path, Option<Vec<u8>>)> = Vec::with_capacity(spots.len());
    for (file, spot) in target.files.iter().zip(spots) {
        let existing = read(files, &spot.disk)?;
        if !is_wanted(target, file, &context)? {
            outcome.push((&spot.disk, existing.map(Existing::into_bytes)));
            continue;
        }
        if file.must_exist && existing.is_none() {
            return Err(Refusal::NotInstalled { target: target.key.clone(), path: spot.disk.clone() });
        }
        let before = existing.as_ref().map(|existing| utf8(&existing.bytes)).transpose();
        let before = before.map_err(|fault| Refusal::unparseable(&spot.disk, fault))?;
        let after = merged(target, file, spot, before, &mut context)?.map(String::into_bytes);
        if context.rest.get("default_taken") == Some(&true) {
            let phrase = phrase!("plan-note-default-taken", path = spot.seen.display(), account = context.account);
            plan.notes.push(Note { owner: target.key.clone(), phrase });
        }
        let after = after.or_else(|| existing.as_ref().map(|existing| existing.bytes.clone()));
        outcome.push((&spot.disk, after.clone()));
        if let Some(after) = after {
            plan.changes.push(change(target, file, spot, existing, after, &context, places, files)?);
        }
    }
    let read = understand(target, &order.name, &outcome)?;
    let mismatches = compare(order, places.scope, &read);
    if !mismatches.is_empty() {
        let path = spots.first().map(|spot| spot.disk.clone()).unwrap_or_default();
        return Err(Refusal::Lost { target: target.key.clone(), path, mismatches });
    }
    for run in &target.runs {
        let say =
            |template: &String| render(template, None, &context).map_err(|fault| Refusal::template(&target.key, fault));
        plan.runs.push(Run {
            owner: target.key.clone(),
            command: run.command.iter().map(say).collect::<Result<_, _>>()?,
            creates: run.creates.as_ref().map(say).transpose()?.map(|path| in_root(Path::new(&path), places)),
            purpose: run.purpose,
        });
    }
    Ok(())
}

/// Whether the settings call for a file.
fn is_wanted(target: &Target, file: &TargetFile, context: &Context) -> Result<bool, Refusal> {
    let Some(when) = &file.when else { return Ok(true) };
    holds(when, context).map_err(|fault| Refusal::template(&target.key, fault))
}

/// A file's text with ours in it; `None` when there is nothing of ours to write.
fn merged(
    target: &Target,
    file: &TargetFile,
    spot: &Spot,
    before: Option<&str>,
    context: &mut Context,
) -> Result<Option<String>, Refusal> {
    let unparseable = |fault| Refusal::unparseable(&spot.disk, fault);
    let comment = file.comment_sign();
    let profile = context.profile.clone();
    let text = before.unwrap_or_default();
    let around = match file.merge {
        MergeKind::Block => Some(merge::block::around(text, comment, &profile).map_err(unparseable)?),
        MergeKind::Keys | MergeKind::Whole | MergeKind::Exact => None,
    };
    context.rest = around.as_ref().map(|around| surroundings(file.format, around.before, around.after)).unwrap_or_default();
    let say = |template: &str, context: &Context| {
        render(template, Some(file.format), context).map_err(|fault| match fault {
            RenderFault::Unfit(value, why) => Refusal::CannotCarry {
                target: target.key.clone(),
                field: field_of(&value, context),
                why,
                instead: target.instead.clone(),
            },
            fault @ RenderFault::Template(_) => Refusal::template(&target.key, fault),
        })
    };
    let ours = say(&file.template, context)?;
    if ours.trim_ascii().is_empty() {
        return Ok(None);
    }
    let gone = file.remove.as_deref().map(|template| say(template, context)).transpose()?.unwrap_or_default();
    // In .properties the dots belong to the key.
    let steps = |line: &str| match file.format {
        Format::Properties => vec![line.to_owned()],
        _ => line.split('.').map(str::to_owned).collect(),
    };
    let gone: Vec<Vec<String>> = gone.lines().map(str::trim).filter(|line| !line.is_empty()).map(steps).collect();
    Ok(Some(match (file.merge, around) {
        (MergeKind::Block, Some(around)) => merge::block::merge(&around, comment, &profile, &ours),
        (MergeKind::Keys | MergeKind::Block, _) => {
            merge::keys::merge(file.format, text, &ours, &gone).map_err(unparseable)?
        }
        (MergeKind::Whole, _) => merge::whole::merge(before, comment, &profile, &ours)
            .ok_or_else(|| Refusal::Foreign { path: spot.disk.clone() })?,
        (MergeKind::Exact, _) => ours,
    }))
}

/// Which setting a value is.
fn field_of(value: &str, context: &Context) -> Option<Field> {
    let settings = [
        (Field::Password, context.password.as_deref()),
        (Field::Username, context.username.as_deref()),
        (Field::Sender, Some(context.sender.address.as_str())),
        (Field::SenderName, context.sender.name.as_deref()),
        (Field::ReplyTo, context.sender.reply_to.as_deref()),
        (Field::Host, Some(context.host.as_str())),
        (Field::Ehlo, Some(context.ehlo.as_str())),
        (Field::CaFile, context.ca_file.as_deref()),
    ];
    settings.into_iter().find(|(_, setting)| *setting == Some(value)).map(|(field, _)| field)
}

/// Whether a file's text hangs on the password.
fn holds_password(file: &TargetFile, context: &Context) -> bool {
    let without = Context { password: None, ..context.clone() };
    let render = |context: &Context| render(&file.template, Some(file.format), context).ok();
    render(context) != render(&without)
}

#[expect(clippy::too_many_arguments, reason = "one place that knows modes, called once")]
fn change(
    target: &Target,
    file: &TargetFile,
    spot: &Spot,
    existing: Option<Existing>,
    after: Vec<u8>,
    context: &Context,
    places: &Places,
    files: &dyn Files,
) -> Result<Change, Refusal> {
    let wanted = u32::from_str_radix(&file.mode, 8)
        .map_err(|_| Refusal::Template { target: target.key.clone(), cause: format!("mode = {:?}", file.mode) })?;
    let group = file.group.as_ref().filter(|group| places.scope == Scope::System && files.has_group(group)).cloned();
    let wanted = if group.is_some() { wanted | 0o040 } else { wanted };
    let gets_secret = context.password.is_some() && holds_password(file, context);
    let (mode, group) = match &existing {
        None => (wanted, group),
        Some(existing) if gets_secret && existing.mode & !wanted != 0 => (existing.mode & wanted, group),
        Some(existing) => (existing.mode, None),
    };
    Ok(Change {
        owner: target.key.clone(),
        path: spot.disk.clone(),
        mode_before: existing.as_ref().map(|existing| existing.mode),
        before: existing.map(Existing::into_bytes),
        after: Some(after),
        mode,
        group,
    })
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
    files.read(path).map_err(|error| Refusal::unreadable(path, &error))
}
