//! The proof after writing: the settings come back as they were meant, and a message goes out with them.

use std::time::{Duration, Instant};

use super::{
    Runner,
    accepted::{Accepted, Unfollowed},
    as_read::as_read,
    occasion::Occasion,
    ways::{Extent, HandedOver, Recipients, of_cron, of_daemon, of_others},
};
use crate::{
    host::{self, Disk, Dispatch},
    mail::{ProofWay, SecretPlace, Setting, UserName, reply::escape},
    phrase,
    plan::{self, Envelope, Order, Places, ReadBack, ReadSecret, Scope, Sent, TargetChoice},
    presets::{Phrase, Target, target::SendInput},
    probe::{Cancel, Goal},
    setup::{AttemptKind, ConnectSpec, Outcome, Proof, ReadingProgram, SendingProgram, WriteRequest},
};

/// A consumer may take as long as this many stages of an attempt, each of which may take the whole time.
const STAGES: u32 = 3;
/// The least that it gets.
const LEAST: Duration = Duration::from_secs(5);

/// What a target is proven with.
pub(super) struct Case<'a> {
    pub(super) write: &'a WriteRequest,
    /// What was written, as it is in an image.
    pub(super) order: &'a Order,
    pub(super) target: &'a Target,
    pub(super) choice: &'a TargetChoice,
    pub(super) places: &'a Places,
    pub(super) cancel: &'a Cancel,
}

impl Runner {
    /// Proves a target: its settings come back as they were meant, and a message goes out with what was written. The consumer
    /// sends it where it is installed and its preset says how. Where it does not, mailsetup sends one with what came back,
    /// so that a person learns whether it is the settings or the consumer.
    ///
    /// # Errors
    /// What would not be read as it was meant.
    pub(super) fn prove(&self, case: &Case<'_>, progress: &mut dyn FnMut(Outcome)) -> Result<Unfollowed, Phrase> {
        let Case { write, order, target, choice, places, cancel } = *case;
        let disk = Disk::new(places);
        let mut found = None;
        let sites = plan::expand(target, choice, places, &disk).map_err(|refusal| refusal.phrase())?;
        for site in &sites {
            let read = plan::read_back(target, site, &order.name, places, &disk).map_err(|refusal| refusal.phrase())?;
            if let Some(setting) = plan::compare(order, places, &read).first() {
                return Err(phrase!("runner-mismatch", target = target.name, field = setting));
            }
            found = Some(read);
        }
        // The demo's server ends with the demo: nothing could be tried afterwards.
        let is_lasting = !self.own_stores_only;
        let try_it = is_lasting.then(|| plan::try_it(order, target, choice, places, &disk).ok().flatten()).flatten();
        let mut proof = Proof { target: target.key.clone(), try_it, ..Proof::default() };
        let mut accepted = None;
        let Some(read) = found else { return Ok(proof.into()) };
        // A program may fetch the password for it: where that is not there yet, it is left alone.
        let is_asked = !order.is_unproven && can_fetch(order, &read);
        let reader = || if is_asked { self.reader(case, &sites) } else { None };
        // An image's files name paths of the image: its own programs have to prove them.
        let Some(spec) = write.spec.as_ref().filter(|spec| places.root.is_none() && spec.goal == Goal::Send) else {
            return Ok(Proof { reader: reader(), ..proof }.into());
        };
        // By the password alone nothing is sent.
        if read.get(Setting::Host).is_none() {
            return Ok(proof.into());
        }
        let file = plan::first_path(target, choice, places).map(|path| escape(&path.display().to_string()));
        proof.to = spec.message.as_ref().map(|test_message| test_message.to.to_string());
        if can_fetch(order, &read) && !cancel.is_cancelled() {
            let consumed = self.by_consumer(case, spec, (file.as_deref(), order.profile.run_as.first()), progress);
            (proof.own, accepted) = consumed.map(|(own, accepted)| (Some(own), accepted)).unwrap_or_default();
        }
        // A program that was asked to send has shown what it reads.
        proof.reader = proof.own.is_none().then(reader).flatten();
        if !matches!(proof.own, Some((_, Sent::Taken))) && !cancel.is_cancelled() {
            let spec = as_read(spec, &read, &target.key, order.profile.secret.as_ref())?;
            if let Some(to) = proof.to.clone() {
                progress(Outcome::Sending(SendingProgram {
                    name: "mailsetup".to_owned(),
                    to,
                    user: None,
                    elapsed: Duration::ZERO,
                }));
            }
            let (report, sent) = self.attempt_alone(&spec, file.as_deref(), AttemptKind::Proof, cancel, progress);
            (proof.report, accepted) = (Some(report), sent);
        }
        Ok(Unfollowed { proof, accepted })
    }

