//! What token endpoints answer, and how servers refuse a token.

use super::{super::*, cases, wrong};

const TOKENS: &str = include_str!("../../../tests/fixtures/replies/tokens.jsonl");

#[test]
fn refusals_of_tokens_are_recognised_and_none_is_called_a_wrong_password() {
    let cases = cases(TOKENS);
    assert!(cases.iter().filter(|case| case.id.starts_with("endpoint-")).count() >= 60);
    let wrong = wrong(&cases);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    // As the program itself says it, on one line.
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    for case in cases.iter().filter(|case| case.id.starts_with("endpoint-")) {
        let Ok(answer) = serde_json::from_str::<serde_json::Value>(&case.reply) else { continue };
        let field = |name: &str| answer[name].as_str().unwrap_or_default();
        let said = format!("login.example.com refuses: {}: {}", field("error"), field("error_description"));
        assert_eq!(doctor.explain(&Explain::new(said.as_str())).cause, case.cause, "{said}");
        let pretty = serde_json::to_string_pretty(&answer).unwrap();
        assert_eq!(doctor.explain(&Explain::new(pretty.as_str())).cause, case.cause, "{pretty}");
        let diagnosis = doctor.explain(&Explain::new(case.reply.as_str()));
        assert_eq!(diagnosis.ask, None, "{}: no password would mend it", case.id);
    }
}

/// Every narrower case is met by one of them, and has steps of its own.
#[test]
fn each_narrower_case_of_a_token_refused_is_met() {
    let catalog = Catalog::builtin();
    let doctor = Doctor::new(&catalog, Lang::EN);
    let titles: Vec<String> = cases(TOKENS).iter().map(|case| doctor.explain(&case.input()).title).collect();
    for cause in catalog.causes().filter(|cause| cause.label.starts_with("oauth_")) {
        for words in cause.variants.iter().map(|variant| variant.words(Lang::EN)) {
            let title = words.title.as_ref().unwrap_or(&cause.words(Lang::EN).title);
            assert!(titles.contains(title) && words.steps.is_some(), "{}: {title}", cause.label);
        }
    }
}
