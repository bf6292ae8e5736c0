//! The login (RFC 4954): PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), SCRAM (RFC 5802), XOAUTH2 and OAUTHBEARER (RFC 7628).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use zeroize::Zeroizing;

use super::{
    Learned, Login, ProbeFault, Stage,
    certificate::hex,
    record,
    scram::{Gs2, ScramExchange, ScramHash},
    session::Session,
};
use crate::mail::{
    Auth, Mechanism, Reply,
    initial_response::{self, fits_command},
    reply::printable,
};

/// The login succeeded (RFC 4954, 6). No other 2xx code means that.
const LOGGED_IN: u16 = 235;
/// The server wants more.
const CONTINUE: u16 = 334;

impl Session<'_, '_> {
    /// Logs in, or skips the stage for an attempt without a login.
    pub(super) fn login(&mut self) -> Result<(), ProbeFault> {
        let Some(login) = record::login(self.record.attempt) else {
            self.record.skip(Stage::Auth, None);
            return Ok(());
        };
        self.begin(Stage::Auth);
        self.nothing_unasked()?;
        let offered = self.record.offered.as_ref().and_then(|offered| offered.auth.clone());
        let offered = offered.filter(|mechanisms| !mechanisms.is_empty()).ok_or(ProbeFault::NoAuth)?;
        if !self.may_log_in() {
            return Err(ProbeFault::ClearLogin);
        }
        let mut candidates = candidates(login.auth, &offered, self.is_secure()).into_iter().peekable();
        while let Some(mechanism) = candidates.next() {
            self.record.mechanism = Some(mechanism);
            let reply = self.authenticate(mechanism, login, &offered)?;
            if reply.code == LOGGED_IN {
                self.record.pass(Some(Learned::LoggedIn(mechanism)), Some(reply));
                return Ok(());
            }
            // Offered and yet not supported: this says nothing about the password, so try the next mechanism.
            let unsupported = reply.code == 504 || reply.enhanced().as_deref() == Some("5.5.4");
            if !unsupported || candidates.peek().is_none() {
                return Err(ProbeFault::Reply(reply));
            }
        }
        Err(ProbeFault::NoCommonMechanism)
    }

    /// Removes the secret from everything said from now on: a server may know it from an earlier login.
    pub(super) fn hide_secret(&mut self) {
        let Some(login) = record::login(self.record.attempt) else { return };
        let secret = login.secret.expose();
        self.record.log.hide(secret.as_bytes());
        self.record.log.hide(encode(secret).as_bytes());
        self.record.log.hide(plain(login).as_bytes());
    }

    fn authenticate(&mut self, mechanism: Mechanism, login: &Login, offered: &[String]) -> Result<Reply, ProbeFault> {
        let reply = match mechanism {
            Mechanism::Plain => self.plain(login),
            Mechanism::Login => self.prompted(login),
            Mechanism::CramMd5 => self.cram_md5(login),
            Mechanism::ScramSha1 => self.scram(mechanism, ScramHash::Sha1, login, offered),
            Mechanism::ScramSha256 => self.scram(mechanism, ScramHash::Sha256, login, offered),
            Mechanism::Xoauth2 => self.xoauth2(login),
            Mechanism::Oauthbearer => self.oauthbearer(login),
        }?;
        // Cancel if the server asks for more (RFC 4954, 4).
        if reply.code == CONTINUE { self.ask("*") } else { Ok(reply) }
    }

    fn plain(&mut self, login: &Login) -> Result<Reply, ProbeFault> {
        let response = plain(login);
        let reply = self.initial(Mechanism::Plain.sasl_name(), &response)?;
        if reply.code == CONTINUE { self.respond(&response) } else { Ok(reply) }
    }

    /// LOGIN: the user name goes with the command; a server that does not accept it there asks for it
    /// (draft-murchison-sasl-login-00).
    fn prompted(&mut self, login: &Login) -> Result<Reply, ProbeFault> {
        let username = encode(&login.username);
        let password = encode(login.secret.expose());
        let mut reply = self.initial(Mechanism::Login.sasl_name(), &username)?;
        let mut named = true;
        if reply.code == 501 {
            reply = self.ask("AUTH LOGIN")?;
            named = false;
        }
        for _ in 0..2 {
            if reply.code != CONTINUE {
                break;
            }
            let prompt = String::from_utf8_lossy(&decode(&reply)).to_lowercase();
            if !named || (prompt.contains("user") && !prompt.contains("pass")) {
                named = true;
                reply = self.respond(&username)?;
            } else {
                return self.respond(&password);
            }
        }
        Ok(reply)
    }

