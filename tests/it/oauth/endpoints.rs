//! The grants against endpoints that answer in every way.

use std::{
    net::IpAddr,
    sync::{Arc, mpsc},
    time::Duration,
};

use mailsetup::{
    mail::{GrantKind, Secret},
    oauth::{
        AuthorizationSpec, ClientCertificate, GrantProof, OauthFault, OauthWay, SignInLink, begin_device, by_client,
        by_redirect, by_service, pasted_code, poll_device, renewed,
    },
    probe::{DnsFault, Resolve},
};
use rcgen::{CertificateParams, KeyPair};

use super::{consented, now, secret};
use crate::support::web::{Reply, Web, oauth_way};

/// A certificate and its RSA key, made for these tests alone.
const PEM: &str = include_str!("../../fixtures/oauth/client.pem");

fn spec(web: &Web, kind: GrantKind) -> AuthorizationSpec {
    AuthorizationSpec {
        kind,
        client_id: "client".into(),
        tenant: None,
        scope: "mail offline_access".into(),
        token_url: web.url("/token").parse().unwrap(),
        auth_url: Some(web.url("/auth").parse().unwrap()),
        device_url: Some(web.url("/device").parse().unwrap()),
        revoke_url: None,
        redirect_url: "http://127.0.0.1:53682/".into(),
        parameters: Vec::new(),
        account: "ops@example.com".into(),
        client_secret: None,
        certificate: None,
        ca_pem: None,
    }
}

fn json(text: &str) -> Reply {
    Reply::Json(200, text.to_owned())
}

