//! What every command shares: texts, catalog, places, and output.

use std::{
    cell::{Cell, RefCell},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{color::Color, domain_look, inputs::Inputs, name_server::AskedNames};
use crate::{
    diagnose::check_cause,
    discover::Reach,
    error::{Error, Exit},
    frontend::lines::ask_on_terminal,
    host::{
        self, Folders, HostError, input,
        tokens::{KeptGrant, Renewal},
        vault,
    },
    mail::{
        BoundSecret, KeySlot, Keys, ProfileSecret, Proxy, Secret, SecretPlace,
        proxy::ProxyVariable,
        reply::{escape, escape_json},
    },
    oauth::OauthWay,
    phrase,
    plan::{Places, Scope, check_target},
    presets::{Catalog, Lang, Languages, OwnFault, Phrase, PresetFault, Text},
    runner::{EgressTargets, Runner},
    setup::Field,
};

/// What every command shares.
pub(super) struct Context {
    pub(super) text: Rc<Text>,
    pub(super) catalog: Arc<Catalog>,
    pub(super) inputs: Inputs,
    pub(super) json: bool,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
    scope: Cell<Option<Scope>>,
    color: Color,
    /// Presets of a person's own are read: nobody else may change them.
    reads_presets: bool,
    root: Option<PathBuf>,
    lock_limit: Duration,
    /// Who is asked for names.
    pub(super) names: AskedNames,
    /// The vault's keys: those given, and those asked for since.
    keys: RefCell<Keys>,
}

impl Context {
    pub(super) fn new(text: &Rc<Text>, languages: &Languages, inputs: Inputs) -> Result<Self, Error> {
        let scope = inputs.word("scope")?;
        let color = inputs.word("color")?.unwrap_or_default();
        let tags: Vec<String> = languages.iter().map(|lang| lang.to_string()).collect();
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        let lang = inputs.choice("lang", &tags)?.and_then(Lang::of_tag);
        // The answers file may choose another language than that of its own errors.
        let text =
            lang.filter(|lang| *lang != text.lang()).map_or_else(|| Rc::clone(text), |lang| Rc::new(languages.text(lang)));
        let root = inputs.get("root").map(PathBuf::from);
        let keys = keys(&inputs)?;
        let lock_limit = lock_limit(&inputs)?;
        Ok(Self {
            names: AskedNames::of(&inputs, &text)?,
            text,
            catalog: Arc::new(Catalog::builtin().with_languages(languages.clone())),
            json: inputs.is_set("json"),
            quiet: inputs.is_set("quiet"),
            verbose: inputs.is_set("verbose"),
            inputs,
            scope: Cell::new(scope),
            color,
            reads_presets: false,
            root,
            lock_limit,
            keys: RefCell::new(keys),
        })
    }

    /// Takes what is known from here on, as it is on this machine or in the image.
    pub(super) fn know(&mut self, catalog: Catalog, languages: &Languages) {
        let catalog = catalog.on(&host::os_release(self.root.as_deref()));
        self.catalog = Arc::new(catalog.with_languages(languages.clone()));
    }

    /// Loads and checks the person's own presets over the built-in ones. What is wrong in them is named and passed over.
    pub(super) fn load_presets(&mut self) -> Catalog {
        // Those of this machine: an image's were written by whoever made it.
        self.reads_presets = true;
        let Ok(places) = places(self.scope.get(), None, true) else { return Catalog::builtin() };
        self.say_foreign_presets();
        // Those of its own scope go before those of the other one.
        let folders: Vec<PathBuf> = self.other_places().into_iter().chain([places]).map(|places| places.config).collect();
        let mut catalog = Catalog::with_overrides(&folders, &host::clock::rfc3339(SystemTime::now()));
        let answers = Field::ALL.map(Field::key);
        catalog.pass_over_wrong(|catalog| {
            let causes = catalog.own_causes().flat_map(|cause| check_cause(cause, catalog, &answers));
            catalog.own_targets().flat_map(check_target).chain(causes).collect()
        });
        for OwnFault { fault, is_used } in catalog.own_faults() {
            let said = escape(&fault.to_string());
            let said = if *is_used { phrase!("cli-preset-key", fault = said) } else { phrase!("cli-preset", fault = said) };
            self.say_fault(&said, fault);
        }
        catalog
    }

    /// Names what is wrong in a file of the person's own, with the nearest right word.
    pub(super) fn say_fault(&self, said: &Phrase, fault: &PresetFault) {
        let near = fault.nearest.as_ref().map(|near| self.text.say(&phrase!("cli-did-you-mean", near = escape(near))));
        self.say(&[Some(self.text.say(said)), near].into_iter().flatten().collect::<Vec<_>>().join(" "));
    }

    /// Says which folders of an image are not read.
    fn say_foreign_presets(&self) {
        let Ok(places) = self.places() else { return };
        for folder in host::foreign_presets(&places) {
            self.say_phrase(&phrase!("cli-image-presets", path = escape(&folder.display().to_string())));
        }
    }

    pub(super) fn lang(&self) -> Lang {
        self.text.lang()
    }

    /// Where things are.
    pub(super) fn places(&self) -> Result<Places, HostError> {
        let places = places(self.scope.get(), self.root.as_deref(), self.reads_presets)?;
        Ok(Places { keys: self.keys.borrow().clone(), ..places })
    }

    /// The places of root's own scope, where root did not say which one is meant: by default it is the whole system.
    pub(super) fn other_places(&self) -> Option<Places> {
        let here = self.places().ok().filter(|here| here.scope == Scope::System)?;
        if self.scope.get().is_some() || here.root.is_some() {
            return None;
        }
        let there = places(Some(Scope::User), None, self.reads_presets).ok()?;
        Some(Places { keys: here.keys, ..there })
    }

    /// Root's own scope is meant from now on.
    pub(super) fn enter(&self, there: &Places) {
        self.scope.set(Some(there.scope));
        self.say_phrase(&phrase!("scope-other", path = escape(&there.config.display().to_string())));
    }

    /// The same, with the keys of the vault: asks for a missing passphrase if there is a terminal.
    pub(super) fn places_to_open(&self) -> Result<Places, Error> {
        let places = self.places()?;
        let asks = places.keys.passphrase.is_none() && !self.inputs.is_set("no-input");
        if asks && vault::look_at(&places)?.is_some_and(|closed| closed.key_slot == KeySlot::Passphrase) {
            // Without a terminal, the vault reports what is missing.
            self.keys.borrow_mut().passphrase = ask_on_terminal(&self.text.get("vault-ask")).ok().flatten();
        }
        Ok(self.places()?)
    }

    /// The same, to read a secret that is kept in `place`.
    pub(super) fn places_for(&self, place: Option<&SecretPlace>) -> Result<Places, Error> {
        if place == Some(&SecretPlace::Vault) { self.places_to_open() } else { Ok(self.places()?) }
    }

    /// The key slot of a new vault, by the keys that were given.
    pub(super) fn key_slot(&self) -> KeySlot {
        self.keys.borrow().slot
    }

    /// How far to look for the settings of an address. Neither the demo nor a build without discovery asks a server.
    pub(super) fn reach(&self) -> Reach {
        if !cfg!(feature = "discover") || self.inputs.is_set("offline") || self.inputs.is_set("demo") {
            Reach::Offline
        } else if self.inputs.is_set("database") {
            Reach::Database
        } else {
            Reach::Domain
        }
    }

    /// Longest time for one stage.
    pub(super) fn timeout(&self) -> Result<Duration, Error> {
        match self.inputs.get("timeout") {
            None => Ok(Duration::from_secs(10)),
            Some(typed) => match typed.parse::<f64>() {
                Ok(seconds) if (0.1..=3600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
                _ => {
                    let typed = escape(typed);
                    Err(Error::new(Exit::Usage, phrase!("cli-timeout", typed = typed)))
                }
            },
        }
    }

    /// The proxy that was given, for commands that save nothing.
    pub(super) fn proxy(&self) -> Result<Option<Proxy>, Error> {
        if self.inputs.get("proxy").is_some_and(|typed| typed.trim().eq_ignore_ascii_case(Proxy::NONE)) {
            return Ok(None);
        }
        self.inputs.value::<Proxy>("proxy")
    }

    /// How files are written: how long to wait for another run.
    pub(super) fn write_options(&self) -> host::WriteOptions<'static> {
        host::WriteOptions { lock_limit: self.lock_limit, ..host::WriteOptions::default() }
    }

    pub(super) fn runner(&self) -> Runner {
        let (root, keys, reads_presets) = (self.root.clone(), self.keys.borrow().clone(), self.reads_presets);
        let names = self.names;
        Runner {
            catalog: self.catalog.clone(),
            lang: self.lang(),
            places: Arc::new(move |scope| {
                let places = places(Some(scope), root.as_deref(), reads_presets)?;
                Ok(Places { keys: keys.clone(), ..places })
            }),
            net: Arc::new(move || names.net()),
            resolver: names.resolver(),
            domain: domain_look::looker(&self.catalog, names),
            egress: EgressTargets {
                proxy: ProxyVariable::find(&variable),
                ..EgressTargets::known(self.catalog.egress(), &host::machine())
            },
            own_stores_only: false,
            lock_limit: self.lock_limit,
            oauth: self.oauth_way(),
            last_plan: Arc::default(),
        }
    }

    /// How authorization servers are reached.
    pub(super) fn oauth_way(&self) -> OauthWay {
        let proxy = ProxyVariable::find(&variable);
        let said = self.inputs.get("timeout").and_then(|_| self.timeout().ok());
        OauthWay { proxy, resolver: self.names.resolver(), timeout: said.unwrap_or(OauthWay::TIMEOUT) }
    }

    /// The secret of a profile for its own server, as it can be used now: a grant with an access token that has time left.
    pub(super) fn own_secret(
        &self,
        name: &str,
        profile: &ProfileSecret,
        place: &SecretPlace,
        places: &Places,
    ) -> Result<BoundSecret, Error> {
        let kept = host::stores::read_own(name, profile, place, places)?;
        Ok(KeptGrant { name, profile, place, places }.fresh(kept, &self.oauth_way(), Renewal::AsNeeded)?)
    }

    /// The mailsetup that programs run for the password: this one, or an image's own.
    pub(super) fn secret_program(&self) -> Vec<String> {
        let path = self.root.as_deref().map(|root| host::program_below(root, "mailsetup"));
        vec![path.map_or_else(program, |found| found.map_or_else(|| PACKAGED.to_owned(), |it| it.display().to_string()))]
    }

    /// Says what an earlier run left half done in these places, and the next write takes back first.
    pub(super) fn announce(&self, places: &Places) -> Result<(), Error> {
        for host::CutOff { when, files } in host::cut_off(places)? {
            self.say_phrase(&phrase!("host-cut-off", when = when, files = files));
        }
        Ok(())
    }

    /// The system below which everything is looked for, where it is not this one.
    pub(super) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Data: a line on standard output.
    pub(super) fn out(&self, line: &str) -> Result<(), Error> {
        let line = if self.json { escape_json(line).into() } else { std::borrow::Cow::Borrowed(line) };
        written(writeln!(io::stdout().lock(), "{line}"))
    }

    /// Words for a person: a line on standard error.
    pub(super) fn say(&self, line: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{line}");
        }
    }

    /// Words of what failed: a line on standard error, also when quiet.
    #[expect(clippy::unused_self, reason = "the way out is the context's, as are words for a person")]
    pub(super) fn warn(&self, line: &str) {
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    pub(super) fn warn_all<Line: AsRef<str>>(&self, lines: impl IntoIterator<Item = Line>) {
        lines.into_iter().for_each(|line| self.warn(line.as_ref()));
    }

    pub(super) fn warn_phrase(&self, phrase: &Phrase) {
        self.warn(&self.text.say(phrase));
    }

    pub(super) fn say_all<Line: AsRef<str>>(&self, lines: impl IntoIterator<Item = Line>) {
        for line in lines {
            self.say(line.as_ref());
        }
    }

    pub(super) fn say_phrase(&self, phrase: &Phrase) {
        self.say(&self.text.say(phrase));
    }

    /// Whether a person can be asked.
    pub(super) fn may_ask(&self) -> bool {
        !self.json && !self.inputs.is_set("no-input") && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether colours are wanted (`--color`, `NO_COLOR`).
    pub(super) fn color(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => variable("NO_COLOR").is_none(),
        }
    }
}

/// Where things are; for who reads presets, where those of a person's own can be read.
fn places(scope: Option<Scope>, root: Option<&Path>, reads_presets: bool) -> Result<Places, HostError> {
    let places = host::places(scope, root, Folders::of_person())?;
    if reads_presets {
        host::own_presets(&places)?;
    }
    Ok(places)
}

/// How long to wait for another run that writes.
fn lock_limit(inputs: &Inputs) -> Result<Duration, Error> {
    let Some(typed) = inputs.get("lock-timeout") else { return Ok(host::LOCK_LIMIT) };
    match typed.parse::<f64>() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(Error::new(Exit::Usage, phrase!("cli-lock-timeout", typed = crate::mail::reply::escape(typed)))),
    }
}

