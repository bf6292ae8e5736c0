//! Where a target's files are: on this machine's disk, and as the consumer sees them.

use std::path::{Path, PathBuf};

use super::{Places, Scope, TargetChoice};
use crate::presets::{Target, target::TargetFile};

/// A file's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// With the image's root in front.
    pub(super) disk: PathBuf,
    /// Without it: what may stand in a file.
    pub(super) seen: PathBuf,
    /// Whether it hangs on what was typed or on the current folder, so that a profile has to remember it.
    pub(super) is_own: bool,
}

/// A target's files that a scope has, each with its place.
pub(super) type Spots<'a> = Vec<(&'a TargetFile, Spot)>;

/// The places of a target's files, in order; `Err` is the index of the first file that this scope does not have, of those
/// that are always written.
pub(super) fn spots<'a>(target: &'a Target, choice: &TargetChoice, places: &Places) -> Result<Spots<'a>, usize> {
    let find = |(index, file): (usize, &'a TargetFile)| {
        let typed = choice.path.as_deref().filter(|_| index == 0);
        let usual = match places.scope {
            Scope::User => file.user.as_deref(),
            Scope::System => file.system.as_deref(),
        };
        match typed.or(usual.map(Path::new)) {
            Some(spec) => Some(Ok((file, spot(spec, typed.is_some(), places)))),
            None => file.when.is_none().then_some(Err(index)),
        }
    };
    target.files.iter().enumerate().filter_map(find).collect()
}

/// Where a target's first file is; `None` when this scope does not have it.
pub fn first_path(target: &Target, choice: &TargetChoice, places: &Places) -> Option<PathBuf> {
    spots(target, choice, places).ok()?.into_iter().next().map(|(_, spot)| spot.disk)
}

fn spot(spec: &Path, is_typed: bool, places: &Places) -> Spot {
    let (disk, hangs_on_cwd) = if let Ok(rest) = spec.strip_prefix("~") {
        (places.home.join(rest), false)
    } else if spec.is_absolute() {
        (in_root(spec, places), false)
    } else {
        let rest = spec.strip_prefix(".").unwrap_or(spec);
        (places.cwd.join(rest), true)
    };
    let seen = seen(&disk, places);
    Spot { disk, seen, is_own: is_typed || hangs_on_cwd }
}

/// An absolute path with the image's root in front, when it is not there yet.
pub(super) fn in_root(path: &Path, places: &Places) -> PathBuf {
    match &places.root {
        Some(root) if !path.starts_with(root) => root.join(path.strip_prefix("/").unwrap_or(path)),
        _ => path.to_owned(),
    }
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
            let spot = spot(Path::new(spec), false, &places);
            (spot.disk.display().to_string(), spot.seen.display().to_string(), spot.is_own)
        };
        assert_eq!(at("/etc/msmtprc"), ("/img/etc/msmtprc".into(), "/etc/msmtprc".into(), false));
        assert_eq!(at("/img/etc/x"), ("/img/etc/x".into(), "/etc/x".into(), false));
        assert_eq!(at("~/.msmtprc"), ("/img/root/.msmtprc".into(), "/root/.msmtprc".into(), false));
        assert_eq!(at("./.env"), ("/srv/.env".into(), "/srv/.env".into(), true));
    }
}
