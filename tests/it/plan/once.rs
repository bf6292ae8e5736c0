//! A plan is made once: again only where something that it was made from is another one by then.

use std::{fs, os::unix::fs::PermissionsExt as _};

use mailsetup::{
    mail::Secret,
    plan::{Order, Places, Plan, TargetChoice, plan},
    presets::Catalog,
    runner::LastPlan,
};

use crate::{consumers::setup::order, support::setup::places_at_home};

/// Plans, and says whether the plan was made.
fn planned(last: &LastPlan, order: &Order, places: &Places) -> (Plan, bool) {
    let mut is_made = false;
    let plan = last.of(order, places, |files| {
        is_made = true;
        plan(order, &Catalog::builtin(), places, files)
    });
    (plan.unwrap(), is_made)
}

#[test]
fn what_changed_meanwhile_is_planned_for() {
    let home = tempfile::tempdir().unwrap();
    let places = places_at_home(home.path());
    let mut order = Order { targets: vec![TargetChoice::new("dotenv")], ..order("geheim") };
    let env = places.cwd.join(".env");
    let last = LastPlan::default();
    let is_made = |order: &Order, places: &Places| planned(&last, order, places).1;
    assert!(is_made(&order, &places));
    let set_mode = |mode| fs::set_permissions(&env, fs::Permissions::from_mode(mode)).unwrap();
    for step in ["there", "its content", "its mode", "gone"] {
        assert!(!is_made(&order, &places), "before: {step}");
        match step {
            "there" => fs::write(&env, "A=1\n").unwrap(),
            "its content" => fs::write(&env, "A=2\n").unwrap(),
            "its mode" => set_mode(0o640),
            _ => fs::remove_file(&env).unwrap(),
        }
        let (plan, is_made) = planned(&last, &order, &places);
        assert!(is_made, "{step}");
        let change = plan.changes.iter().find(|change| change.path == env).unwrap();
        assert_eq!(change.before, fs::read(&env).ok(), "{step}");
    }
    let (first, _) = planned(&last, &order, &places);
    assert!(planned(&last, &order, &places) == (first, false));

    order.secret = Some(Secret::new("another".to_owned()));
    assert!(is_made(&order, &places) && !is_made(&order, &places));
    fs::create_dir_all(places.config.join("profiles")).unwrap();
    fs::write(places.profile("default"), "").unwrap();
    assert!(is_made(&order, &places));
    assert!(is_made(&order, &Places { cwd: home.path().join("elsewhere"), ..places }));
}
