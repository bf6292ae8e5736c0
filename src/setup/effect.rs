//! Work that the conversation wants done, and its results.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use super::{
    authorization_request::AuthorizationRequest,
    domain::{DomainFinding, SenderDomain},
    field::Field,
};
use crate::{
    diagnose::Diagnosis,
    discover::{Discovery, Search},
    mail::{
        Address, Endpoint, Profile, ProofWay, Proxy, RunAs, Secret,
        profile::{Check, ClientCert, Sender},
        reply::escape,
    },
    oauth::DeviceCode,
    phrase,
    plan::{Order, Plan, Scope, SendFault, Sent},
    presets::{Phrase, target::ReaderKind},
    probe::{Evidence, Goal, Login, RefusedSender, Report, StageReport},
};

/// Work with its generation: a result of another generation is dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Which generation of this kind of work it is.
    pub generation: u64,
    /// What to do.
    pub work: Work,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Connect up to TLS, beside the questions, before a password is asked.
    Probe(Box<ConnectSpec>),
    /// Find out the settings for the address.
    Discover(Box<Search>),
    /// Test as far as the person wants.
    Test(Box<ConnectSpec>),
    /// Have access given by an authorization server.
    Authorize(Box<AuthorizationRequest>),
    /// Run the command that prints an imported password.
    Fetch(String),
    /// Find out which secret stores answer.
    Stores(SecretReader),
    /// Look at the records of the sender's domain.
    Domain(SenderDomain),
    /// Plan the files.
    Plan(Box<Order>),
    /// Write the files, read them back, and send from what was written.
    Apply(Box<WriteRequest>),
}

/// Who reads the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretReader {
    /// For whom it is written.
    pub scope: Scope,
    /// The user who sends, when it is not the owner of what is written.
    pub run_as: RunAs,
}

/// Which stores can be used here, and by whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsableStores {
    /// Why a store cannot be used, by its word.
    pub barred: BTreeMap<&'static str, String>,
    /// Why a new vault cannot have a key slot, by its word.
    pub locks: BTreeMap<&'static str, String>,
    /// There is a vault, and it has a key slot.
    pub has_vault: bool,
}

/// A connection to test, before files are read and the clock is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectSpec {
    /// The server.
    pub endpoint: Endpoint,
    /// The provider's key.
    pub provider: Option<String>,
    /// How far to go.
    pub goal: Goal,
    /// The name that EHLO gives.
    pub ehlo: String,
    /// The login.
    pub login: Option<Login>,
    /// The test message.
    pub message: Option<TestMessage>,
    /// The mailbox in which the message is looked for.
    pub arrival: Option<ArrivalSpec>,
    /// Whether the addresses that programs of the machine send from are offered too.
    pub tries_programs: bool,
    /// PEM file of the authority to trust.
    pub ca_file: Option<PathBuf>,
    /// SHA-256 of the one certificate to trust, 64 hex digits.
    pub pin: Option<String>,
    /// The certificate that this machine shows.
    pub client: Option<ClientCert>,
    /// The proxy that leads to the server.
    pub proxy: Option<Proxy>,
    /// STARTTLS was established with this server before.
    pub had_starttls: bool,
    /// A person agreed to send the login in clear text beyond this machine.
    pub allow_plaintext: bool,
    /// How long one stage may take.
    pub timeout: Duration,
}

impl ConnectSpec {
    /// What a profile's settings ask for, without login and message.
    pub fn new(profile: &Profile, goal: Goal, timeout: Duration) -> Self {
        let smtp = &profile.smtp;
        Self {
            endpoint: smtp.endpoint(),
            provider: smtp.provider.clone(),
            goal,
            ehlo: smtp.ehlo.to_string(),
            login: None,
            message: None,
            arrival: None,
            tries_programs: false,
            ca_file: smtp.tls.ca_file.clone(),
            pin: smtp.tls.pin_sha256.clone().map(String::from),
            client: smtp.client.clone(),
            proxy: smtp.proxy.clone(),
            had_starttls: false,
            allow_plaintext: smtp.allow_plaintext,
            timeout,
        }
    }
}