    /// Has the consumer send as each further user, where the ways of programs will not: a user each.
    pub(super) fn prove_users(&self, case: &Case<'_>, progress: &mut dyn FnMut(Outcome)) -> Vec<Unfollowed> {
        let Case { write, order, target, choice, places, cancel } = *case;
        let Some(spec) = write.spec.as_ref().filter(|spec| spec.goal == Goal::Send) else { return Vec::new() };
        if places.root.is_some() || target.own_user || order.profile.run_as.iter().nth(1).is_none() {
            return Vec::new();
        }
        let disk = Disk::new(places);
        let sends = || !plan::is_sendmail(target, places, &disk);
        let reads = || plan::read_back(target, choice, &order.name, places, &disk).is_ok_and(|read| can_fetch(order, &read));
        if !sends() || !reads() {
            return Vec::new();
        }
        let file = plan::first_path(target, choice, places).map(|path| escape(&path.display().to_string()));
        let mut proofs = Vec::new();
        for user in order.profile.run_as.iter().skip(1).take_while(|_| !cancel.is_cancelled()) {
            let own = self.by_consumer(case, spec, (file.as_deref(), Some(user)), progress);
            proofs.extend(own.map(|(own, accepted)| {
                let proof = Proof {
                    target: target.key.clone(),
                    way: ProofWay::User,
                    program: target.name.clone(),
                    sender: user.to_string(),
                    to: Some(own.0.to.clone()),
                    own: Some(own),
                    ..Proof::default()
                };
                Unfollowed { proof, accepted }
            }));
        }
        proofs
    }

    /// Asks the target's program what it reads in each place, up to the first that it reads otherwise; `None` where it cannot be
    /// asked in one.
    fn reader(&self, case: &Case<'_>, sites: &[TargetChoice]) -> Option<ReadingProgram> {
        let mut last = None;
        for site in sites {
            let reader = self.read_at(case, site)?;
            let differs = reader.lacks.is_some();
            last = Some(reader);
            if differs {
                break;
            }
        }
        last
    }

    /// The same in one place; `None` where its preset does not say how, and where it is not here or fails. An image's programs are not
    /// run.
    fn read_at(&self, case: &Case<'_>, site: &TargetChoice) -> Option<ReadingProgram> {
        let Case { order, target, places, cancel, .. } = *case;
        if places.root.is_some() || self.own_stores_only {
            return None;
        }
        let asking = plan::asking(order, target, site, places, &Disk::new(places)).ok()??;
        let dispatch = Dispatch {
            sending: &asking.question,
            input: &[],
            to: "",
            places,
            run_as: order.profile.run_as.first().map(UserName::as_str),
            secret: order.secret.as_ref(),
            limit: LEAST,
            is_stopped: &|| cancel.is_cancelled(),
        };
        if !dispatch.is_installed() {
            return None;
        }
        let printed = dispatch.ask()?;
        let name = asking.question.program.clone();
        Some(ReadingProgram { name, by: asking.by, lacks: asking.missing(&printed).map(str::to_owned) })
    }

