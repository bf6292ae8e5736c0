//! Real programs send through a proxy that alone leads to the relay, each by the kind that its preset says.

use super::{CONSUMERS_OF, Machine, Trouble, senders::Relay};
use crate::support::{
    bed::left_out,
    proxy::{Manner, Proxy},
};

/// A name that only the proxy knows.
const BEHIND: &str = "mail.behind.test";

#[test]
#[ignore = "needs consumers, see tests/run"]
fn what_can_use_a_proxy_sends_through_it() {
    for (target, kind) in [("msmtp", "socks5"), ("nodemailer", "http")] {
        let consumer = CONSUMERS_OF.iter().find(|it| it.target == target && it.scope == "user").unwrap();
        let (relay, proxy) = (Relay::start(false), Proxy::start(Manner::Through, &[BEHIND]));
        let port = relay.port.to_string();
        let server = ["--host", BEHIND, "--port", &port, "--security", "none", "--auth", "none", "--allow-plaintext"];
        let url = proxy.url(kind);
        let machine = Machine::of_person(consumer, &[], &[&server[..], &["--proxy", &url, "--test", "none"]].concat());
        match machine.send(consumer, "bob@example.net", "through a proxy") {
            Err(Trouble::Missing(why)) => left_out(format_args!("{target}: {}", why.trim())),
            Err(Trouble::Failed(why)) => panic!("{target}: {why}"),
            Ok(out) => {
                assert_eq!((out.code, relay.taken.lock().unwrap().len()), (Some(0), 1), "{target}: {}", out.stderr);
                assert_eq!(proxy.asked(), [format!("{BEHIND}:{port}")], "{target}");
            }
        }
    }
}
