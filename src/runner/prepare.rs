//! What is read before an attempt and a search: the files that the settings name.

use std::path::Path;

use zeroize::Zeroizing;

use super::{Runner, granted, occasion::Occasion};
use crate::{
    discover::{Net, Search},
    mail::{Protocol, reply::escape},
    probe::{self, Attempt, ServerTrust},
    setup::ConnectSpec,
};

impl Runner {
    /// How a search reaches the network: what was said of the server counts for the servers that are found. Without a usable
    /// file none of them is trusted.
    pub(super) fn net_of(&self, search: &Search) -> Net {
        let net = (self.net)();
        if search.ca_file.is_none() && search.pin.is_none() {
            return net;
        }
        let nobody = || ServerTrust { ca_pem: Some(Vec::new()), pin: None };
        let trust = self.trust(search.ca_file.as_deref(), search.pin.as_deref());
        Net { trust: trust.unwrap_or_else(|_| nobody()), ..net }
    }

    /// Whom to trust, by an authority's file or a certificate's SHA-256.
    pub(super) fn trust(&self, ca_file: Option<&Path>, pin: Option<&str>) -> Result<ServerTrust, probe::ProbeFault> {
        let read = |path: &Path| {
            let pem = self.read_named(path).map_err(|error| unusable(path, &error.to_string()))?;
            probe::check_ca(&pem).map_err(|cause| unusable(path, &cause))?;
            Ok(pem)
        };
        Ok(ServerTrust { ca_pem: ca_file.map(read).transpose()?, pin: pin.and_then(probe::sha256_of_hex) })
    }

    /// The attempt that a spec asks for, with what is in the files that it names.
    pub(super) fn prepare(&self, spec: &ConnectSpec, written_in: Option<&str>) -> Result<Attempt, probe::ProbeFault> {
        let trust = self.trust(spec.ca_file.as_deref(), spec.pin.as_deref())?;
        let client = match &spec.client {
            Some(client) => {
                let pem = |path: &Path| self.read_named(path).map_err(|error| unusable(path, &error.to_string()));
                let identity = probe::ClientIdentity::of_pem(&pem(&client.cert)?, &Zeroizing::new(pem(&client.key)?));
                Some(identity.map_err(|fault| unusable(&client.key, &fault.to_string()))?)
            }
            None => None,
        };
        let message = match &spec.message {
            Some(test_message) => {
                let occasion = written_in.map_or(Occasion::Test, Occasion::ReadBack);
                Some(self.message(spec, test_message, occasion)?.outgoing)
            }
            None => None,
        };
        Ok(Attempt {
            endpoint: spec.endpoint.clone(),
            protocol: Protocol::Smtp,
            provider: spec.provider.clone(),
            goal: spec.goal,
            ehlo: spec.ehlo.clone(),
            login: spec.login.as_ref().map(granted::login).transpose()?,
            message,
            others: self.others(spec),
            trust,
            client,
            proxy: spec.proxy.clone(),
            had_starttls: spec.had_starttls,
            allow_plaintext: spec.allow_plaintext,
            timeout: spec.timeout,
        })
    }
}

/// A file of the settings that cannot be used.
fn unusable(path: &Path, cause: &str) -> probe::ProbeFault {
    probe::ProbeFault::Local(format!("{}: {cause}", escape(&path.display().to_string())))
}
