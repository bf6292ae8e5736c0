//! A target's preset, checked by itself: what is wrong in it is said with its file and line, before any of a person's files
//! is looked at.

use std::collections::BTreeSet;

use super::{
    context::TemplateContext,
    look_over::{TemplateKind, look_over},
    read_back, sample,
};
use crate::presets::{
    PresetFault, Target,
    target::{ReadKey, TargetRead, Template},
};

/// What the commands that send see beside the settings ([`super::Envelope`]).
const ENVELOPE: [&str; 3] = ["to", "subject", "message_id"];

/// What is wrong with a target's templates and expressions: syntax, and names of variables, files, filters and tests that do
/// not exist; then what made-up settings show, rendered and read back.
pub fn check_target(target: &Target) -> Vec<PresetFault> {
    let mut check = TargetCheck { target, faults: Vec::new() };
    let settings = settings_of(target);
    for file in &target.files {
        check.all(file.templates(), TemplateKind::Quoted, &settings);
        check.all(&file.when, TemplateKind::Condition, &settings);
    }
    // Every user sees a command line.
    let public: BTreeSet<String> = settings.iter().filter(|name| *name != "password").cloned().collect();
    for (at, run) in target.runs.iter().enumerate() {
        if run.command.is_empty() == run.service.is_none() {
            let cause = "it needs either `command` or `service`".to_owned();
            check.faults.push(target.source.fault_at(&format!("run.{at}"), cause));
        }
        check.all(run.command.iter().chain(&run.creates).chain(&run.service), TemplateKind::Bare, &public);
        check.all(&run.when, TemplateKind::Condition, &settings);
    }
    if let Some(ask) = &target.ask {
        check.all(ask.command.iter().chain([&ask.says]), TemplateKind::Bare, &public);
        check.all(&ask.when, TemplateKind::Condition, &public);
    }
    check.all(target.check.iter().chain(&target.try_it), TemplateKind::Quoted, &settings);
    if let Some(send) = &target.send {
        let settings = settings.iter().cloned().chain(ENVELOPE.map(str::to_owned)).collect();
        let queue = send.queue.iter().flat_map(|queue| {
            let patterns = queue.taken.iter().chain(&queue.failed).chain(&queue.given_up).chain(&queue.why);
            queue.list.iter().chain([&queue.ours]).chain(patterns.flat_map(|pattern| &pattern.parts))
        });
        check.all(send.command.iter().chain(queue), TemplateKind::Bare, &settings);
        let log = send.queue.iter().filter_map(|queue| queue.log_setting.as_ref());
        check.all(log, TemplateKind::Expression, &seen_in_files(target));
        check.all(&send.when, TemplateKind::Condition, &settings);
    }
    check.all(&target.outgrown, TemplateKind::Expression, &seen_in_files(target));
    check.all(target.overrules.iter().map(|rule| &rule.when), TemplateKind::Expression, &seen_in_files(target));
    check.expressions(&target.read);
    if let Some(import) = &target.import {
        check.all(import.path.values(), TemplateKind::Expression, &seen_in_files(target));
        check.expressions(&import.read.or(&target.read));
    }
    // What only rendering shows; a fault that was seen already would be there again.
    if check.faults.is_empty() {
        check.faults = sample::faults(target);
    }
    check.faults.sort_by_key(|fault| fault.line);
    check.faults.dedup();
    check.faults
}

struct TargetCheck<'a> {
    target: &'a Target,
    faults: Vec<PresetFault>,
}

impl TargetCheck<'_> {
    fn look_over(&mut self, template: &Template, kind: TemplateKind, known: &BTreeSet<String>) {
        if let Err(slip) = look_over(template.as_str(), kind, known) {
            self.faults.push(self.target.source.fault(template, slip.line, slip.cause, slip.nearest));
        }
    }

    fn all<'t>(&mut self, templates: impl IntoIterator<Item = &'t Template>, kind: TemplateKind, known: &BTreeSet<String>) {
        templates.into_iter().for_each(|template| self.look_over(template, kind, known));
    }

    fn expressions(&mut self, read: &TargetRead) {
        let files = seen_in_files(self.target);
        let mut known = files.clone();
        known.extend(read.get(ReadKey::Base).map(|_| ReadKey::Base.as_str().to_owned()));
        for (key, expression) in read.iter() {
            self.look_over(expression, TemplateKind::Expression, if key == ReadKey::Base { &files } else { &known });
        }
    }
}

/// What templates see.
fn settings_of(target: &Target) -> BTreeSet<String> {
    let files = target.files.iter().map(|file| format!("files.{}", file.id));
    TemplateContext::names().into_iter().chain(files).collect()
}

/// What expressions over files see.
fn seen_in_files(target: &Target) -> BTreeSet<String> {
    let files = target.files.iter().map(|file| file.id.clone());
    read_back::common_variables("").into_iter().map(|(name, _)| name.to_owned()).chain(files).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::{PresetSource, parse};

    #[test]
    fn no_command_line_has_the_password() {
        let with = |word: &str| {
            let source = include_str!("../../presets/targets/dma.toml").to_owned();
            let run = format!("\n[[run]]\ncommand = [\"true\", \"{{{{ {word} }}}}\"]\npurpose = \"reload\"\n");
            let source = PresetSource { file: "x.toml".into(), text: source + &run };
            let mut target: Target = parse(&source.file, &source.text).unwrap();
            target.source = source;
            check_target(&target)
        };
        assert_eq!(with("username"), []);
        let faults = with("password");
        assert!(
            faults.len() == 1 && faults[0].cause.to_string().contains("`password`") && faults[0].line.is_some(),
            "{faults:?}"
        );
    }
}
