//! A target's preset, tried with made-up settings: what is wrong in it and shows only when it is rendered and read back is then
//! not blamed on a person's file.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    Envelope, Existing, Files, Node, Order, Places, Plan, Refusal, Scope, TargetChoice,
    engine::{Beside, plan_target},
    locate::locate,
    sending, try_it,
};
use crate::{
    mail::{
        Auth, KeySlot, Keys, Port, Profile, Secret, SecretPlace, Security, Setting,
        profile::{ClientCert, Sender, Smtp, Trust},
    },
    presets::{
        PresetFault, Target,
        target::{ReadKey, TargetFile},
    },
};

/// What is wrong with a target, as far as made-up settings show it.
pub(super) fn faults(target: &Target) -> Vec<PresetFault> {
    // What it leads to is another target's.
    if target.through.is_some() {
        return Vec::new();
    }
    let mut faults: Vec<PresetFault> = Vec::new();
    for scope in [Scope::User, Scope::System] {
        for order in orders(target, scope) {
            faults.extend(tried(target, &order).into_iter().filter(|fault| !faults.contains(fault)).collect::<Vec<_>>());
        }
    }
    faults
}

/// Orders that reach every branch of most templates: each mode, with and without a login, and what can be trusted.
fn orders(target: &Target, scope: Scope) -> Vec<Order> {
    let trusts =
        [(true, None), (target.ca_file, Some(Trust { ca_file: Some("/etc/ssl/own.pem".into()), pin_sha256: None }))];
    let pin = "0a".repeat(32).parse().ok().map(|pin| Trust { ca_file: None, pin_sha256: Some(pin) });
    let trusts = trusts.into_iter().chain([(target.pin && pin.is_some(), pin)]).filter(|(can, _)| *can);
    let trusts: Vec<Trust> = trusts.map(|(_, trust)| trust.unwrap_or_default()).collect();
    let mut orders = Vec::new();
    for security in &target.security {
        for trust in &trusts {
            orders.extend([true, false].into_iter().filter_map(|login| order(target, scope, *security, trust, login)));
        }
    }
    orders
}

fn order(target: &Target, scope: Scope, security: Security, trust: &Trust, login: bool) -> Option<Order> {
    let usual = match security {
        Security::Tls => 465,
        Security::Starttls => 587,
        Security::None => 25,
    };
    let port = target.ports.get(&security).and_then(|ports| ports.first()).copied().unwrap_or(usual);
    let sender = Sender { name: Some("Ops".parse().ok()?), ..Sender::new("ops@example.com".parse().ok()?) };
    // With the one branch a certificate, with the other none.
    let file = |name: &str| format!("/etc/ssl/private/{name}.pem").into();
    let client = (target.client_cert && trust.ca_file.is_some() && security != Security::None).then(|| ClientCert {
        cert: file("client"),
        key: file(if target.client_cert_one_file { "client" } else { "client-key" }),
    });
    // And a proxy.
    let proxy = target.proxy.first().filter(|_| trust.ca_file.is_some());
    let proxy = proxy.and_then(|kind| format!("{kind}://proxy.example.com:1080").parse().ok());
    let smtp = Smtp {
        provider: None,
        host: "smtp.example.com".parse().ok()?,
        port: Port::new(port)?,
        security,
        auth: if login { "auto".parse().ok()? } else { Auth::None },
        username: if login { Some("login@example.com".parse().ok()?) } else { None },
        ehlo: "web1.example.com".parse().ok()?,
        allow_plaintext: security == Security::None,
        tls: trust.clone(),
        client,
        proxy,
    };
    let secret = login.then_some(SecretPlace::File);
    Some(Order {
        name: "default".to_owned(),
        scope,
        profile: Profile { secret, ..Profile::new(sender, smtp) },
        secret: login.then(|| Secret::new("a-password-1".to_owned())),
        targets: vec![TargetChoice::new(target.key.clone())],
        program: vec!["/usr/bin/mailsetup".to_owned()],
        key_slot: KeySlot::default(),
        is_whole: false,
        takes_over: false,
        is_unproven: false,
        ca_pem: None,
        others: Vec::new(),
    })
}

