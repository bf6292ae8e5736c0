//! What a target's templates see.

use std::{collections::BTreeMap, path::Path};

use minijinja::{Value, value::Serde};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    Files, Order, Places, TargetChoice, authority,
    credential::drop_in,
    locate::{self, Locations},
    meant::{has_login, is_inline, meant, secret_command},
    senders,
    several::ProfilePart,
};
use crate::{
    format::text::account,
    mail::{Host, Port, Proxy, Secret, Setting, Settings, mailbox, proxy::ProxyKind, senders::SenderPair},
    presets::{Target, distribution},
};

/// The settings and what is derived from them, as templates name it. What is not there is `none`.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct TemplateContext {
    #[serde(flatten, serialize_with = "by_name")]
    pub(super) settings: Settings<String>,
    /// Present only where it has to be in the file. The copies that the template engine makes of it are not wiped: its
    /// strings are shared and have no hook for that.
    #[serde(serialize_with = "exposed")]
    pub(super) password: Option<Secret>,
    pub(super) secret_command: String,
    pub(super) profile: String,
    pub(super) account: String,
    pub(super) scope: &'static str,
    /// The first of the users who send, where it is not the owner of these files.
    run_as: Option<String>,
    /// Host and port as one word, as in a URL.
    authority: String,
    /// The domain of the sender's address.
    domain: String,
    /// The system's authorities, as one PEM file.
    ca_bundle: String,
    /// The pin in upper case with colons, as most tools print it.
    pin_colons: Option<String>,
    /// The lines by which systemd gives a unit the secret.
    drop_in: String,
    /// The target's files, by id, as the consumer sees them.
    pub(super) files: BTreeMap<String, String>,
    /// What is around our block.
    pub(super) rest: BTreeMap<&'static str, bool>,
    /// What stands in place of senders, pair by pair.
    pub(super) sender_map: Vec<SeenPair>,
    /// The sender's name as it stands in a header.
    header_name: Option<String>,
    /// What the target's program knows, by word.
    can: BTreeMap<String, bool>,
    /// The mailer has the mail of another profile: this one has that of its own senders alone.
    pub(super) second: bool,
    /// Other profiles have the mail of their own senders.
    pub(super) seconds: bool,
    /// The profile that has all mail replaces senders.
    pub(super) rewritten: bool,
    /// The target's files before this one, by id, as they will be.
    pub(super) earlier: BTreeMap<String, Value>,
    /// The file's settings as they are, where ours are put in key by key.
    pub(super) there: Value,
}

/// An address that a program uses, and what leaves in its place.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SeenPair {
    from: String,
    to: String,
}

impl From<&SenderPair> for SeenPair {
    fn from(pair: &SenderPair) -> Self {
        Self { from: pair.from.to_string(), to: pair.to.to_string() }
    }
}

/// A proxy in parts.
#[derive(Debug, Serialize)]
struct SeenProxy {
    kind: ProxyKind,
    host: Host,
    port: Port,
}

impl SeenProxy {
    fn of(Proxy { kind, host, port }: Proxy) -> Self {
        Self { kind, host, port }
    }
}

impl TemplateContext {
    pub(super) fn new(
        order: &Order,
        target: &Target,
        choice: &TargetChoice,
        locations: &Locations<'_>,
        places: &Places,
        files: &dyn Files,
    ) -> Self {
        let settings = meant(order, places);
        let get = |setting| settings.get(&setting).map(String::as_str).unwrap_or_default();
        let domain = get(Setting::Sender).rsplit_once('@').map(|(_, domain)| domain.to_owned());
        Self {
            authority: authority::of(get(Setting::Host), get(Setting::Port)),
            domain: domain.unwrap_or_default(),
            pin_colons: settings.get(&Setting::PinSha256).map(|pin| colons(pin)),
            settings,
            password: order.secret.clone().filter(|_| has_login(order) && is_inline(order, target, choice)),
            secret_command: secret_command(order, places.scope),
            profile: order.name.clone(),
            account: account(&order.name),
            scope: places.scope.as_str(),
            run_as: order.profile.run_as.first().map(ToString::to_string),
            ca_bundle: ca_bundle(places, files).to_owned(),
            drop_in: drop_in(&order.name, places),
            files: locations.iter().map(|(file, location)| (file.id.clone(), location.seen.display().to_string())).collect(),
            rest: BTreeMap::new(),
            sender_map: Vec::new(),
            header_name: order.profile.sender.name.as_ref().map(|name| senders::header_name(name)),
            can: senders::known(target, places, files),
            second: false,
            seconds: false,
            rewritten: false,
            earlier: BTreeMap::new(),
            there: no_settings(),
        }
    }

