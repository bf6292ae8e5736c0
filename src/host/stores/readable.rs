//! The proof that the users who send can read the secret, without a person.

use std::{ffi::OsStr, io, time::Duration};

use rustix::fs::Access;

use super::{is_read_here, read};
use crate::{
    host::{
        environment::{self, PATH},
        input,
        process::{
            self, CommandFault,
            attendant::{Care, attended},
        },
        user::User,
    },
    mail::{Secret, reply::escape, store::StoreFilling},
    oauth::login_secret,
    phrase,
    plan::{Order, Places},
    presets::Phrase,
};

/// How long the user's own mailsetup may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Reads the secret of what was just written as each user who sends, and compares it.
///
/// Only root can do that as another user, by a `mailsetup secret` that runs as that user with nothing of ours. A variable that
/// is set where mail is sent is not proven, nor a credential that a unit of that user loads, nor anything in an image. `Some`
/// is what a person should know of a proof that was not made.
///
/// # Errors
/// Why the user cannot read it.
pub fn prove(order: &Order, places: &Places) -> Result<Option<Phrase>, Phrase> {
    let (Some(place), Some(secret)) = (&order.profile.secret, &order.secret) else { return Ok(None) };
    let users = order.profile.run_as.listed();
    let is_here = is_read_here(place.store(), users.as_deref());
    // A command of the person's may ask each time it is run; it was run for this password already.
    if places.root.is_some() || (place.store().filling() == StoreFilling::Person && (users.is_none() || !is_here)) {
        return Ok(None);
    }
    let Some(users) = users else {
        let kept = read(order.name.as_str(), place, places).map_err(|error| error.phrase())?;
        return if kept.secret == *secret { Ok(None) } else { Err(phrase!("store-other-secret", store = place.store())) };
    };
    if !is_here || !rustix::process::geteuid().is_root() {
        return Ok(Some(phrase!("store-not-proven", user = users)));
    }
    let printed = login_secret(secret);
    for user in &order.profile.run_as {
        if Some(read_as(user, order)?) != printed {
            return Err(phrase!("store-other-secret", store = place.store()));
        }
    }
    Ok(None)
}

fn read_as(user: &str, order: &Order) -> Result<Secret, Phrase> {
    let account = User::named(user).ok_or_else(|| phrase!("plan-no-user", user = user))?;
    let words = order.secret_program();
    let mut words = words.iter();
    let unreadable = || phrase!("store-unreadable", user = user);
    let named = words.next().map_or("mailsetup", String::as_str);
    let not_run = |cause: io::Error| {
        let cause = escape(&cause.to_string());
        phrase!("store-not-run", user = user, program = escape(named), cause = cause)
    };
    let program = environment::find(named, OsStr::new(PATH)).ok_or_else(|| not_run(io::ErrorKind::NotFound.into()))?;
    account.act(|| Ok(rustix::fs::access(&program, Access::EXEC_OK)?)).map_err(not_run)?;
    // The user's further groups are dropped with root's: what is readable now is readable however the user logs in. The one that
    // the users share is counted on.
    let has_groups = order.profile.run_as_group.is_some();
    let care = Care { user: Some(&account), has_groups, may_leave: false };
    let mut command = attended(&program, care).map_err(|_| unreadable())?;
    command.args(words).args(["secret", &order.name, "--scope", "system", "--for", &order.profile.smtp.host, "--no-input"]);
    account.dress(&mut command);
    let said = process::run_attended(command, LIMIT, input::LIMIT + 2).map_err(|fault| match fault {
        CommandFault::Failed(_, said) if !said.is_empty() => phrase!("store-unreadable-said", user = user, said = said),
        _ => unreadable(),
    })?;
    input::of_bytes(&said).map_err(|_| unreadable())
}
