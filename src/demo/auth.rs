//! The login (RFC 4954): PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), and XOAUTH2.

use std::{
    fmt::Write,
    hash::{BuildHasher, RandomState},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;

use super::{
    DemoFault,
    identity::HOST,
    sandbox::{PASSWORD, TOKEN},
    session::ServerSession,
    wire::Halt,
};
use crate::mail::Mechanism;

/// The mechanisms that it speaks, as EHLO offers them.
const SPOKEN: [Mechanism; 4] = [Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5, Mechanism::Xoauth2];

/// Why a token is refused, as Google says it (<https://developers.google.com/workspace/gmail/imap/xoauth2-protocol>).
const NO_TOKEN: &str = r#"{"status":"401","schemes":"bearer","scope":"mail"}"#;

const REFUSED: &str = "535-5.7.8 User name and password were not accepted.\r\n\
                       535 5.7.8 Authentication failed, see https://mailsetup.example/help/login";

impl ServerSession {
    /// The line of EHLO that offers the login.
    pub(super) fn auth_offer() -> String {
        format!("250-AUTH {}\r\n", SPOKEN.map(Mechanism::sasl_name).join(" "))
    }

    /// The AUTH command.
    pub(super) fn auth(&mut self, rest: &str) -> Result<(), Halt> {
        if self.needs_tls() {
            return self.reply("538 5.7.11 Encryption required for requested authentication mechanism");
        }
        if !self.is_greeted()? {
            return Ok(());
        }
        if self.fault == DemoFault::LoginNotOffered {
            return self.reply("503 5.5.1 Authentication is not enabled");
        }
        if self.login.is_some() || self.envelope.is_some() {
            return self.reply("503 5.5.1 Not now");
        }
        let mut words = rest.split_ascii_whitespace();
        let (Some(name), initial, None) = (words.next(), words.next(), words.next()) else {
            return self.reply("501 5.5.4 Syntax: AUTH mechanism");
        };
        let Some(mechanism) = SPOKEN.into_iter().find(|known| known.sasl_name().eq_ignore_ascii_case(name)) else {
            return self.reply("504 5.5.4 Unrecognized authentication mechanism");
        };
        let initial = match initial.map(decode) {
            Some(None) => return self.reply("501 5.5.2 Cannot decode the response"),
            Some(initial) => initial,
            None => None,
        };
        let verdict = match mechanism {
            Mechanism::Login => self.login(initial)?,
            Mechanism::CramMd5 if initial.is_some() => {
                return self.reply("501 5.5.2 CRAM-MD5 takes no initial response");
            }
            Mechanism::CramMd5 => self.cram_md5()?,
            Mechanism::Xoauth2 => self.xoauth2(initial)?,
            _ => self.plain(initial)?,
        };
        match verdict {
            LoginEnd::GivenUp => Ok(()),
            LoginEnd::Right(user) if self.fault != DemoFault::WrongPassword => {
                self.login = Some((user, mechanism));
                self.reply("235 2.7.0 Authentication successful")
            }
            LoginEnd::Right(_) | LoginEnd::Wrong => self.reply(REFUSED),
        }
    }

    fn plain(&mut self, initial: Option<Vec<u8>>) -> Result<LoginEnd, Halt> {
        let Some(response) = self.ask_unless(initial, "")? else { return Ok(LoginEnd::GivenUp) };
        let parts: Vec<&[u8]> = response.split(|byte| *byte == 0).collect();
        Ok(match parts.as_slice() {
            [as_whom, user, password] if as_whom.is_empty() || as_whom == user => verdict(user, is_password(password)),
            _ => LoginEnd::Wrong,
        })
    }

    fn login(&mut self, initial: Option<Vec<u8>>) -> Result<LoginEnd, Halt> {
        let Some(user) = self.ask_unless(initial, "Username:")? else { return Ok(LoginEnd::GivenUp) };
        let Some(password) = self.ask_unless(None, "Password:")? else { return Ok(LoginEnd::GivenUp) };
        Ok(verdict(&user, is_password(&password)))
    }

    fn cram_md5(&mut self) -> Result<LoginEnd, Halt> {
        let challenge = format!("<{:016x}@{HOST}>", RandomState::new().hash_one(0));
        let Some(response) = self.ask_unless(None, &challenge)? else { return Ok(LoginEnd::GivenUp) };
        let space = response.iter().rposition(|byte| *byte == b' ').unwrap_or(response.len());
        let (user, digest) = response.split_at(space);
        Ok(verdict(user, digest.trim_ascii_start() == digest_of(&challenge).as_bytes()))
    }

    /// A refusal is a challenge with its reason; the client answers it before the reply comes.
    fn xoauth2(&mut self, initial: Option<Vec<u8>>) -> Result<LoginEnd, Halt> {
        let Some(response) = self.ask_unless(initial, "")? else { return Ok(LoginEnd::GivenUp) };
        let user = response.strip_prefix(b"user=").and_then(|rest| rest.split(|byte| *byte == 1).next());
        let user = user.map(|user| String::from_utf8_lossy(user).into_owned()).unwrap_or_default();
        let right = format!("user={user}\x01auth=Bearer {TOKEN}\x01\x01");
        if response == right.as_bytes() && !user.is_empty() && self.fault != DemoFault::WrongPassword {
            return Ok(LoginEnd::Right(user));
        }
        Ok(self.ask_unless(None, NO_TOKEN)?.map_or(LoginEnd::GivenUp, |_| LoginEnd::Wrong))
    }

    /// The initial response, else the client's answer to a challenge; `None` when the answer is unusable.
    fn ask_unless(&mut self, initial: Option<Vec<u8>>, challenge: &str) -> Result<Option<Vec<u8>>, Halt> {
        if initial.is_some() {
            return Ok(initial);
        }
        self.reply(&format!("334 {}", STANDARD.encode(challenge)))?;
        let line = self.read_line()?;
        if line == b"*" {
            self.reply("501 5.7.0 Authentication cancelled")?;
            return Ok(None);
        }
        let answer = STANDARD.decode(&line).ok();
        if answer.is_none() {
            self.reply("501 5.5.2 Cannot decode the response")?;
        }
        Ok(answer)
    }
}

/// An initial response: `=` is an empty one (RFC 4954, 4).
fn decode(initial: &str) -> Option<Vec<u8>> {
    if initial == "=" { Some(Vec::new()) } else { STANDARD.decode(initial).ok() }
}

/// How a login ended.
enum LoginEnd {
    /// The client gave up, which has been answered.
    GivenUp,
    /// The user name, with the right password.
    Right(String),
    Wrong,
}

/// Every user name but none is somebody's: whoever tries the demo types their own.
fn verdict(user: &[u8], is_right: bool) -> LoginEnd {
    match std::str::from_utf8(user) {
        Ok(user) if is_right && !user.is_empty() => LoginEnd::Right(user.to_owned()),
        _ => LoginEnd::Wrong,
    }
}

fn is_password(password: &[u8]) -> bool {
    password == PASSWORD.as_bytes()
}

/// The right answer to a CRAM-MD5 challenge, in hex.
fn digest_of(challenge: &str) -> String {
    let Ok(mut mac) = Hmac::<Md5>::new_from_slice(PASSWORD.as_bytes()) else { return String::new() };
    mac.update(challenge.as_bytes());
    mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
