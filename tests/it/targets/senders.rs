//! Senders: what each mailer is told to put in place of those that programs use, and what is said where it cannot.

use std::{fs, path::PathBuf};

use mailsetup::{
    host::{self, Disk, WriteOptions},
    mail::{Senders, Setting},
    plan::{Order, Places, Refusal, Scope, TargetChoice, compare, plan, read_back},
    presets::{Catalog, Lang, Text},
};
use tempfile::TempDir;

use super::below;
use crate::consumers::setup::order;

/// A machine on which every mailer of these tests is installed, as Debian has them.
pub(super) struct Machine {
    folder: TempDir,
    pub(super) places: Places,
    pub(super) catalog: Catalog,
}

const MASTER: &str = "smtp      inet  n       -       y       -       -       smtpd\npickup    unix  n       -       y       60      1       pickup\n\
    cleanup   unix  n       -       y       -       0       cleanup\n";

impl Machine {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = Self { places: below(folder.path(), Scope::System), folder, catalog: Catalog::builtin() };
        machine.put("etc/postfix/main.cf", "inet_interfaces = loopback-only\nmydestination = localhost\n");
        machine.put("etc/postfix/master.cf", MASTER);
        machine.put(
            "etc/exim4/update-exim4.conf.conf",
            "dc_eximconfig_configtype='local'\ndc_local_interfaces='127.0.0.1 ; ::1'\ndc_hide_mailname='true'\n",
        );
        machine.put("etc/dma/dma.conf", "");
        machine.put("etc/ssmtp/ssmtp.conf", "");
        machine.put("etc/smtpd.conf", "");
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(super) fn put(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    pub(super) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    pub(super) fn plan(&self, order: &Order) -> Result<mailsetup::plan::Plan, Refusal> {
        plan(order, &self.catalog, &self.places, &Disk::new(&self.places))
    }

    /// Applies an order and reads back what its targets understand; what was said.
    pub(super) fn apply(&self, order: &Order) -> Vec<&'static str> {
        let plan = self.plan(order).unwrap();
        host::apply(&plan, &self.places, &WriteOptions::default()).unwrap();
        for choice in &order.targets {
            let target = self.catalog.target(&choice.key).unwrap();
            let read = read_back(target, choice, &order.name, &self.places, &Disk::new(&self.places)).unwrap();
            assert_eq!(compare(order, &self.places, &read), [], "{}", choice.key);
            let senders = read.get(Setting::Senders).unwrap().to_owned();
            let is_one = choice.key == "msmtp" && order.profile.sender.senders == Senders::Domain;
            let meant = if is_one { "one" } else { order.profile.sender.senders.as_str() };
            assert!(senders.is_empty() || senders == meant, "{}: {senders}", choice.key);
        }
        let again = self.plan(order).unwrap();
        assert!(again.changes.iter().all(|change| !change.is_needed()), "settled");
        for note in &plan.notes {
            for lang in Lang::builtin() {
                let said = Text::new(lang).say(&note.phrase);
                assert!(!said.contains("plan-note") && !said.contains('{'), "{said}");
            }
        }
        plan.notes.iter().map(|note| note.phrase.id).collect()
    }
}

pub(super) fn ordered(target: &str, senders: Senders) -> Order {
    let mut order = order("one");
    order.scope = Scope::System;
    order.targets = vec![TargetChoice { inline_secret: true, ..TargetChoice::new(target) }];
    order.profile.sender.senders = senders;
    order.profile.sender.name = None;
    order
}

