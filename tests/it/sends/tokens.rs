//! Programs send by access token, short and long: what mailsetup wrote has them fetch it, and Dovecot checks it.

use std::thread;

use super::{BOB, Bed, CONSUMERS_OF, Consumer, Trouble, Trust, arrives, left_out, say_left_out};
use crate::support::bed::ALICE;

/// How many characters more than the shortest a token has that fits the AUTH command, and one that does not (RFC 4954, 4).
const SHORT: usize = 0;
const LONG: usize = 1600;

/// What each target's program sends by: target, script, mechanism and how long the token is.
const SENT: [(&str, &str, &str, usize); 18] = [
    ("msmtp", "msmtp", "xoauth2", SHORT),
    ("msmtp", "msmtp", "xoauth2", LONG),
    ("msmtp", "msmtp", "oauthbearer", SHORT),
    ("php", "php-mail", "xoauth2", LONG),
    ("php", "php-mail", "oauthbearer", SHORT),
    ("aerc", "aerc", "xoauth2", SHORT),
    ("aerc", "aerc", "oauthbearer", SHORT),
    ("mutt", "mutt", "xoauth2", SHORT),
    ("mutt", "mutt", "xoauth2", LONG),
    ("mutt", "mutt", "oauthbearer", SHORT),
    ("neomutt", "neomutt", "xoauth2", SHORT),
    ("neomutt", "neomutt", "oauthbearer", SHORT),
    ("s-nail", "s-nail", "oauthbearer", SHORT),
    ("himalaya", "himalaya", "xoauth2", SHORT),
    ("himalaya", "himalaya", "oauthbearer", SHORT),
    ("mutt", "mutt", "oauthbearer", LONG),
    ("neomutt", "neomutt", "xoauth2", LONG),
    ("s-nail", "s-nail", "oauthbearer", LONG),
];

/// From here on the token is too long for how the program sends it: mailsetup refuses.
const REFUSED: usize = 15;

fn trouble(bed: &Bed, (target, script, mechanism, longer): (&str, &str, &'static str, usize)) -> Result<(), Trouble> {
    let known = CONSUMERS_OF.iter().find(|consumer| consumer.target == target && consumer.script == script);
    let known = known.ok_or_else(|| Trouble::Failed("no such consumer".to_owned()))?;
    let words: Vec<&'static str> = known.with.iter().copied().chain(["--auth", mechanism]).collect();
    let token: &'static str = bed.long_token(ALICE, longer).leak();
    let consumer = Consumer { login: (ALICE, token), with: words.leak(), ..*known };
    let trust = if target == "aerc" { Trust::Machine } else { Trust::Setting };
    arrives(&consumer, "starttls", trust, BOB, &format!("token-{target}-{mechanism}-{longer}"))
}

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn programs_send_by_token() {
    let bed = Bed::start();
    let mut failed = Vec::new();
    for cases in SENT.chunks(3) {
        let run = |case: (&'static str, &'static str, &'static str, usize)| move || trouble(bed, case);
        let tried: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = cases.iter().map(|case| (case, scope.spawn(run(*case)))).collect();
            threads.into_iter().map(|(case, thread)| (case, thread.join().unwrap())).collect()
        });
        for (case, outcome) in tried {
            let is_refused = SENT[REFUSED..].contains(case);
            match outcome {
                Err(Trouble::Missing(what)) if case.0 == "himalaya" => say_left_out(format_args!("{case:?}: {what}")),
                Err(Trouble::Missing(what)) => left_out(format_args!("{case:?}: {what}")),
                Err(Trouble::Failed(what)) if is_refused && what.starts_with("mailsetup ended with Some(78)") => {}
                Ok(()) if !is_refused => {}
                Err(Trouble::Failed(what)) => failed.push(format!("{case:?}: {what}")),
                Ok(()) => failed.push(format!("{case:?}: was not refused")),
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
