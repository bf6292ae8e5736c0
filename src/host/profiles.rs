//! Saved profiles: loading and listing them. A plan writes them.

use std::path::Path;

use super::{
    HostError,
    files::{error::FileError, tree::FileTree},
    profile_file::ProfileFile,
};
use crate::{
    mail::{Profile, ProfileName, ProfileSecret},
    plan::Places,
    presets::nearest,
};

pub use super::profile_file::render;

/// Checks a profile's name.
fn check_name(name: &str) -> Result<(), HostError> {
    name.parse::<ProfileName>().map(drop).map_err(|_| HostError::ProfileName(name.to_owned()))
}

/// The names of the profile files, sorted, without hidden ones: also names that no profile can have.
fn files(places: &Places) -> Result<Vec<String>, HostError> {
    let folder = places.config.join("profiles");
    let fault = |error| HostError::File(FileError::Read(folder.clone(), error));
    let mut names = Vec::new();
    for path in FileTree::of(places).names(&folder).map_err(fault)?.unwrap_or_default().iter().map(Path::new) {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).filter(|name| !name.starts_with('.'));
        if let (Some(name), true) = (name, path.extension().is_some_and(|ending| ending == "toml")) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The names of the profiles that are saved, sorted.
///
/// # Errors
/// Their folder cannot be read; if there is none, there are no profiles.
pub fn names(places: &Places) -> Result<Vec<String>, HostError> {
    Ok(files(places)?.into_iter().filter(|name| check_name(name).is_ok()).collect())
}

/// Loads a profile.
///
/// # Errors
/// There is none of this name, a newer mailsetup wrote it, or a field of it is wrong.
pub fn load(name: &str, places: &Places) -> Result<Profile, HostError> {
    find(name, places)?.profile()
}

/// Loads the part of a profile that finds its secret.
///
/// # Errors
/// There is none of this name, a newer mailsetup wrote it, or a field of this part is wrong.
pub fn load_secret(name: &str, places: &Places) -> Result<ProfileSecret, HostError> {
    find(name, places)?.secret()
}

/// A saved profile by name, or what is wrong with it.
pub type Listed = (String, Result<Profile, HostError>);

/// Every profile, with what is wrong with those that cannot be loaded, their names included. One that was removed and cannot be
/// loaded is none.
///
/// # Errors
/// Their folder cannot be read.
pub fn list(places: &Places) -> Result<Vec<Listed>, HostError> {
    let listed = files(places)?.into_iter().map(|name| (name.clone(), load(&name, places)));
    Ok(listed.filter(|(name, profile)| profile.is_ok() || !is_removed(name, places)).collect())
}

/// Whether a profile was removed: its file is gone, or says so.
pub(super) fn is_removed(name: &str, places: &Places) -> bool {
    match find(name, places) {
        Ok(file) => file.is_removed(),
        Err(error) => matches!(error, HostError::NoProfile(..)),
    }
}

/// The file of a profile.
///
/// # Errors
/// The name can be none, or there is no such file.
pub(super) fn find(name: &str, places: &Places) -> Result<ProfileFile, HostError> {
    check_name(name)?;
    ProfileFile::look(places.profile(name), FileTree::of(places))?.ok_or_else(|| {
        let saved = names(places).unwrap_or_default();
        let near = nearest(name, saved.iter().map(String::as_str)).map(str::to_owned);
        HostError::NoProfile(name.to_owned(), near)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{mail::schema::SCHEMA, plan::Scope};

    const SOURCE: &str = "# mine\nschema = 1\nenabled = true # for now\n\n[sender]\naddress = 'a@example.com'\n\n[smtp]\n\
        host = 'mail.example.com'\nport = 465\nsecurity = 'tls'\nauth = 'none'\nehlo = 'w.example.com'\n";

    fn places(folder: &Path) -> Places {
        let config = folder.join("config");
        let folder = folder.to_owned();
        Places {
            scope: Scope::User,
            root: None,
            home: folder.clone(),
            state: folder.join("state"),
            cwd: folder,
            config,
            keys: crate::mail::Keys::default(),
        }
    }

    fn put(places: &Places, name: &str, source: &str) {
        std::fs::create_dir_all(places.config.join("profiles")).unwrap();
        std::fs::write(places.config.join("profiles").join(name), source).unwrap();
    }

    #[test]
    fn names_that_are_none() {
        for name in ["default", "a", "web-1.example_x"] {
            check_name(name).unwrap();
        }
        for name in ["", ".", "..", ".hidden", "a/b", "a b", "é", "-x", "a\n", &"x".repeat(65)] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_file_whose_name_is_no_profiles_is_listed_with_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        put(&places, "-x.toml", SOURCE);
        put(&places, "good.toml", SOURCE);
        assert_eq!(names(&places).unwrap(), ["good"]);
        let listed = list(&places).unwrap();
        assert!(matches!(&listed[0].1, Err(HostError::ProfileName(name)) if name == "-x"));
    }

    #[test]
    fn loading_and_listing() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        assert_eq!(names(&places).unwrap(), Vec::<String>::new());
        let profile = Profile::parse(SOURCE).unwrap();
        put(&places, "default.toml", SOURCE);
        assert_eq!(load("default", &places).unwrap(), profile);
        put(&places, "broken.toml", "schema = 1\nenabeld = true\n");
        put(&places, ".hidden.toml", "");
        put(&places, "default.secret", "x");
        let listed = list(&places).unwrap();
        assert_eq!(listed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["broken", "default"]);
        let error = listed[0].1.as_ref().unwrap_err();
        assert_eq!(error.hint(), Some(crate::phrase!("host-nearest", word = "enabled")));
        let Err(HostError::NoProfile(_, near)) = load("defualt", &places) else { panic!("loaded") };
        assert_eq!(near.as_deref(), Some("default"));
    }

    #[test]
    fn a_newer_schema_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let next = u64::from(SCHEMA) + 1;
        put(&places, "default.toml", &format!("schema = {next}\nenabled = true\n[quantum]\nrelay = 1\n"));
        assert!(matches!(load("default", &places), Err(HostError::NewerSchema(_, schema)) if schema == next));
    }
}
