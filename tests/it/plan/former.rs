//! After a change of the server, what was written for the former one and is no longer meant goes.

use super::*;

/// A target's file, written for one server and then for another; with what a person has in it.
fn moved(target: &str, scope: Scope, path: &str, mine: &str, files: Memory) -> (String, String) {
    let mut files = files.with(path, mine);
    let mut order = Order { scope, ..ordered(target) };
    order.targets[0].inline_secret = target != "git";
    order.profile.smtp.host = "smtp.old.test".parse().unwrap();
    let places = places(scope);
    files.apply(&planned(&order, &places, &files).unwrap());
    let before = text(&files, path);
    order.profile.smtp.host = "smtp.new.test".parse().unwrap();
    files.apply(&planned(&order, &places, &files).unwrap());
    (before, text(&files, path))
}

#[test]
fn the_former_servers_credential_goes_and_a_persons_own_stays() {
    let mine = "[credential \"smtp://mine.test:465\"]\n\thelper = store\n";
    let (before, after) = moved("git", Scope::User, "/home/ops/.gitconfig", mine, Memory::default());
    assert!(before.contains("credential \"smtp://smtp.old.test:465\"") && before.contains(mine), "{before}");
    assert!(after.contains("credential \"smtp://smtp.new.test:465\"") && after.contains(mine), "{after}");
    assert!(!after.contains("old.test"), "{after}");
}

#[test]
fn the_former_servers_password_goes_from_tables() {
    let main = || Memory::default().with("/etc/postfix/main.cf", "compatibility_level = 3.6\n");
    let mine = "[mine.test]:587 me:other\n";
    let (before, after) = moved("postfix", Scope::System, "/etc/postfix/sasl_passwd", mine, main());
    assert!(before.contains("[smtp.old.test]:465") && after.contains("[smtp.new.test]:465"), "{before}\n{after}");
    assert!(after.contains(mine) && !after.contains("old.test"), "{after}");
    let conf = Memory::default().with("/etc/dma/dma.conf", "\n");
    let (before, after) = moved("dma", Scope::System, "/etc/dma/auth.conf", "me|mine.test:other\n", conf);
    assert!(before.contains("smtp.old.test") && after.contains("smtp.new.test"), "{before}\n{after}");
    assert!(after.contains("me|mine.test:other\n") && !after.contains("old.test"), "{after}");
}
