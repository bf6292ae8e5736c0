//! The relay on this machine: msmtpd takes what programs hand over with a login of its own, and msmtp logs in outside with a token.

use super::{BOB, Bed, CONSUMERS, unique};
use crate::support::{
    bed::{ALICE, as_root, left_out},
    sandbox::{Output, Sandbox},
};

/// On a machine with msmtp-mta, without systemd: what the unit's drop-in says is run as its user, with the credential in its place.
const SCRIPT: &str = r#"
unset MAILSETUP_BED_CACHE; export MAILSETUP_OFFLINE=yes
mailsetup=$1 alice=$2 port=$3 ca=$4 to=$5 subject=$6
useradd --system --user-group --groups msmtp mailrelay
cp $mailsetup /usr/local/bin/mailsetup; mailsetup=/usr/local/bin/mailsetup
set_up() {
    $mailsetup $alice --provider custom --host localhost --port $port --security starttls --ca-file $ca --username $alice \
        --auth xoauth2 --password-file /run/bed/token --scope system --ehlo host.example.test --run-as mailrelay --senders one \
        --target msmtp --target msmtpd --test send --test-to $alice --yes --json
}
set_up || exit 2
stat -c '%a %U' /etc/mailsetup/relay.secret
login=$(cat /etc/mailsetup/relay.secret)
set_up | grep -q '"changed":false' || exit 3
[ "$login" = "$(cat /etc/mailsetup/relay.secret)" ] || exit 4
# As systemd reads it (systemd.service(5), "COMMAND LINES").
drop_in=/etc/systemd/system/msmtpd.service.d/50-mailsetup.conf
grep -qx 'User=mailrelay' $drop_in || exit 5
line=$(sed -n 's/^ExecStart=\(.\)/\1/p' $drop_in | sed 's/\$\$/$/g; s/%%/%/g')
mkdir /run/credentials; install -m 400 -o mailrelay /etc/mailsetup/relay.secret /run/credentials/mailsetup-relay
eval "set -- $line"
CREDENTIALS_DIRECTORY=/run/credentials setpriv --reuid=mailrelay --regid=mailrelay --init-groups "$@" &
until_up() { timeout 20 bash -c 'until (: >/dev/tcp/127.0.0.1/2525) 2>/dev/null; do :; done'; }
until_up || exit 6
# A program that knows neither TLS nor tokens is written for it, and proven.
$mailsetup $alice --through msmtpd --profile app --scope system --ehlo host.example.test --target json=/etc/app.json \
    --test send --test-to $alice --yes --json || exit 7
program() {
    python3 - "$alice" "$to" "$subject" "$1" <<'END'
import json, smtplib, sys
sender, to, subject, password = sys.argv[1:]
smtp = json.load(open("/etc/app.json"))["smtp"]
try:
    with smtplib.SMTP(smtp["host"], smtp["port"]) as server:
        server.login(smtp["username"], password or smtp["password"])
        server.sendmail(sender, to, f"Subject: {subject}\\n\\nx\\n")
    print("sent")
except smtplib.SMTPResponseException as error:
    print(error.smtp_code)
END
}
echo "right login: $(program '')"
echo "wrong login: $(program wrong)"
# A token that cannot be had, and one that is refused: later, not never.
mv /etc/mailsetup/profiles/default.secret /run/bed/away
echo "no token: $(program '')"
printf expired >/etc/mailsetup/profiles/default.secret; chgrp mailrelay /etc/mailsetup/profiles/default.secret; chmod 640 /etc/mailsetup/profiles/default.secret
echo "token refused: $(program '')"
"#;

#[test]
#[ignore = "needs Postfix and Dovecot, see tests/run"]
fn programs_without_tokens_send_through_the_relay() {
    let bed = Bed::start();
    let subject = unique("relay");
    let sandbox = Sandbox::new();
    let token = sandbox.write("token", bed.long_token(ALICE, 1600));
    let script = format!("cp {} /run/bed/token; chmod 600 /run/bed/token\n{SCRIPT}", token.display());
    let mut command = as_root("env");
    command.args(std::env::var("MAILSETUP_BED_CACHE").ok().map(|cache| format!("MAILSETUP_BED_CACHE={cache}")));
    command.args([format!("{CONSUMERS}/within").as_str(), "relay", "bash", "-c", &script, "bash"]);
    command.args([env!("CARGO_BIN_EXE_mailsetup"), ALICE, &bed.starttls_port.to_string()]);
    let out = command.args([bed.ca_pem_path.to_str().unwrap(), BOB, &subject]).current_dir(sandbox.path("home")).output();
    let out = out.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let out = Output { code: out.status.code(), stdout: text(&out.stdout), stderr: text(&out.stderr) };
    if out.code == Some(75) && out.stdout.is_empty() {
        left_out(format_args!("msmtpd: {}", out.stderr.trim()));
        return;
    }
    let out = out.code(0);
    assert!(out.stdout.contains("600 root\n"), "{}", out.stdout);
    let documents: Vec<serde_json::Value> = out.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(documents.len(), 2, "{}", out.stdout);
    assert!(documents.iter().all(|document| document["ok"] == true), "{}\n{}", out.stdout, out.stderr);
    assert_eq!(documents[1]["smtp"]["port"], 2525);
    assert!(bed.mailbox("bob").wait_for(&subject).contains("Return-Path: <alice@example.test>"));
    for said in ["right login: sent", "wrong login: 535", "no token: 451", "token refused: 451"] {
        assert!(out.stdout.contains(said), "{said}: {}\n{}", out.stdout, out.stderr);
    }
}