#[test]
fn each_mailer_that_can_replaces_senders_and_leaves_them_again() {
    for target in ["msmtp", "postfix", "exim4"] {
        let machine = Machine::new();
        let all = || {
            let files = [
                "etc/msmtprc",
                "etc/postfix/main.cf",
                "etc/postfix/master.cf",
                "etc/postfix/mailsetup_envelope",
                "etc/exim4/exim4.conf.localmacros",
                "etc/exim4/conf.d/main/000_localmacros",
            ];
            files.map(|file| machine.text(file)).concat()
        };
        assert!(machine.apply(&ordered(target, Senders::Any)).contains(&"plan-note-senders-any"));
        let any = all();
        for senders in [Senders::One, Senders::Domain] {
            let notes = machine.apply(&ordered(target, senders));
            let id = if senders == Senders::Domain && target != "msmtp" { "domain" } else { "one" };
            assert!(notes.contains(&format!("plan-note-senders-{id}").as_str()), "{target} {notes:?}");
            assert_ne!(all(), any, "{target}");
        }
        machine.apply(&ordered(target, Senders::Any));
        let without = |text: &str| {
            let lines =
                text.lines().filter(|line| !line.starts_with("# Exim") && !line.contains("/^") && !line.contains("!/@"));
            let words: Vec<&str> = lines.flat_map(str::split_whitespace).filter(|word| !word.starts_with('#')).collect();
            words.join(" ").split("Written by").next().unwrap().trim_end().to_owned()
        };
        assert_eq!(without(&all()), without(&any), "{target}");
    }
}

#[test]
fn a_mailer_that_cannot_is_refused_with_those_that_can() {
    for target in ["nullmailer", "dma", "ssmtp", "opensmtpd"] {
        let machine = Machine::new();
        let refusal = machine.plan(&ordered(target, Senders::One)).err().unwrap();
        assert!(
            matches!(&refusal, Refusal::Senders { instead, .. } if instead == "msmtp, postfix, exim4"),
            "{target}: {refusal:?}"
        );
        assert_eq!(refusal.exit().code(), 78);
        for lang in Lang::builtin() {
            let said = Text::new(lang).say(&refusal.hint().unwrap());
            assert!(said.contains("msmtp, postfix, exim4") && said.contains("--senders any"), "{said}");
        }
    }
}

#[test]
fn what_a_provider_would_refuse_is_said() {
    let machine = Machine::new();
    let mut order = ordered("dma", Senders::Any);
    order.profile.smtp.provider = Some("gmx".into());
    let said = |order: &Order| machine.plan(order).unwrap().notes.iter().map(|note| note.phrase.id).collect::<Vec<_>>();
    assert!(said(&order).contains(&"plan-note-senders-refused"));
    order.profile.sender.reply_to = Some("team@example.com".parse().unwrap());
    assert!(said(&order).contains(&"plan-note-reply-to"));
}

#[test]
fn an_older_msmtp_is_told_what_it_knows_and_the_rest_is_said() {
    for (program, has, lacks, is_old) in [
        ("x set_from_header\0 allow_from_override\0", "allow_from_override off", "from_full_name", false),
        ("x set_from_header\0 allow_from_override\0from_full_name", "from_full_name ", "??", false),
        ("x set_from_header\0", "set_from_header on", "allow_from_override", true),
        ("x", "from ops@example.com", "set_from_header", true),
    ] {
        let machine = Machine::new();
        machine.put("usr/bin/msmtp", program);
        let mut order = ordered("msmtp", Senders::One);
        order.profile.sender.name = Some("web1".parse().unwrap());
        let notes = machine.apply(&order);
        let text = machine.text("etc/msmtprc");
        assert!(text.contains(has) && !text.contains(lacks), "{program}: {text}");
        assert_eq!(notes.contains(&"plan-note-senders-old"), is_old, "{notes:?}");
        assert_eq!(notes.contains(&"plan-note-name"), !text.contains("from_full_name"), "{notes:?}");
    }
}

