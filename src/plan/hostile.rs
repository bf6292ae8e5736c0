//! Files that are cut off anywhere, and files that nobody would write: nothing here panics over them.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use super::{
    Change, Disclosure, diff, disclose,
    merge::{
        Merged,
        block::{self, around},
        keys,
    },
};
use crate::{format::Format, presets::Catalog};

/// Most places at which a text is cut off; a shorter text is cut at each of its characters.
const CUTS: usize = 60;

/// What a text may end in: nothing, characters of several bytes, one that combines with what is before it, odd line ends.
const ENDS: [&str; 6] = ["", "é", "\u{301}", "\r", " ; courrié", "\0\u{1f4e7}"];

/// The files that somebody has of a format.
fn samples(format: Format) -> Vec<String> {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/targets");
    let catalog = Catalog::builtin();
    let targets = catalog.targets().filter(|target| target.files[0].format == format);
    let folders = targets.map(|target| folders.join(&target.key)).filter_map(|folder| fs::read_dir(folder).ok());
    folders.flatten().filter_map(|file| fs::read_to_string(file.ok()?.path()).ok()).collect()
}

/// Does with a text what is done with a file, and puts `ours` into it.
fn worked(format: Format, text: &str, ours: &str) {
    let rules = format.rules();
    let sign = rules.comment();
    rules.surroundings(text, text);
    let read = rules.read(text).ok();
    if let Ok(around) = around(text, sign, "default")
        && let Ok(spot) = block::spot(rules, &around, sign)
    {
        shown(format, text, block::merge(&around, spot, sign, "default", ours).after(rules, text, read.clone()));
    }
    let Some(there) = read else { return };
    for key in rules.keys(text, &there, &(0..text.len())) {
        assert!(text.get(key.clone()).is_some(), "the key at {key:?}");
    }
    for entry in &there.entries {
        assert!(text.get(entry.body.clone()).is_some() && entry.end() <= text.len(), "{:?}", entry.body);
    }
    let _ = rules.tree(there.clone());
    let gone: Vec<_> = there.entries.iter().step_by(3).map(|entry| entry.path.clone()).collect();
    let there = (!text.trim_ascii().is_empty()).then_some(there);
    for gone in [&[][..], &gone] {
        if let Ok(merged) = keys::merge(rules, text, there.clone(), ours, gone, &[]) {
            shown(format, text, merged);
        }
    }
}

/// What a person sees of it.
fn shown(format: Format, before: &str, mut merged: Merged) {
    merged.doc = merged.doc.or_else(|| format.rules().read(&merged.text).ok());
    let disclosure = Disclosure::Ours(disclose::shown(format.rules(), before, &merged));
    let change = Change {
        owner: "x".into(),
        path: "/x".into(),
        before: Some(before.into()),
        after: Some(merged.text.into()),
        mode_before: None,
        mode: 0o600,
        user: None,
        group: None,
        disclosure,
    };
    diff(&change, None);
}

fn whole(format: Format, text: &str, ours: &str) {
    let done = catch_unwind(AssertUnwindSafe(|| worked(format, text, ours)));
    let end: String = text.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
    assert!(done.is_ok(), "{}, {} bytes that end in {end:?}", format.word(), text.len());
}

/// The beginning of a text in whole lines, as far as it can be read: settings to put into others.
fn beginning(format: Format, text: &str) -> String {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1).take_while(|at| *at < 1500).collect::<Vec<_>>();
    let whole = ends.iter().rev().map(|end| &text[..*end]).find(|text| format.rules().read(text).is_ok());
    whole.unwrap_or_default().to_owned()
}

#[test]
fn cut_off_anywhere() {
    let formats: Vec<Format> = Format::all().collect();
    std::thread::scope(|scope| {
        for formats in formats.chunks(formats.len().div_ceil(4)) {
            scope.spawn(move || formats.iter().for_each(|format| cut_off(*format)));
        }
    });
}

fn cut_off(format: Format) {
    for sample in samples(format) {
        let ours = beginning(format, &sample);
        let cuts: Vec<usize> = sample.char_indices().map(|(at, _)| at).chain([sample.len()]).collect();
        for (turn, at) in cuts.iter().step_by(cuts.len().div_ceil(CUTS)).enumerate() {
            whole(format, &sample[..*at], &ours);
            whole(format, &(sample[..*at].to_owned() + ENDS[turn % ENDS.len()]), &ours);
        }
        for end in ENDS {
            whole(format, &(sample.trim_end().to_owned() + end), &ours);
            whole(format, &(sample.replace('\n', "\r\n") + end), &ours);
            whole(format, &sample.replace('\n', &format!("{end}\n")), &ours);
        }
        whole(format, &format!("\u{feff}{sample}"), &ours);
        whole(format, &sample.replace('\n', "\r"), &ours);
        whole(format, &sample.replace('=', "=\0"), &ours);
    }
}

#[test]
fn what_nobody_writes() {
    let deep = 1_000;
    let long = 20_000;
    let texts = [
        "a: ".repeat(deep),
        (0..200).flat_map(|depth| [" ".repeat(depth), "a:\n".to_owned()]).collect(),
        "- ".repeat(deep),
        "[".repeat(deep),
        format!("a = {}", "[".repeat(deep)),
        format!("a: {}", "{a: ".repeat(deep)),
        format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep)),
        format!("<?php\n$CONFIG = {}", "array('a' => ".repeat(deep)),
        format!("[{}]", "a.".repeat(deep)),
        format!("{}=1", "a.".repeat(deep)),
        "(".repeat(deep),
        "${".repeat(deep),
        "\"$(".repeat(deep),
        "\\\n".repeat(deep),
        "a".repeat(long),
        format!("a={}", "é".repeat(long)),
        format!("a: \"{}", "\\".repeat(long)),
        format!("[smtp]\na='{}'", " ".repeat(long)),
        "\r".repeat(deep),
        "\0".repeat(deep),
        "\u{feff}\u{feff}a=b".to_owned(),
        "a=e\u{301}\u{301}\nb=\u{200d}".to_owned(),
        "[mailer] ; courrié".to_owned(),
        "[mailer]\u{301}".to_owned(),
        "é".to_owned(),
        "=é\n[é\n\"é\n'é\n{é: é\né: é".to_owned(),
    ];
    let ours = [String::new(), "a=b\n".into(), "a: b\n".into(), "[mailer]\na=b\n".into(), "[smtp]\na = \"b\"\n".into()];
    for format in Format::all() {
        let own = samples(format).first().map(|sample| beginning(format, sample));
        for text in &texts {
            ours.iter().chain(&own).for_each(|ours| whole(format, text, ours));
        }
    }
}
