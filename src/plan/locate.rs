//! Where a target's files are: on this machine's disk, and as the consumer sees them.

use std::path::{Component, Path, PathBuf};

use super::{Files, Places, Refusal, Scope, TargetChoice};
use crate::{
    mail::Profile,
    presets::{Target, target::TargetFile},
};

/// Where programs are, also those that only root runs.
pub(super) const FOLDERS: [&str; 4] = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];

/// A file's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    /// With the image's root in front.
    pub(super) disk: PathBuf,
    /// Without it: the path as files name it.
    pub(super) seen: PathBuf,
    /// Whether it depends on what was typed or on the current folder, so that the profile has to keep it.
    pub(super) is_custom: bool,
}

/// A target's files that a scope has, each with its place.
pub(super) type Locations<'a> = Vec<(&'a TargetFile, Location)>;

/// The places of a target's files for a profile, in order.
///
/// # Errors
/// This scope does not have one of those that are always written, or a person has to say where it is.
pub(super) fn locate<'a>(
    target: &'a Target,
    choice: &TargetChoice,
    profile: &str,
    places: &Places,
) -> Result<Locations<'a>, Refusal> {
    let find = |(index, file): (usize, &'a TargetFile)| {
        let typed = choice.path.as_deref();
        let usual = match places.scope {
            Scope::User => file.user.as_deref(),
            Scope::System => file.system.as_deref(),
        };
        let refusal = || match &file.example {
            Some(example) => Refusal::NoPlace { target: target.key.clone(), example: example.clone() },
            None => Refusal::Scope { target: target.key.clone(), scope: places.scope },
        };
        // A file that each profile has for itself.
        let usual = usual.map(|usual| PathBuf::from(usual.replace("{profile}", profile)));
        let spec = match typed {
            Some(first) if index == 0 => Some(first.to_owned()),
            Some(first) if file.beside => usual.as_deref().and_then(Path::file_name).map(|name| first.with_file_name(name)),
            _ => usual,
        };
        match spec {
            Some(spec) => Some(Ok((file, location(&spec, typed.is_some() && index == 0, places)))),
            None => file.when.is_none().then(|| Err(refusal())),
        }
    };
    target.files.iter().enumerate().filter_map(find).collect()
}

/// A choice for each path that a choice covers: in its first file's path, a `*` in a step is anything in the name of a folder that
/// exists.
///
/// # Errors
/// As of [`locate`], or there is no such folder.
pub fn expand(
    target: &Target,
    choice: &TargetChoice,
    places: &Places,
    files: &dyn Files,
) -> Result<Vec<TargetChoice>, Refusal> {
    let usual = locate(target, choice, "", places)?.swap_remove(0).1.disk;
    let is_usual = choice.path.is_none() && places.scope == Scope::System;
    let elsewhere = target.files.first().filter(|_| is_usual).map_or(&[][..], |file| &file.elsewhere);
    if elsewhere.is_empty() && !usual.to_string_lossy().contains('*') {
        return Ok(vec![choice.clone()]);
    }
    let elsewhere = elsewhere.iter().flat_map(|path| matching(&in_root(Path::new(path), places), files));
    let mut found: Vec<PathBuf> = matching(&usual, files).into_iter().chain(elsewhere).collect();
    let is_there = |folder: &Path| {
        let around = folder.parent().map(|around| files.folders(around)).unwrap_or_default();
        folder.file_name().is_some_and(|name| around.iter().any(|known| name == known.as_str()))
    };
    found.retain(|path| path.parent().is_some_and(is_there));
    if found.is_empty() {
        return Err(Refusal::NotInstalled { target: target.key.clone(), path: usual });
    }
    Ok(found.iter().map(|path| TargetChoice { path: Some(seen(path, places)), ..choice.clone() }).collect())
}

/// The paths that a pattern names: a `*` in a step is anything in the name of a folder that is there.
pub(super) fn matching(pattern: &Path, files: &dyn Files) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for step in pattern {
        let further = |folder: &PathBuf| match step.to_str().and_then(|step| step.split_once('*')) {
            Some((begin, end)) => {
                let fits =
                    |name: &String| name.len() >= begin.len() + end.len() && name.starts_with(begin) && name.ends_with(end);
                files.folders(folder).into_iter().filter(fits).map(|name| folder.join(name)).collect()
            }
            None => vec![folder.join(step)],
        };
        found = found.iter().flat_map(further).collect();
    }
    found
}

