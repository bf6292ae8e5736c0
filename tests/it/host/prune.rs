//! Old records go, and with them the passwords that they hold; all of a profile can still be taken back.

use super::*;

/// How many writes of a profile can be taken back one by one, as the README says.
const KEPT: usize = 5;

fn records(home: &Home) -> usize {
    home.state("journal").len()
}

/// Passwords that some copy holds, of `word-0`, `word-1` and so on.
fn held(home: &Home, word: &str) -> Vec<usize> {
    let copies: Vec<String> = home.state("backups").iter().map(|copy| std::fs::read_to_string(copy).unwrap()).collect();
    let holds = |number: &usize| copies.iter().any(|copy| copy.contains(&format!("{word}-{number}.")));
    (0..40).filter(holds).collect()
}

fn write(home: &Home, profile: &str, number: usize) {
    let rc = home.text("rc").unwrap_or_default();
    let block = |number: usize| format!("# BEGIN {profile}\n{profile}-{number}.\n# END {profile}\n");
    let rc = match (0..number).rev().find(|former| rc.contains(&block(*former))) {
        Some(former) => rc.replace(&block(former), &block(number)),
        None => rc + &block(number),
    };
    let mut plan = home.plan(&[("rc", &rc), (&format!("{profile}.sasl"), &format!("{profile}-{number}.\n"))]);
    plan.name = profile.into();
    home.apply(&plan).unwrap();
}

#[test]
fn the_last_few_are_kept_and_the_oldest_leads_back_to_the_beginning() {
    let home = Home::new();
    home.put("rc", "mine\n");
    for number in 0..20 {
        write(&home, "a", number);
        if number == 7 {
            // Somebody edits around our lines.
            home.put("rc", &(home.text("rc").unwrap() + "theirs\n"));
        }
    }
    assert_eq!(records(&home), KEPT);
    // Each of the last writes has what was there before it; the oldest one has what was there before all.
    assert_eq!(held(&home, "a"), [15, 16, 17, 18, 19]);
    for number in [18, 17, 16, 15] {
        home.undo().unwrap();
        assert_eq!(home.text("a.sasl"), Some(format!("a-{number}.\n")));
    }
    home.undo().unwrap();
    assert_eq!((home.text("rc").as_deref(), home.text("a.sasl")), (Some("mine\ntheirs\n"), None));
    assert!(matches!(home.undo(), Err(ApplyError::NothingToUndo)));
    assert_eq!(held(&home, "a"), Vec::<usize>::new());
    assert!(records(&home) <= 2 * KEPT, "{}", records(&home));
}

#[test]
fn each_profile_has_its_own() {
    let home = Home::new();
    home.put("rc", "mine\n");
    for number in 0..12 {
        write(&home, "a", number);
        write(&home, "b", number);
    }
    assert_eq!(records(&home), 2 * KEPT);
    // A copy of a file that both write to holds what the other one had then.
    assert!(held(&home, "a").iter().chain(&held(&home, "b")).all(|number| *number >= 6), "{:?}", held(&home, "a"));
    for _ in 0..2 * KEPT {
        home.undo().unwrap();
    }
    assert_eq!((home.text("rc").as_deref(), home.text("a.sasl"), home.text("b.sasl")), (Some("mine\n"), None, None));
}

#[test]
fn what_was_taken_back_is_forgotten_in_time() {
    let home = Home::new();
    for number in 0..12 {
        home.put("rc", "mine\n");
        write(&home, "a", number);
        home.put("rc", &format!("edited-{number}.\n{}", home.text("rc").unwrap()));
        home.undo().unwrap();
    }
    assert!(records(&home) <= 2 * KEPT, "{}", records(&home));
    // The person's edits are kept for a while.
    assert_eq!(held(&home, "edited"), [7, 8, 9, 10, 11]);
}
