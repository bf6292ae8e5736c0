//! Settings that programs here already have: offered to a person, or taken if named.

use std::path::Path;

use super::{
    super::{ca_file::read_ca, context::Context},
    conversation::Conversation,
};
use crate::{
    error::{Error, Exit},
    host::{self, Disk},
    mail::{Profile, Setting, reply::escape},
    phrase,
    plan::{self, FoundSettings, Places, ReadBack, Refusal, TargetChoice},
    presets::Target,
    runner::{Runner, others},
    setup::{Field, Import},
};

/// Offers settings to start from: the named ones, else, if a person is asked everything, those that are found.
///
/// # Errors
/// The named file is missing, unreadable, or has no settings.
pub(super) fn begin(context: &Context, conversation: &mut Conversation, may_offer: bool) -> Result<(), Error> {
    let setup = &conversation.setup;
    let is_given = |field: Field| setup.is_given(field);
    let named = setup.value(Field::Import).filter(|_| is_given(Field::Import));
    let is_known = [Field::Import, Field::Address, Field::Provider, Field::Host].into_iter().any(is_given);
    if named.is_none() && (is_known || !may_offer) || named.as_deref() == Some("none") {
        return Ok(());
    }
    let places = (conversation.runner.places)(setup.scope())?;
    let source = ImportSource { runner: &conversation.runner, places: &places };
    // Root has settings of its own beside those of the whole system.
    let there = context.other_places();
    let other = there.as_ref().map(|places| ImportSource { runner: &conversation.runner, places });
    let imports = if let Some(word) = named {
        let import = match (source.named(&word), &other) {
            (Ok(import), _) => import,
            (Err(error), None) => return Err(error),
            (Err(error), Some(other)) => {
                let import = other.named(&word).map_err(|_| error)?;
                context.say_phrase(&phrase!("scope-other", path = escape(&import.file)));
                import
            }
        };
        if let Some(withheld) = import.withheld.as_ref().filter(|_| !context.may_ask() && !context.inputs.has_password()) {
            context.warn_phrase(withheld);
        }
        vec![import]
    } else {
        let mut imports = source.found();
        for import in other.iter().flat_map(ImportSource::found) {
            if imports.iter().all(|known| known.word != import.word) {
                imports.push(import);
            }
        }
        imports
    };
    conversation.setup.offer_imports(imports);
    Ok(())
}

/// Where settings are looked for.
struct ImportSource<'a> {
    runner: &'a Runner,
    places: &'a Places,
}

impl ImportSource<'_> {
    /// The settings of a named target and file.
    fn named(&self, word: &str) -> Result<Import, Error> {
        let choice = TargetChoice::parse(word);
        let unknown = || Error::new(Exit::Usage, phrase!("plan-unknown-target", typed = escape(&choice.key)));
        let target = self.runner.catalog.target(&choice.key).ok_or_else(unknown)?;
        let refused = |refusal: Refusal| Error { exit: refusal.exit(), phrase: refusal.phrase(), hint: refusal.hint() };
        let found = self.look(target, &choice).map_err(refused)?;
        let path = match &found {
            Some(found) => Some(found.path.clone()),
            None => plan::first_path(target, &choice, self.places),
        };
        let file = path.map(|path| escape(&self.shown(&path))).unwrap_or_default();
        let hint = phrase!("import-hint", target = target.key);
        let Some(found) = found else {
            return Err(Error::new(Exit::NoInput, phrase!("import-missing", file = file)).hint(hint));
        };
        let import = self.import(target, found, word.to_owned());
        import.ok_or_else(|| Error::new(Exit::Config, phrase!("import-nothing", file = file)).hint(hint))
    }

    /// The settings of all targets, without what cannot be read or understood, and without what a saved profile already has.
    fn found(&self) -> Vec<Import> {
        let saved = others::saved(self.places);
        let look = |target: &Target| {
            let found = self.look(target, &TargetChoice::new(&target.key)).ok()??;
            if saved.iter().any(|(_, profile)| is_saved(profile, &found.read)) {
                return None;
            }
            let path = found.choice.path.as_ref().map(|path| format!("={}", path.display())).unwrap_or_default();
            self.import(target, found, format!("{}{path}", target.key))
        };
        self.runner.catalog.targets().filter_map(look).collect()
    }

    fn look(&self, target: &Target, choice: &TargetChoice) -> Result<Option<FoundSettings>, Refusal> {
        plan::import(target, choice, self.places, &Disk::new(self.places))
    }

    fn import(&self, target: &Target, found: FoundSettings, word: String) -> Option<Import> {
        let file = self.shown(&found.path);
        let mut read = found.read;
        let authority = read.settings.remove(&Setting::CaFile).map(|path| self.at_home(&path));
        read.settings
            .extend(authority.filter(|path| read_ca(self.runner, path).is_ok()).map(|path| (Setting::CaFile, path)));
        let mut import = Import::new(word, target.name.clone(), file, read, &self.runner.catalog)?;
        // An image's commands are for its own programs.
        import.command = import.command.filter(|_| self.places.root.is_none());
        // Who can change the file could have us run a command.
        if import.command.is_some()
            && let Err(why) = host::unsteered(&found.path)
        {
            import.withheld = Some(phrase!(
                "import-withheld",
                file = escape(&import.file),
                path = escape(&why.path().display().to_string())
            ));
            import.command = None;
        }
        Some(import)
    }

    /// A path as a person writes it; in an image, as its own programs see it.
    fn shown(&self, path: &Path) -> String {
        let Places { root, home, cwd, .. } = self.places;
        let short = |folder: &Path, sign: &str| {
            let rest = path.strip_prefix(folder).ok()?;
            Some(format!("{sign}/{}", rest.display()))
        };
        let inside = root.as_ref().and_then(|root| short(root, ""));
        inside.or_else(|| short(home, "~")).or_else(|| short(cwd, ".")).unwrap_or_else(|| path.display().to_string())
    }

    /// A path with the home folder in place of `~`, and below an image's root.
    fn at_home(&self, path: &str) -> String {
        match path.strip_prefix("~/") {
            Some(rest) => self.places.home.join(rest).display().to_string(),
            None => match &self.places.root {
                Some(root) => root.join(path.trim_start_matches('/')).display().to_string(),
                None => path.to_owned(),
            },
        }
    }
}

/// Whether a saved profile has the same server and login: it is changed by `edit`.
fn is_saved(profile: &Profile, read: &ReadBack) -> bool {
    let smtp = &profile.smtp;
    profile.enabled
        && read.get(Setting::Host).is_some_and(|host| host.eq_ignore_ascii_case(&smtp.host))
        && read.get(Setting::Port).is_some_and(|port| *port == smtp.port.to_string())
        && read.get(Setting::Username) == smtp.username.as_deref()
}