    /// Has the consumer send, as one of the users who do; `None` where it cannot be asked to.
    fn by_consumer(
        &self,
        case: &Case<'_>,
        spec: &ConnectSpec,
        (file, user): (Option<&str>, Option<&UserName>),
        progress: &mut dyn FnMut(Outcome),
    ) -> Option<((SendingProgram, Sent), Option<Accepted>)> {
        let Case { order, target, choice, places, cancel, .. } = *case;
        let test_message = spec.message.as_ref()?;
        let occasion = Occasion::ByConsumer { name: &target.name, file: file.unwrap_or_default() };
        let message = self.message(spec, test_message, occasion).ok()?;
        let token = message.outgoing.token.clone();
        let envelope = Envelope {
            to: test_message.to.to_string(),
            subject: message.subject,
            message_id: message_id(&message.outgoing.bytes).unwrap_or_default(),
        };
        let sending = plan::sending(order, target, choice, &envelope, places, &Disk::new(places)).ok()??;
        let input = match sending.input {
            // Programs of this machine end lines as this machine does.
            SendInput::Message | SendInput::File => String::from_utf8_lossy(&message.outgoing.bytes).replace("\r\n", "\n"),
            SendInput::Body => message.body + "\n",
        };
        let dispatch = Dispatch {
            sending: &sending,
            input: input.as_bytes(),
            to: &envelope.to,
            places,
            run_as: user.map(UserName::as_str),
            secret: order.secret.as_ref(),
            limit: (spec.timeout * STAGES).max(LEAST),
            is_stopped: &|| cancel.is_cancelled(),
        };
        if !dispatch.is_installed() {
            return None;
        }
        let user = dispatch.user();
        let mut own =
            SendingProgram { name: target.name.clone(), to: test_message.to.to_string(), user, elapsed: Duration::ZERO };
        progress(Outcome::Sending(own.clone()));
        let begun = Instant::now();
        let sent = dispatch.send();
        own.elapsed = begun.elapsed();
        let accepted = Accepted::by_program(spec, &sent, &token);
        (sent != Sent::Missing).then_some(((own, sent), accepted))
    }
}

impl Runner {
    /// The targets that programs of this machine send by with this login: the one that is `sendmail` here, each where nothing is.
    pub fn mailers(&self, order: &Order) -> Vec<String> {
        let Ok(places) = self.places_of(order) else { return Vec::new() };
        let disk = Disk::new(&places);
        let has_none = !plan::has_sendmail(&places, &disk);
        let chosen = order.targets.iter().filter_map(|choice| Some((self.catalog.target(&choice.key)?, choice)));
        let sends = |target: &Target| has_none || plan::is_sendmail(target, &places, &disk);
        let is_ours = |(target, choice): &(&Target, &TargetChoice)| {
            sends(target) && !plan::has_part(&order.name, (target, choice), &places, &disk)
        };
        chosen.filter(is_ours).map(|(target, _)| target.key.clone()).collect()
    }

