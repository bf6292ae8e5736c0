//! Access is asked for: until somebody signs in, or at once where nobody has to. What was given is kept before anything else happens.

use std::{
    path::Path,
    thread,
    time::{Duration, SystemTime},
};

use super::Runner;
use crate::{
    diagnose::{self, Explain},
    error::Exit,
    host::{clock, tokens},
    mail::{GrantKind, Secret, reply::escape},
    oauth::{
        AuthorizationSpec, ClientCertificate, Grant, OauthFault, RESERVE, TokenServer, begin_device, by_client, by_redirect,
        by_service, poll_device, renewed,
    },
    phrase,
    plan::Places,
    presets::Phrase,
    probe::{self, Cancel},
    setup::{AuthorizationRequest, Field, Outcome, WorkFault},
};

/// How often to look whether the person has left.
const LOOK: Duration = Duration::from_millis(100);

impl Runner {
    /// Has access given.
    ///
    /// # Errors
    /// Why it was not, with the answer that would mend it.
    pub(super) fn authorize(
        &self,
        request: &AuthorizationRequest,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Outcome),
    ) -> Result<Secret, WorkFault> {
        let spec = self.with_files(request)?;
        let places = (self.places)(request.scope).map_err(|error| super::fault_of(error.into()))?;
        let server = self.oauth.server(spec.ca_pem.as_deref());
        if let Some(grant) = pending(&spec, &places, &*server) {
            return Ok(grant.to_secret());
        }
        let given = match (spec.kind, &request.signed_in) {
            (GrantKind::Device, _) => by_device(&spec, &*server, cancel, progress),
            (GrantKind::Redirect, Some((link, code))) => by_redirect(&spec, link, code, (&*server, now())),
            (GrantKind::Redirect, None) => Err(OauthFault::NoEndpoint),
            (GrantKind::Client, _) => by_client(&spec, &*server, now()),
            (GrantKind::Service, _) => by_service(&spec, &*server, now()),
        };
        let secret = given.map_err(|fault| self.refused_access(spec.kind, &fault))?.to_secret();
        // Somebody may have signed in for it: it is not lost with this run.
        let kept = tokens::keep_pending(&secret, &places);
        kept.map_err(|error| WorkFault { field: Some(Field::SecretStore), ..super::fault_of(error.into()) })?;
        Ok(secret)
    }

    /// What is asked with, with what stands in files.
    fn with_files(&self, request: &AuthorizationRequest) -> Result<AuthorizationSpec, WorkFault> {
        let mut spec = request.spec.clone();
        if let Some(path) = &request.ca_file {
            let pem = self.read_text(path, Field::OauthCaFile)?;
            probe::check_ca(pem.expose().as_bytes()).map_err(|why| unusable(path, &why, Field::OauthCaFile))?;
            spec.ca_pem = Some(pem.expose().to_owned());
        }
        if let Some(path) = &request.certificate {
            let text = self.read_text(path, Field::OauthCertificate)?;
            if spec.kind == GrantKind::Service {
                spec.client_secret = Some(text);
            } else {
                let certificate = ClientCertificate::of_pem(&text);
                spec.certificate =
                    Some(certificate.map_err(|fault| self.refused_access(spec.kind, &OauthFault::Assertion(fault)))?);
            }
        }
        Ok(spec)
    }

    fn read_text(&self, path: &Path, field: Field) -> Result<Secret, WorkFault> {
        let bytes = self.read_named(path).map_err(|error| unusable(path, &error.to_string(), field))?;
        let text = String::from_utf8(bytes).map_err(|_| unusable(path, "no text", field))?;
        Ok(Secret::new(text))
    }

    /// A refusal as the conversation takes it: what it means, where that is known, and the answer that would mend it.
    fn refused_access(&self, kind: GrantKind, fault: &OauthFault) -> WorkFault {
        let field = match (kind, fault) {
            (GrantKind::Redirect, _) => Field::OauthAddress,
            (_, OauthFault::Assertion(_) | OauthFault::NoServiceKey) => Field::OauthCertificate,
            (_, OauthFault::NoClientSecret) => Field::Password,
            (_, OauthFault::Refused(_)) if kind != GrantKind::Service => Field::OauthClientId,
            _ => Field::OauthGrant,
        };
        let hint = match fault {
            OauthFault::Refused(refusal) => self.meaning(&refusal.said()),
            _ => None,
        };
        WorkFault { phrase: fault.phrase(), hint, field: Some(field), exit: fault.exit() }
    }

    /// What the words of an authorization server mean, and what to do.
    fn meaning(&self, said: &str) -> Option<Phrase> {
        let found = diagnose::explain(&Explain::new(said.to_owned()), &self.catalog, self.lang);
        let is_known = found.cause != diagnose::UNKNOWN;
        is_known.then(|| phrase!("oauth-meaning", title = found.title, steps = found.steps.join(". ")))
    }
}

/// Waits until somebody has entered the code.
fn by_device(
    spec: &AuthorizationSpec,
    server: &dyn TokenServer,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Outcome),
) -> Result<Grant, OauthFault> {
    let mut code = begin_device(spec, server, now())?;
    progress(Outcome::CodeShown(code.clone()));
    loop {
        let until = SystemTime::now() + Duration::from_secs(code.interval);
        while SystemTime::now() < until {
            if cancel.is_cancelled() {
                return Err(OauthFault::Cancelled);
            }
            thread::sleep(LOOK);
        }
        match poll_device(spec, &mut code, server, now()) {
            Ok(Some(grant)) => return Ok(grant),
            // The network may come back before the code ends (RFC 8628, 3.5).
            Ok(None) | Err(OauthFault::Unreachable { .. }) if now() < code.expires => {}
            Ok(None) => return Err(OauthFault::Expired),
            Err(fault) => return Err(fault),
        }
    }
}

/// A grant of this kind that was given before, and not written into a profile since.
fn pending(spec: &AuthorizationSpec, places: &Places, server: &dyn TokenServer) -> Option<Grant> {
    let grant = tokens::pending(places).filter(|grant| spec.fits(grant))?;
    if grant.access.as_ref().is_some_and(|access| access.lasts(RESERVE, now())) {
        return Some(grant);
    }
    let grant = renewed(&grant, server, now()).ok()?;
    tokens::keep_pending(&grant.to_secret(), places).ok()?;
    Some(grant)
}

fn unusable(path: &Path, cause: &str, field: Field) -> WorkFault {
    let phrase = phrase!("oauth-file", path = escape(&path.display().to_string()), cause = escape(cause));
    WorkFault { phrase, hint: None, field: Some(field), exit: Exit::NoInput }
}

fn now() -> u64 {
    clock::seconds(SystemTime::now())
}
