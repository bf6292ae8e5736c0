//! The key of a service account, as Google gives it out: a JSON file
//! (<https://developers.google.com/identity/protocols/oauth2/service-account>).

use serde::{Deserialize, Serialize};

use super::kept::KeptSecret;
use crate::mail::{HttpsUrl, Secret};

/// The key of a service account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceKey {
    /// The account's address.
    pub email: String,
    /// The key's ID.
    pub id: String,
    /// The private key, PEM.
    pub key: KeptSecret,
}

/// The file's fields that are used.
#[derive(Deserialize)]
struct KeyFile {
    r#type: String,
    client_email: String,
    private_key_id: String,
    private_key: KeptSecret,
    token_uri: Option<HttpsUrl>,
}

impl ServiceKey {
    /// Reads a key file; with it comes the token endpoint that the file names. `None` for anything else.
    pub fn of_file(text: &Secret) -> Option<(Self, Option<HttpsUrl>)> {
        let file: KeyFile = serde_json::from_str(text.expose()).ok()?;
        let key = Self { email: file.client_email, id: file.private_key_id, key: file.private_key };
        (file.r#type == "service_account").then_some((key, file.token_uri))
    }
}
