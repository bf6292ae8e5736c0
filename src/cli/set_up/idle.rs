//! Options that were given and can do nothing: dropped in silence, they would leave the password in another place, or root's mail
//! with somebody else, than was meant.

use super::super::{
    context::Context,
    inputs::{IMAP_PASSWORDS, PASSWORDS},
};
use crate::{
    error::{Error, Exit},
    host::{self, vault},
    mail::{KeySlot, Scope, Security, Setting, StoreKind},
    phrase,
    plan::secret_runner,
    presets::{Phrase, Target},
    setup::{AnswerSource, Field, Setup},
};

/// An option that can do nothing with the answers as they are.
pub(super) enum Idle {
    /// What was meant would not be so: nothing is done.
    Refused(Error),
    /// It does no harm.
    Noted(Phrase),
}

/// The keys of a vault, and where each opens it.
const VAULT_KEYS: [(&str, KeySlot); 4] = [
    ("vault-key-file", KeySlot::KeyFile),
    ("vault-passphrase-file", KeySlot::Passphrase),
    ("vault-passphrase-fd", KeySlot::Passphrase),
    ("vault-passphrase-env", KeySlot::Passphrase),
];

/// All that were given and can do nothing.
pub(super) fn find(context: &Context, setup: &Setup) -> Vec<Idle> {
    let given = context.inputs.fields().into_iter().filter(|(_, value, _)| !value.is_empty());
    let fields = given.filter_map(|(field, ..)| of_field(context, setup, field));
    let keys = VAULT_KEYS.into_iter().filter_map(|(name, slot)| of_vault_key(context, setup, name, slot));
    let login = no_login(setup);
    let passwords =
        PASSWORDS.into_iter().filter_map(|name| Some(noted_with(&context.inputs.as_given(name)?, login.as_ref()?)));
    let without = |names: &'static [&'static str], field: Field| {
        let is_idle = setup.value(field).as_deref() != Some("yes");
        let given = names.iter().filter_map(|name| context.inputs.as_given(name)).filter(move |_| is_idle);
        given.map(move |flag| noted_without(&flag, field))
    };
    let mailbox = without(&IMAP_PASSWORDS, Field::Imap).chain(without(&["arrival-delete"], Field::Arrival));
    fields.chain(keys).chain(passwords).chain(mailbox).collect()
}

/// Refuses what would leave something else than was meant.
///
/// # Errors
/// The first option of that kind.
pub(super) fn refuse(context: &Context, setup: &Setup) -> Result<(), Error> {
    let refused = |idle| if let Idle::Refused(error) = idle { Some(error) } else { None };
    find(context, setup).into_iter().find_map(refused).map_or(Ok(()), Err)
}

/// What a person should know of the options that do nothing.
pub(super) fn notes(context: &Context, setup: &Setup) -> Vec<Phrase> {
    let said = |idle| match idle {
        Idle::Refused(error) => error.phrase,
        Idle::Noted(phrase) => phrase,
    };
    find(context, setup).into_iter().map(said).collect()
}

/// What a field's option waits for, where it does not apply. Consent that is not needed is none of these.
fn of_field(context: &Context, setup: &Setup, field: Field) -> Option<Idle> {
    let flag = context.inputs.as_given(field.spec().flag)?;
    if field == Field::VaultLock {
        return of_vault_lock(context, setup, &flag);
    }
    if field == Field::SecretCommandPath && setup.applies(field) {
        let order = setup.rehearsal()?;
        return (!secret_runner(&order, &context.catalog)).then(|| Idle::Noted(phrase!("cli-idle-program", flag = flag)));
    }
    if setup.applies(field) {
        return None;
    }
    match field {
        Field::PassEntry => Some(contradicts(&flag, &said(setup, Field::SecretStore))),
        Field::RunAs => Some(contradicts(&flag, &said(setup, Field::Scope))),
        Field::RunAsGroup | Field::RootMail if is_users_own(setup) => Some(contradicts(&flag, &said(setup, Field::Scope))),
        Field::RunAsGroup => Some(Idle::Refused(Error::new(
            Exit::Usage,
            phrase!("cli-group-of-nobody", group = flag, users = Field::RunAs.flag()),
        ))),
        Field::CaFile | Field::Pin | Field::ClientCert | Field::ClientKey
            if setup.value(Field::Security).as_deref() == Some(Security::None.as_str()) =>
        {
            Some(contradicts(&flag, &said(setup, Field::Security)))
        }
        Field::RootMail => Some(refused_without(context, &flag, |target| target.read.has(Setting::RootMail))),
        Field::SenderMap => Some(refused_without(context, &flag, |target| target.mta.is_some())),
        Field::Senders => Some(Idle::Noted(only(context, &flag, |target| target.mta.is_some()))),
        Field::TestTo => Some(noted_with(&flag, &said(setup, Field::Test))),
        Field::ImapHost | Field::ImapPort | Field::ImapSecurity | Field::ImapUsername => {
            Some(noted_without(&flag, Field::ImapHost))
        }
        Field::ArrivalTo => Some(noted_without(&flag, Field::Arrival)),
        // Whoever wants a grant wants no password in its place.
        Field::OauthGrant => Some(contradicts(&flag, &said(setup, Field::Auth))),
        Field::OauthClientId
        | Field::OauthTenant
        | Field::OauthScope
        | Field::OauthTokenUrl
        | Field::OauthAuthUrl
        | Field::OauthDeviceUrl
        | Field::OauthCaFile
        | Field::OauthCertificate => Some(if setup.value(Field::OauthGrant).is_some() {
            noted_with(&flag, &said(setup, Field::OauthGrant))
        } else {
            noted_without(&flag, Field::OauthGrant)
        }),
        Field::Username | Field::SecretStore | Field::SecretCommandPath => Some(noted_with(&flag, &no_login(setup)?)),
        _ => None,
    }
}

