//! From answers to orders: the climbs, the profile and the plan that the answers ask for.

use std::{path::PathBuf, str::FromStr};

use super::{Dial, Field, Letter, Reading, Setup, Write};
use crate::{
    mail::{
        Address, Auth, Port, Profile, SecretPlace, Security, UserName,
        profile::{Check, Imap, Sender, Smtp, Trust},
        schema::SCHEMA,
    },
    plan::{Order, Scope, TargetChoice},
    probe::{Goal, Login},
};

impl Setup {
    /// The climb up to TLS beside the questions: as soon as the server is settled, until the password is there.
    pub(super) fn probe_order(&self) -> Option<Dial> {
        let settled = !self.open().any(|field| {
            matches!(
                field,
                Field::Address | Field::Provider | Field::Host | Field::Security | Field::Port | Field::Plaintext
            )
        });
        if !settled || self.options.brief || self.answers.text(Field::Test) == "none" {
            return None;
        }
        Some(Dial { goal: Goal::Connect, login: None, letter: None, ..self.dial()? })
    }

    /// The live test: as soon as everything up to it is answered.
    pub(super) fn test_order(&self) -> Option<Dial> {
        let goal = match self.answers.text(Field::Test).as_str() {
            "send" => Goal::Send,
            "login" => Goal::Login,
            "connect" => Goal::Connect,
            _ => return None,
        };
        if self.open().any(|field| field.spec().step < super::Step::Write && field != Field::Recover) {
            return None;
        }
        let letter = if goal == Goal::Send { Some(self.letter()?) } else { None };
        let login = if goal == Goal::Connect { None } else { self.login() };
        Some(Dial { goal, login, letter, ..self.dial()? })
    }

    fn dial(&self) -> Option<Dial> {
        let answers = &self.answers;
        let endpoint = answers.endpoint()?;
        Some(Dial {
            provider: answers.provider().map(|provider| provider.key.clone()),
            goal: Goal::Connect,
            ehlo: answers.text(Field::Ehlo),
            login: None,
            letter: None,
            ca_file: self.ca_file(),
            pin: answers.filled(Field::Pin),
            had_starttls: endpoint.security == Security::Starttls && self.secured.as_ref() == Some(&endpoint),
            allow_plaintext: self.has_consent(),
            endpoint,
            timeout: self.options.timeout,
        })
    }

    /// Whether a person agreed to send without TLS beyond this machine.
    fn has_consent(&self) -> bool {
        self.applies(Field::Plaintext) && self.answers.is_yes(Field::Plaintext)
    }

    /// The CA file, by a path that consumers find from every folder.
    fn ca_file(&self) -> Option<PathBuf> {
        self.answers.filled(Field::CaFile).map(|path| self.answers.facts.cwd.join(path))
    }

    fn login(&self) -> Option<Login> {
        if !self.answers.logs_in() {
            return None;
        }
        Some(Login {
            auth: self.answers.auth(),
            username: self.answers.filled(Field::Username)?,
            secret: self.answers.secret()?.clone(),
        })
    }

    fn letter(&self) -> Option<Letter> {
        let answers = &self.answers;
        Some(Letter {
            from: answers.address()?,
            name: answers.filled(Field::Name),
            reply_to: answers.filled(Field::ReplyTo).and_then(|address| address.parse::<Address>().ok()),
            to: answers.text(Field::TestTo).parse().ok()?,
        })
    }

    /// The profile that the answers make.
    pub fn profile(&self) -> Option<Profile> {
        let answers = &self.answers;
        let endpoint = answers.endpoint()?;
        let smtp = Smtp {
            provider: answers.provider().map(|provider| provider.key.clone()),
            host: endpoint.host.parse().ok()?,
            port: Port::new(endpoint.port)?,
            security: endpoint.security,
            auth: answers.auth(),
            username: if answers.logs_in() { self.typed(Field::Username) } else { None },
            ehlo: self.typed(Field::Ehlo)?,
            allow_plaintext: self.has_consent(),
            tls: Trust { ca_file: self.ca_file(), pin_sha256: self.typed(Field::Pin) },
        };
        Some(Profile {
            schema: SCHEMA,
            enabled: true,
            run_as: self.run_as(),
            root_mail: self.typed(Field::RootMail).filter(|_| self.applies(Field::RootMail)),
            sender: Sender {
                address: answers.address()?,
                name: self.typed(Field::Name),
                reply_to: self.typed(Field::ReplyTo),
            },
            smtp,
            imap: self.imap(),
            secret: self.secret_place(),
            check: self.test.result().map(|tested| Check {
                when: tested.when.clone(),
                result: match (&tested.diagnosis, tested.report.passed()) {
                    (Some(diagnosis), _) => diagnosis.cause.clone(),
                    (None, true) => "ok".to_owned(),
                    (None, false) => "unknown".to_owned(),
                },
                secured: self.test.wanted().map(|dial| dial.endpoint.clone()).filter(|_| tested.report.is_secured()),
            }),
            targets: Vec::new(),
        })
    }