    /// Sends as the programs of this machine do, by what is `sendmail` here, where that is one of the targets: each way once. Where the
    /// profile has the mail of its own senders alone, programs' mail is another's.
    pub fn prove_ways(
        &self,
        order: &Order,
        spec: &ConnectSpec,
        extent: Extent,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Outcome),
    ) -> Vec<Proof> {
        let sent = self.sent_ways(order, spec, extent, cancel, progress);
        sent.into_iter().map(|proof| self.followed(proof, Some(spec), cancel, progress)).collect()
    }

    /// The same without a look for the messages.
    pub(super) fn sent_ways(
        &self,
        order: &Order,
        spec: &ConnectSpec,
        extent: Extent,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Outcome),
    ) -> Vec<Unfollowed> {
        let is_ours = order.scope == Scope::System && host::facts().is_root && !self.own_stores_only;
        let Some(places) = self.places_of(order).ok().filter(|places| is_ours && places.root.is_none()) else {
            return Vec::new();
        };
        let (Some(test_message), disk) = (&spec.message, Disk::new(&places)) else { return Vec::new() };
        let is_sendmail = |(target, _): &(&Target, &TargetChoice)| plan::is_sendmail(target, &places, &disk);
        let mut chosen = order.targets.iter().filter_map(|choice| Some((self.catalog.target(&choice.key)?, choice)));
        let Some((target, choice)) = chosen.find(is_sendmail) else { return Vec::new() };
        if plan::has_part(&order.name, (target, choice), &places, &disk) {
            return Vec::new();
        }
        let read = plan::read_back(target, choice, &order.name, &places, &disk);
        if !read.is_ok_and(|read| can_fetch(order, &read)) {
            return Vec::new();
        }
        // Where root's mail stays on the machine, cron's is sent as with MAILTO.
        let others = test_message.to.to_string();
        let keeps_local = target.mta.as_ref().is_some_and(|mta| mta.keeps_local);
        let stays = keeps_local && order.profile.root_mail.is_none();
        let to = Recipients { root: if stays { &others } else { "root" }, others: &others };
        let programs = host::mail_programs();
        let mut ways: Vec<HandedOver> = programs.cron.map(|kind| of_cron(kind, &to)).into_iter().collect();
        if extent == Extent::All {
            let subject = self.subject(&spec.ehlo, "mail");
            let senders = host::program_senders(self.catalog.programs(), &spec.ehlo);
            ways.extend(senders.iter().find(|sender| sender.own_envelope).map(|sender| of_daemon(sender, &to)));
            ways.extend(of_others(&programs, &subject, order.profile.run_as.iter().map(UserName::as_str), &to));
        }
        let mut proofs = Vec::new();
        for way in ways {
            if cancel.is_cancelled() {
                break;
            }
            let handed = Handed { order, spec, target, choice, places: &places, way: &way, cancel };
            let Some(proof) = self.by_way(&handed, progress) else { continue };
            let is_stuck = proof.proof.fault().is_some_and(|fault| fault.end.is_stuck());
            proofs.push(proof);
            if is_stuck {
                break;
            }
        }
        proofs
    }

    /// Sends one way; `None` where its preset does not say how the target is followed.
    fn by_way(&self, handed: &Handed<'_>, progress: &mut dyn FnMut(Outcome)) -> Option<Unfollowed> {
        let Handed { order, spec, target, choice, places, way, cancel } = *handed;
        let file = plan::first_path(target, choice, places).map(|path| escape(&path.display().to_string()));
        let occasion = Occasion::ByConsumer { name: &way.program, file: file.as_deref().unwrap_or_default() };
        let message = self.message(spec, spec.message.as_ref()?, occasion).ok()?;
        let token = message.outgoing.token.clone();
        // Root's mail goes on to where it is led.
        let led = order.profile.root_mail.as_ref().filter(|_| way.to == "root").map(ToString::to_string);
        let to = led.unwrap_or_else(|| way.to.clone());
        let is_body = way.input == SendInput::Body;
        let envelope = Envelope {
            to: to.clone(),
            subject: message.subject,
            message_id: message_id(&message.outgoing.bytes).unwrap_or_default(),
        };
        let mut sending = plan::sending(order, target, choice, &envelope, places, &Disk::new(places)).ok()??;
        sending.command.clone_from(&way.command);
        sending.input = way.input;
        if let Some(queue) = sending.queue.as_mut().filter(|_| is_body) {
            // Who makes the header makes the ID: what follows is told by the recipient.
            queue.ours.clear();
        }
        let input = if is_body {
            message.body + "\n"
        } else {
            way.message(&String::from_utf8_lossy(&message.outgoing.bytes).replace("\r\n", "\n"))
        };
        let dispatch = Dispatch {
            sending: &sending,
            input: input.as_bytes(),
            to: &to,
            places,
            run_as: way.user.as_deref(),
            secret: order.secret.as_ref(),
            limit: (spec.timeout * STAGES).max(LEAST),
            is_stopped: &|| cancel.is_cancelled(),
        };
        let mut own =
            SendingProgram { name: target.name.clone(), to: to.clone(), user: dispatch.user(), elapsed: Duration::ZERO };
        progress(Outcome::Sending(own.clone()));
        let begun = Instant::now();
        let sent = dispatch.send();
        own.elapsed = begun.elapsed();
        // A program that makes the header itself leaves ours out.
        let is_there = !is_body && spec.message.as_ref().is_some_and(|message| message.to.to_string() == to);
        let accepted = if is_there { Accepted::by_program(spec, &sent, &token) } else { None };
        let proof = Proof {
            target: target.key.clone(),
            way: way.way,
            program: way.program.clone(),
            sender: way.sender.clone(),
            own: Some((own, sent)),
            to: Some(to),
            ..Proof::default()
        };
        Some(Unfollowed { proof, accepted })
    }
}

/// A way of a program's, and what it is tried with.
struct Handed<'a> {
    order: &'a Order,
    spec: &'a ConnectSpec,
    target: &'a Target,
    choice: &'a TargetChoice,
    places: &'a Places,
    way: &'a HandedOver,
    cancel: &'a Cancel,
}

/// Whether the consumer finds its password here: a variable is set where mail is sent later, and a credential is loaded there.
fn can_fetch(order: &Order, read: &ReadBack) -> bool {
    let users = order.profile.run_as.listed();
    let is_here = |place: &SecretPlace| host::stores::is_read_here(place.store(), users.as_deref());
    order.profile.secret.as_ref().is_none_or(is_here) || !matches!(read.password, Some(ReadSecret::Command(_)))
}

/// The ID in a message's header, without angle brackets.
fn message_id(message: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(message);
    let mut header = text.lines().take_while(|line| !line.is_empty());
    let id = header.find_map(|line| line.strip_prefix("Message-ID: <")?.strip_suffix('>'))?;
    Some(id.to_owned())
}