/// A lock for a vault that is not made.
fn of_vault_lock(context: &Context, setup: &Setup, flag: &str) -> Option<Idle> {
    if let Some(none) = no_login(setup) {
        return Some(contradicts(flag, &none));
    }
    if setup.value(Field::SecretStore).as_deref() != Some(StoreKind::Vault.as_str()) {
        return Some(contradicts(flag, &said(setup, Field::SecretStore)));
    }
    let wanted: KeySlot = setup.value(Field::VaultLock)?.parse().ok()?;
    let locked = vault::look_at(&context.places().ok()?).ok().flatten().map(|closed| closed.key_slot);
    let locked = locked.filter(|slot| *slot != wanted)?;
    let error = Error::new(Exit::Usage, phrase!("cli-vault-locked", lock = locked.as_str(), flag = flag));
    Some(Idle::Refused(error.hint(phrase!("cli-vault-locked-hint", lock = wanted.as_str()))))
}

/// A key for a vault that is neither written to nor left: the password would lie open elsewhere. A variable may be there for other
/// profiles.
fn of_vault_key(context: &Context, setup: &Setup, name: &str, slot: KeySlot) -> Option<Idle> {
    let flag = context.inputs.as_given(name)?;
    let is_variable = context.inputs.source(name) == Some(AnswerSource::Env);
    let idle = |other: &str| if is_variable { noted_with(&flag, other) } else { contradicts(&flag, other) };
    if is_left(context, setup) {
        return None;
    }
    if let Some(none) = no_login(setup) {
        return Some(idle(&none));
    }
    if setup.value(Field::SecretStore).as_deref() != Some(StoreKind::Vault.as_str()) {
        return Some(idle(&said(setup, Field::SecretStore)));
    }
    let is_new = vault::look_at(&context.places().ok()?).is_ok_and(|closed| closed.is_none());
    let lock: KeySlot = setup.value(Field::VaultLock)?.parse().ok()?;
    (is_new && lock != slot).then(|| idle(&format!("{} {}", Field::VaultLock.flag(), lock.as_str())))
}

/// Whether the profile's password is in the vault now: the key reads it there.
fn is_left(context: &Context, setup: &Setup) -> bool {
    let place = || {
        let name = setup.value(Field::Profile)?;
        host::profiles::load_secret(&name, &context.places().ok()?).ok()?.secret
    };
    place().is_some_and(|place| place.store() == StoreKind::Vault)
}

fn is_users_own(setup: &Setup) -> bool {
    setup.value(Field::Scope).as_deref() == Some(Scope::User.as_str())
}

/// The option by which there is no login.
fn no_login(setup: &Setup) -> Option<String> {
    (!setup.applies(Field::Password)).then(|| format!("{} none", Field::Auth.flag()))
}

/// A field's option, with its value.
fn said(setup: &Setup, field: Field) -> String {
    format!("{} {}", field.flag(), setup.value(field).unwrap_or_default())
}

fn contradicts(one: &str, other: &str) -> Idle {
    Idle::Refused(Error::new(Exit::Usage, phrase!("cli-contradiction", one = one, other = other)))
}

fn noted_with(flag: &str, other: &str) -> Idle {
    Idle::Noted(phrase!("cli-idle", flag = flag, other = other))
}

fn noted_without(flag: &str, other: Field) -> Idle {
    Idle::Noted(phrase!("cli-idle-without", flag = flag, other = other.flag()))
}

/// That only these targets have it, and none of them was chosen.
fn only(context: &Context, flag: &str, has: impl Fn(&Target) -> bool) -> Phrase {
    let keys: Vec<&str> = context.catalog.targets().filter(|target| has(target)).map(|target| target.key.as_str()).collect();
    phrase!("cli-idle-targets", flag = flag, targets = keys.join(", "))
}

fn refused_without(context: &Context, flag: &str, has: impl Fn(&Target) -> bool) -> Idle {
    let error = Error::new(Exit::Usage, only(context, flag, has));
    Idle::Refused(error.hint(phrase!("cli-idle-targets-hint", target = Field::Targets.flag(), flag = flag)))
}