/// The vault's keys, from the sources that flags name.
fn keys(inputs: &Inputs) -> Result<Keys, Error> {
    let passphrase = if let Some(path) = inputs.get("vault-passphrase-file") {
        Some(input::from_file(Path::new(path))?)
    } else if let Some(number) = inputs.get("vault-passphrase-fd") {
        Some(from_fd("--vault-passphrase-fd", number)?)
    } else if let Some(name) = inputs.get("vault-passphrase-env") {
        Some(input::from_env(name)?)
    } else {
        None
    };
    let key_file = inputs.get("vault-key-file").map(PathBuf::from);
    let slot = match (&key_file, &passphrase) {
        (Some(_), _) => KeySlot::KeyFile,
        (None, Some(_)) => KeySlot::Passphrase,
        (None, None) => KeySlot::default(),
    };
    Ok(Keys { passphrase, key_file, slot })
}

/// The secret on a file descriptor.
pub(super) fn from_fd(flag: &str, number: &str) -> Result<Secret, Error> {
    let unusable = || Error::new(Exit::Usage, phrase!("cli-password-fd", flag = flag));
    Ok(input::from_fd(number.parse().map_err(|_| unusable())?)?)
}

/// An environment variable that is set and not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The result of writing to standard output. A closed pipe is not an error: `head` reads only as much as it needs.
pub(super) fn written(result: io::Result<()>) -> Result<(), Error> {
    result.or_else(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(Error::new(Exit::Io, phrase!("cli-output", cause = error))),
    })
}

/// Where our packages put mailsetup, in an image that has none yet.
const PACKAGED: &str = "/usr/bin/mailsetup";

/// The program's own absolute path.
pub(super) fn program() -> String {
    let path = std::env::current_exe().unwrap_or_else(|_| Path::new("mailsetup").to_owned());
    path.display().to_string()
}
