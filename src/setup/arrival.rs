//! The mailbox in which the test message is looked for.

use std::time::Duration;

use super::{
    answers::Answers,
    effect::{ArrivalSpec, GivenSecret},
    field::Field,
    state::Setup,
};
use crate::{
    mail::{Address, Auth, Endpoint, Host, Port, Secret, SecretBinding, Security, TestDepth, TextLine, reply::escape},
    phrase,
    presets::Provider,
    probe::Login,
};

/// How long a person waits, who can go on; and a script.
const WAITS: [Duration; 2] = [Duration::from_secs(20), Duration::from_secs(60)];

impl Answers {
    /// Whose mailbox gets the test message.
    fn arrival_address(&self) -> Option<Address> {
        self.get(Field::ArrivalTo).or_else(|| self.get(Field::TestTo)).or_else(|| self.address())
    }

    /// Whether that is the sender's own.
    fn arrives_at_home(&self) -> bool {
        self.arrival_address() == self.address()
    }

    /// The provider of the mailbox.
    fn arrival_provider(&self) -> Option<&Provider> {
        if self.arrives_at_home() {
            return self.provider();
        }
        self.catalog.provider_of_domain(self.arrival_address()?.domain())
    }

    /// The server of the mailbox: the one that was named, that of the sender's mailbox, or of the other address's provider.
    fn arrival_endpoint(&self) -> Option<Endpoint> {
        if self.explicit::<Host>(Field::ImapHost).is_some() || self.arrives_at_home() {
            let (host, port, security): (Host, Port, Security) =
                (self.get(Field::ImapHost)?, self.get(Field::ImapPort)?, self.get(Field::ImapSecurity)?);
            let is_kept = self.is_yes(Field::Imap);
            return is_kept.then(|| Endpoint { host: host.into(), port: port.get(), security });
        }
        self.arrival_provider()?.imap.clone()
    }

    /// The login name there.
    fn arrival_username(&self) -> Option<TextLine> {
        if self.explicit::<TextLine>(Field::ImapUsername).is_some() || self.arrives_at_home() {
            return self.get(Field::ImapUsername);
        }
        self.arrival_address()?.to_string().parse().ok()
    }

    /// The password there: its own, else the one for sending where it was given for that login too.
    fn arrival_secret(&self, host: &str, username: &TextLine) -> Option<Secret> {
        if let Some(given) = &self.imap_secret {
            return Some(given.secret.clone());
        }
        let host: Host = host.parse().ok()?;
        let provider = self.provider().filter(|provider| provider.runs(&host)).map(|provider| provider.key.clone());
        let wanted = SecretBinding { provider, ..SecretBinding::new(host, Some(username.clone())) };
        let is_for = self.secret_bound().or_else(|| self.secret_use()).is_some_and(|bound| bound.covers(&wanted));
        self.secret().filter(|_| is_for && self.logs_in()).cloned()
    }
}

impl Setup {
    /// Takes the password of the mailbox, where it is another one than that for sending.
    pub fn give_imap_secret(&mut self, given: GivenSecret) {
        self.answers.imap_secret = Some(given);
        self.refresh();
    }

    /// Whether a message is sent that could be looked for.
    pub(super) fn may_follow(&self) -> bool {
        self.answers.test_depth() == TestDepth::Send && !self.options.dry_run
    }

    /// The mailbox to look into, where its server, login and password are known.
    pub(super) fn mailbox(&self) -> Option<ArrivalSpec> {
        let answers = &self.answers;
        let endpoint = answers.arrival_endpoint()?;
        let username = answers.arrival_username()?;
        let secret = answers.arrival_secret(&endpoint.host, &username)?;
        // A password's mechanisms are each protocol's own; a token is one here too.
        let auth = if answers.auth().takes_token() && answers.imap_secret.is_none() { answers.auth() } else { Auth::Auto };
        Some(ArrivalSpec {
            endpoint,
            provider: answers.arrival_provider().map(|provider| provider.key.clone()),
            login: Login { auth, username: username.into(), secret },
            wait: WAITS[usize::from(self.options.brief)],
            delete: self.options.deletes_arrival,
            is_own: answers.arrives_at_home(),
        })
    }

    /// What the test asks for: nothing without a person's word.
    pub(super) fn arrival_request(&self) -> Option<ArrivalSpec> {
        let is_wanted = self.may_follow() && self.answers.is_yes(Field::Arrival);
        if is_wanted { self.mailbox() } else { None }
    }

    /// Whether a look can be had, or somebody asked for one.
    pub(super) fn offers_look(&self) -> bool {
        self.may_follow() && (self.answers.given.contains_key(&Field::Arrival) || self.mailbox().is_some())
    }

    /// What a person consents to.
    pub(super) fn look_help(&self) -> Option<String> {
        let spec = self.mailbox()?;
        let (host, username) = (escape(&spec.endpoint.host), escape(&spec.login.username));
        Some(self.text.say(&phrase!("field-arrival-consent", host = host, username = username)))
    }

    /// Whether a look was asked for that cannot be had: the mailbox's server, login or password is not known.
    pub fn lacks_mailbox(&self) -> bool {
        self.may_follow() && self.answers.is_yes(Field::Arrival) && self.mailbox().is_none()
    }
}
