//! The forms that are sent to an authorization server.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    answer::DeviceCode,
    assertion::{AssertionFault, ClientCertificate},
    form::OauthForm,
    grant::{Grant, GrantProof},
    redirect::SignInLink,
    spec::AuthorizationSpec,
};
use crate::mail::{HttpsUrl, Secret};

/// How a client shows a signed assertion (RFC 7523, 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Asks for a code that a person enters (RFC 8628, 3.1).
pub(super) fn device(spec: &AuthorizationSpec) -> OauthForm {
    OauthForm::new(&[("client_id", &spec.client_id), ("scope", &spec.scope)])
}

/// Asks whether the person has entered it (RFC 8628, 3.4).
pub(super) fn device_token(spec: &AuthorizationSpec, code: &DeviceCode) -> OauthForm {
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", &*spec.client_id),
        ("device_code", code.device_code.expose()),
    ];
    with_secret(&fields, spec.client_secret.as_ref())
}

/// Redeems the code of a redirect (RFC 6749, 4.1.3; RFC 7636, 4.5).
pub(super) fn redirect_token(spec: &AuthorizationSpec, attempt: &SignInLink, code: &Secret) -> OauthForm {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", &*spec.client_id),
        ("code", code.expose()),
        ("redirect_uri", &attempt.redirect_url),
        ("code_verifier", attempt.verifier.expose()),
    ];
    with_secret(&fields, spec.client_secret.as_ref())
}

/// Asks for the next access token.
///
/// # Errors
/// Nothing can be signed with the grant's key.
pub(super) fn access(grant: &Grant, now: u64) -> Result<OauthForm, AssertionFault> {
    let (id, scope) = (&*grant.client_id, &*grant.scope);
    Ok(match &grant.proof {
        GrantProof::Refresh { token, client_secret } => {
            let fields =
                [("grant_type", "refresh_token"), ("client_id", id), ("refresh_token", token.expose()), ("scope", scope)];
            with_secret(&fields, client_secret.as_deref())
        }
        GrantProof::ClientSecret(secret) => {
            with_secret(&[("grant_type", "client_credentials"), ("client_id", id), ("scope", scope)], Some(secret))
        }
        GrantProof::Certificate(certificate) => by_certificate(certificate, (id, scope), &grant.token_url, now)?,
        GrantProof::ServiceKey(key) => {
            let assertion = key.assertion(&grant.account, scope, (&grant.token_url, now))?;
            OauthForm::new(&[
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("assertion", assertion.expose()),
            ])
        }
    })
}

fn by_certificate(
    certificate: &ClientCertificate,
    (id, scope): (&str, &str),
    endpoint: &HttpsUrl,
    now: u64,
) -> Result<OauthForm, AssertionFault> {
    let mut unique = [0; 16];
    // An ID that is used twice is refused by the server: nothing is at risk.
    let _ = getrandom::fill(&mut unique);
    let assertion = certificate.assertion(id, endpoint, (now, &URL_SAFE_NO_PAD.encode(unique)))?;
    Ok(OauthForm::new(&[
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("scope", scope),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion.expose()),
    ]))
}

/// Takes a refresh token back (RFC 7009, 2.1); `None` for a grant without one.
pub(super) fn revocation(grant: &Grant) -> Option<OauthForm> {
    let GrantProof::Refresh { token, client_secret } = &grant.proof else { return None };
    let fields = [("token", token.expose()), ("token_type_hint", "refresh_token"), ("client_id", &*grant.client_id)];
    Some(with_secret(&fields, client_secret.as_deref()))
}

/// A form, with the client's secret where there is one: a public client that sends one is refused.
fn with_secret(fields: &[(&str, &str)], secret: Option<&Secret>) -> OauthForm {
    let secret = secret.map(|secret| ("client_secret", secret.expose()));
    OauthForm::new(&fields.iter().copied().chain(secret).collect::<Vec<_>>())
}
