//! Where things are, from scope, root and the person's folders.

use std::{
    io::ErrorKind,
    path::{Component, Path, PathBuf},
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

/// The current folder.
///
/// # Errors
/// It is gone.
pub fn current_folder() -> Result<PathBuf, HostError> {
    std::env::current_dir().map_err(|_| HostError::NoCwd)
}

/// Resolves the places once, at the edge.
///
/// Without a scope it is the whole system for root and for an image (`root`), else the user. A current folder that is gone is none:
/// what runs at every mail needs no such folder.
///
/// # Errors
/// No home folder for the user scope, a root that is no folder, a relative path without a current folder, or folders of ours that are
/// another user's.
pub fn places(scope: Option<Scope>, root: Option<&Path>, folders: Option<Folders>) -> Result<Places, HostError> {
    let cwd = current_folder().unwrap_or_default();
    let is_root = rustix::process::geteuid().is_root();
    let scope = scope.unwrap_or(if is_root || root.is_some() { Scope::System } else { Scope::User });
    let whole = |path: PathBuf| if path.is_absolute() { Ok(path) } else { Err(HostError::NoCwd) };
    let root = root.map(|root| Ok::<_, HostError>(without_dots(whole(cwd.join(root))?, FileTree::HERE)?)).transpose()?;
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
            let home = own.map_or_else(|| Ok(PathBuf::from("/root")), |own| whole(cwd.join(own.home)))?;
            (home, PathBuf::from("/etc/mailsetup"), PathBuf::from("/var/lib/mailsetup"))
        }
    };
    let below = |path: PathBuf| match &root {
        Some(root) => root.join(path.strip_prefix("/").unwrap_or(&path)),
        None => path,
    };
    let (home, config, state) = (below(home), below(config), below(state));
    let tree = FileTree::below(root.as_deref());
    let (home, config, state) = (without_dots(home, tree)?, without_dots(config, tree)?, without_dots(state, tree)?);
    let places = Places { scope, home, config, state, cwd, root, keys: Keys::default() };
    ours_alone(&places)?;
    Ok(places)
}

/// The path without `..`: where the links before it lead.
fn without_dots(path: PathBuf, tree: FileTree<'_>) -> Result<PathBuf, FileError> {
    if path.components().any(|part| part == Component::ParentDir) { resolve(&path, tree) } else { Ok(path) }
}

/// Refuses folders of ours that another user made or can change.
fn ours_alone(places: &Places) -> Result<(), HostError> {
    let mut folders = vec![places.config.clone(), places.state.clone()];
    folders.extend(below(&places.config, &["profiles"]));
    folders.extend(below(&places.state, &["journal", "backups", "checks"]));
    our_folders(&folders, places)
}

/// Refuses presets and texts of a person's own that another user made or can change: what they say would be done. Whoever reads none
/// does not ask.
///
/// # Errors
/// The first folder or file that is another's, or that others can write to.
pub fn own_presets(places: &Places) -> Result<(), HostError> {
    // What an image has of these is not read.
    if places.root.is_some() {
        return Ok(());
    }
    let tree = FileTree::of(places);
    let folders = below(&places.config, PRESETS);
    our_folders(&folders, places)?;
    for folder in &folders {
        // What cannot be listed is named when presets are read.
        let names = tree.names(folder).ok().flatten().unwrap_or_default();
        names.iter().try_for_each(|name| owned::our_file(&folder.join(name), tree))?;
    }
    Ok(())
}

fn below(folder: &Path, names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| folder.join(name)).collect()
}

fn our_folders(folders: &[PathBuf], places: &Places) -> Result<(), HostError> {
    let tree = FileTree::of(places);
    for folder in folders {
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

    #[test]
    fn a_root_has_no_dots() {
        let folder = tempfile::tempdir().unwrap();
        let (image, other) = (folder.path().join("image"), folder.path().join("other/deep"));
        std::fs::create_dir_all(&image).unwrap();
        std::fs::create_dir_all(&other).unwrap();
        std::os::unix::fs::symlink(&other, folder.path().join("link")).unwrap();
        let real = folder.path().canonicalize().unwrap();
        let root =
            |typed: &str| super::places(None, Some(&folder.path().join(typed)), Some(folders())).unwrap().root.unwrap();
        assert_eq!(root("image"), image);
        assert_eq!(root("image/../image"), real.join("image"));
        assert_eq!(root("link/.."), real.join("other"));
    }

    #[test]
    fn presets_that_others_can_change_are_refused_where_presets_are_read() {
        let home = tempfile::tempdir().unwrap();
        let places = || {
            let own = Folders { home: home.path().into(), config: home.path().into(), state: home.path().join("state") };
            super::places(Some(Scope::User), None, Some(own)).unwrap()
        };
        let folder = places().config.join("providers");
        std::fs::create_dir_all(&folder).unwrap();
        own_presets(&places()).unwrap();
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
        assert!(matches!(own_presets(&places()), Err(HostError::File(FileError::Writable(path))) if path == folder));
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink("/dev/null", folder.join("gmail.toml")).unwrap();
        let error = own_presets(&places()).unwrap_err();
        assert_eq!((error.phrase().id, error.hint().unwrap().id), ("host-writable", "host-writable-link-hint"));
    }
}
