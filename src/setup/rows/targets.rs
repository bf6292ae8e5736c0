//! What is written, for whom, and the person's word for it.

use crate::{
    mail::{
        Address, GroupName, ProfileName, Proxy, RunAs, Scope, Senders, Setting, profile::Written, reply::escape,
        value::shown, word::nearest,
    },
    phrase,
    plan::{SENDERS_GROUP, TargetChoice},
    presets::{Phrase, Target},
    setup::{
        answers::Answers,
        columns::{
            always, by_value, default, never, nothing, parsed, read, unsaved, unwritten, with_login, yes_by_default,
            yes_or_no,
        },
        field::{
            Field, FieldShape,
            FieldTrait::{Kept, Listed, Optional, Remembered, Repeatable},
        },
        parsing::Parsing,
        question::Choice,
        source::AnswerSource,
        spec::{FieldWording, Spec},
        state::Setup,
        step::SetupStep,
        value::AnswerValue,
    },
};

pub(super) static TARGETS: Spec = Spec {
    key: "target",
    flag: "target",
    value: "NAME[=PATH]",
    shape: FieldShape::Many,
    step: SetupStep::Write,
    traits: &[Optional, Remembered, Listed, Repeatable],
    applies: always,
    asked: always,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: targets,
    follows: |answers| {
        let suggested = answers.facts.suggested_targets.iter().map(TargetChoice::new);
        default(AnswerValue::of_targets(suggested.collect()))
    },
    read: |profile, _| {
        let written = profile.targets.iter();
        let choice = |target: &Written| TargetChoice { path: target.path.clone(), ..TargetChoice::new(&target.name) };
        Some(AnswerValue::of_targets(written.map(choice).collect()))
    },
    // The plan writes them into the profile.
    write: unwritten,
    wording: FieldWording { choices: target_choices, notes: fault, ..FieldWording::PLAIN },
};

pub(super) static RUN_AS: Spec = Spec {
    key: "run_as",
    flag: "run-as",
    value: "USER",
    shape: FieldShape::Text,
    step: SetupStep::Write,
    traits: &[Remembered, Listed, Repeatable, Kept],
    applies: |setup| setup.answers.scope() == Scope::System,
    // Without a login nothing is closed to anybody.
    asked: with_login,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<RunAs>,
    follows: |_| default("root".parse::<RunAs>().ok()?),
    read: |profile, _| Some(profile.run_as.clone()).filter(|users| !users.is_empty()).map(AnswerValue::from),
    // The owner of what is written is not worth a word.
    write: |answers, profile| profile.run_as = answers.users(),
    wording: FieldWording::PLAIN,
};

pub(super) static RUN_AS_GROUP: Spec = Spec {
    key: "run_as_group",
    flag: "run-as-group",
    value: "GROUP",
    shape: FieldShape::Text,
    step: SetupStep::Write,
    traits: &[Optional, Remembered, Listed, Kept],
    applies: |setup| setup.answers.scope() == Scope::System && !setup.answers.users().is_empty(),
    asked: |setup| setup.answers.logs_in() && setup.answers.users().are_several(),
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<GroupName>,
    follows: shared_group,
    read: |profile, _| Some(profile.run_as_group.clone()?.into()),
    write: |answers, profile| profile.run_as_group = answers.get(Field::RunAsGroup),
    wording: FieldWording::PLAIN,
};

pub(super) static ROOT_MAIL: Spec = Spec {
    key: "root_mail",
    flag: "root-mail",
    value: "ADDRESS",
    shape: FieldShape::Text,
    step: SetupStep::Write,
    traits: &[Optional, Remembered, Listed, Kept],
    applies: leads_root_mail,
    asked: |setup| led_to(&setup.answers).is_none(),
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<Address>,
    follows: root_mail,
    read: |profile, _| Some(profile.root_mail.clone()?.into()),
    write: |answers, profile| profile.root_mail = answers.get(Field::RootMail),
    wording: FieldWording { notes: |setup| root_mail_note(setup).into_iter().collect(), ..FieldWording::PLAIN },
};

pub(super) static SCOPE: Spec = Spec {
    key: "scope",
    flag: "scope",
    value: Scope::USAGE,
    shape: FieldShape::Choice,
    step: SetupStep::Write,
    traits: &[Remembered, Listed],
    applies: always,
    asked: never,
    settled: by_value,
    awaits: None,
    imported: None,
    parse: parsed::<Scope>,
    follows: |answers| default(if answers.facts.is_root { Scope::System } else { Scope::User }),
    read: unsaved,
    write: unwritten,
    wording: FieldWording { choices: |setup| setup.words("scope", Scope::WORDS), ..FieldWording::PLAIN },
};

pub(super) static PROFILE: Spec = Spec {
    key: "profile",
    flag: "profile",
    value: "NAME",
    shape: FieldShape::Text,
    step: SetupStep::Write,
    traits: &[Remembered, Listed],
    applies: always,
    asked: |setup| setup.answers.displaced().is_some(),
    settled: profile_settled,
    awaits: None,
    imported: None,
    parse: |typed, parsing| parsed::<ProfileName>(typed.trim(), parsing),
    follows: |answers| default(answers.free_profile()?),
    read: |_, name| read::<ProfileName>(name),
    write: unwritten,
    wording: FieldWording { choices: profile_choices, ..FieldWording::PLAIN },
};

pub(super) static APPLY: Spec = Spec {
    key: "yes",
    flag: "yes",
    value: "",
    shape: FieldShape::Confirm,
    step: SetupStep::Write,
    traits: &[],
    applies: always,
    asked: always,
    settled: |setup, field| setup.options.yes || setup.answers.is_yes(field),
    awaits: None,
    imported: None,
    parse: yes_or_no,
    follows: nothing,
    read: unsaved,
    write: unwritten,
    wording: FieldWording { default: yes_by_default, notes: fault, ..FieldWording::PLAIN },
};

