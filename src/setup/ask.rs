//! Questions, made from the answers as they are.

use std::collections::BTreeMap;

use super::{Advice, Choice, Field, Question, Setup, Shape, found::has_gap};
use crate::{
    mail::{Auth, KeySlot, Mechanism, Security, StoreKind, reply::escape},
    phrase,
    presets::{
        Lang, Phrase, Provider,
        provider::{Category, Special},
    },
};

impl Setup {
    /// The question of any field, as it would be asked now.
    pub fn ask(&self, field: Field) -> Question {
        let spec = field.spec();
        let value = match field {
            Field::Password | Field::Recover => None,
            Field::Resume | Field::Spaces | Field::Apply => Some(("yes".to_owned(), super::Source::Default)),
            Field::Plaintext => Some(("no".to_owned(), super::Source::Default)),
            Field::Import => {
                let first = self.answers.imports.first().map(|import| (import.word.clone(), super::Source::Default));
                self.answers.value(field).or(first)
            }
            _ => self.answers.value(field),
        };
        let (default, source) = match value {
            Some((value, source)) => (Some(value).filter(|value| !value.is_empty()), Some(source)),
            None => (None, None),
        };
        Question {
            field,
            step: spec.step,
            label: self.label(field),
            help: self.help(field),
            shape: if field == Field::Host && !self.regions().is_empty() { Shape::Choice } else { spec.shape },
            choices: self.choices(field),
            source: source.filter(|_| default.is_some()),
            default,
            optional: spec.optional,
            guidance: if field == Field::Password { self.advice() } else { None },
            notes: self.notes_on(field),
        }
    }

    /// A field's label; the password has the provider's own name for it.
    pub(super) fn label(&self, field: Field) -> String {
        let lang = self.text.lang();
        if field == Field::Password {
            if matches!(self.answers.auth(), Auth::Only(Mechanism::Xoauth2)) {
                return self.text.say(&phrase!("field-password-token"));
            }
            if let Some(name) = self.answers.provider().and_then(|provider| provider.guidance(lang).password.as_deref()) {
                return capitalised(name);
            }
        }
        self.text.get(&format!("field-{}", field.key().replace('_', "-")))
    }

    fn help(&self, field: Field) -> String {
        let lang = self.text.lang();
        let guidance = self.answers.provider().map(|provider| provider.guidance(lang));
        let own = match field {
            Field::Username => guidance.and_then(|guidance| guidance.username.clone()),
            Field::Recover => Some(String::new()),
            Field::Resume => self.offered.as_ref().map(|memory| {
                let said = |value: Option<&str>| escape(value.unwrap_or("…"));
                let (address, profile) = (memory.value(Field::Address), memory.value(Field::Profile).or(Some("default")));
                let when = escape(&memory.when);
                self.text.say(&phrase!("field-resume-help", address = said(address), profile = said(profile), when = when))
            }),
            Field::Import => self.import_help(),
            Field::Plaintext => {
                Some(self.text.say(&phrase!("field-allow-plaintext-help", host = self.answers.text(Field::Host))))
            }
            _ => None,
        };
        own.unwrap_or_else(|| self.text.get(&format!("field-{}-help", field.key().replace('_', "-"))))
    }

    fn choices(&self, field: Field) -> Vec<Choice> {
        match field {
            Field::Import => self.import_choices(),
            Field::Provider => self.provider_choices(),
            Field::Host => self.regions(),
            Field::Security => {
                self.server_choices().into_iter().map(|(mode, port)| self.mode_choice("smtp", mode, port)).collect()
            }
            Field::ImapSecurity => {
                Security::ALL.into_iter().map(|mode| self.mode_choice("imap", mode, mode.imap_port())).collect()
            }
            Field::Auth => self.words("auth", Auth::ALL.iter().map(|auth| auth.as_str())),
            Field::Test => self.words("test", ["send", "login", "connect", "none"]),
            Field::Scope => self.words("scope", ["user", "system"]),
            Field::SecretStore => self.store_choices(),
            Field::VaultLock => self.lock_choices(),
            Field::Targets => self.target_choices(),
            Field::Recover => self.recover_choices(),
            _ => Vec::new(),
        }
    }

