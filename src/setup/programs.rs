//! The addresses that programs here send from: when the server is asked about them, and when its refusal counts.

use super::effect::{ConnectSpec, Proof};
use crate::{
    mail::{Address, Profile, ProofWay, Scope, Senders, profile::Sender},
    plan::{Order, TargetChoice},
    presets::{Catalog, Target},
    probe::{RefusedSender, Report},
};

/// Whether programs' mail leaves by these targets under their own addresses.
pub(super) fn keeps_senders(senders: Senders, scope: Scope, targets: &[TargetChoice], catalog: &Catalog) -> bool {
    scope == Scope::System && senders != Senders::One && mailers(targets, catalog).next().is_some()
}

/// Whether the server is asked about those addresses before what a profile wrote is called right: not where the provider says which
/// it takes.
pub fn tries_programs(profile: &Profile, scope: Scope, targets: &[TargetChoice], catalog: &Catalog) -> bool {
    let provider = profile.smtp.provider.as_deref().and_then(|key| catalog.provider(key));
    let states_rule = provider.is_some_and(|provider| provider.sender_rule().is_some());
    !states_rule && keeps_senders(profile.sender.senders, scope, targets, catalog)
}

/// The programs whose mail the server will refuse, by what it said in the test of `spec`: a proof each, but for those of which a
/// message in `proofs` shows what becomes of their mail. `by` are the targets that they send by.
pub fn refused_programs(
    (spec, report): (&ConnectSpec, &Report),
    order: &Order,
    (proofs, by): (&[Proof], &[String]),
    catalog: &Catalog,
) -> Vec<Proof> {
    let sender = &order.profile.sender;
    let is_kept = keeps_senders(sender.senders, order.scope, &order.targets, catalog);
    // What a list puts in place of an address is known to the mailer alone.
    if !is_kept || sender.sender_map.is_some() {
        return Vec::new();
    }
    let proof = |refused: &RefusedSender| {
        let other = &refused.sender;
        let mut mailers = mailers(&order.targets, catalog).filter(|target| by.contains(&target.key));
        let target = mailers.find(|target| stays(&other.from, sender, target))?;
        let to = other.to.as_ref().or_else(|| Some(&spec.message.as_ref()?.to));
        Some(Proof {
            target: target.key.clone(),
            way: way(refused),
            program: other.program.clone(),
            sender: other.from.to_string(),
            to: to.map(ToString::to_string),
            refused: Some(refused.clone()),
            ..Proof::default()
        })
    };
    let counts = |refused: &&RefusedSender| refused.is_decisive() && !proofs.iter().any(|proof| shows(proof, refused));
    report.refused.iter().filter(counts).filter_map(proof).collect()
}

fn mailers<'a>(targets: &'a [TargetChoice], catalog: &'a Catalog) -> impl Iterator<Item = &'a Target> {
    targets.iter().filter_map(|choice| catalog.target(&choice.key)).filter(|target| target.mta.is_some())
}

/// Whether an address is still the sender's when a mailer hands the message on.
pub(super) fn stays(from: &Address, sender: &Sender, target: &Target) -> bool {
    match sender.senders {
        Senders::Any => true,
        Senders::Domain => !target.one_sender && from.domain() == sender.address.domain(),
        Senders::One => false,
    }
}

fn way(refused: &RefusedSender) -> ProofWay {
    if refused.sender.program == ProofWay::Cron.as_str() { ProofWay::Cron } else { ProofWay::Daemon }
}

/// Whether a message was sent as the program does, and its end is known. What root sends by `mail` has the sender of cron's.
fn shows(proof: &Proof, refused: &RefusedSender) -> bool {
    let is_same = match proof.way {
        ProofWay::Cron | ProofWay::Mail => way(refused) == ProofWay::Cron,
        ProofWay::Daemon => proof.sender == refused.sender.from.to_string(),
        ProofWay::Test | ProofWay::User | ProofWay::Empty => false,
    };
    is_same && proof.sent().is_some()
}
