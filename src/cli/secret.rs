//! `secret`: prints the secret of a profile, or an access token of its grant, for a program that names whom it is for.

use std::io::{self, BufRead};

use clap::ArgMatches;
use serde_json::json;

use super::{commands::DEFAULT, context::Context};
use crate::{
    error::{Error, Exit},
    host::{
        self,
        stores::SecretRequest,
        tokens::{AccessFault, KeptGrant, Renewal},
    },
    mail::{ProfileSecret, SecretPlace, host::parse_host, reply::escape},
    oauth::login_secret,
    phrase, plan,
};

/// Prints the secret. What is read here at every mail neither waits nor writes, but for a grant whose access token ends: where a run was cut off, what is wrong says so.
pub(super) fn run(context: &Context, matches: &ArgMatches) -> Result<Exit, Error> {
    printed(context, matches).map_err(|error| {
        let cut_off = context.places().ok().and_then(|places| host::cut_off(&places).ok()).unwrap_or_default();
        match cut_off.into_iter().next() {
            Some(run) => Error::new(error.exit, phrase!("secret-cut-off", when = run.when).with_phrase("why", error.phrase)),
            None => error,
        }
    })
}

/// Prints the secret, for msmtp's passwordeval and the like: for the host that it was given for, and for git only for the host
/// and user that git asks for. With `--drop-in`, the drop-in by which a systemd unit gets it.
fn printed(context: &Context, matches: &ArgMatches) -> Result<Exit, Error> {
    let word = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let git = matches.get_flag("git-credential").then(|| GitRequest::read(io::stdin().lock())).transpose()?;
    let places = context.places()?;
    let name = word("PROFILE").unwrap_or(DEFAULT);
    let profile = host::profiles::load_secret(name, &places)?;
    if !profile.enabled {
        return Err(Error::new(Exit::Config, phrase!("secret-disabled", profile = name))
            .hint(phrase!("secret-disabled-hint", profile = name)));
    }
    let Some(place) = &profile.secret else {
        return Err(Error::new(Exit::NoInput, phrase!("secret-none", profile = name)));
    };
    if matches.get_flag("drop-in") {
        if *place != SecretPlace::Systemd {
            return Err(Error::new(Exit::Usage, phrase!("secret-no-credential", profile = name, store = place.store())));
        }
        return said(context, name, "drop_in", plan::drop_in(name, &places).trim_end());
    }
    if let Some(git) = &git {
        git.is_for(&profile)?;
    }
    let named = word("for").map(host_asked_for);
    let places = context.places_for(Some(place))?;
    let read = |host, username| {
        let asked = SecretRequest { host, username };
        host::stores::read_asked(name, &profile, place, asked, &places).map_err(|error| match Error::from(error) {
            // What a program shows of this is one line.
            error if ["host-secret-foreign", "host-secret-unclear"].contains(&error.phrase.id) => {
                Error { hint: None, ..error }
            }
            error => error,
        })
    };
    let mut kept = read(named.as_deref(), None)?;
    if let Some(git) = git {
        kept = read(Some(&git.host), git.username.as_deref())?;
    }
    let grant = KeptGrant { name, profile: &profile, place, places: &places };
    let fresh = grant.fresh(kept, &context.oauth_way(), Renewal::AsNeeded)?;
    let secret = login_secret(&fresh.secret).ok_or_else(|| AccessFault::Damaged(name.to_owned()))?;
    said(context, name, "secret", secret.expose())
}

/// The text alone, or as a document.
fn said(context: &Context, name: &str, key: &str, text: &str) -> Result<Exit, Error> {
    if context.json {
        context.out(&json!({"ok": true, "profile": name, key: text}).to_string())?;
    } else {
        context.out(text)?;
    }
    Ok(Exit::Ok)
}

/// What git asks for (git-credential(1), "INPUT/OUTPUT FORMAT").
struct GitRequest {
    protocol: String,
    host: String,
    port: Option<u16>,
    username: Option<String>,
}

impl GitRequest {
    fn read(input: impl BufRead) -> Result<Self, Error> {
        let mut request = Self { protocol: String::new(), host: String::new(), port: None, username: None };
        for line in input.lines().take(1000) {
            let line = line.map_err(|error| Error::new(Exit::Io, phrase!("secret-git-input", cause = error)))?;
            match line.split_once('=') {
                Some(("protocol", typed)) => typed.clone_into(&mut request.protocol),
                Some(("host", typed)) => (request.host, request.port) = (without_port(typed), port_of(typed)),
                Some(("username", typed)) => request.username = Some(typed.to_owned()),
                Some(_) => {}
                None => break,
            }
        }
        Ok(request)
    }

    /// Refuses what is no login for sending at the profile's own port: the web of the same host has other passwords.
    fn is_for(&self, profile: &ProfileSecret) -> Result<(), Error> {
        let is_port = |port| profile.smtp.port.is_none_or(|own| own == port);
        if ["smtp", "smtps"].contains(&self.protocol.as_str()) && self.port.is_none_or(is_port) {
            return Ok(());
        }
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let asked = escape(&format!("{}://{}{port}", self.protocol, self.host));
        Err(Error::new(Exit::NoPerm, phrase!("secret-git-foreign", asked = asked)))
    }
}

/// The host that a program says, also with a port; what is none stays as it is, and is refused as such.
fn host_asked_for(typed: &str) -> String {
    let alone = || Some(without_port(typed)).filter(|host| !host.is_empty());
    parse_host(typed).ok().or_else(alone).unwrap_or_else(|| typed.to_owned())
}

/// The port behind a host.
fn port_of(typed: &str) -> Option<u16> {
    typed.rsplit_once(':')?.1.parse().ok()
}

/// A host as git names it, without its port; an IPv6 address has brackets.
fn without_port(typed: &str) -> String {
    let bare = match typed.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => typed,
    };
    parse_host(bare).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_names_host_and_user() {
        let request = GitRequest::read(&b"protocol=smtp\nhost=[::1]:587\nusername=a=b\n\nhost=x\n"[..]).unwrap();
        assert_eq!((request.host.as_str(), request.username.as_deref()), ("::1", Some("a=b")));
        assert_eq!(without_port("Mail.Example.com:465"), "mail.example.com");
        assert_eq!(without_port("mail.example.com"), "mail.example.com");
    }

    #[test]
    fn git_gets_it_for_sending_at_the_own_port_alone() {
        let profile = "schema = 1\nenabled = true\n[smtp]\nhost = \"mail.test\"\nport = 465\n";
        let profile = ProfileSecret::parse(profile).unwrap();
        for (asked, is_ours) in [
            ("protocol=smtp\nhost=mail.test\n", true),
            ("protocol=smtps\nhost=mail.test:465\n", true),
            ("protocol=smtp\nhost=mail.test:587\n", false),
            ("protocol=http\nhost=mail.test\n", false),
            ("protocol=https\nhost=mail.test:465\n", false),
            ("protocol=ftp\nhost=mail.test\n", false),
            ("host=mail.test\n", false),
        ] {
            let request = GitRequest::read(asked.as_bytes()).unwrap();
            assert_eq!(request.is_for(&profile).is_ok(), is_ours, "{asked}");
        }
    }

    #[test]
    fn a_program_may_name_the_port_too() {
        for (typed, host) in [
            ("mail.corp.test:587", "mail.corp.test"),
            ("Mail.Corp.Test", "mail.corp.test"),
            ("::1", "::1"),
            ("[::1]:587", "::1"),
            ("a b:x", "a b:x"),
        ] {
            assert_eq!(host_asked_for(typed), host);
        }
    }
}
