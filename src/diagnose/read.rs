//! Reads what a person pastes: a reply, a log line, a client's error, a transcript.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

use super::{
    Explain, bounce,
    clean::{decode, fold, unescape},
    facts::{Facts, parse_enhanced, starts_with_code, without_codes},
    noise::{Noise, Worth},
    provider_marks::ProviderMarks,
    wrapped::unwrapped,
};
use crate::{mail::Mechanism, probe::Stage};

/// What programs write in front of a server's line.
const FRONTS: &[&str] = &[
    "msmtp: server message: ",
    "server message: ",
    "<~** ",
    "<** ",
    "<~* ",
    "<-- ",
    "<~  ",
    "<~ ",
    "<-  ",
    "<- ",
    "<<< ",
    "<< ",
    "< ",
    "S: ",
    "SERVER -> CLIENT: ",
    "Server: ",
    "b'",
];

/// What programs write in front of what they sent themselves.
const OWN: &[&str] = &["-> ", " -> ", " ~> ", "~> ", "<~> ", "C: ", "CLIENT -> SERVER:", ">>> ", ">> ", "> "];

/// Commands that stand in logs without anything in front.
const COMMANDS: &[&str] = &["EHLO ", "HELO ", "AUTH "];

/// Replies that tell of no failure. Other numbers of their class that begin a line are process ids and the like.
const GOOD: [u16; 10] = [211, 214, 220, 221, 235, 250, 251, 252, 253, 354];

/// Numbers that stand in logs as ports.
const PORTS: [u16; 9] = [443, 465, 587, 588, 143, 220, 366, 389, 993];

/// Words that a code follows, folded.
const INTRODUCERS: &[&str] = &[
    "said:",
    "reply:",
    "replied:",
    "response:",
    "responded:",
    "code",
    "code:",
    "message",
    "message:",
    "error:",
    "error",
    "failed:",
    "refused:",
    "rejected:",
    "login:",
    "smtp;",
    "exception:",
    "answer:",
    "status:",
    "got",
    "was:",
    "size=0:",
    "(reason:",
    "because:",
    "returned",
    "returned:",
    "retcode",
    "received:",
    "smtp:",
    "responsecode:",
    "server:",
    "session:",
    "detail:",
];

/// What programs say of the stage, folded.
const STAGES: &[(&str, Stage)] = &[
    ("in reply to mail from", Stage::Mail),
    ("in reply to rcpt to", Stage::Rcpt),
    ("in reply to end of data", Stage::Data),
    ("in reply to data", Stage::Data),
    ("in reply to ehlo", Stage::Ehlo),
    ("in reply to helo", Stage::Ehlo),
    ("in reply to auth", Stage::Auth),
    ("after rcpt to", Stage::Rcpt),
    ("after mail from", Stage::Mail),
    ("after end of data", Stage::Data),
    ("after initial connection", Stage::Greeting),
    ("after ehlo", Stage::Ehlo),
    ("recipients were rejected", Stage::Rcpt),
    ("smtprecipientsrefused", Stage::Rcpt),
    ("smtpsenderrefused", Stage::Mail),
    ("smtpdataerror", Stage::Data),
    ("smtpheloerror", Stage::Ehlo),
    ("smtpauthenticationerror", Stage::Auth),
    ("authenticationfailedexception", Stage::Auth),
    ("invalid login", Stage::Auth),
    ("mail command failed", Stage::Mail),
    ("mail from command failed", Stage::Mail),
    ("rcpt to command failed", Stage::Rcpt),
    ("data end command failed", Stage::Data),
    ("data command failed", Stage::Data),
    ("message failed", Stage::Data),
    ("command: 'auth", Stage::Auth),
    ("authentication failed (method", Stage::Auth),
    ("sasl authentication failed", Stage::Auth),
    ("authenticating", Stage::Auth),
];

/// What was read of a pasted text.
pub(super) struct Reading {
    /// The facts in it.
    pub(super) facts: Facts,
    /// Lines tell that something went well; they are no evidence.
    pub(super) fine: bool,
    /// Something was left out that is worth less, but may be looked at.
    pub(super) lesser: bool,
}

/// What a person pasted as text, free of what it was wrapped in.
pub(super) fn plain(pasted: &[u8]) -> String {
    unescape(&unwrapped(&decode(pasted)))
}