/// A profile that is another's is not taken by a script that does not name it.
fn profile_settled(setup: &Setup, field: Field) -> bool {
    let is_free = !setup.options.brief || setup.answers.displaced().is_none();
    setup.answers.given.contains_key(&field) || (is_free && by_value(setup, field))
}

/// To change the profile that has the usual name, or to make another; nothing where that name is free.
fn profile_choices(setup: &Setup) -> Vec<Choice> {
    let answers = &setup.answers;
    let Some(saved) = answers.displaced() else { return Vec::new() };
    let whom = saved.profile.as_ref().map(|profile| profile.sender.address.to_string()).unwrap_or_default();
    let host = saved.profile.as_ref().map(|profile| profile.smtp.host.to_string()).unwrap_or_default();
    let choice = |value: &str, label: Phrase, hint: Phrase| Choice {
        value: value.to_owned(),
        label: setup.text.say(&label),
        hint: setup.text.say(&hint),
        barred: None,
    };
    let new = answers.free_profile().map(|name| {
        let hint = phrase!("choice-profile-new-hint", address = answers.text(Field::Address));
        choice(&name, phrase!("choice-profile-new", profile = name), hint)
    });
    let hint = phrase!("choice-profile-change-hint", address = escape(&whom), host = escape(&host));
    let change = choice(&saved.name, phrase!("choice-profile-change", profile = saved.name), hint);
    new.into_iter().chain([change]).collect()
}

/// Targets, `NAME[=PATH]` joined by commas.
fn targets(typed: &str, parsing: &Parsing<'_>) -> Result<AnswerValue, Phrase> {
    let mut targets: Vec<TargetChoice> = Vec::new();
    for word in typed.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let mut target = TargetChoice::parse(word);
        let Some(known) = parsing.catalog.target(&target.key) else {
            let typed = shown(&target.key);
            return Err(match nearest(&target.key, parsing.catalog.target_keys()) {
                Some(near) => phrase!("invalid-target-near", typed = typed, near = near),
                None => phrase!("invalid-target", typed = typed),
            });
        };
        known.for_file(target.path.as_deref()).clone_into(&mut target.key);
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    Ok(AnswerValue::of_targets(targets))
}

fn target_choices(setup: &Setup) -> Vec<Choice> {
    let answers = &setup.answers;
    let lang = setup.text.lang();
    let (chosen, is_system) = (answers.targets(), answers.scope() == Scope::System);
    let replaces = !answers.get::<Senders>(Field::Senders).unwrap_or_default().is_any();
    let demands = answers.provider().map(|provider| provider.name.as_str());
    let proxy: Option<Proxy> = answers.get(Field::Proxy);
    let choice = |target: &Target| {
        // A path that was given goes with its target.
        let path = chosen.iter().find(|choice| choice.key == target.key && choice.path.is_some());
        let value = path.map_or_else(|| target.key.clone(), ToString::to_string);
        let example = target.files.first().and_then(|file| file.example.as_ref()).filter(|_| path.is_none());
        let barred = match example {
            _ if replaces && target.keeps_senders() => {
                Some(phrase!("choice-target-keeps-senders", provider = demands.unwrap_or("none")))
            }
            _ if proxy.as_ref().is_some_and(|proxy| !target.goes_through(proxy.kind)) => {
                Some(phrase!("choice-target-no-proxy"))
            }
            _ if target.system_only && !is_system => Some(phrase!("choice-target-needs-root")),
            Some(example) => Some(phrase!("choice-target-needs-place", target = target.key, example = example)),
            None => None,
        };
        let barred = barred.map(|why| setup.text.say(&why));
        Choice { value, label: target.name.clone(), hint: target.words(lang).summary.clone(), barred }
    };
    answers.catalog.targets().map(choice).collect()
}

/// Why the files could not be planned or written.
fn fault(setup: &Setup) -> Vec<Phrase> {
    let fault = setup.fault();
    fault.into_iter().flat_map(|fault| [Some(fault.phrase.clone()), fault.hint.clone()]).flatten().collect()
}

/// Only the whole system has mail of root's, and only some targets forward it.
fn leads_root_mail(setup: &Setup) -> bool {
    let answers = &setup.answers;
    let leads =
        |choice: &TargetChoice| answers.catalog.target(&choice.key).is_some_and(|target| target.read.has(Setting::RootMail));
    answers.scope() == Scope::System && answers.targets().iter().any(leads)
}

/// One is proposed to a person where several users need it; it is made, so a script has to ask for it.
fn shared_group(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    let is_needed = !answers.brief && answers.logs_in() && answers.users().are_several();
    default(is_needed.then(|| SENDERS_GROUP.parse::<GroupName>().ok())??)
}

/// Where it is forwarded now, else the sender. It changes a file that is not ours: a script has to ask for it.
fn root_mail(answers: &Answers) -> Option<(AnswerValue, AnswerSource)> {
    if answers.brief {
        return None;
    }
    default(led_to(answers).or_else(|| answers.address())?)
}

/// The address to which root's mail is forwarded now.
fn led_to(answers: &Answers) -> Option<Address> {
    answers.facts.root_mail.as_ref()?.parse().ok()
}

/// Where root's mail is forwarded now, when that is another place.
fn root_mail_note(setup: &Setup) -> Option<Phrase> {
    let now = setup.answers.facts.root_mail.as_ref()?;
    let wanted = setup.answers.text(Field::RootMail);
    // A script that does not mention it needs no note.
    let is_silent = setup.options.brief && wanted.is_empty();
    (*now != wanted && !is_silent).then(|| phrase!("note-root-mail", now = escape(now)))
}
