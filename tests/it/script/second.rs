//! Several profiles that send by one Postfix, as a script sees them.

use crate::support::sandbox::{Output, Sandbox};

const FILES: [&str; 8] = [
    "main.cf",
    "master.cf",
    "sasl_passwd",
    "mailsetup_envelope",
    "mailsetup_header",
    "mailsetup_keep",
    "mailsetup_logins",
    "mailsetup_from_shop",
];

/// An image with Postfix.
struct Image(Sandbox);

impl Image {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("home/pw", "secret-word\n");
        sandbox.write("image/etc/postfix/main.cf", "inet_interfaces = loopback-only\nmydestination = localhost\n");
        sandbox.write("image/etc/postfix/master.cf", include_str!("../../bed/postfix/debian-master.cf"));
        Self(sandbox)
    }

    fn run(&self, words: &[&str]) -> Output {
        let root = self.0.path("image").display().to_string();
        self.0.mailsetup(words.iter().copied().chain(["--root", &root, "--scope", "system"])).run()
    }

    fn set_up(&self, name: &str, senders: &str) {
        let (address, host) = (format!("{name}@{name}.test"), format!("smtp.{name}.test"));
        let server = ["--provider", "custom", "--host", &host, "--port", "465", "--security", "tls", "--username", name];
        let rest = ["--profile", name, "--target", "postfix", "--senders", senders, "--password-file", "pw"];
        let words = [&[address.as_str()][..], &server, &rest, &["--test", "none", "--unproven", "--yes"]].concat();
        self.run(&words).code(0);
    }

    /// The files of Postfix, and the profiles.
    fn files(&self) -> Vec<Option<String>> {
        let of_postfix = FILES.map(|file| format!("image/etc/postfix/{file}"));
        let of_ours = ["default", "news", "shop"].map(|name| format!("image/etc/mailsetup/profiles/{name}.toml"));
        of_postfix.iter().chain(&of_ours).map(|path| std::fs::read_to_string(self.0.path(path)).ok()).collect()
    }

    fn main(&self) -> String {
        self.0.read("image/etc/postfix/main.cf")
    }
}

#[test]
fn a_removal_leaves_the_others_whole_and_one_undo_brings_it_back() {
    for removed in ["default", "shop", "news"] {
        let image = Image::new();
        for name in ["default", "shop", "news"] {
            image.set_up(name, "one");
        }
        let before = image.files();
        image.run(&["remove", removed, "--dry-run"]).code(0);
        assert_eq!(image.files(), before, "{removed}");
        image.run(&["remove", removed]).code(0);
        assert!(image.main().contains("mailsetup_logins"), "{removed}: another's mail goes by its sender");
        for stays in ["default", "shop", "news"].iter().filter(|name| **name != removed) {
            image.run(&["check", stays, "--drift"]).code(0);
        }
        image.run(&["undo"]).code(0);
        assert_eq!(image.files(), before, "{removed}");
        for name in ["default", "shop", "news"] {
            image.run(&["check", name, "--drift"]).code(0);
        }
    }
}

#[test]
fn when_all_are_removed_in_any_order_nothing_is_left() {
    for order in [["default", "shop", "news"], ["shop", "default", "news"], ["news", "shop", "default"]] {
        let image = Image::new();
        let before = (image.main(), image.0.read("image/etc/postfix/master.cf"));
        for name in ["default", "shop", "news"] {
            image.set_up(name, "one");
        }
        for name in order {
            image.run(&["remove", name]).code(0);
        }
        assert_eq!((image.main(), image.0.read("image/etc/postfix/master.cf")), before, "{order:?}");
        let left = std::fs::read_dir(image.0.path("image/etc/postfix")).unwrap();
        let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["main.cf", "master.cf"], "{order:?}");
    }
}

#[test]
fn drift_names_the_file_that_differs_and_apply_mends_it() {
    let image = Image::new();
    image.set_up("default", "one");
    image.set_up("shop", "any");
    let whole = image.files();
    let path = image.0.path("image/etc/postfix/mailsetup_logins");
    std::fs::remove_file(&path).unwrap();
    let out = image.run(&["check", "shop", "--drift", "--json"]).code(1);
    assert_eq!(out.json()["drift"][0]["path"], path.display().to_string(), "{}", out.stdout);
    image.run(&["apply", "shop"]).code(0);
    assert_eq!(image.files(), whole);
    image.run(&["check", "shop", "--drift"]).code(0);
}
