//! What an authorization server answers: JSON of bounded size, with bounded values.

use serde::Deserialize;

use super::{
    fault::{OauthFault, OauthRefusal},
    grant::AccessToken,
    http_answer::HttpAnswer,
    kept::KeptSecret,
};
use crate::mail::{Secret, reply::escape};

/// The longest token, in bytes: a grant has room for two.
const LONGEST_TOKEN: usize = 16 * 1024;
/// The longest code or link that is shown to a person, in bytes.
const LONGEST_SHOWN: usize = 500;
/// Seconds that an access token is good for where the server does not say (RFC 6749, 4.2.2, has this number).
const USUAL_LIFE: u64 = 3600;
/// The longest life that is believed, in seconds: ten years.
const LONGEST_LIFE: u64 = 10 * 366 * 86_400;

/// What came instead of a refusal: an access token (RFC 6749, 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenAnswer {
    /// The access token.
    pub access: AccessToken,
    /// The refresh token, where there is a new one.
    pub refresh: Option<KeptSecret>,
}

/// What a person enters, and what is polled with (RFC 8628, 3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCode {
    /// What the endpoint knows this attempt by.
    pub device_code: Secret,
    /// What the person enters, safe for a terminal.
    pub user_code: String,
    /// Where, safe for a terminal.
    pub url: String,
    /// The same with the code in it, for a QR code.
    pub complete_url: Option<String>,
    /// When it ends, in seconds since 1970.
    pub expires: u64,
    /// Seconds between two polls.
    pub interval: u64,
}

#[derive(Deserialize)]
struct TokenFields {
    access_token: Option<KeptSecret>,
    token_type: Option<String>,
    expires_in: Option<Seconds>,
    refresh_token: Option<KeptSecret>,
}

#[derive(Deserialize)]
struct DeviceFields {
    device_code: Option<KeptSecret>,
    user_code: Option<String>,
    // Google's older name.
    #[serde(alias = "verification_url")]
    verification_uri: Option<String>,
    verification_uri_complete: Option<String>,
    expires_in: Option<Seconds>,
    interval: Option<Seconds>,
}

/// A number, which some servers put in quotes.
#[derive(Deserialize, Clone, Copy)]
#[serde(untagged)]
enum Seconds {
    Number(f64),
    Text(NumberText),
}

#[derive(Deserialize, Clone, Copy)]
#[serde(try_from = "String")]
struct NumberText(f64);

impl TryFrom<String> for NumberText {
    type Error = std::num::ParseFloatError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.trim().parse().map(Self)
    }
}

impl Seconds {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
    fn get(self) -> u64 {
        let (Self::Number(number) | Self::Text(NumberText(number))) = self;
        #[expect(clippy::cast_precision_loss, reason = "a bound")]
        let most = LONGEST_LIFE as f64;
        number.clamp(0.0, most) as u64
    }
}

/// Reads the answer of a token endpoint. `sent` are the secrets of the request: they are taken out of what is shown of a refusal.
pub(super) fn token(answer: &HttpAnswer, host: &str, now: u64, sent: &[&Secret]) -> Result<TokenAnswer, OauthFault> {
    let fields: TokenFields = fields(answer, host, sent)?;
    let lacks = |field| OauthFault::Incomplete { host: host.to_owned(), field };
    let token = fields.access_token.filter(is_token).ok_or_else(|| lacks("access_token"))?;
    if fields.token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(lacks("token_type"));
    }
    let refresh = fields.refresh_token.filter(is_token);
    let life = fields.expires_in.map_or(USUAL_LIFE, Seconds::get);
    Ok(TokenAnswer { access: AccessToken { token, given: now, expires: now + life }, refresh })
}

/// Reads the answer of a device authorization endpoint.
pub(super) fn device(answer: &HttpAnswer, host: &str, now: u64) -> Result<DeviceCode, OauthFault> {
    let fields: DeviceFields = fields(answer, host, &[])?;
    let lacks = |field| OauthFault::Incomplete { host: host.to_owned(), field };
    let shown = |text: Option<String>| text.filter(|text| !text.is_empty() && text.len() <= LONGEST_SHOWN);
    let is_link = |text: &String| text.starts_with("https://") || text.starts_with("http://");
    let device_code = fields.device_code.filter(is_token).ok_or_else(|| lacks("device_code"))?;
    Ok(DeviceCode {
        device_code: (*device_code).clone(),
        user_code: escape(&shown(fields.user_code).ok_or_else(|| lacks("user_code"))?),
        url: escape(&shown(fields.verification_uri).filter(is_link).ok_or_else(|| lacks("verification_uri"))?),
        complete_url: shown(fields.verification_uri_complete).filter(is_link).map(|url| escape(&url)),
        expires: now + fields.expires_in.map_or(900, Seconds::get).min(3600),
        interval: fields.interval.map_or(5, Seconds::get).clamp(1, 60),
    })
}

