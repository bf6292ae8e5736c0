//! What a server offers; when no port of it opens, which ports answer at all.

use std::net::IpAddr;

use super::Runner;
use crate::{
    mail::endpoint::is_loopback,
    probe::{
        self, Cancel,
        survey::{Ask, DoorState, Found, Survey},
    },
};

impl Runner {
    /// Looks at every port of a server. What is found is told to `told` at once.
    pub fn survey(&self, ask: &Ask, cancel: &Cancel, told: &mut dyn FnMut(Found<'_>)) -> Survey {
        let mut survey = probe::survey(ask, &*self.resolver, cancel, told);
        let addresses = &survey.addresses;
        let stays_here = is_loopback(&ask.host) || !addresses.is_empty() && addresses.iter().all(IpAddr::is_loopback);
        if let Some(evidence) = survey.evidence.as_mut()
            && !survey.doors.iter().any(|door| door.state == DoorState::Open)
        {
            self.compare(evidence, stays_here, ask.timeout, cancel);
        }
        survey
    }
}
