//! Saved profiles: loading, listing and saving them.

use std::path::{Path, PathBuf};

use super::{
    HostError,
    files::{error::FileError, found, own, owned, tree::FileTree},
};
use crate::{
    mail::{Profile, ProfileFault, ProfileName, ProfileSecret},
    plan::Places,
    presets::nearest,
};

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
    read(name, places).and_then(|(path, source)| parse(&path, &source))
}

/// Loads the part of a profile that finds its secret.
///
/// # Errors
/// There is none of this name, a newer mailsetup wrote it, or a field of this part is wrong.
pub fn load_secret(name: &str, places: &Places) -> Result<ProfileSecret, HostError> {
    let (path, source) = read(name, places)?;
    ProfileSecret::parse(&source).map_err(|fault| refused(&path, fault))
}

/// A saved profile by name, or what is wrong with it.
pub type Listed = (String, Result<Profile, HostError>);

/// Every profile, with what is wrong with those that cannot be loaded, their names included.
///
/// # Errors
/// Their folder cannot be read.
pub fn list(places: &Places) -> Result<Vec<Listed>, HostError> {
    Ok(files(places)?.into_iter().map(|name| (name.clone(), load(&name, places))).collect())
}

/// Saves a profile outside a plan, as after a check: no backup, nothing to undo.
///
/// # Errors
/// Its name cannot be one, or it cannot be written; a file of a newer schema is left as it is.
pub fn save(name: &str, profile: &Profile, places: &Places) -> Result<(), HostError> {
    check_name(name)?;
    match load(name, places) {
        Err(error @ HostError::NewerSchema(..)) => return Err(error),
        Ok(saved) if saved == *profile => return Ok(()),
        _ => {}
    }
    Ok(own::write_file(&places.profile(name), render(profile)?.as_bytes(), FileTree::of(places))?)
}

/// A profile as its file's text.
///
/// # Errors
/// A path in it that is not UTF-8.
pub fn render(profile: &Profile) -> Result<String, HostError> {
    toml::to_string(profile).map_err(|error| unusable("profile".as_ref(), error.to_string()))
}

/// Reads the text of a profile's file.
///
/// # Errors
/// A newer mailsetup wrote it, or a field of it is wrong.
pub fn parse(path: &Path, source: &str) -> Result<Profile, HostError> {
    Profile::parse(source).map_err(|fault| refused(path, fault))
}

fn refused(path: &Path, fault: ProfileFault) -> HostError {
    match fault {
        ProfileFault::Newer(schema) => HostError::NewerSchema(path.to_owned(), schema),
        fault => HostError::BadProfile(path.to_owned(), Box::new(fault)),
    }
}

/// What is wrong with a profile's file as a whole.
fn unusable(path: &Path, cause: String) -> HostError {
    HostError::BadProfile(path.to_owned(), Box::new(ProfileFault::Text { line: None, cause, nearest: None }))
}

/// The path and text of a profile.
pub(super) fn read(name: &str, places: &Places) -> Result<(PathBuf, String), HostError> {
    check_name(name)?;
    let path = places.profile(name);
    let found = found::look_in(FileTree::of(places), &path).map_err(FileError::read(&path))?;
    let Some(found) = found else {
        let saved = names(places).unwrap_or_default();
        let near = nearest(name, saved.iter().map(String::as_str)).map(str::to_owned);
        return Err(HostError::NoProfile(name.to_owned(), near));
    };
    owned::ours(&path, &found)?;
    let source = String::from_utf8(found.into_bytes()).map_err(|_| unusable(&path, "not UTF-8".to_owned()))?;
    Ok((path, source))
}

/// The text of a profile with `enabled = false`: one word is changed where it can be found, so that comments stay. In a
/// profile that is damaged nothing else is touched, nor could it be.
pub(super) fn disabled(path: &Path, source: &str) -> Result<String, HostError> {
    let mut lines: Vec<String> = source.split_inclusive('\n').map(str::to_owned).collect();
    let top = lines.iter().position(|line| line.trim_start().starts_with('[')).unwrap_or(lines.len());
    let is_enabled = |line: &&mut String| line.split_once('=').is_some_and(|(key, _)| key.trim() == "enabled");
    let line = lines[..top].iter_mut().find(is_enabled);
    match (parse(path, source), line) {
        (Err(error @ HostError::NewerSchema(..)), _) => Err(error),
        (Ok(mut profile), line) => {
            profile.enabled = false;
            if let Some(line) = line {
                *line = line.replacen("true", "false", 1);
            }
            let edited = lines.concat();
            if parse(path, &edited).is_ok_and(|edited| edited == profile) { Ok(edited) } else { render(&profile) }
        }
        (Err(_), Some(line)) => {
            "enabled = false\n".clone_into(line);
            Ok(lines.concat())
        }
        (Err(_), None) => Ok(format!("enabled = false\n{source}")),
    }
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
    fn saving_loading_and_listing() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        assert_eq!(names(&places).unwrap(), Vec::<String>::new());
        let profile = parse(Path::new("x"), SOURCE).unwrap();
        save("default", &profile, &places).unwrap();
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
    fn a_newer_schema_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(folder.path());
        let next = u64::from(SCHEMA) + 1;
        let newer = format!("schema = {next}\nenabled = true\n[quantum]\nrelay = 1\n");
        put(&places, "default.toml", &newer);
        assert!(matches!(load("default", &places), Err(HostError::NewerSchema(_, schema)) if schema == next));
        let profile = parse(Path::new("x"), SOURCE).unwrap();
        assert!(save("default", &profile, &places).is_err());
        assert_eq!(std::fs::read_to_string(places.profile("default")).unwrap(), newer);
    }

    #[test]
    fn disabling_changes_one_word() {
        let path = Path::new("x");
        assert_eq!(disabled(path, SOURCE).unwrap(), SOURCE.replace("enabled = true", "enabled = false"));
        let inline = SOURCE.replace("enabled = true", "'enabled'=true");
        assert!(!parse(path, &disabled(path, &inline).unwrap()).unwrap().enabled);
        let damaged = SOURCE.replace("# mine", "enabled_since = 1").replace("'none'", "'bogus'");
        assert_eq!(disabled(path, &damaged).unwrap(), damaged.replace("enabled = true # for now", "enabled = false"));
    }
}
