//! From a grant to the next access token, and to none any more.

use super::{
    answer,
    fault::OauthFault,
    grant::{Grant, GrantProof},
    request,
    server::TokenServer,
};

/// Seconds that an access token has left when it is handed out: some servers take none that is about to end (Microsoft's HVE:
/// `501 5.5.127 Token will expire soon`), and mail may wait in a queue.
pub const RESERVE: u64 = 600;

/// The grant with its next access token, asked of its own endpoint. It has to be kept before the token is used: the refresh token may
/// be a new one, and the former one good no longer.
///
/// # Errors
/// The endpoint does not give one.
pub fn renewed(grant: &Grant, server: &dyn TokenServer, now: u64) -> Result<Grant, OauthFault> {
    let form = request::access(grant, now).map_err(OauthFault::Assertion)?;
    let answer = server.ask(&grant.token_url, &form, &grant.secrets())?;
    let answer = answer::token(&answer, &grant.token_url.host(), now, &grant.secrets())?;
    let mut next = Grant { access: Some(answer.access), ..grant.clone() };
    if let (GrantProof::Refresh { token, .. }, Some(refresh)) = (&mut next.proof, answer.refresh) {
        *token = refresh;
    }
    Ok(next)
}

/// Takes a grant back at its own server. `false` where the server has no way to do so.
///
/// # Errors
/// The server does not take it back.
pub fn revoked(grant: &Grant, server: &dyn TokenServer) -> Result<bool, OauthFault> {
    let (Some(url), Some(form)) = (&grant.revoke_url, request::revocation(grant)) else { return Ok(false) };
    let answer = server.ask(url, &form, &grant.secrets())?;
    answer::revocation(&answer, &url.host(), &grant.secrets()).map(|()| true)
}
