//! The proof after writing: the settings come back as they were meant, and a message goes out with them.

use std::time::{Duration, Instant};

use super::{Occasion, Runner};
use crate::{
    host::{self, Disk, Dispatch},
    mail::{SecretPlace, Security, Setting, reply::escape},
    phrase,
    plan::{self, Envelope, Order, Places, ReadBack, ReadSecret, Sent, TargetChoice},
    presets::{Phrase, Target, target::SendInput},
    probe::{Cancel, Goal},
    setup::{AttemptKind, ConnectSpec, Outcome, Proof, SendingProgram, WriteRequest},
};

/// A consumer may take as long as this many stages of an attempt, each of which may take the whole time.
const STAGES: u32 = 3;
/// The least that it gets.
const LEAST: Duration = Duration::from_secs(5);

/// What a target is proven with.
pub(super) struct Case<'a> {
    pub(super) write: &'a WriteRequest,
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
    pub(super) fn prove(&self, case: &Case<'_>, progress: &mut dyn FnMut(Outcome)) -> Result<Proof, Phrase> {
        let Case { write, target, choice, places, cancel } = *case;
        let order = &write.order;
        let disk = Disk::new(places);
        let mut found = None;
        for site in plan::expand(target, choice, places, &disk).map_err(|refusal| refusal.phrase())? {
            let read = plan::read_back(target, &site, &order.name, places, &disk).map_err(|refusal| refusal.phrase())?;
            if let Some(setting) = plan::compare(order, places, &read).first() {
                return Err(phrase!("runner-mismatch", target = target.name, field = setting));
            }
            found = Some(read);
        }
        let try_it = plan::try_it(order, target, choice, places, &disk).ok().flatten();
        let mut proof = Proof { target: target.key.clone(), try_it, ..Proof::default() };
        // An image's files name paths of the image: its own programs have to prove them.
        let Some(spec) = write.spec.as_ref().filter(|spec| places.root.is_none() && spec.goal == Goal::Send) else {
            return Ok(proof);
        };
        // By the password alone nothing is sent.
        let Some(read) = found.filter(|read| read.get(Setting::Host).is_some()) else { return Ok(proof) };
        let file = plan::first_path(target, choice, places).map(|path| escape(&path.display().to_string()));
        proof.to = spec.message.as_ref().map(|test_message| test_message.to.clone());
        if can_fetch(order, &read) && !cancel.is_cancelled() {
            proof.own = self.by_consumer(case, spec, file.as_deref(), progress);
        }
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
            proof.report = Some(self.attempt(&spec, file.as_deref(), AttemptKind::Proof, cancel, progress));
        }
        Ok(proof)
    }

    /// Has the consumer send; `None` where it cannot be asked to.
    fn by_consumer(
        &self,
        case: &Case<'_>,
        spec: &ConnectSpec,
        file: Option<&str>,
        progress: &mut dyn FnMut(Outcome),
    ) -> Option<(SendingProgram, Sent)> {
        let Case { write, target, choice, places, cancel } = *case;
        let test_message = spec.message.as_ref()?;
        let occasion = Occasion::ByConsumer { name: &target.name, file: file.unwrap_or_default() };
        let message = self.message(test_message, &spec.ehlo, occasion).ok()?;
        let envelope = Envelope {
            to: test_message.to.to_string(),
            subject: message.subject,
            message_id: message_id(&message.outgoing.bytes).unwrap_or_default(),
        };
        let sending = plan::sending(&write.order, target, choice, &envelope, places, &Disk::new(places)).ok()??;
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
            run_as: write.order.profile.run_as.as_deref(),
            secret: write.order.secret.as_ref(),
            limit: (spec.timeout * STAGES).max(LEAST),
            is_stopped: &|| cancel.is_cancelled(),
        };
        if !dispatch.is_installed() {
            return None;
        }
        let user = dispatch.user();
        let mut own =
            SendingProgram { name: target.name.clone(), to: test_message.to.clone(), user, elapsed: Duration::ZERO };
        progress(Outcome::Sending(own.clone()));
        let begun = Instant::now();
        let sent = dispatch.send();
        own.elapsed = begun.elapsed();
        (sent != Sent::Missing).then_some((own, sent))
    }
}

/// Whether the consumer finds its password here: a variable is set where mail is sent later, and a credential is loaded there.
fn can_fetch(order: &Order, read: &ReadBack) -> bool {
    let run_as = order.profile.run_as.as_deref();
    let is_here = |place: &SecretPlace| host::stores::is_read_here(place.store(), run_as);
    order.profile.secret.as_ref().is_none_or(is_here) || !matches!(read.password, Some(ReadSecret::Command(_)))
}

/// The ID in a message's header, without angle brackets.
fn message_id(message: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(message);
    let mut header = text.lines().take_while(|line| !line.is_empty());
    let id = header.find_map(|line| line.strip_prefix("Message-ID: <")?.strip_suffix('>'))?;
    Some(id.to_owned())
}

/// The attempt with what the consumer reads in its files, in place of what is remembered.
fn as_read(spec: &ConnectSpec, read: &ReadBack, target: &str, place: Option<&SecretPlace>) -> Result<ConnectSpec, Phrase> {
    let mut spec = spec.clone();
    let word = |setting| read.get(setting).unwrap_or_default();
    word(Setting::Host).clone_into(&mut spec.endpoint.host);
    spec.endpoint.port =
        word(Setting::Port).parse().map_err(|_| phrase!("runner-mismatch", target = target, field = Setting::Port))?;
    spec.endpoint.security = word(Setting::Security).parse().unwrap_or(Security::Tls);
    // The test that went before was good.
    spec.had_starttls = spec.endpoint.security == Security::Starttls;
    if let Some(login) = &mut spec.login {
        word(Setting::Username).clone_into(&mut login.username);
        login.secret = match &read.password {
            Some(ReadSecret::Inline(secret)) => secret.clone(),
            Some(ReadSecret::Command(command)) => match place {
                Some(SecretPlace::Env { variable }) => host::input::from_command_with(command, variable),
                _ => host::input::from_command(command),
            }
            .map_err(|error| error.phrase())?,
            // It is the one that was proven where it is kept.
            Some(ReadSecret::Credential(_)) => login.secret.clone(),
            None => return Err(phrase!("runner-mismatch", target = target, field = Setting::Password)),
        };
    }
    Ok(spec)
}