/// The facts in what a person pasted, from what is worth as much or more.
pub(super) fn read(input: &Explain, marks: &ProviderMarks<'_>, least: Worth) -> Reading {
    let pasted = plain(&input.reply);
    let text = bounce::diagnostic(&pasted);
    let mut noise = Noise::default();
    let (mut fine, mut lesser) = (false, false);
    let mut said = String::with_capacity(text.len());
    let mut at_line_start = None;
    let mut inline = None;
    let mut mechanism = None;
    for line in text.split(['\n', '\r']) {
        match noise.worth(line) {
            Worth::Frame => continue,
            Worth::Fine => {
                fine = true;
                continue;
            }
            worth if worth < least => {
                lesser = true;
                continue;
            }
            Worth::Aside | Worth::Perhaps | Worth::Said => {}
        }
        let line = line.trim();
        let command = || COMMANDS.iter().any(|front| line.starts_with(front)) && inline_code(line).is_none();
        let own = OWN.iter().find_map(|front| line.strip_prefix(front)).or_else(|| command().then_some(line));
        if let Some(own) = own {
            mechanism = mechanism_in(own).or(mechanism);
            continue;
        }
        let line = FRONTS.iter().find_map(|front| line.strip_prefix(front)).unwrap_or(line).trim_start();
        match code_at(line) {
            Some(code) if GOOD.contains(&code) && inline_code(line.get(3..).unwrap_or_default()).is_none() => {
                fine = true;
                continue;
            }
            Some(code) if code >= 400 => at_line_start = Some((code, line)),
            Some(334) => {}
            _ => {
                if inline.is_none() {
                    inline = inline_code(line);
                }
            }
        }
        said.push_str(line);
        said.push('\n');
        if let Some(challenge) = challenge_in(line) {
            said.push_str(&challenge);
            said.push('\n');
        }
    }
    let folded = fold(&said);
    let (code, rest) = match (at_line_start, inline) {
        (Some((code, line)), _) => (Some(code), line.get(3..).unwrap_or_default()),
        (None, Some((code, rest))) => (Some(code), rest),
        (None, None) => (None, ""),
    };
    let mut facts = Facts {
        code,
        enhanced: enhanced_in(rest, code).or_else(|| enhanced_in(&folded, code)),
        port: input.port,
        stage: input.stage.or_else(|| STAGES.iter().find(|(words, _)| folded.contains(words)).map(|(_, stage)| *stage)),
        mechanism,
        text: without_codes(&folded),
        ..Facts::default()
    };
    facts.set_provider(input.provider.as_deref().filter(|key| *key != "generic"), marks);
    if let Some(host) = &input.host {
        facts.set_host(host, marks);
    }
    Reading { facts, fine, lesser }
}

/// The reply code that a line begins with, and that is no port, count or year.
fn code_at(line: &str) -> Option<u16> {
    if !starts_with_code(line) {
        return None;
    }
    let code = line.get(..3)?.parse().ok()?;
    let next = line.as_bytes().get(3).copied();
    let separated = matches!(next, None | Some(b' ' | b'-' | b',' | b':' | b';' | b'.' | b')' | b'\''));
    (separated && line.as_bytes()[1] <= b'7').then_some(code)
}

/// The first reply code within a line, with what follows it: one that has an enhanced code behind it, or a word in front
/// that says what it is.
fn inline_code(line: &str) -> Option<(u16, &str)> {
    let mut before = String::new();
    let mut offset = 0;
    for word in line.split_inclusive([' ', '\t']) {
        let start = offset;
        offset += word.len();
        // `(535`, `"535` and `error="535` alike: a code may stand behind an opening character.
        let opening = word.trim_end().trim_end_matches(['"', '\'', ')', ',']).rfind(['(', '"', '\'', '[', '<', '`', '=']);
        let bare = opening.map_or(word, |at| &word[at + 1..]);
        let quoted = opening.is_some_and(|at| !matches!(word.as_bytes()[at], b'(' | b'[' | b'<'));
        if let Some(code) = bare.get(..3).filter(|_| starts_with_code(bare)).and_then(|code| code.parse().ok())
            && (400..=579).contains(&code)
            && !PORTS.contains(&code)
        {
            let rest = &line[start + (word.len() - bare.len()) + 3..];
            let followed = rest.trim_start_matches(['-', ' ', ',', '\'', '"', 'b', '#', ':']).split(' ').next();
            let introduced = INTRODUCERS.contains(&before.as_str()) || before.ends_with(':') || before.ends_with("=b'");
            let listed = opening.is_some() && rest.starts_with([',', ')']);
            let closed = rest.starts_with([' ', '-', ',', '"', '\'', ')', ':']) || rest.is_empty();
            if closed && (followed.and_then(parse_enhanced).is_some() || introduced || quoted || listed) {
                return Some((code, rest));
            }
        }
        // `smtp;550` and `550:` stand in bounces without a blank.
        if let Some((_, code)) = word.trim_end().split_once(';')
            && starts_with_code(code)
            && let Some(code) = code.get(..3).and_then(|code| code.parse().ok()).filter(|code| (400..=579).contains(code))
        {
            return Some((code, &line[offset..]));
        }
        let bare = word.trim().trim_matches(['"', '\'']);
        if !bare.is_empty() {
            before = bare.to_ascii_lowercase();
        }
    }
    None
}