/// Where a target's first file is; `None` when this scope does not have it.
pub fn first_path(target: &Target, choice: &TargetChoice, places: &Places) -> Option<PathBuf> {
    locate(target, choice, "", places).ok()?.into_iter().next().map(|(_, location)| location.disk)
}

/// The location of a path that a preset or a person gives.
pub(super) fn location(spec: &Path, is_typed: bool, places: &Places) -> Location {
    let (disk, hangs_on_cwd) = if let Ok(rest) = spec.strip_prefix("~") {
        (in_root(&without_dots(&seen(&places.home, places).join(rest)), places), false)
    } else if spec.is_absolute() {
        (in_root(&without_dots(spec), places), false)
    } else {
        (without_dots(&places.cwd.join(spec)), true)
    };
    let seen = seen(&disk, places);
    Location { disk, seen, is_custom: is_typed || hangs_on_cwd }
}

/// An absolute path without `.` and `..`, as a shell's `cd` goes: `..` takes the step before it away, also where that is a link.
pub fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// An absolute path with the image's root in front, when it is not there yet.
pub(super) fn in_root(path: &Path, places: &Places) -> PathBuf {
    match &places.root {
        Some(root) if !path.starts_with(root) => root.join(path.strip_prefix("/").unwrap_or(path)),
        _ => path.to_owned(),
    }
}

/// A saved profile with the paths that it names as they are on this machine's disk: with the image's root in front.
pub fn on_disk(profile: &Profile, places: &Places) -> Profile {
    with_paths(profile, &|path| in_root(path, places))
}

/// A profile with the paths that it names as they are inside the image.
pub(super) fn seen_profile(profile: &Profile, places: &Places) -> Profile {
    with_paths(profile, &|path| seen(path, places))
}

/// A profile with other paths for the files that this machine reads beside the programs.
fn with_paths(profile: &Profile, to: &dyn Fn(&Path) -> PathBuf) -> Profile {
    let mut profile = profile.clone();
    profile.smtp.tls.ca_file = profile.smtp.tls.ca_file.as_deref().map(to);
    if let Some(client) = &mut profile.smtp.client {
        (client.cert, client.key) = (to(&client.cert), to(&client.key));
    }
    profile
}

/// A path as a program inside the image sees it.
pub(super) fn seen(path: &Path, places: &Places) -> PathBuf {
    let inside = places.root.as_ref().and_then(|root| path.strip_prefix(root).ok());
    inside.map_or_else(|| path.to_owned(), |rest| Path::new("/").join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_an_image() {
        let places = Places {
            scope: Scope::System,
            root: Some("/img".into()),
            home: "/img/root".into(),
            config: "/img/etc/mailsetup".into(),
            state: "/img/var/lib/mailsetup".into(),
            cwd: "/srv".into(),
            keys: crate::mail::Keys::default(),
        };
        let at = |spec: &str| {
            let location = location(Path::new(spec), false, &places);
            (location.disk.display().to_string(), location.seen.display().to_string(), location.is_custom)
        };
        assert_eq!(at("/etc/msmtprc"), ("/img/etc/msmtprc".into(), "/etc/msmtprc".into(), false));
        assert_eq!(at("/img/etc/x"), ("/img/etc/x".into(), "/etc/x".into(), false));
        assert_eq!(at("~/.msmtprc"), ("/img/root/.msmtprc".into(), "/root/.msmtprc".into(), false));
        assert_eq!(at("./.env"), ("/srv/.env".into(), "/srv/.env".into(), true));
        assert_eq!(at("../b/./.env"), ("/b/.env".into(), "/b/.env".into(), true));
        for spec in ["/srv/../srv/x.env", "/img/srv/a/../x.env", "/img/../srv/x.env", "/../srv/x.env", "~/../../srv/x.env"] {
            assert_eq!(at(spec), ("/img/srv/x.env".into(), "/srv/x.env".into(), false), "{spec}");
        }
    }
}
