//! A conversation without a front end, and the places that a machine has.

use std::{
    path::Path,
    rc::Rc,
    sync::{Arc, LazyLock},
};

use mailsetup::{
    plan::{Places, Scope},
    presets::{Catalog, Lang, Text},
    setup::{Setup, SetupFacts, SetupOptions},
};

/// The built-in catalog, loaded once.
pub(crate) fn catalog() -> Arc<Catalog> {
    static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(Catalog::builtin()));
    Arc::clone(&CATALOG)
}

/// A server's facts.
pub(crate) fn facts() -> SetupFacts {
    SetupFacts {
        host_name: "web1".into(),
        full_name: Some("web1.example.com".into()),
        command: vec!["mailsetup".into()],
        program: vec!["/usr/bin/mailsetup".into()],
        sign_in_seed: Some(mailsetup::mail::Secret::new("seed".into())),
        ..SetupFacts::default()
    }
}

/// A conversation in English with the built-in presets.
pub(crate) fn conversation(facts: SetupFacts, options: SetupOptions) -> Setup {
    Setup::new(catalog(), Rc::new(Text::new(Lang::EN)), facts, options)
}

/// The places of a user or of the system; only their names.
pub(crate) fn places(scope: Scope) -> Places {
    let (home, config, state) = match scope {
        Scope::User => ("/home/ops", "/home/ops/.config/mailsetup", "/home/ops/.local/state/mailsetup"),
        Scope::System => ("/root", "/etc/mailsetup", "/var/lib/mailsetup"),
    };
    Places {
        scope,
        root: None,
        home: home.into(),
        config: config.into(),
        state: state.into(),
        cwd: "/srv/app".into(),
        keys: mailsetup::mail::Keys::default(),
    }
}

/// The places of a user whose home is a folder.
pub(crate) fn places_at_home(home: &Path) -> Places {
    Places {
        home: home.to_owned(),
        config: home.join(".config/mailsetup"),
        state: home.join(".local/state/mailsetup"),
        cwd: home.to_owned(),
        ..places(Scope::User)
    }
}
