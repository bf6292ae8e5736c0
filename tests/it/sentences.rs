//! The text files: every sentence can be read, and every field has its words.

use std::fs;

use crate::house::{languages, messages, root};

#[test]
fn every_sentence_can_be_read() {
    for lang in languages() {
        let source = fs::read_to_string(root().join(format!("presets/text/{lang}.ftl"))).unwrap();
        if let Err((_, faults)) = fluent_bundle::FluentResource::try_new(source) {
            panic!("{lang}.ftl: {faults:?}");
        }
    }
}

#[test]
fn every_field_has_label_help_and_words_for_its_choices() {
    let english = messages("en");
    for field in mailsetup::setup::Field::ALL {
        let key = field.key().replace('_', "-");
        for name in [format!("field-{key}"), format!("field-{key}-help")] {
            assert!(english.contains_key(&name), "{name}");
        }
    }
}
