//! Several profiles in the files of one mailer: the first has all mail, the others that of their own senders.

use mailsetup::{
    host::{self, Disk, WriteOptions},
    mail::{Profile, Security, Senders},
    plan::{Order, Refusal, rival},
};

use super::senders::{Machine, ordered};

const FILES: [&str; 8] = [
    "main.cf",
    "master.cf",
    "sasl_passwd",
    "mailsetup_logins",
    "mailsetup_keep",
    "mailsetup_envelope",
    "mailsetup_from_shop",
    "mailsetup_from_news",
];

fn files(machine: &Machine) -> Vec<String> {
    FILES.iter().map(|file| machine.text(&format!("etc/postfix/{file}"))).collect()
}

/// The order with the profiles that are saved, as the program makes it.
fn beside(machine: &Machine, mut order: Order) -> Order {
    let saved = host::profiles::list(&machine.places).unwrap_or_default();
    order.others = saved.into_iter().map(|(name, profile)| (name, profile.unwrap())).collect();
    order
}

/// Another profile: another server with another kind of TLS.
fn another(machine: &Machine, name: &str, senders: Senders) -> Order {
    another_by("postfix", machine, name, senders)
}

fn another_by(target: &str, machine: &Machine, name: &str, senders: Senders) -> Order {
    let mut order = ordered(target, senders);
    order.name = name.into();
    let Profile { sender, smtp, .. } = &mut order.profile;
    sender.address = format!("{name}@{name}.example").parse().unwrap();
    smtp.host = format!("smtp.{name}.example").parse().unwrap();
    smtp.port = "587".parse().unwrap();
    smtp.security = Security::Starttls;
    smtp.username = Some(format!("login-{name}").parse().unwrap());
    beside(machine, order)
}

fn first(machine: &Machine, senders: Senders) -> Order {
    beside(machine, ordered("postfix", senders))
}

fn is_settled(machine: &Machine, order: &Order) {
    let again = machine.plan(order).unwrap();
    let changed: Vec<_> = again.changes.iter().filter(|change| change.is_needed()).map(|change| &change.path).collect();
    assert!(changed.is_empty(), "{}: {changed:?}", order.name);
}

