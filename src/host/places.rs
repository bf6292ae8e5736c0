//! Where things are, from scope, root and the person's folders.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use directories::BaseDirs;

use super::{
    error::HostError,
    files::{error::FileError, location::resolve, owned, tree::FileTree},
};
use crate::{
    mail::Keys,
    plan::{Places, Scope},
};

/// The folders of the person who runs mailsetup, by the XDG Base Directory Specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// The home folder.
    pub home: PathBuf,
    /// `$XDG_CONFIG_HOME`, or `~/.config`.
    pub config: PathBuf,
    /// `$XDG_STATE_HOME`, or `~/.local/state`.
    pub state: PathBuf,
}

impl Folders {
    /// The folders as the environment and the user's entry say; `None` when there is no home folder.
    pub fn of_person() -> Option<Self> {
        let folders = BaseDirs::new()?;
        Some(Self {
            home: folders.home_dir().to_owned(),
            config: folders.config_dir().to_owned(),
            state: folders.state_dir().map_or_else(|| folders.data_local_dir().to_owned(), Path::to_owned),
        })
    }
}

/// Resolves the places once, at the edge.
///
/// Without a scope it is the whole system for root and for an image (`root`), else the user.
///
/// # Errors
/// No home folder for the user scope, a root that is no folder, no current folder, or folders of ours that are another user's.
pub fn places(scope: Option<Scope>, root: Option<&Path>, folders: Option<Folders>) -> Result<Places, HostError> {
    let cwd = std::env::current_dir().map_err(|_| HostError::NoCwd)?;
    let is_root = rustix::process::geteuid().is_root();
    let scope = scope.unwrap_or(if is_root || root.is_some() { Scope::System } else { Scope::User });
    let root = root.map(|root| cwd.join(root));
    if let Some(root) = root.as_ref().filter(|root| !root.is_dir()) {
        return Err(HostError::NoRoot(root.clone()));
    }
    if let Some(variable) = relative_variable().filter(|_| scope == Scope::User) {
        return Err(HostError::Relative(variable));
    }
    let (home, config, state) = match (scope, folders) {
        (Scope::User, None) => return Err(HostError::NoHome),
        (Scope::User, Some(own)) => (own.home, own.config.join("mailsetup"), own.state.join("mailsetup")),
        (Scope::System, own) => {
            let home = own.map_or_else(|| PathBuf::from("/root"), |own| cwd.join(own.home));
            (home, PathBuf::from("/etc/mailsetup"), PathBuf::from("/var/lib/mailsetup"))
        }
    };
    let below = |path: PathBuf| match &root {
        Some(root) => root.join(path.strip_prefix("/").unwrap_or(&path)),
        None => path,
    };
    let (home, config, state) = (below(home), below(config), below(state));
    let places = Places { scope, home, config, state, cwd, root, keys: Keys::default() };
    ours_alone(&places)?;
    Ok(places)
}

/// Refuses folders of ours that another user made or can change, and files in them that say what we do.
fn ours_alone(places: &Places) -> Result<(), HostError> {
    let tree = FileTree::of(places);
    let below = |folder: &Path, names: &[&str]| names.iter().map(|name| folder.join(name)).collect::<Vec<_>>();
    let mut folders = vec![places.config.clone(), places.state.clone()];
    folders.extend(below(&places.config, &["profiles"]));
    folders.extend(below(&places.state, &["journal", "backups", "checks"]));
    // What an image has of these is not read.
    let presets = if places.root.is_none() { below(&places.config, PRESETS) } else { Vec::new() };
    for folder in folders.iter().chain(&presets) {
        // Below a root also by where the links of the image lead in it.
        let real = resolve(folder, tree).ok().filter(|real| places.root.is_some() && real != folder);
        for folder in [Some(folder), real.as_ref()].into_iter().flatten() {
            match owned::our_folder(folder, tree) {
                // What we may not look into is not read either.
                Err(FileError::Read(_, error)) if error.kind() == ErrorKind::PermissionDenied => {}
                Err(error) if places.root.is_some() => return Err(HostError::Image(error)),
                other => other?,
            }
        }
    }
    for folder in &presets {
        // What cannot be listed is named when presets are read.
        let names = tree.names(folder).ok().flatten().unwrap_or_default();
        names.iter().try_for_each(|name| owned::our_file(&folder.join(name), tree))?;
    }
    Ok(())
}

/// The variable that leads to a person's folders by a relative path: another one in each current folder.
fn relative_variable() -> Option<&'static str> {
    let is_relative =
        |name: &&str| std::env::var_os(name).is_some_and(|path| !path.is_empty() && Path::new(&path).is_relative());
    ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"].into_iter().find(is_relative)
}

/// Folders of a person's own presets and texts.
const PRESETS: &[&str] = &["providers", "targets", "causes", "families", "distributions", "words", "text"];

/// Folders below an image's root that would hold a person's own presets and texts on this machine.
pub fn foreign_presets(places: &Places) -> Vec<PathBuf> {
    let is_image = places.root.is_some();
    PRESETS
        .iter()
        .map(|name| places.config.join(name))
        .filter(|folder| is_image && FileTree::of(places).is_folder(folder))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders() -> Folders {
        Folders { home: "/home/ann".into(), config: "/home/ann/.config".into(), state: "/home/ann/.local/state".into() }
    }

    #[test]
    fn a_user_has_folders_of_their_own() {
        let places = places(Some(Scope::User), None, Some(folders())).unwrap();
        assert_eq!(places.profile("default"), Path::new("/home/ann/.config/mailsetup/profiles/default.toml"));
        assert_eq!(places.state, Path::new("/home/ann/.local/state/mailsetup"));
    }

    #[test]
    fn without_a_home_the_user_scope_says_the_way_out_and_the_system_goes_on() {
        let error = places(Some(Scope::User), None, None).unwrap_err();
        assert_eq!(error.hint().unwrap().id, "host-no-home-hint");
        assert!(places(Some(Scope::System), None, None).unwrap().home.is_absolute());
    }

    #[test]
    fn a_root_stands_before_every_path_but_the_current_folder() {
        let image = tempfile::tempdir().unwrap();
        let places = places(None, Some(image.path()), Some(folders())).unwrap();
        assert_eq!(places.scope, Scope::System);
        assert_eq!(places.config, image.path().join("etc/mailsetup"));
        assert_eq!(places.home, image.path().join("home/ann"));
        assert_eq!(places.cwd, std::env::current_dir().unwrap());
        let missing = super::places(None, Some(&image.path().join("none")), None);
        assert!(matches!(missing, Err(HostError::NoRoot(_))));
    }
}
