//! The way to an authorization server.

use super::{fault::OauthFault, form::OauthForm, http_answer::HttpAnswer};
use crate::mail::{HttpsUrl, Secret};

/// Takes forms to an authorization server.
pub trait TokenServer {
    /// Posts a form to an endpoint. Redirects are not followed.
    ///
    /// # Errors
    /// The endpoint cannot be reached, redirects, or sends more than an answer has.
    fn post(&self, url: &HttpsUrl, form: &OauthForm) -> Result<HttpAnswer, OauthFault>;

    /// The same, and no fault shows what was sent: an endpoint may repeat it anywhere.
    ///
    /// # Errors
    /// As [`TokenServer::post`].
    fn ask(&self, url: &HttpsUrl, form: &OauthForm, sent: &[&Secret]) -> Result<HttpAnswer, OauthFault> {
        self.post(url, form).map_err(|fault| fault.without(sent))
    }
}