#[test]
fn another_profile_has_a_way_of_its_own_and_the_first_stays_as_it_is() {
    for senders in [Senders::One, Senders::Any] {
        let machine = Machine::new();
        machine.apply(&first(&machine, senders));
        let alone = files(&machine);
        let notes = machine.apply(&another(&machine, "shop", Senders::One));
        assert!(notes.contains(&"plan-note-second") && !notes.contains(&"plan-note-senders-one"), "{notes:?}");
        let [main, master, passwd, logins, keep, ..] = files(&machine).try_into().unwrap_or([const { String::new() }; 8]);
        assert!(main.contains("relayhost = [127.0.0.1]:465\n"), "{main}");
        assert!(main.contains("\nsender_dependent_default_transport_maps = texthash:/etc/postfix/mailsetup_logins\n"));
        let service = master.lines().find(|line| line.starts_with("mailsetup-login-shop unix ")).unwrap();
        assert!(
            service.contains(" -o smtp_tls_wrappermode=no ") && service.contains("=regexp:/etc/postfix/mailsetup_from_shop")
        );
        assert_eq!(logins, "shop@shop.example mailsetup-login-shop:[smtp.shop.example]:587\n");
        assert!(
            passwd.contains("[127.0.0.1]:465 ops@example.com:one") && passwd.contains("shop@shop.example login-shop:one")
        );
        assert!(keep.ends_with("/^shop@shop\\.example$/ shop@shop.example\n"), "{keep}");
        let is_kept = master.contains("sender_canonical_maps=regexp:/etc/postfix/mailsetup_keep,regexp:");
        assert_eq!(is_kept, senders == Senders::One, "{master}");
        for order in [first(&machine, senders), another(&machine, "shop", Senders::One)] {
            is_settled(&machine, &order);
        }
        let dropped =
            host::undo_all("shop", &machine.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
        assert!(dropped.changed);
        assert_eq!(files(&machine), alone);
        is_settled(&machine, &first(&machine, senders));
    }
}

#[test]
fn what_is_the_first_s_changes_without_the_others() {
    let machine = Machine::new();
    machine.apply(&first(&machine, Senders::Any));
    machine.apply(&another(&machine, "shop", Senders::Domain));
    assert!(machine.text("etc/postfix/mailsetup_logins").contains("\n@shop.example mailsetup-login-shop:"));
    // All other mail is to leave as one sender from now on, by another port.
    let mut order = first(&machine, Senders::One);
    order.profile.smtp.port = "10465".parse().unwrap();
    machine.apply(&order);
    assert!(machine.text("etc/postfix/master.cf").contains("=regexp:/etc/postfix/mailsetup_keep,regexp:"));
    is_settled(&machine, &another(&machine, "shop", Senders::Domain));
    machine.apply(&another(&machine, "shop", Senders::Any));
    assert!(
        !machine
            .text("etc/postfix/mailsetup_logins")
            .contains("@shop.example mailsetup-login-shop:[smtp.shop.example]:587\n@")
    );
    is_settled(&machine, &order);
}

#[test]
fn of_three_any_can_go() {
    let machine = Machine::new();
    machine.apply(&first(&machine, Senders::One));
    let alone = files(&machine);
    machine.apply(&another(&machine, "shop", Senders::One));
    machine.apply(&another(&machine, "news", Senders::One));
    let logins = machine.text("etc/postfix/mailsetup_logins");
    assert_eq!(logins.lines().count(), 2, "{logins}");
    host::undo_all("shop", &machine.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    // What both need is written again with the one that stays.
    machine.apply(&another(&machine, "news", Senders::One));
    is_settled(&machine, &first(&machine, Senders::One));
    assert!(machine.text("etc/postfix/main.cf").contains("mailsetup_logins"));
    host::undo_all("news", &machine.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    assert_eq!(files(&machine), alone);
}

#[test]
fn without_a_first_another_becomes_it() {
    let machine = Machine::new();
    machine.apply(&first(&machine, Senders::One));
    machine.apply(&another(&machine, "shop", Senders::One));
    machine.apply(&another(&machine, "news", Senders::One));
    host::undo_all("default", &machine.places, &WriteOptions::default(), &|_| host::Alongside::default()).unwrap();
    machine.apply(&another(&machine, "shop", Senders::One));
    let main = machine.text("etc/postfix/main.cf");
    assert!(main.contains("relayhost = [smtp.shop.example]:587\n") && main.contains("mailsetup_logins"), "{main}");
    let master = machine.text("etc/postfix/master.cf");
    assert!(!master.contains("mailsetup-login-shop") && master.contains("mailsetup-login-news unix"), "{master}");
    assert!(!machine.text("etc/postfix/mailsetup_logins").contains("shop"));
    is_settled(&machine, &another(&machine, "news", Senders::One));
}

#[test]
fn a_mailer_with_room_for_one_login_keeps_the_first() {
    for target in ["exim4", "nullmailer", "dma", "ssmtp"] {
        let machine = Machine::new();
        machine.put("etc/nullmailer/remotes", "");
        let plan = machine.plan(&beside(&machine, ordered(target, Senders::Any))).unwrap();
        host::apply(&plan, &machine.places, &WriteOptions::default()).unwrap();
        let order = another_by(target, &machine, "shop", Senders::Any);
        let plan = machine.plan(&order).unwrap();
        let refusal = rival((&order, &plan), &machine.catalog, &machine.places, &Disk::new(&machine.places));
        let Some(Refusal::Rival { profile, instead: Some(instead), .. }) = refusal else { panic!("{target}: {refusal:?}") };
        assert_eq!((profile.as_str(), instead.as_str()), ("default", "postfix"), "{target}");
    }
}

#[test]
fn two_profiles_never_have_the_same_sender() {
    let machine = Machine::new();
    machine.apply(&first(&machine, Senders::One));
    machine.apply(&another(&machine, "news", Senders::Domain));
    let before = files(&machine);
    let refused = |address: &str, senders| {
        let mut order = another(&machine, "shop", senders);
        order.profile.sender.address = address.parse().unwrap();
        match machine.plan(&order) {
            Err(Refusal::SameSender { profile, sender, .. }) => Some((profile, sender)),
            other => other.map(|_| None).unwrap(),
        }
    };
    let by = |profile: &str, sender: &str| Some((profile.to_owned(), sender.to_owned()));
    // Postfix would find the address twice in one table, and defer all mail.
    assert_eq!(refused("News@news.example", Senders::One), by("news", "news@news.example"));
    assert_eq!(refused("shop@NEWS.example", Senders::Domain), by("news", "@news.example"));
    // The first's mail would leave by the other's login.
    assert_eq!(refused("Ops@example.com", Senders::Any), by("default", "ops@example.com"));
    assert_eq!(refused("shop@news.example", Senders::One), None);
    let mut order = first(&machine, Senders::One);
    order.profile.sender.address = "news@news.example".parse().unwrap();
    assert!(matches!(machine.plan(&order), Err(Refusal::SameSender { .. })), "nor does the first become another");
    assert_eq!(files(&machine), before);
}

/// Why a plan would take a file from another profile.
fn rival_of(machine: &Machine, order: &Order) -> Option<Refusal> {
    let plan = machine.plan(order).unwrap();
    rival((order, &plan), &machine.catalog, &machine.places, &Disk::new(&machine.places))
}

#[test]
fn what_was_edited_is_mended_for_each_and_each_keeps_its_part() {
    let machine = Machine::new();
    machine.apply(&first(&machine, Senders::One));
    machine.apply(&another(&machine, "shop", Senders::One));
    let whole = files(&machine);
    let edits =
        [("main.cf", "[127.0.0.1]:465", "[other.example]:25"), ("mailsetup_logins", "smtp.shop.example", "other.example")];
    for (file, from, to) in edits {
        let path = format!("etc/postfix/{file}");
        machine.put(&path, &machine.text(&path).replace(from, to));
        for order in [another(&machine, "shop", Senders::One), first(&machine, Senders::One)] {
            assert_eq!(rival_of(&machine, &order), None, "{file}: {}", order.name);
            machine.apply(&order);
        }
        assert_eq!(files(&machine), whole, "{file}");
    }
}

#[test]
fn where_root_s_mail_goes_is_the_first_s_to_change() {
    let machine = Machine::new();
    machine.apply(&first(&machine, Senders::One));
    machine.apply(&another(&machine, "shop", Senders::One));
    let mut order = first(&machine, Senders::One);
    order.profile.root_mail = Some("me@example.com".parse().unwrap());
    assert_eq!(rival_of(&machine, &order), None);
}

#[test]
fn a_profile_whose_own_line_is_gone_gets_it_again() {
    for senders in [Senders::One, Senders::Any] {
        let machine = Machine::new();
        machine.apply(&first(&machine, Senders::One));
        machine.apply(&another(&machine, "shop", senders));
        machine.apply(&another(&machine, "news", Senders::One));
        let whole = files(&machine);
        for file in ["mailsetup_logins", "mailsetup_keep"] {
            let path = format!("etc/postfix/{file}");
            let text = machine.text(&path);
            let left: Vec<&str> = text.lines().filter(|line| !line.contains("shop")).collect();
            machine.put(&path, &left.join("\n"));
            let order = another(&machine, "shop", senders);
            assert_eq!(rival_of(&machine, &order), None, "{file}");
            machine.apply(&order);
            for (now, was) in files(&machine).iter().zip(&whole) {
                assert_eq!(lines(now), lines(was), "{file}");
            }
        }
    }
}

/// A table's lines, in order of their text.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn where_senders_stay_again_no_file_that_replaces_them_is_left() {
    let machine = Machine::new();
    let left = || FILES.map(|file| machine.text(&format!("etc/postfix/{file}"))).join("\n");
    machine.apply(&first(&machine, Senders::One));
    assert!(left().contains("ops@example.com\n") && !machine.text("etc/postfix/mailsetup_header").is_empty());
    machine.apply(&first(&machine, Senders::Any));
    for file in ["mailsetup_envelope", "mailsetup_header", "mailsetup_keep"] {
        assert_eq!(machine.text(&format!("etc/postfix/{file}")), "", "{file}");
    }
    host::undo(&machine.places, &WriteOptions::default()).unwrap();
    machine.apply(&another(&machine, "shop", Senders::Any));
    machine.apply(&first(&machine, Senders::Any));
    machine.apply(&another(&machine, "shop", Senders::Any));
    for file in ["mailsetup_envelope", "mailsetup_header", "mailsetup_from_shop"] {
        assert_eq!(machine.text(&format!("etc/postfix/{file}")), "", "{file}");
    }
    assert!(machine.text("etc/postfix/mailsetup_keep").ends_with(" shop@shop.example\n"), "another's line stays");
}

#[test]
fn what_the_first_makes_of_from_is_taken_back_on_another_s_way() {
    let machine = Machine::new();
    machine.apply(&first(&machine, Senders::One));
    machine.apply(&another(&machine, "shop", Senders::Any));
    let from = machine.text("etc/postfix/mailsetup_from_shop");
    assert!(from.contains("/^From:/ REPLACE From: shop@shop.example\n"), "{from}");
    assert!(from.contains(" REPLACE From: \"$1\" <shop@shop.example>\n"), "the machine's name goes: {from}");
    let service = machine.text("etc/postfix/master.cf");
    assert!(service.contains(" -o smtp_header_checks=regexp:/etc/postfix/mailsetup_from_shop"), "{service}");
}

#[test]
fn a_mailer_with_room_for_several_names_itself_to_nobody() {
    let machine = Machine::new();
    let mut order = first(&machine, Senders::One);
    order.profile.root_mail = Some("me@example.com".parse().unwrap());
    machine.apply(&order);
    let mut order = another(&machine, "shop", Senders::One);
    order.profile.root_mail = Some("you@example.com".parse().unwrap());
    let refusal = rival_of(&machine, &order).unwrap();
    assert_eq!(refusal.hint().unwrap().id, "plan-hint-take-over", "{refusal:?}");
}