    /// Words whose labels and hints are in the text files: `choice-KIND-WORD` and `choice-KIND-WORD-hint`.
    pub(super) fn words<'a>(&self, kind: &str, words: impl IntoIterator<Item = &'a str>) -> Vec<Choice> {
        words
            .into_iter()
            .map(|word| Choice {
                value: word.to_owned(),
                label: self.text.get(&format!("choice-{kind}-{word}")),
                hint: self.text.get(&format!("choice-{kind}-{word}-hint")),
                barred: None,
            })
            .collect()
    }

    /// The modes that can be chosen with their ports: the preset's own, else all.
    pub(super) fn server_choices(&self) -> Vec<(Security, u16)> {
        if self.answers.provider().is_none() {
            return Security::ALL.into_iter().map(|mode| (mode, mode.smtp_port())).collect();
        }
        let mut modes: Vec<(Security, u16)> = Vec::new();
        for (server, _) in self.answers.servers() {
            if !modes.iter().any(|(mode, _)| *mode == server.security) {
                modes.push((server.security, server.port));
            }
        }
        modes
    }

    fn mode_choice(&self, kind: &str, mode: Security, port: u16) -> Choice {
        Choice {
            value: mode.to_string(),
            label: self.text.get(&format!("choice-security-{mode}")),
            hint: self.text.say(&phrase!("choice-security-port", port = port).with("mode", format!("{kind}-{mode}"))),
            barred: None,
        }
    }

    /// The hosts of a provider that has one for each region; none for the others.
    fn regions(&self) -> Vec<Choice> {
        let Some(provider) = self.answers.provider() else { return Vec::new() };
        let Some(server) = provider.smtp.first() else { return Vec::new() };
        let host = |region: &String| server.host.replace("{region}", region);
        let choice =
            |region: &String| Choice { value: host(region), label: region.clone(), hint: host(region), barred: None };
        provider.regions.iter().map(choice).collect()
    }

    fn provider_choices(&self) -> Vec<Choice> {
        let lang = self.text.lang();
        let choice = |provider: &Provider| Choice {
            value: provider.key.clone(),
            label: provider.name.clone(),
            hint: provider.guidance(lang).summary.clone(),
            barred: (provider.category == Category::None).then(|| self.text.say(&no_smtp(provider, lang))),
        };
        let mut choices: Vec<Choice> = self.answers.catalog.providers().map(choice).collect();
        choices.extend(self.words("provider", ["custom"]));
        // What the address suggests stands first, with the server that was found.
        if let Some((suggested, _)) = self.answers.derived(Field::Provider)
            && let Some(index) = choices.iter().position(|choice| choice.value == suggested)
        {
            let mut suggested = choices.remove(index);
            if let Some(server) = self.answers.found_server().filter(|_| suggested.value == "custom") {
                suggested.hint = server;
            }
            choices.insert(0, suggested);
        }
        choices
    }

    fn store_choices(&self) -> Vec<Choice> {
        let barred = self.stores.result().map(|stores| &stores.barred);
        Self::barring(self.words("store", StoreKind::ALL.iter().map(|kind| kind.as_str())), barred)
    }

    fn lock_choices(&self) -> Vec<Choice> {
        let barred = self.stores.result().map(|stores| &stores.locks);
        Self::barring(self.words("lock", KeySlot::ALL.iter().map(|lock| lock.as_str())), barred)
    }

    fn barring(mut choices: Vec<Choice>, barred: Option<&BTreeMap<&'static str, String>>) -> Vec<Choice> {
        for choice in &mut choices {
            choice.barred = barred.and_then(|barred| barred.get(choice.value.as_str()).cloned());
        }
        choices
    }

    fn target_choices(&self) -> Vec<Choice> {
        let lang = self.text.lang();
        let chosen = self.targets();
        let system = self.answers.text(Field::Scope) == "system";
        self.answers
            .catalog
            .targets()
            .map(|target| {
                // A path that was given goes with its target.
                let path = chosen.iter().find(|choice| choice.key == target.key).and_then(|choice| choice.path.as_ref());
                let value = path.map_or_else(|| target.key.clone(), |path| format!("{}={}", target.key, path.display()));
                let example = target.files.first().and_then(|file| file.example.as_ref()).filter(|_| path.is_none());
                let barred = match example {
                    _ if target.system_only && !system => Some(phrase!("choice-target-needs-root")),
                    Some(example) => Some(phrase!("choice-target-needs-place", target = target.key, example = example)),
                    None => None,
                };
                let barred = barred.map(|why| self.text.say(&why));
                Choice { value, label: target.name.clone(), hint: target.words(lang).summary.clone(), barred }
            })
            .collect()
    }

    fn recover_choices(&self) -> Vec<Choice> {
        let diagnosis = self.test.result().and_then(|tested| tested.diagnosis.as_ref());
        let mut choices = Vec::new();
        if let Some(fix) =
            diagnosis.filter(|diagnosis| !diagnosis.change.is_empty()).and_then(|diagnosis| diagnosis.fix.clone())
        {
            choices.push(Choice { value: "fix".into(), label: fix, hint: String::new(), barred: None });
        }
        let edit = self.label(self.field_at_fault());
        let edit = Choice {
            value: "edit".into(),
            label: self.text.say(&phrase!("choice-recover-edit", field = edit)),
            hint: String::new(),
            barred: None,
        };
        choices.push(edit);
        choices.extend(self.words("recover", ["retry", "force"]));
        choices
    }

    /// What the provider says about its password.
    fn advice(&self) -> Option<Advice> {
        let provider = self.answers.provider()?;
        let guidance = provider.guidance(self.text.lang());
        let url = provider.password.url.clone();
        let steps = guidance.steps.iter().map(|step| step.replace("{url}", url.as_deref().unwrap_or_default())).collect();
        Some(Advice {
            intro: guidance.intro.clone(),
            before: guidance.before.clone(),
            steps,
            url,
            warnings: guidance.warnings.clone(),
            unusable: provider.password.special == Special::Unusable,
        })
    }

    /// What a person should know about the answers as they are.
    pub fn notes(&self) -> Vec<String> {
        super::FIELDS.iter().filter(|spec| self.applies(spec.field)).flat_map(|spec| self.notes_on(spec.field)).collect()
    }

    /// What a person should know before answering a field, or about its answer.
    fn notes_on(&self, field: Field) -> Vec<String> {
        let answers = &self.answers;
        let mut notes = Vec::new();
        match field {
            Field::Provider => notes.extend(self.notes_on_domain()),
            Field::Host => notes.extend(self.note_on_pattern()),
            Field::Ehlo if !crate::mail::endpoint::is_full_name(&answers.text(field)) => {
                notes.push(phrase!("note-ehlo", name = answers.text(field)));
            }
            Field::Port if self.port_is_odd() => {
                notes.push(
                    phrase!("note-port-mode", port = answers.text(Field::Port)).with("mode", answers.text(Field::Security)),
                );
            }
            Field::Username if answers.logs_in() => {
                let name = answers.text(field);
                if name.contains(' ') {
                    notes.push(phrase!("note-username-space"));
                }
            }
            Field::RootMail => notes.extend(self.root_mail_note()),
            Field::Password => {
                notes.extend(self.fetch_note());
                notes.extend(self.password_note());
            }
            Field::Targets | Field::Apply => {
                if let Some(trouble) = self.trouble() {
                    notes.push(trouble.phrase.clone());
                    notes.extend(trouble.hint.clone());
                }
            }
            _ => {}
        }
        notes.iter().map(|note| self.text.say(note)).collect()
    }

    /// What a host looks like that only the account shows.
    fn note_on_pattern(&self) -> Option<Phrase> {
        let provider = self.answers.provider().filter(|_| self.answers.derived(Field::Host).is_none())?;
        let server = provider.smtp.first().filter(|server| has_gap(&server.host) && provider.regions.is_empty())?;
        let shape = server.host.split(['{', '}']).fold(String::new(), |said, part| {
            let gap = matches!(part, "server" | "mx" | "region" | "domain");
            if gap { said + &part.to_uppercase() } else { said + part }
        });
        Some(phrase!("note-host-pattern", provider = provider.name, host = shape))
    }

    /// Whether the port usually speaks another mode than the one that was chosen for it.
    fn port_is_odd(&self) -> bool {
        let usual = self.answers.text(Field::Port).parse().ok().and_then(Security::of_smtp_port);
        let chosen = self.answers.security();
        self.answers.known_endpoint().is_none()
            && matches!(usual, Some(Security::Tls | Security::Starttls))
            && chosen.is_some_and(|mode| mode != Security::None && Some(mode) != usual)
    }

    /// Where root's mail goes now, when that is another place.
    fn root_mail_note(&self) -> Option<Phrase> {
        let now = self.answers.facts.root_mail.as_ref()?;
        let wanted = self.answers.text(Field::RootMail);
        // A script that says nothing about it has nothing to be told.
        (*now != wanted && !(self.options.brief && wanted.is_empty())).then(|| phrase!("note-root-mail", now = escape(now)))
    }

    fn password_note(&self) -> Option<crate::presets::Phrase> {
        let answers = &self.answers;
        if answers.password_is_useless() {
            return Some(phrase!("note-password-useless", provider = answers.provider()?.name));
        }
        let password = answers.secret()?.expose();
        if answers.without_spaces().is_some() {
            return Some(phrase!("note-password-grouped"));
        }
        if password.starts_with(char::is_whitespace) || password.ends_with(char::is_whitespace) {
            return Some(phrase!("note-password-blank"));
        }
        let provider = answers.provider()?;
        let shape = provider.password.shape.as_ref().filter(|_| provider.password.special == Special::Always)?;
        if shape.fits(password) || matches!(answers.auth(), Auth::Only(Mechanism::Xoauth2)) {
            return None;
        }
        let name = provider.guidance(self.text.lang()).password.clone()?;
        Some(match shape.length {
            Some(length) if password.chars().count() != length => {
                phrase!("note-password-length", name = name, length = length, typed = password.chars().count())
            }
            _ => phrase!("note-password-shape", name = name),
        })
    }
}

/// Why a provider that no program can send with cannot be chosen, and what works in its place.
pub(super) fn no_smtp(provider: &Provider, lang: Lang) -> Phrase {
    let guidance = provider.guidance(lang);
    let instead = guidance.steps.first().map(String::as_str).unwrap_or_default();
    phrase!("invalid-provider-no-smtp", intro = guidance.intro.as_deref().unwrap_or_default(), instead = instead)
}

/// The word with a capital letter in front.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
