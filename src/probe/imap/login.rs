//! The login (RFC 3501, 6.2): PLAIN (RFC 4616), the LOGIN command, XOAUTH2 and OAUTHBEARER (RFC 7628), with the first response in the
//! command where the server takes it there (RFC 4959).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    super::{Learned, Login, ProbeFault, Stage, auth, record},
    mailbox::quoted,
    response::Condition,
    session::{Done, ImapSession, Turn},
};
use crate::mail::{Auth, Mechanism, initial_response, reply::printable};

/// How the password gets to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// AUTHENTICATE with a mechanism.
    Sasl(Mechanism),
    /// The LOGIN command.
    Command,
}

impl ImapSession<'_, '_> {
    /// Logs in, or skips the stage for an attempt without a login. One try: servers lock out who fails often.
    pub(super) fn login(&mut self) -> Result<(), ProbeFault> {
        let Some(login) = record::login(self.base.record.attempt) else {
            self.base.record.skip(Stage::Auth, None);
            return Ok(());
        };
        self.base.begin(Stage::Auth);
        if !self.base.may_log_in() {
            return Err(ProbeFault::ClearLogin);
        }
        let means = self.means(login)?;
        let mechanism = match means {
            Means::Sasl(mechanism) => mechanism,
            Means::Command => Mechanism::Login,
        };
        self.base.record.mechanism = Some(mechanism);
        let done = match means {
            Means::Command => self.by_command(login)?,
            Means::Sasl(Mechanism::Login) => self.prompted(login)?,
            Means::Sasl(mechanism) => self.by_sasl(mechanism, login)?,
        }
        .ok()?;
        self.note_ability(&done);
        self.base.record.pass(Some(Learned::LoggedIn(mechanism)), Some(done.reply));
        Ok(())
    }

    /// What the choice and the offer have in common. A password is not an access token: those are used only if chosen.
    fn means(&self, login: &Login) -> Result<Means, ProbeFault> {
        let offered = self.ability.mechanisms();
        let has = |mechanism: Mechanism| offered.iter().any(|name| name == mechanism.sasl_name());
        let may_command = !self.ability.has("LOGINDISABLED");
        if offered.is_empty() && !may_command {
            return Err(ProbeFault::NoAuth);
        }
        match login.auth {
            Auth::Only(mechanism) if mechanism.takes_token() => {
                if has(mechanism) {
                    Ok(Means::Sasl(mechanism))
                } else {
                    Err(ProbeFault::NoCommonMechanism)
                }
            }
            // One round trip less than PLAIN whose response is asked for.
            _ if may_command && !(has(Mechanism::Plain) && self.ability.has("SASL-IR")) && is_quotable(login) => {
                Ok(Means::Command)
            }
            _ if has(Mechanism::Plain) => Ok(Means::Sasl(Mechanism::Plain)),
            _ if has(Mechanism::Login) => Ok(Means::Sasl(Mechanism::Login)),
            _ => Err(ProbeFault::NoCommonMechanism),
        }
    }

    fn by_command(&mut self, login: &Login) -> Result<Done, ProbeFault> {
        let [username, password] =
            [login.username.as_bytes(), login.secret.expose().as_bytes()].map(|it| Zeroizing::new(quoted(it)));
        self.base.record.log.hide(&password);
        let command = Zeroizing::new([b"LOGIN ", &username[..], b" ", &password[..]].concat());
        let (tag, line) = self.command(&command);
        self.base.record.log.client("LOGIN *** ***");
        self.send(&Zeroizing::new(line))?;
        self.finish(&tag)
    }

    /// AUTHENTICATE with one response. A refusal of a token comes with JSON, which an answer ends (RFC 7628, 3.2.3;
    /// <https://developers.google.com/workspace/gmail/imap/xoauth2-protocol>).
    fn by_sasl(&mut self, mechanism: Mechanism, login: &Login) -> Result<Done, ProbeFault> {
        let endpoint = &self.base.record.attempt.endpoint;
        let (username, secret) = (login.username.as_str(), login.secret.expose());
        let response = match mechanism {
            Mechanism::Xoauth2 => initial_response::xoauth2(username, secret),
            Mechanism::Oauthbearer => initial_response::oauthbearer(username, secret, &endpoint.host, endpoint.port),
            _ => auth::plain(login),
        };
        let name = mechanism.sasl_name();
        self.base.record.log.hide(response.as_bytes());
        let is_at_once = self.ability.has("SASL-IR");
        let command = if is_at_once { format!("AUTHENTICATE {name} {}", *response) } else { format!("AUTHENTICATE {name}") };
        let (tag, line) = self.command(Zeroizing::new(command).as_bytes());
        self.base.record.log.client(&if is_at_once {
            format!("AUTHENTICATE {name} ***")
        } else {
            format!("AUTHENTICATE {name}")
        });
        self.send(&Zeroizing::new(line))?;
        let mut is_given = is_at_once;
        loop {
            match self.until_asked(&tag)? {
                Turn::Done(done) => return Ok(done),
                Turn::Asked(_) if !is_given => {
                    is_given = true;
                    self.respond("***", &response)?;
                }
                Turn::Asked(challenge) if mechanism.takes_token() && self.base.record.challenge.is_none() => {
                    let said = STANDARD.decode(&challenge).unwrap_or(challenge);
                    self.base.record.challenge = Some(printable(&self.base.record.log.redacted(&said)));
                    let end = if mechanism == Mechanism::Oauthbearer { STANDARD.encode("\x01") } else { String::new() };
                    self.respond(&end, &end)?;
                }
                Turn::Asked(_) => self.respond("*", "*")?,
            }
        }
    }

    /// The mechanism LOGIN: user name and password when asked.
    fn prompted(&mut self, login: &Login) -> Result<Done, ProbeFault> {
        let (tag, line) = self.command(b"AUTHENTICATE LOGIN");
        self.base.record.log.client("AUTHENTICATE LOGIN");
        self.send(&line)?;
        let mut answers = [login.username.as_str(), login.secret.expose()].into_iter();
        loop {
            match self.until_asked(&tag)? {
                Turn::Done(done) => return Ok(done),
                Turn::Asked(_) => match answers.next() {
                    Some(answer) => {
                        let answer = Zeroizing::new(STANDARD.encode(answer));
                        self.base.record.log.hide(answer.as_bytes());
                        self.respond("***", &answer)?;
                    }
                    None => self.respond("*", "*")?,
                },
            }
        }
    }

    fn respond(&mut self, shown: &str, response: &str) -> Result<(), ProbeFault> {
        self.base.record.log.client(shown);
        self.send(&Zeroizing::new(format!("{response}\r\n").into_bytes()))
    }

    /// Opens the inbox for reading alone.
    pub(super) fn examine_inbox(&mut self) -> Result<(), ProbeFault> {
        self.base.begin(Stage::Mailbox);
        let done = self.ask(b"EXAMINE \"INBOX\"")?;
        match done.condition {
            Condition::Ok => {
                self.base.record.pass(None, Some(done.reply));
                Ok(())
            }
            _ => Err(ProbeFault::Reply(done.reply)),
        }
    }
}

/// Whether name and password go into quoted strings, which take ASCII without line breaks.
fn is_quotable(login: &Login) -> bool {
    let fits = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    fits(&login.username) && fits(login.secret.expose())
}