#[test]
fn a_code_is_polled_for_as_the_server_says() {
    let mut polls = 0;
    let web = Web::start(move |asked| {
        if asked.path == "/device" {
            return json(
                r#"{"device_code":"d-1","user_code":"ABCD-EFGH","verification_uri":"https://x.test/d","expires_in":900,"interval":1}"#,
            );
        }
        polls += 1;
        match polls {
            1 => Reply::Json(400, r#"{"error":"authorization_pending"}"#.into()),
            2 => Reply::Json(400, r#"{"error":"slow_down"}"#.into()),
            _ => json(r#"{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r"}"#),
        }
    });
    let (spec, server) = (spec(&web, GrantKind::Device), oauth_way().server(None));
    let mut code = begin_device(&spec, &*server, now()).unwrap();
    assert_eq!((code.user_code.as_str(), code.interval), ("ABCD-EFGH", 1));
    assert_eq!(poll_device(&spec, &mut code, &*server, now()), Ok(None));
    assert_eq!(poll_device(&spec, &mut code, &*server, now()), Ok(None));
    assert_eq!(code.interval, 6);
    let grant = poll_device(&spec, &mut code, &*server, now()).unwrap().unwrap();
    assert_eq!((grant.kind, grant.account.as_str()), (GrantKind::Device, "ops@example.com"));
    assert_eq!(poll_device(&spec, &mut code, &*server, now() + 901), Err(OauthFault::Expired));
    let asked = web.asked();
    assert_eq!(asked[0].form["scope"], "mail offline_access");
    assert_eq!(asked[1].form["device_code"], "d-1");
    assert!(!asked[1].form.contains_key("client_secret"));
}

#[test]
fn a_pasted_address_is_redeemed_with_its_verifier() {
    let web = Web::start(|_| json(r#"{"access_token":"a","refresh_token":"r","expires_in":3600}"#));
    let spec = AuthorizationSpec { client_secret: Some(secret("cs")), ..spec(&web, GrantKind::Redirect) };
    let link = SignInLink::new(&spec, &secret("seed")).unwrap();
    let code = pasted_code(&format!("http://127.0.0.1:53682/?code=4%2Fabcdefgh&state={}", link.state), &link).unwrap();
    by_redirect(&spec, &link, &code, (&*oauth_way().server(None), now())).unwrap();
    let form = web.asked().remove(0).form;
    assert_eq!((form["code"].as_str(), form["client_secret"].as_str()), ("4/abcdefgh", "cs"));
    assert_eq!(form["code_verifier"], link.verifier.expose());
    assert_eq!(form["redirect_uri"], "http://127.0.0.1:53682/");
    // Consent without a refresh token would end within the hour.
    let short = Web::start(|_| json(r#"{"access_token":"a","expires_in":3600}"#));
    let spec = AuthorizationSpec { token_url: short.url("/t").parse().unwrap(), ..spec };
    let fault = by_redirect(&spec, &link, &code, (&*oauth_way().server(None), now())).unwrap_err();
    assert!(matches!(fault, OauthFault::Incomplete { field: "refresh_token", .. }), "{fault:?}");
}

/// The parts of a JWT, decoded.
fn claims(jwt: &str) -> (serde_json::Value, serde_json::Value) {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let part = |index: usize| {
        let bytes = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(index).unwrap()).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    (part(0), part(1))
}

#[test]
fn an_application_shows_its_secret_or_signs() {
    let web = Web::start(|_| json(r#"{"access_token":"a","expires_in":3599}"#));
    let server = oauth_way().server(None);
    let spec = spec(&web, GrantKind::Client);
    assert_eq!(by_client(&spec, &*server, now()), Err(OauthFault::NoClientSecret));
    let by_secret = AuthorizationSpec { client_secret: Some(secret("cs")), ..spec.clone() };
    let grant = by_client(&by_secret, &*server, now()).unwrap();
    assert!(matches!(grant.proof, GrantProof::ClientSecret(_)) && grant.access.is_some());
    let certificate = ClientCertificate::of_pem(&secret(PEM)).unwrap();
    assert!(certificate.days_left().unwrap() > 300);
    let by_certificate = AuthorizationSpec { certificate: Some(certificate), ..spec };
    let grant = by_client(&by_certificate, &*server, now()).unwrap();
    renewed(&grant, &*server, now()).unwrap();
    let asked = web.asked();
    assert_eq!(asked[0].form["client_secret"], "cs");
    let form = &asked[1].form;
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert!(!form.contains_key("client_secret"));
    let (header, body) = claims(&form["client_assertion"]);
    assert_eq!((header["alg"].as_str(), body["aud"].as_str()), (Some("RS256"), Some(web.url("/token").as_str())));
    assert_eq!((body["iss"].as_str(), body["sub"].as_str()), (Some("client"), Some("client")));
    assert!(body["exp"].as_u64().unwrap() <= now() + 600 && header["x5t#S256"].as_str().unwrap().len() == 43);
    assert_ne!(claims(&asked[2].form["client_assertion"]).1["jti"], body["jti"]);
    let curve = KeyPair::generate().unwrap();
    let other = CertificateParams::new(vec!["x".into()]).unwrap().self_signed(&curve).unwrap();
    let fault = ClientCertificate::of_pem(&secret(&format!("{}{}", other.pem(), curve.serialize_pem()))).unwrap_err();
    assert_eq!(fault.phrase().id, "oauth-key-not-rsa");
    assert!(ClientCertificate::of_pem(&Secret::new(curve.serialize_pem())).is_err());
}

#[test]
fn a_service_account_signs_for_the_mailbox() {
    let web = Web::start(|_| json(r#"{"access_token":"a","expires_in":3599}"#));
    let file = serde_json::json!({"type": "service_account", "client_email": "sa@p.iam.test", "private_key_id": "k1",
                                  "private_key": PEM, "token_uri": web.url("/token"), "extra": 1});
    let spec = AuthorizationSpec { client_secret: Some(secret(&file.to_string())), ..spec(&web, GrantKind::Service) };
    let grant = by_service(&spec, &*oauth_way().server(None), now()).unwrap();
    assert_eq!(grant.client_id, "sa@p.iam.test");
    let form = web.asked().remove(0).form;
    let (header, body) = claims(&form["assertion"]);
    assert_eq!((header["kid"].as_str(), body["sub"].as_str()), (Some("k1"), Some("ops@example.com")));
    assert_eq!(body["scope"], "mail offline_access");
    let other = AuthorizationSpec { client_secret: Some(secret("{}")), ..spec };
    assert_eq!(by_service(&other, &*oauth_way().server(None), now()), Err(OauthFault::NoServiceKey));
}

#[test]
fn a_silent_endpoint_is_given_up_in_time() {
    let web = Web::start(|_| Reply::Silent);
    let way = OauthWay { timeout: Duration::from_millis(300), ..oauth_way() };
    let fault = renewed(&consented(&web.url("/token"), 0), &*way.server(None), now()).unwrap_err();
    assert!(matches!(fault, OauthFault::Unreachable { .. }), "{fault:?}");
}

#[test]
fn secrets_do_not_follow_a_redirect() {
    let (told, heard) = mpsc::channel();
    let other = Web::start(move |asked| {
        told.send(asked.clone()).unwrap();
        json("{}")
    });
    let to = other.url("/token");
    for status in [301, 302, 303, 307, 308] {
        let to = to.clone();
        let web = Web::start(move |_| Reply::With(status, format!("Location: {to}"), Vec::new()));
        let fault = renewed(&consented(&web.url("/token"), 0), &*oauth_way().server(None), now()).unwrap_err();
        assert!(matches!(fault, OauthFault::Redirected { .. }), "{fault:?}");
    }
    assert!(heard.try_recv().is_err());
}

#[test]
fn a_redirect_repeats_no_secret() {
    for (to, host) in [
        ("https://evil.test/t?refresh_token=canary-refresh-0&client_secret=canary-client-secret", "evil.test"),
        ("https://canary-refresh-0.evil.test/", "***.evil.test"),
        ("/t?refresh_token=canary-refresh-0", "127.0.0.1"),
    ] {
        let web = Web::start(move |_| Reply::With(302, format!("Location: {to}"), Vec::new()));
        let fault = renewed(&consented(&web.url("/token"), 0), &*oauth_way().server(None), now()).unwrap_err();
        assert!(matches!(&fault, OauthFault::Redirected { to, .. } if to == host), "{fault:?}");
    }
}

/// Leads every name to one address.
struct Leading(&'static str);

impl Resolve for Leading {
    fn resolve(&self, _: &str, _: Duration) -> Result<Vec<IpAddr>, DnsFault> {
        Ok(vec!["127.0.0.1".parse().unwrap(), self.0.parse().unwrap()])
    }
}

#[test]
fn a_name_of_this_machine_that_leads_away_gets_no_secret() {
    let web = Web::start(|_| json(r#"{"access_token":"a","expires_in":3600}"#));
    let url = web.url("/token").replace("127.0.0.1", "localhost");
    for (leads, is_here) in [("10.9.9.9", false), ("::1", true), ("127.9.9.9", true)] {
        let way = OauthWay { resolver: Arc::new(Leading(leads)), ..oauth_way() };
        let given = renewed(&consented(&url, 0), &*way.server(None), now());
        assert_eq!(given.is_ok(), is_here, "{leads}: {given:?}");
        assert!(is_here || matches!(given, Err(OauthFault::Plain { .. })), "{given:?}");
    }
    assert_eq!(web.asked().len(), 2);
}

#[test]
fn an_answer_is_bounded_while_it_comes() {
    let web = Web::start(|_| Reply::With(200, "X: y".into(), vec![b' '; 70 * 1024]));
    let fault = renewed(&consented(&web.url("/token"), 0), &*oauth_way().server(None), now()).unwrap_err();
    assert!(matches!(fault, OauthFault::Long { .. }), "{fault:?}");
}