#[test]
fn postfix_keeps_what_others_send() {
    let machine = Machine::new();
    let with = " -o cleanup_service_name=mailsetup";
    machine.apply(&ordered("postfix", Senders::One));
    let local = machine.text("etc/postfix/master.cf");
    assert!(local.contains(&format!("pickup unix n - y 60 1 pickup{with}\n")), "{local}");
    assert!(local.contains(&format!("smtp inet n - y - - smtpd{with}\n")), "{local}");
    assert!(local.contains("\ncleanup   unix  n       -       y       -       0       cleanup\n"), "{local}");
    // From now on it is reached from outside.
    machine.put("etc/postfix/main.cf", &machine.text("etc/postfix/main.cf").replace("loopback-only", "all"));
    let notes = machine.apply(&ordered("postfix", Senders::One));
    assert!(notes.contains(&"plan-note-overrule-outside"), "{notes:?}");
    let open = machine.text("etc/postfix/master.cf");
    assert!(open.contains("smtp inet n - y - - smtpd\n") && open.contains(&format!("pickup{with}\n")), "{open}");
    host::undo_all("default", &machine.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    assert_eq!(machine.text("etc/postfix/master.cf"), MASTER);
}

#[test]
fn settings_that_go_before_ours_are_named() {
    for (line, id) in [
        ("transport_maps = hash:/etc/postfix/transport", "plan-note-overrule-some"),
        ("sender_dependent_relayhost_maps = hash:/etc/postfix/by-sender", "plan-note-overrule-some"),
        ("smtp_tls_policy_maps = hash:/etc/postfix/tls", "plan-note-overrule-tls"),
        ("mydestination =", "plan-note-overrule-local"),
        ("alias_maps = lmdb:/etc/postfix/aliases", "plan-note-overrule-aliases"),
        ("canonical_maps = hash:/etc/postfix/canonical", "plan-note-overrule-senders"),
        ("sender_canonical_maps = hash:/etc/postfix/canonical", "plan-note-overrule-senders"),
        ("smtp_generic_maps = hash:/etc/postfix/generic", "plan-note-overrule-senders"),
        ("masquerade_domains = example.com", "plan-note-overrule-senders"),
        ("defer_transports = smtp", "plan-note-overrule-some"),
        ("smtp_fallback_relay = [other.test]:25", "plan-note-overrule-some"),
    ] {
        let machine = Machine::new();
        assert!(!machine.plan(&ordered("postfix", Senders::One)).unwrap().notes.iter().any(|note| note.phrase.id == id));
        machine.put("etc/postfix/main.cf", &format!("inet_interfaces = loopback-only\n{line}\n"));
        let notes = machine.apply(&ordered("postfix", Senders::One));
        assert!(notes.contains(&id), "{line}: {notes:?}");
    }
    let machine = Machine::new();
    let smtp = "smtp unix - - y - - smtp -o smtp_tls_security_level=may\n";
    machine.put("etc/postfix/master.cf", &format!("{MASTER}{smtp}"));
    assert!(machine.apply(&ordered("postfix", Senders::One)).contains(&"plan-note-overrule-tls"));
    let machine = Machine::new();
    machine.put("etc/postfix/main.cf", "default_transport = smtp:[other.test]:25\n");
    let refusal = machine.plan(&ordered("postfix", Senders::Any)).err().unwrap();
    assert!(
        matches!(&refusal, Refusal::OverruledBySetting { setting, .. } if setting == "default_transport"),
        "{refusal:?}"
    );
    // As Debian sets up "Local only".
    machine.put("etc/postfix/main.cf", "default_transport = error\nrelay_transport = error\nmydestination = localhost\n");
    machine.apply(&ordered("postfix", Senders::Any));
    assert!(!machine.text("etc/postfix/main.cf").contains("_transport"));
}

#[test]
fn a_list_of_senders_goes_before_the_rule() {
    for target in ["postfix", "exim4"] {
        for senders in [Senders::One, Senders::Domain, Senders::Any] {
            let machine = Machine::new();
            let list = machine.path("senders.txt");
            fs::write(&list, "# shop\nwww-data@web1 shop@example.org\n").unwrap();
            let mut order = ordered(target, senders);
            order.profile.sender.sender_map = Some(list.clone());
            machine.apply(&order);
            let text = machine.text("etc/postfix/mailsetup_envelope") + &machine.text("etc/exim4/mailsetup_senders");
            assert!(text.contains("shop@example.org"), "{target} {senders}: {text}");
            fs::write(&list, "www-data@web1\n").unwrap();
            let refusal = machine.plan(&order).err().unwrap();
            assert!(matches!(&refusal, Refusal::SenderMap { fault, .. } if fault.line == 1), "{refusal:?}");
            assert_eq!(refusal.exit().code(), 65);
            fs::remove_file(&list).unwrap();
            assert_eq!(machine.plan(&order).err().unwrap(), Refusal::NoSenderMap { path: list });
        }
    }
    let machine = Machine::new();
    let list = machine.path("senders.txt");
    fs::write(&list, "").unwrap();
    let mut order = ordered("msmtp", Senders::One);
    order.profile.sender.sender_map = Some(list);
    assert!(machine.apply(&order).contains(&"plan-note-sender-map"));
}
