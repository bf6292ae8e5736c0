//! The way to an authorization server.

use super::{fault::OauthFault, form::OauthForm, http_answer::HttpAnswer};
use crate::mail::HttpsUrl;

/// Takes forms to an authorization server.
pub trait TokenServer {
    /// Posts a form to an endpoint. Redirects are not followed.
    ///
    /// # Errors
    /// The endpoint cannot be reached, redirects, or sends more than an answer has.
    fn post(&self, url: &HttpsUrl, form: &OauthForm) -> Result<HttpAnswer, OauthFault>;
}
