//! Why a plan is not made, in sentences.

use std::path::Path;

use super::{Refusal, SENDERS_GROUP, Scope, refusal::TokenLoginFault};
use crate::{
    format::{Fault, FaultKind, Unfit},
    mail::{Setting, reply::escape, value::ValueFault as _},
    phrase,
    presets::Phrase,
};

impl Refusal {
    /// What is wrong, as a sentence.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::UnknownTarget { typed, .. } => phrase!("plan-unknown-target", typed = escape(typed)),
            Self::Scope { target, scope: Scope::User } => phrase!("plan-scope-user", target = target),
            Self::Scope { target, scope: Scope::System } => phrase!("plan-scope-system", target = target),
            Self::NoPlace { target, example } => phrase!("plan-no-place", target = target, example = example),
            Self::Store { target, store } => phrase!("plan-store", target = target, store = store),
            Self::Through { target, through } => phrase!("plan-through", target = target, through = through),
            Self::Security { target, security } => phrase!("plan-security", target = target, security = security),
            Self::Port { target, security, port, ports } => {
                let ports: Vec<_> = ports.iter().map(u16::to_string).collect();
                let ports = if ports.is_empty() { "none".to_owned() } else { ports.join(", ") };
                phrase!("plan-port", target = target, security = security, port = port, ports = ports)
            }
            Self::Auth { target, auth } => phrase!("plan-auth", target = target, auth = auth),
            Self::Token { target, mechanism, why, .. } => {
                token(why).with("target", target).with("auth", mechanism.sasl_name())
            }
            Self::CaFile { target } => phrase!("plan-ca-file", target = target),
            Self::ClientCert { target } => phrase!("plan-client-cert", target = target),
            Self::ClientCertFiles { target } => phrase!("plan-client-cert-files", target = target),
            Self::Proxy { target, kind, .. } => phrase!("plan-proxy", target = target, kind = kind),
            Self::Pin { target } => phrase!("plan-pin", target = target),
            Self::NeedsUser { target } => phrase!("plan-needs-user", target = target),
            Self::NoSecret { target } => phrase!("plan-no-secret", target = target),
            Self::CannotCarry { target, field, why, .. } => {
                unfit(why).with("target", target).with("field", field.map_or("other", Setting::as_str))
            }
            Self::Lost { target, path, mismatches } => {
                let fields: Vec<_> = mismatches.iter().map(|setting| setting.as_str()).collect();
                phrase!("plan-lost", target = target, path = shown(path), fields = fields.join(", "))
            }
            Self::SharedGroup { user, path } => phrase!("plan-shared-group", user = escape(user), path = shown(path)),
            Self::NoSharedGroup { users } => {
                phrase!("plan-no-shared-group", users = users.listed().unwrap_or_default())
            }
            Self::GroupOfOthers { group, others } => {
                phrase!("plan-group-of-others", group = group, users = escape(&others.join(", ")))
            }
            Self::OtherGroup { change } => {
                phrase!("plan-other-group", group = change.name, users = change.joining(), command = change.line())
            }
            Self::GroupInImage { change } => {
                phrase!("plan-group-in-image", group = change.name, command = change.line())
            }
            Self::NoUser { user } => phrase!("plan-no-user", user = escape(user)),
            Self::Rival { path, profile, .. } => phrase!("plan-taken", path = shown(path), profile = escape(profile)),
            Self::SameSender { target, profile, sender } => {
                phrase!("plan-same-sender", target = target, profile = escape(profile), sender = escape(sender))
            }
            Self::NotFollowing { why, .. } => (**why).clone(),
            Self::OtherKind { target, path, kind } => {
                phrase!("plan-other-kind", target = target, path = shown(path), kind = kind.as_str())
            }
            Self::OtherProgram { target, path, shown: key, .. } => {
                phrase!("plan-other-program", target = target, path = shown(path), key = escape(key))
            }
            Self::Outgrown { target, path, docs } => {
                phrase!("plan-outgrown", target = target, path = shown(path), docs = docs)
            }
            Self::Foreign { path } => phrase!("plan-foreign", path = shown(path)),
            Self::NotInstalled { target, path } => phrase!("plan-not-installed", target = target, path = shown(path)),
            Self::Overruled { target, path } => phrase!("plan-overruled", target = target, path = shown(path)),
            Self::OverruledBySetting { target, path, setting } => {
                phrase!("plan-overruled-setting", target = target, path = shown(path), setting = setting)
            }
            Self::Senders { target, .. } => phrase!("plan-senders", target = target),
            Self::NoSenderMap { path } => phrase!("plan-no-sender-map", path = shown(path)),
            Self::NoSecretProgram { path } => phrase!("plan-no-secret-program", path = shown(path)),
            Self::ImageLacks { root, lacks } => phrase!("plan-image-lacks", root = shown(root), lacks = lacks),
            Self::SenderMap { path, fault } => fault.phrase().with("path", shown(path)),
            Self::Unparseable { path, fault } => parse_fault(fault.kind).with("path", shown(path)).with("line", fault.line),
            Self::Unreadable { path, cause } => {
                phrase!("plan-unreadable", path = shown(path), cause = escape(&cause.to_string()))
            }
            Self::SamePath { path, first, second } => {
                phrase!("plan-same-path", path = shown(path), first = first, second = second)
            }
            Self::NewerSchema { path, schema } => phrase!("plan-newer-schema", path = shown(path), schema = schema),
            Self::Template { target, cause } => {
                phrase!("plan-template", target = target, cause = escape(&cause.to_string()))
            }
        }
    }

    /// What to do next, where the sentence alone does not say it.
    pub fn hint(&self) -> Option<Phrase> {
        match self {
            Self::UnknownTarget { nearest: Some(nearest), .. } => Some(phrase!("plan-hint-nearest", nearest = nearest)),
            Self::NoUser { user } => Some(phrase!("plan-hint-no-user", user = escape(user))),
            Self::UnknownTarget { nearest: None, .. } => Some(phrase!("plan-hint-targets")),
            Self::CannotCarry { instead: Some(instead), .. } => Some(phrase!("plan-hint-instead", instead = instead)),
            Self::CannotCarry { field: Some(Setting::Password), .. } => Some(phrase!("plan-hint-password")),
            Self::Lost { path, .. } => Some(phrase!("plan-hint-lost", path = shown(path))),
            Self::Proxy { instead, .. } if instead.is_empty() => Some(phrase!("plan-hint-proxy-none")),
            Self::Proxy { instead, .. } => Some(phrase!("plan-hint-proxy", instead = instead)),
            Self::Token { why: TokenLoginFault::TooLong, instead, .. } => {
                Some(phrase!("plan-hint-token-long", instead = instead))
            }
            Self::Token { why: TokenLoginFault::OthersRenew(_), .. } => Some(phrase!("plan-hint-token-others-renew")),
            Self::Token { instead, .. } => Some(phrase!("plan-hint-token", instead = instead)),
            Self::Rival { instead: Some(instead), target, .. } => {
                Some(phrase!("plan-hint-one-login", target = target, instead = instead))
            }
            Self::Rival { .. } => Some(phrase!("plan-hint-take-over")),
            Self::SameSender { profile, .. } => Some(phrase!("plan-hint-same-sender", profile = escape(profile))),
            Self::GroupOfOthers { group, .. } if *group == SENDERS_GROUP => None,
            Self::NoSharedGroup { .. } | Self::GroupOfOthers { .. } => {
                Some(phrase!("plan-hint-shared-group", group = SENDERS_GROUP))
            }
            Self::NotFollowing { .. } => Some(phrase!("plan-hint-not-following")),
            Self::NeedsUser { .. } => Some(phrase!("plan-hint-needs-user")),
            Self::Senders { instead, .. } => Some(phrase!("plan-hint-senders", instead = instead)),
            Self::OverruledBySetting { path, setting, .. } => {
                Some(phrase!("plan-hint-overruled-setting", path = shown(path), setting = setting))
            }
            Self::SenderMap { path, .. } | Self::NoSenderMap { path } => {
                Some(phrase!("plan-hint-sender-map", path = shown(path)))
            }
            Self::ImageLacks { .. } => Some(phrase!("plan-hint-image-lacks")),
            Self::NoSecretProgram { .. } => Some(phrase!("plan-hint-no-secret-program")),
            Self::OtherProgram { instead: Some(instead), path, .. } => {
                Some(phrase!("plan-hint-other-program", instead = instead, path = shown(path)))
            }
            Self::OtherKind { .. } | Self::OtherProgram { .. } => Some(phrase!("plan-hint-other-kind")),
            Self::Unparseable { fault: Fault { kind: FaultKind::Rival, .. }, .. } => Some(phrase!("plan-hint-rival")),
            Self::Overruled { path, .. } => Some(phrase!("plan-hint-overruled", path = shown(path))),
            Self::Unparseable { fault: Fault { kind: FaultKind::Unfamiliar, .. }, .. } => Some(phrase!("plan-hint-by-hand")),
            Self::Unparseable { fault: Fault { kind: FaultKind::Outranked, .. }, .. } => {
                Some(phrase!("plan-hint-outranked"))
            }
            Self::Unparseable { .. } => Some(phrase!("plan-hint-mend")),
            _ => None,
        }
    }
}

