//! Tries IMAP servers, without a login.

use std::{thread, time::Duration};

use super::{Net, Server, ServerCheck};
use crate::{
    mail::{Endpoint, Protocol, Proxy},
    probe::{Attempt, Cancel, Goal, imap},
};

/// Most servers that are tried.
const MOST: usize = 4;

/// Tries IMAP servers up to what they offer inside TLS, all at once; a name with a gap in it is left.
pub fn try_imap(endpoints: &[Endpoint], net: &Net, proxy: Option<&Proxy>, timeout: Duration) -> Vec<Server> {
    let check = |endpoint: &Endpoint| {
        let attempt = Attempt {
            endpoint: endpoint.clone(),
            protocol: Protocol::Imap,
            provider: None,
            goal: Goal::Connect,
            ehlo: String::new(),
            login: None,
            message: None,
            others: Vec::new(),
            trust: net.trust.clone(),
            client: None,
            proxy: proxy.cloned(),
            had_starttls: false,
            allow_plaintext: false,
            timeout,
        };
        ServerCheck::of(imap::test(&attempt, &*net.resolver, &Cancel::default(), &mut |_| {}))
    };
    let is_tried = |(at, endpoint): &(usize, &Endpoint)| *at < MOST && !endpoint.host.contains('{');
    thread::scope(|scope| {
        let begun: Vec<_> =
            endpoints.iter().enumerate().map(|one| (one.1, is_tried(&one).then(|| scope.spawn(|| check(one.1))))).collect();
        let check = |handle: thread::ScopedJoinHandle<'_, ServerCheck>| handle.join().unwrap_or(ServerCheck::Unchecked);
        let ended = begun.into_iter();
        ended
            .map(|(endpoint, handle)| Server {
                endpoint: endpoint.clone(),
                check: handle.map_or(ServerCheck::Unchecked, check),
            })
            .collect()
    })
}