/// A mailbox in which the test message is looked for, with a person's consent.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrivalSpec {
    /// Its IMAP server.
    pub endpoint: Endpoint,
    /// The provider's key.
    pub provider: Option<String>,
    /// The login there.
    pub login: Login,
    /// How long to wait for the message.
    pub wait: Duration,
    /// Whether the message is taken away once it was seen.
    pub delete: bool,
    /// Whether it is the sender's own: its provider's word on the sender says little then.
    pub is_own: bool,
}

/// Where a message went after it was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The stage.
    pub step: StageReport,
    /// What is wrong with its arrival.
    pub evidence: Option<Evidence>,
}

/// The test message, before it has a date.
#[derive(Debug, Clone, PartialEq)]
pub struct TestMessage {
    /// Who it comes from: in its header, and its address on the envelope.
    pub sender: Sender,
    /// The recipient.
    pub to: Address,
}

/// A plan that a person consented to.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteRequest {
    /// What is written.
    pub plan: Plan,
    /// What it was planned from: the files are read back and compared with it.
    pub order: Order,
    /// The connection by which a message is sent from what was written.
    pub spec: Option<ConnectSpec>,
    /// The result of the live test.
    pub check: Option<Check>,
}

/// The result of an effect.
#[derive(Debug)]
pub enum Outcome {
    /// Of `Discover`: the result, or, as long as it is not finished, what was found so far.
    Discovered(Discovery),
    /// Of `Probe`.
    Probed(Report),
    /// Of `Test`: the report and when it was made (RFC 3339, UTC).
    Tested(Report, String),
    /// Of `Authorize`: a person has to enter this code now.
    CodeShown(DeviceCode),
    /// Of `Authorize`: the grant, or why there is none.
    Authorized(Result<Secret, WorkFault>),
    /// Of `Fetch`: the password, or why there is none.
    Fetched(Result<Secret, Phrase>),
    /// Of `Stores`.
    Stores(UsableStores),
    /// Of `Domain`; none where nobody can be asked.
    Domain(Option<Box<DomainFinding>>),
    /// Of `Plan`.
    Planned(Result<Plan, WorkFault>),
    /// Of `Apply`.
    Applied(Result<WriteResult, WorkFault>),
    /// A stage progressed.
    Progress(AttemptKind, StageReport),
    /// Of `Apply`: a consumer begins to send the message itself, or mailsetup does with what was written.
    Sending(SendingProgram),
}

/// Which test a stage belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptKind {
    /// Of `Probe`.
    Probe,
    /// Of `Test`.
    Test,
    /// Of `Apply`: a message is sent from what was written.
    Proof,
}

/// Why planning or writing failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkFault {
    /// What happened.
    pub phrase: Phrase,
    /// What to do next.
    pub hint: Option<Phrase>,
    /// The answer that would fix it.
    pub field: Option<Field>,
    /// The exit status.
    pub exit: crate::error::Exit,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteResult {
    /// The files.
    pub files: Vec<WrittenFile>,
    /// Whether anything changed.
    pub changed: bool,
    /// The image's root, where it is not this machine that was written to.
    pub root: Option<PathBuf>,
    /// Nothing was tested: a person said so.
    pub is_unproven: bool,
    /// What the image has to have before it can send, and has not.
    pub lacks: Vec<String>,
    /// Whether a test message was sent before writing.
    pub sent: bool,
    /// Sentences that a person should read.
    pub notes: Vec<Phrase>,
    /// How each target's settings were proven.
    pub proofs: Vec<Proof>,
    /// The targets that programs of this machine send by, by their keys.
    pub mailers: Vec<String>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// The file.
    pub path: PathBuf,
    /// `created`, `changed`, `removed` or `unchanged`.
    pub action: &'static str,
    /// Where its previous content is.
    pub backup: Option<PathBuf>,
}

