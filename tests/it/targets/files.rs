//! Files that people have: comments, odd spacing, other accounts and Windows line ends stay as they are.

use mailsetup::{
    plan::{Change, Places, Refusal, compare, first_path, plan, read_back},
    presets::{Catalog, Target, target::MergeKind},
};

use super::{ordered, samples, scope};
use crate::{consumers::setup::Memory, support::setup::places};

const PASSWORD: &str = "p@ss \"w\\ord#1";
/// For targets that cannot carry the first.
const PLAINER: [&str; 2] = ["p@ss \"word#1", "p@ss:w\\ord"];

/// The names of a target's settings: the words of its templates.
fn names(target: &Target) -> Vec<String> {
    let templates = target.files.iter().flat_map(|file| [Some(&file.template), file.remove.as_ref()]).flatten();
    let words = templates
        .flat_map(|template| template.as_str().split(|letter: char| !(letter.is_alphanumeric() || "_-".contains(letter))));
    words.filter(|word| word.len() > 2).map(str::to_lowercase).collect()
}

#[test]
fn only_our_part_changes() {
    let catalog = Catalog::builtin();
    let mut seen = 0;
    // Whose a file is, nobody says here: what a user of its own reads is tried on a machine (`sends::relay`).
    for target in catalog.targets().filter(|target| !target.needs_run_as) {
        let samples = samples(&target.key);
        let names = names(target);
        for sample in samples.iter().filter(|sample| !sample.name.ends_with("-refused")) {
            seen += 1;
            let about = format!("{}/{}", target.key, sample.name);
            let (change, again) = planned(target, &catalog, &sample.text);
            assert!(!again, "{about} changes when it is planned again");
            let after = String::from_utf8(change.after.clone().unwrap()).unwrap();
            // Lines end as they did.
            if sample.text.contains("\r\n") {
                assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{about}:\n{after}");
            } else {
                assert!(!after.contains('\r'), "{about}");
            }
            // Each line that goes is one of ours.
            for line in removed(&change) {
                let text = line.to_lowercase();
                // A value over several lines goes whole.
                let is_rest = ["old\"\"\"", "    [mail.example.net]:587"].contains(&text.as_str());
                let is_ours = is_rest || names.iter().any(|name| text.contains(name.as_str())) || text.trim().len() < 3;
                // nullmailer's first server is one line.
                let is_ours = is_ours || target.key == "nullmailer";
                let is_last = sample.text.ends_with(line.trim_end()) && after.contains(line.trim_end());
                assert!(is_ours || is_last, "{about}: {line:?}");
            }
            for line in sample.text.lines().filter(|line| line.trim().starts_with(['#', ';', '/'])) {
                assert!(after.lines().any(|other| other == line), "{about}: {line:?} is gone");
            }
        }
        let count = samples.len();
        // A file of our own is nobody else's.
        let is_own = matches!(target.files[0].merge, MergeKind::Whole | MergeKind::Exact);
        assert!(count >= 3 || is_own, "{}: {count} samples are too few", target.key);
    }
    assert!(seen > 50, "{seen}");
}

/// The lines that a change takes out, as a diff shows lines: tabs as four blanks.
fn removed(change: &Change) -> Vec<String> {
    let (before, after) = (change.before.as_deref().unwrap_or_default(), change.after.as_deref().unwrap_or_default());
    let patch = diffy::DiffOptions::new().set_context_len(0).create_patch_bytes(before, after);
    let lines = patch.hunks().iter().flat_map(diffy::Hunk::lines);
    let line = |line: &diffy::Line<'_, [u8]>| match line {
        diffy::Line::Delete(bytes) => {
            Some(String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).replace('\t', "    "))
        }
        _ => None,
    };
    lines.filter_map(line).collect()
}

