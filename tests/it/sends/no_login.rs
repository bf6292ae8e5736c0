//! Real programs send to a relay that wants no login, and do not try one though it offers that.

use super::{CONSUMERS_OF, Machine, Trouble, senders::Relay};
use crate::support::bed::left_out;

#[test]
#[ignore = "needs consumers, see tests/run"]
fn nobody_logs_in_where_no_login_was_set_up() {
    let mut tried = 0;
    for consumer in CONSUMERS_OF.iter().filter(|it| it.scope == "user" && !it.by_port && !it.optional && it.target != "aerc")
    {
        let relay = Relay::start(false);
        let server = ["--host", "127.0.0.1", "--port", &relay.port.to_string(), "--security", "none", "--auth", "none"];
        let machine = Machine::of_person(consumer, &[], &[&server[..], &["--test", "none"]].concat());
        match machine.send(consumer, "bob@example.net", "without a login") {
            Err(Trouble::Missing(why)) => left_out(format_args!("{}: {}", consumer.target, why.trim())),
            Err(Trouble::Failed(why)) => panic!("{}: {why}", consumer.target),
            Ok(out) => {
                assert_eq!(out.code, Some(0), "{}: {}", consumer.target, out.stderr);
                let taken = relay.taken.lock().unwrap();
                assert_eq!(taken.len(), 1, "{}: {taken:?}", consumer.target);
                assert!(!taken[0].has_login, "{} logs in: {taken:?}", consumer.target);
                tried += 1;
            }
        }
    }
    assert!(tried >= 7, "{tried}");
}