fn shown(path: &Path) -> String {
    escape(&path.display().to_string())
}

fn token(why: &TokenLoginFault) -> Phrase {
    match why {
        TokenLoginFault::Stale => phrase!("plan-token-stale"),
        TokenLoginFault::PasswordsOnly => phrase!("plan-token-passwords-only"),
        TokenLoginFault::TooLong => phrase!("plan-token-too-long"),
        TokenLoginFault::Lacks(part) => phrase!("plan-token-lacks", part = part),
        TokenLoginFault::OthersRenew(users) => {
            phrase!("plan-token-others-renew", users = escape(&users.listed().unwrap_or_default()))
        }
    }
}

fn unfit(why: &Unfit) -> Phrase {
    match why {
        Unfit::LineBreak => phrase!("plan-unfit-line-break"),
        Unfit::Control(character) => phrase!("plan-unfit-control", character = character.escape_default()),
        Unfit::Characters(characters) => {
            let spaced: Vec<_> = characters.chars().map(String::from).collect();
            phrase!("plan-unfit-characters", characters = escape(&spaced.join(" ")))
        }
        Unfit::EdgeBlank => phrase!("plan-unfit-edge-blank"),
        Unfit::TooLong(limit) => phrase!("plan-unfit-too-long", limit = limit),
    }
}

fn parse_fault(kind: FaultKind) -> Phrase {
    match kind {
        FaultKind::NotUtf8 => phrase!("plan-fault-not-utf8"),
        FaultKind::OpenQuote => phrase!("plan-fault-open-quote"),
        FaultKind::NoEquals => phrase!("plan-fault-no-equals"),
        FaultKind::Stray => phrase!("plan-fault-stray"),
        FaultKind::LongLine => phrase!("plan-fault-long-line"),
        FaultKind::AccountTwice => phrase!("plan-fault-account-twice"),
        FaultKind::AccountUnknown => phrase!("plan-fault-account-unknown"),
        FaultKind::BlockOpen => phrase!("plan-fault-block-open"),
        FaultKind::BlockClose => phrase!("plan-fault-block-close"),
        FaultKind::BlockTwice => phrase!("plan-fault-block-twice"),
        FaultKind::Crlf => phrase!("plan-fault-crlf"),
        FaultKind::Outranked => phrase!("plan-fault-outranked"),
        FaultKind::Rival => phrase!("plan-fault-rival"),
        FaultKind::Syntax => phrase!("plan-fault-syntax"),
        FaultKind::Unfamiliar => phrase!("plan-fault-unfamiliar"),
    }
}
