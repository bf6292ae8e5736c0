//! What a server offers; when no port of it opens, which ports answer at all.

use std::net::IpAddr;

use super::Runner;
use crate::{
    mail::endpoint::is_loopback,
    probe::{
        self, Cancel,
        survey::{PortState, Survey, SurveyEvent, SurveySpec},
    },
};

impl Runner {
    /// Looks at every port of a server. What is found is told to `told` at once.
    pub fn survey(&self, spec: &SurveySpec, cancel: &Cancel, told: &mut dyn FnMut(SurveyEvent<'_>)) -> Survey {
        let mut survey = probe::survey(spec, &*self.resolver, cancel, told);
        let addresses = &survey.addresses;
        let stays_here = is_loopback(&spec.host) || !addresses.is_empty() && addresses.iter().all(IpAddr::is_loopback);
        if let Some(evidence) = survey.evidence.as_mut()
            && !survey.ports.iter().any(|port| port.state == PortState::Open)
        {
            self.compare(evidence, stays_here, spec.timeout, cancel);
            self.name_proxy(evidence);
        }
        survey
    }
}
