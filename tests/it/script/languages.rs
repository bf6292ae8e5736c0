//! Languages are files: one made up in the configuration folder is as good as a built-in one, and English is behind it.

use mailsetup::presets::Lang;

use super::super::support::sandbox::{Output, Sandbox};

/// A language that says little: a sentence with a variable that it does not get, and a line that is no sentence.
const MADE_UP: &str = "yes-words = jip\nno-words = nej\nscript-missing = Fattas: { $flags }\nflag-yes = Skrifa\n\
                       cli-timeout = Fel { $nothing }\nwhat is this\n";

fn made_up() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("home/.config/mailsetup/text/xx.ftl", MADE_UP);
    sandbox.write("home/.config/mailsetup/text/notes.txt", "no language");
    sandbox.write("home/.config/mailsetup/text/README.ftl", "neither = one");
    sandbox
}

fn run(sandbox: &Sandbox, args: &[&str]) -> Output {
    sandbox.mailsetup(args).run()
}

#[test]
fn what_it_lacks_is_said_in_english_sentence_by_sentence() {
    let sandbox = made_up();
    let out = run(&sandbox, &["--lang", "xx"]).code(64);
    assert!(out.stderr.contains("Fattas: ADDRESS"), "{}", out.stderr);
    assert!(out.stderr.contains("Give them as options"), "{}", out.stderr);
    let out = run(&sandbox, &["--lang", "xx", "--timeout", "0"]).code(64);
    assert!(out.stderr.contains("is not a number of seconds"), "{}", out.stderr);
    let help = run(&sandbox, &["--lang", "xx", "--help"]).code(0).stdout;
    assert!(help.contains("Skrifa") && help.contains("Write even if the test fails"), "{help}");
}

#[test]
fn what_cannot_be_understood_is_named_and_passed_over() {
    let sandbox = made_up();
    let named = |args: &[&str]| run(&sandbox, args).stderr.contains("text/xx.ftl:6:");
    assert!(named(&["list", "--lang", "xx"]) && !named(&["list", "--lang", "xx", "--quiet"]) && !named(&["list"]));
    assert!(!named(&["secret", "--lang", "xx"]), "what runs at every mail does not speak of it");
}

#[test]
fn it_is_among_the_languages() {
    let sandbox = made_up();
    let built_in: Vec<_> = Lang::builtin().map(|lang| lang.to_string()).collect();
    assert!(["en", "de", "fr"].iter().all(|tag| built_in.iter().any(|known| known == tag)) && built_in[0] == "en");
    let all = |between: &str| built_in.join(between) + between + "xx";
    assert!(run(&sandbox, &["--help"]).code(0).stdout.contains(&format!("<{}>", all("|"))));
    assert!(run(&sandbox, &["generate", "man"]).code(0).stdout.contains(&all("|")));
    assert!(run(&sandbox, &["generate", "completions", "bash"]).code(0).stdout.contains(&all(" ")));
    assert!(run(&sandbox, &["--lang", "yy"]).code(64).stderr.contains(&all(", ")));
    let by_locale = sandbox.clone().env("LANG", "xx_YY.UTF-8");
    assert!(run(&by_locale, &[]).code(64).stderr.contains("Fattas"));
    let elsewhere = Sandbox::new();
    assert!(run(&elsewhere, &["--lang", "xx"]).code(64).stderr.contains(&(built_in.join(", ") + ".")));
}

#[test]
fn its_words_for_yes_and_no_count() {
    let sandbox = made_up();
    let answers = |value: &str, lang: &str| {
        let out = sandbox.mailsetup(["--lang", lang]).env("MAILSETUP_ALLOW_PLAINTEXT", value).run().code(64);
        out.stderr.contains("MAILSETUP_ALLOW_PLAINTEXT")
    };
    assert!(!answers("jip", "xx") && !answers("Nej", "xx") && !answers("yes", "xx"));
    assert!(answers("jip", "en") && answers("maybe", "xx"));
    // What is built in counts in every language: an answers file may come from elsewhere.
    assert!(!answers("oui", "en") && !answers("ja", "fr") && !answers("nein", "xx"));
}

#[test]
fn a_built_in_language_can_be_changed_sentence_by_sentence() {
    let sandbox = Sandbox::new();
    sandbox.write("home/.config/mailsetup/text/fr.ftl", "script-missing = À donner : { $flags }\n");
    let out = run(&sandbox, &["--lang", "fr"]).code(64).stderr;
    assert!(out.contains("À donner : ADDRESS") && out.contains("Donnez-les en options"), "{out}");
}

#[test]
fn a_preset_has_words_in_it() {
    let sandbox = made_up();
    let lab = "name = 'Lab'\ncategory = 'relay'\nchecked = '2026-11'\nsources = ['x']\n[en]\nsummary = 'our relay'\n\
               intro = 'Take the key.'\n[xx]\nsummary = 'vårt relä'\n";
    sandbox.write("home/.config/mailsetup/providers/lab.toml", lab);
    let lab = run(&sandbox, &["providers", "lab", "--lang", "xx"]).code(0).stdout;
    assert!(lab.contains("vårt relä") && lab.contains("Take the key."), "{lab}");
    sandbox.write("home/.config/mailsetup/providers/lab.toml", "name = 'L'\n[frr]\nsummary = 'x'\n");
    let out = run(&sandbox, &["providers"]).code(0).stderr;
    assert!(out.contains("lab.toml:2:") && out.contains("Did you mean fr?"), "{out}");
}

#[test]
fn what_a_sentence_is_not_given_and_what_none_is_are_named_and_nothing_moves_the_cursor() {
    let sandbox = made_up();
    let own = "nothing-found = \u{9b}2J{ \"\\u001b[2J\" }\u{202e}\u{e0041}{ $query }\nnothing-fuond = x\ncli-timeout = { $tpyed }\ncli-timeout = x\n";
    sandbox.write("home/.config/mailsetup/text/xx.ftl", own);
    let error = run(&sandbox, &["providers", "nosuch", "--lang", "xx"]).code(66).stderr;
    for said in [
        "xx.ftl:2: unknown sentence `nothing-fuond` Did you mean nothing-found?",
        "xx.ftl:3: unknown argument `$tpyed` of `cli-timeout` Did you mean typed?",
        "xx.ftl:4: `cli-timeout` is there already, in line 3",
        "\\u{9b}2J\\u{1b}[2J\\u{202e}\\u{e0041}nosuch",
    ] {
        assert!(error.contains(said), "{said} in\n{error}");
    }
    assert!(!error.contains(['\u{9b}', '\u{1b}', '\u{202e}', '\u{e0041}']), "{error:?}");
}

#[test]
fn a_text_that_is_nested_too_deeply_is_named_and_passed_over() {
    let sandbox = made_up();
    for deep in ["{".repeat(100_000), "{ $a ->\n *[x] ".repeat(3000)] {
        sandbox.write("home/.config/mailsetup/text/xx.ftl", format!("yes-words = ja\nhost-no-profile = {deep}\n"));
        let out = run(&sandbox, &["providers", "gmail", "--lang", "xx"]).code(0);
        assert!(out.stderr.contains("xx.ftl:") && out.stderr.contains("nested too deeply"), "{}", out.stderr);
    }
}
