//! Access by OAuth 2.0: token endpoints that answer in every way, and grants that are kept and renewed.

mod endpoints;
mod kept;
#[cfg(feature = "demo")]
mod set_up;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mailsetup::{
    mail::{GrantKind, Secret},
    oauth::{AccessToken, Grant, GrantProof},
};

use crate::support::sandbox::Sandbox;

/// What must never be seen: the grant's secrets.
const REFRESH: &str = "canary-refresh-0";
const CLIENT_SECRET: &str = "canary-client-secret";

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

/// A grant of a person's consent, whose access token has this many seconds left.
fn consented(token_url: &str, left: u64) -> Grant {
    let proof = GrantProof::Refresh { token: secret(REFRESH).into(), client_secret: Some(secret(CLIENT_SECRET).into()) };
    let whom = (token_url.parse().unwrap(), "client".to_owned(), "mail offline_access".to_owned());
    let access = AccessToken { token: secret("canary-access-0").into(), given: now() + left - 3600, expires: now() + left };
    Grant { account: "ops@example.com".to_owned(), access: Some(access), ..Grant::new(GrantKind::Device, whom, proof) }
}

/// A sandbox with a profile whose secret is this grant.
fn with_profile(grant: &Grant) -> Sandbox {
    let sandbox = Sandbox::new();
    let profile = "schema = 1\nenabled = true\n[sender]\naddress = \"ops@example.com\"\n[smtp]\nhost = \"mail.example.com\"\n\
                   port = 465\nsecurity = \"tls\"\nauth = \"xoauth2\"\nusername = \"ops@example.com\"\nehlo = \"web.example.com\"\n\
                   [secret]\nstore = \"file\"\n";
    sandbox.write("home/.config/mailsetup/profiles/default.toml", profile);
    let kept = sandbox.write(KEPT, grant.to_secret().expose());
    std::fs::set_permissions(kept, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    sandbox
}

/// Where that grant is.
const KEPT: &str = "home/.config/mailsetup/profiles/default.secret";

/// The grant as it is kept now.
fn kept(sandbox: &Sandbox) -> Grant {
    Grant::of_secret(&secret(&sandbox.read(KEPT))).unwrap()
}

/// The refresh token of a grant.
fn refresh_token(grant: &Grant) -> String {
    match &grant.proof {
        GrantProof::Refresh { token, .. } => token.expose().to_owned(),
        _ => String::new(),
    }
}
