//! Where things are, from scope, root and environment. The XDG rules are applied here, since the environment is given.

use std::path::{Path, PathBuf};

use super::{HostError, disk};
use crate::plan::{Places, Scope};

/// Resolves the places once, at the edge.
///
/// Without a scope it is the whole system for root and for an image (`root`), else the user. XDG variables that are not
/// absolute paths are ignored, as the XDG Base Directory Specification says.
///
/// # Errors
/// No home folder for the user scope, a root that is no folder, or no current folder.
pub fn places(scope: Option<Scope>, root: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Result<Places, HostError> {
    let cwd = std::env::current_dir().map_err(|_| HostError::NoCwd)?;
    let uid = rustix::process::geteuid();
    let scope = scope.unwrap_or(if uid.is_root() || root.is_some() { Scope::System } else { Scope::User });
    let root = root.map(|root| cwd.join(root));
    if let Some(root) = root.as_ref().filter(|root| !root.is_dir()) {
        return Err(HostError::NoRoot(root.clone()));
    }
    let folder = |name: &str| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = match (folder("HOME"), scope) {
        (Some(home), _) => home,
        (None, Scope::User) => return Err(HostError::NoHome),
        (None, Scope::System) => disk::home_of(uid.as_raw()).unwrap_or_else(|| PathBuf::from("/root")),
    };
    let (config, state) = match scope {
        Scope::User => (
            folder("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")).join("mailsetup"),
            folder("XDG_STATE_HOME").unwrap_or_else(|| home.join(".local/state")).join("mailsetup"),
        ),
        Scope::System => (PathBuf::from("/etc/mailsetup"), PathBuf::from("/var/lib/mailsetup")),
    };
    let below = |path: PathBuf| match &root {
        Some(root) => root.join(path.strip_prefix("/").unwrap_or(&path)),
        None => path,
    };
    Ok(Places { scope, home: below(home), config: below(config), state: below(state), cwd, root })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn a_user_has_xdg_folders_or_their_usual_places() {
        let places = places(Some(Scope::User), None, &env(&[("HOME", "/home/ann")])).unwrap();
        assert_eq!(places.profile("default"), Path::new("/home/ann/.config/mailsetup/profiles/default.toml"));
        assert_eq!(places.state, Path::new("/home/ann/.local/state/mailsetup"));
        let env = env(&[("HOME", "/home/ann"), ("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "relative")]);
        let places = super::places(Some(Scope::User), None, &env).unwrap();
        assert_eq!(places.config, Path::new("/c/mailsetup"));
        assert_eq!(places.state, Path::new("/home/ann/.local/state/mailsetup"));
    }

    #[test]
    fn without_a_home_the_user_scope_says_the_way_out_and_the_system_goes_on() {
        let error = places(Some(Scope::User), None, &env(&[("HOME", "")])).unwrap_err();
        assert_eq!(error.hint().unwrap().id, "host-no-home-hint");
        assert!(places(Some(Scope::System), None, &env(&[])).unwrap().home.is_absolute());
    }

    #[test]
    fn a_root_stands_before_every_path_but_the_current_folder() {
        let image = tempfile::tempdir().unwrap();
        let places = places(None, Some(image.path()), &env(&[("HOME", "/root")])).unwrap();
        assert_eq!(places.scope, Scope::System);
        assert_eq!(places.config, image.path().join("etc/mailsetup"));
        assert_eq!(places.home, image.path().join("root"));
        assert_eq!(places.cwd, std::env::current_dir().unwrap());
        let missing = super::places(None, Some(&image.path().join("none")), &env(&[]));
        assert!(matches!(missing, Err(HostError::NoRoot(_))));
    }
}
