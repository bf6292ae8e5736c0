//! Why there is no access token.

use serde::Deserialize;

use super::{assertion::AssertionFault, http_answer::HttpAnswer};
use crate::{
    error::Exit,
    mail::{
        Secret,
        reply::escape,
        secret::{forms, without},
    },
    phrase,
    presets::Phrase,
};

/// Why an authorization server gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OauthFault {
    /// It was not reached: DNS, connection, TLS, proxy or time.
    Unreachable {
        /// Its host.
        host: String,
        /// What failed, safe for a terminal.
        why: String,
    },
    /// Its address is http, and its name leads to another machine.
    Plain {
        /// Its host.
        host: String,
    },
    /// It redirects, and secrets are not sent elsewhere.
    Redirected {
        /// Its host.
        host: String,
        /// The host that it names, safe for a terminal: the rest of that address may hold what was sent.
        to: String,
    },
    /// Its answer is longer than an answer is.
    Long {
        /// Its host.
        host: String,
    },
    /// Its answer is not of OAuth: another server's, or a page of an error.
    NoJson {
        /// Its host.
        host: String,
        /// The status code.
        status: u16,
    },
    /// Its answer lacks a field, or has one of another form.
    Incomplete {
        /// Its host.
        host: String,
        /// The field.
        field: &'static str,
    },
    /// It says no.
    Refused(Box<OauthRefusal>),
    /// Nothing can be signed.
    Assertion(AssertionFault),
    /// Nobody signed in before the code ended.
    Expired,
    /// The person stopped it.
    Cancelled,
    /// There is no endpoint for this way.
    NoEndpoint,
    /// What was given is no key file of a service account.
    NoServiceKey,
    /// Neither a secret nor a certificate was given.
    NoClientSecret,
    /// This build has no way to the web.
    Unbuilt,
}

/// What the server says when it refuses (RFC 6749, 5.2; RFC 8628, 3.5), safe for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthRefusal {
    /// The endpoint's host.
    pub host: String,
    /// The status code.
    pub status: u16,
    /// The code of the error: `invalid_grant`.
    pub error: String,
    /// Microsoft's numbers, as in `AADSTS50173`.
    pub codes: Vec<u32>,
    /// The server's words; empty where it has none.
    pub description: String,
    /// Google's second word, such as `invalid_rapt`; empty elsewhere.
    pub subtype: String,
}

#[derive(Deserialize)]
struct RefusalFields {
    error: ErrorField,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    error_codes: Option<Vec<u32>>,
    #[serde(default)]
    error_subtype: Option<String>,
}

/// The code of the error; Google's other services have an object.
#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorField {
    Word(String),
    Object {
        #[serde(default)]
        status: Option<String>,
        #[serde(default)]
        message: Option<String>,
    },
}

/// The longest description that is kept, in characters.
const LONGEST: usize = 600;

/// Microsoft's numbers for load and for too many requests (entra-docs, reference-error-codes.md, 2024-04-24).
const TEMPORARY: [u32; 5] = [50196, 90006, 90033, 90055, 90056];

impl OauthRefusal {
    /// Reads a refusal; `None` for what is none. `sent` are the secrets of the request: a server that repeats one does not have it
    /// shown.
    pub(super) fn of(answer: &HttpAnswer, host: &str, sent: &[&Secret]) -> Option<Self> {
        let fields: RefusalFields = serde_json::from_slice(&answer.body).ok()?;
        let clean = |text: &str| {
            let text: String = redacted(text, sent).chars().take(LONGEST).collect();
            escape(&text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let (error, message) = match fields.error {
            ErrorField::Word(word) => (word, None),
            ErrorField::Object { status, message } => (status.unwrap_or_default(), message),
        };
        let description = clean(fields.error_description.or(message).as_deref().unwrap_or_default());
        let codes = fields.error_codes.unwrap_or_else(|| numbers(&description));
        let subtype = clean(fields.error_subtype.as_deref().unwrap_or_default());
        let error = clean(&error);
        Some(Self { host: host.to_owned(), status: answer.status, error, codes, description, subtype })
    }

    /// What the server said, on one line.
    pub fn said(&self) -> String {
        let parts = [&self.error, &self.subtype, &self.description];
        parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(": ")
    }

    /// Whether the same request may be granted later.
    pub fn is_temporary(&self) -> bool {
        let word = ["temporarily_unavailable", "server_error", "slow_down", "authorization_pending"];
        self.status == 429
            || self.status >= 500
            || word.contains(&self.error.as_str())
            || self.codes.iter().any(|code| TEMPORARY.contains(code))
    }

    /// Whether the grant has ended, so that access has to be given again.
    pub fn is_ended(&self) -> bool {
        ["invalid_grant", "interaction_required", "login_required", "consent_required"].contains(&self.error.as_str())
    }
}

/// An endpoint's words without these secrets.
fn redacted(text: &str, sent: &[&Secret]) -> String {
    let hidden: Vec<_> = sent.iter().flat_map(|secret| forms(secret.expose().as_bytes())).collect();
    String::from_utf8_lossy(&without(text.as_bytes(), &hidden)).into_owned()
}

/// The numbers behind `AADSTS`.
fn numbers(text: &str) -> Vec<u32> {
    let number = |rest: &str| rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].parse().ok();
    text.split("AADSTS").skip(1).filter_map(number).collect()
}

impl OauthFault {
    /// The fault with these secrets taken out of what the endpoint said.
    pub(super) fn without(self, sent: &[&Secret]) -> Self {
        match self {
            Self::Unreachable { host, why } => Self::Unreachable { host, why: redacted(&why, sent) },
            Self::Redirected { host, to } => Self::Redirected { host, to: redacted(&to, sent) },
            other => other,
        }
    }

