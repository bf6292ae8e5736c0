//! OAuth 2.0: how access is given, and how access tokens are had from it.
//!
//! A [`Grant`] is a secret that renews itself: it holds what the authorization server gave, and everything that is needed to ask that
//! server, and no other, for the next access token. [`AuthorizationSpec`] is what is known before there is one. Requests are made in
//! `request`, answers read in `answer`, what is refused is typed in `fault`; [`TokenServer`] is the way to the server, and `https`
//! alone opens it. Everything else is pure.

mod answer;
mod assertion;
mod authorize;
mod fault;
mod form;
mod grant;
mod http_answer;
#[cfg(feature = "oauth")]
mod https;
mod kept;
mod redirect;
mod renew;
mod request;
mod server;
mod service_key;
mod spec;
mod way;

pub use answer::{DeviceCode, TokenAnswer};
pub use assertion::{AssertionFault, ClientCertificate};
pub use authorize::{begin_device, by_client, by_redirect, by_service, poll_device};
pub use fault::{OauthFault, OauthRefusal};
pub use form::OauthForm;
pub use grant::{AccessToken, Grant, GrantProof, login_secret, parts};
pub use http_answer::HttpAnswer;
pub use kept::KeptSecret;
pub use redirect::{PastedFault, SignInLink, pasted_code};
pub use renew::{RESERVE, renewed, revoked};
pub use server::TokenServer;
pub use service_key::ServiceKey;
pub use spec::AuthorizationSpec;
pub use way::OauthWay;
