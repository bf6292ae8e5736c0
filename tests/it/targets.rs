//! Every target over files that people have, and with every password: only our part changes, what comes back is what was
//! meant, and taking it back leaves the file as it was.

mod aliases;
mod back;
mod claims;
mod files;
mod mail_servers;
mod no_login;
mod senders;
mod several;
mod torture;

use std::{fs, path::PathBuf, sync::LazyLock};

use mailsetup::{
    mail::{Secret, SecretPlace, StoreKind},
    plan::{Order, Places, Scope, TargetChoice},
    presets::{Catalog, Target, target::MergeKind},
};

use crate::consumers::setup::order;

/// A file as somebody has it.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The files that somebody has of a target, by name. A target that has no folder of them shares a folder with another one
/// whose file has the same format, where it is merged into a file; else it has none.
pub(crate) fn samples(target: &str) -> Vec<Sample> {
    let folders = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/targets");
    let mut folder = folders.join(target);
    if !folder.is_dir() {
        static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);
        let merged = |target: &Target| matches!(target.files[0].merge, MergeKind::Block | MergeKind::Keys);
        let own = CATALOG.target(target).filter(|own| merged(own));
        let same = |other: &&Target| own.is_some_and(|own| other.files[0].format == own.files[0].format) && merged(other);
        let other = CATALOG.targets().filter(same).map(|other| folders.join(&other.key)).find(|folder| folder.is_dir());
        folder = other.unwrap_or(folder);
    }
    let mut samples: Vec<Sample> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            Sample { name, text: fs::read_to_string(entry.path()).unwrap() }
        })
        .collect();
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    samples
}

/// The scope in which a target has its files.
pub(crate) fn scope(target: &Target) -> Scope {
    if target.files[0].user.is_some() { Scope::User } else { Scope::System }
}

/// Places below a folder, as of an image.
pub(crate) fn below(folder: &std::path::Path, scope: Scope) -> Places {
    Places {
        scope,
        root: Some(folder.to_owned()),
        home: folder.join("home"),
        config: folder.join("etc/mailsetup"),
        state: folder.join("var/lib/mailsetup"),
        cwd: folder.join("srv"),
        keys: mailsetup::mail::Keys::default(),
    }
}

/// An order for one target, with the password in its files wherever that can be.
pub(crate) fn ordered(target: &Target, password: &str) -> Order {
    let inline = |key: &String| TargetChoice { inline_secret: true, ..TargetChoice::new(key) };
    let own = TargetChoice { path: target.files[0].example.as_ref().map(Into::into), ..inline(&target.key) };
    let targets = std::iter::once(own).chain(target.through.as_ref().map(inline)).collect();
    let mut order =
        Order { targets, scope: scope(target), secret: Some(Secret::new(password.to_owned())), ..order(password) };
    if target.needs_run_as {
        order.profile.run_as = "www-data".parse().unwrap();
    }
    if target.store == Some(StoreKind::Systemd) {
        order.profile.secret = Some(SecretPlace::Systemd);
    }
    order
}

/// Whether a target's file, or the folder that it goes into, has to be there before.
pub(crate) fn needs_its_place(target: &Target) -> bool {
    let file = &target.files[0];
    file.must_exist || file.system.as_ref().is_some_and(|path| path.contains('*'))
}
