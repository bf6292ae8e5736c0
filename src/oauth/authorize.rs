//! From what is known to a grant.

use super::{
    answer::{self, DeviceCode, TokenAnswer},
    fault::OauthFault,
    grant::{Grant, GrantProof},
    redirect::SignInLink,
    renew::renewed,
    request,
    server::TokenServer,
    service_key::ServiceKey,
    spec::AuthorizationSpec,
};
use crate::mail::Secret;

/// Asks for a code that a person enters on any browser.
///
/// # Errors
/// There is no endpoint for it, or it gives none.
pub fn begin_device(spec: &AuthorizationSpec, server: &dyn TokenServer, now: u64) -> Result<DeviceCode, OauthFault> {
    let url = spec.device_url.as_ref().ok_or(OauthFault::NoEndpoint)?;
    let answer = server.ask(url, &request::device(spec), &[])?;
    answer::device(&answer, &url.host(), now)
}

/// Asks once whether the person has entered the code: the grant, or `None` as long as nobody has. A server that is asked too often
/// lengthens the code's interval (RFC 8628, 3.5).
///
/// # Errors
/// The person said no, the code has ended, or the server refuses.
pub fn poll_device(
    spec: &AuthorizationSpec,
    code: &mut DeviceCode,
    server: &dyn TokenServer,
    now: u64,
) -> Result<Option<Grant>, OauthFault> {
    if now >= code.expires {
        return Err(OauthFault::Expired);
    }
    let answer = server.ask(&spec.token_url, &request::device_token(spec, code), &sent(spec, &code.device_code))?;
    match answer::token(&answer, &spec.token_url.host(), now, &sent(spec, &code.device_code)) {
        Ok(answer) => consented(spec, answer, now).map(Some),
        Err(OauthFault::Refused(refusal)) if refusal.error == "authorization_pending" => Ok(None),
        Err(OauthFault::Refused(refusal)) if refusal.error == "slow_down" => {
            code.interval += 5;
            Ok(None)
        }
        Err(OauthFault::Refused(refusal)) if refusal.error == "expired_token" => Err(OauthFault::Expired),
        Err(fault) => Err(fault),
    }
}

/// Redeems the code that the browser ended on.
///
/// # Errors
/// The server refuses.
pub fn by_redirect(
    spec: &AuthorizationSpec,
    attempt: &SignInLink,
    code: &Secret,
    (server, now): (&dyn TokenServer, u64),
) -> Result<Grant, OauthFault> {
    let sent = [sent(spec, code), vec![&attempt.verifier]].concat();
    let answer = server.ask(&spec.token_url, &request::redirect_token(spec, attempt, code), &sent)?;
    let answer = answer::token(&answer, &spec.token_url.host(), now, &sent)?;
    consented(spec, answer, now)
}

/// Has an application sign in as itself.
///
/// # Errors
/// Neither secret nor certificate is known, or the server refuses.
pub fn by_client(spec: &AuthorizationSpec, server: &dyn TokenServer, now: u64) -> Result<Grant, OauthFault> {
    let proof = match (&spec.certificate, &spec.client_secret) {
        (Some(certificate), _) => GrantProof::Certificate(certificate.clone()),
        (None, Some(secret)) => GrantProof::ClientSecret(secret.clone().into()),
        (None, None) => return Err(OauthFault::NoClientSecret),
    };
    renewed(&spec.grant(proof, now), server, now)
}

/// Has a service account sign in for the mailbox.
///
/// # Errors
/// What was given is no key file, or the server refuses.
pub fn by_service(spec: &AuthorizationSpec, server: &dyn TokenServer, now: u64) -> Result<Grant, OauthFault> {
    let (key, _) = spec.client_secret.as_ref().and_then(ServiceKey::of_file).ok_or(OauthFault::NoServiceKey)?;
    let client_id = key.email.clone();
    renewed(&Grant { client_id, ..spec.grant(GrantProof::ServiceKey(key), now) }, server, now)
}

/// The grant of a person's consent. Without a refresh token it would end with its access token.
fn consented(spec: &AuthorizationSpec, answer: TokenAnswer, now: u64) -> Result<Grant, OauthFault> {
    let lacks = || OauthFault::Incomplete { host: spec.token_url.host(), field: "refresh_token" };
    let token = answer.refresh.ok_or_else(lacks)?;
    let client_secret = spec.client_secret.clone().map(Into::into);
    let grant = spec.grant(GrantProof::Refresh { token, client_secret }, now);
    Ok(Grant { access: Some(answer.access), ..grant })
}

/// The secrets of a request.
fn sent<'a>(spec: &'a AuthorizationSpec, code: &'a Secret) -> Vec<&'a Secret> {
    std::iter::once(code).chain(spec.client_secret.as_ref()).collect()
}