    fn cram_md5(&mut self, login: &Login) -> Result<Reply, ProbeFault> {
        let reply = self.ask("AUTH CRAM-MD5")?;
        if reply.code != CONTINUE {
            return Ok(reply);
        }
        let digest = cram_md5(login.secret.expose().as_bytes(), &decode(&reply));
        self.respond(&encode(&format!("{} {}", login.username, digest)))
    }

    /// XOAUTH2: a refusal comes as a 334 with JSON; after an empty response the server sends its final reply
    /// (<https://developers.google.com/workspace/gmail/imap/xoauth2-protocol>).
    fn xoauth2(&mut self, login: &Login) -> Result<Reply, ProbeFault> {
        let response = initial_response::xoauth2(&login.username, login.secret.expose());
        let mut reply = self.initial(Mechanism::Xoauth2.sasl_name(), &response)?;
        if reply.code == CONTINUE && decode(&reply).is_empty() {
            reply = self.respond(&response)?;
        }
        self.explained(reply, "")
    }

    /// OAUTHBEARER: a refusal comes as a 334 with JSON, which a single ^A answers (RFC 7628, 3.2.3).
    fn oauthbearer(&mut self, login: &Login) -> Result<Reply, ProbeFault> {
        let endpoint = &self.record.attempt.endpoint;
        let response = initial_response::oauthbearer(&login.username, login.secret.expose(), &endpoint.host, endpoint.port);
        let mut reply = self.initial(Mechanism::Oauthbearer.sasl_name(), &response)?;
        if reply.code == CONTINUE && decode(&reply).is_empty() {
            reply = self.respond(&response)?;
        }
        self.explained(reply, &encode("\x01"))
    }

    /// Keeps why a token was refused, and asks for the final reply.
    fn explained(&mut self, reply: Reply, acknowledgement: &str) -> Result<Reply, ProbeFault> {
        if reply.code != CONTINUE {
            return Ok(reply);
        }
        self.record.challenge = Some(printable(&self.record.log.redacted(&decode(&reply))));
        self.ask(acknowledgement)
    }

    /// SCRAM, tied to the TLS connection where the server can do that. Its yes counts only after it has proved that it knows the
    /// password.
    fn scram(
        &mut self,
        mechanism: Mechanism,
        hash: ScramHash,
        login: &Login,
        offered: &[String],
    ) -> Result<Reply, ProbeFault> {
        let plus = format!("{}-PLUS", mechanism.sasl_name());
        let has_plus = offered.contains(&plus);
        let (name, gs2) = match self.channel_binding() {
            Some(binding) if has_plus => (plus.as_str(), Gs2::Bound(binding)),
            // Ours could have been used: a server that offered it sees that somebody took the offer away (RFC 5802, 6).
            Some(_) => (mechanism.sasl_name(), Gs2::NotOffered),
            None => (mechanism.sasl_name(), Gs2::Unable),
        };
        let exchange = ScramExchange::new(hash, &login.username, gs2)?;
        let first = encode(&exchange.first());
        let mut reply = self.initial(name, &first)?;
        if reply.code == CONTINUE && decode(&reply).is_empty() {
            reply = self.respond(&first)?;
        }
        if reply.code != CONTINUE {
            return unproven(reply);
        }
        let last = exchange.last(&decode(&reply), login.secret.expose()).ok_or(ProbeFault::Unproven)?;
        let reply = self.respond(&encode(&last.message))?;
        let said = decode(&reply);
        if reply.code != CONTINUE || said.starts_with(b"e=") {
            let reply = if reply.code == CONTINUE { self.ask("")? } else { reply };
            return unproven(reply);
        }
        if last.is_proven_by(&said) { self.ask("") } else { Err(ProbeFault::Unproven) }
    }

