//! The part of a profile that says how access by OAuth 2.0 is asked for again.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{GrantKind, HttpsUrl, TextLine};

/// How access is asked for again: what was given, where the preset does not say it. The grant itself is the profile's secret; it
/// knows its own endpoint, and nothing here changes where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileOauth {
    /// How access is given.
    pub grant: GrantKind,
    /// The client's ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<TextLine>,
    /// The organization's directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TextLine>,
    /// What access is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<TextLine>,
    /// The token endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_url: Option<HttpsUrl>,
    /// The authorization endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_url: Option<HttpsUrl>,
    /// The device authorization endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_url: Option<HttpsUrl>,
    /// PEM file of the authority that vouches for these endpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// PEM file of the application's certificate and key; for a service account its key file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
}

impl ProfileOauth {
    /// A way of giving access, and nothing more.
    pub const fn new(grant: GrantKind) -> Self {
        Self {
            grant,
            client_id: None,
            tenant: None,
            scope: None,
            token_url: None,
            auth_url: None,
            device_url: None,
            ca_file: None,
            certificate: None,
        }
    }
}