    /// What happened.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Unreachable { host, why } => phrase!("oauth-unreachable", host = host, why = why),
            Self::Plain { host } => phrase!("oauth-plain", host = host),
            Self::Redirected { host, to } => phrase!("oauth-redirected", host = host, to = to),
            Self::Long { host } => phrase!("oauth-long", host = host),
            Self::NoJson { host, status } => phrase!("oauth-no-json", host = host, status = status),
            Self::Incomplete { host, field } => phrase!("oauth-incomplete", host = host, field = field),
            Self::Refused(refusal) => phrase!("oauth-refused", host = refusal.host, said = refusal.said()),
            Self::Assertion(fault) => fault.phrase(),
            Self::Expired => phrase!("oauth-expired"),
            Self::Cancelled => phrase!("oauth-cancelled"),
            Self::NoEndpoint => phrase!("oauth-no-endpoint"),
            Self::NoServiceKey => phrase!("oauth-no-service-key"),
            Self::NoClientSecret => phrase!("oauth-no-client-secret"),
            Self::Unbuilt => phrase!("oauth-unbuilt"),
        }
    }

    /// The exit status: whether to try later, or not before something is changed.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Unreachable { .. } | Self::Expired => Exit::TempFail,
            Self::NoJson { status, .. } if *status == 429 || *status >= 500 => Exit::TempFail,
            Self::Refused(refusal) if refusal.is_temporary() => Exit::TempFail,
            Self::Refused(_) => Exit::NoPerm,
            Self::Redirected { .. } | Self::Long { .. } | Self::NoJson { .. } | Self::Incomplete { .. } => Exit::Protocol,
            Self::Plain { .. } | Self::Assertion(_) | Self::NoEndpoint | Self::NoServiceKey | Self::NoClientSecret => {
                Exit::Config
            }
            Self::Cancelled => Exit::Cancelled,
            Self::Unbuilt => Exit::Unavailable,
        }
    }

    /// Whether the grant has ended, so that access has to be given again.
    pub fn is_ended(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.is_ended())
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn refused(status: u16, body: &str) -> Option<OauthRefusal> {
        let answer = HttpAnswer { status, retry_after: None, body: Zeroizing::new(body.as_bytes().to_vec()) };
        OauthRefusal::of(&answer, "login.test", &[&Secret::new("refresh-canary".into())])
    }

    #[test]
    fn refusals_are_read_and_show_no_secret() {
        let read = refused(
            400,
            r#"{"error":"invalid_grant","error_description":"AADSTS700082: refresh-canary expired.\r\nTrace ID: 1","error_codes":[700082]}"#,
        );
        let read = read.unwrap();
        assert_eq!(read.codes, [700_082]);
        assert_eq!(read.said(), "invalid_grant: AADSTS700082: *** expired. Trace ID: 1");
        assert!(read.is_ended() && !read.is_temporary());
        let google =
            refused(400, r#"{"error":"invalid_grant","error_subtype":"invalid_rapt","error_description":"reauth"}"#);
        assert_eq!(google.unwrap().said(), "invalid_grant: invalid_rapt: reauth");
        let bare =
            refused(401, r#"{"error":"invalid_client","error_description":"AADSTS7000222: secret expired"}"#).unwrap();
        assert_eq!((bare.codes.as_slice(), bare.is_ended()), (&[7_000_222][..], false));
        assert_eq!(refused(400, "<html>"), None);
        let object =
            refused(403, r#"{"error":{"code":403,"message":"off\u001b[2J","status":"PERMISSION_DENIED"}}"#).unwrap();
        assert!(object.said().starts_with("PERMISSION_DENIED: off") && !object.said().contains('\u{1b}'));
    }

    #[test]
    fn what_ends_by_itself_is_tried_later() {
        let exit = |status, body: &str| OauthFault::Refused(Box::new(refused(status, body).unwrap())).exit();
        assert_eq!(exit(400, r#"{"error":"invalid_grant"}"#), Exit::NoPerm);
        assert_eq!(exit(400, r#"{"error":"temporarily_unavailable"}"#), Exit::TempFail);
        assert_eq!(exit(429, r#"{"error":"rate"}"#), Exit::TempFail);
        assert_eq!(exit(400, r#"{"error":"invalid_request","error_codes":[90055]}"#), Exit::TempFail);
        let silent = OauthFault::Unreachable { host: "x".into(), why: "y".into() };
        assert_eq!(silent.exit(), Exit::TempFail);
        assert_eq!(OauthFault::NoJson { host: "x".into(), status: 503 }.exit(), Exit::TempFail);
        assert_eq!(OauthFault::NoJson { host: "x".into(), status: 200 }.exit(), Exit::Protocol);
    }
}