    /// AUTH with an initial response, which is held back until it is asked for where the line would be too long (RFC 4954, 4).
    fn initial(&mut self, name: &str, response: &str) -> Result<Reply, ProbeFault> {
        if !fits_command(name, response) {
            let reply = self.ask(&format!("AUTH {name}"))?;
            return if reply.code == CONTINUE { self.respond(response) } else { Ok(reply) };
        }
        self.hidden(&format!("AUTH {name} ***"), &Zeroizing::new(format!("AUTH {name} {response}\r\n")), response)
    }

    /// A response to a 334.
    fn respond(&mut self, response: &str) -> Result<Reply, ProbeFault> {
        self.hidden("***", &Zeroizing::new(format!("{response}\r\n")), response)
    }

    /// Sends a line that the transcript has as `shown`.
    fn hidden(&mut self, shown: &str, line: &str, response: &str) -> Result<Reply, ProbeFault> {
        self.nothing_unasked()?;
        self.record.log.client(shown);
        self.record.log.hide(response.as_bytes());
        self.send(line.as_bytes())?;
        self.reply()
    }
}

/// A reply that came without the server's proof: a yes does not count.
fn unproven(reply: Reply) -> Result<Reply, ProbeFault> {
    if reply.is_positive() { Err(ProbeFault::Unproven) } else { Ok(reply) }
}

/// What to try, in order. A password is not an access token: XOAUTH2 and OAUTHBEARER are used only if chosen.
fn candidates(choice: Auth, offered: &[String], inside_tls: bool) -> Vec<Mechanism> {
    let wanted = match choice {
        Auth::Auto => Mechanism::of_password(inside_tls).to_vec(),
        Auth::Only(only) => vec![only],
        Auth::None => Vec::new(),
    };
    // Of two offers for one mechanism the one that is tied to TLS needs TLS.
    let fits = |offer: &str, name: &str| offer == name || (inside_tls && offer.strip_suffix("-PLUS") == Some(name));
    let is_offered = |mechanism: &Mechanism| offered.iter().any(|offer| fits(offer, mechanism.sasl_name()));
    wanted.into_iter().filter(is_offered).collect()
}

/// The response of PLAIN.
pub(super) fn plain(login: &Login) -> Zeroizing<String> {
    encode(&Zeroizing::new(format!("\0{}\0{}", login.username, login.secret.expose())))
}

fn encode(text: &str) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(text))
}

/// The challenge of a 334, as it is if it is not base64.
fn decode(reply: &Reply) -> Vec<u8> {
    let text = reply.lines.first().map(|line| line.trim_ascii()).unwrap_or_default();
    STANDARD.decode(text).unwrap_or_else(|_| text.to_vec())
}

/// The keyed digest in lower-case hex.
fn cram_md5(secret: &[u8], challenge: &[u8]) -> String {
    // HMAC takes keys of any length, so this never fails.
    let mac = Hmac::<Md5>::new_from_slice(secret);
    mac.map(|mac| hex(&mac.chain_update(challenge).finalize().into_bytes())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_rfc_2195() {
        let digest = cram_md5(b"tanstaaftanstaaf", b"<1896.697170952@postoffice.reston.mci.net>");
        assert_eq!(digest, "b913a602c7eda7a495b4e6e7334d3890");
    }

    #[test]
    fn the_best_that_both_sides_have() {
        let offered = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mixed = offered(&["XOAUTH2", "CRAM-MD5", "LOGIN", "PLAIN"]);
        assert_eq!(candidates(Auth::Auto, &mixed, true), [Mechanism::Plain, Mechanism::Login, Mechanism::CramMd5]);
        assert_eq!(candidates(Auth::Auto, &mixed, false), [Mechanism::CramMd5, Mechanism::Plain, Mechanism::Login]);
        assert_eq!(candidates(Auth::Only(Mechanism::Xoauth2), &mixed, true), [Mechanism::Xoauth2]);
        assert_eq!(candidates(Auth::Auto, &offered(&["XOAUTH2", "GSSAPI"]), true), []);
        let scram = offered(&["SCRAM-SHA-1", "SCRAM-SHA-256-PLUS"]);
        assert_eq!(candidates(Auth::Auto, &scram, true), [Mechanism::ScramSha256, Mechanism::ScramSha1]);
        assert_eq!(candidates(Auth::Auto, &scram, false), [Mechanism::ScramSha1]);
    }
}
