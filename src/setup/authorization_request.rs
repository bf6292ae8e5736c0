//! What an authorization server is asked.

use std::path::PathBuf;

use crate::{
    mail::Secret,
    oauth::{AuthorizationSpec, SignInLink},
    plan::Scope,
};

/// What an authorization server is asked, before files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Whom access is asked of, and for what.
    pub spec: AuthorizationSpec,
    /// PEM file of the authority that vouches for the endpoints.
    pub ca_file: Option<PathBuf>,
    /// PEM file of the application's certificate and key; for a service account its key file.
    pub certificate: Option<PathBuf>,
    /// The link by which somebody signed in, and the code that the browser ended on.
    pub signed_in: Option<(SignInLink, Secret)>,
    /// For whom it is written: what was given is kept there.
    pub scope: Scope,
}