/// What becomes of a target's first file, and whether planning again would change it.
fn planned(target: &Target, catalog: &Catalog, text: &str) -> (Change, bool) {
    let places = places(scope(target));
    let path = first_path(target, &ordered(target, PASSWORD).targets[0], &places).unwrap();
    let mut files = Memory::default();
    files.put(&path, text.as_bytes(), 0o640);
    let planned = |password: &str| {
        let order = ordered(target, password);
        plan(&order, catalog, &places, &files).map(|plan| (order, plan))
    };
    let (order, planned) = planned(PASSWORD)
        .or_else(|_| planned(PLAINER[0]))
        .or_else(|_| planned(PLAINER[1]))
        .unwrap_or_else(|refusal| panic!("{} {text}: {refusal:?}", target.key));
    let choice = &order.targets[0];
    files.apply(&planned);
    let read = read_back(target, choice, &order.name, &places, &files).unwrap();
    assert_eq!(compare(&order, &places, &read), [], "{}", target.key);
    let again = plan(&order, catalog, &places, &files).unwrap().changes.iter().any(Change::is_needed);
    let change = planned.changes.into_iter().find(|change| change.path == path).unwrap();
    (change, again)
}

#[test]
fn a_file_that_its_program_would_not_take_is_left_alone_with_its_line() {
    let catalog = Catalog::builtin();
    let broken = [
        ("git", "[user]\n\tname = \"x\n", 2),
        ("gitea", "[mailer]\nHOST\n", 2),
        ("grafana", "[smtp\n", 1),
        ("alertmanager", "global:\n  a: 1\n b: 2\n", 3),
        ("alertmanager", "global: {a: 1}\n", 1),
        ("nextcloud", "<?php\n$CONFIG = array(\n  'a' => 'b,\n", 3),
        ("django", "A = 1\nB = 'x\n", 2),
        ("yaml", "a: 1\n---\nb: 1\n", 2),
        ("json", "{\n  \"a\": 1\n  \"b\": 2\n}\n", 2),
        ("toml", "a = 1\nb = x\n", 2),
        ("dma", "SMARTHOST x\r\n", 1),
        ("s-nail", "set a=b\r\n", 1),
        ("python-dotenv", "A=1\nB='x\n", 2),
        ("laravel", "A=1\nB=my shop\n", 2),
        ("wordpress", "<?php\ndefine('A', 'x);\n", 2),
        ("spring", "a=1\nb=\\u12\n", 2),
        ("django", "A = 1\nB = 2 + \\", 2),
        ("gitlab", "a = 1\nb = 2 + \\", 2),
        ("dotenvy", "A=1\nB=my shop\n", 2),
        ("compose-env", "A=1\nB C=2\n", 2),
        ("phpmailer", "<?php\nreturn settings();\n", 2),
        ("apprise", "ntfy://a\nurls:\n", 2),
        ("php", "a = 1\n[HOST=www.example.com]\n", 2),
        ("systemd-credential", "[Service]\nnonsense\n", 2),
        ("exim4", "dc_smarthost=''\r\n", 1),
        ("exim4", "CFILEMODE='644'\ndc_smarthost='\n", 2),
        ("opensmtpd", "listen on lo\naccept from local for any relay\n", 2),
        ("opensmtpd", "include \"/etc/smtpd.local\"\n", 1),
        ("opensmtpd", "action \"in\" mbox\n\nmatch from any for any action \"in\"\n", 3),
        ("opensmtpd", "listen on lo\r\n", 1),
        ("ssmtp", "root=x\nmailhub=y\r\n", 2),
        ("monit", "set daemon 5\nset alert \"x\n", 2),
    ];
    for (key, text, line) in broken {
        let target = catalog.target(key).unwrap();
        let places: Places = places(scope(target));
        let order = ordered(target, PLAINER[1]);
        let mut files = Memory::default();
        files.put(first_path(target, &order.targets[0], &places).unwrap(), text.as_bytes(), 0o640);
        match plan(&order, &catalog, &places, &files).unwrap_err() {
            Refusal::Unparseable { fault, .. } => assert_eq!(fault.line, line, "{key}: {fault:?}"),
            other => panic!("{key}: {other:?}"),
        }
    }
}