/// How a target's settings were proven after writing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proof {
    /// The target's key.
    pub target: String,
    /// How the message was handed over.
    pub way: ProofWay,
    /// Who hands mail over so, and the envelope's sender that it names; nobody and none in a test of our own.
    pub program: String,
    /// See `program`.
    pub sender: String,
    /// The program other than mailsetup that read the files back.
    pub reader: Option<ReadingProgram>,
    /// The message that the consumer itself sent, and the result; `None` where it was not asked to, or is not installed here.
    pub own: Option<(SendingProgram, Sent)>,
    /// The test with what the consumer reads in its files, where it did not send itself; `None` when it did, or when no message
    /// was wanted.
    pub report: Option<Report>,
    /// Where the message went that the consumer sent; `None` where it was not looked for.
    pub arrival: Option<Followed>,
    /// The server's answer to the sender's address, where it refused that in the test and no message showed what becomes of it.
    pub refused: Option<RefusedSender>,
    /// What is wrong, by the consumer's own words or by the test's evidence.
    pub diagnosis: Option<Diagnosis>,
    /// What mends it.
    pub fixes: Vec<Phrase>,
    /// The recipient.
    pub to: Option<String>,
    /// A command with which a person can test it.
    pub try_it: Option<String>,
}

/// A program that was asked what it reads in the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingProgram {
    /// The program's name.
    pub name: String,
    /// Whether it is the consumer itself or a parser of its format.
    pub by: ReaderKind,
    /// A line that it should have printed, and did not.
    pub lacks: Option<String>,
}

/// Who sends a message after writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingProgram {
    /// The program's name, as people know it.
    pub name: String,
    /// The recipient.
    pub to: String,
    /// The user that it sends as, when that is another.
    pub user: Option<String>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Proof {
    /// Whether the last message was accepted; `None` when none was wanted.
    pub fn sent(&self) -> Option<bool> {
        if self.refused.is_some() {
            return Some(false);
        }
        match (&self.own, &self.report) {
            (Some((_, Sent::Taken)), _) => Some(true),
            (Some((_, Sent::Failed(_))), _) => Some(false),
            (_, report) => report.as_ref().map(Report::passed),
        }
    }

    /// Whether it went wrong for mail that this machine has to send. Without a sender, by some providers' rules, nothing goes
    /// out: that is said, and no failure.
    pub fn is_refused(&self) -> bool {
        self.sent() == Some(false) && self.way != ProofWay::Empty
    }

    /// Whether a program took the message and nothing shows what became of it.
    pub const fn is_unseen(&self) -> bool {
        matches!(self.own, Some((_, Sent::Unseen))) && self.report.is_none()
    }

    /// The program that read every setting in the files, other than mailsetup.
    pub fn read_by(&self) -> Option<&ReadingProgram> {
        self.reader.as_ref().filter(|reader| reader.lacks.is_none())
    }

    /// Who read the settings back, as JSON has it: a program that was asked, the consumer that sent by itself, or mailsetup.
    pub fn reader_word(&self) -> &str {
        match (self.read_by(), &self.own) {
            (_, Some((_, Sent::Taken))) => &self.target,
            (Some(reader), _) => &reader.name,
            (None, _) => "mailsetup",
        }
    }

    /// That a program reads something else than was written.
    pub fn differs(&self) -> Option<Phrase> {
        let reader = self.reader.as_ref()?;
        let line = escape(reader.lacks.as_ref()?);
        Some(phrase!("proof-reader-differs", reader = reader.name, target = self.target, line = line))
    }

    /// Why the consumer itself could not send.
    pub fn fault(&self) -> Option<&SendFault> {
        match &self.own {
            Some((_, Sent::Failed(fault))) => Some(fault),
            _ => None,
        }
    }

    /// What the consumer, or the server that refused a sender, said, line by line.
    pub fn said(&self) -> Option<Vec<String>> {
        let by_server = || Some(self.refused.as_ref()?.reply.text().lines().map(str::to_owned).collect());
        self.fault().map(|fault| fault.said.clone()).or_else(by_server)
    }
}

/// A secret and where it came from, for the equivalent command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenSecret {
    /// The secret.
    pub secret: Secret,
    /// The flag that gives it again, as `--password-file pw`; `None` when it was typed.
    pub flag: Option<Vec<String>>,
}