/// Reads the answer of a revocation endpoint: a token that it does not know is revoked too (RFC 7009, 2.2).
pub(super) fn revocation(answer: &HttpAnswer, host: &str, sent: &[&Secret]) -> Result<(), OauthFault> {
    if answer.status == 200 { Ok(()) } else { Err(refusal(answer, host, sent)) }
}

fn fields<'a, T: Deserialize<'a>>(answer: &'a HttpAnswer, host: &str, sent: &[&Secret]) -> Result<T, OauthFault> {
    if answer.status != 200 {
        return Err(refusal(answer, host, sent));
    }
    serde_json::from_slice(&answer.body).map_err(|_| OauthFault::NoJson { host: host.to_owned(), status: answer.status })
}

fn refusal(answer: &HttpAnswer, host: &str, sent: &[&Secret]) -> OauthFault {
    match OauthRefusal::of(answer, host, sent) {
        Some(refusal) => OauthFault::Refused(Box::new(refusal)),
        None => OauthFault::NoJson { host: host.to_owned(), status: answer.status },
    }
}

/// Whether it can be a token (RFC 6749, appendix A: visible ASCII characters).
fn is_token(token: &KeptSecret) -> bool {
    let text = token.expose();
    !text.is_empty() && text.len() <= LONGEST_TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn answered(status: u16, body: &str) -> HttpAnswer {
        HttpAnswer { status, retry_after: None, body: Zeroizing::new(body.as_bytes().to_vec()) }
    }

    fn token_of(body: &str) -> Result<TokenAnswer, OauthFault> {
        token(&answered(200, body), "login.test", 1000, &[])
    }

    #[test]
    fn tokens_are_read_with_bounds() {
        let read = token_of(r#"{"access_token":"a","token_type":"bearer","expires_in":"60","refresh_token":"r","x":[1]}"#);
        let read = read.unwrap();
        assert_eq!((read.access.token.expose(), read.access.expires), ("a", 1060));
        assert_eq!(read.refresh.unwrap().expose(), "r");
        assert_eq!(token_of(r#"{"access_token":"a"}"#).unwrap().access.expires, 4600);
        assert_eq!(token_of(r#"{"access_token":"a","expires_in":-5}"#).unwrap().access.expires, 1000);
        for (body, field) in [
            ("{}", "access_token"),
            (r#"{"access_token":""}"#, "access_token"),
            (r#"{"access_token":"a b"}"#, "access_token"),
            ("{\"access_token\":\"a\\u001b[2J\"}", "access_token"),
            (r#"{"access_token":"a","token_type":"mac"}"#, "token_type"),
        ] {
            assert!(matches!(token_of(body), Err(OauthFault::Incomplete { field: of, .. }) if of == field), "{body}");
        }
        let long = format!(r#"{{"access_token":"{}"}}"#, "x".repeat(LONGEST_TOKEN + 1));
        assert!(matches!(token_of(&long), Err(OauthFault::Incomplete { .. })));
        for body in ["", "<html>", "[1]", "{\"access_token\":", r#"{"access_token":3}"#] {
            assert!(matches!(token_of(body), Err(OauthFault::NoJson { .. })), "{body}");
        }
    }

    #[test]
    fn what_a_person_is_shown_is_safe() {
        let read = |body: &str| device(&answered(200, body), "login.test", 0);
        let code = read(
            r#"{"device_code":"d","user_code":"AB\u001b[2JCD","verification_url":"https://x.test/device","expires_in":900}"#,
        );
        let code = code.unwrap();
        assert!(!code.user_code.contains('\u{1b}'), "{}", code.user_code);
        assert_eq!((code.url.as_str(), code.interval, code.expires), ("https://x.test/device", 5, 900));
        for body in [
            r#"{"device_code":"d","user_code":"A","verification_uri":"javascript:x"}"#,
            r#"{"user_code":"A","verification_uri":"https://x.test"}"#,
            r#"{"device_code":"d","verification_uri":"https://x.test"}"#,
        ] {
            assert!(matches!(read(body), Err(OauthFault::Incomplete { .. })), "{body}");
        }
    }
}