    /// An answer as a value of its type.
    fn typed<T: FromStr>(&self, field: Field) -> Option<T> {
        self.answers.text(field).parse().ok()
    }

    fn imap(&self) -> Option<Imap> {
        let answers = &self.answers;
        if !answers.is_yes(Field::Imap) {
            return None;
        }
        Some(Imap {
            host: self.typed(Field::ImapHost)?,
            port: self.typed(Field::ImapPort)?,
            security: self.typed(Field::ImapSecurity)?,
            username: self.typed(Field::ImapUsername),
        })
    }

    /// The user who sends, when it is another than the owner of what is written.
    fn run_as(&self) -> Option<UserName> {
        self.typed(Field::RunAs).filter(|user: &UserName| self.applies(Field::RunAs) && *user != "root")
    }

    /// What is to be found out about the stores: it hangs on who reads them.
    pub(super) fn stores_order(&self) -> Reading {
        Reading { scope: self.scope(), run_as: self.run_as() }
    }

    fn secret_place(&self) -> Option<SecretPlace> {
        let answers = &self.answers;
        if answers.auth() == Auth::None {
            return None;
        }
        let said = |detail| answers.filled(Field::of_detail(detail));
        SecretPlace::of(answers.store(), &answers.text(Field::Scope), &answers.text(Field::Profile), said)
    }

    /// For whom it is written.
    pub fn scope(&self) -> Scope {
        if self.answers.text(Field::Scope) == "system" { Scope::System } else { Scope::User }
    }

    /// The targets that were chosen. A store that no other program can ask puts the password itself into their files.
    pub fn targets(&self) -> Vec<TargetChoice> {
        let chosen = self.answers.text(Field::Targets);
        let words = chosen.split(',').filter(|word| !word.is_empty());
        words
            .map(|word| match word.split_once('=') {
                Some((key, path)) => TargetChoice { path: Some(path.into()), ..TargetChoice::new(key) },
                None => TargetChoice::new(word),
            })
            .collect()
    }

    /// What is to be planned: as soon as the test passed, was not wanted, or was overridden.
    pub(super) fn plan_order(&self) -> Option<Order> {
        let tested = self.answers.text(Field::Test) == "none" || (self.test.result().is_some() && !self.test_failed());
        if !tested || self.open().any(|field| field != Field::Apply) {
            return None;
        }
        self.order_as_answered()
    }

    pub(super) fn order_as_answered(&self) -> Option<Order> {
        Some(Order {
            name: self.answers.text(Field::Profile),
            scope: self.scope(),
            profile: self.profile()?,
            secret: self.answers.secret().filter(|_| self.answers.logs_in()).cloned(),
            targets: self.targets(),
            program: self.answers.facts.program.clone(),
            lock: self.answers.text(Field::VaultLock).parse().unwrap_or_default(),
        })
    }

    /// What is to be written: as soon as a person said yes to the plan.
    pub(super) fn write_order(&self) -> Option<Write> {
        if self.options.dry_run || !(self.options.yes || self.answers.is_yes(Field::Apply)) {
            return None;
        }
        let plan = self.plan.result()?.as_ref().ok()?.clone();
        let order = self.plan.wanted()?.clone();
        let dial = self.test.wanted().cloned().filter(|_| !self.test_overridden());
        Some(Write { plan, order, dial })
    }

    /// Whether the person chose to write in spite of a failed test: then nothing is sent from what was written either.
    pub fn test_overridden(&self) -> bool {
        self.test.result().is_some_and(|tested| !tested.report.passed())
    }
}