/// What is wrong with the target for one order.
fn tried(target: &Target, order: &Order) -> Vec<PresetFault> {
    let places = places(order.scope);
    let path = target.files.first().and_then(|file| file.example.as_ref()).map(PathBuf::from);
    let choice = TargetChoice { path, ..TargetChoice::new(target.key.clone()) };
    let Ok(locations) = locate(target, &choice, &order.name, &places) else { return Vec::new() };
    // Each of its files may be for the other scope.
    if locations.len() < target.files.len() {
        return Vec::new();
    }
    let needed = locations.iter().filter(|(file, _)| file.must_exist).map(|(_, location)| location.disk.clone());
    let files = EmptyFiles(needed.collect());
    let envelope =
        Envelope { to: "ops@example.com".to_owned(), subject: "Test".to_owned(), message_id: "1@example.com".to_owned() };
    let mut plan = Plan::new(order.name.clone());
    let planned = plan_target(order, target, &choice, Beside::default(), &places, &files, &mut plan).err();
    let shown = try_it(order, target, &choice, &places, &files).err();
    let sent = sending(order, target, &choice, &envelope, &places, &files).err();
    let refusals = [planned, shown, sent].into_iter().flatten();
    refusals.flat_map(|refusal| blamed(target, refusal)).collect()
}

/// What of a refusal is the preset's fault, whatever a person's files hold.
fn blamed(target: &Target, refusal: Refusal) -> Vec<PresetFault> {
    match refusal {
        Refusal::Template { cause, .. } => vec![cause],
        // What a consumer's own file has to hold first is not known here.
        _ if target.files.iter().any(|file| file.must_exist) => Vec::new(),
        Refusal::Lost { mismatches, .. } => mismatches.into_iter().filter_map(|setting| lost(target, setting)).collect(),
        Refusal::Unparseable { fault, .. } => {
            let cause = format!("what it makes is not read again by the rules of its `format`, in line {}", fault.line);
            target.files.first().map(|file| target.source.fault(&file.template, None, cause, None)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// A setting that the target writes and does not find again.
fn lost(target: &Target, setting: Setting) -> Option<PresetFault> {
    let names: &[&str] = match setting {
        Setting::Host | Setting::Port => &[setting.as_str(), "authority"],
        Setting::Sender => &["sender.address"],
        Setting::Name => &["sender.name"],
        Setting::ReplyTo => &["sender.reply_to"],
        Setting::Password => &["password", "secret_command"],
        _ => &[setting.as_str()],
    };
    let writes = |file: &TargetFile| names.iter().any(|name| file.template.as_str().contains(name));
    let read = [ReadKey::Setting(setting), ReadKey::SecretCommand].into_iter().find_map(|key| target.read.get(key));
    let cause = format!("`{}` is written and not found again by `read`", setting.as_str());
    target.files.iter().any(writes).then_some(())?;
    Some(match read {
        Some(expression) => target.source.fault(expression, None, cause, None),
        None => target.source.fault_at("read", cause),
    })
}

fn places(scope: Scope) -> Places {
    Places {
        scope,
        root: None,
        home: "/home/ops".into(),
        config: "/home/ops/.config/mailsetup".into(),
        state: "/home/ops/.local/state/mailsetup".into(),
        cwd: "/srv/app".into(),
        keys: Keys::default(),
    }
}

/// A machine on which the files that have to exist do, and are empty.
struct EmptyFiles(Vec<PathBuf>);

impl Files for EmptyFiles {
    fn read(&self, path: &Path) -> io::Result<Option<Existing>> {
        Ok(self.0.iter().any(|known| known == path).then(|| Existing { bytes: Vec::new(), mode: 0o600 }))
    }

    fn folders(&self, _: &Path) -> Vec<String> {
        Vec::new()
    }

    fn has_group(&self, _: &str) -> bool {
        false
    }

    fn groups_of(&self, _: &str) -> Option<Vec<String>> {
        None
    }

    fn find(&self, _: &Path) -> Option<Node> {
        None
    }
}
