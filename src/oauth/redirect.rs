//! The code that a browser ends on: the link that leads there (RFC 6749, 4.1.1, with PKCE, RFC 7636), and what a person pastes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{
    form::{decode, encode},
    spec::AuthorizationSpec,
};
use crate::{
    mail::{Secret, reply::escape, value::shown},
    phrase,
    presets::Phrase,
};

/// An attempt to have a person sign in on a browser that is not here. Nobody listens where the browser ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// What the person opens.
    pub link: String,
    /// What the browser brings back, so that no other attempt's code is taken.
    pub state: String,
    /// What shows that the code is redeemed by whom it was asked by.
    pub verifier: Secret,
    /// Where the browser ends.
    pub redirect_url: String,
}

/// What is wrong with what was pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PastedFault {
    /// Nothing.
    Empty,
    /// The person said no, or may not.
    Denied(String),
    /// The server says another error.
    Refused(String),
    /// It comes from another attempt.
    State,
    /// It is the link that was to be opened.
    Link,
    /// There is no code in it.
    NoCode(String),
}

impl PastedFault {
    /// What is wrong and what to do.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Empty => phrase!("invalid-pasted-empty"),
            Self::Denied(said) => phrase!("invalid-pasted-denied", said = said),
            Self::Refused(said) => phrase!("invalid-pasted-refused", said = said),
            Self::State => phrase!("invalid-pasted-state"),
            Self::Link => phrase!("invalid-pasted-link"),
            Self::NoCode(typed) => phrase!("invalid-pasted-no-code", typed = shown(typed)),
        }
    }
}

impl SignInLink {
    /// An attempt; `None` without an endpoint to sign in at. The same seed makes the same attempt: it is random, made once a run,
    /// and never shown.
    pub fn new(spec: &AuthorizationSpec, seed: &Secret) -> Option<Self> {
        let endpoint = spec.auth_url.as_ref()?;
        let derived = |purpose: &str| {
            let parts = [purpose, seed.expose(), &spec.client_id, endpoint.as_str(), &spec.scope, &spec.account];
            URL_SAFE_NO_PAD.encode(Sha256::digest(parts.join("\n")))
        };
        let (state, verifier) = (derived("state"), derived("verifier"));
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let mut link = format!("{endpoint}{}", if endpoint.contains('?') { '&' } else { '?' });
        let fields = [
            ("client_id", spec.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", &spec.redirect_url),
            ("scope", &spec.scope),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("login_hint", &spec.account),
        ];
        let own = spec.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (index, (name, value)) in fields.into_iter().chain(own).enumerate() {
            link.push_str(if index == 0 { "" } else { "&" });
            link.push_str(name);
            link.push('=');
            encode(value, &mut link);
        }
        Some(Self { link, state, verifier: Secret::new(verifier), redirect_url: spec.redirect_url.clone() })
    }
}

/// The code in what a person pasted: the address that the browser ended on, in one line or several, or the code alone.
///
/// # Errors
/// There is no code of this attempt in it.
pub fn pasted_code(pasted: &str, attempt: &SignInLink) -> Result<Secret, PastedFault> {
    let text: String = pasted.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let text = text.trim_matches(['"', '\'', '<', '>', '`']);
    if text.is_empty() {
        return Err(PastedFault::Empty);
    }
    let is_address =
        text.contains("://") || text.starts_with(['?', '#']) || ["code=", "error="].iter().any(|it| text.contains(it));
    if !is_address {
        let is_code = (8..=4096).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        // Without a state the verifier alone tells attempts apart: the server checks it.
        return if is_code { Ok(Secret::new(text.to_owned())) } else { Err(PastedFault::NoCode(text.to_owned())) };
    }
    let query = text.split_once(['?', '#']).map_or(text, |(_, query)| query);
    let fields = decode(&query.replace('#', "&"));
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if field("response_type").is_some() && field("code").is_none() {
        return Err(PastedFault::Link);
    }
    let is_ours = field("state") == Some(&*attempt.state);
    if let Some(error) = field("error") {
        let said =
            [Some(error), field("error_description")].into_iter().flatten().map(escape).collect::<Vec<_>>().join(": ");
        return Err(if error == "access_denied" { PastedFault::Denied(said) } else { PastedFault::Refused(said) });
    }
    match field("code").filter(|code| !code.is_empty() && code.len() <= 4096) {
        Some(_) if !is_ours => Err(PastedFault::State),
        Some(code) => Ok(Secret::new(code.to_owned())),
        None => Err(PastedFault::NoCode(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::GrantKind;

    fn attempt() -> SignInLink {
        let spec = AuthorizationSpec {
            kind: GrantKind::Redirect,
            client_id: "id".into(),
            tenant: None,
            scope: "https://mail.test/ offline".into(),
            token_url: "https://login.test/token".parse().unwrap(),
            auth_url: Some("https://login.test/auth".parse().unwrap()),
            device_url: None,
            revoke_url: None,
            redirect_url: "http://127.0.0.1:53682/".into(),
            parameters: vec![("access_type".into(), "offline".into())],
            account: "ops@example.com".into(),
            client_secret: None,
            certificate: None,
            ca_pem: None,
        };
        SignInLink::new(&spec, &Secret::new("seed".into())).unwrap()
    }

    #[test]
    fn the_link_asks_with_pkce_and_shows_no_verifier() {
        let attempt = attempt();
        assert!(attempt.link.starts_with("https://login.test/auth?client_id=id&response_type=code&"), "{}", attempt.link);
        for part in ["code_challenge_method=S256", "access_type=offline", "redirect_uri=http%3A%2F%2F127.0.0.1%3A53682%2F"] {
            assert!(attempt.link.contains(part), "{}", attempt.link);
        }
        assert!(!attempt.link.contains(attempt.verifier.expose()) && attempt.verifier.expose().len() == 43);
        // RFC 7636, appendix B.
        let digest = Sha256::digest("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(URL_SAFE_NO_PAD.encode(digest), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn what_people_paste_each_has_its_sentence() {
        let attempt = attempt();
        let state = &attempt.state;
        let code = |pasted: &str| pasted_code(pasted, &attempt).map(|code| code.expose().to_owned());
        let (one, two) = state.split_at(10);
        for pasted in [
            format!("http://127.0.0.1:53682/?state={state}&code=4%2F0abc-DEF&scope=x"),
            format!("  <http://127.0.0.1:53682/?state={one}\r\n{two}&code=4%2F0a\n  bc-DEF> "),
            format!("?code=4/0abc-DEF&state={state}"),
            format!("code=4/0abc-DEF&state={state}"),
            "4/0abc-DEF\n".to_owned(),
        ] {
            assert_eq!(code(&pasted).as_deref(), Ok("4/0abc-DEF"), "{pasted}");
        }
        let denied = format!("http://127.0.0.1/?error=access_denied&error_description=no+way&state={state}");
        assert_eq!(code(&denied), Err(PastedFault::Denied("access_denied: no way".into())));
        assert_eq!(code("http://x/?error=invalid_scope"), Err(PastedFault::Refused("invalid_scope".into())));
        assert_eq!(code("http://127.0.0.1/?code=abc12345&state=other"), Err(PastedFault::State));
        assert_eq!(code("http://127.0.0.1/?code=abc12345"), Err(PastedFault::State));
        assert_eq!(code(&attempt.link), Err(PastedFault::Link));
        assert_eq!(code(" \n"), Err(PastedFault::Empty));
        assert!(matches!(code("http://127.0.0.1:53682/"), Err(PastedFault::NoCode(_))));
        assert!(matches!(code("yes"), Err(PastedFault::NoCode(_))));
    }
}