/// The mechanism of an AUTH command.
fn mechanism_in(command: &str) -> Option<Mechanism> {
    let name = command.trim_start().strip_prefix("AUTH ")?.split_whitespace().next()?;
    name.to_ascii_lowercase().parse().ok()
}

/// The first enhanced code, of the reply code's class.
fn enhanced_in(text: &str, code: Option<u16>) -> Option<[u16; 3]> {
    text.split([' ', ',', ';', '-', '=', '\''])
        .filter(|word| word.len() <= 14 && word.contains('.'))
        .filter_map(parse_enhanced)
        .find(|enhanced| enhanced[0] != 2 && code.is_none_or(|code| code / 100 == enhanced[0] || code < 400))
}

/// The JSON in which a refused XOAUTH2 or OAUTHBEARER says why (base64 behind 334, RFC 7628).
fn challenge_in(line: &str) -> Option<String> {
    let start = line.find("eyJ")?;
    let encoded = line[start..].split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))).next()?;
    if encoded.len() < 16 {
        return None;
    }
    // A challenge that was cut is still worth its beginning.
    let whole = &encoded[..encoded.len() - usize::from(encoded.len() % 4 == 1)];
    let bytes = STANDARD_NO_PAD.decode(whole).or_else(|_| STANDARD_NO_PAD.decode(&whole[..whole.len() / 4 * 4])).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.starts_with('{').then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::Catalog;

    /// The facts in a reply of which nothing else is known.
    fn read_alone(reply: &str) -> Facts {
        read(&Explain::new(reply), &ProviderMarks::new(&Catalog::builtin()), Worth::Said).facts
    }

    fn facts(reply: &str) -> (Option<u16>, Option<[u16; 3]>) {
        let facts = read_alone(reply);
        (facts.code, facts.enhanced)
    }

    #[test]
    fn codes_in_what_programs_print() {
        let cases = [
            ("535 5.7.8 no", Some(535), Some([5, 7, 8])),
            ("<** 535 5.7.8 no", Some(535), Some([5, 7, 8])),
            ("msmtp: server message: 535-5.7.8 no\nmsmtp: server message: 535 5.7.8 way", Some(535), Some([5, 7, 8])),
            ("smtplib.SMTPAuthenticationError: (535, b'5.7.8 no')", Some(535), Some([5, 7, 8])),
            ("Expected response code 250 but got code \"530\", with message \"530 5.7.1 x\"", Some(530), Some([5, 7, 1])),
            ("Error: Invalid login: 535 Error: authentication failed", Some(535), None),
            ("host mx.test[192.0.2.1] said: 550-5.7.26 no (in reply to end of DATA command)", Some(550), Some([5, 7, 26])),
            ("Diagnostic-Code: smtp;550 5.1.1 x", Some(550), Some([5, 1, 1])),
            ("220 mx ready\n250-AUTH PLAIN\n250 OK\n454 4.7.0 later\n221 bye", Some(454), Some([4, 7, 0])),
            ("connect ETIMEDOUT 192.0.2.1:587", None, None),
            ("Connection to smtp.test, 465 failed", None, None),
            ("lettre: permanent error (530): 5.7.0 Authentication Required", Some(530), Some([5, 7, 0])),
            ("level=error error=\"535 Denied\"", Some(535), None),
            ("queue of 550 messages (450 bytes)", None, None),
            ("hello there", None, None),
        ];
        for (reply, code, enhanced) in cases {
            assert_eq!(facts(reply), (code, enhanced), "{reply}");
        }
    }

    #[test]
    fn a_challenge_is_decoded() {
        let read = read_alone("334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0=");
        assert!(read.text.contains("\"status\":\"400\""), "{}", read.text);
    }

    #[test]
    fn stages_from_words() {
        assert_eq!(read_alone("550 x (in reply to RCPT TO command)").stage, Some(Stage::Rcpt));
    }
}