    /// Takes the profile's part in files that others have a part in.
    pub(super) const fn take_part(&mut self, part: ProfilePart) {
        (self.second, self.seconds, self.rewritten) = (part.is_second, part.has_seconds, part.is_rewritten);
    }

    /// Every name that templates see; of the groups whose names do not depend on the target, as `group.name`.
    pub(super) fn names() -> Vec<String> {
        let all = Value::from(Serde(Self::default()));
        let named = all.try_iter().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned));
        let sender = ["address", "name", "reply_to", "mailbox"].map(|name| format!("sender.{name}"));
        let proxy = ["kind", "host", "port"].map(|name| format!("proxy.{name}"));
        named.filter(|name| name != "sender").chain(sender).chain(proxy).collect()
    }

    /// The same for what is public, such as a command line.
    pub(super) fn without_password(self) -> Self {
        Self { password: None, ..self }
    }

    /// The setting that has this value.
    pub(super) fn setting_of(&self, value: &str) -> Option<Setting> {
        if self.password.as_ref().is_some_and(|password| password.expose() == value) {
            return Some(Setting::Password);
        }
        let is_in_mailbox = || {
            let (name, address) = mailbox::split(value);
            let get = |setting| self.settings.get(&setting).map(String::as_str);
            get(Setting::Name) == Some(&*name) && get(Setting::Sender) == Some(address)
        };
        let whole = self.settings.iter().find(|(_, text)| *text == value).map(|(setting, _)| *setting);
        whole.or_else(|| is_in_mailbox().then_some(Setting::Name))
    }
}

/// Each setting by its word; the port is a number, and what belongs to the sender is in `sender`.
fn by_name<S: Serializer>(settings: &Settings<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let get = |setting| settings.get(&setting);
    let mut map = serializer.serialize_map(None)?;
    for setting in Setting::ALL {
        match setting {
            // The password is a field of the context; the other two are in `sender`.
            Setting::Password | Setting::Name | Setting::ReplyTo => {}
            Setting::Sender => {
                let sender = [("address", Setting::Sender), ("name", Setting::Name), ("reply_to", Setting::ReplyTo)];
                let mut sender: BTreeMap<_, _> =
                    sender.into_iter().map(|(name, setting)| (name, get(setting).cloned())).collect();
                let both = get(Setting::Name).zip(get(Setting::Sender)).map(|(name, address)| mailbox::join(name, address));
                sender.insert("mailbox", both.or_else(|| get(Setting::Sender).cloned()));
                map.serialize_entry("sender", &sender)?;
            }
            Setting::Port => map.serialize_entry("port", &get(setting).and_then(|port| port.parse::<u16>().ok()))?,
            Setting::Proxy => {
                map.serialize_entry("proxy", &get(setting).and_then(|text| text.parse().ok()).map(SeenProxy::of))?;
            }
            _ => map.serialize_entry(setting.as_str(), &get(setting))?,
        }
    }
    map.end()
}

#[expect(clippy::ref_option, reason = "serde passes the field")]
fn exposed<S: Serializer>(password: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    password.as_ref().map(Secret::expose).serialize(serializer)
}

/// No settings at all.
pub(super) fn no_settings() -> Value {
    Value::from_pairs(std::iter::empty::<(&str, Value)>())
}

/// Where the system's authorities are in one PEM file: the first that is there of those that distributions have. Where none is, the
/// one that this distribution will have.
fn ca_bundle(places: &Places, files: &dyn Files) -> &'static str {
    let bundles = bundles(places, files);
    let is_there = |path: &&&str| files.find(&locate::in_root(Path::new(path), places)).is_some();
    bundles.iter().find(is_there).or(bundles.first()).copied().unwrap_or_default()
}

/// Where they may be, this distribution's own places first.
pub(super) fn bundles(places: &Places, files: &dyn Files) -> Vec<&'static str> {
    let os_release = files.read(&locate::in_root(Path::new("/etc/os-release"), places)).ok().flatten();
    distribution::bundles(&os_release.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).unwrap_or_default())
}

fn colons(hex: &str) -> String {
    let pairs: Vec<&str> = hex.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok()).collect();
    pairs.join(":").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_with_colons() {
        assert_eq!(colons("0aff10"), "0A:FF:10");
    }
}
